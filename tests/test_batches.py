"""Batches: arrays of NumPy or JAX in place of numbers."""

import importlib
import math
from typing import Any

import pytest

import microgradx as mg
from microgradx import Value, gradient
from microgradx.operators import FUNCTIONS
from microgradx.primitives import PRIMITIVES

from .programs import call

np = pytest.importorskip("numpy")
X, Y = np.array([0.25, 0.5, 0.75]), np.array([0.5, 0.25, 0.75])
ROWS = [row for row in PRIMITIVES.values() if not row.variadic and row.name != "acosh"]


@pytest.fixture(params=["numpy", "jax.numpy"])
def xp(request: pytest.FixtureRequest) -> Any:
    """A library of arrays, of floats with 64 bits."""
    library = pytest.importorskip(request.param)
    if request.param == "jax.numpy":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    return library


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_batch_is_its_points_one_by_one(row, xp):
    columns = (X, Y, Y[::-1])[: len(row.operands)]
    batch = [Value(xp.asarray(column)) for column in columns]
    batched = FUNCTIONS[row.name](*batch)
    slopes = gradient(batched, batch)
    for i, point in enumerate(zip(*columns, strict=True)):
        single = [Value(float(x)) for x in point]
        z = FUNCTIONS[row.name](*single)
        assert type(batched.data) is type(xp.asarray(X))
        assert float(batched.data[i]) == pytest.approx(z.data, rel=1e-15)
        for slope, expected in zip(slopes, gradient(z, single), strict=True):
            assert np.broadcast_to(slope, 3)[i] == pytest.approx(expected, rel=2e-15)


def test_acosh_of_a_batch(xp):
    x = Value(xp.asarray(X + 1.0))
    z = mg.acosh(x)
    assert z.data == pytest.approx(np.acosh(X + 1.0), rel=1e-15)
    assert gradient(z, x) == pytest.approx(1.0 / np.sqrt((X + 1.0) ** 2 - 1.0), rel=1e-14)


@pytest.mark.parametrize("name", ["sum", "max", "min"])
def test_rows_of_sequences_take_batches(name, xp):
    x, y = Value(xp.asarray(X)), Value(xp.asarray(Y))
    z = FUNCTIONS[name]([x, y, 0.25])
    for i in range(3):
        single = [Value(float(X[i])), Value(float(Y[i]))]
        one = FUNCTIONS[name]([*single, 0.25])
        assert z.data[i] == one.data
        for slope, expected in zip(gradient(z, [x, y]), gradient(one, single), strict=True):
            assert np.broadcast_to(slope, 3)[i] == expected


def test_a_batch_of_one_point_is_a_batch(xp):
    """Although Python and older versions of NumPy take an array of one number for a number."""
    for row in PRIMITIVES.values():
        for sign in (1.0, -1.0) if not row.domain else (1.0,):
            numbers = [0.5 * sign, -0.25 * sign, 0.75][: 2 if row.variadic else len(row.operands)]
            numbers = [x + 1.0 for x in numbers] if row.name == "acosh" else numbers
            for count in range(1, 1 + len(numbers)):
                values = [Value(xp.asarray([x])) for x in numbers[:count]] + numbers[count:]
                z = call(row.name, values)
                assert z.data.shape == (1,), row
                assert gradient(z, values[0]).shape == (1,), row
                assert z.data[0] == pytest.approx(call(row.name, numbers), rel=1e-15)


def test_a_variable_exponent_needs_bases_that_are_not_negative(xp):
    base, exponent = xp.asarray([2.0, -2.0]), Value(2.0, "y")
    with pytest.raises(mg.DomainError, match="which is x >= 0 for a Value as y"):
        _ = Value(base) ** exponent
    assert (base**2.0).tolist() == (Value(base) ** 2.0).data.tolist() == [4.0, 4.0]
    assert (Value(abs(base)) ** exponent).data.tolist() == [4.0, 4.0]


def test_a_batch_is_neither_true_nor_false(xp):
    for numbers in (X, X[:1]):
        with pytest.raises(TypeError, match="no one truth value"):
            bool(Value(xp.asarray(numbers)))
    assert Value(xp.asarray(0.5)) and not Value(xp.asarray(0.0))


def test_the_batch_axis_is_never_summed_by_itself(xp):
    w, x = Value(2.0), Value(xp.asarray(X))
    (w * x).backward()
    assert w.grad == pytest.approx(X)
    assert np.broadcast_to(x.grad, 3) == pytest.approx([2.0] * 3)


@pytest.mark.parametrize(
    ("f", "x", "error", "message"),
    [
        (mg.log, [1.0, -2.0], mg.DomainError, r"log\(-2.0\) at index \(1,\) of the batch: outside"),
        (mg.exp, [1e3, 1.0], mg.RangeError, r"exp\(1000.0\) at index \(0,\)"),
        (
            lambda x: x * 1e300,
            [1.0, 1e300],
            mg.RangeError,
            r"mul\(1e\+300, 1e\+300\) at index \(1,\)",
        ),
        (lambda x: 1.0 / x, [1.0, 0.0], mg.PoleError, r"div\(1.0, 0.0\) at index \(1,\)"),
        (mg.sqrt, [[1.0, -1.0]], mg.DomainError, r"at index \(0, 1\)"),
    ],
)
def test_an_error_in_a_batch_names_the_row(f, x, error, message, xp):
    with pytest.raises(error, match=message):
        f(Value(xp.asarray(x)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda x: x * 1e308, mg.RangeError),
        (lambda x: 1.0 / (x - 2.0), mg.PoleError),
        (lambda x: (-x) ** 0.5, mg.DomainError),
        (lambda x: mg.log(x - 1.0), mg.PoleError),
        (lambda x: mg.sum([x * 1e307, x * 1e307] * 9), mg.RangeError),
        (lambda x: mg.dot([1e308, 2.0], [x, x]), mg.RangeError),
        (lambda x: mg.sum([Value(1.7e308), x * 1e307, x * 1e307]), mg.RangeError),
    ],
)
def test_an_error_in_a_batch_is_the_same_where_warnings_are_errors(call, error, xp):
    with pytest.raises(error, match="of the batch"):
        call(Value(xp.asarray([1.0, 2.0, 3.0])))


def test_truth_values_are_no_numbers_and_the_error_says_what_makes_them_such(xp):
    x = xp.asarray([1.0, -1.0])
    message = r"not an array of truth values; x\.astype\(float\) makes numbers of it, and where\("
    with pytest.raises(TypeError, match=message):
        _ = Value(x) * (x > 0.0)


def test_an_undefined_slope_in_a_batch_is_an_error_and_changes_nothing(xp):
    x = Value(xp.asarray([1.0, 0.0]))
    with pytest.raises(mg.GradientError, match=r"^sqrt\(0\.0\) at index \(1,\) of the batch has"):
        mg.sqrt(x).backward()
    assert x.grad == 0.0


def test_an_undefined_slope_is_found_where_operands_have_other_shapes():
    np = pytest.importorskip("numpy")
    x, y = Value(np.zeros((2, 1))), Value(np.full((1, 3), 5e-324))  # which JAX takes for 0
    message = r"^div\(0\.0, 5e-324\) at index \(0, 0\) of the batch has no finite derivative"
    with pytest.raises(mg.GradientError, match=message):
        (x / y).backward()
    assert x.grad == y.grad == 0.0


@pytest.mark.filterwarnings("ignore:overflow")
def test_a_gradient_that_is_too_large_in_a_batch_names_the_row(xp):
    x = Value(xp.asarray([[1.0], [1e-300]]), "x")
    z = 1e200 * mg.tanh(1e200 * (x - 1e-300))
    message = r"float at mul\(1e\+200, 0\.0\) at index \(1, 0\) of the batch"
    with pytest.raises(mg.GradientError, match=message):
        gradient(z, x)
    with pytest.raises(mg.GradientError, match=message):
        z.backward()


def test_an_error_shows_the_shape_of_a_batch_and_not_its_numbers(xp):
    x = Value(xp.asarray([[1.0, 2.0], [0.0, 1.0]]), "x")
    with pytest.raises(
        mg.GradientError, match=r"the gradient with respect to a batch of 2 × 2 \(x\) needs"
    ):
        gradient(mg.sqrt(x), x)


def test_a_norm_of_a_batch_neither_overflows_nor_underflows(xp):
    size = np.array([1.0, 1e200, 1e-200, 1e300, 1e-300])
    x, y = Value(xp.asarray(3.0 * size)), Value(xp.asarray(4.0 * size))
    length = mg.norm([x, y, 0.0])
    assert length.data == pytest.approx(5.0 * size, rel=1e-15, abs=0.0)
    for slope, expected in zip(gradient(length, [x, y]), (0.6, 0.8), strict=True):
        assert slope == pytest.approx(np.full(5, expected), rel=1e-15)
    assert mg.norm([Value(xp.asarray(0.0 * size))]).data.tolist() == [0.0] * 5


def test_a_target_of_0_in_a_batch_is_left_out(xp):
    """As that of a single point: 0 · log 0 = 0."""
    o = [Value(xp.asarray([0.5, 1.0])), Value(xp.asarray([0.5, 0.0]))]
    loss = mg.cross_entropy(o, [xp.asarray([0.5, 1.0]), xp.asarray([0.5, 0.0])])
    assert loss.data == pytest.approx([math.log(2.0), 0.0])
    first, second = gradient(loss, o)
    assert (first.tolist(), second.tolist()) == ([-1.0, -1.0], [-1.0, 0.0])


SHAPES = {
    "numpy": r"^add\(a batch of 3 \(x\), a batch of 2\): ",
    "jax.numpy": "incompatible shapes",
}


def test_shapes_that_do_not_fit_are_an_error(xp):
    with pytest.raises((ValueError, TypeError), match=SHAPES[xp.__name__]):
        mg.add(Value(xp.asarray(X), "x"), Value(xp.asarray([1.0, 2.0])))


def test_a_loss_of_a_batch_is_that_of_its_rows(xp):
    """Softmax and cross-entropy of logits in columns: values, and gradients by each logit."""
    columns = np.array([[0.5, 300.0, -2.0], [-1.0, 2.0, -2.0], [3.0, -300.0, 1.5]])
    logits = [Value(xp.asarray(column)) for column in columns]
    loss = mg.softmax_cross_entropy(logits, [0.5, 0.25, 1.0])
    loss.backward()
    for i, row in enumerate(columns.T):
        single = [Value(float(x)) for x in row]
        one = mg.softmax_cross_entropy(single, [0.5, 0.25, 1.0])
        one.backward()
        assert loss.data[i] == pytest.approx(one.data, rel=1e-15)
        for batch, x in zip(logits, single, strict=True):
            assert batch.grad[i] == pytest.approx(x.grad, rel=1e-14, abs=1e-16)


def test_a_slope_that_is_the_same_at_all_points_has_the_batch_axis_too(xp):
    x, weight = Value(xp.asarray(X)), Value(2.0)
    (3.0 * x + weight).backward()
    assert x.grad.tolist() == [3.0] * 3 and weight.grad.tolist() == [1.0] * 3
    assert gradient(x, x).tolist() == [1.0] * 3 and gradient(weight, x).tolist() == [0.0] * 3
    slopes = mg.jacobian(lambda x: [x, 2.0])(xp.asarray(X))
    assert [row.tolist() for row in slopes] == [[1.0] * 3, [0.0] * 3]
    assert mg.hessian(lambda x: 2.0 * x)(xp.asarray(X)).tolist() == [0.0] * 3
    assert mg.hvp(lambda x: 2.0 * x, (xp.asarray(X),), (1.0,)).tolist() == [0.0] * 3
    _, tangents = mg.jvp(lambda x: [x, 2.0 * x], (xp.asarray(X),), (1.0,))
    assert [row.tolist() for row in tangents] == [[1.0] * 3, [2.0] * 3]
    y = 3.0 * x
    assert mg.Tape(y, names={}).adjoints()[-1].tolist() == [1.0] * 3  # type: ignore[attr-defined]


def test_a_batch_can_be_differentiated_twice(xp):
    x = Value(xp.asarray(X))
    slope = gradient(mg.tanh(x * x), x, create_graph=True)
    second = gradient(slope, x)
    for i, number in enumerate(X):
        assert second[i] == pytest.approx(mg.grad(mg.grad(lambda x: mg.tanh(x * x)))(number))


def test_whole_numbers_become_floats(xp):
    assert Value(xp.asarray([1, 2])).data.dtype == np.float64


class NoLibrary:
    """An array by its attributes, such as those of pandas, but not of the array API."""

    dtype, shape = np.dtype(float), (3,)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (np.array(["a"]), TypeError),
        (np.array([True]), TypeError),
        (np.array([Value(1.0)]), TypeError),
        (np.array([1j]), TypeError),
        (np.array([math.nan]), mg.DomainError),
        (np.bool_(True), TypeError),
        (np.float32(math.nan), mg.DomainError),
        (np.longdouble("1e4000"), mg.DomainError),
        (NoLibrary(), TypeError),
    ],
)
def test_a_batch_holds_finite_real_numbers(data, error):
    with pytest.raises(error, match="a Value holds"):
        Value(data)


def test_a_truth_value_of_numpy_is_refused_as_that_of_python_is():
    for truth in (True, np.bool_(True), np.array(True)):
        with pytest.raises(TypeError, match=r"^a Value holds a real number, not True; as in"):
            Value(truth)
