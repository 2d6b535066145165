"""Families of slips in a rule of differentiation: a wrong one is applied."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import reduce
from operator import and_, or_

from microgradx.explain.diagnosis.evidence.constants import close
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.places import placed, slope_name
from microgradx.explain.diagnosis.slips.local import is_curved
from microgradx.explain.diagnosis.slips.replaced import Tangents, slopes_at, swept
from microgradx.explain.diagnosis.slips.spread import bends, term_by_term
from microgradx.explain.diagnosis.slips.wording import with_sign
from microgradx.explain.notation import derivative
from microgradx.explain.words import called, spelled_out
from microgradx.tape import Row
from microgradx.writing import joined, listed

INNER = 2  # nodes by which a wrong rule is tried
STOPS = 300_000  # labelled rows, times rows, of graphs where a rule by such a row is tried


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


def whole_power(ev: Evidence, row: Row) -> bool:
    """Whether a function is raised to a whole number."""
    x, n = row.operands
    whole = ev.tape[n].op == "constant" and ev.tape[n].value.is_integer()
    return whole and x in ev.moving and x != ev.wrt and is_curved(ev, x)


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
    (("pow",), whole_power, 1.9, "power is not the power of the derivative",
     lambda dx, dy, x, y: dx ** y),
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
        by = {v: inner(ev, v, below) for v in nodes}
        choices = [{v: u} for v in nodes for u in by[v] if bent(ev, v, u)]
        if len(nodes) > 1:
            nearest = {v: max(by[v][1:], default=ev.wrt) for v in nodes}
            together = dict.fromkeys(nodes, ev.wrt)
            choices += [together] if nearest == together else [together, nearest]
        for us in choices:

            def ruled(v: int, dot: Tangents, k: int, us=us, rule=rule) -> float:
                u = us[v]
                by_u = dot if u == ev.wrt else ev.tangents(k, u)
                n = len(tape[v].operands) // 2
                xs, ys = tape[v].operands[:n], tape[v].operands[n:]
                pairs = zip(xs, ys, strict=True)
                at = ev.points[k].values
                return sum(rule(by_u[x], by_u[y], at[x], at[y]) for x, y in pairs) * dot[u]

            shown = joined([defined(ev, v) for v in [*us][:4]])
            sentence = f"The derivative of a {words}: see {shown}."
            finding = Finding("wrong rule", sentence, shown)
            [v, *others] = us
            if not others and comes_to_1(ev, v, us[v], ruled):
                finding = stopped_at(ev, v, us[v])
            on_the_way = any(u != ev.wrt for u in us.values())
            more = 0.2 * bool(others) + (0.2 if others else 0.3) * on_the_way
            yield Hypothesis(cost + more, (finding,), swept(ev, us, ruled))


def comes_to_1(ev: Evidence, v: int, u: int, ruled: Callable[[int, Tangents, int], float]) -> bool:
    """Whether a wrong rule gives 1 for ∂v/∂u, though the derivatives of the operands are not 1: as
    the quotient of those of eᶻ and of Σ eᶻ, which are the same."""
    with suppress(ArithmeticError):
        if all(close(ruled(v, ev.tangents(k), k), ev.tangents(k)[u]) for k in ev.few):
            return all(ev.tangents(k, u)[i] != 1.0 for i in ev.tape[v].operands for k in ev.few)
    return False


def stopped_at(ev: Evidence, v: int, u: int) -> Finding:
    """The finding that a derivation stops at a node v, before ∂v/∂u."""
    name = slope_name(ev, v, u)
    where = "" if v in ev.necks else f"In the paths through {placed(ev, v)}: "
    sentence = f"{where}{'the' if where else 'The'} factor {name} is missing."
    return Finding("missing factor", sentence, name)


def stops_under(ev: Evidence) -> list[int]:
    """By row, the labelled rows on the way to `wrt` that it is or depends on, as bits."""
    found: list[int] = []
    few = ev.stops - {ev.wrt} if len(ev.stops) * len(ev.tape) <= STOPS else ()
    for row in ev.tape.rows:
        own = 1 << row.index if row.index in few else 0
        found.append(reduce(or_, (found[i] for i in row.operands), own))
    return found


def inner(ev: Evidence, v: int, below: Sequence[int]) -> list[int]:
    """`wrt`, and the first labelled rows under v on which all of its operands depend that move."""
    moving = ev.moving.intersection(ev.tape[v].operands)
    common, found = reduce(and_, (below[i] for i in moving)), [ev.wrt]
    while common and len(found) <= INNER:
        found.append(common.bit_length() - 1)
        common -= 1 << found[-1]
    return found


def bent(ev: Evidence, v: int, u: int) -> bool:
    """Whether an operand of a row has another slope by a row under it than 1, of which any rule
    makes 1 again."""
    moving = ev.moving.intersection(ev.tape[v].operands)
    return any(ev.tangents(k, u)[x] != 1.0 for x in moving for k in ev.few)


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
