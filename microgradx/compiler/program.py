"""A straight-line program: what a trace has written, without what nobody needs."""

from collections.abc import Iterable
from typing import NamedTuple

from microgradx.compiler.recording import (
    COMPARISONS,
    Guard,
    Instruction,
    Operand,
    evaluate,
)


class Program(NamedTuple):
    """Instructions in the order of evaluation, and which of them are asked for.

    Attributes:
        instructions: The instructions; the first ones are the inputs.
        inputs: How many inputs there are, used or not.
        forward: How many instructions were written by the forward pass.
        outputs: What it computes: the index of an instruction, or a constant.
        guards: The comparisons under which it holds.
        unused: Instructions that nothing else needs, and that have to be finite all the same.
        names: What an instruction is called: the label of a node, or "d_" and that for its adjoint.
        notes: What an instruction is, for readers: "∂loss/∂w[0]".
    """

    instructions: tuple[Instruction, ...]
    inputs: int
    forward: int
    outputs: tuple[Operand, ...]
    guards: tuple[Guard, ...]
    names: dict[int, str]
    notes: dict[int, str]
    unused: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """The number of operations."""
        return len(self.instructions) - self.inputs

    @property
    def is_finite(self) -> bool:
        """Whether its constants are: a local derivative by a constant's side may be undefined."""
        constants = [*self.outputs, *(x for _, operands, _ in self.instructions for x in operands)]
        return all(x - x == 0 for x in constants)

    @property
    def wanted(self) -> list[int]:
        """What outputs and guards name, each as often as they do; and the unused instructions."""
        compared = (x for guard in self.guards for x in (guard.x, guard.y))
        named = [x for x in (*self.outputs, *compared) if isinstance(x, int)]
        return [*named, *self.unused]

    def evaluate(self, numbers: Iterable[float]) -> list[float]:
        """The number of every instruction, in order, at some inputs; nan where there is none."""
        found = [*numbers]
        for op, operands, _ in self.instructions[self.inputs :]:
            found.append(evaluate(op, [found[x] if isinstance(x, int) else x for x in operands]))
        return found

    def refused(self, numbers: Iterable[float]) -> Guard | None:
        """The first guard that does not hold at some inputs."""
        found = self.evaluate(numbers) if self.guards else []
        for guard in self.guards:
            x, y = (found[x] if isinstance(x, int) else x for x in (guard.x, guard.y))
            if COMPARISONS[guard.sign](x, y) != guard.outcome:
                return guard
        return None

    def split_instructions(self, varying: list[bool]) -> tuple[list[int], list[int]]:
        """The instructions that do not vary, and those that do; both without inputs."""
        computed = range(self.inputs, len(self.instructions))
        return [i for i in computed if not varying[i]], [i for i in computed if varying[i]]

    def split_guards(self, varying: list[bool]) -> tuple[list[Guard], list[Guard]]:
        """The guards of instructions that do not vary, and those of instructions that do."""
        found: tuple[list[Guard], list[Guard]] = [], []
        for guard in self.guards:
            varies = any(isinstance(x, int) and varying[x] for x in (guard.x, guard.y))
            found[varies].append(guard)
        return found

    def boundary(self, each: Iterable[int]) -> set[int]:
        """What instructions in `each`, or the guards, need of those outside; and the outputs."""
        each = {*each}
        outputs = {x for x in self.outputs if isinstance(x, int)}
        used = {x for i in each for x in self.instructions[i].uses}
        return {i for i in outputs | ({*used, *self.wanted} - each) if i >= self.inputs}

    def varying(self, inputs: Iterable[int]) -> list[bool]:
        """For each instruction, whether it depends on one of some inputs."""
        found = [False] * len(self.instructions)
        for i in inputs:
            found[i] = True
        for i in range(self.inputs, len(self.instructions)):
            for x in self.instructions[i].uses:
                if found[x]:
                    found[i] = True
        return found

    def without_constants(
        self, outputs: Iterable[int], inputs: Iterable[int]
    ) -> "tuple[Program, list[int]]":
        """The program that does not add to some outputs what is the same for all of some inputs.

        Returns:
            The program, with outputs of its own for what was left out, after the others; and to
            which outputs that has to be added, once for each row.
        """
        varying = self.varying(inputs)
        found, constants = [*self.outputs], {}
        for k in outputs:
            x = found[k]
            if isinstance(x, int) and self.instructions[x].op == "add":
                a, b = sorted(
                    self.instructions[x].operands, key=lambda y: isinstance(y, int) and varying[y]
                )
                if isinstance(b, int) and varying[b] and not (isinstance(a, int) and varying[a]):
                    found[k], constants[k] = b, a
        program = self._replace(outputs=(*found, *constants.values()))
        return program.pruned() if constants else self, [*constants]

    @property
    def live(self) -> list[bool]:
        """For each instruction, whether outputs, guards or unused ones need it, or it is one."""
        live = [False] * len(self.instructions)
        for x in self.wanted:
            live[x] = True
        for i in range(len(self.instructions) - 1, self.inputs - 1, -1):
            for x in self.instructions[i].uses if live[i] else ():
                live[x] = True
        return live

    def pruned(self) -> "Program":
        """The instructions that are needed, numbered anew."""
        live = self.live
        place = [*range(self.inputs)]  # of each: how many live ones come before it

        def moved(x: Operand) -> Operand:
            return place[x] if isinstance(x, int) else x

        kept = [*self.instructions[: self.inputs]]
        for old, lives in [*zip(self.instructions, live, strict=True)][self.inputs :]:
            place.append(len(kept))
            if lives and len(kept) == len(place) - 1:  # none has gone so far
                kept.append(old)
            elif lives:
                op, operands, uses = old
                uses = tuple([place[x] for x in uses])
                alone = len(uses) == len(operands)  # without constants, as most are
                kept.append(Instruction(op, uses if alone else tuple(map(moved, operands)), uses))
        place.append(len(kept))
        guards = (
            Guard(moved(g.x), g.sign, moved(g.y), g.outcome, place[g.before]) for g in self.guards
        )
        return Program(
            tuple(kept),
            self.inputs,
            place[self.forward],
            tuple(map(moved, self.outputs)),
            tuple(guards),
            {place[i]: name for i, name in self.names.items() if live[i] or i < self.inputs},
            {place[i]: note for i, note in self.notes.items() if live[i]},
            tuple([place[i] for i in self.unused]),
        )
