"""NumPy's functions of Values, and of its arrays of them: those of the table.

Imported when NumPy asks a Value for one, or a function of the table is given such an array.
"""

import operator

from microgradx.apply import FUNCTIONS
from microgradx.arrays import about_vectors
from microgradx.graph import Node, array_kind, data_of, decided, plain
from microgradx.operators import NUMPY_NAMES
from microgradx.trees import flatten


def elementwise(function, operands):
    """A function of Values on NumPy arrays of Values: an array of its results."""
    import numpy

    boxes = [numpy.array(x, dtype=object) for x in operands]
    return numpy.frompyfunc(function, len(boxes), 1)(*boxes)


# NumPy's names of ufuncs that are not the table's, and what other ufuncs are for Values.
NAMES = {
    **NUMPY_NAMES, "subtract": "sub", "multiply": "mul", "divide": "div", "power": "pow",
    "negative": "neg", "absolute": "abs", "fabs": "abs", "float_power": "pow",
}  # fmt: skip
OTHERS = {
    "maximum": lambda *xs: FUNCTIONS["max"](xs),
    "minimum": lambda *xs: FUNCTIONS["min"](xs),
    "square": lambda x: x * x,
    "less": lambda x, y: data_of(x) < data_of(y),
    "less_equal": lambda x, y: data_of(x) <= data_of(y),
    "greater": lambda x, y: data_of(x) > data_of(y),
    "greater_equal": lambda x, y: data_of(x) >= data_of(y),
    "equal": lambda x, y: compared(operator.is_, x, y),
    "not_equal": lambda x, y: compared(operator.is_not, x, y),
}


def compared(function, x, y):
    """A truth value for two Values; for arrays of them an array."""
    found = elementwise(function, (x, y))
    return found.astype(bool) if getattr(found, "shape", ()) else found


def apply_ufunc(ufunc, method: str, operands, options):
    """A NumPy function of a Value: the table's function of the same meaning.

    Comparisons are those of Python, which asks NumPy where a number of NumPy stands on the left;
    and an array of objects is written to, as `h += x` asks, once all is computed.
    """
    target = options.get("out", ())
    if method == "__call__" and [*options] == ["out"] and [*map(array_kind, target)] == ["O"]:
        target[0][...] = apply_ufunc(ufunc, method, operands, {})
        return target[0]
    name = NAMES.get(ufunc.__name__, ufunc.__name__)
    function = OTHERS.get(ufunc.__name__) or FUNCTIONS.get(name)
    if method != "__call__" or options or function is None:
        call = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        given = "".join(f" with {option}=" for option in options)
        raise TypeError(
            f"numpy.{call} takes no Value{given}: use the functions of microgradx, as in "
            f"microgradx.exp(x){about_vectors(*operands)}"
        )
    return decided(function(*operands))


def apply_function(function, arguments, options):
    """A NumPy function that is no ufunc: of Values as of any objects, but not of a batch, which it
    would take for one object."""
    if function.__name__ in ("shape", "ndim", "size"):
        return function(*map(plain, arguments), **{k: plain(x) for k, x in options.items()})
    values = [x for x in flatten([*arguments, *options.values()])[0] if isinstance(x, Node)]
    without_values = getattr(function, "_implementation", None)
    if without_values is None or any(getattr(plain(v), "shape", ()) for v in values):
        raise TypeError(
            f"numpy.{function.__name__} takes no Value that holds a batch, whose points are "
            "computed apart, and none as like=: use the functions of microgradx, or .data"
            f"{about_vectors(*values)}"
        )
    return without_values(*arguments, **options)
