"""The diagnosis of a derivation made by hand: is it right, and if not, which slip explains it."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from microgradx.errors import GradientError
from microgradx.explain.evidence import ENOUGH, Evidence, rows_under
from microgradx.explain.findings import Finding, Hypothesis
from microgradx.explain.hypotheses import (
    coefficients,
    held,
    last_contribution,
    partial,
    two_terms,
    whole,
)
from microgradx.explain.local import elsewhere, local_slips, wrong_rules
from microgradx.explain.multipliers import Multipliers
from microgradx.explain.numbers import claimed_number
from microgradx.explain.parts import Routes, parts
from microgradx.explain.paths import Path
from microgradx.explain.points import Point
from microgradx.explain.relations import dependences, extra_term, side, verified
from microgradx.explain.words import called, joined, shown
from microgradx.graph import Node
from microgradx.names import caller_names
from microgradx.tape import Tape

# Costs, in slips: up to SIMPLE nothing else is looked for; beyond LIMIT nothing is said.
SIMPLE, PLAUSIBLE, LIMIT = 2.2, 2.9, 3.95


class Diagnosis(NamedTuple):
    """What is to be said of a claimed derivative.

    Attributes:
        verdict: "right", "right only here", "right only if" or "wrong".
        true, claimed: The two derivatives at the user's point.
        findings: What is the matter; empty if the claim is right, or if no explanation is proved.
        counted, missing, repeated: The labelled paths that the claim counts, leaves out, and
            counts twice, with their products here.
        name: The derivative, as ∂L/∂x.
    """

    verdict: str
    true: float
    claimed: float
    findings: tuple[Finding, ...]
    counted: tuple[Path, ...]
    missing: tuple[Path, ...]
    repeated: tuple[Path, ...]
    name: str

    @property
    def ok(self) -> bool:
        """Whether the claim is right everywhere."""
        return self.verdict == "right"

    def __bool__(self):
        return self.ok

    def __str__(self):
        if self.ok:
            return f"Right: {self.name} = {shown(self.true)} here, and your derivation holds everywhere."
        wrong = f"{self.name} is {shown(self.true)} here; your derivation gives {shown(self.claimed)}."
        if self.verdict != "wrong":
            wrong = f"{self.name} = {shown(self.true)} here, as your derivation says; but it is {self.verdict}."
            if not math.isclose(self.true, self.claimed, rel_tol=1e-6):
                wrong = f"{self.name} is {shown(self.true)} here; your derivation gives {shown(self.claimed)}."
        lines = [wrong, *(f"- {finding.sentence}" for finding in self.findings)]
        for title, paths in (("counted", self.counted), ("missing", self.missing), ("twice", self.repeated)):
            if self.missing or self.repeated:
                lines += [f"  {title + ':':9}{path} = {shown(path.product)}" for path in paths[:6]]
        if not self.findings:
            lines.append("- No simple slip explains the difference at every point that was tried.")
        return "\n".join(lines)


def check_derivation(
    output: Node,
    wrt: Node,
    claim: "Node | float | Callable[[dict[str, float]], float]",
    *,
    fixed: Iterable[Node | str] = (),
    ranges: Mapping[Any, tuple[float, float]] | None = None,
    points: Iterable[Mapping[Any, float]] = (),
) -> Diagnosis:
    """Compare a derivation of ∂output/∂wrt with the derivative, and say which slip explains it.

    The graph is run again at random points near its own, and a finding is made only if it
    reproduces the claim at every one of them.

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
        ∂(a·b)/∂x is 2.8374 here; your derivation gives 1.2973.
        - The path a·b → a → x is missing: 1.5402.
          counted: a·b → b → x = 1.2973
          missing: a·b → a → x = 1.5402
    """
    ev, name = evidence(output, wrt, claim, fixed, ranges, points)
    true, claimed = ev.true[0], ev.claimed[0]
    if all(map(ev.agrees, ev.points)):
        if all(agrees for p in ev.beyond if (agrees := ev.agrees(p)) is not None):
            return verdict(ev, name, "right", ())
        if text := side(ev, [*ev.points, *ev.beyond]):
            return verdict(ev, name, "right only if", (condition(text),))
        return verdict(ev, name, "right only here", (at_this_point(),))
    if not isinstance(claim, Node) and not callable(claim):
        findings, hypothesis = claimed_number(ev)
        if ev.agrees(ev.points[0]):
            return verdict(ev, name, "right only here", (at_this_point(),))
        return verdict(ev, name, "wrong", findings, hypothesis)
    ev.gather(ENOUGH)
    del true, claimed
    return explained(ev, name)


def assert_derivation(output: Node, wrt: Node, claim: Any, **options: Any) -> None:
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


def evidence(output, wrt, claim, fixed, ranges, points) -> tuple[Evidence, str]:
    """The evidence for a claim, and the name of the derivative; see `check_derivation`."""
    for what, x in (("output", output), ("wrt", wrt)):
        if not isinstance(x, Node):
            raise TypeError(f"{what} is a Value, not {x!r}; as in check_derivation(L, w, o - t)")
    if isinstance(claim, bool) or not (isinstance(claim, Node | float | int) or callable(claim)):
        raise TypeError(f"a claim is a Value, a number or a function, not {claim!r}")
    more = [claim] if isinstance(claim, Node) else []
    tape = Tape(output, wrt, *more, names=caller_names())
    top, at = tape.outputs[0], tape.outputs[1]
    keep = {tape.find(x) for x in fixed}
    within = {tape.find(x): bounds for x, bounds in (ranges or {}).items()}
    given = [{tape.find(x): number for x, number in point.items()} for point in points]
    below = rows_under(tape, top)
    if isinstance(claim, Node):
        i = tape.outputs[2]
        if not tape[i].operands and i not in below:
            keep.add(i)
        # A number that was written as a Value is one.
        keep |= {row.index for row in tape.rows if row.is_leaf and row.index not in below and not row.label}

        def claim_at(point: Point) -> float:
            return point.values[i]

    elif callable(claim):
        function: Callable = claim
        labels = {row.label: row.index for row in tape.rows if row.label}

        def claim_at(point: Point) -> float:
            return function({label: point.values[i] for label, i in labels.items()})

    else:

        def claim_at(point: Point) -> float:
            return claim

    ev = Evidence(tape, top, at, claim_at, keep, within, given)
    if not ev.points:
        raise GradientError(
            f"∂{called(tape, top)}/∂{called(tape, at)}, or the claim, is not defined at this point"
        )
    numerator = called(tape, top) if tape[top].label else f"({called(tape, top)})"
    return ev, f"∂{numerator}/∂{called(tape, at)}"


def explained(ev: Evidence, name: str) -> Diagnosis:
    """The diagnosis of a claim that is wrong at some point: what a teacher would say first."""
    only_here = bool(ev.agrees(ev.points[0])) and not any(map(ev.agrees, ev.points[1:]))
    natural = verified(ev, 1.3)
    if natural:
        return verdict(ev, name, "right only if", (condition(natural.text, ev),))
    best = search(ev)
    cost = best.cost if best else math.inf
    if cost > (SIMPLE if only_here else PLAUSIBLE):
        if text := side(ev, [*ev.points, *ev.beyond]):
            return verdict(ev, name, "right only if", (condition(text),))
        relation = verified(ev, 3.2 if not best else cost - PLAUSIBLE + 1.0, 3.2)
        if relation:
            return verdict(ev, name, "right only if", (condition(relation.text, ev),))
        if only_here:
            return verdict(ev, name, "right only here", (at_this_point(),))
    if best and cost <= LIMIT:
        return verdict(ev, name, "wrong", best.findings, best)
    return verdict(ev, name, "wrong", tuple(dependence(ev)))


def extra(ev: Evidence) -> Iterator[Finding]:
    """A whole term that the claim has too much, or lacks."""
    found = Multipliers(ev, Routes(ev, ev.stops))
    term = extra_term(ev, found, ev.tape.outputs[2] if len(ev.tape.outputs) > 2 else None)
    if term:
        sentence = f"Your derivation differs from the derivative by the term {term}."
        yield Finding("dependence", sentence, term)


def search(ev: Evidence) -> Hypothesis | None:
    """The cheapest hypothesis that gives the claim at every point."""
    best = None
    for extra, stops in stages(ev):
        routes = Routes(ev, stops)
        found = Multipliers(ev, routes)
        for hypothesis in hypotheses(ev, routes, found, whole_graph=stops == ev.stops):
            cost = hypothesis.cost + extra
            if (best is None or cost < best.cost - 1e-9) and cost <= LIMIT:
                if reproduces(ev, hypothesis):
                    best = hypothesis._replace(cost=cost)
        if best and best.cost <= SIMPLE + extra:
            return best
    return best


def stages(ev: Evidence) -> Iterator[tuple[float, frozenset[int]]]:
    """(added cost, rows between which paths are told apart), from few rows to all."""
    yield 0.0, ev.stops
    users = frozenset(v for v, _, u in ev.edges if u == ev.wrt)
    if not users <= ev.stops:
        yield 0.6, ev.stops | users
    everything = frozenset({*ev.active, ev.wrt})
    if len(everything) <= 60 and everything != ev.stops | users:
        yield 1.0, everything


def hypotheses(
    ev: Evidence, routes: Routes, found: Multipliers, whole_graph: bool
) -> Iterator[Hypothesis]:
    """All of them, by family."""
    yield from whole(ev, found)
    yield from partial(ev, list(parts(ev, routes)), found)
    yield from coefficients(ev, routes)
    yield from held(ev, routes)
    yield from two_terms(ev, routes, found)
    if whole_graph:
        yield from last_contribution(ev)
        yield from wrong_rules(ev)
        yield from local_slips(ev, routes, found)
        yield from elsewhere(ev)


def reproduces(ev: Evidence, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis gives the claim at every point."""
    for k in range(len(ev.points)):
        try:
            predicted = hypothesis.predict(k)
        except (ArithmeticError, ValueError):
            return False
        if not abs(predicted - ev.claimed[k]) <= 1e-7 * (ev.scale[k] + abs(predicted)):
            return False
    return True


def condition(text: str, ev: Evidence | None = None) -> Finding:
    return Finding("relation", f"It is right only if {text}.", text)


def at_this_point() -> Finding:
    sentence = "It is right at this point only: elsewhere the derivative is another number."
    return Finding("point", sentence, "this point")


def dependence(ev: Evidence) -> Iterator[Finding]:
    """What the claim moves with and the derivative does not, and the reverse."""
    if terms := list(extra(ev)):
        yield from terms
        return
    found = dependences(ev)
    for which, text in (
        ("claim", "Your derivation contains {}, on which the derivative does not depend."),
        ("truth", "The derivative depends on {}, which your derivation lacks."),
    ):
        leaves = [called(ev.tape, i) for i, side in found if side == which]
        if leaves and len(leaves) <= 3:
            yield Finding("dependence", text.format(joined(leaves)), joined(leaves))


def verdict(
    ev: Evidence, name: str, word: str, findings, hypothesis: Hypothesis | None = None
) -> Diagnosis:
    """The diagnosis, with the labelled paths sorted by how often the claim counts them."""
    counted, missing, repeated = [], [], []
    counts = hypothesis.counts if hypothesis else (lambda path: 1.0)
    if counts and (hypothesis or word == "right"):
        routes = Routes(ev, hypothesis.stops if hypothesis and hypothesis.stops else ev.stops)
        for rows in routes.rows:
            factors = routes.factors(0)
            path = Path(
                labels=tuple(called(ev.tape, i) for i in rows),
                rows=rows,
                partials=tuple(factors[v][u] for v, u in zip(rows, rows[1:], strict=False)),
            )
            c = counts(rows)
            (missing if c == 0.0 else repeated if c >= 2.0 else counted).append(path)
    return Diagnosis(
        word, ev.true[0], ev.claimed[0], tuple(findings),
        tuple(counted), tuple(missing), tuple(repeated), name,
    )  # fmt: skip
