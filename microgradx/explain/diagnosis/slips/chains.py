"""Families of slips in the chain rule itself: where it multiplies, and where it adds up."""

from collections.abc import Iterator
from functools import cache, partial
from itertools import pairwise
from math import prod

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.lists import by_stem
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.parts import FEW_PATHS, Routes
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.replaced import Replaced, singly_and_together, zero
from microgradx.explain.diagnosis.slips.wording import fits_here
from microgradx.explain.notation import natural
from microgradx.explain.words import called, plural
from microgradx.writing import joined, listed


def chained(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """Sums and products exchanged."""
    yield from sums_multiplied(ev, routes)
    yield from added_up(ev, routes)
    yield from states_added_up(ev)
    yield from not_propagated(ev)
    yield from by_one_step(ev)


def sums_multiplied(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """A sum of products as the product of sums, of what reaches a labelled node along several
    edges: (Σ ∂L/∂vᵢ)(Σ ∂vᵢ/∂u) for Σ ∂L/∂vᵢ ∂vᵢ/∂u."""
    for u in sorted(routes.stops):
        users = [v for v, below in routes.factors(0).items() if u in below]
        if len(users) < 2 or not all(ev.through(v, 0) for v in users):
            continue

        def predict(k: int, u=u, users=users) -> float:
            bar, factors = ev.adjoints(k), routes.factors(k)
            slopes = [factors[v][u] for v in users]
            wrong = sum(bar[v] for v in users) * sum(slopes)
            return ev.true[k] + (wrong - bar[u]) * (1.0 if u == ev.wrt else ev.tangents(k)[u])

        name = called(ev.tape, u)
        through = listed(sorted([called(ev.tape, v) for v in users], key=natural))
        words = "A sum of products is not the product of the sums: see what reaches"
        sentence = f"{words} {name} through {through}."
        yield Hypothesis(2.0, (Finding("wrong rule", sentence, f"{name}; {through}"),), predict)


def added_up(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """The derivatives along a path, or along every path, added up in place of multiplied."""
    long = [path for path in routes.paths if len(path) > 2]
    if len(long) > FEW_PATHS:
        return
    for chosen in singly_and_together(long):

        def predict(k: int, chosen=chosen) -> float:
            along = routes.factors(k)
            factors = [[along[v][u] for v, u in pairwise(path)] for path in chosen]
            return ev.true[k] + sum(sum(some) - prod(some) for some in factors)

        names = listed([routes.name(path) for path in chosen])
        yield Hypothesis(1.9 + 0.2 * (len(chosen) > 1), (not_multiplied(names),), predict)


def states_added_up(ev: Evidence) -> Iterator[Hypothesis]:
    """The derivatives between the labelled nodes through which all paths lead, added up in place of
    multiplied."""
    states = sorted(ev.necks & ev.stops | {ev.wrt}, reverse=True)
    if len(states) < 3 or ev.necks == {*ev.active}:  # of a single path that is told already
        return

    def predict(k: int) -> float:
        return sum(ev.tangents(k, u)[v] for v, u in pairwise(states))

    if fits_here(ev, predict):
        name = " → ".join(called(ev.tape, v) for v in states)
        yield Hypothesis(2.0, (not_multiplied(name),), predict)


def by_one_step(ev: Evidence) -> Iterator[Hypothesis]:
    """The derivative from one state to the next in the place of those between all others, where
    all paths lead through each of them."""
    for states in by_stem(ev, ev.necks & ev.stops | {ev.wrt}).values():
        steps = [*pairwise(states)]
        if len(steps) < 2 or states != sorted(states):
            continue
        for one in steps:

            def predict(k: int, states=states, one=one) -> float:
                u, v = one
                along = ev.tangents(k, u)[v] ** (len(states) - 1)
                return ev.adjoints(k)[states[-1]] * along * ev.tangents(k)[states[0]]

            if fits_here(ev, predict):
                new = slope_name(ev, *reversed(one))
                others = [slope_name(ev, v, u) for u, v in steps if (u, v) != one]
                old = joined(others)
                sentence = f"{new} stands where {old} belong{'s' * (len(others) == 1)}."
                finding = Finding("swapped factor", sentence, f"{new} for {old}")
                yield Hypothesis(1.95, (finding,), predict)


def not_multiplied(names: str) -> Finding:
    """The finding that the derivatives along some paths were added up."""
    sentence = f"The derivatives along a path are multiplied, and not added up: see {names}."
    return Finding("wrong rule", sentence, names)


def not_propagated(ev: Evidence) -> Iterator[Hypothesis]:
    """The dependence of each of several states s₁, …, sₙ on the one before is left out:
    ∂L/∂sₙ · Σᵢ ∂sᵢ/∂wrt, along paths from sᵢ that meet no other state. Several states have such
    paths."""
    for states in by_stem(ev, ev.stops & ev.moving - {ev.wrt}).values():
        if len(states) < 2 or states != sorted(states):
            continue
        before = {*states}
        onward = [edge for edge in ev.edges if edge[2] in before]
        alone = Replaced(ev, 2.0, partial(lost_between, ev, states), onward, zero)

        @cache
        def owed(k: int, alone=alone) -> list[float]:
            return ev.sweep_forward(alone.partials(k), ev.wrt)

        def predict(k: int, states=states, owed=owed) -> float:
            return ev.adjoints(k)[states[-1]] * sum(owed(k)[v] for v in states)

        if not fits_here(ev, predict):
            continue
        several = sum(owed(0)[v] != 0.0 for v in states) > 1
        if several and all(ev.tangents(0, u)[v] for u, v in pairwise(states)):
            yield Hypothesis(alone.cost, (alone.finding,), predict)


def lost_between(ev: Evidence, states: list[int]) -> Finding:
    """The finding that the derivatives from each of some nodes to the next are missing."""
    lost = [slope_name(ev, v, u) for u, v in pairwise(states)]
    s, verb = plural(len(lost))
    sentence = f"The factor{s} {joined(lost)} {verb} missing."
    return Finding("missing factor", sentence, " = ".join(lost))
