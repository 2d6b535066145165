"""A claim that is a number, or known at one point: what is found proves nothing elsewhere."""

from collections.abc import Iterator

from microgradx.explain.diagnosis.answers import explained, under_what_holds
from microgradx.explain.diagnosis.conditions.relations import relations
from microgradx.explain.diagnosis.evidence.constants import digits_of
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.rounding import same
from microgradx.explain.diagnosis.findings import Hypothesis
from microgradx.explain.diagnosis.nearby import right_but_here, right_only_here
from microgradx.explain.diagnosis.pieces.parts import parts, routes_between
from microgradx.explain.diagnosis.result import Diagnosis, concluded
from microgradx.explain.diagnosis.slips.added import of_a_number
from microgradx.explain.diagnosis.slips.coefficients import last_contribution
from microgradx.explain.diagnosis.slips.factors import counted, if_counted, nothing, whole_scaled
from microgradx.explain.diagnosis.slips.jacobians import of_softmax
from microgradx.writing import shown

FEWEST = 4  # digits of a number that says more than a round one
# (whether no other paths are counted, how often those of a part are)
COUNTS = (False, 0.0), (False, 2.0), (False, -1.0), (True, 1.0), (True, -1.0)


def claimed_number(ev: Evidence, typed: bool) -> Diagnosis:
    """The simplest structured slip that gives the number here, which was typed or else is all that
    is known of an expression: a sign, paths lost or repeated."""
    close = [matches(ev, k, true, typed) for k, true in enumerate(ev.true)]
    if all(close):
        right = concluded(ev, "right")
        return right._replace(scope=f"{right.scope}, to the digits given")
    if close[0]:
        found = explained(ev) if any(close[1:]) else under_what_holds(ev, relations(ev))
        return right_only_here(ev) if found is None or found.verdict == "wrong" else found
    if (found := right_but_here(ev)) is not None:
        return found
    best, ks = None, range(1 if typed else len(ev.points))
    for hypothesis in structured(ev, typed):
        if best is None or hypothesis.cost < best.cost:
            try:
                if all(matches(ev, k, hypothesis.predict(k), typed) for k in ks):
                    best = hypothesis
            except ArithmeticError:
                continue
    if best is None:
        return concluded(ev, "wrong")
    number = shown(best.predict(0))
    note = f"That gives {number}, as you have it; elsewhere a number proves nothing."
    if not typed:
        several = "both points" if len(ks) == 2 else f"all {len(ks)} points"
        where = f"{several}; no others" if len(ks) > 1 else "this point; no other"
        note = f"It is so at {where} could be tried."
    best = best.noted(note)
    return concluded(ev, "wrong", best.findings, best)


def matches(ev: Evidence, k: int, x: float, typed: bool) -> bool:
    """Whether the claim is x at the k-th point: a number that was typed, to its digits."""
    claimed = ev.claimed[k]
    return same(x, claimed, ev.scale[k]) or (typed and abs(x - claimed) <= precision(claimed))


def precision(x: float) -> float:
    """Half a unit of the last digit of a number typed with at least four.

    >>> precision(2.765), precision(1234.0)
    (0.0005, 0.5)
    """
    if not FEWEST <= digits_of(x) <= 10:
        return 0.0
    digits, _, exponent = repr(x).removesuffix(".0").partition("e")
    decimals = len(digits.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


def structured(ev: Evidence, typed: bool) -> Iterator[Hypothesis]:
    """The slips that are few enough for one number to speak for one of them."""
    routes = routes_between(ev, ev.stops)
    if ev.claimed[0] == 0.0:
        yield nothing(ev)
    few = digits_of(ev.claimed[0]) < FEWEST
    sizes = [x for n in range(2, 3 if few else 11) for x in (float(n), 1.0 / n)]
    scales = [-1.0, *(c for x in sizes for c in (x, -x))]
    yield from whole_scaled(ev, [c for c in scales if matches(ev, 0, c * ev.true[0], typed)])
    for part in parts(ev, routes):
        for only, c in COUNTS:
            if matches(ev, 0, if_counted(ev, part, only, c, 0), typed):  # before words are made
                yield from counted(ev, part, only, c)
    yield from last_contribution(ev)
    yield from of_softmax(ev)
    if not few:
        yield from of_a_number(ev)
