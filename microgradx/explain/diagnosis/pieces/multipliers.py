"""A ratio of two derivatives as a constant times a few factors: c · Π fⁿ, with n = ±1 or ±2."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import islice, product
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.constants import close
from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.pieces.candidates import Candidate, candidates
from microgradx.explain.diagnosis.pieces.parts import (
    Part,
    Routes,
    routes_between,
    within,
)
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.monomials import Monomials, is_constant, moves

MOST = 300  # candidates that are tried with others
MONOMIALS = 50  # that are tried for one ratio: many where all quantities grow alike
PART = 1.3  # how far-fetched it may be to lose a part of a derivative
COMPLEMENT = 0.95  # how far-fetched it is to take p for 1 − p

Ends = tuple[int, int]  # (v, u) for ∂v/∂u
Chosen = tuple[tuple[Candidate, int], ...]
Key = tuple[tuple[bool, ...], tuple[float, ...]]  # signs and logarithms at the first points


class Multiplier(NamedTuple):
    """c · Π fⁿ."""

    weight: float
    factors: Chosen
    constant: float


def inverted(key: Key) -> Key:
    """The key of the reciprocal."""
    signs, logs = key
    return signs, tuple([-x for x in logs])


def turned(key: Key) -> Key:
    """The key of the same with the other sign."""
    signs, logs = key
    return tuple([not up for up in signs]), logs


def constant_ratio(ev: Evidence, ratio: Callable[[int], float]) -> float | None:
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

    Args:
        ev, routes: Where the quantities are.
        changed: Local derivatives that a slip has changed: what has one of them in it is no
            quantity here, nor is what is equal to that.

    Attributes:
        candidates: The quantities.
    """

    def __init__(self, ev: Evidence, routes: Routes, changed: Collection[Ends] = ()):
        self.ev = ev
        self.candidates: list[Candidate] = []
        columns: list[list[float]] = []
        seen: dict[Key, Candidate] = {}
        known = list(self.varying(sorted(candidates(ev, routes), key=lambda c: c.weight)))
        barred = {
            key
            for c, _, key in known
            if any(spans(ev, edge, one) for edge in c.edges for one in changed)
        }
        for c, values, key in known:
            if key in barred:
                continue
            if twin := seen.get(key):
                twin.absorb(c)
            elif twin := seen.get(inverted(key)):
                twin.inverses.append(c)
            else:
                seen[key] = c
                self.candidates.append(c)
                columns.append(values)
        for key, c in seen.items():
            c.opposite, c.below = seen.get(turned(key)), seen.get(turned(inverted(key)))
        self.monomials = Monomials(columns, MOST)

    def varying(self, some: Iterable[Candidate]) -> Iterator[tuple[Candidate, list[float], Key]]:
        """Candidates that vary, with their values at the first points, and the key of these."""
        for c in some:
            values = [c.at(k) for k in self.ev.few]
            found = moves(values)
            if found is not None and not is_constant(found):
                signs = tuple([x > 0.0 for x in values])
                yield c, values, (signs, tuple([round(math.log(abs(x)), 8) for x in values]))

    def also_called(self, name: str, values: Sequence[float]) -> str:
        """A name, and those of the candidates that have the same values."""
        same = [
            other
            for c in self.candidates
            if all(close(c.at(k), values[k]) for k in self.ev.few)
            for other in c.names
        ]
        return " = ".join(dict.fromkeys([name, *same]))

    def solve(self, ratio: Callable[[int], float], pairs: bool = True) -> Iterator[Multiplier]:
        """The monomials with one factor, or two, that a ratio is at every point; if it is a number
        that stays the same, none."""
        ratio = cache(ratio)
        values = [ratio(k) for k in self.ev.few]
        if (found := moves(values)) is None or is_constant(found):
            return
        for powers in islice(self.monomials.of(values, 2 if pairs else 1), MONOMIALS):
            chosen = self.shortened(tuple((self.candidates[j], n) for j, n in powers))

            def rest(k, chosen=chosen):
                product = ratio(k)
                for c, n in chosen if product == product else ():
                    factor = c.at(k) ** n
                    if product == factor == 0.0:  # underflowed: says nothing
                        return math.nan
                    product /= factor
                return product

            try:
                c = constant_ratio(self.ev, rest)
            except (ZeroDivisionError, OverflowError):
                continue
            if c is not None:
                yield Multiplier(weight(chosen), chosen, c)

    def shortened(self, chosen: Chosen) -> Chosen:
        """One factor for two, or one in place of another, where that is what they are."""
        powers = sorted(n for _, n in chosen)
        if powers == [-1, 1]:
            (new, _), (old, _) = sorted(chosen, key=lambda one: -one[1])
            return self.along_a_path(new, old) or self.part_lost(new, old) or chosen
        if powers == [-1, -1]:
            (f, _), (g, _) = chosen
            return complement(f, g) or complement(g, f) or chosen
        return chosen

    def along_a_path(self, new: Candidate, old: Candidate) -> Chosen:
        """∂w/∂u lost, if ∂v/∂w stands in place of ∂v/∂w · ∂w/∂u; or added, if it is the reverse."""
        for (v, w), (top, u) in product(new.edges, old.edges):
            if v == top and w != u:
                inner = self.between(max(u, w), min(u, w))
                short, long, n = (new, old, -1) if u < w else (old, new, 1)
                if is_product(long, short, inner):
                    return ((inner, n),)
        return ()

    def part_lost(self, new: Candidate, old: Candidate) -> Chosen:
        """b lost, if a stands in place of a derivative a·b, or p in place of p(1 − p); perhaps with
        a constant."""
        for part in self.candidates if old.edges else ():
            if part.is_rest_of(new) or (part.weight <= PART and not new.edges):
                if is_multiple(old, new, part):
                    return ((part, -1),)
        return ()

    def between(self, v: int, u: int) -> Candidate:
        """The quantity ∂v/∂u."""

        def at(k: int) -> float:
            return self.ev.tangents(k, u)[v]

        known = (c for c in self.candidates if all(close(c.at(k), at(k)) for k in self.ev.few))
        return next(known, Candidate(1.0, [partial(slope_name, self.ev, v, u)], at, [(v, u)]))


def spans(ev: Evidence, whole: Ends, edge: Ends) -> bool:
    """Whether ∂v/∂u has a local derivative in it."""
    (v, u), (a, b) = whole, edge
    above = a == v or any(ev.tangents(k, a)[v] for k in ev.few)
    return above and (b == u or any(ev.tangents(k, u)[b] for k in ev.few))


def is_product(whole: Candidate, a: Candidate, b: Candidate) -> bool:
    """Whether a quantity is the product of two others at the first points."""
    return all(close(a.at(k) * b.at(k), whole.at(k)) for k in range(SAMPLE))


def is_multiple(whole: Candidate, a: Candidate, b: Candidate) -> bool:
    """Whether a quantity is a constant times two others at the first points."""
    first, *ratios = (whole.at(k) / a.at(k) / b.at(k) for k in range(SAMPLE))
    return all(close(ratio, first) for ratio in ratios)


def complement(p: Candidate, other: Candidate) -> Chosen:
    """1/p in place of 1/(1 − p), if p is lost and so is the latter."""
    for rest in other.inverses:
        if rest.is_rest_of(p):
            rows = [one for one in other.inverses if one.row is not None]
            naming = [name for one in rows for name in one.naming] or rest.naming
            divided = {edge: n for one in other.inverses for edge, n in one.divided.items()}
            row = rows[0].row if rows else None
            return ((replace(rest, naming=naming, row=row, divided=divided), 1), (p, -1))
    return ()


@kept
def multipliers(ev: Evidence, stops: frozenset[int]) -> Multipliers:
    """The multipliers of a graph whose paths are told apart between some rows."""
    return Multipliers(ev, routes_between(ev, stops))


def confined(ev: Evidence, chosen: Chosen, part: Part) -> Chosen:
    """Factors as that alone which they are on the paths of a part."""
    return tuple((f.within(lambda v, u: within(ev, part, v, u)), n) for f, n in chosen)


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
        if old.is_rest_of(new) or new.is_rest_of(old):  # the latter where they divide
            return COMPLEMENT
        # Nobody squares what is a slope alone, nor so what is a power.
        never = new.row is None or old.row is None or is_power(new, old)
        squared = 2.0 if never else 0.4
        part = any(f"{name}/" in whole for name in new.names for whole in old.names)
        there = old.is_factor or new.is_factor or old.labelled
        odd = 0.35 * (part or not new.labelled) + 0.6 * (not there)
        return 0.55 * sum(weights) + odd + squared * (max(powers) == 2)
    return sum(weights) + 0.35 + 0.3 * (len(powers) - sum(abs(n) == 1 for n in powers))


def is_power(a: Candidate, b: Candidate) -> bool:
    """Whether a quantity is a power of another, or its reciprocal, at the first points."""
    (x, *xs), (y, *ys) = ([math.log(abs(c.at(k))) for k in range(SAMPLE)] for c in (a, b))
    return all(close(x * other, one * y) for one, other in zip(xs, ys, strict=True))
