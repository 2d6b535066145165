"""Compiled programs give what the engine gives: the same bits, or the same error."""

import math
import pickle
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import assume, example, given, settings, strategies as st

import microgradx as mg
from microgradx import Value
from microgradx.compiler import TARGETS
from microgradx.primitives import PRIMITIVES

from .programs import ROWS, Program, any_float, arity, call, moderate, programs, same
from .special_points import SPECIAL

for_every_target = pytest.mark.parametrize("target", [t for t in TARGETS if t != "jax"])
for_every_row = pytest.mark.parametrize("name", ROWS)
# NumPy has an exp, log, … of its own, and slopes are made of several: tan of 5e255 is 7 ulp apart, its slope 34.
ULPS = {"python": 0, "numpy": 40, "c": 0}


def outcome(f, *arguments):
    """The numbers of a result, one after the other; or the class of the error."""
    try:
        value, slopes = f(*arguments)
    except mg.MathError as error:
        return type(error)
    return [value, *np.ravel(np.array(slopes, dtype=float)).tolist()]


def agree(a, b, ulps):
    """Whether two outcomes are the same, up to so many units in the last place."""
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    if ulps == 0:
        return len(a) == len(b) and all(map(same, a, b))
    return all(abs(x - y) <= ulps * math.ulp(y) for x, y in zip(a, b, strict=True))


@for_every_target
@for_every_row
def test_every_row_gives_the_numbers_of_the_engine(name, target):
    points = [point for point in SPECIAL[name] if len(point) == arity(name)] or [SPECIAL[name][0]]
    f = lambda xs: call(name, xs)  # noqa: E731
    program = mg.compile(f, target=target)
    for point in points:
        expected = outcome(mg.value_and_grad(f), list(point))
        assert agree(outcome(program, list(point)), expected, ULPS[target]), point


@settings(max_examples=1000, deadline=None)
@given(program=programs(moderate))
def test_a_random_program_gives_the_bits_of_the_engine(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = outcome(mg.value_and_grad(f), program.inputs)
    assert agree(outcome(mg.compile(f), program.inputs), expected, 0)


@settings(max_examples=100, deadline=None)
@given(program=programs(moderate))
def test_a_random_program_gives_the_same_bits_in_c(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = outcome(mg.value_and_grad(f), program.inputs)
    assert agree(outcome(mg.compile(f, target="c"), program.inputs), expected, 0)


@settings(max_examples=1000, deadline=None)
@given(program=programs(any_float))
@example(program=Program([1000.0], [("exp", [0] * 4)]))
@example(program=Program([-8.0], [("pow", [0, 1.5, 0, 0]), ("abs", [0] * 4)]))
@example(program=Program([1000.0, 1.0], [("exp", [0] * 4), ("div", [1, 0, 0, 0])]))
def test_numbers_of_any_size_give_finite_results_or_the_error_of_the_engine(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = outcome(mg.value_and_grad(f), program.inputs)
    assert agree(outcome(mg.compile(f), program.inputs), expected, 0)


def neuron(w, x):
    z = mg.dot(w["weights"], x) + w["bias"]
    return mg.tanh(z) * mg.softplus(z) + 0.1 * mg.dot(w["weights"], w["weights"])


WEIGHTS = {"weights": [0.5, -1.25], "bias": 0.25}
ROWS_OF_X = [[1.0, 2.0], [-0.5, 0.75], [3.0, -1.0]]


def alone():
    """The value and the gradient of every row, by the engine."""
    return [mg.value_and_grad(neuron)(WEIGHTS, x) for x in ROWS_OF_X]


@for_every_target
def test_a_batch_gives_what_its_rows_give_one_by_one(target):
    values, slopes = mg.compile(neuron, batch=1, target=target)(WEIGHTS, ROWS_OF_X)
    for i, (value, slope) in enumerate(alone()):
        assert values[i] == pytest.approx(value, rel=1e-15)
        assert slopes[i]["weights"] == pytest.approx(slope["weights"], rel=1e-14)
        assert slopes[i]["bias"] == pytest.approx(slope["bias"], rel=1e-14)


@for_every_target
@pytest.mark.parametrize(("reduce", "scale"), [("sum", 1.0), ("mean", 3.0)])
def test_a_batch_is_reduced_to_its_sum_or_mean(target, reduce, scale):
    value, slope = mg.compile(neuron, batch=1, reduce=reduce, target=target)(WEIGHTS, ROWS_OF_X)
    assert value == pytest.approx(sum(v for v, _ in alone()) / scale, rel=1e-14)
    assert slope["bias"] == pytest.approx(sum(d["bias"] for _, d in alone()) / scale, rel=1e-14)
    first = sum(d["weights"][0] for _, d in alone()) / scale
    assert slope["weights"][0] == pytest.approx(first, rel=1e-14)


@for_every_target
def test_the_gradient_by_a_batched_argument_has_its_rows(target):
    program = mg.compile(neuron, wrt=(0, 1), batch=1, reduce="mean", target=target)
    _, (_, rows) = program(WEIGHTS, ROWS_OF_X)
    for row, x in zip(rows, ROWS_OF_X, strict=True):
        expected = mg.grad(neuron, 1)(WEIGHTS, x)
        assert row == pytest.approx([d / 3.0 for d in expected], rel=1e-14)


@for_every_target
def test_arrays_give_arrays(target):
    def loss(w, x):
        return mg.norm(w @ x)

    w, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0], [0.5, 2.0], [1.0, 1.0]])
    value, slope = mg.compile(loss, batch=1, reduce="sum", target=target)(w, x)
    assert value == pytest.approx(np.linalg.norm(x @ w.T, axis=1).sum())
    unit = (x @ w.T) / np.linalg.norm(x @ w.T, axis=1)[:, None]
    assert isinstance(slope, np.ndarray)
    assert slope == pytest.approx(unit.T @ x)
    values, rows = mg.compile(loss, batch=1, target=target)(w, x)
    assert values.shape == (3,)
    assert rows.shape == (3, 2, 2)
    assert mg.compile(loss, target=target)(w, x[0])[1] == pytest.approx(rows[0])


Point = namedtuple("Point", "x y")


@for_every_target
@pytest.mark.parametrize(
    "argument",
    [
        pytest.param([1.0, (2.0, {"a": 3.0})], id="nested"),
        pytest.param(Point(1.0, [2.0, 3.0]), id="named"),
        pytest.param([[], 1.0, (2.0, 3.0)], id="empty"),
        pytest.param((1, 2, 3), id="whole numbers"),
        pytest.param([np.float64(1.0), np.float32(2.0), 3], id="numbers of NumPy"),
    ],
)
def test_the_gradient_has_the_structure_of_the_argument(argument, target):
    def product(tree):
        return mg.prod(leaves(tree)) * 2.0

    def leaves(tree):
        if isinstance(tree, list | tuple | dict):
            members = tree.values() if isinstance(tree, dict) else tree
            return [x for member in members for x in leaves(member)]
        return [tree]

    value, slope = mg.compile(product, target=target)(argument)
    expected, slopes = mg.value_and_grad(product)(argument)
    assert (value, slope) == (expected, slopes)
    assert type(slope) is type(slopes)


@for_every_target
def test_another_structure_is_traced_again(target):
    program = mg.compile(lambda xs: mg.dot(xs, xs), target=target)
    assert program([1.0, 2.0]) == (5.0, [2.0, 4.0])
    assert program((1.0, 2.0)) == (5.0, (2.0, 4.0))
    assert program([3.0]) == (9.0, [6.0])
    assert program([1.0, 2.0]) == (5.0, [2.0, 4.0])
    assert len(program.versions) == 3


def branching(x, y):
    if x > y:
        return x * x
    if not x:
        return y + x
    return mg.sin(x) * y


@for_every_target
@given(points=st.lists(st.tuples(moderate, moderate), min_size=1, max_size=6))
@example(points=[(2.0, 1.0), (0.0, 1.0), (0.5, 1.0), (1.0, 1.0)])
def test_a_function_with_branches_is_right_on_every_side(points, target):
    program = mg.compile(branching, wrt=(0, 1), target=target)
    eager = mg.value_and_grad(branching, (0, 1))
    for x, y in points:
        assert agree(outcome(program, x, y), outcome(eager, x, y), ULPS[target])
    assert len(program.versions) <= 3


@for_every_target
def test_a_comparison_with_a_number_is_not_one_with_the_argument_of_that_place(target):
    def f(x, y):
        return (x if x > y else 2.0 * x) * (1.0 if x > 1.0 else 3.0)

    program = mg.compile(f, target=target)
    for x, y in [(2.0, 3.0), (4.0, 3.0), (0.5, 0.25), (0.5, 0.75)]:
        assert program(x, y) == mg.value_and_grad(f)(x, y)


@for_every_target
def test_a_program_that_runs_takes_other_numbers_shapes_and_mistakes(target):
    def f(w, x):
        return mg.dot(w, x) * w[0]

    w, x = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    program = mg.compile(f, batch=1, reduce="sum", target=target)
    assert program(w, x)[0] == 16.0
    assert program(np.array([1, 2]), np.array([[1, 2], [3, 4]]))[0] == 16.0
    assert program(np.array([1.0]), np.array([[2.0]]))[0] == 2.0
    assert program([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]])[0] == 16.0
    assert program([1.0, 2.0], ((1.0, 2.0), (3.0, 4.0)))[0] == 16.0
    assert program([1.0, 2.0], [np.array([1.0, 2.0]), np.array([3.0, 4.0])])[0] == 16.0
    with pytest.raises(ValueError, match="the structure"):
        program([1.0, 2.0], [(1.0, 2.0), [3.0, 4.0]])
    with pytest.raises(TypeError, match="real number"):
        program(["a", 2.0], [[1.0, 2.0]])
    both = mg.compile(f, batch=(0, 1), target=target)
    assert [*both([[1.0, 2.0]], [[1.0, 2.0]])[0]] == [5.0]
    with pytest.raises(ValueError, match="as many rows"):
        both([[1.0, 2.0]] * 2, [[1.0, 2.0]])
    assert both(np.array([[1.0, 2.0]]), np.array([[1.0, 2.0]]))[0][0] == 5.0


@for_every_target
def test_rows_that_disagree_at_a_branch_are_an_error_that_names_it(target):
    program = mg.compile(branching, batch=(0, 1), target=target)
    with pytest.raises(ValueError, match=r"rows 0 and 2 .* different branches at x > y: .* where"):
        program([2.0, 3.0, 0.0], [1.0, 1.0, 1.0])
    values, _ = program([2.0, 3.0], [1.0, 1.0])
    assert list(values) == [4.0, 9.0]


@for_every_target
def test_what_is_not_finite_is_the_error_of_the_engine_with_the_row(target):
    program = mg.compile(lambda w, x: 1.0 / mg.exp(w * x), batch=1, target=target)
    with pytest.raises(mg.RangeError, match=r"row 1 of the batch: exp\(1000\.0\)"):
        program(1.0, [1.0, 1000.0])
    with pytest.raises(mg.DomainError, match="finite"):
        program(1.0, [1.0, float("inf")])
    logarithm = mg.compile(mg.log, target=target)
    with pytest.raises(mg.PoleError, match=r"log\(0\.0\): infinite there"):
        logarithm(0.0)
    with pytest.raises(mg.GradientError, match="sqrt"):
        mg.compile(mg.sqrt, target=target)(0.0)
    assert logarithm(1.0) == (0.0, 1.0)


LARGE = 1e308  # of which a program cannot add two, to see at once whether both are finite


@pytest.mark.parametrize("of", [list, np.array], ids=["lists", "arrays"])
def test_the_engine_answers_where_a_program_refuses(of):
    def f(w, x):
        return w[0] * w[1] * x

    one, rows = of([1.0, 1.0]), of([LARGE, 2.0])
    values, slopes = mg.compile(f, batch=1)(one, rows)
    assert [*values] == [LARGE, 2.0]
    assert np.array_equal(slopes, [[LARGE, LARGE], [2.0, 2.0]])
    assert type(values) is type(slopes) is type(rows)
    total, slope = mg.compile(f, batch=1, reduce="sum")(one, rows)
    assert (total, *slope) == (LARGE, LARGE, LARGE)
    mean, (slope, by_row) = mg.compile(f, wrt=(0, 1), batch=1, reduce="mean")(one, rows)
    assert (mean, *slope, *by_row) == (LARGE / 2.0,) * 3 + (0.5, 0.5)
    assert [*mg.compile(f, batch=1).value(one, rows)] == [LARGE, 2.0]
    assert mg.compile(f)(one, LARGE)[0] == LARGE
    second = [[0.0, LARGE], [LARGE, 0.0]]
    assert np.array_equal(mg.compile(f).hessian(one, LARGE), second)
    assert np.array_equal(mg.compile(f, batch=1).hessian(one, rows)[0], second)
    assert np.array_equal(mg.compile(f, batch=1, reduce="sum").hessian(one, rows), second)


@for_every_target
def test_arguments_that_do_not_fit_are_an_error(target):
    program = mg.compile(neuron, batch=1, target=target)
    with pytest.raises(TypeError, match=r"takes 2 arguments \(w, x\), not 1"):
        program(WEIGHTS)
    with pytest.raises(TypeError, match="x has a batch axis"):
        program(WEIGHTS, 1.0)
    with pytest.raises(ValueError, match="x has no rows"):
        program(WEIGHTS, [])
    with pytest.raises(ValueError, match=r"x\[1\] has not the structure of x\[0\]"):
        program(WEIGHTS, [[1.0, 2.0], [1.0]])
    with pytest.raises(TypeError, match="real number, not 'a'"):
        program(WEIGHTS, [[1.0, "a"]])
    two = mg.compile(lambda x, y: x * y, batch=(0, 1), target=target)
    with pytest.raises(ValueError, match="x has 1, y has 2"):
        two([1.0], [1.0, 2.0])


def test_options_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="target='fortran': programs are written in python"):
        mg.compile(neuron, target="fortran")
    with pytest.raises(ValueError, match=r"wrt=2 for a function of 2 arguments \(w, x\)"):
        mg.compile(neuron, wrt=2)
    with pytest.raises(ValueError, match=r"reduce='mean'.*batch=1"):
        mg.compile(neuron, reduce="mean")
    with pytest.raises(TypeError, match=r"positional arguments, not of \*xs"):
        mg.compile(lambda *xs: xs[0])
    with pytest.raises(TypeError, match="one number as result, not"):
        mg.compile(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match="goes with a Value"):
        mg.compile(neuron, inputs=[1.0])
    with pytest.raises(ValueError, match="without a batch axis"):
        _ = mg.compile(neuron, wrt=1, batch=1).hessian
    with pytest.raises(ValueError, match="traced when it is first called"):
        _ = mg.compile(neuron).source


@for_every_target
def test_a_graph_is_compiled_for_some_of_its_leaves(target):
    x, y, c = Value(2.0), Value(3.0), Value(10.0)
    h = x * y
    program = mg.compile(h * h + c * x, inputs={"x": x, "y": y}, target=target)
    assert program({"x": 1.0, "y": 2.0}) == (14.0, {"x": 18.0, "y": 4.0})
    assert "h = x * y" in program.source or target == "c"
    unused = Value(1.0)
    assert mg.compile(h, inputs=[x, unused], target=target)([5.0, 1.0]) == (15.0, [3.0, 0.0])
    with pytest.raises(TypeError, match=r"leaves of the graph .* inputs=\[x, y\]"):
        mg.compile(h, inputs=[h])
    with pytest.raises(TypeError, match="leaves of the graph"):
        mg.compile(h)


@given(program=programs(moderate))
def test_a_graph_gives_the_bits_of_backward(program):
    leaves = list(map(Value, program.inputs))
    try:
        output = program(*leaves)
        assume(isinstance(output, Value))
        expected = [output.data, *mg.gradient(output, leaves)]
    except mg.MathError:
        assume(False)
    used = [v for v in leaves if v in mg.Tape(output)._index]
    assume(used)
    value, slopes = mg.compile(output, inputs=used)([v.data for v in used])
    slopes = dict(zip(used, slopes, strict=True))
    assert all(map(same, [value, *(slopes.get(v, 0.0) for v in leaves)], expected))


@for_every_target
def test_a_program_differentiates_again(target):
    def f(w, x):
        return mg.tanh(mg.dot(w, x)) * w[0]

    w, xs = [0.5, -0.25], [[1.0, 2.0], [0.5, -3.0]]
    one = mg.compile(f, target=target).hessian(w, xs[0])
    assert np.array(one) == pytest.approx(np.array(mg.hessian(f)(w, xs[0])), rel=1e-14)
    program = mg.compile(f, batch=1, target=target)
    rows = program.hessian(w, xs)
    expected = np.array([mg.hessian(f)(w, x) for x in xs])
    assert np.array(rows) == pytest.approx(expected, rel=1e-13)
    total = mg.compile(f, batch=1, reduce="sum", target=target).hessian(w, xs)
    assert np.array(total) == pytest.approx(expected.sum(axis=0), rel=1e-13)
    assert list(program.value(w, xs)) == pytest.approx([f(w, x) for x in xs], rel=1e-15)
    with pytest.raises(mg.RangeError, match="row 1"):
        mg.compile(lambda w, x: mg.exp(w * x), batch=1, target=target).hessian(1.0, [1.0, 1e3])


@for_every_target
def test_a_program_is_part_of_a_graph_when_it_is_called_with_values(target):
    square = mg.compile(lambda x: x * x * x, target=target)
    x = Value(2.0)
    value, slope = square(x)
    (value * slope).backward()
    assert (value.data, slope.data, x.grad) == (8.0, 12.0, 240.0)
    twice = mg.compile(lambda x: square(x)[1], target=target)
    assert twice(2.0) == (12.0, 12.0)


def test_a_value_that_is_no_argument_is_refused_and_one_made_anew_is_a_constant():
    w = Value(3.0, "w")
    with pytest.raises(TypeError, match=r"uses Value\(3\.0, 'w'\), which is no argument"):
        mg.compile(lambda x: w * x)(2.0)
    assert mg.compile(lambda x: x * Value(3.0))(2.0) == (6.0, 3.0)


def test_a_symbol_does_not_leave_its_trace():
    kept = []
    mg.compile(lambda x, y: kept.append(y) or x * y)(1.0, 2.0)
    with pytest.raises(TypeError, match="a number of an earlier trace was kept"):
        mg.compile(lambda x, y: x * (y + kept[0]))(1.0, 2.0)
    with pytest.raises(TypeError, match="would leave the graph"):
        mg.compile(lambda x, y: x * float(y))(1.0, 2.0)
    assert "row 1" in repr(kept[0])


@for_every_target
def test_a_result_that_does_not_depend_on_the_argument_has_slope_0(target):
    assert mg.compile(lambda x, y: y * 2.0, target=target)(1.0, 3.0) == (6.0, 0.0)
    assert mg.compile(lambda x: 5.0, target=target)(1.0) == (5.0, 0.0)
    assert mg.compile(lambda x: x, target=target)(2.0) == (2.0, 1.0)


def test_source_is_written_for_readers():
    def loss(x, y):
        h = x * y
        return h * h + mg.sigmoid(x)

    program = mg.compile(loss, wrt=(0, 1))
    program(1.0, 2.0)
    assert program.source == SOURCE
    assert program.size == 23
    assert repr(program) == "<python program of 23 operations for gradient of loss>"


SOURCE = """\
def loss(x, y):
    try:
        if not (x.__class__ is y.__class__ is float):
            return None
        h = x * y
        v2 = h * h
        v3 = exp((0.0 if 0.0 < x else x)) / (1.0 + exp(-abs(x)))
        t14 = exp(-2.0 * abs(0.5 * x))
        t15 = 1.0 + t14
        v4 = v2 + v3
        # backward
        d_h = h + h  # ∂v4/∂h
        d_x = 0.25 * (4.0 * t14 / (t15 * t15)) + d_h * y  # ∂v4/∂x
        d_y = d_h * x  # ∂v4/∂y
        if not (-inf < v4 + d_x + d_y < inf):
            return None
        return v4, (d_x, d_y)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None
"""


def importable(x, y):
    return x * y + mg.relu(x)


@for_every_target
def test_a_program_is_pickled_with_its_function(target):
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(mg.compile(lambda x: x))
    program = mg.compile(importable, wrt=(0, 1), target=target)
    again = pickle.loads(pickle.dumps(program))
    assert again(2.0, 3.0) == program(2.0, 3.0) == (8.0, (4.0, 2.0))
    x = Value(2.0, "x")
    graph = pickle.loads(pickle.dumps(mg.compile(x * x, inputs=[x], target=target)))
    assert graph([3.0]) == (9.0, [6.0])


@for_every_target
def test_a_row_of_your_own_is_compiled_too(target):
    cubed = mg.primitive("cubed_for_test", "x * x * x", "3.0 * (x * x)")
    try:
        assert mg.compile(cubed, target=target)(2.0) == (8.0, 12.0)
    finally:
        del PRIMITIVES["cubed_for_test"]
