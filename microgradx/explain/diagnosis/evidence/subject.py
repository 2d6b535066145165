"""What a diagnosis is about: a derivative in a graph, which is the same at every point."""

from functools import cached_property

from microgradx.explain.kinks import kinked
from microgradx.explain.reach import named, rows_above, rows_under
from microgradx.tape import Tape

ALL_SLOPED = 300  # rows: of smaller graphs all local derivatives are computed


class Subject:
    """∂output/∂wrt, and what rows and edges of a graph it is made of.

    Attributes:
        tape: The graph, that of the claim included.
        output, wrt: Their rows.
        under: The rows that the output uses, itself among them.
        active: The rows between `wrt` and the output, which is one of them, in order.
        moving: The active rows and `wrt`.
        edges: (row, slot, operand) for each edge from an active row to a moving one.
        kinks: The rows that have branches.
        claimed_by: The claim's rows, if it is an expression and the graph small.
        written: The operands of those of them that the output does not use.
        sloped: The rows whose local derivatives are computed.
    """

    def __init__(self, tape: Tape, output: int, wrt: int):
        self.tape, self.output, self.wrt = tape, output, wrt
        self.under = under = rows_under(tape, output)
        above = rows_above(tape, wrt)
        self.active = sorted((under & above) - {wrt})
        self.moving = frozenset((*self.active, wrt))
        self.edges = [
            (v, slot, u)
            for v in self.active
            for slot, u in enumerate(tape.rows[v].operands)
            if u in above
        ]
        self.kinks = {row.index for row in kinked(tape)}
        small = len(tape) < ALL_SLOPED
        self.claimed_by = frozenset(rows_under(tape, *(tape.outputs[2:] if small else ())))
        self.written = {u for i in self.claimed_by - under for u in tape[i].operands}
        self.sloped = {*self.active, *self.kinks, *(under if small else ()), *self.claimed_by}

    @cached_property
    def stops(self) -> frozenset[int]:
        """The active rows that have a name, with the output and `wrt`."""
        return frozenset(named(self.tape, self.active) | {self.output, self.wrt})
