"""Slips that put something else in place of local derivatives, at one edge or at several."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import nan

from microgradx.apply import local, slopes_of, value_of
from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.rounding import same
from microgradx.explain.diagnosis.findings import Finding

SINGLES = 12  # so many edges of a kind are tried one by one

Tangents = Sequence[float]  # ∂v/∂wrt by row
Rewriting = Mapping[int, tuple[str, Sequence[int]]]  # by row, another operation and its operands


class Replaced:
    """Something else in place of a local derivative, at some edges.

    Attributes:
        cost: How far-fetched it is.
    """

    def __init__(
        self,
        ev: Evidence,
        cost: float,
        finding: Finding | Callable[[], Finding],
        edges: list[Edge],
        wrong: Callable[[Edge, int], float],
    ):
        self.ev, self.cost, self.edges, self.wrong = ev, cost, edges, wrong
        self._finding = finding
        self._partials: dict[int, list] = {}
        self._adjoints: dict[int, list[float]] = {}
        self._tangents: dict[int, list[float]] = {}

    @cached_property
    def finding(self) -> Finding:
        """What to say of it; words are costly where there are many slips."""
        return self._finding() if callable(self._finding) else self._finding

    def partials(self, k: int) -> list:
        """The local derivatives by row at the k-th point, with the slip in them."""
        if k not in self._partials:
            changed = list(self.ev.points[k].partials)
            for edge in self.edges:
                v, slot, _ = edge
                row = list(changed[v])
                try:
                    row[slot] = self.wrong(edge, k)
                except (ArithmeticError, ValueError):
                    row[slot] = nan
                changed[v] = row
            self._partials[k] = changed
        return self._partials[k]

    def derivative(self, k: int) -> float:
        """∂output/∂wrt with the slip in it, at the k-th point."""
        return self.adjoints(k)[self.ev.wrt]

    def loses_paths(self) -> bool:
        """Whether the slip makes the sum of all paths through some labelled node 0, as that of the
        changes of all deviations from a mean is: then these are missing, and not changed."""
        ev = self.ev

        def vanishes(through: Callable[[int, int], float], v: int) -> bool:
            return all(same(through(v, k), 0.0, ev.scale[k]) for k in ev.few)

        nodes = ev.stops.intersection(ev.active) - ev.necks
        return any(vanishes(self.through, v) and not vanishes(ev.through, v) for v in nodes)

    def adjoints(self, k: int) -> list[float]:
        """∂output/∂v by row with the slip in it, at the k-th point."""
        if k not in self._adjoints:
            self._adjoints[k] = self.ev.sweep(self.partials(k))
        return self._adjoints[k]

    def through(self, v: int, k: int) -> float:
        """The sum over all paths through a row of their products, with the slip in them."""
        if k not in self._tangents:
            self._tangents[k] = self.ev.sweep_forward(self.partials(k), self.ev.wrt)
        return self.adjoints(k)[v] * self._tangents[k][v]


def unity(edge: Edge, k: int) -> float:
    """What stands where a factor is missing."""
    return 1.0


def zero(edge: Edge, k: int) -> float:
    """What stands where a path is not followed."""
    return 0.0


def recomputed(
    ev: Evidence,
    rows: Iterable[int],
    k: int,
    found: dict[int, float],
    others: Rewriting | None = None,
) -> dict[int, float]:
    """The numbers by row that are other ones at the k-th point, given some in `found`: of rows with
    an operand that has another number, and of those that are other operations."""
    values, others = ev.points[k].values, others or {}
    for i in rows:
        op, operands = others.get(i, (ev.tape[i].op, ev.tape[i].operands))
        if i in others or not found.keys().isdisjoint(operands):
            found[i] = value_of(op, [found.get(j, values[j]) for j in operands])
    return found


def singly_and_together(some: list) -> Iterator[list]:
    """Each alone; and, if they are several, all together."""
    yield from ([x] for x in some)
    if len(some) > 1:
        yield some


def together_and_singly(some: list, most: int = SINGLES) -> Iterator[list]:
    """All together; and, if they are several but not too many, each alone."""
    yield some
    if 1 < len(some) <= most:
        yield from ([x] for x in some)


def slopes_at(op: str, operands: list[float]) -> list[float]:
    """The local derivatives of a primitive at some operands; nan where one is not defined."""
    z = local(lambda _, *xs: value_of(op, xs), nan, operands)  # which a formula may not need
    return slopes_of(op, z, operands)


def swept(
    ev: Evidence, nodes: Iterable[int], rule: Callable[[int, Tangents, int], float]
) -> Callable[[int], float]:
    """The derivative where some nodes follow another rule: from the tangents below them."""
    own = frozenset(nodes)

    def at_one(k: int) -> float:
        [v] = own
        dot = ev.tangents(k)
        return ev.true[k] + ev.adjoints(k)[v] * (rule(v, dot, k) - dot[v])

    def at_several(k: int) -> float:
        dot = [0.0] * len(ev.tape)
        dot[ev.wrt] = 1.0
        for v, slot, i in ev.edges:
            if v in own:
                dot[v] = rule(v, dot, k)
            else:
                dot[v] += ev.slope(v, slot, k) * dot[i]
        return dot[ev.output]

    return at_one if len(own) == 1 else at_several
