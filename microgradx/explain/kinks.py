"""On which sides of its kinks a graph is at a point."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from microgradx.apply import local
from microgradx.explain.points import AT_0, BRANCHING, COMPARING, EXTREMES, Point
from microgradx.libraries import FLOATS, LIBRARIES, Library
from microgradx.primitives import BUILT_IN, PRIMITIVES, Primitive
from microgradx.tape import Row, Tape

DECIDING = {"greater", "equal", "where", "abs", "maximum", "minimum", "relu"}
outcomes = threading.local()  # of the comparisons that a formula makes


class Watched(float):
    """The kind of number for which formulas note what they decide."""


def watched(name: str) -> Callable[..., float]:
    """A function that decides, and notes how."""
    function = FLOATS[name]

    def noted(*operands: Any) -> float:
        z = function(*operands)
        outcomes.found.append(z if name in ("greater", "equal") else z == operands[0])
        return z

    return noted


DECISIONS = LIBRARIES[Watched] = Library(
    "decisions", {**FLOATS, **{name: watched(name) for name in DECIDING if name in FLOATS}}
)


def branching(op: str) -> bool:
    """Whether the derivative of an operation jumps; a user's own may where its formulas decide."""
    if op in BUILT_IN or op not in PRIMITIVES:
        return op in BRANCHING
    return decides(PRIMITIVES[op])


@cache
def decides(row: Primitive) -> bool:
    """Whether a formula of a row calls something that decides."""
    names = re.findall(r"\w+", " ".join((row.value, *row.partials)))
    return not DECIDING.isdisjoint(names)


def branches(tape: Tape, point: Point) -> list[Any]:
    """For each row with a kink, a tuple of one value and one for each operand: equal at two points
    on the same side."""
    return [side for row in tape.rows if branching(row.op) for side in sides(row, point)]


def sides(row: Row, point: Point) -> Iterator[Any]:
    """The local derivatives of a row, preceded by its value where all of these are 0; of a user's
    own row, what its formulas decide."""
    if row.op in BRANCHING:
        partials = point.partials[row.index]
        yield point.values[row.index] if not any(partials) else None
        yield from partials
        return
    value, slopes = DECISIONS.formulas(PRIMITIVES[row.op])
    operands = [point.values[i] for i in row.operands]
    outcomes.found = []
    z = value(*operands)
    for slope in slopes:
        local(slope, z, operands)
    yield tuple(outcomes.found)
    yield from (None for _ in operands)


def on_a_kink(tape: Tape, point: Point, rows: Iterable[int]) -> bool:
    """Whether one of some rows stands on its kink: at 0, or where operands are equal."""
    for row in (tape[i] for i in rows):
        operands = [point.values[i] for i in row.operands]
        taken = point.values[row.index] if row.op in EXTREMES else operands[0]
        if (row.op in AT_0 and taken == 0.0) or (row.op in COMPARING and operands.count(taken) > 1):
            return True
    return False
