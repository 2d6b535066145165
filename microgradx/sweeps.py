"""The two sweeps over a graph: back from an output to its adjoints, and forward to tangents.

With `create_graph` the derivatives are Values: then the local ones are not the numbers that the
nodes recorded, but formulas of the table run over the nodes.
"""

from microgradx.apply import sequences
from microgradx.errors import GradientError, MathError
from microgradx.graph import edges, filled, finite, quiet, topological
from microgradx.libraries import LIBRARIES
from microgradx.messages import describe, undefined
from microgradx.primitives import PRIMITIVES
from microgradx.value import CONSTANT, Value


def adjoints(output, nodes: list, create_graph: bool) -> list:
    """x̄ for each x of `nodes`, by one sweep back from `output`."""
    if output.__class__ is not Value:
        return [filled(x, 0.0) for x in nodes]
    return quiet(back, output)(output, nodes, create_graph)


def back(output: Value, nodes: list, create_graph: bool) -> list:
    """The sweep of `adjoints`."""
    bar: dict = {output: filled(output, 1.0)}
    sweep = dependents([output], nodes)[::-1]
    active = {*sweep, *nodes}  # what depends on `nodes`: no other derivative is asked for
    for v in sweep:
        for x, d in slopes(v, active, create_graph):
            accumulate(bar, x, v, bar[v], d)
    found = [bar[x] if x in bar else filled(x, 0.0) for x in nodes]
    for x, slope in zip(nodes, found, strict=True):
        if not finite(slope):
            raise undefined(x, sweep, bar.__getitem__, active.__contains__)
    return found


def adjoints_of_all(outputs: list, nodes: list, create_graph: bool) -> list:
    """x̄ for each x of `nodes`, for one output after the other."""
    return [d for y in outputs for d in adjoints(y, nodes, create_graph)]


def adjoints_of_one(outputs: list, nodes: list, create_graph: bool) -> list:
    """The adjoints of a single result; of several nothing, since they are refused."""
    return adjoints_of_all(outputs if len(outputs) == 1 else [], nodes, create_graph)


def tangents_of(outputs: list, tangent: dict, create_graph: bool) -> list:
    """ẏ for each y of `outputs`, by one sweep forward from the ẋ in `tangent`."""
    return quiet(forward, *outputs)(outputs, tangent, create_graph)


def forward(outputs: list, tangent: dict, create_graph: bool) -> list:
    """The sweep of `tangents_of`."""
    for x, d in tangent.items():
        tangent[x] = filled(x, d) if d.__class__ is float else d
    order = dependents(outputs, tangent)
    active = {*order, *tangent}
    for v in order:
        for x, d in slopes(v, active, create_graph):
            accumulate(tangent, v, v, tangent[x], d)
    found = [
        tangent[y] if y.__class__ is Value and y in tangent else filled(y, 0.0) for y in outputs
    ]
    for y, slope in zip(outputs, found, strict=True):
        if not finite(slope):
            raise GradientError(f"the tangent of {describe(y)} is infinite or undefined")
    return found


def accumulate(sums: dict, key, v: Value, factor, d) -> None:
    """Add factor · d to the sum at `key`, where d is a local derivative of `v`."""
    try:
        # A factor of 1 needs no node, where derivatives are nodes.
        term = d if factor.__class__ is float and factor == 1.0 else factor * d
        sums[key] = sums[key] + term if key in sums else term
    except MathError as error:
        raise GradientError(f"the derivative exceeds the largest float at {describe(v)}") from error


def slopes(v: Value, active, create_graph: bool):
    """(x, ∂v/∂x) for each parent x in `active`: as recorded, or as Values, from the table."""
    if not create_graph:
        return [(x, d) for x, d in edges(v) if x in active]
    row, operands = PRIMITIVES[v.op], v.operands
    arguments = sequences(row, operands)
    found = []
    try:
        for i, slope in enumerate(LIBRARIES[Value].formulas(row)[1]):
            members = arguments[i] if row.variadic else (operands[i],)
            if any(x in active for x in members if x.__class__ is Value):
                d = slope(v, *arguments)
                if isinstance(d, complex):
                    raise ArithmeticError
                found += zip(members, d if row.variadic else (d,), strict=True)
    except (ArithmeticError, TypeError) as error:  # of plain numbers, too, where one is complex
        raise GradientError(f"{describe(v)} has no finite derivative") from error
    return [(x, d) for x, d in found if x.__class__ is Value and x in active]


def dependents(outputs: list, nodes) -> list[Value]:
    """The nodes under `outputs` that depend on one of `nodes`, in topological order."""
    active = set(nodes)
    order, _ = topological(*(y for y in outputs if y.__class__ is Value))
    found = []
    for v in order:
        if any(x in active for x in v.parents):
            active.add(v)
            found.append(v)
    return found


def constant(x, op: str = CONSTANT) -> Value:
    """A number as a Value that nobody differentiates by; a Value as it is."""
    if x.__class__ is Value:
        return x
    v = Value(x)
    v.op = op
    return v
