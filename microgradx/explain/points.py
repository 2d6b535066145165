"""A graph at a point: its values, its local derivatives, and the sides of its kinks."""

from collections.abc import Container, Mapping, Sequence
from math import nan
from typing import Any, NamedTuple

from microgradx.apply import FLOAT, local, sequences
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row, Tape

# Rows whose derivative jumps. Where it stands tells on which side of a kink a point lies.
BRANCHING = frozenset({"abs", "relu", "max", "min", "where", "greater", "equal"})

COMPARING = frozenset({"max", "min", "greater", "equal"})  # those that have two operands or more


class Point(NamedTuple):
    """A tape's graph at some values of its leaves: by row, its value and its local derivatives."""

    given: Mapping[int, float]
    values: Sequence[float]
    partials: Sequence[Sequence[float | None]]


class Evaluator:
    """A tape's graph, prepared to be evaluated at many points by the formulas of the table.

    Args:
        tape: The graph.
        sloped: The rows whose local derivatives are wanted; all, if not given.
    """

    def __init__(self, tape: Tape, sloped: Container[int] | None = None):
        self.steps = [step(row, sloped is None or row.index in sloped) for row in tape.rows]

    def __call__(self, given: Mapping[int, float]) -> Point | None:
        """The graph at a point; None where it is not defined."""
        values: list[float] = []
        partials: list[Sequence[float | None]] = []
        try:
            for row, variadic, value, formulas in self.steps:
                if value is None:
                    values.append(given.get(row.index, row.value))
                    partials.append(())
                    continue
                arguments: list = [values[i] for i in row.operands]
                if variadic:
                    arguments = sequences(variadic, arguments)
                z = value(*arguments)
                if not (z.__class__ is float and z - z == 0.0):
                    return None
                values.append(z)
                if not formulas:
                    partials.append(())
                elif variadic:
                    sides: list = [local(formula, z, arguments) for formula in formulas]
                    if nan in sides:  # none of them is defined
                        return None
                    every = (d for side in sides for d in side)
                    varying = zip(every, row.partials, strict=True)
                    partials.append([None if old is None else d for d, old in varying])
                else:
                    partials.append([f and local(f, z, arguments) for f in formulas])
        except (ArithmeticError, ValueError):
            return None
        return Point(given, values, partials)


def step(row: Row, sloped: bool) -> tuple:
    """(row, its primitive if that is variadic, its function, those of its local derivatives)."""
    if not row.operands:
        return row, None, None, ()
    primitive = PRIMITIVES[row.op]
    value, formulas = FLOAT.formulas(primitive)
    if primitive.variadic:
        return row, primitive, value, formulas if sloped else ()
    varying = zip(formulas, row.partials, strict=True)
    return row, None, value, [None if d is None else f for f, d in varying] if sloped else ()


def here(tape: Tape) -> Point:
    """The point at which the tape was recorded."""
    given = {row.index: row.value for row in tape.rows if row.is_leaf}
    return Point(given, [row.value for row in tape.rows], [row.partials for row in tape.rows])


def branches(tape: Tape, point: Point) -> list[Any]:
    """On which side of its kink each row that has one stands, and each of its operands."""
    return [
        side
        for row in tape.rows
        if row.op in BRANCHING
        for side in (
            point.values[row.index] if not any(point.partials[row.index]) else None,
            *point.partials[row.index],
        )
    ]
