"""Arrays in place of numbers: a batch of points computed at once.

Imported when the first array is met, and imports NumPy when NumPy has made that array. A batch may
be of any library with the array API (NumPy ≥ 2, JAX; https://data-apis.org/array-api).
"""

import functools
import math

from microgradx.errors import DomainError
from microgradx.graph import Node, array_kind, brief, has_to_be, number, plain
from microgradx.libraries import FLOATS, Library
from microgradx.primitives import PRIMITIVES, Primitive

SLOPES_OF_JAX = {"add", "sub", "mul", "neg", "where", "greater", "equal"}  # those of the table


class ArrayLibrary(Library):
    """The functions that formulas call, over the arrays of one namespace, such as `numpy`."""

    def __init__(self, namespace):
        self.namespace = xp = namespace
        super().__init__(
            f"arrays of {xp.__name__}",
            {
                **FLOATS,
                **{
                    name: getattr(xp, name)
                    for name in vars(math)
                    if name in FLOATS and hasattr(xp, name)
                },
                **error_functions(xp),
                "maximum": lambda x, *xs: functools.reduce(xp.maximum, (x, *xs) if xs else x),
                "minimum": lambda x, *xs: functools.reduce(xp.minimum, (x, *xs) if xs else x),
                **{name: of_arrays(name, f, xp) for name, f in CHOICES.items()},
            },
        )

    def formulas(self, row: Primitive) -> tuple:
        """As for floats, but without warnings: what is not finite is looked for, and an error."""
        value, slopes = super().formulas(row)
        return unwarned(value), [unwarned(slope) for slope in slopes]


class JaxLibrary(ArrayLibrary):
    """The same over the arrays of JAX, which differentiates the rows by the slopes of the table.

    JAX's own slopes would differ at kinks, and at 0 of sigmoid, the formula of which has two kinks
    that cancel. They would be lost where a square overflows, or where 1 − tanh² is 0.
    """

    def __init__(self, namespace):
        super().__init__(namespace)
        self.space["abs"] = lambda x: x * namespace.sign(x)  # of slope 0 at 0

    def formulas(self, row: Primitive) -> tuple:
        """As of other arrays; where JAX traces them, what is not finite is nan, and no error."""
        value, slopes = super().formulas(row)
        return where_traced(value), [where_traced(slope) for slope in slopes]

    def complete(self) -> dict:
        import jax  # pyright: ignore[reportMissingImports]

        rows = [*PRIMITIVES.values()]  # another thread may add one
        super().complete()
        for row in rows:
            value = self.space[row.name]
            if not (row.name in SLOPES_OF_JAX or isinstance(value, jax.custom_jvp)):
                self.space[row.name] = self.differentiable(row, value)
        return self.space

    def differentiable(self, row: Primitive, value):
        """The function of a row, whose derivative JAX asks for the slopes of the table."""
        import jax  # pyright: ignore[reportMissingImports]

        function = jax.custom_jvp(value)

        def rule(primals, tangents):
            z = function(*primals)
            slopes = [slope(z, *primals) for slope in self.formulas(row)[1]]
            if row.variadic:
                slopes, tangents = ([x for xs in some for x in xs] for some in (slopes, tangents))
            return z, jax.numpy.broadcast_to(along(slopes, tangents), z.shape)

        function.defjvp(rule, symbolic_zeros=True)
        return function


def of_arrays(name: str, function, xp):
    """A comparison or a choice, of numbers alone as for floats: arrays keep their kind of floats
    beside Python's, which have none."""

    def either(*numbers):
        alone = all(x.__class__ is float for x in numbers)
        return FLOATS[name](*numbers) if alone else function(xp, *numbers)

    return either


def where(xp, c, x, y):
    """x where c is not 0, y elsewhere; if these are numbers, of the kind of floats that c is."""
    if x.__class__ is float is y.__class__:
        x = xp.asarray(x, dtype=c.dtype)
    return xp.where(c != 0.0, x, y)


CHOICES = {
    "equal": lambda xp, x, y: xp.asarray(x == y, dtype=xp.result_type(x, y)),
    "greater": lambda xp, x, y: xp.asarray(x > y, dtype=xp.result_type(x, y)),
    "where": where,
}


def unwarned(function):
    """A function of arrays, without the warnings of NumPy."""
    import numpy

    return numpy.errstate(all="ignore")(function)


def along(slopes, tangents):
    """Σ d·ẋ, for JAX: without what is known to be 0, beside which a slope may be undefined."""
    from jax.custom_derivatives import SymbolicZero  # pyright: ignore[reportMissingImports]

    change = 0.0
    for d, t in zip(slopes, tangents, strict=True):
        if not (isinstance(t, SymbolicZero) or (isinstance(d, float) and d == 0.0)):
            change = change + or_nan(d) * t
    return change


def where_traced(function):
    """A function of arrays, with nan in the place of infinity where JAX traces it."""
    from jax.core import Tracer  # pyright: ignore[reportMissingImports]

    def certain(*numbers):
        z = function(*numbers)
        return or_nan(z) if isinstance(z, Tracer) else z

    return certain


def or_nan(x):
    """Numbers of JAX, with nan in the place of infinity; the slopes are nan there, too."""
    if isinstance(x, float):
        return x
    xp = x.__array_namespace__()
    return x * one_or_nan(xp.isfinite(x), xp)


def one_or_nan(held, xp):
    """A factor that leaves numbers as they are where a condition holds; elsewhere they are nan."""
    return xp.where(held, 1.0, math.nan)


def library_of(array) -> ArrayLibrary:
    """The functions that formulas call over arrays of this kind."""
    xp = array.__array_namespace__()
    return (JaxLibrary if is_jax(xp) else ArrayLibrary)(xp)


def is_jax(xp) -> bool:
    """Whether a namespace is that of JAX, which may differentiate what is computed."""
    return xp.__name__.startswith("jax")


def error_functions(xp) -> dict:
    """erf and erfc, which are no part of the array API."""
    if is_jax(xp):
        from jax.scipy.special import erf, erfc  # pyright: ignore[reportMissingImports]

        return {"erf": erf, "erfc": erfc}

    def one_by_one(name):
        function = xp.vectorize(getattr(math, name), otypes=[float])
        return lambda x: xp.asarray(function(x), dtype=xp.result_type(x))

    return {name: one_by_one(name) for name in ("erf", "erfc")}


def batch(x, name: str):
    """An array as a Value can hold it: of finite floats. One of NumPy without axes is a number."""
    kind = array_kind(x)
    if type(x).__module__ == "numpy" and x.shape == () and kind in ("b", "f", "i", "u"):
        return number(bool(x) if kind == "b" else float(x), name)
    if not hasattr(x, "__array_namespace__"):
        raise TypeError(
            f"{has_to_be(name)} a real number or an array of NumPy ≥ 2 or JAX, "
            f"not {type(x).__name__}"
        )
    if kind not in ("f", "i", "u"):
        remedy = {
            "O": "; a NumPy array of Values computes without a Value around it",
            **dict.fromkeys("bV", "; x.astype(float) makes numbers of it"),  # V is bfloat16
        }
        raise TypeError(
            f"{has_to_be(name)} a real number or an array of them, not an array of {x.dtype}"
            f"{remedy.get(kind, '')}"
        )
    x = ordinary(x)
    x = x if x.dtype.kind == "f" else x * 1.0  # the widest float there is; JAX may have no float64
    if not all_finite(x):
        raise DomainError(
            f"{has_to_be(name)} a finite number at each point of a batch, not nan or inf: "
            f"{brief(x)}"
        )
    return x


def ordinary(x):
    """Numbers in an array that has no mask and multiplies one by one, as a matrix of NumPy does
    not; what is no array of such a library as it is."""
    if hasattr(x, "mask"):
        raise TypeError("arrays of numbers have no mask: fill it, as in x.filled(0.0)")
    return x.__array_namespace__().asarray(x) if hasattr(x, "__array_namespace__") else x


def all_finite(x) -> bool:
    """Whether every number of an array is finite; also where that cannot be seen yet."""
    try:
        return bool(x.__array_namespace__().isfinite(x).all())
    except TypeError:  # the array is being traced, as under jax.jit
        return True


def offender(numbers, z) -> tuple[str, list[float]]:
    """Where in a batch the result of a row is not finite: in words, and the operands there."""
    import numpy

    # A slope may be smaller than its operands.
    z, *numbers = numpy.broadcast_arrays(*map(known, (z, *numbers)))
    i = tuple(int(i) for i in numpy.argwhere(~numpy.isfinite(z))[0])
    return f" at index {i} of the batch" if i else "", [float(x[i]) for x in numbers]


def known(x):
    """The numbers of an array, also of one by which JAX differentiates."""
    if not (hasattr(x, "__array_namespace__") and is_jax(x.__array_namespace__())):
        return x
    from jax.lax import stop_gradient  # pyright: ignore[reportMissingImports]

    return stop_gradient(x)


def about_vectors(*operands) -> str:
    """What to add to an error where a batch may have been taken for a vector."""
    if not any(isinstance(x, Node) and getattr(plain(x), "shape", ()) for x in operands):
        return ""
    return (
        "; an array of floats is a batch, one number at many points, and a vector is an array of "
        "objects, as x.astype(object)"
    )
