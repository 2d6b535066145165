"""Expressions as a kind of number, over which the table's formulas run; this takes SymPy."""

import math
import operator
from collections.abc import Callable
from typing import Any

import sympy

from microgradx.libraries import FLOAT, FLOATS, Library
from microgradx.operators import SIGNS

LARGEST = 200  # operations in an expression


class Symbolic:
    """A kind of number for the table's formulas: an expression, and its value where it branches."""

    __slots__ = ("expression", "number", "size")

    def __init__(self, expression: Any, number: float, size: int = 1):
        if size > LARGEST:
            raise ValueError("the expression is too large")
        self.expression, self.number, self.size = expression, number, size


def symbolic(x: Any) -> Symbolic:
    """A number as an exact one."""
    return x if isinstance(x, Symbolic) else Symbolic(exact(x), x)


def exact(x: float) -> Any:
    """A float as the decimal fraction that it is printed as."""
    return sympy.Rational(repr(float(x)))


def lifted(expression: Callable, number: Callable) -> Callable:
    """A function of such numbers."""

    def function(*operands):
        xs = [symbolic(x) for x in operands]
        size = 1 + sum(x.size for x in xs)
        z = number(*(x.number for x in xs))
        return Symbolic(expression(*(x.expression for x in xs)) if size <= LARGEST else 0, z, size)

    return function


for name in {*SIGNS.values(), "neg"}:
    sign = getattr(operator, name)
    setattr(Symbolic, f"__{name}__", lifted(sign, sign))
    if name != "neg":
        swapped = lifted(lambda x, y, f=sign: f(y, x), lambda x, y, f=sign: f(y, x))
        setattr(Symbolic, f"__r{name}__", swapped)


def number_of(x: Any) -> float:
    """The number of an expression; a number as it is."""
    return symbolic(x).number


EXPRESSIONS: dict[str, Callable] = {
    **{f: getattr(sympy, f) for f in FLOATS if hasattr(math, f) and hasattr(sympy, f)},
    "expm1": lambda x: sympy.exp(x) - 1,
    "log1p": lambda x: sympy.log(1 + x),
    "log2": lambda x: sympy.log(x, 2),
    "log10": lambda x: sympy.log(x, 10),
    "cbrt": sympy.cbrt,
    "sech2": lambda x: 1 - sympy.tanh(x) ** 2,
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
}
SYMBOLS = Library(
    "expressions",
    {
        **FLOATS,
        **{name: lifted(f, FLOAT.complete()[name]) for name, f in EXPRESSIONS.items()},
        "abs": lambda x: x if number_of(x) >= 0.0 else -x,
        "maximum": lambda *xs: max(xs, key=number_of),
        "minimum": lambda *xs: min(xs, key=number_of),
        "equal": lambda x, y: FLOATS["equal"](number_of(x), number_of(y)),
        "greater": lambda x, y: FLOATS["greater"](number_of(x), number_of(y)),
        "where": lambda c, x, y: x if number_of(c) else y,
    },
)
