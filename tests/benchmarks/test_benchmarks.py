"""The benchmarks run and compare like with like; nothing here depends on time."""

import math
from importlib.util import find_spec
from operator import mul
from pathlib import Path

import pytest

from .engines import ENGINES
from .measure import check_agreement, python
from .table import at_least, at_most
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
    with pytest.raises(OverflowError, match="exceeds the largest float"):
        mul(checked, 10.0)


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_c_by_hand_gives_the_numbers_of_the_engine(name: str, tmp_path: Path) -> None:
    """The rival of compiled programs computes what they do: the loss and every gradient."""
    pytest.importorskip("numpy")
    from . import programs

    if need := programs.missing("hand C"):
        pytest.skip(f"{need} is not installed")
    output, *gradient = numbers(WORKLOADS[name].make(ENGINES["n-ary"](), 20))
    expected = output, programs.arrays_of_leaves(name, gradient)
    actual = programs.hand_c(programs.task(name, 20), tmp_path)()

    assert programs.numbers(actual) == pytest.approx(programs.numbers(expected), rel=1e-12)


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table says what is missing, and does without it."""
    pytest.importorskip("numpy")
    from . import programs

    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    monkeypatch.setenv("CC", "no such compiler")

    needs = {name: programs.missing(name) for name in ("Python", "casadi", "jax", "hand C")}
    assert needs == {"Python": None, "casadi": "casadi", "jax": "jax", "hand C": "a C compiler"}


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (at_least(2.0, 2.0), "≥ 2 met"),
        (at_least(1.9, 2.0), "≥ 2 MISSED"),
        (at_most(2.0, 2.0), "≤ 2 met"),
        (at_most(2.1, 2.0), "≤ 2 MISSED"),
    ],
)
def test_a_target_is_met_or_missed(verdict: str, expected: str) -> None:
    """The bound itself is within."""
    assert verdict == expected


def test_quick_run_prints_every_section() -> None:
    """The whole table, at sizes that say nothing about speed."""
    printed = python("-m", "tests.benchmarks", "--quick")

    compiled = [f"{name} compiled" for name in ("W1", "W2", "W5") if find_spec("numpy")]
    for heading in (*WORKLOADS, "scaling", "finiteness", "Import", "Compiled programs", *compiled):
        assert heading in printed
