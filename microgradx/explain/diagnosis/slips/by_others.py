"""Families of slips: the derivative by another node than `wrt`, perhaps with the two exchanged."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from microgradx.explain.diagnosis.evidence.constants import close
from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.wording import with_sign
from microgradx.explain.notation import stem
from microgradx.explain.words import called
from microgradx.writing import joined


def by_another(ev: Evidence) -> Iterator[Hypothesis]:
    """The derivative by another node than `wrt`, on none of the paths to it."""
    if not ev.active or not ev.under <= ev.sloped:
        return
    edges = every_edge(ev)
    right = slope_name(ev, ev.output, ev.wrt)

    @cache
    def adjoints(k: int) -> list[float]:
        return ev.sweep(ev.points[k].partials, edges)

    for i in sorted(ev.under.difference(ev.active, (ev.wrt,))):
        if ev.tape[i].label and ev.tape[i].op != "constant":
            name = slope_name(ev, ev.output, i)
            kind, sentence, about = "swapped factor", f"That is {name}, not {right}", right
            if factors := factors_beside(ev, i, edges, adjoints):
                names = joined([called(ev.tape, f) for f in factors])
                sentence = f"{sentence}: there are extra factors {names}"
                kind, about = "extra factor", f"{right}; {names}"
            finding = Finding(kind, f"{sentence}.", f"{name} for {about}")
            alone = Hypothesis(2.6, (finding,), lambda k, i=i: adjoints(k)[i])
            yield from with_sign(ev, alone)


def factors_beside(
    ev: Evidence, i: int, edges: Sequence[Edge], adjoints: Callable[[int], list[float]]
) -> list[int]:
    """The labelled nodes x₁, …, xₙ that a leaf is multiplied by where `wrt` is added, as w is in
    w·xⱼ + b; none if the two are not used so, or once."""
    found, own = [], [(v, slot) for v, slot, u in edges if u == ev.wrt]

    def is_beside(v: int, w: int, slot: int) -> bool:
        return all(close(adjoints(k)[v], adjoints(k)[w] * ev.slope(w, slot, k)) for k in ev.few)

    for v, slot in [(v, slot) for v, slot, u in edges if u == i]:
        row, place = ev.tape[v], next((one for one in own if is_beside(v, *one)), None)
        if place is None or row.op != "mul" or not ev.tape[row.operands[1 - slot]].label:
            return []
        own.remove(place)
        found.append(row.operands[1 - slot])
    return [*dict.fromkeys(found)] if len(found) > 1 and not own else []


def by_sibling(ev: Evidence) -> Iterator[Hypothesis]:
    """The formula of the derivative by another leaf of a list, with the two exchanged in it: that
    of a target's class for another class."""
    if ev.tape[ev.wrt].operands or not ev.under <= ev.sloped:
        return
    label, edges = ev.tape[ev.wrt].label, every_edge(ev)
    for i in sorted(ev.under.intersection(ev.points[0].given) - {ev.wrt}):
        if label and stem(ev.tape[i].label) == stem(label) != label:
            own, other = called(ev.tape, ev.wrt), called(ev.tape, i)
            name = slope_name(ev, ev.output, i)
            sentence = f"That is what {name} is, with {own} and {other} exchanged in it."
            finding = Finding("swapped factor", sentence, f"{own} for {other}")
            yield from with_sign(ev, Hypothesis(2.5, (finding,), swapped(ev, i, edges)))


def swapped(ev: Evidence, i: int, edges: list[Edge]) -> Callable[[int], float]:
    """The derivative by another leaf, where that and `wrt` have each other's numbers."""

    def predict(k: int) -> float:
        given, values, _ = ev.points[k]
        at = ev.evaluate({**given, i: values[ev.wrt], ev.wrt: values[i]})
        return ev.sweep(at.partials, edges)[i] if at else math.nan

    return predict


def every_edge(ev: Evidence) -> list[Edge]:
    """The edges under the output, those that do not lead to `wrt` included."""
    edges = [(v, slot, u) for v in sorted(ev.under) for slot, u in enumerate(ev.tape[v].operands)]
    return [edge for edge in edges if ev.points[0].partials[edge[0]][edge[1]] is not None]
