"""A family of slips: the right derivative of a function, taken at another node."""

from collections.abc import Callable, Iterator
from itertools import islice

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.places import wholes
from microgradx.explain.diagnosis.slips.local import is_curved, slopes_listed
from microgradx.explain.diagnosis.slips.replaced import singly_and_together, slopes_at
from microgradx.explain.reach import rows_under
from microgradx.explain.words import called

PLACES = 10_000  # where derivatives of functions may be taken, in all


def elsewhere(ev: Evidence) -> Iterator[Hypothesis]:
    """The right derivative of a function, or of all functions of a node, taken at another node."""
    for rows, u, w in islice(other_places(ev), PLACES):
        predict = moved(ev, rows, u, w)
        if ev.fits(0, predict(0)):  # words are costly where there are many
            op, *others = ev.tape[rows[0]].op, *ev.tape[rows[0]].operands[1:]
            # Of exp, log and squares, it is rather a factor in place of another.
            simple = op in ("exp", "log") or any(ev.value(i, 0) == 2.0 for i in others)
            yield Hypothesis(3.05 if simple else 2.45, (taken_at(ev, rows, u, w),), predict)


def other_places(ev: Evidence) -> Iterator[tuple[list[int], int, int]]:
    """(functions of a node, the node, another one at which their derivatives may be taken)."""
    functions: dict[int, list[int]] = {}
    for v, _, u in ev.edges:
        power = ev.tape[v].op == "pow" and ev.tape[ev.tape[v].operands[1]].op == "constant"
        if power or is_curved(ev, v):
            functions.setdefault(u, []).append(v)
    for u, rows in functions.items():
        below = rows_under(ev.tape, u)
        for some in singly_and_together(rows):
            ops = {ev.tape[v].op for v in some}
            alike = {row.operands[0] for row in ev.tape.rows if row.op in ops} & ev.under
            others = {i for i in below if ev.tape[i].label} | alike | {*some}
            others = others.union(*(wholes(ev, v) for v in some)) - inner_nodes(ev)
            yield from ((some, u, w) for w in sorted(others - {u}))


def moved(ev: Evidence, rows: list[int], u: int, w: int) -> Callable[[int], float]:
    """What follows if the derivatives of functions of a node u are taken at another node w."""

    def predict(k: int) -> float:
        change = 0.0
        for v in rows:
            others = [ev.value(i, k) for i in ev.tape[v].operands[1:]]  # the exponent of a power
            wrong, *_ = slopes_at(ev.tape[v].op, [ev.value(w, k), *others])
            change += ev.adjoints(k)[v] * (wrong - ev.slope(v, 0, k))
        return ev.true[k] + change * ev.tangents(k)[u]  # a path has one of these edges at most

    return predict


def taken_at(ev: Evidence, rows: list[int], u: int, w: int) -> Finding:
    """The finding that derivatives of functions of u were taken at w."""
    right, wrong = (called(ev.tape, i) for i in (u, w))
    names = slopes_listed(ev, [(v, 0, u) for v in rows])
    verb, belongs = ("is", "belongs") if len(rows) == 1 else ("are", "belong")
    sentence = f"{names} {verb} taken at {wrong}, and {belongs} at {right}."
    # A power of another node is that node in the place of the right one.
    kind = "swapped factor" if ev.tape[rows[0]].op == "pow" else "wrong local derivative"
    return Finding(kind, sentence, f"{names} at {called(ev.tape, w)}")
