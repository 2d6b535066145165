"""Programs for JAX give what the engine gives, and are JAX's to compile, map, shard, derive."""

import math
import pickle
import re

import numpy as np
import pytest

import microgradx as mg
from microgradx.primitives import PRIMITIVES

from .compiling import ROWS_OF_X, STRUCTURES, WEIGHTS, branching, neuron, product
from .programs import ROWS, arity, call
from .special_points import SPECIAL

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
# XLA has an exp, log, … of its own, and slopes are made of several.
ULPS = 8
# Where XLA's functions are good to a few units in the last place.
MODERATE = {
    name: [xs for xs in points if len(xs) == arity(name) and all(0.05 <= abs(x) <= 5 for x in xs)]
    for name, points in SPECIAL.items()
}


def same(actual, expected, rel=1e-13):
    """Whether nested results have the same structure, and nearly the same numbers."""
    found, shape = jax.tree.flatten(actual)
    truth, other = jax.tree.flatten(expected)
    pairs = zip(found, truth, strict=True)
    return shape == other and all(
        np.asarray(x) == pytest.approx(np.asarray(y), rel=rel, abs=1e-15) for x, y in pairs
    )


ARRAYS = {"bias": jnp.asarray(0.25), "weights": jnp.asarray([0.5, -1.25])}
ONE_BY_ONE = [mg.value_and_grad(neuron, (0, 1))(WEIGHTS, x) for x in ROWS_OF_X]
MEAN = jax.tree.map(lambda *xs: sum(xs) / 3.0, *[(v, slopes[0]) for v, slopes in ONE_BY_ONE])


@pytest.mark.parametrize("name", ROWS)
def test_every_row_gives_the_numbers_of_the_engine_and_jax_the_same_slopes(name):
    points = MODERATE[name][:8] or [SPECIAL[name][0]]
    f = lambda xs: call(name, xs)  # noqa: E731
    program = mg.compile(f, target="jax")
    theirs = jax.jit(jax.grad(program.value))
    for point in map(list, points):
        try:
            value, slopes = mg.value_and_grad(f)(point)
        except mg.MathError as error:
            with pytest.raises(type(error), match=re.escape(str(error))):
                program(point)
            continue
        found, (actual, once) = program(point)[0], (program(point)[1], theirs(point))
        for x, y in zip([found, *actual], [value, *slopes], strict=True):
            assert type(x) is float and abs(x - y) <= ULPS * math.ulp(y), point
        assert once == pytest.approx(slopes, rel=1e-12, abs=1e-12), point


@pytest.mark.parametrize("batch", [ROWS_OF_X, jnp.asarray(ROWS_OF_X), np.array(ROWS_OF_X)])
def test_a_batch_gives_what_its_rows_give_one_by_one(batch):
    values, (slopes, by_rows) = mg.compile(neuron, wrt=(0, 1), batch=1, target="jax")(
        WEIGHTS, batch
    )
    assert len(values) == len(by_rows) == 3
    for i, (value, (slope, by_x)) in enumerate(ONE_BY_ONE):
        assert values[i] == pytest.approx(value, rel=1e-14)
        assert same(slopes[i], slope)
        assert np.asarray(by_rows[i]) == pytest.approx(by_x, rel=1e-13)
    assert type(values) is type(by_rows) is (list if batch is ROWS_OF_X else type(ARRAYS["bias"]))


@pytest.mark.parametrize(("reduce", "scale"), [("sum", 3.0), ("mean", 1.0)])
def test_a_batch_is_reduced_to_its_sum_or_mean(reduce, scale):
    expected = jax.tree.map(lambda x: x * scale, MEAN)
    program = mg.compile(neuron, batch=1, reduce=reduce, target="jax")
    results = program(WEIGHTS, ROWS_OF_X)
    assert same(results, expected)
    assert all(type(x) is float for x in jax.tree.leaves(results))
    value, slopes = program(ARRAYS, jnp.asarray(ROWS_OF_X))
    assert same(value, expected[0])
    assert same(slopes["weights"], np.array(expected[1]["weights"]))
    assert all(isinstance(x, jax.Array) for x in (value, *slopes.values()))
    both = mg.compile(neuron, wrt=(0, 1), batch=1, reduce=reduce, target="jax")
    _, (_, by_x) = both(WEIGHTS, ROWS_OF_X)
    assert same(by_x, [[d * scale / 3.0 for d in slopes[1]] for _, slopes in ONE_BY_ONE])


def test_batched_arguments_may_come_in_any_order():
    program = mg.compile(lambda x, y: x - 2.0 * y, wrt=(0, 1), batch=(1, 0), target="jax")
    assert program([1.0, 2.0], [10.0, 20.0]) == ([-19.0, -38.0], ([1.0, 1.0], [-2.0, -2.0]))


WITH_ARRAYS = pytest.param([jnp.asarray(2.0), 3.0, {"a": np.array([[1.0, 2.0]])}], id="arrays")


@pytest.mark.parametrize("argument", [*STRUCTURES, WITH_ARRAYS])
def test_the_gradient_has_the_structure_of_the_argument(argument):
    program = mg.compile(product, target="jax")
    value, slope = program(argument)
    rows = mg.compile(product, batch=0, target="jax")([argument, argument])
    assert same(rows, ([value] * 2, [slope] * 2))
    assert same(jax.jit(program)(argument), (value, slope))
    assert jax.tree.structure(slope) == jax.tree.structure(argument)
    assert type(slope) is type(argument)
    given_arrays = any(isinstance(x, jax.Array | np.ndarray) for x in jax.tree.leaves(argument))
    for x, d in zip(jax.tree.leaves(argument), jax.tree.leaves(slope), strict=True):
        assert np.shape(d) == np.shape(x)
        assert isinstance(d, jax.Array if given_arrays else float)
        assert np.asarray(d * x) == pytest.approx(np.full(np.shape(x), float(value)))


def test_a_function_with_branches_is_right_on_every_side():
    program = mg.compile(branching, wrt=(0, 1), target="jax")
    for x, y in [(2.0, 1.0), (0.0, 1.0), (0.5, 1.0), (3.0, 1.0), (1.0, 1.0)]:
        assert same(program(x, y), mg.value_and_grad(branching, (0, 1))(x, y))
    assert len(program.versions) == 3
    rows = mg.compile(branching, batch=(0, 1), target="jax")
    with pytest.raises(ValueError, match=r"rows 0 and 2 .* different branches at x > y: .* where"):
        rows([2.0, 3.0, 0.0], [1.0, 1.0, 1.0])


def test_under_jit_a_branch_is_an_error_or_nan_where_it_is_not_taken():
    program = mg.compile(branching, target="jax")
    with pytest.raises(TypeError, match=r"branch \(… > …\) .* call the program with numbers first"):
        jax.jit(program)(2.0, 1.0)
    program(2.0, 1.0)
    assert same(jax.jit(program)(3.0, 1.0), (9.0, 6.0))
    values, slopes = jax.vmap(program, in_axes=(0, None))(jnp.asarray([3.0, -1.0]), 1.0)
    assert values == pytest.approx([9.0, math.nan], nan_ok=True)
    assert slopes == pytest.approx([6.0, math.nan], nan_ok=True)


def test_what_is_not_finite_is_the_error_of_the_engine_with_the_row():
    program = mg.compile(lambda w, x: 1.0 / mg.exp(w * x), batch=1, target="jax")
    for rows in ([1.0, 1000.0], jnp.asarray([1.0, 1000.0])):
        with pytest.raises(mg.RangeError, match=r"row 1 of the batch: exp\(1000\.0\)"):
            program(1.0, rows)
    with pytest.raises(mg.DomainError, match="finite"):
        program(1.0, [1.0, math.inf])
    logarithm = mg.compile(mg.log, target="jax")
    with pytest.raises(mg.PoleError, match=r"log\(0\.0\): infinite there"):
        logarithm(0.0)
    assert logarithm(1.0) == (0.0, 1.0)
    assert np.isnan(jax.jit(logarithm)(-1.0)).all()  # nobody looks there


def test_under_grad_errors_are_those_of_the_engine_and_branches_are_taken():
    value = mg.compile(lambda x: mg.sqrt(x) if x < 4.0 else x * x, target="jax").value
    assert value(1.0) == 1.0
    with pytest.raises(mg.DomainError, match=r"^sqrt\(-1\.0\): outside the domain"):
        jax.grad(value)(-1.0)
    assert float(jax.grad(value)(5.0)) == 10.0 and float(jax.grad(value)(1.0)) == 0.5
    assert np.isnan(jax.grad(value)(0.0))  # the slope, of which JAX asks no more


def test_arguments_that_do_not_fit_are_an_error():
    program = mg.compile(neuron, batch=1, target="jax")
    program(WEIGHTS, ROWS_OF_X)
    for each in (program, jax.jit(program)):
        with pytest.raises(TypeError, match=r"takes 2 arguments \(w, x\), in order or by name"):
            each(WEIGHTS)
        with pytest.raises(TypeError, match="x has a batch axis"):
            each(WEIGHTS, 1.0)
        with pytest.raises(ValueError, match="x has no rows"):
            each(WEIGHTS, jnp.zeros((0, 2)))
        with pytest.raises(ValueError, match=r"x\[1\] has not the structure of x\[0\]"):
            each(WEIGHTS, [[1.0, 2.0], [1.0]])
        with pytest.raises(TypeError, match="x has a batch axis"):
            each(WEIGHTS, jnp.asarray([[True, False]]))
    with pytest.raises(TypeError, match="no Values"):
        jax.jit(lambda x: program(jax.tree.map(mg.Value, WEIGHTS), x))(jnp.asarray(ROWS_OF_X))
    two = mg.compile(lambda x, y: x * y, batch=(0, 1), target="jax")
    with pytest.raises(ValueError, match="x has 1, y has 2"):
        jax.jit(two)(jnp.ones(1), jnp.ones(2))


def test_jax_compiles_maps_and_differentiates_a_program_that_was_never_called():
    xs = jnp.asarray(ROWS_OF_X)
    expected = (
        jax.tree.map(jnp.asarray, MEAN[0]),
        jax.tree.map(jnp.asarray, MEAN[1], is_leaf=lambda x: isinstance(x, list)),
    )
    make = lambda **options: mg.compile(neuron, target="jax", **options)  # noqa: E731
    assert same(jax.jit(make(batch=1, reduce="mean"))(ARRAYS, xs), expected)
    mapped = jax.vmap(make(), in_axes=(None, 0))(ARRAYS, xs)
    assert same(jax.tree.map(lambda x: x.mean(axis=0), mapped), expected)
    mean = make(batch=1, reduce="mean").value
    assert same(jax.value_and_grad(lambda w: mean(w, xs))(ARRAYS), expected)
    assert same(jax.grad(mean)(WEIGHTS, ROWS_OF_X), MEAN[1])
    second = jax.jacobian(lambda w: make()(w, xs[0])[1]["bias"])(ARRAYS)["bias"]
    assert second == pytest.approx(jax.hessian(make().value)(ARRAYS, xs[0])["bias"]["bias"])


def test_a_program_of_constants_is_called_inside_jit():
    square = mg.compile(lambda x: x * x, target="jax")
    assert jax.jit(lambda y: y * square(3.0)[0])(2.0) == 18.0
    assert same(square(3.0), (9.0, 6.0))


def test_a_program_differentiates_again():
    f = lambda w, x: mg.tanh(mg.dot(w, x)) * w[0]  # noqa: E731
    w, xs = [0.5, -0.25], [[1.0, 2.0], [0.5, -3.0]]
    expected = [mg.hessian(f)(w, x) for x in xs]
    program = mg.compile(f, batch=1, target="jax")
    assert same(program.hessian(w, xs), expected)
    assert same(np.array(jax.jit(program.hessian)(w, xs)), np.array(expected))
    assert same(mg.compile(f, target="jax").hessian(w, xs[0]), expected[0])
    total = mg.compile(f, batch=1, reduce="sum", target="jax").hessian(w, xs)
    assert same(total, np.array(expected).sum(axis=0).tolist())
    assert program.value(w, xs) == pytest.approx([f(w, x) for x in xs], rel=1e-14)


def test_a_hessian_by_an_array_is_one_that_jax_compiles_maps_and_differentiates():
    f = lambda w: w[0] ** 3 * w[1]  # noqa: E731
    second, w = mg.compile(f, target="jax").hessian, jnp.asarray([1.0, 2.0])
    expected, third = np.array([[12.0, 3.0], [3.0, 0.0]]), np.zeros((2, 2, 2))
    third[0, 0] = 12.0, 6.0
    third[0, 1, 0] = third[1, 0, 0] = 6.0
    for _ in range(2):  # traced first, and then called with numbers
        assert same(jax.jit(second)(w), expected)
        found = second(w)
        assert isinstance(found, jax.Array) and same(found, expected)
    assert same(jax.vmap(second)(jnp.stack([w, w])), np.stack([expected, expected]))
    assert same(jax.jacobian(second)(w), third)
    rows = mg.compile(lambda w, x: f(w) * x, batch=1, target="jax").hessian
    for each in (rows, jax.jit(rows)):
        assert same(each(w, jnp.asarray([1.0, 2.0])), [expected, 2.0 * expected])
    both = mg.compile(lambda w, x: f(w) * x, wrt=(0, 1), target="jax").hessian
    assert [by_w[1] for by_w in both(w, 1.0)[0]] == [6.0, 1.0] and both(w, 1.0)[1][1] == 0.0


def test_values_and_graphs_and_rows_of_your_own_go_in():
    cube = mg.compile(lambda x: x * x * x, target="jax")
    assert cube(2.0) == (8.0, 12.0)
    x, y = mg.Value(2.0, "x"), mg.Value(3.0, "y")
    value, slope = cube(x)
    (value * slope).backward()
    assert (value.data, slope.data, x.grad) == (8.0, 12.0, 240.0)
    assert mg.compile(x * x + y, inputs=[x, y], target="jax")([3.0, 1.0]) == (10.0, [6.0, 1.0])
    cubed = mg.primitive("cubed_for_test", "x * x * x", "3.0 * (x * x)")
    try:
        assert mg.compile(cubed, target="jax")(2.0) == (8.0, 12.0)
    finally:
        del PRIMITIVES["cubed_for_test"]


def test_a_program_is_pickled_and_shows_its_source():
    program = pickle.loads(pickle.dumps(mg.compile(branching, target="jax")))
    assert program(2.0, 1.0) == (4.0, 4.0)
    assert program.source == SOURCE
    assert repr(program) == "<jax program of 2 operations for gradient of branching>"
    assert mg.compile(lambda x: 5.0, batch=0, target="jax")(jnp.ones(2))[0].tolist() == [5.0, 5.0]


SOURCE = """\
def branching(fixed, columns):
    [x, y] = fixed
    v1 = x * x
    # backward
    d_x = x + x  # ∂v1/∂x
    return [v1, d_x], [y], [(x > y)]
"""


def test_what_would_be_an_error_is_nan_by_statements_in_proportion_to_the_outputs():
    def statements(n):
        program = mg.compile(lambda w, x: mg.dot(w, x) ** 2, batch=1, reduce="mean", target="jax")
        return str(jax.make_jaxpr(lambda w, x: program(w, x))(jnp.ones(n), jnp.ones((3, n)))).count(
            "\n"
        )

    few, many = statements(10), statements(40)
    assert few < many < 4.5 * few
