"""A graph seen through some of its nodes: the factors ∂v/∂u of the chain rule between them."""

from collections.abc import Collection, Container, Sequence
from heapq import heappop, heappush

from microgradx.tape import Tape


def condense(
    tape: Tape,
    stops: Collection[int],
    partials: Sequence[Sequence[float | None]] | None = None,
    among: Container[int] | None = None,
) -> dict[int, dict[int, float]]:
    """∂v/∂u for the stops v and u between which a path leads that meets no other stop.

    It is the sum over all these paths of the products of their local derivatives.

    Args:
        tape: The graph.
        stops: The rows through which it is seen, by index.
        partials: The local derivatives by row, where they are not those of the tape.
        among: The only rows through which paths are followed; all, if not given.

    Returns:
        {v: {u: ∂v/∂u}}, with the u of each v in the order of the tape.
    """
    slopes = [row.partials for row in tape.rows] if partials is None else partials
    tops = (v for v in sorted(stops) if tape.rows[v].operands)
    return {v: factors(tape, stops, slopes, v, among) for v in tops}


def factors(
    tape: Tape,
    stops: Collection[int],
    slopes: Sequence,
    v: int,
    among: Container[int] | None = None,
) -> dict[int, float]:
    """∂v/∂u for the stops u that are next to v, by a sweep that ends at them."""
    bar = {v: 1.0}
    waiting = [-v]  # the row that stands last comes first: all that uses it is done
    found = {}
    while waiting:
        i = -heappop(waiting)
        if i in stops and i != v:
            found[i] = bar[i]
            continue
        # Where no slopes were asked for, a row has ().
        for j, d in zip(tape.rows[i].operands, slopes[i], strict=False):
            if d is not None and (among is None or j in among):
                if j not in bar:
                    bar[j] = bar[i] * d
                    heappush(waiting, -j)
                else:
                    bar[j] += bar[i] * d
    return dict(sorted(found.items()))
