"""The same graph at other points: where a statement about it is tried before it is made."""

import random
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from math import inf, nan
from typing import Any, NamedTuple

from microgradx.apply import FLOAT, local, sequences
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Tape

# Rows whose derivative jumps. Where it stands tells on which side of a kink a point lies.
BRANCHING = frozenset({"abs", "relu", "max", "min", "where", "greater", "equal"})
# How far from the user's point: each leaf moves by up to so many times half of itself, plus ½.
SPREADS = 1.0, 0.5, 0.2, 0.05, 0.01, 0.001
STRIDES = 1.0, -1.0, 4.0, -4.0, 16.0, -16.0  # the same, for one leaf that is to cross a kink
WORK = 20_000  # rows evaluated in search of the other sides of kinks, at most


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
    """On which side of its kink each row that has one stands."""
    return [
        (point.values[row.index] if not any(point.partials[row.index]) else None,
         point.partials[row.index])
        for row in tape.rows
        if row.op in BRANCHING
    ]  # fmt: skip


def crossings(
    tape: Tape,
    known: Collection[Point] = (),
    fixed: Collection[int] = (),
    ranges: Mapping[int, tuple[float, float]] | None = None,
    sloped: Container[int] | None = None,
) -> Iterator[Point]:
    """For kinks that no known point crosses, points that do: there one leaf has moved far.

    The arguments are those of `nearby`.
    """
    home = here(tape)
    sides = branches(tape, home)

    def crossed(point: Point) -> set[int]:
        there = branches(tape, point)
        return {i for i, side in enumerate(sides) if there[i] != side}

    left = set(range(len(sides))).difference(*map(crossed, known))
    tries = WORK // len(tape)
    for row in tape.rows:
        if not row.is_leaf or row.index in fixed:
            continue
        low, high = (ranges or {}).get(row.index, (-inf, inf))
        for stride in STRIDES:
            if not left or tries == 0:
                return
            tries -= 1
            x = min(max(row.value + stride * (0.5 * abs(row.value) + 0.5), low), high)
            point = evaluate(tape, {**home.given, row.index: x}, sloped)
            if point and (new := left & crossed(point)):
                left -= new
                yield point


def nearby(
    tape: Tape,
    fixed: Collection[int] = (),
    ranges: Mapping[int, tuple[float, float]] | None = None,
    seed: int = 0,
    spread: float = 1.0,
    wide: Collection[int] = (),
    sloped: Container[int] | None = None,
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
        sloped: The rows whose local derivatives are wanted; all, if not given.
    """
    chance = random.Random(seed)
    leaves = [row for row in tape.rows if row.is_leaf and row.index not in fixed]
    ranges = ranges or {}
    closer = iter([s for s in SPREADS if s < spread])
    failures = 0

    def moved(i: int, x: float) -> float:
        if i in ranges:
            return chance.uniform(*ranges[i])
        if not x:  # what is multiplied stays 0
            return min(spread, 1.0) * chance.uniform(-0.5, 0.5)
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
        given = {row.index: moved(row.index, row.value) for row in leaves}
        point = evaluate(tape, given, sloped)
        if point is not None:
            yield point
            continue
        failures += 1
        if failures % 12 == 0:
            spread = next(closer, 0.0)
            if not spread:
                return
