"""Families of slips that multiply: a sign, a constant or factors, on the whole or on some paths."""

from collections.abc import Iterable, Iterator, Sequence
from math import nan, prod

from microgradx.explain.diagnosis.evidence.constants import is_count, is_fraction, recognised
from microgradx.explain.diagnosis.evidence.evidence import SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.rounding import UNCLEAR, same
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.candidates import Candidate
from microgradx.explain.diagnosis.pieces.multipliers import Multiplier, Multipliers, confined
from microgradx.explain.diagnosis.pieces.parts import Part
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.coefficients import (
    SCATTERED,
    average,
    cost_of_count,
    is_scattered,
)
from microgradx.explain.diagnosis.slips.factor_wording import (
    changed,
    is_function,
    is_written,
    written_below,
)
from microgradx.explain.diagnosis.slips.wording import miscounted, only_these, scaled
from microgradx.explain.reach import divisors_of
from microgradx.explain.words import called

SOLVED, PAIRED = 60, 40  # parts for which a monomial is sought, and one of two factors
OWN = 0.13  # how much likelier a part has lost a factor of its own, and all of it a function's
SUMMAND = 0.75  # how much likelier an inner derivative is lost than all terms of a sum but one
FOREIGN = 1.0  # how far-fetched it is to exchange a factor that a part has not
DIVIDES_ELSEWHERE = 0.5  # the same for multiplying by what divides other parts
STOPPED = 0.5  # how much likelier the derivative by a node is than another factor lost on a path
FRACTION = 0.5  # how much more far-fetched a constant is that is a fraction
UNWRITTEN = 0.6  # how much more far-fetched it is to put in what the claim has nowhere
ITSELF = 2.35  # how far-fetched the function is in the place of its derivative
STEADY = 1e-6  # relative: ratios at several points that differ by less are one number


def of_all(ev: Evidence, found: Multipliers) -> Iterator[Hypothesis]:
    """The claim is the derivative times something: a sign, a constant, factors."""
    if vanishes(ev):
        yield nothing(ev)
        return
    yield itself(ev)

    def ratio(k: int) -> float:
        return ev.claimed[k] / ev.true[k] if ev.true[k] else nan

    # Where the derivative is largest, its digits are best.
    clearest = max(range(len(ev.points)), key=lambda k: abs(ev.true[k]) / (ev.scale[k] or 1.0))
    if ev.true[clearest] and (c := ratio(clearest)):
        yield from whole_scaled(ev, [recognised(ev, c) or c])
    if 0.0 in ev.true[:SAMPLE]:
        return
    upside_down = recognised(ev, ev.claimed[0] * ev.true[0])
    if upside_down:
        name = slope_name(ev, ev.output, ev.wrt)
        sentence = f"{name} is upside down{how_turned(ev)}."
        yield Hypothesis(
            1.5 if upside_down == 1.0 else 2.2,
            (
                Finding("inverted factor", sentence, found.also_called(name, ev.true)),
                *scaled(ev, upside_down),
            ),
            lambda k: upside_down / ev.true[k],
        )
    for m in found.solve(ratio):
        if (c := recognised(ev, m.constant)) and not is_something_else(ev, m, c):
            findings = changed(ev, m.factors, c, None)
            swap = len(m.factors) == 2 and c < 0.0
            odd = 0.0 if c == 1.0 else 0.8 if c != -1.0 else 0.5 if swap else 0.45
            odd -= 0.25 * (c == -1.0 and lost_but_its_minus(m))
            odd -= OWN * (c == 1.0 and loses_a_function(ev, m))
            odd -= SUMMAND * (c == 1.0 and loses_a_sum(ev, m))
            odd += UNWRITTEN * puts_in_what_is_not_there(ev, m)
            cost = 1.0 + 1.2 * m.weight + odd + FRACTION * is_fraction(ev, c)
            yield Hypothesis(cost, findings, lambda k, m=m, c=c: times(m, c, k) * ev.true[k])


def is_something_else(ev: Evidence, m: Multiplier, c: float) -> bool:
    """Whether all of the derivative is lost, and something stands in its place: that is no slip,
    unless one node stands where another belongs."""
    whole = ev.output, ev.wrt
    lost = [factor for factor, n in m.factors if n < 0 and whole in factor.edges]
    others = sum(abs(n) for factor, n in m.factors if factor not in lost)
    return bool(lost) and (others > lost[0].labelled or abs(c) != 1.0)


def how_turned(ev: Evidence) -> str:
    """What a claim does that is upside down, if it is an expression."""
    if not ev.claimed_by:
        return ""
    divides = divisors_of(ev.tape, ev.claimed_by - ev.under)
    return ": what divides should multiply" if divides else ": what multiplies should divide"


def vanishes(ev: Evidence) -> bool:
    """Whether the claim is 0."""
    sides = zip(ev.claimed, ev.claim_scale, strict=True)
    return all(same(c, 0.0, scale - abs(c)) for c, scale in sides)


def nothing(ev: Evidence) -> Hypothesis:
    """The claim is 0."""
    own = ev.claimed_by & ev.kinks - ev.under  # where the claim itself has branches
    side = " on this side of the kink" if own and any(map(ev.claim_at, ev.beyond)) else ""
    sentence = f"The claim is 0{side}: every path is missing."
    about = f"{called(ev.tape, ev.output)} → {called(ev.tape, ev.wrt)}"
    finding = Finding("missing path", sentence, about)
    return Hypothesis(1.0, (finding,), lambda k: 0.0, lambda path: 0.0, ev.stops)


def itself(ev: Evidence) -> Hypothesis:
    """The claim is what was to be differentiated."""
    name = called(ev.tape, ev.output)
    sentence = f"That is {name} itself, and not its derivative."
    finding = Finding("wrong local derivative", sentence, name)
    return Hypothesis(ITSELF, (finding,), lambda k: ev.value(ev.output, k))


def whole_scaled(ev: Evidence, constants: Iterable[float]) -> Iterator[Hypothesis]:
    """The claim is the derivative times a constant."""
    for c in constants:
        yield Hypothesis(
            1.0 if c == -1.0 else 1.4 + FRACTION * is_fraction(ev, c),
            scaled(ev, c),
            lambda k, c=c: c * ev.true[k],
            lambda path, c=c: c if c == -1.0 else 1.0,
            ev.stops,
        )


def of_parts(
    ev: Evidence, parts: Sequence[Part], found: Multipliers, paired: int = PAIRED
) -> Iterator[Hypothesis]:
    """Some of the paths are lost, repeated or multiplied by something; or only they are counted.

    Products of two factors are looked for in the first `paired` parts only.
    """
    number = len({*ev.claimed[: len(ev.few)]}) == 1  # in which factors have no place
    for i, part in enumerate(parts):
        if not all(abs(part.at(k)) > UNCLEAR * ev.scale[k] for k in ev.few):
            continue
        for only in (False, True):

            def ratio(k: int, part=part, only=only) -> float:
                rest = 0.0 if only else ev.true[k] - part.at(k)
                q = part.at(k)
                clear = abs(q) > UNCLEAR * ev.scale[k]
                return (ev.claimed[k] - rest) / q if clear else nan

            first = [ratio(k) for k in ev.few]
            flat = max(first) - min(first) <= STEADY * max(1.0, *map(abs, first))
            if flat:
                c = average(ev, first)
                yield from counted(ev, part, only, c)
            elif i < SOLVED and 0.0 not in first:
                for m in found.solve(ratio, pairs=i < paired and not number):
                    if c := recognised(ev, m.constant):
                        yield factored(ev, part, only, m, c)


def counted(ev: Evidence, part: Part, only: bool, c: float) -> Iterator[Hypothesis]:
    """A part counted c times, where the others are counted once, or not at all."""
    if c == 1.0 and not only:
        return
    if only and c == 0.0:
        return
    if c and not is_count(ev, c):
        return
    findings: tuple[Finding, ...]
    if only:
        findings = (only_these(ev, part),)
        cost = part.weight + 0.2
        if c != 1.0:
            findings = (*scaled(ev, c, part), *findings)
            cost += 0.8 if c == -1.0 else 1.9
    else:
        findings = miscounted(ev, c, part)
        cost = part.weight + part.lost + cost_of_count(ev, c)
        cost += SCATTERED * (c == -1.0 and is_scattered(ev, part))
    yield Hypothesis(
        cost,
        findings,
        lambda k: if_counted(ev, part, only, c, k),
        lambda path: c if part.holds(path) else 0.0 if only else 1.0,
        part.stops,
        part.edge,
    )


def if_counted(ev: Evidence, part: Part, only: bool, c: float, k: int) -> float:
    """The claim at the k-th point if a part is counted c times, the others once or not at all."""
    return c * part.at(k) + (0.0 if only else ev.true[k] - part.at(k))


def factored(ev: Evidence, part: Part, only: bool, m: Multiplier, c: float) -> Hypothesis:
    """A part multiplied by factors."""
    factors = confined(ev, m.factors, part)
    findings = changed(ev, factors, c, part)
    cost, powers = 0.6 + part.weight + 1.2 * m.weight, [n for _, n in factors]
    cost -= OWN * (c == 1.0 and powers == [-1] and bool(factors[0][0].edges))
    swaps = len(factors) == 2 and sum(powers) == 0
    pairs = [*zip(m.factors, factors, strict=True)]
    if swaps and any(n < 0 and f.edges and not own.edges for (f, n), (own, _) in pairs):
        cost += FOREIGN
    if any(n > 0 and f.divides and not own.is_factor for (f, n), (own, _) in pairs):
        cost += DIVIDES_ELSEWHERE
    if only:
        findings = (*findings, only_these(ev, part))
        cost += 0.4 if c == 1.0 else 1.2
        cost -= STOPPED * stops_early(ev, m)
    else:
        cost += 0.0 if c == 1.0 else cost_of_wrong_sign(m) if c == -1.0 else 0.9 if c > 0.0 else 1.5
        cost += FRACTION * is_fraction(ev, c)
    return Hypothesis(
        cost,
        findings,
        lambda k: if_counted(ev, part, only, times(m, c, k), k),
        lambda path: 1.0 if part.holds(path) or not only else 0.0,
        part.stops,
    )


def the_one_lost(m: Multiplier) -> Candidate | None:
    """The factor that is lost, if it is one, and nothing else has changed."""
    [(factor, n), *others] = m.factors
    return factor if n == -1 and not others else None


def puts_in_what_is_not_there(ev: Evidence, m: Multiplier) -> bool:
    """Whether a node that the claim, an expression, does not have seems to stand in the place of
    something: I·R is hardly V·∂I/∂V·R. What divides may be lost with something else instead, or
    be that in whose place the claim divides."""
    if sorted(n for _, n in m.factors) != [-1, 1]:
        return False
    old, new = (f for f, _ in sorted(m.factors, key=lambda one: one[1]))
    return not (new.divides or is_written(ev, new) or written_below(ev, old))


def stops_early(ev: Evidence, m: Multiplier) -> bool:
    """Whether the last factor of a path is lost: the claim is the derivative by a node before."""
    lost = the_one_lost(m)
    return lost is not None and any(u == ev.wrt for _, u in lost.edges)


def loses_a_function(ev: Evidence, m: Multiplier) -> bool:
    """Whether the derivative of a function has been lost, as of the outer one of log(log x)."""
    lost = the_one_lost(m)
    return lost is not None and any(is_function(ev, v) for v, _ in lost.edges)


def loses_a_sum(ev: Evidence, m: Multiplier) -> bool:
    """Whether the derivative of a sum such as x² + x has been lost: what is left could be that of
    its term x, too."""
    lost = the_one_lost(m)
    return lost is not None and any(
        ev.slope(v, slot, 0) == 1.0 for v, slot, u in ev.edges if (v, u) in lost.edges
    )


def lost_but_its_minus(m: Multiplier) -> bool:
    """Whether a derivative that is negative has been lost, and not its minus."""
    lost = the_one_lost(m)
    if lost is None or not lost.edges:
        return False
    return all(lost.at(k) < 0.0 for k in range(SAMPLE))


def cost_of_wrong_sign(m: Multiplier) -> float:
    """How much more far-fetched a wrong sign makes a change of factors: not much where the rule
    of quotients, which has a minus, divides by what is lost, or the minus of what is lost stays."""
    [(factor, n), *others] = m.factors
    same = [factor] if n == 1 else factor.inverses if n == -1 else []
    if not others and any(one.divides for one in same):
        return 0.05
    return 0.2 if lost_but_its_minus(m) else 0.6


def times(m: Multiplier, c: float, k: int) -> float:
    return prod((f.at(k) ** n for f, n in m.factors), start=c)
