"""Which short products of given quantities have given values: c · Π fⁿ, with n = ±1 or ±2."""

import math
from collections.abc import Iterator, Sequence

POWERS = 1, -1, 2, -2
CLOSE = 1e-7  # two logarithms that are equal
CELLS = 1e6  # per unit, in which logarithms are looked up

Powers = tuple[tuple[int, int], ...]


class Monomials:
    """Finds of which products of some quantities a ratio is a multiple.

    Logarithms make of a product a sum, and between two points the constant drops out: so of two or
    three powers the last one is looked up. What is found holds at three points, and is to be
    verified at others.

    Args:
        columns: The values of each quantity at three points (more are not looked at).
        most: So many of them at most are the first of several.

    >>> o, t = [0.25, 0.5, 0.125], [3.0, 2.0, 5.0]
    >>> list(Monomials([o, t]).of([-2 * b / a for a, b in zip(o, t)]))
    [((0, -1), (1, 1))]
    """

    def __init__(self, columns: Sequence[Sequence[float]], most: float = math.inf):
        self.singles: list[tuple[int, int, float, float]] = []
        self.cells: dict[int, list[tuple[int, int, float, float]]] = {}
        for i, column in enumerate(columns):
            found = moves(column)
            if found is None or is_constant(found):
                continue
            for n in POWERS:
                single = i, n, n * found[0], n * found[1]
                if i < most:
                    self.singles.append(single)
                x = single[2] * CELLS  # a number near the edge of a cell is in both
                for cell in {math.floor(x - 0.2), math.floor(x + 0.2)}:
                    self.cells.setdefault(cell, []).append(single)

    def of(self, target: Sequence[float], most: int = 2) -> Iterator[Powers]:
        """The products of at most that many powers, as (index of the quantity, n) for each."""
        if (found := moves(target)) is not None:
            yield from self.ending(*found, -1, most)

    def ending(self, d: float, e: float, after: int, most: int) -> Iterator[Powers]:
        """The products whose logarithm moves so, of quantities that come after one of them."""
        for i, n, x, y in self.cells.get(math.floor(d * CELLS), ()):
            if i > after and abs(x - d) < CLOSE and abs(y - e) < CLOSE:
                yield ((i, n),)
        if most > 1:
            for i, n, x, y in self.singles:
                # The last one is looked up before anything is called: mostly there is none.
                if i > after and (most > 2 or math.floor((d - x) * CELLS) in self.cells):
                    for rest in self.ending(d - x, e - y, i, most - 1):
                        yield ((i, n), *rest)


def moves(column: Sequence[float]) -> tuple[float, float] | None:
    """By how much log|f| differs at two points from what it is at the first; None if f is 0 or not
    finite at one of them."""
    x, y, z = column[:3]
    if not (x and y and z and math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        return None
    a = math.log(abs(x))
    return math.log(abs(y)) - a, math.log(abs(z)) - a


def is_constant(found: tuple[float, float]) -> bool:
    """Whether a quantity that moves so is the same at every point."""
    return max(map(abs, found)) < 1e-6
