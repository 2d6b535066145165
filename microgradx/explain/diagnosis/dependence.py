"""What a claim contains and the derivative does not: a term, or a leaf with which it moves."""

from collections.abc import Iterator

from microgradx.explain.diagnosis.evidence import Evidence, rows_under
from microgradx.explain.diagnosis.findings import Finding
from microgradx.explain.diagnosis.multipliers import Multipliers, nice
from microgradx.explain.diagnosis.parts import Routes
from microgradx.explain.points import evaluate
from microgradx.explain.words import called, joined, shown


def extra(ev: Evidence) -> Iterator[Finding]:
    """A whole term that the claim has too much, or lacks."""
    found = Multipliers(ev, Routes(ev, ev.stops))
    term = extra_term(ev, found, ev.tape.outputs[2] if len(ev.tape.outputs) > 2 else None)
    if term:
        sentence = f"Your derivation differs from the derivative by the term {term}."
        yield Finding("dependence", sentence, term)


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


def extra_term(ev: Evidence, found: Multipliers, claim: int | None) -> str | None:
    """The term that the claim has too much or lacks, if it is a product of nodes."""
    n = len(ev.points)
    more = [c - t for c, t in zip(ev.claimed, ev.true, strict=True)]
    if any(abs(d) <= 1e-6 * ev.scale[k] for k, d in enumerate(more)):
        return None
    if claim is not None:
        for i in sorted(rows_under(ev.tape, claim), reverse=True):
            for sign in (1.0, -1.0):
                if (
                    ev.tape[i].op != "constant"
                    and i != claim
                    and all(
                        abs(sign * ev.value(i, k) - more[k]) <= 1e-8 * ev.scale[k] for k in range(n)
                    )
                ):
                    return ("" if sign > 0 else "−") + called(ev.tape, i, 3)
    for m in sorted(found.solve(lambda k: more[k]), key=lambda m: m.weight):
        c = nice(m.constant)
        if c and all(p > 0 for _, p in m.factors) and m.weight < 3.5:
            product = "·".join(f.name + ("²" if p == 2 else "") for f, p in m.factors)
            return {1.0: "", -1.0: "−"}.get(c, f"{shown(c)}·") + product
    return None


def dependences(ev: Evidence) -> list[tuple[int, str]]:
    """(leaf, "claim" or "truth") for the leaves with which only one of the two moves."""
    found = []
    n = len(ev.points)
    for i in ev.points[0].given:
        if i in ev.fixed or not ev.tape[i].label:
            continue
        moved = {"truth": 0, "claim": 0}
        looked = 0
        for k in range(min(n - 1, 4)):
            at = evaluate(ev.tape, {**ev.points[k].given, i: ev.points[k + 1].given.get(i, 0.0)})
            measured = at and ev.measure(at)
            if not measured:
                continue
            looked += 1
            true, claimed, scale, _ = measured
            bound = 1e-9 * (scale + ev.scale[k])
            moved["truth"] += abs(true - ev.true[k]) > bound
            moved["claim"] += abs(claimed - ev.claimed[k]) > bound
        if looked > 1 and (moved["truth"] > 0) != (moved["claim"] > 0):
            found.append((i, "claim" if moved["claim"] else "truth"))
    return found
