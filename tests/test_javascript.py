"""A program in JavaScript gives in Node what the engine gives in Python."""

import pytest

import microgradx as mg
from microgradx.primitives import PRIMITIVES

from .compiling import NODE, in_node
from .programs import ROWS, arity, call
from .special_points import SPECIAL

pytestmark = pytest.mark.skipif(not NODE, reason="there is no node on the path")
LACKING = {"erf", "erfc", "gauss"} & {name for name in ROWS if PRIMITIVES[name].javascript is None}


def test_every_row_that_javascript_has_gives_the_numbers_of_the_engine():
    cases, expected = [], []
    for name in [name for name in ROWS if name not in LACKING]:
        f = lambda xs, name=name: call(name, xs)  # noqa: E731
        for point in [x for x in SPECIAL[name] if len(x) == arity(name)][:8]:
            program = mg.compile(f)
            try:
                value, slopes = program([*point])
            except mg.MathError:
                continue
            cases.append((program.javascript, "program", [*point]))
            expected.append([value, *slopes])
    assert len(cases) > 150
    for case, actual, numbers in zip(cases, in_node(cases), expected, strict=True):
        # Node's own functions are up to some units in the last place apart, at huge angles more.
        assert actual == pytest.approx(numbers, rel=1e-13, abs=1e-300), case


def test_guards_and_what_is_not_finite_give_null():
    program = mg.compile(lambda x, y: x * y if x > y else mg.exp(x), wrt=(0, 1))
    program(2.0, 1.0)
    taken = program.javascript, "program"
    program(1.0, 2.0)
    other = program.javascript, "program"
    cases = [(*taken, [3.0, 2.0]), (*taken, [2.0, 3.0]), (*other, [0.0, 3.0]), (*other, [1e3, 1e4])]
    assert in_node(cases) == [[6.0, 2.0, 3.0], None, [1.0, 1.0, 0.0], None]


def test_a_function_that_javascript_lacks_is_an_error():
    program = mg.compile(lambda x: mg.erf(x))
    program(1.0)
    with pytest.raises(NotImplementedError, match="JavaScript has no erf"):
        _ = program.javascript
