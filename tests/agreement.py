"""Whether two results of the oracle agree, and derivatives by differences of many digits."""

from .oracle import mp


def agree(a, b, digits=45):
    """Whether two results share so many digits; None and 0 agree with themselves only."""
    if a is None or b is None or a == 0 or b == 0:
        return a == b
    return abs(a - b) <= abs(b) * mp.mpf(10) ** -digits


def differences(f, xs, i):
    """∂f/∂xᵢ, numerically, to some 80 digits; f is 0 where it is None."""
    with mp.workdps(80):
        at = tuple(map(mp.mpf, xs))
        return mp.diff(lambda *v: f(*v) or mp.mpf(0), at, tuple(i == j for j in range(len(xs))))


def near_zero_or_agree(a, b):
    return agree(a, b) or abs(a - b) < mp.mpf(10) ** -50
