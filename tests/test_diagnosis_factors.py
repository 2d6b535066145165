"""What is said where a factor, an exponent or an inner derivative is lost beside other things."""

import pytest

import microgradx as mg
from microgradx import Value, check_derivation

from .diagnosing import found, found_as_f, found_of, label


def test_two_that_are_equal_and_two_that_add_up_to_0_are_told_apart():
    a, b, angle = (Value(x, n) for x, n in ((1.3, "a"), (0.8, "b"), (0.7, "angle")))
    c = mg.sqrt(a * a + b * b - 2.0 * a * b * mg.cos(angle))
    assert "right only if a = b." in found(c, a, mg.sin(angle / 2.0))[1]


def test_a_factor_is_lost_beside_another_slip():
    a, n, u, tau = (
        Value(x, name) for x, name in ((0.6, "a"), (-0.5, "n"), (0.9, "u"), (0.4, "tau"))
    )
    s = a * n / tau
    p = mg.exp(u) / (mg.exp(u) + mg.exp(s))
    label(s=s, P=p)
    kinds, text = found(-mg.log(p), n, p * a)
    assert kinds == ["missing factor", "swapped factor"]
    assert "1/tau is missing." in text and "P stands where" in text


def test_a_factor_of_another_path_stands_in_no_place_of_this_one():
    k, x, th = (Value(v, name) for v, name in ((1.7, "k"), (0.9, "x"), (0.6, "th")))
    y, lt = x / th, mg.log(th)
    label(y=y, lt=lt)
    kinds, text = found(-y - k * lt, th, y / th + k * th)
    assert kinds == ["inverted factor", "sign"]
    assert "∂lt/∂th = 1/th divides, and should multiply." in text


def test_a_factor_and_what_divides_it_are_lost_together():
    """Of the derivative of a root of squares: neither stands in the claim."""
    g, L, sL, T, sT = (
        Value(y, name) for y, name in ((9.8, "g"), (1.3, "L"), (0.2, "sL"), (2.1, "T"), (0.4, "sT"))
    )
    rel = mg.sqrt((sL / L) ** 2 + (sT / T) ** 2)
    label(rel=rel)
    kinds, text = found(g * rel, sL, g / L)
    assert kinds == ["missing factor"] and "The factor (sL/L)/rel is missing." in text


def test_inner_derivatives_lost_at_every_function_of_a_kind():
    b, x1, x2, y1, y2 = (
        Value(v, n)
        for v, n in zip((-0.6, 1.2, -0.8, 2.1, 3.4), ("b", "x1", "x2", "y1", "y2"), strict=True)
    )
    e1, e2 = b * x1, b * x2
    l1, l2 = mg.exp(e1), mg.exp(e2)
    label(e1=e1, e2=e2, l1=l1, l2=l2)
    kinds, text = found(y1 * e1 - l1 + y2 * e2 - l2, b, y1 * x1 - l1 + y2 * x2 - l2)
    assert kinds == ["missing factor"]
    assert "The inner derivatives ∂e1/∂b and ∂e2/∂b, of each exp, are missing." in text


def test_of_every_root_only_the_half_is_left():
    x, a, b = (Value(v, n) for v, n in ((0.7, "x"), (1.3, "a"), (2.4, "b")))
    r, s = mg.sqrt(x * x + a), mg.sqrt(x * x + b)
    label(r=r, s=s)
    kinds, text = found(r - 3.0 * s, x, x - 3.0 * x)
    assert kinds == ["missing factor"]
    assert "only the ½ is counted: the other factor is missing." in text


def test_an_exponent_with_a_name_is_a_factor_with_a_name():
    x, n = Value(0.7, "x"), Value(2.3, "n")
    kinds, text = found(x**n, x, x ** (n - 1.0))
    assert kinds == ["missing factor"] and "The factor n is missing." in text


def test_who_writes_a_sum_does_not_take_it_for_1():
    d, p1, p2 = Value(0.7, "d"), Value(1.9, "p1"), Value(2.4, "p2")
    total = p1 + p2
    rate = d / total
    label(total=total, rate=rate)
    kinds, text = found(mg.exp(rate), d, mg.exp(rate) * total)
    assert kinds == ["inverted factor"] and "1/total divides, and should multiply." in text


def test_a_power_of_another_node_is_that_node_in_the_place_of_the_right_one():
    w0, c, k = Value(0.9, "w0"), Value(0.26, "c"), Value(0.7, "k")
    w1 = w0 - c * mg.sin(w0)
    w1.label = "w1"
    kinds, text = found(k * w1**3.0, w0, 3.0 * k * w0**2.0 * (1.0 - c * mg.cos(w0)))
    assert kinds == ["swapped factor"] and "is taken at w0, and belongs at w1." in text


def test_inner_derivatives_lost_in_functions_of_functions():
    x, a, b = (Value(v, n) for v, n in ((0.3, "x"), (0.5, "a"), (1.7, "b")))
    w = b * x
    s = mg.sin(w)
    label(w=w, s=s)
    outer = mg.cos(s * a)
    _, text = found(mg.sin(s * a), x, outer)
    assert "The inner derivatives ∂w/∂x and ∂(s·a)/∂x, of each sin, are missing." in text
    inner = [x * mg.sqrt(b) for _ in range(2)]
    _, text = found(
        mg.exp(inner[0]) + mg.sin(inner[1]) * a, x, mg.exp(inner[0]) + mg.cos(inner[1]) * a
    )
    assert "The inner derivative ∂(x·sqrt(b))/∂x is missing." in text
    slope = a * mg.cos(w)
    claim = outer * (slope * b + (1.0 - slope * b) + slope * (1.0 - b))
    assert "inner derivatives" not in found(mg.sin(s * a), x, claim)[1]


def test_exponents_lost_at_several_powers_are_named_in_any_order():
    x, n, m = (Value(v, name) for v, name in ((0.7, "x"), (2.3, "n"), (1.6, "m")))
    one, other = x**n, 3.0 * x**m
    claim = x ** (n - 1.0) + 3.0 * x ** (m - 1.0)
    assert "The factors n and m are missing." in found(one + other, x, claim)[1]
    assert "The factors m and n are missing." in found(other + one, x, claim)[1]


def test_a_factor_that_is_a_difference_has_one_pair_of_brackets():
    w, x = Value(0.4, "w"), Value(1.3, "x")
    z = w * x
    p = mg.sigmoid(z)
    L = -mg.log(p)
    z.label, p.label, L.label = "z", "p", "L"
    text = str(check_derivation(L, w, x))
    assert "The factor ∂L/∂z = −(1 − p) is missing." in text


def test_a_factor_that_is_tiny_everywhere_explains_nothing():
    q, x, a = (Value(v, n) for v, n in ((60.0, "q"), (0.7, "x"), (1.3, "a")))
    p = mg.exp(-q)
    p.label = "p"
    kinds, text = found(p * mg.sin(x * a) * x, x, mg.tanh(x) + a)
    assert kinds == ["dependence"] and "The derivative depends on q" in text


def test_that_a_tiny_derivative_moves_is_seen():
    k, x, a = (Value(v, n) for v, n in ((1.38e-23, "k"), (0.7, "x"), (1.3, "a")))
    kinds, text = found(k * a * mg.exp(x * a), x, mg.sin(x) + a)
    assert kinds == ["dependence"] and "The derivative depends on k" in text


def test_sums_too_large_for_a_float_are_none():
    a, x, y = (Value(v, n) for v, n in ((0.7, "a"), (1.1e308, "x1"), (1.0e308, "x2")))
    assert not check_derivation(a * (x * 1e-300 + y * 1e-300), a, x * 1e-300).ok
    x, y = Value(1.1e154, "x1"), Value(1.2e154, "x2")
    assert not check_derivation(a * (x + y), a, x).ok


def test_a_factor_lost_on_all_paths_through_one_node_of_many_paths():
    """Attention to three positions: q reaches the output along twelve paths."""
    q = Value(0.73, "q")
    k = [Value(x, f"k{i}") for i, x in enumerate((0.52, -0.67, 1.26))]
    v = [Value(x, f"v{i}") for i, x in enumerate((0.94, -1.35, 0.46))]
    e = [mg.exp(q * x) for x in k]
    total = e[0] + e[1] + e[2]
    a = [x / total for x in e]
    for name, nodes in {"e": e, "a": a, "S": [total]}.items():
        for i, node in enumerate(nodes):
            node.label = name + str(i)
    output = mg.dot(a, v)
    claim = a[0] * (v[0] - output) + mg.dot(
        [a[i] * k[i] for i in (1, 2)], [v[i] - output for i in (1, 2)]
    )
    [finding] = check_derivation(output, q, claim).findings
    assert finding.kind == "missing factor"
    assert "In the paths through e0: the factor" in finding.sentence and "k0" in finding.sentence


@pytest.mark.parametrize(
    ("label", "said"),
    [("s", "(1 − s)"), ("a + b", "(1 − (a + b))"), ("x\ny", "(1 − (x\\ny))"), ("y", "(1 − y#3)")],
)
def test_a_label_in_a_factor_reads_as_one_thing_on_one_line(label, said):
    x = Value(0.3, "x")
    s = mg.exp(-x * x)
    y = s * mg.sin(x)
    y.label, s.label = "y", label
    right = mg.gradient(y, x, create_graph=True)
    assert f"There is an extra factor {said}." in found(y, x, right * (1.0 - s))[1]


@pytest.mark.parametrize(
    ("factor", "kind", "text"),
    [
        (lambda p, t, g, i: 2.0 * (p + t - g * i), "sign", "the sign of t is wrong"),
        (lambda p, t, g, i: 2.0 * (p - t + g * i), "sign", "the sign of g·i is wrong"),
        (lambda p, t, g, i: 2.0 * (p - t - g), "missing factor", "the factor i is missing"),
    ],
)
def test_a_factor_that_is_written_down_wrongly(factor, kind, text):
    v, h, t, g, i = (
        Value(x, name) for x, name in ((0.7, "v"), (0.6, "h"), (0.25, "t"), (0.3, "g"), (1.4, "i"))
    )
    p = v * h
    f = (p - t - g * i) ** 2
    label(p=p, f=f)
    kinds, said = found(f, v, factor(p, t, g, i) * h)
    assert kinds == [kind]
    assert f"In p − t − g·i, {text}. See ∂f/∂(p − t − g·i)." in said


def test_a_term_lost_from_a_factor_of_one_of_two_nodes():
    x, a, b = (Value(v, name) for v, name in ((0.7, "x"), (0.6, "a"), (1.7, "b")))
    q = a * b
    label(q=q)
    f = q * mg.sin(x * (a - q)) + x
    label(f=f)
    kinds, text = found(f, x, q * mg.cos(x * (a - q)) * (a + q * 0.0) + 1.0)
    assert kinds == ["wrong local derivative"]
    assert "In a − q, the term q is missing." in text


def test_a_logarithm_of_the_base_is_lacking_whatever_its_size():
    x = Value(0.7, "x")
    for base in (2.0, 3.0, 10.0):
        text = found_of(base**x, x, base**x)
        assert f"The claim lacks a constant factor log {base:g} = " in text


def test_a_term_that_a_factor_of_the_claim_has_too_much():
    x, y, z = (Value(v, n) for v, n in ((0.7, "x"), (0.4, "y"), (-0.3, "z")))
    h = mg.tanh(x * y + z)
    text = found_of(h, x, (1.0 - h * h) * (y + z))
    assert "In ∂(x·y)/∂x: there is an extra term z." in text
    text = found_of(h, x, (1.0 - h * h) * (y - z))
    assert "In ∂(x·y)/∂x: there is an extra term −z." in text


SCORES = {"s": (0.4, -0.3, 0.9), "v": (1.4, -0.55, 0.65)}


def test_a_term_of_a_sum_that_the_claim_has_as_a_factor():
    s, v = ([Value(y, f"{n}{i}") for i, y in enumerate(ys, 1)] for n, ys in SCORES.items())
    a = mg.softmax(s)
    y = mg.dot(a, v)
    y.label, a[2].label = "y", "a3"
    for factor, said in (
        (v[2] + y, "In v3 + f: the sign of the term f is wrong"),
        (v[2] - y + 1.0, "In v3 − f + 1: there is an extra term 1."),
        (v[2] - y + s[0], "In v3 − f + s1: there is an extra term s1."),
    ):
        assert said in found_of(y, s[2], a[2] * factor)


def test_of_a_logarithm_of_a_logarithm_the_outer_derivative_is_lost():
    """And not that of the inner one taken for what it is times its value."""
    y = Value(1.3, "y")
    text = found_of(mg.log(mg.log(2.0 * y)), y, 1.0 / y)
    assert "The factor ∂f/∂log(2·y) = 1/log(2·y) is missing." in text
    y = Value(1.3, "y")
    text = found_of(mg.log(mg.log(y + 1.0)), y, 1.0 / (y + 1.0))
    assert "The factor ∂f/∂log(y + 1) = 1/log(y + 1) is missing." in text


def test_the_derivatives_of_several_nodes_down_to_the_leaf_are_lost_at_once():
    """And not the first of these nodes taken for the leaf."""
    x, y, q, h, T = (
        Value(v, n) for v, n in ((0.8, "x"), (1.05, "y"), (1.1, "q"), (0.7, "h"), (0.9, "T"))
    )
    r2 = x * x + y * y
    r = mg.sqrt(r2)
    V = q / r + 1.0 / (r * r)
    label(r2=r2, r=r)
    assert "The factor ∂r/∂x is missing." in found_of(V, x, -q / r**2 - 2.0 / r**3)
    e = h * x
    z = e / T
    m = mg.exp(z) - 1.0
    f = x**3.0 / m
    label(e=e, z=z, m=m)
    text = found_of(f, x, 3.0 * x**2.0 / m - x**3.0 * mg.exp(z) / m**2.0)
    assert "In the path f → m → z → e → x: the factor ∂z/∂x is missing." in text


@pytest.mark.parametrize("power", [2, 3, 4])
def test_two_factors_of_which_one_is_a_power_of_the_other_are_both_lost(power):
    u, w = Value(1.7, "u"), Value(0.6, "w")
    kinds, text = found(mg.sin(u * w) * u**power, w, mg.cos(u * w))
    assert kinds == ["missing factor", "missing factor"]
    assert "= u is missing." in text and f"= u^{power} is missing." in text


def test_a_factor_that_a_term_has_lost_is_not_supposed_to_be_1():
    rate, k, n = Value(1.7, "λ"), Value(9.0, "k"), Value(4.0, "n")
    f = k * mg.log(rate) - n * rate
    kinds, text = found_as_f(f, rate, k / rate - 1.0)
    assert kinds == ["missing factor"] and "∂(n·λ)/∂λ = n is missing" in text
