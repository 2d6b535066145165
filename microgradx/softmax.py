"""Softmax and cross-entropy, composed from exp, log and sums, so that every path can be seen.

They are accurate at any size. Source: P. Blanchard, D. J. Higham and N. J. Higham, "Accurately
computing the log-sum-exp and softmax functions", IMA J. Numer. Anal. 41 (2021), whose largest term
is the literal 1 too; here it stays one in the gradient, for the shift is a node and no constant.
"""

import builtins
import math

from microgradx.errors import DomainError, MathError
from microgradx.functions import sequence, where
from microgradx.graph import Node, Recorded, array_kind, brief, data_of, decided, number, plain
from microgradx.operators import add, div, dot, equal, exp, log, log1p, max, sub, sum
from microgradx.value import FIXED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


CLASSES = "[1.0, 0.0]"  # the targets in calls that errors show


def softmax(z: "Iterable[Any]", shift: bool = True) -> "list[Any]":
    """Probabilities from logits: oⱼ = exp zⱼ / Ω with Ω = Σₖ exp zₖ.

    Both are divided by exp m, m the largest logit, whose own term is then the literal 1: nothing
    overflows, and neither value nor gradient loses digits. The Jacobian is ∂oⱼ/∂zₖ = oⱼ(δⱼₖ − oₖ).
    A graph that is run again at other numbers, as by `Tape.run`, keeps its m.

    Args:
        z: n logits; of an array the first axis.
        shift: False for the textbook's graph, exp zⱼ / Σ exp zₖ, which overflows beyond 709.

    Returns:
        n probabilities.

    Raises:
        TypeError: If `z` is no sequence of real numbers, or `shift` no truth value.
        ValueError: If there is no logit.
        DomainError: If a logit is not finite.
        RangeError, PoleError: Without `shift`, where exp overflows, or all of them underflow.

    Example:
        >>> from microgradx import Value, softmax
        >>> [f"{o:.4f}" for o in softmax([Value(1.0), Value(2.0), Value(3.0)])]
        ['0.0900', '0.2447', '0.6652']

    Reference:
        P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and
        softmax functions", IMA J. Numer. Anal. 41 (2021).
    """
    if not isinstance(shift, bool):
        raise TypeError(
            "softmax takes one sequence, as in softmax([x, y]); and shift, which is True or False, "
            f"not {brief(shift)}"
        )
    z = sequence("softmax", z)
    if shift:
        _, _, terms, rest = shifted(z)
        return [term / (1.0 + rest) for term in terms]
    try:
        terms = [exp(x) for x in z]
        total = sum(terms)
        return [div(term, total) for term in terms]
    except MathError as error:
        raise type(error)(f"{error}; softmax(z), without shift=False, takes any logits") from None


def log_softmax(z: "Iterable[Any]") -> "list[Any]":
    """The logarithms of softmax, zⱼ − m − log(Ω/exp m), right also where oⱼ underflows.

    Args:
        z: n logits; of an array the first axis.

    Returns:
        n logarithms of probabilities.

    Raises:
        TypeError: If `z` is no sequence of real numbers.
        ValueError: If there is no logit.
        DomainError: If a logit is not finite.
        RangeError: If the difference of two logits exceeds the floats.

    Example:
        >>> from microgradx import Value, log_softmax
        >>> [f"{x:.4f}" for x in log_softmax([Value(0.0), Value(1000.0)])]
        ['-1000.0000', '-0.0000']

    Reference:
        That of `softmax`.
    """
    return log_probabilities(sequence("log_softmax", z))


def logsumexp(z: "Iterable[Any]") -> "Any":
    """log Σ exp zₖ = m + log(Ω/exp m), with m the largest of z; its gradient is softmax(z).

    Args:
        z: n logits; of an array the first axis.

    Returns:
        One number.

    Raises:
        TypeError: If `z` is no sequence of real numbers.
        ValueError: If there is no logit.
        DomainError: If a logit is not finite.

    Example:
        >>> from microgradx import Value, logsumexp
        >>> logsumexp([Value(1000.0), 1000.0])
        Value(1000.6931471805599)

    Reference:
        That of `softmax`.
    """
    _, m, _, rest = shifted(sequence("logsumexp", z))
    return add(m, log1p(rest))


def cross_entropy(o: "Iterable[Any]", t: "Any") -> "Any":
    """The cross-entropy of probabilities against targets, E = −Σⱼ tⱼ log oⱼ.

    Args:
        o: n probabilities, as `softmax` gives them.
        t: n targets, numbers ≥ 0 or Values, which need not sum to 1; or the index of a class, which
            may be an argument of a compiled program. A term whose target is the number 0 is left
            out: 0 · log 0 = 0.

    Returns:
        One number.

    Raises:
        TypeError: If `o` is no sequence of real numbers, or `t` neither that nor a whole number.
        ValueError: If `o` is empty or `t` does not fit it.
        DomainError: If a target, or a probability that counts, is negative or not finite.
        PoleError: If a probability that counts is 0; `softmax_cross_entropy` takes the logits.

    Example:
        >>> from microgradx import Value, cross_entropy
        >>> cross_entropy([Value(0.5), Value(0.25), Value(0.25)], [1, 0, 0])
        Value(0.6931471805599453)
    """
    o = sequence("cross_entropy", o, targets=CLASSES)
    t = targets("cross_entropy", t, len(o))
    counted = [i for i, x in enumerate(t) if counts(x)]
    if not counted:
        return 0.0 * sum(o)
    logs = [log(where(equal(t[i], 0.0), 1.0, o[i]) if array_kind(t[i]) else o[i]) for i in counted]
    loss = -dot([t[i] for i in counted], logs)
    left_out: list[Any] = [] if isinstance(loss, Node) else [x for x in o if isinstance(x, Node)]
    return 0.0 * left_out[0] + loss if left_out else loss  # a Value all the same


def softmax_cross_entropy(z: "Iterable[Any]", t: "Any") -> "Any":
    """The cross-entropy of logits against targets, −Σⱼ tⱼ log softmax(z)ⱼ.

    Its gradient is ∂E/∂zₖ = oₖτ − tₖ with τ = Σⱼ tⱼ; finite if the differences of logits are.

    Args:
        z: n logits.
        t: n targets, numbers ≥ 0 or Values, which need not sum to 1; or the index of a class, which
            may be an argument of a compiled program.

    Returns:
        One number.

    Raises:
        TypeError: If `z` is no sequence of real numbers, or `t` neither that nor a whole number.
        ValueError: If `z` is empty or `t` does not fit it.
        DomainError: If a logit is not finite, or a target negative or not finite.
        RangeError: If the difference of two logits, or the loss, exceeds the floats.

    Example:
        >>> from microgradx import Value, softmax_cross_entropy
        >>> z = [Value(2.0), Value(0.0)]
        >>> softmax_cross_entropy(z, 0).backward()
        >>> f"{z[0].grad:.4f} {z[1].grad:.4f}"
        '-0.1192 0.1192'

    Reference:
        That of `softmax`.
    """
    z = sequence("softmax_cross_entropy", z, targets=CLASSES)
    t = targets("softmax_cross_entropy", t, len(z))
    logs = log_probabilities(z, [counts(x) for x in t])
    counted = [i for i, x in enumerate(logs) if x is not None]
    return -dot([t[i] for i in counted], [logs[i] for i in counted])


def shifted(z: tuple) -> tuple:
    """(k, m, terms exp(zᵢ − m), their sum without the k-th), where m = zₖ is the largest logit.

    The k-th term is the literal 1.0, and m the node itself: so 1 − o and log Ω cancel neither in
    value nor in gradient, at any order. k is None of a single logit, and of batches a list of
    masks, 1.0 for the largest.
    """
    if len(z) == 1:
        return None, z[0], [exp(z[0] - z[0])], 0.0
    # `.data` may have been given numbers of other kinds.
    given: list = [x if x.__class__ is float else number(x) for x in map(data_of, z)]
    if all(x.__class__ is float for x in given):
        k = builtins.max(range(len(z)), key=given.__getitem__)
        # 0 where even the difference exceeds the floats.
        rest = [
            x - x if given[k] - given[i] == math.inf > given[k] else exp(x - z[k])
            for i, x in enumerate(z)
            if i != k
        ]
        return k, z[k], [*rest[:k], 1.0, *rest[k:]], sum(rest)
    # In a batch the largest differs from row to row: the same, by masks in place of an index.
    largest = max([data_of(x) for x in z])
    masks, free = [], 1.0
    for x in z:
        masks.append(free * equal(data_of(x), largest))
        free = free - masks[-1]
    m = dot(masks, z)
    # Halves never overflow, and where exp underflows the difference does not matter.
    gaps = [2.0 * max([0.5 * x - 0.5 * m, -400.0]) for x in z]
    rest = [where(mask, 0.0, exp(gap)) for mask, gap in zip(masks, gaps, strict=True)]
    return masks, m, [mask + term for mask, term in zip(masks, rest, strict=True)], sum(rest)


def log_probabilities(z: tuple, wanted=None) -> list:
    """log softmax(z): (zⱼ − m) − log(Ω/exp m), the first for j ≠ k; None where not wanted."""
    k, m, _, rest = shifted(z)
    masks = k if isinstance(k, list) else [i == k for i in range(len(z))]
    log_sum = log1p(rest)
    wanted = wanted or [True] * len(z)
    if not any(wanted):
        wanted[k if isinstance(k, int) else 0] = True

    def log_probability(x, mask):
        if mask is True:
            return -log_sum
        gap = sub(x, m)
        return sub(gap if mask is False else where(mask, 0.0, gap), log_sum)

    return [
        log_probability(x, mask) if wants else None
        for x, mask, wants in zip(z, masks, wanted, strict=True)
    ]


def targets(name: str, t, n: int) -> tuple:
    """The targets for n classes: given one by one, or by the index of the class that has all."""
    if hasattr(t, "__iter__") and getattr(t, "shape", None) != () and not isinstance(t, str):
        t = sequence(name, t, least=0, targets=CLASSES, which="a target")
        if len(t) != n:
            raise ValueError(f"{name} takes one target for each of {n} classes, not {len(t)}")
        for x in t:
            if negative(plain(x)):
                raise DomainError(f"{name}: targets are not negative, as {brief(x)} is")
        return t
    k = fixed(t)
    if isinstance(k, Recorded):  # an argument of a program
        chosen = tuple(equal(k, float(i)) for i in range(n))
        if decided(sum(chosen) == 1.0):
            return chosen
        raise DomainError(f"{name}: no class from 0 to {n - 1}")
    whole = isinstance(k, float) and k is not t and k % 1.0 == 0.0
    if isinstance(k, bool) or not (whole or isinstance(k, int) or array_kind(k) in ("i", "u")):
        raise TypeError(
            f"{name} takes {n} targets or the index of a class, not {brief(t)}; as in "
            f"{name}([x, y], 0)"
        )
    try:
        k = int(k)
    except TypeError:
        raise TypeError(
            f"{name}: the class is not known yet where JAX traces: give a target for each of {n} "
            f"classes, as in {name}(z, jax.nn.one_hot(i, {n}))"
        ) from None
    if not 0 <= k < n:
        raise ValueError(f"{name}: class {k} of {n}; the classes are 0 to {n - 1}")
    return tuple(1.0 if i == k else 0.0 for i in range(n))


def fixed(x) -> "Any":
    """The number of a Value by which nobody differentiates, such as an argument outside `wrt`."""
    return x.data if isinstance(x, Node) and x.op in FIXED else x


def negative(x) -> bool:
    """Whether a number is below 0, or one of a batch; not where that cannot be seen yet."""
    try:
        below = x < 0.0
        return bool(below.any()) if array_kind(x) else decided(below)
    except TypeError:  # numbers are not known yet where JAX traces
        return False


def counts(target) -> bool:
    """Whether a target is other than the number 0: the term of a 0 is left out."""
    x = fixed(target)
    return not (isinstance(x, float | int) and x == 0.0)
