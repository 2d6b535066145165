"""A claim that is right around the user's point, and not further away; or where all has saturated."""

import math

import pytest

import microgradx as mg
from microgradx import Value, check_derivation
from microgradx.explain.diagnosis.evidence.further import NEAREST, RATIO


def said(output, wrt, claim, **options):
    diagnosis = check_derivation(output, wrt, claim, **options)
    return diagnosis.verdict, diagnosis.findings[0].sentence if diagnosis.findings else ""


def distances(x, c):
    """|x − c|, in forms in which no row has a kink."""
    return {
        "sqrt": mg.sqrt((x - c) ** 2),
        "power": ((x - c) ** 2) ** 0.5,
        "hypot": mg.hypot(x - c, 0.0),
        "norm": mg.norm([x - c]),
    }


@pytest.mark.parametrize("form", ["sqrt", "power", "hypot", "norm"])
@pytest.mark.parametrize("c", [3.0, 5.0, 8.0, 100.0, 1000.0, -10.0])
def test_what_is_right_on_one_side_is_not_right_everywhere_however_far_the_other_is(form, c):
    x = Value(2.0, "x")
    sign, side = (-1.0, "< 0") if c > 2.0 else (1.0, "> 0")
    node = f"x − {c:g}" if c > 0.0 else f"x − (−{-c:g})"
    expected = "right only if", f"It is right only if {node} {side}."
    assert said(distances(x, c)[form], x, sign) == expected


def test_a_side_may_be_far_away_along_any_leaf():
    x, y = Value(2.0, "x"), Value(0.7, "y")
    assert said(mg.sqrt((x * y - 10.0) ** 2), x, -y)[0] == "right only if"


def test_a_graph_that_is_straight_is_not_wrong_far_away():
    x, y = Value(2.0, "x"), Value(0.7, "y")
    assert said(x * y + mg.exp(y), x, y) == ("right", "")


def test_what_underflows_far_away_is_not_wrong_there():
    z = [Value(0.3, "z1"), Value(-0.4, "z2"), Value(0.9, "z3")]
    o = mg.softmax(z)
    assert said(o[1], z[0], -o[0] * o[1]) == ("right", "")


SATURATED = {
    "tanh": (lambda x, y: mg.tanh(x + 40.0), lambda x: 0.0, "o has"),
    "Gaussian": (lambda x, y: mg.exp(-((x - 30.0) ** 2)), lambda x: 0.0, "o has"),
    "softplus": (lambda x, y: mg.softplus(x - 50.0), lambda x: 0.0, "o has"),
    "steep tanh": (lambda x, y: mg.tanh(20.0 * x), lambda x: 0.0, "o has"),
    "erf": (lambda x, y: mg.erf(6.0 * x), lambda x: 0.0, "o has"),
    "softmax": (lambda x, y: mg.softmax([x + 50.0, y])[0], lambda x: 0.0, "o has"),
}


@pytest.mark.parametrize("name", SATURATED)
def test_where_all_has_saturated_nothing_is_right_everywhere(name):
    function, claim, saturated = SATURATED[name]
    x, y = Value(2.0, "x"), Value(0.7, "y")
    o = function(x, y)
    o.label = "o"
    verdict, sentence = said(o, x, claim(x))
    assert verdict == "right only if" and f"{saturated} saturated, as here." in sentence


AROUND = {
    "a power": (lambda x: (x**2) ** 0.5, -1.5, lambda x: -1.0, ("right", "")),
    "a pair of inverses": (lambda x: mg.acosh(mg.cosh(x)), 2.0, lambda x: 1.0, ("right", "")),
    "another branch": (lambda x: mg.asin(mg.sin(x)), 2.0, lambda x: -1.0, "x stays near 2"),
    "the first branch": (lambda x: mg.asin(mg.sin(x)), 0.7, lambda x: 1.0, "x stays near 0.7"),
    "a root": (lambda x: mg.sqrt(1.0 - mg.sin(x) ** 2), 0.7, lambda x: -mg.sin(x), "x stays near"),
}


@pytest.mark.parametrize("name", AROUND)
def test_where_a_claim_is_right_all_around_no_slip_was_made(name):
    function, number, claim, expected = AROUND[name]
    x = Value(number, "x")
    found = said(function(x), x, claim(x))
    if isinstance(expected, str):
        assert found[0] == "right only if" and expected in found[1]
    else:
        assert found == expected


def test_a_claim_that_is_right_around_has_the_scope_of_its_sign():
    z = Value(-1.5, "z")
    assert check_derivation((z**2) ** 0.5, z, -1).scope == "where z < 0"


def test_the_leaf_is_named_that_has_to_stay_near_where_it_is():
    x, y = Value(2.0, "x"), Value(0.7, "y")
    output = y * mg.acos(mg.cos(x))
    assert said(output, x, y) == ("right only if", "It is right only if x stays near 2.")


def test_of_several_leaves_that_have_to_stay_none_is_named():
    x, y = Value(2.0, "x"), Value(0.7, "y")
    text = "It is right only if the leaves stay near their values here."
    assert said(mg.asin(mg.sin(x + y)), x, -1.0) == ("right only if", text)


def test_a_leaf_that_is_seen_to_matter_once_has_to_stay_near():
    """A bump far away, so narrow that it lies at one point of those that are tried."""
    x = Value(2.0, "x")
    far = 2.0 + 1.5 * NEAREST * RATIO**20 + 0.5
    text = "It is right only if x stays near 2."
    assert said(x + mg.exp(-((x - far) ** 2)), x, 1.0) == ("right only if", text)


def test_one_wrong_sign_that_faded_is_not_forgiven():
    x, y = Value(2.0, "x"), Value(0.7, "y")
    assert said(mg.tanh(y * x) + y, x, y * mg.tanh(y * x))[0] == "wrong"


def test_far_away_a_kink_is_named_where_one_is_crossed():
    x, y, w = Value(0.5, "x"), Value(1.3, "y"), Value(2.91, "w")
    cubes = mg.relu(mg.exp(x) - 1e6) * y + x
    text = "It is right only if exp(x) − 1000000 ≤ 0."
    assert said(cubes, x, 1.0) == ("right only if", text)
    bounded = mg.minimum(mg.minimum(3.0, x), w)
    claim = mg.greater(w, mg.minimum(3.0, x))
    assert said(bounded, x, claim) == ("right only if", "It is right only if x < 3.")


def test_a_claim_that_was_decided_once_is_not_tried_on_the_other_side():
    x, y = Value(2.0, "x"), Value(1.3, "y")
    assert said(mg.relu(x) * y, x, mg.where(x > 0.0, y, 0.0)) == ("right", "")


def test_what_a_function_may_round_far_away_is_not_held_against_it():
    def claim(d):
        return d["y"] * (math.cosh(d["x"]) ** 2 - math.sinh(d["x"]) ** 2)

    x, y = Value(0.7, "x"), Value(1.3, "y")
    assert said(x * y, x, claim) == ("right", "")


@pytest.mark.parametrize("here", [0.5, 2.0])
@pytest.mark.parametrize("centre", [20.0, 40.0, 60.0, 90.0, 150.0])
def test_a_function_that_has_faded_here_is_found_where_it_has_not(here, centre):
    x, w = Value(here, "x"), Value(0.8, "w")
    assert said(mg.tanh(x - centre) * w + x * w, x, w)[0] == "wrong"


def test_a_series_is_right_nearby_and_not_nearly_right_everywhere():
    x, w = Value(-1.4, "x"), Value(0.8, "w")
    series = mg.sum([x**k / math.factorial(k) for k in range(20)])
    text = "It is right only if x stays near −1.4."
    assert said(mg.exp(x) * w, x, w * series) == ("right only if", text)


def test_targets_do_not_add_up_to_0():
    z = [Value(v, f"z{i}") for i, v in enumerate((0.3, -0.4, 0.9))]
    t = [Value(v, f"t{i}") for i, v in enumerate((0.7, 0.4, 0.6))]
    o = mg.softmax(z)
    assert "= 0" not in said(mg.cross_entropy(o, t), z[0], o[1] * mg.sum(t) - t[0])[1]


def test_of_many_functions_with_one_name_it_is_said_how_many_they_are():
    s = Value(0.5, "s")
    a = [Value(v, f"a{i}") for i, v in enumerate((0.5, 1.2, -0.7, 0.9))]
    L = mg.sum([mg.log(1.0 + (s * k) ** 2) for k in a])
    sentence = said(L, s, mg.sum([2.0 * s * k * k / (s * k) ** 2 for k in a]))[1]
    assert sentence.startswith("log(1 + …^2), 4 of them, are taken term by term, as if")


def test_leaves_of_another_order_leave_room_for_those_that_go_far():
    z, x = Value(1.0, "z"), Value(0.7, "x")
    small = [Value(0.01 + 0.001 * i, f"s{i}") for i in range(20)]
    f = (z / 1000) ** 9 * x + x * x + mg.sum([s * s for s in small])
    assert said(f, x, 2 * x) == ("right only if", "It is right only if z stays near 1.")


def test_what_a_large_leaf_hides_is_found_where_it_is_small_even_if_only_one_sign_is_meant():
    b, near = Value(1e6, "b"), ("right only if", "It is right only if b stays near 1e+06.")
    assert said(mg.sqrt(1 + b * b), b, b / b) == near
    assert said(b + mg.exp(-b), b, b / b) == near
    assert said(b**2 + 1e-3 * b, b, 2 * b) == near
    assert check_derivation(mg.sqrt(b * b), b, b / b).scope == "where b > 0"


def test_what_a_leaf_of_order_1_hides_is_found_where_it_is_small():
    x, v = Value(0.7, "x"), Value(-1.2, "v")
    assert not check_derivation(x / (v + 1e-8), x, 1 / v).ok
    assert check_derivation(x / (v + 1e-8), x, 1 / (v + 1e-8)).ok


def test_what_lies_between_two_kinks_is_found_however_narrow_it_is():
    x, y, z = Value(0.7, "x"), Value(-3.0, "y"), Value(0.9, "z")
    window = mg.relu(x - 50) * mg.relu(51 - x)
    assert said(window, x, 0.0 * x) == ("right only if", "It is right only if x − 50 ≤ 0.")
    below = mg.relu(y) * mg.maximum(y, z)
    assert said(below, z, 0.0 * z) == ("right only if", "It is right only if y ≤ 0.")
