"""A row of the table applied to any operands: floats, batches, Values of any of them, symbols.

This is the general form of what `operators.py` writes out for floats, and it knows the errors.
"""

import math

from microgradx.errors import DomainError, MathError, PoleError, RangeError
from microgradx.graph import ZERO, Recorded, array_kind, data_of, finite, number
from microgradx.libraries import FLOAT, LIBRARIES, Library
from microgradx.messages import call, place_of, spelled, working_call
from microgradx.primitives import PRIMITIVES, Primitive
from microgradx.value import FIXED, Value, new

FUNCTIONS: dict = {}  # the function of every row by name; `operators.py` writes them


def library(numbers) -> Library:
    """The library for the kind of some numbers; floats go with every other kind, and NumPy too."""
    kinds = {x.__class__ for x in numbers} - {float}
    if not kinds:
        return FLOAT
    kind = Value if Value in kinds else min(kinds, key=lambda kind: kind.__module__ == "numpy")
    if kind not in LIBRARIES:
        from microgradx.arrays import library_of

        LIBRARIES[kind] = library_of(next(x for x in numbers if x.__class__ is kind))
    return LIBRARIES[kind]


def apply(name: str, *operands):
    """z = f(x, …) as a node if an operand is a Value, and as a number if none is."""
    row = PRIMITIVES[name]
    if row.variadic:
        if len({len(sequence) for sequence in operands}) > 1:
            lengths = " and ".join(str(len(sequence)) for sequence in operands)
            raise ValueError(
                f"{name}: the sequences have {lengths} members, and need the same number"
            )
        operands = tuple(x for sequence in operands for x in sequence)
    if any(array_kind(x) == "O" for x in operands):
        from microgradx.ufuncs import elementwise

        function = FUNCTIONS[name]
        return elementwise(lambda *xs: function(*sequences(row, xs)), operands)
    numbers = [read(name, x, operands) for x in operands]
    return node(row, numbers, operands, library(numbers))


def node(row: Primitive, numbers: list, operands: tuple, over: Library):
    """The node of one row over operands whose numbers are read."""
    value, slopes = over.formulas(row)
    arguments = sequences(row, numbers)
    try:
        z = value(*arguments)
    except MathError:  # raised by the Values that these Values hold
        raise
    except (ArithmeticError, ValueError) as error:
        if over is FLOAT:
            raise failure(row, numbers, operands, error) from None
        # Of constants in a formula, or of shapes that do not fit.
        kinds = {ZeroDivisionError: PoleError, OverflowError: RangeError}
        kind = kinds.get(type(error), type(error))
        raise kind(f"{call(row.name, operands)}: {error}") from None
    z = float(z) if isinstance(z, int) else z
    if not finite(z):
        raise failure(row, numbers, operands, z=z)
    if not any(x.__class__ is Value for x in operands):
        return z if operands else z + 0.0  # nothing adds up to 0.0, and not to -0.0
    for x, condition in row.needs.items():
        own = operands[row.operands.index(x)]
        varies = own.__class__ is Value and own.op not in FIXED
        if varies and not meets(condition, row, operands, numbers, over):
            given = ", ".join(f"{y}.data" if y == x else y for y in row.operands)
            shown = call(row.name, operands)
            if namespace := getattr(over, "namespace", None):
                held = namespace.where(holds(condition, row, numbers), 0.0, math.nan)
                shown += place_of(held)
            raise DomainError(
                f"{shown}: outside the domain of {row.call}, which is "
                f"{condition} for a Value as {x}; a plain number as {x} works, as in "
                f"{row.name}({given})"
            )
    if row.variadic:
        partials = [d for slope in slopes for d in slope(z, *arguments)]
    else:
        varying = [x.__class__ is Value for x in operands]
        partials = [
            local(slope, z, arguments) if varies else 0.0
            for slope, varies in zip(slopes, varying, strict=True)
        ]
    kept = [x if x.__class__ is Value else n for x, n in zip(operands, numbers, strict=True)]
    return record(row, z, kept, partials)


def record(row: Primitive, z, operands: list, partials: list) -> Value:
    """The node itself; the local derivatives by constants are left aside."""
    v = new()
    v.data, v.grad, v.label, v.op = z, ZERO, "", row.name
    v._y, v._dy = None, 0.0
    if row.variadic or len(operands) > 2:
        pairs = zip(operands, partials, strict=True)
        varying = [(x, d) for x, d in pairs if x.__class__ is Value]
        v._x, v._dx = (tuple(column) for column in zip(*varying, strict=True))
        v._y = tuple(operands) if len(varying) < len(operands) else None
    elif len(operands) == 1:
        (v._x,), (v._dx,) = operands, partials
    else:
        (v._x, v._y), (v._dx, v._dy) = operands, partials
    return v


def local(slope, z, arguments) -> float:
    """A local derivative; nan where it is infinite or undefined, which a sweep will notice."""
    try:
        d = slope(z, *arguments)
    except (ArithmeticError, ValueError):
        return math.nan
    return math.nan if isinstance(d, complex) else d


def sequences(row: Primitive, operands) -> list:
    """The operands as the formulas take them: one by one, or in sequences of equal length."""
    if not row.variadic:
        return list(operands)
    n = len(operands) // len(row.operands)
    return [tuple(operands[i * n : (i + 1) * n]) for i in range(len(row.operands))]


def read(name: str, x, operands):
    """The number of an operand, or an error that shows the operation."""
    try:
        return number(data_of(x))
    except TypeError:
        kind, remedy = type(data_of(x)).__name__, f"as in {working_call(PRIMITIVES[name])}"
        if array_kind(x) == "b":
            kind = "an array of truth values"
            remedy = "x.astype(float) makes numbers of it, and where(x, …) chooses by it"
        elif isinstance(x, bool):
            remedy = "float(x) makes a number of it, and where(x, …) chooses by it"
        raise TypeError(
            f"{call(name, operands)}: operands are Values or real numbers, not {kind}; {remedy}"
        ) from None
    except MathError as error:
        place = place_of(data_of(x))
        given = f"nan or inf{place}" if place else spelled(data_of(x))
        raise type(error)(f"{call(name, operands)}: operands are finite, not {given}") from None


def holds(condition: str, row: Primitive, numbers) -> bool:
    """Whether numbers satisfy a condition of their row, such as its domain."""
    return eval(condition, {"abs": abs}, dict(zip(row.operands, numbers, strict=True)))


def meets(condition: str, row: Primitive, operands, numbers, over: Library) -> bool:
    """Whether operands satisfy what another needs: all points of a batch; symbols as Values do, by
    comparisons, which the program is then held to."""
    if over is FLOAT:
        return holds(condition, row, numbers)
    namespace = getattr(over, "namespace", None)
    try:
        if any(isinstance(x, Recorded) for x in numbers):
            return holds(condition, row, operands)
        return namespace is None or bool(namespace.all(holds(condition, row, numbers)))
    except (TypeError, ValueError):  # more than a comparison; or a batch that is being traced
        return True


def value_of(op: str, numbers) -> float:
    """The number of a row over floats; it may be complex, or raise what Python raises."""
    row = PRIMITIVES[op]
    return FLOAT.formulas(row)[0](*sequences(row, numbers))


def slopes_of(op: str, z: float, numbers) -> list[float]:
    """The local derivatives of a row over floats by each operand; nan where there is none."""
    row = PRIMITIVES[op]
    slopes, arguments = FLOAT.formulas(row)[1], sequences(row, numbers)
    if row.variadic:
        return [d for slope in slopes for d in slope(z, *arguments)]
    return [local(slope, z, arguments) for slope in slopes]


def failure(row: Primitive, numbers, operands, error=None, z=math.nan) -> MathError:
    """What to say of a result that is no finite real number."""
    place = ""
    if array_kind(z):
        from microgradx.arrays import offender

        place, numbers = offender(numbers, z)
        try:
            z = value_of(row.name, numbers)
        except (ArithmeticError, ValueError) as reason:
            error = reason
    shown = call(row.name, operands, numbers) + place
    remedy = f"; {row.remedy}" if row.remedy else ""
    if row.pole and holds(row.pole, row, numbers):
        return PoleError(f"{shown}: infinite there{remedy}")
    if row.domain and not holds(row.domain, row, numbers):
        return DomainError(f"{shown}: outside the domain of {row.call}, which is {row.domain}")
    if isinstance(error, ZeroDivisionError):
        return PoleError(f"{shown}: a division by zero")
    if isinstance(error, ValueError) or isinstance(z, complex):
        return DomainError(f"{shown}: no real result")
    return RangeError(f"{shown}: the result exceeds the largest float{remedy}")
