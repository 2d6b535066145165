"""Which instructions of a program to look at, so that nothing infinite or undefined is missed.

Most overflows show in a result: what is added or multiplied to infinity is not finite. What does
not show, as in 1 / exp(1000), is looked at where it is computed, unless it has bounds.
"""

from collections.abc import Iterable
from math import inf
from sys import float_info

from microgradx.compiler.program import Program
from microgradx.libraries import FLOATS

LARGEST = float_info.max
# A result of these is not finite where an operand is not: so that operand shows in it. Nor is it
# real where that is not: a power may be complex in Python, which abs, not among them, would hide.
CARRIES = {
    *("add", "sub", "mul", "neg", "log", "log1p", "log2", "log10", "sqrt", "cbrt"),
    *("sin", "cos", "tan", "sinh", "cosh", "asinh", "acosh", "asin", "acos", "atanh"),
}
OVERFLOWING = {"add", "sub", "mul", "div", "pow"}
INCREASING = {
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sinh", "asinh"),
    *("tanh", "atan", "erf", "asin", "maximum", "minimum"),
}
BETWEEN = {
    **dict.fromkeys(("sin", "cos"), (-1.0, 1.0)),
    **dict.fromkeys(("greater", "equal"), (0.0, 1.0)),
    "erfc": (0.0, 2.0),
    "atan2": (-4.0, 4.0),
}


def hidden(program: Program, most: float = LARGEST) -> list[int]:
    """The instructions to look at besides the outputs, so that what is not finite always shows.

    `most` is the largest of the floats that the program computes with, here and below.
    """
    shows = [False] * len(program.instructions)
    used = [False] * len(program.instructions)
    for x in program.wanted:  # a comparison, too, hides what is not finite
        used[x] = True
    for x in program.outputs:
        if isinstance(x, int):
            shows[x] = True
    unbounded = {*without_bounds(program, most)}
    found = []
    for i in range(len(program.instructions) - 1, -1, -1):
        if used[i] and not shows[i] and i in unbounded:
            shows[i] = True
            found.append(i)
        op, operands, uses = program.instructions[i]
        for x in uses:
            used[x] = True
        carried = operands if op in CARRIES else operands[:1] if op == "div" else ()
        for x in carried if shows[i] else ():
            if isinstance(x, int):
                shows[x] = True
    return found[::-1]


def unused(program: Program, finite: Iterable[int], most: float) -> tuple[int, ...]:
    """Which instructions that have to be finite might not be, and are not needed for a result.

    A program is to compute them all the same; those that others of them need are not listed.
    """
    live = program.live
    rest = {i for i in finite if not live[i]}
    doubtful = {*without_bounds(program, most)} if rest else set()
    for i in range(program.inputs, len(program.instructions)) if rest else ():
        if any(x in doubtful and not live[x] for x in program.instructions[i].uses):
            doubtful.add(i)  # it has bounds only where what it is made of is finite
    rest &= doubtful
    found = []
    for i in range(len(program.instructions) - 1, -1, -1) if rest else ():
        if i in rest and not live[i]:
            found.append(i)
            live[i] = True
        for x in program.instructions[i].uses if live[i] else ():
            live[x] = True
    return tuple(found)


def without_bounds(program: Program, most: float) -> list[int]:
    """The inputs, and the instructions that may not be finite where all earlier ones are."""
    any_float = -most, most
    ranges: list[tuple[float, float]] = [any_float] * program.inputs
    found = [*range(program.inputs)]
    for i in range(program.inputs, len(program.instructions)):
        op, operands, uses = program.instructions[i]
        if op in OVERFLOWING and len(uses) == 2 and any_float is ranges[uses[0]] is ranges[uses[1]]:
            found.append(i)  # as most are
            ranges.append(any_float)
            continue
        at = [ranges[x] if isinstance(x, int) else (x, x) for x in operands]
        low, high = between(op, at)
        if not -most <= low <= high <= most:
            found.append(i)
            low, high = max(low, -most), min(high, most)
        within = low <= high and (low, high) != any_float
        ranges.append((low, high) if within else any_float)
    return found


def between(op: str, ranges: list) -> tuple[float, float]:
    """Between which numbers the result of an operation lies, if its operands lie in ranges."""
    (low, high), (least, most) = ranges[0], ranges[-1]
    if op == "add":
        return low + least, high + most
    if op == "mul":
        ends = low * least, low * most, high * least, high * most
        return min(ends), max(ends)
    if op == "sub":
        return low - most, high - least
    if op == "neg":
        return -high, -low
    if op == "div" and (least > 0.0 or most < 0.0):
        ends = low / least, low / most, high / least, high / most
        return min(ends), max(ends)
    if op == "abs":
        return max(low, -high, 0.0), max(high, -low)
    if op == "where":
        (low, high), (least, most) = ranges[1:]
        return min(low, least), max(high, most)
    if op in INCREASING:
        return end(op, [x for x, _ in ranges], -inf), end(op, [x for _, x in ranges], inf)
    return BETWEEN.get(op, (-inf, inf))


def end(op: str, operands: list[float], otherwise: float) -> float:
    """The number of an increasing function at one end of its operands' ranges."""
    try:
        return FLOATS[op](*operands)
    except (ArithmeticError, ValueError):
        return otherwise
