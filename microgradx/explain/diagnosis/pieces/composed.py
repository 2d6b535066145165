"""The inner nodes of softmax and its kin, of which nobody's derivation has one."""

from collections.abc import Iterator

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.kept import kept


@kept
def inner_nodes(ev: Evidence) -> frozenset[int]:
    """The rows without a label by which exponentials and their sum are kept from overflowing: the
    differences to one node m, their exponentials, Σ exp(zᵢ − m), and what 1 + Σ is computed as."""
    users: dict[int, list[int]] = {}
    for row in ev.tape.rows:
        for i in row.operands:
            users.setdefault(i, []).append(row.index)
    found = {i for total in sums_of_shifted(ev) for i in around(ev, total, users)}
    return frozenset(i for i in found if not ev.tape[i].label and i not in (ev.output, ev.wrt))


def sums_of_shifted(ev: Evidence) -> Iterator[int]:
    """The rows that are a sum of exponentials of differences to one node."""
    for row in ev.tape.rows:
        below = [ev.tape[i] for i in row.operands] if row.op == "sum" else []
        differences = [ev.tape[one.operands[0]] for one in below if one.op == "exp"]
        shifts = {one.operands[1] for one in differences if one.op == "sub"}
        if below and len(below) == len(differences) and len(shifts) == 1:
            yield row.index


def around(ev: Evidence, total: int, users: dict[int, list[int]]) -> Iterator[int]:
    """Such a sum, what it is computed from, and what is computed from it alone."""
    yield total
    for i in ev.tape[total].operands:
        yield from (i, ev.tape[i].operands[0])
    for i in users.get(total, ()):
        if ev.tape[i].op in ("add", "log1p"):
            yield i
            for j in users.get(i, ()) if ev.tape[i].op == "log1p" else ():
                yield from (k for k in ev.tape[j].operands if ev.tape[k].op == "sub")
