"""From a function to the program of its value and gradient: the engine, run on symbols."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from microgradx.compiler.bounds import unused
from microgradx.compiler.program import Program
from microgradx.compiler.recording import Operand, Recording
from microgradx.compiler.signature import Signature
from microgradx.compiler.symbols import Symbol, operand
from microgradx.graph import Node, brief, data_of, number, topological
from microgradx.messages import returned
from microgradx.names import names_of
from microgradx.sweeps import adjoints, dependents
from microgradx.trees import flatten, item, matched
from microgradx.value import CONSTANT, Value


class Trace:
    """A call with symbols in the place of its numbers, and what a function makes of them.

    Args:
        signature: The structures of the arguments.
        names: What to call them.
        point: Their numbers, which decide the branches; None if there are none yet.
        labels: What to call the numbers instead, in the structure of the only argument.
        most: The largest of the floats that the program will compute with.

    Raises:
        ValueError: If that has another structure.
    """

    def __init__(self, signature: Signature, names: Sequence[str], point, labels, most: float):
        self.signature = signature
        self.most = most
        self.names = signature.names(names)
        if labels is not None:
            try:
                [argument] = signature.fill(self.names)
                self.names = matched(argument, labels)
            except ValueError:
                arranged = brief(labels)
                raise ValueError(f"the program takes its inputs arranged as {arranged}") from None
        self.recording = Recording(self.names, point)
        self.symbols = [Symbol(self.recording, i) for i in range(len(self.names))]

    def gradient(self, f: Callable, wrt: Sequence[int], by: Sequence[int]) -> Program:
        """The program of the value of `f`, and of its gradient by some arguments; those that are
        not in `wrt` are plain numbers to it."""
        values = self.signature.constants(self.symbols, wrt)
        leaves = {i: values[i] for i in self.signature.positions(by)}
        for v in leaves.values():
            v.op = "leaf" if v.op == CONSTANT else v.op
        arguments = self.signature.fill(values)
        output, variables = watched(f, arguments, self.recording)
        if not is_one_number(output):
            raise TypeError(
                f"compile takes a function with one number as result, not {returned(output)}; as "
                "in compile(lambda x: x[0] * x[1]), or compile(f, batch=1) for one row of many"
            )
        self.refuse_outsiders(f, arguments, output, leaves.values())
        if not isinstance(output, Value):
            return self.finish([output, *[0.0] * len(leaves)])
        called = {v: self.names[i] for i, v in leaves.items()}
        names: dict[int, str] = {}
        notes: dict[int, str] = {}
        for v in dependents([output], called):
            called[v] = v.label or variables.get(v) or f"v{len(called) - len(leaves) + 1}"
            if isinstance(v.data, Symbol):
                names.setdefault(v.data.index, called[v])
        forward = len(self.recording.instructions)
        bars = dict(zip(called, adjoints(output, [*called], False), strict=True))
        for v, bar in bars.items():
            if isinstance(bar, Symbol) and bar.index >= forward:
                names.setdefault(bar.index, f"d_{called[v]}")
                notes.setdefault(bar.index, f"∂{called.get(output, 'output')}/∂{called[v]}")
        return self.finish(
            [output.data, *(bars[v] for v in leaves.values())], forward, names, notes
        )

    def results(self, f: Callable, wrt: Sequence[int]) -> tuple[Program, Callable]:
        """The program of all numbers in the result of a derivative, and how to arrange them."""
        values = self.signature.constants(self.symbols, wrt)
        varying = {i: self.symbols[i] for i in self.signature.positions(wrt)}
        arguments = self.signature.fill([varying.get(i, v) for i, v in enumerate(values)])
        found = f(*arguments)
        self.refuse_outsiders(f, arguments, found, ())
        outputs, fill = flatten(found, kinds=("O", "f"))  # constant slopes are floats in an array
        return self.finish([data_of(x) for x in outputs]), fill

    def refuse_outsiders(self, f: Callable, arguments: list, result: Any, leaves: Iterable) -> None:
        """Raise if `f` uses a Value that is no argument: its later changes would be lost."""
        known, looked_at = {*leaves}, {*self.recording.finite}

        def others(result: Any) -> set[Node]:
            _, leaves = topological(*(y for y in flatten(result)[0] if isinstance(y, Value)))
            return {v for v in leaves if v not in known and v.op == "leaf"}

        # A Value that the function makes anew each time is a constant; one that it keeps is not.
        if (met := others(result)) and (kept := met & others(f(*arguments))):
            raise TypeError(
                f"the function uses {min(map(repr, kept))}, which is no argument of it: pass it as "
                "an argument, or use its .data, which is then a constant of the program"
            )
        self.recording.finite = looked_at  # the second call is no part of the program

    def finish(self, outputs: Iterable, forward: int | None = None, names=(), notes=()) -> Program:
        """The program of the recording, without what nobody needs."""
        instructions = tuple(self.recording.instructions)
        program = Program(
            instructions,
            len(self.symbols),
            len(instructions) if forward is None else forward,
            tuple(operand(self.recording, x) for x in outputs),
            tuple(self.recording.guards.values()),
            {**dict(names), **dict(enumerate(self.names))},
            dict(notes),
        )
        rest = unused(program, self.recording.finite, self.most)
        return program._replace(unused=rest).pruned()


def is_one_number(x: Any) -> bool:
    """Whether it is a Value, a symbol, or a plain number of any kind."""
    try:
        return isinstance(number(x), Value | Symbol | float)
    except TypeError:
        return False


def watched(f: Callable, arguments: list, recording: Recording) -> tuple[Any, dict[Node, str]]:
    """The result of `f`, and the names that its variables give to Values when it returns."""
    frames = []

    def find(op: str, *operands: Operand) -> Operand:
        """The first operation finds the frame of `f`, whose variables stay in it when it ends."""
        del recording.write
        frame, code = sys._getframe(1), getattr(f, "__code__", None)
        while frame:
            if frame.f_code is code:
                frames[:] = [frame]
            frame = frame.f_back
        return recording.write(op, *operands)

    recording.write = find
    try:
        result = item(f(*arguments))
    finally:
        vars(recording).pop("write", None)
    return result, names_of(frames.pop().f_locals) if frames else {}  # no frame is kept
