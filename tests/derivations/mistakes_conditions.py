"""Claims that hold under a condition, at one point, or with a node that has no part in it."""

from microgradx import cos, gradient, log

from . import derivation
from .formulas import absolute, equally_weighted, huber, largest, weighted_mean
from .graphs import (
    chain_of_three,
    layer_norm,
    log_sum_exp,
    logistic,
    product,
    quotient,
    rectified,
    recurrent,
    residual,
    softmax_of_2,
    softmax_of_3,
    softmax_of_4,
    square,
    tanh_layer,
    two_layers,
)


def right_only_if(name, graph, of, by, claim, place=""):
    return derivation(
        name, graph, of, by, claim, {"relation"}, place=place, verdict="right only if"
    )


def right_only_here(name, graph, of, by, claim):
    return derivation(name, graph, of, by, claim, {"point"}, verdict="right only here")


def times(factor, of, by):
    """A claim that is a number: the derivative at this point times a factor."""
    return lambda g: factor * gradient(getattr(g, of), getattr(g, by))


def chosen(g):
    """Σtⱼoⱼ, the probability of the class of a one-hot target."""
    return g.t1 * g.o1 + g.t2 * g.o2 + g.t3 * g.o3


RELATIONS = [
    right_only_if("o − t", softmax_of_3, "E", "z1", lambda g: g.o1 - g.t1, place="t1 t2 t3"),
    right_only_if("(o − t)y", softmax_of_4, "E", "w23", lambda g: (g.o3 - g.t3) * g.y2, place="t1 t2 t3 t4"),
    right_only_if("o₁ − t₁", softmax_of_2, "E", "b1", lambda g: g.o1 - g.t1, place="t1 t2"),
    right_only_if("W(o − t)", softmax_of_2, "E", "y1", lambda g: g.w11 * (g.o1 - g.t1) + g.w12 * (g.o2 - g.t2), place="t1 t2"),
    right_only_if("of −log Σto, for one class", softmax_of_3, "E", "z2", lambda g: g.o2 - g.t2 * g.o2 / chosen(g), place="t1 t2 t3"),
    right_only_if("τ = 1 in one of the terms", softmax_of_3, "E", "z3", lambda g: (1 - g.t3) * g.o3 - g.t3 * (1 - g.o3), place="t1 t2 t3"),
    right_only_if("equal weights", weighted_mean, "M", "x", lambda g: 0.5 + 0 * g.x, place="a b"),
    right_only_if("equal weights, here too", equally_weighted, "M", "y", lambda g: 0.5 + 0 * g.x, place="a b"),
    right_only_if("x for |x − m|′ above m", absolute, "f", "x", lambda g: g.w + 0 * g.x, place="d"),
    right_only_if("−k for k·|y|′ below 0", absolute, "f", "y", lambda g: -g.k + 0 * g.y, place="y"),
    right_only_if("relu as the identity, where it is on", rectified, "L", "w1", lambda g: 2 * (g.y - g.t) * g.v1 * g.x, place="z1"),
    right_only_if("the unit that is off left out", rectified, "L", "x", lambda g: 2 * (g.y - g.t) * g.v1 * g.w1, place="z1 z2"),
    right_only_if("the parabola alone", huber, "H", "w", lambda g: g.e * g.x, place="e c"),
    right_only_if("the largest alone", largest, "M", "x", lambda g: 2 * g.x, place="M p y q"),
    right_only_if("the largest alone, and the division", largest, "f", "z", lambda g: -g.p / g.z**2, place="M p y q"),
]  # fmt: skip

POINTS = [
    right_only_here("the probability as a number", softmax_of_3, "E", "z1", lambda g: g.o1.data * (g.t1 + g.t2 + g.t3) - g.t1),
    right_only_here("the input as a number", logistic, "L", "w1", lambda g: (g.s - g.t) * 0.8),
    right_only_here("a and 2, as a number", square, "f", "x", lambda g: 3.4 * g.x),
    right_only_here("the inner function as a number", chain_of_three, "f", "x", lambda g: 2 * g.a * g.x * gradient(g.f, g.v)),
    right_only_here("the deviation as a number", layer_norm, "y", "g1", lambda g: g.d1 / g.s.data),
    right_only_here("the residual's error as a number", residual, "L", "v", lambda g: (g.y.data - 1.7) * g.h),
]  # fmt: skip

FOREIGN = [
    derivation("a product of the inputs beside it", logistic, "L", "x1", lambda g: (g.s - g.t) * g.w1 + g.x2 * g.x1, {"dependence"}, place="x1 x2"),
    derivation("a term with the target's logarithm", softmax_of_2, "E", "z1", lambda g: (g.t1 + g.t2) * g.o1 - g.t1 + log(g.t1) * g.y2, {"dependence"}, place="t1 y2"),
    derivation("the second unit left out of the error", tanh_layer, "L", "v1", lambda g: (g.v1 * g.h1 - g.t) * g.h1, {"dependence"}, {"swapped factor"}, place="v2 h2 e"),
    derivation("a in a term where only b is", quotient, "q", "b", lambda g: -g.u / g.v**2 + g.a**3, {"dependence"}, place="a"),
    derivation("the first state in the last step", recurrent, "L", "h2", lambda g: 2 * g.h3 * (1 - g.h3**2) * g.r + g.x1 * g.h0, {"dependence"}, place="x1 h0"),
    derivation("other logits left out of the sum", log_sum_exp, "l", "a", lambda g: g.a / (g.a + 1), {"dependence"}, place="b c"),
    derivation("the target in a layer's derivative", two_layers, "p", "v1", lambda g: g.p * (1 - g.p) * g.h1 + g.t * g.t, {"dependence"}, place="t"),
]  # fmt: skip

NUMBERS = [
    derivation("the opposite, as a number", softmax_of_3, "E", "w11", times(-1, "E", "w11"), {"sign"}),
    derivation("twice, as a number", tanh_layer, "L", "w11", times(2, "L", "w11"), {"constant factor"}, {"repeated path"}),
    derivation("one path, as a number", softmax_of_2, "E", "z1", lambda g: -0.35 * (1 - g.o1.data), {"missing path"}, place="o2 o1"),
    derivation("the last step, as a number", recurrent, "L", "w", lambda g: 2 * g.h3.data * (1 - g.h3.data**2) * 1.3, {"missing path"}, place="h2"),
    derivation("one operand, as a number", square, "f", "x", lambda g: 1.7 * 2.3, {"missing path"}, {"constant factor"}),
    derivation("the skip connection alone, as a number", residual, "L", "x", lambda g: g.y.data - 1.7, {"missing path"}, place="h x"),
    derivation("the quotient's second term with a plus, as a number", quotient, "q", "x", lambda g: (2.8 * g.v.data + 3 * g.u.data) / g.v.data**2, {"sign"}, place="v"),
]  # fmt: skip

FUNCTIONS = [
    derivation("a function: only its own output", softmax_of_3, "E", "b2", lambda g: lambda d: -d["t2"] * (1 - d["o2"]), {"missing path"}, place="o1 o3"),
    derivation("a function: the sign", logistic, "L", "x2", lambda g: lambda d: (d["t"] - d["s"]) * d["w2"], {"sign"}),
    derivation("a function: the input forgotten", two_layers, "L", "v1", lambda g: lambda d: (d["p"] - d["t"]) * d["p"] * (1 - d["p"]), {"missing factor"}, place="h1"),
    derivation("a function: this layer's output for the input", softmax_of_2, "E", "w12", lambda g: lambda d: (d["o2"] * (d["t1"] + d["t2"]) - d["t2"]) * d["o2"], {"swapped factor"}, place="o2 y1"),
    derivation("a function: a minus in the product rule, and c forgotten", product, "f", "x", lambda g: lambda d: cos(d["x"]) * d["v"] - d["u"] * d["v"], {"sign", "missing factor"}, place="c v"),
    right_only_if("a function: o − t", softmax_of_2, "E", "z2", lambda g: lambda d: d["o2"] - d["t2"], place="t1 t2"),
]  # fmt: skip

MISTAKES = RELATIONS + POINTS + FOREIGN + NUMBERS + FUNCTIONS
