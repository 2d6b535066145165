"""Graphs that may lead a diagnosis astray: lists, matrices, siblings, layers, numbers out of range."""

from types import SimpleNamespace

import microgradx as mg
from microgradx import Value, check_derivation

from .diagnosing import found, label


def test_a_path_through_two_edges_of_a_diagonal_counts_once():
    x = Value(0.7, "x")
    z1 = 1.5 * x
    a1 = mg.tanh(z1)
    z2 = 0.8 * a1
    a2 = mg.tanh(z2)
    label(z1=z1, a1=a1, z2=z2, a2=a2)
    kinds, _ = found(a2, x, 2.0 * (1.0 - a2**2) * 0.8 * (1.0 - a1**2) * 1.5)
    assert kinds == ["constant factor"]


def test_a_node_beside_another_is_not_on_the_way_to_it():
    x, y, q = Value(0.7, "x"), Value(1.3, "y"), Value(0.6, "q")
    s, e = mg.sin(x), mg.tanh(x)
    label(s=s, e=e)
    kinds, text = found(s * y + e * q * q, x, y * mg.cos(x) + q * q * mg.cos(x))
    assert kinds == ["swapped factor"] and "∂s/∂x stands where ∂e/∂x" in text


def test_points_may_leave_out_leaves():
    x, a12, a21 = Value(0.7, "x"), Value(0.2, "a12"), Value(0.5, "a21")
    points = [{x: 0.5}, {x: 0.9}, {x: 0.3}]
    kinds, text = found(a12 * a21 * mg.tanh(x), a12, a21 * x, points=points)
    assert kinds == ["swapped factor"] and "x stands where" in text and "tanh(x) belongs" in text
    kinds, _ = found(mg.tanh(x * x), x, 6 * x * (1 - mg.tanh(x * x)), points=[*points, {x: 0.0}])
    assert kinds == ["wrong local derivative", "constant factor"]


def test_squares_may_overflow_in_a_diagnosis():
    x, w, c = Value(0.7, "x"), Value(1.3, "w"), Value(400.0, "c")
    big = mg.exp(c)
    label(big=big)
    kinds, _ = found(mg.tanh(x * w) * mg.log(big), x, w * mg.log(big))
    assert kinds == ["missing factor"]


def test_of_two_sums_only_the_one_that_is_needed_is_1():
    x = Value(0.7, "x")
    p, q, r, u, v, w = (Value(0.1 * i + 0.2, name) for i, name in enumerate("pqruvw"))
    output = mg.sin(x) * (p + q + r) + mg.tanh(x) * (u + v + w)
    claim = mg.cos(x) + (1 - mg.tanh(x) ** 2) * (u + v + w)
    kinds, text = found(output, x, claim)
    assert kinds == ["relation"] and "right only if p + q + r = 1." in text


def test_both_rows_of_a_matrix_of_targets_add_up_to_1():
    x = Value(0.7, "x")
    t = [
        [Value(0.3, "t[0][0]"), Value(0.6, "t[0][1]")],
        [Value(0.2, "t[1][0]"), Value(0.9, "t[1][1]")],
    ]
    output = mg.sin(x) * (t[0][0] + t[0][1]) + mg.tanh(x) * (t[1][0] + t[1][1])
    kinds, text = found(output, x, mg.cos(x) + 1 - mg.tanh(x) ** 2)
    assert kinds == ["relation"]
    assert "t[0][0] + t[0][1] = 1 and t[1][0] + t[1][1] = 1" in text


def test_a_constant_beside_an_inverted_factor_is_told():
    x, w = Value(0.7, "x"), Value(1.3, "w")
    t = mg.tanh(w * x)
    label(t=t)
    kinds, _ = found(2 * t, x, 4 * 2 * (1 - t**2) / w)
    assert kinds == ["inverted factor", "constant factor"]


def test_a_long_list_is_not_one_hot_by_luck():
    """Of 25 members one is 1 in turn: a few draws would leave out those that matter."""
    s = Value(0.7, "s")
    x = [Value(0.1 * i + 0.2, f"x{i}") for i in range(25)]
    output = mg.sum([mg.sin(a) * s for a in x]) + x[12] * x[21] * s
    kinds, text = found(output, s, mg.sum([mg.sin(a) for a in x]) + x[12] * x[12])
    assert kinds == ["swapped factor"] and "x12 stands where x21 belongs." in text


def test_leaves_without_a_name_are_numbers_if_others_have_labels():
    x, y = Value(0.7, "x"), Value(1.3, "y")
    of = SimpleNamespace(two=Value(2.0))  # no names are looked for in what is not the user's
    output, claim = x * x * of.two * y, 4.0 * x * y
    kinds, text = found(output, x, claim)
    assert not kinds
    assert text.endswith("wherever the leaves without a name keep their numbers.")
    kinds, _ = found(output, x, claim, ranges={of.two: (1.0, 3.0)})
    assert kinds == ["point"]


def test_leaves_without_a_name_vary_if_only_those_of_the_derivative_or_the_claim_have_labels():
    of, z = SimpleNamespace(w=Value(0.5), b=Value(0.1), x=Value(2.0, "x")), Value(1.0, "z")
    h = of.w * of.b
    label(h=h)
    for output, wrt, claim in (
        (of.w * of.x, of.x, 0.5 * z / z),
        (h * h + of.x, h, 0.1 * z / z),
        (of.w * of.b * of.b, of.w, 0.01 * z / z),
    ):
        assert found(output, wrt, claim)[0] == ["point"]


def test_a_leaf_that_is_0_does_not_stay_0():
    z, a = Value(0.0, "z"), Value(1.7, "a")
    s = mg.sigmoid(z)
    label(s=s)
    assert check_derivation(a * s, z, a * s * s).verdict == "right only here"


def test_what_a_derivation_divides_by_is_told_as_a_divisor():
    x, y, c = Value(0.7, "x"), Value(1.3, "y"), Value(0.4, "c")
    s = x * x + c
    t = mg.exp(x) * c
    label(s=s, t=t)
    kinds, text = found(mg.tanh(y) / s + t, y, (1.0 - mg.tanh(y) ** 2) / t)
    assert kinds == ["swapped factor"] and "1/t stands where" in text and "1/s belongs" in text


def test_what_only_another_term_divides_by_is_no_divisor():
    x, s, q, r = Value(0.7, "x"), Value(2.1, "s"), Value(1.1, "q"), Value(1.3, "r")
    kinds, text = found(x * (s * q) / r + mg.sin(x) / s, x, q / r + mg.cos(x) / s)
    assert kinds == ["missing factor"] and "factor s is" in text
    kinds, text = found(x * (r / s) * (s * s * s), x, r * s)
    assert kinds == ["missing factor"] and "The factor s is missing" in text
    a = mg.sin(x)
    p, b = s * x, s * a
    label(a=a, p=p, b=b)
    claim = (1.0 - mg.tanh(p) ** 2) * mg.cos(x) + s * mg.cos(x)
    kinds, text = found(mg.tanh(p) + b, x, claim)
    assert kinds == ["swapped factor"] and "∂a/∂x stands where ∂p/∂x = s belongs" in text


def test_a_power_divides_as_often_as_its_exponent_says():
    x, a, s = Value(0.7, "x"), Value(1.3, "a"), Value(2.1, "s")
    _, text = found(x / (a * s**0.5), x, s**0.5 / a)
    assert "an extra factor s" in text
    _, text = found(x / (a * (s * s)), x, 1.0 / a)
    assert "s·s should divide, and does not" in text
    _, text = found(x / (a * s**2), x, s / (a * s))
    assert "s^2 should divide, and does not" in text


def test_a_constant_above_a_fraction_is_lost_from_above():
    t, a, b = Value(0.7, "t"), Value(1.3, "a"), Value(2.1, "b")
    u, v = t * a, t * b
    w, h = 3.0 / u, v / 3.0
    output = mg.sin(w) * mg.exp(h)
    label(u=u, v=v, w=w, h=h)
    _, text = found(output, t, mg.cos(w) * a * mg.exp(h) + output * b)
    assert "The constant 3" not in text
    _, text = found(output, t, mg.cos(w) * (-1.0 / (u * u)) * a * mg.exp(h) + output * b)
    assert text.endswith("\n- The constant 3 of w and h is missing.")


def test_a_length_that_the_claim_writes_out_is_not_left_out():
    x, y = Value(0.7, "x"), Value(1.3, "y")
    r = mg.sqrt(x * x + y * y)
    u = x / r
    label(r=r, u=u)
    for claim in (y * y / (r * r), y * y / (x * x + y * y)):
        assert found(u, x, claim)[0] == ["missing factor"]


def test_a_label_may_be_1_or_minus_1_in_a_list_too():
    f, g, y1, y2 = Value(0.7, "f"), Value(0.4, "g"), Value(1.0, "y1"), Value(-1.0, "y2")
    _, text = found((1 - y1 * f) ** 2 + (1 - y2 * g) ** 2, f, -2 * (y1 - f))
    assert "only if y1 is 1 or −1" in text


def test_of_two_matrices_only_the_one_that_is_needed_is_symmetric():
    x = [Value(0.7, "x1"), Value(-0.4, "x2")]
    a, b = (
        [[Value(0.3 + s * i - 0.7 * j, f"{name}{i + 1}{j + 1}") for j in (0, 1)] for i in (0, 1)]
        for name, s in (("a", 1.0), ("b", -0.3))
    )

    def form(m):
        return mg.sum([x[i] * m[i][j] * x[j] for i in (0, 1) for j in (0, 1)])

    e = mg.exp(form(b))
    claim = 2 * (a[0][0] * x[0] + a[0][1] * x[1])
    claim = claim + e * (2 * b[0][0] * x[0] + (b[0][1] + b[1][0]) * x[1])
    _, text = found(form(a) + e, x[0], claim)
    assert "only if a12 = a21." in text


def test_a_slope_that_underflows_to_0_far_away_hides_no_factor():
    s, k, r, sigma, t = (
        Value(x, n) for x, n in zip((1.8, 1.5, 0.1, 0.6, 0.9), "SKrvT", strict=True)
    )
    root = sigma * mg.sqrt(t)
    d1 = (mg.log(s / k) + (r + sigma * sigma / 2.0) * t) / root
    d1.label = "d1"
    d2 = d1 - root
    n1, n2 = (0.5 * (1.0 + mg.erf(d / 2.0**0.5)) for d in (d1, d2))
    n1.label, n2.label = "N1", "N2"
    price = s * n1 - k * mg.exp(-r * t) * n2
    diagnosis = check_derivation(price, sigma, s * n1 * mg.sqrt(t))
    assert [finding.kind for finding in diagnosis.findings] == ["swapped factor"]
    assert "N1 stands where ∂N1/∂d1 belongs." in str(diagnosis)


def test_a_sum_that_is_doubled_again_and_again_has_too_many_terms_to_write_out():
    x = s = Value(0.7, "x")
    for _ in range(24):
        s = s + s
    diagnosis = check_derivation(mg.log(s), x, 2.0 / x)
    assert [finding.kind for finding in diagnosis.findings] == ["constant factor"]


def test_beside_a_tiny_constant_no_claim_is_taken_for_0():
    x, w = Value(1.3, "x"), Value(0.7, "w")
    output = mg.tanh(1e19 * (x * w) / 1e19)
    assert found(output, x, 0.37 * w + x * x)[0] == []


def test_a_condition_on_two_numbers_before_two_slips():
    m, n = Value(1.7, "m1"), Value(0.6, "m2")
    diagnosis = check_derivation(m * n / (m + n), m, 0.25 + 0.0 * m)
    assert [finding.about for finding in diagnosis.findings] == ["m1 = m2"]


def test_a_column_of_a_matrix_in_the_place_of_a_vector():
    q, *k = (Value(x, label) for x, label in ((0.7, "q"), (0.6, "k1_1"), (-0.4, "k2_1")))
    v = Value(1.3, "v1"), Value(-0.5, "v2")
    s = [mg.sin(q * k1) for k1 in k]
    y = mg.dot(v, s)
    label(s1=s[0], s2=s[1], y=y)
    kinds, text = found(y, q, mg.sum(a * a * mg.cos(q * b) for a, b in zip(v, k, strict=True)))
    assert kinds == ["swapped factor"]
    assert "v1 and v2 stand where k1_1 and k2_1 belong, every time." in text


def test_the_sum_under_one_output_of_a_softmax_is_that_by_which_it_is_divided():
    z = [Value(0.3, "z1"), Value(-0.4, "z2")]
    o = mg.softmax(z)[0]
    label(o=o)
    kinds, text = found(o, z[0], o)
    assert kinds == ["missing path"]
    assert "The sum of the exponentials in o was taken as a constant" in text


def test_the_sum_of_a_softmax_as_a_constant_and_its_diagonal_alone_without_names():
    q = Value(0.8, "q")
    z = [Value(x, f"z{i}") for i, x in enumerate((0.3, 1.1, -0.4), 1)]
    v = [Value(x, f"v{i}") for i, x in enumerate((0.7, -0.5, 1.3), 1)]
    a = mg.softmax([q * x for x in z])
    y = mg.dot(a, v)
    label(a1=a[0], a2=a[1], a3=a[2], y=y)
    own = [x * w * t for x, w, t in zip(a, v, z, strict=True)]
    for claim in (mg.sum(own), -mg.sum(own)):
        kinds, text = found(y, q, claim)
        assert "missing path" in kinds
        assert "The sum of the exponentials in a1, a2 and a3 was taken as a constant" in text
    for claim in (mg.dot(own, [1.0 - x for x in a]), -mg.dot(own, [1.0 - x for x in a])):
        assert "missing path" in found(y, q, claim)[0]


def test_a_list_of_exponents_asks_nothing_of_their_base():
    """Numbers of lists are tried at other values, but not where a negative base needs them whole."""
    x, coef = Value(-1.5, "x"), [1.0, -2.0, 3.0]
    p = coef[0] * x + coef[1] * x**2 + coef[2] * x**3
    kinds, text = found(p, x, coef[0] + coef[1] * x + coef[2] * x**2)
    assert kinds == ["wrong local derivative"] and "and so for each power" in text


def test_of_a_square_both_factors_are_written_down_at_once():
    y = Value(0.3, "y")
    p = mg.tanh(y)
    label(p=p)
    kinds, text = found(mg.mse([p], [1.5]), y, 2.0 * p * (1.0 - p * p))
    assert kinds == ["wrong local derivative"] and "In p − 1.5, the term 1.5 is missing." in text
    kinds, text = found(mg.mse([p], [1.5]), y, 2.0 * (p + 1.5) * (1.0 - p * p))
    assert kinds == ["sign"] and "In p − 1.5, the sign of 1.5 is wrong." in text


def test_a_claim_that_is_a_leaf_of_another_graph_is_told_so():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    E = (x * y + x) * x
    label(E=E)
    kinds, text = found(E, y, Value(5.0, "x"))  # made anew since
    assert kinds == ["dependence"] and "E was not computed from this x, which is 5." in text
