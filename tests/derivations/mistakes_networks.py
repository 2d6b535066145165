"""What goes wrong in derivations through neurons and layers."""

from microgradx import sigmoid

from . import derivation
from .graphs import logistic, tanh_layer, two_layers


def below(g, unit):
    """The error signal at one hidden unit of `two_layers`, before its own sigmoid."""
    return (g.p - g.t) * g.p * (1 - g.p) * (g.v1 if unit == 1 else g.v2)


MISTAKES = [
    derivation(
        "t − s",
        logistic, "L", "w1", lambda g: (g.t - g.s) * g.x1,
        {"sign"},
    ),
    derivation(
        "the derivative of log(1 − s) without its minus",
        logistic, "L", "w2", lambda g: (-g.t / g.s - (1 - g.t) / (1 - g.s)) * g.s * (1 - g.s) * g.x2,
        {"sign"}, place="s",
    ),
    derivation(
        "the term of 1 − t overlooked",
        logistic, "L", "b", lambda g: -g.t * (1 - g.s),
        {"missing path"}, place="s L",
    ),
    derivation(
        "the term of t overlooked, and the sign",
        logistic, "L", "z", lambda g: -(1 - g.t) * g.s,
        {"sign", "missing path"}, place="s L",
    ),
    derivation(
        "σ′ forgotten",
        logistic, "L", "w1", lambda g: (-g.t / g.s + (1 - g.t) / (1 - g.s)) * g.x1,
        {"missing factor"}, place="s z",
    ),
    derivation(
        "σ′ once more, as for a squared error",
        logistic, "L", "w2", lambda g: (g.s - g.t) * g.s * (1 - g.s) * g.x2,
        {"extra factor"}, place="s z",
    ),
    derivation(
        "s(1 + s)",
        logistic, "L", "b", lambda g: (-g.t / g.s + (1 - g.t) / (1 - g.s)) * g.s * (1 + g.s),
        {"wrong local derivative"}, place="s",
    ),
    derivation(
        "s for s(1 − s)",
        logistic, "L", "z", lambda g: (-g.t / g.s + (1 - g.t) / (1 - g.s)) * g.s,
        {"wrong local derivative"}, {"missing factor"}, place="s",
    ),
    derivation(
        "this neuron's output for its input",
        logistic, "L", "w1", lambda g: (g.s - g.t) * g.s,
        {"swapped factor"}, place="s x1",
    ),
    derivation(
        "the weight itself for the input",
        logistic, "L", "w2", lambda g: (g.s - g.t) * g.w2,
        {"swapped factor"}, {"wrong local derivative"}, place="w2 x2",
    ),
    derivation(
        "1 − h for 1 − h²",
        tanh_layer, "L", "w11", lambda g: g.e * g.v1 * (1 - g.h1) * g.x1,
        {"wrong local derivative"}, place="h1",
    ),
    derivation(
        "1 + h² for 1 − h²",
        tanh_layer, "L", "w12", lambda g: g.e * g.v1 * (1 + g.h1**2) * g.x2,
        {"wrong local derivative"}, place="h1",
    ),
    derivation(
        "the sigmoid's h(1 − h)",
        tanh_layer, "L", "b2", lambda g: g.e * g.v2 * g.h2 * (1 - g.h2),
        {"wrong local derivative"}, place="h2",
    ),
    derivation(
        "tanh′ left out",
        tanh_layer, "L", "w21", lambda g: g.e * g.v2 * g.x1,
        {"missing factor"}, place="h2 z2",
    ),
    derivation(
        "tanh′ at the other unit",
        tanh_layer, "L", "w22", lambda g: g.e * g.v2 * (1 - g.h1**2) * g.x2,
        {"swapped factor"}, {"wrong local derivative"}, place="h1 h2",
    ),
    derivation(
        "1 − z² for 1 − tanh² z",
        tanh_layer, "L", "b1", lambda g: g.e * g.v1 * (1 - g.z1**2),
        {"wrong local derivative"}, {"swapped factor"}, place="h1 z1",
    ),
    derivation(
        "the prediction for the error",
        tanh_layer, "L", "v1", lambda g: g.p * g.h1,
        {"swapped factor"}, place="e p",
    ),
    derivation(
        "one operand of e·e",
        tanh_layer, "L", "v2", lambda g: 0.5 * g.e * g.h2,
        {"missing path"}, {"constant factor"},
    ),
    derivation(
        "the ½ forgotten",
        tanh_layer, "L", "w11", lambda g: 2 * g.e * g.v1 * (1 - g.h1**2) * g.x1,
        {"constant factor"}, {"repeated path"},
    ),
    derivation(
        "to the input through the first unit",
        tanh_layer, "L", "x1", lambda g: g.e * g.v1 * (1 - g.h1**2) * g.w11,
        {"missing path"}, place="h2 z2",
    ),
    derivation(
        "the matrix in place of its transpose",
        tanh_layer, "L", "x1",
        lambda g: g.e * (g.v1 * (1 - g.h1**2) * g.w11 + g.v2 * (1 - g.h2**2) * g.w12),
        {"swapped factor"}, place="w12 w21",
    ),
    derivation(
        "the upper weight forgotten",
        tanh_layer, "L", "w12", lambda g: g.e * (1 - g.h1**2) * g.x2,
        {"missing factor"}, place="v1",
    ),
    derivation(
        "one unit's tanh′ forgotten",
        tanh_layer, "L", "x2",
        lambda g: g.e * (g.v1 * (1 - g.h1**2) * g.w12 + g.v2 * g.w22),
        {"missing factor"}, place="h2 z2",
    ),
    derivation(
        "the upper sigmoid's derivative left out",
        two_layers, "L", "w11", lambda g: (g.p - g.t) * g.v1 * g.h1 * (1 - g.h1) * g.x1,
        {"missing factor"}, place="p u",
    ),
    derivation(
        "the hidden output for the input from below",
        two_layers, "L", "w21", lambda g: below(g, 2) * g.h2 * (1 - g.h2) * g.h2,
        {"swapped factor"}, place="h2 x1",
    ),
    derivation(
        "the other unit's upper weight",
        two_layers, "L", "w12", lambda g: below(g, 2) * g.h1 * (1 - g.h1) * g.x2,
        {"swapped factor"}, place="v1 v2",
    ),
    derivation(
        "the target minus the output",
        two_layers, "L", "v2", lambda g: (g.t - g.p) * g.p * (1 - g.p) * g.h2,
        {"sign"},
    ),
    derivation(
        "the sign, and the hidden derivative left out",
        two_layers, "L", "b1", lambda g: -below(g, 1),
        {"sign", "missing factor"}, place="h1 z1",
    ),
    derivation(
        "p(1 + p)",
        two_layers, "L", "c", lambda g: (g.p - g.t) * g.p * (1 + g.p),
        {"wrong local derivative"}, place="p",
    ),
    derivation(
        "the power's 2 not cancelled by the ½",
        two_layers, "L", "v1", lambda g: 2 * (g.p - g.t) * g.p * (1 - g.p) * g.h1,
        {"constant factor"}, {"repeated path"},
    ),
    derivation(
        "σ′ of the input",
        two_layers, "L", "w11", lambda g: below(g, 1) * sigmoid(g.x1) * sigmoid(-g.x1) * g.x1,
        {"wrong local derivative"}, place="x1",
    ),
    derivation(
        "one hidden unit only, and the hidden derivative of it left out",
        two_layers, "L", "x2", lambda g: below(g, 1) * g.w12,
        {"missing path", "missing factor"}, place="h1 z1 h2 z2",
    ),
]  # fmt: skip
