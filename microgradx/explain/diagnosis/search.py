"""The one place where hypotheses are accepted and ranked."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from math import inf, isfinite

from microgradx.explain.diagnosis.conditions.familiar import Relation
from microgradx.explain.diagnosis.conditions.relations import NATURAL, relations, verified
from microgradx.explain.diagnosis.conditions.sides import other_side, side, sign_of_a_leaf
from microgradx.explain.diagnosis.evidence.constants import constants
from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.variants import (
    but_here,
    divided,
    of_these_signs,
    replaced,
    with_factor,
)
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.candidates import Candidate
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.multipliers import multipliers
from microgradx.explain.diagnosis.pieces.parts import parts, routes_between
from microgradx.explain.diagnosis.result import Diagnosis, concluded, right_only_here, right_only_if
from microgradx.explain.diagnosis.slips.beside import with_nodes
from microgradx.explain.diagnosis.slips.chains import chained
from microgradx.explain.diagnosis.slips.coefficients import coefficients, held, last_contribution
from microgradx.explain.diagnosis.slips.dependence import another_term, dependence, stranger
from microgradx.explain.diagnosis.slips.elsewhere import elsewhere
from microgradx.explain.diagnosis.slips.exchanged import (
    by_another,
    by_sibling,
    mistaken,
    of_own_index,
    renamed,
)
from microgradx.explain.diagnosis.slips.factors import of_all, of_parts, vanishes
from microgradx.explain.diagnosis.slips.jacobians import of_softmax
from microgradx.explain.diagnosis.slips.local import (
    all_slips,
    along_one_edge,
    inner_lost,
    local_slips,
)
from microgradx.explain.diagnosis.slips.miswritten import miswritten
from microgradx.explain.diagnosis.slips.rules import wrong_rules
from microgradx.explain.diagnosis.slips.terms import two_terms
from microgradx.explain.diagnosis.slips.wording import changed, is_function, rescaled, scaled
from microgradx.explain.points import on_a_kink

# Costs, in slips: up to SIMPLE nothing finer is looked for; beyond PLAUSIBLE a condition under
# which the claim is right is the better explanation; beyond LIMIT nothing is said.
SIMPLE, PLAUSIBLE, LIMIT = 2.2, 2.88, 4.2
FORGOTTEN = 1.31  # the weight of conditions on what the claim does not contain at all
ONE, MET = 1.6, 1.65  # beyond ONE, a simple condition that holds at the user's point is better
NEARER = 1.53  # so much less far-fetched than a slip must a condition be that is preferred to it
NEARER_THAN_TWO = 0.9  # the same for two slips
FAR_FETCHED = 3.2
SECOND = 3.0  # beside a sign or a constant
SMALL = 150  # rows of graphs in which a slip is looked for beside another
NEARBY = 1.1  # the weight of factors that may be lost beside another slip
FACTORS = 300  # rows, times such factors
NUMBERS = 3  # constants of the graph that may be such a slip
WORK = 2500  # rows, times slips, that are tried so
FIRST_PARTS = 12  # parts of what such a slip leaves
LOSSES = {
    "missing path",
    "missing factor",
    "swapped factor",
    "wrong local derivative",
    "wrong rule",
}
EXCEPT_HERE = (
    "It is right at all other points that were tried. Here is a kink, and what the slope is there "
    "is a convention: 0 for relu and abs at 0, equal shares for ties."
)
PATHS = {"missing path", "repeated path"}  # told with numbers, which another slip would change


def explained(ev: Evidence) -> Diagnosis:
    """The diagnosis of a claim that is wrong at some point: what a teacher would say first."""
    return next(found for found in answers(ev) if found is not None)


def answers(ev: Evidence) -> Iterator[Diagnosis | None]:
    """What a teacher might say, the first thing first; None where there is nothing to say."""
    yield at_a_kink(ev)
    known = relations(ev)
    yield if_related(ev, verified(ev, known, NATURAL))
    best = search(ev)
    cost = best.cost if best else inf
    foreign = stranger(ev) if cost > SIMPLE else None
    yield concluded(ev, "wrong", [foreign]) if foreign else None
    if cost > ONE and not loses(best):
        yield if_related(ev, verified(ev, known, FORGOTTEN))
    here, *elsewhere_too = ev.agreements()
    sound = but_here(ev)
    only_here = here and not any(elsewhere_too) and not sound
    if only_here:
        yield if_related(ev, verified(ev, known, 0.0, MET))
    if cost > (SIMPLE if only_here else PLAUSIBLE):
        sign = sign_of_a_leaf(ev)
        yield concluded(ev, "right")._replace(scope=f"where {sign}") if sign else None
        text = side(ev)
        yield right_only_if(ev, text) if text else None
        nearer = NEARER if best and len(best.findings) == 1 else NEARER_THAN_TWO
        yield under_a_relation(ev, known, cost - nearer if best else FAR_FETCHED)
        yield right_only_here(ev) if only_here else None
        if not best:
            yield with_other_sign(ev)
    if not best:
        term = another_term(ev)
        yield concluded(ev, "wrong", [term]) if term else None
        best = next((both for both in twofold(ev) if reproduces(ev, both)), None)
    if not best and len(ev.tape) <= SMALL and (others := of_these_signs(ev)):
        best = search(others)
        best = best and best.noted("So it is where the leaves have the signs that they have here.")
    if best:
        yield concluded(ev, "right only here" if only_here else "wrong", best.findings, best)
    if sound and (best := search(sound)) and PATHS.isdisjoint(best.kinds):
        best = best.noted("So it is where no function has saturated, as it has here.")
        yield concluded(ev, "wrong", best.findings)
    yield concluded(ev, "wrong", () if sound else dependence(ev))


def if_related(ev: Evidence, relation: Relation | None) -> Diagnosis | None:
    """The diagnosis of a claim that is right only under a relation, if there is one."""
    return right_only_if(ev, relation.text) if relation else None


def loses(best: Hypothesis | None) -> bool:
    """Whether by a simple slip something was lost from the derivation."""
    if not best or (len(best.findings) > 1 and best.cost > SIMPLE):
        return False
    return not LOSSES.isdisjoint(best.kinds)


def under_a_relation(ev: Evidence, known: Sequence[Relation], bound: float) -> Diagnosis | None:
    """The diagnosis by a relation that is less far-fetched than a bound; one leaf taken for another
    that is equal then is a slip."""
    relation = verified(ev, known, bound, FAR_FETCHED)
    slips = mistaken(ev, relation.equal) if relation else ()
    for slip in slips:
        if reproduces(ev, slip):
            return concluded(ev, "wrong", slip.findings, slip)
    return if_related(ev, relation)


def at_a_kink(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that is wrong at the kink alone, or right on the other side."""
    _, *others = *ev.agreements(), *ev.across
    here = on_a_kink(ev.tape, ev.points[0], ev.kinks & ev.under)
    if here and len(others) >= SAMPLE and all(others):
        return concluded(ev, "wrong", [Finding("point", EXCEPT_HERE, "this point")])
    text = other_side(ev)
    return right_only_if(ev, text) if text else None


def with_other_sign(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that has the wrong sign, and beside that is right under a condition
    that people have in mind without saying so."""
    turned = divided(ev, -1.0)
    relation = verified(turned, relations(turned), NATURAL)
    if not relation:
        return None
    sentence = f"With the other sign it is right only if {relation.text}."
    also = Finding("relation", sentence, relation.text)
    return concluded(ev, "wrong", (*scaled(ev, -1.0), also))


def search(ev: Evidence, most: float = LIMIT) -> Hypothesis | None:
    """The cheapest hypothesis that gives the claim at every point; its cost is below a bound."""
    best, bound = None, most
    for extra, stops in stages(ev):
        for least, family in families(ev, stops, single=most < LIMIT):
            if least + extra >= bound:
                continue
            for hypothesis in family():
                cost = hypothesis.cost + extra
                if cost < bound and reproduces(ev, hypothesis):
                    best, bound = hypothesis._replace(cost=cost), cost - 1e-9
        if best and best.cost <= SIMPLE + extra:
            return best
    return best


def twofold(ev: Evidence) -> Iterator[Hypothesis]:
    """Two slips: of all of the claim or in a rule or a sign, and of what that leaves."""
    if len(ev.tape) > SMALL or vanishes(ev):
        return
    others = [x for a in constants(ev)[:NUMBERS] for x in (a, 1.0 / a) if a != 2.0]
    for c in (-1.0, 2.0, 0.5, *others):
        if found := search(divided(ev, c), SECOND):
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
        found = multipliers(other, ev.stops)
        some = list(islice(parts(other, routes), FIRST_PARTS))
        both = [*of_all(other, found), *of_parts(other, some, found, 0)]
        both += local_slips(other, routes, found, single=True) if i >= len(wrong) else ()
        for second in sorted(both, key=lambda hypothesis: hypothesis.cost):
            if second.cost <= SECOND and not (second.counts and PATHS & second.kinds):
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
        if second := search(other, min(SECOND, best - cost(f))):

            def predict(k: int, f=f, n=n, second=second) -> float:
                return second.predict(k) * f.at(k) ** n

            findings = (*changed(ev, [(f, n)], 1.0, None), *second.findings)
            best = cost(f) + second.cost
            both.append(Hypothesis(best, findings, predict))
    return reversed(both)


def stages(ev: Evidence) -> Iterator[tuple[float, frozenset[int]]]:
    """(added cost, rows between which paths are told apart), from few rows to all."""
    yield 0.0, ev.stops
    users = frozenset(v for v, _, u in ev.edges if u == ev.wrt) - inner_nodes(ev)
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
        yield 1.8, lambda: local_slips(ev, routes, found, single)
        yield 1.45, lambda: last_contribution(ev)
        yield 1.7, lambda: wrong_rules(ev)
        yield 1.75, lambda: renamed(ev, single)
        yield 1.9, lambda: chained(ev, routes)
        yield 2.0, lambda: of_softmax(ev)
    yield 1.8, lambda: held(ev, routes)
    if single:
        return
    if stops == ev.stops:
        yield 2.3, lambda: inner_lost(ev)
        yield 2.4, lambda: of_own_index(ev)
        yield 2.45, lambda: elsewhere(ev)
        yield 2.5, lambda: by_sibling(ev)
        yield 2.55, lambda: miswritten(ev)
        yield 2.6, lambda: by_another(ev)
    yield 1.8, lambda: two_terms(ev, routes, found)


def reproduces(ev: Evidence, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis gives the claim at every point."""
    for k in range(len(ev.points)):
        try:
            predicted = hypothesis.predict(k)
        except (ArithmeticError, ValueError):
            return False
        if not ev.fits(k, predicted):
            return False
    return True
