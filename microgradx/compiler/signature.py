"""How a compiled function is called, and how its results are arranged."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from microgradx.compiler.structure import (
    NUMBER,
    Structure,
    is_array,
    numbers_in,
    slices,
    structure_of,
)
from microgradx.graph import array_kind, brief
from microgradx.sweeps import constant
from microgradx.value import CONSTANT, GIVEN, Value


class Options(NamedTuple):
    """What `compile` was told.

    Attributes:
        names: The names of the arguments.
        wrt: The positions of the arguments to differentiate by.
        single: Whether `wrt` was one position: then the gradient is not in a tuple.
        batch: The positions of the arguments that are sequences of rows.
        reduce: What is returned of all rows: their "sum", their "mean", or each (None).
        result: What is returned: the "value", it and the "gradient", or the "hessian".
        exact: Whether a product and a sum are rounded one after the other.
        threads: How many threads share the rows of a batch.
    """

    names: tuple[str, ...]
    wrt: tuple[int, ...]
    single: bool
    batch: tuple[int, ...]
    reduce: str | None
    result: str
    exact: bool
    threads: int

    @property
    def argnums(self) -> int | tuple[int, ...]:
        """`wrt` as the functions of `derivatives` take it."""
        return self.wrt[0] if self.single else self.wrt

    @property
    def slopes_by(self) -> tuple[int, ...]:
        """The positions of the arguments by which there is a gradient among the results."""
        return self.wrt if self.result == "gradient" else ()

    def in_order(self, arguments: Sequence, named: dict[str, Any]) -> tuple:
        """The arguments of a call, those that are given by their names after the others.

        Raises:
            TypeError: If they are not all there, each once.
        """
        rest = self.names[len(arguments) :]
        if named.keys() != {*rest} or len(arguments) > len(self.names):
            s = "s" * (len(self.names) != 1)
            given = [*map(brief, arguments), *(f"{name}={brief(x)}" for name, x in named.items())]
            raise TypeError(
                f"the program takes {len(self.names)} argument{s} ({', '.join(self.names)}), in "
                f"order or by name, not ({', '.join(given)}); one that has a default keeps it"
            )
        return (*arguments, *(named[name] for name in rest))

    def gradient_of(self, parts: Sequence) -> Any:
        """The gradient, of its parts by each argument of `wrt`."""
        return parts[0] if self.single else tuple(parts)

    def parts_of(self, gradient: Any) -> Sequence:
        """The parts of a gradient."""
        return (gradient,) if self.single else gradient


class Signature(NamedTuple):
    """The structures of the arguments of a call: the key under which its program is kept."""

    structures: tuple[Structure, ...]  # of a batched argument, that of a row
    arrays: tuple[bool, ...]  # whether the rows of a batched argument lie in an array

    def positions(self, arguments: Iterable[int]) -> list[int]:
        """Which numbers of a row lie in some of the arguments."""
        places = [range(mine.start, mine.stop) for _, mine in slices(self.structures)]
        return [i for k in arguments for i in places[k]]

    def constants(self, numbers: Sequence, wrt: Iterable[int]) -> list[Value]:
        """The numbers of a row as Values that nobody differentiates by; those of arguments that are
        not in `wrt` stand for plain numbers."""
        varying = {*self.positions(wrt)}
        return [constant(x, CONSTANT if i in varying else GIVEN) for i, x in enumerate(numbers)]

    def summed(self, options: Options, outputs: int) -> list[int]:
        """Which of a program's outputs are added over the rows of a batch.

        The first is the value, the others are the gradient with respect to the arguments `wrt`, one
        by one; that of a batched argument has its rows in any case.
        """
        if not options.batch or not options.reduce:
            return []
        batched = {*self.positions(options.batch)}
        mine = self.positions(options.slopes_by)
        return [j for j in range(outputs) if not (j and mine and mine[j - 1] in batched)]

    def has_array_of_rows(self, options: Options, k: int | None) -> bool:
        """Whether the results of all rows are one array, and not a list.

        These are the gradients by argument `k`, or the values if `k` is None. If the argument has a
        batch axis, they are an array where its rows were given in one; else where the rows of all
        batched arguments were.
        """
        inputs = (k,) if k in options.batch else options.batch
        plain = k is None or self.structures[k].kind in (None, "array")
        return plain and all(self.arrays[i] for i in inputs)

    def names(self, names: Iterable[str]) -> list[str]:
        """What to call each number of a row."""
        pairs = zip(self.structures, names, strict=True)
        return [each for s, name in pairs for each in s.names(name)]

    def fill(self, numbers: Sequence) -> list:
        """The arguments of one row, from its numbers, Values or symbols; arrays are of objects."""
        return [s.fill(numbers[mine], objects=True) for s, mine in slices(self.structures)]


class Call:
    """The arguments of one call, read: their signature, and their numbers as floats.

    Raises:
        TypeError, ValueError: If there are more or fewer than the function takes, if one holds
            something that is no number, if rows differ in structure, or the batched arguments in
            their number.
    """

    def __init__(self, options: Options, arguments: Sequence):
        names, arguments = options.names, options.in_order(arguments, {})
        structures, arrays, self._columns = [], [], []
        lengths: dict[str, int] = {}
        for k, (x, name) in enumerate(zip(arguments, names, strict=True)):
            arrays.append(k in options.batch and is_array(x))
            if k in options.batch:
                row, rows = read_rows(x, name)
                lengths[name] = len(rows)
            else:
                row, rows = structure_of(x), None
            structures.append(row)
            self._columns.append(numbers_in(x, row, name) if rows is None else rows)
        if len({*lengths.values()}) > 1:
            shown = ", ".join(f"{name} has {n}" for name, n in lengths.items())
            raise ValueError(f"batched arguments have as many rows as each other; {shown}")
        self.batch = options.batch
        self.names = names
        self.rows = next(iter(lengths.values()), 1)
        self.signature = Signature(tuple(structures), tuple(arrays))

    def row(self, i: int) -> list:
        """All numbers that the function is called with for row `i`."""
        found = []
        for k, column in enumerate(self._columns):
            found += self._of_row(k, i) if k in self.batch else column
        return found

    def _of_row(self, k: int, i: int) -> list:
        """The numbers of a batched argument in a row."""
        name = f"{self.names[k]}[{i}]"
        return numbers_in(self._columns[k][i], self.signature.structures[k], name)

    @cached_property
    def plain(self) -> list:
        """The arguments anew, of floats."""
        found = []
        for k, s in enumerate(self.signature.structures):
            if k not in self.batch:
                found.append(s.fill(self._columns[k]))
                continue
            rows = [s.fill(self._of_row(k, i)) for i in range(self.rows)]
            found.append(array_of(rows) if self.signature.arrays[k] else rows)
        return found


def array_of(rows: Sequence) -> Any:
    import numpy

    return numpy.array(rows)


def read_rows(x: Any, name: str) -> tuple[Structure, Sequence]:
    """The structure of the rows of a batched argument, and the rows."""
    if is_array(x):
        structure, rows = Structure("array", tuple(x.shape[1:])) if x.ndim > 1 else NUMBER, x
    elif isinstance(x, list | tuple):
        structure, rows = structure_of(x[0]) if x else NUMBER, [*x]
        for i, row in enumerate(x):
            if structure_of(row) != structure:
                rows[i] = structure.ordered(row)
                if structure_of(rows[i]) != structure:
                    raise ValueError(
                        f"{name}[{i}] has not the structure of {name}[0]: rows are alike, and not "
                        f"{brief(x[0])} and {brief(row)}"
                    )
    else:
        remedy = "; x.astype(float) makes numbers of it" if array_kind(x) in ("b", "V") else ""
        raise TypeError(
            f"{name} has a batch axis: give an array of numbers or a list of rows, not {brief(x)}"
            f"{remedy}"
        )
    if not len(rows):
        raise ValueError(f"{name} has no rows; give at least one")
    return structure, rows
