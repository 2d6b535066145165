"""What is said where the claim, an expression, has one term or one sign of the pen wrong."""

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.diagnosis.arguments import gathered
from microgradx.explain.diagnosis.slips.rewritten import misnamed

from .diagnosing import found, label
from .effort import calls


def test_a_term_of_a_factor_in_the_place_of_another_of_its_list():
    x, w1, w2, t1, t2 = (
        Value(v, n) for v, n in ((1.3, "x"), (0.6, "w1"), (-0.9, "w2"), (0.25, "t1"), (-0.4, "t2"))
    )
    y1, y2 = mg.sin(w1 * x), mg.sin(w2 * x)
    e1, e2 = y1 - t1, y2 - t2
    label(y1=y1, y2=y2, e1=e1, e2=e2)
    kinds, text = found(e1 * e1 + e2 * e2, w1, 2.0 * (y1 - t2) * mg.cos(w1 * x) * x)
    assert kinds == ["swapped factor"] and "t2 stands where t1 belongs, in y1 − t2." in text
    squares = (y1 - t1) ** 2 + e2 * e2
    claim = 2.0 * mg.cos(w1 * x) * x * ((y1 - t2) + (y1 - t2) ** 3)
    kinds, text = found(squares + 0.5 * (y1 - t1) ** 4, w1, claim)
    assert kinds == ["swapped factor"] and "t2 stands where t1 belongs, in y1 − t2." in text


@pytest.mark.parametrize(
    "softmax", [mg.softmax, lambda z: [mg.exp(x) / sum(map(mg.exp, z)) for x in z]]
)
def test_one_value_for_another_is_nearer_than_one_weight_for_another_and_a_sign(softmax):
    q, k1, k2, v1, v2 = (
        Value(x, n) for x, n in ((0.7, "q"), (0.4, "k1"), (-0.9, "k2"), (1.3, "v1"), (2.1, "v2"))
    )
    a1, a2 = softmax([q * k1, q * k2])
    out = a1 * v1 + a2 * v2
    label(a1=a1, a2=a2, out=out)
    kinds, text = found(out, k1, a1 * (v2 - out) * q)
    assert kinds == ["swapped factor"] and "v2 stands where v1 belongs, in v2 − out." in text


def test_the_same_wrong_sign_at_every_step():
    r, x0 = Value(3.1, "r"), Value(0.37, "x0")
    x1 = r * x0 * (1.0 - x0)
    x2 = r * x1 * (1.0 - x1)
    label(x1=x1, x2=x2)
    kinds, text = found(x2, x0, r * (1.0 + 2.0 * x1) * r * (1.0 + 2.0 * x0))
    assert kinds == ["sign"]
    assert "In 1 + 2·x1 and 1 + 2·x0: the signs of 2·x1 and 2·x0 are wrong" in text


def test_only_the_places_are_named_where_another_stands():
    y, t1, t2 = (Value(v, n) for v, n in ((0.4, "y1"), (0.9, "t1"), (0.2, "t2")))
    loss = t2 * (y - t1) ** 2 + t2 * mg.exp(y - t1)
    kinds, text = found(loss, y, 2 * t2 * (y - t2) + t2 * mg.exp(y - t2))
    assert kinds == ["swapped factor"] and "t2 stands where t1 belongs, in y1 − t2." in text


def test_to_find_no_term_costs_in_proportion_to_the_graph():
    def work(n):
        x, weights = Value(0.7, "x"), [Value(0.5 + 0.001 * i, f"w{i}") for i in range(n)]
        loss = mg.sum([w * w for w in weights]) + x * x
        ev = gathered(loss, x, 3 * mg.sin(x), {}, (), None, ())
        own = sorted(ev.claimed_by - ev.under)
        return calls(lambda: list(misnamed(ev, own)))

    assert 0 < work(400) < 5 * work(100)
