"""NumPy: the program once for all rows, each operation on the arrays of a block of them."""

from typing import Any

import numpy

from microgradx.apply import library
from microgradx.compiler.bounds import hidden
from microgradx.compiler.dialects import ARRAYS
from microgradx.compiler.program import Program
from microgradx.compiler.recording import Guard
from microgradx.compiler.signature import Options, Signature
from microgradx.compiler.targets.layout import Layout
from microgradx.compiler.targets.python import load
from microgradx.compiler.targets.text import assignments, indented, refuse_unless, wrapped
from microgradx.compiler.writer import Writer

BLOCK = 2048  # rows: the arrays of a longer block would not stay in the cache


def build(program: Program, signature: Signature, options: Options, title: str) -> tuple:
    """The run of a program, and its source."""
    layout = Layout(program, signature, options)
    program, constants = program.without_constants(layout.summed, layout.varying)
    space = library([numpy.zeros(1)]).space
    functions = {name: space[name] for name in ARRAYS.functions() if name in space}
    functions.update(every=numpy.all, some=numpy.any, where=numpy.where)
    title, text = source(program, layout, title, functions)
    kernel = numpy.errstate(all="ignore")(load(text, title, tuple(functions.items())))

    def run(*arguments: Any) -> Any:
        call = layout.read(arguments)
        if call is None:
            return None
        fixed, batches, n = call
        totals = numpy.zeros(len(layout.summed))
        kept = numpy.empty((len(layout.kept), n))
        for start in range(0, n, BLOCK):
            rows = slice(start, min(start + BLOCK, n))
            columns = [x for array in batches for x in numpy.ascontiguousarray(array[rows].T)]
            results = kernel(fixed, columns)
            if results is None:
                return None
            outputs, others = results
            for j, x in zip(layout.kept, kept, strict=True):
                x[rows] = outputs[j]
            if layout.summed:  # what is the same for all rows comes after the others
                count = rows.stop - start
                for k, x in zip(constants, outputs[layout.count :], strict=True):
                    totals[layout.summed.index(k)] += count * x
                block = numpy.empty((len(layout.summed), count))
                for j, x in zip(layout.summed, block, strict=True):
                    x[:] = outputs[j]
                totals += block.sum(axis=1)
            if not all(numpy.isfinite(x).all() for x in others):
                return None
        if not (numpy.isfinite(totals).all() and numpy.isfinite(kept).all()):
            return None
        return layout.arrange(totals, kept)

    return run, text


def source(program: Program, layout: Layout, title: str, functions: dict) -> tuple[str, str]:
    """A name and the program as a function of the fixed numbers and of the columns of the rows.

    The function returns its outputs and what has to be looked at besides; None if a guard fails.
    """
    others = hidden(program)
    writer = Writer(program, ARRAYS, {*functions, "fixed", "columns"}, others)
    title = writer.name(title)
    inputs = [writer.text(i) for i in range(program.inputs)]
    lines: list[str] = []
    for name, of in (("fixed", layout.fixed), ("columns", layout.varying)):
        if of:
            lines += wrapped(f"[{', '.join(inputs[i] for i in of)}] = {name}")

    def refuse(guard: Guard, condition: str) -> list[str]:
        # A comparison that is to be false is so for every row.
        held = f"every({condition})" if guard.outcome else f"not some({condition})"
        return refuse_unless(held)

    rows = range(program.inputs, len(program.rows))
    lines += assignments(writer, rows, program.guards, refuse)
    outputs = ", ".join(writer.text(x) for x in program.outputs)
    looked_at = ", ".join(writer.text(i) for i in others)
    lines += wrapped(f"return ([{outputs}], [{looked_at}])")
    return title, "\n".join([f"def {title}(fixed, columns):", *indented(lines), ""])
