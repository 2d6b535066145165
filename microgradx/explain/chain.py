"""The chain rule between labelled nodes: a derivative as a sum of products of other derivatives."""

from collections.abc import Collection, Iterable
from itertools import groupby, pairwise
from typing import NamedTuple

from microgradx.explain.notation import (
    derivative,
    latex_derivative,
    latex_label,
    latex_number,
    latex_product,
    latex_sum,
    natural,
)
from microgradx.explain.paths import Path, Paths, edges_between, located
from microgradx.explain.reach import labelled
from microgradx.explain.words import aligned, equals, pretty, sum_digits, width
from microgradx.graph import brief
from microgradx.tape import Tape
from microgradx.value import Value
from microgradx.writing import KNOWN, clipped, counted, listed, shown

LISTED = 20  # terms that are written out
FACTORS = 40  # that are written out
WIDTH = 100  # of a line, beyond which a sum is broken


class Factor(NamedTuple):
    """A derivative ∂v/∂u between neighbours.

    Attributes:
        labels: The names of v and u.
        rows: Their indices on the tape.
        value: Its number.
        symbol: What it is in terms of labelled nodes, as `o₁·(1 − o₁)`; "" if that is not known.
        latex_symbol: The same in LaTeX.
        held: The names of the nodes through which v depends on u as well, held constant here.
    """

    labels: tuple[str, str]
    rows: tuple[int, int]
    value: float
    symbol: str = ""
    latex_symbol: str = ""
    held: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it is written: ∂v/∂u, or ∂v/∂u|w."""
        name = derivative(*self.labels)
        return f"{name}|{','.join(self.held)}" if self.held else name

    @property
    def latex(self) -> str:
        """Its name in LaTeX."""
        name = latex_derivative(*self.labels)
        held = ", ".join(map(latex_label, self.held))
        return rf"\left.{name}\right|_{{{held}}}" if held else name

    @property
    def sides(self) -> tuple[str, str]:
        """What it is in symbols, "" if they say no more than the number, and the number."""
        number = shown(self.value)
        return "" if self.symbol == number else self.symbol, number

    def __str__(self):
        return " = ".join(filter(None, [self.name, *self.sides]))


class Term(NamedTuple):
    """One product of the sum, and the path along which its factors lie."""

    path: Path
    factors: tuple[Factor, ...]

    @property
    def product(self) -> float:
        """The product of the factors."""
        return self.path.product

    def __str__(self):
        return clipped(" · ", [factor.name for factor in self.factors]) or "1"


class ChainRule:
    """∂output/∂wrt as a sum of products; see `chain_rule`.

    Attributes:
        tape: The graph.
        output, wrt: The label of what is differentiated, and of what with respect to.
        terms: The products, of many the largest.
        factors: Each derivative that occurs in them, once.
        count: How many terms there are, exactly.
        rest: The sum of those that are not listed.
        total: ∂output/∂wrt.
    """

    def __init__(self, paths: Paths, symbols: bool):
        self.tape, self.total, self.count = paths.tape, paths.total, paths.count
        self.output, self.wrt = self.tape.name(paths.output), self.tape.name(paths.wrt)
        listed = sorted(paths[:LISTED], key=lambda path: [*map(natural, path.labels)])
        factors = {}
        for path in listed:
            edges = zip(pairwise(path.rows), pairwise(path.labels), path.partials, strict=True)
            for edge, names, value in edges:
                held = tuple(map(self.tape.name, paths.beside(*edge)))
                factors[edge] = Factor(names, edge, value, held=held)
        if symbols and factors:
            from microgradx.explain.symbols import in_symbols

            assert paths.stops is not None
            for edge, found in in_symbols(self.tape, paths.stops, list(factors)).items():
                factors[edge] = factors[edge]._replace(symbol=found[0], latex_symbol=found[1])
        self.factors = tuple(factors.values())
        self.terms = tuple(
            Term(path, tuple(factors[edge] for edge in pairwise(path.rows))) for path in listed
        )
        self.rest = self.total - sum(term.product for term in self.terms) if self.more else 0.0

    @property
    def more(self) -> int:
        """How many terms are not listed."""
        return self.count - len(self.terms)

    _repr_pretty_ = pretty

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def __repr__(self):
        terms = f"{counted(self.count)} term{'s' * (self.count != 1)}"
        return f"<{derivative(self.output, self.wrt)} = {shown(self.total)} as a sum of {terms}>"

    def __str__(self):
        left, more = derivative(self.output, self.wrt), self.more
        if not self.count:
            return f"{left} = 0, since {self.output} was not computed from {self.wrt}"
        if len(self.terms) == len(self.factors) == 1 and not more:
            return str(self.factors[0])
        sums = [*map(str, self.terms), *[f"… {counted(more)} more"] * bool(more)]
        formula = f"{left} = {' + '.join(sums)}"
        if len(formula) > WIDTH:
            formula = f"{left} = " + f"\n{' ' * width(left)} + ".join(sums)
        factors = [[f.name, *(x and f"= {x}" for x in f.sides)] for f in self.factors]
        if len(factors) > FACTORS:
            more_factors = f"… {len(factors) - FACTORS} more …"
            factors[FACTORS // 2 : -FACTORS // 2] = [[more_factors, "", ""]]
        products = [
            (
                clipped(" → ", term.path.labels),
                clipped(" × ", [shown(f.value) for f in term.factors]),
                term.product,
            )
            for term in self.terms
        ]
        products += [(f"{counted(more)} more", "", self.rest)] * bool(more)
        digits = sum_digits([x for *_, x in products], self.total)
        products.append((left, "", self.total))
        sums = [[names, numbers, equals(x, digits)] for names, numbers, x in products]
        return "\n".join(
            [formula, "", *aligned(factors), *[""] * bool(factors), *aligned(sums, "  ")]
        )

    def latex(self) -> str:
        r"""The derivation in LaTeX: the formula, in symbols where all are known, and in numbers.

        Example:
            >>> from microgradx import Value
            >>> x = Value(3.0)
            >>> y = x * x
            >>> print(chain_rule(y, x, symbols=False).latex())
            \begin{aligned}
            \frac{\partial y}{\partial x} &= 6
            \end{aligned}
        """
        rest = [rf"\cdots \; \text{{({counted(self.more)} more)}}"] * bool(self.more)
        names = [r" \cdot ".join(f.latex for f in term.factors) or "1" for term in self.terms]
        steps = [names + rest]
        if self.factors and all(factor.latex_symbol for factor in self.factors) and not self.more:
            steps.append(
                [latex_product([f.latex_symbol for f in term.factors]) for term in self.terms]
            )
        if self.factors:
            numbers = [
                latex_product([latex_number(f.value) for f in term.factors]) for term in self.terms
            ]
            steps.append(numbers + [latex_number(self.rest)] * bool(self.more))
        left = latex_derivative(self.output, self.wrt)
        lines = groupby([left, *map(latex_sum, steps), latex_number(self.total)])
        body = " \\\\\n&= ".join([line for line, _ in lines][1:])  # none is said twice
        return f"\\begin{{aligned}}\n{left} &= {body}\n\\end{{aligned}}"


def chain_rule(
    output: Value | Tape,
    wrt: Value | str | int,
    through: Collection[Value | str | int] | None = None,
    symbols: bool | None = None,
) -> ChainRule:
    """The derivative of `output` by `wrt` as the chain rule has it: Σ Π ∂v/∂u, with its numbers.

    The sum is over the paths from the output to `wrt` between labelled nodes, the product over the
    edges u → v of a path. Where v also depends on u through another node w of them, the factor of
    the edge is ∂v/∂u|w, the derivative with w held constant.

    Args:
        output: A Value, or a tape, of which it is the first output.
        wrt: A Value, a label, or an index on the tape.
        through: The nodes by which to go, and no others; every path must meet one of them. Values
            that the output ignores may be among them.
        symbols: Whether to say what each factor is in symbols of the labelled nodes, which takes
            SymPy; if None, wherever SymPy is installed. What is said was tried at random points.

    Returns:
        The derivation: `print` it, or see its `.latex()`.

    Raises:
        KeyError: If the graph has no such label or index, or several rows have the label.
        TypeError: If `output` is no Value or tape, or the tape is of a batch.
        ValueError: If a path leads around `through`, or `wrt` is a constant.
        GradientError: If a local derivative on the way is undefined, or the gradient exceeds the
            floats.
        ImportError: If symbols are asked for and SymPy is missing.

    Example:
        >>> from microgradx import Value
        >>> from microgradx.explain.chain import chain_rule
        >>> x = Value(3.0, "x")
        >>> u, v = x * x, 2.0 * x
        >>> y = u * v
        >>> print(chain_rule(y, x, symbols=False))
        ∂y/∂x = ∂y/∂u · ∂u/∂x + ∂y/∂v · ∂v/∂x
        <BLANKLINE>
          ∂y/∂u = 6
          ∂u/∂x = 6
          ∂y/∂v = 9
          ∂v/∂x = 2
        <BLANKLINE>
          y → u → x  6 × 6  =  36
          y → v → x  9 × 2  =  18
          ∂y/∂x             =  54
    """
    tape, index = located(output, wrt, "chain_rule(loss, w)", "a chain rule is")
    if through is None:
        stops = labelled(tape)
    else:
        through = [through] if isinstance(through, Value | str | int) else through
        if not isinstance(through, Iterable):
            raise TypeError(f"through takes nodes, as in through=['o1'], not {brief(through)}")
        stops = {i for key in through if (i := place(tape, key)) is not None}
        if not stops & {tape.output, index}:
            check_cut(tape, index, stops)
    return ChainRule(Paths(tape, index, stops), sympy_there(symbols))


def place(tape: Tape, key: Value | str | int) -> int | None:
    """The index of a row; None for a Value outside the graph, through which no path leads."""
    try:
        return tape.find(key)
    except KeyError:
        if isinstance(key, Value):
            return None
        raise


def check_cut(tape: Tape, wrt: int, cut: set[int]) -> None:
    """That every path from the output to `wrt` meets a node of `cut`.

    Raises:
        ValueError: If one does not.
    """
    edges = edges_between(tape, wrt, labelled(tape) | cut | {wrt})
    onward = {wrt: wrt}  # by node, the next on a way around
    for v in sorted(edges.keys() - cut):
        for u, _ in edges[v]:
            if u in onward:
                onward[v] = u
    if tape.output in onward:
        around = [tape.output]
        while around[-1] != wrt:
            around.append(onward[around[-1]])
        if not cut:
            raise ValueError("through names no node of this graph; as in through=['o1', 'o2']")
        names = listed(sorted(cut), KNOWN, tape.name)
        path = clipped(" → ", [tape.name(i) for i in around])
        raise ValueError(f"no cut of the graph: a path goes around {names}: {path}")


def sympy_there(wanted: bool | None) -> bool:
    """Whether there shall be symbols."""
    if wanted is False:
        return False
    try:
        import sympy  # noqa: F401 - only whether it is there
    except ImportError:
        if wanted:
            raise ImportError("symbols take SymPy: pip install 'microgradx[symbolic]'") from None
        return False
    return True
