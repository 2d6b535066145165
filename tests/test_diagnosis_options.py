"""The options of `check_derivation`: what is fixed, in ranges, and at points of one's own."""

import math

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value, check_derivation

X, Y = Value(0.7, "x"), Value(-1.3, "y")
Z = X * X * Y
Z.label = "z"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"fixed": 3.0}, TypeError, r"fixed takes a sequence, not 3.0; as in fixed=\[x, 'w'\]"),
        ({"fixed": "xy"}, KeyError, "no row has the label 'xy'"),
        ({"fixed": [Z]}, ValueError, "fixed is about leaves, and z is computed from others"),
        ({"ranges": [(0.0, 1.0)]}, TypeError, r"ranges takes numbers by leaf.*ranges=\{x: \(0.0"),
        ({"ranges": {X: 1.0}}, TypeError, "ranges takes two numbers for x, not 1.0; as in"),
        (
            {"ranges": {X: (0.0, None)}},
            TypeError,
            "ranges takes finite numbers for x, not None; as",
        ),
        (
            {"ranges": {X: (0.0, math.inf)}},
            mg.DomainError,
            "ranges takes .* for x, not inf; as in r",
        ),
        ({"ranges": {X: (1.0, 0.0)}}, ValueError, r"from the lowest to the highest, not \(1.0, 0"),
        ({"ranges": {"z": (0.0, 1.0)}}, ValueError, "ranges is about leaves, and z is computed"),
        ({"points": {X: 1.0}}, TypeError, r"points takes a sequence, not .*points=\[\{x: 0.5"),
        ({"points": None}, TypeError, "points takes a sequence, not None"),
        ({"points": [1.0]}, TypeError, "points takes numbers by leaf, not 1.0"),
        ({"points": [{X: "1"}]}, TypeError, "points takes a finite number for x, not '1'; as in"),
        ({"points": [{X: 1j}]}, TypeError, "points takes a finite number for x, not 1j; as in"),
        ({"points": [{X: True}]}, TypeError, "points takes a finite number for x, not True; as in"),
        (
            {"points": [{X: math.nan}]},
            mg.DomainError,
            "^points takes a finite number for x, not nan; as in",
        ),
        ({"points": [{"z": 1.0}]}, ValueError, "points is about leaves"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        check_derivation(Z, X, 2.0 * X * Y, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": [{X: 1.0, "x": 2.0}]}, "points takes one entry for x, not two"),
        ({"ranges": {X: (0.0, 1.0), "x": (1.0, 2.0)}}, "ranges takes one entry for x, not two"),
        ({"ranges": {X: (0.0, 1.0)}, "fixed": "x"}, "fixed and ranges both have x; leave it out"),
        ({"points": [{X: 1.0}], "fixed": [X]}, "points has x = 1, which fixed does not allow"),
        (
            {"points": [{X: 1.0}, {X: 3.0}], "ranges": {X: (0.0, 2.0)}},
            "points has x = 3, which ranges does not allow",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        check_derivation(Z, X, 2.0 * X * Y, **options)


def test_what_is_fixed_may_be_in_a_point_with_the_number_that_it_keeps():
    points = [{X: 0.7, Y: 1.0}, {"x": 0.7, "y": 2.0}]
    ranges = {Y: (1.0, 2.0)}
    assert check_derivation(Z, X, 2.0 * X * Y, fixed=[X], ranges=ranges, points=points).ok


@pytest.mark.parametrize(
    ("options", "scope"),
    [
        ({}, "everywhere"),
        ({"fixed": [Y]}, "wherever y keeps its number"),
        ({"fixed": "y"}, "wherever y keeps its number"),
        ({"fixed": [np.array([[Y]]), ()]}, "wherever y keeps its number"),
        ({"ranges": {X: (0.5, 1.0)}}, "everywhere within the ranges given"),
        (
            {"ranges": {X: (0.5, 1.0)}, "fixed": "y"},
            "within the ranges given, wherever y keeps its number",
        ),
        ({"points": [{X: 2.0}, {X: 3.0}]}, "at the points given"),
    ],
)
def test_the_answer_says_where_it_was_tried(options, scope):
    diagnosis = check_derivation(Z, X, 2.0 * X * Y, **options)
    assert diagnosis.ok and str(diagnosis).endswith(f"your derivation holds {scope}.")


@pytest.mark.parametrize(
    "derivation",
    [
        lambda g, c: check_derivation(g, "w", c),
        lambda g, c: check_derivation(g, c, lambda n: n["w"]),
        lambda g, c: check_derivation(g, c, 1.0, fixed="w"),
    ],
    ids=["wrt", "claim", "fixed"],
)
def test_of_a_label_that_several_leaves_have_the_names_that_tell_them_apart_are_said(derivation):
    p, q, c = Value(2.0, "w"), Value(3.0, "w"), Value(0.5, "c")
    with pytest.raises(KeyError, match="2 rows have the label 'w': write 'w#0' or 'w#4' for one"):
        derivation(mg.sin(p * c) * q, c)


def test_leaves_of_one_label_have_names_in_all_arguments_and_in_the_answer():
    p, q, c = Value(2.0, "w"), Value(3.0, "w"), Value(0.5, "c")
    output = mg.sin(p * c) * q
    seen = []

    def claim(n):
        seen.append({*n})
        return math.cos(n["w#0"] * n["c"]) * n["w#0"] * n["w#4"]

    diagnosis = check_derivation(output, "c", claim, fixed=["w#0"], ranges={"w#4": (1.0, 2.0)})
    assert diagnosis.ok and diagnosis.scope.endswith("wherever w#0 keeps its number")
    assert seen[0] == {"w#0", "w#4", "c", "output"}


@pytest.mark.parametrize("claim", [lambda x: 1.0 / x, lambda x: 2.0 / x, lambda x: 1.4286])
def test_ranges_within_which_nothing_can_be_compared_are_refused(claim):
    x, y = Value(0.7, "x"), Value(2.0, "y")
    message = "^graph or claim is not defined at any other .* the ranges given: −2 ≤ x ≤ −1 and 0 ≤"
    with pytest.raises(mg.DomainError, match=message):
        ranges = {x: (-2.0, -1.0), y: (0.0, 3.0)}
        check_derivation(mg.log(x) * y, x, claim(x) * y, ranges=ranges)


@pytest.mark.parametrize(
    "ends", [(0.0, 1e200), (-1e308, 1e308), (1e150, 1e160), (0.0, 0.0), (-0.3, -0.1)]
)
def test_a_range_may_be_wide_or_narrow_and_without_the_number_of_the_leaf(ends):
    x = Value(0.7, "x")
    scope = "everywhere within the ranges given"
    assert check_derivation(x * x, x, 2.0 * x, ranges={x: ends}).scope == scope
    wrong = check_derivation(x * x, x, x + 0.7, ranges={x: ends})
    only = "at this point only" if ends[0] <= 0.7 <= ends[1] else "and at none that was tried"
    assert wrong.verdict == "right only here" and only in str(wrong)


def test_the_sign_of_a_leaf_is_no_scope_but_a_condition_where_its_range_has_the_other():
    x, y = Value(0.7, "x"), Value(2.0, "y")
    length, claim = mg.sqrt(x * x) * y, 1.0 * y
    assert check_derivation(length, x, claim).scope == "where x > 0"
    assert check_derivation(length, x, claim, ranges={x: (0.1, 1.0)}).ok
    diagnosis = check_derivation(length, x, claim, ranges={x: (-2.0, 0.5)})
    assert str(diagnosis).endswith("It is right only if x > 0.") and not diagnosis.ok
    diagnosis = check_derivation(length, x, claim, ranges={x: (-2.0, -1.0)})
    assert not diagnosis.ok and "right at this point, and at none" in str(diagnosis)


def test_where_nothing_else_could_be_tried_it_is_said_why():
    x = Value(0.7, "x")
    text = str(check_derivation(x * x, x, 2.0 * x, fixed=[x]))
    assert "right at this point; no other could be tried, since every leaf keeps its numbe" in text
    text = str(check_derivation(x * x, x, lambda n: {0.7: 1.4}.get(n["x"]) or 1.0 / 0.0))
    assert "right at this point; graph or claim is not defined at any other that was trie" in text


def test_a_point_given_where_nothing_can_be_compared_is_refused_and_not_left_out():
    x = Value(2.0, "x")
    undefined = (mg.log(x), 0.25 * x), (x * x, lambda n: 2.0 * math.sqrt(n["x"]) ** 2)
    for output, claim in undefined:
        with pytest.raises(mg.DomainError, match="not defined at the point given: x = −4"):
            check_derivation(output, x, claim, points=[{x: 2.0}, {x: -4.0}])


def test_both_ends_of_a_range_are_tried():
    x = Value(0.7, "x")
    for output, claim, ends in (
        (abs(x), x / x, (-0.001, 10.0)),
        (mg.relu(x - 5), 0.0 * x, (0.0, 5.01)),
        (mg.asin(mg.sin(x)), x / x, (-1.6, 1.6)),
    ):
        assert not check_derivation(output, x, claim, ranges={x: ends}).ok
    assert check_derivation(abs(x), x, x / x, ranges={x: (0.0, 10.0)}).ok
    assert check_derivation(mg.relu(x - 5), x, 0.0 * x, ranges={x: (0.0, 5.0)}).ok


def test_a_fixed_leaf_that_only_the_claim_has_is_in_the_scope():
    z = Value(1.7, "z")
    fixed = check_derivation(X * X * Y, X, 2.0 * X * Y * z / 1.7, fixed=[z])
    assert fixed.scope == "wherever z keeps its number"
    assert check_derivation(3.0 * X, X, Value(3.0, "slope")).scope == "everywhere"


def test_what_is_right_at_the_point_given_alone_is_told_so():
    q = Value(0.5, "q")
    text = str(check_derivation(q * q, q, 2.0 * q * q, points=[{q: 1.0}]))
    assert text.endswith("It is right at the point given, and not here.")
    b = Value(-1.0, "b")
    text = str(check_derivation(mg.sqrt(b * b), b, b / b, ranges={b: (1.0, 3.0)}))
    assert text.endswith("It is right within the ranges given, and not here.")
    t = [Value(x, f"t{i}") for i, x in enumerate((0.6, 0.9, 0.2))]
    s = [Value(x, f"s{i}") for i, x in enumerate((0.1, 0.5, -0.3))]
    o = mg.softmax(s)
    loss = -mg.sum(a * mg.log(b) for a, b in zip(t, o, strict=True))
    point = {"t0": 0.5, "t1": 0.3, "t2": 0.2}
    text = str(check_derivation(loss, s[0], o[0] - t[0], points=[point]))
    assert text.endswith("It is right at the point given, and not here.")


def test_what_is_fixed_may_be_what_is_differentiated_by():
    w1, w2 = Value(0.6, "w1"), Value(1.3, "w2")
    diagnosis = check_derivation(w1 * w1 * w2, w1, w2 * w2, fixed=["w1"])
    assert diagnosis.verdict == "wrong"
