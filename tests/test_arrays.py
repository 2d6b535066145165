"""Batches (arrays in place of numbers), and NumPy arrays of Values."""

import math
from typing import Any

import pytest

import microgradx as mg
from microgradx import Value, gradient
from microgradx.operators import FUNCTIONS
from microgradx.primitives import PRIMITIVES

np = pytest.importorskip("numpy")
X, Y = np.array([0.25, 0.5, 0.75]), np.array([0.5, 0.25, 0.75])
ROWS = [row for row in PRIMITIVES.values() if not row.variadic and row.name != "acosh"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_batch_is_its_points_one_by_one(row):
    columns = (X, Y, Y[::-1])[: len(row.operands)]
    batch = [Value(column) for column in columns]
    slopes = gradient(FUNCTIONS[row.name](*batch), batch)
    for i, point in enumerate(zip(*columns, strict=True)):
        single = [Value(float(x)) for x in point]
        z = FUNCTIONS[row.name](*single)
        assert FUNCTIONS[row.name](*batch).data[i] == pytest.approx(z.data, rel=4e-16)
        for slope, expected in zip(slopes, gradient(z, single), strict=True):
            assert np.broadcast_to(slope, 3)[i] == pytest.approx(expected, rel=2e-15)


def test_acosh_of_a_batch():
    assert mg.acosh(Value(X + 1.0)).data == pytest.approx(np.acosh(X + 1.0))


@pytest.mark.parametrize("name", ["sum", "max", "min"])
def test_rows_of_sequences_take_batches(name):
    x, y = Value(X), Value(Y)
    z = FUNCTIONS[name]([x, y, 0.25])
    for i in range(3):
        single = [Value(float(X[i])), Value(float(Y[i]))]
        one = FUNCTIONS[name]([*single, 0.25])
        assert z.data[i] == one.data
        for slope, expected in zip(gradient(z, [x, y]), gradient(one, single), strict=True):
            assert np.broadcast_to(slope, 3)[i] == expected


def test_the_batch_axis_is_never_summed_by_itself():
    w, x = Value(2.0), Value(X)
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
def test_an_error_in_a_batch_names_the_row(f, x, error, message):
    with pytest.raises(error, match=message):
        f(Value(np.array(x)))


def test_an_undefined_slope_in_a_batch_is_an_error_and_changes_nothing():
    x = Value(np.array([1.0, 0.0]))
    with pytest.raises(mg.GradientError, match="sqrt"):
        mg.sqrt(x).backward()
    assert x.grad == 0.0


def test_shapes_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="shape"):
        mg.add(Value(X), Value(np.array([1.0, 2.0])))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (np.array(["a"]), TypeError),
        (np.array([True]), TypeError),
        (np.array([Value(1.0)]), TypeError),
        (np.array([1j]), TypeError),
        (np.array([math.nan]), mg.DomainError),
        (np.bool_(True), TypeError),
    ],
)
def test_a_batch_holds_finite_real_numbers(data, error):
    with pytest.raises(error, match="a Value holds"):
        Value(data)


def test_numpy_numbers_are_numbers():
    for x in (np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0), np.array(2)):
        assert type(Value(x).data) is float
        for z in (Value(3.0) * x, x * Value(3.0)):
            assert (z.data, z.partials) == (6.0, (2.0,))


def test_numpy_functions_of_a_value_are_the_tables():
    x = Value(0.5)
    assert np.exp(x).op == "exp"
    assert np.arctan(x).op == "atan"
    assert np.maximum(x, 0.25).op == "max"
    assert np.multiply(X, x).data == pytest.approx(X * 0.5)
    with pytest.raises(TypeError, match=r"numpy.floor takes no Value; microgradx has .*exp"):
        np.floor(x)
    with pytest.raises(TypeError, match=r"numpy.add takes no Value"):
        np.add(x, x, where=True)


def test_arrays_of_values_compute_element_by_element():
    x = np.array([Value(1.0), Value(2.0)])
    scale: Any = Value(3.0)
    for z in (x * scale, scale * x, mg.mul(x, scale)):
        assert [v.data for v in z] == [3.0, 6.0]
    assert [v.data for v in mg.exp(x)] == [v.data for v in np.exp(x)]
    total = np.sum(x * scale)
    assert gradient(total, x).tolist() == [3.0, 3.0]
    slopes = gradient(np.sum(x * x), x, create_graph=True)
    assert gradient(slopes[0], x).tolist() == [2.0, 0.0]
    assert mg.grad(np.sum)(x).tolist() == [1.0, 1.0]
