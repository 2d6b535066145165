"""A tape as JSON text and back; what is read is checked, since it may come from anywhere."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from microgradx.primitives import PRIMITIVES

SCHEMA = "microgradx.tape/1"
FIELDS = "op", "operands", "value", "partials", "label"
LEAVES = "leaf", "constant"


def write(outputs: Sequence[int], rows: Iterable[Any]) -> str:
    """The text of a tape's rows; see `Tape.to_json`."""
    described = []
    for row in rows:
        if not isinstance(row.value, float | int):
            raise TypeError(
                f"row {row.index} holds a batch, and JSON is of one point: "
                "run the tape at a number for each leaf first"
            )
        partials = [d if d is None or math.isfinite(d) else "undefined" for d in row.partials]
        values = row.op, row.operands, row.value, partials, row.label
        described.append(dict(zip(FIELDS, values, strict=True)))
    return json.dumps({"schema": SCHEMA, "outputs": outputs, "rows": described}, allow_nan=False)


def read(text: str) -> tuple[tuple[int, ...], list[tuple]]:
    """(outputs, the fields of every row) from text.

    Raises:
        ValueError: If the text is no tape.
    """
    try:
        tape = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"a tape is JSON text: {error}") from None
    if not isinstance(tape, dict) or tape.get("schema") != SCHEMA:
        raise ValueError(f'a tape is an object with "schema": "{SCHEMA}", "outputs" and "rows"')
    rows, outputs = tape.get("rows"), tape.get("outputs")
    if set(tape) != {"schema", "outputs", "rows"} or not isinstance(rows, list):
        raise ValueError('a tape has "schema", "outputs", a list "rows", and nothing else')
    fields = [read_row(i, row) for i, row in enumerate(rows)]
    if not isinstance(outputs, list) or not outputs or not all(is_index(i, rows) for i in outputs):
        raise ValueError(f'"outputs" are indices below {len(rows)}, not {outputs!r}')
    return tuple(outputs), fields


def read_row(i: int, row: Any) -> tuple:
    """The fields of one row, as `Row` takes them after its index."""

    def need(holds: bool, what: str):
        if not holds:
            raise ValueError(f"row {i} of the tape {what}")

    need(isinstance(row, dict) and set(row) == set(FIELDS), f"has the fields {', '.join(FIELDS)}")
    op, operands, value, partials, label = (row[field] for field in FIELDS)
    need(isinstance(op, str) and op in {*LEAVES, *PRIMITIVES}, f"has no known op: {op!r}")
    need(is_float(value), f"has a finite number as its value, not {value!r}")
    need(isinstance(label, str), f"has text as its label, not {label!r}")
    need(
        isinstance(operands, list) and all(is_index(j, range(i)) for j in operands),
        f"has indices of earlier rows as operands, not {operands!r}",
    )
    need(fits(op, len(operands)), f"has {len(operands)} operands, which {op} does not take")
    need(
        isinstance(partials, list)
        and len(partials) == len(operands)
        and all(d is None or d == "undefined" or is_float(d) for d in partials),
        f"has one local derivative for each operand, not {partials!r}",
    )
    slopes = tuple(
        math.nan if d == "undefined" else d if d is None else float(d) for d in partials
    )
    return op, tuple(operands), float(value), slopes, label


def fits(op: str, n: int) -> bool:
    """Whether a primitive takes n operands."""
    if op in LEAVES:
        return n == 0
    row = PRIMITIVES[op]
    return n > 0 and n % len(row.operands) == 0 if row.variadic else n == len(row.operands)


def is_index(i: object, rows: Sequence) -> bool:
    return isinstance(i, int) and not isinstance(i, bool) and 0 <= i < len(rows)


def is_float(x: object) -> bool:
    """Whether JSON gave a number that a float holds."""
    if isinstance(x, bool) or not isinstance(x, int | float):
        return False
    try:
        return math.isfinite(float(x))
    except OverflowError:
        return False
