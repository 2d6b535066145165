"""The same graph at other points: where a statement about it is tried before it is made."""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from microgradx.errors import MathError
from microgradx.graph import Node
from microgradx.tape import Tape

# Rows whose derivative jumps. Where it stands tells on which side of a kink a point lies.
BRANCHING = frozenset({"abs", "relu", "max", "min", "where", "greater", "equal"})
# How far from the user's point: each leaf moves by up to so many times half of itself, plus ½.
SPREADS = 1.0, 0.5, 0.2, 0.05, 0.01, 0.001


class Point(NamedTuple):
    """A tape's graph at some values of its leaves: by row, its value and its local derivatives."""

    given: Mapping[int, float]
    values: Sequence[float]
    partials: Sequence[Sequence[float | None]]


def evaluate(tape: Tape, given: Mapping[int, float]) -> Point | None:
    """The graph at a point; None where it is not defined."""
    try:
        nodes = tape.replay(given)
    except MathError:
        return None
    values, partials = [], []
    for v, row in zip(nodes, tape.rows, strict=True):
        if not row.operands:
            values.append(v.data if isinstance(v, Node) else v)
            partials.append(())
            continue
        values.append(v.data)
        slopes = v.partials
        if len(slopes) < len(row.operands):
            taken = iter(slopes)
            slopes = tuple(None if d is None else next(taken) for d in row.partials)
        partials.append(slopes)
    return Point(given, values, partials)


def here(tape: Tape) -> Point:
    """The point at which the tape was recorded."""
    given = {row.index: row.value for row in tape.rows if row.is_leaf}
    return Point(given, [row.value for row in tape.rows], [row.partials for row in tape.rows])


def branches(tape: Tape, point: Point) -> list[Any]:
    """On which side of its kink each row that has one stands."""
    return [
        (point.values[row.index] if not any(point.partials[row.index]) else None,
         point.partials[row.index])
        for row in tape.rows
        if row.op in BRANCHING
    ]  # fmt: skip


def nearby(
    tape: Tape,
    fixed: Collection[int] = (),
    ranges: Mapping[int, tuple[float, float]] | None = None,
    seed: int = 0,
    spread: float = 1.0,
    wide: Collection[int] = (),
) -> Iterator[Point]:
    """Random points around the tape's own where the graph is defined; ever closer if few are.

    The sequence ends where even the closest are not defined, and is the same for the same seed.

    Args:
        tape: The graph.
        fixed: Leaves that keep their values, by index.
        ranges: Leaves that take values in an interval of their own, by index.
        seed: Of the random numbers.
        spread: How far away they may be, as in SPREADS.
        wide: If given, only these leaves go so far, and half of the time to the other side of 0;
            the others stay close and keep their signs.
    """
    chance = random.Random(seed)
    leaves = [row for row in tape.rows if row.is_leaf and row.index not in fixed]
    ranges = ranges or {}
    closer = iter([s for s in SPREADS if s < spread])
    failures = 0

    def moved(i: int, x: float) -> float:
        if i in ranges:
            return chance.uniform(*ranges[i])
        if i in wide:
            x *= chance.choice((1.0, -1.0)) * chance.uniform(0.7, 1.4)
            far = chance.choice((0.0, spread)) * (0.5 * abs(x) + 0.5)
            return x + far * chance.uniform(-1.0, 1.0)
        if wide:
            return x * chance.uniform(0.7, 1.4)
        if failures % 2:  # some leaves have only one sign
            return x * chance.uniform(1.0 - 0.5 * spread, 1.0 + 0.5 * spread)
        return x + spread * chance.uniform(-1.0, 1.0) * (0.5 * abs(x) + 0.5)

    while True:
        point = evaluate(tape, {row.index: moved(row.index, row.value) for row in leaves})
        if point is not None:
            yield point
            continue
        failures += 1
        if failures % 12 == 0:
            spread = next(closer, 0.0)
            if not spread:
                return
