"""What the oracle has beside its rows, tested by itself: the unit of errors, the softmax family,
derivatives of any order.
"""

import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from pytest import approx

from . import oracle
from .agreement import agree, differences, near_zero_or_agree
from .oracle import mp, nearest, nth, ulps
from .programs import TINY
from .special_points import MAX

pytestmark = pytest.mark.untraced


# --- errors in ulps -------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [1.0, 1.5, -3.7, 1e300, -1e-300, 1e-310, TINY, 1.5e308])
@pytest.mark.parametrize("k", [0, 1, 2, 3, 100])
def test_k_floats_away_is_k_ulps(x, k):
    got = x
    for _ in range(k):
        got = math.nextafter(got, math.copysign(math.inf, x))
    assert ulps(got, mp.mpf(x)) == k


def test_half_a_ulp_is_what_rounding_costs():
    with mp.workdps(60):
        assert ulps(1.0, 1 + mp.mpf(2) ** -53) == 0.5
        assert ulps(0.0, mp.mpf(TINY) / 4) == 0.25
        assert 0 < ulps(math.pi, +mp.pi) < 0.5


def test_the_unit_is_that_of_the_rounded_result():
    with mp.workdps(60):
        below_one = 1 - mp.mpf(2) ** -60  # which rounds to 1, with twice the unit of its own binade
        assert ulps(1 - 2**-53, below_one) == approx(0.5, rel=0.01)


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_zeros_of_both_signs_are_equal(zero):
    assert ulps(zero, mp.mpf(0)) == ulps(zero, mp.exp(-(10**9))) == ulps(zero, mp.exp(-1e300)) == 0
    assert ulps(TINY, mp.mpf(0)) == 1
    assert ulps(1.0, mp.mpf(0)) > 1e300


def test_no_float_is_right_for_what_overflows():
    over = mp.mpf(2) ** 1024
    assert ulps(MAX, over) == ulps(math.inf, over) == ulps(-MAX, -mp.exp(1e300)) == math.inf
    assert ulps(math.inf, mp.mpf(MAX)) == ulps(math.nan, mp.mpf(1)) == math.inf
    with mp.workdps(60):
        assert ulps(MAX, mp.mpf(MAX) + 1) < 1e-200


@given(st.integers(-(2**80), 2**80), st.integers(-1160, 960))
def test_nearest_rounds_once(digits, exponent):
    with mp.workprec(100):
        number = mp.ldexp(digits, exponent)
    try:
        expected = float(Fraction(digits) * Fraction(2) ** exponent)
    except OverflowError:
        expected = math.copysign(math.inf, digits)
    assert nearest(number) == expected


# --- the softmax family ---------------------------------------------------------------------------

LOGITS = [[0.5], [1.0, 2.0, 3.0], [40.0, 0.0], [-1.5, 2.5, -1.5, 0.25], [700.0, -40.0, 3.0]]
EXTREME = [[1e308, -1e308], [-1e308, 1e308, 1e308], [1e308, 1e308 * (1 - 2**-53)], [1e308, TINY],
           [0.0, -1e30, 0.0], [-1e300, -1e300]]  # fmt: skip


def close_lists(a, b):
    return all(near_zero_or_agree(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("z", LOGITS, ids=str)
def test_softmax_is_the_textbook_formula(z):
    with mp.workdps(200):
        e = [mp.exp(x) for x in z]
        assert close_lists(oracle.softmax(z), [x / sum(e) for x in e])
        assert close_lists(oracle.log_softmax(z), [mp.log(x / sum(e)) for x in e])
        assert near_zero_or_agree(oracle.logsumexp(z), mp.log(sum(e)))


@pytest.mark.parametrize("z", LOGITS, ids=str)
def test_derivatives_of_the_softmax_family(z):
    t = [0.5, 0.0, 0.25, 3.0][: len(z)]
    for i in range(len(z)):
        for j in range(len(z)):
            for f in ("softmax", "log_softmax"):
                numeric = differences(lambda *v, f=f, i=i: getattr(oracle, f)(v)[i], z, j)
                assert near_zero_or_agree(numeric, getattr(oracle, f + "_jacobian")(z)[i][j])
        numeric = differences(lambda *v: oracle.cross_entropy(v, t), z, i)
        assert near_zero_or_agree(numeric, oracle.cross_entropy_gradient(z, t)[i])
        numeric = differences(lambda *v: oracle.logsumexp(v), z, i)
        assert near_zero_or_agree(numeric, oracle.softmax(z)[i])


@pytest.mark.parametrize("z", EXTREME, ids=str)
def test_extreme_logits_keep_their_digits(z):
    t = [1.0, *[0.25] * (len(z) - 1)]
    family = (oracle.softmax, oracle.log_softmax, lambda z: [oracle.logsumexp(z)],
              lambda z: [d for line in oracle.softmax_jacobian(z) for d in line],
              lambda z: oracle.cross_entropy_gradient(z, t))  # fmt: skip
    for f in family:
        known = f(z)
        with mp.workprec(3000):
            assert all(agree(a, b) for a, b in zip(known, f(z), strict=True))


def test_extreme_logits_by_hand():
    assert list(map(float, oracle.softmax([1e308, -1e308]))) == [1, 0]
    assert list(map(float, oracle.log_softmax([1e308, 0.0]))) == [0, -1e308]
    assert list(map(float, oracle.softmax([-1e30, 0.0, 0.0]))) == [0, 0.5, 0.5]
    assert float(oracle.logsumexp([1e308, 1e308])) == 1e308


def test_cross_entropy_keeps_the_digits_of_a_sure_prediction():
    with mp.workdps(60):
        tail = mp.exp(-40)
        assert agree(oracle.cross_entropy([40.0, 0.0], [1.0, 0.0]), mp.log1p(tail))
        assert agree(oracle.cross_entropy_gradient([40.0, 0.0], [1.0, 0.0])[0], -tail / (1 + tail))


def test_a_gradient_that_vanishes_is_exactly_zero():
    third = 1 / 3
    assert not any(oracle.cross_entropy_gradient([0.1] * 3, [third] * 3))
    assert oracle.cross_entropy_gradient([0.1, 0.1, -7.0], [0.0, 0.0, 0.0]) == [0, 0, 0]
    assert oracle.cross_entropy_gradient([-2.0, -2.0, -2.0], [1.0, 2.0, 3.0])[1] == 0


# --- derivatives of any order ---------------------------------------------------------------------

FUNCTIONS = {"tanh": mp.tanh, "exp(x**2)": lambda x: mp.exp(x**2), "x**x": lambda x: x**x}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [0.375, 1.5, 5.0])
def test_high_derivatives_agree_with_differences(name, x):
    with mp.workdps(60):
        numeric = mp.diffs(FUNCTIONS[name], mp.mpf(x), 9)
        assert all(agree(nth(name, n, x), d, 30) for n, d in enumerate(numeric))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [1e-300, 0.01, 0.6, 1.0, 20.0])
def test_high_derivatives_keep_their_digits(name, x):
    for order in (1, 2, 5, 20, 40):
        known = nth(name, order, x)
        with mp.workprec(2 * oracle.BITS):
            assert agree(known, nth(name, order, x), 30)


def test_high_derivatives_of_tanh_far_out_and_at_zero():
    assert [nth("tanh", n, 0.0) for n in range(8)] == [0, 1, 0, -2, 0, 16, 0, -272]
    with mp.workdps(60):
        assert agree(nth("tanh", 5, 300.0), 64 * mp.exp(-600))
