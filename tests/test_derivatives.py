"""Derivatives of functions and graphs: right, of any shape and order, and never confused."""

import math
from collections import namedtuple
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from pytest import approx

import microgradx as mg
from microgradx import Value, grad, gradient, hessian, hvp, jacobian, jvp, value_and_grad

from . import oracle
from .oracle import nth

Point = namedtuple("Point", "x y")
moderate = st.floats(-2, 2)
points = st.lists(moderate, min_size=2, max_size=5)


def rosenbrock(p):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(p))


def loss(z, t=(0.5, 0.0, 2.0)):
    return mg.softmax_cross_entropy(z, t)


def model(w, x):
    """A function of a tree: lists, a tuple and a dict."""
    a, (b, c) = w["a"], w["bc"]
    return mg.tanh(mg.dot(a, x)) * b + mg.exp(c) * x[0]


TREE = {"a": [0.3, -0.7], "bc": (1.5, -0.2)}
X = [0.4, 0.9]


def tree_slopes(w, x):
    """The gradient of `model`, by hand."""
    (a1, a2), (b, c) = w["a"], w["bc"]
    th = math.tanh(a1 * x[0] + a2 * x[1])
    s = b * (1 - th * th)
    by_w = {"a": [s * x[0], s * x[1]], "bc": (th, math.exp(c) * x[0])}
    return by_w, [s * a1 + math.exp(c), s * a2]


def flat(tree):
    """The numbers of a tree in order."""
    if isinstance(tree, dict):
        tree = tree.values()
    return [x for t in tree for x in flat(t)] if not isinstance(tree, float) else [tree]


# --- shapes ---------------------------------------------------------------------------------------


def test_a_gradient_has_the_structure_of_its_argument():
    by_w, by_x = tree_slopes(TREE, X)
    got = grad(model)(TREE, X)
    assert got.keys() == by_w.keys() and isinstance(got["bc"], tuple)
    assert flat(got) == approx(flat(by_w), rel=1e-14)
    assert grad(model, 1)(TREE, X) == grad(model, -1)(TREE, X) == approx(by_x, rel=1e-14)


def test_several_arguments_give_a_tuple_in_their_order():
    f, w, x = model, grad(model, 0)(TREE, X), grad(model, 1)(TREE, X)
    assert grad(f, (0, 1))(TREE, X) == (w, x)
    assert grad(f, (1, 0))(TREE, X) == (x, w)
    assert grad(f, (1,))(TREE, X) == (x,)
    value, slopes = value_and_grad(f, (1, 0))(TREE, X)
    assert slopes == (x, w) and value.__class__ is float
    assert value == model(TREE, X) and TREE == {"a": [0.3, -0.7], "bc": (1.5, -0.2)}


def test_named_tuples_arrays_of_values_and_empty_structures_keep_their_kind():
    assert grad(lambda p: p.x * p.y)(Point(2.0, 3.0)) == Point(3.0, 2.0)
    assert isinstance(grad(lambda p: p.x * p.y)(Point(2.0, 3.0)), Point)
    assert grad(lambda w: w["x"] * w["x"])({"x": 2.0, "none": [], "no": {}}) == {
        "x": 4.0, "none": [], "no": {},
    }  # fmt: skip
    x = np.array([[Value(2.0), Value(3.0)]])
    slopes = gradient(x[0, 0] * x[0, 1], x)
    assert slopes.shape == (1, 2) and slopes.tolist() == [[3.0, 2.0]]


def test_a_jacobian_has_the_structure_of_the_result_and_in_it_of_the_argument():
    f = lambda w: {"sum": w["a"] + w["b"], "rest": [w["a"] * w["b"]]}  # noqa: E731
    assert jacobian(f)({"a": 2.0, "b": 5.0}) == {
        "sum": {"a": 1.0, "b": 1.0}, "rest": [{"a": 5.0, "b": 2.0}],
    }  # fmt: skip
    assert jacobian(lambda x, y: [x * y, x], (0, 1))(2.0, 3.0) == [(3.0, 2.0), (1.0, 0.0)]
    assert jacobian(lambda x: x * x)(3.0) == 6.0


def test_a_hessian_has_the_structure_of_the_argument_twice():
    f = lambda w: w["a"] ** 2 * w["b"]  # noqa: E731
    expected = {"a": {"a": 10.0, "b": 4.0}, "b": {"a": 4.0, "b": 0.0}}
    assert hessian(f)({"a": 2.0, "b": 5.0}) == expected
    assert hessian(lambda x, y: x * x * y, (0, 1))(3.0, 2.0) == ((4.0, 6.0), (6.0, 0.0))


# --- right, to any order --------------------------------------------------------------------------


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6), st.data())
def test_the_hessian_of_cross_entropy_is_tau_times_the_jacobian_of_softmax(z, data):
    t = data.draw(st.lists(st.floats(0, 10), min_size=len(z), max_size=len(z)))
    got = np.array(hessian(lambda z: loss(z, t))(z))
    exact = sum(t) * np.array(oracle.softmax_jacobian(z), dtype=float)
    np.testing.assert_allclose(got, exact, rtol=0, atol=1e-13 * sum(t) + 1e-300)
    np.testing.assert_allclose(got, got.T, rtol=0, atol=1e-13 * sum(t) + 1e-300)


@given(points)
def test_the_hessian_of_rosenbrock_is_right_and_symmetric(p):
    n, got = len(p), np.array(hessian(rosenbrock)(p))
    exact = np.zeros((n, n))
    for i in range(n - 1):
        exact[i, i] += 1200 * p[i] ** 2 - 400 * p[i + 1] + 2
        exact[i + 1, i + 1] += 200
        exact[i, i + 1] = exact[i + 1, i] = -400 * p[i]
    np.testing.assert_allclose(got, exact, rtol=0, atol=1e-12 * 6000)
    np.testing.assert_allclose(got, got.T, rtol=1e-14, atol=0)


@settings(deadline=None)
@example(1.0, 4)  # where exponents and their differences pass through 0 and 1
@given(st.floats(0.05, 2.0), st.integers(1, 5))
def test_derivatives_up_to_the_fifth(x, order):
    functions = {"tanh": mg.tanh, "exp(x**2)": lambda x: mg.exp(x**2), "x**x": lambda x: x**x}
    for name, f in functions.items():
        size = max(abs(nth(name, k, x)) for k in range(order + 1))  # near its zeros, as near 0
        for _ in range(order):
            f = grad(f)
        assert abs(f(x) - nth(name, order, x)) <= 1e-9 * size


def test_gradients_that_are_nodes_are_differentiated_like_any_others():
    x = Value(0.7)
    y = mg.exp(x * x)
    for order in range(1, 6):
        y = gradient(y, x, create_graph=True)
        assert isinstance(y, Value)
        assert y.data == approx(float(nth("exp(x**2)", order, 0.7)), rel=1e-12)
    assert x.grad == 0.0
    y.backward()
    assert x.grad == approx(float(nth("exp(x**2)", 6, 0.7)), rel=1e-12)


@given(points, st.data())
def test_forward_and_reverse_agree(p, data):
    v = data.draw(st.lists(moderate, min_size=len(p), max_size=len(p)))
    for f in (rosenbrock, mg.logsumexp):
        value, tangent = jvp(f, (p,), (v,))
        expected, slopes = value_and_grad(f)(p)
        scale = sum(abs(s * d) for s, d in zip(slopes, v, strict=True))
        assert value == expected and value.__class__ is float
        assert tangent == approx(np.dot(slopes, v), rel=0, abs=1e-11 * (1 + scale))
        curved = np.array(hessian(f)(p)) @ v
        assert hvp(f, (p,), (v,)) == approx(curved, rel=0, abs=1e-10 * (1 + abs(curved).max()))


def test_jvp_and_hvp_take_trees_and_several_arguments():
    direction = {"a": [1.0, -2.0], "bc": (0.5, 3.0)}
    by_w, by_x = tree_slopes(TREE, X)
    value, tangent = jvp(model, (TREE, X), (direction, [0.1, 0.2]))
    assert value == model(TREE, X)
    steps = [*flat(direction), 0.1, 0.2]
    assert tangent == approx(np.dot([*flat(by_w), *by_x], steps), rel=1e-13)
    assert jvp(lambda x: {"y": [x, 2 * x], "c": 5.0}, (3.0,), (1.5,)) == (
        {"y": [3.0, 6.0], "c": 5.0}, {"y": [1.5, 3.0], "c": 0.0},
    )  # fmt: skip
    assert hvp(lambda x, y: x * x * y, (3.0, 2.0), (1.0, 1.0)) == (10.0, 6.0)
    assert hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 2.0],), ([0.0, 1.0],)) == [6.0, 0.0]


# --- inner and outer variables --------------------------------------------------------------------

NESTED = [  # of which simple engines take the inner variable for the outer one, or the reverse
    (lambda x: x * grad(lambda y: x + y)(1.0), 1.0, 1.0),
    (lambda x: x * grad(lambda y: x * y)(2.0), 3.0, 6.0),
    (lambda x: x * grad(lambda y: x + y)(x), 1.0, 1.0),
    (lambda x: grad(lambda y: x * y)(x), 3.0, 1.0),
    (lambda x: grad(lambda y: x * y * y)(x), 3.0, 12.0),  # (2xy at y = x)′ = 4x
    (lambda x: x * grad(lambda y: y * grad(lambda z: x * y * z)(x))(x), 2.0, 24.0),  # (2x³)′
    (lambda x: jvp(lambda y: x * y * y, (x,), (1.0,))[1], 3.0, 12.0),
    (lambda x: jvp(lambda y: y * y, (2.0,), (x,))[1], 3.0, 4.0),  # the direction varies
    (lambda x: hessian(lambda y: x * y**3)(x), 2.0, 24.0),  # (6x²)′
    (lambda x: grad(lambda y: 5.0)(x) + x, 3.0, 1.0),
]


@pytest.mark.parametrize(("f", "x", "slope"), NESTED)
def test_the_inner_variable_is_never_the_outer_one(f, x, slope):
    assert grad(f)(x) == slope
    assert jvp(f, (x,), (1.0,))[1] == slope


def test_what_a_function_closes_over_stays_differentiable():
    w = Value(5.0)
    slope = grad(lambda x: w * x * x)(3.0)
    assert isinstance(slope, Value) and slope.data == 30.0 and gradient(slope, w) == 6.0
    value, tangent = jvp(lambda x: w * x, (3.0,), (1.0,))
    assert (value.data, gradient(value, w), tangent.data, gradient(tangent, w)) == (15, 3, 5, 1)


def test_a_function_called_with_a_value_gives_values():
    x = Value(3.0)
    slope = grad(lambda y: y**3)(x)
    assert slope.data == 27.0 and gradient(slope, x) == 18.0
    assert grad(lambda y: y**3)(3.0).__class__ is float


def test_a_constant_function_has_gradient_0():
    assert value_and_grad(lambda x: 7.0)([1.0, 2.0]) == (7.0, [0.0, 0.0])
    assert jacobian(lambda x: [1.0, x])(2.0) == [0.0, 1.0]
    assert hessian(lambda x: 2 * x[0])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert jvp(lambda x: 7.0, (1.0,), (1.0,)) == (7.0, 0.0)


# --- gradients between nodes ----------------------------------------------------------------------


def test_gradients_of_any_node_by_any_node():
    x, unused = Value(3.0), Value(1.0)
    u = x * x
    y = u * x + u
    assert gradient(y, {"x": x, "u": (u, [y]), "not": unused}) == {
        "x": 33.0, "u": (4.0, [1.0]), "not": 0.0,
    }  # fmt: skip
    assert gradient(y, [x, x, u, x]) == [33.0, 33.0, 4.0, 33.0]
    assert gradient(u, y) == 0.0 and gradient(y, []) == []
    zero = gradient(y, unused, create_graph=True)
    assert isinstance(zero, Value) and zero.data == 0.0
    assert gradient(gradient(y, u, create_graph=True), x) == 1.0  # ∂y/∂u = x + 1


def test_no_grad_is_read_or_written():
    x = Value(3.0)
    u = x * x
    y = u * u
    x.grad, u.grad, y.grad = 11.0, 12.0, 13.0
    gradient(gradient(y, [x, u], create_graph=True)[0], x)
    assert (gradient(y, x), x.grad, u.grad, y.grad) == (108.0, 11.0, 12.0, 13.0)


@pytest.mark.untraced
def test_the_second_derivative_of_a_very_deep_graph():
    def f(x):
        y = x
        for _ in range(10**5):
            y = y * x
        return y

    n = 10**5 + 1
    assert grad(grad(f))(1.0) == n * (n - 1)


def hessian_inside(w, x):
    return w * hessian(lambda y: y**3)(x)


def vector_inside(w, x):
    return w * hvp(lambda y: y**3, (x,), (1.0,))


def directions_inside(w, x):
    return w * jvp(lambda y: jvp(lambda z: z**3, (y,), (1.0,))[1], (x,), (1.0,))[1]


@pytest.mark.parametrize("f", [hessian_inside, vector_inside, directions_inside])
def test_second_derivatives_by_what_does_not_vary_are_those_by_a_number(f):
    """As arguments outside `wrt` are: Values by which nobody differentiates."""
    assert mg.value_and_grad(f)(1.0, 2.0) == (12.0, 12.0)
    for target in ("python", "numpy", "c"):
        program = mg.compile(f, target=target)
        assert program(1.0, 2.0) == (12.0, 12.0) and program.hessian(1.0, 2.0) == 0.0
        assert program.value(0.5, 2.0) == 6.0
    x = Value(2.0)
    fixed = gradient(3.0 * x, x, create_graph=True)
    assert hessian(lambda y: y**3)(fixed) == 18.0
    assert grad(grad(lambda y: y**3))(fixed * 2.0) == 36.0
    varying = grad(grad(lambda y: y**3))(fixed * x)
    assert varying.data == 36.0 and gradient(varying, x) == 18.0
