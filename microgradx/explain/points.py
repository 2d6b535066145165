"""A graph at a point: its values, its local derivatives, and the sides of its kinks."""

from collections.abc import Container, Mapping, Sequence
from math import nan
from typing import Any, NamedTuple

from microgradx.apply import FLOAT, local, sequences
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Tape

# Rows whose derivative jumps. Where it stands tells on which side of a kink a point lies.
BRANCHING = frozenset({"abs", "relu", "max", "min", "where", "greater", "equal"})

COMPARING = frozenset({"max", "min", "greater", "equal"})  # those that have two operands or more


class Point(NamedTuple):
    """A tape's graph at some values of its leaves: by row, its value and its local derivatives."""

    given: Mapping[int, float]
    values: Sequence[float]
    partials: Sequence[Sequence[float | None]]


def evaluate(
    tape: Tape, given: Mapping[int, float], sloped: Container[int] | None = None
) -> Point | None:
    """The graph at a point, by the formulas of the table; None where it is not defined.

    Local derivatives are computed for the rows in `sloped`, or for all.
    """
    values: list[float] = []
    partials: list[Sequence[float | None]] = []
    for index, op, operands, recorded, slopes, _ in tape.rows:
        if not operands:
            values.append(given.get(index, recorded))
            partials.append(())
            continue
        primitive = PRIMITIVES[op]
        value, formulas = FLOAT.formulas(primitive)
        arguments: list = [values[i] for i in operands]
        if primitive.variadic:
            arguments = sequences(primitive, arguments)
        try:
            z = value(*arguments)
            if not (z.__class__ is float and z - z == 0.0):
                return None
        except (ArithmeticError, ValueError):
            return None
        values.append(z)
        if sloped is not None and index not in sloped:
            found = ()
        elif primitive.variadic:
            sides: list = [local(formula, z, arguments) for formula in formulas]
            if nan in sides:  # none of them is defined
                return None
            every = (d for side in sides for d in side)
            found = [None if old is None else d for d, old in zip(every, slopes, strict=True)]
        else:
            found = [
                None if d is None else local(formula, z, arguments)
                for formula, d in zip(formulas, slopes, strict=True)
            ]
        partials.append(tuple(found))
    return Point(given, values, partials)


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
