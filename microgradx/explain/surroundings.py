"""The same graph at other points: where a statement about it is tried before it is made."""

import random
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from math import inf

from microgradx.explain.points import Evaluator, Point, branches, here
from microgradx.tape import Tape

# How far from the user's point: each leaf moves by up to so many times half of itself, plus ½.
SPREADS = 1.0, 0.5, 0.2, 0.05, 0.01, 0.001
# The same, for one leaf that is to cross a kink; no round ones, which would end on it.
STRIDES = 1.03, -1.03, 4.1, -4.1, 16.3, -16.3
SCATTER = 4.0  # the same, for some leaves at once
SHARES = 0.05, 0.2, 0.5  # of the leaves, that move so
WORK = 10_000  # rows evaluated in search of the other sides of kinks, at most


class Surroundings:
    """Where a graph may be run again.

    Args:
        tape: The graph.
        fixed: Leaves that keep their values, by index.
        ranges: Leaves that take values in an interval of their own, by index.
        sloped: The rows whose local derivatives are wanted; all, if not given.

    Attributes:
        at: Evaluates the graph at a point.
    """

    def __init__(
        self,
        tape: Tape,
        fixed: Collection[int] = (),
        ranges: Mapping[int, tuple[float, float]] | None = None,
        sloped: Container[int] | None = None,
    ):
        self.tape, self.fixed, self.ranges = tape, fixed, ranges or {}
        self.at = Evaluator(tape, sloped)

    def within(self, i: int, x: float) -> float:
        """What is nearest to a number among those that a leaf may be."""
        low, high = self.ranges.get(i, (-inf, inf))
        return min(max(x, low), high)

    def nearby(
        self, seed: int = 0, spread: float = 1.0, wide: Collection[int] = ()
    ) -> Iterator[Point]:
        """Random points around the tape's own where the graph is defined; ever closer if few are.

        The sequence ends where even the closest are not defined, and is the same for the same seed.

        Args:
            seed: Of the random numbers.
            spread: How far away they may be, as in SPREADS.
            wide: If given, only these leaves go so far, and half of the time to the other side of
                0; the others stay close and keep their signs.
        """
        chance = random.Random(seed)
        leaves = [row for row in self.tape.rows if row.is_leaf and row.index not in self.fixed]
        closer = iter([s for s in SPREADS if s < spread])
        failures = 0

        def moved(i: int, x: float) -> float:
            if i in self.ranges:
                return chance.uniform(*self.ranges[i])
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
            point = self.at({row.index: moved(row.index, row.value) for row in leaves})
            if point is not None:
                yield point
                continue
            failures += 1
            if failures % 12 == 0:
                spread = next(closer, 0.0)
                if not spread:
                    return

    def scattered(self, centre: Mapping[int, float], wide: Collection[int]) -> Iterator[Point]:
        """Random points around given values, where some leaves have moved far and others little;
        those that are not in `wide` keep their signs."""
        chance = random.Random(0)
        for _ in range(WORK // len(self.tape)):
            given, share = dict(centre), chance.choice(SHARES)
            for i in centre:
                if i not in self.fixed:
                    x = centre[i] * chance.uniform(0.9, 1.1) or chance.uniform(-0.1, 0.1)
                    if chance.random() < share:
                        if i in wide:
                            x += SCATTER * chance.uniform(-1.0, 1.0) * (0.5 * abs(x) + 0.5)
                        else:
                            x *= chance.uniform(0.1, SCATTER)
                    given[i] = self.within(i, x)
            if point := self.at(given):
                yield point

    def crossings(self, known: Iterable[Point], first: Container[int]) -> Iterator[Point]:
        """For kinks that no known point crosses, points that do: there one leaf has moved far.

        The leaves in `first` are tried first.
        """
        home = here(self.tape)
        sides = branches(self.tape, home)

        def crossed(point: Point) -> set[int]:
            there = branches(self.tape, point)
            return {i for i, side in enumerate(sides) if there[i] != side}

        left = set(range(len(sides))).difference(*map(crossed, known))
        tries = WORK // len(self.tape)
        leaves = [row for row in self.tape.rows if row.is_leaf and row.index not in self.fixed]
        for row in sorted(leaves, key=lambda row: row.index not in first):
            for stride in STRIDES:
                if not left or tries == 0:
                    return
                tries -= 1
                x = self.within(row.index, row.value + stride * (0.5 * abs(row.value) + 0.5))
                point = self.at({**home.given, row.index: x})
                if point and (new := left & crossed(point)):
                    left -= new
                    yield point
