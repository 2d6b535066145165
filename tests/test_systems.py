"""A weight reaches the loss along several paths, and the chain rule sums over all of them.

The classical question: someone derived the gradient of softmax and cross-entropy by hand, got a
plausible formula, and it was wrong; why?  Every part of the answer is tested here, on graphs built
from exp, log and sum.  yᵢ is the layer below, zⱼ = Σᵢ wᵢⱼ yᵢ + bⱼ, Ω = Σₖ exp zₖ, oⱼ = exp zⱼ / Ω,
E = -Σⱼ tⱼ log oⱼ and τ = Σⱼ tⱼ, which need not be 1.
"""

import math
from types import SimpleNamespace

import numpy as np
from hypothesis import given, strategies as st
from pytest import approx

import microgradx as mg
from microgradx import Value, gradient


def layer(y, w, b, t):
    """The graph of one softmax layer and its loss, with every node at hand."""
    y, b, *w = [[Value(x) for x in row] for row in (y, b, *w)]
    z = [mg.dot([row[j] for row in w], y) + b[j] for j in range(len(b))]
    e = [mg.exp(x) for x in z]
    omega = mg.sum(e)
    o = [x / omega for x in e]
    logs = [mg.log(x) for x in o]
    loss = -mg.sum(tj * x for tj, x in zip(t, logs, strict=True))
    s = SimpleNamespace(y=y, w=w, b=b, z=z, e=e, omega=omega, o=o, logs=logs, E=loss, t=t)
    s.tau, s.p = sum(t), [x.data for x in o]
    s.inputs, s.classes = range(len(y)), range(len(b))
    return s


def near(expected, scale=1.0):
    """Equal but for rounding in terms as large as `scale`."""
    return approx(expected, rel=0, abs=1e-12 * scale + 1e-300)


def paths(output, x):
    """Every path of primitives from `output` down to `x`: its nodes and the product along it."""
    if output is x:
        yield [x], 1.0
    for parent, d in zip(output.parents, output.partials, strict=True):
        for nodes, product in paths(parent, x):
            yield [output, *nodes], d * product


@st.composite
def layers(draw, least=2, most=8):
    """Any layer of a few inputs; targets ≥ 0, some of them exactly 0, that sum to any τ."""
    m, n = draw(st.integers(1, 4)), draw(st.integers(least, most))
    numbers, target = st.floats(-3, 3), st.just(0.0) | st.just(1.0) | st.floats(0, 10)
    row = st.lists(numbers, min_size=n, max_size=n)
    return layer(
        draw(st.lists(numbers, min_size=m, max_size=m)),
        draw(st.lists(row, min_size=m, max_size=m)),
        draw(row),
        draw(st.lists(target, min_size=n, max_size=n)),
    )


def example():
    """Outputs 0.2, 0.3 and 0.5, since weights cancel out and biases remain; targets 0, 1, 0.5."""
    ten = [math.log(2), math.log(3), math.log(5)]
    return layer([3.0, -1.0], [[1.0, 2.0, -1.0], [3.0, 6.0, -3.0]], ten, [0.0, 1.0, 0.5])


# --- S1: the wrong derivation ---------------------------------------------------------------------


def wrong(s, i, j):
    """What came out when the chain went through one output only, and lost E's minus sign."""
    return s.t[j] * (1 - s.p[j]) * s.y[i].data


def through(s, k, i, j):
    """The product along E → oₖ → zⱼ → wᵢⱼ, each factor a gradient between two nodes."""
    return gradient(s.E, s.o[k]) * gradient(s.o[k], s.z[j]) * gradient(s.z[j], s.w[i][j])


def test_the_factors_of_the_wrong_formula_are_right_but_for_a_sign():
    s, b, y = example(), 1, 3.0
    assert gradient(s.E, s.o[b]) == approx(-1 / 0.3)  # -t/o
    assert gradient(s.o[b], s.z[b]) == approx(0.3 * 0.7)  # o(1 - o)
    assert gradient(s.z[b], s.w[0][b]) == y
    assert wrong(s, 0, b) == approx(2.1)
    assert through(s, b, 0, b) == approx(-2.1)


def test_the_missing_paths_add_up_to_the_difference_of_the_wrong_formula():
    s, (a, b, c) = example(), range(3)
    assert through(s, a, 0, b) == 0.0  # t is 0 at a
    assert through(s, c, 0, b) == approx(0.5 * 0.3 * 3.0)  # E → o(c) → z(b): + t(c)·o(b)·y
    assert gradient(s.E, s.w[0][b]) == approx(-2.1 + 0.45)
    assert gradient(s.E, s.w[0][b]) == approx((0.3 * 1.5 - 1.0) * 3.0)


def test_where_the_target_is_0_the_weight_moves_all_the_same():
    s, (a, b, c) = example(), range(3)
    assert wrong(s, 0, a) == 0.0
    assert gradient(s.E, s.w[0][a]) == approx(0.2 * 1.5 * 3.0)  # o·τ·y, all of it from b and c
    assert through(s, a, 0, a) == 0.0
    assert through(s, b, 0, a) == approx(1.0 * 0.2 * 3.0)
    assert through(s, c, 0, a) == approx(0.5 * 0.2 * 3.0)


@given(layers())
def test_the_wrong_formula_with_its_sign_and_its_missing_paths_is_the_gradient(s):
    for i in s.inputs:
        for j in s.classes:
            missing = sum(through(s, k, i, j) for k in s.classes if k != j)
            scale = abs(s.y[i].data) * (s.t[j] + s.tau)
            assert -wrong(s, i, j) + missing == near(gradient(s.E, s.w[i][j]), scale)


# --- S2: the index derivation ---------------------------------------------------------------------


@given(layers())
def test_log_o_is_z_minus_log_omega_and_omega_varies_with_a_logit_as_its_exponential(s):
    for zj, log_o in zip(s.z, s.logs, strict=True):
        z, log_omega = zj.data, math.log(s.omega.data)
        assert log_o.data == near(z - log_omega, 1 + abs(z) + abs(log_omega))
    assert gradient(s.omega, s.z) == [x.data for x in s.e]


@given(layers())
def test_the_slopes_of_log_o_and_of_o_by_a_logit_and_of_a_logit_by_a_weight(s):
    for j in s.classes:
        slopes_of_log, slopes = gradient(s.logs[j], s.z), gradient(s.o[j], s.z)
        for k in s.classes:
            assert slopes_of_log[k] == near((j == k) - s.p[k])
            assert slopes[k] == near(s.p[j] * ((j == k) - s.p[k]), s.p[j])
        weights = [[(j == q) * y.data for q in s.classes] for y in s.y]
        assert gradient(s.z[j], s.w) == weights


@given(layers())
def test_the_gradient_by_logits_is_o_tau_minus_t_and_by_weights_that_times_the_input(s):
    slopes, weights = gradient(s.E, s.z), gradient(s.E, s.w)
    for q in s.classes:
        scale = s.p[q] * s.tau + s.t[q]
        assert slopes[q] == near(s.p[q] * s.tau - s.t[q], scale + s.tau)
        for p in s.inputs:
            y = s.y[p].data
            assert weights[p][q] == near(y * (s.p[q] * s.tau - s.t[q]), abs(y) * (scale + s.tau))


@given(layers())
def test_every_way_to_write_the_loss_has_this_gradient(s):
    scale = s.tau + 1e-300
    losses = [mg.cross_entropy(mg.softmax(s.z, shift), s.t) for shift in (True, False)]
    losses += [mg.softmax_cross_entropy(s.z, s.t), s.tau * mg.log(s.omega) - mg.dot(s.t, s.z)]
    for loss in losses:
        assert gradient(loss, s.z) == approx(gradient(s.E, s.z), rel=0, abs=1e-12 * scale)


# --- S3: two classes, and skipping o --------------------------------------------------------------


@given(layers(most=2))
def test_two_classes(s):
    (t1, t2), o1 = s.t, s.p[0]
    assert gradient(s.E, s.z[0]) == near(-t1 + o1 * (t1 + t2), t1 + s.tau)


@given(layers(), st.data())
def test_every_cut_of_the_graph_gives_the_same_number(s, data):
    """Σ ∂E/∂u · ∂u/∂w over the nodes u of a cut; so one may go E → z → w without o."""
    i, j = data.draw(st.sampled_from(s.inputs)), data.draw(st.sampled_from(s.classes))
    w, scale = s.w[i][j], abs(s.y[i].data) * (s.tau + s.t[j])
    for cut in (s.o, s.z, s.logs, [s.z[j]], [*s.o[:j], s.logs[j], *s.o[j + 1 :]]):
        across = sum(gradient(s.E, u) * gradient(u, w) for u in cut)
        assert across == near(gradient(s.E, w), scale)


# --- S4: the picture ------------------------------------------------------------------------------


def test_the_picture_has_two_routes_of_five_factors():
    h, w = [0.5, -1.5, 2.0], [[0.1, 0.4], [-0.3, 0.2], [0.5, -0.6]]
    s = layer(h, w, [0.0, 0.0], [0.7, 0.9])  # here y are the logits
    (o1, o2), (y1, _), w21, L = s.o, s.z, s.w[1][0], s.E
    (t1, t2), (p1, p2), h2 = s.t, s.p, h[1]
    first = gradient(L, o1), gradient(o1, y1), gradient(y1, w21)  # L → o₁ → y₁ → w₂₁
    second = gradient(L, o2), gradient(o2, y1), gradient(y1, w21)  # L → o₂ → y₁ → w₂₁
    assert first == approx((-t1 / p1, p1 * (1 - p1), h2), rel=1e-14)
    assert second == approx((-t2 / p2, -p1 * p2, h2), rel=1e-14)
    both = math.prod(first) + math.prod(second)
    assert both == approx(gradient(L, w21), rel=1e-14)
    assert both == approx(h2 * (p1 * (t1 + t2) - t1), rel=1e-14)
    routes = {tuple(x for x in nodes if x in (L, o1, o2, y1, w21)) for nodes, _ in paths(L, w21)}
    assert routes == {(L, o1, y1, w21), (L, o2, y1, w21)}


# --- S5: the matrix form --------------------------------------------------------------------------


def numbers(nodes):
    """The numbers of an array of Values."""
    return np.array([x.data for x in nodes.flat]).reshape(nodes.shape)


def slopes(output, nodes):
    """The gradient with respect to an array of Values, as an array of its shape."""
    return np.array(gradient(output, list(nodes.flat))).reshape(nodes.shape)


@given(layers())
def test_the_matrix_form(s):
    W, p, b = np.array(s.w).T, np.array(s.y), np.array(s.b)
    o = np.array(mg.softmax(z := W @ p + b))
    E, t, outputs = mg.cross_entropy(o, s.t), np.array(s.t), numbers(o)
    delta, scale = t.sum() * outputs - t, 2 * s.tau  # (1ᵀt) o - t
    assert slopes(E, b) == near(delta, scale)
    assert slopes(E, W) == near(np.outer(delta, numbers(p)), scale * abs(numbers(p)).max())
    assert slopes(E, p) == near(numbers(W).T @ delta, scale * abs(numbers(W)).sum())
    jacobian = np.array([slopes(x, z) for x in o])
    assert jacobian == near(np.diag(outputs) - np.outer(outputs, outputs))


# --- S6: how can o₂ depend on y₁? -----------------------------------------------------------------


def test_the_second_output_depends_on_the_first_logit_through_omega_only():
    s = layer([1.0], [[0.3, -0.8]], [0.1, 0.2], [1.0, 0.0])
    (o1, o2), y1, (p1, p2) = s.o, s.z[0], s.p
    [(nodes, product)] = paths(o2, y1)
    assert nodes == [o2, s.omega, s.e[0], y1]
    assert product == gradient(o2, y1) == approx(-p1 * p2, rel=1e-14)
    assert gradient(o2, s.omega) * gradient(s.omega, y1) == product

    above, below = sorted(paths(o1, y1), key=lambda path: s.omega in path[0])
    assert above[0] == [o1, s.e[0], y1] and above[1] == approx(p1)
    assert below[0] == [o1, s.omega, s.e[0], y1] and below[1] == approx(-p1 * p1)


# --- S7: i = j, i ≠ j, and splitting the sum ------------------------------------------------------


@given(layers())
def test_the_two_parts_of_the_sum_have_opposite_signs(s):
    """Σₖ ∂E/∂oₖ · ∂oₖ/∂zᵢ = -tᵢ(1 - oᵢ), for k = i, plus oᵢ Σ tₖ, for k ≠ i."""
    for i in s.classes:
        terms = [gradient(s.E, o) * gradient(o, s.z[i]) for o in s.o]
        own, others = terms[i], sum(terms[:i] + terms[i + 1 :])
        rest = sum(s.t[:i] + s.t[i + 1 :])
        assert own <= 0.0 <= others
        assert own == near(-s.t[i] * (1 - s.p[i]), s.t[i])
        assert others == near(s.p[i] * rest, s.p[i] * rest)
        assert own + others == near(gradient(s.E, s.z[i]), s.tau + s.t[i])


# --- S8: the hidden assumption --------------------------------------------------------------------


@given(layers())
def test_o_minus_t_is_off_by_o_times_tau_minus_1(s):
    for k, slope in enumerate(gradient(s.E, s.z)):
        error = slope - (s.p[k] - s.t[k])
        assert error == near(s.p[k] * (s.tau - 1), 1 + s.tau + s.t[k])


def test_o_minus_t_is_right_where_the_targets_sum_to_1_and_wrong_elsewhere():
    logits = [Value(x) for x in (0.2, -1.0, 0.5)]
    o = [x.data for x in mg.softmax(logits)]
    for t in ([0.0, 1.0, 0.0], [0.25, 0.25, 0.5], [1.0, 1.0, 0.0], [0.5, 0.0, 0.0]):
        claimed = [ok - tk for ok, tk in zip(o, t, strict=True)]
        true = gradient(mg.softmax_cross_entropy(logits, t), logits)
        assert (true == approx(claimed, rel=1e-12)) == (sum(t) == 1)


# --- S9: which layer is it? -----------------------------------------------------------------------


def test_the_factor_of_a_weight_is_the_activation_below_it():
    x, v = [Value(0.4), Value(-0.9)], [[Value(0.7), Value(-0.2)], [Value(0.1), Value(0.6)]]
    h = [mg.tanh(mg.dot([row[i] for row in v], x)) for i in (0, 1)]
    w = [[Value(0.5), Value(-0.4)], [Value(-0.3), Value(0.8)]]
    z = [mg.dot([row[j] for row in w], h) for j in (0, 1)]
    o, t = mg.softmax(z), [1.0, 0.5]
    E = mg.cross_entropy(o, t)
    delta = [1.5 * oj.data - tj for oj, tj in zip(o, t, strict=True)]
    for i in (0, 1):
        for j in (0, 1):
            assert gradient(z[j], w[i][j]) == h[i].data
            true = gradient(E, w[i][j])
            assert true == approx(delta[j] * h[i].data, rel=1e-12)
            for slip in (o[i], x[i]):  # this layer's output, and the layer below the one below
                assert true != approx(delta[j] * slip.data, rel=0.01)
    # One layer further down the factor is the input x, and both logits bring their share.
    back = [sum(delta[j] * w[i][j].data for j in (0, 1)) * (1 - h[i].data ** 2) for i in (0, 1)]
    assert gradient(E, v) == [approx([xp.data * b for b in back], rel=1e-12) for xp in x]
