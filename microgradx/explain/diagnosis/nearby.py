"""A claim that is right at the user's point, or around it, and not everywhere."""

from collections.abc import Iterator
from math import inf
from random import Random

from microgradx.explain.diagnosis.conditions.sides import outside, sign_of_a_leaf
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.further import wrong_far_away
from microgradx.explain.diagnosis.evidence.measured import Measured, of_faded
from microgradx.explain.diagnosis.evidence.rounding import same
from microgradx.explain.diagnosis.findings import PATHS, Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.places import wholes
from microgradx.explain.diagnosis.result import Diagnosis, concluded, right_only_if
from microgradx.explain.kinks import on_a_kink
from microgradx.explain.points import AT_0, COMPARISONS, EXTREMES, UNIT, Point, has_faded
from microgradx.explain.words import called
from microgradx.writing import joined, shown

AROUND, NEAR = 8, 0.001  # so many points; how far leaves go, in halves of themselves plus ½
WORK = 60_000  # rows evaluated in search of a leaf that decides, at most
INDICATED = 0.0, 1.0, -1.0  # what people put in for a leaf in general, and not for an example
CONVENTIONS = (
    (AT_0, "0 for relu and abs at 0"),
    (EXTREMES, "equal shares for ties"),
    (COMPARISONS, "that of the branch that is taken"),
)


def is_right_nearby(ev: Evidence) -> bool:
    """Whether the claim is right at the user's point and all around it, where digits are sound:
    then no slip was made, and what is right elsewhere is another branch of the function."""
    if not (ev.elsewhere and ev.true[0] and ev.agreements()[0]):
        return False
    around = (point and ev.measure(point) for point in close_by(ev))
    return all(one and one.agrees and not one.ill for one in around)


def close_by(ev: Evidence) -> Iterator[Point | None]:
    """Points all around the user's; None where the graph is not defined."""
    chance, home = Random(0), ev.points[0].given

    def moved(i: int, x: float) -> float:
        low, high = ev.ranges.get(i, (-inf, inf))
        return min(max(low, x + NEAR * chance.uniform(-1.0, 1.0) * (0.5 * abs(x) + 0.5)), high)

    for _ in range(AROUND):
        yield ev.evaluate({i: x if i in ev.fixed else moved(i, x) for i, x in home.items()})


def convention(ev: Evidence) -> str:
    """What the slope is at the user's point, in a sentence, if that is on a kink."""
    kinks = ev.kinks & ev.under
    ops = {ev.tape[i].op for i in kinks if on_a_kink(ev.tape, ev.points[0], [i])}
    told = [text for some, text in CONVENTIONS if not some.isdisjoint(ops)]
    start = "Here is a kink, and what the slope is there is a convention"
    return f"{start}: {', '.join(told)}." if told else ""


def between_slopes(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a number that lies between the slopes beside a kink at the user's point."""
    text = convention(ev)
    slopes = [ev.sweep(point.partials)[ev.wrt] for point in close_by(ev) if point] if text else []
    if not slopes or not min(slopes) < ev.claimed[0] < max(slopes):
        return None
    low, high = (shown(slope) for slope in (min(slopes), max(slopes)))
    sentence = f"{text} Beside it, the slope is from {low} to {high}."
    return concluded(ev, "wrong", [Finding("point", sentence, "this point")])


def hidden(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that differs from the derivative at one of the first points by no
    more than what cancels there may hide, and yet by more than rounding does to either of them."""
    if not any(hides(ev, ev.measured[k]) for k in ev.few):
        return None
    return concluded(ev, "wrong")._replace(digits=0)


def hides(ev: Evidence, one: Measured) -> bool:
    """Whether a difference between derivative and claim is hidden where it is no rounding."""
    if same(one.true, one.claimed, one.size):
        return False
    bar = ev.sweep(one.point.partials)
    faded = UNIT * of_faded(ev.tape, ev.edges, one.point, bar, ev.wrt)
    again = [m for other in ev.rounded_otherwise(one.point) if (m := ev.measure(other))]
    changes = [x for m in again for x in (m.true - one.true, m.claimed - one.claimed)]
    return one.off > max(faded, max(map(abs, changes), default=inf))


def saturation(ev: Evidence) -> str | None:
    """That functions have saturated at the user's point, where the claim is right and they have."""
    if not ev.agreements()[0]:
        return None
    faded = {v for v, slot, _ in ev.edges if has_faded(ev.tape[v].op, ev.slope(v, slot, 0))}
    # Of softmax, whose exponentials are not seen, the outputs.
    seen = faded - inner_nodes(ev) or {w for v in faded for w in wholes(ev, v)}
    names = joined([called(ev.tape, v) for v in sorted(seen)]) if seen else ""
    return f"{names} {'has' if len(seen) == 1 else 'have'} saturated, as here" if seen else None


def right_only_here(ev: Evidence, slip: Hypothesis | None = None) -> Diagnosis:
    """The diagnosis of a claim that is right at the user's point alone, perhaps to its digits; with
    the slip by which it is so, if that is known."""
    if text := saturation(ev):
        return right_only_if(ev, text)
    about = "this point"
    here, *others = ev.agreements()
    if len(ev.points) == 1 and not ev.beyond:
        why = "no other could be tried, since every leaf keeps its number"
        if ev.elsewhere:
            why = "graph or claim is not defined at any other that was tried"
        sentence = f"It is right at this point; {why}."
    elif others and here and all(others):
        sentence = "It is right around this point, and not everywhere."
    elif any(others):
        sentence = "It is right here and at some other points, and not at all of them."
    elif here and outside(ev):
        sentence = "It is right at this point, and at none that was tried within the ranges given."
    else:
        rounded = "" if here else ", to the digits given"
        elsewhere = "elsewhere the derivative is another number."
        sentence = f"It is right at this point only{rounded}: {elsewhere}"
        if (leaf := leaf_that_decides(ev)) is not None:
            name, number = called(ev.tape, leaf), shown(ev.value(leaf, 0))
            if leaf not in ev.under or (slip is None and ev.value(leaf, 0) in INDICATED):
                return right_only_if(ev, f"{name} = {number}")
            if len(ev.near.leaves) > 1:  # of one alone that says nothing
                takes = f"{sentence} It takes {name} for {number}, its value here."
                where = f"It is right where {name} is {number}, as here, and not elsewhere."
                sentence = where if slip else takes
                about = f"{about}: {name}"
    sentence = " ".join([sentence, *(one.sentence for one in (slip.findings if slip else ()))])
    counts = slip if slip and PATHS & slip.kinds else None
    return concluded(ev, "right only here", [Finding("point", sentence, about)], counts)


def right_but_here(ev: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that is wrong at the user's point, and right at all the others: at
    the points that were given, or within ranges that exclude this one."""
    here, *others = [*ev.agreements(), *ev.across]
    if here or not others or not all(others) or not (ev.given or outside(ev)):
        return None
    several = "" if len(ev.given) == 1 else "s"
    where = f"at the point{several} given" if ev.given else "within the ranges given"
    return concluded(ev, "wrong", [Finding("point", f"It is right {where}, and not here.", where)])


def right_only_nearby(ev: Evidence, leaf: int | None = None) -> Diagnosis:
    """The diagnosis of a claim that is wrong where a leaf, or several, have gone far."""
    leaf = leaf_that_decides(ev) if leaf is None else leaf
    if leaf is None:
        return right_only_if(ev, "the leaves stay near their values here")
    return right_only_if(ev, f"{called(ev.tape, leaf)} stays near {shown(ev.value(leaf, 0))}")


def for_one_sign(ev: Evidence, narrower: Evidence) -> Diagnosis | None:
    """The diagnosis of a claim that is right where a leaf has the sign that it has, unless with
    that sign it is wrong further away than a narrower evidence reaches."""
    if (sign := sign_of_a_leaf(ev)) is None:
        return None
    if (wrong := wrong_far_away(narrower, sign.holds)) is not None:
        return right_only_nearby(ev, wrong[0])
    return concluded(ev, "right")._replace(scope=f"where {sign.text}")


def leaf_that_decides(ev: Evidence) -> int | None:
    """The labelled leaf that alone must keep its value for the claim to stay right, if there is."""
    here = ev.points[0].given
    leaves = [i for i in here if ev.tape[i].label and i not in ev.fixed]
    for i in leaves[: WORK // len(ev.tape)]:
        others = (ev.evaluate({**p.given, i: here[i]}) for p in ev.points[1:])
        if len(ev.points) > 1 and all(p and ev.agrees(p) for p in others):
            return i
    return None
