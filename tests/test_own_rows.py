"""Rows that a user adds to the table: they work as the built-in ones do, or are refused."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import microgradx as mg
from microgradx import DomainError, GradientError, PoleError, Value, gradient
from microgradx.primitives import PRIMITIVES

from .oracle import mp
from .programs import same


@settings(max_examples=50)
@given(x=st.floats(-700, 700))
def test_a_row_of_ones_own_passes_the_same_checks(x):
    """swish(x) = x·σ(x) has the slope σ(x) + x·σ′(x)."""
    swish = mg.primitive("swish", "x * sigmoid(x)", "sigmoid(x) + x * sech2(0.5 * x) / 4.0")
    v = Value(x)
    method: Any = v
    assert same(swish(v).data, swish(x)) and same(method.swish().data, swish(x))
    with mp.workdps(60):
        e = mp.exp(-mp.mpf(x))
        value, slope = x / (1 + e), 1 / (1 + e) + x * e / (1 + e) ** 2
        curve = e * (2 + 2 * e + x * e - x) / (1 + e) ** 3
    size = 1e-14 * (1 + abs(x)) * float(mp.exp(-abs(mp.mpf(x)))) if x < 0 else 1e-14
    assert abs(swish(x) - value) <= 1e-14 * abs(value) + 1e-320
    slope_graph = gradient(swish(v), v, create_graph=True)
    assert abs(gradient(swish(v), v) - slope) <= size
    assert abs(slope_graph.data - slope) <= size
    assert abs(gradient(slope_graph, v) - curve) <= 100 * size


def test_a_row_of_one_operand_is_a_method_whatever_that_is_called():
    mg.primitive("sqw", "w * w", "2.0 * w", operands=("w",))
    x: Any = Value(3.0)
    assert (x.sqw().data, x.sqw().partials) == (9.0, (6.0,))


def test_a_row_shows_its_formula():
    assert repr(PRIMITIVES["relu"]) == "Primitive(relu: z = maximum(0.0, x))"
    mg.primitive("cube", "x * x * x", "3.0 * (x * x)")
    assert repr(PRIMITIVES["cube"]) == "Primitive(cube: z = x * x * x)"


def test_what_is_no_formula_of_the_table_is_refused():
    for formula, message in [("x +", "no formula"), ("x * omega", "uses omega"), ("y", "uses y")]:
        with pytest.raises(ValueError, match=message):
            mg.primitive("odd", formula, "1.0")
        with pytest.raises(ValueError, match=message):
            mg.primitive("odd", "x", formula)
    for formula in ("z", "odd(x)"):
        with pytest.raises(ValueError, match=f"uses {formula.removesuffix('(x)')}"):
            mg.primitive("odd", formula, "1.0")
    assert "odd" not in PRIMITIVES


@pytest.mark.parametrize("name", "tanh fold data backward leaf given dx x v".split())
def test_a_name_that_is_taken_is_refused(name):
    with pytest.raises(ValueError, match=f"^primitive {name!r}: the name is taken; give another"):
        mg.primitive(name, "x", "1.0")


@pytest.mark.parametrize("name", ["lambda", "two words", "", "_f", "__iter__", "\ufb01"])
def test_a_name_that_python_does_not_take_or_reads_as_another_is_refused(name):
    """The last is the ligature fi."""
    with pytest.raises(ValueError, match=f"^primitive {name!r}: a name is an identifier and no"):
        mg.primitive(name, "x", "1.0")


def test_what_was_returned_for_a_row_follows_the_row_that_is_given_anew():
    old = mg.primitive("odd", "x * x", "2.0 * x")
    assert old(Value(3.0)).data == old(3.0) == 9.0
    mg.primitive("cube", "x * x * x", "3.0 * x * x")
    mg.primitive("odd", "cube(x)", "3.0 * x * x")
    assert old(Value(3.0)).data == old(3.0) == 27.0
    assert mg.grad(old)(3.0) == 27.0 and mg.hessian(old)(3.0) == 18.0
    assert mg.compile(old)(3.0) == (27.0, 27.0)
    assert Value(3.0).odd().data == 27.0  # type: ignore[attr-defined]
    mg.primitive("odd", "x * y", "y", "x")
    assert not hasattr(Value(3.0), "odd")
    assert old(Value(3.0), 2.0).partials == (2.0,)


def test_rows_that_use_a_row_follow_it_when_it_is_given_anew():
    mg.primitive("odd", "x * x", "2.0 * x")
    fourth = mg.primitive("fourth", "odd(x) * odd(x)", "4.0 * x * odd(x)")
    assert fourth(Value(2.0)).data == fourth(2.0) == 16.0
    mg.primitive("odd", "x * x * x", "3.0 * x * x")
    assert fourth(Value(2.0)).data == fourth(2.0) == 64.0
    with pytest.raises(ValueError, match=r"'fourth\(x\)' uses odd itself, or what is made of it"):
        mg.primitive("odd", "fourth(x)", "1.0")
    with pytest.raises(
        ValueError, match=r"fourth uses it, and not with 2 operands: give that anew"
    ):
        mg.primitive("odd", "x * y", "y", "x")
    assert fourth(2.0) == 64.0


@pytest.mark.parametrize(
    "formula",
    [
        *("a = x * x; a + 1.0", "x = x * x; x", "apply = x; apply * x", "x=x*x; x"),
        *("(x := x * x) + 1.0", "x += 1.0; x * x", "z = x; z"),
    ],
)
def test_a_formula_may_not_assign_to_what_means_something(formula):
    with pytest.raises(ValueError, match="which has a meaning already: call it s or t"):
        mg.primitive("odd", formula, "2.0 * x")
    assert mg.primitive("odd", "s = x * x; s + 1.0", "2.0 * x")(Value(3.0)).partials == (6.0,)


def test_a_name_within_another_formula_is_no_row():
    """`s` and `t` are local to sech2, and p is an operand."""
    for name in ("s", "t", "result"):
        assert mg.primitive(name, "sech2(x) * x", "1.0")(0.0) == 0.0
    mg.primitive("one", "p * p", "2.0 * p", operands=("p",))
    assert mg.primitive("p", "one(x)", "2.0 * x")(3.0) == 9.0
    with pytest.raises(ValueError, match="uses odd itself"):
        mg.primitive("odd", "fold(odd(k) for k in (x, 1.0))", "1.0")


def test_a_row_of_ones_own_can_be_written_anew():
    """As a cell of a notebook that is run again; another row may use it."""
    mg.primitive("odd", "2.0 * x", "2.0")
    successor = mg.primitive("successor", "odd(x) + 1.0", "2.0")
    assert successor(5.0) == 11.0
    odd, x = mg.primitive("odd", "3.0 * x", "3.0"), Value(5.0)
    assert (odd(5.0), odd(x).data, gradient(odd(x), x)) == (15.0, 15.0, 3.0)
    assert gradient(odd(x), x, create_graph=True).data == 3.0
    assert successor(5.0) == 16.0


@pytest.mark.parametrize(
    ("partials", "options"),
    [
        ((), {}),
        (("1.0", "2.0", "3.0"), {}),
        (("1.0",), {"operands": ("x", "y")}),
        (("1.0", "1.0"), {"operands": ("x", "x")}),
    ],
)
def test_a_row_has_a_derivative_for_each_operand(partials, options):
    with pytest.raises(ValueError, match=r"one formula of a derivative for each operand"):
        mg.primitive("odd", "x", *partials, **options)
    assert "odd" not in PRIMITIVES


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"operands": ("z",)}, "'z' cannot name an operand"),
        ({"operands": ("exp",)}, "'exp' cannot name an operand"),
        ({"operands": ("xs",)}, "xs names a sequence, which rows of your own do not take: call"),
        ({"operands": ("apply",)}, "'apply' cannot name an operand"),
        ({"needs": {"y": "x > 0"}}, "'y' cannot name an operand"),
        ({"domain": "x >"}, "'x >' is no formula"),
        ({"domain": "await x"}, "'await x' is no formula: 'await' outside async function"),
        (
            {"pole": "omega == 0"},
            "'omega == 0' uses omega; a condition may use the operands and abs",
        ),
    ],
)
def test_a_row_that_is_refused_leaves_the_table_as_it_was(options, message):
    with pytest.raises(ValueError, match=f"primitive 'odd': {message}"):
        mg.primitive("odd", "x", "1.0", **options)
    assert "odd" not in PRIMITIVES
    assert mg.hessian(mg.exp)(0.0) == mg.compile(mg.exp)(0.0)[0] == 1.0


def test_what_no_row_has_is_refused():
    with pytest.raises(TypeError, match="unexpected keyword argument 'domian'"):
        mg.primitive("odd", "log(x)", "1.0 / x", domian="x > 0")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="primitive takes a name, as in"):
        mg.primitive(3, "x", "1.0")  # type: ignore[arg-type]


def test_operands_are_names_in_a_list_or_tuple():
    triple = mg.primitive("triple", "x * y + v", "y", "x", "1.0", operands=["x", "y", "v"])
    assert triple(Value(2.0), 3.0, Value(4.0)).partials == (3.0, 1.0)
    for operands in ("x", 3):
        with pytest.raises(TypeError, match=r"operands are names, as in operands=\('x', 'y'\)"):
            mg.primitive("odd", "x", "1.0", operands=operands)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("partial", "options"),
    [
        (2.0, {}),
        ("1.0", {"operands": (3,)}),
        *(("1.0", {x: 3}) for x in ("value", "domain", "pole", "kink", "remedy", "latex")),
        ("1.0", {"needs": {"x": abs}}),
        ("1.0", {"needs": "x > 0"}),
    ],
)
def test_what_a_row_is_made_of_is_text(partial, options):
    message = "^primitive 'odd': names, .* are text, as 'x \\* x', not|^needs has conditions by"
    with pytest.raises(TypeError, match=message):
        mg.primitive("odd", options.pop("value", "x"), partial, **options)
    assert "odd" not in PRIMITIVES


@pytest.mark.parametrize(
    "name", ["softmax", "mean", "grad", "compile", "primitive", "Value", "exp"]
)
def test_what_the_package_offers_keeps_its_name(name):
    before = getattr(mg, name)
    with pytest.raises(ValueError, match="the name is taken"):
        mg.primitive(name, "x", "1.0")
    assert getattr(mg, name) is before


def test_a_whole_number_is_a_number_wherever_a_formula_gives_it():
    step = mg.primitive("odd", "where(greater(x, 0.0), 1, 0)", "0")
    x = Value(0.7, "x")
    assert mg.check_derivation(step(x) * x, x, step(x)).verdict == "right"


@pytest.mark.parametrize("operands", [("x",), ("x", "y"), ("u", "v")])
def test_a_slope_that_is_no_real_number_is_an_error_of_the_gradient(operands):
    """A formula that is wrong there, as x ** 0.5 below 0, is so in every form that a row has."""
    formula = f"{operands[-1]} ** 0.5"
    odd = mg.primitive("odd", "1.0", *[formula] * len(operands), operands=operands)
    x = Value(-1.0, "x")
    z = odd(*[x] * len(operands))
    for slope in (z.backward, lambda: mg.gradient(z, x)):
        with pytest.raises(
            GradientError, match=r"^odd\(.*\) has no finite derivative with respect to -1.0 \(x\)"
        ):
            slope()
    assert x.grad == 0.0
    tape = mg.Tape(z)
    assert all(d is not None and math.isnan(d) for d in tape[z].partials)
    assert mg.Tape.from_json(tape.to_json()) == tape
    assert "undefined" in str(mg.steps(z))
    for explained in (lambda: mg.paths(z, x), lambda: mg.check_derivation(z, x, 2.0)):
        with pytest.raises(GradientError, match="no finite derivative"):
            explained()


def test_the_method_of_a_row_given_anew_is_compiled_once():
    square = mg.primitive("square", "x * x", "2.0 * x")
    assert mg.primitive("square", "x * x * 1.0", "2.0 * x") is square
    x: Any = Value(3.0)
    assert x.square().data == 9.0
    method = vars(Value)["square"]
    assert method is square and "at_first" not in method.__code__.co_names


@pytest.mark.parametrize(
    "formula", ["x if x > 0 else 0.1 * x", "(x > 0) * x", "x * (not x)", "s = x or 1.0; s"]
)
def test_a_formula_does_not_decide_by_its_operands(formula):
    """Arrays and programs have no one answer; `where` and `greater` they have."""
    with pytest.raises(ValueError, match=r"write where\(greater\(x, 0.0\), y, z\)"):
        mg.primitive("odd", formula, "1.0")
    leaky = mg.primitive(
        "odd", "where(greater(x, 0.0), x, 0.1 * x)", "where(greater(x, 0.0), 1.0, 0.1)"
    )
    assert mg.compile(leaky)(-2.0) == (-0.2, 0.1)


def test_any_text_may_describe_a_row():
    odd = mg.primitive("odd", "x", "1.0", kink='{a} """ b \\')
    assert odd(Value(2.0)).partials == (1.0,) and (odd.__doc__ or "").endswith('{a} """ b \\.')


def test_statements_stand_before_a_value_with_any_blanks_between():
    odd = mg.primitive("odd", "t = x * x;t + x", "s = [x, x] ;  fold(s) + 1.0")
    assert (odd(Value(3.0)).data, odd(Value(3.0)).partials) == (12.0, (7.0,))
    assert mg.compile(odd)(3.0) == (12.0, 7.0)


@pytest.mark.parametrize(
    ("value", "x", "error", "message"),
    [
        ("1.0 / (x - 2.0)", 2.0, PoleError, r"^odd\(2\.0\): a division by zero$"),
        ("log(x)", -1.0, DomainError, r"^odd\(-1\.0\): no real result$"),
        ("x ** 0.5", -1.0, DomainError, r"^odd\(-1\.0\): no real result$"),
    ],
)
def test_an_undeclared_end_of_the_domain_is_an_error_all_the_same(value, x, error, message):
    odd = mg.primitive("odd", value, "1.0")
    for operand in (x, Value(x)):
        with pytest.raises(error, match=message):
            odd(operand)


@pytest.mark.parametrize("formula", ["0.5 * log(x)", "x ** 0.5"])
def test_what_is_undefined_at_one_point_of_a_batch_is_undefined_as_for_a_number(formula):
    half = mg.primitive("half", formula, "0.5 / x")
    for x in (-1.0, np.array([1.0, -1.0])):
        with pytest.raises(mg.DomainError, match=r"half\(-1.0.*no real result"):
            half(Value(x))
