"""Arguments of programs: by name; and what is not differentiated by is a plain number."""

import jax
import numpy as np
import pytest

import microgradx as mg

from .compiling import for_every_target


@for_every_target
@pytest.mark.parametrize(
    "f",
    [
        lambda w, k: w * 2.0 if k == 1 else w * 3.0,
        lambda w, k: w * 2.0 if k != 1 else w * 3.0,
        lambda w, k: w * 2.0 if k in (2, 1) else w * 3.0,
        lambda w, k: w * [0, 1, 2].index(k),
        lambda w, k: w * mg.sum([1.0, *(x for x in [k, 2.0 * k] if x == 0)]),
        lambda w, k: w if k == 0 else w / k,
    ],
)
def test_an_argument_that_does_not_vary_equals_its_number(f, target):
    program = mg.compile(f, target=target)
    for k in (1, 0, 2, 1):
        assert program(3.0, k) == mg.value_and_grad(f)(3.0, k)
        assert program.value(3.0, k) == f(3.0, k)
    with pytest.raises(ValueError, match=r"rows 0 and 1 of the batch take different branches"):
        mg.compile(lambda w, k: w if k == 1 else -w, batch=1, target=target)(3.0, [1, 0])


def test_an_argument_that_varies_is_a_value_and_equals_itself_alone():
    program = mg.compile(lambda w, k: w * 2.0 if w == 3.0 or w == k else w)
    assert program(3.0, 3.0) == mg.value_and_grad(lambda w: w)(3.0) == (3.0, 1.0)
    assert program.value(3.0, 3.0) == 3.0
    assert mg.compile(lambda w, k: w if k is not None and k != "1" else -w)(3.0, 1) == (3.0, 1.0)


def test_jax_too_differentiates_the_branch_that_such_a_number_takes():
    program = mg.compile(lambda w, k: w * 2.0 if k == 1 else w * w, target="jax")
    for k, slope in ((1.0, 2.0), (0.0, 6.0)):
        program.value(3.0, k)
        assert jax.grad(program.value)(3.0, k) == slope


def test_an_argument_that_does_not_vary_is_compared_with_anything():
    for other in (None, "1", [1.0], mg.Value(1.0)):
        f = mg.compile(lambda w, k, other=other: w if k == other else -w)
        assert f(3.0, 1) == (-3.0, -1.0)
    assert mg.compile(lambda w, k: w if k == np.int64(1) else -w)(3.0, 1) == (3.0, 1.0)


@for_every_target
def test_arguments_are_given_in_order_or_by_their_names(target):
    def line(w, x, scale=2.0):
        return w * x * scale

    program = mg.compile(line, target=target)
    assert program(1.5, x=3.0) == program(x=3.0, w=1.5) == program(1.5, 3.0) == (9.0, 6.0)
    assert program.value(w=1.5, x=3.0) == 9.0
    for given, named in [((1.5,), {"w": 1.5}), ((), {"x": 3.0}), ((1.5, 3.0), {"scale": 1.0})]:
        with pytest.raises(TypeError, match=r"2 arguments \(w, x\), in order or by name, not \("):
            program(*given, **named)
