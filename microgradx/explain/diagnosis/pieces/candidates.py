"""The quantities of a graph that may have been lost from a derivation, added or exchanged."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.pieces.composed import (
    hidden,
    seen_edges,
    users_by_row,
)
from microgradx.explain.diagnosis.pieces.divisors import Divided, divisors
from microgradx.explain.diagnosis.pieces.parts import Routes
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.notation import atom
from microgradx.explain.words import called
from microgradx.tape import Row

NAMES = 40  # that are kept of one quantity: a graph may have it a thousand times
NARROWS = 40  # nodes of which all routes lead through another


@dataclass(slots=True)
class Candidate:
    """A quantity that may have been lost, added or exchanged.

    Attributes:
        weight: How far-fetched that would be.
        naming: What gives its names.
        at: Its value at the k-th point.
        edges: (v, u) for each ∂v/∂u that it is: the chain rule multiplies by it.
        row: The row of which it is the value, if it is one.
        divided: By (v, u), the power to which the rule of ∂v/∂u divides by it.
        labelled: Whether it is the value of a node with a label.
        rest: The row of which it is 1 minus the value, if it is that.
        inverses: Quantities of the graph that are its reciprocal.
        opposite: The quantity that it is with the other sign.
        below: The quantity whose reciprocal it is, with the other sign.
        nameless: Whether its name is said only where it has no other.
    """

    weight: float
    naming: list[Callable[[], str]]
    at: Callable[[int], float]
    edges: list[tuple[int, int]] = field(default_factory=list)
    row: int | None = None
    divided: Divided = field(default_factory=dict)
    labelled: bool = False
    rest: int | None = None
    inverses: list["Candidate"] = field(default_factory=list)
    opposite: "Candidate | None" = None
    below: "Candidate | None" = None
    nameless: bool = False

    @property
    def divides(self) -> int:
        """The power to which the rules of the operations divide by it, or 0."""
        return max(self.divided.values(), default=0)

    @property
    def names(self) -> list[str]:
        """All that it is called."""
        return list(dict.fromkeys(name() for name in self.naming))

    @property
    def value_names(self) -> list[str]:
        """All that it is called as a value, and not as a derivative."""
        return [name for name in self.names if not name.startswith("∂")]

    @property
    def inverse_names(self) -> list[str]:
        """What its reciprocal is called."""
        return [name for other in self.inverses for name in other.names]

    @property
    def inverse_name(self) -> str:
        """The shortest name of its reciprocal as a derivative and the shortest as a value, of those
        that it has."""
        values = [name for other in self.inverses for name in other.value_names]
        told = (other for other in self.inverses if not (other.nameless and values))
        slopes = [name for other in told for name in other.names if name.startswith("∂")]
        return shortest([*slopes, *values])

    @property
    def inverse_edges(self) -> list[tuple[int, int]]:
        """(v, u) for each ∂v/∂u that its reciprocal is."""
        return [edge for other in self.inverses for edge in other.edges]

    @property
    def is_factor(self) -> bool:
        """Whether the chain rule multiplies or divides by it somewhere."""
        return bool(self.edges or self.inverse_edges or self.divides)

    def is_rest_of(self, other: "Candidate") -> bool:
        """Whether it is 1 minus the other."""
        return self.rest is not None and self.rest == other.row

    def absorb(self, twin: "Candidate") -> None:
        """Let it be all that a quantity with the same values is."""
        if not twin.nameless and len(self.naming) < NAMES:
            self.naming.extend(twin.naming)
        self.edges.extend(twin.edges)
        self.divided = self.divided | twin.divided
        self.labelled = self.labelled or twin.labelled
        self.row = twin.row if self.row is None else self.row
        self.rest = twin.rest if self.rest is None else self.rest

    def within(self, inside: Callable[[int, int], bool]) -> "Candidate":
        """This quantity with those edges alone that are inside; as a value, if none is left."""
        edges = [edge for edge in self.edges if inside(*edge)]
        divided = {edge: n for edge, n in self.divided.items() if inside(*edge)}
        values = [name for name in self.naming if not name().startswith("∂")]
        naming = values if values and self.edges and not edges else self.naming
        return replace(self, edges=edges, naming=naming, divided=divided)

    @property
    def negated_names(self) -> list[str]:
        """What it is with a minus, if it is a derivative and no value by itself."""
        if any(not name.startswith(("∂", "−")) for name in (*self.names, *self.inverse_names)):
            return []
        values = self.opposite.value_names if self.opposite else []
        divisors = self.below.value_names if self.below else []
        positive = self.at(0) > 0.0
        below = [over(negated(x, positive)) for x in divisors]
        return [negated(x, positive) for x in values] + below

    @property
    def name(self) -> str:
        """The shortest name as a derivative and the shortest as a value, of those that it has."""
        known = self.value_names or any(other.value_names for other in self.inverses)
        return self.in_full(slope=not (self.nameless and known))

    def in_full(self, slope: bool = True) -> str:
        """The same, with or without the name as a derivative."""
        slopes = [name for name in self.names if name.startswith("∂") and slope]
        below = [f"1/{atom(x)}" for other in self.inverses for x in other.value_names]
        values = self.value_names or [*below, *self.negated_names]
        return shortest([*slopes, *values])

    @property
    def plain(self) -> str:
        """The shortest name as a value; if there is none, all of `name`."""
        return min(self.value_names, key=len, default=self.name)


def shortest(names: Sequence[str]) -> str:
    """The shortest of some names as a derivative and the shortest as a value."""
    slopes = [name for name in names if name.startswith("∂")]
    values = [name for name in names if name not in slopes]
    return " = ".join(min(some, key=len) for some in (slopes, values) if some)


def negated(name: str, positive: bool) -> str:
    """What has a name, with a minus; of 1 − y that is y − 1, if it is positive then."""
    found = re.fullmatch(r"\(1 − (.+)\)", name) if positive else None
    alone = found and atom(base := found[1].removesuffix("^2")) == base
    return f"({found[1]} − 1)" if found and alone else f"−{atom(name)}"


def over(name: str) -> str:
    """1 divided by what has a name that `negated` gives, with its minus in front."""
    return f"−1/{name[1:]}" if name.startswith("−") else f"1/{name}"


def candidates(ev: Evidence, routes: Routes) -> Iterator[Candidate]:
    """What may have been lost, added or exchanged, from the graph of the derivative."""
    under = reached(ev)
    yield from between_stops(ev, routes, under)
    yield from along_edges(ev, under)
    yield from values_of_rows(ev)
    yield from across_narrows(ev, routes)
    yield from beside_the_paths(ev)
    yield from by_labelled_nodes(ev)


def slope(
    ev: Evidence, weight: float, v: int, u: int, at: Callable[[int], float], whole: bool = True
) -> Candidate:
    """∂v/∂u; if it is not the whole of it, it is called so only where it has no other name."""
    return Candidate(weight, [partial(slope_name, ev, v, u)], at, [(v, u)], nameless=not whole)


def between_stops(ev: Evidence, routes: Routes, under: Mapping[int, int]) -> Iterator[Candidate]:
    """The factors of the chain rule between neighbouring stops."""
    on = {i for path in routes.paths for i in path} or ev.stops
    for v, row in routes.factors(0).items():
        shared = used_by_several(under, row)
        for u in row:
            if v in on and u in on and not hidden(ev, v, u):
                at = partial(lambda v, u, k: routes.factors(k)[v][u], v, u)
                yield slope(ev, 1.0, v, u, at, whole=not shared >> u & 1)


def along_edges(ev: Evidence, under: Mapping[int, int]) -> Iterator[Candidate]:
    """The local derivatives."""
    shared = {v: used_by_several(under, ev.tape[v].operands) for v in ev.active}
    for v, slot, u in seen_edges(ev):
        if ev.tape[v].operands.count(u) == 1:  # of x·x it is no ∂(x·x)/∂x
            whole = not shared[v] >> u & 1
            yield slope(ev, 1.1, v, u, partial(ev.slope, v, slot), whole=whole)


def values_of_rows(ev: Evidence) -> Iterator[Candidate]:
    """The values of nodes, and 1 minus the value of those that have a label."""
    divided, curved = divisors(ev), any(ev.tape[v].op == "tanh" for v, *_ in ev.edges)
    for row in ev.tape.rows:
        i = row.index
        given = row.label and i not in ev.tape.outputs[2:]  # not as the claim
        if row.op != "constant" and (i in ev.under or given) and not hidden(ev, i):
            name, at = partial(called, ev.tape, i), partial(ev.value, i)
            weight = 1.05 if row.label and (i in ev.under or row.is_leaf) else 1.3
            own = divided.get(i, {})
            yield Candidate(weight, [name], at, row=i, divided=own, labelled=bool(row.label))
            if row.label:
                yield from complements(ev, row, at, curved)


def has_one_subtracted(ev: Evidence, i: int) -> bool:
    """Whether the graph has the difference of a row and the constant 1."""
    users = (ev.tape[v] for v in users_by_row(ev).get(i, ()) if v in ev.under)
    differences = (row.operands for row in users if row.op == "sub")
    ones = (ev.tape[y] for x, y in differences if x == i)
    return any(one.op == "constant" and one.value == 1.0 for one in ones)


def complements(
    ev: Evidence, row: Row, at: Callable[[int], float], curved: bool
) -> Iterator[Candidate]:
    """1 minus the value of a node, and 1 minus its square, if there is a tanh."""
    fraction = all(0.0 < at(k) < 1.0 for k in ev.few)
    short = atom(ev.tape.name(row.index))
    weight = 3.0 if row.is_leaf else 1.7 if fraction else 2.2
    rest = partial("(1 − {})".format, short)
    if not has_one_subtracted(ev, row.index):  # of a node y − 1 its value is written
        yield Candidate(weight, [rest], lambda k: 1.0 - at(k), rest=row.index)
    if curved and not row.is_leaf:  # of another node than the tanh
        yield Candidate(1.7, [partial("(1 − {}^2)".format, short)], lambda k: 1.0 - at(k) * at(k))


def across_narrows(ev: Evidence, routes: Routes) -> Iterator[Candidate]:
    """All of ∂v/∂u, along several routes."""
    for v, u in islice(routes.narrows(), NARROWS):
        if u != ev.wrt:
            yield slope(ev, 1.1, v, u, lambda k, v=v, u=u: ev.tangents(k, u)[v])


def beside_the_paths(ev: Evidence) -> Iterator[Candidate]:
    """The slopes of functions of one operand that are on no path: the same rule at another node."""
    for i in sorted((ev.under & ev.sloped).difference(ev.active)):
        if len(ev.tape.rows[i].operands) == 1:
            at = partial(lambda i, k: ev.points[k].partials[i][0] or 0.0, i)
            yield replace(slope(ev, 1.3, i, ev.tape.rows[i].operands[0], at), edges=[])


def by_labelled_nodes(ev: Evidence) -> Iterator[Candidate]:
    """The derivatives of the output by labelled nodes, and of these by `wrt`."""
    for v in ev.active:
        if ev.tape.rows[v].label and v != ev.output:
            yield slope(ev, 1.3, ev.output, v, lambda k, v=v: ev.adjoints(k)[v])
            if all(0.0 < ev.adjoints(k)[v] < 1.0 for k in ev.few):  # as p in p(1 − p)
                rest = partial("(1 − {})".format, slope_name(ev, ev.output, v))
                yield Candidate(2.0, [rest], lambda k, v=v: 1.0 - ev.adjoints(k)[v])
            yield slope(ev, 1.1, v, ev.wrt, lambda k, v=v: ev.tangents(k)[v])


def reached(ev: Evidence) -> dict[int, int]:
    """By row on a path, the rows on paths that it uses, itself among them: as bits of a number."""
    found = {ev.wrt: 1 << ev.wrt}
    for v, _, u in ev.edges:
        found[v] = found.get(v, 1 << v) | found[u]
    return found


def used_by_several(under: Mapping[int, int], rows: Iterable[int]) -> int:
    """The rows that several of some rows use: beside others, a slope along one route is not all."""
    once = twice = 0
    for i in rows:
        twice |= once & under.get(i, 0)
        once |= under.get(i, 0)
    return twice
