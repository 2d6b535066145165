"""The section on compiled programs: what they cost once, what a call takes, and who is faster."""

import gc
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import microgradx as mg
from microgradx.compiler.targets import native, python as python_target

from .engines import ENGINES
from .measure import FRESH, Contestant, check_agreement, interleaved, ratio, seconds
from .programs import MAKERS, Step, Task, arrays_of_leaves, missing, numbers, task
from .table import at_least, at_most, print_row, print_title
from .workloads import WORKLOADS

# How many times as long the peer is to take, or how much of the peer's time ours may take.
FASTER: dict[tuple[str, str], dict[str, float]] = {
    ("Python", "closure"): {"W1": 250, "W2": 450, "W5": 35},
    ("C exact", "casadi"): {"W1": 18, "W2": 18},
    ("C exact", "casadi C"): {"W1": 4, "W2": 4},
    ("C exact", "jax"): {"W1": 1, "W2": 1},
    ("C exact", "binary"): {"W6": 100},
}
FASTER_WITH_MANY_ROWS = FASTER | {("NumPy", "casadi"): {"W1": 5, "W2": 5}}
WITHIN: dict[tuple[str, str], dict[str, float]] = {
    ("Python", "by hand"): {"W5": 1.25},
    ("NumPy", "casadi"): {"W1": 2, "W2": 2},
    ("C exact", "hand C"): {"W1": 1.2, "W2": 0.4},
    ("C contracted", "hand C"): {"W1": 0.85, "W2": 0.4},
}
WITHIN_WITH_MANY_ROWS = {pair: most for pair, most in WITHIN.items() if pair[0] != "NumPy"}
WITHIN_WITH_MANY_ROWS |= {("JAX", "hand C"): {"W1": 3.5, "W2": 1.6}}
SET_UP = {"Python": 0.050, "C exact": 2.0, "C contracted": 2.0, "JAX": 8.0}
SET_UP_CACHED, SET_UP_W6 = 0.020, 10.0
# XLA on CPUs copies each operation of fewer rows than 4,096 into all that use it: W1 takes minutes.
MANY_ROWS = "NumPy", "C exact", "C contracted", "JAX", "hand C", "casadi", "jax"
WITHOUT_CACHE = "Python", "NumPy", "JAX", "hand C", "casadi", "casadi C", "jax"
RATIO_COLUMNS = "ours, ms", "peer, ms", "peer", "peer/ours", "ours/peer", "target"

Times = Mapping[str, Sequence[float]]


def compiled(quick: bool) -> dict[str, dict[str, float]]:
    """The whole section; the milliseconds per call of all contestants at the smaller size."""
    present = []
    print("\nCompiled programs of W1, W2, W5 and W6")
    for name in MAKERS:
        if need := missing(name):
            print(f"{name} is skipped: {need} is not installed")
        else:
            present.append(name)
    figures = {}
    with own_cache():
        rows, rounds = (8, 1) if quick else (100, 9)
        few = [name for name in present if name != "JAX"]  # see MANY_ROWS
        for workload in ("W1", "W2"):
            problem = task(workload, rows)
            if not quick or workload == "W1":
                set_up(problem, few, 1 if quick else 3)
            times = calls(problem, [*few, "closure"], rounds)
            figures[workload] = {name: 1000 * median(x) for name, x in times.items()}
            print_ratios(workload, times, FASTER, WITHIN)
        many = [name for name in MANY_ROWS if name in (few if quick else present)]
        for workload in ("W1", "W2"):
            problem = task(workload, 64 if quick else 10_000)
            if "JAX" in many:
                set_up(problem, ["JAX"], 1)
            times = calls(problem, many, rounds)
            print_ratios(workload, times, FASTER_WITH_MANY_ROWS, WITHIN_WITH_MANY_ROWS)
        one_formula(quick)
        if "C exact" in present:
            # Alone: what other libraries keep in memory would be looked through while it is traced.
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                process.submit(one_graph, quick).result()
    return figures


@contextmanager
def own_cache() -> Iterator[None]:
    """Programs in C are kept in a new folder, and not where the user has older ones."""
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, XDG_CACHE_HOME=folder):
        yield


def forget() -> None:
    """As if no program had been made in this process."""
    native.library.cache_clear()
    python_target.load.cache_clear()
    gc.collect()


def first_call(make: Callable[[], Step]) -> float:
    """How long it takes to make a step and to take it once."""
    forget()
    return seconds(lambda: make()())


def set_up(problem: Task, names: Sequence[str], rounds: int) -> None:
    """Seconds to the end of the first call: of a new program, and of one whose C is compiled."""
    for name in names:  # so that all modules are imported
        with tempfile.TemporaryDirectory() as folder:
            MAKERS[name](problem, Path(folder))()
    fresh: dict[str, list[float]] = {name: [] for name in names}
    cached: dict[str, list[float]] = {name: [] for name in names if name not in WITHOUT_CACHE}
    for _ in range(rounds):
        for name in names:
            with own_cache(), tempfile.TemporaryDirectory() as folder:
                make = partial(MAKERS[name], problem, Path(folder))
                fresh[name].append(first_call(make))
                if name in cached:
                    cached[name].append(cached_first_call(make))
    title = f"{problem.workload} compiled, {len(problem.samples)} rows: set-up"
    print_title(title, "fresh, s", "target", "cached, s", "target")
    for name, figures in fresh.items():
        cells = [f"{median(figures):.3g}"]
        cells.append(at_most(median(figures), SET_UP[name]) if name in SET_UP else "")
        if name in cached:
            again = median(cached[name])
            cells += [f"{again:.3g}", at_most(again, SET_UP_CACHED)]
        print_row(f"{problem.workload} {name}", *cells)


def cached_first_call(make: Callable[[], Step]) -> float:
    """The first call of a program whose C is on disk, in a library that is not yet loaded."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.environ["XDG_CACHE_HOME"], folder, dirs_exist_ok=True)
        with patch.dict(os.environ, XDG_CACHE_HOME=folder):
            return first_call(make)


def per_call(step: Callable[[], object], count: int) -> float:
    """The time of a step, one after the other."""

    def steps() -> None:
        for _ in range(count):
            step()

    return seconds(steps) / count


def turn_of(step: Callable[[], object]) -> Callable[[], float]:
    """A turn of a short step: some 20 ms, after a call that finds its memory anew."""
    step()
    count = max(1, min(1000, int(0.02 / seconds(step))))

    def turn() -> float:
        step()
        return per_call(step, count)

    return turn


def calls(problem: Task, names: Sequence[str], rounds: int) -> Times:
    """The seconds per call of all contestants, who agree, in turns."""
    workload, rows = problem.workload, len(problem.samples)
    title = f"{workload} compiled, {rows} rows: value and gradient"
    with tempfile.TemporaryDirectory() as temporary:
        steps = {}
        for name in names:
            if name in MAKERS:
                folder = Path(temporary, name)
                folder.mkdir()
                steps[name] = MAKERS[name](problem, folder)
        outcomes = {name: numbers(step()) for name, step in steps.items()}
        turns = {name: turn_of(step) for name, step in steps.items()}
        engine = Contestant("closure", workload, rows) if "closure" in names else None
        if engine:
            output, *gradient = engine.numbers()
            outcomes["closure"] = numbers((output, arrays_of_leaves(workload, gradient)))
            turns["closure"] = partial(engine.seconds, FRESH)
        check_agreement(outcomes)
        times = interleaved(turns, rounds)
        if engine:
            engine.close()
    print_title(title, "ms per call")
    for name, figures in times.items():
        print_row(f"{workload} {name}", f"{1000 * median(figures):.4g}")
    return times


def print_ratios(
    workload: str,
    times: Times,
    faster: Mapping[tuple[str, str], Mapping[str, float]],
    within: Mapping[tuple[str, str], Mapping[str, float]],
) -> None:
    """A row for every target."""
    print_title(f"{workload} compiled: ours and peers", *RATIO_COLUMNS)
    for targets, least in ((faster, True), (within, False)):
        for (own, peer), of_workloads in targets.items():
            if own not in times or peer not in times or workload not in of_workloads:
                continue
            figures = [f"{1000 * median(times[who]):.4g}" for who in (own, peer)]
            target = of_workloads[workload]
            if least:
                figure = ratio(times[own], times[peer])
                cells = f"{figure:.4g}", "", at_least(figure, target)
            else:
                figure = ratio(times[peer], times[own])
                cells = "", f"{figure:.3g}", at_most(figure, target)
            print_row(f"{workload} {own}", *figures, peer, *cells)


def formula(x: Any, y: Any) -> Any:
    """W5."""
    return x * y + mg.exp(x) * mg.tanh(y)


def formula_by_hand(x: float, y: float) -> tuple[float, tuple[float, float]]:
    """W5 and its gradient as one would write them; tanh'(y) keeps its digits where y is large."""
    e = math.exp(x)
    t = math.tanh(y)
    s = math.exp(-2.0 * abs(y))
    return x * y + e * t, (y + e * t, x + e * (4.0 * s / (1.0 + s) ** 2))


def one_formula(quick: bool) -> None:
    """W5: a formula, in Python."""
    size, rounds = (WORKLOADS["W5"].quick, 1) if quick else (WORKLOADS["W5"].size, 9)
    x, y = 0.7, -0.3
    program = mg.compile(formula, wrt=(0, 1))
    engine = Contestant("closure", "W5", size)
    steps = {"Python": partial(program, x, y), "by hand": partial(formula_by_hand, x, y)}
    outcomes = {name: numbers(step()) for name, step in steps.items()}
    check_agreement(outcomes | {"closure": engine.numbers()})

    def turn(f: Callable[[float, float], object]) -> float:
        """Called as a user calls it, without what a wrapper would add."""
        start = perf_counter()
        for _ in range(4 * size):
            f(x, y)
        return (perf_counter() - start) / (4 * size)

    turns = {"Python": partial(turn, program), "by hand": partial(turn, formula_by_hand)}
    times = interleaved(turns | {"closure": partial(engine.seconds, FRESH)}, rounds)
    engine.close()
    print_ratios("W5", times, FASTER, WITHIN)


def one_graph(quick: bool) -> None:
    """W6: a whole graph, of which all leaves vary."""
    size, rounds = (WORKLOADS["W6"].quick, 1) if quick else (WORKLOADS["W6"].size, 7)
    problem = WORKLOADS["W6"].make(ENGINES["binary"](), size)
    output = problem.forward()
    leaves = [leaf.data for leaf in problem.leaves]
    programs: list[Callable[[Any], Any]] = []

    def make() -> Step:
        programs.append(mg.compile(output, inputs=problem.leaves, target="c"))
        return partial(programs[-1], leaves)

    with own_cache():
        fresh = first_call(make)
        cached = "" if quick else f"{cached_first_call(make):.3g}"
    step = partial(programs[-1], leaves)
    engine = Contestant("binary", "W6", size)
    check_agreement({"C exact": numbers(step()), "binary": engine.numbers()})
    times = interleaved(
        {"C exact": turn_of(step), "binary": partial(engine.seconds, FRESH)}, rounds
    )
    engine.close()
    print_title("W6 compiled, a whole graph: set-up", "fresh, s", "target", "cached, s")
    print_row("W6 C exact", f"{fresh:.3g}", at_most(fresh, SET_UP_W6), cached)
    print_ratios("W6", times, FASTER, WITHIN)


def plot(figures: Mapping[str, Mapping[str, float]], file: str) -> None:
    """A bar chart of milliseconds per call."""
    matplotlib = import_module("matplotlib")
    matplotlib.use("agg")
    pyplot = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(1, len(figures), figsize=(10, 4), layout="constrained")
    for panel, (workload, bars) in zip(axes, figures.items(), strict=True):
        names = sorted(bars, key=lambda name: bars[name], reverse=True)
        drawn = panel.barh(names, [bars[name] for name in names])
        panel.bar_label(drawn, fmt="%.4g", padding=3)
        panel.set(xscale="log", xlabel="ms per call", title=f"{workload}, value and gradient")
        panel.margins(x=0.3)
    figure.savefig(file)
