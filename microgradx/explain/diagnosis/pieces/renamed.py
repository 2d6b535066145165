"""The derivative where leaves stand in the place of others."""

import math
from collections.abc import Callable, Mapping

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.rounding import same

Names = Mapping[int, int]  # what stands in whose place


def renaming(ev: Evidence, v: int, names: Names) -> Callable[[int], float]:
    """The derivative, with ∂v/∂wrt taken where some leaves have the numbers of others."""

    def predict(k: int) -> float:
        given = ev.points[k].given
        at = ev.evaluate({**given, **{i: given[j] for i, j in names.items()}})
        if at is None:
            return math.nan
        below = ev.sweep(at.partials, top=v)[ev.wrt]
        return ev.adjoints(k)[v] * below

    return predict


def unchanged(ev: Evidence, v: int, names: Names) -> bool:
    """Whether ∂v/∂wrt stays what it is where some leaves have the numbers of others."""
    predict = renaming(ev, v, names)
    return all(same(predict(k), ev.true[k], ev.scale[k]) for k in ev.few)
