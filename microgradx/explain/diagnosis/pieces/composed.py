"""Softmax and its kin, as `microgradx.softmax` computes them: what is seen, and what is not."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.logits import Composed, all_composed, shifted_sum

Users = dict[int, list[int]]  # by row, those that use it


class Shifted(NamedTuple):
    """A sum of exponentials of differences to one node, Σ exp(zᵢ − m).

    Attributes:
        total: The sum.
        logits: By row of an exponential, its zᵢ.
        largest: The node m, a logit too.
        outputs: By output of a softmax, its logit.
        logarithms: By logarithm of an output, its logit.
    """

    total: int
    logits: dict[int, int]
    largest: int
    outputs: dict[int, int]
    logarithms: dict[int, int]

    def probabilities(self, values: Sequence[float]) -> dict[int, float]:
        """By logit, its probability, out of the values by row."""
        whole = 1.0 + values[self.total]
        found = {z: values[e] / whole for e, z in self.logits.items()}
        return {**found, self.largest: 1.0 / whole}


@kept
def users_by_row(ev: Evidence) -> Users:
    """The rows that use each row."""
    users: Users = {}
    for row in ev.tape.rows:
        for i in dict.fromkeys(row.operands):
            users.setdefault(i, []).append(row.index)
    return users


@kept
def shifted_sums(ev: Evidence) -> list[Shifted]:
    """The sums of shifted exponentials in a graph."""
    found = []
    for row in ev.tape.rows:
        if one := shifted_sum(ev.tape, row.index):
            members = [members_of(ev, row.index, name) for name in ("softmax", "log_softmax")]
            found.append(Shifted(row.index, *one, *members))
    return found


def members_of(ev: Evidence, total: int, function: str) -> dict[int, int]:
    """By member of a function of logits that has their sum, its logit."""
    mine = ((i, x) for i, x in kin(ev).items() if (x.function, x.total) == (function, total))
    return {i: x.of for i, x in mine if x.of is not None}


@kept
def kin(ev: Evidence) -> dict[int, Composed]:
    """The rows that are functions of logits."""
    return all_composed(ev.tape, range(len(ev.tape)))


@kept
def inner_nodes(ev: Evidence) -> frozenset[int]:
    """The rows without a label that keep softmax from overflowing: nobody's derivation has one.

    They are the differences, their exponentials, Σ and what 1 + Σ is computed as.
    """
    found = {i for one in shifted_sums(ev) for i in around(ev, one)}
    return frozenset(i for i in found if not ev.tape[i].label and i not in (ev.output, ev.wrt))


def hidden(ev: Evidence, *rows: int) -> bool:
    """Whether one of some rows is an inner node of softmax or its kin, as nobody sees."""
    return not inner_nodes(ev).isdisjoint(rows)


@kept
def seen_edges(ev: Evidence) -> list[Edge]:
    """The edges between the output and `wrt` without those of hidden nodes."""
    # What logsumexp is computed as, m + log(1 + Σ), is nobody's sum.
    made = {v for v, one in kin(ev).items() if one.function == "logsumexp"}
    others = (edge for edge in ev.edges if not hidden(ev, edge[0], edge[2]))
    return [edge for edge in others if edge[0] not in made]


def around(ev: Evidence, one: Shifted) -> Iterator[int]:
    """A sum, what it is computed from, and what is computed from it alone."""
    users = users_by_row(ev)
    yield one.total
    for e in one.logits:
        yield from (e, ev.tape[e].operands[0])
    for i in users.get(one.total, ()):
        if ev.tape[i].op in ("add", "log1p"):
            yield i
        for j in users.get(i, ()) if ev.tape[i].op == "log1p" else ():
            yield from (k for k in ev.tape[j].operands if ev.tape[k].op == "sub")
