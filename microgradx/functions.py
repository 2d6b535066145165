"""Functions composed from the rows of the table. None of them knows a derivative: the chain rule
over every path makes them all.

A sequence may be a list, a tuple, an iterator or an array, of Values and numbers. The result is a
Value if one of them is, and a number if none is.
"""

import math
from itertools import repeat

from microgradx.apply import FUNCTIONS
from microgradx.errors import MathError
from microgradx.graph import Recorded, array_kind, number, plain
from microgradx.messages import refuse_no_sequence
from microgradx.operators import div, dot, max, min, mul, relu, sqrt, sub, sum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def maximum(*operands: "Any") -> "Any":
    """The largest of several operands, or of one sequence, as Python's `max` takes them.

    k tied operands share the slope, 1/k each, constants included.

    Args:
        *operands: n Values or numbers, or one sequence of them, n ≥ 1.

    Returns:
        The largest.

    Raises:
        TypeError: If one of them is no real number, or a single operand is no sequence.
        ValueError: If there is none.
        DomainError: If one of them is not finite.

    Example:
        >>> from microgradx import Value, maximum
        >>> x = Value(2.0)
        >>> maximum(x, 2.0, 1.0).partials
        (0.5,)
    """
    return max(members("maximum", operands[0] if len(operands) == 1 else operands))


def minimum(*operands: "Any") -> "Any":
    """The smallest of several operands, or of one sequence, as Python's `min` takes them.

    Arguments, ties and errors are those of `maximum`.

    Example:
        >>> from microgradx import Value, minimum
        >>> minimum([Value(2.0), Value(1.0)])
        Value(1.0)
    """
    return min(members("minimum", operands[0] if len(operands) == 1 else operands))


def where(condition: "Any", x: "Any", y: "Any") -> "Any":
    """`x` where a condition holds, else `y`; only the one taken has a slope.

    Args:
        condition: `greater(a, b)` or `equal(a, b)`, which stay in the graph and are made again
            when it is run at other numbers; or a truth value, as `x > 0` is, decided once; or an
            array of these.
        x, y: The operands. Both are computed, so both must be finite.

    Returns:
        `x` or `y`; of arrays, one or the other in every place.

    Raises:
        TypeError: If an argument is no real number, truth value or array of these.
        DomainError: If an argument is not finite.

    Example:
        >>> from microgradx import Value, greater, where
        >>> x = Value(-2.0)
        >>> where(greater(x, 0.0), x, 0.1 * x)
        Value(-0.2)
    """
    if isinstance(condition, bool) or array_kind(condition) == "b":
        condition = condition * 1.0
    return FUNCTIONS["where"](condition, x, y)


def mean(xs: "Iterable[Any]") -> "Any":
    """The mean of a sequence, Σxᵢ / n.

    Args:
        xs: n Values or numbers, n ≥ 1.

    Returns:
        The mean.

    Raises:
        TypeError: If `xs` is no sequence of real numbers.
        ValueError: If it is empty.
        DomainError: If a number is not finite.
        RangeError: If the sum exceeds the floats, also where the mean would not.

    Example:
        >>> from microgradx import Value, mean
        >>> mean([Value(1.0), 4.0])
        Value(2.5)
    """
    xs = sequence("mean", xs)
    return sum(xs) / len(xs)


def prod(xs: "Iterable[Any]") -> "Any":
    """The product of a sequence, x₁ · x₂ · … from left to right; 1.0 if it is empty.

    Args:
        xs: n Values or numbers, n ≥ 0.

    Returns:
        The product.

    Raises:
        TypeError: If `xs` is no sequence of real numbers.
        DomainError: If a number is not finite.
        RangeError: If the product, or that of the first of them, exceeds the floats.

    Example:
        >>> from microgradx import Value, prod
        >>> prod([Value(2.0), 3.0, Value(4.0)])
        Value(24.0)
    """
    product = 1.0
    for x in sequence("prod", xs, least=0):
        product = mul(product, x)
    return product


def norm(xs: "Iterable[Any]") -> "Any":
    """The Euclidean length of a vector, √Σxᵢ²; 0.0 if it is empty.

    At the origin it is 0 and has no gradient: to ask for one raises GradientError. Where squares
    would overflow or underflow, the numbers are scaled first; a graph that is run again at other
    numbers, as by `Tape.run`, scales as it did. Second derivatives lose digits where one number is
    far larger than all others; those of `hypot`, of two numbers, do not.

    Args:
        xs: n Values or numbers, n ≥ 0.

    Returns:
        The length.

    Raises:
        TypeError: If `xs` is no sequence of real numbers.
        DomainError: If a number is not finite.
        RangeError: If the length exceeds the floats.

    Example:
        >>> from microgradx import Value, norm
        >>> norm([Value(3.0), Value(4.0)])
        Value(5.0)

    Reference:
        J. L. Blue, "A portable Fortran program to find the Euclidean norm of a vector", ACM Trans.
        Math. Softw. 4 (1978), which scales too.
    """
    xs = sequence("norm", xs, least=0)
    unit = unit_of([abs(plain(x)) for x in xs])
    if isinstance(unit, float) and unit == 1.0:
        return sqrt(dot(xs, xs))
    xs = [div(x, unit) for x in xs]
    return mul(sqrt(dot(xs, xs)), unit)


def unit_of(sizes: list) -> "Any":
    """In which unit the squares of numbers of such sizes stay among the floats; it cancels."""
    if not sizes or any(isinstance(size, Recorded) for size in sizes):
        return 1.0
    largest = max(sizes)
    if array_kind(largest):
        kind = largest.__array_namespace__().finfo(largest.dtype)
        return max([largest, float(kind.smallest_normal)])
    exponent = math.frexp(largest)[1]
    if abs(exponent) < 400:
        return 1.0
    return math.ldexp(1.0, exponent - 1 if exponent > -1000 else -1000)


def mse(predictions: "Iterable[Any]", targets: "Iterable[Any]") -> "Any":
    """The mean squared error, Σ(pᵢ − tᵢ)² / n.

    Args:
        predictions: n Values or numbers, n ≥ 1.
        targets: n Values or numbers.

    Returns:
        The error.

    Raises:
        TypeError: If one of them is no sequence of real numbers.
        ValueError: If the sequences are empty or differ in length.
        DomainError: If a number is not finite.
        RangeError: If a square or their sum exceeds the floats.

    Example:
        >>> from microgradx import Value, mse
        >>> mse([Value(1.0), Value(3.0)], [0.0, 1.0])
        Value(2.5)
    """
    errors = [sub(p, t) for p, t in pairs("mse", predictions, targets)]
    return dot(errors, errors) / len(errors)


def hinge(scores: "Iterable[Any]", targets: "Iterable[Any]") -> "Any":
    """The mean max-margin loss, Σ max(0, 1 − tᵢ sᵢ) / n.

    Args:
        scores: n Values or numbers, n ≥ 1.
        targets: n numbers, 1 or −1; that they are is not checked.

    Returns:
        The loss.

    Raises:
        TypeError: If one of them is no sequence of real numbers.
        ValueError: If the sequences are empty or differ in length.
        DomainError: If a number is not finite.
        RangeError: If a product or the sum exceeds the floats.

    Example:
        >>> from microgradx import Value, hinge
        >>> hinge([Value(2.0), Value(0.5)], [1, -1])
        Value(0.75)

    Reference:
        C. Cortes and V. Vapnik, "Support-vector networks", Machine Learning 20 (1995), where the
        terms are the slacks of a soft margin.
    """
    return mean([relu(1.0 - mul(t, s)) for s, t in pairs("hinge", scores, targets)])


def members(name: str, xs, least: int = 1, targets: str = "") -> tuple:
    """The members of a sequence; errors show a call, with such targets if the function has some."""
    call = f"{name}([x, y], {targets})" if targets else f"{name}([x, y])"
    try:
        found = tuple(xs)
    except TypeError:
        refuse_no_sequence(call, xs)
        raise
    if len(found) < least:
        raise ValueError(f"{name} of an empty sequence; give at least one, as in {call}")
    return found


def sequence(name: str, xs, least: int = 1, targets: str = "", which="a member") -> tuple:
    """The members of a sequence of Values and of finite real numbers; `which` errors call them."""
    found = members(name, xs, least, targets)
    try:
        return tuple(map(number, found, repeat(which)))
    except (TypeError, MathError) as error:
        if any(isinstance(x, list | tuple) or array_kind(x) == "O" for x in found):
            call = f"[{name}(row) for row in x]"
            if targets:
                call = f"[{name}(row, t) for row, t in zip(x, targets)]"
            raise TypeError(f"{name} takes no rows of a sequence: as in {call}") from None
        raise type(error)(f"{name}: {error}") from None


def pairs(name: str, xs, ys) -> list:
    """The members of two sequences of equal length, in pairs."""
    xs, ys = (sequence(name, given, targets="[1.0, -1.0]") for given in (xs, ys))
    if len(xs) != len(ys):
        raise ValueError(f"{name} takes as many targets as numbers, not {len(ys)} for {len(xs)}")
    return list(zip(xs, ys, strict=True))
