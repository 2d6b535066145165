"""How a row is compared with the oracle; and, as data, where it needs another measure."""

import functools
import math
from collections.abc import Callable

import pytest

from microgradx import DomainError, GradientError, MathError, Value, gradient
from microgradx.apply import holds
from microgradx.graph import data_of
from microgradx.primitives import PRIMITIVES

from .oracle import EXACT, SPECIAL, mp, nearest
from .programs import TINY, call, same

NORMAL = 2.2250738585072014e-308
BOUND = 8  # ulps

# fmt: off
# Where even the C library errs by more: the double that comes nearest to a multiple of π/2.
LOOSE = {("tan", 6381956970095103 * 2.0**797): 30}
# Its slope by y, the mixed second derivative of pow, has no repair of the rounding of y - 1.
BOUNDS = {"slope": 512}
# Below the normal numbers, results are off by a few of 5e-324 times this.
UNDERFLOW = {
    "pow":   lambda x, y: 1 + abs(y) + abs(math.log(abs(x) or 1)),
    "slope": lambda x, y: (1 + abs(y)) * (1 + abs(y) + abs(y * math.log(abs(x) or 1))),
    "gauss": lambda x: 1 + abs(x),
}
# A sum can cancel; its error is relative to the size of its terms.
TERMS = {
    "sum":  lambda *xs: sum(map(abs, map(mp.mpf, xs))),
    "dot":  lambda *v: sum(abs(mp.mpf(x) * y) for x, y in zip(*halves(v), strict=True)),
}
# What the engine does not promise, and why.
LIMITS = {
    # The parity of an exponent beyond 2**53 decides the sign, and y - 1 has lost it; and
    # x ** (y - 1) alone can overflow where the small factor y would bring it back.
    "pow":   lambda x, y: (x < 0 and abs(y) >= 2**53) or overflows(x, y - 1),
    "slope": lambda x, y: (x < 0 and abs(y) >= 2**53) or overflows(x, y - 2),
    # A distance below the normal numbers has few digits, and one beyond the floats none.
    "hypot": lambda x, y: not NORMAL <= math.hypot(x, y) < math.inf,
    "atan2": lambda x, y: not NORMAL <= math.hypot(x, y) < math.inf,
    "direction": lambda x, y: not NORMAL <= math.hypot(x, y) < math.inf,
}
# The terms that cancel in a second derivative, by the two operands: the error is relative to them.
CANCELS = {
    "sech2":            {(0, 0): lambda x: 10 / mp.cosh(x) ** 2},
    "gauss":            {(0, 0): lambda x: (4 * mp.mpf(x) ** 2 + 2) * mp.exp(-mp.mpf(x) ** 2)},
    "arctangent_slope": {(0, 0): lambda x: 8 / (1 + mp.mpf(x) ** 2) ** 2},
    "atan2":            {(0, 1): lambda x, y: mp.hypot(x, y) ** -2},
    "direction":        {(0, 1): lambda x, y: 3 * abs(mp.mpf(y)) / mp.hypot(x, y) ** 3,
                         (1, 1): lambda x, y: 3 * abs(mp.mpf(x)) / mp.hypot(x, y) ** 3},
    "pow":              {(0, 1): lambda x, y: by_both(x, y, 1)},
    "slope":            {(0, 0): lambda x, y: by_first(x, y), (0, 1): lambda x, y: by_both(x, y, 2),
                         (1, 1): lambda x, y: by_both(x, y, 1)},
}
# Where a power that a second derivative needs has underflowed, of which it then is a multiple.
UNDERFLOWN = {
    "pow":   lambda x, y: x != 0 and abs(mp.mpf(x)) ** y < NORMAL,
    "slope": lambda x, y: x != 0 and abs(mp.mpf(x)) ** (mp.mpf(y) - 1) < NORMAL,
}
# Where a second derivative may be refused though it exists: the needs of `slope` are strict.
STRICT: dict[str, Callable[..., bool]] = {
    "pow":   lambda x, y, i, j: x == 0 and i + j > 0,
    "slope": lambda x, y, i, j: x == 0,
}
# Not yet an error: x ** (y - 1) · (1 + y · log x) is -∞ here, and comes out as 0 by y and then by x.
UNSOLVED = {("pow", (0.0, 1.0), 1, 0)}
# fmt: on


def never(*_):
    return False


def one(*_):
    return 1


def extreme(xs):
    """Whether an operand is so small or large that its fourth power leaves the floats."""
    return any(x != 0 and not 1e-75 <= abs(x) <= 1e75 for x in xs)


def halves(v):
    return v[: len(v) // 2], v[len(v) // 2 :]


def overflows(x, y):
    return x != 0 and mp.mpf(abs(x)) ** y > mp.mpf(2) ** 1024


def by_first(x, y):
    """The size of the terms of the third derivative of x ** y by x."""
    return (abs(mp.mpf(y)) + 2) ** 3 * abs(mp.mpf(x)) ** (mp.mpf(y) - 3) if x else 6


def by_both(x, y, n):
    """The size of the terms of a derivative of x ** y, n times by x and once or twice by y."""
    size, power = abs(mp.mpf(y)), abs(mp.mpf(x)) ** (mp.mpf(y) - n) if x else 0
    return (2 + size) ** n * (3 + size * abs(mp.log(x))) ** 2 * power if x > 0 else 0


def representable(exact):
    """Whether a derivative exists and the floats reach so far."""
    return exact is not None and math.isfinite(nearest(exact))


def excess(name, xs, got, exact, scale=None):
    """By how many times the error is larger than allowed."""
    floor = UNDERFLOW.get(name, one)(*xs) * BOUND * TINY
    unit = math.ulp(nearest(exact if scale is None else scale))
    bound = LOOSE.get((name, abs(xs[0])), BOUNDS.get(name, BOUND)) * unit
    usable = got is not None and math.isfinite(got)
    return float(abs(mp.mpf(got) - exact) / max(bound, floor)) if usable else math.inf


def within_limits(name, xs):
    return not LIMITS.get(name, never)(*xs)


@functools.cache
def special(name):
    """(operands, value, gradient) at every special point within the limits."""
    chosen = [xs for xs in SPECIAL[name] if within_limits(name, xs)]
    return [(xs, EXACT[name].value(*xs), EXACT[name].gradient(*xs)) for xs in chosen]


def scale_of(name, xs):
    return TERMS[name](*xs) if name in TERMS else None


def check_value(name, xs):
    z = call(name, xs)
    assert excess(name, xs, z, EXACT[name].value(*xs), scale_of(name, xs)) <= 1
    node = call(name, [Value(x) for x in xs if needs(name, xs, range(len(xs)))] or xs)
    assert same(data_of(node), z), "a Value computes as a number does"


def needs(name, xs, positions):
    """Whether the row lets the operands at these positions be Values."""
    row = PRIMITIVES[name]
    conditions = [row.needs.get(row.operands[i]) for i in positions if not row.variadic]
    return all(holds(c, row, xs) for c in conditions if c)


def check_slope(name, xs, i, exact):
    """∂z/∂xᵢ by a sweep where it is a float, and else an error that leaves `.grad` alone."""
    x = Value(xs[i])
    operands = [*xs[:i], x, *xs[i + 1 :]]
    if not needs(name, xs, [i]):
        with pytest.raises(DomainError, match=f"^{name}.*for a Value as"):
            call(name, operands)
        return
    z = call(name, operands)
    if representable(exact):
        z.backward()
        assert excess(name, xs, x.grad, exact) <= 1
        assert gradient(z, x) == x.grad
    else:
        x.grad = 0.5
        message = rf"^{name}\(.*\) has no finite derivative with respect to .*, which the gradient with respect to "
        with pytest.raises(GradientError, match=message):
            z.backward()
        assert x.grad == 0.5 and z.grad == 0.0
        with pytest.raises(GradientError, match=message):
            gradient(z, x)


def second(name, xs, i, j):
    """∂²z/∂xᵢ∂xⱼ, by differentiating the graph of ∂z/∂xᵢ."""
    nodes = {k: Value(xs[k]) for k in {i, j}}
    z = call(name, [nodes.get(k, x) for k, x in enumerate(xs)])
    slope = gradient(z, nodes[i], create_graph=True)
    return gradient(slope, nodes[j]) if slope.__class__ is Value else 0.0


def check_second(name, xs):
    if UNDERFLOWN.get(name, never)(*xs):
        return
    exact = EXACT[name]
    slopes, hessian = exact.gradient(*xs), exact.hessian(*xs)
    pairs = ((i, j) for i in range(len(xs)) for j in range(len(xs)) if needs(name, xs, [i, j]))
    for i, j in (pair for pair in pairs if (name, xs, *pair) not in UNSOLVED):
        if not representable(slopes[i]) or not representable(hessian[i][j]):
            with pytest.raises(MathError, match=r"has no finite derivative|exceeds the largest"):
                second(name, xs, i, j)
            continue
        terms = CANCELS.get(name, {}).get((min(i, j), max(i, j)))
        size = terms(*xs) if terms else abs(hessian[i][j])
        floor = UNDERFLOW.get(name, one)(*xs) * 1e-300
        try:
            got = second(name, xs, i, j)
        except GradientError:
            # Where the result is a product of 0 and what exceeds the floats.
            assert extreme(xs) or STRICT.get(name, never)(*xs, i, j), (xs, i, j)
            continue
        assert abs(mp.mpf(got) - hessian[i][j]) <= 1e-12 * size + floor, (xs, i, j, got)
