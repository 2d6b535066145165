"""Softmax and its family against the oracle, at any size of the logits.

How close floats can come, with u = 2⁻⁵³: a difference x - m is rounded, to (x - m)(1 ± u), and exp
makes of that a relative error of u·|x - m|; exp itself is within 2u (1 ulp), each of the n - 2
sums, 1 + s and the division within u.  The errors of the terms in s = Σ exp(xₖ - m) count by their
weight, and Σ oₖ|xₖ - m| < 1 for n ≤ 8.  In all, u(n + 7 + |x - m|) for a probability, so 2u(8 +
|x - m|) is allowed: where |x - m| < 745, beyond which exp is 0, this is less than 2e-13.
"""

import math
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given, settings, strategies as st
from pytest import raises

import microgradx as mg
from microgradx import Value, gradient

from . import oracle
from .oracle import mp, nearest
from .programs import datas, nodes

EPS, TINY = sys.float_info.epsilon, 4 * 5e-324
DIGITS = 1e-12  # for gradients, which sum up to n terms of either sign

some, huge = st.floats(-50, 50), st.floats(-1e308, 1e308)
steep, ties = st.floats(-800, 800), st.sampled_from([-1e30, 0.0, 1.0, 700.0, 1e308, -1e308])
kinds = [some, steep, some | huge, some | ties, ties]
equal = st.tuples(some | huge, st.integers(1, 8)).map(lambda pair: [pair[0]] * pair[1])
logit_lists = st.one_of([st.lists(x, min_size=1, max_size=8) for x in kinds]) | equal
few = settings(max_examples=20, deadline=None)  # the oracle takes its time over exp(1e308)
target = st.sampled_from([0.0, 1.0]) | st.floats(1e-6, 100)


@st.composite
def logits_and_targets(draw):
    z = draw(logit_lists)
    return z, draw(st.lists(target, min_size=len(z), max_size=len(z)))


def close(got, exact, scale=None, factor=1.0):
    """Equal to 12 digits of the exact number, or of a larger one whose rounding it inherits; and
    where that is subnormal, to 4 units, times the factor by which it was multiplied after.
    """
    exact = mp.mpf(exact)
    size = abs(exact) if scale is None else scale
    return abs(got - exact) <= DIGITS * size + TINY * max(1.0, factor)


def representable(numbers):
    return all(math.isfinite(nearest(x)) for x in numbers)


# --- values ---------------------------------------------------------------------------------------


@few
@given(logit_lists)
def test_softmax_is_right_in_every_component(numbers):
    m = max(numbers)
    got, exact = datas(mg.softmax(nodes(numbers))), oracle.softmax(numbers)
    for o, x, right in zip(got, numbers, exact, strict=True):
        assert abs(o - right) <= EPS * (8 + min(m - x, 745.0)) * right + TINY


@few
@given(logit_lists)
def test_log_softmax_is_right_in_every_component_also_near_0(numbers):
    exact = oracle.log_softmax(numbers)
    if representable(exact):
        assert all(map(close, datas(mg.log_softmax(nodes(numbers))), exact))
    else:
        with raises(mg.RangeError, match="exceeds the largest float"):
            mg.log_softmax(nodes(numbers))


@few
@given(logit_lists)
def test_logsumexp_is_right(numbers):
    got, exact, m = mg.logsumexp(nodes(numbers)).data, oracle.logsumexp(numbers), max(numbers)
    assert close(got, exact, 4e-4 * (abs(m) + abs(exact - m)))  # 2 ulp of its two terms


@pytest.mark.untraced
@few
@given(logits_and_targets())
def test_cross_entropy_of_logits_is_right_for_any_targets(pair):
    z, t = pair
    exact = oracle.cross_entropy(z, t)
    counted = [x for x, tk in zip(oracle.log_softmax(z), t, strict=True) if tk]
    if representable([*counted, exact]):
        assert close(mg.softmax_cross_entropy(nodes(z), t).data, exact)
    else:
        with raises(mg.RangeError, match="exceeds the largest float"):
            mg.softmax_cross_entropy(nodes(z), t)


@given(st.lists(some, min_size=1, max_size=8), st.data())
def test_cross_entropy_of_probabilities_is_right(z, data):
    t = data.draw(st.lists(target, min_size=len(z), max_size=len(z)))
    E = mg.cross_entropy(mg.softmax(nodes(z)), t)
    # The rounding of a probability near 1, where log turns it into the whole of the result.
    assert close(E.data, oracle.cross_entropy(z, t), oracle.cross_entropy(z, t) + sum(t) * 1e-3)


# --- gradients ------------------------------------------------------------------------------------


@few
@given(logit_lists)
def test_the_jacobian_of_softmax_is_right_in_every_entry(numbers):
    z = nodes(numbers)
    for o, line in zip(mg.softmax(z), oracle.softmax_jacobian(numbers), strict=True):
        assert all(map(close, gradient(o, z), line))


@few
@given(logit_lists)
def test_the_gradient_of_logsumexp_is_softmax_in_every_component(numbers):
    z = nodes(numbers)
    assert all(map(close, gradient(mg.logsumexp(z), z), oracle.softmax(numbers)))


@pytest.mark.untraced
@few
@given(logit_lists)
def test_the_jacobian_of_log_softmax_is_right_in_every_entry(numbers):
    z = nodes(numbers)
    assume(representable(oracle.log_softmax(numbers)))
    for x, line in zip(mg.log_softmax(z), oracle.log_softmax_jacobian(numbers), strict=True):
        assert all(map(close, gradient(x, z), line))


@few
@given(logit_lists, st.data())
def test_the_gradient_for_a_class_is_right_in_every_component(numbers, data):
    """Near 0 too: o - 1 of a class that is almost certain is the sum of the others."""
    k = data.draw(st.integers(0, len(numbers) - 1))
    z, t = nodes(numbers), [float(j == k) for j in range(len(numbers))]
    assume(representable([oracle.log_softmax(numbers)[k]]))
    got = gradient(mg.softmax_cross_entropy(z, k), z)
    assert all(map(close, got, oracle.cross_entropy_gradient(numbers, t)))


@few
@given(logits_and_targets())
@example(([0.0, 0.0, -19.0, 700.0], [0.0, 0.0, 0.0, 19.0]))  # exp(-719) is subnormal
def test_the_gradient_for_any_targets_is_right_but_for_what_truly_cancels(pair):
    """Where oτ is near t, its digits cancel for any floats: what is left has those of τ."""
    numbers, t = pair
    z, exact = nodes(numbers), oracle.cross_entropy_gradient(numbers, t)
    counted = [x for x, tk in zip(oracle.log_softmax(numbers), t, strict=True) if tk]
    assume(representable([*counted, oracle.cross_entropy(numbers, t)]))
    got = gradient(mg.softmax_cross_entropy(z, t), z)
    assert all(close(g, x, sum(t)) for g, x in zip(got, exact, strict=True))
    free = [(g, x) for g, x, tk in zip(got, exact, t, strict=True) if tk == 0]
    assert all(close(g, x, factor=sum(t)) for g, x in free)


@given(st.lists(some, min_size=1, max_size=8), st.data())
def test_targets_may_be_values(numbers, data):
    """∂E/∂t = -log o."""
    t = nodes(data.draw(st.lists(target, min_size=len(numbers), max_size=len(numbers))))
    exact = [-x for x in oracle.log_softmax(numbers)]
    assert all(map(close, gradient(mg.softmax_cross_entropy(nodes(numbers), t), t), exact))
    slopes = gradient(mg.cross_entropy(mg.softmax(numbers), t), t)
    assert all(close(g, x, x + 1e-3) for g, x in zip(slopes, exact, strict=True))


# --- what may be passed ---------------------------------------------------------------------------

FAMILY = (mg.softmax, mg.log_softmax, mg.logsumexp)
LOSSES = (mg.softmax_cross_entropy, mg.cross_entropy)


@pytest.mark.parametrize("kind", [list, tuple, iter, np.array], ids=lambda kind: kind.__name__)
def test_sequences_may_be_lists_tuples_iterators_and_arrays(kind):
    z, t = nodes([0.2, 0.3, 0.5]), [0.5, 0.0, 1.0]
    for f in FAMILY:
        expected = datas(np.ravel(f(z)))
        assert datas(np.ravel(f(kind(z)))) == expected
        assert list(np.ravel(f(kind([0.2, 0.3, 0.5])))) == expected  # numbers give numbers
    for loss in LOSSES:
        assert loss(kind(z), kind(t)).data == loss(z, t).data == loss([0.2, 0.3, 0.5], t)
        expected = loss(z, [0, 0, 1]).data
        for t in (2, np.int64(2), np.array(2), np.array([0, 0, 1]), np.array([0, 0, 1], "f")):
            assert loss(z, t).data == expected


def test_a_target_of_0_is_left_out_whatever_number_it_is():
    for zero in (0, np.int64(0), np.float32(0), Fraction(0)):
        assert mg.cross_entropy([Value(1.0), Value(0.0)], [1, zero]).data == 0.0


def test_a_list_of_logits_and_numbers_is_differentiated_by_the_values_in_it():
    z = Value(1.0)
    o = mg.softmax([z, 1.0])[1]
    assert (o.data, gradient(o, z)) == (0.5, -0.25)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("t", "error", "message"),
    [
        ([0.5, -0.5], ValueError, "not negative"),
        ([Value(0.5), Value(-0.5)], ValueError, "not negative"),
        ([Fraction(1, 2), Fraction(-1, 2)], ValueError, "not negative"),
        (np.array([2, -1]), ValueError, "not negative"),
        ([np.array([0.5, -0.5]), 1.0], ValueError, "not negative"),
        ([], ValueError, "one target for each of 2"),
        ([1.0], ValueError, "one target for each of 2"),
        ([1.0, 0.0, 0.0], ValueError, "one target for each of 2"),
        (2, ValueError, "class 2 of 2"),
        (-1, ValueError, "class -1 of 2"),
        (True, TypeError, "index of a class"),
        (1.0, TypeError, "index of a class"),
        (Value(1.0), TypeError, "index of a class"),
        (None, TypeError, "index of a class"),
        (["a", "b"], TypeError, "real number"),
        ([math.nan, 0.0], ValueError, "finite"),
        ([True, False], TypeError, "real number"),
    ],
)
def test_targets_that_make_no_sense_are_refused(loss, t, error, message):
    with raises(error, match=message):
        loss(nodes([0.25, 0.75]), t)


@pytest.mark.parametrize("f", FAMILY)
def test_no_logits_is_an_error_and_so_is_no_sequence(f):
    with raises(ValueError, match=f"{f.__name__} of an empty sequence"):
        f([])
    with raises(TypeError, match=rf"{f.__name__} takes a sequence.*as in {f.__name__}\("):
        f(Value(1.0))
    for x in (math.inf, -math.inf, math.nan):
        for z in ([x], [x, 0.0], [0.0, x], [Value(0.0), x]):
            with raises(mg.DomainError, match="finite"):
                f(z)


def test_a_loss_is_a_value_also_where_its_target_leaves_out_every_value():
    o = Value(0.25)
    loss = mg.cross_entropy([0.5, o], 0)
    assert loss.data == mg.cross_entropy([0.5, 0.25], 0) and gradient(loss, o) == 0.0
    assert isinstance(mg.cross_entropy([0.5, 0.25], [1.0, 0.0]), float)


def test_targets_that_are_all_0_ask_for_nothing():
    z = nodes([1.0, 1000.0])
    for E in (mg.softmax_cross_entropy(z, [0, 0.0]), mg.cross_entropy(mg.softmax(z), [0.0, 0])):
        assert E.data == 0.0 and gradient(E, z) == [0.0, 0.0]
