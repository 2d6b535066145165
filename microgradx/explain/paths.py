"""Every path from an output down to an input: how many there are, and the largest of them."""

import math
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple, overload

from microgradx.errors import GradientError
from microgradx.explain.condense import condense
from microgradx.explain.notation import derivative
from microgradx.explain.ranking import Ranking
from microgradx.explain.reach import labelled, rows_above
from microgradx.explain.steps import taped
from microgradx.explain.words import aligned, called, computed, equals, pretty, sum_digits
from microgradx.graph import brief
from microgradx.rows import refuse_batch
from microgradx.tape import Tape
from microgradx.value import Value
from microgradx.writing import clipped, counted, shown

LISTED = 10  # paths that are printed
FOUND = 10**6  # paths up to which an index or a slice reaches


class Path(NamedTuple):
    """One path from an output down to an input.

    Attributes:
        labels: The names of its nodes, from the output to the input.
        rows: Their indices on the tape.
        partials: The factors of its edges, in the same order: one fewer than there are nodes.
    """

    labels: tuple[str, ...]
    rows: tuple[int, ...]
    partials: tuple[float, ...]

    @property
    def product(self) -> float:
        """The product of the partials, multiplied from the output's side; 1.0 if there are none.

        Powers of two are kept apart, which changes no bit of it: so only the whole product can
        overflow or underflow, and no part of it on the way.
        """
        mantissa, exponent = 1.0, 0
        for d in self.partials:
            m, e = math.frexp(d)
            mantissa, more = math.frexp(mantissa * m)
            exponent += e + more
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError:
            return math.copysign(math.inf, mantissa)

    def __str__(self):
        return " → ".join(self.labels)


class Paths:
    """The paths from an output to an input, largest |product| first; see `paths`.

    It can be indexed and iterated over, and finds as many of its paths as are asked for: to ask
    for the k-th is to find all before it. So an index or a slice that reaches beyond the first
    million is a ValueError.

    Attributes:
        tape: The graph.
        output, wrt: Where the paths begin and end: indices on the tape.
        stops: The rows between which they lead, and None if these are all; then every operand
            counts, also one that occurs twice.
        count: How many there are, exactly. `len` has no room for more than `sys.maxsize`.
        total: ∂output/∂wrt, which is the sum of their products.
    """

    def __init__(self, tape: Tape, wrt: int, stops: Collection[int] | None):
        self.tape, self.output, self.wrt = tape, tape.output, wrt
        self.stops = None if stops is None else frozenset({tape.output, wrt, *stops})
        self._ranking = Ranking(edges_between(tape, wrt, self.stops), wrt)
        self.count = self._ranking.count.get(self.output, 0)
        self.total = tape.adjoints()[wrt]
        if not math.isfinite(self.total):
            raise GradientError(
                f"the gradient of {tape.name(self.output)} with respect to {tape.name(wrt)} "
                "exceeds the largest float"
            )

    def beside(self, v: int, u: int) -> list[int]:
        """The neighbours through which v depends on its neighbour u as well."""
        edges = self._ranking.edges
        others = {w for w, _ in edges[v]} - {u}
        leads = {u}
        for w in range(u + 1, v) if max(others, default=u) > u else ():
            if any(x in leads for x, _ in edges.get(w, ())):
                leads.add(w)
        return sorted(others & leads)

    def __len__(self) -> int:
        return self.count

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Path]:
        return map(self._path, range(self.count))

    @overload
    def __getitem__(self, k: int) -> Path: ...
    @overload
    def __getitem__(self, k: slice) -> list[Path]: ...
    def __getitem__(self, k):
        try:
            chosen = range(self.count)[k]
        except IndexError:
            raise IndexError(f"path {k} of {counted(self.count)}") from None
        ranks = chosen if isinstance(chosen, range) else (chosen,)
        if ranks and max(ranks[0], ranks[-1]) >= FOUND:
            raise ValueError(
                f"an index reaches the first million of {counted(self.count)} paths, which are "
                "found one by one, the largest first: as in paths(loss, w)[:10], or in "
                "itertools.islice(paths(loss, w), 10)"
            )
        return [*map(self._path, chosen)] if isinstance(chosen, range) else self._path(chosen)

    def _path(self, k: int) -> Path:
        rows, partials = self._ranking.path(self.output, k)
        return Path(tuple(map(self.tape.name, rows)), rows, partials)

    _repr_pretty_ = pretty

    def __repr__(self):
        ends = f"from {self.tape.name(self.output)} to {self.tape.name(self.wrt)}"
        return f"<{counted(self.count)} path{'s' * (self.count != 1)} {ends}>"

    def __str__(self):
        if not self.count:
            names = self.tape.name(self.output), self.tape.name(self.wrt)
            return f"{repr(self)[1:-1]}, since {names[0]} was not computed from {names[1]}"
        first = self[:LISTED]
        factors = [clipped(" × ", map(shown, path.partials)) for path in first]
        products = [path.product for path in first]
        digits = sum_digits(products, self.total) if self.count <= LISTED else 5
        table = [
            [clipped(" → ", path.labels), numbers, equals(product, digits) + too_small(path)]
            for path, numbers, product in zip(first, factors, products, strict=True)
        ]
        if self.count > LISTED:
            table.append([f"… and {counted(self.count - LISTED)} more", "", ""])
        table.append(["the sum of all", "", equals(self.total)])
        return "\n".join([repr(self)[1:-1] + ":", *aligned(table, "  "), *self.legend(first)])

    def legend(self, printed: list[Path]) -> list[str]:
        """What the nodes without a label on some paths are, if they are few."""
        rows = dict.fromkeys(i for path in printed for i in path.rows)
        bare = [i for i in rows if not self.tape[i].label]
        if len(bare) > LISTED:
            return []
        return [f"  {self.tape.name(i)} = {computed(self.tape, i)}" for i in sorted(bare)]


def paths(
    output: Value | Tape,
    wrt: Value | str | int,
    between: Literal["labels", "primitives"] = "labels",
) -> Paths:
    """Every path from `output` down to `wrt`, with the product of the local derivatives along it.

    The sum over all paths Σ Π ∂v/∂u, each a product over its edges u → v, is ∂output/∂wrt.

    Args:
        output: A Value, or a tape, of which it is the first output.
        wrt: A Value, a label, or an index on the tape.
        between: "labels" for paths between the nodes that have a name, each edge with the factor
            ∂v/∂u that sums up all that lies between them; "primitives" for paths through every
            node, of which `x * x` has two.

    Returns:
        The paths. Their number and sum cost one sweep; the k largest are found one by one, also
        where there are more than could ever be listed.

    Raises:
        KeyError: If the graph has no such label or index, or several rows have the label.
        GradientError: If a local derivative on the way is undefined, or the gradient exceeds the
            floats.
        TypeError: If `output` is no Value or tape, or the tape is of a batch.
        ValueError: If `between` is something else, or `wrt` a constant.

    Example:
        >>> from microgradx import Value, exp
        >>> from microgradx.explain.paths import paths
        >>> z = [Value(0.0, "z1"), Value(0.0, "z2")]
        >>> e = [exp(x) for x in z]
        >>> o1 = e[0] / (e[0] + e[1])
        >>> print(paths(o1, "z1", between="primitives"))
        2 paths from o1 to z1:
          o1 → e[0] → z1       0.5 × 1        =  0.5
          o1 → v4 → e[0] → z1  −0.25 × 1 × 1  = −0.25
          the sum of all                      =  0.25
          v4 = e[0] + e[1]

    Reference:
        F. L. Bauer, "Computational graphs and rounding error", SIAM J. Numer. Anal. 11 (1974), for
        the sum; V. M. Jiménez and A. Marzal, "Computing the K shortest paths", WAE 1999, for the
        largest.
    """
    if between not in ("labels", "primitives"):
        raise ValueError(
            f"paths are between 'labels' or 'primitives', not {brief(between)}; as in "
            "paths(loss, w, between='primitives')"
        )
    tape, index = located(output, wrt, "paths(loss, w)", "paths are")
    return Paths(tape, index, labelled(tape) if between == "labels" else None)


def too_small(path: Path) -> str:
    """What to say of a product that is 0 although none of its factors is."""
    return " (below the smallest float)" * (path.product == 0.0 and all(path.partials))


def located(output: Value | Tape, wrt: Value | str | int, call: str, what: str) -> tuple[Tape, int]:
    """The tape of an output, and the index of `wrt`, which may be a Value outside its graph.

    `call` is how to ask for an explanation, and `what` says what is refused of a batch.
    """
    tape = taped(output, call)
    try:
        index = tape.find(wrt)
    except KeyError:
        if isinstance(output, Tape) or not isinstance(wrt, Value):
            raise
        tape = Tape(output, wrt)
        index = tape.find(wrt)
    if tape[index].op == "constant":
        raise ValueError(
            f"{tape.name(index)} is a constant: make it a Value to differentiate by it"
        )
    refuse_batch(tape.rows, tape.name, what)
    return tape, index


def edges_between(
    tape: Tape, wrt: int, stops: Collection[int] | None
) -> dict[int, list[tuple[int, float]]]:
    """By node on a path, (where it leads, its factor) for each edge on a path to `wrt`.

    Raises:
        GradientError: If one of the factors is not finite.
    """
    name = tape.name
    slopes = towards(tape, wrt)
    for row, partials in zip(tape.rows, slopes, strict=True):
        for i, d in zip(row.operands, partials, strict=True):
            if d is not None and not math.isfinite(d):
                of, by = called(tape, row.index), called(tape, i)
                raise GradientError(
                    f"{of} has no finite derivative with respect to {by}, which the paths to "
                    f"{name(wrt)} need"
                )
    on = {i for i, partials in enumerate(slopes) if any(d is not None for d in partials)}
    if stops is None:
        return {
            v: [(i, d) for i, d in zip(tape[v].operands, slopes[v], strict=True) if d is not None]
            for v in on
        }
    factors = condense(tape, {v for v in stops if v in on or v == wrt}, slopes)
    for v, row in factors.items():
        for u, factor in row.items():
            if not math.isfinite(factor):
                edge = derivative(name(v), name(u))
                raise GradientError(f"{edge} exceeds the largest float")
    return {v: list(factors[v].items()) for v in factors if v != wrt}


def towards(tape: Tape, wrt: int) -> list[tuple[float | None, ...]]:
    """The local derivatives by row, with None for an edge on no path from the output to `wrt`."""
    reaching = rows_above(tape, wrt)
    slopes: list[tuple[float | None, ...]] = [(None,) * len(row.operands) for row in tape.rows]
    met = {tape.output} & reaching
    for row in reversed(tape.rows[wrt + 1 : tape.output + 1]):
        if row.index in met:
            pairs = zip(row.operands, row.partials, strict=True)
            slopes[row.index] = tuple(d if i in reaching else None for i, d in pairs)
            met.update(i for i in row.operands if i in reaching)
    return slopes
