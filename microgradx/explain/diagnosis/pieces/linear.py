"""A small least-squares problem, solved by orthogonalisation; standard library only."""

from collections.abc import Sequence


def least_squares(a: Sequence[Sequence[float]], b: Sequence[float]) -> list[float] | None:
    """The x that makes Σ (A x − b)² least, by modified Gram–Schmidt; None if it is not unique.

    Args:
        a: m rows of n numbers, m ≥ n.
        b: m numbers.

    >>> x = least_squares([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]], [1.0, 4.0, 3.0])
    >>> [round(c, 9) for c in x]
    [1.0, 2.0]

    Reference:
        Å. Björck, *Numerical Methods for Least Squares Problems*, SIAM 1996, section 2.4.
    """
    m, n = len(a), len(a[0])
    columns = [[row[j] for row in a] for j in range(n)]
    lengths = [sum(x * x for x in q) ** 0.5 for q in columns]
    if m < n or not all(lengths):
        return None
    basis: list[list[float]] = []
    upper: list[list[float]] = []
    rest = list(b)
    right = []
    for j, q in enumerate(columns):
        r = []
        for other in basis:
            dot = sum(x * y for x, y in zip(other, q, strict=True))
            q = [y - dot * x for x, y in zip(other, q, strict=True)]
            r.append(dot)
        length = sum(x * x for x in q) ** 0.5
        if length <= 1e-9 * lengths[j]:
            return None
        q = [x / length for x in q]
        dot = sum(x * y for x, y in zip(q, rest, strict=True))
        rest = [y - dot * x for x, y in zip(q, rest, strict=True)]
        basis.append(q)
        upper.append([*r, length])
        right.append(dot)
    x = [0.0] * n
    for j in reversed(range(n)):
        x[j] = (right[j] - sum(upper[i][j] * x[i] for i in range(j + 1, n))) / upper[j][j]
    return x
