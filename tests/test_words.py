"""How explanations write expressions: with the brackets that they need, in the names of a graph."""

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.words import called, written

BRACKETS = {
    "(x + y)·x": lambda x, y: (x + y) * x,
    "x·y + x": lambda x, y: x * y + x,
    "x − (y − x)": lambda x, y: x - (y - x),
    "x − y − x": lambda x, y: x - y - x,
    "x/(y·x)": lambda x, y: x / (y * x),
    "x/y·x": lambda x, y: x / y * x,
    "(x·y)^y": lambda x, y: mg.pow(x * y, y),
    "x^(y^x)": lambda x, y: mg.pow(x, mg.pow(y, x)),
    "−(x + y)": lambda x, y: -(x + y),
    "(−x)·y": lambda x, y: -x * y,
    "(x + y)·x + y·x": lambda x, y: mg.dot([x + y, y], [x, x]),
    "max(x + y, y)": lambda x, y: mg.maximum(x + y, y),
}


@pytest.mark.parametrize("text", BRACKETS)
def test_an_expression_has_the_brackets_that_it_needs_and_no_others(text):
    tape = mg.Tape(BRACKETS[text](Value(3.0, "x"), Value(2.0, "y")), names={})
    assert called(tape, tape.output) == text


def test_a_slip_is_written_in_the_names_of_the_graph():
    assert written("y * x ** (y - 1)", {"x": "x1", "y": "n"}) == "n·x1^(n − 1)"
