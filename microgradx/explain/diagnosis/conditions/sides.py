"""On which side of a kink, or of 0, a claim is right."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from math import copysign
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.sampling import MIRRORED
from microgradx.explain.diagnosis.evidence.subject import ALL_SLOPED
from microgradx.explain.kinks import on_a_kink
from microgradx.explain.points import AT_0, COMPARISONS, EXTREMES, Point
from microgradx.explain.reach import rows_under
from microgradx.explain.surroundings import Surroundings
from microgradx.explain.words import called
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row, Tape
from microgradx.writing import joined, listed

TRIED, AROUND = 4, 250  # points where a claim is right; others around each
NEARBY = 12  # points at which it is asked whether a claim is defined
IN_OTHER_CASES = ", or in some other cases"
OTHERS = 0.1  # the share of points beside a condition at which the claim may be right by chance


class Side(NamedTuple):
    """One side of something that has two.

    Attributes:
        text: The side in words.
        holds: Whether a point lies on it.
        row: What has the two sides.
    """

    text: str
    holds: Callable[[Point], bool]
    row: Row


def side(ev: Evidence) -> str | None:
    """The user's side of a kink, or of 0 for a node, on which alone the claim is right."""
    verdicts = verdicts_of(ev)
    if not any(a for _, a in verdicts) or all(a for _, a in verdicts):
        return None
    here = ev.points[0]
    verdicts += around(ev, here)
    if outside(ev) and not any(agrees for _, agrees in verdicts[1:]):
        return None
    of_kinks = list(kinks(ev, here))
    signed = [row for row in ev.tape.rows if row.op != "constant" and here.values[row.index]]
    signs, unnamed = (
        [of_0(ev, row, row.index, here) for row in signed if bool(row.label) == named]
        for named in (True, False)
    )
    several = [r for r in ev.tape.rows if r.op in EXTREMES and len(r.operands) > 2]
    others = (one for row in several for one in not_taken(ev, row, row.operands, here))
    for one in decisive((*of_kinks, *others, *signs, *unnamed), verdicts):
        return one.text
    together = fewest(of_kinks, verdicts)
    return condition_of(together, ev, verdicts) if together else None


def sign_of_a_leaf(ev: Evidence) -> Side | None:
    """The sign of one leaf, with which alone the claim is right, where there is no kink: of a mass
    or a length, nobody means the other, unless its range is there."""
    here = ev.points[0]
    moved = outside(ev)
    own = [i for i, x in here.given.items() if x and i not in moved]
    signs = [] if ev.kinks else [of_0(ev, ev.tape[i], i, here) for i in own]
    signs = [*decisive(signs, verdicts_of(ev))]
    found = decisive(signs, around(ev, here)) if signs else iter(())  # which is costly
    return next(found, None)


def outside(ev: Evidence) -> set[int]:
    """The leaves whose numbers at the user's point are not in their ranges."""
    numbers = ev.points[0].given
    return {i for i, (low, high) in ev.ranges.items() if not low <= numbers[i] <= high}


def decisive(sides: Iterable[Side], verdicts: list[tuple[Point, bool]]) -> Iterator[Side]:
    """Those sides on which a claim is right, and on which alone."""
    for one in sides:
        if all(one.holds(point) == agrees for point, agrees in verdicts):
            yield one


def condition_of(sides: list[Side], ev: Evidence, verdicts: list[tuple[Point, bool]]) -> str:
    """The condition that some sides are; and whether the claim is right in other cases as well,
    though the graph is not flat there."""
    beside = [(p, a) for p, a in verdicts if not all(one.holds(p) for one in sides)]
    right = [p for p, agrees in beside if agrees and not flat(ev, p)]
    others = IN_OTHER_CASES if len(right) > OTHERS * len(beside) else ""
    return listed([one.text for one in sides]) + others


def other_side(ev: Evidence) -> str | None:
    """The side of a kink, not the user's, on which alone the claim is right.

    Where the graph is flat there, it is right for want of paths, which says nothing.
    """
    if any(ev.agreements()):  # all of these are on the user's side
        return None
    # What holds on a kink itself is a convention.
    on_it = on_a_kink(ev.tape, ev.points[0], ev.kinks & ev.under)
    verdicts = verdicts_of(ev)[on_it:]
    tie = on_it and ev.true[0] != 0.0  # there 0 is the slope on one side
    good = [point for point, agrees in verdicts if agrees and (tie or not flat(ev, point))]
    for point in (point for point in good[:TRIED] if not branches_there(ev, point)):
        together = fewest(list(kinks(ev, point)), [*verdicts, *around(ev, point)])
        crossed = [one.row for one in together if on_it or not one.holds(ev.points[0])]
        if crossed and (tie or all(moves_through(ev, row, point) for row in crossed)):
            return condition_of(together, ev, verdicts)
    return None


def verdicts_of(ev: Evidence) -> list[tuple[Point, bool]]:
    """(point, whether the claim is right there) for the points that were tried."""
    own = zip(ev.points, ev.agreements(), strict=True)
    return [*own, *zip(ev.beyond, ev.across, strict=True)]


def around(ev: Evidence, point: Point) -> list[tuple[Point, bool]]:
    """(point, whether the claim is right there) for random points around one, across kinks too."""
    points = islice(ev.near.scattered(point.given, point.given, seed=1), 0 if ev.given else AROUND)
    return [(m.point, m.agrees) for m in map(ev.measure, points) if m and not m.ill]


def flat(ev: Evidence, point: Point) -> bool:
    """Whether the derivative is 0 at a point."""
    return ev.sweep(point.partials)[ev.wrt] == 0.0


def branches_there(ev: Evidence, point: Point) -> bool:
    """Whether the claim has a kink of its own between here and a point: it is for both sides."""
    own = ev.kinks & ev.claimed_by - ev.under
    return any(ev.tape[i].op in COMPARISONS and point.values[i] != ev.value(i, 0) for i in own)


def fewest(sides: list[Side], verdicts: list[tuple[Point, bool]]) -> list[Side]:
    """As few of these sides as suffice: where all hold, the claim is right; none if all do not."""
    wrong = [point for point, agrees in verdicts if not agrees]  # each must be excluded
    allowed = [{k for k, point in enumerate(wrong) if one.holds(point)} for one in sides]
    everything = {*range(len(wrong))}
    by_earlier = accumulate(allowed, set.intersection, initial=everything)
    chosen, by_later = [], everything
    for one, own, before in reversed([*zip(sides, allowed, by_earlier, strict=False)]):
        if before & by_later:
            chosen.append(one)
            by_later = by_later & own
    return [] if by_later else chosen[::-1]


def moves_through(ev: Evidence, row: Row, point: Point) -> bool:
    """Whether the output moves with `wrt` through what a row takes at a point, if it is on the
    way between them."""
    rows = [row]
    if row.op in COMPARISONS:
        wheres = [r for r in ev.tape.rows if r.op == "where"]
        rows = [r for r in wheres if row.index in rows_under(ev.tape, r.operands[0])]
    if not any(r.index in ev.active for r in rows):  # beside the paths, it is a factor
        return True
    return any(
        d and u in ev.moving
        for r in rows
        for u, d in zip(r.operands, point.partials[r.index], strict=True)
    )


def kinks(ev: Evidence, at: Point) -> Iterator[Side]:
    """The side on which a point lies, for each row that has a kink: those of the graph first."""
    for row in sorted(ev.tape.rows, key=lambda row: row.index not in ev.under):
        if row.op in EXTREMES:
            yield from of_extreme(ev, row, at)
        elif row.op in COMPARISONS:
            yield of_comparison(ev, row, at)
        elif row.op in AT_0:
            yield of_0(ev, row, row.operands[0], at)
        elif row.op == "where" and ev.tape[row.operands[0]].op not in COMPARISONS:
            yield of_condition(ev, row, at)


def of_extreme(ev: Evidence, row: Row, at: Point) -> Iterator[Side]:
    """That `max` or `min` does not take the one operand that moves; and which it takes."""
    i = row.index
    chosen = next(u for u in row.operands if at.values[u] == at.values[i])
    moving = [u for u in row.operands if u in ev.moving]
    first, *others = [called(ev.tape, u) for u in (chosen, *row.operands)]
    if len(others) == 2:
        [other] = {*others} - {first} or {first}
        signs = "><" if i in ev.active else "≥≤"  # equal ones have a share of the slope each
        signs = signs if row.op == "max" else signs[::-1]
        text = f"{first} {signs[0]} {other}"
        if ev.tape[chosen].op == "constant":  # z ≤ 0, not 0 ≥ z
            text = f"{other} {signs[1]} {first}"
    else:
        if len(moving) == 1 and chosen not in moving:
            yield from not_taken(ev, row, moving, at)
        text = f"{first} is {extreme(ev, row)}"
    yield Side(text, lambda p: p.values[i] == p.values[chosen], row)


def not_taken(ev: Evidence, row: Row, some: Sequence[int], at: Point) -> Iterator[Side]:
    """That `max` or `min` does not take one of its operands, for those that it does not take."""
    which, i = extreme(ev, row), row.index
    for u in some:
        if at.values[u] != at.values[i]:
            text = f"{called(ev.tape, u)} is not {which}"
            yield Side(text, lambda p, u=u: p.values[i] != p.values[u], row)


def extreme(ev: Evidence, row: Row) -> str:
    """What `max` or `min` is, in words."""
    which = "largest" if row.op == "max" else "smallest"
    return f"the {which} of {listed([called(ev.tape, u) for u in row.operands])}"


def of_comparison(ev: Evidence, row: Row, at: Point) -> Side:
    """What `greater` or `equal` finds at a point."""
    i, found = row.index, at.values[row.index]
    sign = {"greater": "≤>", "equal": "≠="}[row.op][int(found)]
    text = f" {sign} ".join(called(ev.tape, u) for u in row.operands)
    return Side(text, lambda p: p.values[i] == found, row)


def of_condition(ev: Evidence, row: Row, at: Point) -> Side:
    """Whether what `where` asks is 0 at a point."""
    i = row.operands[0]
    met = at.values[i] != 0.0
    text = f"{called(ev.tape, i)} {'≠' if met else '='} 0"
    return Side(text, lambda p: (p.values[i] != 0.0) == met, row)


def of_0(ev: Evidence, row: Row, i: int, at: Point) -> Side:
    """The side of 0 on which the i-th row is at a point: that of a row which has a kink there."""
    up = at.values[i] > 0.0
    strict = at.values[i] and row.op != "relu"  # whose slope at 0 is that below it
    text = f"{called(ev.tape, i)} {'> 0' if up else '< 0' if strict else '≤ 0'}"
    return Side(text, lambda p: (p.values[i] > 0.0) == up, row)


def where_defined(ev: Evidence) -> str:
    """Where the claim is defined, if the graph is elsewhere too: where a leaf has its sign, if it
    is the other sign that matters."""
    own = {ev.tape[i].op for i in ev.claimed_by - ev.under} & PRIMITIVES.keys()
    if len(ev.tape) > ALL_SLOPED or (own and not any(PRIMITIVES[op].domain for op in own)):
        return ""
    here = ev.points[0]
    rows = (
        row if row.index in ev.under else row._replace(op="constant", operands=(), partials=())
        for row in ev.tape.rows
    )
    graph = Tape.of_rows((ev.output,), tuple(rows))  # without the claim
    near = Surroundings(graph, ev.fixed, ev.ranges)

    def defined(given: Mapping[int, float]) -> bool:
        point = ev.evaluate({**here.given, **given})
        return point is not None and ev.measure(point) is not None

    lost = [p.given for p in islice(near.mirrored(), MIRRORED) if not defined(p.given)]
    for given in lost:
        if defined({i: copysign(x, here.given[i]) for i, x in given.items()}):
            turned = [i for i, x in given.items() if x * here.given[i] < 0.0]
            return f"where {joined([of_0(ev, ev.tape[i], i, here).text for i in turned])}"
    around = islice(near.nearby(3, 1.0), NEARBY) if near.can_move and not lost else ()
    lost += [p.given for p in around if not defined(p.given)]
    return "wherever it is defined" if lost else ""


def decided_once(tape: Tape, top: int) -> list[Row]:
    """The `where` under a row whose condition is a number: a comparison that is made only once."""
    under = rows_under(tape, top)
    return [
        row
        for row in tape.rows
        if row.index in under and row.op == "where" and tape[row.operands[0]].op == "constant"
    ]


def taken(ev: Evidence) -> str:
    """What the `where` with fixed conditions took, if the claim is right for these alone."""
    graph = decided_once(ev.tape, ev.output)
    claim = [row for i in ev.tape.outputs[2:] for row in decided_once(ev.tape, i)]
    if claim and not len(graph) == len(claim) == 1:  # who knows which belong together
        return ""
    found = []
    for row in graph:
        turned = {r.operands[0]: 0.0 if ev.value(r.operands[0], 0) else 1.0 for r in (row, *claim)}
        at = ev.evaluate({**ev.points[0].given, **turned})
        if at and ev.agrees(at) is False:
            c, *branches = row.operands
            x, y = (called(ev.tape, i) for i in (branches if ev.value(c, 0) else branches[::-1]))
            found.append(f"{row.label} is {x}, not {y}" if row.label else f"{x} is taken, not {y}")
    return joined(found) if found else ""
