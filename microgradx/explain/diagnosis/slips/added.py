"""A family of slips: the claim has a term that the derivative has not, or lacks one."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import nan
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.constants import close, recognised
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.diagnosis.evidence.lists import signed
from microgradx.explain.diagnosis.evidence.rounding import DIFFERENCES, UNCLEAR, same
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.multipliers import (
    Multiplier,
    Multipliers,
    multipliers,
)
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.diagnosis.slips.factors import times
from microgradx.explain.notation import atom
from microgradx.explain.words import called
from microgradx.tape import Row
from microgradx.writing import shown

TURNED, ADDED = 2.05, 2.55  # costs: of a term of the claim with the wrong sign; of an extra one
LOST, INSIDE, UNNAMED = 2.2, 2.25, 2.4  # of one that it lacks; in a factor; by an unlabelled node
OF_CLAIM = 2.45  # in a factor of the claim
NODE, THERE = 0.15, 0.8  # how much more far-fetched than a number a node is; one of the claim
PRODUCT = 3.5  # how far-fetched a product may be
NECKS = 20  # nodes that are tried, those next to the output
LEAVES = 20  # and numbers, for one number to speak for one of them
TWICE = 0.05  # how much likelier it lacks 1 than it has 0.5 with the wrong sign


class Place(NamedTuple):
    """Where a term may be added.

    Attributes:
        cost: How far-fetched a term there is.
        name: The factor of the derivative, or of the claim, to which it belongs; none for all.
        beside: The other factors at the k-th point.
        of_claim: Whether it is a factor that the claim has, and no part of the graph.
    """

    cost: float
    name: str
    beside: Callable[[int], float]
    of_claim: bool = False


def of_a_term(ev: Evidence, found: Multipliers) -> Iterator[Hypothesis]:
    """A number or a node is an extra term, one that is missing, or one with the wrong sign."""
    more = difference(ev)
    if not more:
        return
    own = [*of_its_own(ev, more)]
    yield from own
    for place in () if own else places(ev):
        beside = [place.beside(k) for k in range(len(more))]
        if not all(beside[k] for k in telling(ev)):
            continue
        less = [-d / x if x else nan for d, x in zip(more, beside, strict=True)]
        for term in terms(ev, less, found, 1):
            if likely := simple(ev, term, place):
                odd, finding = likely

                def predict(k: int, term=term, place=place) -> float:
                    return ev.true[k] - times(term, term.constant, k) * place.beside(k)

                yield Hypothesis(place.cost + odd, (finding,), predict)


def of_a_number(ev: Evidence) -> Iterator[Hypothesis]:
    """A number or a labelled leaf of the graph is missing as a term, or has the wrong sign: what
    one number may speak for."""
    rows = [ev.tape[i] for i in sorted(ev.under - {ev.wrt})]
    sizes = dict.fromkeys((1.0, *(abs(row.value) for row in rows if row.op == "constant")))
    leaves = [row for row in rows if row.is_leaf and row.label]
    given = [(shown(x), x, 0.0) for x in sizes]
    given += [(called(ev.tape, row.index), row.value, NODE) for row in leaves]
    for name, x, more in given if len(given) <= LEAVES else ():
        for c in (1.0, -1.0):
            text = multiple(name, c)
            for odd, n, finding in ((more, 1.0, missing(text)), (more + TWICE, 2.0, turned(text))):
                off = n * c * x
                yield Hypothesis(LOST + odd, (finding,), lambda k, off=off: ev.true[k] - off)


def of_its_own(ev: Evidence, more: Sequence[float]) -> Iterator[Hypothesis]:
    """A term of the claim is one too many, or has the wrong sign; also beside another slip, of all
    of the claim, with which it is c times what is written."""
    several = terms_written(ev, ev.tape.outputs[2]) if ev.claimed_by else {}
    if len(several) < 2 or (scale := scale_of_claim(ev)) is None:
        return
    for i, often in several.items():
        number = ev.tape[i].op == "constant"
        name = shown(often * ev.value(i, 0)) if number else multiple(called(ev.tape, i), often)
        for cost, c, finding in (
            (TURNED, 2.0 * scale * often, turned(name)),
            (ADDED, scale * often, too_much(name)),
        ):
            if all(same(c * ev.value(i, k), more[k], ev.scale[k]) for k in ev.few):
                yield Hypothesis(
                    cost, (finding,), lambda k, c=c, i=i: ev.true[k] + c * ev.value(i, k)
                )


def scale_of_claim(ev: Evidence) -> float | None:
    """By what number the claim is multiplied in this evidence, if it is one."""
    top = ev.tape.outputs[2]
    return quotient([ev.claimed[k] for k in ev.few], [ev.value(top, k) for k in ev.few])


def terms_written(ev: Evidence, top: int) -> dict[int, float]:
    """By row, how often it is a term of a sum of the claim: those with a name as they stand, and
    what they are made of."""
    named = ev.under.union(i for i in ev.claimed_by if ev.tape[i].label) - {top}
    return {**how_often(ev, signed(ev, top)), **how_often(ev, signed(ev, top, whole=named))}


def how_often(ev: Evidence, terms: Sequence[tuple[float, int]]) -> dict[int, float]:
    """By row, how often it is among some terms; numbers are added up as so many of the first."""
    numbers = {i: x for _, i in terms if ev.tape[i].op == "constant" and (x := ev.value(i, 0))}
    found: dict[int, float] = {}
    for share, i in terms:
        if i in numbers:
            first = next(iter(numbers))
            share, i = share * numbers[i] / numbers[first], first
        found[i] = found.get(i, 0.0) + share
    return found


def places(ev: Evidence) -> Iterator[Place]:
    """All of the derivative; the two factors that a node on all paths divides it into; and the sums
    that are factors of the claim."""
    yield Place(LOST, "", lambda k: 1.0)
    for v in sorted(ev.necks - inner_nodes(ev) - {ev.output})[-NECKS:]:
        cost = INSIDE if v in ev.stops else UNNAMED
        yield Place(cost, slope_name(ev, ev.output, v), lambda k, v=v: ev.tangents(k)[v])
        yield Place(cost, slope_name(ev, v, ev.wrt), lambda k, v=v: ev.adjoints(k)[v])
    for row in sums_of_claim(ev):
        beside = partial(beside_in_claim, ev, row.index)
        place = Place(OF_CLAIM, called(ev.tape, row.index), beside, True)
        if row.index not in ev.tape.outputs and close(
            times_in_claim(ev, row.index, place) or 0.0, 1.0
        ):
            yield place


def beside_in_claim(ev: Evidence, i: int, k: int) -> float:
    """The derivative of the claim with respect to a row of its own, at the k-th point: what a
    factor of it is multiplied by."""
    return adjoints_of_claim(ev, k)[i]


@kept
def adjoints_of_claim(ev: Evidence, k: int) -> list[float]:
    """∂claim/∂v by row, for those of its own, at the k-th point."""
    edges = [
        (v, slot, u)
        for v in sorted(ev.claimed_by - ev.under)
        for slot, u in enumerate(ev.tape[v].operands)
        if ev.tape[v].partials[slot] is not None
    ]
    return ev.sweep(ev.points[k].partials, edges, ev.tape.outputs[2])


def times_in_claim(ev: Evidence, i: int, place: Place) -> float | None:
    """How many times the claim is a row times what is beside it in a place, if it is so."""
    products = [ev.value(i, k) * place.beside(k) for k in ev.few]
    return quotient([ev.claimed[k] for k in ev.few], products)


def quotient(upper: Sequence[float], lower: Sequence[float]) -> float | None:
    """By what number others are multiplied, if it is one; where both are 0, any is."""
    if any(x and not y for x, y in zip(upper, lower, strict=True)):
        return None
    ratios = [x / y for x, y in zip(upper, lower, strict=True) if y]
    return ratios[0] if ratios and all(close(x, ratios[0]) for x in ratios) else None


def simple(ev: Evidence, term: Multiplier, where: Place) -> tuple[float, Finding] | None:
    """(how far-fetched it is, the finding) that a number or a labelled node is missing in a place,
    or has the wrong sign."""
    [*factors], c, place = term.factors, term.constant, where.name
    half = term._replace(constant=-0.5 * c)  # what is turned is missing twice
    if not factors:
        numbers = numbers_added(ev)
        if abs(0.5 * c) in numbers:
            return 0.0, turned(named(half), place)
        there = abs(c) in numbers
        return 0.0, too_much(shown(-c), place) if there else missing(shown(c), place)
    [(factor, _)] = factors
    own = terms_of(ev, where).get(factor.row or 0)
    if abs(c) == 1.0 and own is not None and close(own, -c):
        return THERE, too_much(named(term._replace(constant=-c)), place)
    there = factor.row in ev.claimed_by
    # A term that the claim has there otherwise than so is none whose sign is wrong.
    as_written = not where.of_claim if own is None else close(own, half.constant)
    if abs(c) == 2.0 and there and as_written:
        return NODE, turned(named(half), place)
    if abs(c) == 1.0 and factor.labelled:
        if where.of_claim and ev.tape[factor.row or 0].is_leaf:  # it was rather taken for 0
            return None
        return THERE if there else NODE, missing(named(term), place)
    return None


def sums_of_claim(ev: Evidence) -> list[Row]:
    """The claim's own sums and differences: all of it, and its factors."""
    own = (ev.tape[i] for i in sorted(ev.claimed_by - ev.under - inner_nodes(ev)))
    return [row for row in own if row.op in DIFFERENCES]


def terms_of(ev: Evidence, place: Place) -> dict[int, float]:
    """The terms of what the claim has in a place, beside the other factors, and how often."""
    found: dict[int, float] = {}
    for row in sums_of_claim(ev):
        times = times_in_claim(ev, row.index, place)
        if times is not None:
            found |= {i: times * often for i, often in terms_written(ev, row.index).items()}
    return found


def numbers_added(ev: Evidence) -> set[float]:
    """The sizes of the numbers that are terms of the claim's sums."""
    added = {i for row in sums_of_claim(ev) for i in row.operands}
    return {abs(ev.tape[i].value) for i in added if ev.tape[i].op == "constant"}


def missing(name: str, place: str = "") -> Finding:
    """The finding that a term is missing."""
    return Finding("missing path", told(f"The term {name} is missing.", place), name)


def too_much(name: str, place: str = "") -> Finding:
    """The finding that the claim has a term that the derivative has not."""
    return Finding("dependence", told(f"There is an extra term {name}.", place), name)


def turned(name: str, place: str = "") -> Finding:
    """The finding that a term has the wrong sign."""
    text = f"The sign of the term {name} is wrong: it should be the opposite."
    return Finding("sign", told(text, place), name)


def told(sentence: str, place: str) -> str:
    """A sentence, with the place that it is about."""
    return f"In {place}: {sentence[0].lower()}{sentence[1:]}" if place else sentence


def another_term(ev: Evidence) -> Finding | None:
    """The finding that the claim has an extra term or lacks one, if it is a product of nodes."""
    more = difference(ev)
    found = terms(ev, more, multipliers(ev, ev.stops), 2) if more else ()
    for term in sorted(found, key=lambda term: term.weight):
        sentence = f"Your derivation differs from the derivative by the term {named(term)}."
        return Finding("dependence", sentence, named(term))
    return None


def difference(ev: Evidence) -> list[float]:
    """By how much the claim exceeds the derivative at each point; nothing, if that is unclear."""
    sizes = [sorted((abs(c), abs(t))) for c, t in zip(ev.claimed, ev.true, strict=True)]
    if all(small <= UNCLEAR * large for small, large in sizes):  # it is all of one of them
        return []
    more = [c - t for c, t in zip(ev.claimed, ev.true, strict=True)]
    return more if all(abs(more[k]) > UNCLEAR * ev.scale[k] for k in telling(ev)) else []


def telling(ev: Evidence) -> list[int]:
    """The points at which a difference tells something: not the user's own where all is 0."""
    return [k for k in range(len(ev.points)) if k != ev.own or k == 0]


def terms(
    ev: Evidence, values: Sequence[float], found: Multipliers, most: int
) -> Iterator[Multiplier]:
    """What some numbers are at every point: one number, or a product of at most `most` factors."""
    c = recognised(ev, values[0])
    if c and all(close(x, c) for x in values if x == x):
        yield Multiplier(1.0, (), c)
    for m in found.solve(values.__getitem__, pairs=most > 1):
        c = recognised(ev, m.constant)
        if c and all(0 < n <= most for _, n in m.factors) and m.weight < PRODUCT:
            yield m._replace(constant=c)


def named(term: Multiplier) -> str:
    """A number times factors, as a formula."""
    factors = [(atom(f.name.split(" = ")[-1]), "^2" if n == 2 else "") for f, n in term.factors]
    product = "·".join(map("".join, factors))
    return multiple(product, term.constant) if product else shown(term.constant)


def multiple(name: str, c: float) -> str:
    """A number times what has a name."""
    return {1.0: "", -1.0: "−"}.get(c, f"{shown(c)}·") + name
