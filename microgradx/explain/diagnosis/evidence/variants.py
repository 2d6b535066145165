"""The evidence for another claim, or with a slip in the graph: where a second slip is sought."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy

from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.rounding import sized
from microgradx.explain.kinks import branches

Changes = Callable[[dict[int, float]], None]  # of numbers by leaf, and whether they are so
Holds = Callable[[dict[int, float]], bool]


def divided(ev: Evidence, c: float) -> Evidence:
    """The evidence for the claim divided by a number."""
    other, claim = with_factor(ev, lambda k: 1.0 / c), ev.claim_at
    other.claim_at = lambda point: claim(point) / c
    return other


def with_factor(ev: Evidence, factor: Callable[[int], float]) -> Evidence:
    """The evidence for the claim multiplied by a factor, at the points that there are."""
    other = copy(ev)
    other.points, other.true, other.kept = ev.points[:], ev.true[:], dict(ev.kept)
    other.claimed = [x * factor(k) for k, x in enumerate(ev.claimed)]
    sizes = zip(ev.scale, ev.claimed, other.claimed, strict=True)
    other.scale = [sized(scale - abs(x), abs(y)) for scale, x, y in sizes]
    other.closed = True
    return other


def of_these_signs(ev: Evidence) -> Evidence | None:
    """The evidence at those points alone where all leaves have the signs that they have here, if
    these are some and enough: of a length a, people write a where √a² belongs."""
    here = ev.points[0].given
    ks = [
        k
        for k, point in enumerate(ev.points)
        if all(x * here[i] > 0.0 for i, x in point.given.items() if here[i])
    ]
    return at(ev, ks) if 2 * SAMPLE <= len(ks) < len(ev.points) else None


def but_here(ev: Evidence) -> Evidence | None:
    """The evidence without the user's own point, if functions have saturated there and others are
    enough: it tells nothing then."""
    here, others = ev.measure(ev.points[0]), range(1, len(ev.points))
    return at(ev, others) if here and here.ill and len(others) >= SAMPLE else None


def supposing(ev: Evidence, impose: Changes, holds: Holds) -> Evidence | None:
    """The evidence where a condition on leaves holds: at the points that there are, changed so that
    it does; None if these are not enough."""
    other, here = copy(ev), branches(ev.tape, ev.points[0])
    other.points, other.true, other.claimed, other.scale = [], [], [], []
    for point in ev.points:
        given = dict(point.given)
        if not holds(given):
            with suppress(ArithmeticError):
                impose(given)
        moved = ev.evaluate(given) if holds(given) else None
        measured = moved and ev.measure(moved)
        if measured and not measured.ill and branches(ev.tape, measured.point) == here:
            other.add(measured)
    other.forget()
    return other if len(other.points) >= 2 * SAMPLE else None


def own_last(ev: Evidence) -> Evidence | None:
    """The evidence with the user's own point behind the others, if something is 0 there alone: it
    hides all that it is multiplied by."""
    if len(ev.points) <= SAMPLE:
        return None
    hides = any(ev.value(i, 0) == 0.0 != ev.value(i, 1) for i in ev.under) or any(
        ev.slope(v, slot, 0) == 0.0 != ev.slope(v, slot, 1) for v, slot, _ in ev.edges
    )
    return at(ev, [*range(1, len(ev.points)), 0]) if hides else None


def vanishes_here(ev: Evidence) -> bool:
    """Whether the derivative is 0 at the user's point alone: then much seems to be right there."""
    return ev.true[0] == 0.0 and len(ev.points) > 1 and all(ev.true[1:SAMPLE])


def replaced(ev: Evidence, partials: Callable[[int], list]) -> Evidence:
    """The evidence with other local derivatives at the k-th point."""
    other = at(ev, range(len(ev.points)))
    other.points = [p._replace(partials=partials(k)) for k, p in enumerate(ev.points)]
    other.true = [ev.sweep(p.partials)[ev.wrt] for p in other.points]
    return other


def at(ev: Evidence, ks: Sequence[int]) -> Evidence:
    """The evidence at some of its points."""
    other = copy(ev)
    other.points = [ev.points[k] for k in ks]
    other.true = [ev.true[k] for k in ks]
    other.claimed = [ev.claimed[k] for k in ks]
    other.scale = [ev.scale[k] for k in ks]
    other.own = [*ks].index(ev.own) if ev.own in ks else 0
    other.forget()
    return other
