"""The structure of arguments: nested lists, tuples and dicts of numbers, and arrays of them."""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from microgradx.errors import MathError
from microgradx.graph import array_kind, number
from microgradx.trees import item

DICTS = dict, OrderedDict, Counter, defaultdict  # those of other classes are taken for plain ones


class Structure(NamedTuple):
    """What an argument looks like, without its numbers: the key under which a program is kept.

    Attributes:
        kind: The class of a container; None for a number, "array" for an array.
        keys: The keys of a dict; the shape of an array.
        parts: The structures of the members of a container.
        factory: What a defaultdict makes of a key that it lacks, or None.
    """

    kind: Any
    keys: tuple = ()
    parts: "tuple[Structure, ...]" = ()
    factory: Any = None

    @property
    def size(self) -> int:
        """How many numbers there are."""
        if self.kind == "array":
            size = 1
            for n in self.keys:
                size *= n
            return size
        return sum(part.size for part in self.parts) if self.kind else 1

    def names(self, name: str) -> list[str]:
        """What to call each number, if the whole is called `name`: `w[0][1]`, `x[0, 1]`."""
        if self.kind is None:
            return [name]
        if self.kind == "array":
            return [f"{name}[{', '.join(map(str, index))}]" for index in indices(self.keys)]
        keys = self.keys or range(len(self.parts))
        members = zip(keys, self.parts, strict=True)
        return [x for key, part in members for x in part.names(f"{name}[{key!r}]")]

    def numbers(self, x: Any) -> list:
        """The numbers of an argument of this structure, in order."""
        if self.kind is None:
            return [item(x)]
        if self.kind == "array":
            from microgradx.arrays import ordinary

            return ordinary(x).ravel().tolist()  # floats of Python
        members = x.values() if self.keys else x
        return [y for part, m in zip(self.parts, members, strict=True) for y in part.numbers(m)]

    def ordered(self, x: Any) -> Any:
        """An argument with the keys of its dicts in this order, if it has just these."""
        if self.kind in DICTS and isinstance(x, dict) and x.keys() == {*self.keys}:
            pairs = zip(self.keys, self.parts, strict=True)
            return self.dict_of([part.ordered(x[k]) for k, part in pairs])
        if self.parts and isinstance(x, list | tuple) and len(x) == len(self.parts):
            members = [part.ordered(y) for part, y in zip(self.parts, x, strict=True)]
            return getattr(x, "_make", type(x))(members)
        return x

    def fill(self, numbers: Sequence, objects: bool = False) -> Any:
        """The structure with other numbers; arrays hold them as they are, or as objects."""
        if self.kind is None:
            return numbers[0]
        if self.kind == "array":
            import numpy

            if objects:
                array = numpy.empty(len(numbers), object)
                array[:] = numbers
            else:
                array = numpy.array(numbers)
            return array.reshape(self.keys)
        return self.make([part.fill(numbers[mine], objects) for part, mine in slices(self.parts)])

    @property
    def make(self) -> Callable[[list], Any]:
        """What makes such a container of its members."""
        return self.dict_of if self.kind in DICTS else getattr(self.kind, "_make", self.kind)

    def dict_of(self, members: list) -> dict:
        found = self.kind(self.factory) if self.factory else self.kind()
        for key, x in zip(self.keys, members, strict=True):  # a Counter's update would add
            found[key] = x
        return found


NUMBER = Structure(None)


def slices(structures: Iterable[Structure]) -> Iterator[tuple[Structure, slice]]:
    """Each of some structures, and where its numbers lie among those of all."""
    at = 0
    for s in structures:
        yield s, slice(at, at := at + s.size)


def indices(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The indices of an array, in order."""
    if not shape:
        yield ()
        return
    for i in range(shape[0]):
        for rest in indices(shape[1:]):
            yield i, *rest


def is_array(x: Any) -> bool:
    """Whether it is an array of numbers or of Values; one without axes is a number."""
    return getattr(x, "shape", ()) != () and array_kind(x) in ("f", "i", "u", "O")


def dict_kind(x: dict) -> tuple[type, Any]:
    """The class of a dict, and the factory if it is a defaultdict."""
    kind = x.__class__ if x.__class__ in DICTS else dict
    return kind, x.default_factory if isinstance(x, defaultdict) else None


def structure_of(x: Any) -> Structure:
    """The structure of an argument; `numbers_in` checks that it holds numbers."""
    x = item(x)
    if isinstance(x, dict):
        kind, factory = dict_kind(x)
        return Structure(kind, tuple(x), tuple(map(structure_of, x.values())), factory)
    if isinstance(x, list | tuple):
        return Structure(type(x), (), tuple(map(structure_of, x)))
    return Structure("array", tuple(x.shape)) if is_array(x) else NUMBER


def numbers_in(x: Any, structure: Structure, name: str) -> list:
    """The numbers of an argument of some structure, as Values can hold them.

    Raises:
        TypeError, MathError: If one is no finite number; it is called by its place in the argument.
    """
    found = structure.numbers(x)
    try:
        return [*map(number, found)]
    except (TypeError, MathError):
        return [number(y, place) for y, place in zip(found, structure.names(name), strict=True)]
