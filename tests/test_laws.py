"""Laws of differentiation, for any program: exactly, on polynomials of small integers.

Sums and products of few small integers are floats without rounding (four steps from ±2 stay below
2⁵³, their second derivatives as well), so both sides of a law have the same bits, in any order.
"""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, strategies as st

import microgradx as mg
from microgradx import Value, gradient

from .programs import moderate, nodes_under, programs, same

integers = st.integers(-2, 2).map(float)
POLYNOMIAL = ["add", "sub", "mul", "neg", "sum", "dot"]
polynomials = programs(integers, names=POLYNOMIAL, most=4)
short = programs(integers, names=POLYNOMIAL, most=2)


def of_list(program):
    """A program as a function of one list of numbers."""
    return lambda xs: program(*xs)


def inner_product(xs, ys):
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def direction(data, program):
    n = len(program.inputs)
    return data.draw(st.lists(integers, min_size=n, max_size=n))


@given(program=polynomials)
def test_a_hessian_is_symmetric(program):
    rows = mg.hessian(of_list(program))(program.inputs)
    assert rows == [list(column) for column in zip(*rows, strict=True)]


@given(program=polynomials, data=st.data())
def test_the_slope_along_a_direction_is_the_gradient_times_it(program, data):
    f, x, v = of_list(program), program.inputs, direction(data, program)
    assert mg.jvp(f, (x,), (v,)) == (f(x), inner_product(mg.grad(f)(x), v))


@given(program=polynomials, data=st.data())
def test_a_hessian_times_a_vector_is_the_product(program, data):
    f, x, v = of_list(program), program.inputs, direction(data, program)
    assert mg.hvp(f, (x,), (v,)) == [inner_product(row, v) for row in mg.hessian(f)(x)]


@given(
    one=polynomials,
    other=polynomials,
    a=integers,
    b=integers,
    x=st.lists(integers, min_size=3, max_size=3),
)
def test_a_gradient_is_linear(one, other, a, b, x):
    f, g = (lambda xs, p=p: p(*xs[: len(p.inputs)]) for p in (one, other))
    slopes = zip(mg.grad(f)(x), mg.grad(g)(x), strict=True)
    assert mg.grad(lambda xs: a * f(xs) + b * g(xs))(x) == [a * p + b * q for p, q in slopes]


@given(one=short, outer=short)
def test_the_gradient_of_a_composition_is_the_product_of_slopes(one, outer):
    def f(xs):
        return one(*xs)

    def g(y):
        return outer(*[y] * len(outer.inputs))

    x = [0.5 * n for n in one.inputs]  # halves are exact as well
    dg = mg.grad(g)(f(x))
    assert mg.grad(lambda xs: g(f(xs)))(x) == [dg * d for d in mg.grad(f)(x)]


def numbers(program, labelled=False):
    """The output of a program and its gradient, with a label on every node, or none."""
    inputs = [Value(x) for x in program.inputs]
    try:
        z = program(*inputs)
        if not isinstance(z, Value):
            return [z]
        if labelled:
            for i, v in enumerate(nodes_under(z)):
                v.label = f"node {i}"
        return [z.data, *gradient(z, inputs)]
    except mg.MathError as error:
        return [type(error)]


@given(program=programs(moderate))
def test_labels_change_no_bit(program):
    plain, labelled = numbers(program), numbers(program, labelled=True)
    if isinstance(plain[0], float):
        assert all(map(same, plain, labelled)) and len(plain) == len(labelled)
    else:
        assert plain == labelled


def test_threads_that_share_values_get_the_gradients_they_would_get_alone():
    xs = [Value(0.1 * n) for n in range(1, 40)]
    shared = mg.sum([mg.sin(x) * y for x, y in zip(xs, reversed(xs), strict=True)])

    def slopes(n):
        return gradient(shared * xs[n] + mg.exp(shared), xs)

    alone = [slopes(n) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = [*pool.map(slopes, [*range(8)] * 10)]
    assert together == alone * 10
    assert not any(x.grad for x in xs)
