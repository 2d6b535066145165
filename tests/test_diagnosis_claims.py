"""What a derivation may be that is checked, and where: its types, numbers, functions, options."""

import math

import pytest

import microgradx as mg
from microgradx import GradientError, Value, check_derivation

from .diagnosing import example, found, kinds, label, sentences

# --- what is no derivation ------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [1.0, None, "q", [1.0]])
def test_output_and_wrt_are_values(wrong):
    x, _, r = example()
    with pytest.raises(TypeError, match=r"^output is a Value, not .*check_derivation\("):
        check_derivation(wrong, x, 1.0)
    error = KeyError if isinstance(wrong, str) else TypeError
    message = r"^no row has the label 'q'|^wrt is a Value or a label, not .*check_derivation\("
    with pytest.raises(error, match=message):
        check_derivation(r, wrong, 1.0)


@pytest.mark.parametrize("claim", [True, False, None, "x", [1.0], 1j])
def test_a_claim_is_a_value_a_number_or_a_function(claim):
    x, _, r = example()
    with pytest.raises(TypeError, match=r"a claim is a Value, a finite number or a function, not"):
        check_derivation(r, x, claim)


@pytest.mark.parametrize(
    "options",
    [{"fixed": ["q"]}, {"ranges": {"q": (0.0, 1.0)}}, {"points": [{"q": 1.0}]}],
    ids=["fixed", "ranges", "points"],
)
def test_a_leaf_that_is_not_there_is_named(options):
    x, y, r = example()
    with pytest.raises(KeyError, match=r"'q'; the labels are x, y and r"):
        check_derivation(r, x, y, **options)


def test_a_value_from_elsewhere_is_no_leaf_of_the_graph():
    x, y, r = example()
    with pytest.raises(KeyError, match="not in the graph of r"):
        check_derivation(r, x, y, fixed=[Value(2.0, "q")])


def test_where_there_is_no_derivative_there_is_nothing_to_check():
    x = Value(0.0, "x")
    root = mg.sqrt(x)
    with pytest.raises(GradientError, match=r"^root has no finite derivative with respect to x"):
        check_derivation(root, x, 1.0)


def test_a_label_that_a_function_does_not_find_is_its_own_error():
    x, _, r = example()
    with pytest.raises(KeyError, match="z"):
        check_derivation(r, x, lambda at: at["z"])


# --- a claim that is a number ---------------------------------------------------------------------


def test_a_number_that_is_right_is_right_only_here():
    x, _, r = example()
    diagnosis = check_derivation(r, x, 2.0 + math.cos(0.7))
    assert diagnosis.verdict == "right only here"
    assert kinds(diagnosis) == ["point"]
    assert not diagnosis.ok


def test_a_number_rounded_to_four_digits_is_as_good():
    x, _, r = example()  # 2.76484…
    assert check_derivation(r, x, 2.765).verdict == "right only here"
    assert check_derivation(r, x, 2.766).verdict == "wrong"


def test_a_whole_number_of_four_digits_is_rounded_likewise():
    x = Value(617.2, "x")
    assert check_derivation(x * x, x, 1234).verdict == "right only here"  # 1234.4
    assert check_derivation(x * x, x, 1235).verdict == "wrong"


def test_a_derivative_that_is_a_number_everywhere_is_right():
    x, y, _ = example()
    assert check_derivation(3 * x + y, x, 3).verdict == "right"
    assert check_derivation(x + y, x, 1.0).verdict == "right"


@pytest.mark.parametrize(
    ("claim", "kind", "text"),
    [
        (2.0, "missing path", "sin(x)"),
        (math.cos(0.7), "missing path", "x·y"),
        (-2.0 - math.cos(0.7), "sign", "opposite"),
        (4.0 + 2 * math.cos(0.7), "constant factor", "an extra constant factor 2"),
        (4.0 + math.cos(0.7), "repeated path", "x·y"),
        (0.0, "missing path", "every path"),
    ],
)
def test_a_number_may_equal_a_slip_which_proves_nothing_elsewhere(claim, kind, text):
    x, _, r = example()
    diagnosis = check_derivation(r, x, claim)
    assert diagnosis.verdict == "wrong"
    assert kinds(diagnosis) == [kind]
    assert text in sentences(diagnosis)
    assert "elsewhere a number proves nothing" in sentences(diagnosis)


def test_a_number_like_no_slip_gets_no_explanation():
    x, _, r = example()
    diagnosis = check_derivation(r, x, 1.234567)
    assert diagnosis.verdict == "wrong"
    assert kinds(diagnosis) == []


# --- a claim that is a function -------------------------------------------------------------------


def test_a_function_gets_the_numbers_by_label_and_may_use_math():
    x, _, r = example()
    assert check_derivation(r, x, lambda at: at["y"] + math.cos(at["x"])).verdict == "right"
    diagnosis = check_derivation(r, x, lambda at: at["y"] - math.cos(at["x"]))
    assert kinds(diagnosis) == ["sign"]


def test_a_function_that_is_not_defined_somewhere_is_tried_where_it_is():
    x = Value(0.4, "x")
    diagnosis = check_derivation(x * x, x, lambda at: 2 * math.exp(math.log(at["x"])))
    assert diagnosis.verdict == "right"


def test_a_claim_that_is_0_but_for_rounding_misses_every_path():
    x, _, r = example()
    nothing = 0.1 * x + 0.2 * x - 0.3 * x
    assert nothing.data != 0.0
    diagnosis = check_derivation(r, x, nothing)
    assert kinds(diagnosis) == ["missing path"]
    assert not diagnosis.counted


# --- fixed, ranges, points ------------------------------------------------------------------------


def test_what_is_fixed_keeps_its_value():
    x, y, r = example()
    claim = 2.0 + mg.cos(x)
    assert not check_derivation(r, x, claim)
    assert check_derivation(r, x, claim, fixed=[y])
    assert check_derivation(r, x, claim, fixed=["y"])


def test_a_range_is_where_the_derivation_is_meant_to_hold():
    x = Value(0.7, "x")
    size = mg.abs(x)
    assert check_derivation(size, x, 1.0 + 0.0 * x).verdict == "right only if"
    assert check_derivation(size, x, 1.0 + 0.0 * x, ranges={x: (0.1, 5.0)}).verdict == "right"
    seen = []
    check_derivation(size, x, lambda at: seen.append(at["x"]) or 0.0, ranges={"x": (3.0, 4.0)})
    assert seen[0] == 0.7
    assert len(seen) > 1
    assert all(2.999 < number < 4.001 for number in seen if abs(number - 0.7) > 1e-9)


def test_given_points_are_used_in_place_of_random_ones():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    product, seen = x * y, set()
    given = [{x: 3.0, y: 4.0}, {"x": 0.5, "y": 1.5}]  # where y = x + 1

    def claim(at):
        seen.add((at["x"], at["y"]))
        return at["x"] + 1.0

    assert check_derivation(product, x, claim, points=given).verdict == "right"
    assert seen == {(1.0, 2.0), (3.0, 4.0), (0.5, 1.5)}
    assert check_derivation(product, x, claim).verdict != "right"


def leaky(condition):
    """w·h, where h is z or z/10, by a condition on z = w·x > 0."""
    w, x = Value(0.7, "w"), Value(1.5, "x")
    z = w * x
    h = mg.where(condition(z), z, 0.1 * z)
    z.label, h.label = "z", "h"
    return h, x, w, z


@pytest.mark.parametrize(
    ("condition", "text"),
    [(lambda z: mg.greater(z, 0.0), "z > 0"), (lambda z: z > 0, "h is z, not 0.1·z")],
)
def test_a_claim_for_one_side_is_right_only_there_however_that_was_decided(condition, text):
    h, x, w, _ = leaky(condition)
    diagnosis = check_derivation(h, x, w)
    assert diagnosis.verdict == "right only if"
    assert text in sentences(diagnosis)


def test_what_a_condition_took_is_named_where_the_result_has_no_name():
    x = Value(2.0, "x")
    diagnosis = check_derivation(mg.where(x > 0.0, x * x, x), x, 2.0 * x)
    assert sentences(diagnosis) == "It is right only if x·x is taken, not x."


@pytest.mark.parametrize("condition", [lambda z: mg.greater(z, 0.0), lambda z: z > 0])
@pytest.mark.parametrize(("slope", "verdict"), [(0.1, "right"), (0.2, "right only if")])
def test_a_claim_that_decides_too_is_tried_on_both_sides(condition, slope, verdict):
    h, x, w, z = leaky(condition)
    claim = mg.where(condition(z), w, slope * w)
    assert check_derivation(h, x, claim).verdict == verdict


@pytest.mark.parametrize("f", [lambda x: 3.0 * x, lambda x: mg.abs(x) * 0.7, lambda x: x - x])
def test_a_derivative_that_never_varies_is_right_under_a_name_too(f):
    x = Value(1.5, "x")
    y = f(x)
    d = mg.gradient(y, x, create_graph=True)
    assert check_derivation(y, x, 1.0 * d).verdict == "right"


def test_a_slope_of_0_cannot_be_upside_down():
    """Two sines at 0 and their sum: the slip that inverts every slope has no value there."""
    x = Value(0.0, "x")
    y = mg.relu(x) + mg.sin(x) + mg.sin(2 * x) + mg.cos(x) + mg.cos(2 * x)
    assert check_derivation(y, x, mg.sin(x)).verdict == "wrong"


@pytest.mark.parametrize(
    ("f", "claim", "text"),
    [
        (lambda x, c: c / x, lambda x, c: c / x**2, "There is a minus in the derivative of y."),
        (lambda x, c: mg.cos(c * x), lambda x, c: c * mg.sin(c * x), "in the derivative of y."),
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
    assert "There is a minus in the derivative of r." in text


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
