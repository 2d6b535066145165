"""What is said where a rule of differentiation is applied that is none."""

import pytest

import microgradx as mg
from microgradx import Value, check_derivation


def graph(**numbers):
    """Leaves, by name."""
    return [Value(x, name) for name, x in numbers.items()]


TERM_BY_TERM = [
    (lambda a, b, x: mg.log(a * x + a * a), lambda a, b, x: 3.0 / a, "log(a·x) + log(a·a)"),
    (lambda a, b, x: mg.log(a * b - x * a * a), lambda a, b, x: -1.0 / a, "log(a·b) − log(x·a·a)"),
    (lambda a, b, x: (a + b) ** 2.0, lambda a, b, x: 2.0 * a, "a^2 + b^2"),
    (lambda a, b, x: (a * x + a) ** 3.0, lambda a, b, x: 3.0 * a * a * (x**3.0 + 1.0), "(a·x)^3 + a^3"),
    (lambda a, b, x: 1.0 / (a + b), lambda a, b, x: -1.0 / a**2.0, "1/a + 1/b"),
    (lambda a, b, x: x * mg.exp(a + b), lambda a, b, x: x * mg.exp(a), "exp(a) + exp(b)"),
    (lambda a, b, x: mg.tanh(mg.sum([a * x, b, a])),
     lambda a, b, x: x * (1.0 - mg.tanh(a * x) ** 2.0) + 1.0 - mg.tanh(a) ** 2.0,
     "tanh(a·x) + tanh(b) + tanh(a)"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "claim", "formula"), TERM_BY_TERM, ids=[x for *_, x in TERM_BY_TERM])
def test_a_function_of_a_sum_taken_term_by_term(f, claim, formula):
    a, b, x = graph(a=1.3, b=2.1, x=0.7)
    diagnosis = check_derivation(f(a, b, x) * b, a, claim(a, b, x) * b)
    assert diagnosis.verdict == "wrong"
    assert [finding.kind for finding in diagnosis.findings] == ["wrong rule"]
    assert f" is taken term by term, as if it were {formula}." in str(diagnosis)


def test_a_square_written_as_a_product_taken_term_by_term():
    a, b, c = graph(a=1.3, b=2.1, c=0.4)
    [square] = [s * s for s in [a * c + b]]
    text = str(check_derivation(square, a, 2.0 * a * c * c))
    assert "is taken term by term, as if it were (a·c)·(a·c) + b·b." in text


def test_a_fraction_whose_numerator_moves_too_is_not_taken_term_by_term():
    n, t, v, b, k = graph(n=1.4, t=2.1, v=3.2, b=0.27, k=0.85)
    free = v - n * b
    thrust = n * t / free
    pull = k * n**2.0 / v
    diagnosis = check_derivation(thrust - pull, n, t / v - 2.0 * k * n / v)
    assert [finding.about for finding in diagnosis.findings] == ["b = 0"]


def test_every_function_of_a_kind_taken_term_by_term():
    a, b, c = graph(a=1.3, b=2.1, c=0.4)
    u, v = mg.log(a + b), mg.log(a + c)
    text = str(check_derivation(u * v, a, (u + v) / a))
    assert "u and v are taken term by term, as if u were log(a) + log(b)." in text


def test_of_a_long_sum_the_first_terms_are_shown():
    xs = graph(**{f"x{i}": 1.0 + 0.1 * i for i in range(12)})
    diagnosis = check_derivation(mg.log(mg.sum(xs)), xs[0], 1.0 / xs[0])
    assert "as if it were log(x0) + log(x1) + log(x2)" in str(diagnosis)
    assert str(diagnosis).endswith(" + log(x5) + ….")


@pytest.mark.parametrize(("sign", "kinds"), [(1.0, ["wrong rule"]), (-1.0, ["sign", "wrong rule"])])
def test_a_sum_of_products_as_the_product_of_the_sums(sign, kinds):
    w, x1, x2, y1, y2 = graph(w=0.4, x1=0.5, x2=1.5, y1=0.3, y2=-0.8)
    r1, r2 = w * x1 - y1, w * x2 - y2
    claim = sign * 2.0 * (r1 + r2) * (x1 + x2)
    diagnosis = check_derivation(r1 * r1 + r2 * r2, w, claim)
    assert [finding.kind for finding in diagnosis.findings] == kinds
    text = "A sum of products is not the product of the sums: see what reaches w through r1 and r2."
    assert text in str(diagnosis)


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_the_outer_slope_taken_at_the_inner_slope(power):
    x, k = graph(x=0.7, k=1.4)
    g = x**3.0
    slope = 3.0 * x * x
    diagnosis = check_derivation(k * mg.sin(g), x, k * mg.cos(slope) * slope**power)
    assert [finding.kind for finding in diagnosis.findings] == ["wrong rule"]
    assert "∂sin(g)/∂g is taken at ∂g/∂x, and belongs at g." in str(diagnosis)
    assert ("∂g/∂x is missing beside it" in str(diagnosis)) == (power == 0.0)


@pytest.mark.parametrize(
    ("denominator", "claim", "formula"),
    [
        (lambda x: 1.0 + mg.exp(-x), lambda s, x: s * (1.0 + s), "s·(1 + s)"),
        (lambda x: mg.exp(-x) + 1.0, lambda s, x: s, "s"),
        (lambda x: 1.0 + 3.0 * mg.exp(-2.0 * x), lambda s, x: 2.0 * s * (1.0 + s), "s·(1 + s)"),
        (lambda x: 1.0 + mg.exp(x), lambda s, x: -s * (1.0 + s), "s·(1 + s)"),
    ],
)
def test_a_logistic_function_written_by_hand(denominator, claim, formula):
    x, t = graph(x=0.7, t=0.4)
    s = 1.0 / denominator(x)
    diagnosis = check_derivation((s - t) ** 2.0, x, 2.0 * (s - t) * claim(s, x))
    assert [finding.kind for finding in diagnosis.findings] == ["wrong local derivative"]
    text = f"The derivative of the logistic function is not {formula}: that is wrong for s."
    assert text in str(diagnosis)


@pytest.mark.parametrize("factor", [lambda x: -1.0, lambda x: -2.0, lambda x: x])
def test_with_a_minus_or_a_factor_that_moves_it_is_no_logistic_function(factor):
    x, t = graph(x=0.7, t=0.4)
    s = 1.0 / (1.0 + factor(x) * mg.exp(-x))
    assert "logistic" not in str(check_derivation(t * s, x, t * s * (1.0 + s)))


def test_two_slips_in_the_derivatives_of_two_functions():
    x, v, w = Value(0.7, "x"), Value(-0.85, "v"), Value(1.2, "w")
    h = mg.tanh(w * x)
    o = mg.sigmoid(v * h)
    h.label, o.label = "h", "o"
    diagnosis = check_derivation(o, x, o * (1 + o) * v * (1 - h) * w)
    assert [finding.kind for finding in diagnosis.findings] == ["wrong local derivative"] * 2
    assert "tanh is not 1 − h" in str(diagnosis) and "sigmoid is not o·(1 + o)" in str(diagnosis)


def test_a_lost_slope_is_not_taken_at_the_number_1():
    a, b = Value(0.7, "a"), Value(-0.35, "b")
    e, f = mg.exp(a), mg.exp(b)
    total = e + f
    c = mg.log(total)
    e.label, f.label, total.label, c.label = "e", "f", "S", "c"
    diagnosis = check_derivation(0.55 * (c - a) + 0.45 * (c - b), a, e - 0.55)
    assert [finding.kind for finding in diagnosis.findings] == ["missing factor"]
    assert "the factor ∂c/∂S = 1/S is missing" in str(diagnosis)


def test_a_logistic_growth_written_by_hand():
    t, k, r = graph(t=0.7, k=2.2, r=1.3)
    p = k / (1.0 + 4.0 * mg.exp(-r * t))
    diagnosis = check_derivation(p, t, r * p * (1.0 + p / k))
    assert "The derivative of the logistic function is not (p/k)·(1 + (p/k))" in str(diagnosis)


def test_the_same_slip_at_each_logistic_function_and_at_one():
    x, k = graph(x=0.7, k=1.9)
    s, r = 1.0 / (1.0 + mg.exp(-x)), 1.0 / (1.0 + mg.exp(-k * x))
    each = k * r * (1.0 + r)
    text = str(check_derivation(s + r, x, s * (1.0 + s) + each))
    assert "not s·(1 + s): that is wrong for s (and so for each)." in text
    assert "not r·(1 + r): that is wrong for r." in str(
        check_derivation(s + r, x, s * (1.0 - s) + each)
    )


def test_a_product_with_the_logistic_function_is_none():
    x, k = graph(x=0.7, k=1.9)
    swish = x / (1.0 + mg.exp(-k * x))
    assert "logistic" not in str(check_derivation(swish, x, swish * (1.0 + swish)))


def test_of_a_power_either_operand_may_be_taken_term_by_term():
    a, b, x = graph(a=0.4, b=0.8, x=0.6)
    base = a + b * x
    power = base ** (x + b)
    claim = b * (x * base ** (x - 1.0) + b * base ** (b - 1.0)) + base**x * mg.log(base)
    text = str(check_derivation(power, x, claim))
    assert "power is taken term by term, as if it were base^x + base^b." in text


def test_of_one_term_in_a_logarithm_the_share_is_missing():
    m, n, x = graph(m=0.4, n=-0.3, x=0.9)
    u = mg.exp(-((x - m) ** 2.0))
    p = 0.3 * u + 0.7 * mg.exp(-((x - n) ** 2.0))
    diagnosis = check_derivation(mg.log(p), m, 2.0 * (x - m))
    assert [finding.kind for finding in diagnosis.findings] == ["missing factor"]
    assert "The factor (0.3·u)/p is missing: " in str(diagnosis)


@pytest.mark.parametrize(
    "claim",
    [
        lambda a, b: 1.0 / (a + b),
        lambda a, b: 1.0 / a - b / (a * (a + b)),
    ],
)
def test_what_is_right_is_not_taken_term_by_term(claim):
    a, b = graph(a=1.3, b=2.1)
    assert check_derivation(mg.log(a + b), a, claim(a, b)).verdict == "right"


def test_a_plus_and_a_lost_divisor_in_the_rule_of_quotients():
    a1, a2, d = graph(a1=1.37, a2=0.94, d=0.71)
    size = mg.sqrt(a1 * a1 + a2 * a2)
    c = d * a1 / size
    diagnosis = check_derivation(c, a1, d / size + c * a1 / size)
    assert {finding.kind for finding in diagnosis.findings} == {"sign", "missing factor"}


def test_a_quotient_as_a_product_with_a_reciprocal():
    q, r, m = graph(q=1.9, r=1.3, m=0.6)
    e = q * mg.exp(-m * r)
    phi = e / r
    diagnosis = check_derivation(phi, r, (-m * e) * (-1.0 / r**2.0))
    assert [finding.kind for finding in diagnosis.findings] == ["wrong rule"]
    assert "product with a reciprocal is not the product of the derivatives: see phi = e/r." in str(
        diagnosis
    )


@pytest.mark.parametrize(
    ("factor", "slope"),
    [
        (lambda c: c**2, lambda c: 2.0 * c),
        (lambda c: c * c, lambda c: 2.0 * c),
        (mg.sin, mg.cos),
        (lambda c: 1.0 / c, lambda c: -1.0 / c**2),
    ],
)
def test_a_factor_that_does_not_move_is_derived_as_well(factor, slope):
    x, c, b = graph(x=0.6, c=1.3, b=0.4)
    diagnosis = check_derivation(b * (x * factor(c)), x, b * slope(c))
    assert [finding.kind for finding in diagnosis.findings] == ["wrong rule"]
    assert "belongs, which only multiplies x." in str(diagnosis)


def test_the_slope_of_a_product_is_rather_another_node_at_which_a_derivative_is_taken():
    k, x, b = graph(k=0.6, x=1.3, b=0.4)
    diagnosis = check_derivation(b * mg.sin(k * x), k, b * mg.cos(x) * x)
    assert [finding.kind for finding in diagnosis.findings] == ["wrong local derivative"]
    assert "is taken at x, and belongs at k·x." in str(diagnosis)


def test_where_the_inner_slope_is_the_inner_node_itself_it_is_only_lost():
    w, y = graph(w=0.4, y=2.6)
    rate = mg.exp(w)
    rate.label = "rate"
    diagnosis = check_derivation(rate - y * mg.log(rate), w, rate - y / rate)
    assert [finding.kind for finding in diagnosis.findings] == ["missing factor"]


def test_the_outer_slope_of_a_power_taken_at_the_inner_slope():
    x, c = graph(x=0.65, c=0.4)
    a = x**2 + c
    a.label = "a"
    diagnosis = check_derivation(a**3, x, 3.0 * (2.0 * x) ** 2)
    assert [finding.kind for finding in diagnosis.findings] == ["wrong rule"]
    assert "is taken at ∂a/∂x, and belongs at a." in str(diagnosis)


def test_the_numerators_of_all_quotients_are_lost():
    e1, e2, e3, t1, t2, t3 = graph(e1=1.5, e2=0.5, e3=3.0, t1=0.6, t2=0.35, t3=0.25)
    S = e1 + e2 + e3
    p = [e / S for e in (e1, e2, e3)]
    E = -(t1 * mg.log(p[0]) + t2 * mg.log(p[1]) + t3 * mg.log(p[2]))
    claim = (t1 / p[0] + t2 / p[1] + t3 / p[2]) / S**2
    diagnosis = check_derivation(E, S, claim)
    assert [finding.kind for finding in diagnosis.findings] == ["missing factor"]
    assert "The factors e1, e2 and e3 are missing. The derivative of a quotient" in str(diagnosis)


def test_a_square_is_lost_under_the_root_of_an_inverse_sine():
    x, n = graph(x=0.6, n=1.6)
    q = x / n
    diagnosis = check_derivation(mg.asin(q), n, -q / n / mg.sqrt(1.0 - q))
    assert diagnosis.findings[0].kind == "wrong local derivative"
    assert "The derivative of asin is not 1/sqrt(1 − q)" in str(diagnosis)


def test_a_number_put_in_for_one_of_two_leaves_alike_is_a_condition():
    """Of a list, too: from vacuum, where n1 = 1."""
    angle, n1, n2 = graph(angle=0.63, n1=1.15, n2=1.6)
    bent = mg.asin(n1 * mg.sin(angle) / n2)
    claim = mg.cos(angle) / mg.sqrt(n2**2 - mg.sin(angle) ** 2)
    diagnosis = check_derivation(bent, angle, claim)
    assert diagnosis.verdict == "right only if"
    assert "It is right only if n1 = 1." in str(diagnosis)


def test_a_factor_that_is_lost_on_some_paths_is_no_leaf_that_is_0():
    a, b, gamma = graph(a=2.1, b=1.6, gamma=0.95)
    c = mg.sqrt(a**2 + b**2 - 2.0 * a * b * mg.cos(gamma))
    diagnosis = check_derivation(c, b, (b - a) / c)
    assert [finding.kind for finding in diagnosis.findings] == ["missing factor"]
    assert "cos(gamma) is missing" in str(diagnosis)


def test_a_formula_is_shown_as_people_write_it():
    p, a = Value(0.4, "p"), Value(1.7, "a")
    root = mg.sqrt(p) * a
    for output, claim, kind, text in (
        (1.0 / p, mg.log(p), "wrong local derivative", "a quotient is not log(p): "),
        (a / p, a * mg.log(p), "wrong local derivative", "a quotient is not a·log(p): "),
        (root, a * mg.sqrt(p) / 2.0, "inverted factor", "sqrt is not 0.5·sqrt(p): "),
    ):
        (finding,) = check_derivation(output, p, claim).findings
        assert finding.kind == kind
        assert finding.sentence.startswith(f"The derivative of {text}")
