"""The one place where hypotheses are accepted and ranked."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from math import isfinite

from microgradx.explain.diagnosis.evidence.constants import close, constants
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.variants import replaced, with_factor
from microgradx.explain.diagnosis.findings import PATHS, Hypothesis
from microgradx.explain.diagnosis.pieces.candidates import Candidate
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.multipliers import Multipliers, multipliers
from microgradx.explain.diagnosis.pieces.parts import parts, routes_between
from microgradx.explain.diagnosis.slips.added import of_a_term
from microgradx.explain.diagnosis.slips.beside import with_nodes
from microgradx.explain.diagnosis.slips.by_others import by_another, by_sibling
from microgradx.explain.diagnosis.slips.chains import chained
from microgradx.explain.diagnosis.slips.coefficients import (
    coefficients,
    last_contribution,
    of_users,
    users_of,
)
from microgradx.explain.diagnosis.slips.each import of_each
from microgradx.explain.diagnosis.slips.elsewhere import (
    at_another_argument,
    elsewhere,
    of_another_base,
)
from microgradx.explain.diagnosis.slips.exchanged import of_own_index, renamed
from microgradx.explain.diagnosis.slips.factor_wording import changed, is_function
from microgradx.explain.diagnosis.slips.factors import of_all, of_parts, vanishes
from microgradx.explain.diagnosis.slips.jacobians import of_softmax
from microgradx.explain.diagnosis.slips.local import (
    all_slips,
    along_one_edge,
    inner_lost,
    local_slips,
)
from microgradx.explain.diagnosis.slips.miswritten import miswritten
from microgradx.explain.diagnosis.slips.rewritten import rewritten
from microgradx.explain.diagnosis.slips.rules import wrong_rules
from microgradx.explain.diagnosis.slips.terms import two_terms
from microgradx.explain.diagnosis.slips.wording import rescaled

# Costs, in slips: up to SIMPLE nothing finer is looked for; beyond LIMIT nothing is said.
SIMPLE, LIMIT = 2.2, 4.2
SECOND = 3.0  # beside a sign or a constant
SMALL = 150  # rows of graphs in which a slip is looked for beside another
NEARBY = 1.1  # the weight of factors that may be lost beside another slip
FACTORS = 300  # rows, times such factors
NUMBERS = 3  # constants of the graph that may be such a slip
WORK = 2500  # rows, times slips, that are tried so
FIRST_PARTS = 12  # parts of what such a slip leaves
FINDINGS = 2  # of one hypothesis, at most: with three slips, much can be had


def search(ev: Evidence, most: float = LIMIT, single: bool = False) -> Hypothesis | None:
    """The cheapest hypothesis below a cost that gives the claim at every point; perhaps of single
    slips only."""
    best, bound = None, most
    for extra, stops in stages(ev):
        for least, family in families(ev, stops, single):
            if least + extra >= bound:
                continue
            for hypothesis in family():
                cost = hypothesis.cost + extra
                if cost < bound and explains(ev, hypothesis):
                    best, bound = hypothesis._replace(cost=cost), cost - 1e-9
        if best and best.cost <= SIMPLE + extra:
            return best
    return best


def search_two(ev: Evidence) -> Hypothesis | None:
    """The first hypothesis of two slips that gives the claim at every point."""
    return next((both for both in twofold(ev) if explains(ev, both)), None)


def twofold(ev: Evidence) -> Iterator[Hypothesis]:
    """Two slips: of all of the claim or in a rule or a sign, and of what that leaves."""
    if len(ev.tape) > SMALL or vanishes(ev):
        return
    others = [x for a in constants(ev)[:NUMBERS] for x in (a, 1.0 / a) if a != 2.0]
    for c in (-1.0, 2.0, 0.5, *others):
        if found := search(with_factor(ev, lambda k, c=c: 1.0 / c), SECOND, single=True):
            yield rescaled(ev, c, found, 1.0)
    most = WORK // len(ev.tape)
    wrong = [*islice(along_one_edge(ev), most)]
    for slip in wrong:
        yield from with_nodes(ev, slip)
    for i, slip in enumerate(islice(chain(wrong, all_slips(ev)), most)):
        other = replaced(ev, slip.partials)
        if not all(map(isfinite, other.true)):
            continue
        routes = routes_between(other, ev.stops)
        found = Multipliers(other, routes, [(v, u) for v, _, u in slip.edges])
        some = list(islice(parts(other, routes), FIRST_PARTS))
        both = [*of_all(other, found), *of_parts(other, some, found, 0)]
        both += local_slips(other, routes, found, single=True) if i >= len(wrong) else ()
        for second in sorted(both, key=lambda hypothesis: hypothesis.cost):
            single = len(second.findings) == 1 and second.cost <= SECOND
            if single and not (second.counts and PATHS & second.kinds):
                yield Hypothesis(
                    slip.cost + second.cost, (slip.finding, *second.findings), second.predict
                )
    yield from beside_a_factor(ev)


def beside_a_factor(ev: Evidence) -> Iterator[Hypothesis]:
    """A factor of all of the claim lost, and another slip; the likeliest first."""

    def cost(f: Candidate) -> float:  # the slope of a function is the likeliest to be lost
        return f.weight - 0.1 * any(is_function(ev, v) for v, _ in f.edges)

    known = multipliers(ev, ev.stops).candidates
    all_of_it = ev.output, ev.wrt
    factors = [f for f in known if f.is_factor and f.weight <= NEARBY and all_of_it not in f.edges]
    both: list[Hypothesis] = []
    best = LIMIT
    for f in sorted(factors, key=cost)[: FACTORS // len(ev.tape)]:
        n = -1 if f.edges else 1  # if nothing is multiplied by it, something is divided
        try:
            other = with_factor(ev, lambda k, f=f, n=n: f.at(k) ** -n)
        except ArithmeticError:
            continue
        if all(close(c, other.claimed[0]) for c in other.claimed):  # nothing else was claimed
            continue
        if second := search(other, min(SECOND, best - cost(f)), single=True):

            def predict(k: int, f=f, n=n, second=second) -> float:
                return second.predict(k) * f.at(k) ** n

            findings = (*changed(ev, ((f, n),), 1.0, None), *second.findings)
            best = cost(f) + second.cost
            both.append(Hypothesis(best, findings, predict))
    return reversed(both)


def stages(ev: Evidence) -> Iterator[tuple[float, frozenset[int]]]:
    """(added cost, rows between which paths are told apart), from few rows to all."""
    yield 0.0, ev.stops
    users = users_of(ev) - inner_nodes(ev)
    if not users <= ev.stops:
        yield 0.6, ev.stops | users
    seen = ev.moving - inner_nodes(ev)
    if len(seen) <= 60 and seen != ev.stops | users:
        yield 1.0, seen


def families(
    ev: Evidence, stops: frozenset[int], single: bool
) -> Iterator[tuple[float, Callable[[], Iterator[Hypothesis]]]]:
    """(the least that it costs, a family of hypotheses), the cheapest first; or those of `single`
    slips, perhaps with a sign."""
    routes = routes_between(ev, stops)
    found = multipliers(ev, stops)
    yield 1.0, lambda: of_all(ev, found)
    yield 1.0, lambda: of_parts(ev, list(parts(ev, routes)), found)
    yield 1.0, lambda: coefficients(ev, routes)
    if stops == ev.stops:
        yield 1.8, lambda: of_users(ev)
        yield 1.8, lambda: local_slips(ev, routes, found, single)
        yield 1.45, lambda: last_contribution(ev)
        yield 1.7, lambda: wrong_rules(ev)
        yield 1.75, lambda: renamed(ev, single)
        yield 1.9, lambda: chained(ev, routes)
        yield 2.0, lambda: of_softmax(ev)
        yield 2.05, lambda: of_a_term(ev, found)
    if single:
        return
    if stops == ev.stops:
        yield 2.2, lambda: miswritten(ev)
        yield 2.3, lambda: inner_lost(ev, routes)
        yield 2.3, lambda: of_another_base(ev)
        yield 2.35, lambda: of_each(ev)
        yield 2.4, lambda: of_own_index(ev)
        yield 2.45, lambda: elsewhere(ev)
        yield 2.45, lambda: rewritten(ev)
        yield 2.5, lambda: by_sibling(ev)
        yield 2.6, lambda: by_another(ev)
        yield 2.8, lambda: at_another_argument(ev)
    yield 1.8, lambda: two_terms(ev, routes, found)


def explains(ev: Evidence, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis gives the claim at every point, and is no tale of many slips."""
    return len(hypothesis.findings) <= FINDINGS and reproduces(ev, hypothesis)


def reproduces(ev: Evidence, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis gives the claim at every point."""
    for k in range(len(ev.points)):
        try:
            predicted = hypothesis.predict(k)
        except (ArithmeticError, ValueError):
            if k == ev.own > 0:  # what is 0 at the user's point divides there
                continue
            return False
        if not ev.fits(k, predicted):
            return False
    return True
