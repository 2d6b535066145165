"""What the tests of compiled programs share: the targets, and what a call comes to."""

import math

import numpy as np
import pytest

import microgradx as mg
from microgradx.compiler import TARGETS

from .programs import same

for_every_target = pytest.mark.parametrize("target", [t for t in TARGETS if t != "jax"])
# NumPy has an exp, log, … of its own, and slopes are made of several: tan of 5e255 is 7 ulp apart,
# its slope 34.
ULPS = {"python": 0, "numpy": 40, "c": 0}


def outcome(f, *arguments):
    """The numbers of a result, one after the other; or the class of the error."""
    try:
        value, slopes = f(*arguments)
    except mg.MathError as error:
        return type(error)
    return [value, *np.ravel(np.array(slopes, dtype=float)).tolist()]


def agree(a, b, ulps):
    """Whether two outcomes are the same, up to so many units in the last place."""
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    if ulps == 0:
        return len(a) == len(b) and all(map(same, a, b))
    return all(abs(x - y) <= ulps * math.ulp(y) for x, y in zip(a, b, strict=True))
