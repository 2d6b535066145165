"""Large programs in C: an interpreter of instructions, compiled once for all programs.

A compiler needs about a millisecond for each instruction that is written out: minutes for 10⁵.
The interpreter's code does not depend on the program; it runs some three times as long.
"""

import ctypes
from typing import Any

import numpy

from microgradx.compiler.dialects import C_SCALAR
from microgradx.compiler.program import Program
from microgradx.compiler.recording import COMPARISONS, Operand
from microgradx.compiler.targets.layout import Layout
from microgradx.compiler.targets.native import PRELUDE, library

FUSED = "muladd"  # c + x * y, rounded twice: most of a dot product and its gradient
SPELLINGS = {**C_SCALAR.spellings, FUSED: "c + x * y"}
CODES = {op: code for code, op in enumerate(SPELLINGS)}
TEMPLATE = """\
{prelude}
// Instruction i computes registers[first + i] from the registers that its operands name.
void run(long count, const int *codes, const int *operands, double *registers, long first) {{
    for (long i = 0; i < count; i++, operands += 3) {{
        const double x = registers[operands[0]], y = registers[operands[1]];
        const double c = registers[operands[2]];
        double z;
        switch (codes[i]) {{
{cases}
        default: return;
        }}
        registers[first + i] = z;
    }}
}}
"""


def source() -> str:
    """The interpreter: one case for each operation."""
    cases = [f"        case {CODES[op]}: z = {text}; break;" for op, text in SPELLINGS.items()]
    return TEMPLATE.format(prelude=PRELUDE, cases="\n".join(cases))


def listing(program: Program) -> list[tuple[int, str, tuple[Operand, ...]]]:
    """(index, operation, operands in the order x, y, c) of each that is computed by itself."""
    uses = [0] * len(program.instructions)
    for x in (*program.wanted, *(x for *_, used in program.instructions for x in used)):
        uses[x] += 1
    found, fused = [], set()
    for i in range(len(program.instructions) - 1, program.inputs - 1, -1):
        op, operands, _ = program.instructions[i]
        if i in fused:
            continue
        if op == "where":
            operands = *operands[1:], operands[0]
        for x, c in (operands, operands[::-1]) if op == "add" else ():
            if isinstance(x, int) and uses[x] == 1 and program.instructions[x].op == "mul":
                fused.add(x)
                op, operands = FUSED, (*program.instructions[x].operands, c)
                break
        found.append((i, op, operands))
    return found[::-1]


class Interpreted:
    """A program as numbers that the interpreter reads.

    The registers hold the constants, the inputs, and the results, in this order.
    """

    def __init__(self, program: Program, layout: Layout, exact: bool):
        self.layout = layout
        self.function = library(source(), exact).run
        self.function.restype = None
        long, pointer = ctypes.c_long, ctypes.c_void_p
        self.function.argtypes = [long, pointer, pointer, pointer, long]
        listed = listing(program)
        compared = [x for guard in program.guards for x in (guard.x, guard.y)]
        places: dict[Operand | str, int] = {}  # constants by text: 0.0 and -0.0 are two
        for x in [*program.outputs, *compared, *(x for *_, operands in listed for x in operands)]:
            if not isinstance(x, int):
                places.setdefault(repr(x), len(places))
        constants = [float(x) for x in places]
        for i in [*range(program.inputs), *(i for i, *_ in listed)]:
            places[i] = len(places)

        def place(x: Operand) -> int:
            return places[x if isinstance(x, int) else repr(x)]

        self.first = len(constants) + program.inputs
        self.codes = numpy.array([CODES[op] for _, op, _ in listed], numpy.int32)
        self.operands = numpy.zeros((len(listed), 3), numpy.int32)
        for line, (_, _, operands) in zip(self.operands, listed, strict=True):
            line[: len(operands)] = [place(x) for x in operands]
        self.registers = numpy.zeros(len(places))
        self.registers[: len(constants)] = constants
        self.fixed = [place(i) for i in layout.fixed]
        self.varying = [place(i) for i in layout.varying]
        self.outputs = numpy.array([place(x) for x in program.outputs])
        self.guards = [
            (place(g.x), COMPARISONS[g.sign], place(g.y), g.outcome) for g in program.guards
        ]

    def __call__(self, *arguments: Any) -> Any:
        call = self.layout.read(arguments)
        if call is None:
            return None
        fixed, batches, n = call
        registers = self.registers.copy()  # calls in several threads do not meet
        registers[self.fixed] = fixed
        totals = numpy.zeros(len(self.layout.summed))
        kept = numpy.empty((len(self.layout.kept), n))
        for i in range(n):
            if batches:
                registers[self.varying] = numpy.concatenate([x[i] for x in batches])
            self.function(
                len(self.codes),
                self.codes.ctypes.data,
                self.operands.ctypes.data,
                registers.ctypes.data,
                self.first,
            )
            if not numpy.isfinite(registers).all():
                return None
            if any(holds(registers[x], registers[y]) != held for x, holds, y, held in self.guards):
                return None
            results = registers[self.outputs]
            totals += results[self.layout.summed]
            kept[:, i] = results[self.layout.kept]
        return self.layout.arrange(totals, kept)
