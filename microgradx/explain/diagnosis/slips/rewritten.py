"""Families of slips of the pen in the claim, an expression: written otherwise, it is right."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, product

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.lists import by_stem
from microgradx.explain.diagnosis.evidence.rounding import DIFFERENCES
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.slips.replaced import Rewriting, recomputed, singly_and_together
from microgradx.explain.diagnosis.slips.wording import fits_here
from microgradx.explain.words import called
from microgradx.writing import joined, listed

WORK = 20_000  # rows of the claim, times places where another node is tried
COST = 2.45
OPPOSITE = {"add": "sub", "sub": "add"}


def rewritten(ev: Evidence) -> Iterator[Hypothesis]:
    """The claim, with a term or a sign that should be another."""
    own = [i for i in sorted(ev.claimed_by - ev.under) if ev.tape[i].operands]
    everything = chain(turned_in_each(ev, own), misnamed(ev, own))
    for changes, finding in islice(everything, WORK // (len(own) or 1)):
        mended = with_changes(ev, own, changes)

        def predict(k: int, mended=mended) -> float:
            return ev.claimed[k] + ev.true[k] - mended(k)

        if fits_here(ev, predict):
            yield Hypothesis(COST, (finding(),), predict)


def with_changes(ev: Evidence, own: Sequence[int], changes: Rewriting) -> Callable[[int], float]:
    """The claim at the k-th point, with some of its own rows changed."""

    def mended(k: int) -> float:
        return recomputed(ev, own, k, {}, changes).get(ev.tape.outputs[2], ev.claimed[k])

    return mended


def misnamed(ev: Evidence, own: Sequence[int]) -> Iterator[tuple[Rewriting, Callable[[], Finding]]]:
    """Another node of its list in the place of a node, in a sum of nodes or in all such sums."""
    users: dict[int, list[int]] = {}
    for v in own:
        row = ev.tape[v]
        if row.op in DIFFERENCES and ev.under.issuperset(row.operands):
            for i in {*row.operands}:
                users.setdefault(i, []).append(v)
    lists = by_stem(ev, (i for i in sorted(ev.under) if ev.tape[i].label)).values()
    for wrong, others in ((i, some) for some in lists for i in some if i in users):
        choices = product(singly_and_together(users[wrong]), others)
        for rows, right in ((rows, i) for rows, i in choices if i != wrong):

            def finding(wrong=wrong, right=right, rows=rows) -> Finding:
                new, old = called(ev.tape, wrong), called(ev.tape, right)
                places = joined([*dict.fromkeys(called(ev.tape, v) for v in rows)])
                sentence = f"{new} stands where {old} belongs, in {places}."
                return Finding("swapped factor", sentence, f"{new} for {old}")

            yield {v: with_operand(ev, v, wrong, right) for v in rows}, finding


def with_operand(ev: Evidence, v: int, wrong: int, right: int) -> tuple[str, list[int]]:
    """The operation of a row, and its operands with another in the place of one."""
    return ev.tape[v].op, [right if i == wrong else i for i in ev.tape[v].operands]


def turned_in_each(
    ev: Evidence, own: Sequence[int]
) -> Iterator[tuple[Rewriting, Callable[[], Finding]]]:
    """The other sign in each of several sums that are made alike: as in the product of all 1 + 2xᵢ
    for that of all 1 − 2xᵢ."""
    alike: dict[int, list[int]] = {}
    for v, form in forms_of(ev, own).items():
        if ev.tape[v].op in OPPOSITE:
            alike.setdefault(form, []).append(v)
    for rows in alike.values():
        if len(rows) > 1:

            def finding(rows=rows) -> Finding:
                places = joined([called(ev.tape, v) for v in rows])
                terms = listed([called(ev.tape, ev.tape[v].operands[-1]) for v in rows])
                sentence = f"In {places}: the signs of {terms} are wrong, each in its own sum."
                return Finding("sign", sentence, terms)

            yield {v: (OPPOSITE[ev.tape[v].op], ev.tape[v].operands) for v in rows}, finding


def forms_of(ev: Evidence, own: Sequence[int]) -> dict[int, int]:
    """By row of the claim, a number that those have in common that are made alike: by the same
    operations, with the same numbers, out of nodes of the graph."""
    found: dict[int, int] = {}
    known: dict[tuple, int] = {}
    for v in own:
        row = ev.tape[v]
        numbers = [ev.value(i, 0) if ev.tape[i].op == "constant" else None for i in row.operands]
        form = row.op, *numbers, *(found.get(i) for i in row.operands)
        found[v] = known.setdefault(form, len(known))
    return found
