"""How explanations write numbers and names."""

from microgradx.tape import Tape


def shown(x: float, digits: int = 5) -> str:
    """A number to five significant digits, with a true minus sign.

    >>> shown(-4 / 3), shown(0.25), shown(1e-12)
    ('−1.3333', '0.25', '1e−12')
    """
    return f"{x:.{digits}g}".replace("-", "−")


def joined(items: list[str], last: str = "and") -> str:
    """Items as a sentence has them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *before, end = items
    return f"{', '.join(before)} {last} {end}" if before else end


INFIX = {"add": "{} + {}", "sub": "{} − {}", "mul": "{}·{}", "div": "{}/{}", "pow": "{}^{}"}
LOOSE = {"add", "sub"}


def called(tape: Tape, index: int, depth: int = 3) -> str:
    """What to call a row: its label, or what it is of the rows it uses, down to some depth.

    >>> from microgradx import Value, exp
    >>> x, y = Value(1.0, "x"), Value(2.0, "y")
    >>> tape = Tape(exp(x * y) + 1.0, names={})
    >>> called(tape, tape.output)
    'exp(x·y) + 1'
    """
    row = tape.rows[index]
    if row.label or not row.operands:
        return tape.name(index)
    if depth == 0:
        return "…"
    parts = [called(tape, i, depth - 1) for i in row.operands[:4]]
    if row.op in INFIX:
        tight = [
            f"({part})" if tape.rows[i].op in LOOSE and not tape.rows[i].label and depth > 1
            and row.op not in LOOSE else part
            for part, i in zip(parts, row.operands, strict=True)
        ]  # fmt: skip
        return INFIX[row.op].format(*tight)
    if len(row.operands) > 4:
        parts[3:] = ["…"]
    return f"{row.op}({', '.join(parts)})"
