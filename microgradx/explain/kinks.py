"""On which sides of its kinks a graph is at a point."""

import re
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from microgradx.apply import local
from microgradx.explain.points import AT_0, BRANCHING, COMPARING, EXTREMES, Point
from microgradx.libraries import FLOATS, LIBRARIES, Library
from microgradx.primitives import PRIMITIVES, Primitive
from microgradx.tape import Row, Tape


def which(z: float, x: Any, *others: float) -> int:
    """Which of some numbers, or of one sequence, the largest or smallest is."""
    return [*((x, *others) if others else x)].index(z)


NOTED = {  # how a function of formulas decides, out of its result and its operands
    "greater": lambda z, *_: z,
    "equal": lambda z, *_: z,
    "where": lambda _, c, *__: bool(c),
    "abs": lambda z, x: z == x,
    **dict.fromkeys(("maximum", "minimum"), which),
}
DECIDING = {*NOTED, "relu"}
# Rows that are smooth although their formulas decide.
SMOOTH = frozenset({"gauss", "pow", "sech2", "sigmoid", "slope", "softplus"})
outcomes = threading.local()  # of the comparisons that a formula makes


class Watched(float):
    """The kind of number for which formulas note what they decide."""


def watched(name: str) -> Callable[..., float]:
    """A function that decides, and notes how."""
    function, note = FLOATS[name], NOTED[name]

    def noted(*operands: Any) -> float:
        z = function(*operands)
        outcomes.found.append(note(z, *operands))
        return z

    return noted


DECISIONS = LIBRARIES[Watched] = Library("decisions", {**FLOATS, **{x: watched(x) for x in NOTED}})


def branching(op: str) -> bool:
    """Whether the derivative of an operation jumps, as it may where its formulas decide."""
    return op in PRIMITIVES and op not in SMOOTH and decides(PRIMITIVES[op])


@cache
def decides(row: Primitive) -> bool:
    """Whether a formula of a row calls something that decides."""
    names = re.findall(r"\w+", " ".join((row.value, *row.partials)))
    return not DECIDING.isdisjoint(names)


def kinked(tape: Tape) -> list[Row]:
    """The rows of a graph that have kinks."""
    return [row for row in tape.rows if branching(row.op)]


class Sides:
    """The kinks of a graph, and on which side of each a point lies.

    Args:
        tape: The graph.
    """

    def __init__(self, tape: Tape):
        self.kinks = kinked(tape)

    def __call__(self, point: Point) -> list[Any]:
        """What tells the side of every kink: two points on the same sides have equal lists.

        For each row of the table that has a kink, the list holds its local derivatives, and its
        value where all of these are 0. For a row of a user's own, it holds what the formulas
        decide. A row has as many entries as operands, and one more.
        """
        found: list[Any] = []
        for row in self.kinks:
            if row.op in BRANCHING:
                partials = point.partials[row.index]
                found += (None if any(partials) else point.values[row.index], *partials)
            else:
                found += (decided(row, point), *(None for _ in row.operands))
        return found


def decided(row: Row, point: Point) -> tuple[bool, ...]:
    """What the formulas of a row decide at a point."""
    value, slopes = DECISIONS.formulas(PRIMITIVES[row.op])
    operands = [point.values[i] for i in row.operands]
    outcomes.found = []
    z = value(*operands)
    for slope in slopes:
        local(slope, z, operands)
    return tuple(outcomes.found)


def on_a_kink(tape: Tape, point: Point, rows: Iterable[int]) -> bool:
    """Whether one of some rows stands on its kink: at 0, or where operands are equal."""
    for row in (tape[i] for i in rows):
        operands = [point.values[i] for i in row.operands]
        taken = point.values[row.index] if row.op in EXTREMES else operands[0]
        if (row.op in AT_0 and taken == 0.0) or (row.op in COMPARING and operands.count(taken) > 1):
            return True
    return False
