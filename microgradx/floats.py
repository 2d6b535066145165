"""What formulas call, over floats: the rows that Python has, and the few names that are no row."""

import math
import operator
import sys

from microgradx.primitives import PRIMITIVES


def fold(xs):
    """x₁ + x₂ + …, from left to right; it starts at −0.0, since that changes no x."""
    return sum(xs, -0.0)


if sys.version_info >= (3, 12):  # there the builtin sum compensates, and gives other bits

    def fold(xs):
        total = -0.0
        for x in xs:
            total = total + x
        return total


# Every other library of numbers offers these names too; all others in a formula are rows.
FLOATS = {
    **{name: getattr(math, name) for name in PRIMITIVES if hasattr(math, name) and name != "pow"},
    **{"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv},
    **{"pow": operator.pow, "neg": operator.neg, "abs": abs},
    **{"maximum": max, "minimum": min, "fold": fold},
    "equal": lambda x, y: 1.0 if x == y else 0.0,
    "greater": lambda x, y: 1.0 if x > y else 0.0,
    "where": lambda c, x, y: x if c else y,
    "detached": lambda x: x,  # of a Value its number, which does not vary
}
