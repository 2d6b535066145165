"""A program as statements: one for each node and each adjoint, the rest written into them."""

import builtins
import keyword
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from microgradx.compiler.dialects import ATOM, Dialect, constant
from microgradx.compiler.program import Program
from microgradx.compiler.recording import Guard, Operand

BETWEEN_WORDS = re.compile(r"\W+")
LONGEST = 88  # characters of an expression, above which its parts get statements of their own


class Statement(NamedTuple):
    """An instruction that has a name: `name` = `text`, and what it is, for readers.

    Attributes:
        turns: Whether it is the first statement of the reverse sweep.
    """

    name: str
    text: str
    note: str
    turns: bool


class Stop(Protocol):
    """What has its place in a program after the first `before` instructions, as a guard."""

    @property
    def before(self) -> int: ...


S = TypeVar("S", bound=Stop)


class Writer:
    """The text of a program's instructions in one dialect.

    Args:
        program: The program.
        dialect: The language.
        reserved: Names that mean something else there.
        always: Instructions that get a statement in any case.
        inline: Instructions that get no statement merely because they have a name.
    """

    def __init__(
        self,
        program: Program,
        dialect: Dialect,
        reserved: Iterable[str] = (),
        always: Iterable[int] = (),
        inline: Iterable[int] = (),
    ):
        self.program = program
        self.dialect = dialect
        self._taken = {*reserved, *dir(builtins), *keyword.kwlist}
        self._texts: dict[int, tuple[str, int]] = {}
        self._named = set(range(program.inputs))
        self._forward = True
        named = {i for i in program.names if i >= program.inputs}
        self._kept = {*always} | (named - {*inline})
        uses = [0] * len(program.instructions)
        for op, _, used in program.instructions[program.inputs :]:
            for x in used:
                uses[x] += dialect.repeats.get(op, 1)
        for x in program.wanted:
            uses[x] += 1
        self._kept.update(i for i, n in enumerate(uses) if n > 1 and i >= program.inputs)
        for i in range(program.inputs):
            self._texts[i] = self.name(program.names.get(i, f"x{i}")), ATOM

    def name(self, name: str) -> str:
        """An identifier for something called so, which no other has."""
        if not name.isascii():
            name = unicodedata.normalize("NFKC", name)  # Python takes names alike in it for one
            name = "".join(c if self.dialect.has(c) else " " for c in name)
        plain = BETWEEN_WORDS.sub("_", name).strip("_") or "v"
        plain = f"v{plain}" if plain[0].isdigit() else plain
        name, count = plain + self.dialect.suffix, 1
        while name in self._taken:
            count += 1
            name = f"{plain}_{count}{self.dialect.suffix}"
        self._taken.add(name)
        return name

    def text(self, x: Operand) -> str:
        """An operand as it is referred to, or written out where it has no name."""
        return self._each([x])[0][0]

    def compared(self, guard: Guard, operand: str = "{}") -> str:
        """The comparison of a guard, each operand in a form of its own."""
        x, y = (operand.format(self.text(x)) for x in (guard.x, guard.y))
        return f"{x} {guard.sign} {y}"

    def statements(
        self, instructions: Sequence[int], dialect: Dialect | None = None
    ) -> list[Statement]:
        """The statements of some instructions, whose operands are among them or written; in
        another dialect that has the same identifiers, if one is given."""
        write = (dialect or self.dialect).write
        found: list[Statement] = []
        for i in instructions:
            op, operands, uses = self.program.instructions[i]
            text = write(op, self._each(operands))
            if len(text[0]) > LONGEST:
                for x in uses:
                    if x not in self._named:
                        self._keep(x, found)
                text = write(op, self._each(operands))
            self._texts[i] = text
            if i in self._kept:
                self._keep(i, found)
        return found

    def _each(self, operands: Sequence[Operand]) -> list[tuple[str, int]]:
        texts = self._texts
        return [texts[x] if isinstance(x, int) else constant(x) for x in operands]

    def between(
        self, instructions: Sequence[int], stops: Iterable[S]
    ) -> Iterator[tuple[list[Statement], S | None]]:
        """The statements of some up to each stop, with the stop; then the rest, and None."""
        at = 0
        for stop in stops:
            end = bisect_left(instructions, stop.before)
            yield self.statements(instructions[at:end]), stop
            at = end
        yield self.statements(instructions[at:]), None

    def _keep(self, i: int, found: list[Statement]) -> None:
        name = self.name(self.program.names.get(i, f"t{i}"))
        turns = self._forward and i >= self.program.forward
        self._forward = self._forward and not turns
        note = in_comment(self.program.notes.get(i, ""))
        found.append(Statement(name, self._texts[i][0], note, turns))
        self._texts[i] = name, ATOM
        self._named.add(i)


def in_comment(note: str) -> str:
    """A note as it may stand in a comment of one line: in C a backslash would go on with it."""
    if note.isprintable() and "\\" not in note:
        return note
    return "".join(c if c.isprintable() and c != "\\" else " " for c in note)
