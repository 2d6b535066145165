"""Graphs that may lead a diagnosis astray: lists, matrices, siblings, layers, numbers out of range."""

import microgradx as mg
from microgradx import Value, check_derivation


def label(**nodes):
    """Give nodes their labels."""
    for name, v in nodes.items():
        v.label = name


def found(*claim, **options):
    """The kinds of findings, and the text."""
    diagnosis = check_derivation(*claim, **options)
    return [finding.kind for finding in diagnosis.findings], str(diagnosis)


def test_a_path_through_two_edges_of_a_diagonal_counts_once():
    x = Value(0.7, "x")
    z1 = 1.5 * x
    a1 = mg.tanh(z1)
    z2 = 0.8 * a1
    a2 = mg.tanh(z2)
    label(z1=z1, a1=a1, z2=z2, a2=a2)
    kinds, _ = found(a2, x, 2.0 * (1.0 - a2**2) * 0.8 * (1.0 - a1**2) * 1.5)
    assert kinds == ["constant factor"]


def test_a_node_beside_another_is_not_on_the_way_to_it():
    x, y, q = Value(0.7, "x"), Value(1.3, "y"), Value(0.6, "q")
    s, e = mg.sin(x), mg.tanh(x)
    label(s=s, e=e)
    kinds, text = found(s * y + e * q * q, x, y * mg.cos(x) + q * q * mg.cos(x))
    assert kinds == ["swapped factor"] and "∂s/∂x stands where ∂e/∂x" in text


def test_points_may_leave_out_leaves():
    x, a12, a21 = Value(0.7, "x"), Value(0.2, "a12"), Value(0.5, "a21")
    points = [{x: 0.5}, {x: 0.9}, {x: 0.3}]
    kinds, _ = found(a12 * a21 * mg.tanh(x), a12, a21 * x, points=points)
    assert kinds
    kinds, _ = found(mg.tanh(x * x), x, 6 * x * (1 - mg.tanh(x * x)), points=[*points, {x: 0.0}])
    assert kinds == ["wrong local derivative", "constant factor"]


def test_squares_may_overflow_in_a_diagnosis():
    x, w, c = Value(0.7, "x"), Value(1.3, "w"), Value(400.0, "c")
    big = mg.exp(c)
    label(big=big)
    kinds, _ = found(mg.tanh(x * w) * mg.log(big), x, w * mg.log(big))
    assert kinds == ["missing factor"]


def test_of_two_sums_only_the_one_that_is_needed_is_1():
    x = Value(0.7, "x")
    p, q, r, u, v, w = (Value(0.1 * i + 0.2, name) for i, name in enumerate("pqruvw"))
    output = mg.sin(x) * (p + q + r) + mg.tanh(x) * (u + v + w)
    claim = mg.cos(x) + (1 - mg.tanh(x) ** 2) * (u + v + w)
    kinds, text = found(output, x, claim)
    assert kinds == ["relation"] and "right only if p + q + r = 1." in text


def test_both_rows_of_a_matrix_of_targets_add_up_to_1():
    x = Value(0.7, "x")
    t = [
        [Value(0.3, "t[0][0]"), Value(0.6, "t[0][1]")],
        [Value(0.2, "t[1][0]"), Value(0.9, "t[1][1]")],
    ]
    output = mg.sin(x) * (t[0][0] + t[0][1]) + mg.tanh(x) * (t[1][0] + t[1][1])
    kinds, text = found(output, x, mg.cos(x) + 1 - mg.tanh(x) ** 2)
    assert kinds == ["relation"]
    assert "t[0][0] + t[0][1] = 1 and t[1][0] + t[1][1] = 1" in text


def test_a_constant_beside_an_inverted_factor_is_told():
    x, w = Value(0.7, "x"), Value(1.3, "w")
    t = mg.tanh(w * x)
    label(t=t)
    kinds, _ = found(2 * t, x, 4 * 2 * (1 - t**2) / w)
    assert kinds == ["inverted factor", "constant factor"]


def test_a_long_list_is_not_one_hot_by_luck():
    """Of 25 members one is 1 in turn: a few draws would leave out those that matter."""
    s = Value(0.7, "s")
    x = [Value(0.1 * i + 0.2, f"x{i}") for i in range(25)]
    output = mg.sum([mg.sin(a) * s for a in x]) + x[12] * x[21] * s
    kinds, text = found(output, s, mg.sum([mg.sin(a) for a in x]) + x[12] * x[12])
    assert kinds and "one-hot" not in text and "x12" in text and "x21" in text


def test_a_leaf_without_a_label_is_a_number_if_others_have_one():
    x = Value(0.7, "x")
    kinds, text = found(x * Value(3.0), x, 0.0 * x + 3.0)
    assert not kinds and text.startswith("Right")


def test_a_leaf_that_is_0_does_not_stay_0():
    z, a = Value(0.0, "z"), Value(1.7, "a")
    s = mg.sigmoid(z)
    label(s=s)
    assert check_derivation(a * s, z, a * s * s).verdict == "right only here"


def test_what_a_derivation_divides_by_is_told_as_a_divisor():
    x, y, c = Value(0.7, "x"), Value(1.3, "y"), Value(0.4, "c")
    s = x * x + c
    t = mg.exp(x) * c
    label(s=s, t=t)
    kinds, text = found(mg.tanh(y) / s + t, y, (1.0 - mg.tanh(y) ** 2) / t)
    assert kinds == ["swapped factor"] and "1/t stands where" in text and "1/s belongs" in text
