"""The families of hypotheses: in each file what people do wrong in one way, and what it predicts.

All or some paths: `factors`, `coefficients`, `terms`. Terms of the claim: `added`. Derivatives of
operations: `local`, with the `classical` slips as data, `logistic` and `replaced`; at another node:
`elsewhere`; each of a list in its own way: `each`. Rules: `rules`, `spread`, `chains`, `jacobians`.
Names: `exchanged`; the derivative by another node: `by_others`. Slips of the pen: `miswritten`; in
the claim itself: `rewritten`. Two at once: `beside`. What does not belong there: `dependence`.
`wording` has their sentences, and `factor_wording` those about factors.
"""
