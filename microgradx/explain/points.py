"""A graph at a point: its values, its local derivatives, and the sides of its kinks."""

from collections.abc import Callable, Container, Mapping, Sequence
from math import nan
from operator import itemgetter
from typing import Any, NamedTuple

from microgradx.apply import local, sequences
from microgradx.libraries import FLOAT
from microgradx.primitives import PRIMITIVES, Primitive
from microgradx.tape import Row, Tape

# Rows whose derivative jumps. Where it stands tells on which side of a kink a point lies.
COMPARISONS = frozenset({"greater", "equal"})
EXTREMES = frozenset({"max", "min"})
COMPARING = COMPARISONS | EXTREMES  # on a kink where operands are equal
AT_0 = frozenset({"relu", "abs"})  # on a kink where the operand is 0
BRANCHING = COMPARING | AT_0 | {"where"}
LINEAR = frozenset({"add", "sub", "neg", "sum", "mul", "dot"})  # in each operand
STRAIGHT = BRANCHING | LINEAR  # on each side of their kinks
UNIT = 2.0**-48  # relative: what is taken for a unit of rounding, 16 times that of a float
FADING = {"exp", "erf", "erfc", "tanh", "sigmoid", "softplus"}  # nowhere flat, but for underflow
POSITIVE = {"exp", "erfc", "gauss", "sech2", "sigmoid", "softplus"}  # 0 by underflow alone
FADED = 1e-8  # where the slope of one is smaller, 1 − z or 1 + z has lost its digits


def has_faded(op: str, slope: float) -> bool:
    """Whether an operation is one that fades, and has."""
    return op in FADING and abs(slope) < FADED


class Point(NamedTuple):
    """A tape's graph at some values of its leaves: by row, its value and its local derivatives."""

    given: Mapping[int, float]
    values: Sequence[float]
    partials: Sequence[Sequence[float | None]]


class Recipe(NamedTuple):
    """How rows of one kind are evaluated.

    Attributes:
        of_sequences: Their primitive, if that takes sequences.
        value: The function that gives their value; none for a leaf and a constant.
        slopes: Those of their local derivatives, by operand or by sequence, if they are wanted.
        fixed: The local derivatives, if they are the same everywhere, as those of sums.
    """

    of_sequences: Primitive | None
    value: Callable[..., float] | None
    slopes: Sequence[Callable[..., Any] | None] = ()
    fixed: tuple[float | None, ...] = ()


class Evaluator:
    """A tape's graph, prepared to be evaluated at many points by the formulas of the table.

    Args:
        tape: The graph.
        sloped: The rows whose local derivatives are wanted; all, if not given.
    """

    def __init__(self, tape: Tape, sloped: Container[int] | None = None):
        recipes: dict[tuple, Recipe] = {}
        self.steps: list[tuple[Row, Callable[[Sequence], Sequence], Recipe]] = []
        for row in tape.rows:
            wanted = sloped is None or row.index in sloped
            varies = tuple([d is not None for d in row.partials]) if wanted else None
            if (kind := (row.op, varies)) not in recipes:
                recipes[kind] = recipe(row.op, varies) if row.operands else Recipe(None, None)
            self.steps.append((row, reader(row.operands), recipes[kind]))

    def __call__(
        self, given: Mapping[int, float], errors: Sequence[float] | None = None
    ) -> Point | None:
        """The graph at a point; None where it is not defined.

        Results may be given relative errors, by row, as rounding makes them.
        """
        values: list[float] = []
        partials: list[Sequence[float | None]] = []
        try:
            for row, read, (of_sequences, value, slopes, fixed) in self.steps:
                if value is None:
                    values.append(given.get(row.index, row.value))
                    partials.append(())
                    continue
                arguments = read(values)
                if of_sequences:
                    arguments = sequences(of_sequences, arguments)
                z = value(*arguments)
                if z.__class__ is int:  # of a row of the user's
                    z = float(z)
                if not (z.__class__ is float and z - z == 0.0):
                    return None
                if errors:
                    z += z * errors[row.index]
                values.append(z)
                if not slopes:
                    partials.append(fixed)
                elif of_sequences:
                    sides: list = [local(slope, z, arguments) for slope in slopes]
                    if nan in sides:  # none of them is defined
                        return None
                    every = (d for side in sides for d in side)
                    varying = zip(every, row.partials, strict=True)
                    partials.append([None if old is None else d for d, old in varying])
                else:
                    partials.append([d and local(d, z, arguments) for d in slopes])
        except (ArithmeticError, ValueError):
            return None
        return Point(given, values, partials)


def reader(operands: tuple[int, ...]) -> Callable[[Sequence], Sequence]:
    """What takes the numbers of some rows out of those of all, as fast as Python can."""
    if len(operands) > 1:
        return itemgetter(*operands)
    return itemgetter(slice(operands[0], operands[0] + 1)) if operands else itemgetter(slice(0))


def recipe(op: str, varies: tuple[bool, ...] | None) -> Recipe:
    """How to evaluate rows of a primitive; with the local derivatives by what varies, if given."""
    primitive = PRIMITIVES[op]
    value, formulas = FLOAT.formulas(primitive)
    if primitive.variadic:
        return Recipe(primitive, value, () if varies is None else formulas)
    if varies is None:
        return Recipe(None, value)
    texts = [*zip(primitive.partials, varies, strict=True)]
    if all(text in ("1.0", "-1.0") for text, wanted in texts if wanted):
        fixed = tuple(float(text) if wanted else None for text, wanted in texts)
        return Recipe(None, value, fixed=fixed)
    slopes = [f if wanted else None for f, wanted in zip(formulas, varies, strict=True)]
    return Recipe(None, value, slopes)


def here(tape: Tape) -> Point:
    """The point at which the tape was recorded."""
    given = {row.index: row.value for row in tape.rows if row.is_leaf}
    return Point(given, [row.value for row in tape.rows], [row.partials for row in tape.rows])


def faded(tape: Tape, point: Point, least: float) -> bool:
    """Whether a function has saturated: its slope is smaller than that."""
    slopes = (point.partials[row.index] for row in tape.rows if row.op in FADING)
    return any(d is not None and abs(d) < least for partials in slopes for d in partials)
