"""A family of slips: at each of several nodes made alike, its own factor is lost or changed."""

from collections.abc import Callable, Iterator, Sequence
from operator import mul
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import seen_edges
from microgradx.explain.diagnosis.pieces.parts import edge_name
from microgradx.explain.diagnosis.slips.wording import with_sign
from microgradx.explain.notation import atom
from microgradx.explain.words import called
from microgradx.writing import listed

DEPTH = 4  # edges between a node and a factor of its own
FEW = 4  # operands of a row under which factors are looked for
WORK = 30_000  # edges, times factors that are tried


class Change(NamedTuple):
    """What becomes of a factor f.

    Attributes:
        cost: How far-fetched it is.
        kind: The kind of the finding.
        text: What to say, with a place for its name and one for that of its complement.
        by: What the derivative is multiplied by then.
    """

    cost: float
    kind: str
    text: str
    by: Callable[[float], float]


LOST = Change(2.35, "missing factor", "the factors {0} are missing", lambda f: 1.0 / f)
TOO_MUCH = Change(2.65, "extra factor", "there are extra factors {0}", lambda f: f)
OF_FRACTIONS = (
    Change(3.15, "missing factor", "the factors {1} are missing", lambda f: 1.0 / (1.0 - f)),
    Change(2.45, "swapped factor", "{0} stand where {1} belong", lambda f: f / (1.0 - f)),
    Change(2.45, "swapped factor", "{1} stand where {0} belong", lambda f: (1.0 - f) / f),
)


def of_each(ev: Evidence) -> Iterator[Hypothesis]:
    """A factor lost, added, or taken for its complement along edges of a kind: another one at
    each, which is found there at the same place."""
    left = WORK
    for edges, factors in own_factors(ev):
        left -= len(edges)
        if left < 0:
            return
        fractions = all(0.0 < ev.value(f, k) < 1.0 for f in factors for k in ev.few)
        for change in (LOST, TOO_MUCH, *(OF_FRACTIONS if fractions else ())):

            def predict(k: int, edges=edges, factors=factors, by=change.by) -> float:
                shares = (by(ev.value(f, k)) - 1.0 for f in factors)
                # No path has two of these edges: what is computed alike lies side by side.
                along = (ev.along(v, slot, u, k) for v, slot, u in edges)
                return ev.true[k] + sum(map(mul, along, shares))

            first = predict(0)
            if ev.fits(0, first) or ev.fits(0, -first):  # words are costly where there are many
                finding = told(ev, edges, factors, change)
                yield from with_sign(ev, Hypothesis(change.cost, (finding,), predict))


def told(ev: Evidence, edges: Sequence[Edge], factors: Sequence[int], change: Change) -> Finding:
    """The finding that the own factor of each edge is changed."""
    names = listed([called(ev.tape, f) for f in factors])
    rests = listed([f"1 − {atom(called(ev.tape, f))}" for f in factors])
    text = change.text.format(names, rests)
    places = listed([*edges], name=lambda edge: edge_name(ev, *edge))
    return Finding(change.kind, f"In the paths along {places}: {text}, each in its own.", names)


def own_factors(ev: Evidence) -> Iterator[tuple[list[Edge], list[int]]]:
    """(edges of a kind, for each a labelled node at the same place beside it or under it)."""
    kinds: dict[tuple, list[Edge]] = {}
    forms = forms_of(ev)
    for v, slot, u in seen_edges(ev):
        kinds.setdefault((ev.tape[v].op, slot, forms[v]), []).append((v, slot, u))
    for edges in kinds.values():
        for place in places_under(ev, edges[0][0]) if len(edges) > 1 else ():
            factors = [f for v, *_ in edges if (f := named_at(ev, v, place)) is not None]
            if len(factors) == len(edges) and len({*factors}) > 1:
                yield edges, factors


def forms_of(ev: Evidence) -> dict[int, int]:
    """By active row, a number that those have in common that are computed alike out of `wrt`."""
    found, known = {ev.wrt: 0}, {}
    for v in sorted(ev.active):
        row = ev.tape[v]
        form = row.op, *(found.get(i) for i in row.operands)
        found[v] = known.setdefault(form, len(known) + 1)
    return found


def places_under(ev: Evidence, v: int) -> Iterator[tuple[int, ...]]:
    """The places of a row and of those under it: which operand of which, and so on."""
    stack: list[tuple[tuple[int, ...], int]] = [((), v)]
    while stack:
        place, i = stack.pop()
        yield place
        if len(place) < DEPTH and len(ev.tape[i].operands) <= FEW:
            stack += [((*place, j), x) for j, x in enumerate(ev.tape[i].operands)]


def named_at(ev: Evidence, v: int, place: Sequence[int]) -> int | None:
    """The row at a place under a row, if it has a label and no constant number, nor 0."""
    for j in place:
        operands = ev.tape[v].operands
        if j >= len(operands):
            return None
        v = operands[j]
    row = ev.tape[v]
    named = row.label and row.op != "constant" and all(ev.value(v, k) for k in ev.few)
    return v if named else None
