"""Families of slips: nodes stand in the place of others, or of nothing, wherever they are factors;
or in the place of `wrt`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, combinations, islice, pairwise, permutations

from microgradx.explain.diagnosis.evidence.constants import close, recognised
from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Edge, Evidence
from microgradx.explain.diagnosis.evidence.lists import by_stem, columns, matrices, side_of_square
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.pieces.renamed import Names, renaming, unchanged
from microgradx.explain.diagnosis.slips.beside import with_nodes
from microgradx.explain.diagnosis.slips.factor_wording import is_function
from microgradx.explain.diagnosis.slips.replaced import Replaced
from microgradx.explain.diagnosis.slips.wording import rescaled, with_sign
from microgradx.explain.notation import stem
from microgradx.explain.reach import divided_by
from microgradx.explain.words import called, plural
from microgradx.writing import joined, listed

MOST, WORK = 200, 100_000  # exchanges that are tried; times rows
EXPONENTS = 2, -2, 4, -4  # of x/y, by which a claim is wrong if x/y is y/x, or its square so
LIST = 10  # members of a list of which one stands for all


def renamed(ev: Evidence, single: bool) -> Iterator[Hypothesis]:
    """A node in place of another every time, two exchanged, or each member of a list for the next
    one or for its partner in another list; or a node left out every time; unless `single`, perhaps
    with paths lost or a constant."""
    edges_of = multiplied_by(ev)
    for slip in chain(left_out(ev, edges_of), exchanged(ev, edges_of), one_slope(ev)):
        c = 1.0 if ev.fits(0, slip.derivative(0)) else None if single else common(ev, slip)
        if c is not None and not slip.loses_paths():  # words are costly where there are many
            alone = Hypothesis(slip.cost, (slip.finding,), slip.derivative)
            extra = 0.9 if c == -1.0 else 1.2
            yield alone if c == 1.0 else rescaled(ev, c, alone, extra)
        if not single:
            yield from with_nodes(ev, slip)


def left_out(ev: Evidence, edges_of: Mapping[int, list[Edge]]) -> Iterator[Replaced]:
    """A labelled node, or each member of a list, that is missing wherever it is a factor."""
    named = [a for a in edges_of if ev.tape[a].label]
    lists = [rows for rows in by_stem(ev, named).values() if len(rows) > 1]
    often = [[a] for a in named if len({v for v, *_ in edges_of[a]}) > 1]
    for rows in (*lists, *often):
        names = joined([called(ev.tape, a) for a in rows])
        s, verb = plural(len(rows))
        sentence = f"The factor{s} {names} {verb} missing, every time."
        edges = [edge for a in rows for edge in edges_of[a]]
        finding = Finding("missing factor", sentence, names)
        yield Replaced(ev, 1.8, finding, edges, lambda edge, _: number_beside(ev, edge))


def exchanged(ev: Evidence, edges_of: Mapping[int, list[Edge]]) -> Iterator[Replaced]:
    """Nodes in the place of others wherever they are factors."""
    for cost, names in islice(renamings(ev, edges_of), min(MOST, WORK // len(ev.tape))):
        place = {edge: b for a, b in names.items() for edge in edges_of.get(a, ())}
        yield Replaced(
            ev,
            cost,
            partial(instead, ev, names),
            list(place),
            lambda edge, k, place=place: number_beside(ev, edge) * ev.value(place[edge], k),
        )


def one_slope(ev: Evidence) -> Iterator[Replaced]:
    """The local derivative of one function in the place of those of all others of its list."""
    of = {v: (v, slot, u) for v, slot, u in ev.edges if is_function(ev, v)}
    for rows in by_stem(ev, of).values():
        for one in rows if 2 < len(rows) <= LIST else ():
            others = [of[v] for v in rows if v != one and ev.tape[v].op == ev.tape[one].op]
            if len(others) == len(rows) - 1:
                new = slope_name(ev, one, of[one][2])
                old = joined([slope_name(ev, v, u) for v, _, u in others])
                sentence = f"{new} stands where {old} belong."
                finding = Finding("swapped factor", sentence, f"{new} for {old}")
                yield Replaced(
                    ev, 1.9, finding, others, lambda edge, k, one=one: ev.slope(*of[one][:2], k)
                )


def of_own_index(ev: Evidence) -> Iterator[Hypothesis]:
    """Each member of a list in the place of one, on the paths through it: in softmax, oⱼ·oⱼ for
    ∂oⱼ/∂zₖ = −oⱼ·oₖ."""
    for rows in by_stem(ev, ev.stops & ev.moving).values():
        for one in rows if 2 < len(rows) <= LIST else ():
            others = [i for i in rows if i != one]

            def predict(k: int, one=one, others=others) -> float:
                shares = ((i, ev.value(i, k) / ev.value(one, k)) for i in others)
                return ev.true[k] + sum(ev.through(i, k) * (share - 1.0) for i, share in shares)

            names, right = joined([called(ev.tape, i) for i in others]), called(ev.tape, one)
            sentence = f"{names} stand where {right} belongs, each on the paths through it."
            finding = Finding("swapped factor", sentence, f"{names} for {right}")
            yield from with_sign(ev, Hypothesis(2.4, (finding,), predict))


def mistaken(ev: Evidence, leaves: Sequence[int]) -> Iterator[Hypothesis]:
    """One leaf for the others, in ∂v/∂wrt of the output or of a node v on all paths; or, of two
    leaves, each for the other in all that was derived."""
    for v in sorted(ev.necks & ev.stops, reverse=True):
        for new in leaves:
            names = {old: new for old in leaves if old != new}
            if len(leaves) > 2 or unchanged(ev, v, {new: next(iter(names))}):
                yield Hypothesis(2.0, (instead(ev, names),), renaming(ev, v, names))
    if len(leaves) == 2:
        names = dict(zip(leaves, reversed(leaves), strict=True))
        yield Hypothesis(2.0, (instead(ev, names),), renaming(ev, ev.output, names))
        yield from as_factors(ev, *leaves)


def as_factors(ev: Evidence, a: int, b: int) -> Iterator[Hypothesis]:
    """Two leaves exchanged as factors, of which one multiplies and the other divides, and nowhere
    else: a²/b² for b²/a²."""
    factors, divisors = multiplied_by(ev), divided_by(ev.tape, {v for v, _, _ in ev.edges})
    if (a in factors and b in divisors) or (b in factors and a in divisors):
        new, old = called(ev.tape, a), called(ev.tape, b)
        sentence = f"{new} and {old} stand where {old} and {new} belong, as factors."
        finding = Finding("swapped factor", sentence, f"{new} for {old}")
        for n in EXPONENTS:

            def predict(k: int, n=n) -> float:
                return ev.true[k] * (ev.value(a, k) / ev.value(b, k)) ** n

            yield Hypothesis(2.0, (finding,), predict)


def instead(ev: Evidence, names: Names) -> Finding:
    """The finding that some nodes stand in the place of others."""
    others = [*dict.fromkeys(names.values())]
    new, old = (
        listed([called(ev.tape, i) for i in rows], LIST)
        for rows in (others if len(others) == 1 else names.values(), names)
    )
    verb = "stands" if len(others) == 1 else "stand"
    sentence = f"{new} {verb} where {old} belong{'s' * (len(names) == 1)}, every time."
    return Finding("swapped factor", sentence, f"{new} for {old}")


def common(ev: Evidence, slip: Replaced) -> float | None:
    """The simple constant by which a claim differs from what a slip gives, if it does."""
    a, b = (slip.derivative(k) for k in (0, 1))
    if not a or not b or not close(ev.claimed[0] * b, ev.claimed[1] * a):
        return None
    return recognised(ev, ev.claimed[0] / a)


def multiplied_by(ev: Evidence) -> dict[int, list[Edge]]:
    """The edges whose local derivatives are the value of a row with a label, or of one such as
    n − 1, by that row; perhaps with the 2 of a square."""
    rows = {
        tuple(ev.value(i, k) for k in ev.few): i
        for i in sorted(ev.under, reverse=True)
        if (ev.tape[i].label and ev.tape[i].op != "constant") or with_constant(ev, i) is not None
    }
    rows.pop((0.0,) * SAMPLE, None)  # where nothing is multiplied
    found: dict[int, list[Edge]] = {}
    for v, slot, u in ev.edges:
        twice = number_beside(ev, (v, slot, u))
        i = rows.get(tuple(ev.slope(v, slot, k) / twice for k in ev.few))
        if i is not None:
            found.setdefault(i, []).append((v, slot, u))
    return found


def number_beside(ev: Evidence, edge: Edge) -> float:
    """What stands beside the node in a local derivative: the 2 of a square."""
    v, _, u = edge
    return 2.0 if ev.tape[v].op == "pow" and side_of_square(ev, v) == u else 1.0


def with_constant(ev: Evidence, i: int) -> int | None:
    """The other operand of a row that adds a constant or is subtracted from one."""
    row = ev.tape[i]
    if row.op not in ("add", "sub") or row.label:
        return None
    others = [j for j in row.operands if ev.tape[j].op != "constant"]
    return others[0] if len(others) == 1 and ev.tape[others[0]].label else None


def renamings(ev: Evidence, edges_of: Mapping[int, list[Edge]]) -> Iterator[tuple[float, Names]]:
    """(cost, what stands in whose place), the likeliest first."""
    labels = {row.index: row.label for row in ev.tape.rows if row.label and row.op != "constant"}
    lists = by_stem(ev, labels)
    for rows in lists.values():
        for there in (dict(pairwise(rows)), dict(pairwise(reversed(rows)))):
            names = {a: there[a] for a in rows if a in edges_of and a in there}
            if len(names) > 1 and len(names) == sum(a in edges_of for a in rows):
                yield 1.8, names
        for b in rows if len(rows) <= LIST else ():
            names = {a: b for a in rows if a in edges_of and a != b}
            if len(names) > 1:
                yield 1.85, names
    for opposite in matrices(ev, [*labels]):
        names = {a: opposite[a] for a in edges_of if a in opposite}
        if len(names) > 1:
            yield 1.85, names
    without = {a: b for a in edges_of if (b := with_constant(ev, a)) is not None}
    if len(without) > 1:
        yield 1.9, without
    for one, other in permutations([*lists.values(), *columns(ev, [*labels])], 2):
        names = {a: b for a, b in zip(one, other, strict=False) if a in edges_of and a != b}
        if len(names) > 1 and len(one) == len(other):
            yield 2.25, names
    for a, b in combinations([a for a in edges_of if a in labels], 2):
        squares = any(number_beside(ev, edge) == 2.0 for edge in (*edges_of[a], *edges_of[b]))
        # In a sum of squares one is rather taken for another.
        yield 3.0 if squares else 1.9, {a: b, b: a}
    for rows in lists.values():
        factors = [a for a in rows if a in edges_of]
        if 1 < len(factors) <= LIST:
            others = ev.under.intersection(ev.points[0].given, labels).difference(rows)
            yield from ((2.3, dict.fromkeys(factors, b)) for b in sorted(others))
    for a in edges_of:
        if a in labels and len({v for v, *_ in edges_of[a]}) > 1:
            alike = stem(labels[a])
            for b in sorted(labels, key=lambda b: stem(labels[b]) != alike):
                # a·b in place of a is a factor too much.
                factor = ev.tape[b].op == "mul" and a in ev.tape[b].operands
                if b != a and b in ev.under and not factor:
                    yield 1.75, {a: b}
