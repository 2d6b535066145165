"""The diagnosis of a derivation made by hand.

`check` has the public functions, and `arguments` reads what they are given. Derivative and claim
are compared at many points: the `evidence`. Of the `pieces` of the derivative, the families of
`slips` make hypotheses, which are tried against it; `conditions` under which the claim is right are
facts. `search` alone accepts and ranks hypotheses; of the best one and the conditions, `answers`
says the first. `numbers` are claims of which little can be said, `targets` in a list are tried at
others too, and `result` is what is said.
"""

from microgradx.explain.diagnosis.check import (
    assert_derivation as assert_derivation,
    check_derivation as check_derivation,
)
from microgradx.explain.diagnosis.findings import Finding as Finding
from microgradx.explain.diagnosis.result import Diagnosis as Diagnosis
