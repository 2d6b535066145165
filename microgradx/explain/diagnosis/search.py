"""The one place where hypotheses are accepted and ranked."""

import math
from collections.abc import Callable, Iterator

from microgradx.explain.diagnosis.coefficients import coefficients, held, last_contribution
from microgradx.explain.diagnosis.dependence import dependence
from microgradx.explain.diagnosis.evidence import Evidence
from microgradx.explain.diagnosis.factors import partial, whole
from microgradx.explain.diagnosis.findings import Hypothesis
from microgradx.explain.diagnosis.local import elsewhere, inner_lost, local_slips, wrong_rules
from microgradx.explain.diagnosis.multipliers import Multipliers
from microgradx.explain.diagnosis.parts import Routes, parts
from microgradx.explain.diagnosis.relations import NATURAL, relations, verified
from microgradx.explain.diagnosis.renamed import renamed
from microgradx.explain.diagnosis.result import Diagnosis, concluded, right_only_here, right_only_if
from microgradx.explain.diagnosis.sides import side
from microgradx.explain.diagnosis.terms import two_terms

# Costs, in slips: up to SIMPLE nothing finer is looked for; beyond PLAUSIBLE a condition under
# which the claim is right is the better explanation; beyond LIMIT nothing is said.
SIMPLE, PLAUSIBLE, LIMIT = 2.2, 2.9, 4.2
FAR_FETCHED = 3.2


def explained(ev: Evidence) -> Diagnosis:
    """The diagnosis of a claim that is wrong at some point: what a teacher would say first."""
    here, *elsewhere_too = ev.agreements()
    only_here = here and not any(elsewhere_too)
    known = relations(ev)
    if natural := verified(ev, known, NATURAL):
        return right_only_if(ev, natural.text)
    best = search(ev)
    cost = best.cost if best else math.inf
    if cost > (SIMPLE if only_here else PLAUSIBLE):
        if text := side(ev, [*ev.points, *ev.beyond]):
            return right_only_if(ev, text)
        bound = cost - PLAUSIBLE + 1.0 if best else FAR_FETCHED
        if relation := verified(ev, known, bound, FAR_FETCHED):
            return right_only_if(ev, relation.text)
        if only_here:
            return right_only_here(ev)
    if best:
        return concluded(ev, "right only here" if only_here else "wrong", best.findings, best)
    return concluded(ev, "wrong", dependence(ev))


def search(ev: Evidence) -> Hypothesis | None:
    """The cheapest hypothesis that gives the claim at every point."""
    best, bound = None, LIMIT
    for extra, stops in stages(ev):
        for least, family in families(ev, stops):
            if least + extra >= bound:
                continue
            for hypothesis in family():
                cost = hypothesis.cost + extra
                if cost < bound and reproduces(ev, hypothesis):
                    best, bound = hypothesis._replace(cost=cost), cost - 1e-9
        if best and best.cost <= SIMPLE + extra:
            return best
    return best


def stages(ev: Evidence) -> Iterator[tuple[float, frozenset[int]]]:
    """(added cost, rows between which paths are told apart), from few rows to all."""
    yield 0.0, ev.stops
    users = frozenset(v for v, _, u in ev.edges if u == ev.wrt)
    if not users <= ev.stops:
        yield 0.6, ev.stops | users
    everything = frozenset({*ev.active, ev.wrt})
    if len(everything) <= 60 and everything != ev.stops | users:
        yield 1.0, everything


def families(
    ev: Evidence, stops: frozenset[int]
) -> Iterator[tuple[float, Callable[[], Iterator[Hypothesis]]]]:
    """(the least that it costs, a family of hypotheses), the cheapest first."""
    routes = Routes(ev, stops)
    found = Multipliers(ev, routes)
    yield 1.0, lambda: whole(ev, found)
    yield 1.0, lambda: partial(ev, list(parts(ev, routes)), found)
    yield 1.0, lambda: coefficients(ev, routes)
    if stops == ev.stops:
        yield 1.15, lambda: local_slips(ev, routes, found)
        yield 1.45, lambda: last_contribution(ev)
        yield 1.7, lambda: wrong_rules(ev)
        yield 1.75, lambda: renamed(ev)
    yield 1.8, lambda: held(ev, routes)
    if stops == ev.stops:
        yield 2.3, lambda: inner_lost(ev)
        yield 2.45, lambda: elsewhere(ev)
    yield 2.5, lambda: two_terms(ev, routes, found)


def reproduces(ev: Evidence, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis gives the claim at every point."""
    for k in range(len(ev.points)):
        try:
            predicted = hypothesis.predict(k)
        except (ArithmeticError, ValueError):
            return False
        if not abs(predicted - ev.claimed[k]) <= 1e-7 * (ev.scale[k] + abs(predicted)):
            return False
    return True
