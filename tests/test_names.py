"""Names for Values without a label: those of the caller's variables."""

import sys
from collections import namedtuple
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import microgradx as mg
from microgradx import Value
from microgradx.names import PACKAGE, names_of
from microgradx.tape import Tape

shared = Value(1.0)
o = [Value(5.0)]
_hidden = Value(2.0)


def labels(tape: Tape) -> list[str]:
    """Those of the rows that are no constants."""
    return [row.label for row in tape.rows if row.op != "constant"]


def notebook(*cells: str, file: str = "<cell>", **names: Any) -> dict[str, Any]:
    """The variables after some cells, each run by `exec` over the same ones, as a notebook does."""
    space = {"__name__": "__main__", "mg": mg, "Value": Value, "Tape": Tape, **names}
    for cell in cells:
        exec(compile(cell, file, "exec"), space)
    return space


def test_local_variables_come_before_global_ones():
    local = shared
    z = local * Value(3.0)
    assert labels(Tape(z)) == ["local", "", "z"]


def test_global_variables_name_what_no_local_one_holds():
    z = shared * 2.0
    assert labels(Tape(z)) == ["shared", "z"]


def test_a_global_variable_that_a_local_one_hides_names_nothing():
    o = [Value(6.0)]
    assert labels(Tape(o[0] * globals()["o"][0])) == ["o[0]", "", ""]


def test_the_names_are_the_callers_and_not_its_callers():
    def inner(a):
        return Tape(a * a)

    x = Value(3.0)
    assert labels(inner(x)) == ["a", ""]


def test_variables_of_the_enclosing_function_count_where_they_are_used():
    x = Value(3.0)

    def inner():
        return Tape(x * x)

    assert labels(inner()) == ["x", ""]


CONTAINERS = {
    "w[0]": lambda v: [v],
    "w[1]": lambda v: (0.0, v),
    "w['a']": lambda v: {"a": v},
    "w[2]": lambda v: {2: v},
    "w[1][2]": lambda v: [0, (1, "text", v)],
    "w['layer'][0]['b'][1]": lambda v: {"layer": [{"b": (None, v)}]},
    "w[1][0]": lambda v: np.array([[0.0, 1.0], [v, 2.0]], dtype=object),
    "w[0][1][0]": lambda v: [np.array([[1.0], [v]], dtype=object)],
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_a_container_holds_is_named_by_its_place(name):
    x = Value(3.0)
    z = mg.exp(x)
    w = CONTAINERS[name](x)
    del x
    assert labels(Tape(z)) == [name, "z"]
    assert len(w)


def test_a_deep_array_of_objects_is_named_throughout():
    """Its rows are objects that live for a moment, and the next may stand where the last stood."""
    w = np.array([Value(float(i)) for i in range(125)], dtype=object).reshape(5, 5, 5)
    names = names_of({"w": w})
    assert names[w[4, 3, 2]] == "w[4][3][2]"
    assert len({*names.values()}) == 125


def test_an_array_without_an_axis_has_no_members():
    x = Value(3.0)
    assert names_of({"a": np.array(x, dtype=object), "x": x}) == {x: "x"}


def test_the_first_name_in_the_order_of_definition_is_kept():
    z = [Value(1.0), Value(2.0)]
    last = z[-1]
    total = z[0] * last
    assert labels(Tape(total)) == ["z[0]", "z[1]", "total"]


def test_explicit_labels_win_and_are_not_given_twice():
    x, y = Value(3.0), Value(2.0, "x")
    a = Value(1.0, "weight")
    assert sorted(labels(Tape(mg.sum([x, y, a])))) == ["", "", "weight", "x"]
    assert (x.label, y.label) == ("", "x")


def test_no_name_is_given_twice():
    x, y = Value(3.0), Value(2.0)
    assert labels(Tape(x * y, names={x: "same", y: "same"})) == ["same", "", ""]


def test_names_that_are_given_take_the_place_of_variables():
    x, y = Value(3.0), Value(2.0)
    assert labels(Tape(x * y, names={})) == ["", "", ""]
    assert labels(Tape(x * y, names={y: "why"})) == ["", "why", ""]


def test_underscore_names_are_skipped():
    _x, _ = Value(3.0), Value(2.0)
    assert labels(Tape(mg.sum([_x, _, _hidden]))) == ["", "", "", ""]


def test_what_pytest_calls_the_parts_of_an_assertion_is_no_name():
    assert labels(Tape(mg.exp(Value(3.0)))) == ["", ""]
    assert names_of({"@py_assert1": Value(1.0), ".0": [Value(1.0)]}) == {}


def test_lists_and_dicts_that_contain_themselves_are_walked_once():
    x, y = Value(3.0), Value(2.0)
    loop: list[Any] = []
    loop += [loop, x]
    ring: dict[str, Any] = {"y": y}
    ring["ring"] = [ring]
    variables = {"loop": loop, "ring": ring}
    assert names_of(variables) == {x: "loop[1]", y: "ring['y']"}


def test_a_list_in_two_places_is_named_by_the_first():
    row = [Value(1.0)]
    assert names_of({"rows": [row, row]}) == {row[0]: "rows[0][0]"}


def test_containers_may_be_nested_to_any_depth():
    x = deep = Value(1.0)
    for _ in range(3000):
        deep = [deep]  # type: ignore
    assert names_of({"deep": deep}) == {x: "deep" + "[0]" * 3000}


def test_a_notebook_names_things_by_its_variables():
    cells = "x = Value(3.0)", "y = x * x", "t = Tape(y)"
    history = {"In": ["", *cells], "Out": {}, "_": None}
    space = notebook(*cells, **history)
    assert labels(space["t"]) == ["x", "y"]


def test_the_history_of_a_notebook_names_nothing():
    x = Value(3.0)
    space = notebook("t = Tape(x * x)", In=["x"], Out={1: x}, _=x, _1=x, x=x)
    assert labels(space["t"]) == ["x", ""]


def test_a_function_of_a_notebook_sees_its_own_variables_and_the_notebooks():
    space = notebook(
        "w = [Value(2.0)]",
        "def loss(x):\n    h = w[0] * x\n    return Tape(mg.exp(h))",
        "t = loss(Value(1.0))",
    )
    assert labels(space["t"]) == ["w[0]", "x", "h", ""]


class Touchy:
    """An object that nobody may ask for anything."""

    __slots__ = ()

    def __getattr__(self, name):
        raise RuntimeError("asked")

    __iter__ = __len__ = __getitem__ = __eq__ = __repr__ = __bool__ = None  # type: ignore


class Open(Touchy):
    pass


class Slotted(Touchy):
    __slots__ = ("empty",)


@pytest.mark.parametrize("kind", [Touchy, Open, Slotted])
def test_objects_of_other_kinds_are_not_asked_for_anything(kind):
    x = Value(3.0)
    assert names_of({"touchy": kind(), "inside": [kind(), x]}) == {x: "inside[1]"}


def test_a_folder_beside_the_package_is_outside_of_it():
    """Its code is that of a caller, though its path begins like that of the package."""
    beside = PACKAGE.rstrip("/\\") + "-examples/model.py"
    text = "def look(x):\n    return Tape(x * x)\n"
    space = notebook(text, file=beside)
    assert labels(space["look"](Value(3.0))) == ["x", ""]


class Neuron:
    def __init__(self):
        self.w = [Value(0.5), Value(-1.0)]
        self.b = Value(0.1)

    def __call__(self, x):
        return Tape(mg.dot(self.w, [1.0, 2.0]) + self.b * x)


def test_what_the_users_objects_hold_is_named_by_its_attributes():
    net, x = Neuron(), Value(3.0)
    assert names_of({"net": net, "x": x}) == {
        net.w[0]: "net.w[0]", net.w[1]: "net.w[1]", net.b: "net.b", x: "x",
    }  # fmt: skip
    assert {"self.w[0]", "self.w[1]", "self.b", "x"} <= {*labels(net(x))}


@dataclass(slots=True)
class Affine:
    w: Value
    b: Value


class Scaled(Affine):
    __slots__ = ("c", "empty")


class Named(Scaled):
    pass


def test_what_lies_in_slots_is_named_as_other_attributes_are():
    w, b, c, d = map(Value, (0.5, 0.1, 2.0, 3.0))
    layer: Any = Named(w, b)
    layer.c, layer.d = c, d
    assert names_of({"affine": Affine(w, b)}) == {w: "affine.w", b: "affine.b"}
    assert names_of({"layer": layer}) == {w: "layer.w", b: "layer.b", c: "layer.c", d: "layer.d"}


@pytest.mark.parametrize(
    ("folder", "named"), [("python3/dist-packages", 0), ("env/site-packages", 0), ("home/work", 1)]
)
def test_a_class_in_a_folder_of_installed_packages_is_not_the_users(folder, named, monkeypatch):
    module = ModuleType("elsewhere")
    module.__file__ = f"/{folder}/elsewhere.py"
    monkeypatch.setitem(sys.modules, "elsewhere", module)
    kept = type("Kept", (Neuron,), {"__module__": "elsewhere"})()
    assert len(names_of({"kept": kept})) == 3 * named


def test_a_variable_comes_before_the_attribute_that_holds_the_same():
    net, x = Neuron(), Value(3.0)
    net.b = x
    assert names_of({"net": net, "x": x})[x] == "x"


def test_fields_of_named_tuples_have_names():
    x, Pair = Value(3.0), namedtuple("Pair", "first second")
    assert names_of({"p": Pair(1.0, x)}) == {x: "p.second"}


def test_objects_of_installed_classes_are_not_looked_into():
    x = Value(3.0)
    f = mg.grad(lambda a: a * x)
    f.kept = x  # type: ignore
    error = ValueError()
    error.kept = x  # type: ignore
    assert names_of({"f": f, "error": error, "tape": Tape(x * x)}) == {}
