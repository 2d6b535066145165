"""What is asked of paths: by name, one by one, by what is a constant, and how they are shown."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import microgradx as mg
from microgradx import Tape, Value
from microgradx.explain.chain import chain_rule
from microgradx.explain.paths import paths


def test_nodes_without_a_name_are_explained_below_the_paths():
    z = [Value(0.0, "z1"), Value(1.0, "z2")]
    o = mg.softmax(z)
    text = str(paths(o[1], "z1", between="primitives"))
    assert text.splitlines()[-4:] == [
        "  v2 = z1 − z2", "  v3 = exp(v2)", "  v4 = v3", "  v6 = 1 + v4",
    ]  # fmt: skip


def test_a_name_that_is_shown_can_be_asked_for():
    x, b = Value(2.0, "x"), Value(3.0, "b")
    y = mg.exp((x * b) * b)
    assert paths(y, "v2").total == paths(Tape(y), 2).total == 3.0 * y.data
    with pytest.raises(KeyError, match="no row has the label 'v9'"):
        paths(y, "v9")


@given(names=st.lists(st.text(st.sampled_from("ab\n\\'\"\x1b")), min_size=3, max_size=3))
def test_any_name_that_is_shown_can_be_asked_for(names):
    tape = Tape(mg.sum([Value(1.0, name) for name in names]), names={})
    for row in tape.rows:
        assert tape.find(tape.name(row.index)) == row.index


def test_a_label_with_a_line_break_is_found_as_it_is_and_no_error_has_the_break():
    x = Value(3.0, "a\nb")
    tape = Tape(x * x, names={})
    assert tape.name(0) == r"a\nb" and tape.find("a\nb") == tape.find(r"a\nb") == 0
    with pytest.raises(KeyError) as caught:
        tape.find("c\nd")
    assert str(caught.value) == r"no row has the label 'c\nd'; the labels are a\nb"


def test_a_name_that_is_made_is_no_label_of_another_node():
    x, other = Value(2.0, "x"), Value(3.0, "v2")
    tape = Tape(mg.exp(x * other) * 1.0)
    assert [tape.name(i) for i in range(3)] == ["x", "v2", "v2#2"]


def test_rows_have_the_index_that_they_have_on_the_tape_of_the_first_output_alone():
    h = [Value(1.0, "h"), Value(2.0, "h")]
    y = h[0] * h[1] + h[0]
    others = h[0], h[1] * h[0]
    assert Tape(y, *others, names={}).rows[: len(Tape(y).rows)] == Tape(y, names={}).rows
    diagnosis = mg.check_derivation(y, h[0], others[1])
    assert diagnosis.name == f"∂y/∂{Tape(y).name(0)}" == "∂y/∂h#0"


def test_by_a_constant_there_is_no_derivative():
    x = Value(2.0, "x")
    with pytest.raises(ValueError, match=r"^5 is a constant: make it a Value"):
        paths(Tape(x * 5.0), 1)


def test_a_path_that_there_is_not():
    x = Value(2.0, "x")
    with pytest.raises(IndexError, match="path 5 of 1"):
        paths(x * x, x)[5]


@pytest.mark.parametrize("k", [-1, 10**6, slice(-5, None), slice(None, None, -(10**9))], ids=str)
def test_a_path_before_which_there_are_too_many_is_refused_with_what_works(k):
    v = x = Value(0.5, "x")
    for _ in range(60):
        v = v + v
    found = paths(v, x, between="primitives")
    with pytest.raises(
        ValueError, match=r"first million of about 1.15·10¹⁸ paths, .*\)\[:10\], or"
    ):
        found[k]
    assert found[2**60 :] == [] and len(found[: -(2**60) + 3]) == 3


def test_a_product_that_is_0_since_no_float_is_so_small_is_told_from_one_with_a_factor_0():
    x = Value(0.5, "x")
    y = x * 1e-300 * 1e-300 + x * 0.0 + x
    lines = str(paths(y, x, between="primitives")).splitlines()
    assert [line.partition("= ")[2].strip() for line in lines[1:4]] == [
        "1", "0 (below the smallest float)", "0",
    ]  # fmt: skip


def test_long_paths_hide_more_than_one_node_or_none():
    v = x = Value(0.5, "x")
    for i in range(8):
        v = mg.tanh(v)
        v.label = f"h{i}"
    assert "more" not in str(paths(v, x))
    assert "… 2 more …" in str(paths(mg.tanh(v), x))


def test_an_error_lists_the_first_labels():
    tape = Tape(mg.sum([Value(1.0, f"x{i}") for i in range(100)]), names={})
    with pytest.raises(KeyError, match="x18 and 81 more"):
        tape.find("y")


def test_a_tape_that_was_run_knows_the_values():
    x = Value(2.0, "x")
    y = mg.exp(3.0 * x)
    again = Tape(y).run({x: 1.0}).run({x: 0.5})
    assert again[x].value == 0.5 and again.adjoints(y) == again.adjoints()
    assert again[y].value == mg.exp(1.5)
    with pytest.raises(TypeError, match="numbers by leaf, as in"):
        Tape(y).run([("x", 1.0)])  # type: ignore


@pytest.mark.parametrize("ask", [paths, chain_rule])
def test_what_is_neither_a_value_nor_a_tape_is_refused_by_the_call_that_was_made(ask):
    x = Value(2.0, "x")
    for other in (3.0, "y", None):
        message = rf"a Value or a tape is explained, not {other!r}; as in {ask.__name__}\(loss, w\)"
        with pytest.raises(TypeError, match=message):
            ask(other, x)


@pytest.mark.parametrize(("ask", "what"), [(paths, "paths are"), (chain_rule, "a chain rule is")])
def test_a_batch_is_refused_in_the_words_of_the_call_that_was_made(ask, what):
    x = Value(np.array([1.0, 2.0]), "x")
    with pytest.raises(TypeError, match=f"^{what} of one point, and x holds a batch: run the tape"):
        ask(x * x, x)


def test_what_is_no_text_is_no_label():
    x = Value(2.0)
    x.label = 3  # type: ignore
    with pytest.raises(TypeError, match=r"a label is text, not 3; as in x.label = 'x'"):
        Tape(x * x)


def test_names_are_labels_by_value():
    x = Value(2.0)
    for names in ("x", [x], {x: 3}):
        with pytest.raises(TypeError, match=r"labels by Value|a label is text"):
            Tape(x * x, names=names)  # type: ignore[arg-type]
