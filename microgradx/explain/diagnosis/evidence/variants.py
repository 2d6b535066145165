"""The evidence for another claim, or with a slip in the graph: where a second slip is sought."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy

from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.measured import Measured

Changes = Callable[[dict[int, float]], None]  # of numbers by leaf, and whether they are so
Holds = Callable[[dict[int, float]], bool]


def with_factor(ev: Evidence, factor: Callable[[int], float]) -> Evidence:
    """The evidence for the claim multiplied by a factor, at the points that there are.

    The factor is known at these alone, and so `claim_at` remains what it was.
    """
    other = copy(ev)
    other.hold([one.times(factor(k)) for k, one in enumerate(ev.measured)])
    other.kept, other.closed = dict(ev.kept), True
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
    others = range(1, len(ev.points))
    return at(ev, others) if ev.measured[0].ill and len(others) >= SAMPLE else None


def supposing(ev: Evidence, impose: Changes, holds: Holds) -> Evidence | None:
    """The evidence where a condition on leaves holds: at the points that there are, changed so that
    it does; None if these are not enough."""
    moved = [dict(point.given) for point in ev.points]
    for given in moved:
        if not holds(given):
            with suppress(ArithmeticError):
                impose(given)
    found = sound_at(ev, filter(holds, moved))
    return holding(ev, found) if len(found) >= 2 * SAMPLE else None


def sound_at(ev: Evidence, given: Iterable[Mapping[int, float]]) -> list[Measured]:
    """What is measured at numbers by leaf, where no digits are lost and no kink is crossed."""
    here, points = ev.near.sides(ev.points[0]), map(ev.evaluate, given)
    measured = (ev.measure(point) for point in points if point)
    return [one for one in measured if one and not one.ill and ev.near.sides(one.point) == here]


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
    points = [p._replace(partials=partials(k)) for k, p in enumerate(ev.points)]
    slopes = [ev.sweep(p.partials)[ev.wrt] for p in points]
    some = zip(ev.measured, points, slopes, strict=True)
    return holding(ev, [one._replace(point=p, true=true) for one, p, true in some])


def at(ev: Evidence, ks: Sequence[int]) -> Evidence:
    """The evidence at some of its points."""
    other = holding(ev, [ev.measured[k] for k in ks])
    other.own = [*ks].index(ev.own) if ev.own in ks else 0
    return other


def holding(ev: Evidence, measured: list[Measured]) -> Evidence:
    """The evidence of other measurements in the place of its own."""
    other = copy(ev)
    other.hold(measured)
    other.forget()
    return other
