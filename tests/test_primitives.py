"""Every row of the table against the oracle; and that the tests see rows with mistakes.

Nothing here names an operation in code: where a row needs other points, another tolerance or has a
limit, a table in `accuracy.py` says so.
"""

import inspect
import math
import traceback
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import microgradx as mg
from microgradx import MathError, Value, gradient
from microgradx.formulas import check_formula, names_in, parsed
from microgradx.graph import data_of
from microgradx.libraries import FLOATS
from microgradx.operators import FUNCTIONS
from microgradx.primitives import PRIMITIVES

from .accuracy import (
    check_second,
    check_slope,
    check_value,
    excess,
    needs,
    representable,
    scale_of,
    second,
    special,
    within_limits,
)
from .mutants import formulas, mutant, mutants, slope_of, value_of
from .oracle import EXACT, finite
from .programs import ROWS, call, points, same, sizes, variadic

for_every_row = pytest.mark.parametrize("name", ROWS)


def drawn(name):
    """Operands of any size at which the row has a value, within the limits."""
    return points(name, lambda name, *xs: finite(name, *xs) and within_limits(name, xs))


@for_every_row
def test_values_and_slopes_at_special_points(name):
    for xs, _, slopes in special(name):
        check_value(name, xs)
        for i, slope in enumerate(slopes):
            check_slope(name, xs, i, slope)


@for_every_row
@settings(max_examples=50, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_values_and_slopes_at_any_size(name, data):
    xs = data.draw(drawn(name))
    check_value(name, xs)
    for i, slope in enumerate(EXACT[name].gradient(*xs)):
        check_slope(name, xs, i, slope)


@for_every_row
def test_second_derivatives_at_special_points(name):
    for xs, _, _ in special(name)[:: 1 + len(special(name)) // 100]:
        check_second(name, xs)


@for_every_row
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_second_derivatives_at_any_size(name, data):
    check_second(name, data.draw(drawn(name)))


# --- any number of operands -----------------------------------------------------------------------

VARIADIC = [name for name in ROWS if variadic(name)]


@pytest.mark.untraced
@pytest.mark.parametrize("name", VARIADIC)
@pytest.mark.parametrize("n", [1, 2, 1000])
@settings(max_examples=4)
@given(data=st.data())
def test_rows_of_many_operands(name, n, data):
    """The rounding errors of n terms add up to n/2 ulps of the sum of their sizes at most."""
    number = st.floats(-1e9, 1e9) | sizes(140)
    few = data.draw(st.lists(number, min_size=20, max_size=20))
    sequences = len(PRIMITIVES[name].operands)
    xs = [few[i * (i + 7) % 20] for i in range(n * sequences)]
    nodes = [Value(x) for x in xs]
    z = call(name, nodes)
    assert same(call(name, xs), z.data)
    assert excess(name, xs, z.data, EXACT[name].value(*xs), scale_of(name, xs)) <= max(1, n / 16)
    assert gradient(z, nodes) == list(map(float, EXACT[name].gradient(*xs)))


def test_sums_of_nothing_are_0_and_the_largest_of_nothing_is_an_error():
    assert same(mg.sum([]), 0.0) and same(mg.dot([], []), 0.0)
    for function in (mg.maximum, mg.minimum):
        with pytest.raises(ValueError, match="empty sequence"):
            function([])


def test_sequences_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="2 and 1 members"):
        mg.dot([Value(1.0), 2.0], [Value(1.0)])


# --- kinks ----------------------------------------------------------------------------------------

E, NONE = 5e-324, None  # NONE: the gradient is an error
# fmt: off
KINKS = [
    # row   operands      i  slope  formulas that break the convention
    ("relu", (0.0,), 0, 0.0, "1.0 - greater(0.0, x)", "0.5 + 0.5 * (greater(x, 0.0) - greater(0.0, x))"),
    ("relu", (-0.0,), 0, 0.0, "1.0 - greater(0.0, x)"),
    ("relu", (E,), 0, 1.0, "greater(x, 1e-300)"),
    ("relu", (-E,), 0, 0.0, "greater(x, -1e-300)"),
    ("abs", (0.0,), 0, 0.0, "1.0 - 2.0 * greater(0.0, x)", "2.0 * greater(x, 0.0) - 1.0"),
    ("abs", (E,), 0, 1.0, "greater(x, 1e-300)"),
    ("abs", (-E,), 0, -1.0, "-greater(-1e-300, x)"),
    ("max", (2.0, 2.0), 0, 0.5, "(1.0, 0.0)", "(0.0, 1.0)", "(1.0, 1.0)"),
    ("max", (0.0, -0.0), 1, 0.5, "(1.0, 0.0)"),
    ("max", (2.0, 1.0), 1, 0.0, "(0.5, 0.5)"),
    ("max", (3.0, 3.0, 3.0), 2, 1 / 3, "[equal(x, z) for x in xs]"),
    ("min", (2.0, 2.0), 0, 0.5, "(1.0, 0.0)", "(0.0, 1.0)", "(1.0, 1.0)"),
    ("min", (1.0, 2.0, 1.0), 2, 0.5, "(1.0, 0.0, 0.0)"),
    ("pow", (0.0, 0.0), 0, 0.0, "y * x ** (y - 1.0)", "1.0"),
    ("pow", (5.0, 0.0), 0, 0.0, "1.0"),
    ("pow", (-5.0, 0.0), 0, 0.0, "z * log(x)"),
    ("pow", (0.0, 1.0), 0, 1.0, "greater(x, 0.0) * slope(x, y)", "y * z / x"),
    ("pow", (0.0, 1.5), 0, 0.0, "1.0", "y * z / x"),
    ("pow", (0.0, 2.0), 0, 0.0, "y * z / x"),
    ("pow", (0.0, 0.5), 0, NONE, "0.0"),
    ("pow", (0.0, 2.0), 1, 0.0, "z * log(x)"),
    ("pow", (0.0, 0.0), 1, NONE, "0.0"),
    ("sqrt", (0.0,), 0, NONE, "0.5 / (z + equal(x, 0.0))", "0.0"),
    ("cbrt", (-0.0,), 0, NONE, "0.0"),
    ("asin", (1.0,), 0, NONE, "0.0"),
    ("acos", (-1.0,), 0, NONE, "0.0"),
    ("acosh", (1.0,), 0, NONE, "0.0"),
    ("hypot", (0.0, 0.0), 0, NONE, "0.0", "1.0"),
    ("atan2", (0.0, -0.0), 1, NONE, "0.0"),
    ("greater", (1.0, 1.0), 0, 0.0, "1.0"),
    ("equal", (1.0, 1.0), 1, 0.0, "1.0"),
    ("where", (1.0, 2.0, 2.0), 2, 0.0, "0.5"),
]
# fmt: on
ids = [f"{name}{xs}-{i}" for name, xs, i, *_ in KINKS]


def slope_at(name, xs, i):
    """∂z/∂xᵢ by a sweep, None if it is an error."""
    x = Value(xs[i])
    z = call(name, [*xs[:i], x, *xs[i + 1 :]])
    try:
        return gradient(z, x)
    except MathError:
        return None


@pytest.mark.parametrize(("name", "xs", "i", "expected"), [k[:4] for k in KINKS], ids=ids)
def test_conventions_at_kinks(name, xs, i, expected):
    assert slope_at(name, xs, i) == expected
    assert slope_of(mutant(name), xs, i) == expected


@pytest.mark.parametrize("kink", KINKS, ids=ids)
def test_a_broken_convention_is_seen(kink):
    name, xs, i, expected, *wrong = kink
    position = 0 if variadic(name) else i
    for formula in wrong:
        assert slope_of(mutant(name, partials={position: formula}), xs, i) != expected, formula


SECOND = [
    ("relu", (0.0,), 0), ("abs", (0.0,), 0), ("max", (2.0, 2.0), 0), ("min", (1.0, 1.0), 0),
    ("where", (1.0, 2.0, 2.0), 0), ("pow", (0.0, 0.0), 0), ("pow", (0.0, 1.0), 0),
    ("pow", (0.0, 2.0), 2), ("pow", (-1.0, 2.0), 2), ("pow", (0.0, 3.0), 0), ("pow", (-7.0, 1.0), 0),
    ("pow", (-1.0, 3.0), -6),
]  # fmt: skip


@pytest.mark.parametrize(("name", "xs", "expected"), SECOND, ids=str)
def test_second_derivatives_at_kinks_and_of_powers(name, xs, expected):
    assert second(name, xs, 0, 0) == expected


@pytest.mark.parametrize("c", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("x", [-3.0, -1.0, 0.0, 2.0])
def test_every_derivative_of_a_whole_power(x, c):
    """c(c-1)…·x^(c-n), and 0 from the c-th on, on either side of 0 and there."""
    v = Value(x)
    slope: Any = v**c
    for n in range(1, 6):
        slope = gradient(slope, v, create_graph=True) if slope.__class__ is Value else 0.0
        expected = math.perm(c, n) * x ** max(c - n, 0)
        assert data_of(slope) == expected, n


# --- the tests see mistakes -----------------------------------------------------------------------


def mistakes(row, name):
    """Where the formulas of a row are off, at the special points of `name`."""
    for xs, z, slopes in special(name):
        if excess(name, xs, value_of(row, xs), z, scale_of(name, xs)) > 1:
            yield xs
        for i, slope in enumerate(slopes):
            held = representable(slope) and needs(name, xs, [i])
            if held and excess(name, xs, slope_of(row, xs, i), slope) > 1:
                yield xs, i


@for_every_row
def test_a_slip_of_a_billionth_in_any_formula_is_seen(name):
    assert not list(mistakes(mutant(name), name))
    for formula, row in mutants(name).items():
        assert next(mistakes(row, name), None) is not None, formula


# --- one text -------------------------------------------------------------------------------------


@for_every_row
def test_formulas_parse_and_use_only_the_table(name):
    row = PRIMITIVES[name]
    known = {"z", *row.operands, *FLOATS, *PRIMITIVES}
    for formula in (row.value, *row.partials):
        if row.variadic:
            assert names_in(parsed(formula))[0] <= {*known, "len", "map"}
        else:
            check_formula(name, formula, known)


@for_every_row
def test_a_function_shows_its_formulas(name):
    """In its docstring, and to `inspect` and debuggers (helpers run in the general form)."""
    row, function = PRIMITIVES[name], FUNCTIONS[name]
    for formula in (row.value, *row.partials):
        assert formula in function.__doc__
    shown = inspect.getsource(function)
    assert shown.startswith(f"def {name}(")
    last = row.value.split("; ")[-1]
    assert row.internal or last in shown or "apply(" in shown


def test_tracebacks_show_the_formula_that_fails():
    with pytest.raises(ZeroDivisionError, match="division by zero") as caught:
        formulas(mutant("log", "1.0 / (x - x)"))[0](1.0)
    assert "1.0 / (x - x)" in "".join(traceback.format_exception(caught.value))
