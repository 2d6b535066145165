"""What is said of signs and constants: where one may have been lost; and of paths in their order."""

import math

import pytest

import microgradx as mg
from microgradx import Value, check_derivation

from .diagnosing import found, kinds, label


@pytest.mark.parametrize(
    ("f", "claim", "text"),
    [
        (lambda x, c: c / x, lambda x, c: c / x**2, "There is a minus in ∂y/∂x."),
        (lambda x, c: mg.cos(c * x), lambda x, c: c * mg.sin(c * x), "in ∂y/∂(c·x)."),
        (lambda x, c: c - x, lambda x, c: 1.0 + 0.0 * x, "There is a minus in y."),
        (lambda x, c: mg.exp(-c * x), lambda x, c: c * mg.exp(-c * x), "a minus in (−c)·x in y."),
        (lambda x, c: mg.exp(x / -c), lambda x, c: mg.exp(x / -c) / c, "a minus in x/(−c) in y."),
        (lambda x, c: mg.dot([-1.0, c], [x, c]), lambda x, c: x / x, "There is a minus in y."),
        (lambda x, c: mg.exp(-c) * x, lambda x, c: -mg.exp(-c), "There is no minus in y → x."),
        (lambda x, c: c * x**2, lambda x, c: c * x, "The constant factor 2 of x^2 in y is missing."),
        (lambda x, c: mg.sin(c * x) + 0.0 * c, lambda x, c: c * mg.cos(c * x) / 3.0, "lacks a constant factor 3."),
        (lambda x, c: c * x, lambda x, c: c / 7.0 + 0.0 * x, "lacks a constant factor 7."),
        (lambda x, c: c * x**2 / 14, lambda x, c: c * 2.0 * x, "The constant factor 1/14 of y is"),
        (lambda x, c: mg.erf(c * x), lambda x, c: 1.128 * c * mg.exp(-(c * c * x * x)), "1.128 for 1.12837917."),
        (lambda x, c: c * x**2 * math.pi, lambda x, c: c * x * (2.0 * 3.1416), "6.2832 for 6.28318531."),
        (lambda x, c: c / (2.0 * x), lambda x, c: -c / (2.0 * x), "x should divide once more."),
        (lambda x, c: c / x, lambda x, c: -c / x, "The derivative of a quotient is not −c/x"),
    ],
)  # fmt: skip
def test_what_is_said_of_signs_constants_and_divisors(f, claim, text):
    x, c = Value(0.7, "x"), Value(1.3, "c")
    y = f(x, c)
    y.label = "y"
    assert text in str(check_derivation(y, x, claim(x, c)))


def test_that_there_is_no_minus_is_said_only_where_no_factor_has_one():
    t, a, b = Value(0.4, "t"), Value(0.7, "a"), Value(3.0, "b")
    for d in (a - b, (a - b) * a, mg.sin(a - b)):
        for f in (d * t, mg.sin(d * t)):
            diagnosis = check_derivation(f, t, -mg.gradient(f, t, create_graph=True))
            assert kinds(diagnosis) == ["sign"] and "minus" not in str(diagnosis)


def test_paths_are_in_the_order_of_their_numbers():
    x = Value(0.5, "x")
    p = [mg.sin((i + 1) * x) for i in range(12)]
    for i, v in enumerate(p):
        v.label = f"p{i}"
    claim = mg.sum([2.0 * (i + 1) * p[i] * mg.cos((i + 1) * x) for i in (0, 3, 4, 5, 6, 7, 8, 9)])
    diagnosis = check_derivation(mg.sum([v * v for v in p]), x, claim)
    assert [path.labels[1] for path in diagnosis.missing] == ["p1", "p2", "p10", "p11"]


def test_of_several_constants_one_is_missing():
    x, s = Value(0.7, "x"), Value(1.3, "s")
    E = -((x - 0.2) ** 2) / (2.0 * s**2)
    E.label = "E"
    text = str(check_derivation(E, s, 0.5 * (x - 0.2) ** 2 / s**3))
    assert "The constant factor 2 of s^2 in E or of 2·s^2 in E is missing." in text


def test_a_path_with_the_wrong_sign_is_marked_and_one_of_rounding_comes_last():
    x, y = Value(0.7, "x"), Value(1.7, "y")
    a, b = mg.sin(x), mg.exp(x)
    c = 1e-20 * b
    a.label, b.label, c.label = "a", "b", "c"
    diagnosis = check_derivation(a * y + b + c + x, x, -y * mg.cos(x) + c + 1.0)
    assert [path.labels[1] for path in diagnosis.counted] == ["a", "x", "c"]
    assert [path.labels[1] for path in diagnosis.turned] == ["a"]
    assert "→ a → x = 1.3002, with the wrong sign" in str(diagnosis)


def test_each_place_is_said_where_a_minus_may_have_been_lost():
    m, x1, x2 = Value(0.3, "m"), Value(1.4, "x1"), Value(-0.6, "x2")
    e1, e2 = x1 - m, x2 - m
    q = e1 * e1 + e2 * e2
    f = -q
    r = q / (q + 1.0)
    label(e1=e1, e2=e2, q=q, f=f, r=r)
    assert "There is a minus in e1, e2 and f." in found(f, m, -2.0 * (e1 + e2))[1]
    text = found(r, q, -1.0 / (q + 1.0) ** 2)[1]
    assert "There is a minus in ∂r/∂(q + 1)." in text


def test_a_single_path_may_have_the_wrong_sign_though_others_have_all_of_its_nodes():
    """y = e₁/s has paths through e₁ and through s, and both go on to the mean m."""
    x = [Value(v, f"x{i}") for i, v in enumerate((2.3, 1.1, 3.8), 1)]
    m = mg.sum(x) / 3.0
    e1, e2, e3 = (v - m for v in x)
    s = mg.sqrt((e1**2 + e2**2 + e3**2) / 2.0)
    y = e1 / s
    label(m=m, e1=e1, e2=e2, e3=e3, s=s, y=y)
    text = found(y, x[0], 2.0 / (3.0 * s) + e1**2 / (2.0 * s**3))[1]
    assert "The sign of the path y → s → e1 → x1 is wrong" in text


def test_a_constant_of_all_paths_that_are_left_is_lost_beside_another_path():
    x, k, c = (Value(v, name) for v, name in ((0.35, "x"), (0.7, "k"), (-0.45, "c")))
    h1, h2 = mg.tanh(c * x), mg.tanh(k * x)
    m = (h1 + h2) / 2.0
    label(h1=h1, h2=h2, m=m)
    kinds, text = found(mg.exp(m), x, mg.exp(m) * (1.0 - h1 * h1) * c)
    assert kinds == ["constant factor", "missing path"]
    assert "The constant factor 0.5 of m is missing." in text
    assert "h2 → x is missing" in text


def test_the_inner_derivative_of_a_sum_is_lost_rather_than_all_of_its_terms_but_one():
    x = Value(0.9, "x")
    u = 3.0 * x**2 + x
    y = mg.log(u)
    label(u=u, y=y)
    kinds, text = found(y, x, 1.0 / u)
    assert kinds == ["missing factor"] and "∂u/∂x is missing" in text


def test_a_path_is_hardly_counted_four_times():
    e, zs = Value(0.1, "ε"), [Value(0.5, "z1"), Value(-1.2, "z2"), Value(2.0, "z3")]
    logs = mg.log_softmax(zs)
    c, u = -logs[0], -mg.mean(logs)
    y = (1.0 - e) * c + e * u
    label(c=c, u=u, y=y)
    q = mg.exp(logs[0])
    kinds, text = found(y, zs[0], (q - 1.0) + e * (q - 1.0 / 3.0))
    assert kinds == ["missing factor"] and "∂y/∂c = 1 − ε is missing" in text
