"""How compiled programs are called: batches, structures, branches, and what does not fit."""

import math
import re

import numpy as np
import pytest
from hypothesis import example, given, strategies as st

import microgradx as mg

from .compiling import (
    ROWS_OF_X,
    STRUCTURES,
    ULPS,
    WEIGHTS,
    agree,
    branching,
    for_every_target,
    neuron,
    outcome,
    product,
)
from .programs import moderate


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
def test_batched_arguments_are_named_in_any_order(target):
    program = mg.compile(lambda x, y: x - 2.0 * y, batch=(1, 0), reduce="sum", target=target)
    assert program([1.0, 2.0], [10.0, 20.0]) == (-57.0, [1.0, 1.0])


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


@for_every_target
@pytest.mark.parametrize("argument", STRUCTURES)
def test_the_gradient_has_the_structure_of_the_argument(argument, target):
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


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan, 1e200])
def test_one_number_among_thousands_that_is_not_finite_is_found(bad, rows):
    program = mg.compile(lambda xs: mg.dot(xs, xs), batch=0 if rows else ())
    xs = [1.0] * 3000
    expected = 3000.0, [2.0] * 3000
    assert program([xs] if rows else xs) == (tuple([x] for x in expected) if rows else expected)
    for i in (0, 1500, 2999):
        xs[i] = bad
        assert program.versions[0].run([xs] if rows else xs) is None
        xs[i] = 1.0


LARGE = 1e308  # of which a program cannot add two, to see at once whether both are finite


@pytest.mark.parametrize("of", [list, np.array], ids=["lists", "arrays"])
def test_the_engine_answers_where_a_program_refuses(of):
    def f(w, x):
        return w[0] * w[1] * x

    one, rows = of([1.0, 1.0]), of([LARGE, 2.0])
    program = mg.compile(f, batch=1)
    values, slopes = program(one, rows)
    assert [*values] == [LARGE, 2.0]
    assert [*program(one, rows)[0]] == [LARGE, 2.0]
    assert len(program.versions) == 1  # it is not traced again for that
    assert np.array_equal(slopes, [[LARGE, LARGE], [2.0, 2.0]])
    assert type(values) is type(slopes) is type(rows)
    total, slope = mg.compile(f, batch=1, reduce="sum")(one, rows)
    assert (total, *slope) == (LARGE, LARGE, LARGE)
    mean, (slope, by_row) = mg.compile(f, wrt=(0, 1), batch=1, reduce="mean")(one, rows)
    assert (mean, *slope, *by_row) == (LARGE / 2.0,) * 3 + (0.5, 0.5)
    assert [*mg.compile(f, batch=1).value(one, rows)] == [LARGE, 2.0]
    assert mg.compile(f)(one, LARGE)[0] == LARGE
    with pytest.raises(mg.RangeError, match="sum"):
        mg.compile(f, batch=1, reduce="sum")(one, of([LARGE, LARGE]))
    second = [[0.0, LARGE], [LARGE, 0.0]]
    assert np.array_equal(mg.compile(f).hessian(one, LARGE), second)
    assert np.array_equal(mg.compile(f, batch=1).hessian(one, rows)[0], second)
    assert np.array_equal(mg.compile(f, batch=1, reduce="sum").hessian(one, rows), second)


@for_every_target
def test_arguments_that_do_not_fit_are_an_error(target):
    program = mg.compile(neuron, batch=1, target=target)
    with pytest.raises(TypeError, match=r"takes 2 arguments \(w, x\), in order or by name"):
        program(WEIGHTS)
    with pytest.raises(TypeError, match="x has a batch axis"):
        program(WEIGHTS, 1.0)
    with pytest.raises(ValueError, match="x has no rows"):
        program(WEIGHTS, [])
    with pytest.raises(
        ValueError, match=r"x\[1\] has not the .*: rows are alike, and not \[1.0, 2.0\] and \[1.0\]"
    ):
        program(WEIGHTS, [[1.0, 2.0], [1.0]])
    with pytest.raises(TypeError, match="real number, not 'a'"):
        program(WEIGHTS, [[1.0, "a"]])
    two = mg.compile(lambda x, y: x * y, batch=(0, 1), target=target)
    with pytest.raises(ValueError, match="x has 1, y has 2"):
        two([1.0], [1.0, 2.0])


@for_every_target
def test_the_number_of_arguments_is_told_also_by_a_program_that_runs(target):
    program = mg.compile(lambda x: x * x, target=target)
    for _ in range(2):
        for arguments in ((), (1.0, 2.0)):
            with pytest.raises(
                TypeError, match=r"takes 1 argument \(x\), in order or by name, not"
            ):
                program(*arguments)
        assert program(3.0) == (9.0, 6.0)


def test_options_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match=r"='fortran': .* in python, .*; as in compile.*numpy"):
        mg.compile(neuron, target="fortran")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"wrt=2 for a function of 2 arguments, .*: give"):
        mg.compile(neuron, wrt=2)
    for wrt in (1.0, True, None, "w"):
        with pytest.raises(
            ValueError, match=r"for a function of 2 arguments, .*: give the position"
        ):
            mg.compile(neuron, wrt=wrt)  # type: ignore[arg-type]
    for options in ({"threads": "many"}, {"threads": 0}, {"threads": 1.5}, {"exact": "no"}):
        with pytest.raises(ValueError, match="give a number of threads from 1 on"):
            mg.compile(neuron, target="c", **options)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="go with target='c', not with 'python'"):
        mg.compile(neuron, exact=False)
    for reduce, batch in (("mean", ()), ("max", 1)):
        given = re.escape(f"reduce={reduce!r} with batch={batch!r}: ")
        with pytest.raises(ValueError, match=f"^{given}.*compile.f, batch=1, reduce='mean'"):
            mg.compile(neuron, reduce=reduce, batch=batch)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"positional arguments, not of \*xs"):
        mg.compile(lambda *xs: xs[0])
    results = {
        "a list": [1.0, 2.0],
        "an array": np.ones(2),
        "None, as where return is missing": None,
    }
    for kind, result in results.items():
        with pytest.raises(TypeError, match=f"one number as result, not {kind}; as in"):
            mg.compile(lambda x, result=result: result)(1.0)
    with pytest.raises(TypeError, match="goes with a Value"):
        mg.compile(neuron, inputs=[1.0])
    with pytest.raises(ValueError, match=r"without a batch axis: wrt=\(1,\), batch=\(1,\)"):
        _ = mg.compile(neuron, wrt=1, batch=1).hessian
    with pytest.raises(ValueError, match="traced when it is first called"):
        _ = mg.compile(neuron).source
