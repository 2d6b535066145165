"""Families of slips in local derivatives: a wrong formula, a lost one, one taken at a result."""

from collections.abc import Iterator

from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import seen_edges
from microgradx.explain.diagnosis.pieces.multipliers import Multipliers
from microgradx.explain.diagnosis.pieces.origins import constants_at, without
from microgradx.explain.diagnosis.pieces.parts import FEW_PATHS, Routes, through_rows
from microgradx.explain.diagnosis.pieces.places import part_of, placed, slope_name
from microgradx.explain.diagnosis.slips.beside import with_another, with_nodes, with_paths
from microgradx.explain.diagnosis.slips.classical import (
    FUNCTION_LOST,
    INVERTED,
    LOST,
    OPERAND_LOST,
    SLIPS,
    evaluate,
)
from microgradx.explain.diagnosis.slips.factor_wording import is_function
from microgradx.explain.diagnosis.slips.logistic import at_another, of_logistic
from microgradx.explain.diagnosis.slips.replaced import (
    Replaced,
    slopes_at,
    together_and_singly,
    unity,
)
from microgradx.explain.diagnosis.slips.wording import scaled, with_sign
from microgradx.explain.notation import atom, stem
from microgradx.explain.points import EXTREMES, STRAIGHT
from microgradx.explain.reach import divided_by
from microgradx.explain.words import called, plural, written
from microgradx.writing import listed, shown

SQUARE = -1  # in place of the operand of a product of a node by itself
SPOKEN = {  # of operations whose names in the table are no words
    "div": ("a ", "quotient"), "mul": ("a ", "product"), "pow": ("a ", "power"),
    "abs": ("an ", "absolute value"), "neg": ("a ", "negative"), "dot": ("a ", "sum of products"),
}  # fmt: skip
POWERS = {  # of a derivative, instead of 1
    0: ("missing factor", "are missing", 1.9),
    2: ("extra factor", "are there twice", 2.1),
    -1: ("inverted factor", "divide, and should multiply", 2.3),
}


def local_slips(
    ev: Evidence, routes: Routes, found: Multipliers, single: bool
) -> Iterator[Hypothesis]:
    """A classical slip in a local derivative: at all nodes of a kind or at one; unless `single`,
    perhaps with another sign, some paths lost, a constant or a factor."""
    for slip in all_slips(ev):
        alone = Hypothesis(slip.cost, (slip.finding,), slip.derivative, lambda path: 1.0, ev.stops)
        if single:
            yield alone
            continue
        yield from with_sign(ev, alone)
        first = [slip.derivative(k) for k in ev.few]
        if 0.0 in first or any(x != x for x in first):
            continue
        yield from with_another(ev, slip, found)
        if 2 <= len(routes.paths) <= FEW_PATHS:
            yield from with_paths(ev, slip, routes)
        else:
            yield from with_nodes(ev, slip)


def all_slips(ev: Evidence) -> Iterator[Replaced]:
    """Every slip that the graph has a place for: those of the closed list, and the factor itself
    lost, squared or inverted wherever the rule is used."""
    yield from constants_lost(ev)
    yield from of_logistic(ev)
    yield from at_another(ev)
    groups: dict[tuple[str, int], list[Edge]] = {}
    for v, slot, u in seen_edges(ev):
        op = ev.tape[v].op
        if op == "div" and ev.tape[ev.tape[v].operands[1]].op == "constant":
            continue  # a constant is no factor
        square = op == "mul" and ev.tape[v].operands.count(u) == 2
        rule = SQUARE if square else 0 if op in EXTREMES else slot
        groups.setdefault((op, rule), []).append((v, slot, u))
    for (op, slot), edges in groups.items():
        for formula in SLIPS.get((op, slot), ()):
            for some in (*together_and_singly(edges), *by_the_same(edges)):
                slip = classical(ev, op, formula, some, some is edges)
                if formula == "1" or any(slip.wrong(some[0], k) != 1.0 for k in ev.few):
                    yield slip
        if len(edges) > 1 and (op not in STRAIGHT or slot == SQUARE):
            for power in POWERS:
                yield every_time(ev, "square" if slot == SQUARE else op, edges, power)
            if op == "sqrt":
                yield every_time(ev, op, edges, 0, 0.5)
            if is_function(ev, edges[0][0]):
                yield from in_layers(ev, op, edges)
                yield at_results(ev, op, edges)
                earlier = [edge for edge in edges if edge[0] not in ev.necks]
                if 0 < len(earlier) < len(edges):
                    yield but_the_last(ev, op, earlier, edges)
        if slot == SQUARE:
            yield every_time(ev, "square", edges, 0, 0.5)


def by_the_same(edges: list[Edge]) -> Iterator[list[Edge]]:
    """Of edges of a kind, those to each node, if they are several and not all."""
    below: dict[int, list[Edge]] = {}
    for edge in edges:
        below.setdefault(edge[2], []).append(edge)
    return (some for some in below.values() if 1 < len(some) < len(edges))


def constants_lost(ev: Evidence) -> Iterator[Replaced]:
    """A constant that is left out of every product, or every quotient, that has it; or all those
    that the products, or quotients, of one node have."""
    alike: dict[tuple[str, float], dict[Edge, float]] = {}
    of_one: dict[tuple[str, int], dict[Edge, float]] = {}
    for edge in seen_edges(ev):
        op = ev.tape[edge[0]].op
        for x in constants_at(ev, edge) if op in ("mul", "div") else ():
            if abs(x) not in (0.0, 1.0):
                alike.setdefault((op, x), {})[edge] = x
                of_one.setdefault((op, edge[2]), {})[edge] = x
    several = [some for some in of_one.values() if len({*some.values()}) > 1]
    for some in (*(some for some in alike.values() if len(some) > 1), *several):
        names = listed([*some], name=lambda edge: placed(ev, edge[0]))
        sizes = [shown(x) for x in dict.fromkeys(some.values())]
        numbers, (s, verb) = listed(sizes), plural(len(sizes))
        sentence = f"The constant{s} {numbers} of {names} {verb} missing."
        finding = Finding("constant factor", sentence, f"{numbers}; {names}")
        cost = 2.35 if len(sizes) > 1 else 2.0  # where inner derivatives are lost, these are said
        yield Replaced(
            ev,
            cost,
            finding,
            [*some],
            lambda edge, k, some=some: without(ev, edge, some[edge]) * ev.slope(*edge[:2], k),
        )


def along_one_edge(ev: Evidence) -> Iterator[Replaced]:
    """A wrong sign along one edge, or the constant lost that its rule has."""
    for part in through_rows(ev):
        if part.edge and part.edge[0] not in ev.necks:
            constants = (without(ev, part.edge, x) for x in constants_at(ev, part.edge) if x)
            for c in (-1.0, *constants):
                for finding in scaled(ev, c, part):  # of a constant that is 1 there is none
                    yield Replaced(
                        ev,
                        part.weight,
                        finding,
                        [part.edge],
                        lambda edge, k, c=c: c * ev.slope(*edge[:2], k),
                    )


def classical(
    ev: Evidence, op: str, formula: str, edges: list[Edge], all_of_them: bool
) -> Replaced:
    """A formula of the closed list in place of the derivative by one operand."""
    v, _, u = edges[0]
    tape = ev.tape
    operands = [u] if op in EXTREMES else tape[v].operands
    names = [atom(called(tape, i, 2)) for i in (v, *operands)]
    text = as_people_write(formula, dict(zip("zxy", names, strict=False)))
    what = slope_name(ev, v, u) if all_of_them else slopes_listed(ev, edges)
    article, name = SPOKEN.get(op, ("", op))
    more = f" (and so for each {name})" if all_of_them and len(edges) > 1 else ""
    whole = part_of(ev, v)
    more = more or (f", in {whole}" if whole and len(edges) == 1 else "")
    sentence = f"The derivative of {article}{name} is not {text}: that is wrong for {what}{more}."

    def wrong(edge: Edge, k: int) -> float:
        point = ev.points[k]
        operands = [point.values[i] for i in tape[edge[0]].operands[:2]]
        return evaluate(formula, point.values[edge[0]], operands)

    cost = 1.8 + (0.0 if all_of_them else 0.4)
    numerator = op == "div" and (op, formula) in OPERAND_LOST and len(edges) == 1  # a mere factor
    cost += 0.8 if formula == "1" else 0.5 if op in EXTREMES else 1.3 if numerator else 0.0
    kind = "missing factor" if (op, formula) in LOST else "wrong local derivative"
    if (op, formula) in INVERTED:
        cost += 0.35
        # Of 1/√x that is rather the power, which was not lowered.
        kind = kind if v in divided_by(tape, ev.under) else "inverted factor"
    for slot in OPERAND_LOST.get((op, formula), ()):
        missing = dict.fromkeys(tape[edge[0]].operands[slot] for edge in edges)
        if any(tape[i].op != "constant" for i in missing):
            s, verb = plural(len(missing))
            factors = listed([*missing], name=lambda i: called(tape, i))
            kind, sentence = "missing factor", f"The factor{s} {factors} {verb} missing. {sentence}"
    lost = FUNCTION_LOST.get((op, edges[0][1], formula))
    if lost and len({tape[v].operands[0] for v, *_ in edges}) == 1:
        factor = as_people_write(lost, dict(zip("zxy", names, strict=False)))
        sentence = f"The factor {factor} is missing. {sentence}"
    return Replaced(ev, cost, Finding(kind, sentence, what), edges, wrong)


def as_people_write(formula: str, names: dict[str, str]) -> str:
    """A formula of the closed list in the names of a node: without a factor 1, and log y for
    log |y|, as it is where y is positive."""
    if names.get("x") == "1":
        formula = formula.removeprefix("x * ")
    return written(formula.replace("abs(y)", "y"), names)


def every_time(
    ev: Evidence, op: str, edges: list[Edge], power: int, times: float = 1.0
) -> Replaced:
    """A power of the derivative in its place, for each operation of a kind."""
    slopes = [*{(v, u): (v, slot, u) for v, slot, u in edges}.values()]
    about = slopes_listed(ev, slopes)
    kind, verb, cost = POWERS[power]
    below = {ev.tape[v].operands[1] for v, slot, _ in edges if op == "div" and slot == 0}
    each = f"each 1/{atom(called(ev.tape, below.pop()))}" if len(below) == 1 else f"of each {op}"
    sentence = f"The factors {about}, {each}, {verb}."
    if op == "square" and power == 0 and times == 1.0:
        sentence = f"Of {about} only the 2 is counted: the other factor is missing."
    elif op == "sqrt" and times == 0.5:
        sentence = f"Of {about} only the ½ is counted: the other factor is missing."
    elif len(slopes) == 1 and power == 0:
        sentence = f"The factor {about} is missing."
    finding = Finding(kind, sentence, about)
    return Replaced(
        ev, cost, finding, edges, lambda edge, k: times * ev.slope(*edge[:2], k) ** power
    )


def but_the_last(ev: Evidence, op: str, some: list[Edge], edges: list[Edge]) -> Replaced:
    """The derivatives of a kind of function lost, except those on every path."""
    about = slopes_listed(ev, some)
    sentence = f"The factor {about} is missing."
    if len(some) > 1:
        shared = [v for v, *_ in edges if v in ev.necks]
        kept = listed(shared, name=lambda v: called(ev.tape, v, 1))
        sentence = f"The factors {about} are missing, of each {op} but {kept}."
    return Replaced(ev, POWERS[0][2], Finding("missing factor", sentence, about), some, unity)


def in_layers(ev: Evidence, op: str, edges: list[Edge]) -> Iterator[Replaced]:
    """The derivatives lost of all functions of a kind in one layer of several, with as many of the
    kind beneath them; or in one list of several, as h1 and h2."""
    own, depth = {v for v, *_ in edges}, {ev.wrt: 0}
    layers: dict[int | str, list[Edge]] = {}
    for v in ev.active:
        depth[v] = max(depth.get(u, 0) for u in ev.tape[v].operands) + (v in own)
    for edge in edges:
        layers.setdefault(depth[edge[0]], []).append(edge)
        layers.setdefault(stem(ev.tape[edge[0]].label), []).append(edge)
    for some in {tuple(some): list(some) for some in layers.values()}.values():
        if 1 < len(some) < len(edges):
            about = slopes_listed(ev, some)
            sentence = f"Of each {op} in a layer the derivative is missing: {about}."
            yield Replaced(ev, 2.0, Finding("missing factor", sentence, about), some, unity)


def slopes_listed(ev: Evidence, edges: list[Edge]) -> str:
    """What the derivatives along some edges are called; of many, the first ones."""
    return listed(edges, name=lambda edge: slope_name(ev, edge[0], edge[2]))


def at_results(ev: Evidence, op: str, edges: list[Edge]) -> Replaced:
    """The derivative of every function of a kind, taken at its value in place of its operand."""
    names = slopes_listed(ev, edges)
    sentence = f"{names} are taken at the values of {op}, and belong at its operands."

    def wrong(edge: Edge, k: int) -> float:
        return slopes_at(op, [ev.value(edge[0], k)])[0]

    return Replaced(ev, 2.45, Finding("wrong local derivative", sentence, names), edges, wrong)


def is_curved(ev: Evidence, v: int) -> bool:
    """Whether a row is a function of one operand that is not linear, not even on one side."""
    return is_function(ev, v) and ev.tape[v].op not in STRAIGHT


def inner_lost(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """The inner derivatives of every term were forgotten: the chain rule stopped too early, at the
    products with `wrt` or at the labelled nodes before it."""
    of_wrt = [edge for edge in ev.edges if edge[2] == ev.wrt]
    edges = [(v, i, u) for v, i, u in of_wrt if ev.tape[v].op in ("mul", "div")]
    slopes = {v: by[ev.wrt] for v, by in routes.factors(0).items() if ev.wrt in by}
    nodes = [v for v in slopes if v != ev.output]

    def at_products(k: int) -> float:
        more = (ev.adjoints(k)[v] * (1.0 - ev.slope(v, i, k)) for v, i, _ in edges)
        return ev.true[k] + sum(more)

    def at_nodes(k: int) -> float:
        return sum(ev.adjoints(k)[v] for v in nodes)

    inner = [v for v in nodes if slopes[v] != 1.0]  # of a term + x nothing is lost
    for rows, predict in (([v for v, _, _ in edges], at_products), (inner, at_nodes)):
        if len(rows) > 1:
            names = [*dict.fromkeys(slope_name(ev, v, ev.wrt) for v in rows)]
            ending, verb = plural(len(names))
            about = listed(names)
            sentence = f"The inner derivative{ending} {about} {verb} missing."
            finding = Finding("missing factor", sentence, about)
            yield from with_sign(ev, Hypothesis(2.3, (finding,), predict))
