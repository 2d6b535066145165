"""What the tests of compiled programs share: the targets, and what a call comes to."""

import json
import math
import shutil
import subprocess
from collections import namedtuple

import numpy as np
import pytest

import microgradx as mg
from microgradx.compiler import TARGETS

from .programs import same

for_every_target = pytest.mark.parametrize("target", [t for t in TARGETS if t != "jax"])
# NumPy has an exp, log, … of its own, and slopes are made of several: tan of 5e255 is 7 ulp apart,
# its slope 34.
ULPS = {"python": 0, "numpy": 40, "c": 0}
NODE = shutil.which("node")


def outcome(f, *arguments):
    """The numbers of a result, one after the other; or the class of the error."""
    try:
        value, slopes = f(*arguments)
    except mg.MathError as error:
        return type(error)
    return [value, *np.ravel(np.array(slopes, dtype=float)).tolist()]


def agree(a, b, ulps):
    """Whether two outcomes are the same, up to so many units in the last place."""
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    if ulps == 0:
        return len(a) == len(b) and all(map(same, a, b))
    return all(abs(x - y) <= ulps * math.ulp(y) for x, y in zip(a, b, strict=True))


def neuron(w, x):
    z = mg.dot(w["weights"], x) + w["bias"]
    return mg.tanh(z) * mg.softplus(z) + 0.1 * mg.dot(w["weights"], w["weights"])


WEIGHTS = {"bias": 0.25, "weights": [0.5, -1.25]}  # in the order in which JAX has keys
ROWS_OF_X = [[1.0, 2.0], [-0.5, 0.75], [3.0, -1.0]]


def branching(x, y):
    if x > y:
        return x * x
    if not x:
        return y + x
    return mg.sin(x) * y


Point = namedtuple("Point", "x y")
STRUCTURES = [
    pytest.param([1.0, (2.0, {"b": 3.0, "a": 2.0})], id="nested"),
    pytest.param(Point(1.0, [2.0, 3.0]), id="named"),
    pytest.param([[], 1.0, (2.0, 3.0)], id="empty"),
    pytest.param((1, 2, 3), id="whole numbers"),
    pytest.param([np.float64(1.0), np.float32(2.0), 3], id="numbers of NumPy"),
]


def product(tree):
    """Twice the product of all numbers in an argument of any structure."""
    return mg.prod(numbers(tree)) * 2.0


def numbers(tree):
    if isinstance(tree, list | tuple | dict):
        members = tree.values() if isinstance(tree, dict) else tree
        return [x for member in members for x in numbers(member)]
    return tree.ravel().tolist() if getattr(tree, "shape", ()) else [tree]


def in_node(programs_and_points):
    """What Node computes for (source, name of the function, inputs)."""
    calls = [
        f"(() => {{ {text}; return {name}({json.dumps(at)}); }})()"
        for text, name, at in programs_and_points
    ]
    script = f"console.log(JSON.stringify([{', '.join(calls)}]))"
    done = subprocess.run(
        [str(NODE), "-"], input=script, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)
