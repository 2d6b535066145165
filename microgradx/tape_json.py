"""A tape as JSON text and back; what is read is checked, since it may come from anywhere."""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from microgradx.graph import brief
from microgradx.primitives import PRIMITIVES
from microgradx.rows import LEAVES, refuse_batch

if TYPE_CHECKING:
    from microgradx.tape import Tape

SCHEMA = "microgradx.tape/1"
KEYS = {"schema", "outputs", "rows"}
FIELDS = "op", "operands", "value", "partials", "label"


def write(tape: "Tape") -> str:
    """The text of a tape; see `Tape.to_json`."""
    refuse_batch(tape.rows, tape.name, "JSON is")
    described = []
    for row in tape.rows:
        partials = [d if d is None or math.isfinite(d) else "undefined" for d in row.partials]
        values = row.op, row.operands, row.value, partials, row.label
        described.append(dict(zip(FIELDS, values, strict=True)))
    text = {"schema": SCHEMA, "outputs": tape.outputs, "rows": described}
    return json.dumps(text, allow_nan=False)


def read(text: str) -> tuple[tuple[int, ...], list[tuple]]:
    """(outputs, the fields of every row) from text.

    Raises:
        TypeError: If it is no text.
        ValueError: If the text is no tape.
    """
    if not isinstance(text, str | bytes | bytearray):
        raise TypeError(f"a tape is JSON text, as tape.to_json() gives it, not {brief(text)}")
    try:
        tape = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"a tape is JSON text: {error}") from None
    if not isinstance(tape, dict) or tape.get("schema") != SCHEMA:
        raise ValueError(f'a tape is an object with "schema": "{SCHEMA}", "outputs" and "rows"')
    if tape.keys() != KEYS or not isinstance(tape["rows"], list):
        raise ValueError('a tape has "schema", "outputs", a list "rows", and nothing else')
    fields, ops = [], []
    for row in tape["rows"]:
        fields.append(read_row(row, ops))
        ops.append(fields[-1][0])
    outputs = tape["outputs"]
    if not are_indices(outputs, ops) or not outputs or "constant" in (ops[i] for i in outputs):
        raise ValueError(
            f'"outputs" are indices of rows that are no constants, not {brief(outputs)}'
        )
    return tuple(outputs), fields


def read_row(row: Any, ops: Sequence[str]) -> tuple:
    """The fields of a row, as `Row` takes them after its index; `ops` are those of the earlier."""

    def wrong(fault: str) -> ValueError:
        return ValueError(f"row {len(ops)} of the tape: {fault}")

    if not isinstance(row, dict) or row.keys() != {*FIELDS}:
        raise wrong(f"an object with the fields {', '.join(FIELDS)}, not {brief(row)}")
    op, operands, value, partials, label = (row[field] for field in FIELDS)
    if not isinstance(op, str) or not (op in LEAVES or op in PRIMITIVES):
        raise wrong(
            f'"op" is the name of a primitive, "leaf" or "constant", not {brief(op)}; one of your '
            "own has to be given again first, by microgradx.primitive"
        )
    if not is_float(value):
        raise wrong(f'"value" is a finite number, not {brief(value)}')
    if not isinstance(label, str):
        raise wrong(f'"label" is text, not {brief(label)}')
    if not are_indices(operands, ops):
        raise wrong(f'"operands" are indices of earlier rows, not {brief(operands)}')
    if not fits(op, len(operands)):
        raise wrong(f"{op} does not take {len(operands)} operands")
    if not isinstance(partials, list) or len(partials) != len(operands):
        raise wrong(f'"partials" has one for each operand, not {brief(partials)}')
    for i, d in zip(operands, partials, strict=True):
        if (d is None) != (ops[i] == "constant") or not (
            d is None or d == "undefined" or is_float(d)
        ):
            raise wrong(
                '"partials" are null for constants, and finite numbers or "undefined" for others, '
                f"not {brief(d)} for row {i}"
            )
    if operands and not any(d is not None for d in partials):
        raise wrong("it is computed from constants alone, and so it is a constant")
    return op, tuple(operands), float(value), tuple(map(read_partial, partials)), label


def read_partial(d: Any) -> float | None:
    """A local derivative, out of what JSON has for it."""
    return d if d is None else math.nan if d == "undefined" else float(d)


def fits(op: str, n: int) -> bool:
    """Whether a primitive takes n operands."""
    if op in LEAVES:
        return n == 0
    row = PRIMITIVES[op]
    return n > 0 and n % len(row.operands) == 0 if row.variadic else n == len(row.operands)


def are_indices(x: object, rows: Sequence) -> bool:
    """Whether JSON gave a list of indices of some rows; true and false are none."""
    return isinstance(x, list) and all(i.__class__ is int and 0 <= i < len(rows) for i in x)


def is_float(x: object) -> bool:
    """Whether JSON gave a number that a float holds."""
    if isinstance(x, bool) or not isinstance(x, int | float):
        return False
    try:
        return math.isfinite(float(x))
    except OverflowError:
        return False
