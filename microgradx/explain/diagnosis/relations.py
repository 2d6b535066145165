"""Relations among leaves, under which alone a claim is right."""

import math
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, combinations, islice
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence import SAMPLE, Evidence, same
from microgradx.explain.points import nearby
from microgradx.explain.words import called, joined, shown

NATURAL = 1.3  # the weight below which people have a relation in mind without saying so
NEEDED, TRIED = 8, 16  # points at which a relation must make the claim right; at most looked at
WORK = 60_000  # rows evaluated for relations, at most
MANY = 300  # pairs of leaves
CLOSE = 1e-9
UNMET = 0.5  # added to the weight of what does not hold at the user's point

Values = dict[int, float]


class Relation(NamedTuple):
    """A condition on leaves.

    Attributes:
        weight: How far-fetched it is.
        text: The condition.
        impose: Changes values so that it holds.
        holds: Whether it does.
        pair: The two leaves that are equal, if that is it.
    """

    weight: float
    text: str
    impose: Callable[[Values], None]
    holds: Callable[[Values], bool]
    pair: tuple[int, int] | None = None


def relations(ev: Evidence) -> list[Relation]:
    """The conditions that people have in mind without saying so, the likeliest first."""
    return sorted(imaginable(ev), key=lambda relation: relation.weight)


def imaginable(ev: Evidence) -> Iterator[Relation]:
    """The same in any order."""
    tape = ev.tape
    here = ev.points[0].given
    leaves = [i for i in here if tape[i].label and i not in ev.fixed]
    chance = random.Random(0)
    found = []
    for group in groups(ev, leaves):
        more = of_group([called(tape, i) for i in group], group, chance)
        total = math.fsum(here[i] for i in group)
        if total > 1.0 and total == round(total) and all(here[i] >= 0.0 for i in group):
            more.append(of_total(more[0], group, total))
        if any(here[i] < 0.0 for i in group):  # no target is negative
            more = [relation for relation in more if not relation.text.startswith("one-hot")]
        if len({stem(tape[i].label) for i in group}) > 1:  # no list: less is meant by it
            more = [relation._replace(weight=relation.weight + 0.4) for relation in more]
        found += more
    pairs = list(combinations(leaves, 2))
    if len(pairs) > MANY:
        stems = {i: stem(tape[i].label) for i in leaves}
        pairs = [(a, b) for a, b in pairs if stems[a] == stems[b]][:MANY]
    for a, b in pairs:
        found += of_pair(called(tape, a), called(tape, b), a, b)
    agrees_here = ev.agreements()[0]
    for relation in found:
        if relation.holds(dict(here)):
            yield relation
        elif agrees_here:
            continue
        elif relation.weight == 1.0:
            yield relation
        else:
            yield relation._replace(weight=relation.weight + UNMET)


def stem(label: str) -> str:
    """A label without its last index: what the members of a list have in common."""
    return re.sub(r"(\[[^\[\]]*\]|[\d₀-₉]+|_\w+)$", "", label) or label


def groups(ev: Evidence, leaves: Sequence[int]) -> list[list[int]]:
    """Leaves whose labels differ by an index alone."""
    by_stem: dict[str, list[int]] = {}
    for i in leaves:
        label = ev.tape[i].label
        while (shorter := stem(label)) != label:
            by_stem.setdefault(shorter, []).append(i)
            label = shorter
    for row in ev.tape.rows:  # weights that are added up
        terms = addends(ev, row.index)
        if len(terms) > 2 and all(i in leaves and 0.0 < ev.value(i, 0) < 1.0 for i in terms):
            by_stem[f"row {row.index}"] = terms
    unique = {tuple(sorted(members)): members for members in by_stem.values() if len(members) > 1}
    return [sorted(members, key=lambda i: ev.tape[i].label) for members in unique.values()]


def addends(ev: Evidence, i: int) -> list[int]:
    """The terms of a sum, through the sums that it is made of."""
    row = ev.tape[i]
    if row.op not in ("add", "sum") or i not in ev.under:
        return []
    return [term for j in row.operands for term in addends(ev, j) or [j]]


def of_group(names: list[str], group: list[int], chance: random.Random) -> list[Relation]:
    """The conditions on a list of leaves."""
    few = names if len(names) < 5 else [*names[:2], "…", names[-1]]
    total = " + ".join(few)

    def simplex(at: Values):
        size = math.fsum(abs(at[i]) for i in group)
        at.update((i, abs(at[i]) / size) for i in group)

    def one_hot(at: Values):
        chosen = chance.choice(group)
        at.update((i, 1.0 if i == chosen else 0.0) for i in group)

    def equal(at: Values):
        at.update((i, at[group[0]]) for i in group)

    def centred(at: Values):
        mean = math.fsum(at[i] for i in group) / len(group)
        at.update((i, at[i] - mean) for i in group)

    def unit(at: Values):
        size = math.hypot(*(at[i] for i in group))
        at.update((i, at[i] / size) for i in group)

    def add(at: Values) -> float:
        return math.fsum(at[i] for i in group)

    n = len(group)
    found = [
        Relation(1.0, f"{total} = 1", simplex, lambda at: abs(add(at) - 1.0) < CLOSE),
        Relation(
            1.2, f"one-hot: {joined(few)}", one_hot,
            lambda at: sorted(at[i] for i in group) == [0.0] * (n - 1) + [1.0],
        ),
        Relation(1.4, f"{total} = 0", centred, lambda at: abs(add(at)) < CLOSE),
        Relation(
            1.4, f"{' + '.join(f'{x}^2' for x in few)} = 1".replace("…^2", "…"), unit,
            lambda at: abs(math.hypot(*(at[i] for i in group)) - 1.0) < CLOSE,
        ),
    ]  # fmt: skip
    if n > 2:
        found.append(
            Relation(
                1.55, f"{joined(few)} are equal", equal, lambda at: len({at[i] for i in group}) == 1
            )
        )
    return found


def of_total(one: Relation, group: list[int], total: float) -> Relation:
    """The condition that a list of leaves adds up to what it does here, from that it does to 1."""

    def impose(at: Values):
        one.impose(at)
        at.update((i, total * at[i]) for i in group)

    return Relation(
        1.25, one.text.replace("= 1", f"= {shown(total)}"), impose,
        lambda at: abs(math.fsum(at[i] for i in group) - total) < CLOSE,
    )  # fmt: skip


def of_pair(x: str, y: str, a: int, b: int) -> list[Relation]:
    """The conditions on two leaves."""
    return [
        Relation(
            1.5, f"{x} = {y}", lambda at: at.update({b: at[a]}), lambda at: at[a] == at[b], (a, b),
        ),
        Relation(
            1.6, f"{x} + {y} = 1", lambda at: at.update({b: 1.0 - at[a]}),
            lambda at: abs(at[a] + at[b] - 1.0) < CLOSE,
        ),
        Relation(
            2.0, f"{x} = −{y}", lambda at: at.update({b: -at[a]}), lambda at: at[a] == -at[b],
        ),
        Relation(
            2.0, f"{x}·{y} = 1", lambda at: at.update({b: 1.0 / at[a]}),
            lambda at: abs(at[a] * at[b] - 1.0) < CLOSE,
        ),
    ]  # fmt: skip


def makes_right(ev: Evidence, relation: Relation) -> tuple[bool, int]:
    """(whether the claim is right wherever the relation holds, how many rows that took)."""
    agreed = vanished = tried = 0
    near = ev.points if ev.given else nearby(ev.tape, ev.fixed, ev.ranges, 99, sloped=())
    enough = max(SAMPLE, min(NEEDED, len(ev.points))) if ev.given else NEEDED
    # What makes a claim right by where a kink is crossed is no relation.
    farther = ev.beyond if relation.weight >= NATURAL else []
    for point in chain(farther, islice(near, TRIED)):
        given = dict(point.given)
        try:
            relation.impose(given)
        except ZeroDivisionError:
            continue
        tried += 1
        at = ev.evaluate(given) if allowed(ev, given) else None
        measured = at and ev.measure(at)
        if not measured:
            continue
        true, claimed, scale, _ = measured
        if not same(true, claimed, scale):
            return False, 2 * tried * len(ev.tape)
        agreed += 1
        vanished += abs(true) <= 1e-12
        if agreed == enough + len(farther):
            break
    return agreed >= enough and vanished < agreed, 2 * tried * len(ev.tape)


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
        if right:
            return relation
    return None
