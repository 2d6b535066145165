"""microgradx: a minimal scalar reverse-mode automatic differentiation engine.

Its table of contents: what is imported here is the public interface.
"""

from microgradx.derivatives import (
    grad as grad,
    gradient as gradient,
    hessian as hessian,
    hvp as hvp,
    jacobian as jacobian,
    jvp as jvp,
    value_and_grad as value_and_grad,
)
from microgradx.errors import (
    DomainError as DomainError,
    GradientError as GradientError,
    MathError as MathError,
    PoleError as PoleError,
    RangeError as RangeError,
)
from microgradx.functions import (
    hinge as hinge,
    maximum as maximum,
    mean as mean,
    minimum as minimum,
    mse as mse,
    norm as norm,
    prod as prod,
    where as where,
)
from microgradx.operators import (
    abs as abs,
    acos as acos,
    acosh as acosh,
    add as add,
    asin as asin,
    asinh as asinh,
    atan as atan,
    atan2 as atan2,
    atanh as atanh,
    cbrt as cbrt,
    cos as cos,
    cosh as cosh,
    div as div,
    dot as dot,
    equal as equal,
    erf as erf,
    erfc as erfc,
    exp as exp,
    expm1 as expm1,
    greater as greater,
    hypot as hypot,
    log as log,
    log1p as log1p,
    log2 as log2,
    log10 as log10,
    mul as mul,
    neg as neg,
    pow as pow,
    relu as relu,
    sigmoid as sigmoid,
    sin as sin,
    sinh as sinh,
    softplus as softplus,
    sqrt as sqrt,
    sub as sub,
    sum as sum,
    tan as tan,
    tanh as tanh,
)
from microgradx.softmax import (
    cross_entropy as cross_entropy,
    log_softmax as log_softmax,
    logsumexp as logsumexp,
    softmax as softmax,
    softmax_cross_entropy as softmax_cross_entropy,
)
from microgradx.value import Value as Value

__version__ = "0.1.0"

# What is seldom used is imported when it is first asked for, so that the engine stays light.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from microgradx.compiler import compile as compile
    from microgradx.explain.chain import chain_rule as chain_rule
    from microgradx.explain.diagnosis import (
        assert_derivation as assert_derivation,
        check_derivation as check_derivation,
    )
    from microgradx.explain.paths import paths as paths
    from microgradx.explain.steps import steps as steps
    from microgradx.own_rows import primitive as primitive
    from microgradx.tape import Tape as Tape

_LATER = {
    "Tape": "tape",
    "assert_derivation": "explain.diagnosis",
    "chain_rule": "explain.chain",
    "check_derivation": "explain.diagnosis",
    "compile": "compiler",
    "paths": "explain.paths",
    "primitive": "own_rows",
    "steps": "explain.steps",
}


# All that is named above, and no module that was only imported from. `import *` leaves out names
# that would hide a built-in function: Python's `sum` adds up Values too, but `pow` does more.
_PUBLIC = sorted(
    {name for name, x in globals().items() if callable(x) and name[0] != "_"} | {*_LATER}
)


__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]  # checkers read the imports
    name for name in _PUBLIC if name not in __builtins__
]


def __getattr__(name: str):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return found


def __dir__():
    return [*_PUBLIC, "__all__", "__doc__", "__file__", "__name__", "__path__", "__version__"]
