"""What softmax keeps from overflowing is nobody's derivation: its kin are called by their names."""

import re
from itertools import permutations

import pytest

import microgradx as mg
from microgradx import Value, check_derivation
from microgradx.explain.words import called

T = 0.25, 0.55, 0.2


def logits(*numbers):
    return [Value(x, f"z{i}") for i, x in enumerate(numbers or (0.4, -0.3, 1.1), 1)]


def name(node):
    tape = mg.Tape(node, names={})
    return called(tape, tape.output)


@pytest.mark.parametrize("largest", range(3))
def test_functions_of_logits_are_called_by_their_names(largest):
    z = logits(*(1.5 if i == largest else 0.1 * i for i in range(3)))
    assert [name(x) for x in mg.softmax(z)] == ["softmax(z)₁", "softmax(z)₂", "softmax(z)₃"]
    assert name(mg.log_softmax(z)[1]) == "log_softmax(z)₂"
    assert name(mg.logsumexp(z)) == "logsumexp(z)"
    assert name(2.0 * mg.log_softmax(z)[largest]) == f"2·log_softmax(z){'₁₂₃'[largest]}"


def test_logits_that_are_no_list_are_named_themselves():
    a, b = Value(0.4, "a"), Value(1.1, "b")
    assert [name(x) for x in mg.softmax([a, b])] == ["softmax(a)", "softmax(b)"]
    assert name(mg.logsumexp([a, b])) == "logsumexp(a, b)"
    assert name(mg.log_softmax([a * b, b])[0]) == "log_softmax(a·b)"
    z = [Value(0.4, "z[0]"), Value(1.1, "z[1]")]
    assert name(mg.softmax(z)[1]) == "softmax(z)[1]"


def test_what_only_looks_like_one_is_spelled_out():
    x, y, z = logits()
    total = mg.sum([mg.exp(x - y), mg.exp(z - y)])
    for node in (
        mg.exp(x) / (1.0 + total),
        mg.exp(x - y) / (2.0 + total),
        2.0 / (1.0 + total),
        z + mg.log1p(total),
        x - z - mg.log1p(total),
        -mg.log1p(mg.exp(x - y)),
        mg.sum([mg.exp(x - y), mg.exp(z - x)]) / (1.0 + mg.sum([mg.exp(x - y), mg.exp(z - x)])),
    ):
        assert "softmax" not in name(node) and "logsumexp" not in name(node)


CLAIMS = {
    "one target forgotten": lambda o, t: o[0] * mg.sum(t),
    "the sum of targets forgotten": lambda o, t: o[0] - t[0],
    "one path": lambda o, t: -t[0] * (1.0 - o[0]),
    "one path with the wrong sign": lambda o, t: t[0] * (1.0 - o[0]),
    "the slope by the output": lambda o, t: -t[0] / o[0],
    "an extra factor": lambda o, t: (o[0] * mg.sum(t) - t[0]) * o[0],
    "a target with the wrong sign": lambda o, t: o[0] * mg.sum(t) + t[0],
    "two of three paths": lambda o, t: -t[0] * (1.0 - o[0]) + t[1] * o[0],
    "all by their own": lambda o, t: -mg.sum([a * (1.0 - b) for a, b in zip(t, o, strict=True)]),
}
OF_AN_OUTPUT = {
    "o1": lambda o: o[0] * 1.0,
    "o2": lambda o: o[1] * 1.0,
    "o1 o1": lambda o: o[0] * o[0],
    "−o1 o1": lambda o: -o[0] * o[0],
    "o1 o2": lambda o: o[0] * o[1],
    "−o1": lambda o: -o[0],
    "o1 (1 − o2)": lambda o: o[0] * (1.0 - o[1]),
    "1 − o1": lambda o: 1.0 - o[0],
    "o1 (1 + o1)": lambda o: o[0] * (1.0 + o[0]),
}
ORDERS = [*permutations((1.1, 0.4, -0.3))]


def told(output, wrt, claim):
    """What is found, but for numbers, and for the order of two leaves that have to be equal."""
    text = " ".join(f.sentence for f in check_derivation(output, wrt, claim).findings)
    assert not re.search(r"exp\(|log1p", text)
    text = re.sub(r"z(\d) = z(\d)", lambda found: "z = z", text)
    return re.sub(r"(?<![a-z])−?\d+\.\d+", "#", text)


@pytest.mark.parametrize("loss", [mg.cross_entropy, mg.softmax_cross_entropy])
@pytest.mark.parametrize("claim", CLAIMS)
def test_which_logit_is_the_largest_makes_no_difference(loss, claim):
    answers = set()
    for numbers in ORDERS:
        z, t = logits(*numbers), [Value(x, f"t{i}") for i, x in enumerate((0.2, 0.5, 0.4), 1)]
        o = mg.softmax(z)
        L = loss(o if loss is mg.cross_entropy else z, t)
        answers.add(told(L, z[0], CLAIMS[claim](o, t)))
    assert len(answers) == 1


@pytest.mark.parametrize("wrt", [0, 1])
@pytest.mark.parametrize("claim", OF_AN_OUTPUT)
def test_nor_does_it_for_the_derivative_of_an_output(wrt, claim):
    answers = set()
    for numbers in ORDERS:
        z = logits(*numbers)
        o = mg.softmax(z)
        answers.add(told(o[0], z[wrt], OF_AN_OUTPUT[claim](o)))
    assert len(answers) == 1


@pytest.mark.parametrize("loss", [mg.cross_entropy, mg.softmax_cross_entropy])
@pytest.mark.parametrize("number", [False, True], ids=["expression", "number"])
def test_the_other_outputs_are_missing_whether_they_are_seen_or_not(loss, number):
    z = logits()
    o = mg.softmax(z)
    L = loss(o if loss is mg.cross_entropy else z, T)
    claim = -T[0] * (1.0 - o[0])
    diagnosis = check_derivation(L, z[0], round(claim.data, 6) if number else claim)
    seen = loss is mg.cross_entropy
    others = ["o[1]", "o[2]"] if seen else ["log_softmax(z)₂", "log_softmax(z)₃"]
    assert [f.kind for f in diagnosis.findings] == ["missing path"]
    assert [path.labels for path in diagnosis.missing] == [("L", other, "z1") for other in others]


def test_what_one_class_alone_leads_through_is_not_told_of():
    z = logits()
    L = mg.softmax_cross_entropy(z, 0)
    diagnosis = check_derivation(L, z[1], 0.0)
    assert [path.labels for path in diagnosis.missing] == [("L", "z2")]


@pytest.mark.parametrize("number", [False, True], ids=["expression", "number"])
def test_the_numerator_of_an_output_as_a_constant(number):
    z = logits()
    o = mg.softmax(z)
    claim = -o[0] * o[0]
    diagnosis = check_derivation(o[0], z[0], round(claim.data, 6) if number else claim)
    assert [(f.kind, f.about) for f in diagnosis.findings] == [("missing path", "o[0]")]
    assert "The numerator of o[0] was taken as a constant" in str(diagnosis)


@pytest.mark.parametrize("loss", [mg.cross_entropy, mg.softmax_cross_entropy])
@pytest.mark.parametrize(
    ("claim", "kind", "text"),
    [
        (lambda o: o, "missing path", "The term −0.25 is missing."),
        (lambda o: o + 0.25, "sign", "The sign of the term −0.25 is wrong"),
        (lambda o: 0.25 - o, "sign", "The sign is wrong"),
        (lambda o: (o - 0.25) / 3, "constant factor", "The claim lacks a constant factor 3."),
    ],
)
def test_a_typed_number_is_told_of_in_terms_of_targets(loss, claim, kind, text):
    z = logits()
    o = mg.softmax(z)
    L = loss(o if loss is mg.cross_entropy else z, T)
    diagnosis = check_derivation(L, z[0], round(claim(o[0]).data, 6))
    assert [f.kind for f in diagnosis.findings] == [kind] and text in str(diagnosis)


def test_a_target_that_is_a_leaf_is_a_term_of_a_typed_number_too():
    z, t = logits(), [Value(x, f"t{i}") for i, x in enumerate(T, 1)]
    o = mg.softmax(z)
    diagnosis = check_derivation(mg.cross_entropy(o, t), z[0], round(o[0].data, 6))
    assert [(f.kind, f.about) for f in diagnosis.findings] == [("missing path", "−t1")]


def test_a_round_number_speaks_for_no_term():
    """Of 12 and 10, who knows that the 2 of the graph is what is missing?"""
    x = Value(3.0, "x")
    assert check_derivation(2.0 * x * x, x, 10.0).findings == ()


def test_a_number_of_a_list_is_called_by_its_name_in_a_slip():
    z, t = logits(), [0.25, 0.55, 0.2]
    o = mg.softmax(z)
    for L in (mg.cross_entropy(o, t), mg.softmax_cross_entropy(z, t)):
        first, supposed = check_derivation(L, z[0], o[0]).findings
        assert (first.kind, first.sentence) == ("missing path", "The term −t[0] is missing.")
        assert supposed.about == "t[0] + t[1] + t[2] = 1"
        kinds = [f.kind for f in check_derivation(L, z[0], o[0] - t[1]).findings]
        assert kinds == ["swapped factor", "relation"]


@pytest.mark.parametrize(
    ("claim", "kind", "text"),
    [
        (lambda o, x: o * x[0], "missing path", "In ∂L/∂z[1]: the term −1 is missing."),
        (
            lambda o, x: (o - 1.0) * x[1],
            "swapped factor",
            "x[1] stands where ∂z[1]/∂W[1][0] = x[0]",
        ),
        (lambda o, x: o - 1.0, "missing factor", "The factor ∂z[1]/∂W[1][0] = x[0] is missing."),
    ],
)
def test_inputs_that_are_plain_numbers_are_called_by_their_names(claim, kind, text):
    x = [0.5, -1.2]
    W = [[Value(0.3), Value(-0.4)], [Value(0.1), Value(0.7)], [Value(-0.6), Value(0.2)]]
    z = [mg.dot(row, x) for row in W]
    L, w, o = mg.softmax_cross_entropy(z, 1), W[1][0], mg.softmax(z)
    diagnosis = check_derivation(L, w, claim(o[1], x))
    assert [f.kind for f in diagnosis.findings] == [kind] and text in str(diagnosis)


def test_a_forgotten_1_is_likelier_than_a_half_with_the_wrong_sign():
    """The graph has both numbers, and with the wrong sign ½ makes a difference of 1."""
    z, b = [0.5 * Value(0.3), Value(0.7)], Value(0.4, "b")
    z[0] = z[0] + b
    o = mg.softmax(z)
    diagnosis = check_derivation(mg.cross_entropy(o, 0), b, round(o[0].data, 6))
    assert [(f.kind, f.about) for f in diagnosis.findings] == [("missing path", "−1")]
