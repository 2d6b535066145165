"""Numbers of other kinds than Python's floats: put into `.data`, and batches of 32 bits."""

from decimal import Decimal
from fractions import Fraction

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.operators import FUNCTIONS
from microgradx.primitives import PRIMITIVES

np = pytest.importorskip("numpy")
ROWS = [row for row in PRIMITIVES.values() if not row.internal]
KINDS = np.float64, np.float32, np.array, Fraction, Decimal


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_numbers_of_any_kind_may_be_put_into_data_and_count_as_those_of_python(kind):
    p, q, plain = Value(0.0, "p"), Value(2.0, "q"), Value(1.5, "p")
    p.data = kind(1.5)
    loss, same = (mg.softmax_cross_entropy([x, q], [0.25, 1.0]) for x in (p, plain))
    assert loss.data == same.data and mg.gradient(loss, p) == mg.gradient(same, plain)
    rows, others = (mg.Tape(y, names={}).rows for y in (loss, same))
    assert rows == others and {type(row.value) for row in rows} == {float}
    diagnosis = mg.check_derivation(loss, p, 1.25 * mg.softmax([p, q])[0] - 0.25)
    assert str(diagnosis).endswith("and your derivation holds everywhere.")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("number", [None, 0, 1])
def test_a_batch_keeps_its_kind_of_floats_in_values_and_slopes(row, number):
    above = [1.25, 1.5] if row.name == "acosh" else [0.25, 0.5]
    xs = [Value(np.array(x, np.float32)) for x in (above, [0.75, 0.5], [0.5, 0.75])]
    given: list = xs[: 2 if row.variadic else len(row.operands)]
    if number is not None and number < len(given) > 1:
        given[number] = 2.0
    z = FUNCTIONS[row.name](*([given] * len(row.operands) if row.variadic else given))
    slopes = mg.gradient(z, [x for x in given if isinstance(x, Value)])
    assert {z.data.dtype, *(slope.dtype for slope in slopes)} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    "f",
    [
        lambda x: mg.softmax([x, 0.0])[0],
        lambda x: mg.softmax_cross_entropy([x, 1.0], 0),
        lambda x: mg.hinge([x], [1.0]),
        lambda x: mg.norm([x, 1.0]),
        lambda x: mg.maximum(x, 0.0),
    ],
)
def test_composed_functions_keep_the_kind_of_floats_too(f):
    x = Value(np.array([0.3, 0.6], np.float32))
    z = f(x)
    assert z.data.dtype == mg.gradient(z, x).dtype == np.float32
