"""Softmax and its kin in a graph, found again by the form that `microgradx.softmax` gives them."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import NamedTuple

from microgradx.tape import Row, Tape


class Composed(NamedTuple):
    """A row that is a function of logits, all of them together.

    Attributes:
        function: What it is: "softmax", "log_softmax" or "logsumexp".
        total: The row of Σ exp(zᵢ − m), with its `terms` and the `largest` logit m.
        of: Of which logit it is a member's; None for "logsumexp".
    """

    function: str
    total: int
    terms: dict[int, int]
    largest: int
    of: int | None

    @property
    def logits(self) -> list[int]:
        """The rows of the logits."""
        return [*self.terms.values(), self.largest]


Terms = tuple[dict[int, int], int] | None


def shifted_sum(tape: Tape, total: int) -> Terms:
    """By row of an exponential its logit zᵢ, and m, where a row is Σ exp(zᵢ − m)."""
    row = tape.rows[total]
    terms = [tape.rows[i] for i in row.operands] if row.op == "sum" else []
    differences = [tape.rows[term.operands[0]] for term in terms if term.op == "exp"]
    shifts = {one.operands[1] for one in differences if one.op == "sub"}
    if not terms or len(terms) != len(differences) or len(shifts) != 1:
        return None
    pairs = zip(row.operands, differences, strict=True)
    return {e: one.operands[0] for e, one in pairs}, shifts.pop()


def all_composed(tape: Tape, rows: Iterable[int]) -> dict[int, Composed]:
    """What some rows are of logits; a sum is looked through once, however many members use it."""
    sums = cache(partial(shifted_sum, tape))
    found = ((i, composed(tape, tape.rows[i], sums)) for i in rows)
    return {i: one for i, one in found if one}


def composed(tape: Tape, row: Row, sums: Callable[[int], Terms] | None = None) -> Composed | None:
    """What a row is of logits, if it is a softmax or one of its kin; `sums` is `shifted_sum`."""
    below = [tape.rows[i] for i in row.operands]
    ops = row.op, *(one.op for one in below)
    if row.op == "div" and below[1].op == "add" and tape.rows[below[1].operands[0]].value == 1.0:
        whole = below[1].operands[1]
    elif ops in (("neg", "log1p"), ("sub", "sub", "log1p")) or ops[::2] == ("add", "log1p"):
        whole = below[-1].operands[0]
    else:
        return None
    found = sums(whole) if sums else shifted_sum(tape, whole)
    if not found:
        return None
    terms, m = found
    if row.op == "div":
        is_1 = below[0].op == "constant" and below[0].value == 1.0
        z = m if is_1 else terms.get(row.operands[0])
        return None if z is None else Composed("softmax", whole, terms, m, z)
    if row.op == "add":
        return Composed("logsumexp", whole, terms, m, None) if row.operands[0] == m else None
    z, shift = below[0].operands if row.op == "sub" else (m, m)
    return Composed("log_softmax", whole, terms, m, z) if shift == m else None


def members(tape: Tape, rows: Iterable[int]) -> set[int]:
    """Those of some rows that are members, with others of them, of a softmax or its logarithm."""
    found: dict[tuple[str, int], list[int]] = {}
    for i, one in all_composed(tape, rows).items():
        if one.of is not None:
            found.setdefault((one.function, one.total), []).append(i)
    return {i for some in found.values() if len(some) > 1 for i in some}
