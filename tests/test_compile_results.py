"""What compiled programs return, and what they say of arguments: alike for every target."""

import functools
import math

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value
from microgradx.compiler import TARGETS
from microgradx.primitives import PRIMITIVES

from .compiling import agree, for_every_target, outcome

ROWS = [[1.0, 2.0], [3.0, 0.5]]


def weighed(w, x):
    return mg.sigmoid(mg.dot(w, x))


@for_every_target
@pytest.mark.parametrize(
    ("f", "argument", "value"),
    [
        (lambda x: x * x, 3.0, 9.0),
        (lambda x: x[0] * x[1], [3.0, 2.0], 6.0),
        (lambda x: x["a"] ** 2, {"a": 3.0}, 9.0),
    ],
)
def test_the_value_alone_is_a_number(f, argument, value, target):
    assert mg.compile(f, target=target).value(argument) == value


@for_every_target
def test_results_of_all_rows_are_an_array_where_rows_and_gradient_are(target):
    program = mg.compile(weighed, batch=1, target=target)
    for rows, kind in ((ROWS, list), (np.array(ROWS), np.ndarray)):
        values, slopes = program([1.0, 2.0], rows)
        assert type(values) is kind
        assert [type(x) for x in (slopes, *slopes)] == [list, list, list]


@pytest.mark.parametrize("target", TARGETS)
def test_a_list_of_rows_gives_lists_also_after_an_array(target):
    program = mg.compile(lambda w, x: w * x, batch=1, target=target)
    program(2.0, np.array([1.0, 3.0]))
    assert program(2.0, [1.0, 3.0]) == ([2.0, 6.0], [1.0, 3.0])


@for_every_target
@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ([[2.0], [3.0]], "can't multiply sequence by non-int of type 'list'"),
        ([True, 3.0], r"w\[0\] is a real number, not True"),
        (["2", "3"], r"w\[0\] is a real number, not '2'"),
        ([np.array([2.0]), np.array([3.0])], "a function with one number as result, not an array"),
    ],
)
def test_a_list_of_something_else_is_refused_also_after_one_of_numbers(argument, message, target):
    program = mg.compile(lambda w: w[0] * w[1], target=target)
    assert program([2.0, 3.0]) == (6.0, [3.0, 2.0])
    with pytest.raises(TypeError, match=message):
        program(argument)


@for_every_target
def test_hessians_of_all_rows_are_a_list_also_where_the_engine_answers(target):
    program = mg.compile(lambda w, x: w * w * trusting(x), batch=1, target=target).hessian
    for last, answers in ((1.0, True), (-1.0, False)):
        rows = np.array([2.0, last])
        found = program(3.0, rows)
        assert type(found) is list and {*map(type, found)} == {float}
        assert found == pytest.approx([math.log(4.0), 0.0])
        assert (program.versions[0].run(3.0, rows) is not None) is answers


def surface():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    return x * x * y, x, y


@for_every_target
def test_the_inputs_of_a_graph_are_found_by_their_keys(target):
    output, x, y = surface()
    program = mg.compile(output, inputs={"x": x, "y": y}, target=target)
    for point in ({"x": 1.0, "y": 10.0}, {"y": 10.0, "x": 1.0}):
        value, slopes = program(point)
        assert (value, dict(slopes)) == (10.0, {"x": 20.0, "y": 1.0})


def trusting(x):
    try:
        return mg.log(x)
    except mg.MathError:
        return x * 0.0


def with_something_unused(x):
    mg.log(x)
    return x * x


def with_a_sum_that_overflows_before_its_end(x):
    y = x + 1.7976931348623157e308
    mg.sum([y, y, mg.tanh(y)])
    return x * x


@for_every_target
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (mg.log, -1.0),
        (mg.atanh, 2.0),
        (lambda x: 1.0 / x, 0.0),
        (lambda x: x / 0.0, 0.0),
        (lambda x: x**3, 1e200),
        (lambda x: x**2 * mg.sqrt(x), 0.0),
        (trusting, -1.0),
        (with_something_unused, -1.0),
        (with_a_sum_that_overflows_before_its_end, 0.0),
    ],
)
def test_what_a_result_does_not_need_is_finite_too(f, x, target):
    program = mg.compile(f, target=target)
    assert agree(outcome(program, x), outcome(mg.value_and_grad(f), x), 0)
    second, expected = program.hessian, mg.hessian(f)
    assert agree(
        outcome(lambda x: (0.0, second(x)), x), outcome(lambda x: (0.0, expected(x)), x), 0
    )


WITH_A_DOMAIN = [
    row.name
    for row in PRIMITIVES.values()
    if row.domain and row.operands == ("x",) and not row.internal
]


@for_every_target
@pytest.mark.parametrize("name", WITH_A_DOMAIN)
def test_what_only_decides_is_inside_its_domain(name, target):
    function = getattr(mg, name)
    program = mg.compile(
        lambda x, t: mg.where(mg.greater(function(t), 1.0), x, x) + mg.relu(0.5 - function(t)),
        target=target,
    )
    program(3.0, 2.0 if name == "acosh" else 0.5)
    with pytest.raises(mg.DomainError, match=name):
        program(3.0, -1000.0)


@for_every_target
def test_an_argument_that_is_not_used_is_finite_at_every_call(target):
    program = mg.compile(lambda x, y: x * x, target=target)
    for _ in range(2):
        with pytest.raises(mg.DomainError, match=r"^y is a finite number, not nan$"):
            program(1.0, float("nan"))
        assert program(1.0, 2.0) == (1.0, 2.0)


@for_every_target
def test_rows_may_have_their_keys_in_any_order(target):
    program = mg.compile(lambda d: d["a"] * d["b"][0], batch=0, target=target)
    values, slopes = program([{"a": 1.0, "b": [2.0]}, {"b": [3.0], "a": 4.0}])
    assert list(values) == [2.0, 12.0] and slopes[1] == {"a": 3.0, "b": [4.0]}


def test_a_gradient_that_is_stopped_in_the_result_is_0():
    assert mg.compile(lambda x: 2.0 * x.data)(3.0) == (6.0, 0.0)
    assert mg.compile(lambda x: x * x.data)(3.0) == (9.0, 3.0)


def test_a_second_call_of_the_function_in_search_of_outsiders_leaves_nothing():
    numbers = iter([0.5, 0.25])
    program = mg.compile(lambda x: mg.exp(x * Value(next(numbers))))
    assert program(2.0) == (math.exp(1.0), 0.5 * math.exp(1.0))
    assert program.size == 3


def test_a_leaf_is_one_input():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    with pytest.raises(ValueError, match="a leaf is one input of a program, not two"):
        mg.compile(x * y, inputs=[x, y, x])


def test_labels_follow_the_inputs_of_a_graph_in_any_order():
    output, x, y = surface()
    program = mg.compile(output, inputs={"x": x, "y": y})
    program({"y": 10.0, "x": 1.0})
    assert "[y, x] = inputs.values()" in program.source and "x * x" in program.source


@pytest.mark.parametrize("inputs", [[1.0], [1.0, 2.0, 3.0], {"x": 1.0, "y": 2.0}, 1.0])
def test_inputs_arranged_otherwise_are_refused(inputs):
    output, x, y = surface()
    with pytest.raises(ValueError, match=r"inputs arranged as \['x', 'y'\]"):
        mg.compile(output, inputs=[x, y])(inputs)


def test_the_inputs_of_a_graph_may_lie_in_an_array():
    output, x, y = surface()
    program = mg.compile(output, inputs=np.array([x, y], object))
    value, slopes = program(np.array([1.0, 10.0]))
    assert value == 10.0 and slopes.tolist() == [20.0, 1.0]
    assert program([1.0, 10.0]) == (10.0, [20.0, 1.0])


@pytest.mark.parametrize("rows", [list, np.array])
@for_every_target
def test_a_number_that_is_none_is_named_with_its_row_and_place(rows, target):
    program = mg.compile(weighed, batch=1, target=target)
    with pytest.raises(mg.DomainError, match=r"^x\[1\]\[0\] is a finite number, not nan"):
        program([1.0, 2.0], rows([[1.0, 2.0], [math.nan, 1.0]]))
    with pytest.raises(TypeError, match=r"^w\[1\] is a real number, not 'a'"):
        program([1.0, "a"], rows(ROWS))


@pytest.mark.parametrize("target", TARGETS)
def test_arrays_of_other_machines_and_kinds_hold_the_same_numbers(target):
    if target == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    program = mg.compile(lambda w, x: w * mg.sum(x.ravel()), batch=1, target=target)
    xs = np.array([[1.0, 2.0], [3.0, 4.0]])
    for _ in range(2):  # the first call is not read as later ones are
        for kind in (float, ">f8", "longdouble", "f4", "i2", ">i4"):
            values, slopes = program(2.0, xs.astype(kind))
            assert ([*values], [*slopes]) == ([6.0, 14.0], [3.0, 7.0])
        with pytest.raises(TypeError, match="mask"):
            program(2.0, np.ma.masked_array(xs, xs > 2.0))
    matrix = mg.compile(lambda x: mg.sum(x.ravel()), target=target)
    assert [matrix(xs.view(np.matrix))[0] for _ in range(2)] == [10.0, 10.0]


def test_arrays_are_no_numbers_of_a_program():
    for f in (
        lambda x: x * np.array([1.0, 2.0]),
        lambda x: mg.sum([x, np.array([1.0, 2.0])]),
    ):
        with pytest.raises(TypeError, match=r"no arrays: give a vector dtype=object, .* batch="):
            mg.compile(f)(3.0)
    x = Value(2.0)
    with pytest.raises(TypeError, match="computes numbers, and no arrays"):
        mg.compile(Value(np.array([1.0, 2.0])) * x, inputs=x)(3.0)
    nothing = mg.compile(lambda a, b: b * b, wrt=(0, 1)).hessian(np.array([]), 3.0)
    assert nothing[1][1] == 2.0


def test_a_hessian_too_refuses_a_value_that_is_no_argument():
    w = Value(4.0, "w")
    with pytest.raises(TypeError, match=r"uses Value\(4.0, 'w'\), which is no argument"):
        mg.compile(lambda x: x * x * w).hessian(2.0)
    with pytest.raises(TypeError, match=r"uses Value\(4.0, 'w'\), which is no argument"):
        mg.compile(lambda x: x[0] * x[1] * w).hessian([2.0, 1.0])
    assert mg.compile(lambda x: x * x * Value(4.0)).hessian(2.0) == 8.0


def scaled(x, *, by=2.0):
    return x * by


def test_what_has_a_default_keeps_it():
    assert mg.compile(scaled)(3.0) == (6.0, 2.0)
    assert mg.compile(functools.partial(scaled, by=5.0))(3.0) == (15.0, 5.0)


def test_a_function_without_arguments_to_vary_is_refused_with_a_remedy():
    with pytest.raises(TypeError, match=r"max> takes: name them, as in .*lambda x, y: f\(x, y\)"):
        mg.compile(max)
    with pytest.raises(TypeError, match=r"no default.* as in compile\(lambda x: f\(x\)\)"):
        mg.compile(lambda x=1.0: x)
    with pytest.raises(TypeError, match=r"takes a function, or a Value .* not 5\.0"):
        mg.compile(5.0)  # type: ignore[arg-type]


@for_every_target
def test_a_derivative_is_compiled_as_the_function_is_and_so_is_a_program(target):
    def cube(x, y):
        return x**3 * y

    for f in (mg.grad(cube), mg.jacobian(cube), mg.compile(mg.grad(cube), target=target).value):
        program = mg.compile(f, wrt=(0, 1), batch=0, target=target)
        values, (by_x, by_y) = program([2.0, 1.0], 5.0)
        assert ([*values], [*by_x], [*by_y]) == ([60.0, 15.0], [60.0, 30.0], [12.0, 3.0])
    assert mg.compile(mg.compile(cube).value, target=target)(2.0, 5.0) == (40.0, 60.0)
    assert mg.compile(mg.compile(cube).hessian, target=target)(2.0, 5.0) == (60.0, 30.0)


def test_what_a_trace_cannot_follow_is_refused_with_a_remedy():
    with pytest.raises(TypeError, match=r"compare the Value, as in x > 0, not x.data"):
        mg.compile(lambda x: x if x.data > 0.0 else -x)(2.0)
    for f in (lambda x: x * round(x), lambda x: x * {2.0: 1.0}[x.data]):
        with pytest.raises(TypeError, match=r"round\(x\), or as a key, would leave the program"):
            mg.compile(f)(2.0)
    assert mg.compile(lambda one: one * len(f"{one:.2f}"))(2.0) == (6.0, 3.0)
