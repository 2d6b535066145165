"""Constants by which a claim may be wrong: simple fractions, and those of the graph."""

import math
import re
from bisect import bisect

from microgradx.explain.diagnosis.evidence.evidence import Edge, Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.words import rounded, told_from
from microgradx.primitives import PRIMITIVES
from microgradx.writing import shown

EQUAL = 1e-7  # relative
MOST = 1000  # rows of data, by which a mean divides
ROUNDED = 3  # digits of a constant that may be rounded, at least
NICE = sorted({s * p / q for s in (1.0, -1.0) for q in range(1, 11) for p in range(1, 11)})
NAMED = {
    **{"π": math.pi, "2π": 2.0 * math.pi, "√π": math.pi**0.5, "√(2π)": (2.0 * math.pi) ** 0.5},
    **{"√2": 2.0**0.5, **{f"log {n}": math.log(n) for n in (2, 3, 5, 10)}},
}


def nice(c: float) -> float | None:
    """The simple fraction that a number is, if it is one.

    >>> nice(-0.3333333333), nice(0.1234)
    (-0.3333333333333333, None)
    """
    i = bisect(NICE, c)
    near = min(NICE[max(i - 1, 0) : i + 1], key=lambda x: abs(c - x))
    return near if close(c, near) else None


def recognised(ev: Evidence, c: float) -> float | None:
    """The simple fraction that a number is, or a constant with a name or of the graph, or the
    reciprocal of one."""
    if found := nice(c):
        return found
    sizes = [*constants(ev), *NAMED.values()]
    return next((x for a in sizes for x in (a, -a, 1.0 / a, -1.0 / a) if close(c, x)), None)


def is_fraction(ev: Evidence, c: float) -> bool:
    """Whether a constant is a fraction such as 3/2, which nobody loses: neither whole, nor the
    reciprocal of a whole number, nor one of the constants of the graph."""
    sizes = (abs(c), 1.0 / abs(c))
    if nice(c) is None or not all(x % 1.0 for x in sizes):
        return False
    return not any(close(x, y) for x in sizes for y in constants(ev))


def is_count(ev: Evidence, c: float) -> bool:
    """Whether somebody may have counted some paths c times: a constant that is recognised, but no
    fraction other than 1 ± 1/n, as 3/2; with a wrong sign besides, nothing but 1, 2, ½ or one of
    the graph."""
    if recognised(ev, c) is None:
        return False
    if is_fraction(ev, c):
        steps = 1.0 / abs(c - 1.0)
        return c > 0.0 and close(steps, round(steps))
    simple = (1.0, 2.0, 0.5, *constants(ev))
    return c > 0.0 or any(close(x, y) for x in (-c, -1.0 / c) for y in simple)


def spelled(c: float) -> str:
    """A constant to six digits, with its name if it has one; one such as 1/14 as a fraction.

    >>> spelled(0.75), spelled(1 / 14), spelled(2.5066282746310002), spelled(0.3183098861837907)
    ('0.75', '1/14', '√(2π) = 2.50663', '1/π = 0.31831')
    """
    for name, x in NAMED.items():
        if close(c, x) or close(c, 1.0 / x):
            return f"{'' if close(c, x) else '1/'}{name} = {shown(c, 6)}"
    n = round(1.0 / c) if abs(c) >= 1.0 / MOST else 0
    if 2 < n <= MOST and close(c, 1.0 / n) and digits_of(1.0 / n) > 6:
        return f"1/{n}"
    text, _ = told_from(c, 1.0)
    return max(text, shown(c, 6), key=len)


def digits_of(x: float) -> int:
    """How many digits a number was typed with, but for zeros at its ends.

    >>> digits_of(2.765), digits_of(-1200.0)
    (4, 2)
    """
    return len(repr(x).partition("e")[0].replace("-", "").replace(".", "").strip("0"))


def rounded_from(ev: Evidence, c: float) -> tuple[float, float] | None:
    """A constant of the claim, and what it may be rounded from, if that is 1/c times as much."""
    for i in sorted(ev.claimed_by - ev.under):
        x = abs(ev.tape[i].value)
        digits = digits_of(x) if ev.tape[i].op == "constant" and x else 0
        if digits >= ROUNDED and x != x / c and rounded(digits, x / c) == x:
            return x, x / c
    return None


@kept
def constants(ev: Evidence) -> list[float]:
    """The sizes of the constants of a graph and of its local derivatives, but for 1."""
    sizes = {abs(row.value) for row in ev.tape.rows if row.op == "constant" and row.value}
    return sorted((sizes | {leading(ev, edge) for edge in ev.edges}) - {1.0})


def leading(ev: Evidence, edge: Edge) -> float:
    """The number that a local derivative begins with in the table; 1 if there is none."""
    found = re.match(r"-?(\d+\.\d+)", formula(ev, edge))
    return float(found[1]) or 1.0 if found else 1.0


def formula(ev: Evidence, edge: Edge) -> str:
    """The local derivative as the table writes it."""
    primitive = PRIMITIVES[ev.tape[edge[0]].op]
    return "" if primitive.variadic else primitive.partials[edge[1]]


def close(a: float, b: float) -> bool:
    """Whether two numbers differ by rounding only."""
    return abs(a - b) <= EQUAL * abs(b)
