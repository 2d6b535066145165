"""Which rows of a graph have names, and which are under others, above them or divide them."""

from collections.abc import Collection

from microgradx.explain.logits import members
from microgradx.tape import Tape


def labelled(tape: Tape) -> set[int]:
    """The rows that have a label, and the outputs."""
    return {*tape.outputs, *(row.index for row in tape.rows if row.label)}


def named(tape: Tape, rows: Collection[int]) -> set[int]:
    """Those of some rows that have a label, or a name of their own among those of logits."""
    return labelled(tape).intersection(rows) | members(tape, rows)


def rows_under(tape: Tape, *tops: int) -> set[int]:
    """Some rows and all that they were computed from."""
    under = {*tops}
    for row in reversed(tape.rows[: max(tops, default=-1) + 1]):
        if row.index in under:
            under.update(row.operands)
    return under


def rows_above(tape: Tape, i: int) -> set[int]:
    """A row and all that was computed from it."""
    above = {i}
    for row in tape.rows[i + 1 :]:
        if not above.isdisjoint(row.operands):
            above.add(row.index)
    return above


def divisors_of(tape: Tape, rows: Collection[int]) -> list[int]:
    """What the quotients among some rows divide by."""
    return [tape.rows[i].operands[1] for i in rows if tape.rows[i].op == "div"]


def divided_by(tape: Tape, rows: Collection[int]) -> set[int]:
    """What the quotients among some rows divide by: by a product's factors, by what is squared."""
    stack, found = divisors_of(tape, rows), set()
    while stack:
        i = stack.pop()
        found.add(i)
        if tape.rows[i].op == "mul":
            stack += {*tape.rows[i].operands} - found
        elif tape.rows[i].op == "pow":
            stack.append(tape.rows[i].operands[0])
    return found
