"""One fan (W4) of any size in a process of its own: `python -m tests.benchmarks.fan 300000`.

A fresh process has a clean memory, so that sizes can be compared.  The collector is off: a graph
without cycles does not need it.
"""

import gc
import json
import math
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from .engines import ENGINES
from .measure import python
from .workloads import w4


class Fan(NamedTuple):
    """What one graph took: seconds from its first node made to its last one freed, and bytes."""

    seconds: float
    graph: float
    peak: float


STATUS = Path("/proc/self/status")


def resident(field: str) -> float:
    """The bytes of memory that this process holds (VmRSS) or has held at most (VmHWM).

    Only Linux tells, elsewhere it is nan.  What `resource.getrusage` gives as the peak would do for
    more systems, but starts from the peak of the parent process.
    """
    if not STATUS.exists():
        return math.nan
    fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return 1024.0 * int(fields[field].split()[0])


def build_and_sweep(nodes: int) -> Fan:
    """Build a fan, go backward, and free it."""
    gc.disable()
    before = resident("VmRSS")
    problem = w4(ENGINES["binary"](), nodes)
    start = perf_counter()
    output = problem.forward()
    built = perf_counter()
    graph = resident("VmRSS")
    resumed = perf_counter()
    output.backward()
    del output
    end = perf_counter()
    return Fan(built - start + end - resumed, graph - before, resident("VmHWM") - before)


def fan_in_fresh_process(nodes: int) -> Fan:
    """The same in a Python of its own."""
    return Fan(*json.loads(python("-m", __name__, str(nodes))))


if __name__ == "__main__":
    print(json.dumps(build_and_sweep(int(sys.argv[1]))))
