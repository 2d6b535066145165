"""Value: a number that remembers which primitive made it, from which operands, and how it varies
with each of them; and the reverse sweep that turns this memory into gradients.
"""

from itertools import chain

from microgradx.errors import GradientError
from microgradx.graph import (
    ZERO,
    Node,
    Recorded,
    brief,
    data_of,
    decided,
    filled,
    finite,
    number,
    plain,
    quiet,
    topological,
)
from microgradx.messages import describe, undefined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from microgradx.operators import Operators
else:
    Operators = object  # the methods that the table gives to Value, see operators.py


# In the place of `.grad` while `backward` looks for the order. DONE is also the 0.0 that the sweep
# then starts from; it is an object of its own, as ZERO is: to tell them by `is` is fastest.
OPEN, DONE = "open", float("0")
# The `.op` of what nobody differentiates by; a GIVEN one stands for a plain number, in a program.
FIXED = CONSTANT, GIVEN = "constant", "given"


class Checked(type):
    """What Value is made of: to call it checks what is given, and `new` makes a node without.

    Nodes are many, and an `__init__` could only be evaded in twice the time.
    """

    def __call__(cls, data: "Any", label: str = ""):
        if label.__class__ is not str:
            if not isinstance(label, str):
                raise TypeError(f"a label is text, not {brief(label)}; as in Value(2.0, 'x')")
            label = str(label)  # of NumPy's
        v = new()
        v.data = data if data.__class__ is float and data - data == 0.0 else number(data, label)
        v.grad, v.label, v.op = ZERO, label, "leaf"
        v._x, v._dx, v._y, v._dy = None, 0.0, None, 0.0
        return v


class Value(Node, Operators, metaclass=Checked):
    """A node of a graph: a number, and the local derivatives by what it was computed from.

    With x̄ = ∂output/∂x for the adjoint of x, `output.backward()` starts at output̄ = 1, visits
    every node z = f(…, x, …) after all of its users, and adds z̄ · ∂z/∂x to x̄: one contribution
    for each path from the output to x.

    Args:
        data: A finite real number; or an array of floats, to compute a batch of points at once. It
            is no copy, and graphs remember it: give `.data` another array rather than change it.
        label: The name by which errors and explanations call it.

    Attributes:
        data: The number.
        grad: ∂output/∂self after `output.backward()`; 0.0 before.
        label: The name, or "".
        op: The name of the primitive that made it, as "mul"; "leaf" if none did, "constant" if it
            was the variable of a derivative that is done, or is a derivative that never varies, or
            "given" if it is an argument of a program that is not differentiated by.
        operands: What it was computed from, Values and numbers, in order; () for a leaf.
        parents: The operands that are Values; one that occurs twice stays twice.
        partials: The local derivatives ∂self/∂parent, one for each of `parents`.

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

    __slots__ = ()

    def __init_subclass__(cls):
        raise TypeError("Value is final: write functions of Values, or objects that hold Values")

    def backward(self) -> None:
        """Add ∂self/∂x to the `.grad` of every leaf x, and set that of every node between.

        In a batch, gradients keep the batch axis: they are never added up over it. Threads that
        share nodes must take turns, or use `gradient`, which writes no `.grad`.

        Raises:
            GradientError: If a local derivative that is needed is infinite or undefined, or the
                gradient exceeds the floats. Then no `.grad` has changed.
            TypeError: If the `.grad` of a leaf is None.

        Example:
            >>> from microgradx import Value
            >>> x = Value(3.0)
            >>> (x * x).backward()
            >>> (x + x).backward()
            >>> x.grad  # 2x, and 2 more
            8.0
        """
        # Whatever happens, `before` and `leaves` can undo it; they hold the grads there were. The
        # loops are in functions, since Python 3.12 lets an interrupt at a jump out of a `try`.
        leaves, before, order = [], [], None
        try:
            order = ordered(self, leaves, before)
            (sweep if self.data.__class__ is float else quiet(sweep, self))(self, order, leaves)
        except BaseException as error:
            for u in chain(*topological(self)):
                if order is not None or u.grad is OPEN or u.grad is DONE:
                    u.grad = ZERO
            for u, grad in before + leaves:
                u.grad = grad
            for u, grad in leaves if isinstance(error, TypeError | GradientError) else ():
                if grad is None or (isinstance(grad, float) and not finite(grad)):
                    raise type(error)(
                        f"the .grad of {describe(u)} is {grad}; gradients are added to what is "
                        "there, so set it to 0.0, or call zero_grad()"
                    ) from None
            raise

    def __repr__(self):
        return f"Value({self.data!r}, {self.label!r})" if self.label else f"Value({self.data!r})"

    def __format__(self, spec):
        return format(self._number(), spec) if spec else repr(self)

    def __eq__(self, other):
        """Identity, so that Values can be keys; what a program is given equals its number, as the
        plain number that it stands for does."""
        theirs = other.data if isinstance(other, Node) and other.op == GIVEN else other
        no_number = isinstance(theirs, Node) or not hasattr(theirs, "__float__")
        if self.op != GIVEN or no_number or getattr(theirs, "shape", ()):
            return NotImplemented
        return bool(decided(self.data == theirs))

    __hash__ = object.__hash__

    def __lt__(self, other):
        return decided(self.data < data_of(other))

    def __le__(self, other):
        return decided(self.data <= data_of(other))

    def __gt__(self, other):
        return decided(self.data > data_of(other))

    def __ge__(self, other):
        return decided(self.data >= data_of(other))

    def __bool__(self):
        if getattr(plain(self), "shape", ()):
            raise TypeError(
                "a batch has no one truth value: use microgradx.where(microgradx.greater(x, 0.0), "
                "y, z) in the place of a branch"
            )
        return bool(decided(self.data != 0.0))

    def __round__(self, digits=None):
        """The number, rounded to be shown: no node, since its derivative is 0 everywhere."""
        return round(self._number(), digits)

    def _number(self):
        """What it holds, to be shown: no batch."""
        if getattr(self.data, "shape", ()):
            raise TypeError(
                "a batch is many numbers: format and round them one by one, as in "
                "[round(x, 2) for x in b.data.tolist()]"
            )
        return self.data

    def __pos__(self):
        return self

    if not TYPE_CHECKING:  # a checker is to refuse what these refuse

        def __float__(self):
            if isinstance(self.data, Recorded):  # which says that there is no number
                return float(self.data)
            raise TypeError(
                f"{brief(self)} as a plain number would leave the graph and lose the gradient: use "
                ".data for the number, and functions such as microgradx.exp(x) for those of math "
                "and numpy"
            )

        __int__ = __index__ = __complex__ = __float__

    def __matmul__(self, other):
        from microgradx.arrays import about_vectors

        raise TypeError(
            "@ takes arrays of Values, and no Value: write x * y, or dot(xs, ys) for a sum of "
            f"products{about_vectors(self, other)}"
        )

    __rmatmul__ = __matmul__

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        from microgradx.ufuncs import apply_ufunc

        return apply_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function, types, arguments, options):
        from microgradx.ufuncs import apply_function

        return apply_function(function, arguments, options)

    def conjugate(self):  # NumPy asks for it, as in var
        return self


new = type.__call__.__get__(Value)  # a node whose slots are still empty
Checked.__call__.__qualname__ = "Value"  # in what Python says of missing arguments


def ordered(v, leaves: list, before: list) -> list:
    """The nodes under `v` that have operands, each after all that it uses; every `.grad` is DONE.

    As `topological`, but `.grad` tells which nodes were met: no set grows with the graph. The
    grads that there were are added to `leaves`, and to `before` those of other nodes, if not ZERO.
    """
    order, stack = [], [None]
    pop = stack.pop
    while v is not None:
        grad = v.grad
        if grad is OPEN:  # all that v uses is done
            v.grad = DONE
            order.append(v)
        elif grad is not DONE:
            x, y = v._x, v._y
            if x is None:
                leaves.append((v, grad))
                v.grad = DONE
            else:
                if grad is not ZERO:
                    before.append((v, grad))
                kind = x.__class__
                if kind is tuple:
                    v.grad = OPEN
                    stack.append(v)
                    stack += [p for p in x if p.grad is not DONE][::-1]
                else:
                    x_waits = kind is Value and x.grad is not DONE
                    y_waits = y.__class__ is Value and y.grad is not DONE
                    if x_waits or y_waits:
                        v.grad = OPEN
                        stack.append(v)
                        if x_waits and y_waits:
                            stack.append(y)
                        v = x if x_waits else y
                        continue
                    v.grad = DONE
                    order.append(v)
        v = pop()
    return order


def sweep(output, order: list, leaves: list) -> None:
    """Set output̄ to 1, and add z̄ · ∂z/∂x to x̄ for the operands x of every node z of `order`."""
    output.grad = 1.0 if output.data.__class__ is float else filled(output, 1.0)
    for v in reversed(order):
        g = v.grad
        x = v._x
        kind = x.__class__
        if kind is Value:
            x.grad = x.grad + g * v._dx
        elif kind is tuple:
            dx = v._dx
            if g.__class__ is float and g == 0.0 and finite(sum(dx)):
                continue  # what is added is 0 and not 0·∞
            for p, d in zip(x, dx):  # noqa: B905 - of one length by construction
                p.grad = p.grad + g * d
            continue
        y = v._y
        if y.__class__ is Value:
            y.grad = y.grad + g * v._dy
    for v, grad in leaves:
        # The sum is made apart, so that two sweeps give exactly twice one.
        v.grad = total = grad + v.grad
        if not ((total.__class__ is float and total - total == 0.0) or finite(total)):
            raise undefined(v, reversed(order), lambda v: v.grad)
