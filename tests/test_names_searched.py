"""What is searched for names: no data, and nothing that fails when it is looked into."""

from collections import namedtuple

from microgradx import Value
from microgradx.names import names_of

from .effort import calls


def test_a_long_list_of_numbers_is_passed_over():
    x = Value(3.0)
    numbers = [0.5] * 10**6
    assert names_of({"numbers": numbers, "x": x}) == {x: "x"}


def test_data_takes_no_time():
    """Of what holds a hundred containers without a Value, the rest is not looked at."""
    x, w = Value(3.0), [[0.0]] * 200 + [[0.0] for _ in range(98)] + [[Value(1.0)]]
    rows, samples = [[0.0] * 9 for _ in range(10**5)], [{"a": 0.0} for _ in range(10**5)]
    variables = {"rows": rows, "samples": samples, "w": w, "x": x}
    assert calls(lambda: names_of(variables)) < 10**4
    assert names_of(variables) == {w[-1][0]: "w[298][0]", x: "x"}


class Failing(list):
    __iter__ = __len__ = property(lambda self: 1 / 0)  # type: ignore[assignment]


class Unspoken:
    def __repr__(self):
        raise RuntimeError("asked")


def test_what_fails_when_it_is_looked_into_is_passed_over():
    x, short = Value(3.0), namedtuple("Pair", "first second")
    short._fields = ("first",)  # type: ignore[assignment]
    variables = {"a": Failing([x]), "b": {Unspoken(): x}, "c": short(1.0, Value(2.0)), "x": x}
    assert [*names_of(variables).values()] == ["c[1]", "x"]
