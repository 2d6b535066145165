"""The truth about every primitive: value, gradient and Hessian to 50 digits and more, by mpmath.

`EXACT[name]` holds three functions of the operands of the row `name` (those of `dot` one after the
other: x₁, …, xₙ, y₁, …, yₙ).  They are textbook formulas, written without a look at the engine's.
A derivative that does not exist, or is infinite, is None.  At kinks they follow the conventions:
abs′(0) = relu′(0) = 0, tied operands of max and min share equally, second derivatives are 0.
"""

import math
from collections.abc import Callable
from operator import mul
from typing import Any, NamedTuple

import mpmath

from .special_points import DOMAIN as DOMAIN, SPECIAL as SPECIAL

mp: Any = mpmath.mp

# Twice the 50 digits promised: where a formula below cancels at all, it is in a sum like
# 1 + y·log x or 6x² - 2, whose zeros are no doubles, and so it loses some 32 digits at the most.
BITS = 340
# Here every sum of doubles, or of products of two doubles, is exact: it may cancel completely.
SUM_BITS, DOT_BITS = 2200, 4400


class Exact(NamedTuple):
    """One row: z, (∂z/∂xᵢ)ᵢ and (∂²z/∂xᵢ∂xⱼ)ᵢⱼ, each a function of the operands."""

    value: Callable[..., Any]
    gradient: Callable[..., tuple[Any, ...]]
    hessian: Callable[..., tuple[tuple[Any, ...], ...]]


def precise(function: Callable[..., Any], bits: int = BITS) -> Callable[..., Any]:
    """`function` with at least that precision, whatever the caller's, which it leaves alone."""

    def at_precision(*xs):
        with mp.workprec(max(bits, mp.prec)):
            return function(*xs)

    return at_precision


def atan2(x, y):
    """math.atan2, which tells -0.0 from 0.0, as mpmath does not."""
    angle = mp.atan2(x, math.copysign(1, y) if x == y == 0 else y)
    return -angle if x == 0 and math.copysign(1, x) < 0 else angle


def erfc(x):
    # mpmath fails where x² is no double; long before, the first term of the series is enough.
    return mp.erfc(x) if x < 1e100 else mp.exp(-(x**2)) / (x * mp.sqrt(mp.pi))


def power(x, y, dx: int = 0, dy: int = 0):
    """The derivative of x^y, dx times by x and dy times by y; None where it does not exist.

    It is Σᵢ C(dy, i)·p⁽ⁱ⁾(y)·x^(y-dx)·(log x)^(dy-i) with p(y) = y(y-1)…(y-dx+1).
    """
    p = (1, 0, 0)  # with p′ and p″
    for k in range(dx):
        p = (p[0] * (y - k), p[1] * (y - k) + p[0], p[2] * (y - k) + 2 * p[1])
    if x > 0:
        factor = sum(math.comb(dy, i) * p[i] * mp.log(x) ** (dy - i) for i in range(dy + 1))
        if abs(y) < 1e6:
            return factor * x ** (y - dx)  # exact for integers
        with mp.workprec(mp.prec + mp.mag(y)):
            return factor * mp.exp((y - dx) * mp.log(x))
    if dy:  # 0^y is constant where y > 0; a negative base allows single exponents only
        return 0 if x == 0 and y > dx else None
    if x == 0:
        return p[0] if p[0] == 0 or y == dx else 0 if y > dx else None
    # An int, since y - dx may round, even here, to a number of the other parity.
    return p[0] * x ** (int(y) - dx) if mp.isint(y) else None


NAMES = {**vars(mpmath), "atan2": atan2, "erfc": erfc, "power": power, "h": mp.hypot}
NAMES["cbrt"] = lambda x: mp.sign(x) * mp.cbrt(abs(x))

# fmt: off
UNARY = {
    #        z                 dz/dx                       d²z/dx²
    "neg":   ("-x",            "-1",                       "0"),
    "abs":   ("abs(x)",        "sign(x)",                  "0"),
    "relu":  ("max(x, 0)",     "x > 0",                    "0"),
    "exp":   ("exp(x)",        "exp(x)",                   "exp(x)"),
    "expm1": ("expm1(x)",      "exp(x)",                   "exp(x)"),
    "log":   ("log(x)",        "1/x",                      "-1/x**2"),
    "log1p": ("log1p(x)",      "1/(1+x)",                  "-1/(1+x)**2"),
    "log2":  ("log(x)/log(2)", "1/(x*log(2))",             "-1/(x**2*log(2))"),
    "log10": ("log10(x)",      "1/(x*log(10))",            "-1/(x**2*log(10))"),
    "sqrt":  ("sqrt(x)",       "1/(2*sqrt(x))",            "-1/(4*x*sqrt(x))"),
    "cbrt":  ("cbrt(x)",       "1/(3*cbrt(x)**2)",         "-2/(9*cbrt(x)**5)"),
    "sin":   ("sin(x)",        "cos(x)",                   "-sin(x)"),
    "cos":   ("cos(x)",        "-sin(x)",                  "-cos(x)"),
    "tan":   ("tan(x)",        "1/cos(x)**2",              "2*sin(x)/cos(x)**3"),
    "asin":  ("asin(x)",       "1/sqrt(1-x**2)",           "x/sqrt(1-x**2)**3"),
    "acos":  ("acos(x)",       "-1/sqrt(1-x**2)",          "-x/sqrt(1-x**2)**3"),
    "atan":  ("atan(x)",       "1/(1+x**2)",               "-2*x/(1+x**2)**2"),
    "sinh":  ("sinh(x)",       "cosh(x)",                  "sinh(x)"),
    "cosh":  ("cosh(x)",       "sinh(x)",                  "cosh(x)"),
    "tanh":  ("tanh(x)",       "1/cosh(x)**2",             "-2*tanh(x)/cosh(x)**2"),
    "asinh": ("asinh(x)",      "1/sqrt(x**2+1)",           "-x/sqrt(x**2+1)**3"),
    "acosh": ("acosh(x)",      "1/sqrt(x**2-1)",           "-x/sqrt(x**2-1)**3"),
    "atanh": ("atanh(x)",      "1/(1-x**2)",               "2*x/(1-x**2)**2"),
    "erf":   ("erf(x)",        "2/sqrt(pi)*exp(-x**2)",    "-4*x/sqrt(pi)*exp(-x**2)"),
    "erfc":  ("erfc(x)",       "-2/sqrt(pi)*exp(-x**2)",   "4*x/sqrt(pi)*exp(-x**2)"),
    "sigmoid":  ("1/(1+exp(-x))", "exp(-x)/(1+exp(-x))**2", "exp(-x)*expm1(-x)/(1+exp(-x))**3"),
    "softplus": ("log1p(exp(x))", "1/(1+exp(-x))",          "exp(-x)/(1+exp(-x))**2"),
    # helpers, the derivatives of others
    "sech2": ("1/cosh(x)**2",  "-2*tanh(x)/cosh(x)**2",    "(4-6/cosh(x)**2)/cosh(x)**2"),
    "gauss": ("exp(-x**2)",    "-2*x*exp(-x**2)",          "(4*x**2-2)*exp(-x**2)"),
    "arcsine_slope":    ("1/sqrt(1-x**2)", "x/sqrt(1-x**2)**3", "(1+2*x**2)/sqrt(1-x**2)**5"),
    "arctangent_slope": ("1/(1+x**2)",     "-2*x/(1+x**2)**2",  "(6*x**2-2)/(1+x**2)**3"),
    "artanh_slope":     ("1/(1-x**2)",     "2*x/(1-x**2)**2",   "(6*x**2+2)/(1-x**2)**3"),
}
BINARY = {
    #        z       ∂z/∂x  ∂z/∂y      ∂²z/∂x²  ∂²z/∂x∂y   ∂²z/∂y²
    "add":   ("x+y", "1",   "1",       "0",     "0",       "0"),
    "sub":   ("x-y", "1",   "-1",      "0",     "0",       "0"),
    "mul":   ("x*y", "y",   "x",       "0",     "1",       "0"),
    "div":   ("x/y", "1/y", "-x/y**2", "0",     "-1/y**2", "2*x/y**3"),
    "greater": ("x > y",  *"00000"),
    "equal":   ("x == y", *"00000"),
    "atan2": ("atan2(x,y)", "y/h(x,y)**2", "-x/h(x,y)**2",
              "-2*x*y/h(x,y)**4", "(x**2-y**2)/h(x,y)**4", "2*x*y/h(x,y)**4"),
    "hypot": ("h(x,y)", "x/h(x,y)", "y/h(x,y)",
              "y**2/h(x,y)**3", "-x*y/h(x,y)**3", "x**2/h(x,y)**3"),
    "direction": ("x/h(x,y)", "y**2/h(x,y)**3", "-x*y/h(x,y)**3", "-3*x*y**2/h(x,y)**5",
                  "y*(2*x**2-y**2)/h(x,y)**5", "x*(2*y**2-x**2)/h(x,y)**5"),
    "pow":   ("power(x,y)", "power(x,y,1,0)", "power(x,y,0,1)",
              "power(x,y,2,0)", "power(x,y,1,1)", "power(x,y,0,2)"),
    "slope": ("power(x,y,1,0)", "power(x,y,2,0)", "power(x,y,1,1)",
              "power(x,y,3,0)", "power(x,y,2,1)", "power(x,y,1,2)"),
}
# fmt: on


def formula(text: str) -> Callable[..., Any]:
    """The function of x, or x and y, that `text` spells, with None at its poles."""
    evaluate = eval(f"lambda x, y=1: {text}", NAMES)

    def function(*xs):
        try:
            z = evaluate(*(mp.mpf(x) if x else x for x in xs))  # a zero keeps its sign
        except ZeroDivisionError:
            return None
        return z if z is None else mp.mpf(z)

    return precise(function)


def row(*texts: str) -> Exact:
    f, *d = map(formula, texts)
    if len(d) == 2:
        return Exact(f, lambda x: (d[0](x),), lambda x: ((d[1](x),),))
    return Exact(
        f,
        lambda *v: (d[0](*v), d[1](*v)),
        lambda *v: ((d[2](*v), d[3](*v)), (d[3](*v), d[4](*v))),
    )


def vector(xs) -> tuple[Any, ...]:
    return tuple(map(mp.mpf, xs))


def nary(value, gradient, hessian=lambda xs: [[0] * len(xs)] * len(xs), bits: int = BITS) -> Exact:
    """A row from functions of the tuple of operands; without a Hessian, it is 0."""
    return Exact(
        precise(lambda *xs: value(vector(xs)), bits),
        precise(lambda *xs: vector(gradient(vector(xs))), bits),
        precise(lambda *xs: tuple(map(vector, hessian(xs))), bits),
    )


def shared(best):
    """The gradient of max or min: 1/k for each of the k operands that reach it."""
    return lambda xs: [mp.mpf(x == best(xs)) / xs.count(best(xs)) for x in xs]


def swapped(xs):
    return xs[len(xs) // 2 :] + xs[: len(xs) // 2]


def coupled(xs):
    """The Hessian of dot, where each xᵢ meets its yᵢ only."""
    return [[abs(i - j) == len(xs) // 2 for j in range(len(xs))] for i in range(len(xs))]


EXACT: dict[str, Exact] = {name: row(*texts) for name, texts in (UNARY | BINARY).items()} | {
    "where": nary(lambda v: v[1] if v[0] else v[2], lambda v: (0, v[0] != 0, v[0] == 0)),
    "max": nary(max, shared(max)),
    "min": nary(min, shared(min)),
    "sum": nary(sum, lambda xs: (1,) * len(xs), bits=SUM_BITS),
    "dot": nary(lambda v: sum(map(mul, v, swapped(v))) / 2, swapped, coupled, DOT_BITS),
}


@precise
def nearest(number: Any) -> float:
    """The float nearest to an mpmath number, ±inf beyond the range; right for subnormals too."""
    if abs(number) >= mp.mpf(2) ** 1024 - mp.mpf(2) ** 970:  # halfway from the last to 2^1024
        return math.copysign(math.inf, number)
    # mpmath's own float() rounds twice where fewer than 53 bits are left.
    last = max(mp.frexp(number)[1] - 53, -1074)
    return math.ldexp(int(mp.nint(mp.ldexp(number, -last))), last)


@precise
def ulps(got: float, exact: Any) -> float:
    """How far `got` is from `exact`, in units in the last place of the float nearest to `exact`.

    It is inf where no finite float is right: where `exact` overflows, or `got` is not finite.
    """
    right = nearest(exact)
    if not math.isfinite(right) or not math.isfinite(got):
        return math.inf
    return float(abs(got - mp.mpf(exact)) / math.ulp(right))


def finite(name: str, *xs: float) -> bool:
    """Whether the row has a value at these floats, and floats reach so far."""
    return DOMAIN[name](*xs) and math.isfinite(nearest(EXACT[name].value(*xs)))


def of_lists(function: Callable[..., Any]) -> Callable[..., Any]:
    return precise(lambda *lists: function(*map(vector, lists)), SUM_BITS)


def odds(z, k: int):
    """Σⱼ exp(zⱼ - zₖ) over the others, j ≠ k.

    With it 1 - oₖ needs no subtraction, and everything below is 0 only where it ought to be.
    """
    return sum(mp.exp(z[j] - z[k]) for j in range(len(z)) if j != k)


@of_lists
def softmax(z):
    return [1 / (1 + odds(z, k)) for k in range(len(z))]


@of_lists
def log_softmax(z):
    return [-mp.log1p(odds(z, k)) for k in range(len(z))]


@of_lists
def log_softmax_jacobian(z):
    """∂(log oᵢ)/∂zⱼ = δᵢⱼ - oⱼ."""
    o, n = softmax(z), range(len(z))
    return [[sum(o[:i] + o[i + 1 :]) if i == j else -o[j] for j in n] for i in n]


@of_lists
def softmax_jacobian(z):
    o, logs = softmax(z), log_softmax_jacobian(z)
    return [[o[i] * d for d in logs[i]] for i in range(len(z))]


@of_lists
def logsumexp(z):
    """Its gradient is softmax(z), its Hessian softmax_jacobian(z)."""
    return max(z) + mp.log1p(odds(z, z.index(max(z))))


@of_lists
def cross_entropy(z, t):
    """-Σₖ tₖ·log oₖ from logits; its gradient with respect to the targets is -log_softmax(z)."""
    return -sum(map(mul, t, log_softmax(z)))


@of_lists
def cross_entropy_gradient(z, t):
    """oₖ·Σt - tₖ, which is oₖ·(Σⱼ tⱼ - tₖ·Σⱼ exp(zⱼ - zₖ)) over the others, j ≠ k."""
    pairs = [(t[k], odds(z, k)) for k in range(len(t))]
    return [(sum(t) - tk - tk * others) / (1 + others) for tk, others in pairs]


def nth(name: str, order: int, x: Any) -> Any:
    """The derivative, of any order, of "tanh", "exp(x**2)" or "x**x" at x.

    Each, or for tanh its derivative sech², solves an equation y′ = y·g with a simple g; hence
    y⁽ⁿ⁺¹⁾ = Σₖ C(n, k)·y⁽ᵏ⁾·g⁽ⁿ⁻ᵏ⁾.
    """
    with mp.workprec(max(BITS, mp.prec) + 10 * order):
        x = mp.mpf(x)
        start, y, g = {
            "tanh": (1, [mp.tanh(x), mp.cosh(x) ** -2], lambda n: -2 * y[n]),
            "exp(x**2)": (0, [mp.exp(x**2)], lambda n: (2 * x, 2, 0)[min(n, 2)]),
            "x**x": (0, [x**x], lambda n: -mp.gamma(n) / (-x) ** n if n else 1 + mp.log(x)),
        }[name]
        while len(y) <= order:
            n = len(y) - 1 - start
            y.append(sum(math.comb(n, k) * y[start + k] * g(n - k) for k in range(n + 1)))
        return y[order]
