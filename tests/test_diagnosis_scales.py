"""The diagnosis where numbers are very large or very small, as those of physics are."""

import pytest

import microgradx as mg
from microgradx import Value, check_derivation

from .diagnosing import found, kinds, label


def test_a_claim_far_smaller_than_the_derivative_is_not_0():
    G, m, M, r = (
        Value(x, name)
        for name, x in {"G": 6.674e-11, "m": 5.97e24, "M": 7.35e22, "r": 3.84e8}.items()
    )
    force = G * m * M / r**2
    assert found(force, m, G / r**2)[0] == ["missing factor"]
    said, text = found(-G * m * M / r, r, G * m / r**2)
    assert said == ["missing factor"]
    assert "The factor M is missing." in text


@pytest.mark.parametrize("size", [1e3, 1e7, 1e12, 1e100])
def test_what_is_lost_is_the_same_at_any_size_of_the_numbers(size):
    x, y = Value(0.7 * size, "x"), Value(1.3 * size, "y")
    for claim in (
        found(mg.log(x * y), x, 1 / (x * y)),
        found((x * y) ** 0.5, x, 0.5 / (x * y) ** 0.5),
    ):
        assert claim[0] == ["missing factor"]
        assert "= y is missing." in claim[1]


def test_a_claim_that_is_0_but_for_rounding_is_still_0():
    x, y = Value(0.7, "x"), Value(1.3, "y")
    diagnosis = check_derivation(mg.sin(x) * y, x, (x + 0.1) ** 2 - x * x - 0.2 * x - 0.1**2)
    assert kinds(diagnosis) == ["missing path"]
    assert "The claim is 0" in str(diagnosis)


def test_what_is_hidden_by_the_size_of_a_leaf_is_found_where_it_is_of_order_1():
    x, y, z = Value(0.7, "x"), Value(1.3, "y"), Value(-0.4, "z")
    decay = Value(1e-9, "decay")
    assert found((x * y - z) ** 2 + decay * x * x, x, 2 * (x * y - z) * y)[0] == ["missing path"]
    eps = Value(1e-8, "eps")
    said, text = found(x / mg.sqrt(y + eps), x, 1 / mg.sqrt(y))
    assert said == ["dependence"] and "depends on eps" in text
    large = Value(1e9, "large")
    text = found(large * x * x + z * x, x, 2 * large * x)[1]
    assert text.endswith("It is right only if large stays near 1e+09.")


def test_a_number_that_is_right_here_is_right_only_here_where_the_derivative_has_hardly_moved():
    s = Value(1e-9, "s")
    assert check_derivation(mg.sin(s), s, 1).verdict == "right only here"
    assert check_derivation(mg.relu(s), s, 1).verdict == "right only if"


def test_where_an_exponential_has_underflowed_nothing_is_told_from_it():
    a, c, t = Value(2.7, "a"), Value(1.6, "c"), Value(0.9, "t")
    k = a * mg.exp(-Value(1.6, "e") / Value(0.2, "h"))  # of which 0 is beyond the largest floats
    left = c * mg.exp(-k * t)
    label(k=k, left=left)
    assert found((left - 1.0) ** 2, c, 2 * (left - 1.0))[0] == ["missing factor"]


def newton(w):
    """A step towards √2, and its derivative."""
    return w - (w * w - 2) / (2 * w), (w * w - 2) / (2 * w * w)


def relaxed(w):
    """A step towards cos w = w, and its derivative."""
    return w - 0.3 * (w - mg.cos(w)), 0.7 - 0.3 * mg.sin(w)


def flattened(w):
    """A step towards π/2, and its derivative."""
    return mg.sin(w) * mg.cos(w) + w, 2 * mg.cos(w) ** 2


@pytest.mark.parametrize("step", [newton, relaxed, flattened])
@pytest.mark.parametrize("times", [4, 60])
def test_of_a_recurrence_that_converges_only_the_derivative_is_right(step, times):
    """The weight of all paths doubles with each step; the derivative and its rounding do not."""
    z = w = Value(1.0, "z")
    slope = 1.0
    for _ in range(times):
        w, factor = step(w)
        slope = slope * factor
    assert check_derivation(w, z, slope).ok
    assert check_derivation(w, z, 3.0).verdict == "wrong"
    assert check_derivation(w, z, slope + z).verdict == "wrong"


def test_where_what_cancels_may_hide_a_difference_nothing_is_decided():
    x = Value(1.3, "x")
    for size in (1e12, 1e15, 1e18):
        y = size * x - size * x + x
        for claim in (2.0, 3 * x):
            diagnosis = check_derivation(y, x, claim)
            assert diagnosis.verdict == "wrong"
            assert diagnosis.digits == (None if size == 1e12 else 0)
            hidden = "rounding may hide what the difference is" in str(diagnosis)
            assert hidden == (size > 1e12) and not (hidden and diagnosis.findings)
    assert check_derivation(1e15 * x - 1e15 * x + x, x, 1.0).ok


@pytest.mark.parametrize("steps", [30, 100])
def test_what_cancels_to_rounding_is_0_after_any_number_of_steps(steps):
    x = a = b = Value(0.8, "x")
    for i in range(steps):
        factor = 1.1 + 0.01 * i / steps
        a, b = mg.sin(a) * factor, mg.sin(b) / (1 / factor)
    for y in (a / b, a - b, mg.log(a) - mg.log(b)):
        assert check_derivation(y, x, 0.0).ok
        assert check_derivation(y, x, 0 * x).ok


def test_what_is_smaller_than_any_reciprocal_of_a_float_is_compared_like_all_else():
    x, y = Value(27.0, "x"), Value(1.0, "y")
    bump = mg.exp(-x * x)
    bump.label = "bump"
    assert check_derivation(bump, x, bump * (1.0 - bump)).verdict == "wrong"
    diagnosis = check_derivation(x * 1e-309 * y, x, y)
    assert diagnosis.verdict == "wrong" and not diagnosis.findings
    assert "the term" not in str(check_derivation(x * y * 1e-200, x, y * 1e200))
