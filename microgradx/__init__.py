"""microgradx: a minimal scalar reverse-mode automatic differentiation engine.

Its table of contents: what is imported here is the public interface.
"""

from microgradx.derivatives import (
    grad as grad,
)
from microgradx.derivatives import (
    gradient as gradient,
)
from microgradx.derivatives import (
    hessian as hessian,
)
from microgradx.derivatives import (
    hvp as hvp,
)
from microgradx.derivatives import (
    jacobian as jacobian,
)
from microgradx.derivatives import (
    jvp as jvp,
)
from microgradx.derivatives import (
    value_and_grad as value_and_grad,
)
from microgradx.errors import (
    DomainError as DomainError,
)
from microgradx.errors import (
    GradientError as GradientError,
)
from microgradx.errors import (
    MathError as MathError,
)
from microgradx.errors import (
    PoleError as PoleError,
)
from microgradx.errors import (
    RangeError as RangeError,
)
from microgradx.functions import (
    cross_entropy as cross_entropy,
)
from microgradx.functions import (
    hinge as hinge,
)
from microgradx.functions import (
    log_softmax as log_softmax,
)
from microgradx.functions import (
    logsumexp as logsumexp,
)
from microgradx.functions import (
    maximum as maximum,
)
from microgradx.functions import (
    mean as mean,
)
from microgradx.functions import (
    minimum as minimum,
)
from microgradx.functions import (
    mse as mse,
)
from microgradx.functions import (
    norm as norm,
)
from microgradx.functions import (
    prod as prod,
)
from microgradx.functions import (
    softmax as softmax,
)
from microgradx.functions import (
    softmax_cross_entropy as softmax_cross_entropy,
)
from microgradx.functions import (
    where as where,
)
from microgradx.operators import (
    abs as abs,
)
from microgradx.operators import (
    acos as acos,
)
from microgradx.operators import (
    acosh as acosh,
)
from microgradx.operators import (
    add as add,
)
from microgradx.operators import (
    asin as asin,
)
from microgradx.operators import (
    asinh as asinh,
)
from microgradx.operators import (
    atan as atan,
)
from microgradx.operators import (
    atan2 as atan2,
)
from microgradx.operators import (
    atanh as atanh,
)
from microgradx.operators import (
    cbrt as cbrt,
)
from microgradx.operators import (
    cos as cos,
)
from microgradx.operators import (
    cosh as cosh,
)
from microgradx.operators import (
    div as div,
)
from microgradx.operators import (
    dot as dot,
)
from microgradx.operators import (
    equal as equal,
)
from microgradx.operators import (
    erf as erf,
)
from microgradx.operators import (
    erfc as erfc,
)
from microgradx.operators import (
    exp as exp,
)
from microgradx.operators import (
    expm1 as expm1,
)
from microgradx.operators import (
    greater as greater,
)
from microgradx.operators import (
    hypot as hypot,
)
from microgradx.operators import (
    log as log,
)
from microgradx.operators import (
    log1p as log1p,
)
from microgradx.operators import (
    log2 as log2,
)
from microgradx.operators import (
    log10 as log10,
)
from microgradx.operators import (
    mul as mul,
)
from microgradx.operators import (
    neg as neg,
)
from microgradx.operators import (
    pow as pow,
)
from microgradx.operators import (
    primitive as primitive,
)
from microgradx.operators import (
    relu as relu,
)
from microgradx.operators import (
    sigmoid as sigmoid,
)
from microgradx.operators import (
    sin as sin,
)
from microgradx.operators import (
    sinh as sinh,
)
from microgradx.operators import (
    softplus as softplus,
)
from microgradx.operators import (
    sqrt as sqrt,
)
from microgradx.operators import (
    sub as sub,
)
from microgradx.operators import (
    sum as sum,
)
from microgradx.operators import (
    tan as tan,
)
from microgradx.operators import (
    tanh as tanh,
)
from microgradx.value import Value as Value

__version__ = "0.1.0"
