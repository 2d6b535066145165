"""Every path counts: how many there are, which are the largest, and that they add up."""

import itertools
import math

import pytest
from hypothesis import assume, given, strategies as st
from pytest import approx

import microgradx as mg
from microgradx import Value
from microgradx.explain.paths import Path, Paths, paths
from microgradx.tape import Tape
from microgradx.writing import counted

from .graphs import doublings, graphs
from .programs import nodes_under


def brute(output, x):
    """Every path of primitives from `output` down to `x`: its nodes and its factors."""
    if output is x:
        yield (x,), ()
        return
    for parent, d in zip(output.parents, output.partials, strict=True):
        for nodes, factors in brute(parent, x):
            yield (output, *nodes), (d, *factors)


def through(nodes, chosen):
    """The nodes of a path that are chosen, and its ends."""
    return tuple(v for v in nodes if v in chosen or v in (nodes[0], nodes[-1]))


# --- which paths there are ------------------------------------------------------------------------


@given(graphs())
def test_the_paths_between_primitives_are_those_that_a_search_finds(graph):
    output, x = graph
    expected = list(itertools.islice(brute(output, x), 2000))
    assume(len(expected) < 2000)
    tape = Tape(output, x)
    found = Paths(tape, tape.find(x), None)
    listed = list(found)
    assert found.count == len(found) == len(listed) == len(expected)
    as_rows = sorted((tuple(tape.find(v) for v in nodes), d) for nodes, d in expected)
    assert sorted((path.rows, path.partials) for path in listed) == as_rows


@given(graphs(), st.data())
def test_the_paths_between_labels_are_those_of_primitives_brought_together(graph, data):
    output, x = graph
    inner = [v for v in nodes_under(output) if v.op != "leaf"]
    chosen = data.draw(st.sets(st.sampled_from(inner))) if inner else set()
    for i, v in enumerate(chosen):
        v.label = f"n{i}"
    expected = list(itertools.islice(brute(output, x), 2000))
    assume(len(expected) < 2000)
    sums: dict = {}
    leaves = {v for v in nodes_under(output) if v.op == "leaf"}
    for nodes, factors in expected:
        key = tuple(map(id, through(nodes, chosen | leaves)))
        sums.setdefault(key, []).append(math.prod(factors))
    found = paths(Tape(output, x, names={}), x)
    assert found.count == len(sums)
    products = sorted(path.product for path in found)
    assert products == approx(sorted(map(math.fsum, sums.values())), rel=1e-9, abs=1e-12)


@given(graphs(), st.sampled_from(["labels", "primitives"]))
def test_the_products_add_up_to_the_gradient_and_come_in_order(graph, between):
    output, x = graph
    found = paths(output, x, between)
    assert found.total == approx(mg.gradient(output, x), rel=1e-12, abs=1e-300)
    assume(found.count <= 2000)
    sizes = [abs(path.product) for path in found]
    assert all(b <= a * (1 + 1e-12) for a, b in itertools.pairwise(sizes))
    products = [path.product for path in found]
    assert math.fsum(products) == approx(found.total, rel=1e-9, abs=1e-12 * (1 + sum(sizes)))


def test_a_repeated_operand_is_two_paths_of_primitives_and_one_of_labels():
    x = Value(3.0, "x")
    y = x * x
    assert [path.partials for path in paths(y, x, between="primitives")] == [(3.0,), (3.0,)]
    assert [path.partials for path in paths(y, x)] == [(6.0,)]


def test_a_path_has_names_rows_and_factors_from_the_output_on():
    x = Value(3.0, "x")
    u = 2.0 * x
    y = u * u
    (path,) = paths(y, "x")
    assert path == Path(("y", "u", "x"), path.rows, (12.0, 2.0))
    tape = Tape(y)
    assert tuple(tape[i].label for i in path.rows) == path.labels
    assert (path.product, str(path)) == (24.0, "y → u → x")
    with pytest.raises(AttributeError, match="can't set attribute"):
        path.rows = ()  # type: ignore[misc]


def test_the_output_by_itself_is_one_path_without_edges():
    y = Value(3.0, "x") * 2.0
    for between in ("labels", "primitives"):
        found = paths(y, y, between)
        assert (found.count, found.total) == (1, 1.0)
        assert [(path.labels, path.partials, path.product) for path in found] == [(("y",), (), 1.0)]


def test_where_no_path_leads_there_is_none():
    x, other = Value(3.0, "x"), Value(1.0, "other")
    y = x * 2.0
    later = y + other
    for wrt in (other, later):
        found = paths(y, wrt)
        assert (found.count, found.total, list(found), bool(found)) == (0, 0.0, [], False)
        name = found.tape.name(found.wrt)
        assert str(found) == f"0 paths from y to {name}, since y was not computed from {name}"


def test_a_factor_of_zero_makes_a_path_that_comes_last():
    x, zero = Value(3.0, "x"), Value(0.0, "zero")
    a, b = x * zero, x * 2.0
    y = a * 1e300 + b
    assert [(path.labels[1], path.product) for path in paths(y, x)] == [("b", 2.0), ("a", 0.0)]


def test_factors_that_cancel_between_labels_are_a_path_of_zero():
    x = Value(3.0, "x")
    y = x - x
    assert [path.partials for path in paths(y, x)] == [(0.0,)]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_a_product_overflows_or_underflows_only_as_a_whole(factors):
    product, plain = Path((), (), tuple(factors)).product, math.prod(factors)
    sizes = [abs(x) for x in itertools.accumulate(factors, lambda x, y: x * y)]
    if all(1e-290 < x < math.inf for x in sizes):
        assert product == plain
    assert Path((), (), (1e200, 1e200, 1e-300)).product == approx(1e100)
    assert Path((), (), (1e-200, 1e-200, 1e300)).product == approx(1e-100)
    assert Path((), (), (-1e200, 1e200)).product == -math.inf


# --- many paths, deep graphs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "factors", [(0.5, 0.5), (0.3, 0.7), (0.5, 0.5000000000000001)], ids=["ties", "apart", "near"]
)
@pytest.mark.parametrize("label", ["", "n"], ids=["primitives", "labels"])
@pytest.mark.parametrize("n", [50, 1661])
def test_the_ten_largest_of_many_paths_are_found(n, label, factors):
    y, x = doublings(n, *factors, label=label)
    found = paths(y, x, "labels" if label else "primitives")
    ten = found[:10]
    assert found.count == 2**n
    assert found.total == approx(1.0)
    assert len({path.rows for path in ten}) == 10
    logs = [sum(map(math.log, path.partials)) for path in ten]
    assert logs == approx(sorted(logs, reverse=True), rel=1e-12)
    swapped = [sum(d == min(factors) for d in path.partials) for path in ten]
    if factors == (0.3, 0.7):
        assert swapped == [0] + [1] * 9
    assert len(str(found).splitlines()) == 13


def test_a_chain_of_any_depth():
    x = y = Value(1.0, "x")
    for _ in range(20_000):
        y = y * 0.9999
    y = y + x
    long, short = sorted(paths(y, x, "primitives"), key=lambda path: -len(path.rows))
    assert len(long.rows) == 20_002 and long.product == approx(0.9999**20_000)
    assert short.rows == (short.rows[0], short.rows[1])
    assert len(max(str(paths(y, x, "primitives")).splitlines(), key=len)) < 300


def test_deep_and_many():
    y, x = doublings(5000, 0.6, 0.4)
    found = paths(y, x, "primitives")
    assert found and found.count == 2**5000
    with pytest.raises(OverflowError, match="cannot fit 'int'"):
        len(found)  # it has no room for more than sys.maxsize
    assert len({path.rows for path in found[:20]}) == 20
    assert repr(found).startswith("<about 1.41·10¹⁵⁰⁵ paths from ")


@given(st.integers(10**15, 10**400))
def test_a_count_is_printed_to_three_digits(n):
    digits, power = counted(n).removeprefix("about ").split("·10")
    exponent = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
    assert 1.0 <= float(digits) < 10.0
    assert abs(n * 1000 // 10**exponent - float(digits) * 1000) <= 6
    assert counted(9996 * 10**20) == "about 1.00·10²⁴"


# --- words and errors -----------------------------------------------------------------------------


def picture():
    x = Value(2.0, "x")
    a, b = 3.0 * x, x * x
    return a * b, x


def test_paths_print_as_a_table():
    x = Value(2.0, "x")
    a, b = 3.0 * x, x * x
    y = b - a
    assert str(paths(y, x)).splitlines() == [
        "2 paths from y to x:",
        "  y → b → x       1 × 4   =  4",
        "  y → a → x       −1 × 3  = −3",
        "  the sum of all          =  1",
    ]


def test_indices_and_slices_as_of_a_list():
    y, x = picture()
    found = paths(y, x, "primitives")
    listed = list(found)
    assert found.count == 3
    assert [found[0], found[1], found[2]] == listed
    assert (found[-1], found[:2], found[::2]) == (listed[2], listed[:2], listed[::2])
    with pytest.raises(IndexError, match=r"^path 3 of 3$"):
        found[3]


def test_an_undefined_local_derivative_on_the_way_is_an_error_that_names_it():
    x = Value(0.0, "x")
    y = mg.sqrt(x) * 2.0
    with pytest.raises(
        mg.GradientError, match=r"sqrt\(x\) has no finite derivative with respect to x"
    ):
        paths(y, x)
    other = Value(1.0, "other")
    z = y + other
    assert paths(z, other).total == 1.0  # it is on no path


def test_a_gradient_beyond_the_floats_is_an_error():
    x = Value(1e-300, "x")
    y = x * 1e200 * 1e200
    with pytest.raises(mg.GradientError, match="exceeds the largest float"):
        paths(y, x, "primitives")
    with pytest.raises(mg.GradientError, match="exceeds the largest float"):
        paths(y, x)


def test_what_is_asked_must_exist():
    y, x = picture()
    with pytest.raises(KeyError, match="no row has the label 'z'"):
        paths(y, "z")
    with pytest.raises(KeyError, match="is not in the graph"):
        paths(Tape(y), Value(1.0))
    with pytest.raises(ValueError, match="'labels' or 'primitives', not 'nodes'; as in paths"):
        paths(y, x, "nodes")  # type: ignore[arg-type]


def test_a_batch_has_no_paths_to_put_in_order():
    np = pytest.importorskip("numpy")
    x = Value(np.array([1.0, 2.0]), "x")
    with pytest.raises(TypeError, match="paths are of one point, and x holds a batch: run"):
        paths(x * x, x)


def test_paths_change_nothing_in_the_graph():
    y, x = picture()
    y.backward()
    before = [(v.data, v.grad, v.label, v.partials) for v in nodes_under(y)]
    assert str(paths(y, x)) and list(paths(y, x, "primitives"))
    assert [(v.data, v.grad, v.label, v.partials) for v in nodes_under(y)] == before
