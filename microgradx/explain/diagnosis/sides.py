"""On which side of a kink, or of 0, a claim is right."""

from collections.abc import Callable, Iterator, Sequence

from microgradx.explain.condense import rows_under
from microgradx.explain.diagnosis.evidence import Evidence
from microgradx.explain.points import Point
from microgradx.explain.words import called, joined
from microgradx.tape import Row, Tape


def side(ev: Evidence, points: Sequence[Point]) -> str | None:
    """The side of a kink, or of 0 for a labelled node, on which alone the claim is right."""
    verdicts = [(point, agrees) for point in points if (agrees := ev.agrees(point)) is not None]
    if not any(a for _, a in verdicts) or all(a for _, a in verdicts):
        return None
    for text, holds in sides(ev):
        if all(holds(point) == agrees for point, agrees in verdicts):
            return text
    for text, holds in sides(ev):  # a claim may be right by chance on the other side
        if all(holds(point) <= agrees for point, agrees in verdicts) and any(
            holds(point) for point, _ in verdicts[1:]
        ):
            return text
    together = list(kinks(ev))  # on all of the user's sides at once, as far as they are needed

    def suffice(chosen) -> bool:
        return all(a or not all(holds(p) for _, holds in chosen) for p, a in verdicts)

    if not suffice(together):
        return None
    for one in list(together):
        if suffice(fewer := [other for other in together if other is not one]):
            together = fewer
    return joined([text for text, _ in together])


def other_side(ev: Evidence) -> str | None:
    """The other side of a kink at 0, where the slope is not 0, if the claim is right just there."""
    if any(ev.agreements()) or not ev.beyond:  # all of these are on the user's side
        return None
    verdicts = [(p, ev.agrees(p)) for p in ev.beyond]
    for row in ev.tape.rows:
        if row.op == "abs" or (row.op == "relu" and ev.value(row.index, 0) == 0.0):
            i = row.operands[0]
            text, holds = on_side(ev, i, ev.value(i, 0) <= 0.0)
            if all(agrees is None or agrees is holds(p) for p, agrees in verdicts):
                return text
    return None


def sides(ev: Evidence) -> Iterator[tuple[str, Callable[[Point], bool]]]:
    """(the user's side in words, whether a point lies on it) for all that has two sides."""
    yield from kinks(ev)
    for row in ev.tape.rows:
        if row.label and row.op != "constant" and ev.points[0].values[row.index]:
            yield own_side(ev, row.index)


def kinks(ev: Evidence) -> Iterator[tuple[str, Callable[[Point], bool]]]:
    """The same for the rows that have a kink."""
    tape, here = ev.tape, ev.points[0]
    for row in tape.rows:
        name = called(tape, row.index)
        if row.op in ("max", "min"):
            values = [here.values[i] for i in row.operands]
            pick = max if row.op == "max" else min
            chosen = row.operands[values.index(pick(values))]
            word = "largest" if row.op == "max" else "smallest"
            others = joined([called(tape, i) for i in row.operands])
            moving = [i for i in row.operands if i == ev.wrt or i in ev.active]
            if len(moving) == 1 and chosen not in moving and len(row.operands) > 2:
                yield (
                    f"{called(tape, moving[0])} is not the {word} of {others}",
                    lambda p, row=row, i=moving[0]: p.values[row.index] != p.values[i],
                )
            elif called(tape, chosen) != name:
                yield (
                    f"{called(tape, chosen)} is the {word} of {others}",
                    lambda p, row=row, chosen=chosen: p.values[row.index] == p.values[chosen],
                )
        elif row.op in ("greater", "equal"):
            a, b = row.operands
            first = here.values[row.index]
            sign = {"greater": (" ≤ ", " > "), "equal": (" ≠ ", " = ")}[row.op][int(first)]
            yield (
                f"{called(tape, a)}{sign}{called(tape, b)}",
                lambda p, i=row.index, first=first: p.values[i] == first,
            )
        elif row.op in ("relu", "abs"):
            yield own_side(ev, row.operands[0])


def own_side(ev: Evidence, i: int) -> tuple[str, Callable[[Point], bool]]:
    """The side of 0 on which a row stands at the user's point."""
    return on_side(ev, i, ev.value(i, 0) > 0.0)


def on_side(ev: Evidence, i: int, up: bool) -> tuple[str, Callable[[Point], bool]]:
    """One side of 0 for a row: where it is positive if `up`."""
    text = f"{called(ev.tape, i)} {'> 0' if up else '< 0'}"
    return text, lambda p: (p.values[i] > 0.0) == up


def decided(tape: Tape, top: int) -> list[Row]:
    """The `where` under a row whose condition is a number: a comparison that is made only once."""
    under = rows_under(tape, top)
    return [
        row
        for row in tape.rows
        if row.index in under and row.op == "where" and tape[row.operands[0]].op == "constant"
    ]


def taken(ev: Evidence) -> str:
    """What these have taken in the graph, if the claim is right with that alone."""
    graph = decided(ev.tape, ev.output)
    claim = [row for i in ev.tape.outputs[2:] for row in decided(ev.tape, i)]
    if claim and not len(graph) == len(claim) == 1:  # who knows which belong together
        return ""
    found = []
    for row in graph:
        turned = {r.operands[0]: 0.0 if ev.value(r.operands[0], 0) else 1.0 for r in (row, *claim)}
        at = ev.evaluate({**ev.points[0].given, **turned})
        if at and ev.agrees(at) is False:
            c, x, y = row.operands
            kept, other = (x, y) if ev.value(c, 0) else (y, x)
            text = f"{called(ev.tape, row.index)} is {called(ev.tape, kept)}"
            found.append(f"{text}, not {called(ev.tape, other)}")
    return joined(found) if found else ""
