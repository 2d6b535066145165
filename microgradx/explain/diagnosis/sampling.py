"""Where a claim is tried first: far from the user's point, on other sides of kinks."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from microgradx.explain.condense import rows_under
from microgradx.explain.points import COMPARING, Point
from microgradx.explain.surroundings import WORK

if TYPE_CHECKING:
    from microgradx.explain.diagnosis.evidence import Evidence

FAR, LEAST = 24, 3  # points far away; of large graphs at least
CROSSINGS, SCATTERED = 12, 100  # points across kinks that no other crosses; at random


def far(ev: "Evidence") -> Iterator[Point]:
    """Random points far away, and such as lie on other sides of kinks."""
    moved, own = sided(ev) - ev.fixed, rows_under(ev.tape, ev.wrt)
    most = min(FAR if ev.kinks else FAR // 2, max(LEAST, WORK // len(ev.tape)))
    yield from islice(ev.near.nearby(1000, 2.0, moved), most)
    yield from islice(ev.near.crossings(ev.beyond, own), CROSSINGS)
    if ev.kinks:
        yield from islice(ev.near.scattered(ev.points[0].given, moved), SCATTERED)


def sided(ev: "Evidence") -> set[int]:
    """What `wrt` was computed from, and what decides on which side of a kink a row is; but no
    bounds, which may have a sign: with them something is compared that moves with `wrt`."""
    kinks = ev.kinks & ev.under
    compared = [{*ev.tape[i].operands} for i in kinks if ev.tape[i].op in COMPARING]
    bounds = {u for some in compared if some & ev.moving for u in some - ev.moving}
    own = rows_under(ev.tape, ev.wrt)
    return own | (rows_under(ev.tape, *kinks) - rows_under(ev.tape, *bounds))
