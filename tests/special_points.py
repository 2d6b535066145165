"""Where derivatives go wrong: kinks, ends of domains, saturation, cancellation, extreme sizes.

`SPECIAL[name]` lists operands of the row `name` at which its value is finite, though perhaps not
its derivatives.  The operands of `dot` are written one after the other: (x₁, …, xₙ, y₁, …, yₙ).
"""

import math
import sys
from collections.abc import Callable, Iterable
from itertools import product

Points = list[tuple[float, ...]]

MAX, NORMAL, EPS = sys.float_info.max, sys.float_info.min, sys.float_info.epsilon
ABOVE, BELOW = 1 + EPS, 1 - EPS / 2  # the neighbours of 1


def near(*xs: float) -> list[float]:
    """Each number between its two neighbours."""
    return [n for x in xs for n in (math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf))]


def both(*xs: float) -> list[float]:
    """Each number and its negative; zero has two signs too."""
    return [s for x in xs for s in (x, -x)]


def unary(*groups: Iterable[float]) -> Points:
    return [(float(x),) for group in groups for x in group]


def floats(*points: Iterable[float]) -> Points:
    return [tuple(map(float, point)) for point in points]


def grid(value: Callable[[float, float], float], ys: Iterable[float] = ()) -> Points:
    """The pairs at which `value`, which rounds once, does not overflow."""
    return [xy for xy in product(PAIR, ys or PAIR) if math.isfinite(value(*xy))]


# fmt: off
SMALL = [5e-324, 1e-310, NORMAL, 1e-300, 1e-155, 1e-20, 1.5e-8, 1e-5, 0.1, 0.5]
LARGE = [2.0, 3.7, 1e5, 1e8, 1e16, 1e155, 1e300, MAX]
ZERO = both(0.0, *SMALL)
ONES = both(*near(1.0))
REALS = ZERO + ONES + both(*LARGE)
INSIDE = ZERO + both(0.9, 1 - 1e-9, BELOW)  # of the interval from -1 to 1
KNEES = both(*near(20, 37, 40), 18.4, 19.06, 22, 354.9, 355.5, 372.4, 373, 700)
# Of all doubles, the last one comes nearest to a multiple of π/2.
ANGLES = both(*near(*(k * math.pi / 4 for k in (1, 2, 3, 4, 8))), 1e22, 6381956970095103 * 2.0**797)
EXPS = ZERO + ONES + KNEES + both(2, 3.7)
LAST = [709, *near(709.782712893384)[:2]]  # where exp still is finite
UNDER = [-708.4, -709, *near(-745), -745.1332191019411, -745.2, -800, -1e5, -1e16, -1e300, -MAX]
COSH_LAST = both(709, 710, 710.4758600739439)

PAIR = both(0.0, 5e-324, 1e-310, 1e-150, 0.3, 1.0, ABOVE, 3.7, 1e150, 1e300, MAX)
ORDERED = floats((1, 2), (2, 1), (1, 1), (1, ABOVE), (ABOVE, 1), (0.0, -0.0), (-0.0, 0.0),
                 (0, -5e-324), (5e-324, 0), (-3, -3), (MAX, -MAX))
POWERS = floats(
    # the edges: zeros, ones, signs, fractions
    (0, 0), (0, 1), (0, 2), (0, 3), (0, ABOVE), (0, 1.5), (0, 1e300), (-0.0, 0), (-0.0, 3), (2, 0),
    (-2, 0), (5e-324, 0), (MAX, 0), (1, MAX), (1, -MAX), (-MAX, 1), (5e-324, 1), (-5e-324, 1),
    (3, 2), (-3, 2), (-3, 3), (-3, -1), (-3, -2), (-0.5, -3), (-1.5, 7), (2, 0.5), (3, 1 / 3),
    (-1e100, 3), (-1e-100, 3), (1e-155, 2), (1e155, -2), (1e150, 2), (1e150, -1), (1e150, -2),
    (0.3, 2), (1e-310, 2), (1e-310, 0.5), (1e300, 0.5), (1e300, -0.5), (MAX, 0.5), (2, -0.5),
    # the ends of the range
    (2, -1022), (2, -1074), (2, -1076), (0.5, 1074), (10, -308), (10, -320), (0.5, 1e300),
    (1e300, 1.02), (1e300, -1.02), (1e-150, -1), (5e-324, 0.95), (1e250, 1.1), (1e200, BELOW),
    # bases beside 1 with huge exponents, and exponents y for which y - 1 is rounded
    (ABOVE, 1e15), (ABOVE, 3e18), (ABOVE, -3e18), (BELOW, 1e15), (BELOW, 5e18), (1, 1e300),
    (1e300, 1e-17), (1e300, -1e-17), (1e300, 1e-300), (1e-300, 1e-16), (1e-300, 1e-300), (7, 0.1),
    (1e-200, 0.3), (1e200, 0.3), (1e200, 0.7), (1e-200, ABOVE), (1e-310, 1 + 1e-7),
    (5e-324, -1e-300), (1e-5, 1e-5), (0.5, 0.5), (143, 143),
    # y is even, so y - 1 is odd: the slope is negative, even where floats cannot tell them apart
    (-1, 2.0**53), (-1, 2.0**53 - 1), (-1, 1e300), (-1, -1e300),
)
# Here the slope is infinite, or not within range, though the power is.
STEEP = floats((0, 0.5), (0, 5e-324), (5e-324, -0.95), (-1e-100, -3), (2, 1023), (10, 308))

SPECIAL: dict[str, Points] = {
    "neg":       unary(REALS),
    "abs":       unary(REALS),
    "relu":      unary(REALS),
    "exp":       unary(EXPS, LAST, UNDER),
    "expm1":     unary(EXPS, LAST, UNDER),
    "log":       unary(SMALL, near(1), LARGE),
    "log1p":     unary(ZERO, near(1), LARGE, [-0.9, -1 + 1e-9, -BELOW]),
    "log2":      unary(SMALL, near(1, 2, 8), LARGE),
    "log10":     unary(SMALL, near(1, 10, 1000), LARGE),
    "sqrt":      unary(SMALL, near(1), LARGE, both(0.0)),
    "cbrt":      unary(REALS, near(8, -27)),
    "sin":       unary(REALS, ANGLES),
    "cos":       unary(REALS, ANGLES),
    "tan":       unary(REALS, ANGLES),
    "asin":      unary(INSIDE, both(1)),
    "acos":      unary(INSIDE, both(1)),
    "atan":      unary(REALS),
    "sinh":      unary(EXPS, COSH_LAST),
    "cosh":      unary(EXPS, COSH_LAST),
    "tanh":      unary(REALS, KNEES),
    "asinh":     unary(REALS),
    "acosh":     unary([1, ABOVE, 1 + 1e-9, 1.1], LARGE),
    "atanh":     unary(INSIDE),
    "sigmoid":   unary(REALS, KNEES, [709, 710, 745, 746], UNDER),
    "softplus":  unary(REALS, KNEES, [709, 710, 745, 746], UNDER),
    "erf":       unary(REALS, both(0.84, 3, 5.8, 5.93, 6, 26, 27.2)),
    "erfc":      unary(REALS, both(0.84, 3, 5.8, 5.93, 6, 26, 26.5, 27.2, 27.3, 40)),
    "sech2":     unary(REALS, KNEES, both(math.atanh(3**-0.5), 709, 745)),
    "gauss":     unary(REALS, both(0.5**0.5, 6, 26, 26.6, 27.2, 27.3, 40)),
    "arcsine_slope":    unary(INSIDE),
    "arctangent_slope": unary(REALS, both(3**-0.5)),
    "artanh_slope":     unary(INSIDE),
    "add":       grid(lambda x, y: x + y),
    "sub":       grid(lambda x, y: x - y),
    "mul":       grid(lambda x, y: x * y),
    "div":       grid(lambda x, y: x / y, [y for y in PAIR if y]),
    "atan2":     grid(math.atan2),
    "hypot":     grid(math.hypot),
    "direction": [(x, y) for x, y in product(PAIR, PAIR) if x or y],
    "greater":   ORDERED,
    "equal":     ORDERED,
    "pow":       POWERS + STEEP,
    "slope":     POWERS,
    "where":     [(c, *xy) for c in (0.0, 1.0) for xy in [(2.0, 3.0), (0.0, -0.0), (MAX, 5e-324)]],
    "max":       ORDERED + floats((3,), (1, 2, 2), (2, 2, 2), (1, 3, 2, 3, 3), (-0.0, 0, -1)),
    "min":       ORDERED + floats((3,), (1, 2, 1), (2, 2, 2), (1, 3, 1, 1, 2), (-0.0, 0, 1)),
    "sum":       floats((0,), (-0.0, -0.0), (1.5, -2.5), (0.1,) * 10, (1e308, -1e308, 1e-308),
                        (5e-324,) * 3, (1e16, 1), (MAX, -5e-324), (1, EPS, EPS / 2, EPS / 2)),
    "dot":       floats((2, 3), (1, 2, 3, 4), (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (0, 1, MAX, -0.0),
                        (1e-200, 1, 1e-200, 1e-310), (1e300, 1e-300, 1e-300, 1e300),
                        (1e150, 1e-150, -1e150, 1)),
}
# Where the value is a finite real, though perhaps beyond the range of floats.
DOMAIN: dict[str, Callable[..., bool]] = {
    **dict.fromkeys(SPECIAL, lambda *xs: True),
    "log":    lambda x: x > 0,
    "log1p":  lambda x: x > -1,
    "log2":   lambda x: x > 0,
    "log10":  lambda x: x > 0,
    "sqrt":   lambda x: x >= 0,
    "asin":   lambda x: abs(x) <= 1,
    "acos":   lambda x: abs(x) <= 1,
    "acosh":  lambda x: x >= 1,
    "atanh":  lambda x: abs(x) < 1,
    "arcsine_slope": lambda x: abs(x) < 1,
    "artanh_slope":  lambda x: abs(x) < 1,
    "div":    lambda x, y: y != 0,
    "pow":    lambda x, y: x > 0 or (y >= 0 if x == 0 else y % 1 == 0),
    "slope":  lambda x, y: x > 0 or (y == 0 or y >= 1 if x == 0 else y % 1 == 0),
    "direction": lambda x, y: x != 0 or y != 0,
}
# fmt: on
