"""A family of slips: at each of several nodes made alike, its own factor is lost or changed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import mul
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import seen_edges, users_by_row
from microgradx.explain.diagnosis.pieces.parts import edge_name
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.factor_wording import is_function
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


class Factor(NamedTuple):
    """What one of several edges has by itself.

    Attributes:
        naming: What gives its name.
        at: Its value at the k-th point.
    """

    naming: Callable[[], str]
    at: Callable[[int], float]


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
    for edges, factors, changes in own_factors(ev):
        left -= len(edges)
        if left < 0:
            return
        for change in changes:

            def predict(k: int, edges=edges, factors=factors, by=change.by) -> float:
                shares = (by(f.at(k)) - 1.0 for f in factors)
                # No path has two of these edges: what is computed alike lies side by side.
                along = (ev.along(v, slot, u, k) for v, slot, u in edges)
                return ev.true[k] + sum(map(mul, along, shares))

            first = predict(0)
            if ev.fits(0, first) or ev.fits(0, -first):  # words are costly where there are many
                finding = told(ev, edges, [f.naming() for f in factors], change)
                yield from with_sign(ev, Hypothesis(change.cost, (finding,), predict))


def told(ev: Evidence, edges: Sequence[Edge], factors: Sequence[str], change: Change) -> Finding:
    """The finding that the own factor of each edge is changed."""
    names = listed(factors)
    rests = listed([f"1 − {atom(name)}" for name in factors])
    text = change.text.format(names, rests)
    places = listed([*edges], name=lambda edge: edge_name(ev, *edge))
    return Finding(change.kind, f"In the paths along {places}: {text}, each in its own.", names)


def own_factors(ev: Evidence) -> Iterator[tuple[list[Edge], list[Factor], Sequence[Change]]]:
    """(edges of a kind; for each a labelled node at the same place beside it or under it, or the
    derivative of a function that is taken of it; what may become of that)."""
    kinds: dict[tuple, list[Edge]] = {}
    forms = forms_of(ev)
    for v, slot, u in seen_edges(ev):
        kinds.setdefault((ev.tape[v].op, slot, forms[v]), []).append((v, slot, u))
    for edges in kinds.values():
        tops = [v for v, *_ in edges]
        for place in places_under(ev, tops[0]) if len(edges) > 1 else ():
            rows = [f for v in tops if (f := named_at(ev, v, place)) is not None]
            if len(rows) == len(edges) and len({*rows}) > 1:
                fractions = all(0.0 < ev.value(f, k) < 1.0 for f in rows for k in ev.few)
                factors = [Factor(partial(called, ev.tape, f), partial(ev.value, f)) for f in rows]
                yield edges, factors, (LOST, TOO_MUCH, *(OF_FRACTIONS if fractions else ()))
        for op in functions_of(ev, tops[0]) if len({*tops}) == len(edges) > 1 else ():
            rows = [f for v in tops if (f := functions_of(ev, v).get(op)) is not None]
            if len(rows) == len(edges):
                factors = [slope_of(ev, f, v) for f, v in zip(rows, tops, strict=True)]
                yield edges, factors, (TOO_MUCH,)


def functions_of(ev: Evidence, v: int) -> dict[str, int]:
    """The functions of one operand that are taken of a row, by their operations."""
    rows = (i for i in users_by_row(ev)[v] if i in ev.under and is_function(ev, i))
    return {ev.tape[i].op: i for i in rows}


def slope_of(ev: Evidence, f: int, v: int) -> Factor:
    """The derivative of a function f of a row v."""
    return Factor(partial(slope_name, ev, f, v), partial(ev.slope, f, 0))


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
