"""What is said of wrong local derivatives: the slip of one operation or rule, and what is beside."""

import math

import pytest

import microgradx as mg
from microgradx import Value, check_derivation

from .diagnosing import found, label

NUMBERS = {"z": (0.3, -0.7, 1.1), "t": (0.6, 0.25, 0.9)}


def test_the_square_stands_over_the_sum_where_it_belongs_to_a_term():
    x = Value(0.7, "x")
    f = mg.atan(x)
    label(f=f)
    kinds, text = found(f, x, 1.0 / (1.0 + x) ** 2)
    assert kinds == ["wrong local derivative"]
    assert "The derivative of atan is not 1/((1 + x)·(1 + x)): that is wrong for ∂f/∂x." in text
    f = mg.atanh(x)
    assert found(f, x, 1.0 / (1.0 - x) ** 2)[0] == ["wrong local derivative"]


def test_the_inverse_function_has_not_the_derivative_of_the_function():
    x, y = Value(0.7, "x"), Value(0.4, "y")
    f = y * mg.atan(x)
    assert found(f, x, y / mg.cos(x) ** 2)[0] == ["wrong local derivative"]


def test_what_a_slip_has_changed_is_no_factor_beside_it():
    x, w = Value(0.7, "x"), Value(0.3, "w")
    h = mg.tanh(w * x)
    f = mg.atan(x)
    label(h=h, f=f)
    for output, claim in ((h, w * (1.0 + h * h) ** 2), (f, 1.0 / (1.0 - x * x) ** 2)):
        assert found(output, x, claim)[0] == []


def test_a_power_of_a_derivative_is_not_the_derivative_of_a_power():
    x, k, c = Value(0.57, "x"), Value(1.9, "k"), Value(-0.35, "c")
    u = k * x + c
    s = mg.sin(u)
    r = s**2 + c
    label(u=u, s=s, r=r)
    kinds, text = found(mg.sqrt(r), x, mg.cos(u) ** 2 * k / (2 * mg.sqrt(r)))
    assert kinds == ["wrong rule"] and "is not the power of the derivative" in text
    kinds, text = found(mg.exp(s), x, -mg.exp(s) * mg.sin(u) * k)
    assert kinds == ["wrong local derivative"] and "The derivative of sin is not −sin(u)" in text


def test_of_a_power_the_lowered_exponent_stands_in_front_and_no_fraction_is_lacking():
    x, a = Value(0.7, "x"), Value(1.9, "a")
    r = x / a
    p = r**6.0
    label(r=r, p=p)
    kinds, text = found(a * p, x, 5.0 * r**5.0)
    assert kinds == ["wrong local derivative"]
    assert "is not (6 − 1)·r^(6 − 1): that is wrong for ∂p/∂r." in text
    assert found(a * p, x, 12.0 * r**5.0)[0] == ["constant factor"]


def test_where_a_wrong_rule_gives_1_the_derivation_stops_early():
    """Of o = e/Σ, with the same derivative above and below."""
    z, t = ([Value(x, f"{n}{i}") for i, x in enumerate(xs, 1)] for n, xs in NUMBERS.items())
    e = [mg.exp(x) for x in z]
    total = mg.sum(e)
    o = [x / total for x in e]
    label(total=total, **{f"o{i}": x for i, x in enumerate(o, 1)})
    loss = -mg.sum([a * mg.log(x) for a, x in zip(t, o, strict=True)])
    kinds, text = found(loss, z[0], -t[0] / o[0] + t[1] * o[0] + t[2] * o[0])
    assert kinds == ["missing factor"]
    assert "In the paths through o1: the factor ∂o1/∂z1 is missing." in text


def logistic_map():
    r, x0 = Value(3.1, "r"), Value(0.37, "x0")
    x1 = r * x0 * (1.0 - x0)
    x2 = r * x1 * (1.0 - x1)
    label(x1=x1, x2=x2)
    return r, x0, x1, x2


def test_a_wrong_rule_at_every_step_each_by_the_step_before():
    r, x0, _, x2 = logistic_map()
    kinds, text = found(x2, x0, (-r) * (-r))
    assert kinds == ["wrong rule"]
    assert "product of the derivatives: see x1 = r·x0·(1 − x0) and x2 = r·x1·(1 − x1)." in text


def test_what_stands_in_the_place_of_a_changed_slope_is_no_second_slip():
    x, a = Value(0.7, "x"), Value(1.9, "a")
    s = mg.sigmoid(x)
    label(s=s)
    assert found(s, x, a * 1.0)[0] == ["dependence"] * 2
    assert found(s, x, s * a)[0] != ["wrong local derivative", "swapped factor"]


def test_the_inner_derivatives_of_all_nodes_before_a_leaf_are_lost_together():
    t, p, q, a = (Value(y, n) for y, n in ((1.3, "t"), (2.1, "p"), (1.6, "q"), (6.4, "a")))
    X, Y = a - p * t, q * t
    d = mg.sqrt(X**2 + Y**2)
    label(X=X, Y=Y, d=d)
    kinds, text = found(d, t, (X + Y) / d)
    assert kinds == ["missing factor"]
    assert "The inner derivatives ∂X/∂t and ∂Y/∂t are missing." in text
    assert found(d, t, -(X + Y) / d)[0] == ["sign", "missing factor"]


def test_a_function_is_not_its_own_derivative():
    u, w = Value(1.7, "u"), Value(0.6, "w")
    s = mg.sigmoid(u)
    for f, wrt in ((mg.sin(u * w) * u**3, u), (s, u)):
        slope = mg.gradient(f, wrt, create_graph=True)
        label(slope=slope)
        kinds, text = found(slope, wrt, slope)
        assert kinds == ["wrong local derivative"]
        assert "That is slope itself, and not its derivative." in text


def test_a_factor_in_whose_place_something_stands_is_not_lost_besides():
    q = Value(0.4, "q")
    assert not check_derivation(mg.sigmoid(q), q, mg.exp(q)).findings


def test_of_the_derivative_of_n_to_the_x_the_logarithm_is_lost():
    n, x = Value(2.3, "n"), Value(1.4, "x")
    kinds, text = found(n**x, x, n**x)
    assert kinds == ["wrong local derivative"] and "The factor log(n) is missing." in text
    assert found(2**x, x, 2**x)[1].endswith("lacks a constant factor log 2 = 0.693147.")


def test_a_local_derivative_lost_with_the_minus_of_its_own_rule_is_one_slip():
    y, c = Value(0.07, "y"), Value(6.0, "c")
    d = 1.0 / (1.0 + y)
    d2 = d * d
    label(d=d, d2=d2)
    kinds, text = found(c * d + d2, y, c + 2.0 * d)
    assert kinds == ["missing factor"] and "The factor ∂d/∂y = −d2 is missing." in text


def test_a_wrong_rule_by_one_node_where_the_operation_has_another_place():
    x, y, r = (Value(v, n) for v, n in ((1.8, "x"), (2.3, "y"), (0.6, "r")))
    p, q = x**r, y**r
    s = p + q
    f = s ** (1.0 / r)
    label(p=p, q=q, s=s, f=f)
    by_s = f / (r * s)
    kinds, text = found(f, r, (p + q) * by_s - f * mg.log(s) / r**2.0)
    assert kinds == ["wrong local derivative"]
    assert "not p: that is wrong for ∂p/∂r and ∂q/∂r." in text


def test_where_numerator_and_denominator_go_opposite_ways_the_quotient_of_the_derivatives_is_minus_1():
    v = Value(0.4, "v")
    top, bottom = 1.0 - v, 1.0 + v
    ratio = top / bottom
    f = mg.sqrt(ratio)
    label(top=top, bottom=bottom, ratio=ratio, f=f)
    kinds, text = found(f, v, -0.5 / f)
    assert kinds == ["wrong rule"]
    assert "is not the quotient of the derivatives: see ratio = top/bottom." in text


@pytest.mark.parametrize(
    ("below", "kind"), [(False, "inverted factor"), (True, "wrong local derivative")]
)
def test_a_root_that_multiplies_is_upside_down_and_below_a_fraction_its_power_was_not_lowered(
    below, kind
):
    a, v = Value(1.7, "a"), Value(0.6, "v")
    r = mg.sqrt(a - v * v)
    E = a / r if below else a * r
    label(r=r, E=E)
    slope = a * v / r if below else -a * v * r
    assert found(E, v, slope)[0] == [kind]


def test_a_node_that_has_the_leaf_as_a_term_has_lost_no_inner_derivative():
    w, x1, x2 = Value(0.6, "w"), Value(1.3, "x1"), Value(-0.8, "x2")
    e1 = w * x1 - 0.4
    g = e1 * x1
    w2 = w - 0.15 * g
    e2 = w2 * x2 - 0.95
    L = 0.5 * e2**2
    label(e1=e1, g=g, w2=w2, e2=e2, L=L)
    kinds, text = found(L, w, e2 * x2 * (1.0 - 0.15 * x1))
    assert kinds == ["missing factor"]
    assert "In the path L → e2 → w2 → g → e1 → w: the factor ∂e1/∂w = x1 is missing." in text


def test_the_density_of_a_normal_variable_is_not_the_derivative_of_erf():
    x = Value(0.6, "x")
    for c in (2.0 / math.sqrt(math.pi), 1.0 / math.sqrt(2.0 * math.pi)):
        claim = c * mg.exp(-(x**2) / 2.0)
        assert found(mg.erf(x), x, claim)[0] == ["wrong local derivative"]


def test_the_derivative_of_a_function_is_taken_at_a_factor_of_its_argument():
    n, m, t = Value(1.0, "n"), Value(1.33, "m"), Value(0.4, "t")
    s = n * mg.sin(t) / m
    y = mg.asin(s)
    label(s=s, y=y)
    kinds, text = found(y, t, n * mg.cos(t) / m / mg.sqrt(1.0 - mg.sin(t) ** 2))
    assert kinds == ["wrong local derivative"] and "is taken at sin(t), and belongs at s" in text
