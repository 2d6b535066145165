"""How the numbers of a call lie in arrays, for the targets that compute all rows at once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from microgradx.arrays import ordinary
from microgradx.compiler.program import Program
from microgradx.compiler.signature import Options, Signature
from microgradx.compiler.structure import NUMBER, Structure, structure_of
from microgradx.errors import MathError
from microgradx.graph import number


class Layout:
    """The arguments of a program as arrays, and its outputs as results.

    Attributes:
        fixed: The inputs that are the same for all rows.
        varying: The inputs that have a batch axis.
        count: How many outputs there are.
        summed: The outputs that are added over the rows.
        kept: The outputs of which every row is wanted.
    """

    def __init__(self, program: Program, signature: Signature, options: Options):
        self.signature, self.options = signature, options
        self.varying = signature.positions(options.batch)
        batched = {*self.varying}
        self.fixed = [i for i in range(program.inputs) if i not in batched]
        self.count = len(program.outputs)
        self.summed = signature.summed(options, self.count)
        self.kept = sorted({*range(self.count)} - {*self.summed})
        self.readers = [
            (reader(s, k in options.batch, signature.arrays[k]), k in options.batch)
            for k, s in enumerate(signature.structures)
        ]
        self.makers = [*map(maker, signature.structures)]
        self.parts: list[tuple[int, slice]] = []  # of the outputs of its kind, each argument's
        at = {True: int(bool(options.reduce)), False: int(not options.reduce)}
        for k in options.slopes_by:
            summed, size = self.is_summed(k), signature.structures[k].size
            self.parts.append((k, slice(at[summed], at[summed] + size)))
            at[summed] += size

    def is_summed(self, k: int) -> bool:
        """Whether the gradient with respect to an argument is added over the rows."""
        return bool(self.options.reduce) and k not in self.options.batch

    def read(self, arguments: Sequence) -> "tuple[Any, list[Any], int] | None":
        """The fixed numbers, an array of rows for each batched argument, and how many rows.

        None if the arguments have another signature, or are not finite numbers.
        """
        fixed, batches, lengths = [], [], set()
        try:
            for (read, batched), x in zip(self.readers, arguments, strict=True):
                array = read(x)
                if array is None:
                    return None
                if batched:
                    batches.append(array)
                    lengths.add(len(array))
                else:
                    fixed.append(array)
        except (AttributeError, MathError, TypeError, ValueError):
            return None
        if len(lengths) > 1 or lengths == {0}:
            return None
        first = fixed[0] if len(fixed) == 1 else numpy.concatenate(fixed or [numpy.empty(0)])
        return first, batches, lengths.pop() if lengths else 1

    def arrange(self, totals: Any, rows: Any) -> Any:
        """The results.

        Args:
            totals: The sum of each output in `summed`.
            rows: For each output in `kept`, its numbers: an array of outputs × rows.
        """
        options, n = self.options, rows.shape[1]
        if options.reduce == "mean":
            totals, rows = totals / n, rows / n if len(rows) else rows
        if options.result == "hessian":
            return totals.tolist() if options.reduce else self.points(rows)
        value = float(totals[0]) if options.reduce else self.column(rows[:1], None)
        if options.result == "value":
            return value
        parts = [
            self.makers[k](totals[mine]) if self.is_summed(k) else self.column(rows[mine], k)
            for k, mine in self.parts
        ]
        return value, options.gradient_of(parts)

    def points(self, rows: Any) -> list:
        """The numbers of each row; of the only one if there is no batch."""
        return rows.T.tolist() if self.options.batch else rows[:, 0].tolist()

    def column(self, rows: Any, k: int | None) -> Any:
        """The gradients of all rows by argument `k`, or their values if it is None: in an array or
        in a list; what is the only row without a batch."""
        if not self.options.batch:
            return float(rows[0, 0]) if k is None else self.makers[k](rows[:, 0])
        s = NUMBER if k is None else self.signature.structures[k]
        if self.signature.has_array_of_rows(self.options, k):
            # A copy: whoever keeps the values does not keep the numbers of all outputs.
            return rows.T.reshape(rows.shape[1], *s.keys).copy()
        return [s.fill(row) for row in rows.T.tolist()]


def reader(s: Structure, batched: bool, in_array: bool) -> Callable[[Any], Any]:
    """How to read an argument: its numbers, or a row of them for each of its own, as an array.

    It returns None for one of another structure, and may raise what `Layout.read` catches.
    """

    def one(x: Any) -> Any:
        return as_floats(plain(s.numbers(x))) if structure_of(x) == s else None

    def flat(x: Any) -> Any:
        plain_floats = x.__class__ is list and len(x) == len(s.parts) and are_floats(x)
        return as_floats(x) if plain_floats else one(x)

    def rows(x: Any) -> Any:
        if not isinstance(x, list | tuple) or not all(structure_of(row) == s for row in x):
            return None
        return as_floats([plain(s.numbers(row)) for row in x])

    if batched and in_array:
        return lambda x: as_floats(x).reshape(len(x), -1) if x.shape[1:] == s.keys else None
    if batched:
        return rows
    if s.kind == "array":
        return lambda x: as_floats(x).ravel() if x.shape == s.keys else None
    if is_flat(s):
        return flat
    return one


def maker(s: Structure) -> Callable[[Any], Any]:
    """How to make something of a structure of an array of its numbers."""
    if s.kind == "array":
        return lambda numbers: numbers.reshape(s.keys)
    if is_flat(s):
        return lambda numbers: numbers.tolist()
    return lambda numbers: s.fill(numbers.tolist())


def is_flat(s: Structure) -> bool:
    """Whether it is a list of numbers: common, and long at times, so read and made at once."""
    return s.kind is list and all(part == NUMBER for part in s.parts)


def plain(numbers: list) -> list:
    """Numbers out of lists, as Values can hold them; NumPy would make a number of True.

    Raises:
        TypeError, MathError: If one is no finite number.
    """
    return numbers if are_floats(numbers) else [*map(number, numbers)]


def are_floats(numbers: list) -> bool:
    """Whether NumPy reads them as numbers, and as the same ones."""
    return {*map(type, numbers)} <= {float, int}


def as_floats(x: Any) -> Any:
    if x.__class__ is numpy.ndarray and x.dtype == float:
        return x
    array = numpy.asarray(ordinary(x))
    if array.dtype == float:
        return array
    if array.dtype.kind not in "iuf":
        raise TypeError(f"numbers are floats, not {array.dtype}")
    return array.astype(float)
