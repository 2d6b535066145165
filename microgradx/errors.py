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
    log(-0.3 (p)): outside the domain of log(x), which is x > 0
    """


class DomainError(MathError, ValueError):
    """There is no real result: log(-1), sqrt(-1), (-2) ** 0.5; or an input is not finite.

    >>> import microgradx as mg
    >>> mg.sqrt(mg.Value(-1.0, "x"))
    Traceback (most recent call last):
    microgradx.errors.DomainError: sqrt(-1.0 (x)): outside the domain of sqrt(x), which is x >= 0
    """


class PoleError(DomainError, ZeroDivisionError):
    """The result is infinite: 1 / 0, log(0), 0 ** -1.

    >>> import microgradx as mg
    >>> 1.0 / mg.Value(0.0, "x")
    Traceback (most recent call last):
    microgradx.errors.PoleError: div(1.0, 0.0 (x)): infinite there
    """


class RangeError(MathError, OverflowError):
    """The result is finite, but beyond the largest float: exp(1000), 1e308 * 10.

    >>> import microgradx as mg
    >>> mg.Value(1e308, "x") * 10.0
    Traceback (most recent call last):
    microgradx.errors.RangeError: mul(1e+308 (x), 10.0): the result exceeds the largest float
    """


class GradientError(MathError):
    """A gradient was asked for that needs a local derivative which is infinite or undefined.

    >>> import microgradx as mg
    >>> root = mg.sqrt(mg.Value(0.0, "x"))  # a value, but no slope
    >>> try:
    ...     root.backward()
    ... except mg.GradientError as error:
    ...     print(error)  # doctest: +ELLIPSIS
    sqrt(0.0 (x)) has no finite derivative with respect to 0.0 (x), which the gradient ... needs
    """
