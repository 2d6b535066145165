"""Families of slips in the chain rule itself: where it multiplies, and where it adds up."""

from collections.abc import Iterator
from itertools import pairwise
from math import prod

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.lists import by_stem
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.parts import FEW_PATHS, Routes
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.replaced import singly_and_together
from microgradx.explain.notation import natural
from microgradx.explain.words import called, joined, listed, plural


def chained(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """Sums and products exchanged."""
    yield from sums_multiplied(ev, routes)
    yield from added_up(ev, routes)
    yield from states_added_up(ev)
    yield from not_propagated(ev)


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
        sentence = f"The derivatives along a path are multiplied, and not added up: see {names}."
        cost = 1.9 + 0.2 * (len(chosen) > 1)
        yield Hypothesis(cost, (Finding("wrong rule", sentence, names),), predict)


def states_added_up(ev: Evidence) -> Iterator[Hypothesis]:
    """The same of the derivatives between the labelled nodes through which all paths lead."""
    states = sorted(ev.necks & ev.stops | {ev.wrt}, reverse=True)
    if len(states) < 3 or ev.necks == {*ev.active}:  # of a single path that is told already
        return

    def predict(k: int) -> float:
        return sum(ev.tangents(k, u)[v] for v, u in pairwise(states))

    name = " → ".join(called(ev.tape, v) for v in states)
    sentence = f"The derivatives along a path are multiplied, and not added up: see {name}."
    yield Hypothesis(2.0, (Finding("wrong rule", sentence, name),), predict)


def not_propagated(ev: Evidence) -> Iterator[Hypothesis]:
    """What each of several states owes to `wrt` without the one before, added up as it is."""
    for states in by_stem(ev, ev.stops & ev.moving - {ev.wrt}).values():
        steps = [*pairwise(states)]
        if not steps or not all(u < v and ev.tangents(0, u)[v] for u, v in steps):
            continue

        def predict(k: int, states=states) -> float:
            dot = [0.0] * len(ev.tape)
            dot[ev.wrt] = 1.0
            for v, slot, u in ev.edges:
                dot[v] += 0.0 if u in states else ev.slope(v, slot, k) * dot[u]
            return ev.adjoints(k)[states[-1]] * sum(dot[v] for v in states)

        lost = [slope_name(ev, v, u) for u, v in steps]
        s, verb = plural(len(lost))
        sentence = f"The factor{s} {joined(lost)} {verb} missing."
        yield Hypothesis(2.0, (Finding("missing factor", sentence, " = ".join(lost)),), predict)
