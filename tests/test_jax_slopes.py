"""What JAX differentiates has the slopes of the table, also where its own would be others."""

import math

import numpy as np
import pytest

import microgradx as mg
from microgradx.primitives import PRIMITIVES

from .programs import ROWS, call
from .special_points import SPECIAL

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
X = jnp.asarray([[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]])
T = jnp.asarray([1.0, 0.0, 1.0])

KINKS = {
    "sigmoid": mg.sigmoid,
    "softplus": mg.softplus,
    "tanh": mg.tanh,
    "erf": mg.erf,
    "atan": lambda x: mg.atan(2.0 * x),
    "softmax": lambda x: mg.softmax([x, 0.0, -x])[0],
    "relu": lambda x: mg.relu(x) + x,
    "hinge": lambda x: mg.hinge([1.0 - x, x], [1, -1]),
    "tie of three": lambda x: mg.maximum(x, 2.0 * x, 0.0),
    "least of two": lambda x: mg.minimum([x, 3.0 * x]),
    "cube": lambda x: mg.prod([x, x, x]) + mg.dot([x, 2.0], [x, x]),
}


# Beyond these sizes XLA takes numbers for 0, at times on the way.
MOST, LEAST = 1e303, 1e-303
STRAYING = {"sinh": 500, "cosh": 500, "erf": 20, "erfc": 20}  # ulps of XLA's own functions


def within_reach(xs):
    return all(x == 0.0 or LEAST <= abs(x) <= MOST for x in xs)


@pytest.mark.parametrize("name", [name for name in ROWS if not PRIMITIVES[name].variadic])
def test_every_function_has_them_at_its_special_points(name):
    f, every = lambda *xs: call(name, xs), range(len(PRIMITIVES[name].operands))
    points, expected = [], []
    for xs in filter(within_reach, SPECIAL[name]):
        try:
            truth = mg.grad(f, every)(*xs)
        except mg.MathError:
            continue
        if within_reach(truth) and within_reach([f(*xs)]):
            points.append(xs)
            expected.append(truth)
    columns = [jnp.asarray(column) for column in zip(*points, strict=True)]
    found = [x.tolist() for x in jax.vmap(jax.grad(f, every))(*columns)]
    for xs, actual, truth in zip(points, zip(*found, strict=True), expected, strict=True):
        for d, t in zip(actual, truth, strict=True):
            assert abs(d - t) <= STRAYING.get(name, 8) * math.ulp(t), xs


def test_the_functions_have_them_in_32_bits():
    for f, xs in ((mg.tanh, (10.0,)), (mg.hypot, (1e20, 1e20)), (mg.div, (1.0, 1e20))):
        found = jax.grad(f, len(xs) - 1)(*map(jnp.float32, xs))
        assert found.dtype == jnp.float32
        assert float(found) == pytest.approx(mg.grad(f, len(xs) - 1)(*xs), rel=1e-6)


def slopes(derive, f, x=0.0, orders=3):
    """The first derivatives of a function of one number, by some library."""
    found = []
    for _ in range(orders):
        f = derive(f)
        found.append(float(f(x)))
    return found


@pytest.mark.parametrize("name", KINKS)
def test_the_functions_have_them_to_any_order(name):
    f = KINKS[name]
    for x in (0.0, 0.25, -1.5):
        assert slopes(jax.grad, f, x) == pytest.approx(slopes(mg.grad, f, x), rel=1e-13)


@pytest.mark.parametrize("name", KINKS)
def test_programs_have_them_twice(name):
    f = KINKS[name]
    expected = slopes(mg.grad, f, orders=2)
    program = mg.compile(f, target="jax")
    assert program(0.0)[1] == expected[0]
    assert slopes(jax.grad, program.value, orders=2) == pytest.approx(expected, rel=1e-14)
    assert float(jax.grad(lambda x: program(x)[0])(0.0)) == pytest.approx(expected[0])
    assert float(jax.grad(lambda x: program(x)[1])(0.0)) == pytest.approx(expected[1])
    assert float(jax.jit(jax.grad(program.value))(0.0)) == pytest.approx(expected[0])


@pytest.mark.parametrize("f", [lambda f: f, lambda f: mg.compile(f, target="jax").value])
def test_a_row_of_ones_own_has_the_slope_that_it_was_given(f):
    straight = mg.primitive("straight", "greater(x, 0.0)", "1.0")
    assert float(jax.grad(f(lambda x: straight(3.0 * x)))(1.0)) == 3.0


def test_a_slope_made_of_the_value_is_differentiated_by_the_table_too():
    stepped = mg.primitive("stepped", "greater(x, 0.0)", "z + 1.0")
    assert float(jax.grad(jax.grad(stepped))(1.0)) == mg.grad(mg.grad(stepped))(1.0) == 2.0


@pytest.mark.parametrize("reduce", ["sum", "mean", None])
def test_a_loss_of_a_batch_at_zero_weights(reduce):
    def loss(w, x, t):
        z = mg.dot(w, x)
        return mg.softplus(z) - t * z

    value = mg.compile(loss, batch=(1, 2), reduce=reduce, target="jax").value
    w = jnp.zeros(2)
    weight = 1.0 / 3.0 if reduce == "mean" else 1.0
    by_weights = jax.grad(lambda w: jnp.sum(value(w, X, T)))(w)
    assert by_weights == pytest.approx(np.asarray(weight * (0.5 - T) @ X), rel=1e-15)
    by_rows, by_targets = jax.grad(lambda x, t: jnp.sum(value(w + 1.0, x, t)), (0, 1))(X, T)
    s = X.sum(axis=1)
    assert by_targets == pytest.approx(np.asarray(-weight * s), rel=1e-14)
    off = weight * (jax.nn.sigmoid(s) - T)
    assert by_rows == pytest.approx(np.asarray(jnp.stack([off, off], axis=1)), rel=1e-14)


def test_a_slope_that_is_not_asked_for_may_be_undefined():
    def f(x, y):
        return mg.hypot(x, 1.0) + mg.sqrt(y)

    for g in (f, mg.compile(f, target="jax").value):
        assert float(jax.grad(g)(1.0, 0.0)) == pytest.approx(math.sqrt(0.5))
