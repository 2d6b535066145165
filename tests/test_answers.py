"""Where did the derivation go wrong?  The answers to the classical question, each as one would tell
it: the wrong derivation, the sum that is split, the hidden assumption, the wrong layer.

yᵢ is the layer below, zⱼ = Σᵢ wᵢⱼ yᵢ + bⱼ, Ω = Σₖ exp zₖ, oⱼ = exp zⱼ / Ω, E = −Σⱼ tⱼ log oⱼ and
τ = Σⱼ tⱼ.  That the engine has these numbers right is tested in `test_systems.py`; the right
derivations, by indices, cuts, paths and matrices, are in `test_answers_right.py`.
"""

from itertools import pairwise

import pytest
from pytest import approx

import microgradx as mg
from microgradx import check_derivation
from microgradx.explain.steps import Backward
from microgradx.writing import shown

from .answers import TARGETS, delta, for_some_classes, kinds, label, leaves, network

# --- S1: the wrong derivation ---------------------------------------------------------------------


def one_output_only(s, i, j):
    """∂E/∂oⱼ · ∂oⱼ/∂zⱼ · ∂zⱼ/∂wᵢⱼ, and E's minus sign lost."""
    return s.t[j] * (1 - s.o[j]) * s.y[i]


@for_some_classes
def test_the_sign_is_lost_and_the_paths_through_the_other_outputs_are_missing(n):
    s = network(n)
    for i, j in [(i, j) for i in (0, 1) for j in range(n)]:
        w, claim, others = s.w[i][j], one_output_only(s, i, j), [k for k in range(n) if k != j]
        diagnosis = check_derivation(s.E, w, claim)
        assert diagnosis.verdict == "wrong"
        assert kinds(diagnosis) == {"sign", "missing path"}
        assert [path.labels for path in diagnosis.missing] == [
            ("E", f"o{k + 1}", f"z{j + 1}", w.label) for k in others
        ]
        assert [path.product for path in diagnosis.missing] == approx(
            [s.t[k].data * s.o[j].data * s.y[i].data for k in others], rel=1e-12
        )
        [counted] = diagnosis.counted
        assert counted.labels == ("E", f"o{j + 1}", f"z{j + 1}", w.label)
        assert counted.product == approx(-claim.data, rel=1e-12)  # but for its sign


@for_some_classes
def test_with_its_sign_put_right_the_missing_products_are_exactly_the_difference(n):
    s = network(n)
    for j in range(n):
        w, claim = s.w[0][j], one_output_only(s, 0, j)
        missing = check_derivation(s.E, w, claim).missing
        total = -claim.data + sum(path.product for path in missing)
        assert total == approx(mg.gradient(s.E, w), rel=0, abs=1e-12)
        again = check_derivation(s.E, w, -claim)
        assert kinds(again) == {"missing path"}
        assert [(p.labels, p.partials) for p in again.missing] == [
            (p.labels, p.partials) for p in missing
        ]


def test_the_wrong_derivation_for_three_classes_word_for_word():
    s = network(3)
    diagnosis = check_derivation(s.E, s.w[0][1], one_output_only(s, 0, 1))
    assert str(diagnosis) == (
        "∂E/∂w12 is −0.94685 here; your derivation gives 1.0064.\n"
        "- The sign of the path E → o2 → z2 → w12 is wrong: it should be the opposite.\n"
        "- Only the path E → o2 → z2 → w12 is counted; those through o1 and o3 are missing: "
        "0.059576.\n"
        "  counted: E → o2 → z2 → w12 = −1.0064, with the wrong sign\n"
        "  missing: E → o1 → z2 → w12 = 0.025429\n"
        "  missing: E → o3 → z2 → w12 = 0.034147"
    )


@for_some_classes
def test_with_a_target_of_0_there_is_an_update_all_the_same(n):
    """The wrong derivation has none; the true one is oⱼ·τ·yᵢ."""
    s = network(n, [0.0, *leaves("t", TARGETS[1:n])])
    w, claim = s.w[1][0], one_output_only(s, 1, 0)
    assert claim.data == 0.0
    diagnosis = check_derivation(s.E, w, claim)
    assert diagnosis.verdict == "wrong"
    assert kinds(diagnosis) == {"missing path"}
    assert diagnosis.true == approx((s.o[0] * s.tau * s.y[1]).data, rel=1e-12) != 0.0
    missing = {path.labels: path.product for path in diagnosis.missing}
    assert {path[1] for path in missing} >= {f"o{k + 1}" for k in range(1, n)}
    assert sum(missing.values()) == approx(diagnosis.true, rel=1e-12)
    mg.assert_derivation(s.E, w, s.o[0] * s.tau * s.y[1])


def test_what_holds_for_a_target_of_0_is_not_taken_for_the_rule():
    """The target is 0 by chance: where it is not, its own path counts too."""
    s = network(3, leaves("t", [0.0, 0.7, 0.9]))
    diagnosis = check_derivation(s.E, s.w[0][0], s.o[0] * (s.t[1] + s.t[2]) * s.y[0])
    assert not diagnosis.ok
    assert diagnosis.claimed == approx(diagnosis.true, rel=1e-12)
    assert "as your derivation says" in str(diagnosis)


# --- S7: i = j, i ≠ j, and splitting the sum ------------------------------------------------------


@for_some_classes
def test_the_contributions_to_a_logit_are_one_with_k_equal_i_and_the_others_of_other_sign(n):
    s = network(n)
    for i, z in enumerate(s.z):
        terms = mg.chain_rule(s.E, z, through=s.o, symbols=False).terms
        own = [term.product for term in terms if term.path.labels[1] == f"o{i + 1}"]
        others = [term.product for term in terms if term.path.labels[1] != f"o{i + 1}"]
        o, t = s.o[i].data, [x.data for x in s.t]
        assert own == approx([-t[i] * (1 - o)], rel=1e-12)
        assert others == approx([t[k] * o for k in range(n) if k != i], rel=1e-12)
        assert own[0] < 0.0 < min(others)
        assert sum(own + others) == approx(o * sum(t) - t[i], rel=1e-12)


@for_some_classes
def test_the_steps_add_the_contributions_to_omega_one_after_the_other(n):
    s = network(n)
    tape = mg.Tape(s.E)
    omega = tape.find(s.omega)
    added = [e for e in mg.steps(tape) if isinstance(e, Backward) and e.parent == omega]
    assert sorted(tape.name(event.child) for event in added) == [f"o{k + 1}" for k in range(n)]
    for before, after in pairwise(added):
        assert before.after == after.before
    assert [event.contribution for event in added] == approx(
        [s.t[int(tape.name(event.child)[1:]) - 1].data / s.omega.data for event in added]
    )  # ∂E/∂oₖ · ∂oₖ/∂Ω = (−tₖ/oₖ)(−oₖ/Ω)
    assert added[-1].after == mg.gradient(s.E, s.omega)


@pytest.mark.parametrize("n", [3, 5])
def test_the_second_part_of_the_sum_with_the_sign_of_the_first(n):
    s = network(n)
    rest = mg.sum(s.t[1:])
    claim = -s.t[0] * (1 - s.o[0]) - s.o[0] * rest
    diagnosis = check_derivation(s.E, s.z[0], claim)
    assert kinds(diagnosis) == {"sign"}
    paths = [f"E → o{k} → z1" for k in range(2, n + 1)]
    assert diagnosis.findings[0].about == "; ".join(paths)
    assert paths[0] in diagnosis.findings[0].sentence
    mg.assert_derivation(s.E, s.z[0], -s.t[0] * (1 - s.o[0]) + s.o[0] * rest)


# --- S8: the hidden assumption --------------------------------------------------------------------

ASSUMPTION = {2: "t1 + t2 = 1", 3: "t1 + t2 + t3 = 1", 5: "t1 + t2 + … + t5 = 1"}


@for_some_classes
@pytest.mark.parametrize("of", ["z", "w"])
def test_o_minus_t_is_right_only_if_the_targets_sum_to_1(n, of):
    s = network(n)
    for j in range(n):
        claim = s.o[j] - s.t[j]
        x, claim = (s.z[j], claim) if of == "z" else (s.w[0][j], claim * s.y[0])
        diagnosis = check_derivation(s.E, x, claim)
        assert diagnosis.verdict == "right only if"
        assert kinds(diagnosis) == {"relation"}
        assert diagnosis.findings[0].about == ASSUMPTION[n]
        assert f"It is right only if {ASSUMPTION[n]}." in str(diagnosis)


@for_some_classes
def test_the_assumption_is_named_even_where_the_targets_happen_to_meet_it(n):
    s = network(n, leaves("t", [1.0 / n] * n))
    diagnosis = check_derivation(s.E, s.z[0], s.o[0] - s.t[0])
    assert diagnosis.claimed == approx(diagnosis.true, rel=1e-12)
    assert str(diagnosis) == (
        f"∂E/∂z1 = {shown(diagnosis.true)} here, as your derivation says.\n"
        f"- It is right only if {ASSUMPTION[n]}."
    )


@for_some_classes
def test_one_hot_targets_that_do_not_change_meet_it_for_good(n):
    one_hot = [delta(j, 1) for j in range(n)]
    s = network(n, one_hot)
    for j in range(n):
        mg.assert_derivation(s.E, s.z[j], s.o[j] - one_hot[j])
    s = network(n, leaves("t", one_hot))
    mg.assert_derivation(s.E, s.z[0], s.o[0] - s.t[0], fixed=s.t)


def test_a_number_is_right_only_here():
    s = network(3)
    diagnosis = check_derivation(s.E, s.z[0], (s.o[0].data * s.tau.data) - s.t[0].data)
    assert diagnosis.verdict == "right only here"
    assert kinds(diagnosis) == {"point"}


# --- S9: which layer is it? -----------------------------------------------------------------------


def swapped(diagnosis, used, right):
    """Whether it says that one label stands in the place of another."""
    assert diagnosis.verdict == "wrong"
    assert kinds(diagnosis) == {"swapped factor"}
    return f"{used} stands where {right} belongs." in diagnosis.findings[0].sentence


@for_some_classes
def test_the_output_of_this_layer_in_place_of_the_input_from_below(n):
    s = network(n)
    for i, j in [(i, j) for i in (0, 1) for j in range(n)]:
        delta_j = s.o[j] * s.tau - s.t[j]
        diagnosis = check_derivation(s.E, s.w[i][j], delta_j * s.o[j])
        assert swapped(diagnosis, f"o{j + 1}", f"∂z{j + 1}/∂w{i + 1}{j + 1} = y{i + 1}")


def test_the_input_of_the_network_in_place_of_the_hidden_activation():
    x, v = leaves("x", [0.4, -0.9]), [leaves("v1", [0.7, -0.2]), leaves("v2", [0.1, 0.6])]
    h = label("h", [mg.tanh(mg.dot(row, x)) for row in v])
    w = [leaves("w1", [0.5, -0.4, 0.3]), leaves("w2", [-0.3, 0.8, 0.1])]
    t = leaves("t", TARGETS[:3])
    z = label("z", [mg.dot([row[j] for row in w], h) for j in range(3)])
    o = label("o", mg.softmax(z))
    E, tau = mg.cross_entropy(o, t), mg.sum(t)
    E.label = "E"
    for slip in (x[1], o[0], h[1]):
        diagnosis = check_derivation(E, w[0][0], (o[0] * tau - t[0]) * slip)
        assert swapped(diagnosis, slip.label, "∂z1/∂w11 = h1")
    back = mg.sum([(oj * tau - tj) * wj for oj, tj, wj in zip(o, t, w[0], strict=True)])
    mg.assert_derivation(E, v[0][1], back * (1 - h[0] ** 2) * x[1])
