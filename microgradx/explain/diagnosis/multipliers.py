"""A ratio of two derivatives as a constant times a few factors: c · Π fⁿ, with n = ±1 or ±2."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.parts import Routes
from microgradx.explain.monomials import Monomials, is_constant, moves
from microgradx.explain.notation import derivative
from microgradx.explain.words import called

MOST = 300  # candidates
EQUAL = 1e-7  # relative, for a constant
NICE = sorted({s * p / q for s in (1.0, -1.0) for q in range(1, 11) for p in range(1, 11)})


class Candidate(NamedTuple):
    """A quantity that may have been lost, added or exchanged.

    Attributes:
        weight: How far-fetched that would be.
        names: What it is called, the first a factor ∂v/∂u if it is one.
        is_factor: Whether the chain rule multiplies by it.
        inverse: What its reciprocal is called, if that is a quantity of the graph too.
        inverse_factors: The same, if the chain rule multiplies by it.
        at: Its value at the k-th point.
    """

    weight: float
    names: list[str]
    is_factor: bool
    inverse: list[str]
    inverse_factors: list[str]
    at: Callable[[int], float]

    @property
    def name(self) -> str:
        """The shortest name as a derivative and the shortest as a value, of those that it has."""
        slopes = [name for name in self.names if name.startswith("∂")]
        values = [name for name in self.names if not name.startswith("∂")]
        if not values:
            values = [f"1/{name}" for name in self.inverse if not name.startswith("∂")]
        return " = ".join(min(names, key=len) for names in (slopes, values) if names)


class Multiplier(NamedTuple):
    """c · Π fⁿ."""

    weight: float
    factors: tuple[tuple[Candidate, int], ...]
    constant: float


def nice(x: float) -> float | None:
    """The simple fraction that a constant is, if it is one."""
    near = min(NICE, key=lambda c: abs(x - c))
    return near if abs(x - near) <= EQUAL * abs(near) else None


def constant(ev: Evidence, ratio: Callable[[int], float]) -> float | None:
    """What a ratio is at every point, if it is the same."""
    first = ratio(0)
    if not math.isfinite(first) or first == 0.0:
        return None
    for k in range(1, len(ev.points)):
        if not abs(ratio(k) - first) <= EQUAL * abs(first):
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
                known.names.extend(name for name in c.names if name not in known.names)
            elif known := seen.get((*signs, *(round(-x, 8) for x in logs))):
                known.inverse.extend(c.names)
                known.inverse_factors.extend(c.names * c.is_factor)
            elif len(self.candidates) < MOST:
                seen[key] = c
                self.candidates.append(c)
                columns.append(values)
        self.monomials = Monomials(columns)

    def also_called(self, name: str, values: Sequence[float]) -> str:
        """A name, and those of the candidates that have the same values."""
        same = [
            other
            for c in self.candidates
            if all(math.isclose(c.at(k), values[k], rel_tol=EQUAL) for k in range(SAMPLE))
            for other in c.names
        ]
        return " = ".join(dict.fromkeys([name, *same]))

    def solve(self, ratio: Callable[[int], float], pairs: bool = True) -> Iterator[Multiplier]:
        """The monomials with one factor, or two, that a ratio is at every point."""
        values = [ratio(k) for k in range(SAMPLE)]
        for powers in self.monomials.of(values, 2 if pairs else 1):
            chosen = tuple((self.candidates[j], n) for j, n in powers)

            def rest(k, chosen=chosen):
                product = ratio(k)
                for c, n in chosen:
                    product /= c.at(k) ** n
                return product

            try:
                c = constant(self.ev, rest)
            except (ZeroDivisionError, OverflowError):
                continue
            if c is not None:
                yield Multiplier(weight(chosen), chosen, c)


def weight(chosen) -> float:
    """How far-fetched a monomial is; one factor in place of another is one slip."""
    weights = [c.weight for c, _ in chosen]
    powers = [n for _, n in chosen]
    if len(chosen) == 1:
        return weights[0] + 0.25 * (abs(powers[0]) == 2)
    if sum(powers) == 0:
        new, old = (chosen[powers.index(n)][0] for n in (max(powers), min(powers)))
        plain = any(not name.startswith("∂") and name.isidentifier() for name in new.names)
        squared = 0.4 if new.is_factor or old.is_factor else 0.15
        part = any(f"{name}/" in whole for name in new.names for whole in old.names)
        return 0.55 * sum(weights) + 0.35 * (not plain or part) + squared * (max(powers) == 2)
    return sum(weights) + 0.5


def candidates(ev: Evidence, routes: Routes) -> Iterator[Candidate]:
    """What may have been lost, added or exchanged, from the graph of the derivative."""
    tape = ev.tape

    def factor(v, u):
        return derivative(called(tape, v), called(tape, u))

    on = {i for path in routes.rows for i in path} or ev.stops
    for v, row in routes.factors(0).items():
        for u in row:
            if v in on and u in on:
                yield Candidate(
                    1.0, [factor(v, u)], True, [], [],
                    lambda k, v=v, u=u: routes.factors(k)[v][u],
                )  # fmt: skip
    for v, slot, u in ev.edges:
        yield Candidate(
            1.1, [factor(v, u)], True, [], [],
            lambda k, v=v, slot=slot: ev.slope(v, slot, k),
        )  # fmt: skip
    for row in tape.rows:
        i = row.index
        if row.op != "constant" and (i in ev.under or (row.label and row.is_leaf)):
            name = called(tape, i)
            weight = 1.05 if row.label else 1.3
            yield Candidate(weight, [name], False, [], [], lambda k, i=i: ev.value(i, k))
            if row.label:
                fraction = all(0.0 < ev.value(i, k) < 1.0 for k in range(SAMPLE))
                yield Candidate(
                    1.7 if fraction else 2.2, [f"(1 − {name})"], False, [], [],
                    lambda k, i=i: 1.0 - ev.value(i, k),
                )  # fmt: skip
    for i in sorted((ev.under & ev.sloped).difference(ev.active)):
        if len(tape.rows[i].operands) == 1:
            yield Candidate(  # the same rule at a node beside the paths
                1.3, [factor(i, tape.rows[i].operands[0])], False, [], [],
                lambda k, i=i: ev.points[k].partials[i][0] or 0.0,
            )  # fmt: skip
    for v in ev.active:
        if tape.rows[v].label and v != ev.output:
            yield Candidate(
                1.2, [factor(ev.output, v)], True, [], [], lambda k, v=v: ev.adjoints(k)[v]
            )
            yield Candidate(
                1.2, [factor(v, ev.wrt)], True, [], [], lambda k, v=v: ev.tangents(k)[v]
            )
