"""Whatever numbers are called, a program keeps them apart and can be read by its language."""

import pytest

import microgradx as mg
from microgradx import Value

from .compiling import NODE, for_every_target, in_node

needs_node = pytest.mark.skipif(not NODE, reason="there is no node on the path")
# Python takes the two of a pair for one name; no language has the others in a name.
ALIKE = [("ε", "ϵ"), ("µ", "μ"), ("ſ", "s"), ("x₁", "x1"), ("\u212a", "K")]
STRANGE = ["w₁₁", "y²", "h̃", "½", "٣", "a\nb", "a\0b", "a\\", "\ud800", "℘", "", " ", "*/", "🎲"]
# Of C, of its libraries and compilers, and of JavaScript.
TAKEN = """log exp tanh sqrt fabs length hypot maximum where choose square lanes_abs looked failed bad
fail fixed shared columns sums kept once each run T M V LANES SUMS NAN INFINITY M_PI M_E HUGE_VAL
DBL_MAX DBL_MIN EXP math_errhandling signgam asm typeof linux unix i386 double long const static
restrict inline bool true false nullptr constexpr thread_local debugger instanceof package interface
implements private protected public let var function new this typeof void null undefined Math Number
inputs outputs arguments eval await yield enum export super switch delete sum list tuple isinstance
len zip count lambda None""".split()


def by_label(labels):
    """Σ i·xᵢ·exp(xᵢ) of as many leaves that are called so, with nodes and adjoints called alike."""
    leaves = [Value(0.0, label) for label in labels]
    terms = []
    for i, (leaf, label) in enumerate(zip(leaves, labels, strict=True), 1):
        terms.append(leaf * mg.exp(leaf))
        terms[-1].label = label
        terms[-1] = terms[-1] * terms[-1] * float(i)
    return mg.sum(terms), leaves


@for_every_target
@pytest.mark.parametrize("pair", ALIKE)
def test_two_labels_that_python_takes_for_one_name_are_two_variables(pair, target):
    a, b = (Value(2.0, label) for label in pair)
    assert mg.compile(a * b * b, inputs=[a, b], target=target)([2.0, 3.0]) == (18.0, [9.0, 12.0])
    f = lambda d: d[pair[0]] * d[pair[1]] * d[pair[1]]  # noqa: E731
    expected = 18.0, dict(zip(pair, (9.0, 12.0), strict=True))
    assert mg.compile(f, target=target)(dict(zip(pair, (2.0, 3.0), strict=True))) == expected


@for_every_target
@pytest.mark.parametrize("labels", [STRANGE, TAKEN], ids=["strange", "taken"])
@pytest.mark.parametrize("batch", [(), 0])
def test_any_label_will_do(labels, batch, target):
    output, leaves = by_label(labels)
    at = [0.25 + 0.125 * i for i in range(len(leaves))]
    plain, unnamed = by_label([""] * len(leaves))
    value, slopes = mg.compile(plain, inputs=unnamed, target=target)(at)
    program = mg.compile(output, inputs=leaves, batch=batch, target=target)
    if batch == ():
        assert program(at) == (value, slopes)
        assert program.versions[0].run(at) is not None  # it is not the engine that answers
    else:
        values, rows = program([at, at])
        assert [*values] == [value] * 2 and rows == [slopes] * 2
        assert program.versions[0].run([at, at]) is not None


@needs_node
@pytest.mark.parametrize("labels", [*ALIKE, STRANGE, TAKEN])
def test_any_label_will_do_in_javascript(labels):
    output, leaves = by_label(labels)
    at = [0.25] * len(leaves)
    program = mg.compile(output, inputs=leaves)
    value, slopes = program(at)
    strict = f"'use strict'; {program.javascript}"
    [found] = in_node([(strict, "program", at)])
    assert found == pytest.approx([value, *slopes], rel=1e-13)


def log(x):
    h = x * x
    return mg.log(h)


@for_every_target
def test_a_function_and_its_variables_may_be_called_as_those_of_the_language(target):
    def f(x, rows):
        log = mg.log(x)
        fabs = log * log
        exp = mg.exp(abs(fabs)) * rows
        return exp + fabs

    assert mg.compile(f, batch=1, reduce="sum", target=target)(1.0, [1.0, 2.0]) == (3.0, 0.0)
    assert mg.compile(log, target=target)(1.0) == (0.0, 2.0)


@pytest.mark.parametrize("before", range(12))
def test_a_long_line_does_not_break_within_a_key(before):
    words = [f"it's the {i}th (\"" for i in range(40)]
    x = dict(zip(["k" * before, *words], range(41), strict=True))
    value, slopes = mg.compile(lambda x: mg.sum(v * v for v in x.values()))(x)
    assert value == sum(v * v for v in range(41))
    assert slopes == {key: 2.0 * v for key, v in x.items()}


def test_an_error_while_a_function_is_traced_calls_the_arguments_by_their_names():
    with pytest.raises(TypeError, match=r"^mul\(w\['a'\]\[1\], None\): operands are"):
        mg.compile(lambda w: w["a"][1] * None)({"a": [1.0, 2.0]})
    with pytest.raises(TypeError, match=r"^add\(<a number of a program>, None\): operands are"):
        mg.compile(lambda w: 2.0 * w + None)(1.0)
