"""`steps`: the events of both passes, one at a time, true to the bit."""

import math
import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

import microgradx as mg
from microgradx import GradientError, MathError, Value
from microgradx.explain.steps import Backward, Forward, Seed, Steps, steps
from microgradx.tape import Tape

from .programs import moderate, nodes_under, programs, same


def small() -> tuple[Value, Value, Value]:
    """(y² + x, x, w) with y = x·w: a repeated operand, and two paths to x."""
    x, w = Value(3.0, "x"), Value(-0.5, "w")
    y = x * w
    y.label = "y"
    z = y * y + x
    z.label = "L"
    return z, x, w


def built(program) -> Any:
    """The output of a random program that has one."""
    try:
        z = program(*(Value(x) for x in program.inputs))
    except MathError:
        z = None
    assume(isinstance(z, Value))
    return z


def of_kind(kind: type, events: Sequence) -> list[Any]:
    return [event for event in events if type(event) is kind]


def test_forward_comes_first_then_the_seed_then_one_contribution_at_a_time():
    z, _, _ = small()
    kinds = [type(event) for event in steps(z)]
    assert kinds == [Forward] * 3 + [Seed] + [Backward] * 6


def test_printed_steps_are_aligned_lines_with_the_numbers():
    z, _, _ = small()
    assert str(steps(z)).splitlines() == [
        "y  = x·w    = 3·(−0.5)      = −1.5",
        "v3 = y·y    = (−1.5)·(−1.5) = 2.25",
        "L  = v3 + x = 2.25 + 3      = 5.25",
        "∂L/∂L = 1",
        "L → v3: 1 × 1     = 1;    ∂L/∂v3 = 0 + 1       = 1",
        "L → x:  1 × 1     = 1;    ∂L/∂x  = 0 + 1       = 1",
        "v3 → y: 1 × −1.5  = −1.5; ∂L/∂y  = 0 + −1.5    = −1.5",
        "v3 → y: 1 × −1.5  = −1.5; ∂L/∂y  = −1.5 + −1.5 = −3",
        "y → x:  −3 × −0.5 = 1.5;  ∂L/∂x  = 1 + 1.5     = 2.5",
        "y → w:  −3 × 3    = −9;   ∂L/∂w  = 0 + −9      = −9",
    ]


def test_an_event_alone_says_the_same_without_padding():
    o, y = Value(0.25, "o₁"), Value(0.25, "y₁")
    loss = -4.0 / 3.0 * (0.1875 * y + 0.0 * o)
    loss.label = "L"
    assert "0.1875·y₁ = 0.1875·0.25 = 0.046875" in str(steps(loss)[0])
    assert str(steps(loss)[-1]).endswith("−1.3333 × 0.1875 = −0.25; ∂L/∂y₁ = 0 + −0.25 = −0.25")


def test_both_factors_of_a_square_are_contributions():
    x = Value(3.0, "x")
    first, second = of_kind(Backward, steps(x * x))
    assert (first.slot, first.before, first.after) == (0, 0.0, 3.0)
    assert (second.slot, second.before, second.after) == (1, 3.0, 6.0)
    assert (first.child, first.parent) == (second.child, second.parent) == (1, 0)


def test_constants_get_no_contribution_but_stand_in_the_forward_pass():
    x = Value(3.0, "x")
    z = mg.dot([x, x], [2.0, 5.0])
    forward, _, *backward = steps(z)
    assert isinstance(forward, Forward)
    assert forward.numbers == (3.0, 3.0, 2.0, 5.0)
    assert str(forward) == "z = x·2 + x·5 = 3·2 + 3·5 = 21"
    assert [event.slot for event in of_kind(Backward, backward)] == [0, 1]


def test_a_leaf_has_a_seed_alone():
    (seed,) = steps(Value(3.0, "x"))
    assert seed == Seed(Tape(Value(0.0)), 0, 1.0)
    assert str(seed) == "∂x/∂x = 1"


@given(program=programs(moderate))
def test_the_last_sum_of_each_row_is_what_backward_leaves_to_the_bit(program):
    z = built(program)
    tape = Tape(z, names={})
    last = {z: 1.0}
    order = {tape.find(v): v for v in nodes_under(z)}
    for event in of_kind(Backward, steps(tape)):
        parent = order[event.parent]
        assert event.before == last.get(parent, 0.0) or math.isnan(event.before)
        last[parent] = event.after
    try:
        z.backward()
    except GradientError:
        assert not all(map(math.isfinite, last.values()))
        return
    for v in nodes_under(z):
        assert same(last[v], v.grad)


@given(program=programs(moderate))
def test_an_event_repeats_what_the_nodes_hold(program):
    z = built(program)
    tape = Tape(z, names={})
    nodes = {tape.find(v): v for v in nodes_under(z)}
    events = steps(tape)
    for event in of_kind(Forward, events):
        v = nodes[event.node]
        numbers = [x.data if isinstance(x, Value) else x for x in v.operands]
        assert (event.op, event.value, list(event.numbers)) == (v.op, v.data, numbers)
    slots = [
        (i, slot) for i in sorted(nodes, reverse=True) for slot, d in enumerate(tape[i].partials) if d is not None
    ]  # fmt: skip
    assert [(event.child, event.slot) for event in of_kind(Backward, events)] == slots
    for event in of_kind(Backward, events):
        assert nodes[event.child].operands[event.slot] is nodes[event.parent]


@given(program=programs(moderate))
def test_steps_leave_the_graph_as_it_is(program):
    z = built(program)

    def state():
        return [(v, v.data, v.grad, v.label, v.partials) for v in nodes_under(z)]

    for i, v in enumerate(nodes_under(z)):
        v.grad = i + 0.5
    before = repr(state())
    str(steps(z))
    assert repr(state()) == before


def test_a_slice_is_steps_and_an_index_may_count_from_the_end():
    z, _, _ = small()
    events = steps(z)
    assert isinstance(events, Sequence)
    assert isinstance(events[2:5], Steps)
    assert list(events[2:5]) == list(events)[2:5]
    assert events[-1] is list(events)[-1]
    assert str(events[3:4]) == "∂L/∂L = 1"
    assert (len(events), str(events[:0])) == (10, "")
    with pytest.raises(IndexError, match="out of range"):
        events[10]


def test_steps_do_not_change():
    z, _, _ = small()
    events: Any = steps(z)
    with pytest.raises(TypeError, match="'Steps' object does not support item assignment"):
        events[0] = events[1]
    with pytest.raises(AttributeError, match="cannot assign to field 'value'"):
        events[0].value = 1.0
    assert hash(events) == hash(steps(z)) and events == steps(z)


@pytest.mark.parametrize(
    ("some", "text"),
    [
        (slice(None), "<Steps: 3 forward, 1 seed, 6 backward>"),
        (slice(3, 5), "<Steps: 1 seed, 1 backward>"),
        (slice(0), "<Steps: none>"),
    ],
)
def test_the_representation_counts(some, text):
    assert repr(steps(small()[0])[some]) == text


def test_a_tape_that_was_read_from_json_has_the_same_steps():
    z, _, _ = small()
    again = Tape.from_json(Tape(z).to_json())
    assert steps(again) == steps(z)
    assert str(steps(again)) == str(steps(z))
    assert str(pickle.loads(pickle.dumps(steps(z)))) == str(steps(z))


def test_names_are_those_of_the_callers_variables():
    o = [Value(1.0), Value(2.0)]
    loss = o[0] * o[1]
    assert str(steps(loss)[-1]) == "loss → o[1]: 1 × 1 = 1; ∂loss/∂o[1] = 0 + 1 = 1"


def test_steps_are_of_the_first_output_of_a_tape():
    x, unrelated = Value(3.0, "x"), Value(5.0, "u")
    z, other = mg.exp(x), mg.exp(unrelated)
    events = steps(Tape(z, other))
    assert [type(event) for event in events] == [Forward, Seed, Backward]
    assert "u" not in str(events)


def test_an_undefined_derivative_is_said_to_be_undefined():
    x = Value(0.0, "x")
    root = mg.sqrt(x)
    assert str(steps(root)[-1]) == (
        "root → x: 1 × undefined = undefined; ∂root/∂x = 0 + undefined = undefined"
    )


def test_a_gradient_beyond_the_floats_is_infinite():
    x = Value(1e-300, "x")
    y = 1e250 * (x * 1e250)
    assert str(steps(-y)[-1]).endswith("= 0 + −∞ = −∞")


@pytest.mark.parametrize("label", ["a\nb", "\x1b[31mred", "\ud800", "tab\there"])
def test_a_label_cannot_leave_its_line_or_fail_to_print(label):
    x = Value(2.0, label)
    text = str(steps(x * x))
    assert len(text.splitlines()) == 4
    assert text.replace("\n", "").isprintable()


WRITTEN = {
    "x − y": lambda x, y: x - y,
    "x/y": lambda x, y: x / y,
    "x^y": lambda x, y: mg.pow(x, y),
    "−x": lambda x, y: -x,
    "exp(x)": lambda x, y: mg.exp(x),
    "atan2(x, y)": lambda x, y: mg.atan2(x, y),
    "max(x, y)": lambda x, y: mg.maximum(x, y),
    "x + y + x": lambda x, y: mg.sum([x, y, x]),
    "x·y + y·x": lambda x, y: mg.dot([x, y], [y, x]),
    "x + x + x + … + x + y": lambda x, y: mg.sum([*[x] * 9, y]),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_an_operation_is_written_as_in_a_textbook(text):
    x, y = Value(3.0, "x"), Value(2.0, "y")
    assert steps(WRITTEN[text](x, y))[0].columns()[1] == f"= {text}"


def test_negative_operands_stand_in_brackets_where_signs_would_meet():
    x = Value(-2.0, "x")
    assert "(−2)^2 = 4" in str(steps(x**2)[0])
    assert "exp(−2)" in str(steps(mg.exp(x))[0])
    assert "−(−2) = 2" in str(steps(-x)[0])


def test_a_zero_has_no_sign_in_names_and_numbers_alike():
    x = Value(2.0, "x")
    assert str(mg.steps(x * -0.0)[0]).endswith("= x·0 = 2·0 = 0")


def test_one_long_line_does_not_move_all_others_away():
    x, total = Value(1.0, "a name of a leaf, which is quite long to read"), Value(2.0, "b")
    total = mg.sum([x] * 6) * total
    first, second, *_ = str(steps(total)).splitlines()
    assert len(first) > 250 and len(second) < 150


@pytest.mark.parametrize("wrong", [3.0, "L", None, [1.0]])
def test_steps_of_anything_else_are_an_error(wrong):
    with pytest.raises(TypeError, match=r"a Value or a tape is explained, .* as in steps\(loss\)"):
        steps(wrong)


def test_steps_of_a_batch_are_an_error_that_says_what_to_do():
    x = Value(np.array([1.0, 2.0]), "x")
    with pytest.raises(TypeError, match="steps are of one point, and x holds a batch: run"):
        steps(x * 2.0)
    assert steps(Tape(x * 2.0).run({"x": 2.0}))[0] == steps(Value(2.0) * 2.0)[0]


def test_a_long_chain_has_its_steps_at_once():
    """10⁵ events, in a fraction of a second; a quadratic time would be minutes."""
    x = y = Value(0.5, "x")
    for _ in range(25_000):
        y = mg.sin(y) * x
    events = steps(y)
    assert len(events) == 50_000 + 1 + 75_000
    assert len(str(events[-10:]).splitlines()) == 10


def test_numbers_that_do_not_follow_are_not_printed_as_if_they_did():
    w = Value(1.0, "w")
    L = (w * 2.0 - 3.0) ** 2
    w.data -= 0.1
    with pytest.raises(ValueError, match=r"w·2 is not 2 any more: .* steps\(Tape\(output\).run"):
        steps(L)
    assert "= 0.9·2" in str(steps(Tape(L).run()))
