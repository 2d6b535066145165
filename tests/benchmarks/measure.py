"""Side by side or not at all: contestants that agree take turns, and medians are compared."""

import gc
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from .engines import ENGINES
from .workloads import WORKLOADS, Problem, numbers, run

ROOT = Path(__file__).parents[2]


class Conditions(NamedTuple):
    """How a turn is taken: the cyclic collector on or off, and all garbage removed before or not.

    What an engine leaves to the collector is counted only where turns follow one another without
    such a removal, as steps of a training loop do.
    """

    collector: bool
    fresh: bool


FRESH = Conditions(collector=True, fresh=True)
LOOP = Conditions(collector=True, fresh=False)
COLLECTOR_OFF = Conditions(collector=False, fresh=True)


class Contestant:
    """One engine on one workload, in a process of its own.

    In a common process an engine would collect the garbage of another one in its own time, and
    would be slowed down by the holes that the other has left in memory.
    """

    def __init__(self, engine: str, workload: str, size: int) -> None:
        self._problem = engine, workload, size
        self._process = ProcessPoolExecutor(1, get_context("spawn"))

    def numbers(self) -> list[float]:
        """The output and all gradients."""
        return self._process.submit(_numbers, *self._problem).result()

    def seconds(self, conditions: Conditions) -> float:
        """The time of one turn."""
        return self._process.submit(_seconds, *self._problem, conditions).result()

    def close(self) -> None:
        """End the process."""
        self._process.shutdown()


@cache
def _problem(engine: str, workload: str, size: int) -> Problem:
    """The one problem of a contestant's process."""
    # The peers sort recursively, and W3 is deep.
    sys.setrecursionlimit(1_000_000)
    return WORKLOADS[workload].make(ENGINES[engine](), size)


def _numbers(engine: str, workload: str, size: int) -> list[float]:
    return numbers(_problem(engine, workload, size))


def _seconds(engine: str, workload: str, size: int, conditions: Conditions) -> float:
    problem = _problem(engine, workload, size)
    (gc.enable if conditions.collector else gc.disable)()
    if conditions.fresh:
        gc.collect()
    return seconds(lambda: run(problem)) / problem.calls


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = perf_counter()
    action()
    return perf_counter() - start


def interleaved(
    turns: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, tuple[float, ...]]:
    """The figures of all rounds, in each of which everyone has one turn."""
    figures = [[turn() for turn in turns.values()] for _ in range(rounds)]
    return dict(zip(turns, zip(*figures, strict=True), strict=True))


def ratio(own: Sequence[float], others: Sequence[float]) -> float:
    """How many times longer the others took: the median over the rounds."""
    return median(theirs / ours for ours, theirs in zip(own, others, strict=True))


def check_agreement(outcomes: Mapping[str, list[float]]) -> None:
    """Raise unless all engines give the same numbers: figures of a wrong engine mean nothing."""
    (first, expected), *others = outcomes.items()
    for name, actual in others:
        for i, (a, b) in enumerate(zip(expected, actual, strict=True)):
            # Engines add in different orders, so what cancels to almost nothing may differ.
            if not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-13):
                what = f"the gradient of leaf {i - 1}" if i else "the output"
                raise ArithmeticError(f"{what} is {a!r} by {first} and {b!r} by {name}")


def python(*arguments: str) -> str:
    """What a fresh Python prints, run where the package can be imported; bytecode is kept."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
