"""What goes wrong with means, distances, interest, likelihoods and least squares."""

from microgradx import log

from . import derivation
from .formulas import (
    bilinear,
    compound_interest,
    distance,
    geometric_mean,
    log_likelihood,
    regression,
    weighted_mean,
)

MISTAKES = [
    derivation(
        "the sign",
        log_likelihood, "l", "m", lambda g: -(g.d1 + g.d2) / g.s**2,
        {"sign"},
    ),
    derivation(
        "one observation only",
        log_likelihood, "l", "m", lambda g: g.d1 / g.s**2,
        {"missing path"}, place="d2",
    ),
    derivation(
        "the 2 not cancelled by the square's",
        log_likelihood, "l", "m", lambda g: (g.d1 + g.d2) / (2 * g.s**2),
        {"constant factor"}, {"missing path"}, {"wrong local derivative"},
    ),
    derivation(
        "the normalisation overlooked",
        log_likelihood, "l", "s", lambda g: g.Q / g.s**3,
        {"missing path"},
    ),
    derivation(
        "the normalisation's sign",
        log_likelihood, "l", "s", lambda g: g.Q / g.s**3 + 2 / g.s,
        {"sign"}, place="s",
    ),
    derivation(
        "1/s² for 1/s³",
        log_likelihood, "l", "s", lambda g: g.Q / g.s**2 - 2 / g.s,
        {"wrong local derivative"}, {"missing factor"}, {"extra factor"}, place="s",
    ),
    derivation(
        "the derivative of log s left out",
        log_likelihood, "l", "s", lambda g: g.Q / g.s**3 - 2,
        {"wrong local derivative"}, {"missing factor"}, {"extra factor"}, place="s",
    ),
    derivation(
        "by an observation, the variance forgotten",
        log_likelihood, "l", "x1", lambda g: -g.d1,
        {"missing factor"}, {"extra factor"}, place="s",
    ),
    derivation(
        "the matrix in place of its transpose",
        bilinear, "f", "y1", lambda g: g.a11 * g.x1 + g.a12 * g.x2,
        {"swapped factor"}, place="a12 a21",
    ),
    derivation(
        "x for y",
        bilinear, "f", "a12", lambda g: g.x1 * g.x2,
        {"swapped factor"}, {"wrong local derivative"}, place="x2 y2",
    ),
    derivation(
        "the entry kept",
        bilinear, "f", "a22", lambda g: g.a22 * g.x2 * g.y2,
        {"extra factor"}, place="a22",
    ),
    derivation(
        "one row only",
        bilinear, "f", "y2", lambda g: g.a12 * g.x1,
        {"missing path"}, place="u2",
    ),
    derivation(
        "the vector from the right forgotten",
        bilinear, "f", "a21", lambda g: g.x2 + 0 * g.y1,
        {"missing factor"}, place="y1",
    ),
    derivation(
        "the exponent 1/3 forgotten",
        geometric_mean, "G", "x", lambda g: g.G / g.x,
        {"constant factor"}, {"wrong local derivative"},
    ),
    derivation(
        "the inner product forgotten",
        geometric_mean, "G", "x", lambda g: g.G / (3 * g.P),
        {"missing factor"}, place="P y z",
    ),
    derivation(
        "the power not reduced",
        geometric_mean, "G", "y", lambda g: g.G / 3 * g.x * g.z,
        {"wrong local derivative"}, {"extra factor"}, {"missing factor"}, place="G P",
    ),
    derivation(
        "one factor of the inner derivative lost",
        geometric_mean, "G", "z", lambda g: g.G / (3 * g.P) * g.x,
        {"missing factor"}, place="y",
    ),
    derivation(
        "the arithmetic mean taken as a constant",
        geometric_mean, "R", "x", lambda g: g.R / (3 * g.x),
        {"missing path"}, place="m",
    ),
    derivation(
        "a plus in the quotient rule",
        geometric_mean, "R", "y", lambda g: g.R / (3 * g.y) + g.R / (3 * g.m),
        {"sign"}, place="m",
    ),
    derivation(
        "the quotient of the derivatives",
        geometric_mean, "R", "z", lambda g: g.G / g.z,
        {"wrong rule"}, place="R G m",
    ),
    derivation(
        "the inner 1/n forgotten",
        compound_interest, "A", "r", lambda g: g.P * g.k * g.q ** (g.k - 1),
        {"missing factor"}, {"extra factor"}, place="n",
    ),
    derivation(
        "the exponent not reduced",
        compound_interest, "A", "r", lambda g: g.P * g.y * g.q**g.k,
        {"wrong local derivative"}, {"extra factor"}, {"missing factor"}, place="q G",
    ),
    derivation(
        "the exponent not multiplied",
        compound_interest, "A", "r", lambda g: g.P * g.q ** (g.k - 1) / g.n,
        {"missing factor"}, {"wrong local derivative"}, place="k G",
    ),
    derivation(
        "the power rule by the exponent",
        compound_interest, "A", "y", lambda g: g.P * g.k * g.q ** (g.k - 1) * g.n,
        {"wrong local derivative"}, {"wrong rule"}, {"swapped factor"}, place="G k",
    ),
    derivation(
        "the logarithm forgotten",
        compound_interest, "A", "y", lambda g: g.A * g.n,
        {"missing factor"}, {"wrong local derivative"}, place="G q k",
    ),
    derivation(
        "the frequency in the exponent only",
        compound_interest, "A", "n", lambda g: g.A * g.y * log(g.q),
        {"missing path"}, place="q",
    ),
    derivation(
        "the frequency in the base only",
        compound_interest, "A", "n", lambda g: -g.A * g.k / g.q * g.r / g.n**2,
        {"missing path"}, place="k",
    ),
    derivation(
        "the inner minus of 1/n lost",
        compound_interest, "A", "n", lambda g: g.A * g.y * log(g.q) + g.A * g.k / g.q * g.r / g.n**2,
        {"sign"}, place="q",
    ),
    derivation(
        "the capital kept",
        compound_interest, "A", "P", lambda g: g.A,
        {"extra factor"}, place="P",
    ),
    derivation(
        "the sum of the weights taken as a constant",
        weighted_mean, "M", "a", lambda g: g.x / g.S,
        {"missing path"}, place="S",
    ),
    derivation(
        "a plus in the quotient rule",
        weighted_mean, "M", "b", lambda g: (g.y + g.M) / g.S,
        {"sign"}, place="S",
    ),
    derivation(
        "the quotient of the derivatives",
        weighted_mean, "M", "a", lambda g: g.x + 0 * g.a,
        {"wrong rule"}, {"missing factor", "missing path"}, {"extra factor", "missing path"},
    ),
    derivation(
        "the other weight",
        weighted_mean, "M", "x", lambda g: g.b / g.S,
        {"swapped factor"}, place="a b",
    ),
    derivation(
        "not divided by the sum",
        weighted_mean, "M", "y", lambda g: g.b + 0 * g.y,
        {"missing factor"}, {"extra factor"}, place="S N",
    ),
    derivation(
        "one operand of M·M",
        weighted_mean, "L", "x", lambda g: g.M * g.a / g.S,
        {"missing path"}, {"constant factor"},
    ),
    derivation(
        "the outer derivative left out, and the sign",
        weighted_mean, "L", "a", lambda g: -(g.x - g.M) / g.S,
        {"sign", "missing factor"}, {"missing factor", "constant factor", "sign"}, place="M",
    ),
    derivation(
        "the first sample alone",
        regression, "L", "w", lambda g: g.e1 * g.x1,
        {"missing path"}, place="e2",
    ),
    derivation(
        "= in place of +=: the last sample alone",
        regression, "L", "b", lambda g: g.e2,
        {"missing path"}, place="e1",
    ),
    derivation(
        "target minus prediction",
        regression, "L", "w", lambda g: (g.y1 - g.w * g.x1 - g.b) * g.x1 - g.e2 * g.x2,
        {"sign"},
    ),
    derivation(
        "one error with the wrong sign",
        regression, "L", "b", lambda g: g.e1 - g.e2,
        {"sign"}, place="e2",
    ),
    derivation(
        "twice the squares, not halved",
        regression, "L", "w", lambda g: 2 * (g.e1 * g.x1 + g.e2 * g.x2),
        {"constant factor"}, {"repeated path"},
    ),
    derivation(
        "the other sample's input",
        regression, "L", "w", lambda g: g.e1 * g.x2 + g.e2 * g.x2,
        {"swapped factor"}, {"wrong local derivative"}, place="x1 x2",
    ),
    derivation(
        "an input forgotten",
        regression, "L", "w", lambda g: g.e1 * g.x1 + g.e2,
        {"missing factor"}, place="x2",
    ),
    derivation(
        "the sign",
        distance, "V", "a", lambda g: g.k * g.dx / g.r**3,
        {"sign"},
    ),
    derivation(
        "1/r² for 1/r³",
        distance, "V", "b", lambda g: -g.k * g.dy / g.r**2,
        {"missing factor"}, {"extra factor"}, {"wrong local derivative"}, place="r",
    ),
    derivation(
        "the unit vector forgotten",
        distance, "V", "a", lambda g: -g.k / g.r**2,
        {"missing factor"}, place="dx r",
    ),
    derivation(
        "the other coordinate",
        distance, "r", "d", lambda g: -g.dx / g.r,
        {"swapped factor"}, place="dx dy",
    ),
    derivation(
        "one operand of dx·dx",
        distance, "r", "c", lambda g: -g.dx / (2 * g.r),
        {"missing path"}, {"constant factor"},
    ),
    derivation(
        "the fraction upside down",
        distance, "r", "a", lambda g: g.r / g.dx,
        {"inverted factor"}, place="r dx",
    ),
]  # fmt: skip
