"""The tape: the graph in order, its rows found by name, and the same graph at other values."""

import copy
import math
import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import microgradx as mg
from microgradx import DomainError, GradientError, MathError, Value
from microgradx.tape import Tape

from .graphs import built, square
from .programs import any_float, moderate, nodes_under, programs, same


def labels(tape: Tape) -> list[str]:  # of the rows that are no constants
    return [row.label for row in tape.rows if row.op != "constant"]


# The graph in order


@given(program=programs(any_float))
def test_a_row_is_a_node_and_stands_after_its_operands(program):
    z = built(program)
    tape = Tape(z, names={})
    for v in nodes_under(z):
        row = tape[tape.find(v)]
        assert (row.value, row.is_leaf, row.op) == (v.data, not v.parents, v.op)
        assert all(i < row.index for i in row.operands)
        slopes = [d for d in row.partials if d is not None]
        assert all(
            a == b if math.isfinite(b) else a is math.nan
            for a, b in zip(slopes, v.partials, strict=True)
        )
        operands = [tape[i].value for i in row.operands]
        assert operands == [x.data if isinstance(x, Value) else x for x in v.operands]
    assert tape[tape.output].index == len(tape) - 1
    constants = sum(row.op == "constant" for row in tape.rows)
    assert len(tape) == len(nodes_under(z)) + constants


@given(program=programs(moderate))
def test_adjoints_are_what_backward_leaves_to_the_bit(program):
    z = built(program)
    tape = Tape(z, names={})
    bar = tape.adjoints()
    try:
        z.backward()
    except GradientError:
        assert not all(map(math.isfinite, bar))
        return
    assert all(same(bar[tape.find(v)], v.grad) for v in nodes_under(z))
    assert all(g == 0.0 for g, row in zip(bar, tape.rows, strict=True) if row.op == "constant")


def test_adjoints_have_the_signs_of_zeros_that_backward_leaves():
    x, y = Value(3.0, "x"), Value(-0.0, "y")
    z = x * y
    z.backward()
    assert math.copysign(1.0, x.grad) == math.copysign(1.0, Tape(z, names={}).adjoints()[0]) == 1.0


def test_each_output_has_its_own_adjoints():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    tape = Tape(x * y, x * x, names={})
    first, second = tape.outputs
    at = tape.find("x"), tape.find("y")
    assert [tape.adjoints(first)[i] for i in at] == [2.0, 3.0]
    assert [tape.adjoints(second)[i] for i in at] == [6.0, 0.0]
    assert tape.output == first


def test_rows_of_values_that_hold_values_are_plain_numbers():
    inner = Value(3.0)
    x = Value(inner, "x")
    assert Tape(x * x, names={})[1][3:5] == (9.0, (3.0, 3.0))


def test_the_variable_of_a_derivative_that_is_done_is_a_leaf():
    kept = []
    mg.grad(lambda x: kept.append(x * x) or x * x)(3.0)
    tape = Tape(*kept, names={})
    assert [row.op for row in tape.rows] == ["leaf", "mul"]
    assert tape.run({0: 5.0})[1].value == 25.0


@pytest.mark.parametrize("outputs", [(), (3.0,), (Value(1.0), "y"), ([Value(1.0)],)])
def test_a_tape_of_no_value_is_an_error(outputs):
    with pytest.raises(TypeError, match=r"a tape is of a Value, not .*Tape\(loss\)"):
        Tape(*outputs)


def test_a_tape_does_not_change():
    tape: Any = square()
    for change in (
        lambda: setattr(tape, "rows", ()),
        lambda: setattr(tape, "more", 1),
        lambda: delattr(tape, "rows"),
    ):
        with pytest.raises(AttributeError, match=r"^a tape does not change; tape\.run\(values\)"):
            change()
    with pytest.raises(AttributeError, match="can't set attribute"):
        tape[0].value = 4.0
    with pytest.raises(TypeError, match="'Tape' object does not support item assignment"):
        tape[0] = tape[1]
    assert tape == square()


def test_a_tape_is_equal_to_one_with_the_same_rows():
    x = Value(3.0, "x")
    assert square() == square() != Tape(x * x + 2.0, names={})
    assert square() != Tape(x * x + 1.0, x, names={})
    assert copy.deepcopy(square()) == pickle.loads(pickle.dumps(square())) == square()


def test_a_tape_with_an_undefined_slope_is_equal_to_its_copies_and_so_are_its_steps():
    y = mg.sqrt(Value(0.0, "x")) * 2.0
    tape = Tape(y, names={})
    assert math.isnan(tape[1].partials[0] or 0.0)
    assert copy.deepcopy(tape) == pickle.loads(pickle.dumps(tape)) == tape
    assert Tape.from_json(tape.to_json()) == tape
    assert mg.steps(tape) == mg.steps(pickle.loads(pickle.dumps(tape)))


def test_tapes_of_batches_are_equal_where_all_their_numbers_are():
    def tape(*numbers):
        x = Value(np.array(numbers), "x")
        return Tape(x * x + 1.0, names={})

    assert tape(1.0, 2.0) == tape(1.0, 2.0) == pickle.loads(pickle.dumps(tape(1.0, 2.0)))
    assert tape(1.0, 2.0) != tape(1.0, 3.0)
    assert tape(3.0, 3.0) != square() and square() != tape(3.0)
    row = square()[1]._replace(partials=(np.array([1.0, math.nan]), 2.0))
    undefined = Tape.of_rows((1,), (square()[0], row))
    assert undefined == copy.deepcopy(undefined)


def test_a_tape_is_shown_by_its_size_and_outputs():
    x = Value(3.0, "x")
    assert repr(Tape(x * x, x, names={})) == "<Tape of 2 rows for v1, x>"


def test_a_row_is_called_by_its_label_its_number_or_its_index():
    x = Value(np.array([1.0, 2.0]), "x")
    tape = Tape(x * 0.5 + np.array([3.0, 4.0]), names={})
    assert [tape.name(row.index) for row in tape.rows] == ["x", "0.5", "v2", "v3", "v4"]


# Rows found


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("z", "no row has the label 'z'; the labels are x and twice"),
        (
            "twice",
            "2 rows have the label 'twice': write 'twice#1' or 'twice#2' for one of them, or",
        ),
        (5, "5 is no row: give a Value, a label, or an index below 4"),
        (-1, "-1 is no row"),
        (True, "True is no row"),
        (0.0, "0.0 is no row"),
        ("v" + "1" * 5000, "no row has the label 'v1"),
        (Value(1.0), "Value(1.0) is not in the graph of v3"),
    ],
    ids=lambda x: repr(x)[:40],
)
def test_what_is_not_found_is_an_error_that_says_what_there_is(key, message):
    x = Value(3.0, "x")
    a, b = mg.exp(x), mg.sin(x)
    a.label = b.label = "twice"
    tape = Tape(a * b, names={})
    for look_up in (tape.find, tape.name, tape.__getitem__, lambda key: tape.run({key: 1.0})):
        with pytest.raises(KeyError, match=re.escape(message)) as caught:
            look_up(key)
        assert str(caught.value).startswith(message)  # without the quotes of a KeyError


def test_where_no_row_has_a_label_it_is_said_how_one_gets_it():
    with pytest.raises(KeyError, match=r"'x', nor any other; give labels as in Value\(2.0, 'x'\)"):
        Tape(Value(1.0), names={}).find("x")


def test_a_row_is_found_by_value_label_and_index():
    x = Value(3.0, "x")
    tape = Tape(x * x, names={})
    assert tape.find(x) == tape.find("x") == tape.find(0) == 0
    twice = mg.exp(x)
    twice.label = "x"
    tape = Tape(x * twice, names={})
    assert [tape.find(tape.name(i)) for i in range(3)] == [0, 1, 2]
    assert tape.name(1) == "x#1"
    assert tape[twice] == tape["x#1"] == tape[1] == [*tape][1] == tape.rows[1]


@pytest.mark.parametrize("number", [3, np.float32(3.0), np.int64(3), np.array(3.0)])
def test_a_row_holds_a_float_whatever_kind_of_number_data_was_given(number):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    x.data = number
    assert type(Tape(x)[0].value) is float
    assert str(mg.steps(x * y)[0]).endswith("= 9") and mg.paths(x * y, x).total == 3.0


# The same graph at other values


@given(program=programs(moderate), data=st.data())
def test_a_run_gives_the_numbers_of_the_graph_built_anew(program, data):
    n = len(program.inputs)
    inputs = data.draw(st.lists(moderate, min_size=n, max_size=n))
    leaves = [Value(x) for x in program.inputs]
    tape = Tape(built(program, leaves), names={})
    given_values = {v: x for v, x in zip(leaves, inputs, strict=True) if is_on(tape, v)}
    assert tape.run() == tape
    try:
        again = tape.run(given_values)
    except MathError:
        with pytest.raises(MathError):
            program(*map(Value, inputs))
        return
    anew = Tape(built(program, map(Value, inputs)), names={})
    assert repr(again.rows) == repr(anew.rows)
    assert [row.op for row in again.rows] == [row.op for row in tape.rows]


def is_on(tape: Tape, v: Value) -> bool:
    try:
        return tape.find(v) >= 0
    except KeyError:
        return False


@pytest.mark.parametrize("key", ["label", "value", "index"])
def test_a_leaf_is_given_by_label_value_or_index(key):
    x, y = Value(3.0, "x"), Value(2.0, "y")
    z = x * y
    z.label = "z"
    tape = Tape(z, names={})
    again = tape.run({{"label": "x", "value": x, "index": tape.find("x")}[key]: 7.0})
    assert (again[again.output].value, again.find("x"), x.data) == (14.0, 0, 3.0)
    assert [row.label for row in again.rows] == [row.label for row in tape.rows]
    assert again.adjoints()[again.find("y")] == 7.0


def test_a_run_fails_as_the_forward_pass_does_and_changes_nothing():
    x = Value(3.0, "x")
    tape = Tape(mg.log(x) * x, names={})
    before = tape.rows
    with pytest.raises(DomainError, match=r"log\(-1.0 \(x\)\): outside the domain"):
        tape.run({"x": -1.0})
    with pytest.raises(DomainError, match="finite"):
        tape.run({"x": math.nan})
    with pytest.raises(TypeError, match=r"^x is a real number, not None$"):
        tape.run({"x": None})
    assert (tape.rows, x.data, x.grad, x.label) == (before, 3.0, 0.0, "x")


LEAVES_ALONE = {
    "v1 is computed from others: tape.run takes values of leaves": {1: 1.0},
    "1 is a constant: tape.run takes": {2: 1.0},
    "tape.run takes one value for x, not two": {"x": 2.0, 0: 5.0},
}


@pytest.mark.parametrize(("problem", "values"), LEAVES_ALONE.items())
def test_only_leaves_take_values_and_each_one(problem, values):
    with pytest.raises(ValueError, match=problem):
        square().run(values)


def test_a_batch_of_points_runs_at_once():
    tape = square().run({"x": np.array([1.0, 2.0, 3.0])})
    both = tape[tape.output].value, tape.adjoints()[0]
    assert np.array_equal(both, [[2.0, 5.0, 10.0], [2.0, 4.0, 6.0]])
    with pytest.raises(TypeError, match=r"JSON is of one point, and x holds a batch: run the tape"):
        tape.to_json()


@pytest.mark.untraced
def test_a_tape_has_a_hundred_thousand_rows():
    x = y = Value(0.5, "x")
    for _ in range(50_000):
        y = mg.sin(y) * x
    tape = Tape(y)
    assert len(tape) == len(tape.run()) == 100_001
    assert tape.adjoints()[0] == mg.gradient(y, x)
