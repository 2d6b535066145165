"""How many versions of a program there are, what the engine is left, and how they are traced."""

import gc

import pytest

import microgradx as mg
from microgradx.compiler.compiled import MOST_VERSIONS


def test_versions_that_are_not_used_are_forgotten_first_and_few_are_made_once_there_are_many(asked):
    program = mg.compile(lambda xs: mg.dot(xs, xs))
    for n in range(1, 2 * MOST_VERSIONS + 1):
        assert program([2.0] * n) == (4.0 * n, [4.0] * n)
        assert program([3.0]) == (9.0, [6.0])
    assert len(program.versions) == MOST_VERSIONS
    sizes = [version.program.inputs for version in program.versions]
    assert sizes == [1, 2 * MOST_VERSIONS, *range(MOST_VERSIONS, 2, -1)]
    assert len(asked) == MOST_VERSIONS - 1  # the engine, by the calls that no version fitted


def test_a_batch_is_traced_also_once_there_are_many_versions(asked):
    program = mg.compile(lambda x, w: mg.dot(w, w) * x, batch=0, wrt=1, reduce="sum")
    for n in range(1, MOST_VERSIONS + 9):
        assert program([1.0, 2.0], [1.0] * n)[0] == 3.0 * n
    assert not asked


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_rests_while_a_function_is_traced_and_is_then_as_before(enabled):
    found = []

    def f(x):
        found.append(gc.isenabled())
        return mg.log(x) if x > 0.0 else int("no number")

    program = mg.compile(f)
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        assert program(1.0) == (0.0, 1.0)
        with pytest.raises(ValueError, match="no number"):
            program(-1.0)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
    assert not any(found)
