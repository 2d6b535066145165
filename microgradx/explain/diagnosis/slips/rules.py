"""Families of slips in a rule of differentiation: a wrong one is applied."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import reduce
from operator import and_, or_

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.lists import signed
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.places import placed, slope_name
from microgradx.explain.diagnosis.slips.local import is_curved
from microgradx.explain.diagnosis.slips.replaced import singly_and_together, slopes_at
from microgradx.explain.diagnosis.slips.wording import with_sign
from microgradx.explain.notation import atom, derivative
from microgradx.explain.points import STRAIGHT
from microgradx.explain.words import MOST, called, operation, spelled_out
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Row, Tape
from microgradx.writing import joined, listed

INNER = 2  # nodes by which a wrong rule is tried
TERMS = 5000  # of sums in functions, in all
STOPS = 300_000  # labelled rows, times rows, of graphs where a rule by such a row is tried


Tangents = Sequence[float]


def defined(ev: Evidence, v: int) -> str:
    """What a row is called, and what it is or of what it is a part: `y = a·b`."""
    if ev.tape[v].label:
        return f"{called(ev.tape, v)} = {spelled_out(ev.tape, v, 2)}"
    return placed(ev, v)


def both(ev: Evidence, row: Row) -> bool:
    """Whether all operands of a row vary."""
    return ev.moving.issuperset(row.operands)


def curved(slot: int) -> Callable[[Evidence, Row], bool]:
    """Whether all operands vary, and the one in a slot, whose derivative alone is kept, is a
    function."""

    def applies(ev: Evidence, row: Row) -> bool:
        alone = row.operands[slot]
        return both(ev, row) and alone != ev.wrt and is_curved(ev, alone)

    return applies


def divisor(ev: Evidence, row: Row) -> bool:
    """Whether the second of two varies alone, and is more than the variable and a term."""
    x, y = row.operands
    if x in ev.moving or y not in ev.moving:
        return False
    return any(ev.tangents(k)[y] != 1.0 for k in ev.few)


# Wrong rules: of what operations; for which of their rows; cost; words; of x′, y′, x and y.
RULES = (
    (("mul", "dot"), both, 1.7, "product is not the product of the derivatives",
     lambda dx, dy, x, y: dx * dy),
    (("mul",), both, 1.9, "product is not the sum of the derivatives",
     lambda dx, dy, x, y: dx + dy),
    (("mul",), curved(0), 2.1, "product is not the derivative of one factor",
     lambda dx, dy, x, y: dx),
    (("mul",), curved(1), 2.1, "product is not the derivative of one factor",
     lambda dx, dy, x, y: dy),
    (("div",), both, 1.7, "quotient is not the quotient of the derivatives",
     lambda dx, dy, x, y: dx / dy),
    (("div",), both, 1.9, "product with a reciprocal is not the product of the derivatives",
     lambda dx, dy, x, y: -dx * dy / (y * y)),
    (("div",), divisor, 1.7, "reciprocal is not the reciprocal of the derivative",
     lambda dx, dy, x, y: x / dy),
)  # fmt: skip


def wrong_rules(ev: Evidence) -> Iterator[Hypothesis]:
    """A wrong rule of products, quotients, sums or chains; perhaps with another sign."""
    below = stops_under(ev)
    sums, slopes = term_by_term(ev), of_inner_slopes(ev, below)
    others = *without_inner(ev), *of_fixed_factors(ev)
    for alone in (*of_products(ev, below), *sums, *slopes, *others):
        yield from with_sign(ev, alone)


def of_products(ev: Evidence, below: Sequence[int]) -> Iterator[Hypothesis]:
    """The derivative of a product as the product of the derivatives, of a quotient likewise: by
    `wrt`, or by a labelled node on the way to it."""
    tape, hidden = ev.tape, inner_nodes(ev)
    seen = [v for v in ev.active if hidden.isdisjoint((v, *tape[v].operands))]
    for ops, applies, cost, words, rule in RULES:
        rows = [tape[v] for v in seen if tape[v].op in ops]
        moving = [row for row in rows if applies(ev, row)]
        nodes = [row.index for row in moving if len({*row.operands}) == len(row.operands)]
        choices = [([v], u) for v in nodes for u in inner(ev, v, below)]
        for chosen, u in [*choices, *([(nodes, ev.wrt)] if len(nodes) > 1 else [])]:

            def ruled(v: int, dot: Tangents, k: int, u=u, rule=rule) -> float:
                by_u = dot if u == ev.wrt else ev.tangents(k, u)
                n = len(tape[v].operands) // 2
                xs, ys = tape[v].operands[:n], tape[v].operands[n:]
                pairs = zip(xs, ys, strict=True)
                at = ev.points[k].values
                return sum(rule(by_u[x], by_u[y], at[x], at[y]) for x, y in pairs) * dot[u]

            shown = joined([defined(ev, v) for v in chosen[:4]])
            sentence = f"The derivative of a {words}: see {shown}."
            finding = Finding("wrong rule", sentence, shown)
            more = 0.2 * (len(chosen) > 1) + 0.3 * (u != ev.wrt)
            yield Hypothesis(cost + more, (finding,), swept(ev, chosen, ruled))


def stops_under(ev: Evidence) -> list[int]:
    """By row, the labelled rows on the way to `wrt` that it is or depends on, as bits."""
    found: list[int] = []
    few = ev.stops - {ev.wrt} if len(ev.stops) * len(ev.tape) <= STOPS else ()
    for row in ev.tape.rows:
        own = 1 << row.index if row.index in few else 0
        found.append(reduce(or_, (found[i] for i in row.operands), own))
    return found


def inner(ev: Evidence, v: int, below: Sequence[int]) -> list[int]:
    """`wrt`, and the first labelled rows under v that all of its operands depend on."""
    common, found = reduce(and_, (below[i] for i in ev.tape[v].operands)), [ev.wrt]
    while common and len(found) <= INNER:
        found.append(common.bit_length() - 1)
        common -= 1 << found[-1]
    return found


def term_by_term(ev: Evidence) -> Iterator[Hypothesis]:
    """A function of a sum, as if it were the sum of the function of each term: log(a + b) as
    log a + log b; at one node, or at all of a kind."""
    terms: dict[int, list[tuple[float, int]]] = {}
    kinds: dict[tuple[str, int], list[int]] = {}
    left = TERMS
    for row in (ev.tape[v] for v in ev.active):
        for u in dict.fromkeys(row.operands):
            if left > 0 and u in ev.moving and bends(row, u, ev.moving):
                terms[u] = terms.get(u) or signed(ev, u)
                left -= len(terms[u])
                if left >= 0 and len(terms[u]) > 1:
                    kinds.setdefault((row.op, row.operands.index(u)), []).append(row.index)

    def fixed(term: tuple[float, int]) -> bool:
        return ev.tape[term[1]].op == "constant"

    for (_, slot), nodes in kinds.items():

        def ruled(v: int, dot: Tangents, k: int, slot=slot) -> float:
            row, total = ev.tape[v], 0.0
            for sign, term in terms[row.operands[slot]]:
                operands = [term if i == row.operands[slot] else i for i in row.operands]
                slopes = slopes_at(row.op, [ev.value(i, k) for i in operands])
                moving = ((i, d) for i, d in zip(operands, slopes, strict=True) if dot[i])
                total += sign * sum(dot[i] * d for i, d in moving)
            return total

        for chosen in singly_and_together(nodes):
            first, *others = chosen
            names = listed([called(ev.tape, v) for v in chosen])
            are, it = ("are", called(ev.tape, first)) if others else ("is", "it")
            total = ev.tape[first].operands[slot]
            formula = spread(ev.tape, first, total, terms[total])
            sentence = f"{names} {are} taken term by term, as if {it} were {formula}."
            finding = Finding("wrong rule", sentence, names)
            cost = 1.95 if others else 1.75
            sums = [terms[ev.tape[v].operands[slot]] for v in chosen]
            moving = [[i for _, i in some if i in ev.moving] for some in sums]
            if all(len(some) == 1 for some in moving):
                # Where one term alone moves, the slope may be taken elsewhere.
                cost += 0.6 if ev.tape[first].op == "log" else 0.75
                cost += 0.75 * all(len(some) == 2 and any(map(fixed, some)) for some in sums)
                if ev.tape[first].op == "log" and not others:
                    share = [atom(called(ev.tape, i)) for i in (*moving[0], total)]
                    sentence = f"The factor {'/'.join(share)} is missing: {sentence}"
                    finding = Finding("missing factor", sentence, names)
            yield Hypothesis(cost, (finding,), swept(ev, chosen, ruled))


def bends(row: Row, u: int, moving: Container[int]) -> bool:
    """Whether a row is no linear function of one of its operands, among those that move."""
    if row.op == "mul":
        return row.operands.count(u) == 2
    if row.op == "div":
        return row.operands[1] == u and row.operands[0] not in moving
    return row.op not in STRAIGHT


def spread(tape: Tape, v: int, u: int, terms: Sequence[tuple[float, int]]) -> str:
    """What a row is called if its operand u, a sum, is taken term by term."""
    row = tape[v]
    name = atom if PRIMITIVES[row.op].sign else str
    text = ""
    for sign, term in terms[:MOST]:
        names = [name(called(tape, term if i == u else i, 2)) for i in row.operands]
        text += f" {'−' if sign < 0.0 else '+'} {operation(row.op, len(names), names.__getitem__)}"
    return text.removeprefix(" + ").strip() + " + …" * (len(terms) > MOST)


def of_inner_slopes(ev: Evidence, below: Sequence[int]) -> Iterator[Hypothesis]:
    """The derivative of f(g) as f′(g′), perhaps times g′: by `wrt`, or by a labelled node."""
    nodes = {rounded([ev.value(i, k) for k in ev.few]) for i in ev.under}
    for v, _, g in ev.edges:
        first, *others = ev.tape[v].operands
        alone = first == g and all(ev.tape[i].op == "constant" for i in others)
        if alone and bends(ev.tape[v], g, ev.moving):
            for u in inner(ev, v, below):
                slopes = [ev.tangents(k, u)[g] for k in ev.few]
                values = [ev.value(g, k) for k in ev.few]
                if u != g and slopes != values and any(slope != 1.0 for slope in slopes):
                    # As a, the slope of a·u: that is rather another node at which it is taken.
                    node = rounded(slopes) in nodes
                    yield from at_inner_slope(ev, v, g, u, 2.6 if node else 2.2)


def rounded(numbers: Sequence[float]) -> tuple[str, ...]:
    """Some numbers to ten digits."""
    return tuple(f"{x:.9e}" for x in numbers)


def at_inner_slope(ev: Evidence, v: int, g: int, u: int, cost: float) -> Iterator[Hypothesis]:
    """The derivative of one function v of a node g taken at ∂g/∂u, perhaps times that."""
    names = [called(ev.tape, i) for i in (v, g, u)]
    what = derivative(*names[:2])
    slope = derivative(*names[1:])
    for power in (0, 1) if ev.tape[v].op != "log" else (0,):  # g′/g′ says nothing of g
        lost = "" if power else f" The factor {slope} is missing beside it."
        sentence = f"{what} is taken at {slope}, and belongs at {names[1]}.{lost}"

        def ruled(_: int, dot: Tangents, k: int, power=power) -> float:
            x = dot[g] if u == ev.wrt else ev.tangents(k, u)[g]
            exponents = [ev.value(i, k) for i in ev.tape[v].operands[1:]]
            wrong = slopes_at(ev.tape[v].op, [x, *exponents])[0]
            return wrong * x**power * dot[u]

        yield Hypothesis(cost, (Finding("wrong rule", sentence, what),), swept(ev, [v], ruled))


def without_inner(ev: Evidence) -> Iterator[Hypothesis]:
    """What all functions of a kind are taken of is not derived: ∂f(u)/∂x as f′(u)."""
    kinds: dict[str, list[int]] = {}
    for v, _, u in ev.edges:
        if is_curved(ev, v) and any(ev.tangents(k)[u] != 1.0 for k in ev.few):
            kinds.setdefault(ev.tape[v].op, []).append(v)
    for op, rows in kinds.items():
        if len(rows) > 1:
            inner = dict.fromkeys(ev.tape[v].operands[0] for v in rows)
            names = listed([slope_name(ev, u, ev.wrt) for u in inner])
            sentence = f"The inner derivatives {names}, of each {op}, are missing."
            predict = swept(ev, rows, lambda v, _, k: ev.slope(v, 0, k))
            yield Hypothesis(2.3, (Finding("missing factor", sentence, names),), predict)


def of_fixed_factors(ev: Evidence) -> Iterator[Hypothesis]:
    """A factor that does not move is differentiated as well: x·a² as if it were 1·2a."""
    for v, slot, u in ev.edges:
        a = ev.tape[v].operands[1 - slot] if ev.tape[v].op == "mul" else ev.wrt
        own = {i for i in ev.tape[a].operands if ev.tape[i].op != "constant"}
        if a in ev.moving or a not in ev.sloped or len(own) != 1:
            continue
        [b] = own
        if not bends(ev.tape[a], b, own):
            continue

        def ruled(v: int, dot: Tangents, k: int, a=a, u=u) -> float:
            return sum(filter(None, ev.points[k].partials[a])) * dot[u]

        factor, what = called(ev.tape, a), called(ev.tape, u)
        whole = slope_name(ev, a, b)
        sentence = f"{whole} stands where {factor} belongs, which only multiplies {what}."
        yield Hypothesis(2.5, (Finding("wrong rule", sentence, factor),), swept(ev, [v], ruled))


def swept(
    ev: Evidence, nodes: Iterable[int], rule: Callable[[int, Tangents, int], float]
) -> Callable[[int], float]:
    """The derivative where some nodes follow another rule: from the tangents below them."""
    own = frozenset(nodes)

    def at_one(k: int) -> float:
        [v] = own
        dot = ev.tangents(k)
        return ev.true[k] + ev.adjoints(k)[v] * (rule(v, dot, k) - dot[v])

    def at_several(k: int) -> float:
        dot = [0.0] * len(ev.tape)
        dot[ev.wrt] = 1.0
        for v, slot, i in ev.edges:
            if v in own:
                dot[v] = rule(v, dot, k)
            else:
                dot[v] += ev.slope(v, slot, k) * dot[i]
        return dot[ev.output]

    return at_one if len(own) == 1 else at_several
