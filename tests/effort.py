"""How much work a call is, in calls of functions or lines: the same on every machine, however busy."""

import sys
from collections.abc import Callable


def calls(f: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are called while ``f()`` runs."""
    return events(f, ("call", "c_call"), sys.getprofile, sys.setprofile)


def lines(f: Callable[[], object]) -> int:
    """How many lines of Python run in ``f()``: what a loop without calls does counts, too."""
    return events(f, ("line",), sys.gettrace, sys.settrace)


def events(f: Callable[[], object], kinds: tuple[str, ...], watcher, watch) -> int:
    """How many events of some kinds a watcher of Python is told of while ``f()`` runs."""
    seen = 0

    def count(frame: object, event: str, argument: object):
        nonlocal seen
        seen += event in kinds
        return count

    before = watcher()
    watch(count)
    try:
        f()
    finally:
        watch(before)
    return seen
