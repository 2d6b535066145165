"""The engine in the place of a program: for what is not finite, and for as few rows as can be."""

import gc
import linecache
import threading
from fractions import Fraction

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value
from microgradx.compiler import TARGETS

from .compiling import branching, for_every_target


def on_probabilities(z, t):
    return mg.cross_entropy(mg.softmax(z), t)


@for_every_target
@pytest.mark.parametrize(
    ("f", "x", "error", "message"),
    [
        (lambda x: x * 1e300, 1e10, mg.RangeError, "exceeds the largest float"),
        (lambda x: x**0.5, -2.0, mg.DomainError, "outside the domain"),
        (lambda x: 1.0 / x, 0.0, mg.PoleError, "infinite there|division by zero"),
        (lambda x: x.exp(), 1000.0, mg.RangeError, "exceeds the largest float"),
    ],
)
def test_a_value_alone_is_finite_or_the_error_of_the_engine(f, x, error, message, target):
    with pytest.raises(error, match=message):
        mg.compile(f, target=target).value(x)
    with pytest.raises(error, match=f"row 1 of the batch: .*({message})"):
        mg.compile(f, batch=0, target=target).value([1.0, x])
    with pytest.raises(error, match=f"row 1 of the batch: .*({message})"):
        mg.compile(lambda w, x: w * f(x), batch=1, target=target)(2.0, [1.0, x])
    with pytest.raises(error, match=f"row 1 of the batch: .*({message})"):
        mg.compile(lambda w, x: w / f(x), batch=1, target=target).hessian(2.0, [1.0, x])


@for_every_target
@pytest.mark.parametrize(
    ("f", "first", "x", "error", "op"),
    [
        (lambda x: x * 2 if not mg.log(x) > 0 else x, 0.5, -1.0, mg.DomainError, "log"),
        (lambda x: x * 2 if mg.sqrt(x) < 2 else x, 1.0, -1.0, mg.DomainError, "sqrt"),
        (lambda x: x * 2 if x * 1e300 > 1 else x, 1.0, 1e10, mg.RangeError, "mul"),
        (lambda x: x * 2 if 1.0 / x < 9 else x, 1.0, 0.0, mg.PoleError, "div"),
        (lambda x: x * 2 if x**x > 0.1 else x, 1.0, -2.0, mg.DomainError, "pow"),
    ],
)
def test_a_comparison_hides_nothing_that_is_not_finite(f, first, x, error, op, target):
    program = mg.compile(f, target=target)
    assert program(first) == mg.value_and_grad(f)(first)
    with pytest.raises(error, match=rf"^{op}\("):
        program(x)
    with pytest.raises(error, match=rf"^row 1 of the batch: {op}\("):
        mg.compile(f, target=target, batch=0)([first, x])


@for_every_target
def test_what_an_exponent_asks_of_its_base_is_asked_of_a_power_that_nobody_needs(target):
    def f(x):
        mg.pow(x, x)
        return abs(x)

    program = mg.compile(f, target=target)
    assert program(1.5) == (1.5, 1.0)
    with pytest.raises(mg.DomainError, match="x >= 0 for a Value as y"):
        program(-1.0)
    by_base = mg.compile(lambda x, n: x**n, wrt=0, target=target)
    assert by_base(1.0, 2.0) == (1.0, 2.0) and by_base(-2.0, 3.0) == (-8.0, 12.0)


@for_every_target
def test_errors_of_a_graph_show_the_labels_of_its_inputs(target):
    a, b = Value(2.0, "a"), Value(3.0)
    program = mg.compile(mg.sqrt(a) * b, inputs=[a, b], target=target)
    with pytest.raises(mg.GradientError, match=r"sqrt\(0.0 \(a\)\) .* with respect to 0.0 \(a\)"):
        program([0.0, 1.0])
    with pytest.raises(mg.DomainError, match=r"sqrt\(-1.0 \(a\)\): outside"):
        program.value([-1.0, 1.0])
    with pytest.raises(mg.GradientError, match=r"0.0 \(a\)"):
        program.hessian([0.0, 1.0])
    mine = Value(4.0)
    assert program.value([mine, 1.0]).data == 2.0 and mine.label == ""


def test_a_value_of_a_value_is_one():
    x = Value(3.0)
    y = mg.compile(lambda x, n: x**n).value(x, 2.0)
    assert isinstance(y, Value) and mg.gradient(y, x) == 6.0
    assert type(mg.compile(lambda x: x * 1e308).value(0.5)) is float


@for_every_target
@pytest.mark.parametrize("bad", [0, 1, 1234, 1999])
@pytest.mark.parametrize("reduce", ["sum", None])
def test_only_the_row_that_is_not_finite_is_asked_for(bad, reduce, target, asked):
    program = mg.compile(lambda w, x: mg.exp(w * x), batch=1, reduce=reduce, target=target)
    xs = [1.0] * 2000
    program(2.0, xs)
    xs[bad] = 1e3
    for rows in (xs, np.array(xs)):
        del asked[:]
        with pytest.raises(mg.RangeError, match=rf"row {bad} of the batch: exp\(2000.0\)"):
            program(2.0, rows)
        assert asked == [bad]


@for_every_target
def test_only_the_row_of_another_branch_is_asked_for(target, asked):
    program = mg.compile(branching, batch=(0, 1), target=target)
    xs = [2.0] * 1000
    xs[777] = 0.5
    with pytest.raises(ValueError, match=r"rows 0 and 777 .* different branches at x > y"):
        program(xs, [1.0] * 1000)
    assert asked == [777]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("loss", [mg.softmax_cross_entropy, on_probabilities])
def test_negative_targets_are_the_error_of_the_engine(loss, target):
    if target == "jax":
        jax = pytest.importorskip("jax")
        traced = jax.jit(mg.compile(loss, target=target))
        assert float(traced([1.0, 2.0], [-1.0, 2.0])[0]) != 0.0  # there they cannot be seen
    program = mg.compile(loss, target=target)
    for _ in range(2):
        with pytest.raises(mg.DomainError, match=r"targets are not negative, as .*-1.0.* is"):
            program([1.0, 2.0], [-1.0, 2.0])
        assert program([1.0, 2.0], [0.0, -0.0])[0] == 0.0
    rows = mg.compile(loss, batch=(0, 1), target=target)
    fine = [[0.25, 0.75], [0.0, 1.0], [5.0, 0.5]]
    assert len(rows([[1.0, 2.0]] * 3, fine)[0]) == 3
    with pytest.raises(mg.DomainError, match=r"row 2 .* targets are not negative"):
        rows([[1.0, 2.0]] * 3, [*fine[:2], [0.5, -1.0]])
    assert len(rows([[3.0, -2.0]] * 3, fine[::-1])[0]) == 3
    assert len(rows.versions) == 1


@for_every_target
def test_a_target_that_is_0_is_left_out_though_it_is_an_argument(target):
    program = mg.compile(mg.cross_entropy, target=target)
    assert program([0.5, 0.5], [1.0, 0.0])[1] == [-2.0, 0.0]
    assert program([1.0, 0.0], [1.0, 0.0]) == (0.0, [-1.0, 0.0])
    rows = mg.compile(mg.cross_entropy, batch=(0, 1), target=target)
    _, slopes = rows([[0.5, 0.5], [0.0, 1.0]], [[1.0, 1.0], [0.0, 1.0]])
    assert [*map(list, slopes)] == [[-2.0, -2.0], [0.0, -1.0]]
    with pytest.raises(mg.PoleError, match="log"):  # its own slope is infinite
        mg.compile(mg.cross_entropy, wrt=1, target=target)([1.0, 0.0], [1.0, 0.0])


@for_every_target
def test_all_rows_are_asked_for_where_none_is_at_fault(target, asked):
    program = mg.compile(lambda w, x: w * x, batch=1, reduce="sum", target=target)
    with pytest.raises(mg.RangeError, match="sum"):
        program(1.0, [1e308, 1e308, 1.0])
    assert asked[-3:] == [0, 1, 2]


def test_an_error_of_the_function_is_given_the_row():
    batch = mg.compile(lambda z, k: mg.softmax_cross_entropy(z, k), batch=(0, 1))
    with pytest.raises(ValueError, match=r"row 2 of the batch: softmax_cross_entropy: class 2 of"):
        batch([[1.0, 2.0]] * 3, [0, 1, 2])


def test_jax_runs_what_it_has_compiled_to_find_the_row(asked):
    jnp = pytest.importorskip("jax").numpy
    program = mg.compile(lambda w, x: mg.exp(w * x), batch=1, reduce="sum", target="jax")
    xs = [1.0] * 999
    program(2.0, xs)
    run, lengths = program.versions[0].run, set()
    program.versions[0] = program.versions[0]._replace(
        run=lambda w, x: lengths.add(len(x)) or run(w, x)
    )
    xs[321] = 1e3
    for rows in (xs, tuple(xs), np.array(xs), jnp.array(xs)):
        del asked[:]
        with pytest.raises(mg.RangeError, match=r"row 321 of the batch: exp\(2000.0\)"):
            program(2.0, rows)
        assert asked == [321]
    assert lengths == {999}


def test_the_source_of_a_program_that_is_gone_is_forgotten():
    def sources():
        gc.collect()
        return sum(name.startswith("<compiled ") for name in linecache.cache)

    before = sources()
    program = mg.compile(lambda x: x)
    for i in range(200):
        program = mg.compile(lambda x, i=i: x + float(i))
        program(1.0)
    assert sources() - before < 100
    name = program.versions[0].run.__code__.co_filename
    assert linecache.getline(name, 1) == "def program(x):\n"


@for_every_target
@pytest.mark.parametrize("loss", [mg.softmax_cross_entropy, on_probabilities])
def test_the_index_of_a_class_may_be_an_argument(loss, target):
    def model(w, x, k):
        return loss([mg.dot(row, x) for row in w], k)

    w, x = [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]], [1.0, 0.5]
    program = mg.compile(model, target=target)
    for k in range(3):
        value, slopes = mg.value_and_grad(model)(w, x, k)
        found, by_w = program(w, x, k)
        assert found == pytest.approx(value, rel=1e-14)
        assert [*np.ravel(by_w)] == pytest.approx([*np.ravel(slopes)], rel=1e-13)
    assert len(program.versions) == 1
    for k, error, message in (
        (3, ValueError, "class 3 of 3; the classes are 0 to 2"),
        (-1, ValueError, "class -1 of 3"),
        (0.5, TypeError, r"3 targets or the index of a class, not Value\(0\.5\); as in"),
    ):
        with pytest.raises(error, match=message):
            program(w, x, k)
    rows = mg.compile(model, batch=(1, 2), reduce="mean", target=target)
    each = [program(w, x, k)[0] for x, k in zip(np.eye(2).tolist(), (2, 0), strict=True)]
    assert rows(w, np.eye(2), np.array([2, 0]))[0] == pytest.approx(sum(each) / 2, rel=1e-14)
    with pytest.raises(ValueError, match="class 5 of 3"):
        rows(w, np.eye(2), np.array([0, 5]))


@for_every_target
def test_what_an_operand_of_ones_own_row_needs_is_asked_in_programs_too(target):
    by_size = mg.primitive("by_size", "x * y", "y", "x", needs={"y": "x > 1"})
    whole = mg.primitive("by_whole", "x * y", "y", "x", needs={"y": "x % 1 == 0"})

    def f(w):
        by_size(w[0], w[1])
        return w[1]

    program = mg.compile(f, target=target)
    assert program([2.0, 3.0]) == (3.0, [0.0, 1.0])
    with pytest.raises(mg.DomainError, match="which is x > 1 for a Value as y"):
        program([0.5, 3.0])
    with pytest.raises(mg.DomainError, match="which is x % 1 == 0 for a Value as y"):
        whole(Value(0.5), Value(3.0))
    product = mg.compile(lambda w: whole(w[0], w[1]), target=target)  # more than comparisons
    assert product([2.0, 3.0]) == (6.0, [3.0, 2.0])


class Weights(list):
    pass


@for_every_target
def test_a_program_answers_for_a_list_of_ones_own(target, asked):
    program = mg.compile(lambda w: w[0] * w[1], target=target)
    assert program(Weights([2.0, 3.0])) == (6.0, Weights([3.0, 2.0]))
    assert not asked


@for_every_target
@pytest.mark.parametrize("x", [np.float32(3), Fraction(3), np.array(3.0), np.array(3.0, object)])
def test_a_number_of_any_kind_is_an_argument_and_a_result(x, target):
    assert mg.compile(lambda _: x, target=target)(1.0) == (3.0, 0.0)
    assert mg.compile(lambda x: x * x, target=target)(x) == (9.0, 6.0)


def test_what_two_threads_trace_at_once_is_one_version():
    both_trace = threading.Barrier(2, timeout=30.0)

    def f(x):
        both_trace.wait()
        return x * x

    program = mg.compile(f)
    threads = [threading.Thread(target=program, args=(3.0,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert program(3.0) == (9.0, 6.0) and len(program.versions) == 1
