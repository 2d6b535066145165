"""The quantities of a graph that may have been lost from a derivation, added or exchanged."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from microgradx.explain.diagnosis.evidence.constants import formula
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.pieces.composed import hidden
from microgradx.explain.diagnosis.pieces.parts import Routes
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.notation import atom
from microgradx.explain.words import called
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row, Tape

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
        divides: The power to which the rules of the operations divide by it, or 0.
        labelled: Whether it is the value of a node with a label.
        rest: The row of which it is 1 less the value, if it is that.
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
    divides: int = 0
    labelled: bool = False
    rest: int | None = None
    inverses: list["Candidate"] = field(default_factory=list)
    opposite: "Candidate | None" = None
    below: "Candidate | None" = None
    nameless: bool = False

    @property
    def names(self) -> list[str]:
        """All that it is called."""
        return list(dict.fromkeys(name() for name in self.naming))

    @property
    def values(self) -> list[str]:
        """All that it is called as a value, and not as a derivative."""
        return [name for name in self.names if not name.startswith("∂")]

    @property
    def inverse(self) -> list[str]:
        """What its reciprocal is called."""
        return [name for other in self.inverses for name in other.names]

    @property
    def inverse_edges(self) -> list[tuple[int, int]]:
        """(v, u) for each ∂v/∂u that its reciprocal is."""
        return [edge for other in self.inverses for edge in other.edges]

    @property
    def is_factor(self) -> bool:
        """Whether the chain rule multiplies or divides by it somewhere."""
        return bool(self.edges or self.inverse_edges or self.divides)

    def is_rest_of(self, other: "Candidate") -> bool:
        """Whether it is 1 less the other."""
        return self.rest is not None and self.rest == other.row

    def within(self, inside: Callable[[int, int], bool]) -> "Candidate":
        """This quantity with those edges alone that are inside; as a value, if none is left."""
        edges = [edge for edge in self.edges if inside(*edge)]
        values = [name for name in self.naming if not name().startswith("∂")]
        naming = values if values and self.edges and not edges else self.naming
        return replace(self, edges=edges, naming=naming)

    @property
    def negated(self) -> list[str]:
        """What it is with a minus, if it is a derivative and no value by itself."""
        if any(not name.startswith(("∂", "−")) for name in (*self.names, *self.inverse)):
            return []
        values = self.opposite.values if self.opposite else []
        divisors = self.below.values if self.below else []
        return [f"−{atom(x)}" for x in values] + [f"−1/{atom(x)}" for x in divisors]

    @property
    def name(self) -> str:
        """The shortest name as a derivative and the shortest as a value, of those that it has."""
        known = self.values or any(other.values for other in self.inverses)
        return self.in_full(slope=not (self.nameless and known))

    def in_full(self, slope: bool = True) -> str:
        """The same, with or without the name as a derivative."""
        slopes = [name for name in self.names if name.startswith("∂") and slope]
        below = [f"1/{atom(x)}" for other in self.inverses for x in other.values]
        values = self.values or [*below, *self.negated]
        return " = ".join(min(names, key=len) for names in (slopes, values) if names)

    @property
    def plain(self) -> str:
        """The shortest name as a value; if there is none, all of `name`."""
        return min(self.values, key=len, default=self.name)


def candidates(ev: Evidence, routes: Routes) -> Iterator[Candidate]:
    """What may have been lost, added or exchanged, from the graph of the derivative."""
    tape = ev.tape
    divided = divisors(ev)
    under = reached(ev)
    curved = any(tape[v].op == "tanh" for v, *_ in ev.edges)

    def slope(weight, v, u, at, factor=True, beside=()):
        more = hidden(ev, v, u)
        name = partial(slope_name, ev, v, u)
        # Beside other routes from v to u, a slope along one is not ∂v/∂u.
        whole = not any(under.get(w, 0) >> u & 1 for w in beside if w != u)
        nameless = more > 0.0 or not whole
        return Candidate(weight + more, [name], at, [(v, u)] * factor, nameless=nameless)

    on = {i for path in routes.paths for i in path} or ev.stops
    for v, row in routes.factors(0).items():
        for u in row:
            if v in on and u in on:
                weight = 0.35 if is_logsumexp(tape, v) else 1.0
                at = partial(lambda v, u, k: routes.factors(k)[v][u], v, u)
                yield slope(weight, v, u, at, beside=row)
    for v, slot, u in ev.edges:
        if tape[v].operands.count(u) == 1:  # of x·x it is no ∂(x·x)/∂x
            at = partial(ev.slope, v, slot)
            yield slope(1.1, v, u, at, beside=tape[v].operands)
    for row in tape.rows:
        i = row.index
        own = row.label and i not in tape.outputs[2:]  # of the claim
        if row.op != "constant" and (i in ev.under or own):
            name = partial(called, tape, i)
            weight = 1.05 if row.label and (i in ev.under or row.is_leaf) else 1.3
            at = partial(ev.value, i)
            divides = divided.get(i, 0)
            yield Candidate(weight, [name], at, row=i, divides=divides, labelled=bool(row.label))
            if row.label:
                fraction = all(0.0 < at(k) < 1.0 for k in ev.few)
                short = atom(tape.name(i))
                weight = 3.0 if row.is_leaf else 1.7 if fraction else 2.2
                rest = partial("(1 − {})".format, short)
                yield Candidate(weight, [rest], lambda k, i=i: 1.0 - ev.value(i, k), rest=i)
                if curved and not row.is_leaf:  # of another node than the tanh
                    square = partial("(1 − {}^2)".format, short)
                    yield Candidate(1.7, [square], lambda k, at=at: 1.0 - at(k) * at(k))
                if fraction and not row.is_leaf:  # 1 + s for 1 − s
                    more = partial("(1 + {})".format, short)
                    yield Candidate(1.7, [more], lambda k, i=i: 1.0 + ev.value(i, k))
    for v, u in islice(routes.narrows(), NARROWS):  # all of ∂v/∂u, along several routes
        if u != ev.wrt:
            yield slope(1.1, v, u, lambda k, v=v, u=u: ev.tangents(k, u)[v])
    for i in sorted((ev.under & ev.sloped).difference(ev.active)):
        if len(tape.rows[i].operands) == 1:  # the same rule at a node beside the paths
            at = partial(lambda i, k: ev.points[k].partials[i][0] or 0.0, i)
            yield slope(1.3, i, tape.rows[i].operands[0], at, factor=False)
    for v in ev.active:
        if tape.rows[v].label and v != ev.output:
            yield slope(1.3, ev.output, v, lambda k, v=v: ev.adjoints(k)[v])
            if all(0.0 < ev.adjoints(k)[v] < 1.0 for k in ev.few):  # as p in p(1 − p)
                rest = partial("(1 − {})".format, slope_name(ev, ev.output, v))
                yield Candidate(2.0, [rest], lambda k, v=v: 1.0 - ev.adjoints(k)[v])
            yield slope(1.3, v, ev.wrt, lambda k, v=v: ev.tangents(k)[v])


def reached(ev: Evidence) -> dict[int, int]:
    """By row on a path, the rows on paths that it uses, itself among them: as bits of a number."""
    found = {ev.wrt: 1 << ev.wrt}
    for v, _, u in ev.edges:
        found[v] = found.get(v, 1 << v) | found[u]
    return found


def is_logsumexp(tape: Tape, v: int) -> bool:
    """Whether a row is m + log(1 + …), of which the slope is a probability."""
    return tape[v].op == "add" and tape[tape[v].operands[1]].op == "log1p"


def divisors(ev: Evidence) -> dict[int, int]:
    """The rows by which the local derivatives divide, as the table writes them: to what power.

    By a product or a power is divided as by its factors, and by what the factors that are lost or
    added, as x / r, were divided by.
    """
    found: dict[int, int] = {}
    for v, slot, u in ev.edges:
        row, primitive = ev.tape[v], PRIMITIVES[ev.tape[v].op]
        other = row.operands[1 - slot] if row.op == "mul" else None
        if other is not None and ev.tape[other].op == "div":
            found.setdefault(ev.tape[other].operands[1], 1)
        text = formula(ev, (v, slot, u))
        for name in re.findall(r"/ ([a-z])\b", text):
            i = v if name == "z" else row.operands[primitive.operands.index(name)]
            # z was divided by it already, but who writes a label in its place does not see that.
            seen = not row.label or ev.tape[row.operands[0]].op == "constant"
            found[i] = max(found.get(i, 0), 2 if name != "z" and "z" in text and seen else 1)
    for row in reversed(ev.tape.rows):
        if row.index in found:
            for j, n in powers_in(ev, row):
                found[j] = max(found.get(j, 0), n * found[row.index])
    return found


def powers_in(ev: Evidence, row: Row) -> list[tuple[int, int]]:
    """(factor, how many times) for a product, a quotient, or a power with a whole exponent."""
    if row.op in ("mul", "neg"):
        return [(j, row.operands.count(j)) for j in {*row.operands}]
    if row.op == "div":
        return [(row.operands[0], 1)]
    exponent = ev.value(row.operands[1], 0) if row.op == "pow" else 0.0
    whole = exponent > 0.0 and exponent % 1.0 == 0.0 and ev.tape[row.operands[1]].op == "constant"
    return [(row.operands[0], int(exponent))] if whole else []
