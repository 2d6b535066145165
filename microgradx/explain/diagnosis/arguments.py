"""What `check_derivation` is given, read: the claim, and where it is to be tried."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from microgradx.errors import DomainError, GradientError
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.paths import edges_between
from microgradx.explain.points import Point, here
from microgradx.explain.reach import rows_under
from microgradx.explain.steps import refuse_stale
from microgradx.explain.words import called
from microgradx.graph import Node, brief, number, topological
from microgradx.rows import refuse_batch
from microgradx.tape import Tape
from microgradx.trees import flatten
from microgradx.value import Value
from microgradx.writing import listed, shown

T = TypeVar("T")
Claim = Value | float | Callable[[dict[str, float]], float]


class Labelled(dict[str, float]):
    """The numbers of the labelled rows at a point, by name. The name of any other row works too,
    as v7; what names none is an error that lists the labels."""

    def __init__(self, tape: Tape, names: Mapping[str, int], point: Point):
        super().__init__((name, point.values[i]) for name, i in names.items())
        self.tape, self.point = tape, point

    def __missing__(self, name: str) -> float:
        if not isinstance(name, str):
            raise TypeError(f"numbers are found by label, not by {brief(name)}")
        return self.point.values[self.tape.find(name)]


def gathered(output: Value, wrt: Any, claim: Claim, names, fixed, ranges, points) -> Evidence:
    """The evidence for a claim; but for the names, the arguments are `check_derivation`'s."""
    wrt = node_of(output, wrt, names)
    for what, x in (("output is a Value", output), ("wrt is a Value or a label", wrt)):
        if not isinstance(x, Value):
            raise TypeError(f"{what}, not {brief(x)}; as in check_derivation(L, w, o - t)")
    if not (isinstance(claim, Value) or callable(claim)):
        rule = "a claim is a Value, a finite number or a function"
        claim = one_number(claim, rule, EXAMPLES["claim"])
    more = [claim] if isinstance(claim, Value) else []
    tape = Tape(output, wrt, *more, names=names)
    remedy = "compute the output from one number for each leaf"
    refuse_batch(tape.rows, tape.name, "derivations are", remedy)
    refuse_stale(tape, "compute the output again before a derivation of it is checked")
    top, at = tape.outputs[:2]
    numbers = [v for x in more for v in topological(x)[1] if v.op == "constant"]
    fixed = [fixed] if isinstance(fixed, Value | str) else fixed
    within = by_leaf(tape, "ranges", ranges or {}, ends)
    keep = {leaf(tape, x, "fixed") for x in flatten([*several("fixed", fixed)])[0]}
    given = [by_leaf(tape, "points", point, coordinate) for point in several("points", points)]
    refuse_contradictions(tape, keep, within, given)
    keep |= {tape.find(v) for v in numbers} | constants_of_claim(tape)
    unnamed = [tape.find(v) for v in plain(output, wrt)]
    keep |= {i for i in unnamed if not tape[i].label} - {*within}
    ev = Evidence(tape, top, at, claimed(claim, tape), keep, within, given)
    refuse_unsteady(ev)
    if not ev.points:
        refuse_undefined(ev)
    refuse_ranges(ev)
    return ev


def node_of(output: Value, wrt: Any, names) -> Any:
    """The node of a graph that a label names; anything else as it is."""
    if not (isinstance(wrt, str) and isinstance(output, Value)):
        return wrt
    tape = Tape(output, names=names)
    i = tape.find(wrt)
    return next(v for nodes in topological(output) for v in nodes if tape.find(v) == i)


def refuse_unsteady(ev: Evidence) -> None:
    """Say that a claim is none, if it gives two numbers at one point."""
    again = [ev.claim_at(point) for point in ev.points[:1]]
    if again != ev.claimed[:1]:
        both = f"{ev.claimed[0]!r} and then {again[0]!r}"
        raise ValueError(f"a claim gives the same number at the same point, not {both}")


def refuse_undefined(ev: Evidence) -> NoReturn:
    """Say what is not defined at the user's own point: the claim, or the derivative."""
    tape = ev.tape
    of = slope_name(ev, ev.output, ev.wrt)
    try:
        ev.claim_at(here(tape))
    except (ArithmeticError, ValueError) as error:  # which may be a mistake in the user's function
        problem = f"what is claimed of {of} is not defined at this point: {brief(error)}"
        raise GradientError(problem) from error
    edges_between(tape, ev.wrt, None)  # refuses a local derivative that is not defined
    raise GradientError(f"{of}, or what is claimed of it, is not defined at this point")


def refuse_ranges(ev: Evidence) -> None:
    """Say so if the graph, a claim that is an expression included, is nowhere defined within the
    ranges given but at the user's own point."""
    alone = ev.ranges and ev.elsewhere and not (ev.points[1:] or ev.beyond)
    if alone and next(ev.near.nearby(), None) is None:
        ends = [
            f"{shown(low)} ≤ {called(ev.tape, i)} ≤ {shown(high)}"
            for i, (low, high) in ev.ranges.items()
        ]
        raise DomainError(
            "graph or claim is not defined at any other point that was tried within the ranges "
            f"given: {listed(ends)}"
        )


def claimed(claim: Claim, tape: Tape) -> Callable[[Point], float]:
    """What is claimed, at a point."""
    if isinstance(claim, Value):
        i = tape.outputs[2]
        return lambda point: point.values[i]
    if not callable(claim):
        return lambda point: claim
    times = Counter(row.label for row in tape.rows)
    names = {
        row.label if times[row.label] == 1 else tape.name(row.index): row.index
        for row in tape.rows
        if row.label
    }
    example = EXAMPLES["function"]

    def at(point: Point) -> float:
        numbers = Labelled(tape, names, point)
        try:
            found = claim(numbers)
        except TypeError as error:
            rule = "a claim that is a function takes one dict of numbers by label"
            raise TypeError(f"{rule}, {example}; this one fails: {error}") from error
        return one_number(found, "a claim gives one finite number", example)

    return at


def constants_of_claim(tape: Tape) -> set[int]:
    """The leaves of the claim alone that stand for numbers: without a label, or all there is."""
    below = rows_under(tape, tape.outputs[0])
    alone = set(tape.outputs[2:])
    return {
        row.index
        for row in tape.rows
        if row.is_leaf and row.index not in below and (not row.label or row.index in alone)
    }


def plain(output: Value, wrt: Value) -> list[Node]:
    """The leaves that may stand for numbers: those without a label, if others have one."""
    varied = {*topological(wrt)[1], wrt}
    others = [v for v in topological(output)[1] if v not in varied]
    return [v for v in others if not v.label] if any(v.label for v in others) else []


def leaf(tape: Tape, key: Any, option: str) -> int:
    """The row of a leaf that an option names."""
    i = tape.find(key)
    if not tape[i].is_leaf:
        raise ValueError(f"{option} is about leaves, and {called(tape, i)} is computed from others")
    return i


def several(option: str, given: Any) -> Iterable[Any]:
    """What is to be a sequence."""
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"{option} takes a sequence, not {brief(given)}; {EXAMPLES[option]}")
    return given


def by_leaf(tape: Tape, option: str, given: Any, read: Callable[[Any, str], T]) -> dict[int, T]:
    """What an option says of leaves, each read by a function that is told its name."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{option} takes numbers by leaf, not {brief(given)}; {EXAMPLES[option]}")
    found: dict[int, T] = {}
    for key, x in given.items():
        i = leaf(tape, key, option)
        if i in found:
            raise ValueError(f"{option} takes one entry for {called(tape, i)}, not two")
        found[i] = read(x, called(tape, i))
    return found


def ends(given: Any, name: str) -> tuple[float, float]:
    """The lowest and the highest number of a leaf."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        problem = f"ranges takes two numbers for {name}, not {brief(given)}"
        raise TypeError(f"{problem}; {EXAMPLES['ranges']}")
    rule = f"ranges takes finite numbers for {name}"
    low, high = (one_number(x, rule, EXAMPLES["ranges"]) for x in given)
    if not low <= high:
        raise ValueError(
            f"a range goes from the lowest to the highest, not {brief(given)} for {name}"
        )
    return low, high


def coordinate(given: Any, name: str) -> float:
    """The number of a leaf at a point."""
    return one_number(given, f"points takes a finite number for {name}", EXAMPLES["points"])


def refuse_contradictions(
    tape: Tape,
    fixed: Collection[int],
    ranges: Mapping[int, tuple[float, float]],
    points: Iterable[Mapping[int, float]],
) -> None:
    """Say of a leaf that one option gives it numbers that another does not allow."""
    if both := sorted(ranges.keys() & fixed):
        raise ValueError(f"fixed and ranges both have {called(tape, both[0])}; leave it out of one")
    limits = {"fixed": {i: (tape[i].value, tape[i].value) for i in fixed}, "ranges": ranges}
    for option, intervals in limits.items():
        for i, x in (pair for point in points for pair in point.items()):
            low, high = intervals.get(i, (x, x))
            if not low <= x <= high:
                given = f"points has {called(tape, i)} = {shown(x)}"
                raise ValueError(f"{given}, which {option} does not allow")


def one_number(x: Any, rule: str, example: str) -> float:
    """A finite float; errors begin with the rule, and end with a call."""
    try:
        found = number(x)
    except TypeError:
        found = None
    except DomainError:  # it stays one: a claim may have no number at a random point
        raise DomainError(f"{rule}, not {brief(x)}; {example}") from None
    if not isinstance(found, float):
        raise TypeError(f"{rule}, not {brief(x)}; {example}")
    return found


EXAMPLES = {
    "claim": "as in check_derivation(L, w, (o - t) * x)",
    "function": "as in lambda d: d['o'] - d['t']",
    "fixed": "as in fixed=[x, 'w']",
    "ranges": "as in ranges={x: (0.0, 1.0)}",
    "points": "as in points=[{x: 0.5, 'w': 2.0}]",
}
