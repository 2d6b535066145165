"""A family of slips: in the claim a term has the index of another of its list."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice, permutations

from microgradx.apply import value_of
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.lists import by_stem
from microgradx.explain.diagnosis.evidence.rounding import DIFFERENCES
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.slips.replaced import singly_and_together
from microgradx.explain.words import called

WORK = 20_000  # rows of the claim, times places where another node is tried


def misnamed(ev: Evidence) -> Iterator[Hypothesis]:
    """The claim, an expression, has a node as a term where another of its list would make it right,
    in one sum of nodes or in several."""
    own = [i for i in sorted(ev.claimed_by - ev.under) if ev.tape[i].operands]
    for wrong, right, rows in islice(other_names(ev, own), WORK // (len(own) or 1)):
        mended = with_name(ev, own, wrong, right, rows)

        def predict(k: int, mended=mended) -> float:
            return ev.claimed[k] + ev.true[k] - mended(k)

        with suppress(ArithmeticError, ValueError):
            if ev.fits(0, predict(0)):  # words are costly where there are many
                new, old = called(ev.tape, wrong), called(ev.tape, right)
                place = "every time" if len(rows) > 1 else f"in {called(ev.tape, rows[0])}"
                sentence = f"{new} stands where {old} belongs, {place}."
                finding = Finding("swapped factor", sentence, f"{new} for {old}")
                yield Hypothesis(2.45, (finding,), predict)


def other_names(ev: Evidence, own: Sequence[int]) -> Iterator[tuple[int, int, list[int]]]:
    """(a node, another of its list, sums of the claim with the one where the other may belong)."""
    users: dict[int, list[int]] = {}
    for v in own:
        row = ev.tape[v]
        if row.op in DIFFERENCES and ev.under.issuperset(row.operands):
            for i in {*row.operands}:
                users.setdefault(i, []).append(v)
    for members in by_stem(ev, (i for i in sorted(ev.under) if ev.tape[i].label)).values():
        for wrong, right in permutations(members, 2):
            for rows in singly_and_together(users.get(wrong, [])):
                yield wrong, right, rows


def with_name(
    ev: Evidence, own: Sequence[int], wrong: int, right: int, rows: Sequence[int]
) -> Callable[[int], float]:
    """The claim at the k-th point, with another node in the place of one in some of its rows."""

    def mended(k: int) -> float:
        values = dict(enumerate(ev.points[k].values))
        for v in own:
            row = ev.tape[v]
            operands = [right if i == wrong and v in rows else i for i in row.operands]
            values[v] = value_of(row.op, [values[i] for i in operands])
        return values[ev.tape.outputs[2]]

    return mended
