"""By which quantities the rules of the operations divide, and where."""

import re

from microgradx.explain.diagnosis.evidence.constants import formula
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row

Divided = dict[tuple[int, int], int]  # by (v, u), to what power ∂v/∂u divides by a quantity


def divisors(ev: Evidence) -> dict[int, Divided]:
    """The rows by which the local derivatives divide, as the table writes them: where, and to what
    power.

    To divide by a product or a power is to divide by each of its factors; where a factor is itself
    a quotient, as x / r, its divisor counts too.
    """
    found: dict[int, Divided] = {}

    def divide(i: int, edge: tuple[int, int], n: int) -> None:
        own = found.setdefault(i, {})
        own[edge] = max(own.get(edge, 0), n)

    for v, slot, u in ev.edges:
        row, primitive = ev.tape[v], PRIMITIVES[ev.tape[v].op]
        if row.op == "mul" and ev.tape[other := row.operands[1 - slot]].op == "div":
            divide(ev.tape[other].operands[1], (v, u), 1)
        text = formula(ev, (v, slot, u))
        for name in re.findall(r"/ ([a-z])\b", text):
            i = v if name == "z" else row.operands[primitive.operands.index(name)]
            # z was divided by it already, but who writes a label in its place does not see that.
            seen = not row.label or ev.tape[row.operands[0]].op == "constant"
            divide(i, (v, u), 2 if name != "z" and "z" in text and seen else 1)
    for row in reversed(ev.tape.rows):
        if row.index in found:
            for j, n in powers_in(ev, row):
                for edge, m in found[row.index].items():
                    divide(j, edge, n * m)
    return found


def powers_in(ev: Evidence, row: Row) -> list[tuple[int, int]]:
    """(factor, how many times) for a product, a quotient, or a power with a whole exponent."""
    if row.op in ("mul", "neg"):
        return [(j, row.operands.count(j)) for j in {*row.operands}]
    if row.op == "div":
        return [(row.operands[0], 1)]
    exponent = ev.value(row.operands[1], 0) if row.op == "pow" else 0.0
    whole = exponent > 0.0 and exponent % 1.0 == 0.0 and ev.tape[row.operands[1]].op == "constant"
    return [(row.operands[0], int(exponent))] if whole else []
