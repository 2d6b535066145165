"""What is said of what divides: once more, in the place of another, or where it should multiply."""

import pytest

import microgradx as mg
from microgradx import Value

from .diagnosing import found, found_as_f, found_of, label


def test_a_division_that_has_no_place_in_the_derivative_is_one_too_much():
    """It is no factor that is missing: nothing there multiplies by it."""
    V, t, R, C = (Value(x, name) for x, name in ((5.2, "V"), (0.85, "t"), (1.9, "R"), (0.42, "C")))
    tau = R * C
    v = V * (1.0 - mg.exp(-t / tau))
    label(tau=tau, v=v)
    kinds, text = found(v, V, (1.0 - mg.exp(-t / tau)) / tau)
    assert kinds == ["extra factor"] and "There is an extra factor 1/tau." in text
    mu, u, eps = (Value(x, name) for x, name in ((0.4, "mu"), (-0.7, "u"), (0.55, "eps")))
    z, KL = mu + mg.exp(0.5 * u) * eps, 0.5 * (mg.exp(u) + mu**2 - 1.0 - u)
    label(z=z, KL=KL)
    kinds, text = found(KL + 1.3 * z * z, mu, 2.6 * z + mu / mg.exp(u))
    assert kinds == ["extra factor"] and "there is an extra factor 1/exp(u)" in text


def test_a_divisor_lost_from_a_factor_and_a_factor_of_a_square():
    x, a, b, c = (Value(v, name) for v, name in ((0.7, "x"), (0.6, "a"), (1.7, "b"), (0.4, "c")))
    output = mg.sin(x * (a / b - c * c))
    slope = mg.cos(x * (a / b - c * c))
    assert "In a/b − c·c, b should divide." in found(output, x, slope * (a - c * c))[1]
    assert "In a/b − c·c, the factor c is missing." in found(output, x, slope * (a / b - c))[1]


def test_what_is_upside_down_is_told_by_what_the_claim_does():
    a, b = Value(1.7, "a"), Value(0.6, "b")
    assert "∂f/∂a is upside down: what divides should multiply." in found_of(a * b, a, 1.0 / b)
    assert "∂f/∂a is upside down: what multiplies should divide." in found_of(a / b, a, 1.0 * b)
    assert "∂f/∂a is upside down." in found_of(a * b, a, lambda d: 1.0 / d["b"])


def test_the_square_below_a_quotient_multiplies():
    a, b = Value(1.7, "a"), Value(0.6, "b")
    assert "The derivative of a quotient is not −a·b·b" in found_of(a / b, b, -a * b**2)


def test_one_quantity_lost_and_another_divided_by_are_one_exchange():
    r, s, x = (Value(v, n) for v, n in ((0.7, "r"), (0.4, "s"), (1.3, "x")))
    prec = mg.exp(-s)
    prec.label = "prec"
    f = r * r * prec * x
    kinds, text = found(f, x, r * r / s)
    assert kinds == ["swapped factor"] and "1/s stands where ∂prec/∂(−s) = prec belongs." in text
    kinds, text = found(f, x, r * r * mg.exp(s))
    assert kinds == ["inverted factor"] and "exp(s) stands where" in text
    F = mg.tanh(s)
    label(F=F)
    assert " = r stands where ∂F/∂s = 1 − F^2 belongs." in found(F * r, s, r * r)[1]


def test_what_divides_once_more_is_one_too_much():
    z, T, y = (Value(v, name) for v, name in ((0.9, "z"), (2.3, "T"), (0.4, "y")))
    u = z / T
    label(u=u)
    claim = (mg.sigmoid(u) - y) / T
    kinds, text = found(mg.softplus(u) - y * u, z, claim / T)
    assert kinds == ["extra factor"] and "There is an extra factor ∂u/∂z = 1/T." in text


def test_what_divides_where_its_minus_should_multiply_is_upside_down():
    x, c, gamma = (Value(v, name) for v, name in ((0.9, "x"), (0.4, "c"), (0.7, "gamma")))
    d = x - c
    q = d * d
    k = mg.exp(-gamma * q)
    label(d=d, q=q, k=k)
    kinds, text = found(k, x, -2.0 * d * k / gamma)
    assert kinds == ["inverted factor"] and "= −gamma divides, and should multiply." in text


@pytest.mark.parametrize(
    ("function", "slope", "inner"),
    [
        (lambda y: mg.log(y - 1.0), lambda y: 1.0 / y, "y − 1"),
        (lambda y: mg.log(1.0 + y), lambda y: 1.0 / y, "1 + y"),
        (lambda y: mg.log(2.0 - y), lambda y: -1.0 / y, "2 − y"),
        (lambda y: mg.sqrt(y - 1.0), lambda y: 0.5 / mg.sqrt(y), "y − 1"),
        (lambda y: 1.0 / (y - 1.0), lambda y: -1.0 / y**2, "y − 1"),
    ],
)
def test_a_slope_at_a_term_is_told_to_belong_at_the_sum(function, slope, inner):
    y = Value(1.7, "y")
    kinds, text = found_as_f(function(y), y, slope(y))
    assert kinds == ["wrong local derivative"]
    assert f"∂f/∂({inner}) is taken at y, and belongs at {inner}." in text


def test_what_a_row_of_ones_own_divides_by_is_1_less_than_y_and_no_minus_is_lost_with_it():
    half = mg.primitive("half_log", "log(x - 1) / 2", "0.5 / (x - 1)")
    whole = mg.primitive("whole_log", "log(x - 1)", "1 / (x - 1)")
    y, a = Value(1.7, "y"), Value(0.4, "a")
    kinds, text = found_as_f(a * whole(y), y, a)
    assert kinds == ["missing factor"] and "∂whole_log(y)/∂y = 1/(y − 1) is missing." in text
    assert "1/y stands where 1/(y − 1) belongs." in found_of(a * whole(y), y, a / y)
    kinds, text = found_as_f(a * half(y), y, a / y)
    assert kinds == ["swapped factor", "constant factor"]
    assert "1/y stands where 1/(y − 1) belongs." in text


def test_what_divides_on_one_of_two_paths_and_what_does_on_the_other_are_lost_together():
    y, x = Value(0.3, "y"), Value(0.6, "x")
    f = -(y * mg.log(x) + (1.0 - y) * mg.log(1.0 - x))
    kinds, text = found_as_f(f, x, x - y)
    assert kinds == ["missing factor"] and "The factor 1/(x·(1 − x)) is missing." in text
    kinds, text = found_as_f(f, x, y - x)
    assert kinds == ["missing factor", "sign"]


def test_what_the_claim_does_not_have_at_all_should_divide_and_is_no_factor_too_much():
    x, mean, s, gain = (
        Value(y, n) for y, n in ((0.8, "x"), (0.3, "mean"), (1.7, "s"), (0.6, "gain"))
    )
    d = x - mean
    n = d / s
    y = gain * n
    label(d=d, n=n, y=y)
    kinds, text = found(y**2, gain, 2 * y * d)
    assert kinds == ["missing factor"] and "s should divide, and does not, in n." in text
    w, C = Value(2.6, "w"), Value(0.42, "C")
    reactance = 1 / (w * C)
    reactance.label = "X"
    kinds, text = found(reactance, C, -1 / C**2)
    assert kinds == ["missing factor"] and "w should divide, and does not." in text


def test_what_divides_another_path_is_not_said_to_divide_this_one():
    s, x, m = (Value(v, n) for v, n in ((0.8, "s"), (1.4, "x"), (0.6, "m")))
    v = s * s
    d = x - m
    e = d * d / v
    ls = 2.0 * mg.log(s)
    label(v=v, d=d, e=e, ls=ls)
    kinds, text = found_as_f(ls + e, s, 2.0 * s - e / v * 2.0 * s)
    assert kinds == ["inverted factor"]
    assert "In the path f → ls → s: ∂log(s)/∂s = 1/s is upside down: s should divide." in text


def test_what_divides_twice_is_not_the_derivative_of_a_function_on_no_path():
    """As 1/s, which is that of log s, where the square of s divides."""
    s, x, w, t = (Value(v, n) for v, n in ((0.8, "s"), (1.4, "x"), (0.6, "w"), (0.3, "t")))
    e = t - w * x
    q = 0.5 * e * e / s**2.0
    label(e=e, q=q)
    assert "- s should divide once more, in q." in found_of(mg.log(s) + q, w, -e * x / s)


def test_where_something_divides_that_is_on_no_path_itself():
    g, h, x, y = (Value(v, n) for v, n in ((1.4, "g"), (0.7, "h"), (0.9, "x"), (-1.2, "y")))
    r = mg.sqrt(x * x + y * y)
    n, m = x / r, y / r
    u, v = g * n, h * m
    p, q = mg.softmax([u, v])
    label(r=r, n=n, m=m, u=u, v=v, p=p, q=q)
    assert "- r should divide, and does not, in n." in found_of(-mg.log(q), g, p * x)


def test_the_square_of_a_denominator_is_lost_from_a_quotient_of_two_that_move():
    """And what would be upside down were the denominator constant."""
    x, y = Value(1.3, "x"), Value(0.9, "y")
    G, A = mg.sqrt(x * y), x + y
    Q = G / A
    label(G=G, A=A, Q=Q)
    kinds, text = found(Q, x, A * y / (2.0 * G) - G)
    assert kinds == ["missing factor"] and "- The factor 1/A^2 is missing." in text


def test_the_sum_by_which_the_graph_itself_divides_is_a_factor_and_not_supposed_to_be_1():
    w = [Value(x, f"w{i}") for i, x in enumerate((1.7, 0.6, 2.9), 1)]
    W = w[0] + w[1] + w[2]
    p = [x / W for x in w]
    H = -mg.sum([x * mg.log(x) for x in p])
    label(W=W, p1=p[0], p2=p[1], p3=p[2], H=H)
    kinds, text = found(H, w[0], -(mg.log(p[0]) + H))
    assert kinds == ["missing factor"] and "- The factor 1/W is missing." in text


def test_a_node_that_is_a_quotient_is_upside_down_where_the_claim_has_its_operands_exchanged():
    n1, n2, a = (Value(x, name) for x, name in ((1.12, "n1"), (1.47, "n2"), (0.68, "a")))
    k = n1 / n2
    s = k * mg.sin(a)
    label(k=k, s=s)
    kinds, text = found(mg.asin(s), a, n2 / n1 * mg.cos(a) / mg.sqrt(1.0 - s * s))
    assert kinds == ["inverted factor"] and "= k divides, and should multiply." in text
