"""A claim that is right at all points that were tried, further away from the user's."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from math import copysign, log
from random import Random

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.points import FADING, Point, here
from microgradx.explain.reach import rows_under
from microgradx.explain.surroundings import WORK
from microgradx.tape import Row

# How far a leaf goes, in halves of itself plus ½, each time so many times as far: functions that
# have faded, as tanh(x + 40) has, speak along a few units only.
NEAREST, FARTHEST, RATIO = 3.0, 10_000.0, 1.35
BEND = 0.5  # an operand with which no function has faded
PLAIN, LEAST = 1e-3, 1e-7  # a difference that is not one of rounding: relative, and at least
ORDER = 10.0  # numbers between 1 and so many times as much, or as little, are of one order
SMALL = 1e-3, 1e-6
PROBES = 100  # points that are tried
WIDER = 1.5  # how much further than to such a point a leaf may go then


def further(ev: Evidence) -> tuple[int, Evidence] | None:
    """A leaf that far away makes the claim wrong, and the evidence where it may go there."""
    if (found := wrong_far_away(ev)) is None:
        return None
    i, x = found
    own = ev.points[0].given[i]
    away = WIDER * abs(x - own)
    ranges = {**ev.ranges, i: (own - away, own + away)}
    return i, Evidence(ev.tape, ev.output, ev.wrt, ev.claim_at, ev.fixed, ranges, ())


def wrong_far_away(
    ev: Evidence, holds: Callable[[Point], bool] = lambda point: True
) -> tuple[int, float] | None:
    """(leaf, value) with which the claim is wrong at a point where a condition holds."""
    if not ev.elsewhere:
        return None
    home, chance = here(ev.tape).given, Random(0)
    free, most = free_leaves(ev), min(PROBES, WORK // len(ev.tape))
    sized = chain(islice(ones(free), most // 4), islice(small(free), most // 4))
    away = islice(chain(islice(bends(ev, free), most // 2), strides(free)), most)
    for i, x in chain(sized, away):
        point = ev.evaluate({**ev.near.stirred(home, chance), i: x})  # on no tie
        measured = ev.measure(point) if point and holds(point) and seems_wrong(ev, point) else None
        if measured and not measured.agrees and measured.ill < 2:
            return i, x
    return None


def seems_wrong(ev: Evidence, point: Point) -> bool:
    """Whether derivative and claim differ plainly at a point, rounding aside, which is costly."""
    with suppress(ArithmeticError, ValueError):
        true, claimed = ev.sweep(point.partials)[ev.wrt], ev.claim_at(point)
        return abs(true - claimed) > max(PLAIN * max(abs(true), abs(claimed)), LEAST)
    return False


def free_leaves(ev: Evidence) -> list[Row]:
    """The leaves that may go anywhere, those first on which `wrt` depends."""
    first = rows_under(ev.tape, ev.wrt)
    free = [row for row in ev.near.leaves if row.index in ev.under - ev.ranges.keys()]
    return sorted(free, key=lambda row: row.index not in first)


def bends(ev: Evidence, free: Sequence[Row]) -> Iterator[tuple[int, float]]:
    """(leaf, value) where a function that may have faded has not, if all under it is straight."""
    for u in (row.operands[0] for row in ev.tape.rows if row.op in FADING):
        slopes = ev.near.slopes(u) if u in ev.under else {}
        for row in free:
            if slope := slopes.get(row.index, 0.0):
                yield row.index, row.value + (BEND - ev.tape[u].value) / slope


def ones(free: Sequence[Row]) -> Iterator[tuple[int, float]]:
    """(leaf, ±1) for leaves of another order, those first that are the smallest or largest: beside
    others, they hide the most."""

    def order(row: Row) -> float:
        return abs(log(abs(row.value))) if row.value else 0.0

    for row in sorted(free, key=order, reverse=True):
        if order(row) > log(ORDER):
            yield row.index, copysign(1.0, row.value)


def small(free: Sequence[Row]) -> Iterator[tuple[int, float]]:
    """(leaf, small value of its sign): beside a leaf of order 1, what is small is hidden."""
    for size in SMALL:
        for row in free:
            yield row.index, copysign(size, row.value)


def strides(free: Sequence[Row]) -> Iterator[tuple[int, float]]:
    """(leaf, value further and further away)."""
    for row in free:
        step = NEAREST
        while step < FARTHEST:
            away = step * (0.5 * abs(row.value) + 0.5)
            yield row.index, row.value + away
            yield row.index, row.value - away
            step *= RATIO
