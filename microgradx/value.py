"""Value: a number that remembers which primitive made it, from which operands, and how it varies
with each of them; and the reverse sweep that turns this memory into gradients.
"""

from microgradx.errors import DomainError, GradientError, RangeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from microgradx.operators import Operators
else:
    Operators = object  # the methods that the table gives to Value, see operators.py


class Value(Operators):
    """A node of a graph: a number, and the local derivatives by what it was computed from.

    With x̄ = ∂output/∂x for the adjoint of x, `output.backward()` starts at output̄ = 1, visits
    every node z = f(…, x, …) after all of its users, and adds z̄ · ∂z/∂x to x̄: one contribution
    for each path from the output to x.

    Args:
        data: A finite real number; or an array of floats, to compute a batch of points at once.
        label: The name by which errors and explanations call it.

    Attributes:
        data: The number.
        grad: ∂output/∂self after `output.backward()`; 0.0 before.
        label: The name, or "".
        op: The name of the primitive that made it, as "mul"; "leaf" if none did, or "constant" if
            it was the variable of a derivative that is done.

    Raises:
        TypeError: If `data` is no real number.
        DomainError, RangeError: If it is not finite.

    Example:
        >>> from microgradx import Value
        >>> x, y = Value(3.0, "x"), Value(2.0, "y")
        >>> z = x * x * y
        >>> z.backward()
        >>> z.data, x.grad, y.grad
        (18.0, 12.0, 9.0)

    Reference:
        A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, ch. 3.
    """

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

    def __init__(self, data, label: str = ""):
        if label.__class__ is not str:
            raise TypeError(f"a label is text, not {label!r}; as in Value(2.0, 'x')")
        plain = data.__class__ is float and data - data == 0.0
        self.data = data if plain else number(data, label)
        self.grad = 0.0
        self.label = label
        self.op = "leaf"
        self._x = self._y = None
        self._dx = self._dy = 0.0

    def __init_subclass__(cls):
        raise TypeError("Value is final: write functions of Values, or objects that hold Values")

    @property
    def operands(self) -> tuple:
        """What it was computed from, Values and constants, in order; () for a leaf.

        >>> (2.0 * Value(3.0, "x")).operands
        (2.0, Value(3.0, 'x'))
        """
        if self._x.__class__ is tuple:
            return self._x if self._y is None else self._y
        return tuple(x for x in (self._x, self._y) if x is not None)

    @property
    def parents(self) -> "tuple[Value, ...]":
        """The operands that are Values, in order; one that occurs twice stays twice."""
        return tuple(x for x, _ in edges(self))

    @property
    def partials(self) -> tuple:
        """The local derivatives ∂self/∂parent, one for each of `parents`; nan if undefined.

        >>> x = Value(3.0)
        >>> (x * x).partials
        (3.0, 3.0)
        """
        return tuple(d for _, d in edges(self))

    def backward(self) -> None:
        """Add ∂self/∂x to the `.grad` of every leaf x, and set that of every node between.

        Raises:
            GradientError: If a local derivative that is needed is infinite or undefined, or the
                gradient exceeds the floats. Then no `.grad` has changed.
        """
        # As in `topological`, but `.grad` tells which nodes were met: no set grows with the graph.
        # Whatever happens, `before` and `leaves` can undo it; they hold the grads there were.
        order, leaves, before, stack = [], [], [], []
        push, pop, v = stack.append, stack.pop, self
        try:
            while True:
                grad = v.grad
                if grad is OPEN:  # all that v uses is done
                    v.grad = DONE
                    order.append(v)
                elif grad is not DONE:
                    x = v._x
                    if x is None:
                        leaves.append((v, grad))
                        v.grad = DONE
                    else:
                        if grad.__class__ is not float or grad:
                            before.append((v, grad))
                        v.grad = OPEN
                        push(v)
                        if x.__class__ is tuple:
                            stack += [p for p in x if p.grad is not DONE]
                        else:
                            y = v._y
                            if y.__class__ is Value and y.grad is not DONE:
                                push(y)
                            if x.__class__ is Value and x.grad is not DONE:
                                v = x
                                continue
                if not stack:
                    break
                v = pop()
            self.grad = 1.0
            for v in reversed(order):
                g = v.grad
                x = v._x
                if x.__class__ is tuple:
                    for p, d in zip(x, v._dx):  # noqa: B905 - of one length by construction
                        p.grad = p.grad + g * d
                    continue
                if x.__class__ is Value:
                    x.grad = x.grad + g * v._dx
                y = v._y
                if y.__class__ is Value:
                    y.grad = y.grad + g * v._dy
            for v, grad in leaves:
                # The sum is made apart, so that two sweeps give exactly twice one.
                v.grad = total = grad + v.grad
                if not ((total.__class__ is float and total - total == 0.0) or finite(total)):
                    raise undefined(v, reversed(order), lambda v: v.grad)
        except BaseException:
            for u in (*order, *(u for u in (*stack, v) if u.grad is OPEN)):
                u.grad = 0.0
            for u, grad in before + leaves:
                u.grad = grad
            raise

    def zero_grad(self) -> None:
        """Set `.grad` to 0.0 here and at every node under it."""
        for nodes in topological(self):
            for v in nodes:
                v.grad = 0.0

    def __repr__(self):
        return f"Value({self.data!r}, {self.label!r})" if self.label else f"Value({self.data!r})"

    def __format__(self, spec):
        return format(self.data, spec) if spec else repr(self)

    def __lt__(self, other):
        return self.data < data_of(other)

    def __le__(self, other):
        return self.data <= data_of(other)

    def __gt__(self, other):
        return self.data > data_of(other)

    def __ge__(self, other):
        return self.data >= data_of(other)

    def __bool__(self):
        return bool(self.data)

    def __round__(self, digits=None):
        """The number, rounded to be shown: no node, since its derivative is 0 everywhere."""
        return round(self.data, digits)

    def __float__(self):
        raise TypeError(
            f"float({self!r}) would leave the graph and lose the gradient: use .data for the "
            "number, and functions such as microgradx.exp(x) for those of math and numpy"
        )

    __int__ = __index__ = __complex__ = __float__

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        from microgradx.arrays import apply_ufunc

        return apply_ufunc(ufunc, method, inputs, options)

    def __reduce__(self):
        """The graph as flat rows over its leaves: at any depth, and leaves keep their identity."""
        order, leaves = topological(self)
        if not order:
            return _leaf, (self.data, self.label, self.grad)
        index = {v: i for i, v in enumerate([*leaves, *order])}

        def refer(x):
            if x.__class__ is tuple:
                return tuple(map(refer, x))
            return index[x] if x.__class__ is Value else x

        rows = [
            (v.data, v.grad, v.label, v.op, refer(v._x), v._dx, refer(v._y), v._dy) for v in order
        ]
        return _graph, (leaves, rows)


def _leaf(data, label, grad):
    v = Value(data, label)
    v.grad = grad
    return v


def _graph(leaves, rows):
    nodes = list(leaves)

    def resolve(x):
        if x.__class__ is tuple:
            return tuple(map(resolve, x))
        return nodes[x] if x.__class__ is int else x

    for data, grad, label, op, x, dx, y, dy in rows:
        v = Value.__new__(Value)
        v.data, v.grad, v.label, v.op = data, grad, label, op
        v._x, v._dx, v._y, v._dy = resolve(x), dx, resolve(y), dy
        nodes.append(v)
    return nodes[-1]


# In the place of `.grad` while `backward` looks for the order. DONE is also the 0.0 that the sweep
# then starts from: an object of its own, told apart by `is`.
OPEN, DONE = "open", float("0")


def topological(*outputs: Value) -> tuple[list[Value], list[Value]]:
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
        if y.__class__ is Value:
            push(y)
        if x.__class__ is Value:
            push(x)
        elif x.__class__ is tuple:
            stack.extend(x)
    return order, leaves


def edges(v: Value) -> "Iterable[tuple[Value, float]]":
    """(parent, local derivative) for each parent of `v`, in the order of the operands."""
    if v._x.__class__ is tuple:
        return zip(v._x, v._dx, strict=True)
    return [(p, d) for p, d in ((v._x, v._dx), (v._y, v._dy)) if p.__class__ is Value]


def data_of(x):
    """The number of a Value; a plain number as it is."""
    return x.data if x.__class__ is Value else x


def finite(x) -> bool:
    """Whether a number, or every number of an array, is neither infinite nor nan."""
    while x.__class__ is Value:
        x = x.data
    if isinstance(x, (float, int)):
        return x - x == 0.0
    from microgradx.arrays import all_finite

    return all_finite(x)


def number(x, label=""):
    """`x` as a Value can hold it: a finite float, an array of them, or a Value.

    Raises:
        TypeError: If it is no real number.
        DomainError, RangeError: If it is not finite.
    """
    if x.__class__ is int:
        x = to_float(x)
    elif x.__class__ is not float:
        if x.__class__ is Value:
            return x
        if hasattr(x, "dtype") and not isinstance(x, float):
            from microgradx.arrays import batch

            return batch(x)
        if isinstance(x, (bool, complex, str)) or not hasattr(x, "__float__"):
            raise TypeError(f"a Value holds a real number, not {x!r}; as in Value(2.0, 'x')")
        x = to_float(x)
    if x - x != 0.0:
        of = f" ({label})" if label else ""
        raise DomainError(f"a Value holds a finite number, not {x!r}{of}")
    return x


def to_float(x) -> float:
    try:
        return float(x)
    except OverflowError:
        raise RangeError("a Value holds a float, and the number exceeds the largest") from None


def array_kind(x) -> str:
    """The letter of the numbers in an array, as NumPy has it ("O" for objects); "" if none."""
    return getattr(getattr(x, "dtype", None), "kind", "")


def describe(x: Value) -> str:
    """A node as errors show it: its operation on the operands' numbers, with their labels."""
    return shown(x.data, x) if x._x is None else call(x.op, x.operands)


def shown(number, x) -> str:
    """The number of an operand, and its label if it has one."""
    label = x.label if x.__class__ is Value else ""
    return f"{number!r} ({label})" if label else repr(number)


def call(op: str, operands, numbers=None) -> str:
    """An operation on operands as errors show it: `div(1.0, 0.0 (x))`."""
    numbers = [data_of(x) for x in operands] if numbers is None else numbers
    parts = [shown(n, x) for n, x in zip(numbers, operands, strict=True)]
    if len(parts) > 6:
        parts[3:-2] = [f"… {len(parts) - 5} more …"]
    return f"{op}({', '.join(parts)})"


def undefined(x: Value, sweep, adjoint, counts=lambda parent: True) -> GradientError:
    """The error for a gradient by `x` that is not finite: it names the node that spoilt it."""
    for v in sweep:
        g = adjoint(v)
        for parent, d in filter(lambda edge: counts(edge[0]), edges(v) if finite(g) else ()):
            if not finite(d):
                of = f"{describe(v)} has no finite derivative by {describe(parent)}"
                return GradientError(f"{of}, which the gradient by {describe(x)} needs")
            if not finite(g * d):
                return GradientError(f"the gradient exceeds the largest float at {describe(v)}")
    return GradientError(f"the gradient by {describe(x)} exceeds the largest float")
