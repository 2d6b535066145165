"""Which short products of given quantities have given values: c · Π fⁿ with at most three f."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

POWERS = 1, -1, 2, -2
NICE = 12  # the largest numerator and denominator of c
CLOSE = 1e-9


def monomials(
    target: Sequence[float], columns: Sequence[Sequence[float]]
) -> Iterator[tuple[Fraction, list[tuple[int, int]]]]:
    """The c · Π fⁿ that equal the target at every point, n from ±1 and ±2.

    Between two points c drops out, and logarithms make of the product a sum: of each pair of
    powers the third is looked up.

    Args:
        target: A number for each of some points.
        columns: The values of each f at these points.

    Yields:
        c, and (the index of f, n) for each f.

    >>> o, t = [0.25, 0.5, 0.125], [3.0, 2.0, 5.0]
    >>> [d] = monomials([-2 * b / a for a, b in zip(o, t)], [o, t])
    >>> d
    (Fraction(-2, 1), [(0, -1), (1, 1)])
    """
    if not all(target) or not all(map(math.isfinite, target)):
        return

    def difference(column):
        return math.log(abs(column[0])) - math.log(abs(column[1]))

    singles = sorted(
        (n * difference(column), i, n)
        for i, column in enumerate(columns)
        if all(column) and all(map(math.isfinite, column)) and abs(difference(column)) > 1e-6
        for n in POWERS
    )
    sums = [single[0] for single in singles]
    goal = difference(target)

    def ending_at(rest, chosen):
        k = bisect_left(sums, rest - CLOSE)
        while k < len(sums) and sums[k] <= rest + CLOSE:
            if all(singles[k][1] > i for i, _ in chosen):
                yield [*chosen, singles[k][1:]]
            k += 1

    def products():
        yield from ending_at(goal, [])
        for d, *single in singles:
            yield from ending_at(goal - d, [single])
        for d, *single in singles:
            for e, *other in singles:
                if other[0] > single[0]:
                    yield from ending_at(goal - d - e, [single, other])

    for powers in products():
        quotients = [
            x / math.prod(columns[i][k] ** n for i, n in powers) for k, x in enumerate(target)
        ]
        c = Fraction(quotients[0]).limit_denominator(NICE)
        if c and abs(c.numerator) <= NICE:
            if all(math.isclose(q, c, rel_tol=CLOSE) for q in quotients):
                yield c, [(i, n) for i, n in powers]
