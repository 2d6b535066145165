"""The factors of the chain rule in symbols of labelled nodes, each in its simplest form."""

import math
import sys

import pytest
from hypothesis import assume, given, strategies as st
from pytest import approx

import microgradx as mg
from microgradx import Value
from microgradx.explain.chain import chain_rule
from microgradx.explain.expressions import simplified
from microgradx.explain.monomials import Monomials
from microgradx.tape import Tape

from .graphs import network, symbols

x, y = Value(0.7, "x"), Value(1.9, "y")
LOCAL = {
    "x * y": (x * y, "y"),
    "x / y": (y / x, "−v/x"),
    "x ** 2": (x**2.0, "2·x"),
    "x ** 3": (x**3.0, "3·x^2"),
    "exp": (mg.exp(x), "v"),
    "log": (mg.log(x), "1/x"),
    "sqrt": (mg.sqrt(x), "1/(2·v)"),
    "sin": (mg.sin(x), "cos(x)"),
    "tanh": (mg.tanh(x), "1 − v^2"),
    "sigmoid": (mg.sigmoid(x), "v·(1 − v)"),
    "sigmoid by hand": (1.0 / (1.0 + mg.exp(-x)), "v·(1 − v)"),
    "atan": (mg.atan(x), "1/(x^2 + 1)"),
    "1.5 x": (1.5 * x * y, "1.5·y"),
    "x + y": (x + y, "1"),
    "x · y · y · y": (x * y * y * y, "y^3"),
    "exp(2x)": (mg.exp(2.0 * x), "2·v"),
    "exp(x·y)": (mg.exp(x * y), "v·y"),
    "tanh(tanh(x))": (mg.tanh(mg.tanh(x)), "1/(cosh(x)^2·cosh(tanh(x))^2)"),
    "a kink beside it": ((-x) ** 3.0 / (y - x) - abs(y) ** 0.5, "x^2·(2·x − 3·y)/(x − y)^2"),
    "a kink that is added": (3.0 * x + mg.relu(y), "3"),
}


@pytest.mark.parametrize("name", LOCAL)
def test_a_factor_in_its_simplest_form(name):
    v, expected = LOCAL[name]
    v.label = "v"
    assert symbols(v, x) == {"∂v/∂x": expected}


@pytest.mark.parametrize("n", [2, 3])
def test_across_a_softmax_written_out_quotients_have_their_labels(n):
    h = Value(-0.3, "h")
    w, t = (
        [Value(0.4 * k + x, f"{name}{k}") for k in range(1, n + 1)]
        for name, x in (("w", 0), ("t", 1))
    )
    z = [x * h for x in w]
    e = [mg.exp(x) for x in z]
    total = mg.sum(e)
    o = [x / total for x in e]
    E = -mg.dot(t, [mg.log(x) for x in o])
    total.label, E.label = "Ω", "E"
    for k, nodes in enumerate(zip(z, e, o, strict=True), 1):
        for v, name in zip(nodes, "zeo", strict=True):
            v.label = f"{name}{k}"
    targets = " + ".join(x.label for x in t)
    assert symbols(E, w[0], z)["∂E/∂z1"] == f"o1·({targets}) − {t[0].label}"
    assert symbols(E, w[0], o)[f"∂o1/∂{w[0].label}"] == "h·o1·(1 − o1)"


@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_softmax_between_named_outputs_and_logits(n, shift):
    z = [Value(0.4 * k - 0.1 * k * k, f"z{k}") for k in range(1, n + 1)]
    o = mg.softmax(z, shift=shift)
    for k, v in enumerate(o, 1):
        v.label = f"o{k}"
    everything = mg.dot([Value(float(k), f"c{k}") for k in range(n)], o)
    for k in range(1, n + 1):
        found = symbols(everything, f"z{k}")
        assert found[f"∂o{k}/∂z{k}"] == f"o{k}·(1 − o{k})"
        for j in set(range(1, n + 1)) - {k}:
            assert found[f"∂o{j}/∂z{k}"] == f"−o{min(j, k)}·o{max(j, k)}"


@pytest.mark.parametrize(
    ("wrt", "through"),
    [(wrt, through) for wrt in ("w11", "w32", "h1") for through in (None, "o", "y")]
    + [("y2", None), ("y2", "o"), ("t1", None)],
)
def test_symbols_have_the_numbers_of_their_factors_here_and_elsewhere(wrt, through):
    sympy = pytest.importorskip("sympy")
    net = network(3, shift=True)
    tape = Tape(net["L"])
    for point in (tape, tape.run({"t1": 2.0, "h1": -0.3, "w11": 0.9, "w32": -1.1})):
        values = {row.label: sympy.Float(row.value) for row in point.rows if row.label}
        cut = [f"{through}{k}" for k in (1, 2, 3)] if through else None
        factors = chain_rule(point, wrt, cut).factors
        assert factors
        for factor in factors:  # each has a symbol: no text at all is an error of SymPy
            text = factor.symbol.replace("·", "*").replace("−", "-").replace("^", "**")
            assert float(sympy.sympify(text, values)) == approx(factor.value, rel=1e-9)


def test_what_holds_on_one_side_of_a_kink_only_has_a_number_and_no_symbol():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    y = mg.relu(x) * w
    y.label = "y"
    assert symbols(y, x) == {"∂y/∂x": ""}
    assert str(chain_rule(y, x)) == "∂y/∂x = 3"
    y = x * abs(w)
    assert [*symbols(y, x).values(), *symbols(y, w).values()] == ["", ""]


def test_what_has_no_short_form_has_a_number_and_no_symbol():
    x = Value(0.3, "x")
    y = x
    for k in range(12):
        y = mg.sin(y * (k + 1.5)) + mg.exp(y) * 0.1
    y.label = "y"
    assert symbols(y, x) == {"∂y/∂x": ""}


def test_without_sympy_there_are_numbers_and_symbols_asked_for_are_an_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    net = network()
    derivation = chain_rule(net["L"], "w21")
    assert len(derivation.factors) == 5
    assert not any(factor.symbol for factor in derivation.factors)
    assert "−t1/o1" not in str(derivation)
    with pytest.raises(ImportError, match=r"pip install 'microgradx\[symbolic\]'"):
        chain_rule(net["L"], "w21", symbols=True)


@given(st.data())
def test_a_short_product_is_found_by_its_numbers(data):
    numbers = st.floats(0.3, 3).map(lambda x: x + 0.1)
    columns = data.draw(
        st.lists(st.lists(numbers, min_size=4, max_size=4, unique=True), min_size=4, max_size=4)
    )
    powers = data.draw(
        st.dictionaries(st.integers(0, 3), st.sampled_from([1, -1, 2, -2]), min_size=1, max_size=3)
    )
    c = data.draw(st.sampled_from([1, -1, 2, 0.5, -0.25]))
    assume(all(abs(math.log(column[0] / column[1])) >= 1e-3 for column in columns))
    target = [c * math.prod(columns[i][k] ** n for i, n in powers.items()) for k in range(4)]
    assert powers in map(dict, Monomials(columns).of(target, most=3))


@pytest.mark.parametrize(
    ("z", "formula"),
    [
        (mg.sigmoid(Value(-37.0, "x")), "v·(1 − v)"),
        (mg.cosh(Value(18.0, "x")), "sinh(x)"),
        (mg.softmax([Value(0.0, "x"), Value(37.0, "y")])[0], "v·(1 − v)"),
    ],
)
def test_what_has_saturated_here_is_told_as_it_is_elsewhere(z, formula):
    z.label = "v"
    assert symbols(z, "x") == {"∂v/∂x": formula}


@pytest.mark.parametrize("f", [mg.sigmoid, mg.tanh, lambda z: mg.softmax([z, 0.5 * z])[0]])
def test_what_saturates_where_a_divisor_is_small_is_told_as_it_is_elsewhere(f):
    m, s = Value(0.4, "m"), Value(0.5, "s")
    z = (x - m) / s
    o = f(z)
    z.label, o.label = "z", "o"
    assert "o" in symbols(o, x)["∂o/∂z"] and "cosh" not in symbols(o, x)["∂o/∂z"]


def test_eulers_number_is_not_taken_for_a_label():
    loss = mg.softplus(x - 1.0)
    loss.label = "E"
    assert symbols(loss, x) == {"∂E/∂x": "exp(x)/(exp(1) + exp(x))"}


def test_where_a_formula_is_right_at_one_point_alone_there_is_a_number():
    """At 100, erf is 1 and its slope exp(−1600), of which SymPy would make a polynomial."""
    large = Value(100.0, "x")
    normal = 0.5 * large * (1.0 + mg.erf(large / 2.0**0.5))
    normal.label = "y"
    assert symbols(normal, large) == {"∂y/∂x": ""}


def test_softmax_at_a_temperature_has_its_formula_by_each_logit():
    logits, temperature = (
        [Value(v, f"z{i}") for i, v in enumerate((0.8, 0.9, 0.6))],
        Value(1.0, "T"),
    )
    scaled = [v / temperature for v in logits]
    o = mg.softmax(scaled)
    for i, (u, p) in enumerate(zip(scaled, o, strict=True)):
        u.label, p.label = f"u{i}", f"o{i}"
    loss = mg.dot([0.3, 0.5, 0.7], o)
    for i in range(3):
        found = symbols(loss, f"z{i}")
        expected = {
            k: f"o{i}·(1 − o{i})" if k == i else f"−o{min(i, k)}·o{max(i, k)}" for k in range(3)
        }
        assert {k: found[f"∂o{k}/∂u{i}"] for k in range(3)} == expected


@pytest.mark.parametrize(
    ("function", "formula"),
    [(lambda f: f**1.0001 * 1e20, "1.0001e+20·f^0.0001"), (lambda f: f * f * 1e200, "2e+200·f")],
)
def test_no_1_is_added_to_a_number_that_hides_it(function, formula):
    f = Value(1.7, "f")
    g = function(f)
    g.label = "g"
    assert f"∂g/∂f = {formula} = " in str(chain_rule(g, f))


@pytest.mark.parametrize("number", [0.4, 0.0])
def test_a_leaf_that_is_0_here_has_its_place_in_the_formula(number):
    w, h0, x = Value(0.4, "w"), Value(number, "h0"), Value(0.7, "x")
    h1 = mg.tanh(w * h0 + x)
    h1.label = "h1"
    [factor] = mg.chain_rule(h1, w).factors
    assert factor.symbol == "h0·(1 − h1^2)"


def test_the_same_expression_of_other_nodes_is_simplified_once():
    h = [Value(0.5, "h[0]")]
    for i in range(1, 13):
        h.append(mg.tanh(1.1 * h[-1]) + 0.1 * h[-1])
        h[-1].label = f"h[{i}]"
    simplified.cache_clear()
    symbols_of = [factor.symbol for factor in mg.chain_rule(h[-1], h[0]).factors]
    assert symbols_of == [f"1.2 − 1.1·tanh(1.1·h[{i}])^2" for i in range(11, -1, -1)]
    assert simplified.cache_info().misses <= 2
