"""A version of a compiled function: one program, and what runs it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from microgradx.compiler.program import Program
from microgradx.compiler.signature import Signature


class Version(NamedTuple):
    """One program of a function: for one signature, and one choice at every branch.

    Attributes:
        run: The results of a call; None where the program does not hold, or is not finite.
    """

    signature: Signature
    program: Program
    run: Callable
    source: str


def arranging(run: Callable, fill: Callable, rows: bool) -> Callable:
    """A run whose numbers are arranged; for every row, if it gives rows."""

    def arranged(*arguments):
        results = run(*arguments)
        if results is None:
            return None
        return [*map(fill, results)] if rows else fill(results)

    return arranged


def nothing(*_: Any) -> None:
    """What runs before there is a program."""
