"""A call by the engine itself, row by row: slow, and right; for what no program answers."""

from collections.abc import Callable
from typing import Any

from microgradx.compiler.program import Program
from microgradx.compiler.recording import Guard
from microgradx.compiler.signature import Call, Options, array_of
from microgradx.derivatives import hessian, value_and_grad
from microgradx.errors import MathError
from microgradx.graph import Node, Recorded, data_of
from microgradx.operators import sum
from microgradx.trees import flatten


class Eager:
    """The results of a call, arranged as a program arranges them.

    Args:
        function: The function.
        options: How it is called, and what is returned.
        call: The call.
        program: The program that has no results for it, if there is one.
        labelled: Whether the function is a graph, whose labels errors show.
    """

    def __init__(
        self,
        function: Callable,
        options: Options,
        call: Call,
        program: Program | None,
        labelled: bool,
    ):
        f = {"gradient": value_and_grad, "hessian": hessian}.get(options.result)
        self.function = function if f is None else f(function, options.argnums)
        self.options, self.call, self.program = options, call, program
        self.keywords = {"labelled": True} if labelled else {}
        by = () if options.result == "value" else options.wrt
        self.varying = {*call.signature.positions(by)}

    def row(self, i: int) -> Any:
        """What a row comes to.

        Raises:
            MathError: As the engine does, with the row.
            ValueError: If the program takes another branch than this row of a batch.
        """
        numbers = self.call.row(i)
        plain = not any(isinstance(x, Node | Recorded) for x in numbers)
        given = numbers
        if plain:  # what does not vary is a Value too, as in a trace: so it is finite or an error
            constants = self.call.signature.constants(numbers, self.options.wrt)
            pairs = enumerate(zip(numbers, constants, strict=True))
            given = [x if j in self.varying else c for j, (x, c) in pairs]
        try:
            # Nobody else has the Values that are made of plain numbers, and would see their labels.
            keywords = self.keywords if plain else {}
            found = self.function(*self.call.signature.fill(given), **keywords)
        except MathError as error:
            where = f"row {i} of the batch: " if self.options.batch else ""
            raise type(error)(f"{where}{error}") from None
        except ValueError as error:
            if not self.options.batch:
                raise
            raise ValueError(f"row {i} of the batch: {error}") from error
        program = self.program if self.options.batch else None
        if program and (guard := program.refused(numbers)):
            where = guard_text(program, guard)
            raise ValueError(
                f"rows 0 and {i} of the batch take different branches at {where}: "
                "a program takes one for all rows; write where, maximum, minimum or relu"
            )
        return data_of(found) if plain else found

    def results(self) -> Any:
        """The results of all rows."""
        options = self.options
        found = [*map(self.row, range(self.call.rows))]
        if not options.batch:
            return self._of_one(found[0])
        if options.result == "gradient":
            return self._values_and_gradients(found)
        if options.reduce:
            return self._reduced(found)
        return found if options.result == "hessian" else self._column(found)

    def _of_one(self, results: Any) -> Any:
        """The results for one point, in arrays where the arguments are."""
        if self.options.result != "gradient":
            return results
        value, slopes = results
        structures = [self.call.signature.structures[k] for k in self.options.wrt]
        pairs = zip(structures, self.options.parts_of(slopes), strict=True)
        parts = [s.fill(s.numbers(x)) for s, x in pairs]
        return value, self.options.gradient_of(parts)

    def _values_and_gradients(self, found: list) -> Any:
        """The values and the gradients of all rows, reduced where they are to be."""
        options = self.options
        values = [value for value, _ in found]
        scale = len(values) if options.reduce == "mean" else 1.0
        value = sum(values) / scale if options.reduce else self._column(values)
        parts = []
        for j, k in enumerate(options.wrt):
            s = self.call.signature.structures[k]
            rows = [s.numbers(options.parts_of(slopes)[j]) for _, slopes in found]
            if options.reduce and k not in options.batch:
                parts.append(s.fill([sum(column) / scale for column in zip(*rows, strict=True)]))
            else:
                rows = [s.fill([x / scale for x in row]) for row in rows]
                parts.append(self._column(rows, k))
        return value, options.gradient_of(parts)

    def _reduced(self, found: list) -> Any:
        numbers, fill = zip(*map(flatten, found), strict=True)
        scale = len(found) if self.options.reduce == "mean" else 1.0
        return fill[0]([sum(column) / scale for column in zip(*numbers, strict=True)])

    def _column(self, rows: list, k: int | None = None) -> Any:
        """The results of all rows, in an array where `Signature.has_array_of_rows` says so."""
        array = self.call.signature.has_array_of_rows(self.options, k)
        return array_of(rows) if array else rows


def first_refused(refused: Callable[[int, int], bool], rows: int) -> int | None:
    """The first row that is refused by itself; None if only rows together are, as for their sum.

    Args:
        refused: Whether some of the rows are, from one up to another.
        rows: How many rows there are.
    """
    low, high = 0, rows
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if refused(low, middle) else (middle, high)
    return low if refused(low, high) else None


def guard_text(program: Program, guard: Guard) -> str:
    """A guard as its function writes it."""
    x, y = (
        program.names.get(x, f"v{x}") if isinstance(x, int) else repr(x) for x in (guard.x, guard.y)
    )
    return f"{x} {guard.sign} {y}"
