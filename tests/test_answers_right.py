"""How is the derivation done right?  By indices, across either cut, along the routes of a picture,
with matrices, and through Ω: the same network as in `test_answers.py`, and one number each time.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from pytest import approx

import microgradx as mg
from microgradx import Value, check_derivation

from .answers import (
    BIASES,
    TARGETS,
    WEIGHTS,
    delta,
    for_some_classes,
    kinds,
    label,
    leaves,
    network,
)


def everywhere(n):
    return [(j, k) for j in range(n) for k in range(n)]


# --- S2: the index derivation ---------------------------------------------------------------------


@for_some_classes
def test_every_line_of_the_index_derivation_holds_everywhere(n):
    s = network(n)
    for j, k in everywhere(n):
        log_o = mg.log(s.o[j])
        mg.assert_derivation(log_o, s.z[k], delta(j, k) - s.o[k])
        mg.assert_derivation(s.o[j], s.z[k], s.o[j] * (delta(j, k) - s.o[k]))
        mg.assert_derivation(s.z[k], s.w[1][j], delta(j, k) * s.y[1])
    for k in range(n):
        mg.assert_derivation(s.omega, s.z[k], mg.exp(s.z[k]))
        mg.assert_derivation(s.E, s.z[k], s.o[k] * s.tau - s.t[k])
        mg.assert_derivation(s.E, s.w[0][k], s.y[0] * (s.o[k] * s.tau - s.t[k]))


def test_log_o_is_z_minus_log_omega_and_so_are_their_derivatives():
    s = network(3)
    other = s.z[0] - mg.log(s.omega)
    assert other.data == approx(mg.log(s.o[0]).data, rel=1e-14)
    for k in range(3):
        by_parts = delta(0, k) - s.e[k] / s.omega
        mg.assert_derivation(other, s.z[k], by_parts)
        mg.assert_derivation(mg.log(s.o[0]), s.z[k], by_parts)


# --- S3: two classes, and skipping o --------------------------------------------------------------


def test_two_classes():
    s = network(2)
    (o1, _), (t1, t2) = s.o, s.t
    mg.assert_derivation(s.E, s.z[0], -t1 + o1 * (t1 + t2))


@for_some_classes
def test_one_may_skip_o_since_either_cut_gives_the_same_number(n):
    s = network(n)
    for w in s.w[0]:
        by_o = mg.chain_rule(s.E, w, through=s.o, symbols=False)
        by_z = mg.chain_rule(s.E, w, through=s.z, symbols=False)
        assert by_o.count == n  # a term for every output, and one logit that w reaches
        assert by_z.count == 1
        assert by_o.total == by_z.total == mg.gradient(s.E, w)
        for derivation in (by_o, by_z):
            assert sum(term.product for term in derivation.terms) == approx(by_o.total, rel=1e-12)


def test_the_derivations_by_both_cuts_can_be_printed_side_by_side():
    s = network(2)
    w = s.w[0][0]
    by_o = str(mg.chain_rule(s.E, w, through=s.o, symbols=False)).splitlines()
    by_z = str(mg.chain_rule(s.E, w, through=s.z, symbols=False)).splitlines()
    assert by_o[0] == "∂E/∂w11 = ∂E/∂o1 · ∂o1/∂w11 + ∂E/∂o2 · ∂o2/∂w11"
    assert by_z[0] == "∂E/∂w11 = ∂E/∂z1 · ∂z1/∂w11"
    assert [by_o[-1].split(), by_z[-1].split()] == [["∂E/∂w11", "=", "0.91041"]] * 2


def test_a_cut_that_leaves_an_output_out_is_none():
    s = network(3)
    with pytest.raises(ValueError, match="o3"):
        mg.chain_rule(s.E, s.w[0][0], through=s.o[:2])


# --- S4: the picture ------------------------------------------------------------------------------


def picture():
    """Three inputs h, weights w, logits y and outputs o of two classes, L = −t₁ log o₁ − t₂ log o₂."""
    h, t = leaves("h", [0.5, -1.5, 2.0]), leaves("t", [0.7, 0.9])
    w = [leaves(f"w{i}", row) for i, row in enumerate([[0.1, 0.4], [-0.3, 0.2], [0.5, -0.6]], 1)]
    y = label("y", [mg.dot([row[j] for row in w], h) for j in (0, 1)])
    o = label("o", mg.softmax(y, shift=False))
    L = -t[0] * mg.log(o[0]) - t[1] * mg.log(o[1])
    L.label = "L"
    return SimpleNamespace(h=h, t=t, w=w, y=y, o=o, L=L)


def test_two_routes_lead_to_the_weight_and_five_factors_lie_on_them():
    s = picture()
    w21, (o1, o2), (t1, t2), h2 = s.w[1][0], s.o, s.t, s.h[1]
    derivation = mg.chain_rule(s.L, w21, symbols=False)
    assert [str(term.path) for term in derivation.terms] == [
        "L → o1 → y1 → w21",
        "L → o2 → y1 → w21",
    ]
    assert [str(term) for term in derivation.terms] == [
        "∂L/∂o1 · ∂o1/∂y1 · ∂y1/∂w21",
        "∂L/∂o2 · ∂o2/∂y1 · ∂y1/∂w21",
    ]
    assert {factor.name: factor.value for factor in derivation.factors} == approx(
        {
            "∂L/∂o1": (-t1 / o1).data,
            "∂L/∂o2": (-t2 / o2).data,
            "∂o1/∂y1": (o1 * (1 - o1)).data,
            "∂o2/∂y1": (-o1 * o2).data,
            "∂y1/∂w21": h2.data,
        },
        rel=1e-12,
    )
    assert sum(term.product for term in derivation.terms) == approx(derivation.total, rel=1e-12)
    mg.assert_derivation(s.L, w21, h2 * (o1 * (t1 + t2) - t1))


def test_the_five_factors_in_symbols():
    pytest.importorskip("sympy")
    s = picture()
    derivation = mg.chain_rule(s.L, s.w[1][0], symbols=True)
    assert {factor.name: factor.symbol for factor in derivation.factors} == {
        "∂L/∂o1": "−t1/o1",
        "∂L/∂o2": "−t2/o2",
        "∂o1/∂y1": "o1·(1 − o1)",
        "∂o2/∂y1": "−o1·o2",
        "∂y1/∂w21": "h2",
    }


def test_a_picture_with_one_route_is_a_derivation_with_one_term():
    s = picture()
    (o1, _), (t1, _), h2 = s.o, s.t, s.h[1]
    diagnosis = check_derivation(s.L, s.w[1][0], (-t1 / o1) * (o1 * (1 - o1)) * h2)
    assert kinds(diagnosis) == {"missing path"}
    assert [str(path) for path in diagnosis.missing] == ["L → o2 → y1 → w21"]


# --- S5: the matrix form --------------------------------------------------------------------------


def matrices(n):
    """The Values of z = W p + b, o = softmax(z) and E in object arrays; the only labels are theirs."""
    W = np.array([[Value(WEIGHTS[i][j]) for i in (0, 1)] for j in range(n)])
    p, b, t = (np.array([Value(x) for x in xs[:n]]) for xs in ([1.3, -0.7], BIASES, TARGETS))
    z = W @ p + b
    o = np.array(mg.softmax(z))
    return W, p, b, t, z, o, mg.cross_entropy(o, t)


@for_some_classes
def test_the_matrix_form_is_right_entry_by_entry(n):
    W, p, b, t, z, o, E = matrices(n)
    error = t.sum() * o - t  # (1ᵀt) o − t
    for nodes, claims in ((W, np.outer(error, p)), (b, error), (p, W.T @ error), (z, error)):
        for x, claim in zip(nodes.flat, claims.flat, strict=True):
            mg.assert_derivation(E, x, claim)


@for_some_classes
def test_the_jacobian_of_softmax_is_diag_o_minus_o_o_transposed(n):
    *_, z, o, _ = matrices(n)
    jacobian = np.diag(o) - np.outer(o, o)
    for j, k in everywhere(n):
        mg.assert_derivation(o[j], z[k], jacobian[j, k])


def test_a_matrix_the_wrong_way_round_has_one_entry_in_place_of_another():
    """W error in place of Wᵀ error, which the shapes allow where W is square."""
    W, p, _b, t, _z, o, E = matrices(2)
    error = t.sum() * o - t
    diagnosis = check_derivation(E, p[0], (W @ error)[0])
    assert diagnosis.verdict == "wrong"
    assert diagnosis.name == "∂E/∂p[0]"
    [finding] = diagnosis.findings
    assert finding.kind == "swapped factor"
    assert "W[0][1] stands where ∂(W[1][0]·p[0])/∂p[0] = W[1][0] belongs" in finding.sentence


# --- S6: how can o₂ depend on y₁? -----------------------------------------------------------------


@for_some_classes
def test_an_output_depends_on_another_logit_through_omega_alone(n):
    s = network(n)
    s.omega.label = "Ω"
    label("e", s.e)
    for j, k in everywhere(n):
        found = {path.labels: path.product for path in mg.paths(s.o[j], s.z[k])}
        out, inner = f"o{j + 1}", (f"e{k + 1}", f"z{k + 1}")
        through = {(out, "Ω", *inner): approx(-s.o[j].data * s.o[k].data, rel=1e-12)}
        own = {(out, *inner): approx(s.o[j].data, rel=1e-12)} if j == k else {}
        assert found == through | own


def test_who_thinks_that_it_does_not_depend_is_shown_the_path():
    s = network(2)
    s.omega.label = "Ω"
    diagnosis = check_derivation(s.o[1], s.z[0], 0.0 * s.o[1])
    assert kinds(diagnosis) == {"missing path"}
    assert [path.labels for path in diagnosis.missing] == [("o2", "Ω", "z1")]


def test_who_holds_omega_constant_misses_the_paths_through_it():
    """∂oⱼ/∂zⱼ = exp zⱼ / Ω: right, if the denominator did not move."""
    s = network(3)
    s.omega.label = "Ω"
    diagnosis = check_derivation(s.o[0], s.z[0], s.e[0] / s.omega)
    assert kinds(diagnosis) == {"missing path"}
    assert [path.labels for path in diagnosis.missing] == [("o1", "Ω", "z1")]
