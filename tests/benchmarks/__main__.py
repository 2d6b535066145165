"""Measure and print: `python -m tests.benchmarks [--quick] [--large] [--plot FILE] [W1 scaling …]`.

Every ratio compares things that took turns in one run, and is the median over the turns.
"""

import argparse
import gc
import importlib.util
import math
import os
import platform
from collections.abc import Sequence
from functools import partial
from statistics import linear_regression, median

from .fan import fan_in_fresh_process
from .measure import (
    COLLECTOR_OFF,
    FRESH,
    LOOP,
    Conditions,
    Contestant,
    check_agreement,
    interleaved,
    python,
    ratio,
    seconds,
)
from .table import at_least, at_most, print_row, print_title
from .workloads import WORKLOADS

# How many times as long the closure engine is to take under FRESH conditions.
SPEED_TARGETS = {
    ("W1", "binary"): 10.0,
    ("W1", "n-ary"): 28.0,
    ("W5", "binary"): 2.5,
    ("W6", "binary"): 8.0,
    ("W6", "n-ary"): 25.0,
}
SPEED_COLUMNS = "ours, ms", "peer, ms", "peer", "ratio", "target"
SECTIONS = *WORKLOADS, "scaling", "finiteness", "import", "compiled"


def compare(
    name: str, engines: Sequence[str], peers: Sequence[str], conditions: Conditions, quick: bool
) -> None:
    """One workload on all engines in turn: a row for each of ours against each peer."""
    workload = WORKLOADS[name]
    size, rounds = (workload.quick, 1) if quick else (workload.size, 7)
    contestants = {engine: Contestant(engine, name, size) for engine in (*engines, *peers)}
    check_agreement({engine: c.numbers() for engine, c in contestants.items()})
    times = interleaved(
        {engine: partial(c.seconds, conditions) for engine, c in contestants.items()}, rounds
    )
    for contestant in contestants.values():
        contestant.close()
    for peer in peers:
        for engine in engines:
            figure = ratio(times[engine], times[peer])
            target = None
            if peer == "closure" and conditions is FRESH:
                target = SPEED_TARGETS.get((name, engine))
            print_row(
                f"{name} {engine}",
                *(f"{1000 * median(times[who]):.4g}" for who in (engine, peer)),
                peer,
                f"{figure:.3g}",
                at_least(figure, target) if target else "",
            )


def speed(title: str, names: Sequence[str], conditions: Conditions, quick: bool) -> None:
    """Gradients zeroed, forward, backward, the graph freed, in each form that a workload has."""
    print_title(title, *SPEED_COLUMNS)
    for name in names:
        engines = ["binary", "n-ary"] if WORKLOADS[name].nary else ["binary"]
        peers = ["closure"]
        if name == "W1" and importlib.util.find_spec("micrograd"):
            peers.append("micrograd")
        compare(name, engines, peers, conditions, quick)


def scaling(quick: bool, large: bool) -> None:
    """Time and memory of W4 as it grows, each graph in a fresh process."""
    sizes = [10_000, 30_000] if quick else [300_000, 1_000_000, 3_000_000] + [10_000_000] * large
    rounds = [[fan_in_fresh_process(nodes) for nodes in sizes] for _ in range(1 if quick else 5)]
    print_title("W4 scaling, collector off", "s", "µs/node", "bytes/node", "at the peak")
    graph = peak = 0.0
    for nodes, fans in zip(sizes, zip(*rounds, strict=True), strict=True):
        time, graph, peak = (median(figures) for figures in zip(*fans, strict=True))
        cells = time, 1e6 * time / nodes, graph / nodes, peak / nodes
        print_row(f"{nodes:.0e} nodes", *(f"{cell:.3g}" for cell in cells))
    # Fitted in each round, since the machine's pace may change from one to the next.
    exponent = median(
        linear_regression(
            [math.log(nodes) for nodes in sizes], [math.log(fan.seconds) for fan in fans]
        ).slope
        for fans in rounds
    )
    print_row("time = nodes to the", f"{exponent:.3f}", at_most(exponent, 1.05))
    print_row("bytes per node", f"{graph / sizes[-1]:.0f}", at_most(graph / sizes[-1], 160))
    print_row("at the peak", f"{peak / sizes[-1]:.0f}", at_most(peak / sizes[-1], 220))
    if large:
        print_row("GB at the peak", f"{peak / 1e9:.2f}", at_most(peak / 1e9, 2.4))


def finiteness_cost(quick: bool) -> None:
    """W1 as it is against W1 with operators that let nan and inf pass."""
    print_title("Price of finiteness", *SPEED_COLUMNS)
    compare("W1", ["binary"], ["unchecked"], FRESH, quick)


def import_time(quick: bool) -> None:
    """What importing the package adds to the start of Python."""
    programs = {"bare": "pass", "package": "import microgradx"}
    python("-c", programs["package"])  # so that its bytecode is written
    turns = {name: partial(seconds, partial(python, "-c", text)) for name, text in programs.items()}
    times = interleaved(turns, 1 if quick else 15)
    bare, package = (1000 * median(times[name]) for name in programs)
    added = package - bare
    print_title("Import", "bare, ms", "package, ms", "added, ms", "target")
    cells = (f"{figure:.1f}" for figure in (bare, package, added))
    print_row("import microgradx", *cells, at_most(added, 15))


def compiled_programs(quick: bool, file: str | None) -> None:
    """The section that needs NumPy, and its chart."""
    if not importlib.util.find_spec("numpy"):
        print("\nCompiled programs are skipped: numpy is not installed")
        return
    from .compiled import compiled, plot

    figures = compiled(quick)
    if file:
        plot(figures, file)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that all runs")
    parser.add_argument("--large", action="store_true", help="10⁷ nodes too (2 GB, 2 minutes)")
    parser.add_argument("--plot", metavar="FILE", help="a bar chart of the compiled programs")
    arguments = parser.parse_intermixed_args()
    chosen, quick = arguments.sections or SECTIONS, arguments.quick
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    if arguments.plot and "compiled" not in chosen:
        parser.error("--plot shows the section compiled, which is not asked for")
    if arguments.plot and not importlib.util.find_spec("matplotlib"):
        parser.error("--plot needs matplotlib: pip install -e '.[bench]'")

    print(
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, collector thresholds {gc.get_threshold()}; medians over turns"
    )
    if quick:
        print("Tiny sizes, to see that all runs: the figures mean nothing.")
    if workloads := [name for name in WORKLOADS if name in chosen]:
        speed("Speed, collector on, garbage removed before each step", workloads, FRESH, quick)
    if "W1" in chosen:
        speed("Speed, collector on, step after step", ["W1"], LOOP, quick)
        speed("Speed, collector off, garbage removed", ["W1"], COLLECTOR_OFF, quick)
    if "scaling" in chosen:
        scaling(quick, arguments.large)
    if "finiteness" in chosen:
        finiteness_cost(quick)
    if "import" in chosen:
        import_time(quick)
    if "compiled" in chosen:
        compiled_programs(quick, arguments.plot)


if __name__ == "__main__":
    main()
