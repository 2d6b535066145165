"""The lines of a Python program."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from microgradx.compiler.recording import Guard
from microgradx.compiler.structure import Structure, slices
from microgradx.compiler.writer import Statement, Writer

WIDTH = 96
STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
WORD = re.compile(rf"""(?:[^ '"]+|{STRING.pattern})+""")  # what stands between two spaces


class Arguments:
    """How a program takes its arguments apart, and how it puts its results together.

    Attributes:
        constants: By name, the objects that the source uses and does not define.
    """

    def __init__(self, writer: Writer):
        self.writer = writer
        self.constants: dict[str, Any] = {}

    def take(self, s: Structure, name: str, numbers: list[str]) -> tuple[list[str], list[str]]:
        """Statements that give the numbers of an argument their names, and conditions on it."""
        if s.kind is None:
            return [], []
        if s.kind == "array":
            lines = wrapped(f"{list_of(numbers)} = {name}.ravel().tolist()")
            return lines, [f"{name}.shape == {s.keys!r}"]
        conditions = [f"{name}.__class__ is {self.class_name(s.kind)}"]
        if s.factory:
            conditions.append(f"{name}.default_factory is {self.constant('factory', s.factory)}")
        if s.keys:
            conditions.append(f"(*{name},) == {self.constant('keys', s.keys)}")
        members, inner = [], []
        for i, (part, at) in enumerate(slices(s.parts)):
            mine = numbers[at]
            members.append(mine[0] if part.kind is None else self.writer.name(f"{name}_{i}"))
            inner.append((part, members[-1], mine))
        lines = wrapped(f"{list_of(members)} = {name}{'.values()' if s.keys else ''}")
        for part in inner:
            more, others = self.take(*part)
            lines += more
            conditions += others
        return lines, conditions

    def literal(self, s: Structure, texts: list[str]) -> str:
        """An expression for a structure of numbers."""
        if s.kind is None:
            return texts[0]
        if s.kind == "array":
            return f"{self.constant('array', s.fill)}({list_of(texts)})"
        members = [self.literal(part, texts[mine]) for part, mine in slices(s.parts)]
        if s.kind is dict:
            keys = [repr(x) if isinstance(x, str) else self.constant("key", x) for x in s.keys]
            pairs = zip(keys, members, strict=True)
            return f"{{{', '.join(f'{key}: {x}' for key, x in pairs)}}}"
        if s.kind is list:
            return list_of(members)
        if s.kind is tuple:
            return tuple_of(members)
        return f"{self.constant('make', s.make)}({list_of(members)})"

    def class_name(self, kind: type) -> str:
        return kind.__name__ if kind in (list, tuple, dict) else self.constant("kind", kind)

    def constant(self, prefix: str, x: Any) -> str:
        """A name for an object."""
        name = self.writer.name(prefix)
        self.constants[name] = x
        return name


def unpacked(writer: Writer, **places: Sequence[int]) -> list[str]:
    """Statements that give inputs their names, out of lists: by name of a list, what lies in it."""
    lines: list[str] = []
    for name, inputs in places.items():
        lines += wrapped(f"{list_of(map(writer.text, inputs))} = {name}") if inputs else []
    return lines


def assignments(
    writer: Writer,
    instructions: Sequence[int],
    guards: Iterable[Guard] = (),
    refuse: Callable = list,
) -> list[str]:
    """The statements of some instructions, with what `refuse` makes of each guard in its place."""
    lines: list[str] = []
    for statements, guard in writer.between(instructions, guards):
        lines += statement_lines(statements)
        lines += refuse(guard, writer.compared(guard)) if guard else []
    return lines


def statement_lines(statements: Iterable[Statement]) -> list[str]:
    """Statements with what they are, as comments."""
    lines: list[str] = []
    for name, text, note, turns in statements:
        lines += ["# backward"] if turns else []
        lines.append(f"{name} = {text}" + (f"  # {note}" if note else ""))
    return lines


def list_of(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def tuple_of(texts: list[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def indented(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]


def refuse_unless(*conditions: str) -> list[str]:
    """Return None where a condition does not hold."""
    return refuse_if(f"not ({' and '.join(conditions)})")


def refuse_if(condition: str) -> list[str]:
    """Return None where a condition holds."""
    return [*wrapped(f"if {condition}:"), "    return None"]


def wrapped(statement: str) -> list[str]:
    """A statement over as many lines as it takes; they break at spaces within brackets."""
    if len(statement) <= WIDTH:
        return [statement]
    lines, line, depth = [], "", 0
    for word in WORD.findall(statement):
        full = line and len(line) + len(word) >= WIDTH
        if full and (deeper := depth + opened(line)):
            lines.append(line)
            line, depth = " " * 8 + word, deeper
        else:
            line += f" {word}" if line else word
    return [*lines, line]


def opened(text: str) -> int:
    """How many more brackets are opened in it than closed, strings left aside."""
    text = STRING.sub("", text)
    return sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))
