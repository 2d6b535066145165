"""A claim that is right at all points that were tried, further away from the user's."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from random import Random

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.points import FADING, Point, here
from microgradx.explain.reach import rows_under
from microgradx.explain.surroundings import WORK

# How far a leaf goes, in halves of itself plus ½, each time so many times as far: functions that
# have faded, as tanh(x + 40) has, speak along a few units only.
NEAREST, FARTHEST, RATIO = 3.0, 10_000.0, 1.35
BEND = 0.5  # where a function that fades does not
PLAIN, LEAST = 1e-3, 1e-7  # a difference that is not one of rounding: relative, and at least
PROBES = 100  # points that are tried
WIDER = 1.5  # how much further than to such a point a leaf may go then


def further(ev: Evidence) -> tuple[int, Evidence] | None:
    """A leaf that far away makes the claim wrong, and the evidence where it may go there."""
    if not ev.elsewhere:
        return None
    home, chance = here(ev.tape).given, Random(0)
    for i, x in islice(strides(ev), min(PROBES, WORK // len(ev.tape))):
        point = ev.evaluate({**ev.near.stirred(home, chance), i: x})  # on no tie
        measured = ev.measure(point) if point and seems_wrong(ev, point) else None
        if measured and not measured.agrees and measured.ill < 2:
            away = WIDER * abs(x - home[i])
            ranges = {**ev.ranges, i: (home[i] - away, home[i] + away)}
            tape, output, wrt = ev.tape, ev.output, ev.wrt
            return i, Evidence(tape, output, wrt, ev.claim_at, ev.fixed, ranges, ())
    return None


def seems_wrong(ev: Evidence, point: Point) -> bool:
    """Whether derivative and claim differ plainly at a point, rounding aside, which is costly."""
    with suppress(ArithmeticError, ValueError):
        true, claimed = ev.sweep(point.partials)[ev.wrt], ev.claim_at(point)
        return abs(true - claimed) > max(PLAIN * max(abs(true), abs(claimed)), LEAST)
    return False


def strides(ev: Evidence) -> Iterator[tuple[int, float]]:
    """(leaf, value further and further away), those leaves first on which `wrt` depends; before
    that, where functions that have faded do not if all under them is straight."""
    first = rows_under(ev.tape, ev.wrt)
    free = [row for row in ev.near.leaves if row.index in ev.under - ev.ranges.keys()]
    for fading in (row for row in ev.tape.rows if row.op in FADING and row.index in ev.under):
        u = fading.operands[0]
        slopes = ev.near.slopes(u)
        for row in free:
            if slope := slopes.get(row.index, 0.0):
                yield row.index, row.value + (BEND - ev.tape[u].value) / slope
    for row in sorted(free, key=lambda row: row.index not in first):
        step = NEAREST
        while step < FARTHEST:
            away = step * (0.5 * abs(row.value) + 0.5)
            yield row.index, row.value + away
            yield row.index, row.value - away
            step *= RATIO
