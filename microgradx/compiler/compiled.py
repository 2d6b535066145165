"""The program that `compile` returns: it keeps a version for every kind of call, and the engine."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from importlib import import_module
from typing import Any

from microgradx.apply import FUNCTIONS
from microgradx.collector import collector_paused
from microgradx.compiler.bounds import LARGEST
from microgradx.compiler.eager import Eager, first_refused
from microgradx.compiler.program import Program
from microgradx.compiler.signature import Call, Options, Signature
from microgradx.compiler.trace import Trace
from microgradx.compiler.version import Version, arranging, nothing
from microgradx.derivatives import hessian
from microgradx.errors import MathError
from microgradx.graph import Node, Recorded
from microgradx.primitives import PRIMITIVES

MOST_VERSIONS = 64  # of one function: for its branches, and for structures of arguments
LIBRARIES = {"numpy": "NumPy", "c": "NumPy", "jax": "JAX"}  # what targets take


def module_of(target: str) -> Any:
    """The module of a target, whose `build` makes programs; an error says what it takes."""
    try:
        return import_module(f"microgradx.compiler.targets.{target}")
    except ModuleNotFoundError:
        library = LIBRARIES[target]
        raise ImportError(
            f"target={target!r} takes {library}: pip install 'microgradx[{library.lower()}]'"
        ) from None


class Compiled:
    """A function of numbers as a program; see `compile`, which makes it.

    The class of a target may override `_answer`, `_build`, `_crowded`, `_plain`, `_rows`,
    `_filling`, `_most`.

    Attributes:
        function: The function.
        options: How it is called, and what it returns.
        target: The language of the program.
        versions: The programs made so far, the one that was used last first.
    """

    def __init__(self, function: Callable, options: Options, target: str, labels: Any):
        self.function = self.__wrapped__ = function  # its arguments, for `inspect.signature`
        self.options = options
        self.target = target
        self.versions: list[Version] = []
        self._labels = labels
        self._run: Callable = nothing
        self._missed = 0  # calls that no version fitted

    def __call__(self, *arguments, **named) -> Any:
        if named:
            arguments = self.options.in_order(arguments, named)
        try:
            results = self._run(*arguments)
        except TypeError:  # it takes another number of them
            results = None
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
        """The source of the version that was used last.

        Raises:
            ValueError: If there is none: a program is traced when it is first called.

        Example:
            >>> import microgradx as mg
            >>> def area(width, height):
            ...     return width * height
            >>> program = mg.compile(area, wrt=(0, 1))
            >>> program(2.0, 3.0)
            (6.0, (3.0, 2.0))
            >>> print(program.source)
            def area(width, height):
                try:
                    if not (width.__class__ is height.__class__ is float):
                        return None
                    v1 = width * height
                    if not (-inf < v1 + height + width < inf):
                        return None
                    return v1, (height, width)
                except (ArithmeticError, AttributeError, TypeError, ValueError):
                    return None
            <BLANKLINE>
        """
        return self._latest().source

    @property
    def javascript(self) -> str:
        """The version that was used last as a JavaScript function.

        It takes an array of the numbers of one row, and returns one of the value and the gradient;
        null where the version does not hold, or something is not finite.

        Raises:
            ValueError: If there is none yet; see `source`.
            NotImplementedError: If JavaScript lacks a function, as erf.

        Example:
            >>> import microgradx as mg
            >>> def square(x):
            ...     return x * x
            >>> program = mg.compile(square)
            >>> program(3.0)
            (9.0, 6.0)
            >>> print(program.javascript)
            function square(inputs) {
              const [x] = inputs;
              const v1 = x * x;
              const d_x = x + x; // ∂v1/∂x
              const outputs = [v1, d_x];
              return [...outputs].every(Number.isFinite) ? outputs : null;
            }
            <BLANKLINE>
        """
        from microgradx.compiler.targets.javascript import source

        return source(self._latest().program, self.title)

    @property
    def size(self) -> int:
        """The number of operations of the version that was used last.

        Example:
            >>> import microgradx as mg
            >>> program = mg.compile(lambda x: x * x)
            >>> program(3.0)
            (9.0, 6.0)
            >>> program.size  # x * x and x + x
            2
        """
        return self._latest().program.size

    @cached_property
    def value(self) -> "Compiled":
        """The program of the value alone.

        Example:
            >>> import microgradx as mg
            >>> mg.compile(lambda w, x: w * x, batch=1).value(2.0, [1.0, 3.0])
            [2.0, 6.0]
        """
        return self._sibling("value")

    @cached_property
    def hessian(self) -> "Compiled":
        """The program of the second derivatives, arranged as those of `microgradx.hessian`.

        Raises:
            ValueError: If an argument of `wrt` has a batch axis.

        Example:
            >>> import microgradx as mg
            >>> mg.compile(lambda w: w[0] ** 2 * w[1]).hessian([3.0, 2.0])
            [[4.0, 6.0], [6.0, 0.0]]
        """
        if not {*self.options.wrt}.isdisjoint(self.options.batch):
            wrt, batch = self.options.wrt, self.options.batch
            raise ValueError(f"a hessian is by arguments without a batch axis: {wrt=}, {batch=}")
        return self._sibling("hessian")

    def _sibling(self, result: str) -> "Compiled":
        options = self.options._replace(result=result)
        return type(self)(self.function, options, self.target, self._labels)

    def _latest(self) -> Version:
        if not self.versions:
            raise ValueError(f"{self.title} is traced when it is first called: call it first")
        return self.versions[0]

    def _answer(self, arguments: tuple) -> Any:
        """The results where the latest program has none: by another, a new one, or the engine."""
        call = Call(self.options, arguments)
        if any(isinstance(x, Node | Recorded) for x in call.row(0)):
            return self._by_engine(call)  # the call is part of a graph, or of a larger program
        fitting = [version for version in self.versions if version.signature == call.signature]
        for version in fitting:
            results = self._tried(version, call, arguments)
            if results is not None:
                self._put_first(version)
                return results
        numbers = call.row(0)
        version = next((v for v in fitting if v.program.refused(numbers) is None), None)
        if version is None:  # a branch that no version takes
            self._missed += 1
            if self._crowded():
                return self._by_engine(call)
            try:
                version = self._trace(call, numbers)
            except MathError:  # of a constant, when an earlier operation may have another
                return self._by_engine(call)
            results = self._tried(version, call, arguments)
            if results is not None:
                return results
        return self._by_engine(call, version, self._plain(call, arguments))

    def _tried(self, version: Version, call: Call, arguments: tuple) -> Any:
        """The results of a version, which may need plain arguments; None if it has none."""
        results = version.run(*arguments)
        if results is not None or (plain := self._plain(call, arguments)) is arguments:
            return results
        return version.run(*plain)

    def _crowded(self) -> bool:
        """Whether a call that no version fits is left to the engine: once there are MOST_VERSIONS,
        most calls for one point are, since to make one more takes longer."""
        full = len(self.versions) == MOST_VERSIONS and self._missed % MOST_VERSIONS > 0
        return full and not self.options.batch

    def _put_first(self, version: Version) -> None:
        """Try it first from now on; forget the one that was not used for longest."""
        others = [other for other in self.versions if other is not version]
        self.versions = [version, *others][:MOST_VERSIONS]
        self._run = version.run

    def _plain(self, call: Call, arguments: tuple) -> Sequence:
        """The arguments of a call as programs take them."""
        return call.plain

    def _filling(self, fill: Callable, count: int) -> Callable:
        """How so many numbers are arranged as `fill` does it."""
        return fill

    def _most(self) -> float:
        """The largest of the floats that its programs compute with."""
        return LARGEST

    @collector_paused()
    def _trace(self, call: Call, point: list | None) -> Version:
        """A new version, for calls like this one; None for a call without numbers."""
        options, fill = self.options, None
        begin = partial(Trace, call.signature, options.names, point, self._labels, self._most())
        trace = begin()
        if options.result == "hessian":
            program, fill = trace.results(hessian(self.function, options.argnums), options.wrt)
        else:
            program = trace.gradient(self.function, options.wrt, options.slopes_by)
        run, source = nothing, "# a constant is not finite, so there is nothing to compute\n"
        if program.is_finite:
            run, source = self._build(program, call.signature, begin)
        if fill is not None:
            fill = self._filling(fill, len(program.outputs))
            run = arranging(run, fill, bool(options.batch) and not options.reduce)
        version = Version(call.signature, program, run, source)
        # Another thread may have made the same meanwhile.
        self.versions = [other for other in self.versions if other[:2] != version[:2]]
        self._put_first(version)
        return version

    def _build(self, program: Program, signature: Signature, begin: Callable[[], Trace]) -> tuple:
        """The run of a program, and its source; `begin` begins another trace of the call."""
        return module_of(self.target).build(program, signature, self.options, self.title)

    def _by_engine(self, call: Call, version: Version | None = None, plain: Sequence = ()) -> Any:
        """The results by the engine itself, where a version, which takes the arguments `plain`, has
        none; or its error, with the row."""
        batch = self.options.batch

        def refused(start: int, end: int) -> bool:
            part = [self._rows(x, start, end) if k in batch else x for k, x in enumerate(plain)]
            return version is not None and version.run(*part) is None

        labelled, program = self._labels is not None, version and version.program
        eager = Eager(self.function, self.options, call, program, labelled)
        if version and call.rows > 1 and (first := first_refused(refused, call.rows)) is not None:
            eager.row(first)  # raises, as a rule, and no other row has to be asked
        return eager.results()

    def _rows(self, x: Any, start: int, end: int) -> Any:
        """Some rows of a batched argument."""
        return x[start:end]

    def __reduce__(self):
        parts = self.options, self.target, self._labels
        if FUNCTIONS.get(self.title) is self.function:
            return of_row, (type(self), self.title, *parts)
        return type(self), (self.function, *parts)


def of_row(kind: type[Compiled], name: str, *parts: Any) -> Compiled:
    """The program of a row's function, which the table needs to have where this is read."""
    return kind(FUNCTIONS[PRIMITIVES[name].name], *parts)
