"""What is said of a wrong claim: the first of what a teacher might say, slip or condition."""

from collections.abc import Generator, Iterator, Sequence
from itertools import chain
from math import inf

from microgradx.explain.diagnosis.conditions.familiar import Relation
from microgradx.explain.diagnosis.conditions.relations import NATURAL, relations, verified
from microgradx.explain.diagnosis.conditions.sides import (
    other_side,
    side,
    verdicts_of,
)
from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.variants import (
    but_here,
    of_these_signs,
    own_last,
    supposing,
    vanishes_here,
)
from microgradx.explain.diagnosis.findings import PATHS, Finding, Hypothesis
from microgradx.explain.diagnosis.nearby import (
    convention,
    for_one_sign,
    right_but_here,
    right_only_here,
    saturation,
)
from microgradx.explain.diagnosis.result import Diagnosis, concluded, right_only_if
from microgradx.explain.diagnosis.search import (
    SECOND,
    SIMPLE,
    SMALL,
    reproduces,
    search,
    search_two,
)
from microgradx.explain.diagnosis.slips.added import another_term
from microgradx.explain.diagnosis.slips.dependence import dependence, stranger
from microgradx.explain.diagnosis.slips.exchanged import mistaken

PLAUSIBLE = 2.88  # the cost of a slip beyond which a condition is the better explanation
FORGOTTEN = 1.31  # the weight of conditions on what the claim does not contain at all
ONE, MET = 1.6, 2.1  # beyond ONE, a simple condition that holds at the user's point is better
NEARER = 1.53  # so much less far-fetched than a slip must a condition be that is preferred to it
NEARER_THAN_TWO = 0.9  # the same for two slips
FAR_FETCHED = 3.2  # the weight of conditions that are never told
UNLIKELY = 2.5  # the same where they do not hold at the user's point
ODD = 3.3  # the cost of a leaf that is lost as a factor, beyond which it is rather said to be 1
SUPPOSED = 0.01  # how far-fetched it is that a condition was supposed beside a slip
PRESUMED, FEW = 1.2, 3  # the weight of what targets fulfil; so many are tried in small graphs
# The cost of a constant: where the condition does not hold here, no other slip is sought.
ALONE = 1.45
LOSSES = {
    "missing path",
    "missing factor",
    "swapped factor",
    "wrong local derivative",
    "wrong rule",
}


def explained(ev: Evidence) -> Diagnosis:
    """The diagnosis of a claim that is wrong at some point: what a teacher would say first."""
    return next(found for found in answers(ev) if found is not None)


def conditional(ev: Evidence) -> Diagnosis | None:
    """The condition under which a claim is right, if that is what a teacher would say first.

    To find it takes far less work than the slips do.
    """
    if not any(agrees for _, agrees in verdicts_of(ev)):
        known = relations(ev)
        # Of those that hold here alone, as many rows suffice for more.
        if not (verified(ev, known, inf) or verified(ev, known, 0.0, inf)):
            return None
    first = next((found for found in conditions(ev, but_here(ev)) if found is not None), None)
    return first if first is not None and first.verdict == "right only if" else None


def with_one_slip(ev: Evidence) -> Diagnosis | None:
    """The diagnosis, if that is a condition or slips that are found without a search for two."""

    def said() -> Iterator[Diagnosis | None]:
        best = yield from conditions(ev, but_here(ev))
        yield concluded(ev, "wrong", best.findings, best) if best else None

    return next((found for found in said() if found is not None), None)


def answers(ev: Evidence) -> Iterator[Diagnosis | None]:
    """What a teacher might say, the first thing first; None where there is nothing to say."""
    sound = but_here(ev)
    if saturation(ev) and not any(ev.claimed):  # it says what a number says
        yield right_only_here(ev)
    best = yield from conditions(ev, sound)
    yield right_but_here(ev)
    if not best:
        term = another_term(ev)
        yield concluded(ev, "wrong", [term]) if term else None
        best = search_two(ev)
    if not best and len(ev.tape) <= SMALL and (others := of_these_signs(ev)):
        best = search(others)
        best = best and best.noted("So it is where the leaves have the signs that they have here.")
    if best:
        if is_right_only_here(ev, sound) and not vanishes_here(ev):
            yield right_only_here(ev, best)
        yield concluded(ev, "wrong", best.findings, best)
    if sound and (best := search(sound)) and PATHS.isdisjoint(best.kinds):
        best = best.noted("So it is where no function has saturated, as it has here.")
        yield concluded(ev, "wrong", best.findings)
    found = () if sound else [*dependence(ev)]
    right_here = ev.agreements()[0] and not (sound or found)
    yield right_only_here(ev) if right_here else concluded(ev, "wrong", found)


def conditions(
    ev: Evidence, sound: Evidence | None
) -> Generator[Diagnosis | None, None, Hypothesis | None]:
    """The answers that are more plausible than the cheapest slip, conditions among them, the most
    plausible first; None where there is none of a kind. Returns that slip.

    `sound` is what `but_here` gives.
    """
    yield at_a_kink(ev)
    known = relations(ev)
    yield if_related(ev, verified(ev, known, NATURAL))
    best = search(own_last(ev) or ev)
    cost = best.cost if best else inf
    foreign = stranger(ev) if cost > SIMPLE else None
    yield concluded(ev, "wrong", [foreign]) if foreign else None
    if cost > SIMPLE and (len(ev.tape) <= SMALL or not best):
        yield supposed(ev, known, min(SECOND, cost - SUPPOSED))
    if cost > ONE and not loses(best):
        yield if_related(ev, verified(ev, known, FORGOTTEN))
    only_here = is_right_only_here(ev, sound)
    told = only_here and not (best and vanishes_here(ev))
    if told:
        yield under_what_holds(ev, known)
    if cost > (SIMPLE if told else PLAUSIBLE):
        yield for_one_sign(ev, ev)
        text = side(ev)
        yield right_only_if(ev, text) if text else None
        nearer = NEARER if best and len(best.findings) == 1 else NEARER_THAN_TWO
        yield under_a_relation(ev, known, min(cost - nearer, UNLIKELY), best)
        yield right_only_here(ev) if only_here else None
    return best


def is_right_only_here(ev: Evidence, sound: Evidence | None) -> bool:
    """Whether the claim is right at the user's own point, where the derivative is sound, and at no
    other of those that speak."""
    here, *elsewhere_too = ev.agreements()
    return here and not any(elsewhere_too) and not sound


def if_related(ev: Evidence, relation: Relation | None) -> Diagnosis | None:
    """The diagnosis of a claim that is right only under a relation, if there is one."""
    return right_only_if(ev, relation.text) if relation else None


def under_what_holds(ev: Evidence, known: Sequence[Relation]) -> Diagnosis | None:
    """The diagnosis by a simple relation that holds at the user's own point."""
    return if_related(ev, verified(ev, known, 0.0, MET))


def loses(best: Hypothesis | None) -> bool:
    """Whether by a simple slip something was lost from the derivation."""
    if not best or (len(best.findings) > 1 and best.cost > SIMPLE):
        return False
    return not LOSSES.isdisjoint(best.kinds)


def under_a_relation(
    ev: Evidence, known: Sequence[Relation], bound: float, best: Hypothesis | None
) -> Diagnosis | None:
    """The diagnosis by a relation that is less far-fetched than a bound; one leaf taken for another
    that is equal then is a slip."""
    relation = verified(ev, known, bound, FAR_FETCHED)
    if not relation or (best and (says_less(ev, relation, best) or cancels(ev, relation, best))):
        return None
    for slip in mistaken(ev, relation.equal):
        if reproduces(ev, slip):
            return concluded(ev, "wrong", slip.findings, slip)
    return right_only_if(ev, relation.text)


def says_less(ev: Evidence, relation: Relation, best: Hypothesis) -> bool:
    """Whether a condition is that a factor is 1, which was lost by a slip that is not odd; or that
    it is 1 or −1, which nobody means."""
    leaves = {row.label for row in ev.tape.rows if row.is_leaf}
    said = set()
    for name in chain.from_iterable(one.about.split(" = ") for one in best.findings):
        said.add(f"{name} is 1 or −1")
        if best.cost < (ODD if name in leaves else FAR_FETCHED):
            said.add(f"{name} = 1")
    return best.kinds == {"missing factor"} and relation.text in said


def cancels(ev: Evidence, relation: Relation, best: Hypothesis) -> bool:
    """Whether a condition that does not hold here is that a leaf is 0, by which a factor and a
    constant that are both lost are 1 together, as 2·sigmoid(x) is."""
    both = best.kinds == {"missing factor", "constant factor"}
    return both and relation.text.endswith(" = 0") and not relation.holds(dict(ev.points[0].given))


def at_a_kink(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that is wrong at the kink alone, or right on the other side."""
    _, *others = *ev.agreements(), *ev.across
    text = convention(ev)
    if text and len(others) >= SAMPLE and all(others):
        sentence = f"It is right at all other points that were tried. {text}"
        return concluded(ev, "wrong", [Finding("point", sentence, "this point")])
    text = other_side(ev)
    return right_only_if(ev, text) if text else None


def supposed(ev: Evidence, known: Sequence[Relation], most: float) -> Diagnosis | None:
    """The diagnosis of a claim with a slip that costs less, which without it would be right under a
    condition that people have in mind without saying so."""
    here = dict(ev.points[0].given)
    natural = [relation for relation in known if relation.weight <= PRESUMED]
    met = [relation for relation in natural if relation.holds(here)]
    tried = (met or natural)[:FEW] if len(ev.tape) <= SMALL else met[:1]
    for relation in tried:
        other = supposing(ev, relation.impose, relation.holds)
        best = search(other, most if met else ALONE, single=True) if other else None
        if best and (met or PATHS.isdisjoint(best.kinds)):  # whose numbers would be others
            sentence = f"With that mended, it is right only if {relation.text}."
            also = Finding("relation", sentence, relation.text)
            return concluded(ev, "wrong", (*best.findings, also), best)
    return None
