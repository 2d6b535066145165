"""Families of slips: the right derivative of a function, or of all of them, at another node."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from microgradx.apply import value_of
from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.evidence.rounding import DIFFERENCES
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes, users_by_row
from microgradx.explain.diagnosis.pieces.places import slope_name, wholes
from microgradx.explain.diagnosis.slips.local import is_curved, slopes_listed
from microgradx.explain.diagnosis.slips.replaced import Replaced, singly_and_together, slopes_at
from microgradx.explain.diagnosis.slips.wording import fits_here
from microgradx.explain.notation import stem
from microgradx.explain.points import LINEAR
from microgradx.explain.reach import rows_under
from microgradx.explain.words import called
from microgradx.writing import joined

PLACES = 10_000  # where derivatives of functions may be taken, in all
ARGUMENTS = 4_000  # rows, times nodes that are tried in the place of others


def elsewhere(ev: Evidence) -> Iterator[Hypothesis]:
    """The right derivative of a function, or of all functions of a node, taken at another node."""
    for rows, u, w in islice(other_places(ev), PLACES):
        predict = moved(ev, rows, u, w)
        if fits_here(ev, predict):
            cost = 3.05 if is_simple(ev, rows[0]) else 2.45
            yield Hypothesis(cost, (taken_at(ev, rows, u, w),), predict)


def of_another_base(ev: Evidence) -> Iterator[Hypothesis]:
    """xʸ·log(w) for the derivative of xʸ by its exponent, with a node w of which x is made."""
    powers = [edge for edge in ev.edges if edge[1] == 1 and ev.tape[edge[0]].op == "pow"]
    for v, slot, u in powers:
        x = ev.tape[v].operands[0]
        for w in (i for i in sorted(rows_under(ev.tape, x)) if ev.tape[i].label):
            told = partial(another_base, ev, v, u, w)
            slip = Replaced(ev, 2.3, told, [(v, slot, u)], partial(with_base, ev, w))
            if fits_here(ev, slip.derivative):
                yield Hypothesis(slip.cost, (slip.finding,), slip.derivative)


def another_base(ev: Evidence, v: int, u: int, w: int) -> Finding:
    """The finding that the logarithm in the derivative of a power is that of another node."""
    right, wrong = (f"log({called(ev.tape, i)})" for i in (ev.tape[v].operands[0], w))
    name = slope_name(ev, v, u)
    sentence = f"{wrong} stands where {right} belongs, in {name}."
    return Finding("wrong local derivative", sentence, f"{wrong} in {name}")


def with_base(ev: Evidence, w: int, edge: Edge, k: int) -> float:
    """The derivative of a power by its exponent, with the logarithm of a node w in it."""
    v, _, u = edge
    operands = [ev.value(w, k), ev.value(u, k)]
    _, by_exponent = slopes_at("pow", operands)
    return by_exponent / value_of("pow", operands) * ev.value(v, k)


def is_simple(ev: Evidence, v: int) -> bool:
    """Whether a row is exp, log, a quotient or a square, whose derivative at another node is rather
    a factor in the place of another."""
    op, *others = ev.tape[v].op, *ev.tape[v].operands[1:]
    return op in ("exp", "log", "div") or any(ev.value(i, 0) == 2.0 for i in others)


def at_another_argument(ev: Evidence) -> Iterator[Hypothesis]:
    """The right derivative with another node in the place of one, in all that has no label: as
    cos(b) for cos(a + b), where it is a factor or is differentiated."""
    for a, b in islice(arguments(ev), ARGUMENTS // len(ev.tape)):

        def predict(k: int, a=a, b=b) -> float:
            return ev.sweep(with_argument(ev, a, b, k))[ev.wrt]

        if fits_here(ev, predict):
            right, wrong = (called(ev.tape, i) for i in (a, b))
            rows = functions_of(ev)[a]
            places = joined([called(ev.tape, v) for v in rows])
            sentence = f"{wrong} stands where {right} belongs, in {places}."
            finding = Finding("wrong local derivative", sentence, f"{wrong} for {right}; {places}")
            simple = all(is_simple(ev, v) for v in rows)
            yield Hypothesis(3.4 if simple else 2.8, (finding,), predict)


def arguments(ev: Evidence) -> Iterator[tuple[int, int]]:
    """(a node with a label of which something is computed that has none, one that it is made of or
    another of its list); of leaves, that they are equal is said."""
    named = [i for i in sorted(ev.under) if ev.tape[i].label]
    for a in (a for a in functions_of(ev) if ev.tape[a].label and ev.tape[a].operands):
        below = rows_under(ev.tape, a)
        for b in named:
            if b != a and (b in below or stem(ev.tape[b].label) == stem(ev.tape[a].label)):
                yield a, b


@kept
def functions_of(ev: Evidence) -> dict[int, list[int]]:
    """By row, the functions of it that have no label."""
    found: dict[int, list[int]] = {}
    for v in sorted(ev.under):
        row = ev.tape[v]
        for i in () if row.label or row.op in LINEAR else dict.fromkeys(row.operands):
            found.setdefault(i, []).append(v)
    return found


def with_argument(ev: Evidence, a: int, b: int, k: int) -> list:
    """The local derivatives at the k-th point, where b stands for a in what has no label."""
    values, partials = {a: ev.value(b, k)}, list(ev.points[k].partials)
    for v in range(a + 1, len(ev.tape)):
        row = ev.tape[v]
        if v in ev.under and not values.keys().isdisjoint(row.operands):
            operands = [values.get(i, ev.value(i, k)) for i in row.operands]
            partials[v] = slopes_at(row.op, operands)
            if not row.label:
                values[v] = value_of(row.op, operands)
    return partials


def other_places(ev: Evidence) -> Iterator[tuple[list[int], int, int]]:
    """(functions of a node, the node, another one at which their derivatives may be taken)."""
    functions: dict[int, list[int]] = {}
    for v, slot, u in ev.edges:
        if is_curved(ev, v) or of_a_constant(ev, v, slot):
            functions.setdefault(u, []).append(v)
    for u, rows in functions.items():
        below = rows_under(ev.tape, u)
        for some in singly_and_together(rows):
            slots = {ev.tape[v].op: ev.tape[v].operands.index(u) for v in some}
            same = (row for row in ev.tape.rows if row.op in slots)
            alike = {row.operands[slots[row.op]] for row in same} & ev.under
            others = {i for i in below if ev.tape[i].label} | alike | {*some} | beside(ev, u)
            others = others.union(*(wholes(ev, v) for v in some)) - inner_nodes(ev)
            yield from ((some, u, w) for w in sorted(others - {u}))


def of_a_constant(ev: Evidence, v: int, slot: int) -> bool:
    """Whether a row is a power with a constant exponent, or a constant divided by a node."""
    row = ev.tape[v]
    one = (row.op, slot) in (("pow", 0), ("div", 1))
    return one and ev.tape[row.operands[1 - slot]].op == "constant"


def beside(ev: Evidence, u: int) -> set[int]:
    """What a node is made of, but for numbers, and the sums of which it is a term."""
    row = ev.tape[u]
    nameless = [i for i in row.operands if not ev.tape[i].label]
    parts = {*row.operands, *(j for i in nameless for j in ev.tape[i].operands)}
    return {i for i in parts if ev.tape[i].op != "constant"} | {
        v for v in users_by_row(ev)[u] if v in ev.under and ev.tape[v].op in DIFFERENCES
    }


def moved(ev: Evidence, rows: list[int], u: int, w: int) -> Callable[[int], float]:
    """What follows if the derivatives of functions of a node u are taken at another node w."""

    def predict(k: int) -> float:
        change = 0.0
        for v in rows:
            row = ev.tape[v]
            slot = row.operands.index(u)
            wrong = slopes_at(row.op, [ev.value(w if i == u else i, k) for i in row.operands])
            change += ev.adjoints(k)[v] * (wrong[slot] - ev.slope(v, slot, k))
        return ev.true[k] + change * ev.tangents(k)[u]  # a path has one of these edges at most

    return predict


def taken_at(ev: Evidence, rows: list[int], u: int, w: int) -> Finding:
    """The finding that derivatives of functions of u were taken at w; where those are derivatives
    of labelled nodes, that these stand in their place."""
    slots = [ev.tape[v].operands.index(u) for v in rows]
    names = slopes_listed(ev, [(v, slot, u) for v, slot in zip(rows, slots, strict=True)])
    found = (counterpart(ev, v, u, w) for v in rows)
    others = [v for v in found if v is not None]
    if len(others) == len(rows):
        new = slopes_listed(ev, [(v, slot, w) for v, slot in zip(others, slots, strict=True)])
        verb, s = ("stands", "s") if len(rows) == 1 else ("stand", "")
        sentence = f"{new} {verb} where {names} belong{s}."
        return Finding("swapped factor", sentence, f"{new} for {names}")
    right, wrong = (called(ev.tape, i) for i in (u, w))
    verb, belongs = ("is", "belongs") if len(rows) == 1 else ("are", "belong")
    sentence = f"{names} {verb} taken at {wrong}, and {belongs} at {right}."
    # A power of another node that has a name is that node in the place of the right one.
    named = ev.tape[rows[0]].op == "pow" and ev.tape[w].label
    kind = "swapped factor" if named else "wrong local derivative"
    return Finding(kind, sentence, f"{names} at {called(ev.tape, w)}")


def counterpart(ev: Evidence, v: int, u: int, w: int) -> int | None:
    """The labelled row, if there is one, that is the same function of w as v is of u."""

    def form(i: int, at: int) -> list:
        row = ev.tape[i]
        numbers = {j: ev.tape[j].value for j in row.operands if ev.tape[j].op == "constant"}
        return [row.op, *("here" if j == at else numbers.get(j, (j,)) for j in row.operands)]

    rows = (i for i in sorted(ev.under) if ev.tape[i].label and w in ev.tape[i].operands)
    return next((i for i in rows if form(i, w) == form(v, u)), None)
