"""What is said where a kink is far away or just here, and of claims that are nearly right."""

import math

import pytest

import microgradx as mg
from microgradx import Value, check_derivation


def value(x, label):
    return Value(x, label)


@pytest.mark.parametrize(
    ("output", "claim", "condition"),
    [
        (lambda x: mg.relu(x - 100.0) + x, lambda x: 1.0 + 0.0 * x, "x − 100 ≤ 0"),
        (lambda x: mg.maximum(x, -500.0), lambda x: 1.0 + 0.0 * x, "x > −500"),
        (
            lambda x: mg.where(mg.greater(abs(x), 50.0), 50.0 * abs(x), 0.5 * x * x),
            lambda x: x,
            "abs(x) ≤ 50",
        ),
    ],
)
def test_a_kink_that_is_far_away_is_found(output, claim, condition):
    x = value(2.0, "x")
    diagnosis = check_derivation(output(x), x, claim(x))
    assert diagnosis.verdict == "right only if"
    assert [finding.about for finding in diagnosis.findings] == [condition]


@pytest.mark.parametrize(
    ("claim", "verdict", "sentence"),
    [
        (1.0, "right only if", "It is right only if x > q."),
        (
            0.5,
            "right only here",
            "It is right at this point only: elsewhere the derivative is another number.",
        ),
    ],
)
def test_at_a_tie(claim, verdict, sentence):
    x, q = value(2.0, "x"), value(2.0, "q")
    diagnosis = check_derivation(mg.maximum(x, q), x, claim + 0.0 * x)
    assert diagnosis.verdict == verdict
    assert [finding.sentence for finding in diagnosis.findings] == [sentence]


def test_numbers_are_shown_to_the_digit_in_which_they_differ():
    x = value(2.0, "x")
    assert "is 4 here; your derivation gives 4.000001." in str(check_derivation(x * x, x, 4.000001))
    nearly = check_derivation(3.14159265 * x * x, x, 2.0 * 3.14159 * x)
    assert "is 12.56637 here; your derivation gives 12.56636." in str(nearly)
    assert "right to about 6 digits" in str(nearly)
    other = check_derivation(3.14159265 * x * x, x, 2.0 * 3.1415 * x)
    assert "A constant may be rounded: 6.283 for 6.2831853." in str(other)


AT_THE_LARGEST = [  # where twice the derivative, or the derivative times a leaf, is infinite
    *((mg.exp, mg.exp, u) for u in (705.0, 709.0, 709.7)),
    *((lambda b: 1.0 / b, lambda b: -1.0 / (b * b), b) for b in (1e-154, -1e-154, 8e-155)),
    (lambda w: 1.2e154 * (1.2e154 * w), lambda w: w * 0.0 + 1.44e308, 1.0),
]


@pytest.mark.parametrize(("function", "slope", "x"), AT_THE_LARGEST)
@pytest.mark.parametrize(
    ("factor", "kinds"),
    [(1.0, []), (-1.0, ["sign"]), (0.5, ["constant factor"]), (0.0, ["missing path"])],
)
def test_a_derivative_near_the_largest_float_is_compared(function, slope, x, factor, kinds):
    x = value(x, "x")
    diagnosis = check_derivation(function(x), x, factor * slope(x))
    assert [finding.kind for finding in diagnosis.findings] == kinds
    assert diagnosis.scope == "everywhere"


def test_near_the_largest_float_a_claim_that_is_nearly_right_is_wrong():
    u = value(709.7, "u")
    nearly = check_derivation(mg.exp(u), u, mg.exp(u) / 1.00001)
    assert "is 1.65498e+308 here; your derivation gives 1.65497e+308." in str(nearly)
    assert "lacks a constant factor 1.00001." in str(nearly)
    assert check_derivation(mg.exp(u), u, 1e308).verdict == "wrong"
    assert check_derivation(mg.exp(u), u, lambda at: math.exp(at["u"])).verdict == "right"
    assert check_derivation(mg.exp(u), u, mg.exp(u), ranges={u: (705.0, 709.7)}).verdict == "right"


def test_where_paths_that_cancel_weigh_more_than_the_largest_float():
    w, z = value(1.0, "w"), value(1.2e154, "z")
    y = w * z * z - 0.999 * w * z * z
    assert check_derivation(y, w, z * z - 0.999 * z * z).verdict == "right"
    assert check_derivation(y, w, z * z + 0.0 * w).verdict == "wrong"


def test_a_value_that_the_output_was_not_computed_from():
    x, y, other = value(2.0, "x"), value(3.0, "y"), value(2.0, "other")
    diagnosis = check_derivation(x * y, other, y)
    assert [finding.kind for finding in diagnosis.findings] == ["dependence"]
    assert "x·y does not depend on other: it was not computed from this Value." in str(diagnosis)
    assert check_derivation(x * y, other, 0.0).verdict == "right"


def test_of_two_inputs_the_derivative_by_the_other():
    x, y = value(2.0, "x"), value(3.0, "y")
    assert "That is ∂(x/y)/∂x, not ∂(x/y)/∂y." in str(check_derivation(x / y, y, 1.0 / y))


def test_a_path_lost_rather_than_the_sign_of_the_other():
    x = value(2.0, "x")
    square = x * x
    cube = square * x
    square.label, cube.label = "square", "cube"
    diagnosis = check_derivation(cube, x, x * x)
    assert [path.labels for path in diagnosis.missing] == [("cube", "square", "x")]


def test_the_paths_that_are_lost_are_not_named_by_a_node_that_some_avoid():
    x = value(2.0, "x")
    h = mg.exp(0.1 * x)
    z = h * x + mg.sin(x)
    h.label, z.label = "h", "z"
    assert "those through h" not in str(check_derivation(z, x, h))


@pytest.mark.parametrize("claim", [lambda x, y: y, lambda y: 1.0 * y, lambda: 3.0, mg.sin])
def test_a_function_of_something_else_than_a_dict(claim):
    x, y = value(2.0, "x"), value(3.0, "y")
    with pytest.raises(TypeError, match=r"takes one dict of numbers by label, as in lambda d: d"):
        check_derivation(x * y, x, claim)


def test_a_slip_in_a_derivation_that_takes_a_length_to_be_positive():
    x, a = value(0.7, "x"), value(1.8, "a")
    f, k = mg.asin(x / a), mg.atan(x * x)
    f.label, k.label = "f", "k"
    claim = k / mg.sqrt(a * a - x * x) + f * 2.0 * x / (1.0 + x * x)
    diagnosis = check_derivation(f * k, x, claim)
    assert [finding.kind for finding in diagnosis.findings] == ["wrong local derivative"]
    assert "The derivative of atan is not 1/(1 + (x·x))" in str(diagnosis)
    assert "So it is where the leaves have the signs that they have here." in str(diagnosis)


SATURATED = {"z1": 1000.0, "z2": -1000.0}, {"z1": 400.0, "z2": 0.0}, {"z1": 100.0, "z2": 0.0}


@pytest.mark.parametrize("numbers", SATURATED)
def test_where_all_has_saturated_a_claim_is_tried_where_it_has_not(numbers):
    z = [Value(x, name) for name, x in numbers.items()]
    o = mg.softmax(z)
    E = mg.softmax_cross_entropy(z, [1.0, 0.0])
    assert check_derivation(E, z[0], o[0] - 1.0).ok
    for claim in (o[0] ** 2 - 1.0, o[0] * (o[0] - 1.0), o[0]):
        diagnosis = check_derivation(E, z[0], claim)
        assert diagnosis.verdict == "wrong"
        assert not any("constant factor" in finding.sentence for finding in diagnosis.findings)


def test_a_slip_that_shows_only_where_nothing_has_saturated_is_told_with_that():
    z = [Value(400.0, "z1"), Value(0.0, "z2")]
    o = mg.softmax(z)
    text = str(check_derivation(mg.softmax_cross_entropy(z, [1, 0]), z[0], o[0] * (o[0] - 1.0)))
    assert "extra factor o[0]. So it is where no function has saturated, as it has here." in text


@pytest.mark.parametrize("x", [20.0, -20.0, 40.0])
def test_a_function_that_rounds_to_0_where_a_slope_has_faded_is_right(x):
    h = Value(x, "h")
    assert check_derivation(mg.tanh(h), h, lambda d: 1.0 - math.tanh(d["h"]) ** 2).ok
    assert not check_derivation(mg.tanh(h), h, lambda d: 1.0 - math.tanh(d["h"])).ok


def test_a_claim_that_is_not_defined_everywhere_is_right_with_that_scope():
    x = Value(1.5, "x")
    for claim in (2.0 * mg.sqrt(x) ** 2, lambda d: 2.0 * math.sqrt(d["x"]) ** 2):
        diagnosis = check_derivation(x * x, x, claim)
        assert diagnosis.ok and str(diagnosis).endswith("your derivation holds where x > 0.")
    assert str(check_derivation(x * x, x, 2.0 * x)).endswith("holds everywhere.")


@pytest.mark.parametrize("claim", [1.0, lambda d: 1.0])
def test_a_number_that_is_the_slope_on_the_other_side_is_right_there(claim):
    q = Value(-0.4, "q")
    leaky = mg.where(mg.greater(q, 0.0), q, 0.01 * q)
    assert "right only if q > 0." in str(check_derivation(leaky, q, claim))


def test_a_variable_that_is_base_and_exponent_is_told_apart():
    x = Value(1.9, "x")
    y = x**x
    y.label = "y"
    text = str(check_derivation(y, x, x * x ** (x - 1.0)))
    assert "The path y → x (as the exponent) is missing" in text
    assert "counted: y → x (as the base) = 3.3856" in text


def square_of_2():
    x = Value(2.0)
    return x * x, x


def test_a_function_that_asks_for_labels_where_there_are_none_is_told_how_to_give_one():
    with pytest.raises(KeyError, match=r"label 'x', nor any other; .* as in Value\(2\.0, 'x'\)"):
        check_derivation(*square_of_2(), lambda d: d["x"])


@pytest.mark.parametrize(
    ("function", "x"), [(mg.tanh, 1e4), (lambda z: mg.exp(-z * z), 40.0)], ids=["tanh", "exp"]
)
def test_a_term_that_is_0_where_all_has_saturated_is_answered_as_the_number_is(function, x):
    z = Value(x, "z")
    number, term = (check_derivation(function(z), z, claim) for claim in (0.0, 0.0 * z))
    assert number.verdict == term.verdict == "right only if"
    assert "has saturated, as here" in str(term) and not term.missing
