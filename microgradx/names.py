"""The names that variables give to Values: `o[0]` for what stands first in a list `o`."""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from os import path, sep
from types import MemberDescriptorType
from typing import Any

from microgradx.graph import Node, array_kind, brief

PACKAGE = path.join(path.dirname(__file__), "")
LIBRARY = path.join(path.dirname(os.__file__), "")  # the standard one
INSTALLED = "site-packages", "dist-packages"  # the latter are Debian's
BUILT_IN = {*sys.builtin_module_names, "_frozen_importlib", "_frozen_importlib_external"}
# What a notebook keeps of earlier cells would otherwise name things before the user's variables.
HISTORY = {"In", "Out"}
MOST = 100  # containers without a Value, after which the others beside them are taken for data


def caller_names() -> dict[Node, str]:
    """The name of each Value that a variable of the caller holds, alone or in containers.

    Returns:
        A name, as `x`, `o[0]`, `w[1][2]`, `net['z']` or `self.w`, by Value; see `names_of`.
    """
    return names_of(caller_variables())


def caller_variables() -> dict[str, Any]:
    """What each variable of the caller holds.

    The caller is the innermost frame that runs code from outside this package. Its local
    variables come before its global ones, which they hide. Before Python 3.13, a function that is
    asked for its variables keeps what they hold until it returns, or is asked again.
    """
    frame = sys._getframe(1)
    while frame.f_back and (path.dirname(frame.f_code.co_filename) + sep).startswith(PACKAGE):
        frame = frame.f_back
    variables = dict(frame.f_locals)
    for name, x in list(frame.f_globals.items()):
        variables.setdefault(name, x)
    return variables


def is_name(name: str) -> bool:
    """Whether a user chose this name: it is not private, nor made up by pytest or a notebook."""
    return name.isidentifier() and name[0] != "_" and name not in HISTORY


def names_of(variables: Mapping[str, object]) -> dict[Node, str]:
    """The name of each Value in some variables: the first one found, in the user's objects last.

    Variables whose names begin with an underscore do not count, nor do those that have no name
    of their own, as `@py_assert1` of pytest.

    >>> from microgradx import Value
    >>> o = [Value(1.0), Value(2.0)]
    >>> list(names_of({"_": o[1], "o": o, "last": o[1]}).values())
    ['o[0]', 'o[1]']
    """
    names: dict[Node, str] = {}
    for name, x in sorted(variables.items(), key=lambda item: is_users(type(item[1]))):
        if is_name(name):
            for path_to, v in values_in(x, name):
                names.setdefault(v, path_to)
    return names


def values_in(x: object, name: str) -> Iterator[tuple[str, Node]]:
    """(name, Value) for a Value, and for each in nested containers and in the user's objects.

    Of a container in which so many as MOST others hold none, the rest is passed over: it is data.
    """
    holds = cache(may_hold)
    found = 0
    met = {}  # the containers, kept alive: the id of another could otherwise be the same
    # Of each that is open: what is to come in it, how many Values came before it, and how many
    # containers were opened in it.
    stack: list[Any] = [[iter([(name, x)] if holds(type(x)) else []), 0, 0]]
    while stack:
        inside, before, opened = stack[-1]
        try:
            name, x = next(inside)
        except Exception:  # it ends, or the user's own code fails, which is no fault of the asker
            stack.pop()
            continue
        if isinstance(x, Node):
            found += 1
            yield name, x
        elif opened == MOST and found == before:
            stack.pop()
        elif id(x) not in met:
            met[id(x)] = x
            stack[-1][2] += 1
            stack.append([members_in(x, name, holds), found, 0])


def members_in(x: Any, name: str, holds: Callable[[type], bool]) -> Iterator[tuple[str, Any]]:
    """(name, member) for each member of a container or object that is or may hold a Value."""
    keys, inside = members(x)
    if any(map(holds, {*map(type, inside)})):  # in most lists of data nothing does
        for key, member in zip(keys, inside, strict=True):
            if holds(type(member)):
                yield name + key, member


def members(x: Any) -> tuple[Iterable[str], Collection[Any]]:
    """(what to write behind its name, member) for all members of a container or object, apart."""
    if isinstance(x, dict):
        return (f"[{key!r}]" for key in x), x.values()
    if isinstance(x, list | tuple):
        fields = getattr(x, "_fields", ())
        return (f".{key}" for key in fields) if len(fields) == len(x) else places(len(x)), x
    if type(x).__name__ == "ndarray":
        inside = [*x] if array_kind(x) == "O" and x.shape != () else []
        return places(len(inside)), inside
    inside = attributes(x)
    return (f".{key}" for key in inside), inside.values()


def attributes(x: object) -> dict[str, Any]:
    """The attributes of an object of the user's: what lies in its slots, and its own."""
    found: dict[str, Any] = {}
    for kind in reversed(type(x).__mro__):
        for name, slot in vars(kind).items():
            if isinstance(slot, MemberDescriptorType):
                with suppress(AttributeError):  # it may be empty
                    found[name] = slot.__get__(x)
    return {**found, **vars(x)} if type(x).__dictoffset__ else found


def places(n: int) -> Iterator[str]:
    return (f"[{i}]" for i in range(n))


def may_hold(kind: type) -> bool:
    """Whether it is Value, a container, or the class of the user's own objects."""
    return (
        issubclass(kind, Node | list | tuple | dict) or kind.__name__ == "ndarray" or is_users(kind)
    )


def is_users(kind: type) -> bool:
    """Whether a class is the user's own: its objects have attributes, and it is neither built in
    nor installed."""
    if kind.__dictoffset__ == 0 and not any(vars(base).get("__slots__") for base in kind.__mro__):
        return False
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if file is None or kind.__module__ == "__main__":  # of a notebook or a script, or built in
        return kind.__module__ not in BUILT_IN
    return not file.startswith((LIBRARY, PACKAGE)) and not any(map(file.__contains__, INSTALLED))


def labels_of(nodes: list[Node], names: Mapping[Node, str]) -> dict[Any, str]:
    """A label for each node that has one, or for which there is a name that no other takes."""
    if not isinstance(names, Mapping):
        raise TypeError(
            f"names are labels by Value, not {brief(names)}; as in Tape(L, names={{x: 'x'}})"
        )
    labels = {v: v.label for v in nodes if v.label}
    for label in (*labels.values(), *names.values()):
        if not isinstance(label, str):
            raise TypeError(f"a label is text, not {brief(label)}; as in x.label = 'x'")
    taken = set(labels.values())
    for v in nodes:
        if v not in labels and (name := names.get(v)) and name not in taken:
            labels[v] = name
            taken.add(name)
    return labels
