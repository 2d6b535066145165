"""The graph and its sweep: every path counts, once; nothing mixes, depends on luck, or stays."""

import gc
import math
import operator
import re
import sys
from functools import reduce

import pytest
from hypothesis import assume, given, reject, settings, strategies as st

import microgradx as mg
from microgradx import GradientError, MathError, Value, gradient
from microgradx.value import ordered, sweep

from .programs import call, moderate, nodes_under, programs, same


def leaves(*numbers):
    return [Value(x) for x in numbers]


def swept(output):
    """The output after a sweep."""
    output.backward()
    return output


# --- every path counts ----------------------------------------------------------------------------


def chain_rule(output, x):
    """∂output/∂x as the sum over all paths, by recursion: right and slow."""
    if output is x:
        return 1.0
    edges = zip(output.parents, output.partials, strict=True)
    return math.fsum(d * chain_rule(parent, x) for parent, d in edges)


@settings(max_examples=300)
@given(program=programs(moderate, names=["add", "mul", "sub", "tanh", "sin", "dot", "sum", "max"]))
def test_a_gradient_is_the_sum_over_all_paths_of_their_products(program):
    xs = leaves(*program.inputs)
    z = program(*xs)
    assume(isinstance(z, Value))
    for x, slope in zip(xs, gradient(z, xs), strict=True):
        assert slope == pytest.approx(chain_rule(z, x), rel=1e-9, abs=1e-9)


# fmt: off
SHARED = [
    # output of x = 3             ∂z/∂x
    (lambda x: x,                 1.0),
    (lambda x: x * x,             6.0),
    (lambda x: x + x,             2.0),
    (lambda x: x - x,             0.0),
    (lambda x: x / x,             0.0),
    (lambda x: x * x * x,         27.0),
    (lambda x: mg.maximum(x, x),  1.0),
    (lambda x: mg.minimum(x, x, x), 1.0),
    (lambda x: mg.maximum(x, 3.0), 0.5),
    (lambda x: mg.sum([x] * 1000), 1000.0),
    (lambda x: mg.dot([x] * 1000, [x] * 1000), 6000.0),
    (lambda x: reduce(operator.add, [x] * 1000), 1000.0),
    (lambda x: (x * 2.0) * (x + 1.0) + (x * 2.0), 16.0),
    (lambda x: (lambda y: y * y + y)(x * x), 114.0),
    (lambda x: x + 3.0 * x - 3.0, 4.0),
    (lambda x: 0.0 * x + 5.0,     0.0),
    (lambda x: mg.relu(mg.sum([x, -9.0])) + x, 1.0),
    (lambda x: -0.0 * mg.dot([x, -x], [x, x]), 0.0),
    (lambda x: mg.where(x > 5, x * x, -x), -1.0),
    (lambda x: x ** x / x ** x,   0.0),
    (lambda x: reduce(lambda y, _: y + y, range(50), x), 2.0**50),
    (lambda x: reduce(lambda y, _: mg.sum([y, y]), range(50), x), 2.0**50),
    (lambda x: reduce(lambda y, _: y * 1.0 + 0.0 * x, range(50), x), 1.0),
]
# fmt: on


@pytest.mark.parametrize(("function", "expected"), SHARED)
def test_a_node_that_is_used_again_gets_every_contribution(function, expected):
    x = Value(3.0)
    z = function(x)
    assert swept(z).data == z.data and x.grad == pytest.approx(expected, abs=1e-12)
    assert gradient(z, x) == x.grad


# --- sweeps do not mix ----------------------------------------------------------------------------


@settings(max_examples=200)
@given(program=programs(moderate, names=["add", "mul", "div", "tanh", "exp", "sum", "dot", "max"]))
def test_a_second_sweep_doubles_the_leaves_exactly_and_nothing_else(program):
    xs = leaves(*program.inputs)
    try:
        z = program(*xs)
        assume(isinstance(z, Value))
        inner = nodes_under(z)
        z.backward()
    except MathError:
        reject()
    once = [(v.grad, v.grad if v.parents else 2 * v.grad) for v in inner]
    assert swept(z) is z and [v.grad for v in inner] == [twice for _, twice in once]


def test_an_inner_node_belongs_to_the_last_sweep_and_a_leaf_to_all():
    x = Value(3.0)
    y = x * x
    for z, inner, total in [(y * 2.0, 2.0, 12.0), (y * 10.0, 10.0, 72.0), (y, 1.0, 78.0)]:
        z.backward()
        assert (y.grad, x.grad) == (inner, total)


class Trap:
    """A number that fails when it is multiplied, as an interruption in the midst of a sweep."""

    def __init__(self, error):
        self.error = error

    def __rmul__(self, _):
        raise self.error

    __mul__ = __rmul__


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, GradientError])
def test_an_interrupted_sweep_restores_every_grad(error):
    x, y = leaves(3.0, 4.0)
    trapped = x * y
    z = mg.exp(trapped * 2.0) * y + trapped
    trapped._dx = Trap(error("planted"))
    assert_restored(z, nodes_under(z), error)


def assert_restored(z, nodes, error):
    before = [k * 0.5 for k in range(len(nodes))]
    set_grads(nodes, before)
    with pytest.raises(error, match=r"^planted$"):
        z.backward()
    assert [v.grad for v in nodes] == before


class Startled:
    """A leaf that interrupts the search for the order, when its grad is first asked for."""

    _x = _y = None
    asked = False

    @property
    def grad(self):
        if not self.asked:
            self.asked = True
            raise KeyboardInterrupt("planted")
        return 0.5


def test_a_grad_that_is_none_is_named_and_nothing_has_changed():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    x.grad, y.grad = 5.0, None  # type: ignore[assignment]
    with pytest.raises(
        TypeError, match=r"^the \.grad of 2\.0 \(y\) is None; .* call zero_grad\(\)$"
    ):
        (x * y).backward()
    assert (x.grad, y.grad) == (5.0, None)


def test_a_sweep_interrupted_before_the_order_is_found_restores_every_grad():
    x, y = leaves(3.0, 4.0)
    z = mg.sum([x, y, x * y]) * (x * 2.0)
    nodes = nodes_under(z)
    z._x._x = (x, y, Startled())
    assert_restored(z, nodes, KeyboardInterrupt)


def test_a_sweep_interrupted_at_any_instruction_changes_no_grad():
    """KeyboardInterrupt can come between any two, MemoryError inside many; or all is done."""
    x, y = leaves(0.3, 0.4)
    z = mg.sum([x * y, x, mg.exp(x * y) * 2.0]) * x
    nodes = nodes_under(z)
    for start in (0.0, 0.5):
        before = [start] * len(nodes)
        set_grads(nodes, before)
        z.backward()
        after = [v.grad for v in nodes]
        instruction = 0
        set_grads(nodes, before)
        while interrupted(z.backward, instruction):
            assert [v.grad for v in nodes] in (before, after), instruction
            instruction += 1
            set_grads(nodes, before)
        assert instruction > 100


def set_grads(nodes, grads):
    for v, grad in zip(nodes, grads, strict=True):
        v.grad = grad


def interrupted(function, instruction):
    """Run a function; whether it was interrupted, as asked, before one of its instructions."""
    codes, passed = {f.__code__ for f in (function.__func__, ordered, sweep)}, 0

    def trace(frame, event, _):
        nonlocal passed
        frame.f_trace_opcodes = True
        if event == "opcode" and frame.f_code in codes:
            passed += 1
            if passed > instruction:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys._getframe().f_trace_opcodes = True  # Python 3.12 looks at it when tracing starts
    sys.settrace(trace)
    try:
        function()
        return False
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)


# --- what remains ---------------------------------------------------------------------------------


def test_nothing_is_left_to_the_cyclic_collector():
    """Reference counts alone free a graph, also one of derivatives."""
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(o, Value) for o in gc.get_objects())
        x = Value(0.5)
        swept(mg.softmax_cross_entropy([x * i for i in range(9)], 2))
        gradient(gradient(mg.exp(x * x), x, create_graph=True), x)
        assert sum(isinstance(o, Value) for o in gc.get_objects()) == before + 1
    finally:
        gc.enable()


@given(x=moderate, c=moderate, name=st.sampled_from(["add", "sub", "mul", "div", "pow"]))
def test_reflected_operators_are_the_forward_ones_on_constants(x, c, name):
    function = {"div": operator.truediv}.get(name) or getattr(operator, name)
    for operands in [(Value(x), c), (c, Value(x))]:
        try:
            expected = call(name, operands)
        except MathError as error:
            with pytest.raises(type(error), match=re.escape(str(error))):
                function(*operands)
        else:
            z = function(*operands)
            assert same(z.data, expected.data) and z.op == name
            assert z.operands == operands and repr(z.partials) == repr(expected.partials)
