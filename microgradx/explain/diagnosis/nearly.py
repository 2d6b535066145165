"""A claim that differs from the derivative by little more than rounding."""

from collections.abc import Iterator
from math import log10
from random import Random

from microgradx.explain.diagnosis.evidence.evidence import ENOUGH, SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.further import free_leaves, ones
from microgradx.explain.diagnosis.evidence.variants import holding, sound_at
from microgradx.explain.diagnosis.findings import Hypothesis
from microgradx.explain.diagnosis.pieces.parts import parts, routes_between
from microgradx.explain.diagnosis.result import Diagnosis, concluded
from microgradx.explain.diagnosis.search import SECOND, search
from microgradx.explain.diagnosis.slips.factors import counted
from microgradx.explain.points import UNIT

# Relative: a claim that differs by more and by less at most points, and by less at all of them.
LEAST, NEARLY, AT_MOST = 1e-10, 1e-6, 1e-3
EXACT = 1e-3  # of a small difference, what explains it leaves so much at most
TRIES = 3 * ENOUGH  # points that are tried where large and small leaves are of one order


def nearly_right(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that differs from the derivative by little more than rounding: by a
    path that is small beside others, or else by a slip that is plain where the leaves are of one
    order; if there is neither, digits are lost."""
    off = sorted(one.off / one.scale for one in ev.measured if one.scale)
    itself = sorted(one.off / one.size for one in ev.measured if one.size)
    if not itself or off[len(off) // 2] < LEAST or off[-1] > AT_MOST:
        return None
    usual = itself[len(itself) // 2]
    if usual >= NEARLY:
        return None
    if best := min(small_parts(ev), key=lambda one: one.cost, default=None):
        return concluded(ev, "wrong", best.findings, best)
    if other := of_one_order(ev):
        best = search(other, SECOND)
        return concluded(ev, "wrong", best.findings if best else (), best)
    return concluded(ev, "wrong")._replace(digits=int(-log10(usual)))


def small_parts(ev: Evidence) -> Iterator[Hypothesis]:
    """The paths that were lost or miscounted, if that explains the small differences."""
    for part in parts(ev, routes_between(ev, ev.stops)) if len(ev.points) >= SAMPLE else ():
        for c in (0.0, -1.0, 2.0):
            if all(is_difference(ev, k, (c - 1.0) * part.at(k)) for k in range(len(ev.points))):
                yield from counted(ev, part, False, c)


def is_difference(ev: Evidence, k: int, x: float) -> bool:
    """Whether the claim differs from the derivative by x at the k-th point."""
    off = ev.claimed[k] - ev.true[k]
    return abs(off - x) <= EXACT * abs(off) + UNIT * ev.scale[k]


def of_one_order(ev: Evidence) -> Evidence | None:
    """The evidence where no leaf is much larger or smaller than 1, and the user's own point behind
    that, if the claim is plainly wrong there: beside large leaves others were hidden."""
    home, chance = ev.points[0].given, Random(0)
    others = dict(ones(free_leaves(ev))) if ev.elsewhere else {}

    def moved() -> dict[int, float]:
        near_1 = {i: x * chance.uniform(0.5, 2.0) for i, x in others.items()}
        return {**ev.near.stirred(home, chance), **near_1}

    found = sound_at(ev, (moved() for _ in range(TRIES if others else 0)))
    plain = [one for one in found if one.off > AT_MOST * one.scale]
    if len(found) < 2 * SAMPLE or len(plain) < len(found) / 2:
        return None
    other = holding(ev, [*plain[:ENOUGH], ev.measured[0]])
    other.own = len(other.points) - 1
    return other
