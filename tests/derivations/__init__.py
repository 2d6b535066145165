"""Hand-made derivations, right and wrong, and what a teacher may say about each.

Nothing here imports the diagnosis: the graphs and the claims are written down by hand, the
acceptable answers too, and `test_diagnosis_catalogue.py` compares.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from microgradx import Value


class Case(NamedTuple):
    """A claim about one derivative.

    Attributes:
        name: What was done, in words.
        build: Makes `(output, wrt, claim)` anew.
        verdict: What the diagnosis must conclude.
        kinds: The sets of kinds of findings that an honest teacher may give; any one of them.
        place: Labels one of which the findings must mention; empty if there is nothing to point at.
    """

    name: str
    build: Callable[[], tuple[Value, Value, Any]]
    verdict: str
    kinds: tuple[set[str], ...]
    place: tuple[str, ...]


class Graph(SimpleNamespace):
    """Labelled Values, each an attribute by its label."""

    def leaves(self, **numbers: float) -> None:
        """Leaves with these labels and numbers."""
        for label, x in numbers.items():
            setattr(self, label, Value(x, label))

    def nodes(self, **values: Any) -> None:
        """Labels for nodes that were computed."""
        for label, v in values.items():
            v.label = label
            setattr(self, label, v)

    def all(self, letter: str) -> list:
        """The Values `letter1`, `letter2`, … in order."""
        return [v for name, v in vars(self).items() if name[:-1] == letter and name[-1].isdigit()]


def derivation(
    name: str,
    graph: Callable[[], Graph],
    of: str,
    by: str,
    claim: Callable[[Any], Any],
    *kinds: set[str],
    place: str = "",
    verdict: str = "wrong",
) -> Case:
    """The case of a claim about ∂of/∂by; `claim` makes it from the graph, `place` has spaces."""

    def build():
        g = graph()
        return getattr(g, of), getattr(g, by), claim(g)

    where = f"{graph.__name__.replace('_', ' ')}, ∂{of}/∂{by}"
    return Case(f"{where}: {name}", build, verdict, kinds or (set(),), tuple(place.split()))
