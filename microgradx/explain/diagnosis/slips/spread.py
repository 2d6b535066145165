"""A family of slips: a function of a sum is taken term by term, as log(a + b) for log a + log b."""

from collections.abc import Container, Iterator, Sequence

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.lists import signed
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.slips.replaced import (
    Tangents,
    singly_and_together,
    slopes_at,
    swept,
)
from microgradx.explain.notation import atom
from microgradx.explain.points import STRAIGHT
from microgradx.explain.words import MOST, called, operation
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row, Tape
from microgradx.writing import listed

TERMS = 5000  # of sums in functions, in all

Terms = Sequence[tuple[float, int]]  # the sign and the row of each


def term_by_term(ev: Evidence) -> Iterator[Hypothesis]:
    """A function of a sum, as if it were the sum of the function of each term: log(a + b) as
    log a + log b; at one node, or at all of a kind."""
    terms, kinds = functions_of_sums(ev)
    for (_, slot), nodes in kinds.items():

        def ruled(v: int, dot: Tangents, k: int, slot=slot) -> float:
            row, total = ev.tape[v], 0.0
            for sign, term in terms[row.operands[slot]]:
                operands = [term if i == row.operands[slot] else i for i in row.operands]
                slopes = slopes_at(row.op, [ev.value(i, k) for i in operands])
                moving = ((i, d) for i, d in zip(operands, slopes, strict=True) if dot[i])
                total += sign * sum(dot[i] * d for i, d in moving)
            return total

        for chosen in singly_and_together(nodes):
            sums = [ev.tape[v].operands[slot] for v in chosen]
            cost, finding = taken_apart(ev, chosen, sums, [terms[u] for u in sums])
            yield Hypothesis(cost, (finding,), swept(ev, chosen, ruled))


def functions_of_sums(ev: Evidence) -> tuple[dict[int, Terms], dict[tuple[str, int], list[int]]]:
    """The terms of each sum of which there are functions; and these functions, by their primitive
    and the slot of the sum."""
    terms: dict[int, Terms] = {}
    kinds: dict[tuple[str, int], list[int]] = {}
    left = TERMS
    for row in (ev.tape[v] for v in ev.active):
        for u in dict.fromkeys(row.operands):
            if left > 0 and u in ev.moving and bends(row, u, ev.moving):
                terms[u] = terms.get(u) or signed(ev, u)
                left -= len(terms[u])
                if left >= 0 and len(terms[u]) > 1:
                    kinds.setdefault((row.op, row.operands.index(u)), []).append(row.index)
    return terms, kinds


def taken_apart(
    ev: Evidence, chosen: Sequence[int], sums: Sequence[int], terms: Sequence[Terms]
) -> tuple[float, Finding]:
    """How far-fetched it is that some functions of sums were taken term by term, and what to say of
    it."""
    first, *others = chosen
    apart = dict.fromkeys(called(ev.tape, v) for v in chosen)
    names = listed([*apart])
    if len(apart) < len(chosen):
        names += f", {len(chosen)} of them,"
    are, it = ("are", called(ev.tape, first)) if others else ("is", "it")
    formula = spread(ev.tape, first, sums[0], terms[0])
    sentence = f"{names} {are} taken term by term, as if {it} were {formula}."
    finding = Finding("wrong rule", sentence, names)
    cost = 1.95 if others else 1.75
    moving = [[i for _, i in some if i in ev.moving] for some in terms]
    if all(len(some) == 1 for some in moving):
        # Where one term alone moves, the slope may be taken elsewhere.
        logarithm = ev.tape[first].op == "log"
        cost += 0.6 if logarithm else 0.75
        constant = [any(ev.tape[i].op == "constant" for _, i in some) for some in terms]
        cost += 0.75 * (all(constant) and all(len(some) == 2 for some in terms))
        if logarithm and not others:
            share = [atom(called(ev.tape, i)) for i in (*moving[0], sums[0])]
            sentence = f"The factor {'/'.join(share)} is missing: {sentence}"
            finding = Finding("missing factor", sentence, names)
    return cost, finding


def spread(tape: Tape, v: int, u: int, terms: Terms) -> str:
    """What a row is called if its operand u, a sum, is taken term by term."""
    row = tape[v]
    name = atom if PRIMITIVES[row.op].sign else str
    text = ""
    for sign, term in terms[:MOST]:
        names = [name(called(tape, term if i == u else i, 2)) for i in row.operands]
        text += f" {'−' if sign < 0.0 else '+'} {operation(row.op, len(names), names.__getitem__)}"
    return text.removeprefix(" + ").strip() + " + …" * (len(terms) > MOST)


def bends(row: Row, u: int, moving: Container[int]) -> bool:
    """Whether a row is no linear function of one of its operands, among those that move."""
    if row.op == "mul":
        return row.operands.count(u) == 2
    if row.op == "div":
        return row.operands[1] == u and row.operands[0] not in moving
    return row.op not in STRAIGHT
