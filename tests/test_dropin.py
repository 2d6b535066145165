"""Programs written for other scalar engines run after changing only the import."""

# The programs use the builtin sum, whose type is that of its start, 0.
# pyright: reportAttributeAccessIssue=false

import itertools
import math
import random
from types import SimpleNamespace

import pytest

import microgradx as mg

from .benchmarks import closure

MICROGRAD = SimpleNamespace(Value=mg.Value), SimpleNamespace(Value=closure.Value)


def perceptron(engine, steps=10):
    """micrograd's style: neurons of tanh-free relu units, and the max-margin loss."""
    generator = random.Random(1)
    value = engine.Value

    def neuron(n):
        return [value(generator.uniform(-1, 1)) for _ in range(n)], value(0.0)

    def act(unit, x, nonlinear=True):
        w, b = unit
        total = sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)
        return total.relu() if nonlinear else total

    hidden, out = [neuron(2) for _ in range(4)], neuron(4)
    parameters = [p for w, b in [*hidden, out] for p in [*w, b]]
    points = [(math.cos(i), math.sin(i), 1 if i % 2 else -1) for i in range(8)]
    losses = []
    for step in range(steps):
        scores = [
            act(out, [act(u, [value(x), value(y)]) for u in hidden], False) for x, y, _ in points
        ]
        margins = [(1 + -t * s).relu() for (_, _, t), s in zip(points, scores, strict=True)]
        loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= (1.0 - 0.9 * step / 100) * p.grad
        losses.append(loss.data)
    return losses


def language_model(engine, steps=10):
    """The 2026 microgpt's style: softmax by hand, builtin sum, powers, division, p.grad = 0."""
    generator = random.Random(2)
    value = engine.Value
    tokens, width = 5, 3
    matrix = lambda n, m: [[value(generator.gauss(0, 0.3)) for _ in range(m)] for _ in range(n)]  # noqa: E731
    embedding, hidden, head = matrix(tokens, width), matrix(width, width), matrix(tokens, width)
    parameters = [p for weights in (embedding, hidden, head) for row in weights for p in row]

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]

    def softmax(logits):
        largest = max(v.data for v in logits)
        exps = [(v - largest).exp() for v in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def rmsnorm(x):
        scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
        return [v * scale for v in x]

    text = [0, 1, 2, 3, 4, 2, 1, 0]
    losses = []
    for _ in range(steps):
        each = []
        for token, following in itertools.pairwise(text):
            x = rmsnorm(embedding[token])
            x = [a + b.relu() ** 2 for a, b in zip(x, linear(x, hidden), strict=True)]
            each.append(-softmax(linear(x, head))[following].log())
        loss = (1 / len(each)) * sum(each)
        loss.backward()
        for p in parameters:
            p.data -= 0.5 * p.grad
            p.grad = 0
        losses.append(loss.data)
    return losses


@pytest.mark.parametrize("program", [perceptron, language_model], ids=lambda f: f.__name__)
def test_the_losses_are_those_of_the_other_engine(program):
    ours, theirs = (program(engine) for engine in MICROGRAD)
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert ours[-1] < ours[0]
