"""What a diagnosis is made of: no right derivation is called wrong, slips that are planted are found,
and each piece (least squares, simple fractions, the list of slips) does what it says.
"""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings, strategies as st
from pytest import approx

import microgradx as mg
from microgradx import Value, check_derivation
from microgradx.explain.diagnosis.arguments import gathered
from microgradx.explain.diagnosis.evidence.constants import nice
from microgradx.explain.diagnosis.findings import KINDS
from microgradx.explain.diagnosis.pieces.linear import least_squares
from microgradx.explain.diagnosis.slips.classical import SLIPS, evaluate
from microgradx.primitives import PRIMITIVES

from .derivations.mistakes import MISTAKES
from .graphs import SMOOTH, graphs
from .programs import Program, call, moderate, programs

clear_of_0 = st.floats(0.25, 2.0) | st.floats(-2.0, -0.25)
WITHOUT_KINKS = [name for name in SMOOTH if name not in ("max", "relu", "abs")]


@st.composite
def smooth_graphs(draw):
    """The output of a program and one of its inputs, all of moderate size."""
    program = draw(programs(clear_of_0, WITHOUT_KINKS, 7))
    inputs = [Value(x, f"x{i}") for i, x in enumerate(program.inputs)]
    output = program(*inputs)
    assume(isinstance(output, Value))
    return output, draw(st.sampled_from(inputs))


# --- properties -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(graphs())
def test_the_derivative_is_never_called_wrong(graph):
    output, x = graph
    diagnosis = check_derivation(output, x, mg.gradient(output, x, create_graph=True))
    assert diagnosis.verdict == "right"
    assert not diagnosis.findings


@settings(max_examples=150)
@given(programs(moderate, SMOOTH, 6), programs(moderate, SMOOTH, 4))
@example(
    program=Program([1.98e-77, 0.0], [("dot", [0, 0, 0, 1]), ("dot", [0, 0, 0, 2])]),
    other=Program([0.0], [("dot", [0, 0, 0, 0]), ("dot", [0, 0, 0, 0])]),
)
def test_any_claim_about_the_same_inputs_gets_an_answer(program, other):
    """With 0 and tiny numbers among them, where slips have no value."""
    inputs = [Value(x, f"x{i}") for i, x in enumerate(program.inputs)]
    try:
        output = program(*inputs)
        claim = other(*(inputs[i % len(inputs)] for i in range(len(other.inputs))))
        assume(isinstance(output, Value) and isinstance(claim, Value))
        mg.gradient(output, inputs[0])
    except mg.MathError:
        assume(False)
    diagnosis = check_derivation(output, inputs[0], claim)
    assert diagnosis.verdict in ("right", "right only here", "right only if", "wrong")
    assert str(diagnosis)


many_vanish = settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])


def derivative_clear_of_0(graph):
    """∂output/∂x with its graph, if it is not nearly 0; a number, if it is the same everywhere."""
    output, x = graph
    d = mg.gradient(output, x, create_graph=True)
    number = d.data if isinstance(d, Value) else d
    assume(abs(number) > 1e-3)
    return output, x, d if isinstance(d, Value) and d.parents else number


@many_vanish
@given(smooth_graphs())
def test_its_negative_has_a_wrong_sign(graph):
    output, x, d = derivative_clear_of_0(graph)
    diagnosis = check_derivation(output, x, -d)
    assert diagnosis.verdict == "wrong"
    assert [finding.kind for finding in diagnosis.findings] == ["sign"]


@many_vanish
@given(smooth_graphs())
def test_twice_it_is_a_constant_factor_or_a_path_counted_twice(graph):
    """Or one missing: in 2x − x, which has the derivative 1, the second."""
    output, x, d = derivative_clear_of_0(graph)
    diagnosis = check_derivation(output, x, 2.0 * d)
    assert diagnosis.verdict == "wrong"
    [finding] = diagnosis.findings
    assert finding.kind in ("constant factor", "repeated path", "missing path")


def swept(tape, wrt, edge=None, times=1.0):
    """∂output/∂wrt of a tape with one edge (row, slot) counted so many times."""
    bar = [0.0] * len(tape)
    bar[tape.output] = 1.0
    for row in reversed(tape.rows):
        for slot, (u, d) in enumerate(zip(row.operands, row.partials, strict=True)):
            if d is not None:
                bar[u] += bar[row.index] * d * (times if (row.index, slot) == edge else 1.0)
    return bar[wrt]


@settings(max_examples=60)
@given(smooth_graphs(), st.sampled_from([0.0, 2.0, -1.0]), st.data())
def test_an_edge_that_was_dropped_doubled_or_flipped_is_found(graph, times, data):
    """What is found may be another slip with the same derivative everywhere, of the same sort."""
    output, x = graph
    tape = mg.Tape(output, x, names={})
    wrt = tape.find(x)
    edges = [
        (row.index, slot)
        for row in tape.rows
        for slot in range(len(row.operands))
        if abs(swept(tape, wrt) - swept(tape, wrt, (row.index, slot), times)) > 1e-3
    ]
    assume(edges)
    edge = data.draw(st.sampled_from(edges))
    leaves = {row.label for row in tape.rows if row.is_leaf and row.label}

    def claim(at):
        there = tape.run({label: number for label, number in at.items() if label in leaves})
        return swept(there, wrt, edge, times)

    diagnosis = check_derivation(output, x, claim)
    assert diagnosis.verdict == "wrong"
    assert diagnosis.true == approx(swept(tape, wrt), rel=1e-12, abs=1e-12)
    assert diagnosis.claimed == approx(swept(tape, wrt, edge, times), rel=1e-12, abs=1e-12)
    found = {finding.kind for finding in diagnosis.findings}
    assert found and found <= {"missing path", "repeated path", "sign", "constant factor"}
    every = [*diagnosis.counted, *diagnosis.missing, *diagnosis.repeated]
    total = math.fsum(path.product for path in every)
    assert not every or total == approx(diagnosis.true, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_is_made(kind):
    cases = [case for case in MISTAKES if {kind} in case.kinds][:8]
    found = [{f.kind for f in check_derivation(*case.build()).findings} for case in cases]
    assert {kind} in found


# --- least squares --------------------------------------------------------------------------------

small = st.integers(-5, 5).map(float)


@given(st.lists(st.tuples(small, small), min_size=2, max_size=8))
def test_a_line_through_points(points):
    """Its slope is the covariance by the variance, and it passes through their centre."""
    x, y = [p[0] for p in points], [p[1] for p in points]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    variance = sum((a - mean_x) ** 2 for a in x)
    found = least_squares([[1.0, a] for a in x], y)
    if len(set(x)) == 1:
        assert found is None
        return
    slope = sum((a - mean_x) * (b - mean_y) for a, b in points) / variance
    assert found == approx([mean_y - slope * mean_x, slope], rel=1e-9, abs=1e-9)


@given(st.data())
def test_a_system_that_has_one_solution_is_solved(data):
    n = data.draw(st.integers(1, 4))
    row = st.lists(small, min_size=n, max_size=n)
    a = data.draw(st.lists(row, min_size=n, max_size=n + 3))
    x = data.draw(row)
    found = least_squares(a, [sum(c * xi for c, xi in zip(r, x, strict=True)) for r in a])
    one = np.linalg.matrix_rank(np.array(a)) == n
    assert found == (approx(x, rel=1e-6, abs=1e-6) if one else None)


@pytest.mark.parametrize(
    "a",
    [
        [[1.0, 2.0]],  # fewer equations than unknowns
        [[1.0, 0.0], [2.0, 0.0]],  # one that occurs nowhere
        [[1.0, 2.0], [2.0, 4.0], [-1.0, -2.0]],  # two that cannot be told apart
        [[1.0, 1.0, 2.0], [0.0, 1.0, 1.0], [3.0, 1.0, 4.0]],  # one that is the sum of the others
    ],
)
def test_what_is_not_unique_is_none(a):
    assert least_squares(a, [1.0] * len(a)) is None


# --- simple fractions -----------------------------------------------------------------------------


@given(st.integers(1, 10), st.integers(1, 10), st.sampled_from([1, -1]))
def test_simple_fractions_are_recognised_to_rounding(p, q, sign):
    c = sign * p / q
    assert nice(c) == c
    assert nice(c * (1 + 1e-12)) == c
    assert nice(c * (1 + 1e-5)) is None


@pytest.mark.parametrize("x", [0.0, math.pi, math.e, 1e-17, 17.0, 0.123456, math.inf, math.nan])
def test_other_numbers_are_no_simple_fractions(x):
    assert nice(x) is None


# --- the list of slips ----------------------------------------------------------------------------

BETWEEN_0_AND_1 = [(0.31, 0.83), (0.57, 0.23), (0.72, 0.49)]
POINTS = {
    "acosh": [(1.31, 0.0), (1.9, 0.0), (3.2, 0.0)],
    "relu": [(-0.4, 0.0), (0.7, 0.0), (-1.3, 0.0)],
    "abs": [(-0.4, 0.0), (0.7, 0.0), (-1.3, 0.0)],
    "max": [(0.31, 0.83), (0.83, 0.31), (0.2, 0.1)],
    "min": [(0.31, 0.83), (0.83, 0.31), (0.1, 0.2)],
}


@pytest.mark.parametrize(
    ("op", "slot", "formula"),
    [(op, slot, formula) for (op, slot), formulas in SLIPS.items() for formula in formulas],
)
def test_a_slip_is_another_function_than_the_derivative_and_its_negative(op, slot, formula):
    same = opposite = True
    for xs in POINTS.get(op, BETWEEN_0_AND_1):
        n = 2 if PRIMITIVES[op].variadic else len(PRIMITIVES[op].operands)
        operands = [Value(x) for x in xs[:n]]
        z = call(op, operands)
        right = mg.gradient(z, operands[slot])
        slip = evaluate(formula, z.data, [v.data for v in operands])
        assert math.isfinite(slip)
        same &= slip == approx(right, rel=1e-9)
        opposite &= slip == approx(-right, rel=1e-9)
    assert not same
    assert not opposite


def test_no_slip_is_listed_twice_and_all_are_of_operands_that_there_are():
    for (op, slot), formulas in SLIPS.items():
        assert len(set(formulas)) == len(formulas)
        assert PRIMITIVES[op].variadic or slot < len(PRIMITIVES[op].operands)


def test_a_slip_that_is_not_defined_is_nan_and_not_an_error():
    assert math.isnan(evaluate("1 / x", 1.0, [0.0]))
    assert math.isnan(evaluate("log(x)", 1.0, [-1.0]))
    assert math.isnan(evaluate("x ** 0.5", 1.0, [-1.0]))  # a complex number


@pytest.mark.parametrize(
    ("function", "ill"),
    [
        (lambda x: mg.sin(x) * 1e-300, 2),
        (lambda x: mg.sin(x) * 1e-3, 0),
        (lambda x: mg.exp(x - 20.0), 1),
        (lambda x: mg.exp(x - 1000.0), 2),
        (lambda x: mg.relu(x - 1.0), 0),
    ],
)
def test_how_many_digits_a_slope_has_left_is_seen_also_where_it_is_the_only_one(function, ill):
    x = Value(0.7, "x")
    ev = gathered(function(x), x, 0.0, {}, (), None, ())
    measured = ev.measure(ev.points[0])
    assert measured and measured.ill == ill


def test_a_difference_that_is_0_by_rounding_hides_nothing_that_does_not_depend_on_it():
    x1, x2, x3, c = (Value(x, name) for x, name in zip((0.4, 1.7, -0.9, -0.7), "xyzc", strict=True))
    mean = (x1 + x2 + x3) / 3.0
    d1, d2, d3 = x1 - mean, x2 - mean, x3 - mean
    assert 0.0 < abs(d1.data) < 1e-15
    spread = mg.sqrt((d1**2 + d2**2 + d3**2) / 3.0 + 0.1)
    spread.label = "s"
    claim = (2.0 * c - 1.6) / 3.0 / spread
    diagnosis = check_derivation((1.6 * d1 + c * d2) / spread, x2, claim)
    assert diagnosis.verdict == "wrong"
    [finding] = diagnosis.findings
    assert finding.kind == "missing path" and "→ s →" in str(finding.about)


def test_a_right_claim_is_right_where_most_digits_are_lost():
    a, b, w = Value(1e8 + 0.3, "a"), Value(1e8 - 0.4, "b"), Value(2.0, "w")
    for product in (a * a - a * b, a * a * 1.0 - a * b, a * a * 1.0 * 1.0 - a * b):
        assert check_derivation(w * product, w, lambda v: v["a"] * (v["a"] - v["b"])).ok
    e, p = Value(1e7, "E"), Value(1e7 - 1e-3, "p")
    claim = lambda v: math.sqrt((v["E"] - v["p"]) * (v["E"] + v["p"]))  # noqa: E731
    assert check_derivation(w * mg.sqrt(e * e - p * p), w, claim).ok


def test_points_where_digits_are_lost_are_added_once():
    x, b = Value(0.7, "x"), Value(0.3, "b")
    ev = gathered((b + x * 1e9) - (x * 1e9) * (1.0 + 0.0 * b), b, 0.0, {}, (), None, ())
    ev.gather(24)
    assert len({tuple(point.values) for point in ev.points}) == len(ev.points)
