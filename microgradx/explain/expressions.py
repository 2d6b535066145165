"""Expressions of SymPy: which of them is simpler, what forms it has, what rounding makes of it, and
how it is written."""

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from microgradx.explain.notation import atom, latex_atom, latex_label
from microgradx.explain.points import UNIT

SIMPLIFIED = 40  # operations in an expression that is simplified
NICE = 12  # the largest numerator and denominator of a product's constant
HIDDEN = 1e-6  # so small beside 1, or so large, that digits of the other are lost
HUGE, LARGEST = 10**15, int(sys.float_info.max)  # whole numbers that are written with an exponent


def is_nice(x: float) -> bool:
    """Whether a number is a fraction of small numbers."""
    near = small_fraction(x)
    return near is not None and float(near) == x


def small_fraction(x: float) -> Fraction | None:
    """The fraction of small numbers that is nearest to x, if there is one near."""
    near = Fraction(x).limit_denominator(NICE)
    return near if abs(near.numerator) <= NICE else None


def length(expression: Any) -> tuple[int, int]:
    """What makes one expression simpler than another."""
    return int(sympy.count_ops(decimal(expression))), len(expression.free_symbols)


def forms(expression: Any, others: list) -> list:
    """An expression, and the same in other forms if none is short."""
    shortest = min(length(e)[0] for e in [expression, *others])
    if shortest <= 3 or length(expression)[0] > SIMPLIFIED:
        return [expression]
    # A graph has the same expression of other nodes many times: it is simplified once.
    nodes = sorted((x for x in expression.free_symbols if str(x)[0] == "s"), key=str)
    plain = {x: sympy.Symbol(f"s{k:06}_", real=True) for k, x in enumerate(nodes)}
    back = {symbol: x for x, symbol in plain.items()}
    return [expression, *(e.xreplace(back) for e in simplified(expression.xreplace(plain)))]


@lru_cache(1000)
def simplified(expression: Any) -> list:
    """An expression in other forms."""
    expanded = sympy.expand(expression)
    collected = [sympy.collect(expanded, x) for x in sorted(expanded.free_symbols, key=str)]
    return [sympy.factor(expression), sympy.simplify(expression), *collected]


def beside_1(column: Sequence[float]) -> list[list[float]]:
    """1 − x, 1 + x and 1 − x² of some numbers x; zeros, if one of the two is nothing beside the
    other everywhere: then rounding makes anything of them right."""
    if not any(HIDDEN < abs(x) < 1.0 / HIDDEN for x in column):
        return [[0.0] * len(column)] * 3
    return [
        [1.0 - x for x in column],
        [1.0 + x for x in column],
        [(1.0 - x) * (1.0 + x) for x in column],
    ]


def decimal(expression: Any) -> Any:
    """An expression whose fractions, except those such as ½ and ⅔, are decimal, as is 10²⁰."""
    fractions = [
        r
        for r in expression.atoms(sympy.Rational)
        if r.q > NICE
        or (r.q > 1 and abs(r.p) > 1 and len(repr(float(r))) < 8)
        or HUGE <= abs(r) <= LARGEST
    ]
    return expression.xreplace({r: sympy.Float(repr(float(r))) for r in fractions})


def rounded(expression: Any) -> Any:
    """An expression with its decimal numbers to five digits, as others are shown."""
    floats = {x: sympy.Float(f"{float(x):.5g}") for x in expression.atoms(sympy.Float)}
    return expression.xreplace(floats)


def rounding(function: Callable[..., float], operands: Sequence[float]) -> float:
    """How far rounding may move a function: by each of its operands, one after the other."""
    plain = function(*operands)
    shaken = (
        function(*operands[:k], x + x * UNIT, *operands[k + 1 :]) for k, x in enumerate(operands)
    )
    return math.fsum(abs(x - plain) for x in shaken)


def spelled(expression: Any, labels: Mapping[str, str]) -> tuple[str, str]:
    """An expression as text and in LaTeX, with labels in the place of its symbols s000000_."""
    # SymPy calls Euler's number E, which may be a label.
    plain = expression.xreplace({sympy.E: sympy.Symbol("exp(1)")})
    text = sympy.sstr(plain, full_prec=False, max=15).replace(".0e", "e")
    text = text.replace("**", "^").replace("*", "·").replace("-", "−")
    names = {x: str(x) for x in expression.free_symbols}  # SymPy would make indices of them
    latex = sympy.latex(expression, symbol_names=names, full_prec=False, max=15)
    latex = latex.replace(r".0 \cdot 10^", r" \cdot 10^")

    def named(text: str, alone: Callable[[str], str], within: Callable[[str], str]) -> str:
        # One that is all there is between parentheses or braces needs none of its own.
        symbol = r"(?<=[({])(s\d{6}_)(?=\)| \\right\)|\})|s\d{6}_"
        return re.sub(symbol, lambda x: (alone if x[1] else within)(labels[x[0]]), text)

    return named(text, str, atom), named(latex, latex_label, latex_atom)
