"""Which leaves make a list: by their labels, or because the graph has their sum or their length."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Sequence

from microgradx.explain.diagnosis.evidence.constants import close
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.rounding import total
from microgradx.explain.notation import PLAIN, natural, stem
from microgradx.tape import Row

SUMS = "add", "sum"
SIGNED = *SUMS, "sub", "neg"
LONGEST = 2000  # terms of a sum
ENTRY = re.compile(r"(.*?)(\d|\[\d+\])[_,]?(\d|\[\d+\])")  # of a matrix
EQUAL = 1e-9  # relative: two values at the first point that may be the same


def groups(ev: Evidence, leaves: Sequence[int]) -> list[list[int]]:
    """Leaves whose labels differ by an index alone; that are added up, or whose squares are; and
    those that logarithms of probabilities are multiplied by, as targets are."""
    found: dict[str, list[int]] = {}
    for i in leaves:
        label = ev.tape[i].label
        while (shorter := stem(label)) != label:
            found.setdefault(shorter, []).append(i)
            label = shorter
    for row in sums(ev):
        terms = [i for _, i in signed(ev, row.index, SUMS)]
        # Weights that are added up.
        if len(terms) > 2 and all(i in leaves and 0.0 < ev.value(i, 0) < 1.0 for i in terms):
            found[f"row {row.index}"] = terms
        sides = [side_of_square(ev, i) for i in terms if ev.tape[i].op != "constant"]
        if len(sides) > 1 and all(i in leaves for i in sides):
            found[f"length {row.index}"] = [i for i in sides if i is not None]
    found["of logarithms"] = [i for i in beside_logarithms(ev) if i in leaves]
    unique = {frozenset(members): members for members in found.values()}
    return [
        sorted(members, key=lambda i: natural(ev.tape[i].label))
        for some, members in unique.items()
        if 1 < len(members) == len(some)
    ]


def beside_logarithms(ev: Evidence) -> list[int]:
    """The rows that logarithms are multiplied by, if these are of numbers that add up to 1."""
    found: dict[int, int] = {}
    for row in (ev.tape[i] for i in sorted(ev.under) if ev.tape[i].op in ("mul", "dot")):
        half = len(row.operands) // 2
        for a, b in zip(row.operands[:half], row.operands[half:], strict=True):
            for x, y in ((a, b), (b, a)):
                if ev.tape[y].op == "log":
                    found[x] = ev.tape[y].operands[0]
    sums = [total(ev.value(i, k) for i in {*found.values()}) for k in ev.few]
    return [*found] if all(close(x, 1.0) for x in sums) else []


def sums(ev: Evidence) -> list[Row]:
    """The sums in the graph that are no terms of others."""
    rows = [row for row in ev.tape.rows if row.op in SUMS and row.index in ev.under]
    terms = {i for row in rows for i in row.operands}
    return [row for row in rows if row.index not in terms]


def signed(
    ev: Evidence, i: int, through: Sequence[str] = SIGNED, whole: Container[int] = ()
) -> list[tuple[float, int]]:
    """(sign, row) for the terms of a sum or difference, through those that it is made of but for
    some that stay whole; itself if there are too many, as where sums are used again and again."""
    top, found, stack = i, [], [(1.0, i)]
    while stack:
        if len(found) + len(stack) > LONGEST:
            return [(1.0, top)]
        sign, i = stack.pop()
        row = ev.tape[i]
        if row.op in through and i not in whole:
            last = -sign if row.op in ("sub", "neg") else sign
            signs = [*[sign] * (len(row.operands) - 1), last]
            stack += reversed([*zip(signs, row.operands, strict=True)])
        else:
            found.append((sign, i))
    return found


def side_of_square(ev: Evidence, i: int) -> int | None:
    """What a row is the square of, as it is written."""
    row = ev.tape[i]
    if row.op == "mul" and row.operands[0] == row.operands[1]:
        return row.operands[0]
    two = row.op == "pow" and ev.tape[row.operands[1]]
    return row.operands[0] if two and two.op == "constant" and two.value == 2.0 else None


def lengths_of(ev: Evidence, group: Sequence[int], values: list[tuple[float, int]]) -> set[int]:
    """The rows of the graph that are the length of a list of leaves, or its square.

    `values` are those of the graph's rows at the first point, in order, each with its row.
    """
    squares = [total(ev.value(i, k) * ev.value(i, k) for i in group) for k in ev.few]
    lengths = [*map(math.sqrt, squares)]
    return equal_to(ev, squares, values) | equal_to(ev, lengths, values)


def totals_of(ev: Evidence, group: Sequence[int], values: list[tuple[float, int]]) -> set[int]:
    """The rows of the graph that are the sum of a list of leaves; `values` as for `lengths_of`."""
    return equal_to(ev, [total(ev.value(i, k) for i in group) for k in ev.few], values)


def equal_to(ev: Evidence, wanted: list[float], values: list[tuple[float, int]]) -> set[int]:
    """The rows that have some values at the first points."""
    if not all(map(math.isfinite, wanted)):
        return set()
    ends = sorted((wanted[0] * (1.0 - EQUAL), wanted[0] * (1.0 + EQUAL)))
    first, end = bisect_left(values, (ends[0],)), bisect_right(values, (ends[1], math.inf))
    return {
        i
        for _, i in values[first:end]
        if all(close(ev.value(i, k), x) for k, x in enumerate(wanted))
    }


def columns(ev: Evidence, rows: Sequence[int]) -> list[list[int]]:
    """The columns of each matrix: a12 and a22, or A[0][1] and A[1][1]."""
    found: dict[tuple[str, str], list[int]] = {}
    for i in sorted(rows, key=lambda i: natural(ev.tape[i].label)):
        if entry := ENTRY.fullmatch(ev.tape[i].label.translate(PLAIN)):
            name, _, column = entry.groups()
            found.setdefault((name, column), []).append(i)
    return [*found.values()]


def matrices(ev: Evidence, rows: Sequence[int]) -> list[dict[int, int]]:
    """What lies opposite, in each matrix: a21 by a12, or A[1][0] by A[0][1]."""
    labels = {ev.tape[i].label.translate(PLAIN): i for i in rows}
    place = {entry.groups(): i for x, i in labels.items() if (entry := ENTRY.fullmatch(x))}
    found: dict[str, dict[int, int]] = {}
    for (name, row, column), i in place.items():
        j = place.get((name, column, row))
        if j is not None and row != column and name + row not in labels:  # x12 beside x1 is a list
            found.setdefault(name, {})[i] = j
    return [*found.values()]


def by_stem(ev: Evidence, rows: Iterable[int]) -> dict[str, list[int]]:
    """The rows among some whose labels differ by their last index alone, in its order."""
    lists: dict[str, list[int]] = {}
    for i in sorted(rows, key=lambda i: natural(ev.tape[i].label)):
        label = ev.tape[i].label
        if stem(label) != label:
            lists.setdefault(stem(label), []).append(i)
    return lists
