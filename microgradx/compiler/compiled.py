"""The program that `compile` returns: it keeps a version for every kind of call, and the engine."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

from microgradx.compiler.bounds import MAX
from microgradx.compiler.program import Program
from microgradx.compiler.recording import Guard
from microgradx.compiler.signature import Call, Options, Signature, array_of
from microgradx.compiler.trace import Trace
from microgradx.derivatives import hessian, value_and_grad
from microgradx.errors import MathError
from microgradx.graph import Node, Recorded
from microgradx.operators import sum
from microgradx.trees import flatten

MOST_VERSIONS = 64  # of one function: for its branches, and for structures of arguments


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector: a trace makes no garbage, and to look for it would take a third
    of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Version(NamedTuple):
    """One program of a function: for one signature, and one choice at every branch.

    Attributes:
        run: The results of a call; None where the program does not hold, or is not finite.
    """

    signature: Signature
    program: Program
    run: Callable
    source: str


class Compiled:
    """A function of numbers as a program; see `compile`, which makes it.

    Attributes:
        function: The function.
        options: How it is called, and what it returns.
        target: The language of the program.
        versions: The programs made so far, the latest first.
    """

    def __init__(self, function: Callable, options: Options, target: str, labels=None):
        self.function = function
        self.options = options
        self.target = target
        self.versions: list[Version] = []
        self._labels = labels
        self._run: Callable = nothing

    def __call__(self, *arguments) -> Any:
        results = self._run(*arguments)
        return self._answer(arguments) if results is None else results

    def __repr__(self):
        size = f" of {self.versions[0].program.size} operations" if self.versions else ""
        return f"<{self.target} program{size} for {self.options.result} of {self.title}>"

    @property
    def title(self) -> str:
        """The name of its function in the source."""
        name = getattr(self.function, "__name__", "")
        return name if name.isidentifier() else "program"

    @property
    def source(self) -> str:
        """The source of the latest version.

        Raises:
            ValueError: If there is none: a program is traced when it is first called.
        """
        return self._latest().source

    @property
    def javascript(self) -> str:
        """The latest version as a JavaScript function: for one row, from an array of its numbers.

        It returns null where it does not hold, or something is not finite.

        Raises:
            ValueError: If there is none yet; see `source`.
            NotImplementedError: If JavaScript lacks a function, as erf.
        """
        from microgradx.compiler.targets.javascript import source

        return source(self._latest().program, self.title)

    @property
    def size(self) -> int:
        """The number of operations of the latest version."""
        return self._latest().program.size

    @cached_property
    def value(self) -> "Compiled":
        """The program of the value alone."""
        return self._sibling("value")

    @cached_property
    def hessian(self) -> "Compiled":
        """The program of the second derivatives, arranged as those of `microgradx.hessian`."""
        if not {*self.options.wrt}.isdisjoint(self.options.batch):
            raise ValueError("a hessian is by arguments without a batch axis: see wrt and batch")
        return self._sibling("hessian")

    def _sibling(self, result: str) -> "Compiled":
        options = self.options._replace(result=result)
        return type(self)(self.function, options, self.target, self._labels)

    def _latest(self) -> Version:
        if not self.versions:
            raise ValueError(
                f"{self.title} is traced when it is first called: call it, and ask then"
            )
        return self.versions[0]

    def _answer(self, arguments: tuple) -> Any:
        """The results where the latest program has none: by another, a new one, or the engine."""
        call = Call(self.options, arguments)
        if any(isinstance(x, Node | Recorded) for x in call.row(0)):
            return self._by_engine(call)  # the call is part of a graph, or of a larger program
        plain = self._plain(call, arguments)
        fitting = [version for version in self.versions if version.signature == call.signature]
        for version in fitting:
            results = version.run(*plain)
            if results is not None:
                self._run = version.run
                return results
        numbers = call.row(0)
        version = next((v for v in fitting if v.program.refused(numbers) is None), None)
        if version is None:  # a branch that no version takes
            try:
                version = self._trace(call, numbers)
            except MathError:  # of a constant, when an earlier operation may have another
                return self._by_engine(call)
            self._run = version.run
            results = version.run(*plain)
            if results is not None:
                return results
        self._refuse_branches(call, version.program)
        return self._by_engine(call)

    def _plain(self, call: Call, arguments: tuple) -> Sequence:
        """The arguments of a call as programs take them."""
        return call.arguments()

    def _most(self) -> float:
        """The largest of the floats that its programs compute with."""
        return MAX

    @collector_paused()
    def _trace(self, call: Call, point: list | None) -> Version:
        """A new version, for calls like this one; None for a call without numbers."""
        options, fill = self.options, None
        trace = Trace(call.signature, options.names, point, self._labels, self._most())
        if options.result == "hessian":
            program, fill = trace.results(hessian(self.function, options.argnums), options.wrt)
        else:
            program = trace.gradient(self.function, options.slopes_by)
        run, source = nothing, "# a constant is not finite, so there is nothing to compute\n"
        if program.is_finite:
            target = import_module(f"microgradx.compiler.targets.{self.target}")
            run, source = target.build(program, call.signature, options, self.title)
        if fill is not None:
            run = filled(run, fill, bool(options.batch) and not options.reduce)
        version = Version(call.signature, program, run, source)
        self.versions = [version, *self.versions][:MOST_VERSIONS]
        return version

    def _refuse_branches(self, call: Call, program: Program) -> None:
        """Raise if a row of a batch needs another branch than the first one."""
        for i in range(1, call.rows if program.guards else 0):
            guard = program.refused(call.row(i))
            if guard is not None:
                where = shown(program, guard)
                raise ValueError(
                    f"rows 0 and {i} of the batch take different branches at {where}: "
                    "a program takes one for all rows; write where, maximum, minimum or relu"
                )

    def _by_engine(self, call: Call) -> Any:
        """The results by the engine itself: slow, and right; or its error, with the row."""
        options = self.options
        f = {"gradient": value_and_grad, "hessian": hessian}.get(options.result)
        f = self.function if f is None else f(self.function, options.argnums)
        found = []
        for i in range(call.rows):
            try:
                found.append(f(*call.signature.fill(call.row(i), objects=True)))
            except MathError as error:
                where = f"row {i} of the batch: " if options.batch else ""
                raise type(error)(f"{where}{error}") from None
        if not options.batch:
            return self._arranged(call, found[0])
        if options.result == "gradient":
            return self._gathered(call, found)
        if options.reduce:
            return self._reduced(found)
        return found if options.result == "hessian" else self._column(call, found)

    def _arranged(self, call: Call, results: Any) -> Any:
        """The results for one point, in arrays where the arguments are."""
        if self.options.result != "gradient":
            return results
        value, slopes = results
        parts = [slopes] if self.options.single else slopes
        structures = [call.signature.structures[k] for k in self.options.wrt]
        parts = [s.fill(s.numbers(x)) for s, x in zip(structures, parts, strict=True)]
        return value, parts[0] if self.options.single else tuple(parts)

    def _gathered(self, call: Call, found: list) -> Any:
        """Values and gradients of all rows, reduced where they are to be."""
        options = self.options
        values = [value for value, _ in found]
        scale = len(values) if options.reduce == "mean" else 1.0
        value = sum(values) / scale if options.reduce else self._column(call, values)
        parts = []
        for j, k in enumerate(options.wrt):
            s = call.signature.structures[k]
            rows = [s.numbers(slopes if options.single else slopes[j]) for _, slopes in found]
            if options.reduce and k not in options.batch:
                parts.append(s.fill([sum(column) / scale for column in zip(*rows, strict=True)]))
            else:
                rows = [s.fill([x / scale for x in row]) for row in rows]
                parts.append(self._column(call, rows, k))
        return value, parts[0] if options.single else tuple(parts)

    def _reduced(self, found: list) -> Any:
        numbers, fill = zip(*map(flatten, found), strict=True)
        scale = len(found) if self.options.reduce == "mean" else 1.0
        return fill[0]([sum(column) / scale for column in zip(*numbers, strict=True)])

    def _column(self, call: Call, rows: list, k: int | None = None) -> Any:
        """The results of all rows: an array if the arguments that have a batch axis are."""
        return array_of(rows) if call.signature.has_array_of_rows(self.options, k) else rows

    def __reduce__(self):
        return type(self), (self.function, self.options, self.target, self._labels)


def filled(run: Callable, fill: Callable, rows: bool) -> Callable:
    """A run whose numbers are arranged; for every row, if it gives rows."""

    def arranged(*arguments):
        results = run(*arguments)
        if results is None:
            return None
        return [fill([*row]) for row in results] if rows else fill([*results])

    return arranged


def shown(program: Program, guard: Guard) -> str:
    """A guard as its function writes it."""
    x, y = (
        program.names.get(x, f"v{x}") if isinstance(x, int) else repr(x) for x in (guard.x, guard.y)
    )
    return f"{x} {guard.sign} {y}"


def nothing(*_: Any) -> None:
    """What runs before there is a program."""
