"""A claim that is a number: what can be said at one point, which proves nothing elsewhere."""

from collections.abc import Iterator

from microgradx.explain.evidence import Evidence
from microgradx.explain.findings import Finding, Hypothesis
from microgradx.explain.hypotheses import counted, held, last_contribution, whole_scaled
from microgradx.explain.parts import Routes, parts
from microgradx.explain.words import shown


def claimed_number(ev: Evidence) -> tuple[tuple[Finding, ...], Hypothesis | None]:
    """The simplest structured slip that gives the number here: a sign, paths lost or repeated."""
    best = None
    for hypothesis in structured(ev):
        if best is None or hypothesis.cost < best.cost:
            try:
                predicted = hypothesis.predict(0)
            except ArithmeticError:
                continue
            if abs(predicted - ev.claimed[0]) <= precision(ev.claimed[0]) + 1e-8 * ev.scale[0]:
                best = hypothesis
    if best is None:
        return (), None
    first, *rest = best.findings
    note = f"Your number equals that, {shown(best.predict(0))}; elsewhere a number proves nothing."
    return (first._replace(sentence=f"{first.sentence} {note}"), *rest), best


def precision(x: float) -> float:
    """Half a unit of the last digit of a number typed with at least four."""
    digits, _, exponent = repr(x).partition("e")
    significant = digits.replace("-", "").replace(".", "").strip("0")
    if not 4 <= len(significant) <= 10:
        return 0.0
    decimals = len(digits.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


def structured(ev: Evidence) -> Iterator[Hypothesis]:
    """The slips that are few enough for one number to speak for one of them."""
    routes = Routes(ev, ev.stops)
    yield from whole_scaled(ev, (-1.0, 2.0, 0.5, -2.0, -0.5))
    for part in parts(ev, routes):
        for c in (0.0, 2.0, -1.0):
            yield from counted(ev, part, False, c)
        for c in (1.0, -1.0):
            yield from counted(ev, part, True, c)
    yield from held(ev, routes)
    yield from last_contribution(ev)
