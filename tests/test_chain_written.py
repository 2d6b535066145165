"""How derivations are written where the plain way would mislead: direct edges, long ones, names."""

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.chain import FACTORS, chain_rule


def residual():
    """y = x + h with h = tanh x, and z = y·h."""
    x = Value(2.0, "x")
    h = mg.tanh(x)
    h.label = "h"
    y = x + h
    y.label = "y"
    z = y * h
    z.label = "z"
    return x, h, y, z


def test_a_derivative_along_a_direct_edge_is_told_from_that_along_all():
    x, h, y, z = residual()
    derivation = chain_rule(y, x, symbols=False)
    assert str(derivation).startswith("∂y/∂x = ∂y/∂h · ∂h/∂x + ∂y/∂x|h\n")
    assert {f.name: f.held for f in derivation.factors} == {
        "∂y/∂h": (), "∂h/∂x": (), "∂y/∂x|h": ("h",),
    }  # fmt: skip
    assert r"\left.\frac{\partial y}{\partial x}\right|_{h}" in derivation.latex()
    by_h = {f.name: f.value for f in chain_rule(z, x, through=[h, y], symbols=False).factors}
    assert by_h["∂z/∂h|y"] == y.data != mg.gradient(z, h)


def test_several_nodes_may_be_held():
    x = Value(2.0, "x")
    u, v = mg.exp(x), mg.sin(x)
    z = u * v * x
    (direct,) = (f for f in chain_rule(z, x, symbols=False).factors if f.held)
    assert direct.name == "∂z/∂x|u,v" and direct.value == u.data * v.data


def test_of_many_factors_the_first_and_the_last_are_written_out():
    v = x = Value(0.5, "x")
    for i in range(100):
        v = mg.tanh(v)
        v.label = f"h{i}"
    text = str(chain_rule(v, x, symbols=False))
    assert len(text.splitlines()) < FACTORS + 10 and "… 60 more …" in text


def test_a_leaf_without_a_name_stands_in_symbols_as_its_row():
    pytest.importorskip("sympy")
    x = Value(2.0, "x")
    y = mg.exp(x * Value(3.0))
    y.label = "y"
    (factor,) = chain_rule(y, x).factors
    assert factor.symbol == "v1·y"


def only_factor(f):
    """The factor ∂y/∂x of the chain rule, for y = f(x) at ½."""
    x = Value(0.5, "x")
    y = f(x)
    y.label = "y"
    (factor,) = chain_rule(y, x).factors
    return factor


@pytest.mark.parametrize(
    ("f", "symbol"),
    [
        (lambda x: mg.tanh(1.0001 * x), "1.0001 − 1.0001·y^2"),
        (lambda x: mg.tanh(1.0001 * x + x * x), "(2·x + 1.0001)/cosh(x·(x + 1.0001))^2"),
        (lambda x: 784.0 * x**20, "15680·x^19"),
        (lambda x: mg.exp(-0.5 * ((x - 0.13) / 0.37) ** 2), "7.3046·y·(0.13 − x)"),
    ],
)
def test_any_constant_may_stand_in_a_formula(f, symbol):
    """Of a power of e^x such as 1.0001 SymPy would make a polynomial of degree 10001."""
    pytest.importorskip("sympy")
    assert only_factor(f).symbol == symbol


def test_numbers_of_any_size_have_a_derivation():
    a, b = Value(1e200, "a"), Value(1e-200, "b")
    assert chain_rule(a * b * a * b, a).total == pytest.approx(2e-200)


def test_a_label_that_several_nodes_have_is_told_apart_by_their_rows():
    a = Value(1.5, "a")
    p, q = mg.exp(a), mg.sin(a)
    p.label = q.label = "h"
    z = p * q
    text = str(chain_rule(z, a, symbols=False))
    assert "∂z/∂h#1 · ∂h#1/∂a + ∂z/∂h#2 · ∂h#2/∂a" in text


def test_a_cut_is_made_of_nodes():
    x = Value(2.0, "x")
    with pytest.raises(TypeError, match=r"through=\['o1'\], not 3.5"):
        chain_rule(x * x, x, through=3.5)  # type: ignore


def test_a_label_that_looks_like_a_formula_has_one_pair_of_parentheses():
    pytest.importorskip("sympy")
    x = Value(0.5, "a b")
    y = mg.sin(x) * x
    assert "= (a b)·cos(a b) + sin(a b) =" in str(chain_rule(y, x))
    bracketed = r"\left(\text{a b}\right)"
    latex = chain_rule(y, x).latex().replace(r" \right)", r"\right)")
    assert rf"&= {bracketed} \cos{{{bracketed}}} + \sin{{{bracketed}}} \\" in latex


def test_a_label_that_looks_like_a_formula_stands_in_parentheses_in_latex_where_it_does_in_text():
    pytest.importorskip("sympy")
    a, c = Value(2.0, "a+b"), Value(3.0, "1-c")
    y = a * c
    y.label = "y"
    z = y**2
    z.label = "z"
    latex = chain_rule(z, c).latex()
    assert r"&= 2 y \cdot \left(\text{a+b}\right) \\" in latex
    assert r"\frac{\partial y}{\partial \left(\text{1-c}\right)}" in latex
    assert r"\left(\text{1-c}\right)^{2}" in chain_rule(c**3, c).latex()
    assert r"\frac{\text{1-c}}{2}" in chain_rule(c**2 / 4.0, c).latex()


@pytest.mark.parametrize("symbols", [True, False])
def test_a_negative_term_in_latex_has_parentheses_unless_it_is_the_first(symbols):
    pytest.importorskip("sympy")
    x = Value(0.5, "x")
    u = mg.sin(x)
    u.label = "u"
    later = chain_rule(u - 2.0 * x, x, symbols=symbols).latex()
    assert r"+ \left(-2\right) \\" in later and "+ -" not in later
    first = chain_rule(-2.0 * x, x, symbols=symbols).latex()
    assert "&= -2\n" in first and "left" not in first


@pytest.mark.parametrize(
    ("f", "written"),
    [
        (lambda x: 1e20 * x, "= 1e+20"),
        (lambda x: 1e200 * x, "= 1e+200"),
        (lambda x: -1e-300 * x, "= −1e−300"),
        (lambda x: 123456.0 * x, "= 1.2346e+05"),
        (lambda x: 1234567.5 * x, "= 1.2346e+06"),
        (lambda x: 7.0 * x, "= 7"),
        (lambda x: x / 2.0, "= 1/2 = 0.5"),
        (lambda x: 1e20 * x**2, "= 2e+20·x = 1e+20"),
        (lambda x: 1e-30 * x**2, "= 2e−30·x = 1e−30"),
        (lambda x: 1e308 * x**3 / 10.0, "= 3e+307·x^2 = 7.5e+306"),
    ],
)
def test_a_number_of_any_size_is_written_once_and_short(f, written):
    pytest.importorskip("sympy")
    assert str(only_factor(f)) == f"∂y/∂x {written}"


def test_a_factor_that_is_a_number_is_written_once_in_the_table_and_in_latex():
    pytest.importorskip("sympy")
    x = Value(2.0, "x")
    for a, slope in ((x + 1.0, "1"), (x / 3.0, "0.33333")):
        a.label = "a"
        y = a * a
        of_a, of_x = str(chain_rule(y, x)).splitlines()[2:4]
        assert of_a.startswith("  ∂y/∂a = 2·a = ") and of_x.split() == ["∂a/∂x", "=", slope]
        assert chain_rule(a, x).latex().count(slope) == 1


def test_a_number_of_any_size_has_a_power_of_ten_in_latex():
    pytest.importorskip("sympy")
    x = Value(0.5, "x")
    y = 1e20 * x
    assert "&= 1 \\cdot 10^{20}\n" in chain_rule(y, x).latex()
    assert r"&= 2 \cdot 10^{-30} x \\" in chain_rule(1e-30 * x**2, x).latex()


def test_a_derivative_that_is_one_factor_is_said_once():
    x = Value(2.0, "x")
    y = mg.exp(x)
    y.label = "y"
    assert str(mg.chain_rule(y, x)) == "∂y/∂x = y = 7.3891"
    assert str(mg.chain_rule(y, x, symbols=False)) == "∂y/∂x = 7.3891"
    assert mg.chain_rule(y, x).latex().count(r"\frac{\partial y}{\partial x}") == 1
