"""What to call a row by where it stands: with the labelled rows that use it."""

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.evidence.kept import kept
from microgradx.explain.notation import derivative
from microgradx.explain.words import called
from microgradx.writing import joined


def slope_name(ev: Evidence, v: int, u: int) -> str:
    """What ∂v/∂u is called."""
    return derivative(called(ev.tape, v), called(ev.tape, u))


def placed(ev: Evidence, v: int) -> str:
    """What to call a row; one without a label together with the labelled rows that use it."""
    whole = part_of(ev, v)
    return called(ev.tape, v) + (f" in {whole}" if whole else "")


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
