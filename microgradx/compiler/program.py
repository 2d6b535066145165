"""A straight-line program: what a trace has written, without what nobody needs."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from microgradx.compiler.recording import (
    COMPARISONS,
    Guard,
    Operand,
    Recording,
    Row,
    evaluate,
)


class Program(NamedTuple):
    """Rows in the order of evaluation, and which of them are asked for.

    Attributes:
        rows: The rows; the first ones are the inputs.
        inputs: How many inputs there are, used or not.
        forward: How many rows were written by the forward pass.
        outputs: What it computes: the index of a row, or a constant.
        guards: The comparisons under which it holds.
        names: What a row is called: the label of a node, or "d_" and that for its adjoint.
        notes: What a row is, for readers: "∂loss/∂w[0]".
    """

    rows: tuple[Row, ...]
    inputs: int
    forward: int
    outputs: tuple[Operand, ...]
    guards: tuple[Guard, ...]
    names: dict[int, str]
    notes: dict[int, str]

    @property
    def size(self) -> int:
        """The number of operations."""
        return len(self.rows) - self.inputs

    def operands_of(self, row: Row) -> list[int]:
        """The rows that a row uses."""
        return [x for x in row.operands if isinstance(x, int)]

    def evaluate(self, numbers: Iterable[float]) -> list[float]:
        """The number of every row at some inputs, one after the other; nan where there is none."""
        found = [*numbers]
        for op, operands in self.rows[self.inputs :]:
            found.append(evaluate(op, [found[x] if isinstance(x, int) else x for x in operands]))
        return found

    def refused(self, numbers: Iterable[float]) -> Guard | None:
        """The first guard that does not hold at some inputs."""
        found = self.evaluate(numbers)
        for guard in self.guards:
            x, y = (found[x] if isinstance(x, int) else x for x in (guard.x, guard.y))
            if COMPARISONS[guard.sign](x, y) != guard.outcome:
                return guard
        return None

    def split(self, inputs: Iterable[int]) -> tuple[list[int], list[int]]:
        """The rows that do not depend on some inputs, and those that do; both without inputs."""
        varying = self.varying(inputs)
        rows = range(self.inputs, len(self.rows))
        return [i for i in rows if not varying[i]], [i for i in rows if varying[i]]

    def edge(self, each: Iterable[int]) -> set[int]:
        """The rows, not among some, that these or what is asked for need; and the outputs."""
        each = {*each}
        used = {x for i in each for x in self.operands_of(self.rows[i])}
        used.update(x for g in self.guards for x in (g.x, g.y) if isinstance(x, int))
        used = {x for x in used if x not in each}
        return {i for i in {*used, *self.outputs} if isinstance(i, int) and i >= self.inputs}

    def varying(self, inputs: Iterable[int]) -> list[bool]:
        """For each row, whether it depends on one of some inputs."""
        found = [False] * len(self.rows)
        for i in inputs:
            found[i] = True
        for i in range(self.inputs, len(self.rows)):
            found[i] = any(found[x] for x in self.operands_of(self.rows[i]))
        return found


def finish(
    recording: Recording,
    inputs: int,
    forward: int,
    outputs: Iterable[Operand],
    names: Mapping[int, str],
    notes: Mapping[int, str],
) -> Program:
    """The program of a recording: the rows that its outputs and guards need, numbered anew."""
    outputs = tuple(outputs)
    wanted = [x for x in outputs if isinstance(x, int)]
    wanted += [x for g in recording.guards.values() for x in (g.x, g.y) if isinstance(x, int)]
    live = bytearray(len(recording.rows))
    for i in wanted:
        live[i] = 1
    for i in range(len(recording.rows) - 1, inputs - 1, -1):
        if live[i]:
            for x in recording.rows[i].operands:
                if isinstance(x, int):
                    live[x] = 1
    place = {i: i for i in range(inputs)}
    rows = [Row("input", ())] * inputs
    before = [inputs] * (len(recording.rows) + 1)  # live rows among the first so many
    for i in range(inputs, len(recording.rows)):
        if live[i]:
            op, operands = recording.rows[i]
            place[i] = len(rows)
            rows.append(Row(op, tuple(place[x] if isinstance(x, int) else x for x in operands)))
        before[i + 1] = len(rows)

    def moved(x: Operand) -> Operand:
        return place[x] if isinstance(x, int) else x

    guards = [
        Guard(moved(g.x), g.sign, moved(g.y), g.outcome, before[g.before])
        for g in recording.guards.values()
    ]
    return Program(
        tuple(rows),
        inputs,
        before[forward],
        tuple(map(moved, outputs)),
        tuple(guards),
        {place[i]: name for i, name in names.items() if i in place},
        {place[i]: note for i, note in notes.items() if i in place},
    )
