"""W1 and W2 on arrays: programs of the package, C by hand, and what others make of them.

A step takes the parameters as they are at the time, and returns the loss and its gradient; the
samples are the same in all steps, and lie where the contestant likes them.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import microgradx as mg
from microgradx.compiler import Target
from microgradx.compiler.targets.native import compiler

from .engines import ENGINES
from .workloads import WORKLOADS

Step = Callable[[], tuple[Any, Sequence[Any]]]


def w1_row(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, t: Any) -> Any:
    """W1 for one sample; every row has the whole penalty, of which the mean is the same."""
    h = [mg.relu(mg.dot(row, x) + b) for row, b in zip(w1, b1, strict=True)]
    h = [mg.relu(mg.dot(row, h) + b) for row, b in zip(w2, b2, strict=True)]
    score = mg.dot(w3, h) + b3
    squares = mg.sum([mg.dot(row, row) for row in (*w1, b1, *w2, b2, w3)]) + b3 * b3
    return mg.relu(1.0 - t * score) + 1e-4 * squares


def w2_row(w: Any, b: Any, x: Any, t: Any) -> Any:
    """W2 for one sample, whose class is given as ten numbers: 1 at its place, and 0."""
    z = [mg.dot(row, x) + c for row, c in zip(w, b, strict=True)]
    return mg.log(mg.sum([mg.exp(v) for v in z])) - mg.dot(z, t)


ROWS: dict[str, Callable] = {"W1": w1_row, "W2": w2_row}


class Task(NamedTuple):
    """A workload on arrays: its parameters, samples and what is known of them."""

    workload: str
    parameters: list[np.ndarray]
    samples: np.ndarray
    targets: np.ndarray


def task(workload: str, samples: int) -> Task:
    """The same numbers as the engines get."""
    problem = WORKLOADS[workload].make(ENGINES["closure"](), samples)
    parameters = arrays_of_leaves(workload, [leaf.data for leaf in problem.leaves])
    xs, ts = (np.array(column, dtype=float) for column in zip(*problem.samples, strict=True))
    if workload == "W2":
        ts = np.eye(10)[ts.astype(int)]
    return Task(workload, parameters, xs, ts)


def arrays_of_leaves(workload: str, numbers: Sequence[float]) -> list[np.ndarray]:
    """What belongs to the leaves of a workload, as arrays for its parameters."""
    flat = np.array(numbers)
    if workload == "W2":
        return split(flat, [(10, 64), (10,)])
    # The bias of a neuron follows its weights.
    first, second, last = split(flat, [(16, 3), (16, 17), (17,)])
    layers = [part for layer in (first, second) for part in (layer[:, :-1], layer[:, -1])]
    return [np.array(part, order="C") for part in (*layers, last[:-1], last[-1])]


def split(flat: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """Arrays that lie one after the other."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [
        part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)
    ]


def joined(parts: Sequence[Any]) -> np.ndarray:
    """All numbers, one after the other."""
    return np.concatenate([np.ravel(part) for part in parts])


def numbers(results: tuple[Any, Sequence[Any]]) -> list[float]:
    """The loss of a step, and its whole gradient."""
    return [float(results[0]), *joined(results[1]).tolist()]


def program_of(task: Task, target: Target, exact: bool = True) -> Callable[..., Any]:
    """The compiled program of a workload."""
    wrt = range(len(task.parameters))
    return mg.compile(
        ROWS[task.workload],
        wrt=tuple(wrt),
        batch=(len(wrt), len(wrt) + 1),
        reduce="mean",
        target=target,
        exact=exact,
    )


def ours(target: Target, exact: bool = True) -> Callable[[Task, Path], Step]:
    """How to make a step by a compiled program."""

    def make(task: Task, folder: Path) -> Step:
        program = program_of(task, target, exact)
        arguments = *task.parameters, task.samples, task.targets
        if target == "python":  # whose programs compute with lists
            arguments = [x.tolist() for x in arguments]
        return lambda: program(*arguments)

    return make


def c_compiler() -> list[str]:
    """How the C compiler is called; nothing, if there is none."""
    try:
        return compiler()
    except RuntimeError:
        return []


def c_library(source: Path, folder: Path, *flags: str) -> Path:
    """The shared library of some C source, optimised."""
    made = folder / f"{source.stem}.so"
    flags = "-O2", *flags, "-fPIC", "-shared"
    subprocess.run([*compiler(), *flags, str(source), "-o", str(made), "-lm"], check=True)
    return made


def hand_c(task: Task, folder: Path) -> Step:
    """C as one would write it by hand."""
    source = Path(__file__).with_name("hand.c")
    kernel = ctypes.CDLL(str(c_library(source, folder, "-march=native")))[task.workload.lower()]
    pointer = ctypes.c_void_p
    kernel.restype = ctypes.c_double
    kernel.argtypes = [pointer, pointer, pointer, ctypes.c_long, pointer]
    shapes = [p.shape for p in task.parameters]

    def step() -> tuple[float, list[np.ndarray]]:
        flat, n = joined(task.parameters), len(task.samples)
        gradient = np.empty(flat.size)
        loss = kernel(
            flat.ctypes.data,
            task.samples.ctypes.data,
            task.targets.ctypes.data,
            n,
            gradient.ctypes.data,
        )
        gradient /= n
        return loss / n, split(gradient, shapes)

    return step


def casadi_function(task: Task) -> Any:
    """Sums of loss and gradient over all rows: casadi's graph of one row, mapped."""
    casadi = import_module("casadi")
    count, n = sum(p.size for p in task.parameters), len(task.samples)
    p = casadi.SX.sym("p", count)
    x = casadi.SX.sym("x", task.samples.shape[1])
    t = casadi.SX.sym("t", task.targets.size // n)
    parts, at = [], 0
    for parameter in task.parameters:
        # casadi's matrices are stored by columns.
        shape = parameter.shape[::-1] or (1,)
        parts.append(casadi.reshape(p[at : at + parameter.size], *(*shape, 1)[:2]).T)
        at += parameter.size
    if task.workload == "W1":
        w1, b1, w2, b2, w3, b3 = parts
        h = casadi.fmax(w1 @ x + b1.T, 0)
        h = casadi.fmax(w2 @ h + b2.T, 0)
        loss = casadi.fmax(1 - t * (w3 @ h + b3), 0) + 1e-4 * casadi.sumsqr(p)
    else:
        w, b = parts
        z = w @ x + b.T
        loss = casadi.log(casadi.sum1(casadi.exp(z))) - casadi.dot(z, t)
    row = casadi.Function("row", [p, x, t], [loss, casadi.gradient(loss, p)])
    # The parameters are the same for all rows, and both results are added up.
    return row.map("rows", "serial", n, [0], [0, 1])


def casadi_step(task: Task, function: Any) -> Step:
    """A call of casadi by its fastest way, on memory that both sides see."""
    count, n = sum(p.size for p in task.parameters), len(task.samples)
    shapes = [p.shape for p in task.parameters]
    flat, loss, gradient = np.empty(count), np.empty(1), np.empty(count)
    buffer, trigger = function.buffer()
    for i, argument in enumerate((flat, task.samples, task.targets)):
        buffer.set_arg(i, argument.data)
    for i, result in enumerate((loss, gradient)):
        buffer.set_res(i, result.data)

    def step() -> tuple[float, list[np.ndarray]]:
        flat[:] = joined(task.parameters)
        trigger()
        if buffer.ret():  # which also keeps the buffer, for the trigger does not
            raise ArithmeticError("casadi could not compute the loss")
        return float(loss[0]) / n, split(gradient / n, shapes)

    return step


def casadi_map(task: Task, folder: Path) -> Step:
    """casadi's virtual machine."""
    return casadi_step(task, casadi_function(task))


def casadi_c(task: Task, folder: Path) -> Step:
    """The C that casadi generates."""
    casadi = import_module("casadi")
    generator = casadi.CodeGenerator("generated.c")
    generator.add(casadi_function(task))
    generator.generate(f"{folder}{os.sep}")
    made = c_library(folder / "generated.c", folder)
    return casadi_step(task, casadi.external("rows", str(made)))


def under_jax(task: Task, function: Callable[..., Any]) -> Step:
    """A function of parameters and samples, compiled by JAX; the samples lie where JAX has them."""
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    compiled = jax.jit(function)
    samples, targets = map(jax.device_put, (task.samples, task.targets))
    return lambda: jax.block_until_ready(compiled(*task.parameters, samples, targets))


def jax_program(task: Task, folder: Path) -> Step:
    """A program of the package for JAX, one operation after the other."""
    return under_jax(task, program_of(task, "jax"))


def jax_arrays(task: Task, folder: Path) -> Step:
    """jax.jit on whole arrays, as one writes it in JAX."""
    jax = import_module("jax")
    jnp = import_module("jax.numpy")

    def w1_loss(parameters: Sequence[Any], xs: Any, ts: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        h = jax.nn.relu(xs @ w1.T + b1)
        h = jax.nn.relu(h @ w2.T + b2)
        penalty = sum(jnp.sum(p * p) for p in parameters)
        return jnp.mean(jax.nn.relu(1 - ts * (h @ w3 + b3))) + 1e-4 * penalty

    def w2_loss(parameters: Sequence[Any], xs: Any, ts: Any) -> Any:
        w, b = parameters
        z = xs @ w.T + b
        return jnp.mean(jnp.log(jnp.sum(jnp.exp(z), axis=1)) - jnp.sum(z * ts, axis=1))

    function = jax.value_and_grad({"W1": w1_loss, "W2": w2_loss}[task.workload])
    return under_jax(task, lambda *arguments: function(arguments[:-2], *arguments[-2:]))


MAKERS: dict[str, Callable[[Task, Path], Step]] = {
    "Python": ours("python"),
    "NumPy": ours("numpy"),
    "C exact": ours("c"),
    "C contracted": ours("c", exact=False),
    "JAX": jax_program,
    "hand C": hand_c,
    "casadi": casadi_map,
    "casadi C": casadi_c,
    "jax": jax_arrays,
}
LIBRARIES = {"casadi": "casadi", "casadi C": "casadi", "JAX": "jax", "jax": "jax"}
WRITTEN_IN_C = "C exact", "C contracted", "hand C", "casadi C"


def missing(name: str) -> str | None:
    """What a contestant needs and is not installed, if anything."""
    library = LIBRARIES.get(name)
    if library and find_spec(library) is None:
        return library
    return "a C compiler" if name in WRITTEN_IN_C and not c_compiler() else None
