"""Functions composed from the rows of the table. None of them knows a derivative: the chain rule
over every path makes them all.

A sequence may be a list, a tuple, an iterator or an array, of Values and numbers. The result is a
Value if one of them is, and a number if none is.
"""

import builtins
import math
import operator

from microgradx.apply import FUNCTIONS
from microgradx.errors import DomainError, MathError
from microgradx.operators import dot, equal, exp, log, log1p, max, min, relu, sqrt, sum
from microgradx.value import Value, array_kind, data_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def maximum(*operands) -> "Any":
    """The largest of several operands, or of one sequence, as Python's `max` takes them.

    k tied operands share the slope, 1/k each, constants included.

    Raises:
        ValueError: If the sequence is empty.

    Example:
        >>> x = Value(2.0)
        >>> maximum(x, 2.0, 1.0).partials
        (0.5,)
    """
    return max(sequence("maximum", operands[0] if len(operands) == 1 else operands))


def minimum(*operands) -> "Any":
    """The smallest of several operands, or of one sequence, as Python's `min` takes them.

    k tied operands share the slope, 1/k each, constants included.

    Raises:
        ValueError: If the sequence is empty.

    Example:
        >>> minimum([Value(2.0), Value(1.0)])
        Value(1.0)
    """
    return min(sequence("minimum", operands[0] if len(operands) == 1 else operands))


def where(condition, x, y) -> "Any":
    """`x` where a condition holds, else `y`; only the one taken has a slope.

    Args:
        condition: A truth value, such as `x > 0`; 1.0 or 0.0; or an array of them.
        x, y: The operands. Both are computed, so both must be finite.

    Example:
        >>> x = Value(-2.0)
        >>> where(x > 0, x, 0.1 * x)
        Value(-0.2)
    """
    if isinstance(condition, bool) or array_kind(condition) == "b":
        condition = condition * 1.0
    return FUNCTIONS["where"](condition, x, y)


def mean(xs: "Iterable") -> "Any":
    """The mean of a sequence, Σxᵢ / n.

    Raises:
        ValueError: If the sequence is empty.

    Example:
        >>> mean([Value(1.0), 4.0])
        Value(2.5)
    """
    xs = sequence("mean", xs)
    return sum(xs) / len(xs)


def prod(xs: "Iterable") -> "Any":
    """The product of a sequence, x₁ · x₂ · … from left to right; 1.0 if it is empty.

    Example:
        >>> prod([Value(2.0), 3.0, Value(4.0)])
        Value(24.0)
    """
    return math.prod(sequence("prod", xs, least=0), start=1.0)


def norm(xs: "Iterable") -> "Any":
    """The Euclidean length of a vector, √Σxᵢ²; 0.0 if it is empty.

    At the origin it is 0 and has no gradient: to ask for one raises GradientError.

    Example:
        >>> norm([Value(3.0), Value(4.0)])
        Value(5.0)
    """
    xs = sequence("norm", xs, least=0)
    sizes = [abs(x) for x in map(data_of, xs)]
    scale = 1.0
    if sizes and all(isinstance(size, float | int) for size in sizes):
        exponent = math.frexp(max(sizes))[1]
        # Any constant factor cancels; this power of two keeps the squares among the floats.
        scale = math.ldexp(1.0, builtins.min(-exponent, 1000)) if abs(exponent) > 400 else scale
    if scale == 1.0:
        return sqrt(dot(xs, xs))
    xs = [scale * x for x in xs]
    return sqrt(dot(xs, xs)) / scale


def softmax(z: "Iterable", shift: bool = True) -> list:
    """Probabilities from logits: oⱼ = exp zⱼ / Ω with Ω = Σₖ exp zₖ.

    Both are divided by exp m, m the largest logit, whose own term is then the literal 1: nothing
    overflows, and neither value nor gradient loses digits. The Jacobian is ∂oⱼ/∂zₖ = oⱼ(δⱼₖ − oₖ).

    Args:
        z: n logits.
        shift: False for the textbook's graph, exp zⱼ / Σ exp zₖ, which overflows beyond 709.

    Returns:
        n probabilities.

    Raises:
        ValueError: If there is no logit.
        RangeError, PoleError: Without `shift`, where exp overflows, or all of them underflow.

    Example:
        >>> [f"{o:.4f}" for o in softmax([Value(1.0), Value(2.0), Value(3.0)])]
        ['0.0900', '0.2447', '0.6652']

    Reference:
        P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and softmax
        functions", IMA J. Numer. Anal. 41 (2021); there the term of m is also set to 1.
    """
    z = sequence("softmax", z)
    if shift:
        _, _, terms, rest = shifted(z)
        return [term / (1.0 + rest) for term in terms]
    try:
        terms = [exp(x) for x in z]
        total = sum(terms)
        return [term / total for term in terms]
    except MathError as error:
        raise type(error)(f"{error}; softmax(z), without shift=False, takes any logits") from None


def log_softmax(z: "Iterable") -> list:
    """The logarithms of softmax, zⱼ − m − log(Ω/exp m), right also where oⱼ underflows.

    Args:
        z: n logits.

    Returns:
        n logarithms of probabilities.

    Raises:
        ValueError: If there is no logit.

    Example:
        >>> [f"{x:.4f}" for x in log_softmax([Value(0.0), Value(1000.0)])]
        ['-1000.0000', '-0.0000']
    """
    return [-x for x in surprisals(sequence("log_softmax", z))]


def logsumexp(z: "Iterable") -> "Any":
    """log Σ exp zₖ = m + log(Ω/exp m), with m the largest of z; its gradient is softmax(z).

    Raises:
        ValueError: If there is no logit.

    Example:
        >>> logsumexp([Value(1000.0), 1000.0])
        Value(1000.6931471805599)
    """
    _, m, _, rest = shifted(sequence("logsumexp", z))
    return m + log1p(rest)


def cross_entropy(o: "Iterable", t) -> "Any":
    """The cross-entropy of probabilities against targets, E = −Σⱼ tⱼ log oⱼ.

    Args:
        o: n probabilities, as `softmax` gives them.
        t: n targets, numbers ≥ 0 or Values, which need not sum to 1; or the index of a class.
            A term whose target is exactly 0 is left out: 0 · log 0 = 0.

    Raises:
        ValueError: If `o` is empty or `t` does not fit it.
        PoleError: If a probability that counts is 0; `softmax_cross_entropy` takes the logits.

    Example:
        >>> cross_entropy([Value(0.5), Value(0.25), Value(0.25)], [1, 0, 0])
        Value(0.6931471805599453)
    """
    o = sequence("cross_entropy", o)
    t = targets("cross_entropy", t, len(o))
    counted = [i for i, x in enumerate(t) if counts(x)]
    if not counted:
        return 0.0 * sum(o)
    return -dot([t[i] for i in counted], [log(o[i]) for i in counted])


def softmax_cross_entropy(z: "Iterable", t) -> "Any":
    """The cross-entropy of logits against targets, −Σⱼ tⱼ log softmax(z)ⱼ.

    Its gradient is ∂E/∂zₖ = oₖτ − tₖ with τ = Σⱼ tⱼ; finite for any logits.

    Args:
        z: n logits.
        t: n targets, numbers ≥ 0 or Values, which need not sum to 1; or the index of a class.

    Raises:
        ValueError: If `z` is empty or `t` does not fit it.

    Example:
        >>> z = [Value(2.0), Value(0.0)]
        >>> softmax_cross_entropy(z, 0).backward()
        >>> f"{z[0].grad:.4f} {z[1].grad:.4f}"
        '-0.1192 0.1192'
    """
    z = sequence("softmax_cross_entropy", z)
    t = targets("softmax_cross_entropy", t, len(z))
    losses = surprisals(z, [counts(x) for x in t])
    counted = [i for i, loss in enumerate(losses) if loss is not None]
    return dot([t[i] for i in counted], [losses[i] for i in counted])


def mse(predictions: "Iterable", targets: "Iterable") -> "Any":
    """The mean squared error, Σ(pᵢ − tᵢ)² / n.

    Raises:
        ValueError: If the sequences are empty or differ in length.

    Example:
        >>> mse([Value(1.0), Value(3.0)], [0.0, 1.0])
        Value(2.5)
    """
    errors = [p - t for p, t in pairs("mse", predictions, targets)]
    return dot(errors, errors) / len(errors)


def hinge(scores: "Iterable", targets: "Iterable") -> "Any":
    """The mean max-margin loss, Σ max(0, 1 − tᵢ sᵢ) / n.

    Args:
        scores: n scores.
        targets: n numbers, 1 or −1.

    Raises:
        ValueError: If the sequences are empty or differ in length.

    Example:
        >>> hinge([Value(2.0), Value(0.5)], [1, -1])
        Value(0.75)
    """
    return mean([relu(1.0 - t * s) for s, t in pairs("hinge", scores, targets)])


def shifted(z: tuple) -> tuple:
    """(k, m, terms exp(zᵢ − m), their sum without the k-th), where m = zₖ is the largest logit.

    The k-th term is the literal 1.0, and m the node itself: so 1 − o and log Ω cancel neither in
    value nor in gradient, at any order. k is None where there is none to single out.
    """
    if len(z) == 1:
        return None, z[0], [exp(z[0] - z[0])], 0.0
    if all(isinstance(data_of(x), float | int) for x in z):
        k = builtins.max(range(len(z)), key=lambda i: data_of(z[i]))
        rest = [shifted_exp(x, z[k]) for i, x in enumerate(z) if i != k]
        return k, z[k], [*rest[:k], 1.0, *rest[k:]], sum(rest)
    # In a batch the largest differs from row to row: the same, by masks in place of an index.
    largest = max([data_of(x) for x in z])
    masks, free = [], 1.0
    for x in z:
        masks.append(free * equal(data_of(x), largest))
        free = free - masks[-1]
    m = dot(masks, z)
    rest = [
        where(mask, 0.0, exp(max([x, m - 800.0]) - m)) for mask, x in zip(masks, z, strict=True)
    ]
    return None, m, [mask + term for mask, term in zip(masks, rest, strict=True)], sum(rest)


def shifted_exp(x, m):
    """exp(x − m), and 0 where even the difference exceeds the floats."""
    return 0.0 if data_of(x) - data_of(m) == -math.inf else exp(x - m)


def surprisals(z: tuple, wanted=None) -> list:
    """−log softmax(z): log(Ω/exp m) + (m − zⱼ), the second for j ≠ k; None where not wanted."""
    k, m, _, rest = shifted(z)
    log_sum = log1p(rest)
    wanted = wanted or [True] * len(z)
    if not any(wanted):
        wanted[k or 0] = True
    return [
        None if not wants else log_sum if i == k else (m - x) + log_sum
        for i, (x, wants) in enumerate(zip(z, wanted, strict=True))
    ]


def sequence(name: str, xs, least: int = 1) -> tuple:
    """The members of a sequence, or an error that shows the call."""
    try:
        xs = tuple(xs)
    except TypeError:
        raise TypeError(f"{name} takes a sequence, not {xs!r}; as in {name}([x, y])") from None
    if len(xs) < least:
        raise ValueError(
            f"{name} of an empty sequence; it takes at least one, as in {name}([x, y])"
        )
    return xs


def pairs(name: str, xs, ys) -> list:
    """The members of two sequences of equal length, in pairs."""
    xs, ys = sequence(name, xs), sequence(name, ys)
    if len(xs) != len(ys):
        raise ValueError(f"{name} takes as many targets as numbers, not {len(ys)} for {len(xs)}")
    return list(zip(xs, ys, strict=True))


def targets(name: str, t, n: int) -> tuple:
    """The targets for n classes: given one by one, or by the index of the class that has all."""
    if hasattr(t, "__iter__"):
        t = tuple(t)
        if len(t) != n:
            raise ValueError(f"{name} takes one target for each of {n} classes, not {len(t)}")
        for x in t:
            if isinstance(data_of(x), float | int) and data_of(x) < 0.0:
                raise DomainError(f"{name}: targets are not negative, as {x!r} is")
        return t
    if isinstance(t, bool | Value | float):
        raise TypeError(f"{name} takes {n} targets or the index of a class, not {t!r}")
    k = operator.index(t)
    if not 0 <= k < n:
        raise ValueError(f"{name}: class {k} of {n}; the classes are 0 to {n - 1}")
    return tuple(1.0 if i == k else 0.0 for i in range(n))


def counts(target) -> bool:
    """Whether a target is other than the number 0: the term of a 0 is left out."""
    return not (isinstance(target, float | int) and target == 0.0)
