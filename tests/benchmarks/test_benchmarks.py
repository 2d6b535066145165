"""The benchmarks run and compare like with like; nothing here depends on time."""

from __future__ import annotations

import math
from operator import mul

import pytest

from .engines import ENGINES
from .measure import check_agreement, python
from .workloads import WORKLOADS, numbers

FORMS = [
    pytest.param(name, engine, id=f"{name}-{engine}")
    for name, workload in WORKLOADS.items()
    for engine in (["binary", "n-ary"] if workload.nary else ["binary"])
]


@pytest.mark.parametrize(("name", "engine"), FORMS)
def test_both_engines_give_the_same_numbers(name: str, engine: str) -> None:
    """The output and every gradient, up to the order of additions."""
    workload = WORKLOADS[name]
    expected = numbers(workload.make(ENGINES["closure"](), workload.quick))
    actual = numbers(workload.make(ENGINES[engine](), workload.quick))

    assert actual == pytest.approx(expected, rel=1e-12, abs=1e-16)


def test_different_numbers_are_an_error() -> None:
    """A contestant that is wrong is not timed."""
    with pytest.raises(ArithmeticError, match=r"gradient of leaf 0 is 2\.0 by one and 3\.0 by two"):
        check_agreement({"one": [1.0, 2.0], "two": [1.0, 3.0]})


def test_only_the_unchecked_copy_lets_infinity_pass() -> None:
    """The copy lacks what is measured, and the package keeps it."""
    checked, unchecked = (ENGINES[name]().Value(1e308) for name in ("binary", "unchecked"))

    assert mul(unchecked, 10.0).data == math.inf
    with pytest.raises(OverflowError):
        mul(checked, 10.0)


def test_quick_run_prints_every_section() -> None:
    """The whole table, at sizes that say nothing about speed."""
    printed = python("-m", "tests.benchmarks", "--quick")

    for heading in (*WORKLOADS, "scaling", "finiteness", "Import"):
        assert heading in printed
