"""Softmax with cross-entropy: what is said of the commonest slips, whichever logit is the largest,
however the targets are given, and with a layer below or none."""

import math

import pytest

import microgradx as mg
from microgradx import Value, check_derivation

LOGITS = [(1.0, 0.2, -0.1), (-1.0, 0.2, -0.1), (0.1, 0.2, 1.1)]
TARGETS = {
    "probabilities": [0.7, 0.2, 0.1],
    "one-hot": [1.0, 0.0, 0.0],
    "index": 0,
    "Values": [0.7, 0.2, 0.1],
    "Values, one-hot": [1.0, 0.0, 0.0],
}


class Softmax:
    """Three labelled outputs, their loss L, and what ∂L/∂z₁ is multiplied by."""

    def __init__(self, loss, logits, layer, targets):
        given = TARGETS[targets]
        self.t = [Value(t, f"t{i}") for i, t in enumerate(given, 1)] if "V" in targets else given
        self.x = Value(1.3, "x") if layer else 1.0
        self.leaves = [Value(z / 1.3 if layer else z, f"w{i}") for i, z in enumerate(logits, 1)]
        z = [w * self.x for w in self.leaves] if layer else self.leaves
        self.o = mg.softmax(z)
        for i, (logit, output) in enumerate(zip(z, self.o, strict=True), 1):
            logit.label, output.label = f"z{i}", f"o{i}"
        of_outputs = loss is mg.cross_entropy
        self.L = loss(self.o if of_outputs else z, self.t)
        self.L.label = "L"
        self.target = self.t[0] if isinstance(self.t, list) else 1.0

    def answer(self, claim):
        """The kinds of the findings about a claim that lacks the layer, and what is said."""
        diagnosis = check_derivation(self.L, self.leaves[0], claim * self.x)
        assert diagnosis.verdict == "wrong" and "exp(" not in str(diagnosis)
        supposed = "With that mended, it is right only if t1 + t2 + t3 = 1." in str(diagnosis)
        assert supposed == isinstance(self.target, Value)
        return [f.kind for f in diagnosis.findings[: -1 if supposed else None]], str(diagnosis)


every_graph = [
    pytest.mark.parametrize("loss", [mg.cross_entropy, mg.softmax_cross_entropy]),
    pytest.mark.parametrize("logits", LOGITS, ids=["first", "second", "third"]),
    pytest.mark.parametrize("layer", [False, True], ids=["logits", "layer"]),
    pytest.mark.parametrize("targets", TARGETS),
]


def for_every_graph(test):
    for mark in every_graph:
        test = mark(test)
    return test


@for_every_graph
def test_a_target_that_is_forgotten_is_a_term_that_is_missing(loss, logits, layer, targets):
    graph = Softmax(loss, logits, layer, targets)
    name = "t1" if isinstance(graph.target, Value) else f"{graph.target:g}"
    kinds, text = graph.answer(graph.o[0])
    assert kinds == ["missing path"] and f"he term −{name} is missing." in text


@for_every_graph
def test_a_target_that_is_added_has_the_wrong_sign(loss, logits, layer, targets):
    graph = Softmax(loss, logits, layer, targets)
    kinds, text = graph.answer(graph.o[0] + graph.target)
    assert kinds == ["sign"] and "he sign of the term" in text


@for_every_graph
def test_o_minus_t_turned_has_the_wrong_sign(loss, logits, layer, targets):
    graph = Softmax(loss, logits, layer, targets)
    kinds, text = graph.answer(graph.target - graph.o[0])
    assert kinds == ["sign"] and "The sign is wrong" in text


@pytest.mark.parametrize("numbers", [(0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.4, 0.6)])
def test_what_holds_for_every_other_class_is_no_condition_on_one(numbers):
    z = [Value(x, f"z{i}") for i, x in enumerate(LOGITS[0], 1)]
    t = [Value(x, f"t{i}") for i, x in enumerate(numbers, 1)]
    o = mg.softmax(z)
    diagnosis = check_derivation(mg.cross_entropy(o, t), z[0], o[0] * 1.0)
    assert diagnosis.verdict == "right only if"
    assert "right only if t1 = 0 and t1 + t2 + t3 = 1." in str(diagnosis)


def test_what_holds_for_one_class_alone_is_a_condition_on_it():
    z = [Value(x, f"z{i}") for i, x in enumerate(LOGITS[0], 1)]
    t = [Value(x, f"t{i}") for i, x in enumerate((0.7, 0.2, 0.1), 1)]
    o = mg.softmax(z)
    text = str(check_derivation(mg.cross_entropy(o, t), z[0], o[0] - 1.0))
    assert "right only if t1, t2 and t3 are one-hot, with t1 = 1." in text


def test_the_derivative_by_an_output_in_place_of_that_by_its_logit():
    graph = Softmax(mg.cross_entropy, LOGITS[0], True, "probabilities")
    diagnosis = check_derivation(graph.L, graph.leaves[0], -0.7 / graph.o[0] * graph.x)
    assert [f.kind for f in diagnosis.findings] == ["missing factor", "missing path"]
    assert "The factor ∂o1/∂z1 is missing." in str(diagnosis)
    assert "Of ∂L/∂z1 only the paths through o1 are counted." in str(diagnosis)


def test_logits_without_a_label_are_told_of_too():
    x = [Value(v) for v in (0.7, -0.4)]
    w = [[Value(0.3 * i - 0.2 * j) for j in range(2)] for i in range(3)]
    o = mg.softmax([mg.dot(row, x) for row in w])
    E = mg.cross_entropy(o, 1)
    diagnosis = check_derivation(E, w[1][0], o[1] * x[0])
    assert [f.kind for f in diagnosis.findings] == ["missing path"]
    assert "(w[1][0]·x[0] + w[1][1]·x[1]): the term −1 is missing." in str(diagnosis)


def test_a_target_that_is_forgotten_below_a_hidden_layer():
    x, v = Value(0.7, "x"), [Value(t, f"v{i}") for i, t in enumerate((0.4, -0.9, 0.6), 1)]
    w = Value(1.1, "w")
    h = mg.tanh(w * x)
    h.label = "h"
    o = mg.softmax([weight * h for weight in v])
    L = mg.cross_entropy(o, 2)
    L.label = "L"
    claim = mg.dot(o, v) * (1.0 - h * h) * x
    assert "In ∂L/∂h: the term −v3 is missing." in str(check_derivation(L, w, claim))


@pytest.mark.parametrize("number", [0.8, 0.0])
@pytest.mark.parametrize(
    ("k", "claim", "sentence"),
    [
        (1, lambda o, x: o * x, "In ∂L/∂z2: the term −1 is missing."),
        (1, lambda o, x: (o + 1.0) * x, "In ∂L/∂z2: the sign of the term 1 is wrong"),
        (0, lambda o, x: (o - 1.0) * x, "In ∂L/∂z1: there is an extra term −1."),
        (1, lambda o, x: o - 1.0, "The factor ∂z2/∂w2 = x is missing."),
    ],
)
def test_an_input_that_is_0_hides_no_target(k, claim, sentence, number):
    x = Value(number, "x")
    w, b = ([Value(0.3 * i - a) for i in range(3)] for a in (0.2, 0.1))
    z = [weight * x + bias for weight, bias in zip(w, b, strict=True)]
    o = mg.softmax(z)
    L = mg.cross_entropy(o, 1)
    L.label = "L"
    for i in range(3):
        w[i].label, b[i].label, z[i].label, o[i].label = (f"{s}{i + 1}" for s in "wbzo")
    diagnosis = check_derivation(L, w[k], claim(o[k], x))
    assert diagnosis.verdict == "wrong" and sentence in str(diagnosis)


def test_the_slope_by_the_own_logit_for_every_output():
    z = [Value(x, f"z{i}") for i, x in enumerate(LOGITS[0], 1)]
    t = [Value(x, f"t{i}") for i, x in enumerate((0.7, 0.2, 0.1), 1)]
    o = mg.softmax(z)
    claim = -mg.sum([a * (1.0 - b) for a, b in zip(t, o, strict=True)])
    diagnosis = check_derivation(mg.cross_entropy(o, t), z[0], claim)
    assert [f.kind for f in diagnosis.findings] == ["wrong local derivative"]
    assert (
        "Of o[0], o[1] and o[2] each was differentiated with respect to every logit as to its own."
        in str(diagnosis)
    )


def test_a_number_of_a_list_is_that_member_also_where_it_is_a_common_one():
    for number in (0.5, 0.7):
        x = [number, -1.2]
        w = [Value(0.1, "w1"), Value(0.2, "w2")]
        y = mg.dot(w, x)
        L = 0.5 * (y - 1.0) ** 2
        y.label, L.label = "y", "L"
        diagnosis = check_derivation(L, w[0], 2.0 * (y - 1.0) * x[0])
        sentence = "The constant factor 0.5 of L is missing."
        assert [finding.sentence for finding in diagnosis.findings] == [sentence]


OWN_ALONE = [
    lambda o, t: -t * (1.0 - o),
    lambda o, t: t * o - t,
    lambda o, t: (o - 1.0) * t,
]


@pytest.mark.parametrize(
    ("t", "k"), [([1, 1, 0], 0), ([0.5, 0.5, 0], 0), ([1, 1, 1], 0), ([2, 1, 0], 1), ([3, 1, 2], 1)]
)
@pytest.mark.parametrize("claim", OWN_ALONE)
def test_a_target_that_is_the_number_1_multiplies_as_any_other_does(claim, t, k):
    z = [Value(x, f"z{i}") for i, x in enumerate((0.3, -0.5, 1.1))]
    o = mg.softmax(z)
    diagnosis = check_derivation(mg.cross_entropy(o, t), z[k], claim(o[k], t[k]))
    assert [f.kind for f in diagnosis.findings] == ["missing path"]


def test_a_number_within_a_softmax_of_the_claim_is_no_target():
    z = [Value(x, f"z{i}") for i, x in enumerate((0.3, -0.5, 1.1))]
    t, o = [1, 1, 0], mg.softmax(z)
    condition = "right only if t[0] + t[1] = 1."
    for claim, verdict in ((o[2] - t[2], "right only if"), (t[2] - o[2], "wrong")):
        diagnosis = check_derivation(mg.cross_entropy(o, t), z[2], claim)
        assert diagnosis.verdict == verdict and condition in str(diagnosis)


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_a_constant_is_told_beside_the_condition_on_targets_and_no_odd_count_of_a_path(factor):
    z = [Value(x, f"z{i}") for i, x in enumerate((0.3, -0.5, 1.1))]
    t, o = [0.3, 0.45, 0.6], mg.softmax(z)
    diagnosis = check_derivation(mg.cross_entropy(o, t), z[0], factor * (o[0] - t[0]))
    assert [f.kind for f in diagnosis.findings] == ["constant factor", "relation"]


def test_no_path_is_counted_as_often_as_nobody_counts():
    x, a = Value(0.7, "x"), Value(1.9, "a")
    u, v = a * mg.sin(x), mg.exp(x)
    u.label, v.label = "u", "v"
    for c, found in ((3.0, True), (1.5, True), (1 / 3, True), (4.5, False), (-6.0, False)):

        def claim(d, c=c):
            return c * d["a"] * math.cos(d["x"]) + math.exp(d["x"])

        assert ("constant factor" in str(check_derivation(u + v, x, claim))) == found
        written = c * a * mg.cos(x) + mg.exp(
            x
        )  # where the claim has the number, it has it too much
        assert "constant factor" in str(check_derivation(u + v, x, written))
