"""The workloads W1 … W6, written once for every engine.

Each function makes the leaves and returns them with a function that computes the output from them.
All numbers come from fixed seeds, so that engines can be compared number by number.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import add, mul
from random import Random
from typing import Any, NamedTuple

from .engines import Engine


class Problem(NamedTuple):
    """Leaves, and an output that is computed anew from them in each of so many calls.

    The samples, if there are any, are pairs of what is given and what is to be found.
    """

    leaves: Sequence[Any]
    forward: Callable[[], Any]
    calls: int = 1
    samples: Sequence[tuple[Any, int]] = ()


def run(problem: Problem) -> float:
    """Zero the gradients, go forward and backward, free the graph; the output's number."""
    number = math.nan
    for _ in range(problem.calls):
        for leaf in problem.leaves:
            leaf.grad = 0.0
        output = problem.forward()
        output.backward()
        number = output.data
    return number


def numbers(problem: Problem) -> list[float]:
    """The output of a problem and all its gradients."""
    return [run(problem), *(leaf.grad for leaf in problem.leaves)]


def two_moons(samples: int, random: Random) -> list[tuple[tuple[float, float], int]]:
    """Points of two interleaved half circles with some noise, labelled -1 and 1."""
    points = []
    for i in range(samples):
        angle = math.pi * random.random()
        x, y, label = math.cos(angle), math.sin(angle), -1
        if i % 2:
            x, y, label = 1.0 - x, 0.5 - y, 1
        points.append(((x + random.gauss(0.0, 0.1), y + random.gauss(0.0, 0.1)), label))
    return points


def w1(engine: Engine, samples: int) -> Problem:
    """micrograd's demo: a 2-16-16-1 network on two moons, maximum margin and L2."""
    random = Random(1337)
    layers = [
        [
            ([engine.Value(random.uniform(-1.0, 1.0)) for _ in range(inputs)], engine.Value(0.0))
            for _ in range(outputs)
        ]
        for inputs, outputs in pairwise((2, 16, 16, 1))
    ]
    parameters = [v for layer in layers for weights, bias in layer for v in (*weights, bias)]
    points = two_moons(samples, random)

    def score(point: tuple[float, float]) -> Any:
        xs = [engine.Value(x) for x in point]
        for layer in layers:
            xs = [engine.affine(weights, xs, bias) for weights, bias in layer]
            if layer is not layers[-1]:
                xs = [x.relu() for x in xs]
        return xs[0]

    def loss() -> Any:
        margins = [(1 + -label * score(point)).relu() for point, label in points]
        return engine.sum(margins) * (1.0 / samples) + 1e-4 * engine.dot(parameters, parameters)

    return Problem(parameters, loss, samples=points)


def w2(engine: Engine, samples: int) -> Problem:
    """Softmax regression from 64 numbers to 10 classes: cross-entropy from exp, log and sum."""
    random = Random(2)
    weights = [[engine.Value(random.gauss(0.0, 0.1)) for _ in range(64)] for _ in range(10)]
    biases = [engine.Value(0.0) for _ in range(10)]
    points = [([random.random() for _ in range(64)], random.randrange(10)) for _ in range(samples)]

    def cross_entropy(point: list[float], target: int) -> Any:
        xs = [engine.Value(x) for x in point]
        logits = [engine.affine(row, xs, bias) for row, bias in zip(weights, biases, strict=True)]
        return engine.sum([z.exp() for z in logits]).log() - logits[target]

    def loss() -> Any:
        return engine.sum([cross_entropy(*point) for point in points]) * (1.0 / samples)

    return Problem([v for row in weights for v in row] + biases, loss, samples=points)


def w3(engine: Engine, depth: int) -> Problem:
    """A chain: x = x·a + b, again and again."""
    start, a, b = leaves = [engine.Value(0.5), engine.Value(0.999), engine.Value(0.001)]

    def end() -> Any:
        x = start
        for _ in range(depth):
            x = x * a + b
        return x

    return Problem(leaves, end)


FAN_LAYERS, FAN_WIDTH = 100, 1000


def w4(engine: Engine, nodes: int) -> Problem:
    """Fans over the same leaves: layers of nodes, each using two of the layer below.

    The layers add and multiply in turn, and (1/4 + 1/4)² = 1/4: the numbers stay exact.  The shape
    of a fan is bounded, so that its neighbours in memory, and its adjoints, are the same in a graph
    of 10⁵ nodes as in one of 10⁷.
    """
    width = min(FAN_WIDTH, nodes // FAN_LAYERS)
    leaves = [engine.Value(0.25) for _ in range(width)]

    def fan() -> Any:
        layer = leaves
        for depth in range(FAN_LAYERS - 1):
            operator = mul if depth % 2 else add
            layer = [operator(layer[i], layer[i - 1]) for i in range(width)]
        return engine.sum(layer)

    return Problem(leaves, lambda: engine.sum(fan() for _ in range(nodes // (FAN_LAYERS * width))))


def w5(engine: Engine, calls: int) -> Problem:
    """x·y + exp(x)·tanh(y): value and gradient at two numbers, one call after the other."""
    leaves: list[Any] = []

    def f() -> Any:
        x, y = leaves[:] = engine.Value(0.7), engine.Value(-0.3)
        return x * y + x.exp() * y.tanh()

    return Problem(leaves, f, calls)


TOKENS, EMBEDDING, HEADS, POSITIONS = 27, 16, 4, 16


def w6(engine: Engine, positions: int) -> Problem:
    """A one-layer GPT of microgpt's shape: the mean loss of so many next tokens."""
    random = Random(6)
    dot = engine.dot
    width = EMBEDDING // HEADS

    def matrix(rows: int, columns: int) -> list[list[Any]]:
        return [[engine.Value(random.gauss(0.0, 0.2)) for _ in range(columns)] for _ in range(rows)]

    def linear(weights: list[list[Any]], xs: Sequence[Any]) -> list[Any]:
        return [dot(row, xs) for row in weights]

    def rmsnorm(xs: Sequence[Any]) -> list[Any]:
        scale = (dot(xs, xs) / len(xs) + 1e-5) ** -0.5
        return [x * scale for x in xs]

    def softmax(zs: Sequence[Any]) -> list[Any]:
        largest = max(z.data for z in zs)
        exponentials = [(z - largest).exp() for z in zs]
        total = engine.sum(exponentials)
        return [e / total for e in exponentials]

    def added(xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
        return [x + y for x, y in zip(xs, ys, strict=True)]

    matrices = (
        token_embeddings := matrix(TOKENS, EMBEDDING),
        position_embeddings := matrix(POSITIONS, EMBEDDING),
        query := matrix(EMBEDDING, EMBEDDING),
        key := matrix(EMBEDDING, EMBEDDING),
        value := matrix(EMBEDDING, EMBEDDING),
        output := matrix(EMBEDDING, EMBEDDING),
        widen := matrix(4 * EMBEDDING, EMBEDDING),
        narrow := matrix(EMBEDDING, 4 * EMBEDDING),
        unembedding := matrix(TOKENS, EMBEDDING),
    )
    text = [random.randrange(TOKENS) for _ in range(positions + 1)]

    def attention(xs: Sequence[Any], keys: list[list[Any]], values: list[list[Any]]) -> list[Any]:
        queries = linear(query, xs)
        keys.append(linear(key, xs))
        values.append(linear(value, xs))
        heads: list[Any] = []
        for start in range(0, EMBEDDING, width):
            head = slice(start, start + width)
            weights = softmax([dot(queries[head], k[head]) / width**0.5 for k in keys])
            columns = zip(*(v[head] for v in values), strict=True)
            heads += [dot(weights, column) for column in columns]
        return linear(output, heads)

    def loss() -> Any:
        keys: list[list[Any]] = []
        values: list[list[Any]] = []
        losses = []
        for position, (token, target) in enumerate(pairwise(text)):
            xs = rmsnorm(added(token_embeddings[token], position_embeddings[position]))
            # The earlier positions' keys and values are all that a position sees of the others.
            xs = added(xs, attention(rmsnorm(xs), keys, values))
            hidden = [h.relu() ** 2 for h in linear(widen, rmsnorm(xs))]
            xs = added(xs, linear(narrow, hidden))
            losses.append(-softmax(linear(unembedding, xs))[target].log())
        return engine.sum(losses) / positions

    return Problem([v for m in matrices for row in m for v in row], loss)


class Workload(NamedTuple):
    """How to make a problem of a size, the size to measure and the one to try it out."""

    make: Callable[[Engine, int], Problem]
    size: int
    quick: int
    # Only what adds up lists has an n-ary form.
    nary: bool = True


WORKLOADS = {
    "W1": Workload(w1, size=100, quick=4),
    "W2": Workload(w2, size=100, quick=2),
    "W3": Workload(w3, size=20_000, quick=200, nary=False),
    "W4": Workload(w4, size=50_000, quick=1_000, nary=False),
    "W5": Workload(w5, size=5_000, quick=3, nary=False),
    "W6": Workload(w6, size=POSITIONS, quick=3),
}
