"""One event at a time: how the numbers are computed, and how the adjoints add up."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isclose, isnan, nan
from typing import Any, SupportsIndex, overload

from microgradx.apply import slopes_of, value_of
from microgradx.explain.notation import derivative
from microgradx.explain.words import (
    ROUNDING,
    as_read,
    bracketed,
    computed,
    digits_for,
    operation,
    padded,
    pretty,
    width,
)
from microgradx.graph import brief, finite_or_nan
from microgradx.rows import refuse_batch
from microgradx.tape import Tape
from microgradx.value import Value
from microgradx.writing import shown

LISTED = 60  # steps that a notebook shows without being asked to print them
WIDEST = 40  # no column is padded beyond, lest one long sum moves all others away


@dataclass(frozen=True, slots=True)
class Event(ABC):
    """Something that happens on a tape; `str` says it in names and numbers."""

    tape: Tape = field(repr=False, compare=False)

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """What `str` says, cut where events of the same kind are aligned."""

    def __str__(self):
        return " ".join(self.columns())

    def name(self, index: int) -> str:
        """What to call one of its rows, as `step.name(step.parent)`."""
        return self.tape.name(index)


@dataclass(frozen=True, slots=True)
class Forward(Event):
    """A row is computed from its operands: `z = x·y = 3·2 = 6`.

    Attributes:
        node: The index of the row.
        op: The name of its primitive.
        operands: The indices of what it is computed from.
        numbers: The numbers of the operands.
        value: The result.
    """

    node: int
    op: str
    operands: tuple[int, ...]
    numbers: tuple[float, ...]
    value: float

    def columns(self) -> tuple[str, ...]:
        n = len(self.operands)
        names = computed(self.tape, self.node)
        digits = digits_for(self.holds)
        numbers = [bracketed(text_of(x, digits), self.op) for x in self.numbers]
        result = operation(self.op, n, numbers.__getitem__)
        return self.name(self.node), f"= {names}", f"= {result}", f"= {text_of(self.value)}"

    def holds(self, read: Callable[[float], float]) -> bool:
        """Whether the equation is true of the numbers as they are shown."""
        try:
            return as_read(value_of(self.op, [*map(read, self.numbers)]), self.value)
        except (ArithmeticError, ValueError):  # outside the domain
            return False


@dataclass(frozen=True, slots=True)
class Seed(Event):
    """The sweep begins: `∂L/∂L = 1`.

    Attributes:
        node: The index of the output.
        after: Its adjoint.
    """

    node: int
    after: float = 1.0

    def columns(self) -> tuple[str, ...]:
        name = self.name(self.node)
        return derivative(name, name), f"= {text_of(self.after)}"


@dataclass(frozen=True, slots=True)
class Backward(Event):
    """One contribution to an adjoint: upstream · partial, added to what there was before.

    Attributes:
        child: The index of the row from which it comes.
        slot: The place of the parent among the operands of the child.
        parent: The index of the row to which it goes.
        upstream: ∂output/∂child.
        partial: ∂child/∂parent by this slot; nan if it is undefined.
        contribution: upstream · partial.
        before: The sum of the contributions to the parent so far.
        after: before + contribution; with the last contribution, ∂output/∂parent.
    """

    child: int
    slot: int
    parent: int
    upstream: float
    partial: float
    contribution: float
    before: float
    after: float

    def columns(self) -> tuple[str, ...]:
        parent = self.name(self.parent)
        contribution = text_of(self.contribution)
        digits = digits_for(self.adds_up)
        added = text_of(self.before, digits), text_of(self.contribution, digits)
        return (
            f"{self.name(self.child)} → {parent}:",
            f"{text_of(self.upstream)} × {text_of(self.partial)}",
            f"= {contribution};",
            derivative(self.name(self.tape.output), parent),
            f"= {' + '.join(added)}",
            f"= {text_of(self.after)}",
        )

    def adds_up(self, read: Callable[[float], float]) -> bool:
        """Whether the sum is true of the numbers as they are shown."""
        return as_read(read(self.before) + read(self.contribution), self.after)


class Steps(tuple[Event, ...]):
    """Events in their order: an immutable sequence, of which a slice is another; see `steps`."""

    __slots__ = ()

    @overload
    def __getitem__(self, index: SupportsIndex) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> "Steps": ...
    def __getitem__(self, index: SupportsIndex | slice) -> "Event | Steps":
        found = super().__getitem__(index)
        return Steps(found) if isinstance(found, tuple) else found

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows at the end of a cell: of many steps, the first and the last."""
        half, more = LISTED // 2, len(self) - LISTED
        if more < 2:
            return pretty(self, printer, cycle)
        lines = Steps([*self[:half], *self[-half:]]).lines()
        how = f"print shows them all, and a slice such as [{half}:{LISTED}] some of them"
        lines.insert(half, f"… {more} more: {how} …")
        printer.text("\n".join(lines))

    def lines(self) -> list[str]:
        """A line for each event; those of one kind are aligned."""
        rows = [(type(event), event.columns()) for event in self]
        widths: dict[tuple[type, int], int] = {}
        for kind, columns in rows:
            for i, text in enumerate(columns):
                widths[kind, i] = min(max(widths.get((kind, i), 0), width(text)), WIDEST)
        return [
            " ".join(padded(text, widths[kind, i]) for i, text in enumerate(columns)).rstrip()
            for kind, columns in rows
        ]

    def __str__(self):
        return "\n".join(self.lines())

    def __repr__(self):
        kinds = Counter(type(event).__name__.lower() for event in self)
        return f"<Steps: {', '.join(f'{n} {kind}' for kind, n in kinds.items()) or 'none'}>"


def steps(output: Value | Tape) -> Steps:
    """The events of the forward pass, the seed, and the contributions of the reverse sweep.

    They stand in the order in which `output.backward()` adds them: each row z hands
    ∂output/∂z · ∂z/∂x to each of its operands x, one after the other, and an operand that occurs
    twice gets two contributions. Constants get none. The graph is left as it is.

    Args:
        output: A Value; or a tape, which is swept from its first output.

    Returns:
        A sequence of `Forward`, one `Seed`, and `Backward` events; printed, a line for each.

    Raises:
        TypeError: If `output` is neither, or holds a batch.
        ValueError: If a number or a local derivative is not what the operands give: a leaf has been
            changed since, as a training step changes it, or the JSON that the tape was read from
            has been edited.

    Example:
        >>> from microgradx import Value, steps
        >>> x, w = Value(3.0, "x"), Value(-0.5, "w")
        >>> y = x * w
        >>> print(steps(y * y + x))
        y  = x·w    = 3·(−0.5)      = −1.5
        v3 = y·y    = (−1.5)·(−1.5) = 2.25
        v4 = v3 + x = 2.25 + 3      = 5.25
        ∂v4/∂v4 = 1
        v4 → v3: 1 × 1     = 1;    ∂v4/∂v3 = 0 + 1       = 1
        v4 → x:  1 × 1     = 1;    ∂v4/∂x  = 0 + 1       = 1
        v3 → y:  1 × −1.5  = −1.5; ∂v4/∂y  = 0 + −1.5    = −1.5
        v3 → y:  1 × −1.5  = −1.5; ∂v4/∂y  = −1.5 + −1.5 = −3
        y → x:   −3 × −0.5 = 1.5;  ∂v4/∂x  = 1 + 1.5     = 2.5
        y → w:   −3 × 3    = −9;   ∂v4/∂w  = 0 + −9      = −9
        >>> steps(y)[-1].contribution
        3.0

    Reference:
        A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, ch. 3.
    """
    tape = taped(output, "steps(loss)")
    refuse_batch(tape.rows, tape.name, "steps are")
    refuse_stale(tape, "compute the output again, or ask for steps(Tape(output).run())")
    bar: dict[int, float] = {tape.output: 1.0}
    backward = []
    for row in reversed(tape.rows):
        for slot, (parent, partial) in enumerate(zip(row.operands, row.partials, strict=True)):
            if partial is not None and row.index in bar:  # the rows of other outputs are not
                upstream, before = bar[row.index], bar.get(parent, 0.0)
                contribution = one_nan(upstream * partial)
                bar[parent] = after = one_nan(before + contribution)
                amounts = upstream, partial, contribution, before, after
                backward.append(Backward(tape, row.index, slot, parent, *amounts))
    forward = [
        Forward(
            tape,
            row.index,
            row.op,
            row.operands,
            tuple([tape.rows[i].value for i in row.operands]),
            row.value,
        )
        for row in tape.rows
        if row.operands and row.index in bar
    ]
    return Steps([*forward, Seed(tape, tape.output), *backward])


def taped(output: Value | Tape, call: str) -> Tape:
    """The tape of a Value, or the one that is given; `call` is how to ask for an explanation."""
    if not isinstance(output, Value | Tape):
        raise TypeError(f"a Value or a tape is explained, not {brief(output)}; as in {call}")
    return output if isinstance(output, Tape) else Tape(output)


def refuse_stale(tape: Tape, remedy: str) -> None:
    """Refuse a tape with a number or a local derivative that is not what its operands give."""
    for row in tape.rows:
        if row.operands and (wrong := stale(tape, row.index)):
            raise ValueError(f"{wrong} any more: a number has changed since; {remedy}")


def stale(tape: Tape, index: int) -> str:
    """What of a row is not as its operands give it, as `x·y is not 6`; "" if all is."""
    row = tape.rows[index]
    numbers = [tape.rows[i].value for i in row.operands]
    try:
        z = value_of(row.op, numbers)
    except (ArithmeticError, ValueError):
        z = nan
    if isinstance(z, complex) or not isclose(z, row.value, rel_tol=ROUNDING):
        return f"{computed(tape, index)} is not {shown(row.value)}"
    # Of the number that the row has: of another one 1 − z may have no digit in common.
    slopes = slopes_of(row.op, row.value, numbers)
    for i, known, d in zip(row.operands, row.partials, map(finite_or_nan, slopes), strict=True):
        if known is not None and not (isclose(known, d, rel_tol=ROUNDING) or known is d):
            edge = derivative(computed(tape, index), tape.name(i))
            return f"{edge} is not {text_of(known)}"
    return ""


def one_nan(x: float) -> float:
    """A number; what is undefined is one and the same nan, so that equal steps are equal."""
    return nan if isnan(x) else x


def text_of(x: float, digits: int = 5) -> str:
    """A number in words that are true of what is not finite, too."""
    return "undefined" if isnan(x) else shown(x, digits).replace("inf", "∞")
