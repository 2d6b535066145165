"""The same graph at other points: where a statement about it is tried before it is made."""

import random
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from math import copysign, exp, inf, isfinite, log

from microgradx.explain.condense import factors
from microgradx.explain.kinks import Sides, on_a_kink
from microgradx.explain.points import COMPARING, EXTREMES, Evaluator, Point, here
from microgradx.tape import Row, Tape

# How far from the user's point: each leaf moves by up to so many times half of itself, plus ½.
SPREADS = 1.0, 0.5, 0.2, 0.05, 0.01, 0.001
# The same, for one leaf that is to cross a kink; or by which it is multiplied. No round ones,
# which would end on it.
STRIDES = 1.03, -1.03, 4.1, -4.1, 16.3, -16.3
SHRUNK = 0.03, 0.0007
BEYOND, BARELY = 1.3, 1.001  # so many times as far as a kink would be
EDGES = 24  # points at most that lie barely beyond one, or within a range
INSIDE = 1e-6  # so far within a range is its end, which may be a kink itself; of its width
SCATTER = 4.0  # the same, for some leaves at once
DECADES, TRIES = 3.0, 40  # how many times smaller leaves become; how many such points are tried
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
        leaves: The rows of the leaves that are not fixed.
        can_move: Whether one of them may have another number.
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
        self.leaves = [row for row in tape.rows if row.is_leaf and row.index not in fixed]
        self.can_move = any(
            self.ranges.get(row.index) != (row.value, row.value) for row in self.leaves
        )

    @cached_property
    def sides(self) -> Sides:
        """Tells on which sides of the kinks a point lies."""
        return Sides(self.tape)

    def nearby(
        self, seed: int = 0, spread: float = 1.0, wide: Collection[int] = ()
    ) -> Iterator[Point]:
        """Random points around the tape's own where the graph is defined; ever closer if few are.

        They come closer whenever twelve have failed, and the sequence ends when twelve of the
        closest have. It is the same for the same seed.

        Args:
            seed: Of the random numbers.
            spread: How far away they may be, as in SPREADS; within ranges, see `drawn`.
            wide: If given, only these leaves go so far, and half of the time to the other side of
                0; the others stay close and keep their signs.
        """
        chance = random.Random(seed)
        closer = iter([s for s in SPREADS if s < spread])
        failures = 0

        def moved(i: int, x: float) -> float:
            if i in self.ranges:
                return self.drawn(i, chance, spread)
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
            point = self.at({row.index: moved(row.index, row.value) for row in self.leaves})
            if point is not None:
                yield point
                continue
            failures += 1
            if failures % 12 == 0:
                spread = next(closer, 0.0)
                if not spread:
                    return

    def scattered(
        self, centre: Mapping[int, float], wide: Collection[int], seed: int = 0
    ) -> Iterator[Point]:
        """Random points around given values, where some leaves have moved far and others little;
        those that are not in `wide` keep their signs."""
        chance = random.Random(seed)
        for _ in range(WORK // len(self.tape)):
            given, share = self.stirred(centre, chance), chance.choice(SHARES)
            for i in centre:
                if i not in self.fixed and chance.random() < share:
                    x = given[i]
                    far = SCATTER * chance.uniform(-1.0, 1.0) * (0.5 * abs(x) + 0.5)
                    nearer = x * chance.uniform(0.1, SCATTER)
                    given[i] = self.within(i, x + far if i in wide else nearer, chance)
            if point := self.at(given):
                yield point

    def mirrored(self) -> Iterator[Point]:
        """Points near the tape's own where one leaf has the other sign, in random order."""
        chance = random.Random(0)
        home = {row.index: row.value for row in self.leaves}
        turning = [row for row in self.leaves if row.value and row.index not in self.ranges]
        for row in chance.sample(turning, min(len(turning), WORK // len(self.tape))):
            given = self.stirred(home, chance)
            given[row.index] = -given[row.index]
            if point := self.at(given):
                yield point

    def smaller(self) -> Iterator[Point]:
        """Random points where all leaves are smaller in size and keep their signs: what has
        saturated at the tape's own point has not there."""
        chance = random.Random(0)
        for _ in range(TRIES):
            sizes = {
                row.index: row.value * 10.0 ** chance.uniform(-DECADES, 0.0) for row in self.leaves
            }
            if point := self.at({i: self.within(i, x, chance) for i, x in sizes.items()}):
                yield point

    def crossings(self, known: Iterable[Point], first: Container[int]) -> Iterator[Point]:
        """For kinks that no known point crosses, points that do: there one leaf has moved far.

        The leaves in `first` are tried first; a condition that is a leaf is turned. Last comes
        where a kink is if all in between is straight, as that of relu(x − 100) is.
        """
        chance = random.Random(0)
        home = here(self.tape)
        sides, kinks = self.sides(home), self.sides.kinks

        def crossed(point: Point) -> set[int]:
            there = self.sides(point)
            return {i for i, side in enumerate(sides) if there[i] != side}

        left = set(range(len(sides))).difference(*map(crossed, known))
        owners = [row.index for row in kinks for _ in (row, *row.operands)]  # of the sides
        conditions = {row.operands[0] for row in kinks if row.op == "where"}

        def moves() -> Iterator[tuple[int, float]]:
            for row in sorted(self.leaves, key=lambda row: row.index not in first):
                x = row.value
                turned = [0.0 if x else 1.0] if row.index in conditions else []
                strides = (x + stride * (0.5 * abs(x) + 0.5) for stride in STRIDES)
                for other in (*turned, *strides, *(x * part for part in SHRUNK if x)):
                    yield row.index, other
            for row in kinks:
                if row.index in {owners[i] for i in left}:
                    yield from self.beyond(row)

        for i, other in islice(moves(), WORK // len(self.tape)):
            if not left:
                return
            given = self.stirred(home.given, chance)
            point = self.at({**given, i: self.within(i, other, chance)})
            if point and (new := left & crossed(point)):
                left -= new
                yield point

    def edges(self) -> Iterator[Point]:
        """Points, on no kink, at both ends of each range, and barely beyond each kink that would be
        crossed if all in between were straight: what lies between two kinks may be narrow."""
        chance, kinks = random.Random(0), [row.index for row in self.sides.kinks]
        home, most = here(self.tape).given, min(EDGES, WORK // len(self.tape))

        def moves() -> Iterator[tuple[int, float]]:
            for i, (low, high) in self.ranges.items():
                yield i, low * (1.0 - INSIDE) + high * INSIDE
                yield i, high * (1.0 - INSIDE) + low * INSIDE
            for row in self.sides.kinks[:most]:
                yield from islice(self.beyond(row, BARELY), 2)

        for i, x in islice(moves(), most):
            if x == self.within(i, x, chance) and x != home[i]:
                others = {j: self.within(j, own, chance) for j, own in home.items()}
                point = self.at({**others, i: x})
                if point and not on_a_kink(self.tape, point, kinks):
                    yield point

    def beyond(self, kink: Row, times: float = BEYOND) -> Iterator[tuple[int, float]]:
        """(leaf, value) where a kink would be crossed, by the slopes here: where two operands meet,
        or one is 0; so many times as far as that."""
        values = {i: self.tape[i].value for i in kink.operands}
        extreme = kink.op in EXTREMES
        one = next(i for i in values if not extreme or values[i] == kink.value)
        # One alone meets 0.
        others = [i for i in values if i != one] if kink.op in COMPARING else []
        met = [(values[i], self.slopes(i)) for i in others] if others else [(0.0, {})]
        slopes = self.slopes(one)
        for x, those in met:
            for row in self.leaves:
                if slope := slopes.get(row.index, 0.0) - those.get(row.index, 0.0):
                    other = row.value - times * (values[one] - x) / slope
                    if isfinite(other):  # a root at 0 has no slope
                        yield row.index, other

    def slopes(self, i: int) -> dict[int, float]:
        """The derivatives of a row by the leaves, where the tape was recorded."""
        leaves = {row.index for row in self.leaves}
        partials = [row.partials for row in self.tape.rows]
        return {i: 1.0} if i in leaves else factors(self.tape, leaves, partials, i)

    def stirred(self, centre: Mapping[int, float], chance: random.Random) -> dict[int, float]:
        """Given values, moved a little: what is 0 as well, which may be where a kink is."""
        return {
            i: x
            if i in self.fixed
            else self.within(i, x * chance.uniform(0.9, 1.1) or chance.uniform(-0.1, 0.1), chance)
            for i, x in centre.items()
        }

    def within(self, i: int, x: float, chance: random.Random) -> float:
        """A number; if a leaf may not be that, a random one that it may be."""
        low, high = self.ranges.get(i, (x, x))
        return x if low <= x <= high else self.drawn(i, chance)

    def drawn(self, i: int, chance: random.Random, spread: float = 1.0) -> float:
        """A random number of a leaf's range; if the spread is below 1, at a distance of any order
        of magnitude from its own, or from the end next to that: of a wide range, such as
        (0, 1e200), a uniform one is nearly always of the largest size."""
        low, high = self.ranges[i]
        share = chance.random()
        x = min(max(low, low * (1.0 - share) + high * share), high)  # high − low may be infinite
        centre = min(max(low, self.tape[i].value), high)
        least, away = spread * (0.5 * abs(centre) + 0.5), abs(x - centre)
        if spread >= 1.0 or not least < away < inf:
            return x
        return centre + copysign(exp(chance.uniform(log(least), log(away))), x - centre)
