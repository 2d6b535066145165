"""What a diagnosis goes by: derivative and claim at many points, and what differences mean there.

`evidence` has the points, which come from `sampling`, and the graph, of which `subject` has what is
the same at every point; `measured` is what is compared at one, and `rounding` tells which
differences say nothing. `variants` is the evidence that a first slip leaves. `constants` and
`lists` are what the graph has. What is found of an evidence once is `kept`.
"""
