"""The rows of the oracle, tested by themselves: a bent yardstick would pass bent derivatives."""

import math
import operator
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx

from . import oracle
from .agreement import agree, differences, near_zero_or_agree
from .oracle import DOMAIN, EXACT, SPECIAL, finite, mp, nearest, nth, ulps
from .programs import TINY, arity

pytestmark = pytest.mark.untraced

for_every_row = pytest.mark.parametrize("name", EXACT)


def smooth_points(name):
    """A few points of the domain off the kinks: no operand is 0, no two are alike."""
    choices = product((0.375, -0.75, 1.5, 3.0), repeat=arity(name))
    return [xs for xs in choices if DOMAIN[name](*xs) and len(set(xs)) == len(xs)][:5]


def everything(name, xs):
    """Value, gradient and Hessian in one list."""
    row = EXACT[name]
    return [row.value(*xs), *row.gradient(*xs), *(h for line in row.hessian(*xs) for h in line)]


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
    every = st.tuples(*[st.one_of(size, st.floats(-4, 4))] * arity(name))
    xs = data.draw(every.filter(lambda xs: DOMAIN[name](*xs)))
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
