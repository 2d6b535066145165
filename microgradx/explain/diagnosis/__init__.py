"""The diagnosis of a derivation made by hand.

`check` is its face, and `arguments` reads what it is given. `evidence` holds what is known at many
points, and `rounding` what differences mean nothing there. The families of hypotheses are
`factors`, `coefficients` and `terms`, made of `parts` of the sum over paths and of `multipliers`;
`local`, with the classical `slips` as data, `renamed`, and `beside`, a second slip beside theirs;
and `numbers`. `relations`, each by one of the `conditions` on leaves and their `lists`, and
`dependence` are facts. `search` alone accepts and ranks, `varied` lets plain targets be others,
and `result` is what is said.
"""

from microgradx.explain.diagnosis.check import (
    assert_derivation as assert_derivation,
    check_derivation as check_derivation,
)
from microgradx.explain.diagnosis.findings import Finding as Finding
from microgradx.explain.diagnosis.result import Diagnosis as Diagnosis
