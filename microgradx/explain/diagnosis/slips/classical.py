"""Classical slips of local derivatives, as data: what people write in place of the right formula.

By primitive and operand: formulas in z, x and y, as those of the table. Right ones with another
sign are not here, for the sign is a slip of its own.
"""

from functools import cache
from math import nan

from microgradx.libraries import FLOAT

# fmt: off
SLIPS: dict[tuple[str, int], tuple[str, ...]] = {
    ("sigmoid", 0): ("z * (1 + z)", "z", "1 - z", "z * z", "1 - z * z", "x * (1 - x)", "z * (1 - x)", "(1 - z) * (1 - z)"),
    ("tanh", 0): ("1 - z", "1 + z * z", "z * (1 - z)", "1 - x * x", "1 + z", "(1 - z) * (1 - z)", "z", "z * z"),
    ("softplus", 0): ("1 - sigmoid(x)", "sigmoid(x) * (1 - sigmoid(x))", "exp(x)", "z", "z * (1 - z)", "1 - z", "1 / (1 + z)"),
    ("relu", 0): ("1", "x", "z"),
    ("abs", 0): ("1", "x", "z", "2 * x"),
    ("exp", 0): ("x * exp(x - 1)", "exp(x - 1)", "x * z", "x"),
    ("expm1", 0): ("z", "x * exp(x - 1)"),
    ("log", 0): ("1 / z", "z", "z / x", "exp(x)"),
    ("log1p", 0): ("1 / x", "1 + x", "1 / z"),
    ("log2", 0): ("x", "1 / z", "0.6931471805599453 / x"),
    ("log10", 0): ("x", "1 / z", "2.302585092994046 / x"),
    ("sqrt", 0): ("1 / z", "z", "0.5 * z", "2 * z", "0.5 / x", "1 / x", "1 / (z * x)", "x"),
    ("cbrt", 0): ("z", "z * z", "1 / z", "1 / x", "1 / (3 * z)"),
    ("pow", 0): ("x ** (y - 1)", "y * z", "z", "(y - 1) * x ** (y - 1)", "y * x ** (y + 1)", "y * x", "x ** (y - 1) / y",
                 "(y - 1) * z", "z * log(x)", "y", "y * x ** (1 - y)", "x ** (y + 1) / (y + 1)"),
    ("pow", 1): ("y * x ** (y - 1)", "z", "log(x)", "z / x", "z * log(y)", "z * y", "z / log(x)", "y * z"),
    ("sin", 0): ("sin(x)", "-sin(x)", "cos(1)"),
    ("cos", 0): ("cos(x)", "-cos(x)", "-1"),
    ("tan", 0): ("1 - z * z", "1 / cos(x)", "1 / (sin(x) * sin(x))", "cos(x) * cos(x)", "z / cos(x)", "z * z", "1 + z"),
    ("asin", 0): ("1 / sqrt(1 + x * x)", "sqrt(1 - x * x)", "1 / (1 - x * x)", "1 / cos(x)", "1 / (1 + x * x)", "1 / sqrt(1 - x)", "-cos(x) / (sin(x) * sin(x))"),
    ("acos", 0): ("-1 / sqrt(1 + x * x)", "-sqrt(1 - x * x)", "-1 / (1 - x * x)", "-1 / sin(x)", "-1 / (1 + x * x)", "-1 / sqrt(1 - x)", "sin(x) / (cos(x) * cos(x))"),
    ("atan", 0): ("1 / (1 - x * x)", "1 / sqrt(1 + x * x)", "1 / sqrt(1 - x * x)", "1 + x * x", "1 / (1 + x)", "1 / ((1 + x) * (1 + x))", "1 / (1 + z * z)", "cos(x) * cos(x)", "1 / (cos(x) * cos(x))", "-1 / (sin(x) * sin(x))"),
    ("sinh", 0): ("sinh(x)", "cos(x)"),
    ("cosh", 0): ("cosh(x)", "sin(x)"),
    ("asinh", 0): ("1 / sqrt(1 - x * x)", "1 / (1 + x * x)", "sqrt(1 + x * x)", "1 / sqrt(1 + x)"),
    ("acosh", 0): ("1 / sqrt(x * x + 1)", "1 / (x * x - 1)", "sqrt(x * x - 1)", "1 / sqrt(x - 1)"),
    ("atanh", 0): ("1 / (1 + x * x)", "1 / sqrt(1 - x * x)", "1 - x * x", "1 / (1 - x)", "1 / ((1 - x) * (1 - x))"),
    # 1.128… is 2/√π, and 0.398… is 1/√2π
    ("erf", 0): ("gauss(x)", "z", "exp(-x)", "1.1283791670955126 * exp(-x)", "1.1283791670955126 * exp(x * x)",
                 "1.1283791670955126 * exp(-x * x / 2)", "0.3989422804014327 * exp(-x * x / 2)"),
    ("erfc", 0): ("-gauss(x)", "z", "-exp(-x)"),
    ("hypot", 0): ("1 / z", "x / (z * z)", "1 / (2 * z)", "z"),
    ("hypot", 1): ("1 / z", "y / (z * z)", "1 / (2 * z)", "z"),
    ("atan2", 0): ("1 / y", "y", "1 / (1 + x * x)", "1 / (x * x + y * y)", "y / hypot(x, y)"),
    ("atan2", 1): ("-1 / x", "-x", "-1 / (1 + y * y)", "-1 / (x * x + y * y)", "-x / hypot(x, y)"),
    ("div", 1): ("-x / y", "x * log(abs(y))", "-1 / (y * y)", "-x * y * y", "1 / x"),
    ("max", 0): ("1",),
    ("min", 0): ("1",),
}
# fmt: on
# The right ones with the value y of another node in them; those of tanh are factors, (1 − y^2).
IN_VALUES = {"sigmoid": ("y * (1 - y)", "z * (1 - y)", "y * (1 - z)")}
# These are the right ones without a factor.
LOST = {("atan2", "y"), ("atan2", "-x"), ("pow", "y"), ("div", "-x / y"), ("cos", "-1")}
# So are these, without an operand: if that is no constant, it is a factor that has a name.
OPERAND_LOST = {("pow", "x ** (y - 1)"): (1,), ("div", "-1 / (y * y)"): (0,)}
# This, by operand, is the right one without a function as a factor.
FUNCTION_LOST = {("pow", 1, "z"): "log(x)"}
# And these are upside down.
INVERTED = {
    ("sqrt", "0.5 * z"),
    ("sqrt", "2 * z"),
    ("pow", "y * x ** (1 - y)"),
    ("div", "-x * y * y"),
}


@cache
def compiled(formula: str):
    """A formula as a function of z and the operands, over the functions of the table."""
    return eval(f"lambda z, x, y: {formula}", FLOAT.complete())


def evaluate(formula: str, z: float, operands: list[float]) -> float:
    """A formula at the numbers of a node; nan where it is not defined."""
    x, y = (operands * 2)[:2]
    try:
        return float(compiled(formula)(z, x, y))
    except (ArithmeticError, ValueError, TypeError):
        return nan
