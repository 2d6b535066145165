"""Leaves with which a claim moves and the derivative does not, or the reverse."""

from collections.abc import Iterator

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding
from microgradx.explain.notation import natural
from microgradx.explain.reach import rows_under
from microgradx.explain.words import ROUNDING, called
from microgradx.writing import joined, shown

MOST = 3  # leaves that are named
PAIRS = 4  # of points that differ in one leaf
WORK = 50_000  # rows evaluated, at most


def apart(ev: Evidence) -> Finding:
    """The finding that the output was not computed from `wrt`."""
    output, wrt = called(ev.tape, ev.output), called(ev.tape, ev.wrt)
    sentence = f"{output} does not depend on {wrt}: it was not computed from this Value."
    return Finding("dependence", sentence, wrt)


def stranger(ev: Evidence) -> Finding | None:
    """The finding that the claim is a leaf with a name, from which the output was not computed."""
    for i in ev.tape.outputs[2:]:
        if ev.tape[i].is_leaf and ev.tape[i].label and i not in ev.under:
            this = f"this {ev.tape[i].label}, which is {shown(ev.value(i, 0))}"
            sentence = f"{called(ev.tape, ev.output)} was not computed from {this}."
            return Finding("dependence", sentence, called(ev.tape, i))
    return None


def dependence(ev: Evidence) -> Iterator[Finding]:
    """What the claim moves with and the derivative does not, and the reverse."""
    found = dependences(ev)
    side = " on this side of the kink" if ev.kinks & ev.under else ""
    for which, text in (
        ("claim", f"Your derivation contains {{}}, on which the derivative does not depend{side}."),
        ("truth", "The derivative depends on {}, which your derivation lacks."),
    ):
        leaves = sorted((called(ev.tape, i) for i in found[which]), key=natural)
        if 0 < len(leaves) <= MOST:
            yield Finding("dependence", text.format(joined(leaves)), joined(leaves))


def dependences(ev: Evidence) -> dict[str, list[int]]:
    """The leaves with which the "claim" alone moves, or the "truth"; some where they are many."""
    named = [i for i in ev.points[0].given if ev.tape[i].label and i not in ev.fixed]
    claim = rows_under(ev.tape, *ev.tape.outputs[2:])
    # First those that only one of the two was computed from.
    named.sort(key=lambda i: (i in claim) == (i in ev.under))
    most = max(8, WORK // (PAIRS * len(ev.tape)))
    found: dict[str, list[int]] = {"claim": [], "truth": []}
    under = {"claim": claim, "truth": ev.under}
    for i in named[:most]:
        if any(i in under[side] and len(found[side]) <= MOST for side in found):
            if side := which_moves(ev, i):
                found[side].append(i)
    return found


def which_moves(ev: Evidence, leaf: int) -> str:
    """Which of the two alone moves with a leaf: "claim", "truth", or "" for both or neither."""
    claim = truth = looked = 0
    for k in range(min(len(ev.points) - 1, PAIRS)):
        other = ev.points[k + 1].given.get(leaf, 0.0)
        at = ev.evaluate({**ev.points[k].given, leaf: other})
        if at and (measured := ev.measure(at)) and measured.ill < 2:
            looked += 1
            sizes = measured.true, measured.claimed, ev.true[k], ev.claimed[k]
            lost = measured.scale + ev.scale[k] - sum(map(abs, sizes))  # a claim may cancel from it
            truth += differ(measured.true, ev.true[k])
            claim += differ(measured.claimed, ev.claimed[k], lost)
            if truth and claim:
                return ""
    if looked < 2 or not (truth or claim):
        return ""
    return "claim" if claim else "truth"


def differ(a: float, b: float, lost: float = 0.0) -> bool:
    """Whether two numbers differ by more than rounding, where so much may have cancelled."""
    return abs(a - b) > ROUNDING * (abs(a) + abs(b) + max(lost, 0.0))
