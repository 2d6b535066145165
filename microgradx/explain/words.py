"""How explanations write numbers and names."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate
from math import isclose, isfinite
from typing import Any
from unicodedata import category, east_asian_width

from microgradx.explain.logits import Composed, composed
from microgradx.explain.notation import LOWERED, atom, stem
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Tape
from microgradx.writing import ALL, shown

ROUNDING = 1e-9  # relative: numbers that differ by less are equal, up to rounding
AS_READ = 1e-3  # and what is found with the digits that are shown is the result


def plural(n: int) -> tuple[str, str]:
    """The ending of a noun, and the verb, for so many things: one factor is, two factors are.

    >>> plural(1), plural(2)
    (('', 'is'), ('s', 'are'))
    """
    return ("", "is") if n == 1 else ("s", "are")


def told_from(a: float, b: float) -> tuple[str, str]:
    """Two numbers, with as many digits as tell them apart, if they are not equal up to rounding.

    >>> told_from(7.38905609, 7.389), told_from(0.1 + 0.2, 0.3)
    (('7.3891', '7.389'), ('0.3', '0.3'))
    """
    # The sum of two sizes may exceed the largest float, where that of their rounding does not.
    most = 5 if abs(a - b) <= ROUNDING * abs(a) + ROUNDING * abs(b) else 12
    enough = (n for n in range(5, most + 1) if shown(a, n) != shown(b, n))
    digits = next(enough, 5)
    return shown(a, digits), shown(b, digits)


def digits_for(holds: Callable[[Callable[[float], float]], bool]) -> int:
    """How many digits an equation needs to be true of the numbers that are shown: at least five.

    >>> digits_for(lambda read: as_read(read(2024.0) - read(2023.96), 0.04))
    6
    """
    return next((n for n in range(5, ALL + 1) if holds(partial(rounded, n))), 5)


def rounded(digits: int, x: float) -> float:
    return float(f"{x:.{digits}g}")


def sum_digits(terms: Sequence[float], total: float) -> int:
    """How many digits some terms need, so that those that are shown add up to their sum."""
    return digits_for(lambda read: as_read(sum(map(read, terms)), total))


def as_read(x: float, result: float) -> bool:
    """Whether a result is what somebody finds who computes with the digits that are shown."""
    return isclose(x, result, rel_tol=AS_READ) or not isfinite(result)


def equals(x: float, digits: int = 5) -> str:
    """An equals sign and a number, with room for the sign."""
    text = shown(x, digits)
    return f"= {' ' * (not text.startswith('−'))}{text}"


def aligned(table: list[list[str]], gap: str = " ") -> list[str]:
    """Lines of a table; a column in which all is empty has no width."""
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    return [
        "  " + gap.join(padded(x, n) for x, n in zip(cells, widths, strict=True) if n).rstrip()
        for cells in table
    ]


def width(text: str) -> int:
    """How many columns of a terminal a text takes: 重 takes two, and a mark on a letter none.

    >>> width("w"), width("重み"), width("x\u0302")
    (1, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(columns, text))


@cache
def columns(letter: str) -> int:
    """How many columns of a terminal a letter takes."""
    if category(letter) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(letter) in "FW" else 1


def fitting(text: str, n: int) -> int:
    """How many letters of a text fit into n columns of a terminal.

    >>> fitting("weight", 4), fitting("重み", 3)
    (4, 1)
    """
    return bisect_right([*accumulate(map(columns, text))], n)


def padded(text: str, n: int) -> str:
    """A text with blanks behind it, to be n columns wide."""
    return text + " " * (n - width(text))


def pretty(explanation: object, printer: Any, cycle: bool) -> None:
    """As `_repr_pretty_` of a class: a notebook shows at the end of a cell what `print` shows."""
    printer.text(str(explanation))


LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}  # how tightly signs bind
ALONE = 4  # of what needs no brackets
MOST = 6  # terms or arguments that are written out


def called(tape: Tape, index: int, depth: int = 3) -> str:
    """What to call a row: its label, or what it is of the rows it uses, down to some depth.

    >>> from microgradx import Value, exp
    >>> x, y = Value(1.0, "x"), Value(2.0, "y")
    >>> tape = Tape(exp((x + 1.0) * y), names={})
    >>> called(tape, tape.output)
    'exp((x + 1)·y)'
    """
    row = tape.rows[index]
    if row.label or not row.operands:
        return tape.name(index)
    if not depth:
        return "…"
    found = composed(tape, row)
    return of_logits(tape, found, depth) if found else spelled_out(tape, index, depth)


def of_logits(tape: Tape, found: Composed, depth: int = 3) -> str:
    """What to call a function of logits: a member of a list has its index, another logit is named.

    >>> from microgradx import Value, log_softmax
    >>> z = [Value(1.0, "z1"), Value(2.0, "z2")]
    >>> tape = Tape(log_softmax(z)[0])
    >>> called(tape, tape.output)
    'log_softmax(z)₁'
    """
    labels = [tape.rows[z].label for z in found.logits]
    [*stems] = {stem(label) for label in labels}
    if len(stems) > 1 or "" in stems or stems[0] in labels:
        some = found.logits if found.of is None else [found.of]
        return f"{found.function}({', '.join(called(tape, z, depth - 1) for z in some)})"
    index = "" if found.of is None else tape.rows[found.of].label[len(stems[0]) :]
    return f"{found.function}({stems[0]}){index.translate(LOWERED) if index.isdigit() else index}"


def spelled_out(tape: Tape, index: int, depth: int = 3) -> str:
    """What a row is, in the names of what it uses, down to some depth.

    >>> from microgradx import Value
    >>> x, y = Value(1.0, "x"), Value(2.0, "y")
    >>> z = (x + 1.0) * y
    >>> z.label = "z"
    >>> tape = Tape(z)
    >>> called(tape, tape.output), spelled_out(tape, tape.output)
    ('z', '(x + 1)·y')
    """
    row = tape.rows[index]

    def operand(slot: int) -> str:
        inner = tape.rows[row.operands[slot]]
        if inner.label or not inner.operands:
            return operand_name(tape, inner.index, row.op)
        text = called(tape, inner.index, depth - 1)
        loose = depth > 1 and level(inner.op) < needed(row.op, slot)
        return f"({text})" if loose and not composed(tape, inner) else text

    return operation(row.op, len(row.operands), operand)


def computed(tape: Tape, index: int) -> str:
    """What a row is computed as, in the names of its operands; of a leaf its number."""
    row = tape.rows[index]
    if not row.operands:
        return shown(row.value)
    names = [operand_name(tape, i, row.op) for i in row.operands]
    return operation(row.op, len(names), names.__getitem__)


def operand_name(tape: Tape, index: int, op: str) -> str:
    """The name of a row as it stands in an operation: one such as `a + b` in brackets there.

    >>> from microgradx import Value
    >>> tape = Tape(Value(2.0, "a + b") * 3.0)
    >>> operand_name(tape, 0, "mul"), operand_name(tape, 0, "exp")
    ('(a + b)', 'a + b')
    """
    name = tape.name(index)
    if tape.rows[index].op == "constant":
        return bracketed(name, op)
    return atom(name) if level(op) < ALONE else name


def bracketed(text: str, op: str) -> str:
    """An operand as it stands in an operation: a minus of its own is no sign of another one."""
    return f"({text})" if text[0] == "−" and level(op) < ALONE else text


def operation(op: str, n: int, operand: Callable[[int], str]) -> str:
    """An operation as one writes it: `x·y`, `x + y + z`, `exp(x)`.

    Args:
        op: The primitive.
        n: How many operands it has.
        operand: What the i-th of them is called.

    >>> operation("dot", 4, "abxy".__getitem__), operation("max", 2, "xy".__getitem__)
    ('a·x + b·y', 'max(x, y)')
    """
    primitive = PRIMITIVES[op]
    if primitive.sign:
        return template(op).format(*map(operand, range(n)))
    terms = n // 2 if op == "dot" else n
    few = range(terms) if terms <= MOST else (0, 1, 2, None, terms - 2, terms - 1)
    texts = [
        "…" if i is None else f"{operand(i)}·{operand(terms + i)}" if op == "dot" else operand(i)
        for i in few
    ]
    return " + ".join(texts) if op in ("sum", "dot") else f"{op}({', '.join(texts)})"


def level(op: str) -> int:
    """How tightly an operation binds what it is made of."""
    return LEVELS.get(PRIMITIVES[op].sign, 1 if op in ("sum", "dot") else ALONE)


def needed(op: str, slot: int) -> int:
    """How tightly an operand must bind to need no brackets."""
    if op == "dot":
        return 2
    if not PRIMITIVES[op].sign:
        return level(op) if op == "sum" else 0
    last = slot == len(PRIMITIVES[op].operands) - 1
    return level(op) + (op == "pow" or (last and op in ("sub", "neg", "div")))


@cache
def template(op: str) -> str:
    """How an operation with a sign is written, as a format.

    >>> template("mul")
    '{0}·{1}'
    """
    primitive = PRIMITIVES[op]
    return written(primitive.value, {x: f"{{{i}}}" for i, x in enumerate(primitive.operands)})


def written(formula: str, names: Mapping[str, str]) -> str:
    """A formula of the table in the names of a node and its operands.

    >>> written("z * (1 - z)", {"z": "s"}), written("sin(x)", {"x": "(3·a)"})
    ('s·(1 − s)', 'sin(3·a)')
    """
    for sign, mark in ((" ** ", "^"), (" * ", "·"), (" / ", "/"), ("-", "−")):
        formula = formula.replace(sign, mark)
    text = re.sub(r"\b[a-z]\b", lambda found: names.get(found[0], found[0]), formula)
    return re.sub(r"\(\(([^()]*)\)\)", r"(\1)", text)
