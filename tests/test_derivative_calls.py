"""How derivatives of functions are called, and what is refused."""

import math
from collections import Counter, OrderedDict, defaultdict
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from pytest import raises

import microgradx as mg
from microgradx import Value, grad, gradient, hessian, hvp, jacobian, jvp, value_and_grad
from microgradx.compiler import TARGETS


def test_what_is_given_by_keyword_goes_to_the_function_as_it_is():
    def f(x, n=1, *, scale=1.0):
        return scale * x**n

    assert grad(f)(3.0, n=2, scale=10.0) == 60.0
    assert value_and_grad(f)(3.0, scale=2.0) == (6.0, 2.0)
    assert hessian(f)(3.0, n=2) == jacobian(grad(f))(3.0, n=2) == 2.0


def test_a_position_may_be_a_number_of_numpy():
    for argnums in (np.int64(1), np.array(1)):
        assert grad(lambda x, y: x * y, argnums)(2.0, 3.0) == 2.0  # type: ignore[arg-type]
    both: Any = np.array([0, 1])
    assert grad(lambda x, y: x * y, both)(2.0, 3.0) == (3.0, 2.0)
    assert mg.compile(lambda x, y: x * y, wrt=both)(2.0, 3.0) == (6.0, (3.0, 2.0))


def test_a_direction_is_found_by_the_keys_of_dicts_and_may_be_an_array():
    def f(at):
        return at["a"] ** 2 * at["b"]

    point, direction = {"a": 2.0, "b": 3.0}, {"b": 1.0, "a": 0.5}
    assert jvp(f, (point,), (direction,)) == (12.0, 10.0)
    assert hvp(f, (point,), (direction,)) == {"a": 7.0, "b": 2.0}
    x, along = np.array([3.0, 2.0], object), np.array([0.0, 1.0], object)
    for point, direction in ((x, along), (x, np.array([0.0, 1.0])), ([3.0, 2.0], along)):
        assert jvp(lambda x: x[0] ** 2 * x[1], (point,), (direction,)) == (18.0, 9.0)


def test_a_gradient_is_a_direction():
    f = lambda w: mg.dot(w, w)  # noqa: E731
    for w in (np.array([1.0, 2.0], object), [1.0, 2.0], {"a": 1.0, "b": 2.0}):
        g = f if not isinstance(w, dict) else lambda w: mg.dot(w.values(), w.values())
        twice = hvp(g, (w,), (grad(g)(w),))
        assert [*(twice.values() if isinstance(twice, dict) else twice)] == [4.0, 8.0]


WRONG = [
    (lambda: gradient(2.0, Value(1.0)), TypeError, r"not 2.0.*x = Value\(2.0\)"),  # type: ignore
    (lambda: gradient(Value(1.0), [Value(1.0), 3.0]), TypeError, "takes Values, not 3.0"),
    (lambda: gradient(Value(1.0), iter([Value(1.0)])), TypeError, r"in a list,.*\(z, \[\*xs\]\)"),
    (lambda: gradient(Value(1.0), {Value(1.0)}), TypeError, "give them in a list"),
    (lambda: gradient(Value(1.0), "x"), TypeError, "not 'x': wrap a number"),
    (lambda: grad(lambda x: [x, x])(1.0), TypeError, "a gradient is of one number.*jacobian takes"),
    (lambda: hessian(lambda x: [x, x])(1.0), TypeError, "^a gradient is of one number, not"),
    (lambda: grad(lambda x: "text")(1.0), TypeError, "result is numbers, not a str; as in"),
    (lambda: grad(lambda x: None)(1.0), TypeError, "numbers, not None, as where return is missing"),
    (lambda: jacobian(lambda x: [x, None])(1.0), TypeError, "not None, as where return is missing"),
    (
        lambda: grad(lambda x: np.array([1j]))(1.0),
        TypeError,
        "the result of the function is a real number or an array of them, not an array of complex",
    ),
    (
        lambda: grad(lambda x: x)("text"),
        TypeError,
        "numbers, alone or in lists, tuples and dicts, not 'text'",
    ),
    (lambda: grad(lambda x: x)(math.inf), mg.DomainError, "finite"),
    (lambda: grad(lambda x: x, 1)(1.0), ValueError, "argnums=1 .* 1 argument,.*as in argnums=0$"),
    (lambda: grad(lambda x: x)(x=1.0), ValueError, r"0 arguments, .* as in grad\(f\)\(2.0\)"),
    (lambda: grad(lambda x: x, (0, "x"))(1.0), ValueError, "argnums"),  # type: ignore
    (lambda: grad(lambda x: x, np.array(1.0))(1.0), ValueError, "argnums=array"),  # type: ignore
    (lambda: grad(lambda x: x, None)(1.0), ValueError, "argnums=None"),  # type: ignore
    (lambda: jvp("f", (1.0,), (1.0,)), TypeError, "of a function, not 'f'"),  # type: ignore
    (lambda: hvp("f", (1.0,), (1.0,)), TypeError, "of a function, not 'f'"),  # type: ignore
    (lambda: grad(lambda x, y: x, True)(1.0, 2.0), ValueError, "argnums=True"),
    (lambda: grad(lambda x, y: x, (0, -2))(1.0, 2.0), ValueError, "positions that differ"),
    (lambda: jvp(lambda x: x[0], ([1.0],), ([1.0, 2.0],)), ValueError, "structure of the primals"),
    (lambda: jvp(lambda x: x, (1.0,), ([1.0],)), ValueError, "structure of the primals"),
    (lambda: jvp(lambda x, y: x, (1.0, 2.0), (1.0,)), ValueError, "structure of the primals"),
    (lambda: jvp(lambda x: x["a"], ({"a": 1.0},), ({"b": 1.0},)), ValueError, r"the keys \['a'\]"),
    (lambda: jvp(mg.exp, 1.0, 1.0), TypeError, r"as in jvp\(f, \(2.0,\), \(1.0,\)\)"),  # type: ignore
    (lambda: hvp(mg.exp, 1.0, 1.0), TypeError, "sequences of arguments, as in jvp"),  # type: ignore[arg-type]
    (lambda: jvp(lambda x: x, (1.0,), ("a",)), TypeError, "^a tangent is a real number, not 'a'$"),
    (lambda: jvp(mg.exp, (1.0,), (10**400,)), mg.RangeError, "^a tangent is a float, and a"),
    (lambda: jvp(lambda x: x * x, (1.0,), (math.nan,)), mg.MathError, "finite"),
    (lambda: jvp(mg.sqrt, (0.0,), (1.0,)), mg.GradientError, "sqrt"),
    (lambda: grad(mg.sqrt)(0.0), mg.GradientError, "sqrt"),
    (lambda: grad(grad(mg.sqrt))(0.0), mg.GradientError, "sqrt"),
    (lambda: hessian(mg.norm)([0.0, 0.0]), mg.GradientError, "sqrt"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_what_makes_no_sense_is_refused_with_the_reason(call, error, message):
    with raises(error, match=message):
        call()


@pytest.mark.parametrize("derivative", [grad, value_and_grad, jacobian, hessian])
def test_what_is_no_function_is_refused_where_it_is_handed_over(derivative):
    with raises(TypeError, match=r"of a function, not 2.0; as in grad\(lambda x: -x\)"):
        derivative(2.0)


@pytest.mark.parametrize("create_graph", [False, True])
def test_an_error_changes_nothing_and_a_derivative_that_is_not_needed_is_no_error(create_graph):
    x, y = Value(0.0, "x"), Value(2.0, "y")
    x.grad, z = 5.0, mg.sqrt(x) * y
    with raises(mg.GradientError, match=r"sqrt.*x"):
        gradient(z, [y, x], create_graph=create_graph)
    assert (x.grad, y.grad, z.grad, z.data) == (5.0, 0.0, 0.0, 0.0)
    assert mg.exp(gradient(z, y, create_graph)).__class__ is (Value if create_graph else float)


DICTS = [dict, OrderedDict, Counter, partial(defaultdict, lambda: 3.0)]


@pytest.mark.parametrize("kind", DICTS)
@pytest.mark.parametrize("target", [None, *TARGETS])
def test_dicts_keep_their_class(kind, target):
    f = lambda at: at["b"] * at["a"] + 0.0 * len(at)  # noqa: E731
    program = mg.compile(f, target=target) if target else value_and_grad(f)
    for point in (kind(b=2.0, a=1.0), kind(b=3.0, a=5.0)):
        slopes = program(point)[1]
        assert type(slopes) is type(point)
        assert [*slopes.items()] == [("b", point["a"]), ("a", point["b"])]
        assert getattr(slopes, "default_factory", 0) is getattr(point, "default_factory", 0)
    point = kind()
    assert type(mg.compile(lambda at, x: x, wrt=(0, 1))(point, 1.0)[1][0]) is type(point)


@pytest.mark.parametrize("target", [None, *TARGETS])
def test_what_a_dict_makes_of_a_key_that_it_lacks_is_a_constant(target):
    f = lambda at: at["a"] * at["k"]  # noqa: E731
    program = mg.compile(f, target=target) if target else value_and_grad(f)
    for made in (3.0, 5.0):
        for _ in range(2):
            point = defaultdict(lambda made=made: made, a=1.0)
            assert program(point) == (made, {"a": made}) and [*point] == ["a"]
    with raises(KeyError):
        program({"a": 1.0})
    assert program(Counter(a=1, k=2)) == (2.0, {"a": 2.0, "k": 1.0})


def test_of_several_results_none_is_differentiated_before_they_are_refused():
    with raises(TypeError, match=r"of one number, not \[0.0, 1.0\]; jacobian"):
        grad(lambda w: [mg.sqrt(x) for x in w])([0.0, 1.0])


def f_of_two(w, v):
    return w[0] ** 3 + v[0] + 2 * v[1]


CONSTANT_SLOPES = [
    lambda w: hessian(lambda w: mg.dot(w, [3.0, 4.0]))(w),
    lambda w: hessian(lambda w: 3.0)(w),
    lambda w: hessian(f_of_two, argnums=(0, 1))(w, w),
    lambda w: jacobian(hessian(lambda w: mg.dot(w, w)))(w),
    lambda w: jacobian(lambda w: hvp(lambda u: u[0], (w,), (w,)))(w),
    lambda w: jacobian(lambda v: grad(lambda u: v[0] + u[0] + 2 * u[1])(w))(w),
    lambda w: jacobian(lambda v: jvp(lambda u: v * 1, (1.0,), (0.0,)))(w),
    lambda w: hessian(lambda p: mg.dot(p["w"], [1.0, 2.0]) + p["b"])({"w": w, "b": 0.0}),
    lambda w: jacobian(hessian(lambda t: mg.dot(t[0], t[0]) + t[1] ** 3))([w, 2.0]),
]


def as_lists(tree: Any) -> Any:
    """Arrays as nested lists."""
    if isinstance(tree, dict):
        return {key: as_lists(x) for key, x in tree.items()}
    if isinstance(tree, list | tuple | np.ndarray):
        return [as_lists(x) for x in tree]
    return tree


@pytest.mark.parametrize("derivative", CONSTANT_SLOPES)
def test_a_constant_slope_by_an_array_keeps_its_axis(derivative):
    assert as_lists(derivative(np.array([1.0, 2.0], object))) == as_lists(derivative([1.0, 2.0]))


def test_of_an_array_of_results_all_have_the_batch_of_one():
    points, o = np.array([5.0, 7.0, 9.0]), np.array([1.0, 2.0], object)

    def one_is_a_batch(p):
        return np.array([p[0] * points, p[1], None], object)[:2]

    slopes = jacobian(one_is_a_batch)(o)
    assert slopes.tolist() == [[[5.0, 7.0, 9.0], [0.0] * 3], [[0.0] * 3, [1.0] * 3]]
    curvature = hessian(lambda p: (p[0] * points) ** 2)(o)
    assert curvature.tolist() == [[[50.0, 98.0, 162.0], [0.0] * 3], [[0.0] * 3, [0.0] * 3]]
    apart = jacobian(lambda p: [*one_is_a_batch(p)])(o)
    assert [x.tolist() for x in apart] == [[[5.0, 7.0, 9.0], [0.0] * 3], [0.0, 1.0]]


PLACES = [
    (range(3), r"range\(0, 3\) \(argument 0\)"),
    ([1.0, None], r"None \(argument 0\[1\]\)"),
    ({"a": [1.0, "q"]}, r"'q' \(argument 0\['a'\]\[1\]\)"),
]


@pytest.mark.parametrize(("given", "place"), PLACES, ids=str)
def test_what_is_no_number_is_named_by_its_place(given, place):
    with raises(TypeError, match=rf"alone or in lists, tuples and dicts, not {place}; as in grad"):
        grad(lambda w: w)(given)
    with raises(mg.DomainError, match=r"^argument 1\[0\] is a finite number, not nan$"):
        grad(lambda v, w: w[0], 1)(1.0, [math.nan])
    with raises(TypeError, match=r"^argument 1 is a real number .* not an array of <U1"):
        grad(lambda v, w: w[0], (0, 1))([1.0], np.array(["a"]))


def test_a_number_of_another_kind_may_be_put_into_a_value():
    x = Value(2.0)
    x.data = Fraction(1, 4)
    assert grad(lambda t: t * x)(1.0).data == gradient(x * x, x) / 2.0 == 0.25
    assert gradient(x, x) == 1.0
