"""Families of two slips in two paths: one counted in a wrong way and a factor changed in the
other, or a factor changed in each."""

from collections.abc import Callable, Iterator
from itertools import combinations, permutations
from math import nan
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.constants import close, constants
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.candidates import Candidate
from microgradx.explain.diagnosis.pieces.multipliers import Multiplier, Multipliers, confined
from microgradx.explain.diagnosis.pieces.parts import (
    FEW_PATHS,
    Part,
    Routes,
    along_paths,
    is_nothing,
    through_rows,
)
from microgradx.explain.diagnosis.slips.factor_wording import changed
from microgradx.explain.diagnosis.slips.factors import counted, times

FEW = 3  # paths, of which two may have a factor changed
MANY = 0.5  # how much more far-fetched it is beside a factor to lose many paths than one
CANDIDATES = 60  # for the first of these factors


def two_terms(ev: Evidence, routes: Routes, found: Multipliers) -> Iterator[Hypothesis]:
    """One labelled path lost, repeated or with a wrong sign, or those through a node lost, and a
    factor changed elsewhere."""
    n = len(routes.paths)
    if not 2 <= n <= FEW_PATHS:
        return
    every = (part for part in along_paths(routes) if not part.plural)
    single = [part for part in every if not is_nothing(ev, part.at)]
    for p, q in permutations(single, 2):
        numbers = (1.0 / leading for leading in constants(ev)) if n <= FEW else ()
        for c in (-1.0, *([0.0] * (n > 2)), 2.0, *numbers):
            yield from and_a_factor(ev, found, p, c, q, swaps=c == -1.0 and n <= FEW)
    if n <= FEW:
        for p, q in combinations(single, 2):
            yield from two_factors(ev, found, p, q)
    for p in single:
        for c in (-1.0, 2.0):
            yield from and_a_factor(ev, found, p, c, None)
    for p in through_rows(ev):
        lost = [path for path in routes.paths if p.holds(path)]
        if p.edge is None and p.stops == ev.stops and len(lost) > 1:
            for q in single:
                if not any(map(q.holds, lost)):
                    for both in and_a_factor(ev, found, p, 0.0, q):
                        yield both._replace(cost=both.cost + MANY)


class Split(NamedTuple):
    """A claim as a sum: of what is kept, and of what is multiplied by factors, a part or all."""

    ev: Evidence
    kept: Callable[[int], float]
    scaled: Callable[[int], float]
    part: Part | None

    def solve(self, found: Multipliers, pairs: bool = False) -> Iterator[Multiplier]:
        """The factors that give the claim, if there are, without a constant."""
        ev, kept, scaled, _ = self

        def ratio(k: int) -> float:
            try:
                return (ev.claimed[k] - kept(k)) / scaled(k)
            except OverflowError:
                return nan

        for m in found.solve(ratio, pairs):
            if close(m.constant, 1.0):
                yield m

    def changed(self, cost: float, first: tuple[Finding, ...], m: Multiplier) -> Hypothesis:
        """The hypothesis that these are the factors, beside another finding."""
        findings = *first, *told(self.ev, m, self.part)
        return Hypothesis(
            cost, findings, lambda k: self.kept(k) + times(m, 1.0, k) * self.scaled(k)
        )


def told(ev: Evidence, m: Multiplier, part: Part | None) -> tuple[Finding, ...]:
    """Findings for the factors of a multiplier, in a part or in the whole."""
    return changed(ev, confined(ev, m.factors, part) if part else m.factors, 1.0, part)


def and_a_factor(
    ev: Evidence, found: Multipliers, p: Part, c: float, q: Part | None, swaps: bool = False
) -> Iterator[Hypothesis]:
    """A part counted c times, and a factor changed in another, or in all; with `swaps`, perhaps a
    factor in place of another."""
    if q:
        split = Split(ev, lambda k: ev.true[k] - p.at(k) - q.at(k) + c * p.at(k), q.at, q)
    else:
        split = Split(ev, lambda k: 0.0, lambda k: ev.true[k] + (c - 1.0) * p.at(k), None)
    if 0.0 in map(split.scaled, range(len(ev.points))):
        return
    for m in split.solve(found, swaps):
        for one in counted(ev, p, False, c):
            yield split.changed(one.cost + 0.4 + 1.2 * m.weight, one.findings, m)


def two_factors(ev: Evidence, found: Multipliers, p: Part, q: Part) -> Iterator[Hypothesis]:
    """A factor lost or added in each of two paths."""
    if 0.0 in map(q.at, range(len(ev.points))):
        return
    for f in found.candidates[:CANDIDATES]:
        for power in (-1, 1):
            first = Multiplier(f.weight, ((f, power),), 1.0)

            def kept(k: int, first=first) -> float:
                return ev.true[k] - p.at(k) - q.at(k) + times(first, 1.0, k) * p.at(k)

            split = Split(ev, kept, q.at, q)
            for m in split.solve(found):
                [(g, n)] = m.factors
                again = n == power and alike(ev, f, g)  # one slip, made twice
                both = max(f.weight, g.weight) + 0.5 if again else f.weight + m.weight
                yield split.changed(1.0 + 1.2 * both, told(ev, first, p), m)


def alike(ev: Evidence, f: Candidate, g: Candidate) -> bool:
    """Whether two quantities are the slopes, by the same node, of two nodes of one operation."""
    slopes = [[(ev.tape[v].op, u) for v, u in one.edges] for one in (f, g)]
    return any(slope in slopes[1] for slope in slopes[0])
