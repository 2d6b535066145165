"""Finite or an error: no program over the rows gives nan, inf, a complex or a bare exception."""

import decimal
import fractions
import math

import pytest
from hypothesis import given, reject, settings

import microgradx as mg
from microgradx import (
    DomainError,
    GradientError,
    MathError,
    PoleError,
    RangeError,
    Value,
    gradient,
)

from .programs import TINY, any_float, any_size, moderate, nodes_under, programs, tricky
from .special_points import MAX

DOCUMENTED = {DomainError, PoleError, RangeError, GradientError}
mixed = moderate | tricky | any_float | any_size
runs = programs(moderate) | programs(mixed)


def sound(number):
    return isinstance(number, float) and math.isfinite(number)


def outcome(function):
    """What a function gives, or None for a documented error; any other one is a failure."""
    try:
        return function()
    except MathError as error:
        assert error.__class__ in DOCUMENTED and len(str(error)) > 10
        return None


@pytest.mark.untraced
@settings(max_examples=1000)
@given(program=runs)
def test_every_program_over_numbers_gives_a_finite_number_or_an_error(program):
    z = outcome(lambda: program(*program.inputs))
    assert z is None or sound(z)


@pytest.mark.untraced
@settings(max_examples=1500)
@given(program=runs)
def test_every_gradient_is_finite_or_an_error_that_changes_nothing(program):
    inputs = [Value(x) for x in program.inputs]
    z = outcome(lambda: program(*inputs))
    if not isinstance(z, Value):
        reject()
    assert sound(z.data)
    nodes = nodes_under(z)
    for k, v in enumerate(nodes):
        v.grad = k + 0.5
    before = [v.grad for v in nodes]
    by_function = outcome(lambda: gradient(z, inputs))
    assert [v.grad for v in nodes] == before
    swept = outcome(lambda: [z.backward()])
    if swept is None:
        assert [v.grad for v in nodes] == before
    else:
        assert all(sound(x.grad) for x in inputs)
        assert by_function is not None and all(map(sound, by_function))


@pytest.mark.untraced
@settings(max_examples=1000)
@given(program=runs)
def test_second_derivatives_are_finite_or_an_error(program):
    inputs = [Value(x) for x in program.inputs]
    z = outcome(lambda: program(*inputs))
    slopes = (
        outcome(lambda: gradient(z, inputs, create_graph=True)) if isinstance(z, Value) else None
    )
    for slope in slopes or ():
        if isinstance(slope, Value):
            assert sound(slope.data)
            curves = outcome(lambda slope=slope: gradient(slope, inputs))
            assert curves is None or all(map(sound, curves))
        else:
            assert sound(slope)
    assert not any(v.grad for v in inputs)


@settings(max_examples=300)
@given(program=programs(moderate, most=4))
def test_derivatives_as_nodes_have_the_numbers_of_the_recorded_ones(program):
    """Up to rounding: 0 · ∞ and the like may be an error in one of the two."""
    inputs = [Value(x) for x in program.inputs]
    z = outcome(lambda: program(*inputs))
    if not isinstance(z, Value):
        reject()
    plain = outcome(lambda: gradient(z, inputs))
    nodes = outcome(lambda: gradient(z, inputs, create_graph=True))
    if plain is None or nodes is None:
        reject()
    for a, b in zip(plain, nodes, strict=True):
        b = b.data if isinstance(b, Value) else b
        assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-290)


@settings(max_examples=300)
@given(program=programs(mixed, most=4))
def test_numbers_and_values_compute_alike(program):
    plain = outcome(lambda: program(*program.inputs))
    node = outcome(lambda: program(*map(Value, program.inputs)))
    if node is not None:
        assert plain == (node.data if isinstance(node, Value) else node)
    elif plain is not None:  # what only Values refuse: see `needs` in the table
        assert {"pow", "slope"} & {name for name, _ in program.steps}


# --- what the errors say --------------------------------------------------------------------------

x, zero, half, big = Value(-0.3, "p"), Value(0.0, "q"), Value(0.5), Value(1e308, "w")


def root_of_three(q):
    """√x·y·w at (q, 1, 1) as one node, whose derivatives lie in a tuple."""
    slopes = "0.5 / sqrt(x) * y * w", "sqrt(x) * w", "sqrt(x) * y"
    row = mg.primitive("root_of_three", "sqrt(x) * y * w", *slopes, operands=("x", "y", "w"))
    return row(q, 1.0, 1.0)


# fmt: off
FORWARD = [
    (lambda: mg.log(x),         DomainError, r"^log\(-0\.3 \(p\)\): outside the domain of log\(x\), which is x > 0$"),
    (lambda: mg.sqrt(x),        DomainError, r"^sqrt\(-0\.3 \(p\)\): outside the domain of sqrt\(x\), which is x >= 0$"),
    (lambda: x ** 0.5,          DomainError, r"^pow\(-0\.3 \(p\), 0\.5\): outside the domain"),
    (lambda: 2.0 ** x ** 0.5,   DomainError, r"^pow\(-0\.3 \(p\), 0\.5\): outside the domain"),
    (lambda: x ** half,         DomainError, r"^pow\(-0\.3 \(p\), 0\.5\): outside the domain"),
    (lambda: x ** Value(2.0),   DomainError, r"^pow\(-0\.3 \(p\), 2\.0\): outside the domain of pow\(x, y\), which is x >= 0 for a Value as y; a plain number as y works, as in pow\(x, y\.data\)$"),
    (lambda: (-2.0) ** half,    DomainError, r"^pow\(-2\.0, 0\.5\): outside the domain"),
    (lambda: mg.asin(x * 10),   DomainError, r"^asin\(-3\.0\): outside the domain of asin\(x\), which is -1 <= x <= 1$"),
    (lambda: mg.acosh(x),       DomainError, r"^acosh\(-0\.3 \(p\)\): outside the domain of acosh\(x\), which is x >= 1$"),
    (lambda: mg.log(zero),      PoleError,   r"^log\(0\.0 \(q\)\): infinite there; .*log_softmax"),
    (lambda: mg.log(mg.exp(-800 * Value(1.0))), PoleError, r"^log\(0\.0\): infinite .*softmax_cross_entropy"),
    (lambda: 1 / zero,          PoleError,   r"^div\(1\.0, 0\.0 \(q\)\): infinite there$"),
    (lambda: half / 0,          PoleError,   r"^div\(0\.5, 0\.0\): infinite there$"),
    (lambda: zero ** -1,        PoleError,   r"^pow\(0\.0 \(q\), -1\.0\): infinite there$"),
    (lambda: mg.atanh(Value(1.0)), PoleError, r"^atanh\(1\.0\): infinite there$"),
    (lambda: mg.exp(1000 * Value(1.0)), RangeError, r"^exp\(1000\.0\): the result exceeds .*; softmax, logsumexp"),
    (lambda: big * 10,          RangeError,  r"^mul\(1e\+308 \(w\), 10\.0\): the result exceeds the largest float$"),
    (lambda: big + 1e308,       RangeError,  r"^add\(1e\+308 \(w\), 1e\+308\): the result exceeds"),
    (lambda: big - -1e308,      RangeError,  r"^sub\(1e\+308 \(w\), -1e\+308\)"),
    (lambda: big ** 2,          RangeError,  r"^pow\(1e\+308 \(w\), 2\.0\)"),
    (lambda: big / TINY,        RangeError,  r"^div\(1e\+308 \(w\), 5e-324\)"),
    (lambda: mg.sum([big] * 9), RangeError,  r"^sum\(1e\+308 \(w\).*… \d more ….*\): the result exceeds"),
    (lambda: mg.dot([big], [2.0]), RangeError, r"^dot\(1e\+308 \(w\), 2\.0\)"),
    (lambda: mg.cosh(Value(711.0)), RangeError, r"^cosh\(711\.0\)"),
    # operands that are no finite real number
    (lambda: half * math.inf,   DomainError, r"^mul\(0\.5, inf\): operands are finite, not inf$"),
    (lambda: math.nan + half,   DomainError, r"^add\(nan, 0\.5\): operands are finite, not nan$"),
    (lambda: half ** math.nan,  DomainError, r"^pow\(0\.5, nan\): operands are finite"),
    (lambda: mg.exp(math.nan),  DomainError, r"^exp\(nan\): operands are finite"),
    (lambda: half * 10**400,    RangeError,  r"operands are finite, not a whole number of 1329 bits$"),
    (lambda: mg.maximum(half, math.inf), DomainError, r"^max\(0\.5, inf\): operands are finite"),
    (lambda: half + "1",        TypeError,   r"^add\(0\.5, '1'\): operands are Values or real numbers, not str; as in add\("),
    (lambda: half * None,       TypeError,   r"^mul\(0\.5, None\): .*not NoneType"),
    (lambda: half ** True,      TypeError,   r"^pow\(0\.5, True\): .*not bool"),
    (lambda: 2j - half,         TypeError,   r"^sub\(2j, 0\.5\): .*not complex"),
    (lambda: half / [1.0],      TypeError,   r"^div\(0\.5, \[1\.0\]\): .*not list"),
    (lambda: mg.log("e"),       TypeError,   r"^log\('e'\): .*not str; as in log\(Value\(2\.0\)\)$"),
]
BACKWARD = [
    (lambda q: mg.sqrt(q),                 r"^sqrt\(0\.0 \(q\)\) has no finite derivative with respect to 0\.0 \(q\), which the gradient with respect to 0\.0 \(q\) needs$"),
    (lambda q: q ** 0.5,                   r"^pow\(0\.0 \(q\), 0\.5\) has no finite derivative"),
    (lambda q: mg.cbrt(q) * 2.0,           r"^cbrt\(0\.0 \(q\)\) has no finite derivative"),
    (lambda q: mg.asin(q + 1),             r"^asin\(1\.0\) has no finite derivative with respect to add\(0\.0 \(q\), 1\.0\)"),
    (lambda q: mg.hypot(q, q),             r"^hypot\(0\.0 \(q\), 0\.0 \(q\)\) has no finite derivative"),
    (lambda q: mg.atan2(q, 0.0),           r"^atan2\(0\.0 \(q\), 0\.0\) has no finite derivative"),
    (lambda q: 0.0 ** q,                   r"^pow\(0\.0, 0\.0 \(q\)\) has no finite derivative"),
    (lambda q: q * mg.sqrt(q),             r"^sqrt\(0\.0 \(q\)\) has no finite derivative"),
    (lambda q: mg.sqrt(q * q),             r"^sqrt\(0\.0\) has no finite derivative with respect to mul\("),
    (lambda q: mg.log(q + 1e-320),         r"^log\(1e-320\) has no finite derivative"),
    (lambda q: (q * 1e200) * 1e200,        r"^the gradient exceeds the largest float at mul\("),
    (lambda q: mg.sum([q * 1e308, q * 1e308]), r"^the gradient with respect to 0\.0 \(q\) exceeds the largest float$"),
    (lambda q: 0.0 * root_of_three(q),     r"^root_of_three\(0\.0 \(q\), 1\.0, 1\.0\) has no finite derivative"),
]
REJECTED = [
    (math.nan,       DomainError, "a Value holds a finite number, not nan"),
    (math.inf,       DomainError, "not inf"),
    (-math.inf,      DomainError, "not -inf"),
    (10**400,        RangeError,  "holds a float, and a whole number of 1329 bits exceeds the largest$"),
    (fractions.Fraction(10) ** 400, RangeError, "holds a float, and the number exceeds the largest$"),
    (decimal.Decimal("nan"), DomainError, "not nan"),
    (decimal.Decimal("-inf"), DomainError, "not -inf"),
    (decimal.Decimal("sNaN"), DomainError, r"not Decimal\('sNaN'\)"),
    (decimal.Decimal("1e400"), RangeError, "holds a float, and the number exceeds the largest$"),
    (1j,             TypeError,   r"a Value holds a real number, not 1j; as in Value\(2\.0, 'x'\)"),
    (True,           TypeError,   "not True"),
    ("1.0",          TypeError,   "not '1.0'"),
    (b"1",           TypeError,   "real number"),
    (None,           TypeError,   "not None"),
    ([1.0],          TypeError,   r"not \[1\.0\]"),
]
# fmt: on


@pytest.mark.parametrize(
    ("function", "error", "message"), FORWARD, ids=[row[2][:24] for row in FORWARD]
)
def test_operations_without_a_finite_result_say_what_and_where(function, error, message):
    with pytest.raises(error, match=message) as caught:
        function()
    assert caught.value.__class__ is error


@pytest.mark.parametrize(("function", "message"), BACKWARD, ids=[row[1][:24] for row in BACKWARD])
def test_gradients_that_are_not_finite_say_what_and_where(function, message):
    q, other = Value(0.0, "q"), Value(2.0)
    z = function(q) + 0.0 * other
    q.grad, other.grad = 3.0, 4.0
    with pytest.raises(GradientError, match=message):
        z.backward()
    with pytest.raises(GradientError, match=message):
        gradient(z, q)
    assert (q.grad, other.grad, z.grad) == (3.0, 4.0, 0.0)
    assert gradient(z, other) == 0.0, "a derivative that is not needed is no error"


def test_a_second_derivative_that_is_not_finite_says_so_as_the_first_does():
    q = Value(1e-200, "q")
    u = q * 1e200
    for create_graph in (False, True):
        with pytest.raises(GradientError, match="exceeds the largest float at mul"):
            gradient(u * u * 1e200, q, create_graph=create_graph)


def test_an_error_of_values_inside_values_is_that_of_the_values():
    with pytest.raises(PoleError, match=r"^log\(0\.0 \(q\)\): infinite there"):
        mg.log(Value(zero, "outer"))
    with pytest.raises(RangeError, match=r"^mul\(1e\+308 \(w\), 10\.0\)"):
        mg.mul(Value(big, "outer"), 10.0)


@pytest.mark.parametrize(
    ("data", "error", "message"), REJECTED, ids=[str(row[0])[:9] for row in REJECTED]
)
def test_a_value_holds_finite_real_numbers_only(data, error, message):
    with pytest.raises(error, match=message):
        Value(data)


def test_the_error_for_a_number_names_the_label():
    with pytest.raises(DomainError, match=r"^w_1 is a finite number, not nan$"):
        Value(math.nan, "w_1")
    with pytest.raises(TypeError, match="a label is text, not 3"):
        Value(1.0, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "number", [3, 2.5, fractions.Fraction(1, 2), decimal.Decimal("0.25"), -0.0, MAX]
)
def test_every_real_number_becomes_a_float(number):
    v = Value(number)
    assert v.data.__class__ is float and v.data == number
    assert (v * number if abs(number) < MAX else v).data.__class__ is float


@pytest.mark.parametrize("convert", [float, int, complex, math.exp, math.sqrt, math.floor, hex])
def test_what_would_silently_leave_the_graph_names_data(convert):
    with pytest.raises(TypeError, match=r"\.data") as caught:
        convert(Value(2.0, "x"))
    assert "Value(2.0, 'x')" in str(caught.value)


def test_errors_are_those_that_python_itself_raises():
    for error, python in [
        (DomainError, ValueError), (PoleError, ZeroDivisionError), (RangeError, OverflowError),
        (GradientError, ArithmeticError), (PoleError, DomainError),
    ]:  # fmt: skip
        assert issubclass(error, python) and issubclass(error, MathError)


@pytest.mark.parametrize("data", [math.inf, -math.inf])
def test_a_number_that_became_infinite_has_no_softmax(data):
    y = Value(2.0)
    y.data = data  # as after a step that was too long
    for z in ([y, 1.0], [Value(1.0), y]):
        for function in (mg.softmax, mg.log_softmax, mg.logsumexp):
            with pytest.raises(DomainError, match="operands are finite"):
                function(z)
        with pytest.raises(DomainError, match="operands are finite"):
            mg.softmax_cross_entropy(z, 0)


def test_underflow_is_silent():
    v = Value(-1000.0)
    z = mg.exp(v)
    z.backward()
    assert z.data == v.grad == 0.0
