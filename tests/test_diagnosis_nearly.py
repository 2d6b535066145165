"""What is said of a claim that is nearly right, or right in part, and of terms that it has too."""

import math
from itertools import count

import pytest

import microgradx as mg
from microgradx import Value, check_derivation

from .diagnosing import found, label


@pytest.fixture
def x():
    return Value(0.7, "x")


@pytest.fixture
def y():
    return Value(1.3, "y")


@pytest.mark.parametrize(("h", "digits"), [(1e-3, 6), (1e-4, 8)])
def test_a_quotient_of_differences_is_right_to_some_digits(x, y, h, digits):
    def g(x, y):
        return math.exp(x * y) * x * y

    output = mg.exp(x * y) * x * y
    diagnosis = check_derivation(
        output, x, lambda d: (g(d["x"] + h, d["y"]) - g(d["x"] - h, d["y"])) / (2.0 * h)
    )
    assert diagnosis.verdict == "wrong" and not diagnosis.findings
    assert diagnosis.digits == digits
    assert f"It is right to about {digits} digits" in str(diagnosis)


NEARLY = {
    "a factor": lambda x, y, a: y * a * (1.0 + 1e-7),
    "a factor that moves": lambda x, y, a: y * a * (1.0 + 1e-7 * x),
    "a term": lambda x, y, a: y * a + 3e-8,
}


@pytest.mark.parametrize("claim", NEARLY.values(), ids=NEARLY)
def test_no_slip_is_found_in_what_is_hardly_more_than_rounding(x, y, claim):
    a = Value(-0.6, "a")
    diagnosis = check_derivation(x * y * a, x, claim(x, y, a))
    assert diagnosis.verdict == "wrong" and not diagnosis.findings
    assert diagnosis.digits in (7, 8)


SMALL_TERMS = {
    "a term": (2000.0, lambda x: x**3 + x, lambda x: 3.0 * x**2),
    "a sine": (2000.0, lambda x: 5.0 * x**2 + 0.01 * mg.sin(x), lambda x: 10.0 * x),
    "beside a square": (1e6, lambda x: x**2 + x, lambda x: 2.0 * x),
    "a penalty": (1.3, lambda x: (0.4 * x - 2.0) ** 2 + 1e-8 * x * x, lambda x: 0.8 * (0.4 * x - 2.0)),
}  # fmt: skip


@pytest.mark.parametrize(("number", "f", "claim"), SMALL_TERMS.values(), ids=SMALL_TERMS)
def test_a_path_that_is_small_beside_others_is_no_matter_of_digits(number, f, claim):
    x = Value(number, "x")
    diagnosis = check_derivation(f(x), x, claim(x))
    assert [finding.kind for finding in diagnosis.findings] == ["missing path"]
    assert diagnosis.digits is None and len(diagnosis.missing) == 1


def test_what_is_plainly_wrong_where_no_leaf_is_large_is_no_matter_of_digits():
    x = Value(1e6, "x")
    diagnosis = check_derivation(mg.log(1.0 + x), x, 1.0 / x)
    assert diagnosis.verdict == "wrong" and diagnosis.digits is None
    diagnosis = check_derivation(mg.log(1.0 + x) / x, x, (1.0 - mg.log(1.0 + x)) / x**2)
    assert diagnosis.verdict == "wrong" and diagnosis.digits is None


def test_a_constant_that_differs_in_the_sixth_digit_is_a_factor(x, y):
    diagnosis = check_derivation(x * y, x, y * (1.0 + 1e-5))
    assert diagnosis.digits is None


def test_a_term_too_much_is_told_as_it_was_written(x, y):
    b, s = x + y, mg.sin(y) + 1.0
    label(b=b, s=s)
    c = mg.cos(x)
    for claim, name in ((c + b, "b"), (c + y + y, "2·y"), (c + 1.0 + 1.0, "2")):
        kinds, text = found(mg.sin(x), x, claim)
        assert kinds == ["dependence"] and f"There is an extra term {name}." in text
    assert "In s + 1: there is an extra term s." in found(mg.sin(x), x, c * (s + 1.0))[1]


def test_a_term_too_much_beside_a_sign_is_told_as_it_was_written(x, y):
    f = mg.sin(x) * y
    kinds, text = found(f, x, 2.0 * y * y - y * mg.cos(x))
    assert sorted(kinds) == ["dependence", "sign"]
    assert "There is an extra term 2·y·y." in text


def test_the_sign_of_a_term_is_wrong_only_where_the_claim_has_it_so_often(x, y):
    """Of p² + q², with p + q in place of p: 2·q is too much, and no −q is meant."""
    m = Value(0.3, "m")
    p, q = x - m, y - m
    f = p * p + q * q
    label(p=p, q=q, f=f)
    kinds, text = found(f, x, 2.0 * (p + q))
    assert kinds == ["dependence"] and "In p + q: there is an extra term q." in text


def test_what_a_derivative_does_not_depend_on_may_lie_beyond_a_kink(x, y):
    text = str(check_derivation(mg.relu(x) * y, x, y * mg.sigmoid(x)))
    assert "on which the derivative does not depend on this side of the kink." in text


def test_a_claim_that_is_a_number_is_no_quotient_of_nodes(x, y):
    u = x * y
    g = mg.exp(u) * u
    label(u=u, g=g)
    kinds, text = found(g, x, y / y)
    assert kinds == ["missing factor", "missing factor"] and "stands where" not in text


def test_a_leaf_of_the_claim_alone_may_have_to_be_what_it_is(x):
    q = Value(1.0, "q")
    diagnosis = check_derivation(mg.sin(x), x, q * mg.cos(x))
    assert diagnosis.verdict == "right only if" and "right only if q = 1." in str(diagnosis)


def test_what_is_right_at_some_points_is_not_called_different(x, y):
    claim = y * mg.sqrt(1.0 - mg.sin(x) ** 2.0)
    diagnosis = check_derivation(mg.sin(x) * y, x, claim, points=[{"x": 0.5}, {"x": 2.5}])
    assert diagnosis.verdict == "right only here"
    assert "right here and at some other points, and not at all of them." in str(diagnosis)


def test_a_rounded_number_is_right_here_to_its_digits(x):
    text = str(check_derivation(mg.sin(x), x, 0.7648))
    assert "right at this point only, to the digits given: elsewhere" in text


SCOPES = {
    "wherever it is defined": [
        lambda w, x, y: w * y * (2.1 - x - y) / mg.exp(mg.log(2.1 - x - y)),
        lambda w, x, y: w * mg.sin(mg.asin(y / 1.31)) * 1.31,
        lambda w, x, y: w * y * (1.0 - x) / mg.exp(mg.log(1.0 - x)),
    ],
    "where x > 0": [lambda w, x, y: w * y * x / mg.exp(mg.log(x))],
    "everywhere": [lambda w, x, y: w * y * mg.exp(x) / mg.exp(x)],
}


@pytest.mark.parametrize(
    ("claim", "scope"), [(claim, scope) for scope, some in SCOPES.items() for claim in some]
)
def test_a_right_claim_holds_where_it_is_defined(x, y, claim, scope):
    """A sign is told only if it is that which matters."""
    w = Value(-0.9, "w")
    diagnosis = check_derivation(w * x * y, x, claim(w, x, y))
    assert diagnosis.ok and diagnosis.scope == scope


def test_a_function_that_gives_other_numbers_each_time_is_no_claim(x):
    numbers = count()
    with pytest.raises(ValueError, match="the same number at the same point"):
        check_derivation(mg.sin(x), x, lambda d: float(next(numbers)))


@pytest.mark.parametrize(
    "options", [{"fixed": ["x", "y"]}, {"ranges": {"x": (0.7, 0.7), "y": (1.3, 1.3)}}]
)
def test_where_no_leaf_may_move_a_finding_is_about_one_point(x, y, options):
    u = x * y
    g = mg.exp(u) * u
    label(u=u, g=g)
    text = str(check_derivation(g, x, mg.exp(u) * y, **options))
    assert "are missing: 2.939. It is so at this point; no other could be tried." in text


def test_paths_that_are_all_counted_with_the_wrong_sign_are_turned(x, y):
    u = x * y
    u.label = "u"
    diagnosis = check_derivation(mg.exp(u), x, -mg.exp(u) * y)
    assert [path.labels[1:] for path in diagnosis.turned] == [("u", "x")]
    assert diagnosis.turned == diagnosis.counted
