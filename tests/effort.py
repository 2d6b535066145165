"""How much work a call is, in calls of functions or lines: the same on every machine, however busy."""

import sys
from collections.abc import Callable


def calls(f: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are called while ``f()`` runs."""
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        f()
    finally:
        sys.setprofile(before)
    return made


def lines(f: Callable[[], object]) -> int:
    """How many lines of Python run in ``f()``: what a loop without calls does counts, too."""
    run = 0

    def count(frame: object, event: str, argument: object):
        nonlocal run
        run += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        f()
    finally:
        sys.settrace(before)
    return run
