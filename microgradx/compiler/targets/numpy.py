"""NumPy: the program once for all rows, each operation on the arrays of a block of them."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy

from microgradx.apply import library
from microgradx.compiler.bounds import hidden
from microgradx.compiler.dialects import ARRAYS
from microgradx.compiler.program import Program
from microgradx.compiler.recording import Guard, Operand
from microgradx.compiler.signature import Options, Signature
from microgradx.compiler.targets.layout import Layout
from microgradx.compiler.targets.python import load
from microgradx.compiler.targets.text import (
    indented,
    list_of,
    refuse_if,
    refuse_unless,
    statement_lines,
    unpacked,
    wrapped,
)
from microgradx.compiler.writer import Statement, Writer

BLOCK = 2048  # rows: the arrays of a longer block would not stay in the cache
ARGUMENTS = "fixed", "columns", "ones"


def build(program: Program, signature: Signature, options: Options, title: str) -> tuple:
    """The run of a program, and its source."""
    layout = Layout(program, signature, options)
    space = library([numpy.zeros(1)]).space
    functions = {name: space[name] for name in ARRAYS.functions() if name in space}
    functions.update(every=numpy.all, some=numpy.any, where=numpy.where, dot=numpy.ndarray.dot)
    source = Source(program, layout, title, functions)
    kernel = numpy.errstate(all="ignore")(load(source.text, source.title, (*functions.items(),)))

    def run(*arguments: Any) -> Any:
        call = layout.read(arguments)
        if call is None:
            return None
        fixed, batches, n = call
        totals = numpy.zeros(len(layout.summed))
        kept = numpy.empty((len(layout.kept), n))
        ones = numpy.ones(min(n, BLOCK))
        for start in range(0, n, BLOCK):
            rows = slice(start, min(start + BLOCK, n))
            columns = [x for array in batches for x in numpy.ascontiguousarray(array[rows].T)]
            results = kernel(fixed, columns, ones[: rows.stop - start])
            if results is None:
                return None
            sums, outputs, others = results
            totals += sums
            for output, x in zip(outputs, kept, strict=True):
                x[rows] = output
            if not all(numpy.isfinite(x).all() for x in others):
                return None
        if not (numpy.isfinite(totals).all() and numpy.isfinite(kept).all()):
            return None
        return layout.arrange(totals, kept)

    return run, source.text


class Sum(NamedTuple):
    """An output that is added over the rows, as soon as it is computed.

    Attributes:
        output: Which output.
        instruction: The one that computes it.
    """

    output: int
    instruction: int

    @property
    def before(self) -> int:
        """The number of instructions that come before it is added."""
        return self.instruction + 1


class Source:
    """A program as a function of the fixed numbers, of the columns of the rows, and of ones.

    The function returns sums, the outputs of which every row is wanted, and what has to be looked
    at besides; None if a guard fails. Arrays are deleted after their last use: what follows finds
    their memory in the cache.

    Attributes:
        text: The source.
        title: The name of its function.
    """

    def __init__(self, program: Program, layout: Layout, title: str, functions: dict):
        program, constants = program.without_constants(layout.summed, layout.varying)
        self.program = program
        self.varying = program.varying(layout.varying)
        self.others = hidden(program)
        sums = [
            Sum(k, x)
            for k in layout.summed
            if isinstance(x := program.outputs[k], int) and self.varying[x]
        ]
        added = {x.instruction for x in sums} - {*self.others}
        self.writer = writer = Writer(program, ARRAYS, {*functions, *ARGUMENTS}, self.others, added)
        self.title = writer.name(title)
        self.names = ["total"] * layout.count
        if mine := layout.signature.positions(layout.options.slopes_by):
            self.names[1:] = [f"sum_{writer.text(i)}" for i in mine]
        self.totals: dict[int, str] = {}  # by output, the name of its sum
        lines = unpacked(writer, fixed=layout.fixed, columns=layout.varying)
        lines += self.statements(sorted([*program.guards, *sums], key=lambda stop: stop.before))
        same = {k: program.outputs[k] for k in layout.summed if k not in self.totals}
        same |= dict(zip(constants, program.outputs[layout.count :], strict=True))
        end = self.end(layout, same)
        lines = [*released(lines, end), *end]
        self.text = "\n".join([f"def {self.title}({', '.join(ARGUMENTS)}):", *indented(lines), ""])

    def end(self, layout: Layout, same: dict[int, Operand]) -> list[str]:
        """What is returned; `same` is by output what it adds for every row."""
        text, outputs = self.writer.text, self.program.outputs
        sums = {k: f"ones.size * ({text(x)})" for k, x in same.items()}
        for k, name in self.totals.items():
            sums[k] = f"{name} + {sums[k]}" if k in sums else name
        parts = (
            [sums[k] for k in layout.summed],
            [text(outputs[k]) for k in layout.kept],
            [text(i) for i in self.others],
        )
        return wrapped(f"return {', '.join(map(list_of, parts))}")

    def statements(self, stops: Iterable[Guard | Sum]) -> list[str]:
        """The statements of all instructions, with guards and sums in their places."""
        lines: list[str] = []
        instructions = range(self.program.inputs, len(self.program.instructions))
        for statements, stop in self.writer.between(instructions, stops):
            lines += statement_lines(statements)
            if isinstance(stop, Sum):
                lines += statement_lines([self.added(stop)])
            elif stop:
                # A comparison that is to be false is so for every row.
                condition = self.writer.compared(stop)
                if stop.outcome:
                    lines += refuse_unless(f"every({condition})")
                else:
                    lines += refuse_if(f"some({condition})")
        return lines

    def added(self, sum: Sum) -> Statement:
        """The statement that adds an output over the rows: a product at once, as a dot product."""
        i, text = sum.instruction, self.writer.text
        op, operands, uses = self.program.instructions[i]
        total = f"dot({text(i)}, ones)"
        if op == "mul" and all(self.varying[x] for x in uses) and len(uses) == 2:
            if not text(i).isidentifier():  # it is used nowhere else
                total = f"dot({text(operands[0])}, {text(operands[1])})"
        name = self.totals[sum.output] = self.writer.name(self.names[sum.output])
        return Statement(name, total, self.program.notes.get(i, ""), turns=False)


def released(lines: list[str], end: list[str]) -> list[str]:
    """The statements, with the deletion of each array after the last one that uses it."""
    assigned = {line.split(" = ")[0] for line in lines}
    used = {*re.findall(r"\w+", " ".join(end))}
    found: list[str] = []
    for line in lines[::-1]:
        target, _, expression = line.split("  # ")[0].partition(" = ")
        last = assigned.intersection(re.findall(r"\w+", expression or target)) - used
        used |= last
        if expression and last:  # what a guard uses stays
            found.append(f"del {', '.join(sorted(last))}")
        found.append(line)
    return found[::-1]
