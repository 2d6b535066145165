"""Compiled programs: a function of numbers, traced once, as fast code for value and gradient."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

from microgradx.compiler.compiled import Compiled as Compiled, module_of
from microgradx.compiler.signature import Options
from microgradx.compiler.structure import structure_of
from microgradx.graph import brief, topological
from microgradx.names import caller_names
from microgradx.positions import is_position, positions
from microgradx.tape import Tape
from microgradx.trees import flatten, matched
from microgradx.value import Value

Target = Literal["python", "numpy", "c", "jax"]
Reduction = Literal["sum", "mean"]
TARGETS, REDUCTIONS = get_args(Target), (None, *get_args(Reduction))


def compile(
    f: Callable[..., Any] | Value,
    *,
    wrt: int | Sequence[int] = 0,
    batch: int | Sequence[int] = (),
    reduce: Reduction | None = None,
    target: Target = "python",
    exact: bool = True,
    threads: int = 1,
    inputs: Any = None,
) -> Compiled:
    """Trace a function once: a straight-line program for its value and its gradient.

    Forward pass and reverse sweep are those of the engine, on numbers that write down what is done
    to them. So the results for a row are those of `value_and_grad`, bit for bit where the target
    computes exp, log, … as Python does ("python" and "c"). With `reduce`, the sum over the rows may
    differ from the engine's in the last places. A branch of `f` on its numbers (`if x > 0:`) is
    noted with its condition: where that does not hold, `f` is traced again; there are 64 versions
    at most, and most calls for one point that fit none are then left to the engine. Arguments that
    are not in `wrt` also compare by `==` as the numbers they are; but what is computed from them
    does not, and they are no keys of dicts and sets. If anything `f` computes is not finite, even
    where the result does not need it, the call is handed to the engine, which answers or raises its
    own error.

    Args:
        f: A function of numbers in nested lists, tuples, dicts and arrays, with one number as its
            result; or a Value, of whose graph the program is made. An argument with a default
            keeps that; numbers from outside of `f` are constants of the program.
        wrt: The position of the argument to differentiate by, or several.
        batch: The positions of arguments that are sequences of rows (or arrays whose first axis
            is): `f` is written for one row, and the program computes all.
        reduce: With a batch, whether value and gradient are the "sum" or the "mean" over the rows;
            None for those of each row. The gradient with respect to a batched argument has its rows
            in any case.
        target: "python" for source that the standard library runs; "numpy" for NumPy arrays, all
            rows at once; "c" for C, which the system's compiler makes fast, several rows at once;
            "jax" for JAX, which may compile, shard, map and differentiate the program.
        exact: For "c", whether every operation is rounded as Python does it. If not, a product
            and a sum may be one operation, which is faster, and rounds once.
        threads: For "c", how many threads share a large batch; the results do not depend on it.
            Programs that an interpreter runs have one: those of more than 20,000 operations, or of
            2,500 where there is no batch.
        inputs: If `f` is a Value, the leaves that vary, in nested lists, tuples and dicts: the one
            argument of the program. Others keep their numbers.

    Returns:
        The program. `program(*args)` is (value, gradient); the gradient has the structure of the
        arguments, which may also be given by name. `program.value` is a program of the value alone,
        `program.hessian` one of the second derivatives. `program.source` is its text,
        `program.javascript` a function for web pages, and `program.size` the number of its
        operations.

    Raises:
        TypeError, ValueError: If the options do not fit the function. A call raises them if its
            arguments do not fit, or if the rows of a batch take different branches.
        ImportError: If the target takes NumPy or JAX, which is not installed.
        RuntimeError: A call raises it for "c", if there is no C compiler or it fails.
        MathError: A call raises those of the engine. In a batch, the message names the row.

    Example:
        >>> import microgradx as mg
        >>> program = mg.compile(lambda x, y: x * y + mg.exp(x) * mg.tanh(y), wrt=(0, 1))
        >>> value, (dx, dy) = program(0.0, 2.0)
        >>> f"{value:.4f} {dx:.4f} {dy:.4f}"
        '0.9640 2.9640 0.0707'

    Reference:
        A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, ch. 6.
    """
    if target not in TARGETS:
        raise ValueError(
            f"target={brief(target)}: programs are written in {', '.join(TARGETS)}; as in "
            "compile(f, target='numpy')"
        )
    labels = None
    if isinstance(f, Value):
        f, labels = replay_of(f, inputs)
    elif inputs is not None:
        raise TypeError("inputs= names leaves of a graph, and goes with a Value, not a function")
    names = argument_names(f)
    wrt_positions = positions("wrt", wrt, len(names))
    batch_positions = tuple(sorted(positions("batch", batch, len(names))))
    if reduce not in REDUCTIONS or (reduce and not batch_positions):
        raise ValueError(
            f"reduce={brief(reduce)} with batch={brief(batch)}: the rows of the arguments that "
            "batch= names are reduced to their 'sum' or 'mean', as in "
            f"compile(f, batch={len(names) - 1}, reduce='mean')"
        )
    if not (is_position(threads) and threads > 0 and isinstance(exact, bool)):
        raise ValueError(
            f"threads={brief(threads)}, exact={brief(exact)}: give a number of threads from 1 on, "
            "and whether the program is exact, as in compile(f, target='c', threads=2, exact=False)"
        )
    if target != "c" and not (threads == 1 and exact):
        raise ValueError(f"threads= and exact= go with target='c', not with {brief(target)}")
    options = Options(
        names=names,
        wrt=wrt_positions,
        single=is_position(wrt),
        batch=batch_positions,
        reduce=reduce,
        result="gradient",
        exact=exact,
        threads=threads,
    )
    module = module_of(target)  # which says already here what is missing
    kind = module.Traceable if target == "jax" else Compiled
    return kind(f, options, target, labels)


class Replay:
    """A graph as a function of some of its leaves.

    Args:
        tape: The graph.
        rows: In the place of each of these leaves its row; None if the graph does not use it.
    """

    def __init__(self, tape: Tape, rows: Any):
        self.tape = tape
        self.rows = rows

    def __call__(self, inputs, *, labelled=False):
        """The output; if asked for, the inputs get the labels of the leaves, for errors."""
        pairs = zip(flatten(self.rows)[0], matched(self.rows, inputs), strict=True)
        given = {i: x for i, x in pairs if i is not None}
        for i, x in given.items() if labelled else ():
            x.label = self.tape.rows[i].label
        return self.tape.replay(given)[self.tape.output]


def replay_of(output: Value, inputs: Any) -> tuple[Replay, Any]:
    """A graph as a function of some leaves; and what these are called, arranged as they are."""
    leaves = flatten(inputs)[0] if inputs is not None else []
    if not leaves or not all(isinstance(v, Value) and not v.operands for v in leaves):
        raise TypeError(
            "compile takes leaves of the graph as inputs, as in compile(loss, inputs=[x, y]); "
            f"not {brief(inputs)}"
        )
    if len({*leaves}) < len(leaves):
        raise ValueError(f"a leaf is one input of a program, not two: {brief(inputs)}")
    names = caller_names()
    tape = Tape(output, names=names)
    called = [v.label or names.get(v, f"x{i}") for i, v in enumerate(leaves)]
    used = {*topological(output)[1]}
    rows = [tape.find(v) if v in used else None for v in leaves]
    structure = structure_of(inputs)
    return Replay(tape, structure.fill(rows, objects=True)), structure.fill(called, objects=True)


def argument_names(f: Callable) -> tuple[str, ...]:
    """The names of the arguments that have no default."""
    if not callable(f):
        raise TypeError(f"compile takes a function, or a Value with inputs=, not {brief(f)}")
    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:
        raise TypeError(
            f"compile cannot see what arguments {brief(f)} takes: name them, as in "
            "compile(lambda x, y: f(x, y))"
        ) from None
    needed = [p for p in parameters if p.default is p.empty]
    for p in needed:
        if p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            raise TypeError(f"compile takes a function of positional arguments, not of {p}")
    if not needed:
        raise TypeError(
            "compile takes a function of arguments that have no default, since one that has keeps "
            f"it; {brief(f)} has none: name one, as in compile(lambda x: f(x))"
        )
    return tuple(p.name for p in needed)
