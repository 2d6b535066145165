"""How much errors show of what was given, which may be large."""

import json
from typing import Any

import numpy as np
import pytest
from pytest import raises

import microgradx as mg
from microgradx import Tape, Value
from microgradx.messages import working_call
from microgradx.primitives import PRIMITIVES

X = Value(2.0, "x")
Y = X * X
MANY: Any = [1.0] * 10**5
KEYS: Any = dict.fromkeys(range(10**5), 1.0)
TEXT: Any = "x" * 10**5
LABELLED = [Value(1.0, f"x{i}") for i in range(900)]
TAPE = Tape(Y, names={})


class Long:
    """What has no other text than a long one."""

    def __repr__(self):
        return TEXT


LONG: Any = Long()
BATCH: Any = Value(np.ones(900))


def check(claim: Any = Y, wrt=X, **options):
    return mg.check_derivation(Y, wrt, claim, **options)


def read(**changes):
    tape = json.loads(TAPE.to_json())
    tape["rows"][1] |= changes
    return Tape.from_json(json.dumps(tape))


CALLS = {
    "Value": lambda: Value(MANY),
    "Value.label": lambda: Value(1.0, MANY),
    "a batch": lambda: Value(np.full((30, 30), np.nan)),
    "float": lambda: float(BATCH),
    "gradient": lambda: mg.gradient(MANY, X),
    "grad": lambda: mg.grad(lambda x: x)(MANY),
    "grad of no function": lambda: mg.grad(MANY)(1.0),
    "argnums": lambda: mg.grad(lambda x: x, MANY)(1.0),
    "jvp of no sequences": lambda: mg.jvp(lambda x: x, KEYS, KEYS),
    "jvp of a number": lambda: mg.jvp(lambda x: x, (1.0,), (MANY,)),
    "jvp of a sequence": lambda: mg.jvp(lambda x: x, ([1.0],), (MANY,)),
    "jvp of a dict": lambda: mg.jvp(lambda x: x, (KEYS,), ({},)),
    "softmax": lambda: mg.softmax([X, Y], shift=MANY),
    "cross_entropy": lambda: mg.cross_entropy([X, Y], TEXT),
    "Tape": lambda: Tape(MANY),
    "names": lambda: Tape(Y, names=MANY),
    "a name": lambda: Tape(Y, names={X: MANY}),
    "find": lambda: TAPE.find(MANY),
    "a label": lambda: TAPE.find(TEXT),
    "a label of many": lambda: Tape(mg.sum([Value(1.0, "h") for _ in range(900)])).find("h"),
    "a Value": lambda: TAPE.find(Value(1.0, TEXT)),
    "run": lambda: TAPE.run(MANY),
    "from_json": lambda: Tape.from_json(MANY),
    "a row of JSON": lambda: read(op=MANY),
    "steps": lambda: mg.steps(MANY),
    "paths": lambda: mg.paths(Y, X, between=TEXT),
    "chain_rule": lambda: mg.chain_rule(Y, X, through=LONG),
    "check_derivation": lambda: mg.check_derivation(MANY, X, 1.0),
    "wrt": lambda: check(wrt=MANY),
    "a claim": lambda: check(MANY),
    "a claim's result": lambda: check(lambda d: MANY),
    "a claim's label": lambda: check(lambda d: d[TEXT]),
    "labels": lambda: mg.check_derivation(mg.sum(LABELLED), LABELLED[0], lambda d: d["y"]),
    "a cut": lambda: mg.chain_rule(mg.sum(LABELLED), LABELLED[0], through=LABELLED[1:]),
    "fixed": lambda: check(fixed=KEYS),
    "points": lambda: check(points=[MANY]),
    "a point": lambda: check(points=[{X: MANY}]),
    "ranges": lambda: check(ranges=MANY),
    "a range": lambda: check(ranges={X: MANY}),
    "compile": lambda: mg.compile(MANY),
    "inputs": lambda: mg.compile(Y, inputs=MANY),
    "inputs twice": lambda: mg.compile(Y, inputs=[X] * 10**4),
    "target": lambda: mg.compile(lambda x: x, target=TEXT),
    "reduce": lambda: mg.compile(lambda x: x, reduce=TEXT),
    "threads": lambda: mg.compile(lambda x: x, threads=MANY),
    "no batch": lambda: mg.compile(lambda x, y: y, batch=1)(1.0, KEYS),
    "a row": lambda: mg.compile(lambda x: x[0], batch=0)([MANY, KEYS]),
    "another structure": lambda: mg.compile(
        mg.sum(inputs := [Value(1.0) for _ in range(10**4)]), inputs=inputs
    )(KEYS),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_error_shows_the_beginning_of_what_is_long(call):
    with raises((TypeError, ValueError, KeyError)) as caught:
        call()
    assert len(str(caught.value)) < 700


def nested(depth):
    inside = []
    for _ in range(depth):
        inside = [inside]
    return inside


@pytest.mark.parametrize("given", [nested(10**5), 10**5000], ids=["nested", "a whole number"])
def test_what_has_no_text_is_named_by_its_class(given):
    with raises(TypeError, match=f"of a Value, not <{type(given).__name__} object at"):
        Tape(given)


@pytest.mark.parametrize(
    "row", [row for row in PRIMITIVES.values() if not row.internal], ids=lambda row: row.name
)
def test_the_call_that_an_error_shows_works(row):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert isinstance(eval(working_call(row), {**vars(mg), "x": x, "y": y}), Value)


def test_an_error_in_a_batch_says_at_which_point():
    changed, x = Value(np.array([1.0, 2.0])), Value(np.array([1.0, -1.0]))
    changed.data = np.array([1.0, np.nan])
    with raises(mg.DomainError, match=r"are finite, not nan or inf at index \(1,\) of the batch"):
        mg.exp(changed)
    with raises(mg.DomainError, match=r"at index \(1,\) of the batch: .* for a Value as y"):
        mg.pow(x, x)


def test_a_batch_is_neither_formatted_nor_rounded_as_one_number():
    for show in (lambda: f"{BATCH:.2f}", lambda: round(BATCH, 2)):
        with raises(TypeError, match=r"a batch is many numbers: .* one by one, as in \[round"):
            show()
    assert f"{X:.2f}" == "2.00" and round(Value(2.26), 1) == 2.3


def test_a_grad_that_was_set_to_no_number_is_named():
    x = Value(2.0, "x")
    x.grad = float("nan")
    with raises(mg.GradientError, match=r"^the .grad of 2.0 \(x\) is nan; gradients are added to"):
        (x * x).backward()


def test_a_value_without_a_number_is_missing_its_data():
    make: Any = Value
    with pytest.raises(TypeError, match=r"^Value\(\) missing .* 'data'$"):
        make()
