"""What a derivation may be that is checked, and where: its types, numbers, functions, options."""

import math

import pytest

import microgradx as mg
from microgradx import GradientError, Value, check_derivation

from .diagnosing import example, found, kinds, sentences

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


def test_a_number_in_a_value_of_its_own_is_a_number():
    a, b = Value(100.0, "a"), Value(100.0, "b")
    claim = Value(0.25)  # which its variable does not make a part of the derivation
    said, text = found(a * b / (a + b), a, claim)
    assert said == ["relation"] and "right only if a = b" in text
    assert found(a * b / (a + b), a, Value(0.25, "c"))[0] == ["dependence"]
