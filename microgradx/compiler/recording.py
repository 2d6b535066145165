"""A straight-line program while it is being written down, operation by operation."""

import operator
from collections.abc import Callable, Sequence
from math import copysign, nan
from typing import ClassVar, NamedTuple, cast

from microgradx.libraries import FLOATS

Operand = int | float  # the index of an earlier instruction, or a constant
COMMUTATIVE = {"add", "mul"}
COMPARISONS = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"==": operator.eq, "!=": operator.ne},
}


class Instruction(NamedTuple):
    """One operation.

    Attributes:
        op: A name of `libraries.FLOATS`; "input" for an input.
        operands: What it is done to.
        uses: Those of its operands that are instructions.
    """

    op: str
    operands: tuple[Operand, ...]
    uses: tuple[int, ...]


class Guard(NamedTuple):
    """A comparison that the traced function made, and what came out: the program holds only there.

    Attributes:
        x, sign, y: The comparison.
        outcome: Its truth value.
        before: The number of instructions that were written before it.
    """

    x: Operand
    sign: str
    y: Operand
    outcome: bool
    before: int


class Branch(TypeError):
    """A comparison of symbols that stand for no numbers, so that no branch can be chosen."""


class Recording:
    """A straight-line program while it is being written.

    Equal operations are written once, and one that IEEE 754 says changes nothing is not written:
    the program gives the bits that the engine gives.

    Args:
        names: What the inputs are called.
        point: Their numbers, which decide the branches of the traced function; None if unknown.

    Attributes:
        instructions: The instructions; the inputs come first.
        guards: The comparisons made, each once.
        finite: The instructions that the engine, too, asks to be finite.
    """

    def __init__(self, names: Sequence[str], point: list[float] | None):
        self.names = names
        self.instructions = [Instruction("input", (), ())] * len(names)
        self.guards: dict[tuple, Guard] = {}
        self.finite = {*range(len(names))}
        self._written: dict[tuple, int] = {}
        self._negated: dict[int, Operand] = {}  # of what each is the negative
        self._numbers: list[float] | None = None if point is None else [*point]

    def write(self, op: str, *operands: Operand) -> Operand:
        """The instruction of an operation: the one that holds it already, or a new one."""
        constant = float in map(type, operands)
        # Constants and negatives alone can make an operation simpler.
        if op in self._simpler and (constant or not self._negated.keys().isdisjoint(operands)):
            simpler = self._simpler[op](self, *operands)
            if simpler is not None:
                return simpler
        # Constants as text, since 0 and 0.0 and -0.0 would be equal keys.
        key = (op, *map(repr, operands)) if constant else (op, *operands)
        index = self._written.get(key)
        if index is None:
            index = self._written[key] = len(self.instructions)
            if op in COMMUTATIVE:
                self._written[op, key[2], key[1]] = index
            uses = tuple([x for x in operands if isinstance(x, int)]) if constant else operands
            self.instructions.append(Instruction(op, operands, cast(tuple[int, ...], uses)))
            if op == "neg":
                self._negated[index] = operands[0]
        return index

    # What an operation is without being written; None if it has to be.

    def _sum(self, x: Operand, y: Operand) -> Operand | None:
        if is_zero(x, -1.0) or is_zero(y, -1.0):
            return y if is_zero(x, -1.0) else x
        if (c := self.negated(y)) is not None:
            return self.write("sub", x, c)
        return None if (c := self.negated(x)) is None else self.write("sub", y, c)

    def _difference(self, x: Operand, y: Operand) -> Operand | None:
        if is_zero(y, 1.0):
            return x
        return None if (c := self.negated(y)) is None else self.write("add", x, c)

    def _product(self, x: Operand, y: Operand) -> Operand | None:
        simpler = self._quotient(x, y)
        return self._quotient(y, x) if simpler is None else simpler

    def _quotient(self, x: Operand, y: Operand) -> Operand | None:
        if isinstance(y, int) or y not in (1.0, -1.0):
            return None
        return x if y == 1.0 else self.write("neg", x)

    def _power(self, x: Operand, y: Operand) -> Operand | None:
        if isinstance(y, int) or y not in (0.0, 1.0):
            return None
        return x if y else 1.0

    def _choice(self, c: Operand, x: Operand, y: Operand) -> Operand | None:
        if isinstance(c, int):
            return None
        return x if c else y

    def negated(self, x: Operand) -> Operand | None:
        """What `x` is the negative of, if that is known."""
        return self._negated.get(x) if isinstance(x, int) else None

    _simpler: ClassVar[dict[str, Callable]] = {
        **{"neg": negated, "add": _sum, "sub": _difference, "mul": _product, "div": _quotient},
        **{"pow": _power, "where": _choice},
    }

    def decide(self, x: Operand, sign: str, y: Operand) -> bool:
        """The truth of a comparison at the numbers that the inputs have, from now on a guard."""
        if self._numbers is None:
            raise Branch(
                f"a branch (… {sign} …) depends on an input that has no number yet: write it with "
                "where, maximum, minimum or relu, or call the program with numbers first"
            )
        outcome = bool(COMPARISONS[sign](self.number(x), self.number(y)))
        if isinstance(x, int) or isinstance(y, int):
            guard = Guard(x, sign, y, outcome, len(self.instructions))
            self.guards.setdefault((x, sign, repr(y)), guard)  # instruction 1 is not 1.0
        return outcome

    def number(self, x: Operand) -> float:
        """The number of an instruction at the point of the trace; nan where there is none."""
        if isinstance(x, float):
            return x
        assert self._numbers is not None
        for op, operands, _ in self.instructions[len(self._numbers) : int(x) + 1]:
            at = [self._numbers[a] if isinstance(a, int) else a for a in operands]
            self._numbers.append(evaluate(op, at))
        return self._numbers[int(x)]


def evaluate(op: str, operands: list[float]) -> float:
    """The number of an operation; nan where there is none."""
    try:
        z = FLOATS[op](*operands)
    except (ArithmeticError, ValueError):
        return nan
    return nan if isinstance(z, complex) else z


def is_zero(x: Operand, sign: float) -> bool:
    return isinstance(x, float) and x == 0.0 and copysign(1.0, x) == sign
