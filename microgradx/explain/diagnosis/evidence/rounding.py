"""How far two numbers may differ by rounding alone: what errors become on the way to a result."""

import math
import random
import sys
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import lru_cache

from microgradx.explain.points import UNIT, Point
from microgradx.tape import Row, Tape

TOLERANCE = 1e-8
FITS = 1e-7  # of what a hypothesis predicts, which is computed in another order
NOTHING = 1e-13  # relative: what rounding leaves of what is 0
UNCLEAR = 1e-6  # of the derivative: a part of it that is smaller says nothing
DIFFERENCES = "add", "sub", "sum"  # what may cancel
SHAKES = 3  # errors may cancel in one
LARGEST = sys.float_info.max


def heaviest(tape: Tape, rows: Collection[int], point: Point) -> float:
    """What the heaviest of some rows weighs in the last one; 0.0 if there are none.

    What a row weighs is its value times the derivative by it, with all signs taken away: times a
    unit of rounding, that is the error which its own rounding makes.
    """
    if not rows:
        return 0.0
    weight = dict.fromkeys(rows, 0.0)
    *_, last = order = sorted(rows)
    weight[last], found = 1.0, 0.0
    for v in reversed(order):
        found = max(found, weight[v] * abs(point.values[v]))
        for u, d in zip(tape.rows[v].operands, point.partials[v], strict=True):
            if d is not None:
                weight[u] += weight[v] * abs(d)
    return found


@lru_cache(8)
def errors(rows: int) -> list[list[float]]:
    """Relative errors of so many rows, some times: each up or down by a unit, at random."""
    chance = random.Random(0)
    return [[chance.choice((-UNIT, UNIT)) for _ in range(rows)] for _ in range(SHAKES)]


def shaken(claim: Callable[[Point], float], point: Point, claimed: float) -> float:
    """How much rounding may change a claim that is a function: its change, in units of rounding,
    when every number it reads is shaken by one."""
    found = 0.0
    for some in errors(len(point.values)):
        values = [x + x * error for x, error in zip(point.values, some, strict=True)]
        with suppress(ArithmeticError, ValueError):
            found = max(found, abs(float(claim(point._replace(values=values))) - claimed))
    return found / UNIT


def cancelled(sums: Iterable[Row], point: Point) -> float:
    """The largest factor by which cancellation in one of some sums magnifies the relative errors of
    its operands; at least 1."""
    found, sizes = 1.0, [*map(abs, point.values)]
    for row in sums:
        if z := sizes[row.index]:
            found = max(found, max([sizes[i] for i in row.operands]) / z)
    return found


def total(numbers: Iterable[float]) -> float:
    """A sum, rounded once; infinite where it is too large for a float."""
    try:
        return math.fsum(numbers)
    except OverflowError:
        return math.inf


def sized(*sizes: float) -> float:
    """The sum of some sizes, each and all at most the largest float: by more than that no two
    floats differ, and what is compared with infinity is the same as anything.

    >>> sized(1.0, 2.0), sized(math.inf) == sized(LARGEST, LARGEST) == LARGEST
    (3.0, True)
    """
    return min(sum(sizes), LARGEST)


def same(a: float, b: float, scale: float) -> bool:
    """Whether two numbers differ by rounding only, compared with a scale."""
    return abs(a - b) <= TOLERANCE * scale
