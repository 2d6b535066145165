"""`python -m microgradx step FILE.py:NAME`: the steps of a graph of one's own, in the terminal."""

import argparse
import os
import runpy
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from os import path
from typing import Any

from microgradx.errors import MathError
from microgradx.explain.steps import Steps, steps
from microgradx.explain.words import fitting, width
from microgradx.names import names_of, values_in
from microgradx.tape import Tape
from microgradx.value import Value
from microgradx.writing import KNOWN, listed

HELP = "space next · b back · g start · G end · q quit"
FAR = sys.maxsize
# By how many steps each key moves; any other does not.
MOVES = {
    **dict.fromkeys([" ", "n", "\r", "\n", "right", "down"], 1),
    **dict.fromkeys(["b", "\b", "\x7f", "left", "up"], -1),
    **dict.fromkeys(["g", "home"], -FAR),
    **dict.fromkeys(["G", "end"], FAR),
}
QUIT = {"q", "Q", "", "\x03", "\x04", "\x1a"}  # "" ends the input, as do Ctrl-C, Ctrl-D and Ctrl-Z
# What terminals send after Esc, and what Windows sends after "\0" or "à".
SEQUENCES = {
    **{f"{start}{end}": name for start in "[O" for end, name in
       {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}.items()},
    "[1~": "home", "[7~": "home", "[4~": "end", "[8~": "end",
}  # fmt: skip
WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left", "G": "home", "O": "end"}
OPEN, CLEAR, CLOSE = "\x1b[?1049h\x1b[?25l", "\x1b[H\x1b[2J", "\x1b[?25h\x1b[?1049l"


class Unusable(Exception):
    """What was asked for cannot be stepped through; the message says why."""


def main(argv: list[str]) -> int:
    """Run the command with these arguments; 0 if all went well."""
    parser = argparse.ArgumentParser(
        prog="python -m microgradx step",
        description="Runs FILE.py and steps through the graph of its variable NAME: forward, then "
        "backward one contribution at a time, at the numbers that its leaves have after the run. "
        f"Keys: {HELP}. Where there is no terminal, it prints all steps.",
    )
    parser.add_argument("target", metavar="FILE.py:NAME", help="as model.py:loss")
    target = parser.parse_args(argv).target
    try:
        found = load(target)
    except Unusable as problem:
        print(f"{parser.prog}: {problem}", file=sys.stderr)
        return 2
    if sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        browse(found, path.basename(target))
    else:
        print(found)
    return 0


def load(target: str) -> Steps:
    """The steps of a Value that a file defines, with the names of the file's variables.

    Raises:
        Unusable: If there is no such file or Value, or the file fails.
    """
    file, _, name = target.rpartition(":")
    if ".py:" in target:  # the name may have a colon, as net['a:b']
        stem, _, name = target.partition(".py:")
        file = f"{stem}.py"
    if not (file and name):
        raise Unusable(f"give FILE.py:NAME, as model.py:loss, not {target!r}")
    variables = run(file)
    names = names_of(variables)
    root = name.partition("[")[0].partition(".")[0]
    found = [v for known, v in values_in(variables.get(root), root) if known == name]
    if not found or not isinstance(found[0], Value):
        kind = type(variables.get(name)).__name__
        problem = f"{name} is of type {kind}" if name in variables else f"there is no {name}"
        known = listed([*names.values()] or ["none"], KNOWN)
        raise Unusable(f"in {file} {problem}; its Values are {known}")
    try:  # at the numbers that the leaves have now, after a step of training too
        return steps(Tape(found[0], names={**names, found[0]: name}).run())
    except (TypeError, MathError) as error:  # a batch, or no result there
        raise Unusable(str(error)) from None


def run(file: str) -> dict[str, Any]:
    """The variables of a file after it has run, as `python FILE.py` with what lies beside it."""
    if not path.isfile(file):
        raise Unusable(f"there is no file {file!r}")
    before = sys.path[:], sys.argv[:]
    sys.path.insert(0, path.dirname(path.abspath(file)))
    sys.argv[:] = [file]
    try:
        return runpy.run_path(file, run_name="__main__")
    except (Exception, SystemExit) as error:
        frames = traceback.walk_tb(error.__traceback__)
        own = [(frame, line) for frame, line in frames if frame.f_code.co_filename == file]
        if own and isinstance(error, SystemExit) and error.code in (None, 0):  # all went well
            return dict(own[0][0].f_globals)
        place = f" (line {own[-1][1]})" if own else ""
        raise Unusable(f"{file} raised {type(error).__name__}: {error}{place}") from None
    finally:
        sys.path[:], sys.argv[:] = before


def browse(found: Steps, title: str) -> None:
    """Show the steps, one after the other, as the keys say."""
    lines, at = found.lines(), 0
    with suppress(KeyboardInterrupt), terminal() as read_key:
        while True:
            size = shutil.get_terminal_size()
            sys.stdout.write(CLEAR + screen(lines, at, title, *size))
            sys.stdout.flush()
            key = read_key()
            if key in QUIT:
                break
            at = moved(at, key, len(lines))


def moved(at: int, key: str, n: int) -> int:
    """Where a key leads among n steps."""
    return min(max(at + MOVES.get(key, 0), 0), n - 1)


def screen(lines: list[str], at: int, title: str, wide: int, height: int) -> str:
    """A screen of steps: that at hand whole, those around it as far as there is room.

    The lines in which the step at hand goes on begin with …; what is cut ends with it.

    >>> print(screen(["z = x·y = 3·2 = 6", "∂z/∂z = 1", "z → x: 1 × 2 = 2"], 0, "a.py:z", 14, 24))
    a.py:z  1/3  …
    <BLANKLINE>
    ▸ z = x·y = 3·
    … 2 = 6
      ∂z/∂z = 1
      z → x: 1 × …
    <BLANKLINE>
    space next · …
    """
    fits = max(wide - 2, 1)
    room = max(height - 4, 1)
    whole = folded(lines[at], fits)
    if len(whole) > room:
        whole[room - 1 :] = [cut("".join(whole[room - 1 :]), fits)]
    around = room - len(whole) + 1
    first = max(min(at - around // 2, len(lines) - around), 0)
    shown = [f"  {cut(line, fits)}" for line in lines[first : first + around]]
    shown[at - first : at - first + 1] = ["▸ " + "\n… ".join(whole)]
    head = f"{title}  {at + 1}/{len(lines)}  at the numbers after the run"
    return "\n".join([cut(head, wide), "", *shown, "", cut(HELP, wide)])


def folded(text: str, wide: int) -> list[str]:
    """A text in lines for which there is room."""
    lines = []
    while text:
        n = max(fitting(text, wide), 1)
        lines.append(text[:n])
        text = text[n:]
    return lines


def cut(text: str, wide: int) -> str:
    """As much of a text as there is room for."""
    return text if width(text) <= wide else text[: fitting(text, wide - 1)] + "…"


@contextmanager
def terminal() -> Iterator[Callable[[], str]]:
    """A screen and a keyboard for a while, and how to read a key; then all is as it was before."""

    def leave(number: int, frame: object):
        raise SystemExit(128 + number)

    # These would leave the terminal without an echo: ended, hung up, and stopped by Ctrl-Z.
    numbers = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP", "SIGTSTP")]
    handlers = {number: signal.signal(number, leave) for number in numbers if number}
    try:
        with keyboard() as read_key:
            sys.stdout.write(OPEN)
            yield read_key
    finally:
        with suppress(OSError):  # the terminal may be gone
            sys.stdout.write(CLOSE)
            sys.stdout.flush()
        for number, handler in handlers.items():
            signal.signal(number, handler)


if sys.platform == "win32":

    @contextmanager
    def keyboard() -> Iterator[Callable[[], str]]:
        """How to read a key: a character, the name of an arrow, or "" if there is no more."""
        import msvcrt

        os.system("")  # from here on, Windows understands escape sequences

        def read_key() -> str:
            key = msvcrt.getwch()
            return WINDOWS.get(msvcrt.getwch(), "other") if key in "\0\xe0" else key

        yield read_key

else:
    import select
    import termios
    import tty

    @contextmanager
    def keyboard() -> Iterator[Callable[[], str]]:
        """How to read a key: a character, the name of an arrow, or "" if there is no more."""
        fd = sys.stdin.fileno()
        before = termios.tcgetattr(fd)
        try:
            tty.setcbreak(fd)
            yield lambda: read_key(fd)
        finally:
            with suppress(termios.error):
                termios.tcsetattr(fd, termios.TCSADRAIN, before)

    def read_key(fd: int) -> str:
        """A key, which may be several bytes: those of an arrow come at once after Esc."""
        key = read_byte(fd)
        if key != "\x1b":
            return key
        sequence = ""
        while not sequence[1:] or not "@" <= sequence[-1] <= "~":
            if not select.select([fd], [], [], 0.05)[0] or not (byte := read_byte(fd)):
                break
            sequence += byte
        return SEQUENCES.get(sequence, "other")

    def read_byte(fd: int) -> str:
        try:
            # A signal that came just before a read would have to wait for the next key.
            while not select.select([fd], [], [], 0.2)[0]:
                pass
            return os.read(fd, 1).decode("latin-1")
        except OSError:  # how Linux says that the other end is closed
            return ""
