"""NumPy's numbers and functions beside Values, and its arrays of Values."""

import itertools
from typing import Any

import pytest

import microgradx as mg
from microgradx import Value, gradient

np = pytest.importorskip("numpy")
X = np.array([0.25, 0.5, 0.75])


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
    assert np.square(x).partials == (0.5, 0.5)
    with pytest.raises(TypeError, match=r"numpy.floor takes no Value: .* microgradx.exp\(x\)"):
        np.floor(x)
    with pytest.raises(TypeError, match=r"numpy.add takes no Value"):
        np.add(x, x, where=True)
    with pytest.raises(TypeError, match=r"numpy.add.reduce takes no Value"):
        np.add.reduce(x)


@pytest.mark.parametrize("number", [1.0, 2.0, 3.0])
def test_a_number_of_numpy_compares_as_one_of_python(number):
    x, left = Value(2.0), np.float64(number)
    assert [left < x, left <= x, left > x, left >= x] == [
        number < x, number <= x, number > x, number >= x,
    ]  # fmt: skip
    assert not (left == x or x == left or left in [x]) and left != x and x != left
    assert min(x, left) is min(x, number) or min(x, left) == number


def test_numpy_sees_the_shape_of_a_batch():
    assert (np.shape(Value(X)), np.ndim(Value(X)), np.size(Value(X))) == ((3,), 1, 3)
    assert (np.shape(Value(2.0)), np.ndim(Value(2.0)), np.size(a=Value(2.0))) == ((), 0, 1)
    with pytest.raises(TypeError, match="none as like="):
        np.zeros(3, like=Value(2.0))


@pytest.mark.parametrize("function", [np.mean, np.sum, np.linalg.norm, np.std, np.atleast_1d])
def test_numpy_does_not_take_a_batch_for_one_number(function):
    name = function.__name__
    with pytest.raises(TypeError, match=f"numpy.{name} takes no Value that holds a batch"):
        function(Value(X))


def test_numpy_takes_single_values_as_objects():
    x, y = Value(2.0), Value(3.0)
    assert np.stack([x, y]).tolist() == [x, y]
    assert np.where([True, False], x, y).tolist() == [x, y]
    assert np.mean(x).data == 2.0


def test_numpy_finds_the_functions_of_the_members_of_an_array():
    x = np.array([Value(0.5), Value(0.25)])
    for function in (np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arctanh):
        assert [v.data for v in function(x)] == pytest.approx(function([0.5, 0.25]), rel=1e-15)
    for function in (np.hypot, np.arctan2):
        assert [v.data for v in function(x, 1.0)] == pytest.approx(function([0.5, 0.25], 1.0))
    assert np.arccosh(1.0 / x)[0].data == pytest.approx(np.arccosh(2.0))
    assert (np.var(x).data, np.std(x).data) == (0.015625, 0.125)


def test_members_of_an_array_are_compared_one_by_one():
    x, y = Value(0.5), Value(0.25)
    assert (np.array([x, y]) == x).tolist() == [True, False]
    assert (np.array([x, y]) != x).tolist() == [False, True]
    assert (np.array([x, y]) < x).tolist() == [False, True]


def test_a_function_of_one_sequence_takes_no_rows():
    rows: Any = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(5.0)]])
    with pytest.raises(TypeError, match=r"as in \[mse\(row, t\) for row, t in zip"):
        mg.mse(rows, rows)
    for function, some in itertools.product((mg.mean, mg.softmax, mg.norm), (rows, rows.tolist())):
        with pytest.raises(
            TypeError, match=f"{function.__name__} takes no rows of a sequence: as in "
        ):
            function(some)


def test_sequences_of_arrays_of_values_compute_element_by_element():
    rows = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(5.0)]])
    assert [v.data for v in mg.sum(rows)] == [4.0, 7.0]
    assert [v.data for v in mg.maximum(rows)] == [3.0, 5.0]
    assert [v.data for v in mg.dot(rows, rows)] == [10.0, 29.0]


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


def test_the_hessian_by_an_object_array_has_its_shape_twice():
    x = np.array([[2.0], [3.0]], dtype=object)
    second = mg.hessian(lambda x: x[0, 0] * x[1, 0])(x)
    assert second.shape == (2, 1, 2, 1)
    assert second.ravel().tolist() == [0.0, 1.0, 1.0, 0.0]
