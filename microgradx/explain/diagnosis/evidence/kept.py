"""What is found of an evidence once, and kept with it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from microgradx.explain.diagnosis.evidence.evidence import Evidence

Keys = ParamSpec("Keys")
Found = TypeVar("Found")


def kept(
    function: Callable[Concatenate[Evidence, Keys], Found],
) -> Callable[Concatenate[Evidence, Keys], Found]:
    """A function of an evidence, and of what can be a key, that runs once for each key."""

    @wraps(function)
    def once(ev: Evidence, *keys: Keys.args, **named: Keys.kwargs) -> Found:
        key = function, keys, *named.items()
        if key not in ev.kept:
            ev.kept[key] = function(ev, *keys, **named)
        return ev.kept[key]

    return once
