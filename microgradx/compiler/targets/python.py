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
from microgradx.libraries import FLOATS, execute

COUNT = itertools.count(1)  # names each source
MATH = {"inf": math.inf, **{name: f for name, f in FLOATS.items() if hasattr(math, name)}}


def build(program: Program, signature: Signature, options: Options, title: str) -> tuple:
    """The function of a program, and its source."""
    source = (Loop if options.batch else Source)(program, signature, options, title)
    return load(source.text, source.title, tuple(source.arguments.constants.items())), source.text


@lru_cache(64)
def load(text: str, title: str, constants: tuple) -> Callable:
    """The function that some source defines."""
    name = f"<compiled {title} {next(COUNT)}>"
    space = {**MATH, **dict(constants)}
    execute(text, name, space)
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
        self.text = "\n".join(
            [
                f"def {self.title}({', '.join(self.parameters)}):",
                "    try:",
                *indented(indented(self.body())),
                "    except (ArithmeticError, AttributeError, TypeError, ValueError):",
                "        return None",
                "",
            ]
        )

    def body(self) -> list[str]:
        """The statements for one point."""
        lines = [*self.unpack(enumerate(self.parameters))]
        lines += self.compute(self.once, self.program.guards)
        outputs = [self.writer.text(x) for x in self.program.outputs]
        lines += self.check([*outputs, *map(self.writer.text, self.hidden)])
        if self.options.result == "hessian":
            return [*lines, *wrapped(f"return {list_of(outputs)}")]
        return [*lines, *self.result(outputs[0], self.parts(outputs[1:]))]

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
        """The gradient with respect to each argument."""
        structures = [self.signature.structures[k] for k in self.options.slopes_by]
        return [self.arguments.literal(s, slopes[mine]) for s, mine in slices(structures)]

    def result(self, value: str, parts: list[str]) -> list[str]:
        if self.options.result == "value":
            return [f"return {value}"]
        whole = parts[0] if self.options.single else tuple_of(parts)
        return wrapped(f"return {value}, {whole}")


class Loop(Source):
    """The source of a program over the rows of a batch."""

    def body(self) -> list[str]:
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
        start, step, end = self.gathering(count)
        each, of = rows[0], sources[0]
        if len(rows) > 1:
            each, of = ", ".join(rows), f"zip({', '.join(sources)})"
        return [*before, *start, f"for {each} in {of}:", *indented([*body, *step]), *end]

    def gathering(self, count: str) -> tuple[list[str], list[str], list[str]]:
        """What stands before, in, and after the loop to gather its results."""
        found = Gathering(self, count)
        last = self.hessian(found) if self.options.result == "hessian" else self.slopes(found)
        step = [*self.check(found.checked), *found.step]
        return found.start, step, [*found.end, *self.check(found.totals), *last]

    def hessian(self, found: "Gathering") -> list[str]:
        """The last statement, for second derivatives."""
        if not self.options.reduce:
            return [f"return {found.listed(list_of(found.texts), found.texts, 'rows')}"]
        return wrapped(f"return {list_of([found.summed(k, 'total') for k in range(self.count)])}")

    def slopes(self, found: "Gathering") -> list[str]:
        """The last statement, for a value and a gradient."""
        options, texts, literal = self.options, found.texts, self.arguments.literal
        total = found.summed(0, "total") if options.reduce else ""
        value = total or found.listed(texts[0], texts[:1], "values")
        parts, at = [], 1
        for k in options.slopes_by:
            s, name = self.signature.structures[k], options.names[k]
            mine = range(at, at := at + s.size)
            if options.reduce and k not in options.batch:
                names = [f"sum_{x}" for x in self.mine[k]]
                parts.append(literal(s, [*map(found.summed, mine, names)]))
            else:
                row, numbers = [texts[j] + found.scale for j in mine], [texts[j] for j in mine]
                parts.append(found.listed(literal(s, row), numbers, f"all_{name}", k))
        return self.result(value, parts)


class Gathering:
    """The statements of a loop that gather its results.

    Attributes:
        texts: The outputs of a row.
        scale: What makes a mean of a sum, if that is asked for.
        start, step, end: The statements before the loop, in it, and after it.
        checked, totals: What has to be finite in each row, and in the end.
    """

    def __init__(self, loop: Loop, count: str):
        self.loop, self.count = loop, count
        self.texts = [*map(loop.writer.text, loop.program.outputs)]
        self.scale = f" / {count}" if loop.options.reduce == "mean" else ""
        self.start: list[str] = []
        self.step: list[str] = []
        self.end: list[str] = []
        self.checked: list[str] = []
        self.totals: list[str] = []

    def summed(self, k: int, name: str) -> str:
        """The sum of an output over the rows, or its mean."""
        loop, name = self.loop, self.loop.writer.name(name)
        x = loop.program.outputs[k]
        note = loop.program.notes.get(x, "") if isinstance(x, int) else ""
        self.start.append(f"{name} = -0.0")
        self.step.append(f"{name} += {self.texts[k]}" + (f"  # {note}" if note else ""))
        if k in loop.constants:
            constant = self.texts[loop.count + loop.constants.index(k)]
            self.end.append(f"{name} += {self.count} * ({constant})")
        self.totals.append(name)
        return name + self.scale

    def listed(self, row: str, numbers: list[str], name: str, k: int | None = None) -> str:
        """The list or array of what is written of some numbers of each row."""
        loop, name = self.loop, self.loop.writer.name(name)
        self.start.append(f"{name} = []")
        self.step.append(f"{name}.append({row})")
        self.checked += numbers
        plain = loop.options.result == "hessian"  # whose rows are arranged one by one
        array = not plain and loop.signature.has_array_of_rows(loop.options, k)
        return f"{loop.arguments.constant('array', array_of)}({name})" if array else name
