"""Python source that the standard library runs: to be read, and to be stepped through.

A program of one point is straight-line code; with a batch it is a loop over the rows, and what does
not depend on them is computed before. The function returns None where the numbers are not those
that it was made for, or where a result is not finite; the caller then sees to it.
"""

import itertools
import linecache
import math
import weakref
from collections.abc import Callable, Iterable
from functools import lru_cache

from microgradx.compiler.bounds import hidden
from microgradx.compiler.dialects import PYTHON
from microgradx.compiler.program import Program
from microgradx.compiler.recording import Guard
from microgradx.compiler.signature import Options, Signature, array_of
from microgradx.compiler.structure import slices
from microgradx.compiler.targets.text import (
    Arguments,
    assignments,
    indented,
    list_of,
    refuse_if,
    refuse_unless,
    tuple_of,
    wrapped,
)
from microgradx.compiler.writer import Writer
from microgradx.libraries import FLOATS

COUNT = itertools.count(1)  # names each source
MATH = {"inf": math.inf, **{name: f for name, f in FLOATS.items() if hasattr(math, name)}}


def build(program: Program, signature: Signature, options: Options, title: str) -> tuple:
    """The function of a program, and its source."""
    source = Source(program, signature, options, title)
    return load(source.text, source.title, tuple(source.arguments.constants.items())), source.text


@lru_cache(64)
def load(text: str, title: str, constants: tuple) -> Callable:
    """The function that some source defines; debuggers and tracebacks can show its lines."""
    name = f"<compiled {title} {next(COUNT)}>"
    space = {**MATH, **dict(constants)}
    exec(compile(text, name, "exec"), space)
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    weakref.finalize(space[title], linecache.cache.pop, name, None)
    return space[title]


class Source:
    """The source of one program.

    Attributes:
        text: The source.
        title: The name of its function.
        arguments: What its names mean that are neither defined in it nor functions of `math`.
    """

    def __init__(self, program: Program, signature: Signature, options: Options, title: str):
        self.signature, self.options = signature, options
        batched = signature.positions(options.batch)
        self.count = len(program.outputs)
        summed = signature.summed(options, self.count)
        self.program, self.constants = program.without_constants(summed, batched)
        program = self.program
        self.varying = program.varying(batched)
        self.once, self.each = program.split_instructions(self.varying)
        self.hidden = hidden(program)
        # What is only added to a sum is written where it is added.
        added = {x for k in summed if isinstance(x := program.outputs[k], int)} & {*self.each}
        kept = {*program.boundary(self.each), *self.hidden} - (added - {*self.hidden})
        self.writer = Writer(program, PYTHON, MATH, kept, added)
        self.title = self.writer.name(title)
        self.numbers = [self.writer.text(i) for i in range(program.inputs)]
        self.arguments = Arguments(self.writer)
        self.mine = [self.numbers[mine] for _, mine in slices(signature.structures)]
        self.parameters = [
            mine[0] if s.kind is None and k not in options.batch else self.writer.name(name)
            for k, (s, mine, name) in enumerate(
                zip(signature.structures, self.mine, options.names, strict=True)
            )
        ]
        body = self.loop() if options.batch else self.straight()
        self.text = "\n".join(
            [
                f"def {self.title}({', '.join(self.parameters)}):",
                "    try:",
                *indented(indented(body)),
                "    except (ArithmeticError, AttributeError, TypeError, ValueError):",
                "        return None",
                "",
            ]
        )

    def straight(self) -> list[str]:
        """The statements for one point."""
        lines = [*self.unpack(enumerate(self.parameters))]
        lines += self.compute(self.once, self.program.guards)
        outputs = [self.writer.text(x) for x in self.program.outputs]
        lines += self.check([*outputs, *map(self.writer.text, self.hidden)])
        if self.options.result == "hessian":
            return [*lines, *wrapped(f"return {list_of(outputs)}")]
        return [*lines, *self.result(outputs[0], self.parts(outputs[1:]))]

    def loop(self) -> list[str]:
        """The statements for all rows of a batch."""
        options, varying = self.options, self.varying
        outside, inside = self.program.split_guards(varying)
        fixed = [(k, x) for k, x in enumerate(self.parameters) if k not in options.batch]
        before = [*self.unpack(fixed), *self.compute(self.once, outside)]
        before += self.check([self.writer.text(i) for i in self.hidden if not varying[i]])
        rows, sources = [], []
        for k in options.batch:
            name, alone = self.parameters[k], self.signature.structures[k].kind is None
            rows.append(self.mine[k][0] if alone else self.writer.name(f"{name}_row"))
            sources.append(name)
            if self.signature.arrays[k]:
                before += refuse_unless(
                    f"{name}.shape[1:] == {self.signature.structures[k].keys!r}"
                )
                sources[-1] += ".tolist()" if alone else f".reshape(len({name}), -1).tolist()"
            else:
                before += refuse_unless(f"isinstance({name}, list | tuple)")
        count = self.writer.name("count")
        before.append(f"{count} = len({self.parameters[options.batch[0]]})")
        lengths = [f"len({self.parameters[k]})" for k in options.batch[1:]]
        before += refuse_unless(" == ".join([f"0 < {count}", *lengths]))
        body = [
            *self.unpack(zip(options.batch, rows, strict=True)),
            *self.compute(self.each, inside),
        ]
        body += self.check([self.writer.text(i) for i in self.hidden if varying[i]])
        start, step, end = self.accumulate(count)
        each, of = rows[0], sources[0]
        if len(rows) > 1:
            each, of = ", ".join(rows), f"zip({', '.join(sources)})"
        return [*before, *start, f"for {each} in {of}:", *indented([*body, *step]), *end]

    def accumulate(self, count: str) -> tuple[list[str], list[str], list[str]]:
        """What stands before, in, and after the loop to gather its results."""
        options, outputs = self.options, [*self.program.outputs]
        texts = [self.writer.text(x) for x in outputs]
        scale = f" / {count}" if options.reduce == "mean" else ""
        start, step, end, checked, totals = [], [], [], [], []

        def total(k: int, name: str) -> str:
            name, x = self.writer.name(name), outputs[k]
            note = self.program.notes.get(x, "") if isinstance(x, int) else ""
            start.append(f"{name} = -0.0")
            step.append(f"{name} += {texts[k]}" + (f"  # {note}" if note else ""))
            if k in self.constants:
                constant = texts[self.count + self.constants.index(k)]
                end.append(f"{name} += {count} * ({constant})")
            totals.append(name)
            return name + scale

        def each(text: str, k: int | None, name: str) -> str:
            name = self.writer.name(name)
            start.append(f"{name} = []")
            step.append(f"{name}.append({text})")
            array = self.signature.has_array_of_rows(options, k)
            return f"{self.arguments.constant('array', array_of)}({name})" if array else name

        if options.result == "hessian":
            if options.reduce:
                results = [total(k, "total") for k in range(self.count)]
                end += self.check(totals)
                return start, step, [*end, *wrapped(f"return {list_of(results)}")]
            rows = each(list_of(texts), None, "rows")
            return start, [*self.check(texts), *step], [f"return {rows}"]
        checked += [] if options.reduce else texts[:1]
        results = [total(0, "total") if options.reduce else each(texts[0], None, "values")]
        at = 1
        for k in options.slopes_by:
            s, name = self.signature.structures[k], options.names[k]
            mine = range(at, at := at + s.size)
            if options.reduce and k not in options.batch:
                sums = [total(j, f"sum_{x}") for j, x in zip(mine, self.mine[k], strict=True)]
                results.append(self.arguments.literal(s, sums))
            else:
                checked += [texts[j] for j in mine]
                row = self.arguments.literal(s, [f"{texts[j]}{scale}" for j in mine])
                results.append(each(row, k, f"all_{name}"))
        step[:0] = self.check(checked)
        end += self.check(totals)
        return start, step, [*end, *self.result(results[0], results[1:])]

    def unpack(self, arguments: Iterable[tuple[int, str]]) -> list[str]:
        """Statements that give the numbers of arguments their names, and see what they are."""
        lines: list[str] = []
        conditions: list[str] = []
        numbers: list[str] = []
        for k, name in arguments:
            s, mine = self.signature.structures[k], self.mine[k]
            if self.signature.arrays[k] and s.kind:  # the loop makes a row of an array a list
                lines += wrapped(f"{list_of(mine)} = {name}")
            else:
                more, others = self.arguments.take(s, name, mine)
                lines += more
                conditions += others
            numbers += mine
        if numbers:
            conditions.append(f"{' is '.join(f'{x}.__class__' for x in numbers)} is float")
        return lines + (refuse_unless(*conditions) if conditions else [])

    def compute(self, instructions: list[int], guards: Iterable[Guard]) -> list[str]:
        """The statements of some instructions, with the guards in their places."""

        def refuse(guard: Guard, condition: str) -> list[str]:
            return refuse_unless(condition) if guard.outcome else refuse_if(condition)

        return assignments(self.writer, instructions, guards, refuse)

    def check(self, names: list[str]) -> list[str]:
        """Refuse what is not finite."""
        names = [x for x in dict.fromkeys(names) if x.isidentifier()]
        # One number that is not finite makes the sum so; a complex one cannot be compared. Python
        # reads no expression of some thousand signs.
        total = " + ".join(names) if len(names) < 9 else f"sum(({', '.join(names)}))"
        return refuse_unless(f"-inf < {total} < inf") if names else []

    def parts(self, slopes: list[str]) -> list[str]:
        """The gradient by each argument."""
        structures = [self.signature.structures[k] for k in self.options.slopes_by]
        return [self.arguments.literal(s, slopes[mine]) for s, mine in slices(structures)]

    def result(self, value: str, parts: list[str]) -> list[str]:
        if self.options.result == "value":
            return [f"return {value}"]
        whole = parts[0] if self.options.single else tuple_of(parts)
        return wrapped(f"return {value}, {whole}")
