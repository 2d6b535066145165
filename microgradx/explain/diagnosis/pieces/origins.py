"""Where in the graph a sign or a constant comes from that the whole derivative has."""

from collections.abc import Iterable, Iterator
from itertools import chain

from microgradx.explain.diagnosis.evidence.constants import close, formula, leading
from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.evidence.rounding import same
from microgradx.explain.diagnosis.pieces.composed import seen_edges
from microgradx.explain.diagnosis.pieces.places import part_of, placed, slope_name
from microgradx.explain.points import POSITIVE
from microgradx.explain.words import called

MOST = 4  # carriers that are named


@kept
def carriers(ev: Evidence, c: float) -> list[str]:
    """The nodes whose rule has a minus, if c is −1, or the constant c or 1/c: those on every path,
    and such that every path has one of them; if these are too many, the former."""
    found = [
        edge
        for edge in seen_edges(ev)
        if (has_minus(ev, edge) if c == -1.0 else has_constant(ev, edge, abs(c)))
    ]
    necks, others = [], []
    for edge in found:
        shared = is_shared(ev, edge) or (c == -1.0 and in_quotient(ev, edge))
        (necks if shared else others).append(edge)
    choices = (found if others and cut(ev, others) else necks, necks)
    some = next((some for some in choices if 0 < len({v for v, *_ in some}) <= MOST), [])
    named = [(is_hidden(ev, edge, c), edge[0] not in ev.stops, edge) for edge in some]
    named.sort(key=lambda one: one[:2])
    return [*dict.fromkeys(carrier(ev, edge, derived) for derived, _, edge in named)]


def carrier(ev: Evidence, edge: Edge, derived: bool) -> str:
    """What a row is called that has a sign or a constant; its derivative, if that has it."""
    v, _, u = edge
    within = part_of(ev, v)
    name = slope_name(ev, v, u) if derived else called(ev.tape, v)
    return f"{name} in {within}" if within else name


def is_hidden(ev: Evidence, edge: Edge, c: float) -> bool:
    """Whether a row has a minus in its derivative only, as 1/x, 1/x² and cos x have."""
    op, by_rule = ev.tape[edge[0]].op, formula(ev, edge).startswith("-")
    return c == -1.0 and (op == "pow" or (by_rule and op not in ("sub", "neg")))


def is_shared(ev: Evidence, edge: Edge) -> bool:
    """Whether every path leads along an edge, or along others between the same rows."""
    v, _, u = edge
    return {v, u} <= ev.necks | {ev.wrt}


def in_quotient(ev: Evidence, edge: Edge) -> bool:
    """Whether an edge is that to the divisor of a quotient of two that move, which is on every
    path: by its rule something is subtracted there."""
    v, slot, _ = edge
    row = ev.tape[v]
    return row.op == "div" and slot == 1 and v in ev.necks and ev.moving.issuperset(row.operands)


def cut(ev: Evidence, edges: list[Edge]) -> bool:
    """Whether every path leads along one of some edges."""
    return all(
        same(sum(ev.along(*edge, k) for edge in edges), ev.true[k], ev.scale[k]) for k in ev.few
    )


@kept
def positive_chain(ev: Evidence) -> str:
    """The only path, if there is no minus in it, nor in a factor that it has."""
    negative = any(has_minus(ev, edge) or falls(ev, edge) for edge in ev.edges)
    if negative or ev.necks != set(ev.active):
        return ""
    if has_minus_within(ev, chain.from_iterable(beside(ev, edge) for edge in ev.edges)):
        return ""
    return " → ".join(called(ev.tape, i) for i in sorted(ev.stops, reverse=True))


def has_minus(ev: Evidence, edge: Edge) -> bool:
    """Whether a local derivative has a minus by its rule, by a constant, or as the factor −k."""
    return formula(ev, edge).startswith("-") or any(
        is_negative(ev, i) for i in factors_at(ev, edge, ("mul", "div"))
    )


def is_negative(ev: Evidence, i: int) -> bool:
    """Whether a row is written with a minus in front."""
    row = ev.tape[i]
    return (row.op == "neg" and not row.label) or (row.op == "constant" and row.value < 0.0)


def has_minus_within(ev: Evidence, rows: Iterable[int]) -> bool:
    """Whether there is a minus in what some rows are computed by, except where that is positive, as
    e^(−x) is."""
    under = {*rows}
    for row in reversed(ev.tape.rows[: max(under, default=-1) + 1]):
        if row.index in under:
            if row.op in ("neg", "sub") or is_negative(ev, row.index):
                return True
            under.update(() if row.op in POSITIVE else row.operands)
    return False


def falls(ev: Evidence, edge: Edge) -> bool:
    """Whether it is that of an absolute value where that falls."""
    return ev.tape[edge[0]].op == "abs" and ev.slope(*edge[:2], 0) < 0.0


def has_constant(ev: Evidence, edge: Edge, c: float) -> bool:
    """Whether a local derivative has the constant c or 1/c by its rule, a constant or a square."""
    v, _, u = edge
    twice = float(ev.tape[v].operands.count(u))
    numbers = [*constants_at(ev, edge), leading(ev, edge), twice]
    wrong = (c, c * c, c**0.5)  # lost, or stands on the other side
    return any(close(abs(x), y) or close(abs(x) * y, 1.0) for x in numbers for y in wrong)


def without(ev: Evidence, edge: Edge, x: float) -> float:
    """By what the derivative along an edge is multiplied if a constant of its rule is lost."""
    below = ev.tape[edge[0]].op == "div" and edge[1] == 0
    return abs(x) if below else 1.0 / abs(x)


def losing(ev: Evidence, c: float) -> list[str]:
    """Where a constant is lost that every path has, if the claim is c times the derivative."""
    edges = (edge for edge in ev.edges if is_shared(ev, edge) and loses(ev, edge, c))
    return [*dict.fromkeys(placed(ev, v) for v, *_ in edges)]


def loses(ev: Evidence, edge: Edge, c: float) -> bool:
    """Whether a local derivative is multiplied by c if a constant of its rule is lost."""
    lost = [without(ev, edge, x) for x in constants_at(ev, edge) if x]
    return any(close(c, x) for x in (*lost, 1.0 / leading(ev, edge)))


def constants_at(ev: Evidence, edge: Edge) -> Iterator[float]:
    """The constants among the operands of a product, a quotient or a power; also within those that
    are products, if they have no label."""
    factors = factors_at(ev, edge, ("mul",))
    yield from (ev.value(i, 0) for i in factors if ev.tape[i].op == "constant")


def factors_at(ev: Evidence, edge: Edge, within: tuple[str, ...]) -> list[int]:
    """The rows that multiply or divide along an edge; also within those that are computed by some
    operations, if they have no label."""
    found = beside(ev, edge)
    if ev.tape[edge[0]].op != "pow":
        for i in found:
            if ev.tape[i].op in within and not ev.tape[i].label:
                found += ev.tape[i].operands
    return found


def beside(ev: Evidence, edge: Edge) -> list[int]:
    """The other operands of a product, a quotient or a power."""
    v, slot, _ = edge
    row, n = ev.tape[v], len(ev.tape[v].operands)
    if row.op == "dot":
        return [row.operands[(slot + n // 2) % n]]
    others = row.operands if row.op in ("mul", "div", "pow") else ()
    return [i for j, i in enumerate(others) if j != slot]
