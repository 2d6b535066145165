"""`python -m microgradx step FILE.py:NAME`: keys lead through the steps of a graph of one's own."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from contextlib import contextmanager
from typing import Any

import pytest

from microgradx.__main__ import main
from microgradx.explain import stepper
from microgradx.explain.stepper import HELP, Unusable, cut, load
from microgradx.explain.words import width

MODEL = """
import microgradx as mg
from beside import factor

x = [mg.Value(3.0), mg.Value(-2.0)]
h = x[0] * x[1]
_hidden = loss = mg.exp(h * factor) + x[0]
print("the file has run")
"""
EVENTS = 4 + 1 + 6


@pytest.fixture
def model(tmp_path):
    """A file that defines a graph, and imports another beside it."""
    (tmp_path / "beside.py").write_text("factor = 0.5\n", "utf-8")
    (tmp_path / "model.py").write_text(MODEL, "utf-8")
    yield str(tmp_path / "model.py")
    sys.modules.pop("beside", None)


def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess:
    line = [sys.executable, "-m", "microgradx", "step", *arguments]
    return subprocess.run(line, capture_output=True, text=True, encoding="utf-8", **options)


# Without a terminal


def test_where_there_is_no_terminal_everything_is_printed(model):
    shown = command(f"{model}:loss", stdin=subprocess.DEVNULL)
    assert (shown.returncode, shown.stderr) == (0, "")
    ran, *lines = shown.stdout.splitlines()
    assert ran == "the file has run"
    assert lines == str(load(f"{model}:loss")).splitlines()
    assert len(lines) == EVENTS
    assert lines[0].split() == ["h", "=", "x[0]·x[1]", "=", "3·(−2)", "=", "−6"]
    assert lines[-1].endswith("∂loss/∂x[1] = 0 + 0.074681  = 0.074681")


def test_a_value_within_a_container_has_the_name_that_was_asked_for(model):
    assert str(load(f"{model}:x[1]")) == "∂x[1]/∂x[1] = 1"
    assert "∂_hidden/∂h" in str(load(f"{model}:_hidden"))


def test_the_name_may_follow_a_path_with_colons(tmp_path):
    folder = tmp_path / "a:b"
    folder.mkdir()
    (folder / "m.py").write_text("import microgradx as mg; y = mg.Value(1.0, 'why')", "utf-8")
    assert str(load(f"{folder}/m.py:y")) == "∂why/∂why = 1"


def test_the_name_may_have_a_colon_itself(tmp_path):
    (tmp_path / "m.py").write_text("import microgradx as mg; net = {'a:b': mg.Value(1.0)}", "utf-8")
    assert str(load(f"{tmp_path}/m.py:net['a:b']")) == "∂net['a:b']/∂net['a:b'] = 1"


@pytest.mark.parametrize("end", ["sys.exit()", "sys.exit(0)", "def f(): exit(0)\nf()"])
def test_a_file_that_ends_by_itself_has_run(tmp_path, end):
    text = f"import sys, microgradx as mg\ny = mg.Value(1.0)\n{end}"
    (tmp_path / "m.py").write_text(text, "utf-8")
    assert str(load(f"{tmp_path}/m.py:y")) == "∂y/∂y = 1"


TRAINED = """
import microgradx as mg
class Net:
    def __init__(self):
        self.w = [mg.Value(0.5), mg.Value(-1.0)]
net = Net()
loss = (net.w[0] * 2.0 - 1.5) ** 2
loss.backward()
net.w[0].data -= 0.125 * net.w[0].grad
"""


def test_after_a_step_of_training_the_steps_are_at_the_new_numbers(tmp_path):
    (tmp_path / "m.py").write_text(TRAINED, "utf-8")
    text = str(load(f"{tmp_path / 'm.py'}:loss"))
    assert re.search(r"= net.w\[0\]·2 += 0.75·2 += 1.5", text)
    assert str(load(f"{tmp_path / 'm.py'}:net.w[1]")) == "∂net.w[1]/∂net.w[1] = 1"


def test_the_file_runs_as_a_program_of_its_own(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("import sys, microgradx as mg; y = mg.Value(float(len(sys.argv)))", "utf-8")
    before = sys.path[:], sys.argv[:]
    (seed,) = load(f"{file}:y")
    assert seed.tape[0].value == 1.0
    assert (sys.path, sys.argv) == before


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("y = 1", "loss", r"in \S+m.py there is no loss; its Values are none"),
        ("import microgradx as mg; y = [mg.Value(1.0)] * 2", "z", r"no z; its Values are y\[0\]$"),
        ("import microgradx as mg; y = [mg.Value(1.0)]", "y", "y is of type list; its Values are y"),
        ("import microgradx as mg; y = [mg.Value(1.0)]", "y[1]", r"there is no y\[1\]; its"),
        ("y = 1.5", "y", "y is of type float; its Values are none"),
        ("y = None", "y", "y is of type NoneType"),
        ("import microgradx as mg; w = [mg.Value(1.0) for _ in range(99)]", "y", r"w\[18\] and 80 more"),
        ("x = 1\ny = x / 0\n", "y", r"m.py raised ZeroDivisionError: division by zero \(line 2\)"),
        ("def f():\n    return 1 / 0\nf()\n", "y", r"ZeroDivisionError: division by zero \(line 2\)"),
        ("x = (", "x", r"m.py raised SyntaxError: .*line 1"),
        ("import sys\nsys.exit('enough')", "x", r"raised SystemExit: enough \(line 2\)"),
        ("import sys\nsys.exit(2)", "x", r"raised SystemExit: 2 \(line 2\)"),
        ("import microgradx as mg\nmg.log(mg.Value(-1.0, 'x'))", "y", r"DomainError: log\(-1.0 \(x\)\)"),
        ("import numpy as np, microgradx as mg; y = mg.Value(np.ones(2)) * 2.0", "y", "holds a batch"),
    ],
)  # fmt: skip
def test_what_cannot_be_stepped_through_is_said_in_plain_text(
    tmp_path, capsys, text, name, message
):
    (tmp_path / "m.py").write_text(text, "utf-8")
    assert main(["step", f"{tmp_path / 'm.py'}:{name}"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("python -m microgradx step: ")
    assert re.search(message, shown.err.rstrip())


@pytest.mark.parametrize("target", ["model.py", "model.py:", ":loss", ""])
def test_a_target_without_a_file_or_a_name_is_an_error_that_shows_one(target):
    with pytest.raises(Unusable, match=r"give FILE.py:NAME, as model.py:loss, not '"):
        load(target)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(Unusable, match=r"there is no file '\S+none.py'"):
        load(f"{tmp_path / 'none.py'}:loss")


def test_bad_arguments_have_status_2(tmp_path):
    shown = command(f"{tmp_path / 'none.py'}:loss")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "there is no file" in shown.stderr and "Traceback" not in shown.stderr
    assert command().returncode == command("a.py:x", "b").returncode == 2


# On a terminal


def test_the_command_moves_as_the_keys_say_on_a_terminal_alone(model, monkeypatch, capsys):
    @contextmanager
    def terminal():
        yield iter(["n", "right", "q"]).__next__

    monkeypatch.setattr(stepper, "terminal", terminal)
    monkeypatch.setenv("TERM", "xterm")
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert main(["step", f"{model}:loss"]) == 0
    assert re.findall(r"model.py:loss  (\d+)/11", capsys.readouterr().out) == ["1", "2", "3"]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert main(["step", f"{model}:loss"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + EVENTS


SESSION = """
import fcntl, runpy, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C interrupts this process,
signal.signal(signal.SIGINT, signal.default_int_handler)  # even where the tests' shell ignores it
sys.argv[0] = "microgradx"
runpy.run_module("microgradx", run_name="__main__", alter_sys=True)
"""


class Terminal:
    """A pseudo-terminal in which the command runs: what it shows, and keys for it."""

    def __init__(self, *arguments: str, term: str = "xterm", columns: int = 80):
        self.leader, self.follower = pty.openpty()
        termios.tcsetwinsize(self.follower, (24, columns))
        self.settings = termios.tcgetattr(self.follower)
        self.process = subprocess.Popen(
            [sys.executable, "-c", SESSION, "step", *arguments],
            stdin=self.follower,
            stdout=self.follower,
            stderr=self.follower,
            start_new_session=True,
            env={
                **{x: y for x, y in os.environ.items() if x not in ("COLUMNS", "LINES")},
                **{"TERM": term, "PYTHONIOENCODING": "utf-8"},
            },
        )
        self.shown = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.follower)
        os.close(self.leader)

    def until(self, text: str) -> str:
        """What is shown from here up to a text; fails if it does not come."""
        while text not in self.shown:
            assert select.select([self.leader], [], [], 60)[0], f"no {text!r} in {self.shown!r}"
            self.shown += os.read(self.leader, 4096).decode("utf-8", "replace")
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def press(self, keys: str, *, position: int) -> str:
        """Press keys, wait for the position to which the last of them leads, give its screen."""
        os.write(self.leader, keys.encode())
        self.until(f"  {position}/{EVENTS}")
        return self.until("q quit")

    def ended(self) -> int:
        """The exit status; the terminal is as it was before."""
        status = self.process.wait(timeout=60)
        assert termios.tcgetattr(self.follower) == self.settings
        return status


def test_keys_lead_forward_and_back(model):
    with Terminal(f"{model}:loss") as terminal:
        first = terminal.press("", position=1)
        assert "▸ h    = x[0]·x[1]" in first
        assert "space next · b back" in first
        for key, position in [
            (" ", 2), ("n", 3), ("\x1b[C", 4), ("\x1bOC", 5), ("\r", 6), ("b", 5), ("\x1b[D", 4),
            ("\x1bOD", 3), ("G", EVENTS), ("n", EVENTS), ("g", 1), ("b", 1), ("\x1b[F", EVENTS),
            ("\x1b[H", 1), ("x", 1), ("\x1b[5~", 1), ("nn n", 4 + 1), ("\x1b[C\x1b[D\x1b[C", 6),
        ]:  # fmt: skip
            terminal.press(key, position=position)
        os.write(terminal.leader, b"q")
        assert terminal.ended() == 0


def test_on_a_narrow_terminal_no_line_of_letters_two_columns_wide_is_wider(tmp_path):
    text = "import microgradx as mg\nx, w = mg.Value(3.0, '入力の値'), mg.Value(2.0, '重み')\n"
    (tmp_path / "m.py").write_text(text + "loss = mg.exp(x * w) + mg.sin(x * w)", "utf-8")
    with Terminal(f"{tmp_path}/m.py:loss", columns=30) as terminal:
        for position in range(1, 15):
            terminal.until(f"m.py:loss  {position}/14")
            lines = terminal.until(cut(HELP, 30)).splitlines()
            assert any(line.startswith("▸ ") for line in lines)
            assert all(width(line) <= 30 for line in lines)
            os.write(terminal.leader, b"n")


@pytest.mark.parametrize(
    ("keys", "status"), [("q", 0), ("\x03", 0), ("\x04", 0), ("\x1a", 128 + signal.SIGTSTP)]
)
def test_every_way_to_leave_restores_the_terminal(model, keys, status):
    with Terminal(f"{model}:loss") as terminal:
        terminal.press("", position=1)
        assert termios.tcgetattr(terminal.follower) != terminal.settings
        os.write(terminal.leader, keys.encode())
        left = terminal.until("\x1b[?1049l")
        assert "Traceback" not in left
        assert terminal.ended() == status


def test_a_program_that_is_told_to_end_restores_the_terminal(model):
    with Terminal(f"{model}:loss") as terminal:
        terminal.press("", position=1)
        terminal.process.terminate()
        terminal.until("\x1b[?1049l")
        assert terminal.ended() == 128 + signal.SIGTERM


def test_a_dumb_terminal_shows_everything(model):
    with Terminal(f"{model}:loss", term="dumb") as terminal:
        shown = terminal.until("∂loss/∂x[1] = 0 + 0.074681  = 0.074681")
        assert "\x1b" not in shown
        assert terminal.ended() == 0
