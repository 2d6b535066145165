"""What errors say of nodes: operations on the numbers of their operands, with their labels."""

from microgradx.errors import GradientError
from microgradx.graph import Node, array_kind, brief, data_of, edges, finite
from microgradx.primitives import Primitive


def describe(x: Node, spoilt=0.0) -> str:
    """A node as errors show it: its operation on the operands' numbers, with their labels.

    Of a batch, those of the first point at which the numbers `spoilt` are not finite.
    """
    numbers = [data_of(operand) for operand in x.operands or (x,)]
    if array_kind(spoilt):
        from microgradx.arrays import offender

        _, numbers = offender(numbers, spoilt)
    return call(x.op, x.operands, numbers) if x.operands else with_label(numbers[0], x)


def place_of(spoilt) -> str:
    """Where in a batch numbers are not finite, in words."""
    if not array_kind(spoilt):
        return ""
    from microgradx.arrays import offender

    return offender((), spoilt)[0]


def with_label(number, x) -> str:
    """The number of an operand, and its label if it has one."""
    label = x.label if isinstance(x, Node) else ""
    return f"{spelled(number)} ({label})" if label else spelled(number)


def spelled(number) -> str:
    """A number; of a batch its shape, and of a whole number that no float can hold its length."""
    if shape := getattr(number, "shape", ()):
        return f"a batch of {' × '.join(map(str, shape))}"
    long = number.__class__ is int and number.bit_length() > 1024
    return f"a whole number of {number.bit_length()} bits" if long else brief(number)


def call(op: str, operands, numbers=None) -> str:
    """An operation on operands as errors show it: `div(1.0, 0.0 (x))`."""
    numbers = [data_of(x) for x in operands] if numbers is None else numbers
    parts = [with_label(n, x) for n, x in zip(numbers, operands, strict=True)]
    if len(parts) > 6:
        parts[3:-2] = [f"… {len(parts) - 5} more …"]
    return f"{op}({', '.join(parts)})"


# Of rows whose operands do not show it, a call that works.
CALLS = {
    "max": "maximum([Value(2.0), 3.0])",
    "min": "minimum([Value(2.0), 3.0])",
    "where": "where(x > 0.0, x, y) or where(greater(x, 0.0), x, y)",
    **{name: f"{name}(Value(0.5))" for name in ("asin", "acos", "atanh")},
}


def working_call(row: Primitive) -> str:
    """A call of a row that works."""
    operand = "[Value(2.0), 3.0]" if row.variadic else "Value(2.0)"
    return CALLS.get(row.name) or f"{row.name}({', '.join([operand] * len(row.operands))})"


def refuse_no_sequence(working: str, *given) -> None:
    """Refuse what is given for a sequence and is none; `working` is a call that works."""
    for x in given:
        if not hasattr(x, "__iter__"):
            hint = ""
            if isinstance(x, Node):
                from microgradx.arrays import about_vectors

                hint = about_vectors(x)
            name = working.partition("(")[0]
            raise TypeError(
                f"{name} takes a sequence, not {brief(x)}; as in {working}{hint}"
            ) from None


def returned(x) -> str:
    """What a function gave in the place of a number, in words."""
    if x is None:
        return "None, as where return is missing"
    return "an array" if array_kind(x) else f"a {type(x).__name__}"


def undefined(x: Node, sweep, adjoint, counts=lambda parent: True) -> GradientError:
    """The error for a gradient that is not finite: it names the node that spoilt it."""
    for v in sweep:
        g = adjoint(v)
        for parent, d in filter(lambda edge: counts(edge[0]), edges(v) if finite(g) else ()):
            if not finite(d):
                of, by = describe(v, d) + place_of(d), describe(parent, d)
                which = f"which the gradient with respect to {describe(x)} needs"
                return GradientError(f"{of} has no finite derivative with respect to {by}, {which}")
            if not finite(g * d):
                at = describe(v, g * d) + place_of(g * d)
                return GradientError(f"the gradient exceeds the largest float at {at}")
    return GradientError(f"the gradient with respect to {describe(x)} exceeds the largest float")
