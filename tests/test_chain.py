"""The chain rule between labelled nodes, across cuts, in numbers, in symbols and in LaTeX."""

import math
import re

import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx

import microgradx as mg
from microgradx import Value, gradient
from microgradx.explain.chain import chain_rule
from microgradx.explain.notation import latex_label
from microgradx.explain.paths import paths
from microgradx.tape import Tape

from .graphs import graphs, network, symbols
from .programs import nodes_under


def product_of(factors):
    return math.prod(factor.value for factor in factors)


# --- terms, factors, total ------------------------------------------------------------------------


@given(graphs())
def test_the_terms_are_the_paths_and_the_products_of_their_factors(graph):
    output, x = graph
    derivation, found = chain_rule(output, x, symbols=False), paths(output, x)
    assert derivation.count == found.count
    assert derivation.total == found.total == approx(gradient(output, x), rel=1e-12, abs=1e-300)
    if found.count <= 20:
        assert sorted(term.path for term in derivation.terms) == sorted(found)
        assert derivation.rest == 0.0
    for term in derivation.terms:
        assert term.product == approx(product_of(term.factors), rel=1e-12, abs=1e-300)
        assert tuple(factor.value for factor in term.factors) == term.path.partials
    sums = sum(term.product for term in derivation.terms) + derivation.rest
    scale = 1 + sum(abs(term.product) for term in derivation.terms)
    assert sums == approx(derivation.total, rel=1e-9, abs=1e-12 * scale)


def test_of_many_terms_the_largest_are_listed_and_the_others_summed_in_one_line():
    x = Value(1.0, "x")
    parts = [Value(float(k), f"p{k}") * x for k in range(1, 31)]
    y = mg.sum(parts)
    derivation = chain_rule(y, x, symbols=False)
    assert (derivation.count, len(derivation.terms)) == (30, 20)
    assert [term.product for term in derivation.terms] == [float(k) for k in range(11, 31)]
    assert derivation.rest == approx(sum(range(1, 11)))
    assert re.search(r"10 more +=  55\n", str(derivation))
    assert "10 more" in derivation.latex()


def test_the_derivative_of_the_output_by_itself_is_1_and_by_what_it_ignores_0():
    x, other = Value(1.0, "x"), Value(2.0, "other")
    y = x * 2.0
    assert str(chain_rule(y, y)) == "∂y/∂y = 1\n\n  y      =  1\n  ∂y/∂y  =  1"
    assert chain_rule(y, y).total == 1.0
    nothing = chain_rule(y, other)
    assert (nothing.terms, nothing.factors, nothing.total) == ((), (), 0.0)
    assert str(nothing).startswith("∂y/∂other = 0")
    for derivation in (chain_rule(y, y), nothing):
        assert derivation.latex().count("&=") == 1


def test_nothing_in_the_graph_changes():
    net = network()
    L = net["L"]
    L.backward()
    before = [(v, v.data, v.grad, v.label, v.partials) for v in nodes_under(L)]
    derivation = chain_rule(L, net["w"][1][0])
    assert str(derivation) and derivation.latex()
    assert [(v, v.data, v.grad, v.label, v.partials) for v in nodes_under(L)] == before


# --- S4: the picture ------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [False, True])
def test_the_picture_is_two_terms_of_five_factors_in_numbers_and_in_symbols(shift):
    net = network(shift=shift)
    (o1, o2), (t1, t2) = ([v.data for v in net[name]] for name in "ot")
    h2 = net["h"][1].data
    derivation = chain_rule(net["L"], "w21")
    routes = [str(term.path) for term in derivation.terms]
    assert routes == ["L → o1 → y1 → w21", "L → o2 → y1 → w21"]
    assert {factor.name: factor.value for factor in derivation.factors} == approx({
        "∂L/∂o1": -t1 / o1, "∂o1/∂y1": o1 * (1 - o1), "∂y1/∂w21": h2,
        "∂L/∂o2": -t2 / o2, "∂o2/∂y1": -o1 * o2,
    }, rel=1e-13)  # fmt: skip
    assert derivation.total == approx(h2 * (o1 * (t1 + t2) - t1), rel=1e-13)
    assert symbols(net["L"], "w21") == {
        "∂L/∂o1": "−t1/o1", "∂o1/∂y1": "o1·(1 − o1)", "∂y1/∂w21": "h2",
        "∂L/∂o2": "−t2/o2", "∂o2/∂y1": "−o1·o2",
    }  # fmt: skip


def test_the_derivation_is_printed_with_its_formula_factors_products_and_sum():
    pytest.importorskip("sympy")
    h, o, t = Value(2.0, "h₂"), Value(0.25, "o₁"), Value(1.5, "t₁")
    w = Value(3.0, "w₂₁")
    y = w * h
    y.label = "y₁"
    L = o * y - t * mg.exp(y * 0.0)
    L.label = "L"
    assert str(chain_rule(L, w)).splitlines() == [
        "∂L/∂w₂₁ = ∂L/∂y₁ · ∂y₁/∂w₂₁",
        "",
        "  ∂L/∂y₁   = o₁ = 0.25",
        "  ∂y₁/∂w₂₁ = h₂ = 2",
        "",
        "  L → y₁ → w₂₁  0.25 × 2  =  0.5",
        "  ∂L/∂w₂₁                 =  0.5",
    ]


# --- S3 and S6: cuts ------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("shift", [False, True])
def test_the_cuts_o_and_y_give_the_same_number(n, shift):
    net = network(n, shift)
    L, w = net["L"], net["w"][1][0]
    by_o, by_y = chain_rule(L, w, through=net["o"]), chain_rule(L, w, through=["y1"])
    assert (by_o.count, by_y.count) == (n, 1)
    assert by_o.total == by_y.total == approx(gradient(L, w))
    assert sum(term.product for term in by_o.terms) == approx(by_y.terms[0].product)
    assert symbols(L, w, net["y"])["∂y1/∂w21"] == "h2"


def test_skipping_o_the_factor_is_o_tau_minus_t():
    net = network()
    assert symbols(net["L"], "w21", ["y1", "y2"])["∂L/∂y1"] == "o1·(t1 + t2) − t1"


def test_a_set_around_which_a_path_leads_is_no_cut_and_the_error_names_the_path():
    net = network()
    with pytest.raises(ValueError, match="a path goes around o1: L → o2 → y1 → w21"):
        chain_rule(net["L"], "w21", through=["o1"])
    for through in ([], [Value(1.0)]):
        with pytest.raises(ValueError, match=r"^through names no node of this graph"):
            chain_rule(net["L"], "w21", through=through)
    with pytest.raises(ValueError, match="a path goes around y2: L → "):
        chain_rule(net["L"], "w21", through=net["y"][1])
    with pytest.raises(KeyError, match="no row has the label 'z'"):
        chain_rule(net["L"], "w21", through=["z"])
    with pytest.raises(ValueError, match=r"a path goes around o1: L$"):  # the path without an edge
        chain_rule(net["L"], "L", through=["o1"])


def test_what_the_output_ignores_may_be_among_the_nodes_of_a_cut():
    net = network(3, targets=(1.0, 0.0, 2.0))
    L = mg.cross_entropy(net["o"], [1.0, 0.0, 2.0])
    L.label = "L"
    derivation = chain_rule(L, "w21", through=net["o"])
    assert [term.path.labels[1] for term in derivation.terms] == ["o1", "o3"]
    assert derivation.total == approx(gradient(L, net["w"][1][0]))


def test_nodes_without_labels_can_be_a_cut():
    x = Value(1.5, "x")
    y = mg.exp(x) * x + mg.sin(x)
    tape = Tape(y, names={})
    inner = [i for i in tape[tape.output].operands]
    derivation = chain_rule(tape, "x", through=inner)
    assert derivation.total == approx(gradient(y, x))
    assert [term.path.rows[1] for term in derivation.terms] == inner
    with pytest.raises(ValueError, match=f"a path goes around {tape.name(inner[0])}: "):
        chain_rule(tape, "x", through=inner[:1])


@pytest.mark.parametrize("end", ["w21", "L"])
def test_an_end_is_a_trivial_cut(end):
    net = network()
    derivation = chain_rule(net["L"], "w21", through=[end], symbols=False)
    assert [factor.name for factor in derivation.factors] == ["∂L/∂w21"]


def test_the_second_output_depends_on_the_first_logit_through_omega():
    y = [Value(0.3, "y₁"), Value(-0.8, "y₂")]
    e = [mg.exp(x) for x in y]
    omega = mg.sum(e)
    o2 = e[1] / omega
    for v, label in zip([*e, omega, o2], ["e₁", "e₂", "Ω", "o₂"], strict=True):
        v.label = label
    (path,) = paths(o2, y[0])
    assert str(path) == "o₂ → Ω → e₁ → y₁"
    assert symbols(o2, y[0]) == {"∂o₂/∂Ω": "−o₂/Ω", "∂Ω/∂e₁": "1", "∂e₁/∂y₁": "e₁"}


def goes_around(v, x, cut):
    """Whether a path from a node to x meets no node of a cut."""
    return v is x or (v not in cut and any(goes_around(parent, x, cut) for parent in v.parents))


@settings(max_examples=500)  # most graphs are small, with nothing to cut
@given(graphs(), st.data())
def test_any_cut_gives_the_gradient_and_any_other_set_is_refused(graph, data):
    output, x = graph
    inner = [v for v in nodes_under(output) if v.op != "leaf" and v is not output]
    cut = data.draw(st.sets(st.sampled_from(inner))) if inner else set()
    later = {output, *inner[: data.draw(st.integers(0, len(inner)))]}
    # What the later nodes are computed from is a cut, unless x is among it.
    cut |= {v for v in inner if v not in later and any(v in u.parents for u in later)}
    tape = Tape(output, x, names={})
    rows = [tape.find(v) for v in cut]
    start = list(tape.adjoints())
    if goes_around(output, x, cut):
        with pytest.raises(ValueError, match=r"^no cut of the graph: |^through names no node"):
            chain_rule(tape, x, through=rows, symbols=False)
        return
    derivation = chain_rule(tape, x, through=rows, symbols=False)
    assert all(set(term.path.rows[1:-1]) <= set(rows) for term in derivation.terms)
    scale = 1 + sum(abs(term.product) for term in derivation.terms)
    sums = sum(term.product for term in derivation.terms) + derivation.rest
    assert sums == approx(start[tape.find(x)], rel=1e-9, abs=1e-12 * scale)


# --- LaTeX ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("label, latex", [
    ("L", "L"), ("w[1][2]", "w_{1,2}"), ("o1", "o_{1}"), ("w₂₁", "w_{21}"), ("w_21", "w_{21}"), ("o[0]", "o_{0}"),
    ("loss", r"\mathrm{loss}"), ("net1", r"\mathrm{net}_{1}"), ("Ω", r"\Omega"), ("τ2", r"\tau_{2}"),
    ("a b", r"\text{a b}"), ("50%", r"\text{50\%}"), ("a_b", "a_{b}"), ("h1_2", "h_{1,2}"), ("o′", "o'"), ("x̂2", r"\hat{x}_{2}"), ("ȳ", r"\bar{y}"), ("h#4", r"\text{h\#4}"), ("$x^2$", r"\text{\$x\textasciicircum{}2\$}"),
    ("{", r"\text{\{}"), ("\\", r"\text{\textbackslash{}}"), ("a\nb", r"\text{a b}"),
])  # fmt: skip
def test_a_label_in_latex(label, latex):
    assert latex_label(label) == latex


def balanced(latex):
    """Whether the braces of a text in LaTeX close, those that are escaped aside."""
    depth = 0
    for c in re.sub(r"\\[^A-Za-z]", "", latex):
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    return depth == 0


@given(st.text(min_size=1))
def test_any_label_gives_valid_latex(label):
    latex = latex_label(label)
    assert balanced(latex)
    plain = re.sub(r"\\(?:[A-Za-z]+|.)", "", latex)
    assert not set(plain) & set("$%#&~\\\n")
    assert latex.startswith(r"\text{") or not set(plain) & {"^"}


@given(st.lists(st.text(min_size=1), min_size=4, max_size=4, unique=True))
def test_a_derivation_with_any_labels_is_valid_latex(names):
    w, h = Value(2.0, names[0]), Value(3.0, names[1])
    z = w * h
    z.label = names[2]
    y = z * z
    y.label = names[3]
    derivation = chain_rule(y, w)
    assert balanced(derivation.latex())
    assert (names[3] if names[3].isprintable() else repr(names[3])[1:-1]) in str(derivation)


def test_the_derivation_in_latex():
    pytest.importorskip("sympy")
    net = network()
    latex = chain_rule(net["L"], "w21").latex()
    assert latex.startswith("\\begin{aligned}\n\\frac{\\partial L}{\\partial w_{21}} &= ")
    assert latex.endswith("\n\\end{aligned}")
    assert r"\frac{\partial L}{\partial o_{1}} \cdot \frac{\partial o_{1}}{\partial y_{1}}" in latex
    assert (
        r"\left(- \frac{t_{1}}{o_{1}}\right) \cdot o_{1} \left(1 - o_{1}\right) \cdot h_{2}"
        in latex
    )
    assert balanced(latex)
