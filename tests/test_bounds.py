"""Between which numbers a program takes results to lie, and what it therefore need not look at."""

import itertools
import math

import pytest

import microgradx as mg
from microgradx.compiler.bounds import between
from microgradx.compiler.dialects import PYTHON
from microgradx.compiler.recording import evaluate
from microgradx.primitives import PRIMITIVES

from .programs import call
from .special_points import MAX

POINTS = [-MAX, -1000.0, -1.0, -0.5, -1e-300, 0.0, 0.5, 1.0, 3.0, 1000.0, MAX]
RANGES = [*itertools.combinations_with_replacement(POINTS, 2)]
OPERATIONS = {  # and how many operands they have
    op: len(PRIMITIVES[op].operands) if op in PRIMITIVES else 2 for op in PYTHON.spellings
}


def results(op, ranges):
    """The numbers of an operation at the ends and in the middle of its operands' ranges."""
    points = [(low, low / 2.0 + high / 2.0, high) for low, high in ranges]
    found = [evaluate(op, [*operands]) for operands in itertools.product(*points)]
    return [z for z in found if math.isfinite(z)]


@pytest.mark.parametrize("op", OPERATIONS)
def test_a_result_lies_between_the_bounds_that_those_of_its_operands_give(op):
    condition = [[(0.0, 1.0)]] if op == "where" else []
    for ranges in itertools.product(*condition, *[RANGES] * (OPERATIONS[op] - len(condition))):
        low, high = between(op, [*ranges])
        assert all(low <= z <= high for z in results(op, ranges)), ranges


@pytest.mark.parametrize("target", ["numpy", "c"])
@pytest.mark.parametrize("op", [op for op in OPERATIONS if op in PRIMITIVES and op != "where"])
def test_what_would_be_gone_from_the_result_is_looked_at_where_it_is_not_finite(op, target):
    f = lambda x: 1.0 / mg.exp(1000.0 * call(op, (x, 0.5)[: OPERATIONS[op]]))  # noqa: E731
    program = mg.compile(f, target=target).value
    for x in (0.9, -0.9, 0.5, 2.0):
        try:
            expected = f(mg.Value(x)).data
        except mg.MathError as error:
            with pytest.raises(type(error)):
                program(x)
        else:
            assert program(x) == pytest.approx(expected, rel=1e-9)
