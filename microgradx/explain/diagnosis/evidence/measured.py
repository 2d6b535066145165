"""The derivative and the claim at one point, and how many digits are left there to compare."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.rounding import same, sized
from microgradx.explain.points import FADED, FADING, UNIT, Point, has_faded
from microgradx.tape import Tape

ILL = 1e6  # where the paths weigh so many times more than their sum, its digits are not its own
FAINT = 1e-290  # a smaller slope has lost digits, or what is multiplied by it will

Edge = tuple[int, int, int]  # row, slot, operand


class Measured(NamedTuple):
    """The derivative and the claim at a point.

    Attributes:
        point: Where.
        true, claimed: The two.
        scale: What their difference is compared with.
        claim_scale: What a prediction of the claim is compared with.
        ill: 0 where both are sound; 1 where a function has faded, and 1 − z has few digits; 2 where
            digits are lost.
        steepest: The size of the largest slope.
    """

    point: Point
    true: float
    claimed: float
    scale: float
    claim_scale: float
    ill: int
    steepest: float

    @property
    def agrees(self) -> bool:
        """Whether the two differ by rounding only."""
        return same(self.true, self.claimed, self.scale)

    @property
    def off(self) -> float:
        """How far the two differ."""
        return abs(self.true - self.claimed)

    @property
    def size(self) -> float:
        """What their difference is, at most."""
        return sized(abs(self.true), abs(self.claimed))

    def times(self, c: float) -> "Measured":
        """The same for the claim multiplied by a number."""
        claimed = self.claimed * c
        scales = self.scale, self.claim_scale
        scale, own = (sized(x - abs(self.claimed), abs(claimed)) for x in scales)
        return self._replace(claimed=claimed, scale=scale, claim_scale=own)


def weighed(
    tape: Tape,
    edges: Sequence[Edge],
    point: Point,
    adjoints: Sequence[float],
    output: int,
    wrt: int,
) -> tuple[float, float, float, int]:
    """What the paths from `output` to `wrt` along some edges weigh, given ∂output/∂v by row.

    Returns:
        The sum of the sizes of the last contributions; that of the products of all paths, with
        their signs taken away, or where that is ill, what `heaviest_edge` gives; the size of the
        largest slope; and `ill`, as in `Measured`, by the slopes.
    """
    users = steepest = 0.0
    faded = lost = False
    weight = [0.0] * len(tape)
    weight[output] = 1.0
    for v, slot, u in reversed(edges):
        d = abs(point.partials[v][slot])  # type: ignore[arg-type]
        weight[u] += weight[v] * d
        steepest = max(steepest, d)
        if d < FADED:
            fading = tape[v].op in FADING
            faded = faded or fading
            lost = lost or (d < FAINT and (d > 0.0 or fading))
        if u == wrt:
            users += abs(adjoints[v]) * d
    paths = weight[wrt]
    if paths > ILL * abs(adjoints[wrt]):
        paths = heaviest_edge(edges, point, output, wrt)
    return users, paths, steepest, 2 if lost else int(faded)


def heaviest_edge(edges: Sequence[Edge], point: Point, output: int, wrt: int) -> float:
    """The size of what all paths through an edge add up to, of the edge where that is largest: in
    proportion to it, rounding changes the derivative, however much cancels on the way.

    No sum counts as less than a unit of rounding of its terms: which of several factors that cancel
    is exactly 0 is chance.
    """
    slopes = [(v, u, point.partials[v][slot] or 0.0) for v, slot, u in edges]
    above = sums_of_paths(((v, u, d) for v, u, d in reversed(slopes)), output)
    below = sums_of_paths(((u, v, d) for v, u, d in slopes), wrt)
    return max([abs(above[v] * d * below[u]) for v, u, d in slopes], default=0.0)


def sums_of_paths(slopes: Iterable[tuple[int, int, float]], start: int) -> dict[int, float]:
    """By row, the sum over all paths from the first of (row, row that it leads to, slope), in which
    none cancels to less than a unit of rounding of its terms."""
    found, terms = defaultdict(float, {start: 1.0}), defaultdict(float)
    for v, u, d in slopes:
        if abs(found[v]) < UNIT * terms[v]:
            found[v] = UNIT * terms[v]
        x = found[v] * d
        found[u] += x
        terms[u] += abs(x)
    return found


def of_faded(
    tape: Tape, edges: Sequence[Edge], point: Point, adjoints: Sequence[float], wrt: int
) -> float:
    """What the paths through functions that have faded would weigh with slopes of 1 there: a unit
    of rounding of that is lost where a slope is written as 1 − z²."""
    found, dot = 0.0, [0.0] * len(tape)
    dot[wrt] = 1.0
    for v, slot, u in edges:
        d = point.partials[v][slot] or 0.0
        dot[v] += d * dot[u]
        if has_faded(tape[v].op, d):
            found = max(found, abs(adjoints[v] * dot[u]))
    return found
