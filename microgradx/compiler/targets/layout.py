"""How the numbers of a call lie in arrays, for the targets that compute all rows at once."""

from collections.abc import Sequence
from typing import Any

import numpy

from microgradx.arrays import ordinary
from microgradx.compiler.program import Program
from microgradx.compiler.signature import Options, Signature
from microgradx.compiler.structure import NUMBER, Structure, structure_of


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
        # Lists of numbers are common and may be long: they are read and made at once.
        self.flat = {
            k
            for k, s in enumerate(signature.structures)
            if s.kind is list and all(part == NUMBER for part in s.parts)
        }
        self.parts: list[tuple[int, slice]] = []  # of the outputs of its kind, each argument's
        at = {True: int(bool(options.reduce)), False: int(not options.reduce)}
        for k in options.slopes_by:
            summed, size = self.is_summed(k), signature.structures[k].size
            self.parts.append((k, slice(at[summed], at[summed] + size)))
            at[summed] += size

    def is_summed(self, k: int) -> bool:
        """Whether the gradient by an argument is added over the rows."""
        return bool(self.options.reduce) and k not in self.options.batch

    def read(self, arguments: Sequence) -> "tuple[Any, list[Any], int] | None":
        """The fixed numbers, an array of rows for each batched argument, and how many rows.

        None if the arguments have another signature, or are not finite numbers.
        """
        fixed, batches, lengths = [], [], set()
        try:
            for k, (s, x) in enumerate(zip(self.signature.structures, arguments, strict=True)):
                batched = k in self.options.batch
                array = self.rows(s, x, k) if batched else self.numbers(s, x, k)
                if array is None:
                    return None
                (batches if batched else fixed).append(array)
                if batched:
                    lengths.add(len(array))
        except (TypeError, ValueError):
            return None
        if len(lengths) > 1 or lengths == {0}:
            return None
        first = fixed[0] if len(fixed) == 1 else numpy.concatenate(fixed or [numpy.empty(0)])
        return first, batches, lengths.pop() if lengths else 1

    def numbers(self, s: Structure, x: Any, k: int) -> Any:
        """The numbers of an argument."""
        if s.kind == "array":
            return as_floats(x).ravel() if getattr(x, "shape", None) == s.keys else None
        if k in self.flat and isinstance(x, list):
            return as_floats(x) if len(x) == len(s.parts) else None
        return as_floats(s.numbers(x)) if structure_of(x) == s else None

    def rows(self, s: Structure, x: Any, k: int) -> Any:
        """The numbers of a batched argument, a row in each row."""
        if self.signature.arrays[k]:
            if getattr(x, "shape", (None,))[1:] != s.keys:
                return None
            return as_floats(x).reshape(len(x), -1)
        if not isinstance(x, list | tuple) or not all(structure_of(row) == s for row in x):
            return None
        return as_floats([s.numbers(row) for row in x])

    def arrange(self, totals: Any, rows: Any) -> Any:
        """The results.

        Args:
            totals: The sum of each output in `summed`.
            rows: For each output in `kept`, its numbers: an array of outputs × rows.
        """
        options, n = self.options, rows.shape[1]
        if options.reduce == "mean":
            totals, rows = totals / n, rows / n
        if options.result == "hessian":
            return totals.tolist() if options.reduce else self.points(rows)
        value = float(totals[0]) if options.reduce else self.column(rows[:1], None)
        if options.result == "value":
            return value
        parts = [
            self.numbers_of(k, totals[mine]) if self.is_summed(k) else self.column(rows[mine], k)
            for k, mine in self.parts
        ]
        return value, parts[0] if options.single else tuple(parts)

    def numbers_of(self, k: int | None, numbers: Any) -> Any:
        """The structure of an argument, or the value if `k` is None, with these numbers."""
        if k in self.flat:
            return numbers.tolist()
        s = NUMBER if k is None else self.signature.structures[k]
        return numbers.reshape(s.keys) if s.kind == "array" else s.fill(numbers.tolist())

    def points(self, rows: Any) -> list:
        """The numbers of each row; of the only one if there is no batch."""
        return rows.T.tolist() if self.options.batch else rows[:, 0].tolist()

    def column(self, rows: Any, k: int | None) -> Any:
        """Results of all rows, as `numbers_of` those of one: in an array or in a list."""
        if not self.options.batch:
            return self.numbers_of(k, rows[:, 0])
        s = NUMBER if k is None else self.signature.structures[k]
        if self.signature.has_array_of_rows(self.options, k):
            return rows.T.reshape(rows.shape[1], *s.keys).copy()
        return [s.fill(row) for row in rows.T.tolist()]


def as_floats(x: Any) -> Any:
    array = numpy.asarray(ordinary(x))
    if array.dtype == float:
        return array
    if array.dtype.kind not in "iuf":
        raise TypeError(f"numbers are floats, not {array.dtype}")
    return array.astype(float)
