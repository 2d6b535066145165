"""What all explanations write alike: names in formulas, columns, what a notebook shows."""

from types import SimpleNamespace

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.chain import ChainRule, chain_rule
from microgradx.explain.paths import paths
from microgradx.explain.steps import steps
from microgradx.explain.words import called, width
from microgradx.tape import Tape


@pytest.mark.parametrize("label", ["x+y", "a b", "−1", "x·y", "-1"])
def test_a_label_that_looks_like_a_formula_stands_in_brackets_in_one(label):
    x, z = Value(2.0, label), Value(3.0, "z")
    d = mg.sin(x) * z - x
    d.label = "d"
    text = str(steps(d))
    for part in (f"= sin({label}) ", f" − ({label}) ", f"→ {label}: ", f"; ∂d/∂({label}) = "):
        assert part in text
    assert str(chain_rule(d, x, symbols=False)).startswith(f"∂d/∂({label}) = ")


def test_a_sum_that_is_a_label_is_no_sum_in_a_product():
    x, z = Value(2.0, "x+y"), Value(3.0, "z")
    c = x * z
    assert str(steps(c)[0]) == "c = (x+y)·z = 2·3 = 6"
    assert called(Tape(c, names={}), 2) == "(x+y)·z"
    assert str(paths(mg.exp(x * z), x, "primitives")).endswith("  v2 = (x+y)·z\n  v3 = exp(v2)")


def test_a_label_in_brackets_gets_no_others():
    x = Value(2.0, "(x+y)")
    assert str(steps(x * 3.0)[-1]).endswith("∂v2/∂(x+y) = 0 + 3 = 3")


def test_a_factor_beyond_the_floats_is_written_as_a_derivative():
    x = Value(1e-300, "a b")
    y = 1e250 * (x * 1e250)
    with pytest.raises(mg.GradientError, match=r"∂y/∂\(a b\) exceeds the largest float"):
        paths(y, x)


def columns_of(line: str) -> list[int]:
    """Where the equals signs of a line stand in a terminal."""
    return [width(line[:i]) for i, c in enumerate(line) if c == "="]


@pytest.mark.parametrize("label", ["w", "重み", "가중치", "ｗ", "x\u0302", "क्ष"])
def test_columns_are_aligned_in_a_terminal_whatever_the_letters_are(label):
    x, y = Value(2.0, label), Value(3.0, "a long name")
    u, v = x * y, x + y
    u.label, v.label = f"{label}2", "v"
    z = u * v
    lines = str(steps(z)).splitlines()
    assert len({*map(tuple, map(columns_of, lines[:3]))}) == 1
    assert len({*map(tuple, map(columns_of, lines[4:]))}) == 1
    for found in (paths(z, x), chain_rule(z, x, symbols=False)):
        assert len({columns_of(line)[-1] for line in str(found).splitlines()[-3:]}) == 1


def test_a_letter_takes_as_many_columns_as_terminals_give_it():
    assert [width(c) for c in ("a", "é", "e\u0301", "ß", "ℵ", "重", "カ", "ｶ", "Ａ", "🎲", "e\u20dd")] == [
        1, 1, 1, 1, 1, 2, 2, 1, 2, 2, 1,
    ]  # fmt: skip


def explanations() -> list:
    x, w = Value(3.0, "x"), Value(-0.5, "w")
    y = x * w
    y.label = "y"
    z = y * y + x
    z.label = "L"
    chain = chain_rule(z, x, symbols=False)
    return [steps(z), steps(z)[:2], paths(z, x), chain, mg.check_derivation(z, x, 1.0)]


@pytest.mark.parametrize("found", explanations(), ids=lambda found: type(found).__name__)
def test_a_notebook_shows_what_print_shows(found):
    written: list[str] = []
    printer = SimpleNamespace(text=written.append)
    found._repr_pretty_(printer, False)
    assert written == [str(found)] != [repr(found)]


@pytest.mark.parametrize("found", explanations(), ids=lambda found: type(found).__name__)
def test_ipython_asks_for_it_in_the_way_that_is_answered(found):
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    shown, _ = formatter.format(found)
    assert shown["text/plain"] == str(found)
    assert ("text/latex" in shown) == isinstance(found, ChainRule)


@pytest.mark.parametrize("n", [61, 62, 70, 3001])
def test_a_notebook_shows_of_many_steps_the_first_and_the_last_and_says_how_to_see_the_others(n):
    y = Value(0.5, "x")
    for _ in range(n // 2):
        y = mg.sin(y)
    found = steps(y)[1 - n % 2 :]
    assert len(found) == n == len(str(found).splitlines())
    written: list[str] = []
    found._repr_pretty_(SimpleNamespace(text=written.append), False)
    lines = written[0].splitlines()
    assert len(lines) == 61
    if n > 61:
        assert lines[30].startswith(f"… {n - 60} more: print shows them all, and a slice such as [")
        del lines[30]
    assert [" ".join(line.split()) for line in lines] == [
        " ".join(str(event).split()) for event in [*found[: len(lines) - 30], *found[-30:]]
    ]


def test_a_notebook_shows_a_chain_rule_in_latex():
    chain = explanations()[3]
    assert chain._repr_latex_() == f"$${chain.latex()}$$"
