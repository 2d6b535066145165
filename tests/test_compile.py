"""Compiled programs give what the engine gives: the same bits, or the same error."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, example, given, settings, strategies as st

import microgradx as mg
from microgradx import Value
from microgradx.primitives import PRIMITIVES

from .compiling import ULPS, agree, for_every_target, outcome
from .programs import ROWS, Program, any_float, arity, call, moderate, points, programs, same
from .special_points import SPECIAL

for_every_row = pytest.mark.parametrize("name", ROWS)


@for_every_target
@for_every_row
def test_every_row_gives_the_numbers_of_the_engine(name, target):
    special = [point for point in SPECIAL[name] if len(point) == arity(name)] or [SPECIAL[name][0]]
    f = lambda xs: call(name, xs)  # noqa: E731
    program = mg.compile(f, target=target)
    for point in special:
        expected = outcome(mg.value_and_grad(f), list(point))
        assert agree(outcome(program, list(point)), expected, ULPS[target]), point


def has_value(name, *xs):
    """Whether the engine gives a row a value at some operands."""
    try:
        call(name, xs)
    except mg.MathError:
        return False
    return True


@pytest.mark.parametrize("name", [name for name in ROWS if not PRIMITIVES[name].variadic])
def test_every_operation_is_within_four_ulps_in_numpy(name):
    program = mg.compile(lambda xs: call(name, xs), target="numpy").value

    @given(point=points(name, has_value))
    def check(point):
        value = call(name, point)
        assert abs(program(list(point)) - value) <= 4 * math.ulp(value)

    check()


def test_no_compiler_computes_a_function_of_a_number_that_it_knows():
    f = lambda x: mg.erf(mg.softplus(mg.greater(x, x))) * x  # noqa: E731
    assert mg.compile(f, target="c")(1.0) == mg.value_and_grad(f)(1.0)


@pytest.mark.untraced
@settings(max_examples=1000, deadline=None)
@given(program=programs(moderate))
def test_a_random_program_gives_the_bits_of_the_engine(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = outcome(mg.value_and_grad(f), program.inputs)
    assert agree(outcome(mg.compile(f), program.inputs), expected, 0)


@pytest.mark.untraced
@settings(max_examples=100, deadline=None)
@given(some=st.lists(programs(moderate), min_size=20, max_size=20))
def test_random_programs_give_the_same_bits_in_c(some):
    """Twenty at once, since the compiler takes its time: Σ cᵢ·fᵢ(xᵢ) at cᵢ = 1, whose slope by cᵢ
    is fᵢ, and whose slopes by xᵢ are those of fᵢ.
    """
    f = lambda program: lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = [outcome(mg.value_and_grad(f(program)), program.inputs) for program in some]
    fit = {i: numbers for i, numbers in enumerate(expected) if isinstance(numbers, list)}
    assume(fit)

    def total(factors, inputs):
        return mg.sum([c * f(some[i])(xs) for c, i, xs in zip(factors, fit, inputs, strict=True)])

    program = mg.compile(total, wrt=(0, 1), target="c")
    arguments = [1.0] * len(fit), [some[i].inputs for i in fit]
    assume(math.isfinite(program(*arguments)[0]))
    by_c = program.versions[0].run  # not the engine in its place
    _, (values, slopes) = by_c(*arguments)
    for numbers, value, mine in zip(fit.values(), values, slopes, strict=True):
        assert all(map(same, [value, *mine], numbers))


@pytest.mark.untraced
@settings(max_examples=1000, deadline=None)
@given(program=programs(any_float))
@example(program=Program([1000.0], [("exp", [0] * 4)]))
@example(program=Program([-8.0], [("pow", [0, 1.5, 0, 0]), ("abs", [0] * 4)]))
@example(program=Program([1000.0, 1.0], [("exp", [0] * 4), ("div", [1, 0, 0, 0])]))
def test_numbers_of_any_size_give_finite_results_or_the_error_of_the_engine(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = outcome(mg.value_and_grad(f), program.inputs)
    assert agree(outcome(mg.compile(f), program.inputs), expected, 0)


@pytest.mark.untraced
@settings(max_examples=300, deadline=None)
@given(program=programs(any_float))
def test_second_derivatives_too_are_finite_or_the_error_of_the_engine(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    second, expected = mg.compile(f).hessian, mg.hessian(f)
    xs = program.inputs
    assert agree(
        outcome(lambda xs: (0.0, second(xs)), xs), outcome(lambda xs: (0.0, expected(xs)), xs), 0
    )


@pytest.mark.parametrize(
    ("target", "line"),
    [("python", "h = x * y"), ("numpy", "h = x * y"), ("c", "const double h_ = x_ * y_;")],
)
def test_a_graph_is_compiled_for_some_of_its_leaves(target, line):
    x, y, c = Value(2.0), Value(3.0), Value(10.0)
    h = x * y
    program = mg.compile(h * h + c * x, inputs={"x": x, "y": y}, target=target)
    assert program({"x": 1.0, "y": 2.0}) == (14.0, {"x": 18.0, "y": 4.0})
    assert f"    {line}\n" in program.source
    unused = Value(1.0)
    assert mg.compile(h, inputs=[x, unused], target=target)([5.0, 1.0]) == (15.0, [3.0, 0.0])
    with pytest.raises(TypeError, match=r"leaves of the graph .* inputs=\[x, y\]"):
        mg.compile(h, inputs=[h])
    with pytest.raises(TypeError, match="leaves of the graph"):
        mg.compile(h)


@pytest.mark.untraced
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
    with pytest.raises(
        TypeError, match=r"keep what is an int out .* compile\(lambda x: f\(x, 3\)\)"
    ):
        mg.compile(lambda x, y: x * float(y))(1.0, 2.0)
    assert repr(kept[0]) == "Value(y)"


@for_every_target
def test_a_result_that_does_not_depend_on_the_argument_has_slope_0(target):
    assert mg.compile(lambda x, y: y * 2.0, target=target)(1.0, 3.0) == (6.0, 0.0)
    assert mg.compile(lambda x: 5.0, target=target)(1.0) == (5.0, 0.0)
    assert mg.compile(lambda x: x, target=target)(2.0) == (2.0, 1.0)


@pytest.mark.parametrize("target", ["numpy", "c"])
def test_arrays_of_results_have_memory_of_their_own(target):
    program = mg.compile(lambda x: x[0] * x[1], batch=0, target=target)
    values, slopes = program(np.array([[1.0, 2.0], [3.0, 0.5]]))
    assert values.base is None and slopes.base is None and slopes.flags.c_contiguous


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


def test_the_slope_of_a_power_with_a_whole_exponent_is_a_power_and_nothing_more():
    cube = mg.compile(lambda x: x**3)
    assert cube(2.0) == (8.0, 12.0) and cube.hessian(2.0) == 12.0
    assert "t3 = 3.0 * x ** 2.0" in cube.source and cube.size == 3
    assert "t5 = 3.0 * (2.0 * x)" in cube.hessian.source


def importable(x, y):
    return x * y + mg.relu(x)


@for_every_target
def test_a_program_is_pickled_with_its_function(target):
    with pytest.raises((pickle.PicklingError, AttributeError), match="<lambda>"):
        pickle.dumps(mg.compile(lambda x: x))
    program = mg.compile(importable, wrt=(0, 1), target=target)
    again = pickle.loads(pickle.dumps(program))
    assert again(2.0, 3.0) == program(2.0, 3.0) == (8.0, (4.0, 2.0))
    x = Value(2.0, "x")
    graph = pickle.loads(pickle.dumps(mg.compile(x * x, inputs=[x], target=target)))
    assert graph([3.0]) == (9.0, [6.0])


@for_every_target
def test_a_row_of_your_own_is_compiled_too_and_read_where_the_table_has_it(target):
    cubed = mg.primitive("cubed_for_test", "x * x * x", "3.0 * (x * x)")
    try:
        program = mg.compile(cubed, target=target)
        text = pickle.dumps(program)
        assert program(2.0) == pickle.loads(text)(2.0) == (8.0, 12.0)
    finally:
        del PRIMITIVES["cubed_for_test"]
    with pytest.raises(KeyError, match=r"no row 'cubed_for_test': give it again, as primitive"):
        pickle.loads(text)


@for_every_target
def test_a_hessian_by_an_array_may_be_constant(target):
    program = mg.compile(lambda w: mg.dot(w, w), target=target).hessian
    for _ in range(2):
        assert program(np.array([1.0, 2.0])).tolist() == [[2.0, 0.0], [0.0, 2.0]]
    of_some = mg.compile(lambda p: mg.softplus(p["w"][0]) + p["u"][0], target=target).hessian
    found, o = of_some({"w": np.zeros(2), "u": np.zeros(2)}), np.zeros(2, object)
    engine = mg.hessian(of_some.function)({"w": o, "u": o})
    for of_one, by_engine in zip(found["w"], engine["w"], strict=True):
        assert {k: [*x] for k, x in of_one.items()} == {k: [*x] for k, x in by_engine.items()}
    assert found["w"][0]["w"].tolist() == [0.25, 0.0] and found["u"][1]["u"].tolist() == [0.0, 0.0]
