"""What a diagnosis is given: where it is tried, what is refused, and what is said of it."""

import math
from fractions import Fraction

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value, check_derivation

from .effort import calls


def product():
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    z = x * x * y
    z.label = "z"
    return x, y, z


X, Y, Z = product()


@pytest.mark.parametrize(
    ("claim", "error", "message"),
    [
        (
            "2·x·y",
            TypeError,
            "a claim is a Value, a finite number or a function, not '2·x·y'; as in check",
        ),
        (None, TypeError, "not None"),
        (True, TypeError, "not True"),
        (math.nan, mg.DomainError, "^a claim is a Value, a finite number or a function, not nan"),
        (np.ones(2), TypeError, "a Value, a finite number or a function"),
        (lambda n: None, TypeError, "a claim gives one finite number, not None"),
        (lambda n: [1.0], TypeError, "a claim gives one finite number, not .*; as in lambda d: d"),
        (lambda n: "1.0", TypeError, "a claim gives one finite number, not '1.0'"),
        (lambda n: n["X"], KeyError, "no row has the label 'X'; the labels are x, "),
    ],
)
def test_a_claim_that_is_none_is_refused(claim, error, message):
    with pytest.raises(error, match=message):
        check_derivation(Z, X, claim)


def test_a_function_may_ask_for_a_node_by_the_name_that_explanations_give_it():
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    assert check_derivation(mg.sin(x * y), x, lambda n: n["y"] * math.cos(n["v2"])).ok


def test_a_batch_has_no_derivation():
    x = Value(np.array([1.0, 2.0]), "x")
    with pytest.raises(TypeError, match="derivations are of one point, and x holds a batch"):
        check_derivation(x * x, x, 2.0 * x)


@pytest.mark.parametrize("number", [2, np.int64(2), np.float32(2), np.array(2.0), Fraction(2)])
def test_a_number_of_any_kind_is_a_claim(number):
    x = Value(0.7, "x")
    assert check_derivation(2.0 * x, x, number).ok


def test_a_node_may_be_named_by_its_label_as_in_other_explanations():
    x, y = Value(0.7, "x"), Value(1.3)
    u = x * y
    u.label = "u"
    output = mg.sin(u) + y
    for wrt, claim, right in (
        ("x", mg.cos(u) * y, x),
        ("y", mg.cos(u) * x, y),
        ("u", mg.cos(u), u),
    ):
        by_label = check_derivation(output, wrt, claim)
        assert str(by_label) == str(check_derivation(output, right, claim))
        assert by_label.ok is (wrt != "y")
    with pytest.raises(KeyError, match="no row has the label 'z'; the labels are"):
        check_derivation(output, "z", 1.0)


def test_of_an_expression_every_digit_counts_though_of_a_typed_number_only_those_typed():
    x = Value(1.0, "x")
    y = 1.2342 * x
    assert check_derivation(y * x, x, 2.468, points=[{x: 1.0}]).ok
    text = str(check_derivation(y, x, 1.234))
    assert text.endswith("and your derivation holds everywhere, to the digits given.")
    assert str(check_derivation(y, x, 1.2342)).endswith("holds everywhere.")
    for claim in (1.234 * x, lambda n: 1.234 * n["x"]):
        assert check_derivation(y, x, claim, points=[{x: 1.0}]).verdict == "wrong"


def test_a_slip_that_a_given_point_does_not_bear_out_is_none():
    x = Value(2.0, "x")
    y = mg.sin(x) * x
    assert not check_derivation(y, x, mg.sin(x) + (x - 2.0), points=[{x: 1.0}]).findings
    diagnosis = check_derivation(y, x, mg.sin(x), points=[{x: 1.0}])
    assert [finding.kind for finding in diagnosis.findings] == ["missing path"]
    assert "It is so at both points; no others could be tried." in str(diagnosis)


@pytest.mark.parametrize(
    ("claim", "mistake"),
    [
        (lambda n: int("q"), r"ValueError\(\"invalid literal for int"),
        (lambda n: [1, 2].index(3), r"ValueError\('3 is not in list'\)"),
        (lambda n: n["x"] / 0.0, r"ZeroDivisionError\('"),
        (lambda n: 1e308 * 10.0 * n["x"], r"DomainError\(.a claim gives .*, not inf"),
    ],
)
def test_a_mistake_in_the_function_that_is_claimed_is_told(claim, mistake):
    message = rf"^what is claimed of ∂z/∂x is not defined at this point: {mistake}"
    with pytest.raises(mg.GradientError, match=message) as caught:
        check_derivation(Z, X, claim)
    assert caught.value.__cause__ is not None


def test_where_there_is_no_derivative_the_operation_without_one_is_named():
    x = Value(0.0, "x")
    with pytest.raises(
        mg.GradientError, match=r"^sqrt\(x\) has no finite derivative with respect to x"
    ):
        check_derivation(3.0 * mg.sqrt(x), x, lambda n: 1.0)


# --- rounding -------------------------------------------------------------------------------------


def saturated():
    """(output, wrt, right derivation) where 1 − h or 1 − p has few digits, or none."""
    for size in (12.0, 16.0, 20.0):
        x, t = Value(size, "x"), Value(1.0, "t")
        h, p = mg.tanh(x), mg.sigmoid(x)
        yield h, x, 1.0 - h * h
        yield p, x, p * (1.0 - p)
        yield -mg.log(1.0 - p), x, p
        yield -(t * mg.log(p) + (1.0 - t) * mg.log(1.0 - p)), x, p - t
    for size in (22.0, 300.0):
        z = [Value(size, "z1"), Value(1.0, "z2"), Value(-2.0, "z3")]
        t = [Value(0.2, "t1"), Value(0.5, "t2"), Value(0.3, "t3")]
        o = mg.softmax(z)
        if size < 100.0:  # beyond, the derivative itself underflows at other points
            yield o[0], z[0], o[0] * (1.0 - o[0])
        yield mg.cross_entropy(o, t), z[0], o[0] * mg.sum(t) - t[0]


@pytest.mark.parametrize(("output", "wrt", "claim"), [*saturated()])
def test_rounding_makes_no_right_derivation_wrong(output, wrt, claim):
    assert str(check_derivation(output, wrt, claim)).startswith("Right")


def test_a_function_of_rounded_numbers_is_right_as_the_expression_is():
    x = Value(16.0, "x")
    p = mg.sigmoid(x)
    p.label = "p"
    assert check_derivation(p, x, lambda n: n["p"] * (1.0 - n["p"])).ok
    assert not check_derivation(p, x, lambda n: n["p"] * (2.0 - n["p"])).ok


# --- words ----------------------------------------------------------------------------------------


def test_of_many_outputs_all_are_told_of():
    z = [Value(0.1 * i, f"z{i}") for i in range(12)]
    t = [Value(0.1 + 0.02 * i, f"t{i}") for i in range(12)]
    o = mg.softmax(z)
    E = mg.cross_entropy(o, t)
    text = str(check_derivation(E, z[1], t[1] * (1.0 - o[1])))
    assert "those through o[0], o[2], o[3], o[4], o[5] and 6 more are missing" in text
    text = str(check_derivation(E, z[1], -t[1] * (1.0 - o[1])))
    assert "The paths E → o[0] → z1, E → o[2] → z1 and 9 more are missing" in text
    assert "t0 + t1 + … + t11 = 1" in str(check_derivation(E, z[1], o[1] - t[1]))


def test_a_lost_constant_is_said_to_be_missing_and_one_too_much_to_be_so():
    x = Value(0.7, "x")
    assert "The constant factor 3 of x^3 is missing." in str(check_derivation(x**3, x, x**2))
    assert "an extra constant factor 2" in str(check_derivation(x**3, x, 6.0 * x**2))


def test_what_is_counted_five_times_is_not_said_to_be_counted_twice():
    x, a, b = Value(0.7, "x"), Value(0.5, "a"), Value(-0.3, "b")
    f, g = mg.sin(a * x), mg.exp(b * x)
    claim = 5.0 * a * mg.cos(a * x) + b * g
    diagnosis = check_derivation(f + g, x, claim)
    assert diagnosis.repeated == () and "twice" not in str(diagnosis)


def test_a_right_number_is_found_so_in_little_work():
    def chain(n):
        weights = [Value(0.1 + 0.01 * i, f"w{i}") for i in range(n)]
        y = weights[0]
        for w in weights[1:]:
            y = mg.tanh(y * w + 0.3)
        return y, weights[0], mg.gradient(y, weights[0])

    small, large = (calls(lambda args=chain(n): check_derivation(*args)) for n in (100, 400))  # noqa: B008
    assert large < 6.0 * small


@pytest.mark.parametrize(
    "claim", [lambda w, h, t: 2 * (w * h - t) * h, lambda w, h, t: lambda n: 4.0]
)
def test_a_graph_whose_numbers_have_changed_is_refused(claim):
    w, h, t = Value(1.0, "w"), Value(2.0, "h"), Value(1.0, "t")
    loss = (w * h - t) ** 2
    assert check_derivation(loss, w, claim(w, h, t)).claimed == 4.0
    w.data = 0.6
    with pytest.raises(ValueError, match=r"^w·h is not 2 any more: .*compute the output again"):
        check_derivation(loss, w, claim(w, h, t))
