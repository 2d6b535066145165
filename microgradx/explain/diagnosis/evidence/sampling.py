"""Where a claim is tried first: far from the user's point, on other sides of kinks."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from microgradx.explain.points import COMPARING, Point, here
from microgradx.explain.reach import rows_under
from microgradx.explain.surroundings import WORK, Surroundings
from microgradx.tape import Tape

FAR, LEAST = 24, 3  # points far away; of large graphs at least
MIRRORED = 6  # points where a leaf has the other sign
CROSSINGS, SCATTERED = 12, 100  # points across kinks that no other crosses; at random


def far(
    near: Surroundings,
    wrt: int,
    moving: frozenset[int],
    kinks: Collection[int],
    beyond: Iterable[Point],
) -> Iterator[Point]:
    """Random points far away, and such as lie on other sides of kinks.

    Args:
        near: Where the graph is run again.
        wrt: The row with respect to which the output is differentiated.
        moving: The rows that move with it.
        kinks: The rows that have branches.
        beyond: Points that are known to lie on other sides, when those are looked for.
    """
    tape = near.tape
    wide = sided(tape, wrt, moving, kinks).difference(near.fixed)
    most = min(FAR if kinks else FAR // 2, max(LEAST, WORK // len(tape)))
    yield from islice(near.nearby(1000, 2.0, wide), most)
    if not kinks:  # elsewhere `wide` has those that may have either sign
        yield from islice(near.mirrored(), MIRRORED)
    yield from islice(near.crossings(beyond, rows_under(tape, wrt)), CROSSINGS)
    if kinks:
        yield from islice(near.scattered(here(tape).given, wide), SCATTERED)


def sided(tape: Tape, wrt: int, moving: frozenset[int], kinks: Collection[int]) -> set[int]:
    """The rows that `wrt` was computed from, and those that decide the side of a kink.

    Bounds, with which something is compared that moves with `wrt`, are left out: they may be meant
    to keep their sign.
    """
    compared = [{*tape[i].operands} for i in kinks if tape[i].op in COMPARING]
    bounds = {u for some in compared if some & moving for u in some - moving}
    return rows_under(tape, wrt) | (rows_under(tape, *kinks) - rows_under(tape, *bounds))
