"""The numbers of a list, as targets are given: what is claimed of them is tried at others too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, product

from microgradx.errors import MathError
from microgradx.explain.diagnosis.evidence.evidence import ENOUGH, Evidence
from microgradx.explain.diagnosis.evidence.lists import signed
from microgradx.explain.diagnosis.evidence.rounding import DIFFERENCES
from microgradx.explain.diagnosis.pieces.composed import inner_nodes, kin
from microgradx.explain.diagnosis.result import Diagnosis
from microgradx.names import is_name
from microgradx.tape import Tape
from microgradx.value import Value

NUMBER = re.compile(r"−?[\d.]+(e−?\d+)?")
ROWS, MEMBERS = 1000, 100  # of lists of the user's that are looked through
VARIANTS = 8  # of which member a number in the claim is, where it may be several or none
COMMON = 0.5, 1.0, 2.0  # numbers that a formula has for itself


def varied(ev: Evidence, variables: Mapping[str, object]) -> Iterator[Evidence]:
    """The evidence where the numbers by which a sum's terms are multiplied are leaves, if they are
    those of a list of the user's.

    Zeros are left out of the sum, and stay numbers; a number of the claim that is that of a member,
    perhaps with the other sign, becomes the same leaf.
    """
    lists = dict(lists_in(variables))
    found: dict[int, str] = {}
    members: dict[str, float] = {}
    for rows in constants_of_terms(ev) if lists else ():
        for name, numbers in lists.items():
            kept = {f"{name}[{j}]": x for j, x in enumerate(numbers) if x}
            if [abs(ev.tape[i].value) for i in rows] == [*map(abs, kept.values())]:
                found.update(zip(rows, kept, strict=True))
                members |= kept
                break
    if not found:
        return
    written = constants_written(ev)
    choices = []
    for i, ops in written.items():
        size = abs(ev.tape[i].value)
        names = [x for x, number in members.items() if abs(number) == size]
        own = size in COMMON and not (size == 1.0 and ops == {"mul"})  # nobody writes 1·x
        choices.append(names + [""] * (own or not names))
    for names in islice(product(*choices), VARIANTS):
        claimed = {i: name for i, name in zip(written, names, strict=True) if name}
        with suppress(MathError):  # an exponent that is a leaf asks for a base that is positive
            other = with_leaves(ev, {**found, **claimed}, members)
            yield other


def constants_written(ev: Evidence) -> dict[int, set[str]]:
    """The constants that the claim is written with, each with the operations that use it there."""
    own = ev.claimed_by - ev.under
    found: dict[int, set[str]] = {i: set() for i in {*ev.tape.outputs[2:]} & own}
    for v in sorted(own - inner_nodes(ev) - kin(ev).keys()):
        for i in ev.tape[v].operands:
            if i in own:
                found.setdefault(i, set()).add(ev.tape[v].op)
    return {i: ops for i, ops in sorted(found.items()) if ev.tape[i].op == "constant"}


def of_numbers(found: Diagnosis) -> bool:
    """Whether a finding is about a number, as a term 0.5 or a factor 2.4: it may have a name; or
    nothing is found."""
    return not found.findings or any(
        NUMBER.fullmatch(one.about.partition(";")[0]) for one in found.findings
    )


def as_simple(one: Diagnosis, other: Diagnosis) -> bool:
    """Whether a diagnosis finds slips, and no more of them than another that finds some."""
    slips = [finding.kind for finding in one.findings if finding.kind != "relation"]
    most = len(other.findings) or len(slips)
    return 0 < len(slips) <= most and "dependence" not in slips


def lists_in(variables: Mapping[str, object]) -> Iterator[tuple[str, Sequence[float]]]:
    """(name, numbers) for each list of numbers that a variable holds, alone or in a list."""
    for name, x in filter(lambda item: is_name(item[0]), variables.items()):
        inner = enumerate(x[:ROWS]) if isinstance(x, list | tuple) else ()
        for place, some in ((name, x), *((f"{name}[{k}]", y) for k, y in inner)):
            if type(some).__name__ == "ndarray":
                some = some.tolist()  # type: ignore[attr-defined]
            if isinstance(some, list | tuple) and 1 < len(some) <= MEMBERS:
                if all(type(y) in (float, int) for y in some):
                    yield place, some


def constants_of_terms(ev: Evidence) -> Iterator[list[int]]:
    """The constants by which the terms of each sum, or of each dot product, are multiplied."""
    tape = ev.tape
    inner = {i for v in ev.under if tape[v].op in DIFFERENCES for i in tape[v].operands}
    for v in sorted(ev.under):
        row = tape[v]
        if row.op == "dot":
            n = len(row.operands) // 2
            for half in (row.operands[:n], row.operands[n:]):
                if n > 1 and all(tape[i].op == "constant" for i in half):
                    yield [*half]
        elif row.op in DIFFERENCES and v not in inner:
            rows = [i for _, term in signed(ev, v) for i in constant_factor(tape, term)]
            if len(rows) > 1:
                yield rows


def constant_factor(tape: Tape, i: int) -> list[int]:
    """The constant that a term is multiplied by."""
    found = [j for j in tape[i].operands if tape[j].op == "constant"]
    return found if tape[i].op == "mul" and len(found) == 1 else []


def with_leaves(ev: Evidence, found: Mapping[int, str], members: Mapping[str, float]) -> Evidence:
    """The evidence where some constants are leaves of these names."""
    leaves = {name: Value(number, name) for name, number in members.items()}
    given = {}
    for i, name in found.items():
        same = ev.tape[i].value == members[name]
        given[i] = leaves[name] if same else -leaves[name]
    nodes = ev.tape.replay(given)
    tape = Tape(*(nodes[i] for i in ev.tape.outputs), names={})
    place = {row.index: tape.find(nodes[row.index]) for row in ev.tape.rows if row.is_leaf}
    output, wrt, claim = tape.outputs
    other = Evidence(
        tape,
        output,
        wrt,
        lambda point: point.values[claim],
        {place[i] for i in ev.fixed if i in place},
        {place[i]: ends for i, ends in ev.ranges.items()},
        [{place[i]: x for i, x in point.items()} for point in ev.given],
    )
    other.gather(ENOUGH)
    return other
