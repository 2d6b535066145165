"""Rows of the table with a small mistake in one formula: whoever tests rows must notice."""

import functools
import math

from microgradx.apply import sequences
from microgradx.libraries import FLOATS, Library
from microgradx.primitives import PRIMITIVES, Primitive

SLIP = "1e-9"  # relative


def slipped(formula: str, many: bool = False) -> str:
    """The formula, a billionth too large; or a billionth where it is 0."""
    *before, last = formula.split("; ")
    wrong = f"[d * (1.0 + {SLIP}) for d in {last}]" if many else f"({last}) * (1.0 + {SLIP})"
    return "; ".join([*before, SLIP if last == "0.0" else wrong])


def mutant(name: str, value: str | None = None, partials: dict[int, str] | None = None):
    """A copy of a row with another value, or other partials at these positions."""
    row = PRIMITIVES[name]
    wrong = partials or {}
    return Primitive(
        f"{name}_mutant",
        value or row.value,
        *(wrong.get(i, formula) for i, formula in enumerate(row.partials)),
        operands=row.operands,
    )


def mutants(name: str) -> dict[str, Primitive]:
    """A copy of the row for each of its formulas, with that one a billionth off."""
    row = PRIMITIVES[name]
    partials = {
        f"∂{name}/∂{x}": mutant(name, partials={i: slipped(row.partials[i], row.variadic)})
        for i, x in enumerate(row.operands)
    }
    return {name: mutant(name, slipped(row.value)), **partials}


@functools.cache
def formulas(row: Primitive) -> tuple:
    """(x, … ↦ z) and, for each operand, (z, x, … ↦ ∂z/∂operand), over floats."""
    library = Library("mutants", FLOATS)
    library.write(row.name, row.operands, row.value)
    return library.formulas(row)


def value_of(row: Primitive, xs):
    """z by the formulas of a row, which need not be in the table."""
    return formulas(row)[0](*sequences(row, list(xs)))


def slope_of(row: Primitive, xs, i: int):
    """∂z/∂xᵢ likewise; None where it is infinite or undefined."""
    arguments = sequences(row, list(xs))
    try:
        z = value_of(row, xs)
        slopes = formulas(row)[1]
        if row.variadic:
            return [d for slope in slopes for d in slope(z, *arguments)][i]
        d = slopes[i](z, *arguments)
    except (ArithmeticError, ValueError):
        return None
    return d if math.isfinite(d) else None
