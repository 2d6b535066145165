"""JAX around the engine: what it compiles, and its own derivatives as the oracle."""

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value, gradient

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
X, Y = np.array([0.25, -0.5, 0.75]), np.array([0.5, 0.25, 2.0])


def loss(x, y):
    """Of numbers, arrays or Values."""
    return mg.softmax_cross_entropy([x * y, mg.sin(x), mg.softplus(y) / y], [0.5, 1.0, 0.25])


def theirs(x, y):
    """The same in words of JAX."""
    logits = jnp.stack([x * y, jnp.sin(x), jax.nn.softplus(y) / y])
    return -jnp.dot(jnp.array([0.5, 1.0, 0.25]), jax.nn.log_softmax(logits))


def slopes(x, y):
    """The engine's value and gradient."""
    operands = [Value(x), Value(y)]
    z = loss(*operands)
    return z.data, gradient(z, operands)


def test_value_and_gradient_are_those_of_jax():
    value, found = slopes(jnp.asarray(X), jnp.asarray(Y))
    expected, oracle = jax.vmap(jax.value_and_grad(theirs, (0, 1)))(jnp.asarray(X), jnp.asarray(Y))
    assert value == pytest.approx(np.asarray(expected), rel=1e-14)
    for slope, truth in zip(found, oracle, strict=True):
        assert slope == pytest.approx(np.asarray(truth), rel=1e-13, abs=1e-15)


def test_targets_that_are_traced_are_taken_as_they_are():
    def loss(z, t):
        return mg.softmax_cross_entropy([Value(z), 0.0], [t, 1.0 - t]).data

    z, t = jnp.asarray(X), jnp.asarray([0.25, 0.5, 0.75])
    assert jax.jit(loss)(z, t) == pytest.approx(loss(z, t))
    with pytest.raises(mg.DomainError, match="not negative"):
        loss(z, t - 0.5)


def test_a_class_that_is_traced_is_refused_with_the_targets_that_work():
    z = [1.0, 2.0, 0.5]
    with pytest.raises(TypeError, match=r"softmax_cross_entropy\(z, jax.nn.one_hot\(i, 3\)\)"):
        jax.jit(lambda i: mg.softmax_cross_entropy(z, i))(1)
    found = jax.jit(lambda i: mg.softmax_cross_entropy(z, jax.nn.one_hot(i, 3)))(1)
    assert float(found) == pytest.approx(mg.softmax_cross_entropy(z, 1), rel=1e-14)


def test_jit_compiles_the_engine():
    """What a batch holds is not known while it is traced, so nothing is asked of it there."""
    value, found = jax.jit(slopes)(jnp.asarray(X), jnp.asarray(Y))
    expected, once = slopes(jnp.asarray(X), jnp.asarray(Y))
    assert value == pytest.approx(np.asarray(expected), rel=1e-14)
    for slope, truth in zip(found, once, strict=True):
        assert slope == pytest.approx(np.asarray(truth), rel=1e-13, abs=1e-15)
    assert np.isnan(jax.jit(lambda x: mg.log(Value(x)).data)(jnp.asarray(-1.0)))


@pytest.mark.parametrize("swap", [False, True])
def test_numpy_and_jax_batches_go_together(swap):
    operands = [Value(jnp.asarray(X)), Value(Y)]
    z = mg.atan2(*reversed(operands)) if swap else mg.atan2(*operands)
    assert isinstance(z.data, jax.Array)
    assert z.data == pytest.approx(np.atan2(Y, X) if swap else np.atan2(X, Y), rel=1e-15)


def test_a_jax_array_without_axes_is_a_batch_of_one_and_keeps_its_type():
    x = Value(jnp.asarray(2.0))
    (x * x).backward()
    assert isinstance(x.grad, jax.Array) and float(x.grad) == 4.0


@pytest.mark.parametrize("derive", [jax.grad, lambda f: lambda x: jax.jvp(f, (x,), (1.0,))])
def test_where_jax_differentiates_errors_are_those_of_the_engine(derive):
    errors = {
        "log": (0.0, mg.PoleError),
        "exp": (1e3, mg.RangeError),
        "asin": (2.0, mg.DomainError),
    }
    for name, (x, error) in errors.items():
        with pytest.raises(error, match=rf"^{name}\({x}\): "):
            derive(getattr(mg, name))(x)


def test_under_jit_and_vmap_what_would_be_an_error_is_nan():
    for f, x in ((mg.log, 0.0), (mg.exp, 1e3), (lambda x: mg.mul(x, 1e300), 1e300)):
        assert np.isnan(jax.jit(f)(x))
        assert np.isnan(jax.vmap(f)(jnp.asarray([1.0, x]))).tolist() == [False, True]
    for slope in (jax.grad(mg.sqrt), jax.jit(jax.grad(mg.sqrt)), jax.jit(mg.grad(mg.sqrt))):
        assert np.isnan(slope(0.0))


def test_an_array_of_short_floats_is_refused_with_what_makes_numbers_of_it():
    with pytest.raises(TypeError, match=r"an array of bfloat16; x.astype\(float\) makes numbers"):
        Value(jnp.asarray([1.0, 2.0], dtype=jnp.bfloat16))
