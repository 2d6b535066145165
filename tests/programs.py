"""What the tests draw: floats of every size, operands for any row, and random programs of rows."""

import math
import operator
from typing import NamedTuple

from hypothesis import assume, strategies as st

from microgradx import Value
from microgradx.apply import sequences
from microgradx.operators import FUNCTIONS
from microgradx.primitives import PRIMITIVES

from .special_points import MAX, SPECIAL

TINY = 5e-324
ROWS = [*PRIMITIVES]  # those that are built in: no test has run yet

any_float = st.floats(allow_nan=False, allow_infinity=False)


def sizes(most):
    """Floats of both signs from 10**-most to 10**most, every power of ten as likely."""
    exponents, digits = st.integers(-most, most - 1), st.floats(1, 10)
    positive = st.builds(lambda digits, exponent: digits * 10.0**exponent, digits, exponents)
    return st.builds(operator.mul, st.sampled_from([1.0, -1.0]), positive)


any_size = sizes(300)
moderate = st.floats(-4, 4).filter(lambda x: x == 0 or abs(x) >= 1e-300)
whole = st.integers(-20, 20).map(float)
tricky = st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 0.5, TINY, -TINY, 2.3e-308, MAX, -MAX, 1e155, 710.0]
)


def call(name, operands):
    """A row's function on its operands written one after the other, those of dot too."""
    return FUNCTIONS[name](*sequences(PRIMITIVES[name], operands))


def arity(name):
    """The number of operands of a row; a few where it takes any number."""
    return max(len(xs) for xs in SPECIAL[name][:2])


@st.composite
def points(draw, name, finite):
    """Operands of any size at which `finite(name, *operands)` holds."""
    xs = draw(st.tuples(*[any_size | moderate | whole] * arity(name)))
    assume(finite(name, *xs))
    return xs


class Program(NamedTuple):
    """Straight-line code over rows: an operand is a number, or counts back to an earlier result."""

    inputs: list[float]
    steps: list[tuple[str, list]]

    def __call__(self, *inputs):
        """The output for these inputs, which may be numbers or Values."""
        return self.results(*inputs)[-1]

    def results(self, *inputs):
        """The inputs and the result of every step."""
        results = list(inputs)
        for name, operands in self.steps:
            operands = [
                results[-1 - x % len(results)] if isinstance(x, int) else x for x in operands
            ]
            results.append(call(name, operands[: len(operands) if variadic(name) else arity(name)]))
        return results


def variadic(name):
    return PRIMITIVES[name].variadic


def programs(numbers=any_float, names=None, most=6):
    """Programs of a few steps; most operands are earlier results, so most paths are long."""
    operand = st.integers(0, 3) | st.integers(0, 3) | numbers
    step = st.tuples(st.sampled_from(names or ROWS), st.lists(operand, min_size=4, max_size=4))
    return st.builds(
        Program,
        st.lists(numbers, min_size=1, max_size=3),
        st.lists(step, min_size=1, max_size=most),
    )


def same(a, b):
    """Whether two floats have the same bits; the signs of zeros count."""
    return a == b and math.copysign(1.0, a) == math.copysign(1.0, b)


def nodes_under(z):
    """The nodes of a small graph."""
    found, stack = {}, [z]
    while stack:
        v = stack.pop()
        found[v] = None
        stack += [p for p in v.parents if p not in found]
    return list(found)


def nodes(numbers):
    return [Value(x) for x in numbers]


def datas(values):
    return [x.data for x in values]
