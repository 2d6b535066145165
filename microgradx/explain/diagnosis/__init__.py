"""The diagnosis of a derivation made by hand.

`check` is its face. `evidence` holds what is known at many points; `factors`, `coefficients`,
`local` and `numbers` are the families of hypotheses, made of `parts` of the sum over paths and of
`multipliers`, with the classical `slips` as data; `relations` and `dependence` are facts. `search`
alone accepts and ranks, and `result` is what is said.
"""

from microgradx.explain.diagnosis.check import (
    assert_derivation as assert_derivation,
    check_derivation as check_derivation,
)
from microgradx.explain.diagnosis.findings import Finding as Finding
from microgradx.explain.diagnosis.result import Diagnosis as Diagnosis
