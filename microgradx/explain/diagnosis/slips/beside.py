"""A slip in a rule or in a name, and another beside it: a constant, a factor, or lost paths."""

from collections.abc import Iterator
from itertools import product
from math import nan

from microgradx.explain.diagnosis.evidence.constants import recognised
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.multipliers import Multipliers, constant_ratio
from microgradx.explain.diagnosis.pieces.parts import Routes, multiplied
from microgradx.explain.diagnosis.slips.factor_wording import altered, is_cut_by
from microgradx.explain.diagnosis.slips.replaced import Replaced
from microgradx.explain.diagnosis.slips.wording import capital, scaled
from microgradx.explain.words import called, plural
from microgradx.writing import joined

ADDED = 0.3  # how much more far-fetched a factor too much is beside a slip than one that is lost


def with_another(ev: Evidence, slip: Replaced, found: Multipliers) -> Iterator[Hypothesis]:
    """The slip, and a constant or a factor."""

    def ratio(k: int) -> float:
        d = slip.derivative(k)
        return ev.claimed[k] / d if d else nan

    c = constant_ratio(ev, ratio)
    if c is not None:
        if (c := recognised(ev, c)) and c not in (1.0, -1.0) and not slip.loses_paths():
            yield Hypothesis(
                slip.cost + 1.0,
                (slip.finding, *scaled(ev, c)),
                lambda k: c * slip.derivative(k),
            )
        return
    replaced = {(v, u) for v, _, u in slip.edges}
    for m in found.solve(ratio):
        c = recognised(ev, m.constant)
        if c in (1.0, -1.0) and len(m.factors) == 1 and m.weight < 1.4:
            f, n = m.factors[0]
            if n < 0 and f.row is None and f.edges and replaced.issuperset(f.edges):
                continue  # in its place something else was put
            kind, sentence, about = altered(ev, f, n)
            sign = scaled(ev, c)
            odd = 0.4 * (c < 0.0) + ADDED * (n > 0 and not is_cut_by(ev, f.inverse_edges))
            yield Hypothesis(
                slip.cost + 0.6 + 0.8 * m.weight + odd,
                (slip.finding, Finding(kind, capital(sentence), about), *sign),
                lambda k, c=c, f=f, n=n: c * f.at(k) ** n * slip.derivative(k),
            )


def with_paths(ev: Evidence, slip: Replaced, routes: Routes) -> Iterator[Hypothesis]:
    """The slip, and some labelled paths lost."""
    columns: dict[int, list[float]] = {}

    def products(k: int) -> list[float]:
        if k not in columns:
            factors = routes.condensed(slip.partials(k))
            columns[k] = [multiplied(factors, path) for path in routes.paths]
        return columns[k]

    for c in product((1.0, 0.0), repeat=len(routes.paths)):
        if not 0 < sum(c) < len(c):
            continue
        for sign in (1.0, -1.0):
            total = sign * sum(x * p for x, p in zip(c, products(0), strict=True))
            if not ev.fits(0, total):
                continue  # before names are made
            lost = [routes.name(p) for p, x in zip(routes.paths, c, strict=True) if not x]
            s, verb = plural(len(lost))
            sentence = f"The path{s} {joined(lost)} {verb} missing."
            findings = (slip.finding, Finding("missing path", sentence, "; ".join(lost)))
            if sign < 0:
                findings = (*scaled(ev, -1.0), *findings)
            group = 1.0 + 0.1 * min(len(lost) - 1, len(c) - len(lost))
            yield Hypothesis(
                slip.cost + 0.3 + group + (0.5 if sign < 0 else 0.0),
                findings,
                lambda k, c=c, sign=sign: (
                    sign * sum(x * p for x, p in zip(c, products(k), strict=True))
                ),
                dict(zip(routes.paths, c, strict=True)).__getitem__,
                routes.stops,
            )


def with_nodes(ev: Evidence, slip: Replaced) -> Iterator[Hypothesis]:
    """The slip, and all paths through a labelled node lost, or all but these."""
    for v in sorted(ev.stops.difference(ev.necks, (ev.wrt,))):
        through = slip.through(v, 0)
        for kept, total in ((False, slip.derivative(0) - through), (True, through)):
            if not ev.fits(0, total):
                continue
            name = called(ev.tape, v)
            only, lost = ("Only the", "counted") if kept else ("The", "missing")
            text = f"{only} paths through {name} are {lost}."

            def predict(k: int, v=v, kept=kept) -> float:
                through = slip.through(v, k)
                return through if kept else slip.derivative(k) - through

            findings = (slip.finding, Finding("missing path", text, name))
            yield Hypothesis(slip.cost + 1.45, findings, predict)
