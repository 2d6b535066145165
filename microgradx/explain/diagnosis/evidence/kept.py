"""What is found of an evidence once, and kept with it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from microgradx.explain.diagnosis.evidence.evidence import Evidence

Keys = TypeVarTuple("Keys")
Found = TypeVar("Found")


def kept(function: Callable[[Evidence, *Keys], Found]) -> Callable[[Evidence, *Keys], Found]:
    """A function of an evidence, and of what can be a key, that runs once for each key."""

    @wraps(function)
    def once(ev: Evidence, *keys: *Keys) -> Found:
        if (function, keys) not in ev.kept:
            ev.kept[function, keys] = function(ev, *keys)
        return ev.kept[function, keys]

    return once
