"""Families of slips in the derivative of the logistic function: written by hand, or in values."""

from collections.abc import Iterator
from functools import partial
from math import nan

from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.lists import signed
from microgradx.explain.diagnosis.findings import Finding
from microgradx.explain.diagnosis.pieces.composed import seen_edges
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.classical import IN_VALUES, SLIPS, evaluate
from microgradx.explain.diagnosis.slips.replaced import Replaced, together_and_singly
from microgradx.explain.notation import atom
from microgradx.explain.words import called, written
from microgradx.tape import Row

ABOVE, IN_PLACE = 5, 1.9  # nodes that are tried for another; how far-fetched that is


def of_logistic(ev: Evidence) -> Iterator[Replaced]:
    """A classical slip in the derivative of a logistic function written by hand: x/(1 + a·exp(q)),
    which is x·s and has the derivative −x·s·(1 − s) by q, or with a minus in front of q."""
    edges = [edge for edge in ev.edges if is_logistic(ev, edge)]
    for formula in SLIPS["sigmoid", 0] if edges else ():
        for some in together_and_singly(edges):
            if "x" not in formula:
                yield logistic(ev, some, formula, some is edges)


def at_another(ev: Evidence) -> Iterator[Replaced]:
    """The derivative of a function, written in its value, with that of a node above it."""
    for edge in seen_edges(ev):
        v, _, u = edge
        formulas = IN_VALUES.get(ev.tape[v].op, ()) if ev.tape[v].label else ()
        above = sorted(y for y in ev.stops if y > v and ev.tangents(0, v)[y]) if formulas else []
        for y in above[:ABOVE]:
            own, other = (atom(called(ev.tape, i)) for i in (v, y))
            belongs = slope_name(ev, v, u)
            for formula in formulas:
                text = written(formula, {"z": own, "y": other})
                sentence = f"{text} stands where {belongs} belongs: {other} in place of {own}."
                finding = Finding("swapped factor", sentence, f"{other} for {own}; {belongs}")
                yield Replaced(ev, IN_PLACE, finding, [edge], partial(at_values, ev, formula, y))


def at_values(ev: Evidence, formula: str, y: int, edge: Edge, k: int) -> float:
    """A formula in the values of a node and of another, at the k-th point."""
    return evaluate(formula, ev.value(edge[0], k), [nan, ev.value(y, k)])


def is_logistic(ev: Evidence, edge: Edge) -> bool:
    """Whether an edge leads from x/(1 + a·exp(q)) to what it is divided by."""
    v, slot, u = edge
    if ev.tape[v].op != "div" or slot == 0 or ev.tape[v].operands[0] in ev.moving:
        return False
    terms = signed(ev, u)
    rows = [ev.tape[i] for _, i in terms]
    rest = [row for row in rows if row.op != "constant" or row.value != 1.0]
    added = len(terms) == 2 and all(sign > 0.0 for sign, _ in terms)
    return added and len(rest) == 1 and has_exp(ev, rest[0])


def has_exp(ev: Evidence, row: Row) -> bool:
    """Whether a row is exp, or a product of it and of something positive that does not move."""
    if row.op != "mul":
        return row.op == "exp"
    others = [i for i in row.operands if ev.tape[i].op != "exp"]
    fixed = all(i not in ev.moving and ev.value(i, 0) > 0.0 for i in others)
    return fixed and len(others) < len(row.operands)


def logistic(ev: Evidence, edges: list[Edge], formula: str, all_of_them: bool) -> Replaced:
    """A formula in place of s·(1 − s) in the derivative of x·s, where s is 1/u."""

    def wrong(edge: Edge, k: int) -> float:
        v, _, u = edge
        s = 1.0 / ev.value(u, k)
        x = ev.value(ev.tape[v].operands[0], k)
        return -x * evaluate(formula, s, [s]) / (ev.value(u, k) - 1.0)

    v = edges[0][0]
    x, name = ev.tape[v].operands[0], called(ev.tape, v)
    more = " (and so for each)" if len(edges) > 1 else ""
    one = ev.tape[x].op == "constant" and ev.tape[x].value == 1.0
    text = written(formula, {"z": name if one else f"({name}/{called(ev.tape, x)})"})
    sentence = (
        f"The derivative of the logistic function is not {text}: that is wrong for {name}{more}."
    )
    cost = 2.2 if all_of_them else 2.6
    return Replaced(ev, cost, Finding("wrong local derivative", sentence, name), edges, wrong)
