"""The table: what can be differentiated, and how. One row per primitive, and nothing elsewhere.

A row reads as in a textbook: z = f(x, y), then ∂z/∂x and ∂z/∂y, each a formula in z, x and y made
of arithmetic, a few functions and other rows. Formulas are text and know no number type: the same
text runs over floats, over Values (derivatives that can be differentiated again), over arrays and
over symbols, and is pasted into the operators that `operators.py` writes.

They are chosen for accuracy and so that what does not matter cannot overflow: value and first
derivative are within a few units in the last place, and the rows are closed under differentiation
without cancellation (tanh′ = sech², sech²′ = −2·tanh·sech², …; never 1 − tanh²). Sources: Nicholas
J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM 2002; T. J. Dekker,
"A floating-point technique for extending the available precision", Numer. Math. 18 (1971), for
the sums and splits of `slope` and `gauss`.
"""


class Primitive:
    """One row of the table.

    Attributes:
        name: Its name, and that of its function.
        value: The formula of z. Statements may precede it, separated by `;`.
        partials: The formulas of the local derivatives, one per operand; where an operand is a
            sequence (xs, ys), the sequence of the derivatives by its members.
        operands: The names the formulas give to the operands.
        call: How it is called with these, as "pow(x, y)".
        sign: The operator that Python has for it, or "".
        domain: Where z is a finite real number (overflow aside), as a condition; "" if everywhere.
        pole: Where z would be infinite, a condition; "" if nowhere.
        needs: What an operand that is a Value demands of the others: a condition by operand.
        kink: The convention where the derivative does not exist, in words; "" if it does.
        remedy: What to do when z is too large, or the operand outside the domain; a hint.
        latex, javascript: How z is written there; JavaScript, which is read for the rows of
            `libraries.FLOATS` alone, is None where it has no such thing.
        internal: Whether it only serves the derivatives of other rows.
    """

    def __init__(
        self,
        name,
        value,
        *partials,
        operands=None,
        sign="",
        domain="",
        pole="",
        needs=None,
        kink="",
        remedy="",
        latex="",
        javascript=...,
        internal=False,
    ):
        self.name = name
        self.value = value
        self.partials = partials
        self.operands = operands or ("x", "y")[: len(partials)]
        self.sign = sign
        self.domain = domain
        self.pole = pole
        self.needs = needs or {}
        self.kink = kink
        self.remedy = remedy
        arguments = ", ".join(self.operands)
        self.call = f"{name}({arguments})"
        self.latex = latex or rf"\operatorname{{{name}}}({arguments})"
        plain = f"Math.{value}" if value == self.call else value
        self.javascript = plain if javascript is ... else javascript
        self.internal = internal

    @property
    def infix(self) -> bool:
        """Whether Python has an operator for it that stands between two operands."""
        return bool(self.sign) and len(self.operands) == 2

    @property
    def unary(self) -> bool:
        """Whether it takes one number, so that Values have it as a method."""
        return len(self.operands) == 1 and not self.variadic

    @property
    def variadic(self) -> bool:
        """Whether it takes sequences of any length in place of single operands."""
        return self.operands[0] == "xs"

    def __repr__(self):
        return f"Primitive({self.name}: z = {self.value})"


class Table(dict[str, Primitive]):
    """The rows by name."""

    def __missing__(self, name: str):
        raise KeyError(f"the table has no row {name!r}: give it again, as primitive({name!r}, …)")


PRIMITIVES = Table()


def row(name, value, *partials, **options):
    PRIMITIVES[name] = Primitive(name, value, *partials, **options)


# fmt: off
#   name        z =                          ∂z/∂x                    ∂z/∂y
row("add",      "x + y",                     "1.0",                   "1.0",   sign="+", latex="x + y")
row("sub",      "x - y",                     "1.0",                   "-1.0",  sign="-", latex="x - y")
row("mul",      "x * y",                     "y",                     "x",     sign="*", latex=r"x \, y")
row("div",      "x / y",                     "1.0 / y",               "-z / y", sign="/", latex=r"\frac{x}{y}",
    domain="y != 0", pole="y == 0")
# The second factor keeps log(0) out where 0 ** y = 0, and lets it fail at 0 ** 0.
row("pow",      "x ** y",                    "slope(x, y)",           "z * log(x + equal(x, 0.0) * equal(z, 0.0))",
    sign="**", latex="x^{y}", javascript="Math.pow(x, y)",
    domain="x > 0 or (x == 0 and y >= 0) or (x < 0 and y % 1 == 0)", pole="x == 0 and y < 0", needs={"y": "x >= 0"},
    kink="x ** 0 has slope 0 everywhere; 0 ** c has slope 1 for c = 1, 0 for c > 1 and none for 0 < c < 1")
row("neg",      "-x",                        "-1.0",                  sign="-", latex="-x")
row("abs",      "abs(x)",                    "greater(x, 0.0) - greater(0.0, x)", latex="|x|", kink="slope 0 at 0")
row("relu",     "maximum(0.0, x)",           "greater(x, 0.0)",       kink="slope 0 at 0")
row("exp",      "exp(x)",                    "z",                     latex="e^{x}",
    remedy="softmax, logsumexp, sigmoid and softplus stay finite for any x")
row("expm1",    "expm1(x)",                  "exp(x)",                latex="e^{x} - 1")
row("log",      "log(x)",                    "1.0 / x",               latex=r"\log x", domain="x > 0", pole="x == 0",
    remedy="where x underflowed to 0, use log_softmax, softmax_cross_entropy or softplus in its place")
row("log1p",    "log1p(x)",                  "1.0 / (1.0 + x)",       latex=r"\log(1 + x)", domain="x > -1", pole="x == -1")
row("log2",     "log2(x)",                   "1.4426950408889634 / x", latex=r"\log_{2} x", domain="x > 0", pole="x == 0")
row("log10",    "log10(x)",                  "0.4342944819032518 / x", latex=r"\log_{10} x", domain="x > 0", pole="x == 0")
row("sqrt",     "sqrt(x)",                   "0.5 / z",               latex=r"\sqrt{x}", domain="x >= 0", kink="no slope at 0")
row("cbrt",     "cbrt(x)",                   "z / x / 3.0",           latex=r"\sqrt[3]{x}", kink="no slope at 0")
row("sin",      "sin(x)",                    "cos(x)",                latex=r"\sin x")
row("cos",      "cos(x)",                    "-sin(x)",               latex=r"\cos x")
row("tan",      "tan(x)",                    "1.0 + z * z",           latex=r"\tan x")
row("asin",     "asin(x)",                   "arcsine_slope(x)",      latex=r"\arcsin x", domain="-1 <= x <= 1", kink="no slope at ±1")
row("acos",     "acos(x)",                   "-arcsine_slope(x)",     latex=r"\arccos x", domain="-1 <= x <= 1", kink="no slope at ±1")
row("atan",     "atan(x)",                   "arctangent_slope(x)",   latex=r"\arctan x")
row("atan2",    "atan2(x, y)",               "direction(y, x) / hypot(x, y)", "-direction(x, y) / hypot(x, y)",
    kink="no slope at (0, 0); x is the ordinate, as in math.atan2(1.0, 0.0) = π/2")
row("hypot",    "hypot(x, y)",               "direction(x, y)",       "direction(y, x)",
    latex=r"\sqrt{x^2 + y^2}", kink="no slope at (0, 0)")
row("sinh",     "sinh(x)",                   "cosh(x)",               latex=r"\sinh x")
row("cosh",     "cosh(x)",                   "sinh(x)",               latex=r"\cosh x")
row("tanh",     "tanh(x)",                   "sech2(x)",              latex=r"\tanh x")
row("asinh",    "asinh(x)",                  "1.0 / hypot(1.0, x)")
row("acosh",    "acosh(x)",                  "1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0))", domain="x >= 1", kink="no slope at 1")
row("atanh",    "atanh(x)",                  "artanh_slope(x)",       domain="-1 < x < 1", pole="abs(x) == 1")
row("sigmoid",  "exp(minimum(x, 0.0)) / (1.0 + exp(-abs(x)))", "0.25 * sech2(0.5 * x)", latex=r"\sigma(x)")
row("softplus", "maximum(x, 0.0) + log1p(exp(-abs(x)))", "sigmoid(x)")
row("erf",      "erf(x)",                    "1.1283791670955126 * gauss(x)", javascript=None)
row("erfc",     "erfc(x)",                   "-1.1283791670955126 * gauss(x)", javascript=None)
row("where",    "where(c, x, y)",            "0.0", "where(c, 1.0, 0.0)", "where(c, 0.0, 1.0)", operands=("c", "x", "y"),
    javascript="(c ? x : y)", kink="only the operand taken has a slope")
row("greater",  "greater(x, y)",             "0.0",                   "0.0",   latex="[x > y]", javascript="(x > y ? 1 : 0)", kink="slope 0")
row("equal",    "equal(x, y)",               "0.0",                   "0.0",   latex="[x = y]", javascript="(x === y ? 1 : 0)", kink="slope 0")

# Rows with any number of operands; they add from left to right, as x₁ + x₂ + … does.
row("sum",      "fold(xs)",                  "(1.0,) * len(xs)",      operands=("xs",), latex=r"\sum_i x_i")
row("dot",      "fold(map(mul, xs, ys))",    "ys",                    "xs",  operands=("xs", "ys"), latex=r"\sum_i x_i \, y_i")
row("max",      "maximum(xs)",               "t = [equal(x, z) for x in xs]; k = fold(t); [s / k for s in t]", operands=("xs",),
    latex=r"\max_i x_i", kink="k tied operands share the slope, 1/k each")
row("min",      "minimum(xs)",               "t = [equal(x, z) for x in xs]; k = fold(t); [s / k for s in t]", operands=("xs",),
    latex=r"\min_i x_i", kink="k tied operands share the slope, 1/k each")

# What derivatives need, and keeps them free of cancellation at every order.
row("sech2",    "s = exp(-2.0 * abs(x)); t = 1.0 + s; 4.0 * s / (t * t)", "-2.0 * (tanh(x) * z)",
    latex=r"\operatorname{sech}^2 x", internal=True)
# h holds the upper half of x's bits, so that h² is exact: exp(-x²) would lose the digits that x² loses.
row("gauss",    "u = minimum(abs(x), 40.0); c = 134217729.0 * u; h = c - (c - u); exp(-h * h) * exp(-(u - h) * (u + h))",
    "-2.0 * (x * z)", latex="e^{-x^2}", internal=True)
row("arcsine_slope",    "1.0 / sqrt((1.0 - x) * (1.0 + x))", "x * (z * z * z)", latex=r"\frac{1}{\sqrt{1 - x^2}}",
    domain="-1 < x < 1", pole="abs(x) == 1", internal=True)
row("arctangent_slope", "h = hypot(1.0, x); 1.0 / h / h", "-2.0 * (x * z * z)", latex=r"\frac{1}{1 + x^2}", internal=True)
row("artanh_slope",     "1.0 / ((1.0 - x) * (1.0 + x))", "2.0 * (x * z * z)", latex=r"\frac{1}{1 - x^2}",
    domain="-1 < x < 1", pole="abs(x) == 1", internal=True)
row("direction", "x / hypot(x, y)", "s = direction(y, x); s * (s / hypot(x, y))", "-z * direction(y, x) / hypot(x, y)",
    latex=r"\frac{x}{\sqrt{x^2 + y^2}}", domain="x != 0 or y != 0", pole="x == 0 and y == 0", internal=True)
# y·x^(y-1), with r the rounding error of y - 1, for which the last factor makes up. Where y is 0 it
# is 0; its own slope at x = 0 needs to be told so (the 2.0: 0 · x^-2), without making a constant
# exponent vary with x. For such a one programs keep no more than y * x ** p.
row("slope",    "d = 1.0 - equal(y, 0.0); p = y - d; q = p - y; r = (y - (p - q)) - (d + q); "
                "y * x ** p * (x + equal(x, 0.0)) ** r",
    "y * slope(x, y - 1.0 + where(equal(detached(y), 0.0), 2.0 * equal(detached(x), 0.0), 0.0))", "x ** (y - 1.0) * (1.0 + y * log(x))", latex=r"y \, x^{y-1}",
    domain="x > 0 or y == 0 or (x == 0 and y >= 1) or (x < 0 and y % 1 == 0)", pole="x == 0 and y < 1", needs={"y": "x > 0"}, internal=True)
# fmt: on
