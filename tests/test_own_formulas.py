"""Formulas of users whose numbers are not what a float holds: an error of mathematics, or refused."""

import pytest

import microgradx as mg
from microgradx import GradientError, PoleError, Value, gradient
from microgradx.libraries import FLOATS, Library
from microgradx.primitives import PRIMITIVES, Primitive

CALLS = [
    lambda f, x: f(x).backward(),
    lambda f, x: mg.gradient(f(x), x),
    lambda f, x: mg.gradient(f(x), x, create_graph=True),
    lambda f, x: mg.gradient(mg.exp(f(x)), x, create_graph=True),
    lambda f, x: mg.grad(mg.grad(f))(x.data),
    lambda f, x: mg.compile(f)(x.data),
]
for_every_call = pytest.mark.parametrize("call", CALLS)


@for_every_call
@pytest.mark.parametrize("slope", ["10 ** 400", "0 ** -1", "(-1) ** 0.5"])
def test_a_slope_that_no_float_holds_is_an_error_of_the_gradient(slope, call):
    odd = mg.primitive("odd", "x * 1.0", slope)
    with pytest.raises(GradientError, match=r"^odd\(3\.0\) has no finite derivative"):
        call(odd, Value(3.0))
    tape = mg.Tape(odd(Value(3.0)))
    assert "undefined" in tape.to_json()


def test_a_slope_that_is_complex_on_the_way_is_an_error_of_the_gradient_too():
    odd, x = mg.primitive("odd", "x * y", "y ** 0.5 + 0.0 * x", "x"), Value(3.0)
    for create_graph in (False, True):
        with pytest.raises(GradientError, match=r"^odd\(3\.0, -1\.0\) has no finite derivative"):
            gradient(odd(x, -1.0), x, create_graph=create_graph)


def test_partials_are_nan_where_a_formula_has_no_real_number():
    [slope] = mg.primitive("odd", "x", "x ** 0.5")(Value(-1.0)).partials
    assert slope != slope and isinstance(slope, float)


@for_every_call
def test_a_value_that_no_float_holds_is_an_error_of_its_kind(call):
    odd = mg.primitive("odd", "x * (0 ** -1)", "1")
    with pytest.raises(PoleError, match=r"^odd\(3\.0\): a division by zero$"):
        call(odd, Value(3.0))


def test_whole_numbers_in_formulas_are_floats():
    scaled = mg.primitive("scaled", "1_000 * x1 + 1e-3 * (2 - x1 ** 2)", "1_000", operands=["x1"])
    assert PRIMITIVES["scaled"].value == "1_000.0 * x1 + 1e-3 * (2.0 - x1 ** 2.0)"
    slope = mg.grad(scaled)(1.0)
    assert slope == 1000.0 and isinstance(slope, float)


@pytest.mark.parametrize(
    "formula",
    [
        *("x % 1.0", "x, x", "[x]", "[s for s in [x]]", "'a'", "None", "exp", "exp(exp)", "+x"),
        *("~x", "x @ x", "x | 1", "x.real", "x + 1j", "(yield x)", "exp(x, x)", "exp(x=x)"),
        *("lambda x: x", "f'{x}'", "x[0]", "{1.0: x}[1.0]", "True * x", "1e999 * x"),
        *("x + sum(x)", "x * [1.0]", "t = [x]; t"),  # whose result is no number
    ],
)
def test_what_only_some_kinds_of_numbers_can_do_is_no_formula(formula):
    for formulas in ((formula, "1.0"), ("x", formula)):
        with pytest.raises(
            ValueError, match=r"^primitive 'odd': .* is not made of \+ - \* / \*\*, finite"
        ):
            mg.primitive("odd", *formulas)
    assert "odd" not in PRIMITIVES


@pytest.mark.parametrize(
    ("formulas", "message"),
    [
        (
            ("z", "1.0"),
            r"'z' uses z; a formula may use the operands \(x: one for each formula of a",
        ),
        (
            ("x * y", "y"),
            r"uses y; a formula may use the operands \(x: one for each formula of a d",
        ),
        (("x", "w"), r"uses w; a formula may use z and the operands \(x: "),
        (("max(x, y)", "x", "y"), r"; of several numbers write maximum or minimum$"),
        (("x//2", "1.0"), r"^primitive 'odd': 'x//2' is not made of"),
    ],
)
def test_an_error_says_what_a_formula_may_be_and_shows_it_as_it_was_given(formulas, message):
    with pytest.raises(ValueError, match=message):
        mg.primitive("odd", *formulas)


def test_a_formula_may_have_no_number_where_it_is_tried_out():
    beyond = mg.primitive("beyond", "acosh(x)", "1.0 / sqrt(x * x - 1.0)", domain="x >= 1")
    assert beyond(Value(1.25)).data == mg.acosh(1.25)


def test_another_thread_may_add_a_row_while_functions_are_written(monkeypatch):
    write = Library.write

    def interrupted(self, name, operands, formula):
        if name == "sigmoid":
            PRIMITIVES["late"] = Primitive("late", "x", "1.0")
        return write(self, name, operands, formula)

    monkeypatch.setattr(Library, "write", interrupted)
    library = Library("floats", FLOATS)
    assert library.complete()["softplus"](0.0) == mg.softplus(0.0)
