"""The names that variables give to Values: `o[0]` for what stands first in a list `o`."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from os import path, sep
from typing import Any

from microgradx.graph import Node, array_kind

PACKAGE = path.join(path.dirname(__file__), "")
# What a notebook keeps of earlier cells would otherwise name things before the user's variables.
HISTORY = {"In", "Out"}


def caller_names() -> dict[Node, str]:
    """The name of each Value that a variable of the caller holds, alone or in containers.

    The caller is the innermost frame that runs code from outside this package. Its local
    variables come before its global ones, which they hide.

    Returns:
        A name, as `x`, `o[0]`, `w[1][2]` or `net['z']`, by Value; see `names_of`.
    """
    frame = sys._getframe(1)
    while frame.f_back and (path.dirname(frame.f_code.co_filename) + sep).startswith(PACKAGE):
        frame = frame.f_back
    variables = dict(frame.f_locals)
    for name, x in list(frame.f_globals.items()):
        variables.setdefault(name, x)
    return names_of(variables)


def names_of(variables: Mapping[str, object]) -> dict[Node, str]:
    """The name of each Value in some variables: the first one found.

    Variables whose names begin with an underscore do not count, nor do those that have no name
    of their own, as `@py_assert1` of pytest.

    >>> from microgradx import Value
    >>> o = [Value(1.0), Value(2.0)]
    >>> list(names_of({"_": o[1], "o": o, "last": o[1]}).values())
    ['o[0]', 'o[1]']
    """
    names: dict[Node, str] = {}
    for name, x in variables.items():
        if name.isidentifier() and name[0] != "_" and name not in HISTORY:
            for path_to, v in values_in(x, name):
                names.setdefault(v, path_to)
    return names


def values_in(x: object, name: str) -> Iterator[tuple[str, Node]]:
    """(name, Value) for a Value, and for each in nested lists, tuples, dicts and object arrays."""
    stack = [(x, name)] if may_hold(x) else []
    met = {}  # the containers, kept alive: the id of another could otherwise be the same
    while stack:
        x, name = stack.pop()
        if isinstance(x, Node):
            yield name, x
        elif id(x) not in met:
            met[id(x)] = x
            stack += [(v, f"{name}[{key!r}]") for key, v in members(x) if may_hold(v)][::-1]


def members(container: Any) -> Iterable[tuple[Any, Any]]:
    """(key, member) for each member of a container."""
    return container.items() if isinstance(container, dict) else enumerate(container)


def may_hold(x: Any) -> bool:
    """Whether it is a Value or a container; objects of other kinds are not asked for anything."""
    if isinstance(x, Node | list | tuple | dict):
        return True
    return type(x).__name__ == "ndarray" and array_kind(x) == "O" and x.shape != ()
