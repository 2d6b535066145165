"""Families of slips in how often paths are counted: constants, `=` for `+=`, any number."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise, product
from math import isfinite

from microgradx.explain.diagnosis.evidence.constants import close, constants, is_count, recognised
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import inner_nodes
from microgradx.explain.diagnosis.pieces.linear import least_squares
from microgradx.explain.diagnosis.pieces.origins import loses
from microgradx.explain.diagnosis.pieces.parts import (
    ALL_SUBSETS,
    Part,
    Routes,
    is_nothing,
    lies_on,
    routes_between,
    these,
)
from microgradx.explain.diagnosis.slips.wording import miscounted, rescaled
from microgradx.explain.words import called
from microgradx.writing import joined

MORE = 4  # points than unknowns
SCATTERED = 1.0  # how much more far-fetched a wrong sign is that does not come from one place
OF_GRAPH = 0.3  # how much likelier a constant is beside lost paths that all others have
ALIKE = 0.8  # how far-fetched it is to count many paths alike since one node begins them


def last_contribution(ev: Evidence) -> Iterator[Hypothesis]:
    """Of the contributions to a node, or to every node, only the last one or the first was kept."""
    users: dict[int, list[tuple[int, int]]] = {}
    for v, slot, u in reversed(ev.edges):
        users.setdefault(u, []).append((v, slot))
    inner = inner_nodes(ev)
    often = {
        u: edges
        for u, edges in users.items()
        if len(edges) > 1 and inner.isdisjoint((u, *(v for v, _ in edges)))
    }
    choices = [([u], end) for u in often if len(often[u]) > 2 for end in (-1, 0)]
    for nodes, end in [*choices, *([(list(often), -1)] if len(often) > 1 else [])]:
        kept = {u: often[u][end] for u in nodes}

        edges = [(v, slot, u) for v, slot, u in ev.edges if kept.get(u, (v, slot)) == (v, slot)]

        def predict(k: int, edges=edges) -> float:
            return ev.sweep(ev.points[k].partials, edges)[ev.wrt]

        name = joined([called(ev.tape, u) for u in nodes[:4]])
        sentence = f"Only the first contribution to {name} is kept."
        if end == -1:
            sentence = f"Only the last contribution to {name} is kept, as by `=` in place of `+=`."
        finding = Finding("missing path", sentence, name)
        yield Hypothesis(1.45 if len(nodes) == 1 else 1.6, (finding,), predict)


def coefficients(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """Each labelled path counted in its own way: lost, repeated, with the wrong sign, scaled."""
    n = len(routes.paths)
    if n < 2:
        return
    ev.gather(n + MORE)
    for d in solutions(ev, routes):
        yield from mixed(ev, routes, d)


def of_users(ev: Evidence) -> Iterator[Hypothesis]:
    """The paths through each labelled user of `wrt` counted in its own way."""
    users = users_of(ev)
    if users <= ev.stops:
        for one in coefficients(ev, routes_between(ev, users | {ev.output, ev.wrt})):
            yield one._replace(cost=one.cost + ALIKE)


def users_of(ev: Evidence) -> frozenset[int]:
    """The rows that use `wrt`."""
    return frozenset(v for v, _, u in ev.edges if u == ev.wrt)


def solutions(ev: Evidence, routes: Routes) -> Iterator[list[float]]:
    """How often each path is counted, by least squares, or by trial where that is not unique."""
    columns = range(min(len(ev.points), len(routes.paths) + MORE))
    products = [[routes.product(path, k) for k in columns] for path in routes.paths]
    weights = [1.0 / ev.scale[k] if ev.scale[k] else 0.0 for k in columns]
    rows = [[p[k] * weights[k] for p in products] for k in columns]
    found = least_squares(rows, [c * w for c, w in zip(ev.claimed, weights, strict=False)])
    if found is not None and all(map(isfinite, found)):
        nothing = [is_nothing(ev, partial(routes.product, path)) for path in routes.paths]
        counts = [average(ev, [c]) for c in found]
        told = {c for c, idle in zip(counts, nothing, strict=True) if not idle}
        of_0 = told.pop() if len(told) == 1 else 1.0  # of what is 0, who knows
        yield [of_0 if idle else c for c, idle in zip(counts, nothing, strict=True)]
        return
    n = len(routes.paths)
    if n <= ALL_SUBSETS:  # some paths cannot be told apart: the fewest deviations come first
        yield from sorted(
            (
                list(map(float, c))
                for c in product((1, 0, -1, 2), repeat=n)
                if close_at(ev, products, c)
            ),
            key=lambda c: sum(x != 1.0 for x in c),
        )[:8]


def average(ev: Evidence, first: Sequence[float]) -> float:
    """The mean of some counts; or the whole number or the known constant that it nearly is."""
    c = sum(first) / len(first)
    near = round(c) if isfinite(c) else c  # many may add up to more than the largest float
    return float(near) if abs(c - near) < 1e-5 else (recognised(ev, c) or c)


def close_at(ev: Evidence, products, c: Sequence[float]) -> bool:
    """Whether counting paths so gives the claim at the first points."""
    totals = (sum(x * p[k] for x, p in zip(c, products, strict=True)) for k in ev.few)
    return all(map(ev.fits, ev.few, totals))


def mixed(ev: Evidence, routes: Routes, c: list[float]) -> Iterator[Hypothesis]:
    """One hypothesis from how often each path is counted."""
    groups: dict[float, list[int]] = {}
    for i, x in enumerate(c):
        groups.setdefault(x, []).append(i)
    n, left = len(c), len(c) - len(groups.get(0.0, ()))
    if not left or len(groups) == 1 or any(x and not is_count(ev, x) for x in groups):
        return
    times = dict(zip(routes.paths, c, strict=True))
    sizes = {abs(x) for x in groups if x}
    kept = [path for path, x in times.items() if x]
    of_graph = len(sizes) == 1 and is_lost_on(ev, kept, *sizes)
    exchanged = {*groups} == {0.0, 2.0} and n == 2 * left and not of_graph  # some for others
    if len(sizes) == 1 and sizes != {1.0} and not exchanged:  # all counted has the same factor
        [size] = sizes
        for one in mixed(ev, routes, [x / size for x in c]):
            more = 1.9 - OF_GRAPH * of_graph
            yield rescaled(ev, size, one, more)._replace(counts=times.__getitem__)
        return
    unlike = {*groups} - {1.0}
    odd = len(unlike) > 1 and not (unlike <= {0.0, -1.0} or unlike <= {0.0, 2.0})
    instead = unlike == {0.0, 2.0}  # some counted in place of others
    cost, findings = 0.5 * odd + 0.65 * instead + 0.3 * (len(groups) > 2), []
    for x, paths in sorted(groups.items(), key=lambda item: (item[0] != -1.0, item[0])):
        if x == 1.0:
            continue
        part = these(routes, [routes.paths[i] for i in paths])
        findings += miscounted(ev, x, part)
        all_that_is_left = x == -1.0 and len(paths) == left < n
        cost += 0.9 if all_that_is_left else part.weight + cost_of_count(ev, x)
        cost += SCATTERED * (x == -1.0 and not all_that_is_left and is_scattered(ev, part))
    yield Hypothesis(
        cost,
        tuple(findings),
        lambda k: sum(x * routes.product(path, k) for path, x in times.items() if x),
        times.__getitem__,
        routes.stops,
    )


def is_lost_on(ev: Evidence, paths: Sequence[tuple[int, ...]], c: float) -> bool:
    """Whether what some paths have in common is c times itself if one of its constants is lost."""
    return any(
        loses(ev, (v, slot, u), c)
        and all(lies_on(ev, path, v) and lies_on(ev, path, u) for path in paths)
        for v, slot, u in ev.edges
    )


def is_scattered(ev: Evidence, part: Part) -> bool:
    """Whether of several paths nothing, by its name, is on all and on no other, nor on all others
    and on none of these: one slip does not change the signs of these alone."""
    sides: dict[bool, list[set]] = {True: [], False: []}
    for path in routes_between(ev, part.stops).paths:
        names = [called(ev.tape, i) for i in path]
        sides[part.holds(path)].append({*names, *pairwise(names)})
    ours, others = sides.values()
    if part.edge or min(len(ours), len(others)) < 2:
        return False
    alone = set.intersection(*ours).difference(*others)
    return not (alone or set.intersection(*others).difference(*ours))


def cost_of_count(ev: Evidence, c: float) -> float:
    """How much more far-fetched it is to count something c times than to lose it."""
    if c in (0.0, -1.0):
        return 0.11 if c else 0.0
    if c > 3.0 and not any(close(c, x) or close(c * x, 1.0) for x in constants(ev)):
        return 1.7
    return 0.3 if c == 2.0 else 0.6 if c > 0.0 else 1.2
