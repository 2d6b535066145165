"""NumPy's numbers and functions beside Values, and its arrays of Values."""

import itertools
import warnings
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
    assert min(x, left) is (left if number < 2.0 else x)


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
    assert [d.data for d in mg.grad(np.sum)(x)] == [1.0, 1.0]


def test_an_array_of_objects_can_be_computed_in_place():
    h, x = np.array([Value(1.0), 2.0], object), Value(3.0)
    same = h
    h += x
    assert h is same and [v.data for v in h] == [4.0, 5.0] and mg.gradient(np.sum(h), x) == 2.0
    h /= np.array([x, 1.0], object)
    assert h is same and h[0].data == 4.0 / 3.0 and h[1].data == 5.0
    with pytest.raises(mg.MathError):
        h /= Value(0.0)
    assert h[1].data == 5.0
    with pytest.raises(TypeError, match="takes no Value with out="):
        np.add([1.0, 2.0], x, out=np.zeros(2))  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="takes no Value with out= with where="):
        np.add(h, x, out=h, where=[True, False])


def test_the_hessian_by_an_object_array_has_its_shape_twice():
    x = np.array([[2.0], [3.0]], dtype=object)
    second = mg.hessian(lambda x: x[0, 0] * x[1, 0])(x)
    assert second.shape == (2, 1, 2, 1)
    assert second.ravel().tolist() == [0.0, 1.0, 1.0, 0.0]


def test_derivatives_by_arrays_of_several_shapes_stand_in_the_place_of_each_number():
    W, b = np.array([[1.0, 2.0], [3.0, 4.0]], object), np.array([0.5, 0.25], object)

    def loss(W, b):
        return np.sum((W @ b) ** 2)

    by_W, by_b = mg.hessian(loss, (0, 1))(W, b)
    assert by_W.shape == (2, 2) and by_b.shape == (2,)
    assert by_b[1][0].tolist() == [[2.0, 3.0], [4.0, 7.0]] and by_b[1][1].tolist() == [28.0, 40.0]
    assert by_W[0, 1][1].tolist() == [0.5, 3.0] == [by_b[k][0][0, 1] for k in range(2)]
    listed = mg.hessian(lambda p: loss(*p))([W, b])
    assert isinstance(listed[1][0], list) and listed[1][0][1].tolist() == [20.0, 28.0]
    program = mg.compile(loss, wrt=(0, 1))
    compiled = program.hessian(W.astype(float), b.astype(float))
    assert compiled[1][1][0].tolist() == by_b[1][0].tolist()
    both = mg.jacobian(lambda a, c: a * 2.0, (0, 1))(b, b)
    assert [[x.tolist() for x in row] for row in both] == [
        [[2.0, 0.0], [0.0, 0.0]],
        [[0.0, 2.0], [0.0, 0.0]],
    ]


def test_a_member_of_an_array_that_no_point_of_a_batch_uses_has_the_slope_0_at_all_of_them():
    W, x = np.array([Value(1.0), Value(2.0)]), Value(np.array([1.0, 2.0, 3.0]))
    assert mg.gradient(W[0] * x, W).tolist() == [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    "f",
    [
        lambda w: np.squeeze(w[:1] * 2.0 + 3.0 * w[1:]),
        lambda w: np.tensordot(w, np.array([2.0, 3.0]), 1),
        lambda w: np.asarray(2.0 * w[0] + 3.0 * w[1]),
    ],
)
def test_an_array_without_axes_is_what_it_holds(f):
    w = np.array([1.0, 2.0], object)
    assert mg.grad(f)(w).tolist() == [2.0, 3.0]
    value, slopes = mg.compile(f)(w.astype(float))
    assert (value, slopes.tolist()) == (8.0, [2.0, 3.0])
    x = Value(1.0)
    assert mg.gradient(2.0 * x, np.array(x)) == 2.0  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "f",
    [
        *(lambda w: w @ w, lambda w: np.ones(2) @ w, lambda w: w @ np.ones(2), np.sum),
        *(mg.sum, lambda w: mg.dot(w, w), mg.mean, mg.maximum),
    ],
)
def test_where_a_batch_is_taken_for_a_vector_the_error_says_what_a_vector_is(f):
    with pytest.raises(TypeError, match=r"a vector is an array of objects, as x\.astype\(object\)"):
        mg.grad(f)(np.array([1.0, 2.0]))
    with pytest.raises(TypeError, match=r"and no Value: write x \* y, or dot\(xs, ys\) [a-z ]*$"):
        mg.dot([Value(2.0) @ Value(1.0)], [1.0])
    assert mg.grad(f)(np.array([1.0, 2.0], object)).shape == (2,)


def test_an_array_of_a_kind_of_its_own_is_a_plain_one_or_refused():
    matrix = np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix)
    assert mg.grad(lambda x: x * x)(matrix).tolist() == [[2.0, 4.0], [6.0, 8.0]]
    with pytest.raises(TypeError, match="have no mask"):
        Value(np.ma.masked_array([1.0, 2.0], [True, False]))


ROOTS = np.array([0.0, 4.0])
LARGE = np.array([1e300, 1.0])


def of_numpy(x: float) -> Value:
    """A Value whose number is one of NumPy, as `.data` may be given."""
    v = Value(0.0)
    v.data = np.float64(x)
    return v


def at_root(f):
    """A function, at a Value of which the first point has no slope."""
    x = Value(ROOTS)
    return lambda: f(mg.sqrt(x) * 0.0, x)


NOT_FINITE = [
    at_root(lambda y, x: y.backward()),
    at_root(lambda y, x: mg.gradient(y, x)),
    at_root(lambda y, x: mg.gradient(y, x, create_graph=True)),
    lambda: mg.jvp(lambda x: mg.sqrt(x) * 0.0, (ROOTS,), (1.0,)),
    lambda: mg.hessian(lambda x: mg.sqrt(x) * 0.0)(ROOTS),
    lambda: mg.grad(lambda x: mg.norm([x, x]))(ROOTS),
    lambda: mg.grad(lambda x: (x * 1e200) * 1e200)(LARGE * 1e-300),
    *(lambda f=f, x=x: f(x) for f in (lambda x: x * 1e10, lambda x: 10**10 * x, lambda x: x * x)
      for x in (Value(LARGE), of_numpy(1e300))),
    lambda: 1 / Value(ROOTS),
    lambda: Value(LARGE) ** 2,
    lambda: Value(1e300) * LARGE,
]  # fmt: skip


@pytest.mark.parametrize("call", NOT_FINITE)
def test_what_is_not_finite_in_a_batch_is_an_error_and_no_warning(call):
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        with pytest.raises(mg.MathError):
            call()
    assert not met
    with warnings.catch_warnings(), pytest.raises(mg.MathError):
        warnings.simplefilter("error")
        call()


@pytest.mark.filterwarnings("error")
def test_the_adjoints_of_a_tape_may_be_undefined_without_a_warning():
    tape = mg.Tape(mg.sqrt(Value(ROOTS)) * 0.0)
    assert np.isnan(tape.adjoints()[0]).tolist() == [True, False]


def test_a_number_that_was_put_into_a_value_by_hand_is_looked_at():
    x = Value(1.0)
    x.data = True
    for call in (lambda: x * 2.0, lambda: x * x, lambda: 2 * x):
        with pytest.raises(TypeError, match="operands are Values or real numbers, not bool"):
            call()


def test_partials_are_nan_wherever_there_is_no_slope():
    for root in (mg.sqrt(Value(ROOTS)), mg.Tape(mg.sqrt(Value(ROOTS)))[1]):
        assert np.array_equal(root.partials[0], [np.nan, 0.25], equal_nan=True)
    [inner] = (Value(Value(2.0)) ** 2.0).partials
    assert isinstance(inner, Value) and inner.data == 4.0


@pytest.mark.parametrize(
    "given, remedy",
    [
        ([1j], "complex128$"),
        (["a"], "<U1$"),
        ([Value(1.0)], "object; a NumPy array of Values"),
        ([True], r"x.astype\(float\) makes"),
    ],
)
def test_what_is_no_array_of_numbers_is_told_what_helps_if_anything_does(given, remedy):
    with pytest.raises(TypeError, match=f"not an array of .*{remedy}"):
        Value(np.array(given))


def test_a_truth_value_is_no_factor_and_is_told_where():
    x = np.array([Value(1.0), Value(-2.0)])
    with pytest.raises(TypeError, match=r"not bool; float\(x\) makes a number of it, and where"):
        _ = x * (x > 0.0)


def test_a_label_of_numpy_is_one_of_python():
    assert repr(Value(2.0, np.str_("w1"))) == "Value(2.0, 'w1')"
