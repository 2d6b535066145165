"""The oracle, tested by itself: a bent yardstick would pass bent derivatives."""

import math
import operator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings, strategies as st
from pytest import approx

from . import oracle
from .oracle import DOMAIN, EXACT, SPECIAL, finite, mp, nearest, nth, ulps

MAX, TINY = 1.7976931348623157e308, 5e-324
for_every_row = pytest.mark.parametrize("name", EXACT)


def arity(name):
    return max(len(xs) for xs in SPECIAL[name][:2])


def smooth_points(name):
    """A few points of the domain off the kinks: no operand is 0, no two are alike."""
    choices = product((0.375, -0.75, 1.5, 3.0), repeat=arity(name))
    return [xs for xs in choices if DOMAIN[name](*xs) and len(set(xs)) == len(xs)][:5]


def everything(name, xs):
    """Value, gradient and Hessian in one list."""
    row = EXACT[name]
    return [row.value(*xs), *row.gradient(*xs), *(h for line in row.hessian(*xs) for h in line)]


def agree(a, b, digits=45):
    """Whether two results share so many digits; None and 0 agree with themselves only."""
    if a is None or b is None or a == 0 or b == 0:
        return a == b
    return abs(a - b) <= abs(b) * mp.mpf(10) ** -digits


def differences(f, xs, i):
    """∂f/∂xᵢ, numerically, to some 80 digits; f is 0 where it is None."""
    with mp.workdps(80):
        at = tuple(map(mp.mpf, xs))
        return mp.diff(lambda *v: f(*v) or mp.mpf(0), at, tuple(i == j for j in range(len(xs))))


def near_zero_or_agree(a, b):
    return agree(a, b) or abs(a - b) < mp.mpf(10) ** -50


# --- the rows -------------------------------------------------------------------------------------


def test_every_row_has_special_points_and_a_domain():
    assert set(EXACT) == set(SPECIAL) == set(DOMAIN)


@for_every_row
def test_first_derivatives_are_those_of_the_value(name):
    row, points = EXACT[name], smooth_points(name)
    assert points
    for xs in points:
        for i, derivative in enumerate(row.gradient(*xs)):
            if derivative is not None:  # as that of (-0.75)^y by y
                assert near_zero_or_agree(differences(row.value, xs, i), derivative)


@for_every_row
def test_second_derivatives_are_those_of_the_first(name):
    row = EXACT[name]
    for xs in smooth_points(name):
        for i, line in enumerate(row.hessian(*xs)):
            for j, derivative in enumerate(line):
                if derivative is not None:
                    numeric = differences(lambda *v, i=i: row.gradient(*v)[i], xs, j)
                    assert near_zero_or_agree(numeric, derivative)


@for_every_row
def test_values_at_special_points_are_finite(name):
    for xs in SPECIAL[name]:
        assert all(isinstance(x, float) for x in xs)
        assert finite(name, *xs), xs


@for_every_row
def test_twice_the_digits_give_the_same_at_special_points(name):
    for xs in SPECIAL[name][:: 1 + len(SPECIAL[name]) // 150]:
        check_digits(name, xs)


@for_every_row
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_twice_the_digits_give_the_same_at_any_size(name, data):
    size = st.builds(
        lambda sign, digits, exponent: sign * digits * 10.0**exponent,
        st.sampled_from([1, -1]), st.floats(1, 9), st.integers(-308, 300),
    )  # fmt: skip
    xs = data.draw(st.tuples(*[st.one_of(size, st.floats(-4, 4))] * arity(name)))
    assume(DOMAIN[name](*xs))
    check_digits(name, xs)


def check_digits(name, xs):
    known = everything(name, xs)
    with mp.workprec(2 * oracle.BITS):
        better = everything(name, xs)
        assert all(agree(a, b) for a, b in zip(known, better, strict=True)), xs


@for_every_row
def test_an_error_of_one_in_a_billion_is_seen(name):
    seen = 0
    for xs in smooth_points(name):
        for truth in filter(None, everything(name, xs)):
            assert ulps(nearest(truth), truth) <= 0.5
            assert ulps(nearest(truth) * (1 + 1e-9), truth) > 1e6
            seen += 1
    assert seen or name == "equal"  # which is 0 wherever it is smooth


@pytest.mark.parametrize("digits", [5, 15, 300])
def test_the_callers_precision_neither_matters_nor_changes(digits):
    with mp.workdps(digits):
        before = mp.prec
        results = [*everything("atan2", (1e-300, 3.0)), *oracle.softmax([1.0, 2.0])]
        nth("tanh", 3, 0.5)
        ulps(1.0, results[0])
        assert mp.prec == before
    with mp.workdps(100):
        assert agree(results[1], 3 / (9 + mp.mpf(1e-300) ** 2), 90)


# fmt: off
KNOWN = [
    ("sin",      (1e22,),        -0.8522008497671888),
    ("cos",      (6381956970095103 * 2.0**797,), -4.6871659242546277e-19),
    ("sigmoid",  (-1000.0,),     0.0),
    ("softplus", (-700.0,),      9.859676543759770e-305),
    ("softplus", (0.0,),         0.6931471805599453),
    ("gauss",    (2.0,),         0.01831563888873418),
    ("relu",     (3.5,),         3.5),
    ("relu",     (-3.5,),        0.0),
    ("erf",      (1.0,),         0.8427007929497149),
    ("erfc",     (10.0,),        2.088487583762545e-45),
    ("erfc",     (-1e300,),      2.0),
    ("cbrt",     (-27.0,),       -3.0),
    ("log2",     (8.0,),         3.0),
    ("expm1",    (1e-20,),       1e-20),
    ("hypot",    (3e300, -4e300), 5e300),
    ("atan2",    (0.0, -1.0),    math.pi),
    ("atan2",    (-0.0, -1.0),   -math.pi),
    ("atan2",    (-0.0, -0.0),   -math.pi),
    ("pow",      (-2.0, -3.0),   -0.125),
    ("sum",      (1e308, 1e308, -1e308, 1e-308, -1e308), 1e-308),
    ("dot",      (1e200, 1e200, 1.0, 1e200, -1e200, 3.0), 3.0),
]
# fmt: on


# The rows that Python has too.
PYTHON = {
    **{name: getattr(math, name) for name in EXACT if hasattr(math, name)},
    **{name: getattr(operator, name) for name in ("neg", "abs", "add", "sub", "mul")},
    "div": operator.truediv, "greater": operator.gt, "equal": operator.eq,
    "max": max, "min": min, "sum": lambda *xs: sum(xs),
}  # fmt: skip


@pytest.mark.parametrize("name", PYTHON)
def test_values_are_those_of_python(name):
    for xs in [*smooth_points(name), (2.0,) * arity(name)]:
        if DOMAIN[name](*xs):
            assert float(EXACT[name].value(*xs)) == approx(float(PYTHON[name](*xs)), rel=1e-14)


# A helper is the derivative of another row.
HELPS = {"sech2": "tanh", "sigmoid": "softplus", "slope": "pow", "direction": "hypot",
         "arcsine_slope": "asin", "arctangent_slope": "atan", "artanh_slope": "atanh"}  # fmt: skip


@pytest.mark.parametrize(("helper", "name"), HELPS.items())
def test_helpers_are_the_derivatives_of_others(helper, name):
    for xs in smooth_points(name):
        if DOMAIN[helper](*xs):
            assert agree(EXACT[helper].value(*xs), EXACT[name].gradient(*xs)[0])


@pytest.mark.parametrize(("name", "xs", "value"), KNOWN)
def test_values_known_from_elsewhere(name, xs, value):
    assert float(EXACT[name].value(*xs)) == approx(value, rel=4e-16, abs=0)


def test_slopes_far_into_saturation_keep_their_digits():
    with mp.workdps(60):
        assert agree(EXACT["tanh"].gradient(300.0)[0], 4 * mp.exp(-600) * (1 - 2 * mp.exp(-600)))
        assert agree(EXACT["sigmoid"].gradient(-1e9)[0], mp.exp(-(10**9)))
        assert agree(EXACT["div"].gradient(1e300, 1e-300)[1], -mp.mpf(1e300) / mp.mpf(1e-300) ** 2)
        assert agree(EXACT["hypot"].gradient(1e-300, 1e300)[0], mp.mpf(1e-300) / mp.mpf(1e300))


# --- kinks and ends of domains --------------------------------------------------------------------

# fmt: off
GRADIENTS = [
    ("relu",    (0.0,),           (0,)),
    ("relu",    (TINY,),          (1,)),
    ("relu",    (-TINY,),         (0,)),
    ("abs",     (0.0,),           (0,)),
    ("abs",     (TINY,),          (1,)),
    ("abs",     (-TINY,),         (-1,)),
    ("max",     (2.0, 2.0),       (0.5, 0.5)),
    ("max",     (0.0, -0.0),      (0.5, 0.5)),
    ("max",     (1.0, 2.0, 2.0),  (0, 0.5, 0.5)),
    ("min",     (1.0, 2.0, 1.0, 1.0, 1.0), (0.25, 0, 0.25, 0.25, 0.25)),
    ("where",   (1.0, 2.0, 3.0),  (0, 1, 0)),
    ("where",   (0.0, 2.0, 3.0),  (0, 0, 1)),
    ("greater", (1.0, 1.0),       (0, 0)),
    ("equal",   (1.0, 1.0),       (0, 0)),
    ("sum",     (1.0, 2.0),       (1, 1)),
    ("dot",     (1.0, 2.0, 3.0, 4.0), (3, 4, 1, 2)),
    ("hypot",   (0.0, -2.0),      (0, -1)),
    ("atan2",   (0.0, -2.0),      (-0.5, 0)),
    # infinite or undefined
    ("sqrt",    (0.0,),           (None,)),
    ("cbrt",    (-0.0,),          (None,)),
    ("acosh",   (1.0,),           (None,)),
    ("asin",    (1.0,),           (None,)),
    ("asin",    (-1.0,),          (None,)),
    ("acos",    (-1.0,),          (None,)),
    ("hypot",   (0.0, -0.0),      (None, None)),
    ("atan2",   (0.0, 0.0),       (None, None)),
    # powers: only a number as exponent, where the second is None
    ("pow",     (0.0, 0.0),       (0, None)),
    ("pow",     (0.0, 0.5),       (None, 0)),
    ("pow",     (0.0, 1.0),       (1, 0)),
    ("pow",     (0.0, 1.5),       (0, 0)),
    ("pow",     (5.0, 0.0),       (0, math.log(5))),
    ("pow",     (-2.0, 0.0),      (0, None)),
    ("pow",     (-3.0, 2.0),      (-6, None)),
    ("pow",     (-1.0, 1e300),    (-1e300, None)),
    ("slope",   (0.0, 0.0),       (0, None)),
    ("slope",   (0.0, 1.5),       (None, 0)),
    ("slope",   (0.0, 2.0),       (2, 0)),
]
# fmt: on


@pytest.mark.parametrize(("name", "xs", "gradient"), GRADIENTS)
def test_gradients_at_kinks_and_ends(name, xs, gradient):
    found = EXACT[name].gradient(*xs)
    for g, expected in zip(found, gradient, strict=True):
        assert g == expected if g is None or expected is None else float(g) == approx(expected)


@pytest.mark.parametrize(
    ("name", "xs"), [("relu", (0.0,)), ("abs", (-0.0,)), ("max", (2.0, 2.0)), ("min", (1.0, 1.0))]
)
def test_second_derivatives_are_zero_at_kinks(name, xs):
    assert not any(h for line in EXACT[name].hessian(*xs) for h in line)


@pytest.mark.parametrize(
    ("y", "second"), [(0.0, 0), (1.0, 0), (1.5, None), (2.0, 2), (2.5, 0), (3.0, 0)]
)
def test_second_derivatives_of_powers_of_zero(y, second):
    assert EXACT["pow"].hessian(0.0, y)[0][0] == second


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
