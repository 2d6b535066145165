"""How much work grows with a graph, in calls of functions; and that the counting can tell."""

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.chain import chain_rule
from microgradx.explain.paths import paths
from microgradx.tape import Tape

from .effort import calls, lines
from .graphs import doublings


def test_calls_tell_work_in_proportion_from_work_that_grows_faster():
    def once(n):
        return calls(lambda: [abs(i) for i in range(n)])

    def squared(n):
        return calls(lambda: [abs(i) for i in range(n) for _ in range(n)])

    assert once(100) > 100
    assert once(1000) < 11 * once(100)
    assert squared(1000) > 50 * squared(100)
    assert once(100) == once(100)


def chain(n):
    """The end of a chain of ``n`` times two operations."""
    x = y = Value(0.5, "x")
    for _ in range(n):
        y = mg.sin(y) * x
    return y


def test_a_tape_costs_in_proportion_to_its_rows():
    short, long = chain(500), chain(5000)
    small, large = calls(lambda: Tape(short)), calls(lambda: Tape(long))
    assert small < large < 11 * small
    assert large < 100 * 10_000


@pytest.mark.parametrize("label", ["", "n"], ids=["primitives", "labels"])
def test_the_largest_of_many_paths_cost_in_proportion_to_the_graph(label):
    def ten(n):
        y, x = doublings(n, 0.3, 0.7, label=label)
        return calls(lambda: paths(y, x, "labels" if label else "primitives")[:10])

    small, large = ten(50), ten(1000)
    assert small < large < 20 * small


@pytest.mark.untraced
def test_the_chain_rule_costs_in_proportion_to_a_chain_of_layers_that_are_skipped_as_well():
    def derived(n):
        x = h = Value(0.3, "x")
        for i in range(n):
            layer = mg.tanh(0.1 * h)
            h = h + layer
            layer.label, h.label = f"g{i}", f"h{i}"
        return lines(lambda: chain_rule(h, x, symbols=False))

    small, large = derived(50), derived(200)
    assert small < large < 5 * small


def of_running_sums(w, xs):
    sums = [w]
    for x in xs:
        sums.append(sums[-1] + x)
    return mg.sum(map(mg.log, sums))


def of_every_number(w, xs):
    return mg.sum(mg.tanh(w * x) ** 2.0 for x in xs)


def of_logistics(w, xs):
    return mg.sum(1.0 / (1.0 + mg.exp(-w * x)) for x in xs)


def of_kinks(w, xs):
    return mg.sum(mg.relu(w * x - 0.7 * x * x) for x in xs)


@pytest.mark.untraced
@pytest.mark.parametrize("functions", [of_running_sums, of_every_number, of_logistics, of_kinks])
def test_a_claim_that_nothing_explains_costs_no_more_than_in_proportion_to_the_graph(functions):
    def checked(n):
        w, *xs = (Value(1.0 + 0.01 * i, f"x{i}") for i in range(n + 1))
        y = functions(w, xs)
        claim = 0.37 * y * xs[3] + xs[2]
        return calls(lambda: mg.check_derivation(y, w, claim))

    small, large = checked(50), checked(200)
    assert small < large < 3 * small


def of_shares(w, xs):
    scores = [w * x for x in xs]
    shares = mg.softmax(scores)
    for i, (score, share) in enumerate(zip(scores, shares, strict=True)):
        score.label, share.label = f"z{i}", f"o{i}"
    return mg.dot(shares, xs) ** 2.0


def of_what_grows_alike(w, xs):
    a, b = w, 1.1 * w
    for _ in xs:
        a, b = b, 0.6 * (a + b)
    return b


@pytest.mark.untraced
@pytest.mark.parametrize("functions", [of_running_sums, of_shares, of_what_grows_alike])
def test_a_number_that_nothing_explains_costs_as_much_as_the_edges_between_labels(functions):
    def checked(n):
        w, *xs = (Value(1.0 + 0.01 * i, f"x{i}") for i in range(n + 1))
        y = functions(w, xs)
        return calls(lambda: mg.check_derivation(y, w, 1.2345 * mg.gradient(y, w) + 0.1))

    small, large = checked(15), checked(60)
    assert small < large < 8 * small


@pytest.mark.untraced
def test_quantities_that_all_grow_alike_are_not_tried_in_all_pairs():
    w, *xs = (Value(1.0 + 0.01 * i, f"x{i}") for i in range(201))
    y = of_what_grows_alike(w, xs)
    claim = 0.37 * y * xs[3] + xs[2]
    assert calls(lambda: mg.check_derivation(y, w, claim)) < 4_000_000


@pytest.mark.untraced
def test_what_a_graph_has_many_times_is_not_called_by_all_its_names():
    """All of these nodes have the value x."""

    def checked(n):
        x = y = Value(0.5, "x")
        for _ in range(n):
            y = y * 0.5 + y * 0.5
        return calls(lambda: mg.check_derivation(y, x, x))

    small, large = checked(60), checked(240)
    assert small < large < 3 * small


@pytest.mark.untraced
def test_a_right_claim_costs_no_more_than_in_proportion_to_the_kinks():
    def checked(n):
        w, *xs = (Value(1.0 + 0.01 * i, f"x{i}") for i in range(n + 1))
        y = of_kinks(w, xs)
        claim = mg.gradient(y, w, create_graph=True)
        return calls(lambda: mg.check_derivation(y, w, claim))

    small, large = checked(50), checked(200)
    assert small < large < 4 * small


def test_a_right_claim_costs_in_proportion_to_leaves_that_have_one_sign():
    def once(n):
        x = [Value(1.0 + 0.1 * i, f"x{i}") for i in range(n)]
        total = mg.sum([mg.log(v) for v in x])
        return calls(lambda: mg.check_derivation(total, x[0], lambda at: 1.0 / at["x0"]))

    assert once(1200) < 5 * once(300)


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("factor", "most"), [(1.0, 12.0), (0.3, 3.0)], ids=["one slip", "two slips"]
)
def test_numbers_of_a_list_are_tried_at_others_without_a_search_for_two_slips(factor, most):
    gradients = [0.5, -1.0, 2.5]
    x = [Value(v, f"x{i}") for i, v in enumerate([1.0, 2.0, 4.0])]
    mu = mg.sum(x) / 3.0
    s = mg.sqrt(mg.sum((v - mu) ** 2.0 for v in x) / 3.0 + 0.001)
    y = [(v - mu) / s for v in x]
    mu.label, s.label = "mu", "s"
    for i, v in enumerate(y):
        v.label = f"y{i}"
    loss = mg.dot(y, gradients)
    # Each number in it may be a member of the list, or stay what it is: in eight ways.
    mean = mg.dot(y, gradients) / 3.0
    claim = (0.5 - factor * y[0] * mean) / s

    def alone():
        mg.check_derivation(loss, x[0], claim)

    def with_a_list(gradients):  # a variable where the call is made
        mg.check_derivation(loss, x[0], claim)

    assert calls(lambda: with_a_list(gradients)) < most * calls(alone)
