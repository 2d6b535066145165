"""JAX: the program as a pure function of arrays, which JAX compiles, maps, shards, differentiates.

It computes with the floats that JAX does by default: for the digits of the engine, say
`jax.config.update("jax_enable_x64", True)` first. Called with numbers, it sees to it that all is
finite, like every program. Where float32 is exceeded, the engine answers: its results are Python's
floats or NumPy's arrays, which have more room, even if JAX's arrays were given. Where JAX traces it
(under `jax.jit`, `vmap`, `grad`) there are no numbers to look at: its results then are nan for rows
where something is not finite, and for those of another branch. JAX differentiates the value by the
slopes of the table, and these as the formulas that they are: right at kinks up to the second order.
"""

from collections.abc import Callable
from functools import cache, partial, reduce
from typing import Any

import jax
import numpy
from jax import numpy as jnp
from jax.core import Tracer
from jax.custom_derivatives import SymbolicZero

from microgradx.arrays import JaxLibrary, along, known, one_or_nan, unwarned
from microgradx.compiler.bounds import hidden
from microgradx.compiler.compiled import Compiled
from microgradx.compiler.dialects import ARRAYS
from microgradx.compiler.program import Program
from microgradx.compiler.signature import Call, Options, Signature
from microgradx.compiler.targets.jax_form import Form, rows_of, stacked
from microgradx.compiler.targets.layout import Layout
from microgradx.compiler.targets.python import load
from microgradx.compiler.targets.text import assignments, indented, list_of, unpacked, wrapped
from microgradx.compiler.trace import Trace
from microgradx.compiler.writer import Writer
from microgradx.errors import RangeError
from microgradx.graph import Node, Recorded
from microgradx.trees import flatten


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
        if results is not None:
            return results
        if any(isinstance(x, Node | Recorded) for x in numbers):
            raise TypeError("a program that JAX traces takes numbers and arrays, no Values")
        # The numbers are known, as under jax.grad: another branch fits them, or the error is said.
        super()._answer(fill([*map(known, numbers)]))
        results = self._run(*arguments)
        if results is None:
            raise RangeError(
                "a number of the program exceeds the floats of JAX, and the engine, which has more "
                "room, is not traced: say jax.config.update('jax_enable_x64', True) first"
            )
        return results

    def _build(self, program: Program, signature: Signature, begin: Callable[[], Trace]) -> tuple:
        def slopes() -> Program:
            arguments = range(len(signature.structures))
            return begin().gradient(self.function, self.options.wrt, arguments)

        return build(program, signature, self.options, self.title, slopes)

    def _crowded(self) -> bool:
        return False  # where JAX differentiates, the engine has no answer

    def _plain(self, call: Call, arguments: tuple) -> tuple:
        return arguments  # on the devices where they are

    def _rows(self, x: Any, start: int, end: int) -> Any:
        """Some rows over and over, as many as there are: for these JAX has compiled."""
        chosen = [start + i % (end - start) for i in range(len(x))]
        return [x[i] for i in chosen] if isinstance(x, list | tuple) else x[numpy.array(chosen)]

    def _filling(self, fill: Callable, count: int) -> Callable:
        """In arrays of JAX: those of NumPy show only which numbers they hold."""
        places, build = flatten(fill([*range(count)]))
        return lambda numbers: build([numbers[i] for i in places])

    def _most(self) -> float:
        return most()


def most() -> float:
    """The largest of the floats that JAX computes with by default."""
    return float(jnp.finfo(jnp.result_type(float)).max)


def stand_in(x: Any) -> Any:
    """Zeros in the place of numbers that JAX does not know yet."""
    return numpy.zeros(x.shape, x.dtype)[()] if isinstance(x, Tracer) else x


def build(
    program: Program,
    signature: Signature,
    options: Options,
    title: str,
    slopes: Callable[[], Program],
) -> tuple:
    """The run of a program, and its source; `slopes` gives the gradient by all of its inputs."""
    form = Form(program, signature, options)
    kernel, text = kernel_of(program, form.layout, title)
    if options.result != "hessian":
        traced_once = cache(lambda: kernel_of(slopes(), form.layout, title)[0])
        kernel = by_the_table(kernel, form.layout, traced_once)

    @partial(jax.jit, static_argnums=1)
    def compute(given: list, traced: bool) -> tuple:
        fixed, columns, n = form.unpack(given)
        outputs, others, conditions = kernel(fixed, columns)
        if traced:  # where nothing can be raised, all is nan
            shown = (*(outputs[j] for j in form.layout.kept), *others)
            conditions = [*conditions, *map(jnp.isfinite, shown)]
        if conditions:
            factor = one_or_nan(reduce(jnp.logical_and, conditions), jnp)
            outputs = [x * factor for x in outputs]
        totals = [rows_of(outputs[j], n).sum() for j in form.layout.summed]
        totals = jnp.stack(totals) if totals else jnp.zeros(0)
        kept = stacked([outputs[j] for j in form.layout.kept], n)
        if traced:  # of outputs that are summed the sums are looked at, which need no memory
            factor = one_or_nan(jnp.isfinite(totals).all(), jnp)
            totals, kept = totals * factor, kept * factor
        sound = [jnp.isfinite(x).all() for x in (totals, kept, *map(jnp.asarray, others))]
        return form.pack(totals, kept, given), jnp.stack(sound).all()

    @unwarned  # of what exceeds float32, which shows in the results
    def run(*arguments: Any) -> Any:
        try:
            given = form.read(arguments)
        except (AttributeError, TypeError, ValueError):
            return None
        results, sound = compute(given, any(isinstance(x, Tracer) for x in jax.tree.leaves(given)))
        traced = isinstance(sound, Tracer)
        return form.arrange(results, given, traced) if traced or sound else None

    return run, text


def kernel_of(program: Program, layout: Layout, title: str) -> tuple[Callable, str]:
    """A program as a function of the fixed numbers and of the columns of the rows; its source."""
    space = JaxLibrary(jnp).space
    functions = {name: space[name] for name in ARRAYS.functions() if name in space}
    functions.update(where=jnp.where)
    title, text = source(program, layout, title, functions)
    return load(text, title, tuple(functions.items())), text


def by_the_table(kernel: Callable, layout: Layout, slopes: Callable[[], Callable]) -> Callable:
    """A kernel whose value JAX differentiates by the slopes of the table.

    Its own would be those of the formulas for values: others at kinks, and at 0 of sigmoid.
    `slopes` gives the kernel of the value and its gradient by all inputs.
    """
    differentiable = jax.custom_jvp(kernel)

    def rule(primals: tuple, tangents: tuple) -> tuple:
        given = jax.tree.map(filled_in, primals, tangents)
        results, (changes, *others) = jax.jvp(kernel, primals, given)
        (_, *by), *_ = slopes()(*primals)
        fixed, columns = tangents
        change = along([by[i] for i in (*layout.fixed, *layout.varying)], [*fixed, *columns])
        return results, ([jnp.zeros_like(results[0][0]) + change, *changes[1:]], *others)

    differentiable.defjvp(rule, symbolic_zeros=True)
    return differentiable


def filled_in(x: Any, tangent: Any) -> Any:
    """A tangent of x as an array, also where it is known to be 0 before there are numbers."""
    return jnp.zeros_like(x) if isinstance(tangent, SymbolicZero) else tangent


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
    conditions = [f"{'' if g.outcome else '~'}({writer.compared(g)})" for g in program.guards]
    parts = [map(writer.text, program.outputs), map(writer.text, others), conditions]
    lines += wrapped(f"return {', '.join(map(list_of, parts))}")
    return title, "\n".join([f"def {title}(fixed, columns):", *indented(lines), ""])
