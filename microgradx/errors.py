"""What can go wrong with real numbers, one class per reason.

Every class is also the exception that Python itself raises in such a case, so code written for
`ValueError`, `ZeroDivisionError` or `OverflowError` keeps working. A wrong *type* is no error of
mathematics: it raises `TypeError`.
"""


class MathError(ArithmeticError):
    """Where the true result is no finite real number: the base of all errors below.

    >>> import microgradx as mg
    >>> try:
    ...     mg.log(mg.Value(-0.3, "p"))
    ... except mg.MathError as error:
    ...     print(error)
    log(-0.3 (p)): outside the domain, which is x > 0
    """


class DomainError(MathError, ValueError):
    """There is no real result: log(-1), sqrt(-1), (-2) ** 0.5; or an input is not finite."""


class PoleError(DomainError, ZeroDivisionError):
    """The result is infinite: 1 / 0, log(0), 0 ** -1."""


class RangeError(MathError, OverflowError):
    """The result is finite, but beyond the largest float: exp(1000), 1e308 * 10."""


class GradientError(MathError):
    """A gradient was asked for that needs a local derivative which is infinite or undefined."""
