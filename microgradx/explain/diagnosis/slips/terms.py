"""Families of two slips in two paths: one counted in a wrong way and a factor changed in the
other, or a factor changed in each."""

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

from microgradx.explain.diagnosis.evidence.constants import close, constants
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Hypothesis
from microgradx.explain.diagnosis.pieces.candidates import Candidate
from microgradx.explain.diagnosis.pieces.multipliers import Multiplier, Multipliers
from microgradx.explain.diagnosis.pieces.parts import (
    FEW_PATHS,
    Part,
    Routes,
    along_paths,
    is_nothing,
)
from microgradx.explain.diagnosis.slips.factors import counted, times
from microgradx.explain.diagnosis.slips.wording import changed

FEW = 3  # paths, of which two may have a factor changed
CANDIDATES = 60  # for the first of these factors


def two_terms(ev: Evidence, routes: Routes, found: Multipliers) -> Iterator[Hypothesis]:
    """One labelled path lost, repeated or with a wrong sign, and a factor changed elsewhere."""
    n = len(routes.paths)
    if not 2 <= n <= FEW_PATHS:
        return
    every = (part for part in along_paths(routes) if not part.plural)
    single = [part for part in every if not is_nothing(ev, part.at)]
    for p, q in permutations(single, 2):
        numbers = (1.0 / leading for leading in constants(ev)) if n <= FEW else ()
        for c in (-1.0, *([0.0] * (n > 2)), 2.0, *numbers):

            def rest(k: int, p=p, q=q, c=c) -> float:
                return ev.true[k] - p.at(k) - q.at(k) + c * p.at(k)

            swaps = c == -1.0 and n <= FEW
            yield from and_a_factor(ev, found, p, c, rest, q.at, q, swaps)
    if n <= FEW:
        for p, q in combinations(single, 2):
            yield from two_factors(ev, found, p, q)
    for p in single:
        for c in (-1.0, 2.0):

            def base(k: int, p=p, c=c) -> float:
                return ev.true[k] + (c - 1.0) * p.at(k)

            yield from and_a_factor(ev, found, p, c, lambda k: 0.0, base, None)


def and_a_factor(
    ev: Evidence,
    found: Multipliers,
    part: Part,
    c: float,
    rest: Callable[[int], float],
    q: Callable[[int], float],
    other: Part | None,
    swaps: bool = False,
) -> Iterator[Hypothesis]:
    """A part counted c times, and a factor changed in another or in all: in q, beside `rest`; with
    `swaps`, perhaps a factor in place of another."""
    if any(q(k) == 0.0 for k in range(len(ev.points))):
        return
    for m in found.solve(lambda k: (ev.claimed[k] - rest(k)) / q(k), pairs=swaps):
        if close(m.constant, 1.0):
            for one in counted(ev, part, False, c):
                yield Hypothesis(
                    one.cost + 0.4 + 1.2 * m.weight,
                    (*one.findings, *changed(ev, m.factors, 1.0, other)),
                    lambda k, m=m: rest(k) + times(m, 1.0, k) * q(k),
                )


def two_factors(ev: Evidence, found: Multipliers, p: Part, q: Part) -> Iterator[Hypothesis]:
    """A factor lost or added in each of two paths."""
    if any(q.at(k) == 0.0 for k in range(len(ev.points))):
        return
    for f in found.candidates[:CANDIDATES]:
        for power in (-1, 1):
            first = Multiplier(f.weight, ((f, power),), 1.0)

            def rest(k: int, first=first) -> float:
                return ev.true[k] - p.at(k) - q.at(k) + times(first, 1.0, k) * p.at(k)

            def ratio(k: int, rest=rest) -> float:
                return (ev.claimed[k] - rest(k)) / q.at(k)

            for m in found.solve(ratio, pairs=False):
                if close(m.constant, 1.0):
                    [(g, n)] = m.factors
                    again = n == power and alike(ev, f, g)  # one slip, made twice
                    both = max(f.weight, g.weight) + 0.5 if again else f.weight + m.weight
                    yield Hypothesis(
                        1.0 + 1.2 * both,
                        (
                            *changed(ev, first.factors, 1.0, p),
                            *changed(ev, m.factors, 1.0, q),
                        ),
                        lambda k, m=m, rest=rest: rest(k) + times(m, 1.0, k) * q.at(k),
                    )


def alike(ev: Evidence, f: Candidate, g: Candidate) -> bool:
    """Whether two quantities are the slopes, by the same node, of two nodes of one operation."""
    slopes = [[(ev.tape[v].op, u) for v, u in one.edges] for one in (f, g)]
    return any(slope in slopes[1] for slope in slopes[0])
