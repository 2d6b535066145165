"""Derivatives of graphs, and of functions of numbers in nested lists, tuples and dicts.

Names, arguments and shapes are those of JAX, which has no `gradient` and no `hvp`. A derivative is
a Value itself where it must be (with `create_graph=True`, or when a function is called with Values,
closes over some or makes some), so derivatives nest to any order; the inner variable is a node of
its own, never taken for the outer.
"""

from microgradx.errors import MathError
from microgradx.graph import array_kind, brief, data_of, number, topological
from microgradx.messages import returned
from microgradx.positions import is_position, positions
from microgradx.sweeps import (
    adjoints,
    adjoints_of_all,
    adjoints_of_one,
    constant,
    dependents,
    tangents_of,
)
from microgradx.trees import flatten, matched, refusals
from microgradx.value import CONSTANT, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def gradient(output: Value, inputs: "Any", create_graph: bool = False) -> "Any":
    """∂output/∂x for nodes x of its graph, leaves or not, from one reverse sweep.

    No `.grad` is read or written.

    Args:
        output: The node to differentiate.
        inputs: A Value, or Values in nested lists, tuples and dicts.
        create_graph: Whether the derivatives are to be Values, which can be differentiated again.

    Returns:
        The derivatives in the structure of `inputs`; 0.0 by a node that `output` does not use.

    Raises:
        TypeError: If `output` or one of `inputs` is not a Value.
        GradientError: If a derivative that is needed is infinite or undefined.

    Example:
        >>> x, y = Value(3.0), Value(2.0)
        >>> z = x * x * y
        >>> gradient(z, [x, y])
        [12.0, 9.0]
        >>> dx = gradient(z, x, create_graph=True)
        >>> gradient(dx, {"x": x, "y": y})
        {'x': 4.0, 'y': 6.0}

    Reference:
        A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, ch. 3.
    """
    nodes, rebuild = flatten(inputs)
    for x in (output, *nodes):
        if x.__class__ is not Value:
            remedy = (
                "wrap a number before computing with it, as in x = Value(2.0); gradient(f(x), x)"
            )
            if hasattr(x, "__iter__") and not (isinstance(x, str) or array_kind(x)):
                remedy = "give them in a list, as in gradient(z, [*xs])"
            raise TypeError(f"gradient takes Values, not {brief(x)}: {remedy}")
    slopes = adjoints(output, nodes, create_graph)
    return rebuild([*map(constant, slopes)] if create_graph else slopes)


def grad(f: "Callable[..., Any]", argnums: "int | Sequence[int]" = 0) -> "Callable[..., Any]":
    """The function that gives the gradient of `f`: ∂f/∂x for every number x in an argument.

    Args:
        f: A function of numbers in nested lists, tuples and dicts, with one number as its result.
            NumPy arrays of objects are taken as nested lists are; one of floats is a number, which
            has one value for each point of a batch.
        argnums: The position of the argument to differentiate by, or several.

    Returns:
        A function of the same arguments; what it is given by keyword goes to `f` as it is. Its
        result has the structure of the argument, or is a tuple of such.

    Raises:
        TypeError: If `f` is no function; a call raises it if the result is not one number, or an
                argument holds what is none.
        ValueError: If `f` is given too few arguments, or `argnums` names one of them twice.
        GradientError: If a derivative is infinite or undefined.

    Example:
        >>> grad(lambda w: w["a"] ** 3 * w["b"])({"a": 2.0, "b": 5.0})
        {'a': 60.0, 'b': 8.0}
        >>> grad(grad(grad(lambda x: x**4)))(2.0)
        48.0
    """
    slope = value_and_grad(f, argnums)
    return called_as(f, lambda *args, **options: slope(*args, **options)[1])


def called_as(f: "Callable[..., Any]", derivative: "Callable[..., Any]") -> "Callable[..., Any]":
    """A derivative with the arguments of `f`, for `inspect.signature`, which `compile` asks."""
    refuse_no_function(f)
    derivative.__dict__["__wrapped__"] = f
    return derivative


def refuse_no_function(f) -> None:
    if not callable(f):
        raise TypeError(f"a derivative is of a function, not {brief(f)}; as in grad(lambda x: -x)")


def value_and_grad(
    f: "Callable[..., Any]", argnums: "int | Sequence[int]" = 0
) -> "Callable[..., Any]":
    """The function that gives (f, gradient of f) from one forward pass and one sweep.

    Arguments and errors are those of `grad`, whose result is the second of the pair.

    Example:
        >>> value_and_grad(lambda x, y: x * x * y, argnums=(0, 1))(3.0, 2.0)
        (18.0, (12.0, 9.0))
    """

    def with_grad(*args, **options):
        found = differentiate(f, args, argnums, adjoints_of_one, **options)
        (values, fill), (slopes, rebuild) = found
        if len(values) != 1 or fill(values) is not values[0]:
            raise TypeError(
                f"a gradient is of one number, not {brief(fill(values))}; jacobian takes a "
                "function with several"
            )
        return values[0], rebuild(slopes)

    return called_as(f, with_grad)


def jacobian(f: "Callable[..., Any]", argnums: "int | Sequence[int]" = 0) -> "Callable[..., Any]":
    """The function that gives ∂fᵢ/∂xⱼ for every number of the result and of an argument.

    Args:
        f: A function of numbers in nested lists, tuples and dicts, and its result likewise.
        argnums: As for `grad`.

    Returns:
        A function of the same arguments: its result has the structure of the result of `f`, with
        that of the argument in the place of each number (n × m lists for a function of lists).

    Raises:
        TypeError, ValueError, GradientError: As for `grad`, but the results may be several.

    Example:
        >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """

    def with_jacobian(*args, **options):
        found = differentiate(f, args, argnums, adjoints_of_all, **options)
        (values, fill), (slopes, rebuild) = found
        # The numbers are put in all at once, so that one batch is that of all in an array.
        blanks = fill([rebuild([None] * len(slopes)) for _ in values])
        return flatten(blanks)[1](slopes)

    return called_as(f, with_jacobian)


def hessian(f: "Callable[..., Any]", argnums: "int | Sequence[int]" = 0) -> "Callable[..., Any]":
    """The function that gives ∂²f/∂xᵢ∂xⱼ: the Jacobian of the gradient.

    Arguments and errors are those of `grad`. For a list of n numbers the result is an n × n list;
    in general it has the structure of the argument, and this again in the place of each number.

    Example:
        >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 2.0])
        [[4.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(grad(f, argnums), argnums)


def jvp(
    f: "Callable[..., Any]", primals: "Sequence[Any]", tangents: "Sequence[Any]"
) -> "tuple[Any, Any]":
    """f(x) and its derivative along ẋ, Σⱼ ∂f/∂xⱼ ẋⱼ, in one sweep forward through the graph.

    Args:
        f: A function as for `jacobian`.
        primals: The sequence of its arguments x.
        tangents: For each of them the direction ẋ, in the same structure.

    Returns:
        The result of `f` and its tangent, in the same structure.

    Raises:
        TypeError: If `primals` and `tangents` are no sequences.
        ValueError: If the structures differ.
        GradientError: If a derivative that is needed is infinite or undefined.

    Example:
        >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))
        (6.0, 4.0)
    """
    refuse_no_function(f)
    if not (isinstance(primals, list | tuple) and isinstance(tangents, list | tuple)):
        raise TypeError(
            "primals and tangents are sequences of arguments, as in jvp(f, (2.0,), (1.0,)); "
            f"not {brief(primals)} and {brief(tangents)}"
        )
    try:
        directions = matched(primals, tangents)
    except ValueError as error:
        raise ValueError(f"tangents have the structure of the primals: {error}") from None
    directions = [number(x, "a tangent") for x in directions]

    def derivative(outputs, nodes, create_graph):
        return tangents_of(outputs, dict(zip(nodes, directions, strict=True)), create_graph)

    every = tuple(range(len(primals)))
    (values, fill), (slopes, _) = differentiate(f, tuple(primals), every, derivative, directions)
    return fill(values), fill(slopes)


def hvp(f: "Callable[..., Any]", primals: "Sequence[Any]", tangents: "Sequence[Any]") -> "Any":
    """The Hessian of `f` times a vector, Σⱼ ∂²f/∂xᵢ∂xⱼ ẋⱼ, without the Hessian.

    Args:
        f: A function as for `grad`.
        primals, tangents: As for `jvp`.

    Returns:
        A vector in the structure of the argument; a tuple of them if there are several.

    Raises:
        TypeError, ValueError, GradientError: As for `grad` and `jvp`.

    Example:
        >>> hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 2.0],), ([1.0, 0.0],))
        [4.0, 6.0]

    Reference:
        B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994).
    """
    several = isinstance(primals, list | tuple) and len(primals) != 1
    argnums = tuple(range(len(primals))) if several else 0
    return jvp(grad(f, argnums), primals, tangents)[1]


def differentiate(f, args: tuple, argnums, derivative, others=(), /, **options) -> tuple:
    """The results of `f`, and derivatives of them; each with a function that arranges such numbers.

    `options` are given to `f` by keyword. Where Values take part besides the variables, all results
    are Values, so that one may differentiate by these too.
    """
    chosen = positions("argnums", argnums, len(args))
    single = is_position(argnums)
    numbers, rebuild = flatten(args[chosen[0]] if single else tuple(args[i] for i in chosen))
    # A node of its own, also where the number is a Value: the inner variable is not the outer one.
    # What does not vary is a leaf here, by which derivatives of derivatives can be told.
    values = [x for x in numbers if x.__class__ is Value]
    leaves = [x for x in topological(*values)[1] if x.op == "leaf"]
    varying = {*leaves, *dependents(values, leaves)}
    try:
        nodes = [
            x - 0.0 if x.__class__ is Value and x in varying else Value(data_of(x)) for x in numbers
        ]
    except (TypeError, MathError):
        errors = [error for i in chosen for error in refusals(args[i], f"argument {i}")]
        raise errors[0] from None
    variables = [x for x in nodes if x.op == "leaf"]
    fresh = rebuild(nodes)
    replaced = list(args)
    for i, x in zip(chosen, (fresh,) if single else fresh, strict=True):
        replaced[i] = x
    try:
        outputs, fill = flatten(f(*replaced, **options))
        outputs: list = [*map(result, outputs)]
        _, leaves = topological(*(y for y in (*outputs, *others) if y.__class__ is Value))
        outer = any(x.op == "leaf" for x in {*leaves} - {*variables})
        create_graph = outer or len(variables) < len(nodes)
        slopes = derivative(outputs, nodes, create_graph)
        if create_graph:
            return ([*map(constant, outputs)], fill), ([*map(constant, slopes)], rebuild)
        return ([*map(data_of, outputs)], fill), (slopes, rebuild)
    finally:
        for x in variables:
            x.op = CONSTANT  # from here on, nobody differentiates by it


def result(y):
    """What a function gives, or a part of it, as a number."""
    try:
        return number(y, "the result of the function")
    except TypeError:
        if array_kind(y):  # which says what is wrong with its numbers
            raise
        raise TypeError(
            f"a derivative is of a function whose result is numbers, not {returned(y)}; as in "
            "grad(lambda x: x * x)"
        ) from None
