"""The conditions on leaves that people have in mind without saying so."""

import math
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import NamedTuple

from microgradx.explain.diagnosis.evidence.rounding import total
from microgradx.writing import joined, shown

CLOSE = 1e-9
# Added to the weight of what does not hold at the user's point: at least, of what the claim has
# within its nodes, and of what is rarely meant then.
UNMET, INSIDE, RARE = 0.5, 0.7, 0.85
CLASSES = 10  # of so many at most, each is tried as the one

Values = dict[int, float]


class Relation(NamedTuple):
    """A condition on leaves.

    Attributes:
        weight: How far-fetched it is.
        text: The condition.
        impose: Changes values so that it holds.
        holds: Whether it does.
        equal: The leaves that are equal, if that is it.
        unmet: What is added to the weight where it does not hold at the user's point.
        cases: In how many ways it may hold; `impose` takes them in turn.
        one_of: The leaves of which it singles one out; it is meant only if no other would do.
    """

    weight: float
    text: str
    impose: Callable[[Values], None]
    holds: Callable[[Values], bool]
    equal: tuple[int, ...] = ()
    unmet: float = UNMET
    cases: int = 1
    one_of: tuple[int, ...] = ()


def adds_up_to_1(names: list[str], group: list[int]) -> Relation:
    """The condition that a list of leaves adds up to 1."""

    def impose(at: Values):
        size = total(abs(at[i]) for i in group)
        at.update((i, abs(at[i]) / size) for i in group)

    return Relation(
        1.0,
        f"{' + '.join(few(names))} = 1",
        impose,
        lambda at: abs(total(at[i] for i in group) - 1.0) < CLOSE,
        unmet=0.0,
    )


def of_length_1(names: list[str], group: list[int]) -> Relation:
    """The condition that a list of leaves is a vector of length 1."""

    def impose(at: Values):
        size = math.hypot(*(at[i] for i in group))
        at.update((i, at[i] / size) for i in group)

    squares = [name if name == "…" else f"{name}^2" for name in few(names)]
    return Relation(
        1.4,
        f"{' + '.join(squares)} = 1",
        impose,
        lambda at: abs(math.hypot(*(at[i] for i in group)) - 1.0) < CLOSE,
    )


def of_group(names: list[str], group: list[int], targets: bool, replaced: bool) -> list[Relation]:
    """The other conditions on a list of leaves, which may be targets, and their numbers may have
    been put in."""
    n, some = len(group), few(names)
    turn = cycle(group)

    def one_hot(at: Values):
        chosen = next(turn)
        at.update((i, 1.0 if i == chosen else 0.0) for i in group)

    def equal(at: Values):
        at.update((i, at[group[0]]) for i in group)

    def centred(at: Values):
        mean = total(at[i] for i in group) / n
        at.update((i, at[i] - mean) for i in group)

    found = []
    if targets:
        found.append(
            Relation(
                1.2,
                f"{joined(some)} are one-hot",
                one_hot,
                lambda at: sorted(at[i] for i in group) == [0.0] * (n - 1) + [1.0],
                cases=n,
            )
        )
    if targets and replaced and n <= CLASSES:
        for name, i in zip(names, group, strict=True):
            found.append(hot(name, i, some, group))
            if n > 2:
                found.append(without(name, i, some, group))
    if n > 2:  # of two, these are among the conditions on a pair
        if not targets:  # which are not negative
            found.append(
                Relation(
                    1.4,
                    f"{' + '.join(some)} = 0",
                    centred,
                    lambda at: abs(total(at[i] for i in group)) < CLOSE,
                )
            )
        found.append(
            Relation(
                1.55,
                f"{joined(some)} are equal",
                equal,
                lambda at: len({at[i] for i in group}) == 1,
                tuple(group),
                RARE,
            )
        )
    return found


def few(names: list[str]) -> list[str]:
    """Some names, of many the first and the last."""
    return names if len(names) < 5 else [*names[:2], "…", names[-1]]


def hot(name: str, one: int, names: list[str], group: list[int]) -> Relation:
    """The condition that one of a list of leaves is 1 and the others are 0."""
    values = {i: float(i == one) for i in group}
    return Relation(
        1.3,
        f"{joined(names)} are one-hot, with {name} = 1",
        lambda at: at.update(values),
        lambda at: values.items() <= at.items(),
        unmet=0.0,
        one_of=tuple(group),
    )


def without(name: str, one: int, names: list[str], group: list[int]) -> Relation:
    """The condition that one of a list of leaves is 0 and the others add up to 1."""
    [*others] = (i for i in group if i != one)
    rest = adds_up_to_1(names, others)

    def impose(at: Values):
        at[one] = 0.0
        rest.impose(at)

    return Relation(
        1.29, f"{name} = 0 and {rest.text}", impose, lambda at: at[one] == 0.0 and rest.holds(at)
    )


def among(i: int, weight: float, text: str, *numbers: float, unmet: float = UNMET) -> Relation:
    """The condition that a leaf is one of some numbers."""
    turn = cycle(numbers)
    return Relation(
        weight,
        text,
        lambda at: at.update({i: next(turn)}),
        lambda at: at[i] in numbers,
        unmet=unmet,
        cases=len(numbers),
    )


def of_target(name: str, i: int, here: float) -> list[Relation]:
    """The conditions on a leaf that may be a target."""
    found = [among(i, 1.6, f"{name} is 1 or −1", 1.0, -1.0)]
    if 0.0 <= here <= 1.0:
        found.append(among(i, 1.5, f"{name} is 0 or 1", 0.0, 1.0))
    return found


def put_in(name: str, i: int, numbers: Sequence[float], within: bool) -> list[Relation]:
    """The conditions on a leaf for which a number may have been put in, or that was forgotten; what
    is claimed may have it within nodes."""
    unmet = {0.0: INSIDE, 1.0: RARE} if within else {0.0: 0.0, 1.0: 0.0}
    return [among(i, 1.32 if x else 1.3, f"{name} = {x:g}", x, unmet=unmet[x]) for x in numbers]


def together(relations: Sequence[Relation]) -> Relation:
    """The condition that several hold."""

    def impose(at: Values):
        for relation in relations:
            relation.impose(at)

    return Relation(
        max(relation.weight for relation in relations) + 0.05,
        joined([relation.text for relation in relations]),
        impose,
        lambda at: all(relation.holds(at) for relation in relations),
        unmet=max(relation.unmet for relation in relations),
    )


def of_total(one: Relation, group: list[int], size: float) -> Relation:
    """The condition that leaves add up to their total here, out of the one that it is 1."""

    def impose(at: Values):
        one.impose(at)
        at.update((i, size * at[i]) for i in group)

    return Relation(
        1.25,
        one.text.replace("= 1", f"= {shown(size)}"),
        impose,
        lambda at: abs(total(at[i] for i in group) - size) < CLOSE,
    )


def of_pair(x: str, y: str, a: int, b: int) -> list[Relation]:
    """The conditions on two leaves."""
    found = [
        Relation(
            1.5,
            f"{x} = {y}",
            lambda at: at.update({b: at[a]}),
            lambda at: at[a] == at[b],
            (a, b),
        ),
        Relation(
            1.6,
            f"{x} + {y} = 1",
            lambda at: at.update({b: 1.0 - at[a]}),
            lambda at: abs(at[a] + at[b] - 1.0) < CLOSE,
        ),
        Relation(
            2.0,
            f"{x} = −{y}",
            lambda at: at.update({b: -at[a]}),
            lambda at: at[a] == -at[b],
        ),
        Relation(
            2.0,
            f"{x}·{y} = 1",
            lambda at: at.update({b: 1.0 / at[a]}),
            lambda at: abs(at[a] * at[b] - 1.0) < CLOSE,
        ),
    ]
    return [relation._replace(unmet=RARE) for relation in found]
