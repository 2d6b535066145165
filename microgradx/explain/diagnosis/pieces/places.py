"""What to call a row by where it stands: with the labelled rows that use it."""

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.notation import derivative
from microgradx.explain.words import called
from microgradx.writing import joined

NOUNS = {"mul": "factor", "add": "term", "sub": "term", "sum": "term"}  # what operands are
PAIRS = {"pow": ("base", "exponent"), "div": ("numerator", "denominator")}


def slope_name(ev: Evidence, v: int, u: int) -> str:
    """What ∂v/∂u is called."""
    return derivative(called(ev.tape, v), called(ev.tape, u))


def as_operand(ev: Evidence, v: int, slot: int) -> str:
    """As which of its operands a row has one; people count from 1, and know what stands last."""
    row = ev.tape[v]
    if row.op in PAIRS:
        return f"as the {PAIRS[row.op][slot]}"
    noun = NOUNS.get(row.op, "operand")
    ends = {0: "first", len(row.operands) - 1: "last"}
    return f"as the {ends[slot]} {noun}" if slot in ends else f"as {noun} {slot + 1}"


def placed(ev: Evidence, v: int) -> str:
    """What to call a row; one without a label together with the labelled rows that use it."""
    whole = part_of(ev, v)
    return called(ev.tape, v) + (f" in {whole}" if whole else "")


def step_name(ev: Evidence, v: int, u: int) -> str:
    """What the way from a row to an operand is called."""
    return f"{placed(ev, v)} → {called(ev.tape, u)}"


def part_of(ev: Evidence, v: int) -> str:
    """What the labelled rows are called that use a row without a label; "" if it has one."""
    found = [] if v in ev.stops else sorted(called(ev.tape, w) for w in wholes(ev, v))
    return joined(found[:4]) if found else ""


def wholes(ev: Evidence, v: int) -> list[int]:
    """The first labelled rows that use a row."""
    return sorted(users(ev)[v])


@kept
def users(ev: Evidence) -> dict[int, set[int]]:
    """By active row, the first labelled rows that use it."""
    found: dict[int, set[int]] = {v: set() for v in ev.moving}
    for v, _, u in reversed(ev.edges):
        found[u] |= {v} if v in ev.stops else found[v]
    return found
