"""What of a factor is written in the claim, if that is an expression."""

from collections.abc import Collection

from microgradx.explain.diagnosis.evidence.constants import close
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.pieces.candidates import Candidate
from microgradx.explain.reach import divided_by, divisors_of


def written_below(ev: Evidence, f: Candidate, alone: bool = False) -> bool:
    """Whether the claim, an expression, divides by the value of a node, perhaps without its minus;
    `alone`, not as by a factor of something else."""
    own = ev.claimed_by - ev.under
    below = divisors_of(ev.tape, own) if alone else divided_by(ev.tape, own)
    return f.row is not None and has_its_size(ev, below, f)


def divides_by_it(ev: Evidence, f: Candidate) -> bool:
    """Whether the claim divides by the value of a node, if that can be told: a function may, and
    what has n₂/n₁ in it divides by a node n₁/n₂."""
    if f.row is None or not ev.claimed_by or written_below(ev, f):
        return True
    row = ev.tape[f.row]
    below = divided_by(ev.tape, ev.claimed_by - ev.under)
    return row.op == "div" and row.operands[0] in below


def is_written(ev: Evidence, f: Candidate) -> bool:
    """Whether the claim, if it is an expression, has a factor in it, perhaps with another sign."""
    own = ev.written | ev.claimed_by - ev.under
    return not own or has_its_size(ev, own, f)


def has_its_size(ev: Evidence, rows: Collection[int], f: Candidate) -> bool:
    """Whether one of some rows has the values of a factor, but for their signs."""
    return any(all(close(abs(ev.value(i, k)), abs(f.at(k))) for k in ev.few) for i in rows)
