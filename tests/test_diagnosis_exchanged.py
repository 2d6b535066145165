"""What is said where one thing stands in the place of another, or in no place at all."""

import math

import pytest

import microgradx as mg
from microgradx import Value

from .diagnosing import found, found_as_f, label


@pytest.mark.parametrize("n", [2, 5, 100])
def test_what_some_paths_alone_are_multiplied_by_is_not_lost_from_all(n):
    """∂log(o)/∂o = 1/o is on the path through one class; candidates are many for 100 of them."""
    z = [Value(0.1 * math.sin(7.0 * i), f"z{i}") for i in range(n)]
    t = [Value(0.3 + 0.01 * i, f"t{i}") for i in range(n)]
    o = mg.softmax(z)
    label(**{f"o{i}": x for i, x in enumerate(o)})
    kinds, text = found(mg.cross_entropy(o, t), z[1], (o[1] * mg.sum(t) - t[1]) * o[1])
    assert kinds == ["extra factor"] and "There is an extra factor o1." in text


def test_a_factor_of_a_graph_with_many_nodes():
    w, u, h = Value(0.7, "w"), Value(0.5, "u"), Value(0.1, "h0")
    for i in range(260):
        h = mg.tanh(w * h + u * Value(math.cos(i), f"x{i}"))
        h.label = f"h{i + 1}"
    slope = mg.gradient(h, w, create_graph=True)
    kinds, text = found(h, w, slope * h)
    assert kinds == ["extra factor"] and "There is an extra factor h260." in text


def test_a_product_with_a_factor_in_its_place_is_a_factor_too_much():
    v, c = Value(0.9, "v"), Value(1.5, "c")
    t, e = c * v, mg.exp(v * c)
    label(t=t, e=e)
    kinds, text = found(t + e, v, t * (1.0 + e))
    assert kinds == ["extra factor"] and "There is an extra factor v." in text


def test_a_factor_that_is_lost_is_no_condition():
    e, n, y = (Value(x, name) for x, name in ((2.7, "e"), (0.4, "n"), (2.6, "y")))
    lam = e * mg.exp(n)
    lam.label = "lam"
    kinds, text = found(lam - y * mg.log(lam), n, mg.exp(n) - y)
    assert kinds == ["missing factor"] and "= e is missing." in text


def test_only_all_of_a_derivative_can_have_been_stopped_early():
    """By h·w, where w is in h too, the derivative along the edge is no sum of paths."""
    x, w = Value(0.8, "x"), Value(-0.6, "w")
    h = mg.tanh(w * x)
    y = h * w
    label(h=h, y=y)
    kinds, text = found(mg.exp(y) + y, w, (mg.exp(y) + 1.0) * (w * (1.0 - h * h) * x + x))
    assert kinds == ["swapped factor"] and "x stands where" in text


def recurrence(n):
    """h₁, h₂, … of a recurrent cell, its weight, and the state before."""
    w, u, h = Value(0.7, "w"), Value(0.5, "u"), Value(0.1, "h0")
    states = [h]
    for i in range(1, n + 1):
        s = w * states[-1] + u * Value(math.cos(i), f"x{i}")
        states.append(mg.tanh(s))
        label(**{f"s{i}": s, f"h{i}": states[-1]})
    return w, states


def test_one_derivative_in_the_place_of_those_of_a_list():
    w, (h0, *_, h3) = recurrence(3)
    kinds, text = found(h3, h0, (1.0 - h3 * h3) ** 3.0 * w**3.0)
    assert kinds == ["swapped factor"]
    assert "∂h3/∂s3 stands where ∂h1/∂s1 and ∂h2/∂s2 belong." in text


def test_what_each_state_owes_is_not_passed_on():
    w, (h0, h1, h2, h3) = recurrence(3)
    before = [(1.0 - h * h) * old for h, old in ((h1, h0), (h2, h1), (h3, h2))]
    kinds, text = found(h3, w, mg.sum(before))
    assert kinds == ["missing factor"]
    assert "The factors ∂h2/∂h1 and ∂h3/∂h2 are missing." in text


def test_the_one_edge_is_lost_whose_number_it_is_and_not_the_way_from_layer_to_layer():
    x, w1, w2, b1 = (Value(v, n) for v, n in ((1.2, "x"), (0.9, "w1"), (0.7, "w2"), (-0.4, "b1")))
    z1 = w1 * x + b1
    a1 = mg.relu(z1)
    z2 = w2 * a1
    label(z1=z1, a1=a1, z2=z2)
    kinds, text = found(z2 * z2, b1, 2.0 * z2)
    assert kinds == ["missing factor"] and "The factor ∂z2/∂a1 = w2 is missing." in text


def test_derivatives_from_state_to_state_are_added_up():
    """Between states there are several paths, and many in all."""
    r, K, n = Value(1.3, "r"), Value(5.0, "K"), Value(0.8, "n0")
    states = [n]
    for i in range(1, 4):
        f = 1.0 - states[-1] / K
        states.append(states[-1] + r * states[-1] * f)
        label(**{f"f{i}": f, f"n{i}": states[-1]})
    slopes = [1.0 + r - 2.0 * r * x / K for x in states[:-1]]
    kinds, text = found(states[-1], n, mg.sum(slopes))
    assert kinds == ["wrong rule"]
    assert "multiplied, and not added up: see n3 → n2 → n1 → n0." in text


def test_a_function_of_one_node_in_the_place_of_that_of_another():
    """Once as a factor, once where it is differentiated."""
    p, q, a, b = (Value(x, n) for x, n in ((0.4, "p"), (0.7, "q"), (1.2, "a"), (0.9, "b")))
    s = p + q
    x = a * mg.cos(p) + b * mg.cos(s)
    y = a * mg.sin(p) + b * mg.sin(s)
    label(s=s, x=x, y=y)
    kinds, text = found(x * x + y * y, b, 2.0 * x * mg.cos(q) + 2.0 * y * mg.sin(q))
    assert kinds == ["wrong local derivative"]
    assert "q stands where s belongs, in cos(s) and sin(s)." in text
    kinds, text = found(x * x + y * y, q, 2.0 * b * (y * mg.cos(q) - x * mg.sin(q)))
    assert kinds == ["wrong local derivative"] and "belong" in text


def test_the_derivative_of_a_reciprocal_that_is_not_differentiated_below_is_lost():
    """1/(1 + i), of which the derivative of 1 + i is 1."""
    i, c = Value(0.06, "i"), Value(5.0, "c")
    v = 1.0 / (1.0 + i)
    a = c * v + c * v**2.0
    label(v=v, a=a)
    kinds, text = found(a, i, c + 2.0 * c * v)
    assert "wrong rule" not in kinds and "The factor ∂v/∂i = −(v^2) is missing." in text


def test_a_probability_in_the_place_of_its_complement_which_divides():
    """Both are nodes, and what is differentiated is the logarithm of the complement."""
    a, b, c = (Value(x, n) for x, n in ((0.4, "a"), (-0.3, "b"), (1.6, "c")))
    p = 1.0 / (1.0 + mg.exp(b - a))
    q = 1.0 - p
    label(p=p, q=q)
    lq = mg.log(q)
    lq.label = "lq"
    kinds, text = found(c * lq, b, c * q)
    assert kinds == ["swapped factor"] and "q stands where ∂lq/∂b = p belongs." in text


def test_the_slope_of_the_neighbour_is_another_factor_and_no_slope_at_another_place():
    x, w1, w2, v1, v2 = (
        Value(y, n) for y, n in ((0.8, "x"), (0.6, "w1"), (-0.9, "w2"), (1.3, "v1"), (0.4, "v2"))
    )
    a1, a2 = w1 * x + v2, w2 * x + v1
    h1, h2 = mg.tanh(a1), mg.tanh(a2)
    label(a1=a1, a2=a2, h1=h1, h2=h2)
    kinds, text = found(v1 * h1 + v2 * h2, w1, v1 * (1.0 - h2 * h2) * x)
    assert kinds == ["swapped factor"]
    assert "∂h2/∂a2 stands where ∂h1/∂a1 belongs." in text
    s = mg.sin(a1)
    s.label = "s"
    kinds, text = found(v1 * s + v2 * mg.sin(a2), w1, v1 * mg.cos(a2) * x)
    assert kinds == ["wrong local derivative"] and "is taken at a2, and belongs at a1." in text


def test_two_leaves_may_be_exchanged_in_the_factors_of_the_derivative_alone():
    """Of an ellipse, dy/dx = −b²x/(a²y), and y has both of them in it, too."""
    a, b, x = Value(2.3, "a"), Value(1.4, "b"), Value(0.9, "x")
    y = b * mg.sqrt(1 - (x / a) ** 2)
    y.label = "y"
    kinds, text = found(y, x, -(a**2) * x / (b**2 * y))
    assert kinds == ["swapped factor"]
    assert "a and b stand where b and a belong, as factors." in text


def test_what_the_derivative_does_not_have_as_factors_is_not_exchanged_in_it():
    x, y, a = Value(0.7, "x"), Value(1.3, "y"), Value(2.3, "a")
    kinds, text = found(mg.sin(x * y) * a, a, mg.sin(x * y) * (x / y) ** 4)
    assert kinds == ["relation"] and "only if x = y." in text


def test_a_claim_of_one_factor_alone_is_no_tale_of_two_slips():
    x, s = Value(0.7, "x"), Value(0.9, "s")
    assert found(mg.exp(-x * x / (2 * s * s)), x, s * 1.0)[0] == ["dependence"]


def line():
    """The sum of the squares of what a line w·x + b leaves of two numbers, with its leaves."""
    w, b = Value(0.6, "w"), Value(-0.2, "b")
    x1, x2, y1, y2 = (Value(v, n) for v, n in ((1.3, "x1"), (-0.7, "x2"), (0.4, "y1"), (1.1, "y2")))
    e1, e2 = w * x1 + b - y1, w * x2 + b - y2
    q = e1 * e1 + e2 * e2
    label(e1=e1, e2=e2, q=q)
    return q, w, b, e1, e2, x1, x2


def test_the_formula_of_the_slope_for_the_intercept_has_a_factor_too_much_in_each_term():
    q, w, b, e1, e2, x1, x2 = line()
    kinds, text = found(q, b, 2.0 * (e1 * x1 + e2 * x2))
    assert kinds == ["extra factor"]
    assert "That is ∂q/∂w, not ∂q/∂b: there are extra factors x1 and x2." in text
    kinds, text = found(q, w, 2.0 * (e1 + e2))
    assert kinds == ["missing factor"] and "The factors x1 and x2 are missing" in text


def test_the_derivative_by_what_stands_elsewhere_has_no_factor_too_much():
    q, w, b, e1, e2, x1, x2 = line()
    f = q + mg.exp(w * b)
    kinds, text = found_as_f(f, b, 2.0 * (e1 * x1 + e2 * x2) + b * mg.exp(w * b))
    assert kinds == ["swapped factor"] and "That is ∂f/∂w, not ∂f/∂b." in text


def test_what_the_claim_has_nowhere_stands_in_the_place_of_nothing():
    """I·R is not V·R/(r + R), of which it has the number."""
    V, r, R = (Value(v, n) for v, n in ((5.3, "V"), (0.8, "r"), (1.9, "R")))
    t = r + R
    i = V / t
    p = i**2 * R
    label(t=t, i=i, p=p)
    kinds, text = found(p, V, i * R)
    assert sorted(kinds) == ["constant factor", "missing factor"]
    assert "The factor ∂i/∂V = 1/t is missing." in text


def test_a_node_is_in_the_place_of_no_derivative_of_which_it_is_a_factor():
    """What is lost is the rest of it, perhaps with a sign and a constant."""
    w, b, x, y, v = (
        Value(z, name) for z, name in ((0.7, "w"), (-0.4, "b"), (1.3, "x"), (1.9, "y"), (0.6, "v"))
    )
    mu = w * x + b
    r = y - mu
    label(mu=mu, r=r)
    kinds, text = found(r * r / (2.0 * v), b, r)
    assert kinds == ["missing factor", "sign"] and "v should divide, and does not." in text


def test_that_a_factor_and_a_constant_cancel_where_a_leaf_is_0_is_no_condition():
    t, k, s, u = (Value(z, name) for z, name in ((0.3, "t"), (1.7, "k"), (0.4, "s"), (-0.9, "u")))
    o, m = mg.sigmoid(s), mg.tanh(k * u)
    e = o * m - t
    label(o=o, m=m, e=e)
    kinds, text = found(e * e, u, e * k * (1.0 - m * m))
    assert kinds == ["missing factor", "constant factor"] and "= o is missing." in text


def test_a_slip_by_which_all_through_a_node_adds_up_to_0_is_told_as_these_paths_lost():
    xs = [Value(z, f"x{i}") for i, z in enumerate((1.9, 0.4, 2.75), 1)]
    mu0 = Value(0.6, "mu0")
    m = (xs[0] + xs[1] + xs[2]) / 3.0
    deviations = [x - m for x in xs]
    squares = [d**2 for d in deviations]
    s2 = (squares[0] + squares[1] + squares[2]) / 2.0
    se = mg.sqrt(s2 / 3.0)
    label(m=m, s2=s2, se=se, **{f"d{i}": d for i, d in enumerate(deviations, 1)})
    kinds, text = found((m - mu0) / se, xs[0], 1.0 / se)
    assert kinds == ["constant factor", "missing path"]
    assert "those through d1, d2, d3, s2 and se are missing" in text
