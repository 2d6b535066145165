"""How a program is written in each language: the spellings of the table, and what differs there."""

import re
from typing import NamedTuple

from microgradx.libraries import FLOATS
from microgradx.primitives import PRIMITIVES

# How tightly an expression holds together; an operator puts brackets around looser operands.
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
LEVELS = {"add": SUM, "sub": SUM, "mul": PRODUCT, "div": PRODUCT, "neg": SIGN, "pow": POWER}
ROWS = [name for name in PRIMITIVES if name in FLOATS]
OPERANDS = re.compile(r"\b[cxy]\b")


class Dialect(NamedTuple):
    """The spelling of every operation in one language.

    Attributes:
        name: The name of the language.
        spellings: By operation, its text in the operands c, x and y.
        infix: By operation that is written with a sign, that sign and its level.
        repeats: By operation, how many times its text has the operand that it has most often.
        ascii: Whether identifiers are of ASCII alone.
        suffix: What every identifier ends in.
    """

    name: str
    spellings: dict[str, str]
    infix: dict[str, tuple[str, int]]
    repeats: dict[str, int]
    ascii: bool
    suffix: str

    def has(self, c: str) -> bool:
        """Whether a character may stand in an identifier."""
        return (c.isidentifier() or c.isdecimal()) and (c.isascii() or not self.ascii)

    def write(self, op: str, operands: list[tuple[str, int]]) -> tuple[str, int]:
        """The text of an operation on texts, each with its level; and its own level."""
        if op in self.infix:
            sign, level = self.infix[op]
            if op == "neg":
                return sign + bracketed(operands[0], SIGN), SIGN
            # From left to right, except powers; what stands on the other side needs brackets.
            left = bracketed(operands[0], ATOM if op == "pow" else level)
            right = bracketed(operands[1], SIGN if op == "pow" else level + 1)
            return f"{left} {sign} {right}", level
        if op not in self.spellings:
            raise NotImplementedError(f"{self.name} has no {op}, which the program needs")
        names = "cxy" if op == "where" else "xy"
        texts = dict(zip(names, (text for text, _ in operands), strict=False))
        return OPERANDS.sub(lambda match: texts[match[0]], self.spellings[op]), ATOM

    def functions(self) -> set[str]:
        """The names of the functions that the spellings call."""
        return {name for text in self.spellings.values() for name in re.findall(r"(\w+)\(", text)}


def dialect(name: str, spellings: dict[str, str], ascii=False, suffix="") -> Dialect:
    signed = [op for op in LEVELS if spellings.get(op) == PRIMITIVES[op].value]
    infix = {op: (PRIMITIVES[op].sign, LEVELS[op]) for op in signed}
    found = {op: OPERANDS.findall(text) for op, text in spellings.items()}
    repeats = {op: max(map(names.count, names)) for op, names in found.items()}
    return Dialect(name, spellings, infix, repeats, ascii, suffix)


def bracketed(operand: tuple[str, int], least: int) -> str:
    text, level = operand
    return text if level >= least else f"({text})"


def constant(x: float) -> tuple[str, int]:
    """The text of a number, which every language here reads as the same float."""
    return repr(x), SIGN if repr(x)[0] == "-" else ATOM


CHOICES = {
    "maximum": "(y if y > x else x)",
    "minimum": "(y if y < x else x)",
    "greater": "(1.0 if x > y else 0.0)",
    "equal": "(1.0 if x == y else 0.0)",
    "where": "(x if c else y)",
}
PYTHON = dialect("Python", {op: PRIMITIVES[op].value for op in ROWS} | CHOICES)
ARRAYS = dialect(
    "arrays",
    {
        **PYTHON.spellings,
        "maximum": "maximum(x, y)",
        "minimum": "minimum(x, y)",
        "greater": "where(x > y, 1.0, 0.0)",
        "equal": "where(x == y, 1.0, 0.0)",
        "where": "where(c, x, y)",
    },
)
JAVASCRIPT = dialect(
    "JavaScript",
    {
        **{op: js for op in ROWS if (js := PRIMITIVES[op].javascript)},
        "maximum": "(y > x ? y : x)",
        "minimum": "(y < x ? y : x)",
    },
)
C_SCALAR = dialect(
    "C",
    {
        **PYTHON.spellings,
        **{op: f"{op}(x, y)" for op in ("maximum", "minimum", "greater", "equal", "pow")},
        "abs": "fabs(x)",
        "where": "where(c, x, y)",
    },
    ascii=True,
    suffix="_",  # in which no keyword, macro or function ends
)
# The functions of vectors have names in capitals; arithmetic is written as that of numbers.
C = dialect(
    "C",
    {
        op: re.sub(r"^\w+\(", lambda match, op=op: f"{op.upper()}(", spelling)
        for op, spelling in C_SCALAR.spellings.items()
    },
    C_SCALAR.ascii,
    C_SCALAR.suffix,
)
