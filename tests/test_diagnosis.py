"""What `check_derivation` says of a derivation, and that it leaves everything as it was.

What a derivation may be is tested in `test_diagnosis_claims.py`.
"""

import os
import subprocess
import sys

import pytest
from pytest import approx

import microgradx as mg
from microgradx import Value, assert_derivation, check_derivation

from .diagnosing import example, found, kinds, label, sentences, state
from .effort import calls

# --- which derivative -----------------------------------------------------------------------------


def test_the_derivative_of_the_output_by_itself_is_1():
    _, _, r = example()
    assert check_derivation(r, r, 1.0).verdict == "right"
    assert check_derivation(r, r, 2.0).verdict == "wrong"


def test_the_derivative_by_what_the_output_does_not_use_is_0():
    x, _, r = example()
    other = Value(1.0, "q")
    assert check_derivation(r, other, 0.0).verdict == "right"
    diagnosis = check_derivation(r, other, x)
    assert (diagnosis.verdict, diagnosis.true, kinds(diagnosis)) == ("wrong", 0.0, ["dependence"])


def test_one_may_derive_by_a_node_inside():
    x, _, _ = example()
    u = x * x
    v = mg.exp(u) * u
    assert check_derivation(v, u, mg.exp(u) * (1 + u)).verdict == "right"
    diagnosis = check_derivation(v, u, mg.exp(u))
    assert kinds(diagnosis) == ["missing path"]
    assert diagnosis.name == "∂v/∂u"


def test_a_claim_may_use_nodes_of_its_own():
    x, y, r = example()
    k = Value(2.0, "k")
    assert check_derivation(r, x, y + mg.cos(x) + Value(0.0)).verdict == "right"
    diagnosis = check_derivation(r, x, y + mg.cos(x) + k)
    assert kinds(diagnosis) == ["dependence"]
    assert diagnosis.findings[0].about == "k"


def test_names_are_the_callers_variables_also_inside_lists():
    w = [Value(0.3), Value(0.9)]
    total = mg.sin(w[0]) + w[0] * w[1]
    diagnosis = check_derivation(total, w[0], w[1])
    assert diagnosis.name == "∂total/∂w[0]"
    assert [path.labels for path in diagnosis.counted] == [("total", "w[0]")]
    assert "w[0]" in sentences(diagnosis)


def test_without_any_names_formulas_stand_in_their_place():
    def graph():
        x = Value(0.5)
        return x * x + mg.exp(x), x, x + x

    made = {"graph": graph()}  # pyright: ignore[reportUnusedVariable]
    diagnosis = (lambda g: check_derivation(g[0], g[1], g[2]))(tuple(made.pop("graph")))
    assert kinds(diagnosis) == ["missing path"]
    assert "exp(" in sentences(diagnosis)


# --- what is said ---------------------------------------------------------------------------------


def test_a_right_derivation_word_for_word():
    x, y, r = example()
    diagnosis = check_derivation(r, x, y + mg.cos(x))
    assert str(diagnosis) == "Right: ∂r/∂x = 2.7648 here, and your derivation holds everywhere."
    assert diagnosis
    assert diagnosis.ok
    assert not diagnosis.missing
    assert not diagnosis.repeated


def test_a_missing_path_word_for_word():
    x, y = Value(0.7, "x"), Value(2.0, "y")
    a, b = x * y, mg.sin(x)
    r = a + b
    diagnosis = check_derivation(r, x, y)
    assert not diagnosis
    assert str(diagnosis) == (
        "∂r/∂x is 2.7648 here; your derivation gives 2.\n"
        "- The path r → b → x is missing: 0.76484.\n"
        "  counted: r → a → x = 2\n"
        "  missing: r → b → x = 0.76484"
    )


def test_paths_that_differ_in_the_operand_alone_are_told_apart():
    x, y = Value(2.0, "x"), Value(-3.0, "y")
    assert str(check_derivation(x * y * x, x, x * y)).splitlines()[1:] == [
        "- The path x·y·x → x (as the last factor) is missing: −6.",
        "  counted: x·y·x → x (not as the last factor) = −6",
        "  missing: x·y·x → x (as the last factor) = −6",
    ]
    assert str(check_derivation(x * x, x, x)).splitlines()[1:] == [
        "- The path x·x → x (as the first factor) is missing: 2.",
        "  counted: x·x → x (as the last factor) = 2",
        "  missing: x·x → x (as the first factor) = 2",
    ]
    t = x * x
    t.label = "t"
    along = "The paths along t → x (as the first factor) are missing: 16."
    assert along in str(check_derivation(t * t, x, lambda d: 2.0 * d["t"] * d["x"]))
    total = mg.sum([y * y, x * x, x, y])
    assert "x (as term 3) is missing: 1." in str(check_derivation(total, x, 2.0 * x))


def test_what_lies_beside_an_operand_is_named_only_if_it_is_one():
    x, y = Value(2.0, "x"), Value(-3.0, "y")
    diagnosis = check_derivation(mg.sum([y * x, x, x]), x, y + 1.0)
    assert "y·x + x + x → x (not as term 2) = −2" in str(diagnosis)


def test_a_path_that_cancels_everywhere_but_for_rounding_is_neither_counted_nor_missing():
    x = [Value(v, f"x{i}") for i, v in enumerate((0.5, -1.2, 2.0), 1)]
    mu = mg.mean(x)
    var = mg.mean([(v - mu) ** 2 for v in x])
    s = mg.sqrt(var + 1e-5)
    n = (x[0] - mu) / s
    diagnosis = check_derivation(n, x[0], 1.0 / s)
    assert [path.labels for path in diagnosis.counted] == [("n", "x1")]
    assert {path.labels for path in diagnosis.missing} == {
        ("n", "mu", "x1"),
        ("n", "s", "var", "x1"),
    }
    right = check_derivation(s, mu, 0.0 * mu)
    assert right.ok and not right.counted


def test_a_path_that_is_tiny_or_of_which_a_part_is_concerned_is_told_of():
    x, y = Value(2.0, "x"), Value(-3.0, "y")
    u, v = x * y, 1e-15 * mg.sin(x)
    u.label, v.label = "u", "v"
    output = x * x + v
    diagnosis = check_derivation(output, x, 2.0 * x + 1e-15 * mg.cos(x))
    assert ("output", "v", "x") in [path.labels for path in diagnosis.counted]
    z = u - u + x
    diagnosis = check_derivation(z, x, y + 1.0)
    [missing] = diagnosis.missing
    assert missing.labels == ("z", "u − u", "u (as the last term)", "x")
    assert [path.product for path in diagnosis.counted] == [-3.0, 1.0]


def test_what_has_no_explanation_word_for_word():
    x, _, r = example()
    assert str(check_derivation(r, x, 1.234567)) == (
        "∂r/∂x is 2.7648 here; your derivation gives 1.2346.\n"
        "- No simple slip explains the difference."
    )


def test_assert_derivation_fails_with_the_same_text():
    x, y, r = example()
    assert_derivation(r, x, y + mg.cos(x))
    with pytest.raises(AssertionError) as raised:
        assert_derivation(r, x, y)
    assert str(raised.value) == str(check_derivation(r, x, y))


@pytest.mark.parametrize(
    ("times", "sort"), [(0.0, "missing"), (2.0, "repeated"), (-1.0, "counted")]
)
def test_the_products_of_all_sorts_of_paths_add_up_to_the_derivative(times, sort):
    x = Value(0.7, "x")
    a, b, c = x * x, mg.sin(x), mg.exp(x)
    r = a + b + c
    diagnosis = check_derivation(r, x, times * 2 * x + mg.cos(x) + c)
    assert ("r", "a", "x") in [path.labels for path in getattr(diagnosis, sort)]
    every = [*diagnosis.counted, *diagnosis.missing, *diagnosis.repeated]
    assert len(every) == 3
    assert sum(path.product for path in every) == approx(diagnosis.true, rel=1e-12)


# --- what stays as it is --------------------------------------------------------------------------


def test_nothing_in_the_graph_changes_also_after_an_error():
    x, y, r = example()
    r.backward()
    claim = y + 2 * mg.cos(x)
    before = state(r, claim)
    assert not check_derivation(r, x, claim)
    with pytest.raises(TypeError, match=r"a claim is a Value, .* not None"):
        check_derivation(r, x, None)  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="no row has the label 'no such label'"):
        check_derivation(r, x, lambda at: at["no such label"])
    with pytest.raises(KeyError, match="no row has the label 'q'; the labels are "):
        check_derivation(r, x, claim, fixed=["q"])
    assert state(r, claim) == before


PROGRAM = """
import microgradx as mg
w = {name: mg.Value(0.1 * i + 0.3, name) for i, name in enumerate("abcdef")}
o = mg.softmax(list(w.values()))
L = mg.cross_entropy(o, [0.2, 0.1, 0.4, 0.0, 0.3, 0.6])
print(mg.check_derivation(L, w["c"], 0.4 * (1 - o[2])))
print(mg.check_derivation(L, w["c"], o[2] * w["a"] - 0.4))
"""


def test_the_same_question_has_the_same_answer_in_any_process():
    x, y, r = example()
    assert check_derivation(r, x, y * x) == check_derivation(r, x, y * x)
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2026")
    }
    assert len(said) == 1


# --- work -----------------------------------------------------------------------------------------


def test_a_graph_of_a_thousand_nodes_is_decided_soon():
    """A million calls are about 0.3 s; a right claim needs no search for what is wrong with it."""
    x = [Value(0.01 * i - 0.3) for i in range(40)]
    w = [Value(0.02 * i - 0.2, f"w{i}") for i in range(40)]
    h = [mg.tanh(a * b + 0.1) for a, b in zip(x, w, strict=True)]
    for _ in range(5):
        h = [mg.sigmoid(a + 0.5 * b) for a, b in zip(h, [*h[1:], h[0]], strict=True)]
    out = mg.sum([a * a for a in h])
    assert 800 < len(mg.Tape(out, names={}))
    right = mg.gradient(out, w[3], create_graph=True)
    for claim, verdict, limit in (
        (right, "right", 300_000),
        (right * h[0] + w[1], "wrong", 5_000_000),
    ):
        assert check_derivation(out, w[3], claim).verdict == verdict
        assert calls(lambda claim=claim: check_derivation(out, w[3], claim)) < limit


def test_all_paths_through_one_user_of_a_leaf_have_their_sign_and_those_through_another_are_lost():
    x, other, wq, wk, wv = (
        Value(number, name)
        for name, number in {"x": 0.7, "u": -0.5, "wq": 1.2, "wk": 0.8, "wv": 1.5}.items()
    )
    q, k1, k2, v1, v2 = wq * x, wk * x, wk * other, wv * x, wv * other
    e1, e2 = mg.exp(q * k1), mg.exp(q * k2)
    total = e1 + e2
    a1, a2 = e1 / total, e2 / total
    y = a1 * v1 + a2 * v2
    label(q=q, k1=k1, k2=k2, v1=v1, v2=v2, e1=e1, e2=e2, total=total, a1=a1, a2=a2, y=y)
    said, text = found(y, x, a1 * wv - a1 * a2 * (v1 - v2) * q * wk)
    assert said == ["sign", "missing path"]
    assert "y → k1 → x" in text and "The path y → q → x is missing" in text


def test_leaves_that_a_claim_lacks_are_named_before_an_unlikely_condition():
    x1, x2, y1, y2, b = (
        Value(number, name)
        for name, number in {"x1": 0.7, "x2": -0.5, "y1": 1.2, "y2": 0.8, "b": 0.3}.items()
    )
    loss = ((x1 + b - y1) ** 2 + (x2 + b - y2) ** 2) / 2
    said, text = found(loss, b, x1 + x2 + 2 * b)
    assert said == ["dependence"]
    assert "The derivative depends on y1 and y2, which your derivation lacks." in text


def test_of_paths_with_equal_products_the_shorter_one_is_missing():
    x, w, v = Value(0.75, "x"), Value(1.3, "w"), Value(-0.9, "v")
    a, b = w * x, v * x
    p = mg.sigmoid(a)
    gate = a * p
    y = gate * b
    label(a=a, b=b, p=p, gate=gate, y=y)
    said, text = found(y, x, b * (p + a * p * (1 - p)) * w)
    assert said == ["missing path"] and "The path y → b → x is missing" in text
