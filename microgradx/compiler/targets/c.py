"""C: several rows at a time, in the lanes of vectors; for a row bit for bit what Python computes.

A sum over rows is made of eight, and may differ from the engine's in the last places. The system's
compiler makes a library of the source, which ctypes loads. Its time grows with the program, so a
large one is not written out: an interpreter, compiled once, runs its instructions.
"""

import ctypes
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy

from microgradx.compiler.bounds import hidden
from microgradx.compiler.dialects import C_SCALAR, OPERANDS, C
from microgradx.compiler.program import Program
from microgradx.compiler.signature import Options, Signature
from microgradx.compiler.targets.interpreter import Interpreted, source as interpreter
from microgradx.compiler.targets.layout import Layout
from microgradx.compiler.targets.native import PRELUDE, library
from microgradx.compiler.writer import Writer

BLOCK = 2048  # rows that are added together, whoever computes them
# Operations for many rows, some ten seconds of compiling; and for one, a second of it: there the
# interpreter takes two times as long, and sets up in a tenth.
MOST_WRITTEN_OUT, MOST_FOR_ONE = 20_000, 2_500


def build(program: Program, signature: Signature, options: Options, title: str) -> tuple:
    """The run of a program, and its source."""
    layout = Layout(program, signature, options)
    if program.size > (MOST_WRITTEN_OUT if options.batch else MOST_FOR_ONE):
        return Interpreted(program, layout, options.exact), interpreter()
    source = Source(program, layout, signature, options).text
    function = library(source, options.exact).run
    function.restype = ctypes.c_int
    long, pointer = ctypes.c_long, ctypes.c_void_p
    function.argtypes = [pointer, pointer, long, long, pointer, pointer]
    pointers = pointer * (len(options.batch) or 1)

    def run(*arguments: Any) -> Any:
        call = layout.read(arguments)
        if call is None:
            return None
        fixed, batches, n = call
        batches = [*map(numpy.ascontiguousarray, batches)]
        starts = range(0, n, BLOCK)
        totals = numpy.empty((len(starts), len(layout.summed)))
        kept = numpy.empty((len(layout.kept), n))
        numbers, sums, results, *rows = map(address, (fixed, totals, kept, *batches))
        rows = pointers(*rows)

        def block(start: int) -> int:
            return function(numbers, rows, start, n, sums, results)

        if options.threads > 1 and len(starts) > 1:
            with ThreadPoolExecutor(options.threads) as pool:  # ctypes lets them run at once
                refused = any([*pool.map(block, starts)])
        else:
            refused = any(map(block, starts))
        if refused:
            return None
        return layout.arrange(totals[0] if len(starts) == 1 else totals.sum(axis=0), kept)

    return run, source


def address(array: Any) -> int:
    """Where the numbers of an array lie: `array.ctypes.data`, in a fifth of the time if it can."""
    if not array.size:
        return 0
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    except TypeError:  # it is not to be written to
        return array.ctypes.data


class Source:
    """The C source of one program: what all rows share, what each block of rows computes, the loop.

    Attributes:
        text: The source.
    """

    def __init__(self, program: Program, layout: Layout, signature: Signature, options: Options):
        program, constants = program.without_constants(layout.summed, layout.varying)
        self.program, self.layout, self.hidden = program, layout, hidden(program)
        self.varying = program.varying(layout.varying)
        self.uses = {k: f"sums[{j}] += {{}};" for j, k in enumerate(layout.summed)}
        self.uses |= {
            k: f"kept[{j}] = V({{}}); bad += 0.0 * kept[{j}];" for j, k in enumerate(layout.kept)
        }
        once, each = program.split_instructions(self.varying)
        # All rows read `fixed` and what was computed once: to the vectors they are scalars.
        kept = {*program.boundary(each), *self.hidden}
        self.writer = Writer(program, C, always=kept)
        shared = [i for i in once if i in kept]
        self.outputs_of: dict[int, list[int]] = {i: [] for i in each}
        others: list[int] = []  # which are not computed row by row
        for k, x in enumerate(program.outputs[: layout.count]):
            (self.outputs_of.get(x, others) if isinstance(x, int) else others).append(k)
        fixed = self.read("double", layout.fixed, "fixed")
        before = [*fixed, *self.statements(once, "double")]
        body = [
            *fixed,
            *self.read("double", shared, "shared"),
            *self.read("T", layout.varying, "columns"),
            *self.statements(each, "T"),
            *self.results(others),
        ]
        before += [f"shared[{j}] = {self.writer.text(i)};" for j, i in enumerate(shared)]
        batched = [signature.structures[k].size for k in options.batch]
        places = {i: f"fixed[{j}]" for j, i in enumerate(layout.fixed)}
        places |= {i: f"shared[{j}]" for j, i in enumerate(shared)}
        self.text = TEMPLATE.format(
            prelude=PRELUDE,
            block=BLOCK,
            functions="\n".join(self.functions([*before, *body])),
            inputs=len(layout.varying) or 1,
            shared=len(shared) or 1,
            sums=len(layout.summed) or 1,
            kept=len(layout.kept) or 1,
            summed_count=len(layout.summed),
            kept_count=len(layout.kept),
            once="\n    ".join(before),
            each="\n    ".join(body),
            gather="\n            ".join(gather(batched)),
            rest="\n    ".join(self.totals(constants, places)),
        )

    def read(self, kind: str, instructions: Sequence[int], array: str) -> list[str]:
        """The statements that give instructions their numbers out of an array."""
        names = map(self.writer.text, instructions)
        return [f"const {kind} {name} = {array}[{j}];" for j, name in enumerate(names)]

    def results(self, outputs: Iterable[int]) -> list[str]:
        """What becomes of outputs: they are added to sums, or kept, and then have to be finite."""
        return [self.uses[k].format(self.writer.text(self.program.outputs[k])) for k in outputs]

    def totals(self, constants: Sequence[int], places: Mapping[int, str]) -> list[str]:
        """What is the same for each row, added to the totals at once; numbers as they are."""
        summed, same = self.layout.summed, self.program.outputs[self.layout.count :]
        return [
            f"totals[{summed.index(k)}] += count * {places[x] if isinstance(x, int) else x};"
            for k, x in zip(constants, same, strict=True)
        ]

    def statements(self, instructions: list[int], kind: str) -> list[str]:
        """The statements of instructions that are scalars or vectors, the guards on them, and the
        look at what would not show."""
        vector = kind == "T"
        dialect, operand = (C, "V({})") if vector else (C_SCALAR, "{}")
        lines: list[str] = []
        for i in instructions:
            lines += [
                f"const {kind} {name} = {text};" + (f" // {note}" if note else "")
                for name, text, note, _ in self.writer.statements([i], dialect)
            ]
            # At once: until it is added, an output takes a register.
            lines += self.results(self.outputs_of.get(i, ()))
        for guard in self.program.split_guards(self.varying)[vector]:
            held = self.writer.compared(guard, operand)
            no = "" if not guard.outcome else "~" if vector else "!"
            lines.append(f"fail |= {no}(M)({held});" if vector else f"if ({no}({held})) return 1;")
        for i in self.hidden:
            if self.varying[i] == vector:
                look = f"0.0 * {self.writer.text(i)}"
                lines.append(f"bad += {look};" if vector else f"if (!({look} == 0.0)) return 1;")
        return lines

    def functions(self, lines: list[str]) -> list[str]:
        """The functions of vectors that the program uses: those of numbers, lane by lane."""
        used = set(re.findall(r"\b[A-Z][A-Z0-9]+\b(?=\()", "\n".join(lines)))
        found = []
        for op, spelling in C_SCALAR.spellings.items():
            if op.upper() not in used:
                continue
            names = sorted({*OPERANDS.findall(spelling)})
            if f"lanes_{op}(" not in PRELUDE:
                call = OPERANDS.sub(r"\g<0>[i]", spelling)
                found.append(
                    f"static inline T lanes_{op}({', '.join(f'T {x}' for x in names)}) "
                    f"{{ for (int i = 0; i < LANES; i++) x[i] = {call}; return x; }}"
                )
            vectors = ", ".join(f"V({x})" for x in names)
            found.append(f"#define {op.upper()}({', '.join(names)}) lanes_{op}({vectors})")
        return found


def gather(sizes: list[int]) -> list[str]:
    """The statements that turn some rows of each batched argument into columns."""
    lines, at = [], 0
    for b, size in enumerate(sizes):
        lines += [
            f"for (int f = 0; f < {size}; f++) {{",
            f"    LANE(l) column[l] = batches[{b}][(s + (l < m ? l : m - 1)) * {size} + f];",
            f"    columns[{at} + f] = column;",
            "}",
        ]
        at += size
    return lines


TEMPLATE = """\
{prelude}
{functions}

static int once(const double *restrict fixed, double *restrict shared) {{
    {once}
    return 0;
}}

static void each(const double *restrict fixed, const double *restrict shared,
                 const T *restrict columns, T *restrict sums, T *restrict kept, T *looked,
                 M *failed) {{
    T bad = {{}};
    M fail = {{}};
    {each}
    *looked += bad;
    *failed |= fail;
}}

// The rows of the block that begins with `start`, out of n.
int run(const double *fixed, const double **batches, long start, long n, double *totals,
        double *rows) {{
    long end = n - start < {block} ? n : start + {block}, count = end - start;
    double shared[{shared}], bad = 0.0;
    T column, columns[{inputs}], sums[{sums}], rest[{sums}], kept[{kept}], looked = {{}};
    M failed = {{}}, full;
    if (once(fixed, shared)) return 1;
    totals += start / {block} * {summed_count};
    for (int j = 0; j < {summed_count}; j++) totals[j] = 0.0;
    for (long first = start; first < start + SUMS; first += LANES) {{
        for (int j = 0; j < {summed_count}; j++) sums[j] = (T){{}};
        for (long s = first; s < end; s += SUMS) {{
            long m = end - s < LANES ? end - s : LANES; // the last fills the lanes that are left
            if (m < LANES) for (int j = 0; j < {summed_count}; j++) rest[j] = (T){{}};
            {gather}
            each(fixed, shared, columns, m < LANES ? rest : sums, kept, &looked, &failed);
            if (m < LANES) {{
                LANE(l) full[l] = -(l < m);
                for (int j = 0; j < {summed_count}; j++)
                    sums[j] = choose(full, sums[j] + rest[j], sums[j]);
            }}
            for (int j = 0; j < {kept_count}; j++)
                for (int l = 0; l < m; l++) rows[j * n + s + l] = kept[j][l];
        }}
        for (int j = 0; j < {summed_count}; j++) {{
            double total = totals[j];
            LANE(l) total += sums[j][l];
            totals[j] = total;
        }}
    }}
    for (int l = 0; l < LANES; l++) {{
        if (failed[l]) return 1;
        bad += looked[l];
    }}
    {rest}
    int infinite = bad != 0.0;
    for (int j = 0; j < {summed_count}; j++) infinite |= totals[j] - totals[j] != 0.0;
    return infinite;
}}
"""
