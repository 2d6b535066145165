"""Softmax and its family over batches: arrays in place of the numbers."""

import numpy as np
from pytest import approx

import microgradx as mg
from microgradx import Value, gradient


def test_a_batch_equals_its_rows_one_by_one():
    rows = [[0.1, -1.0, 2.0], [5.0] * 3, [-1e30, 3.0, 3.0], [1e20, 0.0, 1.0], [5e307, 0.0, -5e307]]
    batch, t = [Value(np.array(c)) for c in zip(*rows, strict=True)], [0.5, 0.0, 1.5]
    o, log_o, E = mg.softmax(batch), mg.log_softmax(batch), mg.softmax_cross_entropy(batch, t)
    for i, row in enumerate(rows):
        z = [Value(x) for x in row]
        one = mg.softmax_cross_entropy(z, t)
        assert [x.data[i] for x in o] == approx([x.data for x in mg.softmax(z)], rel=1e-14, abs=0)
        assert [x.data[i] for x in log_o] == approx(
            [x.data for x in mg.log_softmax(z)], rel=1e-14, abs=0
        )
        assert mg.logsumexp(batch).data[i] == approx(mg.logsumexp(z).data, rel=1e-14)
        assert E.data[i] == approx(one.data, rel=1e-14)
        slopes = [g[i] for g in gradient(E, batch)]
        assert slopes == approx(gradient(one, z), rel=1e-13, abs=1e-300)


def test_a_batch_may_hold_logits_whose_difference_exceeds_the_floats():
    batch = [Value(np.array([x, 0.0, -x])) for x in (1e308, 0.5, -1e308)]
    o = [x.data.tolist() for x in mg.softmax(batch)]
    assert o == [[1.0, 1 / 3, 0.0], [0.0, 1 / 3, 0.0], [0.0, 1 / 3, 1.0]]


def test_the_gradient_of_a_batch_and_of_a_program_keeps_its_digits_where_one_logit_is_far_above():
    def loss(z):
        return mg.softmax_cross_entropy(z, 1)

    for z in ([-24.83212968787712, 25.815449434970475], [0.0, 30.0], [3.0, 3.0], [7.0, -2.0]):
        wanted = approx(mg.grad(loss)(z), rel=1e-14, abs=0.0)
        leaves = [Value(np.array([x])) for x in z]
        assert [g[0] for g in gradient(loss(leaves), leaves)] == wanted
        for target in ("python", "numpy"):
            assert mg.compile(loss, target=target)(z)[1] == wanted
