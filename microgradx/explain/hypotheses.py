"""Families of slips. Each yields hypotheses with the claims that follow; `diagnosis` judges them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, permutations

from microgradx.explain.condense import condense
from microgradx.explain.evidence import Evidence
from microgradx.explain.findings import Finding, Hypothesis
from microgradx.explain.multipliers import Candidate, Multiplier, Multipliers, nice
from microgradx.explain.parts import Part, Routes, along_paths
from microgradx.explain.words import called, joined, shown

SOLVED, PAIRED = 60, 24  # parts for which a monomial is sought, and one of two factors
FIRST = 3  # points that reject most hypotheses


def whole(ev: Evidence, found: Multipliers) -> Iterator[Hypothesis]:
    """The claim is the derivative times something: a sign, a constant, factors."""
    if all(c == 0.0 for c in ev.claimed):
        sentence = "The claim is 0: every path is missing."
        about = f"{called(ev.tape, ev.output)} → {called(ev.tape, ev.wrt)}"
        finding = Finding("missing path", sentence, about)
        yield Hypothesis(1.0, (finding,), lambda k: 0.0, lambda path: 0.0, ev.stops)
        return

    def ratio(k: int) -> float:
        return ev.claimed[k] / ev.true[k]

    # Where the derivative is largest, its digits are best.
    clearest = max(range(len(ev.points)), key=lambda k: abs(ev.true[k]) / (ev.scale[k] or 1.0))
    if ev.true[clearest]:
        c = ratio(clearest)
        yield from whole_scaled(ev, [nice(c) or c])
    if 0.0 in ev.true:
        return
    upside_down = nice(ev.claimed[0] * ev.true[0])
    if upside_down:
        name = f"∂{called(ev.tape, ev.output)}/∂{called(ev.tape, ev.wrt)}"
        sentence = f"{name} is upside down: what divides should multiply."
        yield Hypothesis(
            1.5 if upside_down == 1.0 else 1.8,
            (
                Finding("inverted factor", sentence, name),
                *scaled(upside_down, "the claim", "it"),
            ),
            lambda k: upside_down / ev.true[k],
        )
    for m in found.solve(ratio):
        if c := nice(m.constant):
            findings = changed(ev, m.factors, c, "")
            swap = len(m.factors) == 2 and c < 0.0
            odd = 0.0 if c == 1.0 else 0.3 if c == -1.0 and not swap else 0.5
            cost = 1.0 + 1.2 * m.weight + odd
            yield Hypothesis(cost, findings, lambda k, m=m, c=c: times(m, c, k) * ev.true[k])


def whole_scaled(ev: Evidence, constants: Iterable[float]) -> Iterator[Hypothesis]:
    """The claim is the derivative times a constant."""
    for c in constants:
        yield Hypothesis(
            1.0 if c == -1.0 else 1.4,
            scaled(c, "the claim", "it"),
            lambda k, c=c: c * ev.true[k],
            lambda path: 1.0,
            ev.stops,
        )


def partial(ev: Evidence, parts: Sequence[Part], found: Multipliers) -> Iterator[Hypothesis]:
    """Some of the paths are lost, repeated, or multiplied by something; or only some are counted."""
    for i, part in enumerate(parts):
        scales = [abs(part.at(k)) > 1e-6 * ev.scale[k] for k in range(min(FIRST, len(ev.points)))]
        if not all(scales):
            continue
        for only in (False, True):

            def ratio(k: int, part=part, only=only) -> float:
                rest = 0.0 if only else ev.true[k] - part.at(k)
                q = part.at(k)
                return (ev.claimed[k] - rest) / q if q else float("nan")

            first = [ratio(k) for k in range(min(FIRST, len(ev.points)))]
            flat = max(first) - min(first) <= 1e-6 * max(1.0, *map(abs, first))
            if flat:
                c = average(first)
                yield from counted(ev, part, only, c)
            elif i < SOLVED and 0.0 not in first:
                for m in found.solve(ratio, pairs=i < PAIRED):
                    if c := nice(m.constant):
                        yield factored(ev, part, only, m, c)


def average(first: Sequence[float]) -> float:
    c = sum(first) / len(first)
    near = round(c)
    return float(near) if abs(c - near) < 1e-5 else (nice(c) or c)


def two_terms(ev: Evidence, routes: Routes, found: Multipliers) -> Iterator[Hypothesis]:
    """One labelled path lost, repeated or with the wrong sign, and another with a factor changed."""
    n = len(routes.rows)
    if not 2 <= n <= 6:
        return
    single = [part for part in along_paths(routes) if not part.plural]
    for p, q in permutations(single, 2):
        for c in (-1.0, 0.0, 2.0) if n > 2 else (-1.0, 2.0):

            def rest(k: int, p=p, q=q, c=c) -> float:
                return ev.true[k] - p.at(k) - q.at(k) + c * p.at(k)

            if any(q.at(k) == 0.0 for k in range(len(ev.points))):
                continue
            for m in found.solve(lambda k, q=q, rest=rest: (ev.claimed[k] - rest(k)) / q.at(k), False):
                if m.constant and nice(m.constant) == 1.0:
                    for one in counted(ev, p, False, c):
                        yield Hypothesis(
                            one.cost + 0.4 + 1.2 * m.weight,
                            (*one.findings, *changed(ev, m.factors, 1.0, f"In {q.name}: ")),
                            lambda k, m=m, q=q, rest=rest: rest(k) + times(m, 1.0, k) * q.at(k),
                        )
    for p in single:
        for c in (-1.0, 2.0):

            def base(k: int, p=p, c=c) -> float:
                return ev.true[k] + (c - 1.0) * p.at(k)

            if any(base(k) == 0.0 for k in range(len(ev.points))):
                continue
            for m in found.solve(lambda k, base=base: ev.claimed[k] / base(k), False):
                if nice(m.constant) == 1.0:
                    for one in counted(ev, p, False, c):
                        yield Hypothesis(
                            one.cost + 0.4 + 1.2 * m.weight,
                            (*one.findings, *changed(ev, m.factors, 1.0, "")),
                            lambda k, m=m, base=base: times(m, 1.0, k) * base(k),
                        )


def counted(ev: Evidence, part: Part, only: bool, c: float) -> Iterator[Hypothesis]:
    """A part counted c times, where the others are counted once, or not at all."""
    if c == 1.0 and not only:
        return
    if only and c == 0.0:
        return
    if c not in (0.0, 1.0, -1.0, 2.0) and nice(c) is None:
        return
    here = part.at(0)
    verb = "are" if part.plural else "is"
    findings: tuple[Finding, ...]
    if only:
        findings = (only_these(ev, part),)
        cost = part.weight + 0.2
        if c != 1.0:
            findings = (*scaled(c, part.name, "they" if part.plural else "it"), *findings)
            cost += 0.8 if c == -1.0 else 1.2
    elif c == 0.0:
        sentence = f"{capital(part.name)} {verb} missing: {shown(here)}."
        findings, cost = (Finding("missing path", sentence, part.about),), part.weight
    elif c == 2.0:
        sentence = f"{capital(part.name)} {verb} counted twice: {shown(here)} once more."
        findings, cost = (Finding("repeated path", sentence, part.about),), part.weight + 0.2
    else:
        findings = scaled(c, part.name, "they" if part.plural else "it")
        cost = part.weight + (0.0 if c == -1.0 else 0.6) + (0.6 if c < 0 and c != -1.0 else 0.0)
    yield Hypothesis(
        cost,
        findings,
        lambda k: c * part.at(k) + (0.0 if only else ev.true[k] - part.at(k)),
        lambda path: c if part.holds(path) else 0.0 if only else 1.0,
        part.stops,
    )


def factored(ev: Evidence, part: Part, only: bool, m: Multiplier, c: float) -> Hypothesis:
    """A part multiplied by factors."""
    findings = changed(ev, m.factors, c, f"In {part.name}: ")
    if only:
        findings = (*findings, only_these(ev, part))
        cost = 1.0 + part.weight + 1.2 * m.weight + (0.0 if c == 1.0 else 0.3 if c == -1.0 else 0.8)
    else:
        cost = 0.6 + part.weight + 1.2 * m.weight + (0.0 if c == 1.0 else 0.6)
    return Hypothesis(
        cost,
        findings,
        lambda k: (
            times(m, c, k) * part.at(k) + (0.0 if only else ev.true[k] - part.at(k))
        ),
        lambda path: 1.0 if part.holds(path) or not only else 0.0,
        part.stops,
    )  # fmt: skip


def only_these(ev: Evidence, part: Part) -> Finding:
    """The finding that all paths are missing but those of a part."""
    routes = Routes(ev, part.stops)
    kept = [path for path in routes.rows if part.holds(path)]
    lost = [path for path in routes.rows if not part.holds(path)]
    seen = {i for path in kept for i in path}
    nodes = dict.fromkeys(i for path in lost for i in path if i not in seen)
    rest = shown(ev.true[0] - part.at(0))
    verb = "are" if part.plural else "is"
    if nodes:
        through = joined([called(ev.tape, i) for i in list(nodes)[:6]])
        others = f"those through {through} are missing: {rest}"
        about = f"through {through}"
    else:
        others, about = f"the others are missing: {rest}", "; ".join(map(routes.name, lost[:4]))
    name = part.name if len(part.name) < 90 else f"{part.name[:90]}…"
    return Finding("missing path", f"Only {name} {verb} counted; {others}.", about or part.about)


def times(m: Multiplier, c: float, k: int) -> float:
    for candidate, n in m.factors:
        c *= candidate.at(k) ** n
    return c


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def scaled(c: float, what: str, it: str) -> tuple[Finding, ...]:
    """Findings for a sum that is c times what it should be."""
    findings = ()
    if c < 0.0:
        of = "The sign is wrong" if what == "the claim" else f"The sign of {what} is wrong"
        findings = (Finding("sign", f"{of}: {it} should be the opposite.", what),)
    if abs(abs(c) - 1.0) > 1e-7:
        sentence = f"{capital(what)} has a constant factor {shown(abs(c), 6)} too much."
        findings = (*findings, Finding("constant factor", sentence, shown(abs(c), 6)))
    return findings


def changed(ev: Evidence, factors, c: float, where: str) -> tuple[Finding, ...]:
    """Findings for factors lost, added, exchanged or upside down."""
    findings: list[Finding] = []
    lost = [(f, n) for f, n in factors if n < 0]
    added = [(f, n) for f, n in factors if n > 0]

    def say(kind: str, sentence: str, about: object):
        findings.append(Finding(kind, capital(where + sentence), about))

    if len(lost) == len(added) == 1 and lost[0][1] + added[0][1] == 0:
        old, new = lost[0][0], added[0][0]
        say("swapped factor", f"{new.name} stands where {old.name} belongs.", f"{every(new)} for {every(old)}")
    else:
        for f, n in factors:
            say(*altered(f, n))
    return (*findings, *scaled(c, "the claim", "it"))


def every(f: Candidate) -> str:
    """All that a factor is called, shortest first."""
    names = [*sorted(f.names, key=len)[:6], *(f"1/{name}" for name in f.inverse[:2])]
    return " = ".join(names)


def altered(f: Candidate, n: int) -> tuple[str, str, str]:
    """(kind, sentence, about) for one factor, to the power n too much."""
    inverse = f.inverse[0] if f.inverse else ""
    if n == -2 and f.is_factor:
        return "inverted factor", f"{f.name} divides, and should multiply.", every(f)
    if n == 2 and inverse.startswith("∂"):
        return "inverted factor", f"{inverse} = 1/{f.name} divides, and should multiply.", inverse
    power = "" if abs(n) == 1 else "²"
    if n < 0:
        return "missing factor", f"the factor {f.name}{power} is missing.", every(f)
    if inverse:
        plain = min((name for name in f.names if not name.startswith("∂")), key=len, default="")
        name = f"{inverse} = 1/{plain}" if plain else inverse
        return "missing factor", f"the factor {name}{power} is missing.", name
    return "extra factor", f"there is a factor {f.name}{power} too much.", every(f)


def held(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """Two or three labelled nodes were taken as constants."""
    named = [v for v in ev.active if v in ev.stops and v != ev.output]
    sizes = (2, 3) if len(named) <= 9 else (2,) if len(named) <= 24 else ()
    for size in sizes:
        for chosen in combinations(named, size):

            def rest(k: int, chosen=chosen) -> float:
                return without(ev, routes, chosen, k)

            for sign, extra in ((1.0, 0.0), (-1.0, 0.9)):
                nodes = joined([called(ev.tape, v) for v in chosen])
                sentence = f"{nodes} were taken as constants: the paths through them are missing."
                findings: tuple[Finding, ...] = (Finding("missing path", sentence, nodes),)
                if sign < 0:
                    findings = (*scaled(-1.0, "the claim", "it"), *findings)
                yield Hypothesis(
                    1.5 + 0.15 * size + extra,
                    findings,
                    lambda k, sign=sign, rest=rest: sign * (rest(k) or float("nan")),
                    lambda path, c=set(chosen), sign=sign: sign * c.isdisjoint(path),
                    ev.stops,
                )


def without(ev: Evidence, routes: Routes, constants: Sequence[int], k: int) -> float:
    """The derivative with some rows taken as constants."""
    factors = routes.factors(k)
    bar = dict.fromkeys(factors, 0.0)
    bar[ev.output] = 1.0
    for v in sorted(factors, reverse=True):
        if v not in constants and v != ev.wrt and (g := bar.get(v, 0.0)):
            for u, d in factors[v].items():
                bar[u] = bar.get(u, 0.0) + g * d
    return bar.get(ev.wrt, 0.0)


def last_contribution(ev: Evidence) -> Iterator[Hypothesis]:
    """Of the contributions to a node, or to every node, only the last one or the first was kept."""
    users: dict[int, list[tuple[int, int]]] = {}
    for v, slot, u in reversed(ev.edges):
        users.setdefault(u, []).append((v, slot))
    often = {u: edges for u, edges in users.items() if len(edges) > 1}
    choices = [([u], end) for u in often if len(often[u]) > 2 for end in (-1, 0)]
    for nodes, end in [*choices, *([(list(often), -1)] if len(often) > 1 else [])]:
        kept = {u: often[u][end] for u in nodes}

        def predict(k: int, kept=kept) -> float:
            bar = dict.fromkeys(range(ev.output + 1), 0.0)
            bar[ev.output] = 1.0
            for v, slot, u in reversed(ev.edges):
                if kept.get(u, (v, slot)) == (v, slot):
                    bar[u] += bar[v] * ev.slope(v, slot, k)
            return bar[ev.wrt]

        name = joined([called(ev.tape, u) for u in nodes[:4]])
        which = "last" if end == -1 else "first"
        sentence = f"Only the {which} contribution to {name} is kept, as `=` does in place of `+=`."
        finding = Finding("missing path", sentence, name)
        yield Hypothesis(1.45 if len(nodes) == 1 else 1.6, (finding,), predict)


def coefficients(ev: Evidence, routes: Routes) -> Iterator[Hypothesis]:
    """Each labelled path counted in its own way: lost, repeated, with the wrong sign, scaled."""
    n = len(routes.rows)
    if n < 2:
        return
    ev.gather(n + 4)
    for d in solutions(ev, routes):
        yield from mixed(ev, routes, d)


def solutions(ev: Evidence, routes: Routes) -> Iterator[list[float]]:
    """How often each path is counted, by least squares, or by trial where that is not unique."""
    from microgradx.explain.linear import least_squares

    columns = range(len(ev.points))
    products = [[routes.product(path, k) for k in columns] for path in routes.rows]
    weights = [1.0 / scale if scale else 0.0 for scale in ev.scale]
    rows = [[p[k] * weights[k] for p in products] for k in columns]
    found = least_squares(rows, [c * w for c, w in zip(ev.claimed, weights, strict=True)])
    if found is not None:
        yield [average([c]) for c in found]
        return
    n = len(routes.rows)
    if n <= 7:  # some paths cannot be told apart: the fewest deviations come first
        from itertools import product

        yield from sorted(
            (list(map(float, c)) for c in product((1, 0, -1, 2), repeat=n)
             if close_at(ev, products, c)),
            key=lambda c: sum(x != 1.0 for x in c),
        )[:8]  # fmt: skip


def close_at(ev: Evidence, products, c: Sequence[float]) -> bool:
    """Whether counting paths so gives the claim at the first points."""
    for k in range(FIRST):
        total = sum(x * p[k] for x, p in zip(c, products, strict=True))
        if abs(total - ev.claimed[k]) > 1e-7 * ev.scale[k]:
            return False
    return True


def mixed(ev: Evidence, routes: Routes, c: list[float]) -> Iterator[Hypothesis]:
    """One hypothesis from how often each path is counted."""
    groups: dict[float, list[int]] = {}
    for i, x in enumerate(c):
        groups.setdefault(x, []).append(i)
    n, left = len(c), len(c) - len(groups.get(0.0, ()))
    if not left or set(groups) == {1.0} or any(x and nice(x) is None for x in groups):
        return
    cost, findings = 0.0, []
    for x, paths in sorted(groups.items(), key=lambda item: (item[0] != -1.0, item[0])):
        if x == 1.0:
            continue
        names = [routes.name(routes.rows[i]) for i in paths]
        what = f"the path{'s' if len(paths) > 1 else ''} {joined(names)}"
        group = 1.0 + 0.1 * min(len(paths) - 1, n - len(paths))
        sums = shown(sum(routes.product(routes.rows[i], 0) for i in paths))
        verb = "are" if len(paths) > 1 else "is"
        if x == 0.0:
            findings.append(Finding("missing path", f"{capital(what)} {verb} missing: {sums}.", "; ".join(names)))
            cost += group
        elif x == 2.0:
            findings.append(Finding("repeated path", f"{capital(what)} {verb} counted twice.", "; ".join(names)))
            cost += 0.2 + group
        else:
            findings += scaled(x, what, "they" if len(paths) > 1 else "it")
            sign_of_rest = x == -1.0 and len(paths) == left and left < n
            cost += (0.9 if sign_of_rest else group) + (0.6 if x != -1.0 else 0.0) + (0.6 if x < 0.0 and x != -1.0 else 0.0)
    yield Hypothesis(
        cost,
        tuple(findings),
        lambda k: sum(x * routes.product(path, k) for x, path in zip(c, routes.rows, strict=True) if x),
        dict(zip(routes.rows, c, strict=True)).__getitem__,
        routes.stops,
    )
