"""What comes out of a diagnosis, and how it reads."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.rounding import NOTHING
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.parts import (
    Routes,
    has_more_than,
    multiplied,
    routes_between,
)
from microgradx.explain.diagnosis.pieces.places import as_operand, slope_name
from microgradx.explain.notation import natural
from microgradx.explain.paths import Path
from microgradx.explain.reach import labelled
from microgradx.explain.words import ROUNDING, called, pretty, told_from
from microgradx.writing import joined, shown

SHOWN = 6  # paths of a sort that are printed


class Diagnosis(NamedTuple):
    """What is to be said of a claimed derivative.

    Attributes:
        verdict: "right", "right only here", "right only if" or "wrong".
        true, claimed: The two derivatives at the user's point.
        findings: What is the matter; empty if the claim is right, or if no explanation is proved.
        counted, missing, repeated: The labelled paths that the claim counts, leaves out, and
            counts twice, with their products here; those that cancel to 0 everywhere are in none.
        name: The derivative, as ∂L/∂x.
        scope: Where it was tried: everywhere, or with what restriction.
        turned: Those of `counted` that the claim counts with the wrong sign.
        digits: To how many digits the claim is the derivative at most points, if it is nearly so;
            0 where rounding may hide what the difference is.
    """

    verdict: str
    true: float
    claimed: float
    findings: tuple[Finding, ...]
    counted: tuple[Path, ...]
    missing: tuple[Path, ...]
    repeated: tuple[Path, ...]
    name: str
    scope: str = "everywhere"
    turned: tuple[Path, ...] = ()
    digits: int | None = None

    _repr_pretty_ = pretty

    @property
    def ok(self) -> bool:
        """Whether the claim is right everywhere, or wherever a leaf has the sign that it has.

        Example:
            >>> from microgradx import Value, check_derivation
            >>> x = Value(3.0)
            >>> check_derivation(x * x, x, 2.0 * x).ok, check_derivation(x * x, x, x).ok
            (True, False)
        """
        return self.verdict == "right"

    def __bool__(self):
        return self.ok

    def __str__(self):
        true, claimed = told_from(self.true, self.claimed)
        if self.ok:
            return f"Right: {self.name} = {true} here, and your derivation holds {self.scope}."
        if true == claimed:
            lines = [f"{self.name} = {true} here, as your derivation says."]
        else:
            lines = [f"{self.name} is {true} here; your derivation gives {claimed}."]
        lines += [f"- {finding.sentence}" for finding in self.findings]
        if self.digits:
            sentence = "as a quotient of differences is, or one with a rounded constant"
            lines.append(f"- It is right to about {self.digits} digits, {sentence}.")
        elif self.digits == 0:
            lines.append(
                "- What cancels is so large that rounding may hide what the difference is."
            )
        elif not self.findings:
            lines.append("- No simple slip explains the difference.")
        if self.missing or self.repeated:
            sorts = ("counted", self.counted), ("missing", self.missing), ("twice", self.repeated)
            for sort, paths in sorts:
                for path in paths[:SHOWN]:
                    end = ", with the wrong sign" if path in self.turned else ""
                    lines.append(f"  {sort + ':':8} {path} = {shown(path.product)}{end}")
                if len(paths) > SHOWN:
                    lines.append(f"  {sort + ':':8} and {len(paths) - SHOWN} more")
        return "\n".join(lines)


def concluded(
    ev: Evidence,
    verdict: str,
    findings: Iterable[Finding] = (),
    hypothesis: Hypothesis | None = None,
) -> Diagnosis:
    """A diagnosis, with the labelled paths sorted by how often the claim counts them."""
    known = verdict == "right" or (hypothesis and hypothesis.counts)
    told = [*told_apart(ev, hypothesis)] if known else []
    largest = max([abs(path.product) for path, _ in told], default=0.0)
    # What only rounding leaves comes last.
    told.sort(
        key=lambda one: (
            abs(one[0].product) <= NOTHING * largest,
            [*map(natural, one[0].labels)],
        )
    )
    return Diagnosis(
        verdict,
        ev.true[0],
        ev.claimed[0],
        tuple(findings),
        counted=tuple(path for path, times in told if times not in (0.0, 2.0)),
        missing=tuple(path for path, times in told if times == 0.0),
        repeated=tuple(path for path, times in told if times == 2.0),
        name=slope_name(ev, ev.output, ev.wrt),
        scope=scope(ev),
        turned=tuple(path for path, times in told if times == -1.0),
    )


def scope(ev: Evidence) -> str:
    """Where a claim was tried."""
    if ev.given:
        return "at the points given"
    seen = ev.under | (labelled(ev.tape) - {*ev.tape.outputs})  # no number of the claim
    fixed = [i for i in ev.fixed & seen if ev.tape[i].is_leaf]
    names = sorted((ev.tape.name(i) for i in fixed if ev.tape[i].label), key=natural)
    where = [joined(names)] if names else []
    where += ["the leaves without a name"] if len(names) < len(fixed) else []
    several = len(fixed) > 1 or not names
    numbers = "keep their numbers" if several else "keeps its number"
    kept = f"wherever {joined(where)} {numbers}" if where else ""
    if ev.ranges:
        return f"within the ranges given, {kept}" if where else "everywhere within the ranges given"
    return kept or "everywhere"


def right_only_if(ev: Evidence, condition: str) -> Diagnosis:
    """The diagnosis of a claim that is right under a condition."""
    finding = Finding("relation", f"It is right only if {condition}.", condition)
    return concluded(ev, "right only if", [finding])


def told_apart(ev: Evidence, hypothesis: Hypothesis | None) -> Iterator[tuple[Path, float]]:
    """(path, how often the claim counts it) for the labelled paths that do not cancel to 0."""
    routes = routes_between(ev, (hypothesis and hypothesis.stops) or ev.stops)
    factors = routes.factors(0)
    counts = (hypothesis and hypothesis.counts) or (lambda path: 1.0)
    edge, is_nothing = hypothesis and hypothesis.edge, cancels(ev, routes)
    ends = (edge[0], edge[2]) if edge else None
    for rows in routes.paths:
        steps = [*pairwise(rows)]
        if ends not in steps and is_nothing(rows):
            continue
        labels = tuple(called(ev.tape, i) for i in rows)
        path = Path(labels, rows, tuple(factors[v][u] for v, u in steps))
        if edge and ends in steps:
            v, slot, _ = edge
            i, one = rows.index(v), ev.slope(v, slot, 0)
            rest = path.partials[i] - one
            if has_more_than(path.partials[i], one):
                # What lies beside the edge is in no part, as the empty path is.
                yield along(path, i, rest, as_others(ev, v, slot, rest)), counts(())
                path = along(path, i, one, as_operand(ev, v, slot))
        yield path, counts(rows)


def along(path: Path, i: int, slope: float, operand: str) -> Path:
    """A path whose i-th step is to one operand only, with its slope."""
    labels, partials = [*path.labels], [*path.partials]
    labels[i + 1] += f" ({operand})"
    partials[i] = slope
    return path._replace(labels=tuple(labels), partials=tuple(partials))


def cancels(ev: Evidence, routes: Routes) -> Callable[[tuple[int, ...]], bool]:
    """Tells whether a path is 0 at every point since what it is the sum of cancels, as the sum of
    all xᵢ − mean(x) does: what rounding leaves of that is no path."""

    @cache
    def sizes(k: int) -> dict[int, dict[int, float]]:
        partials = ev.points[k].partials
        return routes.condensed([[d and abs(d) for d in slopes] for slopes in partials])

    def is_small(path: tuple[int, ...], k: int) -> bool:
        return abs(routes.product(path, k)) < ROUNDING * multiplied(sizes(k), path)

    return lambda path: all(is_small(path, k) for k in range(len(ev.points)))


def as_others(ev: Evidence, v: int, slot: int, rest: float) -> str:
    """As which other operand a row has one, if nothing else is beside an edge; or not as this."""
    operands = ev.tape[v].operands
    others = [i for i, u in enumerate(operands) if u == operands[slot] and i != slot]
    alone = len(others) == 1 and not has_more_than(rest, ev.slope(v, others[0], 0))
    return as_operand(ev, v, others[0]) if alone else f"not {as_operand(ev, v, slot)}"
