"""The rows of a tape: what they hold, and when two are alike."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from microgradx.graph import Node, filled, number, plain

LEAVES = "leaf", "constant"  # in the place of a primitive, where none made a row
RUN = "run the tape at a number for each leaf first, as in Tape(loss).run({'x': 2.0})"


class NoSuchRow(KeyError):
    """What was asked for is no row of a tape; the message is shown as it is, without quotes."""

    def __str__(self):
        return self.args[0]


class Row(NamedTuple):
    """One node of a tape.

    Attributes:
        index: Its place on the tape.
        op: The name of its primitive; "leaf" for a Value that none made, "constant" for a number.
        operands: The indices of what it was computed from, all smaller than its own.
        value: Its number.
        partials: The local derivative by each operand: nan where that is infinite or undefined,
            and None for a constant, by which nobody differentiates.
        label: Its name, or "".
    """

    index: int  # type: ignore[assignment]  # not the method of tuples
    op: str
    operands: tuple[int, ...]
    value: Any
    partials: tuple[float | None, ...]
    label: str

    @property
    def is_leaf(self) -> bool:
        """Whether it is a Value that no primitive made."""
        return self.op == "leaf"


def rows_of(order: Iterable[Node], labels: Mapping[Any, str]) -> tuple[list[Row], dict[Node, int]]:
    """The rows of some nodes, of which each comes after its operands; and their indices by node."""
    rows: list[Row] = []
    index: dict[Node, int] = {}

    def refer(x: Any) -> int:
        if isinstance(x, Node):
            place(x)
            return index[x]
        rows.append(Row(len(rows), "constant", (), x, (), ""))
        return len(rows) - 1

    def place(v: Node) -> None:
        if v in index:
            return
        operands, partials = tuple(map(refer, v.operands)), iter(v.partials)
        slopes = tuple(plain(next(partials)) if isinstance(x, Node) else None for x in v.operands)
        index[v] = len(rows)
        op = v.op if operands else "leaf"
        rows.append(Row(len(rows), op, operands, content(v), slopes, labels.get(v, "")))

    for v in order:
        place(v)
    return rows, index


def content(v: Node) -> Any:
    """The number of a node, as a float if it is one: `.data` may have been given another kind."""
    x = plain(v)
    if isinstance(x, float):
        return float(x)  # of NumPy's, which would make numbers of NumPy of all others
    return x if getattr(x, "shape", ()) else number(x)


def adjoints(rows: tuple[Row, ...], start: int) -> list:
    """∂(the row `start`)/∂row for every row, by one sweep back from it."""
    bar: list = [None] * len(rows)
    bar[start] = filled(rows[start].value, 1.0)
    for row in reversed(rows[: start + 1]):
        g = bar[row.index]
        if g is not None:
            for i, d in zip(row.operands, row.partials, strict=True):
                if d is not None:
                    bar[i] = (0.0 if bar[i] is None else bar[i]) + g * d
    return [filled(rows[i].value, 0.0) if g is None else g for i, g in enumerate(bar)]


def alike(a: Any, b: Any) -> bool:
    """Whether rows, or what they hold, are equal: batches where all of their numbers are."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if getattr(a, "shape", ()) or getattr(b, "shape", ()):
        import numpy

        return numpy.array_equal(a, b, equal_nan=True)
    return a is b or a == b  # nan is the one of `finite_or_nan`


def refuse_batch(
    rows: Iterable[Row], name: Callable[[int], str], what: str, remedy: str = RUN
) -> None:
    """Refuse rows that hold batches, where `what`, as "steps are", of one point; by their names."""
    for row in rows:
        if not isinstance(row.value, float | int):
            raise TypeError(f"{what} of one point, and {name(row.index)} holds a batch: {remedy}")
