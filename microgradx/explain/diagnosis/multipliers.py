"""A ratio of two derivatives as a constant times a few factors: c · Π fⁿ, with n = ±1 or ±2."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import NamedTuple

from microgradx.explain.diagnosis.constants import close, formula
from microgradx.explain.diagnosis.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.parts import Routes
from microgradx.explain.monomials import Monomials, is_constant, moves
from microgradx.explain.notation import atom, derivative
from microgradx.explain.words import called
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row

MOST = 300  # candidates
COMPLEMENT = 0.95  # how far-fetched it is to take p for 1 − p


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

    @property
    def names(self) -> list[str]:
        """All that it is called."""
        return list(dict.fromkeys(name() for name in self.naming))

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

    @property
    def name(self) -> str:
        """The shortest name as a derivative and the shortest as a value, of those that it has."""
        slopes = [name for name in self.names if name.startswith("∂")]
        values = [name for name in self.names if not name.startswith("∂")]
        if not values:
            values = [f"1/{atom(name)}" for name in self.inverse if not name.startswith("∂")]
        if not values and self.opposite:
            others = self.opposite.names
            values = [f"−{atom(name)}" for name in others if not name.startswith("∂")]
        return " = ".join(min(names, key=len) for names in (slopes, values) if names)


Chosen = tuple[tuple[Candidate, int], ...]


class Multiplier(NamedTuple):
    """c · Π fⁿ."""

    weight: float
    factors: Chosen
    constant: float


def constant(ev: Evidence, ratio: Callable[[int], float]) -> float | None:
    """What a ratio is at every point, if it is the same; nan says nothing, at half of them."""
    first = ratio(0)
    if not math.isfinite(first) or first == 0.0:
        return None
    told = 1
    for k in range(1, len(ev.points)):
        x = ratio(k)
        if x == x:
            if not close(x, first):
                return None
            told += 1
    if 2 * told < len(ev.points):
        return None
    return first


class Multipliers:
    """Finds what product of the quantities in a graph a ratio is.

    Attributes:
        candidates: The quantities.
    """

    def __init__(self, ev: Evidence, routes: Routes):
        self.ev = ev
        self.candidates: list[Candidate] = []
        columns: list[list[float]] = []
        seen: dict[tuple[float, ...], Candidate] = {}
        for c in sorted(candidates(ev, routes), key=lambda c: c.weight):
            values = [c.at(k) for k in range(SAMPLE)]
            found = moves(values)
            if found is None or is_constant(found):
                continue
            signs = [x > 0.0 for x in values]
            logs = [math.log(abs(x)) for x in values]
            key = (*signs, *(round(x, 8) for x in logs))
            if known := seen.get(key):
                known.naming.extend(c.naming)
                known.edges.extend(c.edges)
                known.divides = max(known.divides, c.divides)
                known.labelled = known.labelled or c.labelled
                known.row = c.row if known.row is None else known.row
                known.rest = c.rest if known.rest is None else known.rest
            elif known := seen.get((*signs, *(round(-x, 8) for x in logs))):
                known.inverses.append(c)
            elif len(self.candidates) < MOST:
                seen[key] = c
                self.candidates.append(c)
                columns.append(values)
        for key, c in seen.items():
            c.opposite = seen.get((*(not up for up in key[:SAMPLE]), *key[SAMPLE:]))
        self.monomials = Monomials(columns)

    def also_called(self, name: str, values: Sequence[float]) -> str:
        """A name, and those of the candidates that have the same values."""
        same = [
            other
            for c in self.candidates
            if all(close(c.at(k), values[k]) for k in range(SAMPLE))
            for other in c.names
        ]
        return " = ".join(dict.fromkeys([name, *same]))

    def solve(self, ratio: Callable[[int], float], pairs: bool = True) -> Iterator[Multiplier]:
        """The monomials with one factor, or two, that a ratio is at every point."""
        values = [ratio(k) for k in range(SAMPLE)]
        for powers in self.monomials.of(values, 2 if pairs else 1):
            chosen = self.shortened(tuple((self.candidates[j], n) for j, n in powers))

            def rest(k, chosen=chosen):
                product = ratio(k)
                for c, n in chosen if product == product else ():
                    product /= c.at(k) ** n
                return product

            try:
                c = constant(self.ev, rest)
            except (ZeroDivisionError, OverflowError):
                continue
            if c is not None:
                yield Multiplier(weight(chosen), chosen, c)

    def shortened(self, chosen: Chosen) -> Chosen:
        """∂w/∂u lost, if ∂v/∂w stands in place of ∂v/∂w · ∂w/∂u; or added, if it is the reverse."""
        if len(chosen) == 2 and chosen[0][1] + chosen[1][1] == 0 and abs(chosen[0][1]) == 1:
            (new, _), (old, _) = sorted(chosen, key=lambda one: -one[1])
            for (v, w), (top, u) in product(new.edges, old.edges):
                if v == top and w != u:
                    inner = self.between(max(u, w), min(u, w))
                    short, long, n = (new, old, -1) if u < w else (old, new, 1)
                    if all(close(short.at(k) * inner.at(k), long.at(k)) for k in range(SAMPLE)):
                        return ((inner, n),)
        return chosen

    def between(self, v: int, u: int) -> Candidate:
        """The quantity ∂v/∂u."""
        name = slope_of(self.ev, v, u)
        return Candidate(1.0, [name], lambda k: self.ev.tangents(k, u)[v], [(v, u)])


def slope_of(ev: Evidence, v: int, u: int) -> Callable[[], str]:
    """What gives the name of ∂v/∂u."""
    return lambda: derivative(called(ev.tape, v), called(ev.tape, u))


def weight(chosen: Chosen) -> float:
    """How far-fetched a monomial is; one factor in place of another is one slip."""
    weights = [c.weight for c, _ in chosen]
    powers = [n for _, n in chosen]
    if len(chosen) == 1:
        [(f, n)] = chosen
        upside_down = (n == 2 and f.divides == 1) or (n == -2 and f.edges)
        return weights[0] + (-0.05 if upside_down else 0.3 if abs(n) == 2 else 0.0)
    if sum(powers) == 0:
        new, old = (chosen[powers.index(n)][0] for n in (max(powers), min(powers)))
        if new.row is not None and new.row == old.rest:
            return COMPLEMENT
        squared = 0.4 if new.edges or old.edges else 0.15
        part = any(f"{name}/" in whole for name in new.names for whole in old.names)
        there = old.is_factor or new.is_factor or old.labelled
        odd = 0.35 * (part or not new.labelled) + 0.6 * (not there)
        return 0.55 * sum(weights) + odd + squared * (max(powers) == 2)
    return sum(weights) + 0.35


def candidates(ev: Evidence, routes: Routes) -> Iterator[Candidate]:
    """What may have been lost, added or exchanged, from the graph of the derivative."""
    tape = ev.tape
    divided = divisors(ev)
    curved = any(tape[v].op == "tanh" for v, *_ in ev.edges)

    def slope(weight, v, u, at, factor=True):
        return Candidate(weight, [slope_of(ev, v, u)], at, [(v, u)] * factor)

    on = {i for path in routes.rows for i in path} or ev.stops
    for v, row in routes.factors(0).items():
        for u in row:
            if v in on and u in on:
                yield slope(1.0, v, u, lambda k, v=v, u=u: routes.factors(k)[v][u])
    for v, slot, u in ev.edges:
        yield slope(1.1, v, u, lambda k, v=v, slot=slot: ev.slope(v, slot, k))
    for row in tape.rows:
        i = row.index
        if row.op != "constant" and (i in ev.under or (row.label and row.is_leaf)):
            name = partial(called, tape, i)
            weight = 1.05 if row.label else 1.3
            at = partial(ev.value, i)
            divides = divided.get(i, 0)
            yield Candidate(weight, [name], at, row=i, divides=divides, labelled=bool(row.label))
            if row.label:
                fraction = all(0.0 < at(k) < 1.0 for k in range(SAMPLE))
                weight = 3.0 if row.is_leaf else 1.7 if fraction else 2.2
                rest = partial("(1 − {})".format, row.label)
                yield Candidate(weight, [rest], lambda k, i=i: 1.0 - ev.value(i, k), rest=i)
                if curved and not row.is_leaf:  # of another node than the tanh
                    square = partial("(1 − {}^2)".format, row.label)
                    yield Candidate(1.7, [square], lambda k, at=at: 1.0 - at(k) * at(k))
                if fraction and not row.is_leaf:  # 1 + s for 1 − s
                    more = partial("(1 + {})".format, row.label)
                    yield Candidate(1.7, [more], lambda k, i=i: 1.0 + ev.value(i, k))
    for i in sorted((ev.under & ev.sloped).difference(ev.active)):
        if len(tape.rows[i].operands) == 1:  # the same rule at a node beside the paths
            at = partial(lambda i, k: ev.points[k].partials[i][0] or 0.0, i)
            yield slope(1.3, i, tape.rows[i].operands[0], at, factor=False)
    for v in ev.active:
        if tape.rows[v].label and v != ev.output:
            yield slope(1.3, ev.output, v, lambda k, v=v: ev.adjoints(k)[v])
            yield slope(1.3, v, ev.wrt, lambda k, v=v: ev.tangents(k)[v])


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
    """(factor, how many times) for a product, or a power with a whole exponent."""
    if row.op in ("mul", "neg"):
        return [(j, row.operands.count(j)) for j in {*row.operands}]
    exponent = ev.value(row.operands[1], 0) if row.op == "pow" else 0.0
    whole = exponent > 0.0 and exponent % 1.0 == 0.0 and ev.tape[row.operands[1]].op == "constant"
    return [(row.operands[0], int(exponent))] if whole else []
