"""A family of slips: a factor of the derivative is the right one, but written down wrongly."""

from collections.abc import Iterator
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.constants import close
from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.evidence.rounding import DIFFERENCES
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.replaced import recomputed, together_and_singly
from microgradx.explain.diagnosis.slips.wording import fits_here
from microgradx.explain.words import called

SIZE = 8  # rows of a factor in which the slip may be
SINGLES = 3  # edges that are tried one by one


class Change(NamedTuple):
    """One operand of a row lost, or one sign turned.

    Attributes:
        cost: How far-fetched it is.
        kind: The kind of the finding.
        text: What to say, with a place for the operand's name.
        operand: The operand.
        share: How often a term is subtracted from the row; for a factor, None.
    """

    cost: float
    kind: str
    text: str
    operand: int
    share: float | None = None


def miswritten(ev: Evidence) -> Iterator[Hypothesis]:
    """A sign in a factor, or one of its factors or terms lost."""
    for f, edges in factors_of(ev).items():
        everything = [(r, change) for r in rows_of(ev, f) for change in changes(ev, r)]
        by_node: dict[tuple[int, int], list[tuple[Edge, float]]] = {}
        for edge, c in edges.items():  # both factors of a square are written down at once
            by_node.setdefault((edge[0], edge[2]), []).append((edge, c))
        for groups in together_and_singly([*by_node.values()], SINGLES):
            some = dict(chain(*groups))
            weight = cache(partial(weight_of, ev, some))
            for r, change in everything:

                def predict(k: int, f=f, weight=weight, r=r, change=change) -> float:
                    wrong = with_change(ev, f, r, change, k)
                    return ev.true[k] + weight(k) * (wrong - ev.value(f, k))

                if fits_here(ev, predict):
                    yield Hypothesis(change.cost, (told(ev, f, [*some], change),), predict)


def weight_of(ev: Evidence, edges: dict[Edge, float], k: int) -> float:
    """The derivative by a factor that some edges have, each times its constant."""
    bar, dot = ev.adjoints(k), ev.tangents(k)
    return sum(c * bar[v] * dot[u] for (v, _, u), c in edges.items())


def told(ev: Evidence, f: int, edges: list[Edge], change: Change) -> Finding:
    """The finding that a factor f of some edges was written down wrongly."""
    name, what = called(ev.tape, f), called(ev.tape, change.operand)
    v, _, u = edges[0]
    sentence = f"In {name}, {change.text.format(what)} See {slope_name(ev, v, u)}."
    return Finding(change.kind, sentence, f"{what} in {name}")


def factors_of(ev: Evidence) -> dict[int, dict[Edge, float]]:
    """By row, the edges whose local derivative is a constant times its value, and the constant."""
    found: dict[int, dict[Edge, float]] = {}
    for v, slot, u in ev.edges:
        row = ev.tape[v]
        half = len(row.operands) // 2
        other = row.operands[(slot + half) % (2 * half)] if half else u
        for f in {u, v, other} - inner_nodes(ev):
            if not ev.tape[f].operands or not all(ev.value(f, k) for k in ev.few):
                continue
            first, *ratios = (ev.slope(v, slot, k) / ev.value(f, k) for k in ev.few)
            if first and all(close(ratio, first) for ratio in ratios):
                found.setdefault(f, {})[v, slot, u] = first
    return found


@kept
def rows_of(ev: Evidence, f: int) -> list[int]:
    """The rows from which a factor is computed, as far as they have no label; itself first."""
    found = [f]
    for i in found:
        for j in ev.tape[i].operands:
            if ev.tape[j].operands and not ev.tape[j].label and j not in found:
                found.append(j)
        if len(found) > SIZE:
            return [f]
    return found


def changes(ev: Evidence, r: int) -> Iterator[Change]:
    """What may happen to a row where it is written down."""
    row = ev.tape[r]
    if row.op in DIFFERENCES and len(row.operands) > 1:
        for j, i in enumerate(row.operands):
            sign, number = -1.0 if row.op == "sub" and j else 1.0, ev.tape[i].op == "constant"
            cost = 2.2 if number else 2.55
            yield Change(cost, "sign", "the sign of {} is wrong.", i, 2.0 * sign)
            cost = 2.2 if number else 3.1
            yield Change(cost, "wrong local derivative", "the term {} is missing.", i, sign)
    if row.op in ("mul", "div"):
        lost = row.operands if row.op == "mul" else row.operands[1:]
        text = "the factor {} is missing." if row.op == "mul" else "{} should divide."
        for i in lost:
            if ev.tape[i].op != "constant":
                yield Change(2.65, "missing factor", text, i)


def with_change(ev: Evidence, f: int, r: int, change: Change, k: int) -> float:
    """The value of a factor at the k-th point, where a row under it is changed."""
    values, row = ev.points[k].values, ev.tape[r]
    if change.share is not None:
        new = values[r] - change.share * values[change.operand]
    else:
        left = [values[i] for i in row.operands if i != change.operand]
        new = left[0] if left else values[change.operand]  # of a square one is left
    above = (i for i in sorted(rows_of(ev, f)) if i > r)
    return recomputed(ev, above, k, {r: new})[f]
