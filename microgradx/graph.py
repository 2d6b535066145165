"""The graph: a node with its operands and local derivatives, its order, and what it can hold."""

from math import isfinite, nan

from microgradx.errors import DomainError, RangeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


BRIEF = 200  # characters of what an error shows
ZERO = 0.0  # the `.grad` of a node that no sweep has met


class Node:
    """What a Value remembers."""

    # One or two operands lie in _x and _y with their local derivatives in _dx and _dy: half the
    # time and two thirds of the memory of tuples. Nodes with more have the tuple of their parents
    # in _x, of the derivatives in _dx, and in _y all operands if some are constants.
    __slots__ = ("_dx", "_dy", "_x", "_y", "data", "grad", "label", "op")
    if TYPE_CHECKING:
        data: Any
        grad: Any
        label: str
        op: str
        _x: Any
        _y: Any
        _dx: Any
        _dy: Any

    @property
    def operands(self) -> "tuple[Any, ...]":
        """What it was computed from, Values and constants, in order; () for a leaf.

        >>> from microgradx import Value
        >>> (2.0 * Value(3.0, "x")).operands
        (2.0, Value(3.0, 'x'))
        """
        if self._x.__class__ is tuple:
            return self._x if self._y is None else self._y
        return tuple(x for x in (self._x, self._y) if x is not None)

    @property
    def parents(self) -> "tuple[Any, ...]":
        """The operands that are Values, in order; one that occurs twice stays twice.

        >>> from microgradx import Value
        >>> x = Value(3.0, "x")
        >>> (2.0 * x).parents, (x * x).parents
        ((Value(3.0, 'x'),), (Value(3.0, 'x'), Value(3.0, 'x')))
        """
        return tuple(x for x, _ in edges(self))

    @property
    def partials(self) -> "tuple[Any, ...]":
        """The local derivatives ∂self/∂parent, one for each of `parents`; nan if undefined.

        >>> from microgradx import Value
        >>> x = Value(3.0)
        >>> (x * x).partials
        (3.0, 3.0)
        """
        return tuple(finite_or_nan(d) for _, d in edges(self))

    def zero_grad(self) -> None:
        """Set `.grad` to 0.0 here and at every node under it.

        >>> from microgradx import Value
        >>> x = Value(3.0)
        >>> z = x * x
        >>> z.backward()
        >>> z.zero_grad()
        >>> x.grad
        0.0
        """
        for nodes in topological(self):
            for v in nodes:
                v.grad = ZERO

    def __reduce__(self):
        """The graph as flat rows over its leaves: at any depth, and leaves keep their identity.

        Other nodes do not: of two outputs that are pickled or copied together, each has its own.
        """
        order, leaves = topological(self)
        if not order:
            return _node, (self.__class__, self.data, self.grad, self.label, self.op)
        index = {v: i for i, v in enumerate([*leaves, *order])}

        def refer(x):
            if x.__class__ is tuple:
                return tuple(map(refer, x))
            return index[x] if isinstance(x, Node) else x

        rows = [
            (v.data, v.grad, v.label, v.op, refer(v._x), v._dx, refer(v._y), v._dy) for v in order
        ]
        return _graph, (self.__class__, leaves, rows)


class Recorded:
    """The base of what stands for a number while a program is written; see `compiler`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def decided(self) -> bool:
            """The truth value of a comparison, which the program is then held to."""
            ...

        def look_at(self) -> None:
            """See to it that the program is held to a finite number here."""
            ...


def _node(cls, data, grad, label, op, x=None, dx=0.0, y=None, dy=0.0):
    """A node as it was: what is in it was checked when it was made, or put there by hand."""
    v = cls.__new__(cls)
    v.data, v.grad, v.label, v.op = data, grad, label, op
    v._x, v._dx, v._y, v._dy = x, dx, y, dy
    return v


def _graph(cls, leaves, rows):
    nodes = list(leaves)

    def resolve(x):
        if x.__class__ is tuple:
            return tuple(map(resolve, x))
        return nodes[x] if x.__class__ is int else x

    for data, grad, label, op, x, dx, y, dy in rows:
        nodes.append(_node(cls, data, grad, label, op, resolve(x), dx, resolve(y), dy))
    return nodes[-1]


def topological(*outputs: Node) -> tuple[list[Node], list[Node]]:
    """The nodes under some outputs, each after all that it uses; and apart, the leaves.

    The order follows the operands and nothing else, so that sums come out alike in every run; a
    stack in place of recursion serves graphs of any depth.
    """
    order, leaves, seen = [], [], set()
    stack: list = list(outputs)
    push, pop = stack.append, stack.pop
    while stack:
        v = pop()
        if v is None:
            order.append(pop())
            continue
        if v in seen:
            continue
        seen.add(v)
        x, y = v._x, v._y
        if x is None:
            leaves.append(v)
            continue
        push(v)
        push(None)  # everything pushed after this mark is used by v
        if isinstance(y, Node):
            push(y)
        if isinstance(x, Node):
            push(x)
        elif x.__class__ is tuple:
            stack += x[::-1]
    return order, leaves


def edges(v: Node) -> "Iterable[tuple[Node, float]]":
    """(parent, local derivative) for each parent of `v`, in the order of the operands."""
    if v._x.__class__ is tuple:
        return zip(v._x, v._dx, strict=True)
    return [(p, d) for p, d in ((v._x, v._dx), (v._y, v._dy)) if isinstance(p, Node)]


def finite_or_nan(d) -> "Any":
    """A local derivative as it is shown: nan, always the same one, where there is no number."""
    if isinstance(d, float | complex):
        return d if finite(d) else nan
    if not array_kind(d):
        return d
    xp = d.__array_namespace__()
    return xp.where(xp.isfinite(d), d, nan)


def data_of(x):
    """The number of a Value; a plain number as it is."""
    return x.data if isinstance(x, Node) else x


def plain(x):
    """A number that is no Value: the innermost, where Values hold Values."""
    while isinstance(x, Node):
        x = x.data
    return x


def decided(x):
    """The truth value of a comparison of numbers, or of those that a program is written for."""
    return x.decided() if isinstance(x, Recorded) else x


def finite(x) -> bool:
    """Whether a number, or every number of an array, is neither infinite nor nan."""
    x = plain(x)
    if isinstance(x, (float, int)):
        return x - x == 0.0
    if isinstance(x, complex):  # a local derivative by a formula that has no real result
        return False
    if isinstance(x, Recorded):
        x.look_at()
        return True
    if not array_kind(x):  # as a Fraction, which `.data` was set to
        return isfinite(x)
    from microgradx.arrays import all_finite

    return all_finite(x)


def quiet(function, *numbers):
    """A function as it is, or without the warnings of NumPy if one of the numbers is an array: the
    caller looks for what is not finite."""
    if not any(array_kind(plain(x)) for x in numbers):
        return function
    from microgradx.arrays import unwarned

    return unwarned(function)


def filled(x, c: float):
    """A number of the kind of another: if that is a batch, the same one for all of its points."""
    x = plain(x)
    if isinstance(x, float) or not array_kind(x):
        return c
    return x.__array_namespace__().full_like(x, c)


def number(x, name=""):
    """`x` as a Value can hold it: a finite float, an array of them, or a Value.

    Raises:
        TypeError: If it is no real number; errors call it by its name, if that is given.
        DomainError, RangeError: If it is not finite.
    """
    if x.__class__ is int:
        x = to_float(x, name)
    elif x.__class__ is not float:
        if isinstance(x, (Node, Recorded)):
            return x
        if hasattr(x, "dtype") and not isinstance(x, float):
            from microgradx.arrays import batch

            return batch(x, name)
        if isinstance(x, (bool, complex, str)) or not hasattr(x, "__float__"):
            remedy = "" if name else "; as in Value(2.0, 'x')"
            raise TypeError(f"{has_to_be(name)} a real number, not {brief(x)}{remedy}")
        x = to_float(x, name)
    if x - x != 0.0:
        raise not_finite(x, name)
    return x


def has_to_be(name: str) -> str:
    """How an error begins that says what a number of some name, or of a Value, has to be."""
    return f"{name} is" if name else "a Value holds"


def not_finite(x, name: str) -> DomainError:
    return DomainError(f"{has_to_be(name)} a finite number, not {brief(x)}")


def brief(x) -> str:
    """What was given, as errors show it; `reprlib` would cut numbers, and what is short, too."""
    try:
        text = repr(x)
    except (RecursionError, ValueError):  # nested too deep, or a whole number of too many digits
        text = object.__repr__(x)
    return text if len(text) <= BRIEF else f"{text[:BRIEF]}…"


def to_float(x, name: str) -> float:
    try:
        z = float(x)
        if z - z == 0.0 or z != z or z == x:
            return z
    except OverflowError:
        pass
    except ValueError:  # as of a Decimal that is a signalling nan
        raise not_finite(x, name) from None
    what = f"a whole number of {x.bit_length()} bits" if x.__class__ is int else "the number"
    raise RangeError(f"{has_to_be(name)} a float, and {what} exceeds the largest")


def array_kind(x) -> str:
    """The letter of the numbers in an array, as NumPy has it ("O" for objects); "" if none."""
    return getattr(getattr(x, "dtype", None), "kind", "")
