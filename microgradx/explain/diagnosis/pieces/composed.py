"""Softmax and its kin, as `microgradx.softmax` computes them: what is seen, and what is not."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.kept import kept

HIDDEN = 0.9  # how far-fetched it is that someone has derived what is not seen
Users = dict[int, list[int]]  # by row, those that use it


class Shifted(NamedTuple):
    """A sum of exponentials of differences to one node, Σ exp(zᵢ − m).

    Attributes:
        total: The sum.
        logits: By row of an exponential, its zᵢ.
        largest: The node m, a logit too.
        outputs: By output of a softmax, its logit.
    """

    total: int
    logits: dict[int, int]
    largest: int
    outputs: dict[int, int]

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
    """Those of a graph."""
    found = []
    for row in ev.tape.rows:
        below = [ev.tape[i] for i in row.operands] if row.op == "sum" else []
        differences = [ev.tape[one.operands[0]] for one in below if one.op == "exp"]
        shifts = {one.operands[1] for one in differences if one.op == "sub"}
        if below and len(below) == len(differences) and len(shifts) == 1:
            pairs = zip(row.operands, differences, strict=True)
            logits = {e: one.operands[0] for e, one in pairs}
            [m] = shifts
            found.append(Shifted(row.index, logits, m, outputs_of(ev, row.index, logits, m)))
    return found


def outputs_of(ev: Evidence, total: int, logits: dict[int, int], largest: int) -> dict[int, int]:
    """By output exp(zᵢ − m) / (1 + Σ) of a softmax, or 1 / (1 + Σ), its logit."""
    users = users_by_row(ev)
    wholes = [i for i in users.get(total, ()) if ev.tape[i].op == "add"]
    divisions = [ev.tape[o] for whole in wholes for o in users.get(whole, ())]
    return {
        row.index: logits.get(row.operands[0], largest)
        for row in divisions
        if row.op == "div" and row.operands[1] in wholes
    }


@kept
def inner_nodes(ev: Evidence) -> frozenset[int]:
    """The rows without a label that keep such sums from overflowing: nobody's derivation has one.

    They are the differences, their exponentials, Σ and what 1 + Σ is computed as.
    """
    found = {i for one in shifted_sums(ev) for i in around(ev, one)}
    return frozenset(i for i in found if not ev.tape[i].label and i not in (ev.output, ev.wrt))


def hidden(ev: Evidence, *rows: int) -> float:
    """How much more far-fetched a slip in a slope between rows is, if one of them is such a one."""
    return 0.0 if inner_nodes(ev).isdisjoint(rows) else HIDDEN


def around(ev: Evidence, one: Shifted) -> Iterator[int]:
    """A sum, what it is computed from, and what is computed from it alone."""
    users = users_by_row(ev)
    yield one.total
    for e in one.logits:
        yield from (e, ev.tape[e].operands[0])
    for i in users.get(one.total, ()):
        if ev.tape[i].op in ("add", "log1p"):
            yield i
        if ev.tape[i].op == "log1p":
            for j in users.get(i, ()):
                yield from (k for k in ev.tape[j].operands if ev.tape[k].op == "sub")
