"""The network of the classical question, which `test_answers.py` puts into words."""

from types import SimpleNamespace

import pytest

import microgradx as mg
from microgradx import Value

WEIGHTS = [[0.31, -0.52, 0.77, 0.14, -0.4], [-0.83, 0.26, 0.45, -0.39, 0.6]]
BIASES = [0.12, -0.21, 0.34, 0.27, -0.05]
TARGETS = [0.35, 0.82, 0.47, 0.58, 0.21]  # of no number of them is the sum 1

for_some_classes = pytest.mark.parametrize("n", [2, 3, 5])


def leaves(name, numbers):
    return [Value(x, f"{name}{i}") for i, x in enumerate(numbers, 1)]


def label(name, nodes):
    for i, v in enumerate(nodes, 1):
        v.label = f"{name}{i}"
    return nodes


def network(n, targets=None):
    """One softmax layer of two inputs and n classes, and its loss. Ω and the exp zₖ have no labels."""
    y = leaves("y", [1.3, -0.7])
    w = [leaves(f"w{i}", row[:n]) for i, row in enumerate(WEIGHTS, 1)]
    b, t = leaves("b", BIASES[:n]), leaves("t", TARGETS[:n]) if targets is None else targets
    z = label("z", [w[0][j] * y[0] + w[1][j] * y[1] + b[j] for j in range(n)])
    e = [mg.exp(zj) for zj in z]
    omega = mg.sum(e)
    o = label("o", [ej / omega for ej in e])
    E = -mg.sum([tj * mg.log(oj) for tj, oj in zip(t, o, strict=True)])
    E.label = "E"
    return SimpleNamespace(y=y, w=w, b=b, t=t, z=z, e=e, omega=omega, o=o, E=E, tau=mg.sum(t))


def delta(j, k):
    """Kronecker's."""
    return 1.0 if j == k else 0.0


def kinds(diagnosis):
    return {finding.kind for finding in diagnosis.findings}
