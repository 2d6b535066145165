"""The graph under an output, written down in order: what every explanation reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from microgradx.apply import FUNCTIONS, sequences
from microgradx.graph import Node, brief, finite_or_nan, number, quiet, topological
from microgradx.names import caller_names, labels_of
from microgradx.primitives import PRIMITIVES
from microgradx.rows import NoSuchRow, Row, adjoints, alike, rows_of
from microgradx.value import Value
from microgradx.writing import KNOWN, as_typed, listed, printable


class Tape:
    """The graph under some outputs as immutable rows, each after those that it uses.

    A label that a Value has wins; the others take the names of the caller's variables, also inside
    lists, tuples, dicts and object arrays: `o[0]`, `w[1][2]`. Constants have rows of their own.

    Args:
        *outputs: Values; most often one.
        names: Names for Values without a label, in place of those of the caller's variables.

    Attributes:
        rows: The rows, in the order of evaluation; those of the first output come first.
        outputs: The indices of the outputs.

    Raises:
        TypeError: If an output is no Value, or there is none.

    Example:
        >>> from microgradx import Tape, Value
        >>> x = Value(3.0)
        >>> y = x * x + 1.0
        >>> for row in Tape(y).rows:
        ...     print(*row[:5], repr(row.label))
        0 leaf () 3.0 () 'x'
        1 mul (0, 0) 9.0 (3.0, 3.0) ''
        2 constant () 1.0 () ''
        3 add (1, 2) 10.0 (1.0, None) 'y'
    """

    __slots__ = ("_by_label", "_index", "outputs", "rows")
    rows: tuple[Row, ...]
    outputs: tuple[int, ...]
    _index: dict[Node, int]
    _by_label: dict[str, list[int]]

    def __init__(self, *outputs: Value, names: Mapping[Any, str] | None = None):
        for output in outputs or (None,):
            if not isinstance(output, Node):
                raise TypeError(f"a tape is of a Value, not {brief(output)}; as in Tape(loss)")
        order, leaves = topological(*outputs[::-1])  # it begins with the last
        labels = labels_of([*leaves, *order], caller_names() if names is None else names)
        rows, index = rows_of([*order, *outputs], labels)
        self._hold(tuple(index[v] for v in outputs), tuple(rows), index)

    def _hold(self, outputs: tuple[int, ...], rows: tuple[Row, ...], index: dict[Node, int]):
        by_label: dict[str, list[int]] = {}
        for row in rows:
            if row.label:
                by_label.setdefault(printable(row.label), []).append(row.index)
        parts = {"outputs": outputs, "rows": rows, "_index": index, "_by_label": by_label}
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    @classmethod
    def of_rows(cls, outputs: tuple[int, ...], rows: tuple[Row, ...]) -> "Tape":
        """The tape of some rows, each after its operands, that no Values stand for."""
        tape = cls.__new__(cls)
        known = (row._replace(partials=tuple(map(finite_or_nan, row.partials))) for row in rows)
        tape._hold(outputs, tuple(known), {})
        return tape

    def __reduce__(self):
        return Tape.of_rows, (self.outputs, self.rows)

    def __setattr__(self, *_: object):
        raise AttributeError("a tape does not change; tape.run(values) gives another")

    __delattr__ = __setattr__

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: "Node | str | int") -> Row:
        if type(key) is int and 0 <= key < len(self.rows):  # as most often
            return self.rows[key]
        return self.rows[self.find(key)]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tape) and alike(
            (self.outputs, self.rows), (other.outputs, other.rows)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        return f"<Tape of {len(self)} rows for {', '.join(self.name(i) for i in self.outputs)}>"

    @property
    def output(self) -> int:
        """The index of the first output.

        Example:
            >>> from microgradx import Tape, Value
            >>> x = Value(3.0)
            >>> Tape(x * x).output
            1
        """
        return self.outputs[0]

    def name(self, key: "Node | str | int") -> str:
        """What to call a row: its label; the number of a constant; `v7` for any other.

        A label that several rows have is followed by the index, as `h#4`.

        Raises:
            KeyError: If there is no such row.

        Example:
            >>> from microgradx import Tape, Value
            >>> tape = Tape(Value(3.0, "x") * 2.0)
            >>> [tape.name(i) for i in range(3)]
            ['x', '2', 'v2']
        """
        row = self[key]
        if row.op == "constant" and isinstance(row.value, float):
            return as_typed(row.value)
        if not row.label:
            name = f"v{row.index}"
            return f"{name}#{row.index}" if name in self._by_label else name
        name = printable(row.label)
        return name if len(self._by_label[name]) == 1 else f"{name}#{row.index}"

    def find(self, key: "Node | str | int") -> int:
        """The index of the row of a Value, a label, a name as `name` gives it, or an index.

        Raises:
            KeyError: If there is none, or several rows have the label.

        Example:
            >>> from microgradx import Tape, Value
            >>> x = Value(3.0)
            >>> tape = Tape(x * x)
            >>> tape.find(x), tape.find("x"), tape.find(0), tape.find("v1")
            (0, 0, 0, 1)
        """
        if isinstance(key, Node):
            if key in self._index:
                return self._index[key]
            if not self._index:
                raise NoSuchRow("a tape read or copied has no Values: give a label or index")
            raise NoSuchRow(f"{brief(key)} is not in the graph of {self.name(self.output)}")
        if isinstance(key, str):
            found = self._by_label.get(name := printable(key), [])
            if len(found) == 1:
                return found[0]
            if found:
                either = " or ".join(brief(self.name(i)) for i in found[:2])
                remedy = f"write {either} for one of them, or give them different labels"
                raise NoSuchRow(f"{len(found)} rows have the label {brief(key)}: {remedy}")
            place = name.rpartition("#")[2] if "#" in name else name[1:]  # as in h#4 and v7
            if place.isdecimal() and len(place) <= len(str(len(self))):
                if int(place) < len(self) and self.name(int(place)) == name:
                    return int(place)
            known = ", nor any other; give labels as in Value(2.0, 'x')"
            if self._by_label:
                known = f"; the labels are {listed([*self._by_label], KNOWN)}"
            raise NoSuchRow(f"no row has the label {brief(key)}{known}")
        if isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(self):
            return key
        raise NoSuchRow(
            f"{brief(key)} is no row: give a Value, a label, or an index below {len(self)}"
        )

    def adjoints(self, output: "Node | str | int | None" = None) -> list[float]:
        """∂output/∂row for every row, by the sweep that `Value.backward` makes; 0.0 if none.

        Where a local derivative that is needed is undefined, the number is not finite.

        Raises:
            KeyError: If there is no such row, or several rows have the label.

        Example:
            >>> from microgradx import Tape, Value
            >>> x = Value(3.0)
            >>> y = x * x
            >>> Tape(y * y).adjoints()
            [108.0, 18.0, 1.0]
        """
        start = self.output if output is None else self.find(output)
        return quiet(adjoints, self.rows[start].value)(self.rows, start)

    def run(self, values: "Mapping[Any, Any] | None" = None) -> "Tape":
        """The tape of the same graph at other values of its leaves.

        Args:
            values: A number (or a batch) by leaf; a leaf is a Value, a label or an index. Leaves
                that are not mentioned keep theirs.

        Raises:
            TypeError: If `values` are no numbers by leaf.
            KeyError: If there is no such row, or its label is not unique.
            ValueError: If it is no leaf, or has two values.
            MathError: As the forward pass does.

        Example:
            >>> from microgradx import Tape, Value
            >>> x = Value(3.0, "x")
            >>> tape = Tape(x * x).run({"x": 5.0})
            >>> tape[tape.output].value, x.data
            (25.0, 3.0)
        """
        if not isinstance(values, Mapping | None):
            raise TypeError(
                f"tape.run takes numbers by leaf, as in {{'x': 2.0}}, not {brief(values)}"
            )
        given = {}
        for key, x in (values or {}).items():
            i = self.find(key)
            if not self.rows[i].is_leaf:
                what = "a constant" if self.rows[i].op == "constant" else "computed from others"
                raise ValueError(f"{self.name(i)} is {what}: tape.run takes values of leaves")
            if i in given:
                raise ValueError(f"tape.run takes one value for {self.name(i)}, not two")
            given[i] = Value(number(x, self.name(i)), self.rows[i].label)
        nodes = self.replay(given)
        tape = Tape(*(nodes[i] for i in self.outputs), names={})
        again = tape._index
        again.update({v: again[nodes[i]] for v, i in self._index.items() if nodes[i] in again})
        return tape

    def replay(self, given: Mapping[int, Any]) -> list:
        """The graph made anew: a Value for each row, of its label, and the number for a constant.

        Args:
            given: By index of a leaf or a constant, the number or Value to take in its place.
        """
        nodes: list = []
        for row in self.rows:
            if row.operands:
                operands = [nodes[i] for i in row.operands]
                if (primitive := PRIMITIVES[row.op]).variadic:
                    operands = sequences(primitive, operands)
                v = FUNCTIONS[row.op](*operands)
                v.label = row.label
                nodes.append(v)
            elif row.op == "constant":
                nodes.append(given.get(row.index, row.value))
            else:
                x = given.get(row.index, row.value)
                nodes.append(x if isinstance(x, Value) else Value(x, row.label))
        return nodes

    def to_json(self) -> str:
        """The tape as JSON text, which `from_json` reads again.

        The schema: an object with "schema", the text `microgradx.tape/1`; "outputs", a list of
        indices; and "rows", a list of objects with "op" (text), "operands" (indices of earlier
        rows), "value" (a number), "partials" (one for each operand: a number, "undefined", or null
        for a constant's) and "label" (text).

        Raises:
            TypeError: If it is the tape of a batch.

        Example:
            >>> import json
            >>> from microgradx import Tape, Value
            >>> x = Value(3.0)
            >>> json.loads(Tape(x * x).to_json())["rows"][1]
            {'op': 'mul', 'operands': [0, 0], 'value': 9.0, 'partials': [3.0, 3.0], 'label': ''}
        """
        from microgradx.tape_json import write

        return write(self)

    @classmethod
    def from_json(cls, text: str) -> "Tape":
        """The tape that `to_json` wrote down.

        Raises:
            TypeError, ValueError: If it is no such text; the message says what is wrong, and where.

        Example:
            >>> from microgradx import Tape, Value
            >>> x = Value(3.0)
            >>> tape = Tape(x * x)
            >>> Tape.from_json(tape.to_json()) == tape
            True
        """
        from microgradx.tape_json import read

        outputs, rows = read(text)
        return cls.of_rows(outputs, tuple(Row(i, *row) for i, row in enumerate(rows)))
