"""How the numbers of a call lie in the arrays that JAX is given, and in its results."""

import math
from typing import Any

import jax
import numpy
from jax import numpy as jnp

from microgradx.compiler.program import Program
from microgradx.compiler.signature import Options, Signature
from microgradx.compiler.structure import NUMBER, Structure, dict_kind, slices
from microgradx.compiler.targets.layout import Layout, as_floats
from microgradx.graph import array_kind, number


class Form:
    """How the numbers of a call lie in the arrays that JAX is given, and in its results.

    Each argument is one array of all its numbers if these are plain ones, else a list of the
    arrays and numbers that it holds; and so is the gradient with respect to it. Batches have rows
    in front.
    """

    def __init__(self, program: Program, signature: Signature, options: Options):
        self.layout = Layout(program, signature, options)
        self.signature, self.options = signature, options

    def read(self, arguments: tuple) -> list:
        """The arguments for JAX; an error if they have another signature."""
        given, lengths = [], set()
        for k, (s, x) in enumerate(zip(self.signature.structures, arguments, strict=True)):
            if k not in self.options.batch:
                found = leaves(s, x)
                given.append(found if any(map(on_device, found)) else as_floats(found))
                continue
            if self.signature.arrays[k]:
                found = leaves(s, x, x.shape[:1])
            elif isinstance(x, list | tuple):
                rows = [leaves(s, row) for row in x]
                plain = not any(on_device(y) for row in rows for y in row)
                found = as_floats(rows) if plain else [*map(jnp.stack, zip(*rows, strict=True))]
            else:
                raise TypeError("rows lie in an array, a list or a tuple")
            given.append(found)
            lengths.add(len(x))
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError("batched arguments have as many rows as each other")
        return given

    def unpack(self, given: list) -> tuple[list, list, int]:
        """The fixed numbers, the columns of the rows, and how many rows there are."""
        numbers, n = [], 1
        for k, found in enumerate(given):
            for x in found if isinstance(found, list) else [found]:
                array = jnp.asarray(x, float)
                if k in self.options.batch:
                    n = len(array)
                    array = array.reshape(n, math.prod(array.shape[1:])).T
                numbers += [*array] if k in self.options.batch else [*array.ravel()]
        layout = self.layout
        return [numbers[i] for i in layout.fixed], [numbers[i] for i in layout.varying], n

    def pack(self, totals: jax.Array, kept: jax.Array, given: list) -> tuple:
        """The value, and the gradient in the form of the arguments; of a hessian, all numbers.

        Args:
            totals: The sums of outputs over the rows.
            kept: For each other output, its numbers in all rows.
            given: The arguments.
        """
        options, n = self.options, kept.shape[1]
        if options.reduce == "mean":
            totals, kept = totals / n, kept / n
        kept = kept.T if options.batch else kept[:, 0]
        if options.result == "hessian":
            return totals if options.reduce else kept, []
        value = totals[0] if options.reduce else kept[..., 0]
        parts = []
        for k, mine in self.layout.parts:
            part = totals[mine] if self.layout.is_summed(k) else kept[..., mine]
            s = self.signature.structures[k]
            parts.append(split(s, part) if isinstance(given[k], list) else part)
        return value, parts

    def arrange(self, results: tuple, given: list, traced: bool) -> Any:
        """The results in the structures of the arguments; plain numbers where these are plain."""
        options, (value, parts) = self.options, results
        if not traced and not any(isinstance(found, list) for found in given):
            value = value.tolist()
        if options.result == "hessian":
            return value
        arrays = all(self.signature.arrays[k] for k in options.batch)
        if options.batch and not (options.reduce or arrays):
            value = [*value]
        if options.result == "value":
            return value
        parts = [self.part(k, x, traced) for k, x in zip(options.wrt, parts, strict=True)]
        return value, options.gradient_of(parts)

    def part(self, k: int, found: Any, traced: bool) -> Any:
        """The gradient with respect to one argument."""
        options, s = self.options, self.signature.structures[k]
        rows = k in options.batch or bool(options.batch and not options.reduce)
        if rows and self.signature.has_array_of_rows(options, k):
            return found[0] if isinstance(found, list) else found[:, 0]
        if isinstance(found, list):
            s = shell(s)
            return [s.fill(row) for row in zip(*found, strict=True)] if rows else s.fill(found)
        if rows:
            return [s.fill([*row] if traced else row.tolist()) for row in found]
        return s.fill([*found] if traced else found.tolist())


def leaves(s: Structure, x: Any, rows: tuple = ()) -> list:
    """The arrays and numbers that an argument holds; an error if it has another structure."""
    if s.kind in (None, "array"):
        if getattr(x, "shape", ()) != rows + s.keys:
            raise TypeError("another shape")
        found = ready(x) if on_device(x) else number(x)
        if not isinstance(found, float) and array_kind(found) not in ("f", "i", "u"):
            raise TypeError("no number, or a Value, which is one for the engine")
        return [found]
    if (dict_kind(x) if isinstance(x, dict) else (type(x), None)) != (s.kind, s.factory):
        raise TypeError("another container")
    if s.keys and tuple(x) != s.keys:
        raise TypeError("other keys")
    members = x.values() if s.keys else x
    return [y for part, m in zip(s.parts, members, strict=True) for y in leaves(part, m)]


def ready(x: Any) -> Any:
    """An array of numbers as JAX reads them: of NumPy's, it misreads those of other machines."""
    native = type(x) is numpy.ndarray and x.dtype.isnative and x.dtype.itemsize <= 8
    return x if native or isinstance(x, jax.Array) else as_floats(x)


def on_device(x: Any) -> bool:
    """Whether it is an array, for which JAX gives one."""
    return isinstance(x, jax.Array | numpy.ndarray)


def shell(s: Structure) -> Structure:
    """A structure with a number in the place of each array."""
    return NUMBER if s.kind == "array" else s._replace(parts=tuple(map(shell, s.parts)))


def split(s: Structure, numbers: jax.Array) -> list:
    """The arrays of a structure, whose numbers lie along the last axis."""
    if s.kind in (None, "array"):
        return [numbers.reshape(numbers.shape[:-1] + s.keys)]
    return [x for part, mine in slices(s.parts) for x in split(part, numbers[..., mine])]


def stacked(outputs: list, n: int) -> jax.Array:
    """The numbers of some outputs in each of `n` rows."""
    return jnp.stack([rows_of(x, n) for x in outputs]) if outputs else jnp.zeros((0, n))


def rows_of(x: Any, n: int) -> jax.Array:
    return jnp.broadcast_to(jnp.asarray(x, float), (n,))
