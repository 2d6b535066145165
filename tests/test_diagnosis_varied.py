"""Targets that are plain numbers: a claim that is right only if they add up to 1 is told as such."""

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value, check_derivation

z1, z2, z3 = z = [Value(1.0, "z1"), Value(2.0, "z2"), Value(0.3, "z3")]
o = mg.softmax(z)


def condition(diagnosis):
    """The condition under which alone a claim is right."""
    assert diagnosis.verdict == "right only if"
    (finding,) = diagnosis.findings
    return finding.about


@pytest.mark.parametrize(
    "t", [[3.0, 1.0, 0.7], (3, 1, 2), np.array([0.5, 1.0, 2.0]), np.array([2, 1, 1])], ids=repr
)
def test_numbers_of_a_list_are_called_by_its_name(t):
    E = mg.cross_entropy(o, t)
    assert condition(check_derivation(E, z1, o[0] - t[0])) == "t[0] + t[1] + t[2] = 1"
    assert check_derivation(E, z1, o[0] * sum(t) - t[0]).ok


@pytest.mark.parametrize(
    "loss", [mg.softmax_cross_entropy, lambda z, t: -mg.dot(t, mg.log_softmax(z))]
)
def test_targets_of_one_row_of_data(loss):
    rows = [[0.2, 0.3, 0.1], [0.4, 0.7, 0.6]]
    E = loss(z, rows[1])
    assert condition(check_derivation(E, z3, o[2] - rows[1][2])) == (
        "rows[1][0] + rows[1][1] + rows[1][2] = 1"
    )


def test_sums_that_are_written_out():
    t = [2, 1, 0.25]
    negated = -t[0] * mg.log(o[0]) - t[1] * mg.log(o[1]) - t[2] * mg.log(o[2])
    outside = -sum(x * mg.log(p) for x, p in zip(t, o, strict=True))
    for E in (negated, outside):
        assert isinstance(E, Value)
        assert condition(check_derivation(E, z1, o[0] - t[0])) == "t[0] + t[1] + t[2] = 1"


def test_terms_of_a_target_0_are_no_part_of_the_sum():
    t = [0.0, 0.8, 0.7]
    E = mg.cross_entropy(o, t)
    assert condition(check_derivation(E, z2, o[1] - t[1])) == "t[1] + t[2] = 1"


def test_numbers_that_add_up_to_1_make_the_claim_right():
    t = [0.2, 0.3, 0.5]
    assert check_derivation(mg.cross_entropy(o, t), z1, o[0] - t[0]).ok


def test_a_slip_is_told_as_ever_also_where_a_number_of_the_formula_is_that_of_a_target():
    t = [3.0, 1.0]
    p = mg.softmax([z1, z2])
    E = mg.cross_entropy(p, t)
    diagnosis = check_derivation(E, z1, -t[0] * (1 - p[0]))
    assert [finding.kind for finding in diagnosis.findings] == ["missing path"]
    assert [path.labels for path in diagnosis.missing] == [("E", "p[1]", "z1")]


def test_numbers_without_a_name_stay_numbers():
    E = mg.cross_entropy(o, [0.5, 0.8, 0.7])
    assert check_derivation(E, z1, o[0] - 0.5).verdict == "wrong"


def test_options_hold_for_the_numbers_too():
    t = [0.5, 0.8, 0.7]
    E = mg.cross_entropy(o, t)
    found = check_derivation(E, z1, o[0] - t[0], fixed=[z2], ranges={z1: (0.0, 1.0)})
    assert condition(found) == "t[0] + t[1] + t[2] = 1"
    found = check_derivation(E, z1, o[0] - t[0], points=[{z1: x} for x in (0.1, 0.4, 0.9)])
    assert not found.ok


def test_what_logarithms_are_multiplied_by_may_add_up_to_1():
    s, yes, no = Value(0.8, "s"), Value(0.8, "yes"), Value(0.45, "no")
    p = mg.sigmoid(s)
    q = 1.0 - p
    p.label, q.label = "p", "q"
    for loss in (-(yes * mg.log(p) + no * mg.log(q)), -mg.dot([yes, no], [mg.log(p), mg.log(q)])):
        diagnosis = mg.check_derivation(loss, s, p - yes)
        assert diagnosis.verdict == "right only if"
        assert diagnosis.findings[0].about == "no + yes = 1"


def test_what_other_logarithms_are_multiplied_by_is_no_list():
    a, b, c, x = (Value(v, n) for v, n in ((0.5, "a"), (0.4, "b"), (0.8, "c"), (0.9, "x")))
    output = a * mg.log(x) + b * mg.log(x + 1.0) + c * mg.log(x + 2.0)
    assert mg.check_derivation(output, x, 1.0 / x).verdict == "wrong"


def test_a_leaf_that_is_left_out_is_more_likely_0_than_two_slips_are_made():
    z1, z2, z3, smoothing = (
        Value(x, n) for x, n in ((0.9, "z1"), (0.5, "z2"), (0.3, "z3"), (0.24, "ep"))
    )
    p1, p2, p3 = mg.softmax([z1, z2, z3])
    p1.label, p2.label, p3.label = "p1", "p2", "p3"
    loss = -(
        (1.0 - 2.0 * smoothing / 3.0) * mg.log(p1) + smoothing / 3.0 * (mg.log(p2) + mg.log(p3))
    )
    diagnosis = mg.check_derivation(loss, z1, p1 - 1.0)
    assert (diagnosis.verdict, diagnosis.findings[0].about) == ("right only if", "ep = 0")
