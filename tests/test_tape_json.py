"""JSON → tape is the identity, and what is no tape is refused with a word on where."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

import microgradx as mg
from microgradx import MathError, Value
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Tape

from .graphs import built, square
from .programs import any_float, programs


@given(program=programs(any_float))
def test_json_gives_the_same_tape(program):
    tape = Tape(built(program), names={})
    again = Tape.from_json(tape.to_json())
    assert again == tape
    assert repr(again.rows) == repr(tape.rows)  # the signs of zeros, and floats as floats
    assert Tape.from_json(again.to_json()).to_json() == tape.to_json()
    assert repr(again.run().rows) == repr(tape.rows)


def test_the_schema_is_what_the_documentation_says():
    assert json.loads(square().to_json()) == {
        "schema": "microgradx.tape/1",
        "outputs": [3],
        "rows": [
            {"op": "leaf", "operands": [], "value": 3.0, "partials": [], "label": "x"},
            {"op": "mul", "operands": [0, 0], "value": 9.0, "partials": [3.0, 3.0], "label": ""},
            {"op": "constant", "operands": [], "value": 1.0, "partials": [], "label": ""},
            {"op": "add", "operands": [1, 2], "value": 10.0, "partials": [1.0, None], "label": ""},
        ],
    }


TEXTS = [
    '"quoted"',
    "</script><script>",
    "🙂 e\u0301",
    "a\nb\r\0\x1b[1m\u2028",
    "\ud800",
    "\\u0041",
]


@given(text=st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8")))
def test_any_text_survives_as_a_label(text):
    x = Value(3.0, text)
    tape = Tape(x * x, names={})
    assert tape.to_json().isascii()
    assert Tape.from_json(tape.to_json())[0].label == text


def test_an_undefined_derivative_survives():
    x, tiny = Value(0.0, "x"), Value(5e-324, "tiny")
    tape = Tape(mg.sqrt(x) + mg.log(tiny), names={})
    assert tape.to_json().count('"undefined"') == 2
    assert Tape.from_json(tape.to_json()) == tape


def test_a_tape_that_was_read_runs_and_has_adjoints_though_its_values_are_gone():
    x = Value(3.0, "x")
    tape = Tape.from_json(Tape(x * x, names={}).to_json())
    assert tape.run({"x": 5.0})[1].value == 25.0
    assert tape.adjoints() == [6.0, 1.0]
    with pytest.raises(KeyError, match="read or copied has no Values"):
        tape.find(x)


# What is no tape


def spoilt(**changes: Any) -> str:
    """The text of a small tape with other parts; a row by its number, as `row1={...}`."""
    tape = json.loads(square().to_json())
    for key, change in changes.items():
        if key[3:].isdigit():
            tape["rows"][int(key[3:])] |= change
        else:
            tape[key] = change
    return json.dumps(tape)


def without(text: str, *path: Any) -> str:
    """A text with one member of an object or list taken out."""
    tape = part = json.loads(text)
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return json.dumps(tape)


DEEP = "[" * 100_000
NO_TAPE: dict[str, tuple[Any, str]] = {
    "nothing": ("", r"JSON text: .*line 1 column 1"),
    "half": (square().to_json()[:-40], r"JSON text: .*\(char \d+\)"),
    "bytes": (b"\xff{}", "JSON text"),
    "deep": (DEEP, "JSON text: .*recursion"),
    "deep within a row": (
        square().to_json().replace("9.0", "[" * 900 + "]" * 900, 1),
        r'row 1 of the tape: "value" is a finite number, not \[\[',
    ),
    "a list": ("[]", 'an object with "schema"'),
    "a number": ("3", 'an object with "schema"'),
    "another schema": (spoilt(schema="microgradx.tape/2"), "microgradx.tape/1"),
    "a schema that is none": (spoilt(schema=["microgradx.tape/1"]), "microgradx.tape/1"),
    "no rows": (without(square().to_json(), "rows"), 'a list "rows", and nothing else'),
    "an extra part": (spoilt(more=1), "and nothing else"),
    "rows that are no list": (spoilt(rows={}), 'a list "rows"'),
    "empty": (spoilt(rows=[]), r'"outputs" are indices'),
    "no output": (spoilt(outputs=[]), r'"outputs" are indices .* not \[\]'),
    "an output beyond": (spoilt(outputs=[4]), r'"outputs" are indices .* not \[4\]'),
    "an output that is true": (spoilt(outputs=[True]), r'"outputs" are indices'),
    "an output that is a constant": (spoilt(outputs=[2]), "rows that are no constants"),
    "an output alone": (spoilt(outputs=3), '"outputs" are indices'),
    "a row that is no object": (spoilt(rows=[[0]]), "row 0 of the tape: an object with the fields"),
    "a missing field": (without(square().to_json(), "rows", 1, "label"), "row 1 .* the fields op,"),
    "an extra field": (spoilt(row1={"grad": 0.0}), "row 1 .* the fields op,"),
    "an unknown op": (spoilt(row1={"op": "system"}), "row 1 .* name of a primitive.* not .system.; one of your own has to"),
    "an op that is a list": (spoilt(row1={"op": ["mul"]}), r"row 1 .*not \['mul'\]"),
    "a nan": (spoilt(row0={"value": float("nan")}), 'row 0 .*"value" is a finite number, not nan'),
    "a value beyond the floats": (square().to_json().replace("9.0", "1e999"), "row 1 .*not inf"),
    "a whole number beyond them": (spoilt(row1={"value": 10**400}), "row 1 .*not 1000"),
    "one with more digits than Python reads": (
        square().to_json().replace("9.0", "9" * 5000),
        "JSON text: .*digits",
    ),
    "a value that is true": (spoilt(row0={"value": True}), "row 0 .*not True"),
    "a value as text": (spoilt(row0={"value": "3.0"}), "row 0 .*not '3.0'"),
    "a label that is null": (spoilt(row0={"label": None}), 'row 0 .*"label" is text, not None'),
    "a reference forward": (spoilt(row1={"operands": [0, 3]}), r"row 1 .*earlier rows, not \[0, 3\]"),
    "a reference to itself": (spoilt(row1={"operands": [1, 1]}), "row 1 .*earlier rows"),
    "one from the end": (spoilt(row1={"operands": [0, -1]}), "row 1 .*earlier rows"),
    "one that is true": (spoilt(row3={"operands": [True, 2]}), "row 3 .*earlier rows"),
    "one that is no whole number": (spoilt(row1={"operands": [0.0, 0]}), "row 1 .*earlier rows"),
    "operands that are no list": (spoilt(row1={"operands": "00"}), "row 1 .*earlier rows"),
    "too few operands": (spoilt(row1={"operands": [0]}), "row 1 .*mul does not take 1 operands"),
    "a leaf with operands": (spoilt(row1={"op": "leaf"}), "row 1 .*leaf does not take 2"),
    "a sum of nothing": (spoilt(row1={"op": "sum", "operands": []}), "row 1 .*sum does not take 0"),
    "half a dot": (spoilt(row1={"op": "dot", "operands": [0]}), "row 1 .*dot does not take 1"),
    "too few partials": (spoilt(row1={"partials": [3.0]}), r'row 1 .*"partials" has one for each'),
    "a partial as text": (spoilt(row1={"partials": [3.0, "nan"]}), "row 1 .*not 'nan' for row 0"),
    "a partial that is infinite": (spoilt(row1={"partials": [3.0, float("inf")]}), "row 1 .*not inf"),
    "no partial by a leaf": (spoilt(row1={"partials": [3.0, None]}), "row 1 .*null for constants"),
    "a partial by a constant": (spoilt(row3={"partials": [1.0, 1.0]}), "row 3 .*null for constants"),
    "constants alone": (
        spoilt(row3={"operands": [2, 2], "partials": [None, None]}),
        "row 3 .*computed from constants alone",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_TAPE)
def test_what_is_no_tape_is_an_error_that_says_where(case):
    text, message = NO_TAPE[case]
    with pytest.raises(ValueError, match=message) as caught:
        Tape.from_json(text)
    assert type(caught.value) is ValueError
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", [None, 3, {"schema": "microgradx.tape/1"}])
def test_what_is_no_text_is_an_error_of_its_type(text):
    with pytest.raises(TypeError, match=r"as tape\.to_json\(\) gives it, not "):
        Tape.from_json(text)


def test_the_small_tape_itself_is_read():
    """So that each of the errors comes from what was spoilt."""
    assert Tape.from_json(spoilt()) == square()
    assert Tape.from_json(spoilt(outputs=[3])) == square()


def test_of_keys_that_occur_twice_the_last_counts():
    text = square().to_json().replace('"value": 9.0', '"value": 1.0, "value": 9.0')
    assert Tape.from_json(text) == square()


def test_whole_numbers_are_read_as_floats():
    text = square().to_json().replace("3.0", "3")
    assert repr(Tape.from_json(text).rows) == repr(square().rows)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats() | st.sampled_from(["", "mul"]),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=2), part, max_size=2)
    ),
    max_leaves=5,
)


@given(
    row=st.integers(0, 3),
    field=st.sampled_from(["op", "operands", "value", "partials", "label"]),
    part=JSON,
)
def test_any_other_part_is_refused_or_gives_a_tape_that_works(row, field, part):
    try:
        tape = Tape.from_json(spoilt(**{f"row{row}": {field: part}}))
    except ValueError as error:
        assert re.match(rf"row [{row}-3] of the tape: ", str(error))
        return
    assert Tape.from_json(tape.to_json()) == tape
    tape.adjoints()
    with suppress(MathError):  # another value may lie where the graph is not defined
        tape.run()


def test_the_ops_that_are_no_primitives_cannot_become_ones():
    assert {"leaf", "constant"}.isdisjoint(PRIMITIVES)


@pytest.mark.untraced
def test_a_hundred_thousand_rows_are_written_and_read_in_linear_time():
    x = y = Value(0.5, "x")
    for _ in range(50_000):
        y = mg.sin(y) * x
    tape = Tape(y, names={})
    assert Tape.from_json(tape.to_json()) == tape


@pytest.mark.parametrize(
    ("edited", "wrong"),
    [
        ({"value": 9.5}, r"x·x is not 9\.5"),
        ({"partials": [3.0, 2.5]}, r"∂\(x·x\)/∂x is not 2\.5"),
        ({"partials": ["undefined", 3.0]}, r"∂\(x·x\)/∂x is not undefined"),
    ],
)
def test_edited_numbers_are_read_and_not_explained(edited, wrong):
    tape = Tape.from_json(spoilt(row1=edited))
    with pytest.raises(ValueError, match=f"^{wrong} any more: a number has changed since"):
        mg.steps(tape)
    assert mg.steps(tape.run()) == mg.steps(Tape.from_json(spoilt()))


def test_a_local_derivative_that_the_value_does_not_show_follows_its_numbers():
    x, w = Value(0.0, "x"), Value(3.0, "w")
    z = x * w
    w.data = 5.0
    with pytest.raises(ValueError, match=r"∂\(x·w\)/∂x is not 3 any more"):
        mg.steps(z)
