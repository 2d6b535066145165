"""What formulas call, over each kind of number, and how they become functions of such numbers.

Over floats they call what Python has: rows of the table, and the few names that are no row.
"""

import math
import operator
import sys

from microgradx.primitives import PRIMITIVES, Primitive


def fold(xs):
    """x₁ + x₂ + …, from left to right; it starts at −0.0, since that changes no x."""
    return sum(xs, -0.0)


if sys.version_info >= (3, 12):  # there the builtin sum compensates, and gives other bits

    def fold(xs):
        total = -0.0
        for x in xs:
            total = total + x
        return total


# Every other library of numbers offers these names too; all others in a formula are rows.
FLOATS = {
    **{name: getattr(math, name) for name in PRIMITIVES if hasattr(math, name) and name != "pow"},
    **{"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv},
    **{"pow": operator.pow, "neg": operator.neg, "abs": abs},
    **{"maximum": max, "minimum": min, "fold": fold},
    "equal": lambda x, y: 1.0 if x == y else 0.0,
    "greater": lambda x, y: 1.0 if x > y else 0.0,
    "where": lambda c, x, y: x if c else y,
    "detached": lambda x: x,  # of a Value its number, which does not vary
}


class Library:
    """The functions that formulas call, over one kind of number.

    Args:
        kind: What the numbers are, in words.
        functions: The functions it is made of, by name. It writes the values of all other rows,
            and the derivatives of a row, when these are first asked for.
    """

    def __init__(self, kind: str, functions: dict):
        self.kind = kind
        self.space = {"__name__": __name__, **functions}
        self.compiled: dict[Primitive, tuple] = {}

    def formulas(self, row: Primitive) -> tuple:
        """(x, … ↦ z) and, for each operand, (z, x, … ↦ ∂z/∂operand)."""
        if row not in self.compiled:
            self.complete()
            operands = "z", *row.operands
            slopes = [
                self.write(f"d{row.name}_d{x}", operands, formula)
                for x, formula in zip(row.operands, row.partials, strict=True)
            ]
            self.compiled[row] = self.space[row.name], slopes
        return self.compiled[row]

    def complete(self) -> dict:
        """All functions by name, once those of the rows that it was not given are written."""
        for row in [*PRIMITIVES.values()]:  # another thread may add one
            if row.name not in self.space:
                self.write(row.name, row.operands, row.value)
        return self.space

    def write(self, name: str, operands, formula: str):
        """Execute a formula as a function."""
        execute(function_text(name, operands, formula), f"<{name} over {self.kind}>", self.space)
        return self.space[name]


def execute(text: str, filename: str, space: dict) -> None:
    """Execute text over the names in `space`; debuggers and tracebacks can show its lines."""
    import linecache

    exec(compile(text, filename, "exec"), space)
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename


def function_text(name: str, operands, formula: str) -> str:
    """A formula as the text of a function."""
    body = "\n    ".join(statements(formula, "return "))
    return f"def {name}({', '.join(operands)}):\n    {body}\n"


def statements(formula: str, target: str) -> list[str]:
    """A formula as statements, the last of which is `target` and the value."""
    *before, last = [part.strip() for part in formula.split(";")]
    return [*before, target + last]


FLOAT = Library("floats", FLOATS)
# By class of number; `arrays.py` adds those of arrays, and whoever has another kind may add it.
LIBRARIES: dict[type, Library] = {float: FLOAT}
