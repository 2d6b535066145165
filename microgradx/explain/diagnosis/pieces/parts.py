"""Parts of a derivative: sums over some paths, without a list of them where they are many."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import combinations, pairwise
from math import prod
from typing import NamedTuple

from microgradx.explain.condense import condense
from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Edge, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.pieces.composed import inner_nodes, seen_edges
from microgradx.explain.diagnosis.pieces.places import as_operand, placed, step_name
from microgradx.explain.notation import natural, stem
from microgradx.explain.words import ROUNDING, called
from microgradx.writing import listed

MANY = 40  # more labelled paths than these are not listed
ALL_SUBSETS = 7  # of up to so many paths every subset is tried
FEW_PATHS = 6  # of up to so many, what is costly to try is tried


class Part(NamedTuple):
    """The sum of the products of some paths.

    Attributes:
        weight: How far-fetched it is to treat just these paths in another way.
        naming: What to call them, and the same for a finding: a label, a path or an edge.
        plural: Whether it is more than one path.
        at: The sum at the k-th point.
        stops: The rows between which the paths lead.
        holds: Whether a path, given by its rows, belongs to it.
        edge: (row, slot, operand) if it is the paths along one edge.
        lost: What is added to the weight where these are miscounted, and the others are not.
    """

    weight: float
    naming: Callable[[], tuple[str, str]]
    plural: bool
    at: Callable[[int], float]
    stops: frozenset[int]
    holds: Callable[[tuple[int, ...]], bool]
    edge: Edge | None = None
    lost: float = 0.0

    @property
    def name(self) -> str:
        """What to call them."""
        return self.naming()[0]

    @property
    def verb(self) -> str:
        """What goes with the name in a sentence."""
        return "are" if self.plural else "is"

    @property
    def about(self) -> str:
        """The label, path or edge concerned."""
        return self.naming()[1]


class Routes:
    """The paths between some rows from the output to `wrt`, if they are not too many.

    Attributes:
        paths: The rows of each path, from the output to `wrt`; none if there are more than MANY.
    """

    def __init__(self, ev: Evidence, stops: frozenset[int]):
        self.ev, self.stops = ev, stops
        self._factors: dict[int, dict[int, dict[int, float]]] = {}
        self.paths = self.listed(self.factors(0))

    def factors(self, k: int) -> dict[int, dict[int, float]]:
        """∂v/∂u between neighbouring stops at the k-th point."""
        if k not in self._factors:
            self._factors[k] = self.condensed(self.ev.points[k].partials)
        return self._factors[k]

    def condensed(self, partials: Sequence) -> dict[int, dict[int, float]]:
        """∂v/∂u between neighbouring stops, by these local derivatives."""
        moving = self.ev.moving
        return condense(self.ev.tape, self.stops & moving, partials, moving)

    def listed(self, factors: dict[int, dict[int, float]]) -> list[tuple[int, ...]]:
        """The paths from the output to `wrt` that factors make; none if there are too many."""
        reach = {self.ev.wrt}
        for v in sorted(factors):
            if not reach.isdisjoint(factors[v]) and v != self.ev.wrt:
                reach.add(v)
        found, stack = [], [(self.ev.output,)] if self.ev.output in reach else []
        while stack:
            path = stack.pop()
            if path[-1] == self.ev.wrt:
                found.append(path)
                if len(found) > MANY:
                    return []
                continue
            stack += [(*path, u) for u in reversed(factors[path[-1]]) if u in reach]
        return found

    def narrows(self) -> Iterator[tuple[int, int]]:
        """(v, u) where all routes from v lead through u, and to u there are several."""
        below = self.factors(0)
        through: dict[int, set[int]] = {}
        for v in sorted(v for v in below if below[v]):
            common = set.intersection(*(through.get(u, {u}) for u in below[v]))
            through[v] = {v, *common}
            if len(below[v]) > 1 and common:
                yield v, max(common)

    def product(self, path: Sequence[int], k: int) -> float:
        """The product of the factors along a path at the k-th point."""
        return multiplied(self.factors(k), path)

    def total(self, k: int, skips: Callable[[int, int], bool]) -> float:
        """The sum over all paths without some edges, of their products at the k-th point."""
        factors = self.factors(k)
        bar = dict.fromkeys(factors, 0.0)
        bar[self.ev.output] = 1.0
        for v in sorted(factors, reverse=True):
            if v != self.ev.wrt and (g := bar.get(v, 0.0)):
                for u, d in factors[v].items():
                    if not skips(v, u):
                        bar[u] = bar.get(u, 0.0) + g * d
        return bar.get(self.ev.wrt, 0.0)

    def name(self, path: Sequence[int]) -> str:
        return " → ".join(called(self.ev.tape, i) for i in path)


@kept
def routes_between(ev: Evidence, stops: frozenset[int]) -> Routes:
    """The paths between some rows."""
    return Routes(ev, stops)


def has_more_than(factor: float, one: float) -> bool:
    """Whether the factor between two rows has more in it than the slope of one edge."""
    return abs(factor - one) > ROUNDING * abs(one)


def edge_name(ev: Evidence, v: int, slot: int, u: int) -> str:
    """What an edge is called; as which operand, where other paths lead the same way."""
    between = routes_between(ev, ev.stops | {u, v}).factors(0)[v][u]
    several = has_more_than(between, ev.slope(v, slot, 0))
    return step_name(ev, v, u) + f" ({as_operand(ev, v, slot)})" * several


def multiplied(factors: dict[int, dict[int, float]], path: Sequence[int]) -> float:
    """The product of some factors along a path."""
    return prod((factors[v][u] for v, u in pairwise(path)), start=1.0)


def parts(ev: Evidence, routes: Routes) -> Iterator[Part]:
    """Every part whose paths a slip may treat alike, the likeliest first; no sum comes twice."""
    seen = {signature(ev, lambda k: ev.true[k]), (0.0,) * SAMPLE}
    pairs = 0.1 if len(routes.paths) > ALL_SUBSETS else 0.0  # of many, few have a reason
    everything = [(pairs * part.plural, part) for part in along_paths(routes)]
    everything += [(0.0, part) for part in (*diagonals(routes), *through_rows(ev))]
    for _, part in sorted(everything, key=lambda one: one[0] + one[1].weight):
        if (key := signature(ev, part.at)) not in seen:
            seen.add(key)
            yield part


def within(ev: Evidence, part: Part, v: int, u: int) -> bool:
    """Whether a path of a part leads through two rows, as far as its paths can be listed."""
    paths = [path for path in routes_between(ev, part.stops).paths if part.holds(path)]
    return not paths or any(lies_on(ev, path, v) and lies_on(ev, path, u) for path in paths)


def lies_on(ev: Evidence, path: Sequence[int], v: int) -> bool:
    """Whether a row is one of a path's, or between two of them."""
    return v in path or any(
        a > v > b and any(ev.tangents(k, v)[a] and ev.tangents(k, b)[v] for k in ev.few)
        for a, b in pairwise(path)
    )


def signature(ev: Evidence, at: Callable[[int], float]) -> tuple[float, ...]:
    """A sum at the first points, to ten digits; 0.0 where it is nothing beside the derivative."""
    found = []
    for k in ev.few:
        x, scale = at(k), ev.scale[k]
        found.append(float(f"{x:.9e}") if abs(x) > 1e-9 * scale else 0.0)
    return (*found, *[0.0] * (SAMPLE - len(found)))


def is_nothing(ev: Evidence, at: Callable[[int], float]) -> bool:
    """Whether a sum is nothing beside the derivative."""
    return not any(signature(ev, at))


def along_paths(routes: Routes) -> Iterator[Part]:
    """Single paths, and sets of paths; of those with equal products the shorter comes first."""
    n, paths = len(routes.paths), sorted(routes.paths, key=len)
    for size in range(1, n):
        if n > ALL_SUBSETS and size > 1 and not (n <= MANY // 3 and size in (2, n - 1)):
            continue
        for chosen in combinations(paths, size):
            yield these(routes, chosen)


def these(routes: Routes, chosen: Sequence[tuple[int, ...]]) -> Part:
    """The part that consists of some paths."""
    n, size = len(routes.paths), len(chosen)

    def naming() -> tuple[str, str]:
        names = sorted(map(routes.name, chosen), key=natural)
        return f"the path{'s' * (size > 1)} {listed(names, 3)}", "; ".join(names)

    return Part(
        weight=1.0 + 0.1 * min(size - 1, n - size),
        naming=naming,
        plural=size > 1,
        at=cache(lambda k: sum(routes.product(path, k) for path in chosen)),
        stops=routes.stops,
        holds=set(chosen).__contains__,
    )


def diagonals(routes: Routes) -> Iterator[Part]:
    """All paths that lead from one list to another between members of the same index, as if a
    Jacobian had nothing beside its diagonal."""
    ev = routes.ev
    edges: dict[tuple[str, str], set[tuple[int, int]]] = {}
    place = {x: indexed(ev.tape[x].label) for x in routes.stops}
    for v, row in routes.factors(0).items():
        for u in row:
            (top, i), (below, j) = place[v], place[u]
            if i and i == j and top != below:
                edges.setdefault((top, below), set()).add((v, u))
    for (top, below), some in edges.items():
        if len(some) > 1:

            def at(k: int, some=some) -> float:
                return ev.true[k] - routes.total(k, lambda v, u: (v, u) in some)

            name = f"{top}ᵢ → {below}ᵢ, with equal indices"
            yield Part(
                weight=1.1,
                naming=lambda name=name: (f"the paths {name}", name),
                plural=True,
                at=at,
                stops=routes.stops,
                holds=lambda path, some=some: not some.isdisjoint(pairwise(path)),
                lost=0.3,
            )


def indexed(label: str) -> tuple[str, str]:
    """A label and its last index."""
    name = stem(label)
    return name, label[len(name) :]


def through_rows(ev: Evidence) -> Iterator[Part]:
    """All paths through a row, and all paths along an edge."""
    tape = ev.tape

    def row_naming(v: int) -> tuple[str, str]:
        return f"the paths through {placed(ev, v)}", placed(ev, v)

    def is_path(v: int, u: int) -> bool:
        return v == ev.output and u == ev.wrt

    def edge_naming(v: int, slot: int, u: int) -> tuple[str, str]:
        paths = "the path" if is_path(v, u) else "the paths along"
        return f"{paths} {edge_name(ev, v, slot, u)}", step_name(ev, v, u)

    inner = inner_nodes(ev)
    for v in ev.active:
        if v != ev.output and v not in inner:
            yield Part(
                weight=1.15 if tape.rows[v].label else 1.5,
                naming=partial(row_naming, v),
                plural=True,
                at=lambda k, v=v: ev.through(v, k),
                stops=ev.stops | {v},
                holds=lambda path, v=v: v in path,
            )
    for v, slot, u in seen_edges(ev):
        yield Part(
            weight=1.3 if v in ev.stops and u in ev.stops else 1.65,
            naming=partial(edge_naming, v, slot, u),
            plural=not is_path(v, u),
            at=lambda k, v=v, slot=slot, u=u: ev.along(v, slot, u, k),
            stops=ev.stops | {u, v},
            holds=lambda path, v=v, u=u: (v, u) in pairwise(path),
            edge=(v, slot, u),
        )
