"""What comes out of a diagnosis, and how it reads."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.parts import Routes
from microgradx.explain.notation import derivative
from microgradx.explain.paths import Path
from microgradx.explain.words import called, shown

SHOWN = 6  # paths of a sort that are printed


class Diagnosis(NamedTuple):
    """What is to be said of a claimed derivative.

    Attributes:
        verdict: "right", "right only here", "right only if" or "wrong".
        true, claimed: The two derivatives at the user's point.
        findings: What is the matter; empty if the claim is right, or if no explanation is proved.
        counted, missing, repeated: The labelled paths that the claim counts, leaves out, and
            counts twice, with their products here.
        name: The derivative, as ∂L/∂x.
        kept: Whether there are leaves that kept their numbers for having no name.
    """

    verdict: str
    true: float
    claimed: float
    findings: tuple[Finding, ...]
    counted: tuple[Path, ...]
    missing: tuple[Path, ...]
    repeated: tuple[Path, ...]
    name: str
    kept: bool = False

    @property
    def ok(self) -> bool:
        """Whether the claim is right everywhere."""
        return self.verdict == "right"

    def __bool__(self):
        return self.ok

    def __str__(self):
        true, claimed = shown(self.true), shown(self.claimed)
        if self.ok:
            where = " where the leaves without a name keep their numbers" if self.kept else ""
            return f"Right: {self.name} = {true} here, and your derivation holds everywhere{where}."
        if true == claimed:
            lines = [f"{self.name} = {true} here, as your derivation says."]
        else:
            lines = [f"{self.name} is {true} here; your derivation gives {claimed}."]
        lines += [f"- {finding.sentence}" for finding in self.findings]
        if not self.findings:
            lines.append("- No simple slip explains the difference at every point that was tried.")
        if self.missing or self.repeated:
            sorts = ("counted", self.counted), ("missing", self.missing), ("twice", self.repeated)
            for sort, paths in sorts:
                lines += [f"  {sort + ':':8} {p} = {shown(p.product)}" for p in paths[:SHOWN]]
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
    sorts: tuple[list[Path], ...] = ([], [], [])
    if verdict == "right" or (hypothesis and hypothesis.counts):
        for path, times in told_apart(ev, hypothesis):
            sorts[1 if times == 0.0 else 2 if times >= 2.0 else 0].append(path)
    plain = any(ev.tape[i].op == "leaf" and not ev.tape[i].label for i in ev.fixed & ev.under)
    counted, missing, repeated = (tuple(sorted(paths, key=lambda p: p.labels)) for paths in sorts)
    return Diagnosis(
        verdict, ev.true[0], ev.claimed[0], tuple(findings), counted, missing, repeated,
        derivative(called(ev.tape, ev.output), called(ev.tape, ev.wrt)), plain,
    )  # fmt: skip


def right_only_if(ev: Evidence, condition: str) -> Diagnosis:
    """The diagnosis of a claim that is right under a condition."""
    finding = Finding("relation", f"It is right only if {condition}.", condition)
    return concluded(ev, "right only if", [finding])


def right_only_here(ev: Evidence) -> Diagnosis:
    """The diagnosis of a claim that is right at the user's point alone."""
    sentence = "It is right at this point only: elsewhere the derivative is another number."
    about = "this point"
    if (leaf := decisive(ev)) is not None:
        name = called(ev.tape, leaf)
        sentence += f" It takes {name} for {shown(ev.value(leaf, 0))}, its value here."
        about = f"{about}: {name}"
    return concluded(ev, "right only here", [Finding("point", sentence, about)])


def decisive(ev: Evidence) -> int | None:
    """The labelled leaf that alone must keep its value for the claim to stay right, if there is."""
    here = ev.points[0].given
    for i in here:
        if ev.tape[i].label and i not in ev.fixed:
            others = [ev.evaluate({**p.given, i: here[i]}) for p in ev.points[1:]]
            told = [ev.agrees(p) for p in others if p]
            if told and all(told):
                return i
    return None


def told_apart(ev: Evidence, hypothesis: Hypothesis | None) -> Iterator[tuple[Path, float]]:
    """(path, how often the claim counts it) for the labelled paths."""
    routes = Routes(ev, (hypothesis and hypothesis.stops) or ev.stops)
    factors = routes.factors(0)
    counts = (hypothesis and hypothesis.counts) or (lambda path: 1.0)
    for rows in routes.rows:
        labels = tuple(called(ev.tape, i) for i in rows)
        partials = [factors[v][u] for v, u in pairwise(rows)]
        times = counts(rows)
        if hypothesis and hypothesis.edge:
            v, slot, u = hypothesis.edge
            one = ev.slope(v, slot, 0)
            for i, edge in enumerate(pairwise(rows)):
                if edge == (v, u) and abs(partials[i] - one) > 1e-9 * abs(one):
                    beside = [*partials[:i], partials[i] - one, *partials[i + 1 :]]
                    yield Path(labels, rows, tuple(beside)), counts(())
                    partials[i] = one
        yield Path(labels, rows, tuple(partials)), times
