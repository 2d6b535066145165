"""The names that the caller's variables give to Values: `o[0]` for what stands first in a list `o`."""

import sys
from collections.abc import Iterator, Mapping
from os import path

from microgradx.graph import Node, array_kind

PACKAGE = path.dirname(__file__)
# What a notebook keeps of earlier cells would otherwise name things before the user's variables.
HISTORY = {"In", "Out"}


def caller_names() -> dict[Node, str]:
    """The name of each Value that a variable of the caller holds, alone or in containers.

    The caller is the innermost frame that runs code from outside this package. Its local
    variables come before its global ones, and the first name found for a Value is kept. Names
    that begin with an underscore do not count.

    Returns:
        A name, as `x`, `o[0]`, `w[1][2]` or `net['z']`, by Value.
    """
    frame = sys._getframe(1)
    while frame.f_back and path.dirname(frame.f_code.co_filename).startswith(PACKAGE):
        frame = frame.f_back
    names: dict[Node, str] = {}
    for variables in (frame.f_locals, frame.f_globals):
        for name, x in list(variables.items()):
            if not name.startswith("_") and name not in HISTORY:
                for path_to, v in values_in(x, name):
                    names.setdefault(v, path_to)
    return names


def values_in(x: object, name: str) -> Iterator[tuple[str, Node]]:
    """(name, Value) for a Value, and for each in nested lists, tuples, dicts and object arrays."""
    stack, inside = [(x, name)], {id(x)}
    while stack:
        x, name = stack.pop()
        if isinstance(x, Node):
            yield name, x
            continue
        if isinstance(x, Mapping):
            members = [(v, f"{name}[{key!r}]") for key, v in x.items()]
        elif isinstance(x, list | tuple) or (array_kind(x) == "O" and getattr(x, "shape", ())):
            members = [(v, f"{name}[{i}]") for i, v in enumerate(x)]  # type: ignore[arg-type]
        else:
            continue
        members = [(v, path_to) for v, path_to in members if id(v) not in inside]
        inside.update(id(v) for v, _ in members if not isinstance(v, Node))
        stack += reversed(members)
