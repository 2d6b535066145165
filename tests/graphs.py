"""Graphs that several tests take: drawn ones, some with many paths, and a small network."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import assume, strategies as st

import microgradx as mg
from microgradx import MathError, Value
from microgradx.explain.chain import chain_rule
from microgradx.tape import Tape

from .programs import programs

SMOOTH = ["add", "sub", "mul", "neg", "sin", "tanh", "sigmoid", "dot", "sum", "max", "relu", "abs"]


def doublings(n, first=0.5, second=0.5, label=""):
    x = y = Value(1.0, "x")
    for i in range(n):
        a, b = y * first, y * second
        if label:
            a.label, b.label = f"{label}{i}", f"{label}{i}′"
        y = a + b
    return y, x


@st.composite
def graphs(draw, most=9):
    """The output of a program and one of its inputs on which it depends."""
    program = draw(programs(st.floats(-2, 2), SMOOTH, most))
    inputs = [Value(x, f"x{i}") for i, x in enumerate(program.inputs)]
    output = program(*inputs)
    if not isinstance(output, Value):
        output = inputs[0] * 2.0
    return output, draw(st.sampled_from(inputs))


def network(n=2, shift=False, targets=(0.7, 0.9, 0.4)):
    """Three inputs h, n logits y, outputs o, and L = −Σ tⱼ log oⱼ; all have labels."""
    h = [Value(x, f"h{i}") for i, x in enumerate((0.5, -1.5, 2.0), 1)]
    w = [[Value(0.3 * i - 0.2 * j * j, f"w{i}{j}") for j in range(1, n + 1)] for i in (1, 2, 3)]
    t = [Value(x, f"t{j}") for j, x in enumerate(targets[:n], 1)]
    y = [mg.dot([row[j] for row in w], h) for j in range(n)]
    o = mg.softmax(y, shift=shift)
    L = mg.cross_entropy(o, t)
    L.label = "L"
    for j in range(n):
        y[j].label, o[j].label = f"y{j + 1}", f"o{j + 1}"
    return {"h": h, "w": w, "t": t, "y": y, "o": o, "L": L}


def symbols(output, wrt, through=None):
    """∂v/∂u in symbols, by its name."""
    pytest.importorskip("sympy")
    derivation = chain_rule(output, wrt, through=through, symbols=True)
    return {factor.name: factor.symbol for factor in derivation.factors}


def built(program, leaves: Iterable[Value] = ()) -> Any:
    """The output of a random program that has one."""
    try:
        z = program(*(leaves or map(Value, program.inputs)))
    except MathError:
        z = None
    assume(isinstance(z, Value))
    return z


def square() -> Tape:
    x = Value(3.0, "x")
    return Tape(x * x + 1.0, names={})
