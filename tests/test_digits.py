"""Equations in explanations are true of the numbers as they are shown."""

from math import fsum

import pytest
from hypothesis import assume, given, strategies as st

import microgradx as mg
from microgradx import Value, chain_rule, paths, steps
from microgradx.explain.steps import Backward, Forward

moderate = st.floats(-1e6, 1e6)
close_by = st.sampled_from([1.0, 1e-3, 1e-7, 1e-12])


def numbers(text: str) -> list[float]:
    """The numbers of a sum or difference, as somebody reads them."""
    signed = text.lstrip("= ").replace(" − (−", " + (").replace(" − ", " + −")
    return [float(word.strip("()").replace("−", "-")) for word in signed.split(" + ")]


@given(moderate, moderate, close_by)
def test_a_difference_that_cancels_has_the_digits_that_it_needs(a, b, size):
    x, y = Value(a, "x"), Value(a + size * b, "y")
    event = steps(x - y)[0]
    assert isinstance(event, Forward)
    *_, computed, result = event.columns()
    [left, right], [z] = numbers(computed), numbers(result)
    assert left + right == pytest.approx(z, rel=2e-3, abs=0.0)


@given(moderate, moderate, close_by)
def test_contributions_that_cancel_have_the_digits_that_they_need(a, b, size):
    x = Value(2.0, "x")
    assume(a and a + size * b)
    for event in steps(a * x - (a + size * b) * x):
        if isinstance(event, Backward):
            *_, added, after = event.columns()
            assert fsum(numbers(added)) == pytest.approx(*numbers(after), rel=2e-3, abs=0.0)


def test_lines_that_do_not_cancel_have_five_digits():
    x, y = Value(1 / 3, "x"), Value(2 / 7, "y")
    assert str(steps(x * y)[0]) == "v2 = x·y = 0.33333·0.28571 = 0.095238"


def test_a_line_whose_shorter_numbers_lie_outside_the_domain_has_more_digits():
    x = Value(-0.99999999, "x")
    assert str(steps(mg.log1p(x))[0]) == "v1 = log1p(x) = log1p(−0.99999999) = −18.421"


def test_a_sum_of_products_has_them_too():
    x = Value(0.3, "x")
    a, b = 123456.7 * x, -123456.6 * x
    a.label, b.label = "a", "b"
    z = mg.sum([a, b])
    z.label = "z"
    for text in (str(paths(z, x)), str(chain_rule(z, x))):
        assert text.count("=  123456.7\n") == text.count("= −123456.6\n") == 1


@pytest.mark.parametrize(
    ("constant", "name"), [(2023.96, "2023.96"), (1 / 3, "0.33333"), (1234567.0, "1234567")]
)
def test_a_constant_stands_as_it_was_typed_if_it_is_short(constant, name):
    x = Value(1.5, "x")
    assert str(steps(x + constant)[0]).startswith(f"v2 = x + {name} = ")
