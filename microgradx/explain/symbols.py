"""The factors of the chain rule in symbols of the labelled nodes; this takes SymPy.

The table's formulas run over exact expressions, so that no derivative is written here. An
expression that is found is compared with the numbers at random points before anyone sees it.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

import sympy

from microgradx.apply import sequences
from microgradx.explain.condense import condense, factors
from microgradx.explain.expressions import (
    SIMPLIFIED,
    beside_1,
    decimal,
    forms,
    is_nice,
    length,
    rounded,
    rounding,
    small_fraction,
    spelled,
)
from microgradx.explain.kinks import kinked
from microgradx.explain.monomials import Monomials
from microgradx.explain.notation import latex_number, natural
from microgradx.explain.points import Point, faded, here
from microgradx.explain.reach import labelled
from microgradx.explain.surroundings import Surroundings
from microgradx.explain.symbolic import LARGEST, SYMBOLS, Symbolic, exact, symbolic
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Tape
from microgradx.writing import shown

POINTS = 14  # where an expression is compared with the numbers, besides the user's own
GOOD = 10  # of them, where no function has saturated
TOLERANCE = 1e-9
SMALLER = 4  # points with smaller leaves
TINY = 1e-15  # of the largest value at a point: less is rounding
SURE = 5  # points where an expression has the numbers to all digits
FLAT = 1e-6  # where the slope of a function is smaller, 1 − z has no such digits
SHOWN = 10  # operations in an expression that is shown
ROWS = 20_000  # of a tape that is run again
FACTORS = 100  # that are put in symbols
NEIGHBOURS = 8  # nodes of which short products are tried
KINK = Symbolic(sympy.Symbol("kink"), math.nan)  # for what jumps: no formula has it


def in_symbols(
    tape: Tape, stops: Collection[int], edges: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], tuple[str, str]]:
    """What the derivatives ∂v/∂u are in symbols, where that can be said.

    Args:
        tape: The graph.
        stops: The rows at which the derivatives end.
        edges: (v, u) for each of them.

    Returns:
        The text and the LaTeX of an expression by (v, u).
    """
    if len(tape) > ROWS:
        return {}
    search = Search(tape, stops)
    found = {edge: search.best(*edge) for edge in edges[:FACTORS]}
    return {edge: search.written(e) for edge, e in found.items() if e is not None}


class Search:
    """The search for the expressions of factors between some rows of a graph."""

    def __init__(self, tape: Tape, stops: Collection[int]):
        self.tape, self.stops = tape, frozenset(stops)
        self.fine = frozenset(labelled(tape) | self.stops)
        self.points = points(tape)
        self.kinks = frozenset(row.index for row in kinked(tape))
        self.graph = condense(tape, self.fine)
        # The names of symbols are in the order of the labels: expressions are printed in it.
        leaves = {row.index for row in tape.rows if row.is_leaf}
        order = sorted(self.fine | leaves, key=lambda i: (natural(tape.name(i)), i))
        self.symbols = {i: sympy.Symbol(f"s{k:06}_", real=True) for k, i in enumerate(order)}
        self.labels = {str(symbol): tape.name(i) for i, symbol in self.symbols.items()}
        self.rows = {symbol: i for i, symbol in self.symbols.items()}
        # SymPy takes powers apart: of x^1.0001 it would make a polynomial of degree 10001.
        odd = {row.value for row in tape.rows if row.op == "constant" and not is_nice(row.value)}
        self.constants = {sympy.Symbol(f"c{x!r}", real=True, positive=x > 0): x for x in odd}
        self.symbol_of = {x: symbol for symbol, x in self.constants.items()}
        self.known: dict[tuple[int, int, bool], Any] = {}

    def best(self, v: int, u: int, fine: bool = False) -> Any:
        """The shortest expression that is ∂v/∂u at all points, or None."""
        if (v, u, fine) not in self.known:
            self.known[v, u, fine] = self.search(v, u, self.fine if fine else self.stops)
        return self.known[v, u, fine]

    def search(self, v: int, u: int, cut: frozenset[int]) -> Any:
        cone = self.cone(v, cut)
        if not self.points:
            return None
        try:
            numbers = [factors(self.tape, cut, p.partials, v)[u] for p in self.points]
        except KeyError:
            return None
        kinked, fixed = self.kinks.intersection(cone), max(numbers) == min(numbers)
        derived = self.derived(v, u, cut, cone) if kinked or not fixed else None
        if kinked and derived is None:
            return None  # what holds on one side of a kink is no formula
        if fixed:
            return exact(numbers[0])
        candidates = [*self.products(v, u, numbers, cone)]
        if derived is not None and not self.agrees(derived, numbers):
            derived = None
        if derived is not None:
            try:
                for e in dict.fromkeys((derived, self.merged(derived))):
                    candidates = forms(e, candidates) + candidates
            except Exception:  # SymPy gives up in many ways
                candidates.insert(0, derived)
        for e in sorted(candidates, key=length):
            if length(e)[0] > SHOWN:
                break
            if e is derived or self.agrees(e, numbers):
                return e
        return None

    def cone(self, v: int, cut: Collection[int]) -> list[int]:
        """The rows from which v is computed, down to `cut`, in the order of the tape."""
        met, stack = {v}, [v]
        while stack:
            i = stack.pop()
            if i == v or i not in cut:
                new = set(self.tape[i].operands) - met
                met |= new
                stack += new
        return sorted(i for i in met if i == v or i not in cut)

    def products(self, v: int, u: int, numbers: list[float], cone: list[int]) -> Iterator[Any]:
        """Short products of nodes near the edge that have these numbers."""
        # What u is multiplied by comes first: a sum may have many other operands.
        slopes = {d for i in cone for j, d in self.edges(i) if j == u}
        others = [i for i in self.graph.get(v, ()) if i != u]
        beside = [i for i in others if self.tape[i].value in slopes]
        near = [v, u, *beside, *others]
        # Another node that grows with u goes with it: so ∂o₂/∂z₁ is −o₁o₂ with two classes too.
        near += [s for s, row in self.graph.items() if s != v and row.get(u, 0.0) > 0.0]
        bases, columns = [], []
        for i in islice(dict.fromkeys(near), NEIGHBOURS):
            x, column = self.symbols[i], [p.values[i] for p in self.points]
            bases += [x, 1 - x, 1 + x, 1 - x**2]
            columns += [column, *beside_1(column)]
        for powers in Monomials(columns).of(numbers, most=3):
            signs = {(i, n // abs(n)) for i, n in powers}
            if {(0, 1), (4, -1)} <= signs:  # v/u says nothing where u is 0
                continue
            try:
                c = numbers[0] / math.prod(columns[i][0] ** n for i, n in powers)
                near = small_fraction(c)
            except ArithmeticError:
                continue
            odd = self.constants.items()
            found: list[Any] = [s for s, x in odd if math.isclose(c, x, rel_tol=TOLERANCE)]
            if near:
                found.append(sympy.Rational(near))
            for factor in found:
                yield factor * math.prod(bases[i] ** n for i, n in powers)

    def edges(self, i: int) -> Iterator[tuple[int, float | None]]:
        """(operand, local derivative) for the operands of a row."""
        return zip(self.tape[i].operands, self.tape[i].partials, strict=True)

    def derived(self, v: int, u: int, cut: frozenset[int], cone: list[int]) -> Any:
        """∂v/∂u by the table's formulas, over the labelled nodes that lie between."""
        if any(i in self.fine for i in cone if i != v):
            return self.across(v, u, cut)
        try:
            return self.by_table(v, u, cone)
        except (ArithmeticError, NameError, TypeError, ValueError, RecursionError):
            return None

    def by_table(self, v: int, u: int, cone: list[int]) -> Any:
        """∂v/∂u by the sweep that adds up numbers, over expressions."""
        if len(cone) > LARGEST:
            return None
        values: dict[int, Symbolic] = {}
        slopes: Any = dict.fromkeys(cone, ())

        def value(i: int) -> Symbolic:
            if i not in values:
                x = self.tape[i].value
                symbol = self.symbols.get(i) or self.symbol_of.get(x)
                values[i] = Symbolic(symbol, x) if symbol else symbolic(x)
            return values[i]

        for i in cone:
            row = self.tape[i]
            if not row.operands:
                continue
            if i in self.kinks:
                slopes[i] = [None if d is None else KINK for d in row.partials]
                values[i] = value(i) if i == v else KINK
                continue
            primitive = PRIMITIVES[row.op]
            function, derivatives = SYMBOLS.formulas(primitive)
            arguments = sequences(primitive, [value(j) for j in row.operands])
            if i != v:
                values[i] = symbolic(function(*arguments))
            z = value(i)
            if primitive.variadic:
                slopes[i] = [d for derivative in derivatives for d in derivative(z, *arguments)]
            else:
                slopes[i] = [
                    None if d is None else derivative(z, *arguments)
                    for d, derivative in zip(row.partials, derivatives, strict=True)
                ]
            slopes[i] = [
                None if d is None else symbolic(slope)
                for d, slope in zip(row.partials, slopes[i], strict=True)
            ]
        found = symbolic(factors(self.tape, self.fine, slopes, v)[u]).expression
        return None if KINK.expression in found.free_symbols else found

    def across(self, v: int, u: int, cut: frozenset[int]) -> Any:
        """∂v/∂u by the chain rule over the labelled nodes between v and u, if they are few."""
        bar: dict[int, Any] = {v: sympy.Integer(1)}
        size = 0
        leads = {u}  # from where a path leads to u
        for row in self.tape.rows[u + 1 : v + 1]:
            if any(j in leads and (j == u or j not in cut) for j in row.operands):
                leads.add(row.index)
        for i in sorted(self.graph, reverse=True):
            if i in bar and u < i <= v and (i == v or i not in cut):
                for j in self.graph[i]:
                    if j != u and (j in cut or j not in leads):
                        continue
                    e = self.best(i, j, fine=True)
                    size += 1
                    if e is None or size > SIMPLIFIED:
                        return None
                    bar[j] = bar.get(j, 0) + bar[i] * e
        return bar.get(u)

    def merged(self, expression: Any) -> Any:
        """An expression that has labelled quotients, as o = e/Ω, in the place of their parts."""
        quotients = {}
        for i in self.fine:
            parts = [self.symbols.get(j) for j in self.tape[i].operands]
            if self.tape[i].op == "div" and {*parts} <= expression.free_symbols:
                quotients[parts[0]] = self.symbols[i] * parts[1]
        return expression.xreplace(quotients)

    def agrees(self, expression: Any, numbers: list[float]) -> bool:
        """Whether an expression has these numbers at the points."""
        free = sorted(expression.free_symbols, key=str)
        function = sympy.lambdify(free, expression, modules=["math"])
        sure = 0
        try:
            for p, d in zip(self.points, numbers, strict=True):
                given = [self.number(x, p) for x in free]
                off = abs(function(*given) - d)
                if off <= TOLERANCE * abs(d):
                    sure += 1
                elif not off <= rounding(function, given) + TINY * max(map(abs, p.values)):
                    return False
        except (ArithmeticError, NameError, TypeError, ValueError):
            return False
        return sure >= SURE

    def number(self, symbol: Any, point: Point) -> float:
        """The number of a symbol at a point."""
        return (
            self.constants[symbol] if symbol in self.constants else point.values[self.rows[symbol]]
        )

    def written(self, expression: Any) -> tuple[str, str]:
        """An expression as text and in LaTeX, its numbers to five digits."""
        full = expression.xreplace({s: exact(x) for s, x in self.constants.items()})
        if full.is_Rational and not is_nice(x := float(full)):
            return shown(x), latex_number(x)
        return spelled(rounded(decimal(full)), self.labels)


def points(tape: Tape) -> list[Point]:
    """Where formulas are tried: random points and the user's, if the graph is defined at enough.

    The latter comes last: a leaf that is 0 there hides all that it is multiplied by.
    Where a function has saturated, o and o·(1 − o) are equal: such points are left out. Others have
    smaller leaves: at 18 or so cosh is its own derivative.
    """
    around = Surroundings(tape)
    every = [*islice(around.nearby(), POINTS), here(tape)]
    if len(every) <= POINTS:
        return []
    good = [point for point in every if not faded(tape, point, FLAT)]
    more = (point for point in around.smaller() if not faded(tape, point, FLAT))
    good += islice(more, SMALLER if len(good) >= GOOD else POINTS)
    return good if len(good) >= GOOD else every
