"""What a diagnosis goes by: the true derivative, the claimed one, and the graph, at many points."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from microgradx.errors import DomainError
from microgradx.explain.diagnosis.evidence.measured import (
    FAINT,
    ILL,
    Edge,
    Measured,
    of_faded,
    weighed,
)
from microgradx.explain.diagnosis.evidence.rounding import (
    DIFFERENCES,
    FITS,
    TOLERANCE,
    cancelled,
    errors,
    heaviest,
    same,
    shaken,
    sized,
)
from microgradx.explain.diagnosis.evidence.sampling import far
from microgradx.explain.diagnosis.evidence.subject import Subject
from microgradx.explain.points import POSITIVE, UNIT, Point, here
from microgradx.explain.surroundings import EDGES, SPREADS, Surroundings
from microgradx.tape import Tape
from microgradx.writing import shown

# A derivative that cancels to nothing is compared with so much of what cancelled: of the last
# contributions, and of all paths with their signs taken away.
OF_CONTRIBUTIONS, OF_PATHS = 1e-5, 1e-7
MUCH = 1e4  # if a difference has lost so much, it is tried what that does to the derivative
SLIGHT = 1e-6  # a claim so many times smaller than the derivative is measured by itself
STEEP = 1e60  # slopes so many times larger than the user's: others underflow beside them
FIRST, ENOUGH, TRIES = 12, 24, 120  # points that decide; that explain; tried at each distance
SELDOM = 5  # where fewer than one of so many is on the user's side, closer ones are tried
BEYOND = 100  # points kept on other sides of kinks
SAMPLE = 3  # points that reject most hypotheses, and tell sums and factors apart


class Evidence(Subject):
    """A graph and a claimed ∂output/∂wrt at points around the user's own.

    Raises DomainError if one of the two is not defined at a point that the user gave.

    Attributes, besides those of the graph:
        claim_at: The claim at a point.
        fixed, ranges: Leaves that keep their values, and the intervals of others.
        given: The points that the user gave, numbers by leaf.
        elsewhere: Whether others may be tried.
        closed: Whether no more are sought.
        measured: What was measured at points on the user's side of every kink.
        points, true, claimed, scale, claim_scale: The same, each in a list of its own.
        own: Which of these points is the user's, as a rule 0.
        beyond: Points on other sides.
        across: Whether the claim is right at each of those.
        unsound: Points where digits are lost, as where nearly all of the derivative cancels: they
            speak where no others do.
        near: Where the graph is run again.
        bare: The same, with the slopes of kinks alone.
        kept: What functions marked `@kept` have found of it.
    """

    def __init__(
        self,
        tape: Tape,
        output: int,
        wrt: int,
        claim: Callable[[Point], float],
        fixed: Collection[int],
        ranges: Mapping[int, tuple[float, float]],
        given: Sequence[Mapping[int, float]],
    ):
        super().__init__(tape, output, wrt)
        self.claim_at, self.closed, self.own = claim, False, 0
        self.fixed, self.ranges, self.given = {*fixed}, ranges, given
        self.near = Surroundings(tape, self.fixed, self.ranges, self.sloped)
        self.elsewhere = self.near.can_move and not given
        self.hold([])
        self.beyond: list[Point] = []
        self.across: list[bool] = []
        self.unsound: list[Measured] = []
        self._adjoints: dict[int, list[float]] = {}
        self._tangents: dict[tuple[int, int], list[float]] = {}
        self.kept: dict[tuple, Any] = {}
        self._sums = [tape[i] for i in self.under if tape[i].op in DIFFERENCES]
        self._positive = [i for i in self.under if tape[i].op in POSITIVE]
        self._sides = self.near.sides(here(tape))
        self._seen, self._steepest = 0, math.inf
        self.gather(FIRST)

    def evaluate(self, given: Mapping[int, float]) -> Point | None:
        """The graph at a point, with the local derivatives that matter here."""
        return self.near.at(given)

    def measure(self, point: Point) -> Measured | None:
        """The derivative and the claim at a point; None where one is not defined."""
        try:
            claimed = float(self.claim_at(point))
        except (ArithmeticError, ValueError):
            return None
        bar = self.sweep(point.partials)
        true = bar[self.wrt]
        users, paths, steepest, ill = weighed(
            self.tape, self.edges, point, bar, self.output, self.wrt
        )
        size = sized(abs(true), abs(claimed))
        scale = sized(size, OF_CONTRIBUTIONS * sized(users), OF_PATHS * sized(paths))
        noise = self.noise(point, true)
        heavy, faded = heaviest(self.tape, self.claimed_by, point), 0.0
        if not (self.claimed_by or same(true, claimed, scale)):
            heavy = shaken(self.claim_at, point, claimed)
            faded = of_faded(self.tape, self.edges, point, bar, self.wrt) if ill else 0.0
        scale = sized(scale, UNIT / TOLERANCE * sized(heavy, faded, noise))
        if not all(map(math.isfinite, (true, claimed, scale))):
            return None
        # Beside a derivative that is so much larger, what cancels from it would hide the claim.
        slight = abs(claimed) < SLIGHT * abs(true)
        alone = sized(abs(claimed), UNIT / TOLERANCE * heavy) if slight else scale - abs(true)
        lost = max(paths, noise, heavy) > ILL * size or steepest > STEEP * max(1.0, self._steepest)
        lost = lost or any(point.values[i] < FAINT for i in self._positive)  # to underflow
        return Measured(point, true, claimed, scale, alone, 2 if lost else ill, steepest)

    def noise(self, point: Point, true: float) -> float:
        """What rounding may change of the true derivative, in units of rounding."""
        lost = cancelled(self._sums, point)
        if lost <= MUCH:
            return lost * abs(true)
        slopes = [self.sweep(other.partials)[self.wrt] for other in self.rounded_otherwise(point)]
        return max([abs(slope - true) / UNIT for slope in slopes], default=lost * abs(true))

    def rounded_otherwise(self, point: Point) -> Iterator[Point]:
        """A point as it may be when every result is rounded otherwise, some times."""
        others = (self.near.at(point.given, some) for some in errors(len(self.tape)))
        return (other for other in others if other)

    def sweep(
        self,
        partials: Sequence[Sequence[float | None]],
        edges: Sequence[Edge] | None = None,
        top: int | None = None,
    ) -> list[float]:
        """∂output/∂v for every active row v and for `wrt`, by these local derivatives.

        It goes along some edges in the order of `edges`, or along all; `top` may stand in the place
        of the output.
        """
        bar = [0.0] * len(self.tape)
        bar[self.output if top is None else top] = 1.0
        for v, slot, u in reversed(self.edges if edges is None else edges):
            bar[u] += bar[v] * partials[v][slot]  # type: ignore[operator]
        return bar

    def sweep_forward(self, partials: Sequence[Sequence[float | None]], u: int) -> list[float]:
        """∂v/∂u for every active row v, by these local derivatives."""
        dot = [0.0] * len(self.tape)
        dot[u] = 1.0
        for v, slot, i in self.edges:
            if v > u:
                dot[v] += partials[v][slot] * dot[i]  # type: ignore[operator]
        return dot

    def gather(self, wanted: int) -> None:
        """Have at least so many points on the user's side of every kink, if there are."""
        if self.closed:
            return
        if not self.points:
            self.keep(here(self.tape))
            if not self.points:  # undefined where the user is
                return
            for given in self.given:
                point = self.evaluate({**self.points[0].given, **given})
                if point is None or not self.keep(point):
                    at = ", ".join(f"{self.tape.name(i)} = {shown(x)}" for i, x in given.items())
                    raise DomainError(f"graph or claim is not defined at the point given: {at}")
            others = far(self.near, self.wrt, self.moving, self.kinks, self.beyond)
            for point in others if self.elsewhere else ():
                self.keep(point)
        if self.elsewhere:
            self.look_around(wanted)
        self.unsound.sort(key=lambda one: one.ill)
        while self.unsound and len(self.points) < wanted:
            self.hold([*self.measured, self.unsound.pop(0)])

    def look_around(self, wanted: int) -> None:
        """Try random points, ever closer ones if few are on the user's side."""
        for spread in SPREADS:
            self._seen += 1
            before = len(self.points)
            for tried, point in enumerate(islice(self.near.nearby(self._seen, spread), TRIES)):
                if len(self.points) >= wanted:
                    return
                if len(self.points) - before < tried // SELDOM:
                    break
                self.keep(point)
        for point in self.near.smaller() if self.unsound else ():  # here all has saturated
            self.keep(point)

    def look_at_edges(self) -> None:
        """Try points at the ends of ranges, and barely beyond kinks."""
        for point in self.near.edges() if self.elsewhere else ():
            self.keep(point, BEYOND + EDGES)

    def keep(self, point: Point, most: int = BEYOND) -> bool:
        """Add a point to those of its side, if everything is defined there; whether it is. Of those
        on other sides, so many are kept."""
        if (measured := self.measure(point)) is None:
            return False
        if not self.points:
            self._steepest = measured.steepest or 1.0
        unsound = measured.ill and not self.given  # what the user gives, speaks
        if self.near.sides(point) != self._sides:
            if len(self.beyond) < most and not unsound:
                self.beyond.append(point)
                self.across.append(measured.agrees)
        elif unsound and self.points:
            self.unsound.append(measured)
        else:
            self.hold([*self.measured, measured])
        return True

    def hold(self, measured: list[Measured]) -> None:
        """Let this speak, which was measured, and nothing else."""
        self.measured = measured
        self.points = [one.point for one in measured]
        self.true = [one.true for one in measured]
        self.claimed = [one.claimed for one in measured]
        self.scale = [one.scale for one in measured]
        self.claim_scale = [one.claim_scale for one in measured]

    def forget(self) -> None:
        """Drop what was computed from other points, and look for no more."""
        self._adjoints, self._tangents, self.kept, self.closed = {}, {}, {}, True
        vars(self).pop("necks", None)

    def agrees(self, point: Point) -> bool | None:
        """Whether claim and truth agree at a point; None where one is not defined."""
        return (measured := self.measure(point)) and measured.agrees

    def agreements(self) -> list[bool]:
        """Whether claim and truth agree, for each of the points that speak."""
        return [one.agrees for one in self.measured]

    def fits(self, k: int, predicted: float) -> bool:
        """Whether the claim is what a hypothesis predicts at the k-th point."""
        return abs(predicted - self.claimed[k]) <= FITS * sized(self.claim_scale[k], abs(predicted))

    def adjoints(self, k: int) -> list[float]:
        """∂output/∂v by row at the k-th point."""
        if k not in self._adjoints:
            self._adjoints[k] = self.sweep(self.points[k].partials)
        return self._adjoints[k]

    def tangents(self, k: int, u: int | None = None) -> list[float]:
        """∂v/∂u by row at the k-th point, for an active row u, or for `wrt`."""
        u = self.wrt if u is None else u
        if (k, u) not in self._tangents:
            self._tangents[k, u] = self.sweep_forward(self.points[k].partials, u)
        return self._tangents[k, u]

    def through(self, v: int, k: int) -> float:
        """The sum over all paths through a row of their products."""
        return self.adjoints(k)[v] * self.tangents(k)[v]

    def along(self, v: int, slot: int, u: int, k: int) -> float:
        """The sum over all paths through an edge of their products."""
        return self.adjoints(k)[v] * self.slope(v, slot, k) * self.tangents(k)[u]

    def slope(self, v: int, slot: int, k: int) -> float:
        """A local derivative at the k-th point."""
        return self.points[k].partials[v][slot]  # type: ignore[return-value]

    def value(self, v: int, k: int) -> float:
        return self.points[k].values[v]

    @property
    def few(self) -> range:
        """The points that are looked at first."""
        return range(min(SAMPLE, len(self.points)))

    @cached_property
    def bare(self) -> Surroundings:
        return Surroundings(self.tape, self.fixed, self.ranges, self.kinks)

    @cached_property
    def necks(self) -> frozenset[int]:
        """The rows through which all paths lead."""
        return frozenset(
            v
            for v in self.active
            if all(same(self.through(v, k), self.true[k], self.scale[k]) for k in self.few)
        )
