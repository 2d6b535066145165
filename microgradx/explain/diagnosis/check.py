"""`check_derivation`: is a derivation made by hand right, and if not, which slip explains it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from microgradx.errors import GradientError
from microgradx.explain.condense import rows_under
from microgradx.explain.diagnosis.evidence import ENOUGH, SAMPLE, Evidence
from microgradx.explain.diagnosis.numbers import claimed_number
from microgradx.explain.diagnosis.result import (
    Diagnosis,
    concluded,
    right_only_here,
    right_only_if,
)
from microgradx.explain.diagnosis.search import explained
from microgradx.explain.diagnosis.sides import decided, side, taken
from microgradx.explain.notation import derivative
from microgradx.explain.points import Point
from microgradx.explain.words import called
from microgradx.graph import Node, topological
from microgradx.names import caller_names
from microgradx.tape import Tape
from microgradx.value import Value

Claim = Value | float | Callable[[dict[str, float]], float]


def check_derivation(
    output: Value,
    wrt: Value,
    claim: Claim,
    *,
    fixed: Iterable[Value | str] = (),
    ranges: Mapping[Any, tuple[float, float]] | None = None,
    points: Iterable[Mapping[Any, float]] = (),
) -> Diagnosis:
    """Compare a derivation of ∂output/∂wrt with the derivative, and say which slip explains it.

    The graph is run again at random points near its own, and a finding is made only if it
    reproduces the claim at every one of them. A leaf that has no name, neither a label nor that of
    a variable of the caller, keeps its number if other leaves have labels: it stands for one.

    Args:
        output: The value that was differentiated.
        wrt: What it was differentiated by: any node under it.
        claim: The derivation: an expression of the same nodes; a function that computes it from a
            dict of the labelled nodes' numbers; or a number, which proves nothing elsewhere.
        fixed: Leaves that keep their values.
        ranges: (lowest, highest) by leaf, where the derivation is meant to hold.
        points: Points to use in place of random ones: numbers by leaf.

    Returns:
        A Diagnosis; `print` it.

    Raises:
        TypeError: If an argument is none of these.
        KeyError: If a leaf is not in the graph.
        GradientError: If the derivative does not exist at the point.

    Example:
        >>> import microgradx as mg
        >>> x = mg.Value(0.7, "x")
        >>> a, b = mg.sin(x), mg.exp(x)
        >>> a.label, b.label = "a", "b"
        >>> print(check_derivation(a * b, x, a * b))
        ∂(a·b)/∂x is 2.8375 here; your derivation gives 1.2973.
        - The path a·b → a → x is missing: 1.5402.
          counted: a·b → b → x = 1.2973
          missing: a·b → a → x = 1.5402
    """
    ev = gathered(output, wrt, claim, fixed, ranges, points)
    if all(ev.agreements()):
        if text := taken(ev):
            return right_only_if(ev, text)
        intended = any(decided(ev.tape, i) for i in ev.tape.outputs[2:])  # for one side
        if intended or False not in map(ev.agrees, ev.beyond):
            return concluded(ev, "right")
        text = side(ev, [*ev.points, *ev.beyond])
        return right_only_if(ev, text) if text else right_only_here(ev)
    if isinstance(claim, Value) or callable(claim):
        ev.gather(ENOUGH)
        if len(ev.points) >= SAMPLE:
            return explained(ev)
    return claimed_number(ev)


def assert_derivation(output: Value, wrt: Value, claim: Claim, **options: Any) -> None:
    """Raise AssertionError, with the diagnosis, unless `check_derivation` finds the claim right.

    Example:
        >>> import microgradx as mg
        >>> x = mg.Value(0.7, "x")
        >>> assert_derivation(x**3, x, 3 * x**2)
    """
    __tracebackhide__ = True
    diagnosis = check_derivation(output, wrt, claim, **options)
    if not diagnosis.ok:
        raise AssertionError(str(diagnosis))


def gathered(output: Value, wrt: Value, claim: Claim, fixed, ranges, points) -> Evidence:
    """The evidence for a claim; the arguments are those of `check_derivation`."""
    for what, x in (("output", output), ("wrt", wrt)):
        if not isinstance(x, Value):
            raise TypeError(f"{what} is a Value, not {x!r}; as in check_derivation(L, w, o - t)")
    if isinstance(claim, bool) or not (isinstance(claim, Value | float | int) or callable(claim)):
        raise TypeError(f"a claim is a Value, a number or a function, not {claim!r}")
    more = [claim] if isinstance(claim, Value) else []
    tape = Tape(output, wrt, *more, names=caller_names())
    top, at = tape.outputs[:2]
    numbers = [v for x in more for v in topological(x)[1] if v.op == "constant"]
    within = {tape.find(x): bounds for x, bounds in (ranges or {}).items()}
    keep = {tape.find(x) for x in (*fixed, *numbers)} | constants_of_claim(tape)
    unnamed = [tape.find(v) for v in plain(output, wrt)]
    keep |= {i for i in unnamed if not tape[i].label} - {*within}
    given = [{tape.find(x): number for x, number in point.items()} for point in points]
    ev = Evidence(tape, top, at, claimed(claim, tape), keep, within, given)
    if not ev.points:
        of = derivative(called(tape, top), called(tape, at))
        raise GradientError(f"{of}, or what is claimed of it, is not defined at this point")
    return ev


def claimed(claim: Claim, tape: Tape) -> Callable[[Point], float]:
    """What is claimed, at a point."""
    if isinstance(claim, Value):
        i = tape.outputs[2]
        return lambda point: point.values[i]
    if not callable(claim):
        return lambda point: claim
    labels = {row.label: row.index for row in tape.rows if row.label}
    return lambda point: claim({label: point.values[i] for label, i in labels.items()})


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
