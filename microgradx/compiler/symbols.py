"""Symbols: numbers that write down what is done to them. The engine, run on them, writes its own
forward pass and reverse sweep as one straight-line program, and no derivative is known twice.
"""

from typing import Any

from microgradx.compiler.recording import COMPARISONS, Operand, Recording
from microgradx.errors import DomainError
from microgradx.graph import Node, Recorded
from microgradx.libraries import FLOATS, LIBRARIES, Library
from microgradx.operators import SIGNS
from microgradx.primitives import PRIMITIVES


class Comparison(Recorded):
    """x < y, of symbols. No truth value: where a formula asks for one, it is not for symbols."""

    __slots__ = ("recording", "sign", "x", "y")

    def __init__(self, recording: Recording, x: Operand, sign: str, y: Operand):
        self.recording, self.x, self.sign, self.y = recording, x, sign, y

    def decided(self) -> bool:
        """The answer to a traced function that asks for it."""
        return self.recording.decide(self.x, self.sign, self.y)

    def __bool__(self):
        raise TypeError(
            "a number of a program has no truth value: compare the Value, as in x > 0, not x.data; "
            "a formula of the table uses greater, equal, maximum or where"
        )


class Symbol(Recorded):
    """A number of which only the instruction is known that computes it.

    It takes part in arithmetic, in the functions of the table, and in Values, like any number.
    The functions that are traced see Values alone.
    """

    __slots__ = ("index", "recording")

    def __init__(self, recording: Recording, index: int):
        self.recording = recording
        self.index = index

    def __repr__(self):
        names = self.recording.names
        return names[self.index] if self.index < len(names) else "<a number of a program>"

    def look_at(self) -> None:
        self.recording.finite.add(self.index)

    def __neg__(self):
        return record("neg", self)

    def __abs__(self):
        return record("abs", self)

    def __format__(self, spec):
        return repr(self)

    def __float__(self, *_):
        raise TypeError(
            "a number, as of float(x), int(x) or round(x), or as a key, would leave the program "
            "that is being traced: use the functions of microgradx, as microgradx.exp(x), for "
            "those of math and numpy, and keep what is an int out of the arguments, as in "
            "compile(lambda x: f(x, 3))"
        )

    __bool__ = __int__ = __index__ = __complex__ = __round__ = __hash__ = __float__


def record(op: str, *operands: Any) -> Any:
    """An operation on numbers, of which at least one is a symbol: written down."""
    recording = next(x for x in operands if x.__class__ is Symbol).recording
    return wrap(recording, recording.write(op, *[operand(recording, x) for x in operands]))


def operand(recording: Recording, x: Any) -> Operand:
    """What an instruction refers to."""
    if x.__class__ is not Symbol:
        if isinstance(x, complex):
            raise DomainError(f"a constant of the program is {x!r}, no real number")
        if getattr(x, "shape", ()):
            raise TypeError(
                "a program computes numbers, and no arrays: give a vector dtype=object, and pass "
                "a batch as an argument, with batch="
            )
        return float(x)
    if x.recording is not recording:
        raise TypeError(
            "a number of an earlier trace was kept: a traced function returns all it makes"
        )
    return x.index


def wrap(recording: Recording, x: Operand) -> Any:
    return Symbol(recording, x) if isinstance(x, int) else x


def recorder(op: str):
    """The function of a row of the table over symbols; over floats alone it is the float's own."""
    plain = FLOATS[op]
    return lambda *xs: record(op, *xs) if Symbol in map(type, xs) else plain(*xs)


def extreme(op: str):
    """`maximum` or `minimum` of several operands or of one sequence: two at a time."""
    take = recorder(op)

    def of(*operands):
        first, *rest = operands[0] if len(operands) == 1 else operands
        for x in rest:
            first = take(first, x)
        return first

    return of


def operation(op: str):
    """The operator of Symbol that writes an instruction, and the reflected one."""

    def forward(self, other):
        recording = self.recording
        if other.__class__ is Symbol and other.recording is recording:  # most operations
            y = other.index
        elif is_number(other):
            y = operand(recording, other)
        else:
            return NotImplemented
        return wrap(recording, recording.write(op, self.index, y))

    def reflected(self, other):
        return record(op, other, self) if is_number(other) else NotImplemented

    return forward, reflected


def comparison(sign: str):
    """The operator of Symbol that compares."""

    def compared(self, other):
        if not is_number(other):
            return NotImplemented
        recording = self.recording
        return Comparison(recording, self.index, sign, operand(recording, other))

    return compared


def is_number(x: Any) -> bool:
    """Whether it is a plain number; of NumPy too, but no array and no Value."""
    if isinstance(x, Symbol | float | int):
        return True
    return hasattr(x, "__float__") and not isinstance(x, Node) and not getattr(x, "shape", ())


INFIX = {row.name: SIGNS[row.sign] for row in PRIMITIVES.values() if row.infix}
for _op, _name in INFIX.items():
    _forward, _reflected = operation(_op)
    setattr(Symbol, f"__{_name}__", _forward)
    setattr(Symbol, f"__r{_name}__", _reflected)
for _name, _sign in zip(("lt", "le", "gt", "ge", "eq", "ne"), COMPARISONS, strict=True):
    setattr(Symbol, f"__{_name}__", comparison(_sign))

# `operator.mul` and its like come to the operators of Symbol by themselves.
OPERATORS = {*INFIX, "neg", "abs"}
LIBRARIES[Symbol] = Library(
    "symbols",
    {
        **FLOATS,
        **{op: recorder(op) for op in FLOATS if op in PRIMITIVES and op not in OPERATORS},
        **{op: extreme(op) for op in ("maximum", "minimum")},
    },
)
