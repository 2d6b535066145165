"""What a derivative is made of: `parts` of the sum over paths, and `candidates` for factors.

`multipliers` finds of which of these a ratio is the product, `linear` how often paths are counted,
and `origins` where in the graph a sign or a constant comes from; `places` say what a row is called
by where it stands, `composed` which rows of softmax nobody sees, and `renamed` what the derivative
is where leaves stand in the place of others.
"""
