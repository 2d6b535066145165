"""The sentences of findings: a sign, a constant, and the paths that are not counted."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from microgradx.explain.diagnosis.evidence.constants import close, rounded_from, spelled
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.rounding import same
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.origins import (
    MOST,
    carriers,
    has_constant,
    losing,
    positive_chain,
)
from microgradx.explain.diagnosis.pieces.parts import Part, routes_between
from microgradx.explain.diagnosis.pieces.places import slope_name
from microgradx.explain.notation import natural
from microgradx.explain.words import called
from microgradx.writing import joined, listed, shown


def scaled(ev: Evidence, c: float, part: Part | None = None) -> tuple[Finding, ...]:
    """Findings for the claim, or a part of it, that is c times what it should be."""
    sign = (wrong_sign(ev, part),) if c < 0.0 else ()
    constant = (wrong_constant(ev, abs(c), part),) if not close(abs(c), 1.0) else ()
    return (*sign, *constant)


def rescaled(ev: Evidence, c: float, one: Hypothesis, more: float) -> Hypothesis:
    """A slip, and all of the claim c times what it should be besides; at how much higher a cost."""
    return one._replace(
        cost=one.cost + more,
        findings=(*scaled(ev, c), *one.findings),
        predict=lambda k: c * one.predict(k),
        counts=None,
    )


def with_sign(ev: Evidence, one: Hypothesis) -> Iterator[Hypothesis]:
    """A slip, and the same with a wrong sign of all of the claim besides."""
    yield one
    if fits_here(ev, lambda k: -one.predict(k)):
        yield rescaled(ev, -1.0, one, 0.9)


def fits_here(ev: Evidence, predict: Callable[[int], float]) -> bool:
    """Whether the claim is what a hypothesis predicts at the first point: asked before its words
    are made, which are costly where there are many."""
    with suppress(ArithmeticError, ValueError):
        return ev.fits(0, predict(0))
    return False


def wrong_sign(ev: Evidence, part: Part | None) -> Finding:
    """The finding that a part of the claim, or all of it, has the wrong sign."""
    if part:
        sentence = f"The sign of {part.name} is wrong: it should be the opposite."
        return Finding("sign", sentence, part.about)
    sentence, at = "The sign is wrong: it should be the opposite.", carriers(ev, -1.0)
    if at:
        sentence += f" There is a minus in {joined(at)}."
    elif chain := positive_chain(ev):
        sentence, at = f"{sentence} There is no minus in {chain}.", [chain]
    return Finding("sign", sentence, "; ".join([name_of_claim(ev), *at]))


def wrong_constant(ev: Evidence, c: float, part: Part | None) -> Finding:
    """The finding that a part of the claim, or all of it, has a wrong constant factor."""
    where = [] if part else carriers(ev, c)
    at = [part.about] if part else where or [name_of_claim(ev)]
    what = capital(part.name if part else "the claim")
    several = part is not None and part.plural
    if not part and (numbers := rounded_from(ev, c)):
        given, exact = (shown(x, 9) for x in numbers)
        sentence = f"A constant may be rounded: {given} for {exact}."
    elif where and (lost := losing(ev, c)):
        somewhere = " or of ".join(lost[:MOST])
        sentence = f"The constant factor {spelled(1.0 / c)} of {somewhere} is missing."
    elif 0.0 < c < 1.0 or spelled(c).startswith("1/"):
        lacks = "lack" if several else "lacks"
        see = f" See {joined(where)}." if where else ""
        sentence = f"{what} {lacks} a constant factor {spelled(1.0 / c)}.{see}"
    else:
        has = "have" if several else "has"
        belongs = f" It belongs to {joined(where)}." if where else ""
        sentence = f"{what} {has} an extra constant factor {spelled(c)}.{belongs}"
    return Finding("constant factor", sentence, "; ".join([spelled(c), *at]))


def name_of_claim(ev: Evidence) -> str:
    """What a finding about all of the claim is about."""
    return f"the claim, {slope_name(ev, ev.output, ev.wrt)}"


def miscounted(ev: Evidence, c: float, part: Part) -> tuple[Finding, ...]:
    """Findings for a part that is counted c times."""
    verb, amount = part.verb, shown(part.at(ev.own))
    if c == 0.0:
        sentence = f"{capital(part.name)} {verb} missing: {amount}."
        return (Finding("missing path", sentence, part.about),)
    if c == 2.0 and not halved(ev, part):
        sentence = f"{capital(part.name)} {verb} counted twice: {amount} once more."
        return (Finding("repeated path", sentence, part.about),)
    return scaled(ev, c, part)


def halved(ev: Evidence, part: Part) -> bool:
    """Whether a row through which just the paths of a part lead has a 2 or a ½ by its rule."""

    def alone(v: int) -> bool:
        return all(same(ev.through(v, k), part.at(k), ev.scale[k]) for k in ev.few)

    return any(has_constant(ev, edge, 2.0) and alone(edge[0]) for edge in ev.edges)


def only_these(ev: Evidence, part: Part) -> Finding:
    """The finding that all paths are missing but those of a part."""
    routes = routes_between(ev, part.stops)
    kept = [path for path in routes.paths if part.holds(path)]
    lost = [path for path in routes.paths if not part.holds(path)]
    seen = {i for path in kept for i in path}
    nodes = dict.fromkeys(i for path in lost for i in path if i not in seen)
    rest = shown(ev.true[ev.own] - part.at(ev.own))
    apart = part.edge is None and all(not nodes.keys().isdisjoint(path) for path in lost)
    if nodes and apart:  # beside an edge, others stand between the same nodes
        through = listed(sorted((called(ev.tape, i) for i in nodes), key=natural), 6)
        others = f"those through {through} are missing: {rest}"
        about = f"through {through}"
    else:
        others, about = f"the others are missing: {rest}", "; ".join(map(routes.name, lost[:4]))
    name = part.name if len(part.name) < 90 else f"{part.name[:90]}…"
    return Finding(
        "missing path", f"Only {name} {part.verb} counted; {others}.", about or part.about
    )


def capital(text: str) -> str:
    """A sentence with a capital letter, unless a label comes first."""
    return text[:1].upper() + text[1:] if text.startswith(("the ", "there ", "of ")) else text
