"""JAX: the program as a pure function of arrays, which JAX compiles, maps, shards, differentiates.

It computes with the floats that JAX does by default: for the digits of the engine, say
`jax.config.update("jax_enable_x64", True)` first. Called with numbers, it sees to it that all is
finite, like every program. Where float32 is exceeded, the engine answers: its results are Python's
floats or NumPy's arrays, which have more room, even if JAX's arrays were given. Where JAX traces it
(under `jax.jit`, `vmap`, `grad`) there are no numbers to look at: its results then are nan for rows
where something is not finite, and for those of another branch.
"""

import math
from functools import partial
from typing import Any

import numpy

from microgradx.arrays import ArrayLibrary
from microgradx.compiler.bounds import hidden
from microgradx.compiler.compiled import Compiled
from microgradx.compiler.dialects import ARRAYS
from microgradx.compiler.program import Program
from microgradx.compiler.signature import Call, Options, Signature
from microgradx.compiler.structure import NUMBER, Structure, slices
from microgradx.compiler.targets.layout import Layout, as_floats
from microgradx.compiler.targets.python import load
from microgradx.compiler.targets.text import assignments, indented, list_of, unpacked, wrapped
from microgradx.compiler.writer import Writer
from microgradx.graph import array_kind, number
from microgradx.trees import flatten

try:
    import jax
    from jax import numpy as jnp
    from jax.core import Tracer
except ImportError:
    raise ImportError("programs for JAX take JAX: pip install 'microgradx[jax]'") from None


class Traceable(Compiled):
    """A program that JAX may call with arrays of which it knows the shapes alone."""

    def _answer(self, arguments: tuple) -> Any:
        numbers, fill = flatten(arguments)
        if not any(isinstance(x, Tracer) for x in numbers):
            return super()._answer(arguments)
        call = Call(self.options, fill([*map(stand_in, numbers)]))
        found = [version for version in self.versions if version.signature == call.signature]
        version = found[0] if found else self._trace(call, None)
        self._put_first(version)
        results = version.run(*arguments)
        if results is None:
            raise TypeError("a program that JAX traces takes numbers and arrays, no Values")
        return results

    def _plain(self, call: Call, arguments: tuple) -> tuple:
        return arguments  # on the devices where they are

    def _rows(self, x: Any, start: int, end: int) -> Any:
        """Some rows over and over, as many as there are: for these JAX has compiled."""
        chosen = [start + i % (end - start) for i in range(len(x))]
        return [x[i] for i in chosen] if isinstance(x, list | tuple) else x[numpy.array(chosen)]

    def _most(self) -> float:
        return most()


def most() -> float:
    """The largest of the floats that JAX computes with by default."""
    return float(jnp.finfo(jnp.result_type(float)).max)


def stand_in(x: Any) -> Any:
    """Zeros in the place of numbers that JAX does not know yet."""
    return numpy.zeros(x.shape, x.dtype)[()] if isinstance(x, Tracer) else x


def build(program: Program, signature: Signature, options: Options, title: str) -> tuple:
    """The run of a program, and its source."""
    form = Form(program, signature, options)
    space = ArrayLibrary(jnp).space
    functions = {name: space[name] for name in ARRAYS.functions() if name in space}
    functions.update(where=jnp.where)
    title, text = source(program, form.layout, title, functions)
    kernel = load(text, title, tuple(functions.items()))

    @partial(jax.jit, static_argnums=1)
    def compute(given: list, traced: bool) -> tuple:
        fixed, columns, n = form.unpack(given)
        outputs, others, conditions = kernel(fixed, columns)
        if traced:  # where nothing can be raised, all is nan
            conditions = [*conditions, *map(jnp.isfinite, (*outputs, *others))]
        for held in conditions:
            outputs = [x * jnp.where(held, 1.0, jnp.nan) for x in outputs]
        totals = [rows_of(outputs[j], n).sum() for j in form.layout.summed]
        totals = jnp.stack(totals) if totals else jnp.zeros(0)
        kept = stacked([outputs[j] for j in form.layout.kept], n)
        sound = [jnp.isfinite(x).all() for x in (totals, kept, *map(jnp.asarray, others))]
        return form.pack(totals, kept, given), jnp.stack(sound).all()

    def run(*arguments: Any) -> Any:
        try:
            given = form.read(arguments)
        except (AttributeError, TypeError, ValueError):
            return None
        results, sound = compute(given, any(isinstance(x, Tracer) for x in jax.tree.leaves(given)))
        traced = isinstance(sound, Tracer)
        return form.arrange(results, given, traced) if traced or sound else None

    return run, text


class Form:
    """How the numbers of a call lie in the arrays that JAX is given, and in its results.

    Each argument is one array of all its numbers if these are plain ones, else a list of the
    arrays and numbers that it holds; and so is the gradient by it. Batches have rows in front.
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
        return value, parts[0] if options.single else tuple(parts)

    def part(self, k: int, found: Any, traced: bool) -> Any:
        """The gradient by one argument."""
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
    if not (type(x) is s.kind or (s.kind is dict and isinstance(x, dict))):
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


def source(program: Program, layout: Layout, title: str, functions: dict) -> tuple[str, str]:
    """A name and the program as a function of the fixed numbers and of the columns of the rows.

    The function returns its outputs, what has to be looked at besides, and the conditions under
    which it holds.
    """
    others = hidden(program, most())
    writer = Writer(program, ARRAYS, {*functions, "fixed", "columns"}, others)
    title = writer.name(title)
    lines = unpacked(writer, fixed=layout.fixed, columns=layout.varying)
    lines += assignments(writer, range(program.inputs, len(program.instructions)))
    conditions = [
        f"{'' if g.outcome else '~'}({writer.text(g.x)} {g.sign} {writer.text(g.y)})"
        for g in program.guards
    ]
    parts = [map(writer.text, program.outputs), map(writer.text, others), conditions]
    lines += wrapped(f"return {', '.join(map(list_of, parts))}")
    return title, "\n".join([f"def {title}(fixed, columns):", *indented(lines), ""])
