"""Where a graph is run again: what leaves may be there, and which kinks are crossed."""

from itertools import islice

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.kinks import SMOOTH, Sides, decides
from microgradx.explain.points import BRANCHING, Point, here
from microgradx.explain.surroundings import Surroundings
from microgradx.primitives import PRIMITIVES
from microgradx.tape import Tape


def graph():
    """A tape with kinks, and the rows of x, y, c and m in it."""
    x, y, c, m = (Value(v, n) for v, n in ((1.3, "x"), (-0.4, "y"), (0.5, "c"), (1.0, "m")))
    tape = Tape(mg.where(m, mg.maximum(x, y, c), x * abs(y)) + mg.relu(c - y))
    return tape, [tape.find(leaf) for leaf in (x, y, c, m)]


def points(where, leaves, most=60):
    """Points of every sort."""
    everything = {*leaves}
    yield from islice(where.nearby(), most)
    yield from islice(where.nearby(3, 2.0, everything), most)
    yield from islice(where.scattered(here(where.tape).given, everything), most)
    yield from where.crossings((), ())


def test_what_is_fixed_stays_and_ranges_are_kept():
    tape, (x, y, c, m) = graph()
    where = Surroundings(tape, fixed={x}, ranges={c: (0.45, 0.8), y: (-2.0, 3.0)})
    found = [point.given for point in points(where, (x, y, c, m))]
    assert len(found) > 180
    assert {given.get(x, 1.3) for given in found} == {1.3}
    assert all(0.45 <= given[c] <= 0.8 and -2.0 <= given[y] <= 3.0 for given in found)
    assert max(given[y] for given in found) > 1.0 and min(given[y] for given in found) < -1.0


@pytest.mark.parametrize(("own", "low", "high"), [(0.7, 0.0, 1e200), (0.7, 1e3, 1e200)])
def test_where_a_graph_is_not_defined_in_most_of_a_range_numbers_of_all_sizes_are_tried(
    own, low, high
):
    x = Value(own, "x")
    where = Surroundings(Tape(x * x), ranges={0: (low, high)})
    found = [point.given[0] for point in islice(where.nearby(), 100)]
    assert len(found) == 100 and all(low <= number <= high for number in found)
    assert min(found) < 1e10 and max(found) > 1e140


def test_a_leaf_may_move_if_its_range_has_another_number_than_its_own():
    tape = Tape(Value(0.7, "x") * 2.0)
    may = {ends: Surroundings(tape, ranges={0: ends}).can_move for ends in [(0.7, 0.7), (1.0, 1.0)]}
    assert may == {(0.7, 0.7): False, (1.0, 1.0): True}
    assert Surroundings(tape).can_move and not Surroundings(tape, fixed={0}).can_move


def test_scattered_points_are_far_in_some_leaves_and_keep_the_signs_of_the_others():
    tape, (x, y, c, m) = graph()
    where = Surroundings(tape)
    found = [point.given for point in where.scattered(here(tape).given, {x, y})]
    assert (
        {given[x] > 0.0 for given in found} == {given[y] > 0.0 for given in found} == {True, False}
    )
    assert all(given[c] > 0.0 and given[m] > 0.0 for given in found)
    near = [given for given in found if abs(given[x] / 1.3 - 1.0) <= 0.1]
    assert 0.5 < len(near) / len(found) < 0.9


def test_a_seed_gives_its_own_points_again():
    tape, _ = graph()
    where, centre = Surroundings(tape), here(tape).given
    first, again, other = (
        [point.given for point in islice(where.scattered(centre, (), seed), 5)]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_crossings_cross_each_kink_that_no_known_point_crosses_and_a_condition_too():
    tape, (x, y, c, m) = graph()
    where = Surroundings(tape)
    found = [*where.crossings((), ())]
    for op, sides in (("abs", 2), ("max", 3), ("where", 2), ("relu", 2)):
        [row] = [row for row in tape.rows if row.op == op]
        assert len({tuple(point.partials[row.index]) for point in (here(tape), *found)}) == sides
    assert 0.0 in {point.given[m] for point in found}
    largest = {max((x, y, c), key=lambda i: point.values[i]) for point in found}
    assert largest == {x, y, c}
    assert not [*where.crossings(found, ())]


def test_a_kink_of_a_leaf_that_comes_first_is_crossed_by_it():
    tape, (_, _, c, _) = graph()
    first = next(Surroundings(tape).crossings((), {c}))
    assert abs(first.given[c] - 0.5) > 0.1


def test_a_kink_is_crossed_where_another_operand_has_no_slope():
    s, z = Value(0.0, "s"), Value(0.9, "z")
    margin = mg.relu(z - mg.norm([s, 2.0 * s]) + 500.0)
    [crossing] = Surroundings(Tape(margin)).crossings((), ())
    assert crossing.values[-1] == 0.0 and crossing.given[Tape(margin).find(z)] < -500.0
    assert mg.check_derivation(margin, z, 1.0).verdict == "right only if"


def test_the_other_sign_is_tried_for_each_leaf_that_is_not_0_or_in_a_range():
    x, y, c, m = (Value(v, n) for v, n in ((1.3, "x"), (-40.0, "y"), (0.0, "c"), (2.0, "m")))
    tape = Tape(x * y + c * m)
    rows = [tape.find(leaf) for leaf in (x, y, c, m)]
    found = [*Surroundings(tape, ranges={rows[3]: (1.0, 3.0)}).mirrored()]
    signs = [[point.given[i] * tape.rows[i].value < 0.0 for i in rows] for point in found]
    assert sorted(signs) == [[False, True, False, False], [True, False, False, False]]


@pytest.mark.parametrize(
    ("value", "slope"),
    [
        ("where(greater(x, 1.0), x, 0.5 * x)", "where(greater(x, 1.0), 1.0, 0.5)"),
        ("maximum(x, 1.0)", "greater(x, 1.0)"),
        ("maximum([1.0, x])", "greater(x, 1.0)"),
        ("minimum(x, 1.0)", "greater(1.0, x)"),
        ("relu(x - 1.0)", "greater(x, 1.0)"),
        ("abs(x - 1.0)", "greater(x, 1.0) - greater(1.0, x)"),
        ("x", "1.0 + equal(maximum(x, 1.0), x)"),
    ],
)
def test_a_row_of_ones_own_tells_on_which_side_a_point_is(value, slope):
    bent = mg.primitive("bent", value, slope)
    tape = Tape(bent(Value(0.3, "x")))
    x = tape.find("x")
    run = Surroundings(tape).at

    def side(number: float):
        point = run({x: number})
        assert isinstance(point, Point)
        return Sides(tape)(point)

    assert side(0.3) == side(0.9) != side(1.1)


def test_a_built_in_row_whose_formulas_decide_has_a_kink_or_is_known_to_be_smooth():
    deciding = {row.name for row in PRIMITIVES.values() if decides(row)}
    assert deciding == BRANCHING | SMOOTH and BRANCHING.isdisjoint(SMOOTH)


def test_edges_are_the_ends_of_ranges_from_within_and_what_is_barely_beyond_a_kink():
    x, y = Value(2.0, "x"), Value(0.5, "y")
    tape = Tape(mg.relu(x - 5.0) * y)
    i, j = tape.find(x), tape.find(y)
    low, high, kink = (p.given for p in Surroundings(tape, ranges={j: (0.0, 4.0)}).edges())
    assert 0.0 < low[j] < 1e-4 and 4.0 - 1e-4 < high[j] < 4.0 and low[i] == high[i] == 2.0
    assert 5.0 < kink[i] < 5.01 and kink[j] == 0.5
    assert not [*Surroundings(tape, ranges={i: (0.0, 3.0)}, fixed={j}).edges()][2:]
