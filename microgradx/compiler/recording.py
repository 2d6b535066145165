"""A straight-line program while it is being written down, operation by operation."""

import operator
from math import copysign, nan
from typing import NamedTuple

from microgradx.primitives import FLOATS

Operand = int | float  # the index of an earlier row, or a constant
COMMUTATIVE = {"add", "mul"}
COMPARISONS = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"==": operator.eq, "!=": operator.ne},
}


class Row(NamedTuple):
    """One operation: a name of `primitives.FLOATS` ("input" for an input) and its operands."""

    op: str
    operands: tuple[Operand, ...]


class Guard(NamedTuple):
    """A comparison that the traced function made, and what came out: the program holds only there.

    Attributes:
        x, sign, y: The comparison.
        outcome: Its truth value.
        before: The number of rows that were written before it.
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
        inputs: How many inputs there are.
        point: Their numbers, which decide the branches of the traced function; None if unknown.

    Attributes:
        rows: The rows; the inputs come first.
        guards: The comparisons made, each once.
    """

    def __init__(self, inputs: int, point: "list[float] | None" = None):
        self.rows = [Row("input", ())] * inputs
        self.guards: dict[tuple, Guard] = {}
        self._written: dict[tuple, int] = {}
        self._numbers: list[float] | None = None if point is None else [*point]

    def write(self, op: str, *operands: Operand) -> Operand:
        """The row of an operation: the one that holds it already, or a new one."""
        simpler = self.simplified(op, operands)
        if simpler is not None:
            return simpler
        key = operands[::-1] if op in COMMUTATIVE and order(*operands) else operands
        # As text, since 0 and 0.0 and -0.0 would be equal keys.
        key = op, *map(repr, key)
        row = self._written.get(key)
        if row is None:
            row = self._written[key] = len(self.rows)
            self.rows.append(Row(op, operands))
        return row

    def simplified(self, op: str, operands: tuple[Operand, ...]) -> Operand | None:
        """What an operation is without being written; None if it has to be."""
        x, y = operands[0], operands[-1]
        if op == "neg":
            return self.negated(x)
        if op == "add":
            for a, b in ((x, y), (y, x)):
                if is_zero(a, -1.0):
                    return b
                if (c := self.negated(b)) is not None:
                    return self.write("sub", a, c)
        if op == "sub":
            if is_zero(y, 1.0):
                return x
            if (c := self.negated(y)) is not None:
                return self.write("add", x, c)
        if op in ("mul", "div"):
            for a, b in ((x, y), (y, x))[: 2 if op == "mul" else 1]:
                if isinstance(b, float) and b in (1.0, -1.0):
                    return a if b == 1.0 else self.write("neg", a)
        if op == "pow" and isinstance(y, float) and y in (0.0, 1.0):
            return x if y else 1.0
        if op == "where" and isinstance(x, float):
            return operands[1] if x else y
        return None

    def negated(self, x: Operand) -> Operand | None:
        """What `x` is the negative of, if that is known."""
        if isinstance(x, int) and self.rows[x].op == "neg":
            return self.rows[x].operands[0]
        return None

    def decide(self, x: Operand, sign: str, y: Operand) -> bool:
        """The truth of a comparison at the numbers that the inputs have, from now on a guard."""
        if self._numbers is None:
            raise Branch(
                f"a branch (… {sign} …) depends on an input that has no number yet: write it with "
                "where, maximum, minimum or relu, or call the program with numbers first"
            )
        outcome = bool(COMPARISONS[sign](self.number(x), self.number(y)))
        if isinstance(x, int) or isinstance(y, int):
            guard = Guard(x, sign, y, outcome, len(self.rows))
            self.guards.setdefault((x, sign, repr(y)), guard)  # row 1 is not the number 1.0
        return outcome

    def number(self, x: Operand) -> float:
        """The number of a row at the point of the trace; nan where there is none."""
        if isinstance(x, float):
            return x
        assert self._numbers is not None
        for op, operands in self.rows[len(self._numbers) : int(x) + 1]:
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


def order(x: Operand, y: Operand) -> bool:
    """Whether two operands that may be exchanged are to be, so that equal operations look equal."""
    return (isinstance(x, float), x) > (isinstance(y, float), y)


def is_zero(x: Operand, sign: float) -> bool:
    return isinstance(x, float) and x == 0.0 and copysign(1.0, x) == sign
