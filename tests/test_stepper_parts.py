"""The keys and the screen of `python -m microgradx step`."""

import os
import pty
import runpy
import signal
import sys
import termios
from types import SimpleNamespace

import pytest

from microgradx.explain import stepper
from microgradx.explain.stepper import cut, folded, moved, screen, terminal
from microgradx.explain.words import width


def at(position: int, keys: str) -> int:
    for key in keys:
        position = moved(position, key, 5)
    return position


@pytest.mark.parametrize(
    ("start", "keys", "end"),
    [(0, "n", 1), (4, "n", 4), (0, "b", 0), (3, "g", 0), (1, "G", 4), (2, "?", 2), (0, "nnnb ", 3)],
)
def test_keys_stay_among_the_steps(start, keys, end):
    assert at(start, keys) == end


@pytest.mark.parametrize("position", [0, 1, 50, 98, 99])
@pytest.mark.parametrize("size", [(80, 24), (30, 10), (12, 6), (5, 3)])
@pytest.mark.parametrize("word", ["line", "重みの行", "x\u0302 = e\u0301 重"])
def test_a_screen_fits_and_shows_the_step_at_hand(position, size, word):
    wide, height = size
    lines = [f"{word} {i}" for i in range(100)]
    rows = screen(lines, position, "重.py:損失", wide, height).split("\n")
    assert len(rows) <= max(height, 5)
    assert all(width(row) <= wide for row in rows)
    (marked,) = [row for row in rows if row.startswith("▸")]
    assert f"▸ {word} {position}".startswith(marked.removesuffix("…"))


@pytest.mark.parametrize("wide", [1, 2, 3, 10])
def test_a_text_in_lines_is_the_text_and_a_letter_too_wide_has_a_line(wide):
    text = "重み = w\u0302·入力"
    lines = folded(text, wide)
    assert "".join(lines) == text
    assert all(width(line) <= max(wide, 2) for line in lines)
    assert width(cut(text, wide)) <= wide


def test_the_help_and_the_first_line_say_at_which_numbers_the_steps_are(capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        stepper.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "at the numbers that its leaves have after the run" in said
    head, *_ = screen(["first", "last"], 0, "m.py:loss", 80, 24).split("\n")
    assert head == "m.py:loss  1/2  at the numbers after the run"


def test_a_long_step_is_shown_whole_where_it_is_at_hand():
    long = "sum " + "x + " * 40
    rows = screen(["first", long, "last"], 1, "m.py:loss", 42, 24).split("\n")
    assert "".join(row[2:] for row in rows[3:-3]) == long
    assert [row[:2] for row in rows[3:-3]] == ["▸ ", *["… "] * (len(rows) - 7)]
    assert screen(["first", long], 0, "", 42, 24).split("\n")[3] == "  " + long[:39] + "…"


@pytest.mark.parametrize("height", range(5, 10))
def test_a_long_step_for_which_there_is_no_room_ends_in_a_mark(height):
    long = "sum " + "x + " * 40
    rows = screen(["first", long], 1, "m.py:loss", 20, height).split("\n")[2:-2]
    assert len(rows) == height - 4 and all(width(row) <= 20 for row in rows)
    assert long.startswith("".join(row[2:] for row in rows).removesuffix("…"))
    assert rows[-1].endswith("…")


@pytest.fixture
def typed(monkeypatch):
    """A terminal as standard input, and a function that types on it."""
    leader, follower = pty.openpty()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: follower))
    yield lambda keys: os.write(leader, keys.encode())
    os.close(leader)
    os.close(follower)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("n\x1b[Cb", ["n", "right", "b"]),
        ("\x1bOD\x1b[A", ["left", "up"]),
        ("\x1b[H\x1b[1~\x1b[7~", ["home"] * 3),
        ("\x1b[F\x1b[4~", ["end"] * 2),
        ("\x1b[1;5Cn", ["other", "n"]),
        ("\x1b", ["other"]),
    ],
)
def test_a_key_may_be_several_bytes(typed, keys, names):
    with terminal() as read_key:
        typed(keys)
        assert [read_key() for _ in names] == names


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
def test_a_signal_ends_the_program_and_its_handler_is_put_back(typed, number):
    before = signal.getsignal(number), termios.tcgetattr(sys.stdin.fileno())
    with pytest.raises(SystemExit) as ended, terminal():
        signal.raise_signal(number)
    assert ended.value.code == 128 + number
    assert (signal.getsignal(number), termios.tcgetattr(sys.stdin.fileno())) == before


@pytest.mark.parametrize("gone", ["closed", "at its end"])
def test_a_terminal_that_has_gone_gives_no_more_keys(gone):
    read, write = os.pipe()
    os.close(write)
    if gone == "closed":
        os.close(read)
    assert stepper.read_key(read) == ""
    assert "" in stepper.QUIT
    if gone != "closed":
        os.close(read)


def test_on_windows_keys_are_characters_and_arrows_are_two(monkeypatch):
    typed = iter(["n", "\xe0", "M", "\0", "K", "\xe0", "S", "\x03"])
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "system", lambda _: 0)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(getwch=lambda: next(typed)))
    keyboard = runpy.run_path(stepper.__file__)["keyboard"]
    with keyboard() as read_key:
        assert [read_key() for _ in range(5)] == ["n", "right", "left", "other", "\x03"]
