"""Slips in the derivative of a logistic function, where it is written in values of nodes."""

import pytest

import microgradx as mg
from microgradx import Value, check_derivation


def network():
    w, c, e = (Value(x, name) for x, name in ((0.3, "w"), (0.7, "c"), (-0.6, "e")))
    h = mg.sigmoid(w * 0.5)
    y = c * h + e
    L = 0.5 * (y - 1.0) ** 2
    h.label, y.label, L.label = "h", "y", "L"
    return L, w, c, h, y


@pytest.mark.parametrize(
    ("slope", "text"),
    [
        (lambda h, y: y * (1.0 - y), "y·(1 − y)"),
        (lambda h, y: h * (1.0 - y), "h·(1 − y)"),
        (lambda h, y: y * (1.0 - h), "y·(1 − h)"),
    ],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_value_of_a_node_above_in_it_is_one_slip(slope, text, sign):
    L, w, c, h, y = network()
    diagnosis = check_derivation(L, w, sign * (y - 1.0) * c * slope(h, y) * 0.5)
    kinds = [finding.kind for finding in diagnosis.findings]
    assert kinds == ["sign"] * (sign < 0.0) + ["swapped factor"]
    sentence = f"{text} stands where ∂h/∂(w·0.5) belongs: y in place of h."
    assert diagnosis.findings[-1].sentence == sentence


def test_the_right_values_are_right():
    L, w, c, h, y = network()
    assert check_derivation(L, w, (y - 1.0) * c * h * (1.0 - h) * 0.5).verdict == "right"
