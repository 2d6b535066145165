"""What goes wrong with the rules: product, quotient, power, exponential, chain, root."""

from microgradx import cos, exp, log, sin, sqrt

from . import derivation
from .graphs import (
    chain_of_three,
    exponentials,
    length,
    logarithms,
    powers,
    product,
    quotient,
    square,
)

MISTAKES = [
    derivation(
        "a plus in the quotient rule",
        quotient, "q", "x", lambda g: (2 * g.x * g.v + 3 * g.u) / g.v**2,
        {"sign"}, place="v",
    ),
    derivation(
        "the quotient rule the other way round",
        quotient, "q", "x", lambda g: (3 * g.u - 2 * g.x * g.v) / g.v**2,
        {"sign"},
    ),
    derivation(
        "the denominator not squared",
        quotient, "q", "x", lambda g: (2 * g.x * g.v - 3 * g.u) / g.v,
        {"missing factor"}, {"extra factor"}, place="v u",
    ),
    derivation(
        "the denominator forgotten",
        quotient, "q", "x", lambda g: 2 * g.x * g.v - 3 * g.u,
        {"missing factor"}, {"extra factor"}, {"inverted factor"}, place="v u",
    ),
    derivation(
        "the quotient of the derivatives",
        quotient, "q", "x", lambda g: 2 * g.x / 3,
        {"wrong rule"}, place="q u v",
    ),
    derivation(
        "the denominator taken as a constant",
        quotient, "q", "x", lambda g: 2 * g.x / g.v,
        {"missing path"}, place="v",
    ),
    derivation(
        "the numerator taken as a constant",
        quotient, "q", "x", lambda g: -3 * g.u / g.v**2,
        {"missing path"}, place="u",
    ),
    derivation(
        "1/v² as 1/v in one term",
        quotient, "q", "x", lambda g: (2 * g.x - 3 * g.u) / g.v,
        {"wrong local derivative"}, {"missing factor"}, {"extra factor"}, place="v",
    ),
    derivation(
        "x² to x in the numerator",
        quotient, "q", "x", lambda g: (g.x * g.v - 3 * g.u) / g.v**2,
        {"constant factor"}, {"wrong local derivative"}, place="u x",
    ),
    derivation(
        "the product of the derivatives",
        product, "f", "x", lambda g: cos(g.x) * g.c * g.v,
        {"wrong rule"}, place="f u v",
    ),
    derivation(
        "the second factor taken as a constant",
        product, "f", "x", lambda g: cos(g.x) * g.v,
        {"missing path"}, place="v",
    ),
    derivation(
        "a minus in the product rule",
        product, "f", "x", lambda g: cos(g.x) * g.v - g.u * g.c * g.v,
        {"sign"}, place="v",
    ),
    derivation(
        "the inner derivative of the exponential forgotten",
        product, "f", "x", lambda g: cos(g.x) * g.v + g.u * g.v,
        {"missing factor"}, place="c",
    ),
    derivation(
        "sin′ = −cos",
        product, "f", "x", lambda g: -cos(g.x) * g.v + g.u * g.c * g.v,
        {"sign"}, place="u",
    ),
    derivation(
        "sin′ = sin",
        product, "f", "x", lambda g: sin(g.x) * g.v + g.u * g.c * g.v,
        {"wrong local derivative"}, {"swapped factor"}, place="u",
    ),
    derivation(
        "e^y to y·e^(y−1)",
        product, "f", "x",
        lambda g: cos(g.x) * g.v + g.u * g.c * (g.c * g.x) * exp(g.c * g.x - 1),
        {"wrong local derivative"}, place="v",
    ),
    derivation(
        "the other factors left out: the sum of the derivatives",
        product, "f", "x", lambda g: cos(g.x) + g.c * g.v,
        {"wrong rule"}, {"missing factor"},
    ),
    derivation(
        "one operand of x·x",
        square, "f", "x", lambda g: g.a * g.x,
        {"missing path"}, {"constant factor"},
    ),
    derivation(
        "the coefficient forgotten",
        square, "f", "x", lambda g: 2 * g.x,
        {"missing factor"}, place="a",
    ),
    derivation(
        "2x² for x²′",
        square, "f", "x", lambda g: 2 * g.a * g.x * g.x,
        {"extra factor"}, {"wrong local derivative"}, place="x s",
    ),
    derivation(
        "two operands, each with a 2",
        square, "f", "x", lambda g: 4 * g.a * g.x,
        {"constant factor"}, {"repeated path"},
    ),
    derivation(
        "n·xⁿ for n·xⁿ⁻¹",
        powers, "f", "x", lambda g: 5 * g.a * g.x**5 + g.b / (2 * g.r),
        {"wrong local derivative"}, {"extra factor"}, place="p x",
    ),
    derivation(
        "xⁿ⁻¹ for n·xⁿ⁻¹",
        powers, "f", "x", lambda g: g.a * g.x**4 + g.b / (2 * g.r),
        {"wrong local derivative"}, {"constant factor"}, place="p",
    ),
    derivation(
        "(n−1)·xⁿ⁻¹ for n·xⁿ⁻¹",
        powers, "f", "x", lambda g: 4 * g.a * g.x**4 + g.b / (2 * g.r),
        {"wrong local derivative"}, {"constant factor"}, place="p",
    ),
    derivation(
        "1/√x for 1/(2√x)",
        powers, "f", "x", lambda g: 5 * g.a * g.x**4 + g.b / g.r,
        {"wrong local derivative"}, {"constant factor"}, place="r",
    ),
    derivation(
        "√x/2 for 1/(2√x)",
        powers, "f", "x", lambda g: 5 * g.a * g.x**4 + g.b * sqrt(g.x) / 2,
        {"wrong local derivative"}, {"inverted factor"}, {"extra factor"}, place="r x",
    ),
    derivation(
        "the root overlooked",
        powers, "f", "x", lambda g: 5 * g.a * g.x**4,
        {"missing path"}, place="r",
    ),
    derivation(
        "a coefficient lost, and the sign of the root",
        powers, "f", "x", lambda g: 5 * g.x**4 - g.b / (2 * g.r),
        {"missing factor", "sign"}, place="a r",
    ),
    derivation(
        "the power rule, by the exponent",
        exponentials, "f", "n", lambda g: g.n * g.x ** (g.n - 1),
        {"wrong local derivative"}, {"wrong rule"}, {"swapped factor"},
    ),
    derivation(
        "the rule of an exponential, by the base",
        exponentials, "f", "x", lambda g: g.f * log(g.x),
        {"wrong local derivative"}, {"wrong rule"}, {"swapped factor"},
    ),
    derivation(
        "the power rule for an exponential",
        exponentials, "g", "x", lambda g: g.x * g.c ** (g.x - 1),
        {"wrong local derivative"}, {"wrong rule"}, {"swapped factor"},
    ),
    derivation(
        "log c forgotten, as if c were e",
        exponentials, "g", "x", lambda g: g.c**g.x,
        {"missing factor"}, {"wrong local derivative"}, place="c g",
    ),
    derivation(
        "the power rule alone for xˣ",
        exponentials, "h", "x", lambda g: g.x * g.x ** (g.x - 1),
        {"missing path"}, place="x",
    ),
    derivation(
        "the rule of an exponential alone for xˣ",
        exponentials, "h", "x", lambda g: g.h * log(g.x),
        {"missing path"}, place="x",
    ),
    derivation(
        "the innermost derivative forgotten",
        chain_of_three, "f", "x", lambda g: cos(g.w) * g.w,
        {"missing factor"}, place="v x",
    ),
    derivation(
        "the middle derivative forgotten",
        chain_of_three, "f", "x", lambda g: cos(g.w) * 2 * g.a * g.x,
        {"missing factor"}, place="w",
    ),
    derivation(
        "the outer derivative at the inner variable",
        chain_of_three, "f", "x", lambda g: cos(g.v) * g.w * 2 * g.a * g.x,
        {"wrong local derivative"}, {"swapped factor"}, place="w v f",
    ),
    derivation(
        "sin for cos",
        chain_of_three, "f", "x", lambda g: sin(g.w) * g.w * 2 * g.a * g.x,
        {"wrong local derivative"}, {"swapped factor"}, place="f",
    ),
    derivation(
        "sin′ = −cos",
        chain_of_three, "f", "x", lambda g: -cos(g.w) * g.w * 2 * g.a * g.x,
        {"sign"},
    ),
    derivation(
        "e^v to v·e^(v−1)",
        chain_of_three, "f", "x", lambda g: cos(g.w) * g.v * exp(g.v - 1) * 2 * g.a * g.x,
        {"wrong local derivative"}, place="w",
    ),
    derivation(
        "the 2 of x² lost",
        chain_of_three, "f", "x", lambda g: cos(g.w) * g.w * g.a * g.x,
        {"constant factor"}, {"wrong local derivative"},
    ),
    derivation(
        "the coefficient forgotten, and the sign",
        chain_of_three, "f", "x", lambda g: -cos(g.w) * g.w * 2 * g.x,
        {"missing factor", "sign"}, place="a",
    ),
    derivation(
        "cos′ = +sin",
        logarithms, "f", "x", lambda g: sin(g.l) / g.u * 2 * g.a * g.x,
        {"sign"},
    ),
    derivation(
        "log′u = u",
        logarithms, "f", "x", lambda g: -sin(g.l) * g.u * 2 * g.a * g.x,
        {"inverted factor"}, {"wrong local derivative"}, place="u l",
    ),
    derivation(
        "log′u = 1/log u",
        logarithms, "f", "x", lambda g: -sin(g.l) / g.l * 2 * g.a * g.x,
        {"wrong local derivative"}, {"swapped factor"}, place="u l",
    ),
    derivation(
        "one operand of x·x inside",
        logarithms, "f", "x", lambda g: -sin(g.l) / g.u * g.a * g.x,
        {"missing path"}, {"constant factor"},
    ),
    derivation(
        "the inner derivative forgotten",
        logarithms, "f", "x", lambda g: -sin(g.l) / g.u,
        {"missing factor"}, place="u x",
    ),
    derivation(
        "the fraction upside down",
        length, "n", "x", lambda g: g.n / g.x,
        {"inverted factor"}, place="x n",
    ),
    derivation(
        "the root's 1/n forgotten",
        length, "n", "x", lambda g: g.x,
        {"missing factor"}, {"extra factor"}, place="n q",
    ),
    derivation(
        "1/√q for 1/(2√q)",
        length, "n", "y", lambda g: 2 * g.y / g.n,
        {"constant factor"}, {"wrong local derivative"},
    ),
    derivation(
        "times the root",
        length, "n", "z", lambda g: g.z * g.n,
        {"inverted factor"}, {"wrong local derivative"}, {"extra factor"}, place="n q",
    ),
    derivation(
        "the length taken as a constant",
        length, "f", "x", lambda g: g.a / g.n,
        {"missing path"}, place="n",
    ),
    derivation(
        "a plus before the second term",
        length, "f", "x", lambda g: g.a / g.n + g.a * g.x**2 / g.n**3,
        {"sign"}, place="n",
    ),
    derivation(
        "1/n² for 1/n³ in the second term",
        length, "f", "x", lambda g: g.a / g.n - g.a * g.x**2 / g.n**2,
        {"wrong local derivative"}, {"missing factor"}, {"extra factor"}, place="n",
    ),
    derivation(
        "another component",
        length, "n", "x", lambda g: g.y / g.n,
        {"swapped factor"}, place="x y",
    ),
]  # fmt: skip
