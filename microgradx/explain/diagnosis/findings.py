"""What a diagnosis can say: findings, and the hypotheses that are tried until one holds."""

from collections.abc import Callable
from typing import NamedTuple

KINDS = (
    *("sign", "missing path", "repeated path", "missing factor", "extra factor"),
    *("inverted factor", "swapped factor", "constant factor", "wrong local derivative"),
    *("wrong rule", "relation", "point", "dependence"),
)
PATHS = {"missing path", "repeated path"}  # told with numbers, which another slip would change


class Finding(NamedTuple):
    """One thing that is the matter with a derivation.

    Attributes:
        kind: One of KINDS.
        sentence: It, in words.
        about: The path, node, factor or relation concerned.
    """

    kind: str
    sentence: str
    about: str

    def __str__(self):
        return f"{self.kind}: {self.sentence}"


class Hypothesis(NamedTuple):
    """A slip that may turn the true derivative into the claimed one.

    Attributes:
        cost: How far it is from the first thing that a teacher would think of.
        findings: What to say if it is the slip.
        predict: The claim that follows from it, at the k-th point.
        counts: How often it counts a path, given by its rows from the output to the input.
        stops: The rows between which these paths lead.
        edge: (row, slot, operand) if only one edge of a path is concerned, and others stand beside
            it between the same rows.
    """

    cost: float
    findings: tuple[Finding, ...]
    predict: Callable[[int], float]
    counts: Callable[[tuple[int, ...]], float] | None = None
    stops: frozenset[int] = frozenset()
    edge: tuple[int, int, int] | None = None

    @property
    def kinds(self) -> set[str]:
        """The kinds of the findings."""
        return {finding.kind for finding in self.findings}

    def noted(self, note: str) -> "Hypothesis":
        """The same, with a note behind its last sentence."""
        *others, last = self.findings
        last = last._replace(sentence=f"{last.sentence} {note}")
        return self._replace(findings=(*others, last))
