"""Relations among leaves, under which alone a claim is right."""

import math
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import chain, combinations, islice, tee

from microgradx.explain.diagnosis.conditions.familiar import (
    UNMET,
    Relation,
    Values,
    adds_up_to_1,
    of_group,
    of_length_1,
    of_pair,
    of_target,
    of_total,
    put_in,
    together,
)
from microgradx.explain.diagnosis.evidence.evidence import FIRST, SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.evidence.lists import groups, lengths_of, matrices, totals_of
from microgradx.explain.diagnosis.evidence.rounding import total
from microgradx.explain.diagnosis.pieces.renamed import unchanged
from microgradx.explain.notation import stem
from microgradx.explain.points import Point
from microgradx.explain.reach import divided_by
from microgradx.explain.words import called

NATURAL = 1.3  # the weight below which people have a relation in mind without saying so
AT_ONCE, NOT_SAID = 1.25, 1.32
WRITTEN = 0.6  # added to the weight of Σ = 1 where the claim itself writes the sum
ALIKE = 0.01  # taken from the weight of a = b where both are members of one list
NEEDED, TRIED = 8, 16  # points at which a relation must make the claim right; at most looked at
WORK = 40_000  # rows evaluated for relations, at most
MANY = 300  # pairs of leaves
FEW = 3  # lists on which a condition may lie at once


def relations(ev: Evidence) -> list[Relation]:
    """The conditions that people have in mind without saying so, the likeliest first."""
    return sorted(imaginable(ev), key=lambda relation: relation.weight)


def imaginable(ev: Evidence) -> Iterator[Relation]:
    """The conditions that people may have in mind, in no order."""
    here = dict(ev.points[0].given)
    leaves = [i for i in here if ev.tape[i].label and i not in ev.fixed]
    lists = sorted(groups(ev, leaves), key=len)
    listed = {i for members in lists if is_named(ev, members) for i in members}
    agrees_here = ev.agreements()[0]
    for relation in chain(of_lists(ev, lists), of_single(ev, leaves, listed), of_pairs(ev, leaves)):
        if relation.holds(here):
            yield relation
        elif not agrees_here:
            yield relation._replace(weight=relation.weight + relation.unmet)


def of_lists(ev: Evidence, lists: Sequence[list[int]]) -> Iterator[Relation]:
    """The conditions on lists of leaves, and on several at once."""
    here, contained = dict(ev.points[0].given), ev.claimed_by
    values = sorted((ev.value(i, 0), i) for i in ev.under | ev.claimed_by)
    taken: set[int] = set()
    sizes = []
    for group in lists:
        names = [called(ev.tape, i) for i in group]
        one, unit = adds_up_to_1(names, group), of_length_1(names, group)
        targets = all(0.0 <= here[i] <= 1.0 for i in group)
        # A derivation for targets 1 and 0 contains no targets.
        replaced = bool(contained) and contained.isdisjoint(group)
        found = [one, unit, *of_group(names, group, targets, replaced)]
        size = total(here[i] for i in group)
        if 1.0 < size < math.inf and size == round(size) and min(here[i] for i in group) >= 0.0:
            found.append(of_total(one, group, size))
        if not is_named(ev, group):  # less is meant by it
            found = [relation._replace(weight=relation.weight + 0.4) for relation in found]
        one, unit, *others = found
        sums = totals_of(ev, group, values)
        # Who writes the sum takes no 1; and where the graph divides by it, it is a factor.
        divided = ev.wrt in group and sums & divided_by(ev.tape, ev.under)
        if sums & ev.written or (divided and not one.holds(here)):
            one = one._replace(weight=one.weight + WRITTEN)
        lengths = lengths_of(ev, group, values)
        if lengths and lengths.isdisjoint(ev.written):
            left_out = bool(ev.written) and ev.wrt in group
            at_once = left_out and lengths & divided_by(ev.tape, ev.under)
            unit = unit._replace(weight=AT_ONCE if at_once else NOT_SAID, unmet=0.0)
        yield from (one, unit, *others)
        # Who leaves out members that are 0 may have meant it.
        zeros = [i for i in group if i not in contained and here[i] == 0.0]
        if 0 < len(zeros) < len(group):
            yield together([r for i in zeros for r in put_in(called(ev.tape, i), i, [0.0], False)])
        if taken.isdisjoint(group):  # the smaller lists come first
            taken.update(group)
            sizes.append((one, unit))
    if 1 < len(sizes) <= FEW:
        yield from map(together, zip(*sizes, strict=True))


def is_named(ev: Evidence, group: Sequence[int]) -> bool:
    """Whether leaves are a list by their labels, as x1 and x2 are."""
    return len({stem(ev.tape[i].label) for i in group}) == 1


def of_single(ev: Evidence, leaves: Sequence[int], listed: set[int]) -> Iterator[Relation]:
    """The conditions on single leaves, some of which are in a list."""
    divisors = {row.operands[1] for row in ev.tape.rows if row.op == "div"}  # no targets are
    for i in leaves:
        if i == ev.wrt:
            continue
        name, x = called(ev.tape, i), ev.points[0].given[i]
        if i not in divisors:
            yield from of_target(name, i, x)
        # A derivation for a leaf that is 1 or 0 does not have it, or at least not in its own.
        within = i in ev.claimed_by
        if i not in ev.written and ev.claimed_by and not (within and i in listed):
            # Of a list, what is 0 is a path that is lost.
            only_1 = i in listed or (within and vanishing(ev, i))
            yield from put_in(name, i, (1.0,) if only_1 else (1.0, 0.0), within)


def vanishing(ev: Evidence, leaf: int) -> bool:
    """Whether something that the claim is written with is 0 where a leaf is: then nobody would
    have written it who had put 0 in."""
    at = ev.evaluate({**ev.points[0].given, leaf: 0.0})
    return at is not None and any(at.values[i] == 0.0 != ev.value(i, 0) for i in ev.written)


def of_pairs(ev: Evidence, leaves: Sequence[int]) -> Iterator[Relation]:
    """The conditions on two leaves, and that of a symmetric matrix."""
    names = {i: called(ev.tape, i) for i in leaves}

    def conditions(a: int, b: int) -> list[Relation]:
        return of_pair(names[a], names[b], a, b)

    symmetric = [
        together([conditions(a, b)[0] for a, b in opposite.items() if names[a] < names[b]])
        for opposite in matrices(ev, leaves)
        if unchanged(ev, ev.output, opposite)
    ]
    everything = [together(symmetric)] if len(symmetric) > 1 else []
    for relation in (*symmetric, *everything):
        yield relation._replace(weight=AT_ONCE, unmet=0.0)
    stems = {i: stem(ev.tape[i].label) for i in leaves}
    pairs = list(combinations(leaves, 2))
    if len(pairs) > MANY:
        pairs = [(a, b) for a, b in pairs if stems[a] == stems[b]][:MANY]
    for a, b in pairs:
        equal, *others = conditions(a, b)
        if stems[a] == stems[b]:
            equal = equal._replace(weight=equal.weight - ALIKE)
        replaced = (a in ev.claimed_by) != (b in ev.claimed_by)
        yield equal._replace(unmet=UNMET) if replaced else equal
        yield from others


@kept
def neighbours(ev: Evidence) -> Iterator[Point]:
    """The random points at which every relation is tried: copies of this share the points."""
    return tee(ev.bare.nearby(99), 1)[0]


def makes_right(ev: Evidence, relation: Relation) -> tuple[bool, int]:
    """(whether the claim is right wherever the relation holds, how many rows that took)."""
    agreed = vanished = tried = 0
    near = ev.points if ev.given else copy(neighbours(ev))
    enough = max(SAMPLE, min(NEEDED, len(ev.points))) if ev.given else NEEDED
    enough = max(enough, relation.cases)
    farther = ev.beyond[:FIRST] if relation.weight >= NATURAL else []
    for turn, point in enumerate(chain(farther, islice(near, max(TRIED, 2 * enough)))):
        given = dict(point.given)
        try:
            relation.impose(given)
        except ArithmeticError:
            continue
        counts = turn >= len(farther)  # the others can only speak against it
        tried += counts
        at = ev.evaluate(given) if allowed(ev, given) else None
        measured = at and ev.measure(at)
        if not measured:
            continue
        if relation.cases == 1 and ev.near.sides(measured.point) != ev.near.sides(point):
            continue  # what is right since a kink is crossed is so by no relation
        if not measured.agrees:
            return False, 2 * (turn + 1) * len(ev.tape)
        agreed += counts
        vanished += counts and abs(measured.true) <= 1e-12
        if agreed == enough:
            break
    # Each case must have been seen: of "0 or 1" not 1 alone, where 0 is not in the domain.
    most = 1.0 - 0.5 / relation.cases if relation.cases > 1 else 0.0
    right = agreed >= max(enough, most * tried) and vanished < agreed
    return right, 2 * (tried + len(farther)) * len(ev.tape)


def allowed(ev: Evidence, given: Values) -> bool:
    """Whether values lie on the side of 0 that the caller's ranges leave to them."""
    return all(
        not (lo > 0.0 and given.get(i, lo) < 0.0) and not (hi < 0.0 and given.get(i, hi) > 0.0)
        for i, (lo, hi) in ev.ranges.items()
    )


def verified(
    ev: Evidence, known: Sequence[Relation], below: float, below_if_met: float = 0.0
) -> Relation | None:
    """The first of the known relations that makes the claim right.

    Its weight is below a bound; another bound is for what holds at the user's own point.
    """
    work = 0
    here = dict(ev.points[0].given)
    for relation in known:
        bound = max(below, below_if_met if relation.holds(here) else 0.0)
        if relation.weight >= bound:
            continue
        if work > WORK:
            break
        right, rows = makes_right(ev, relation)
        work += rows
        if right and not (relation.one_of and has_rival(ev, relation, known)):
            return relation
    return None


def has_rival(ev: Evidence, relation: Relation, known: Sequence[Relation]) -> bool:
    """Whether the claim is right too where another leaf is the one."""
    others = (x for x in known if x.one_of == relation.one_of and x is not relation)
    return any(makes_right(ev, other)[0] for other in others)
