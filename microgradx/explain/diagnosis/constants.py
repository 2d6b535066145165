"""Constants by which a claim may be wrong: simple fractions, and those of the graph."""

from microgradx.explain.diagnosis.evidence import Evidence

EQUAL = 1e-7  # relative
NICE = sorted({s * p / q for s in (1.0, -1.0) for q in range(1, 11) for p in range(1, 11)})


def nice(c: float) -> float | None:
    """The simple fraction that a number is, if it is one.

    >>> nice(-0.3333333333), nice(0.1234)
    (-0.3333333333333333, None)
    """
    near = min(NICE, key=lambda x: abs(c - x))
    return near if close(c, near) else None


def known(ev: Evidence, c: float) -> float | None:
    """The simple fraction that a number is, or a constant of the graph or its reciprocal."""
    if found := nice(c):
        return found
    sizes = {abs(row.value) for row in ev.tape.rows if row.op == "constant" and row.value}
    return next((x for a in sorted(sizes) for x in (a, -a, 1.0 / a, -1.0 / a) if close(c, x)), None)


def close(a: float, b: float) -> bool:
    """Whether two numbers differ by rounding only."""
    return abs(a - b) <= EQUAL * abs(b)
