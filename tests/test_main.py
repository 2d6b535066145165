"""`python -m microgradx`: what it prints is true, and it can be run by anybody."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import microgradx as mg
from microgradx import story, training
from microgradx.__main__ import main
from microgradx.datasets import iris


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "microgradx", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **options)


def test_the_story_counts_two_paths_and_the_claim_is_one_of_them_with_another_sign():
    net = story.network()
    (o1, o2), (t1, t2) = ([x.data for x in net[name]] for name in ("o", "t"))
    h2 = net["h"][1].data
    loss, weight = net["L"], net["w"][1][0]
    paths = {path.labels[1]: path for path in mg.paths(loss, weight)}
    assert paths["o₁"].partials == pytest.approx([-t1 / o1, o1 * (1 - o1), h2], rel=1e-14)
    assert paths["o₂"].partials == pytest.approx([-t2 / o2, -o1 * o2, h2], rel=1e-14)
    assert mg.paths(loss, weight).total == pytest.approx(h2 * (o1 * (t1 + t2) - t1), rel=1e-13)
    claim = net["t"][0] * (1.0 - net["o"][0]) * net["h"][1]
    diagnosis = mg.check_derivation(loss, weight, claim)
    assert {finding.kind for finding in diagnosis.findings} == {"sign", "missing path"}
    assert claim.data == pytest.approx(-paths["o₁"].product, rel=1e-14)
    assert [path.labels[1] for path in diagnosis.missing] == ["o₂"]


def test_the_command_tells_the_story_and_trains_in_plain_lines_where_there_is_no_terminal():
    shown = run()
    assert shown.returncode == 0
    assert shown.stderr == ""
    assert "- The path L → o₂ → y₁ → w₂₁ is missing: −0.37976." in shown.stdout
    assert "\r" not in shown.stdout
    assert re.search(r"135 paths from E to w\[2\]\[3\]:", shown.stdout)
    listed = re.findall(r"E → E(\d+) \((\w+)\) → ", shown.stdout)
    data = iris()
    assert len(listed) == 10
    assert all(data.species[data.labels[int(n)]] == name for n, name in listed)
    assert run().stdout == shown.stdout


def test_on_a_terminal_there_is_one_progress_bar():
    leader, follower = pytest.importorskip("pty").openpty()
    command = [sys.executable, "-m", "microgradx", "--steps", "3"]
    with subprocess.Popen(command, stdout=follower) as process:
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 4096):
                shown += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(leader)
    assert process.returncode == 0
    text = shown.decode()
    assert text.count("\r   █") + text.count("\r   ·") == 3 * training.FOLDS
    assert re.findall(r"step (\d+)/30", text) == [str(n) for n in range(1, 31)]
    assert "part 10: loss" in text


@pytest.mark.untraced
@pytest.mark.parametrize("seed", [-1, 0, 1, 2, 3])
def test_nineteen_of_twenty_held_out_irises_are_told_apart(seed, capsys: pytest.CaptureFixture):
    """At any seed: of the seeds from -100 to 200, none gives less than 143 of 150."""
    assert main(["--seed", str(seed)]) == 0
    shown = capsys.readouterr().out
    ((share, right),) = re.findall(r"all held-out rows: (\S+) \((\d+) of 150\)", shown)
    counts = re.findall(r"right on (\d+) of 15 held-out rows", shown)
    assert len(counts) == 10 and sum(map(int, counts)) == int(right)
    assert float(share) >= 0.95 and float(share) == round(int(right) / 150, 3)


def test_each_row_is_held_out_once_with_its_share_of_every_species():
    labels = iris().labels
    splits = [training.folds(labels, seed) for seed in (1, 2, -1)]
    for split in splits:
        assert sorted(n for part in split for n in part) == list(range(150))
        assert all([labels[n] for n in part] == [0] * 5 + [1] * 5 + [2] * 5 for part in split)
    assert splits[0] != splits[1] != splits[2] != splits[0]
    assert training.folds(labels, 1) == splits[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--steps", "0"), "argument --steps: it is at least 1, not 0\n"),
        (("--steps", "many"), "argument --steps: it is a whole number, not 'many'\n"),
        (("--seed", "1.5"), "argument --seed: it is a whole number, not '1.5'\n"),
        (("story",), "unrecognized arguments"),
    ],
)
def test_a_bad_argument_is_an_error_with_status_2(arguments, message):
    shown = run(*arguments)
    assert shown.returncode == 2
    assert message in shown.stderr


def test_help_says_what_the_command_does():
    shown = " ".join(run("--help").stdout.split())
    assert "goes wrong, path by path" in shown
    assert "the seed that splits the rows (default: 1)" in shown
    assert "the steps of gradient descent (default: 60)" in shown


def test_the_command_says_its_version():
    assert run("--version").stdout == f"microgradx {mg.__version__}\n"


def test_a_terminal_without_greek_letters_is_no_error():
    assert run("--steps", "1", env={**os.environ, "PYTHONIOENCODING": "ascii"}).returncode == 0


def test_main_can_be_called(capsys: pytest.CaptureFixture):
    assert main(["--steps", "2", "--seed", "3"]) == 0
    assert "2 steps of gradient descent (seed 3)" in capsys.readouterr().out


MEANS: list[tuple[Callable, list[float]]] = [
    (lambda data, k: k == 0, [5.006, 3.428, 1.462, 0.246]),
    (lambda data, k: k == 1, [5.936, 2.770, 4.260, 1.326]),
    (lambda data, k: k == 2, [6.588, 2.974, 5.552, 2.026]),
]


@pytest.mark.parametrize(("belongs", "means"), MEANS)
def test_the_irises_are_fishers(belongs, means):
    """Fifty of each species, with the means of his table 2."""
    data = iris()
    rows = [x for x, k in zip(data.features, data.labels, strict=True) if belongs(data, k)]
    assert len(rows) == 50
    assert [sum(column) / 50 for column in zip(*rows, strict=True)] == pytest.approx(means)


def test_a_reader_that_stops_reading_is_no_error():
    command = [sys.executable, "-m", "microgradx"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
