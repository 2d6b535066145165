"""Softmax at its edges: masks, ties, single logits, signs of 0, and the form of the textbook."""

import math

import pytest
from hypothesis import given, strategies as st
from pytest import approx, raises

import microgradx as mg
from microgradx import Value, gradient

from .programs import datas, nodes

DIGITS = 1e-12


def test_a_mask_gives_exactly_0_and_the_others_as_if_it_were_not_there():
    z, rest = nodes([0.5, -1e30, 2.0]), nodes([0.5, 2.0])
    o = mg.softmax(z)
    assert datas(o) == [mg.softmax(rest)[0].data, 0.0, mg.softmax(rest)[1].data]
    assert gradient(o[1], z) == [0.0, 0.0, 0.0]
    for t in (0, [0.3, 0.0, 2.0]):
        E = mg.softmax_cross_entropy(z, t)
        assert gradient(E, z[1]) == 0.0
    assert gradient(mg.logsumexp(z), z[1]) == 0.0


@pytest.mark.parametrize("x", [-1e308, -1.0, 0.0, 710.0, 1e308])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_equal_logits_share_equally_at_any_size(x, n):
    z = nodes([x] * n)
    assert datas(mg.softmax(z)) == [1 / n] * n
    assert mg.softmax_cross_entropy(z, n - 1).data == approx(math.log(n), rel=1e-15)
    expected = [1 / n] * (n - 1) + [1 / n - 1]
    assert gradient(mg.softmax_cross_entropy(z, n - 1), z) == approx(expected, rel=1e-15)


def test_a_single_logit_has_probability_1_and_nothing_to_learn():
    z = Value(3.0)
    [o], [log_o], E = mg.softmax([z]), mg.log_softmax([z]), mg.softmax_cross_entropy([z], [2.5])
    assert (o.data, log_o.data, E.data, mg.logsumexp([z]).data) == (1.0, 0.0, 0.0, 3.0)
    assert [gradient(x, z) for x in (o, log_o, E, mg.logsumexp([z]))] == [0.0, 0.0, 0.0, 1.0]


@given(st.lists(st.floats(-150, 150), min_size=1, max_size=8))
def test_the_textbook_form_equals_the_shifted_one_where_it_fits(numbers):
    """That is, where its slope ∂o/∂Ω = -o/Ω is no subnormal number either."""
    z = nodes(numbers)
    for textbook, o in zip(mg.softmax(z, shift=False), mg.softmax(z), strict=True):
        assert textbook.data == approx(o.data, rel=DIGITS, abs=0)
        assert gradient(textbook, z) == approx(gradient(o, z), rel=0, abs=DIGITS * o.data)


@pytest.mark.parametrize("numbers", [[1000.0, 0.0], [709.7, 709.7], [-800.0, -900.0]])
def test_the_textbook_form_names_the_shifted_one_where_it_overflows(numbers):
    with raises(mg.MathError, match=r"softmax\(z\)"):
        mg.softmax(nodes(numbers), shift=False)


def test_no_probability_and_no_loss_is_a_negative_zero():
    numbers = [0.0, -1e308, 1e308]
    for z in (numbers, [*map(Value, numbers)]):
        assert "-0.0" not in repr(mg.softmax(z))
    assert repr(mg.softmax_cross_entropy([Value(1e3), Value(0.0)], 0).data) == "0.0"
