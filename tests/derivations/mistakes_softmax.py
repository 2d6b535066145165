"""What goes wrong in derivations of softmax with cross-entropy, and of log Σ exp."""

from microgradx import exp

from . import derivation
from .graphs import (
    attention,
    log_sum_exp,
    softmax_of_2,
    softmax_of_3,
    softmax_of_4,
    softmax_with_sum,
)


def total(g):
    """τ = Σt."""
    t = g.all("t")
    return sum(t[1:], t[0])


MISTAKES = [
    derivation(
        "only through its own output, the minus of E lost",
        softmax_of_3, "E", "w11", lambda g: g.t1 * (1 - g.o1) * g.y1,
        {"sign", "missing path"}, place="o2 o3",
    ),
    derivation(
        "only through its own output, the minus of E lost",
        softmax_of_2, "E", "w21", lambda g: g.t1 * (1 - g.o1) * g.y2,
        {"sign", "missing path"}, place="o2",
    ),
    derivation(
        "only through its own output, the minus of E lost",
        softmax_of_4, "E", "b3", lambda g: g.t3 * (1 - g.o3),
        {"sign", "missing path"}, place="o1 o2 o4",
    ),
    derivation(
        "only through its own output",
        softmax_of_3, "E", "w22", lambda g: -g.t2 * (1 - g.o2) * g.y2,
        {"missing path"}, place="o1 o3",
    ),
    derivation(
        "only through the other outputs",
        softmax_of_4, "E", "z2", lambda g: (g.t1 + g.t3 + g.t4) * g.o2,
        {"missing path"}, place="o2",
    ),
    derivation(
        "= in place of +=: the last output's contribution alone",
        softmax_of_3, "E", "b1", lambda g: g.t3 * g.o1,
        {"missing path"}, place="o1 o2",
    ),
    derivation(
        "one of the outputs overlooked",
        softmax_of_4, "E", "w12", lambda g: ((g.t1 + g.t2 + g.t4) * g.o2 - g.t2) * g.y1,
        {"missing path"}, place="o3",
    ),
    derivation(
        "the minus of E lost",
        softmax_of_3, "E", "z3", lambda g: g.t3 - g.o3 * total(g),
        {"sign"},
    ),
    derivation("each other output for the own one in its path", softmax_of_3, "E", "z1", lambda g: -g.t1 * (1 - g.o1) + g.t2 * g.o2 + g.t3 * g.o3, {"swapped factor"}, place="o2 o3"),
    derivation(
        "the minus of E lost in its own term",
        softmax_of_3, "E", "z1", lambda g: g.t1 * (1 - g.o1) + (g.t2 + g.t3) * g.o1,
        {"sign"}, place="o1",
    ),
    derivation(
        "∂o₂/∂z₁ without its minus",
        softmax_of_2, "E", "z1", lambda g: -g.t1 * (1 - g.o1) - g.t2 * g.o1,
        {"sign"}, place="o2",
    ),
    derivation(
        "this layer's output for the input from below",
        softmax_of_3, "E", "w11", lambda g: (g.o1 * total(g) - g.t1) * g.o1,
        {"swapped factor"}, place="o1 y1",
    ),
    derivation(
        "the other input",
        softmax_of_2, "E", "w12", lambda g: (g.o2 * total(g) - g.t2) * g.y2,
        {"swapped factor"}, place="y1 y2",
    ),
    derivation(
        "this layer's output for the input, and the sign",
        softmax_of_3, "E", "w22", lambda g: (g.t2 - g.o2 * total(g)) * g.o2,
        {"sign", "swapped factor"}, place="o2 y2",
    ),
    derivation(
        "this layer's output for the input, and only its own path",
        softmax_of_3, "E", "w22", lambda g: -g.t2 * (1 - g.o2) * g.o2,
        {"missing path", "swapped factor"}, place="o2 y2 o1 o3",
    ),
    derivation(
        "the derivative by the logit, not by the weight",
        softmax_of_3, "E", "w21", lambda g: g.o1 * total(g) - g.t1,
        {"missing factor"}, place="y2",
    ),
    derivation(
        "a bias treated as a weight",
        softmax_of_2, "E", "b2", lambda g: (g.o2 * total(g) - g.t2) * g.y1,
        {"extra factor"}, place="y1",
    ),
    derivation(
        "o(1 − o) once more after the cancelled one",
        softmax_of_3, "E", "z2", lambda g: (g.o2 * total(g) - g.t2) * g.o2 * (1 - g.o2),
        {"extra factor"}, place="o2",
    ),
    derivation(
        "back to the input through one logit",
        softmax_of_3, "E", "y1", lambda g: g.w11 * (g.o1 * total(g) - g.t1),
        {"missing path"}, place="z2 z3",
    ),
    derivation(
        "back to the input with the other input's weight",
        softmax_of_2, "E", "y1",
        lambda g: g.w11 * (g.o1 * total(g) - g.t1) + g.w22 * (g.o2 * total(g) - g.t2),
        {"swapped factor"}, place="w12 w22",
    ),
    derivation(
        "the sum Ω taken as a constant",
        softmax_with_sum, "E", "z1", lambda g: -g.t1,
        {"missing path"}, place="Ω",
    ),
    derivation(
        "only through the sum Ω",
        softmax_with_sum, "E", "z2", lambda g: total(g) * g.o2,
        {"missing path"}, place="o2 e2",
    ),
    derivation(
        "∂o/∂Ω = −e/Ω",
        softmax_with_sum, "E", "z1", lambda g: total(g) * g.e1 - g.t1,
        {"wrong local derivative"}, {"missing factor"}, {"extra factor"}, place="Ω",
    ),
    derivation(
        "∂o/∂Ω = +e/Ω²",
        softmax_with_sum, "E", "z3", lambda g: -total(g) * g.o3 - g.t3,
        {"sign"}, place="Ω",
    ),
    derivation(
        "the derivative of log o taken as o",
        softmax_of_2, "E", "z1",
        lambda g: -g.t1 * g.o1 * g.o1 * (1 - g.o1) + g.t2 * g.o2 * g.o1 * g.o2,
        {"inverted factor"}, {"wrong local derivative"}, place="o1 o2 E",
    ),
    derivation(
        "∂o₁/∂z₁ = o₁(1 + o₁)",
        softmax_of_3, "E", "z1", lambda g: -g.t1 * (1 + g.o1) + (g.t2 + g.t3) * g.o1,
        {"sign"}, {"wrong local derivative"}, {"swapped factor"}, place="o1",
    ),
    derivation(
        "∂o₂/∂z₁ = −o₁, the o₂ forgotten",
        softmax_of_3, "E", "z1", lambda g: -g.t1 * (1 - g.o1) + g.t2 * g.o1 / g.o2 + g.t3 * g.o1,
        {"missing factor"}, place="o2",
    ),
    derivation(
        "twice, as for a squared error",
        softmax_of_4, "E", "z1", lambda g: 2 * (g.o1 * total(g) - g.t1),
        {"constant factor"}, {"repeated path"},
    ),
    derivation(
        "a path counted twice",
        softmax_of_3, "E", "b2", lambda g: (g.t1 + 2 * g.t3) * g.o2 - g.t2 * (1 - g.o2),
        {"repeated path"}, {"constant factor"}, place="o3",
    ),
    derivation(
        "1 over the sum, the numerator forgotten",
        log_sum_exp, "l", "x", lambda g: g.k / g.S,
        {"missing factor"}, place="a S",
    ),
    derivation(
        "the fraction upside down",
        log_sum_exp, "l", "a", lambda g: g.S / exp(g.a),
        {"inverted factor"}, place="a S",
    ),
    derivation(
        "the derivative of log S taken as S",
        log_sum_exp, "l", "x", lambda g: g.k * exp(g.a) * g.S,
        {"inverted factor"}, {"wrong local derivative"}, place="S l",
    ),
    derivation(
        "the derivative of log S left out",
        log_sum_exp, "l", "x", lambda g: g.k * exp(g.a),
        {"missing factor"}, {"extra factor"}, {"wrong local derivative"}, place="S l",
    ),
    derivation(
        "the inner k left out",
        log_sum_exp, "l", "x", lambda g: exp(g.a) / g.S,
        {"missing factor"}, place="k",
    ),
    derivation(
        "x in place of k",
        log_sum_exp, "l", "x", lambda g: g.x * exp(g.a) / g.S,
        {"swapped factor"}, place="k x",
    ),
    derivation(
        "e^a as a·e^(a−1)",
        log_sum_exp, "l", "x", lambda g: g.k * g.a * exp(g.a - 1) / g.S,
        {"wrong local derivative"}, place="a S",
    ),
    derivation(
        "its own weight alone",
        attention, "L", "s1", lambda g: g.out * g.a1 * (1 - g.a1) * g.v1,
        {"missing path"}, place="a2",
    ),
    derivation(
        "the weights of the positions taken as independent",
        attention, "L", "k1", lambda g: g.out * g.a1 * g.v1 * g.q,
        {"missing path"},
    ),
    derivation(
        "the query through the first score only",
        attention, "L", "q", lambda g: g.out * g.a1 * g.a2 * (g.v1 - g.v2) * g.k1,
        {"missing path"}, place="s2",
    ),
    derivation(
        "both scores' parts with one sign",
        attention, "L", "q", lambda g: g.out * g.a1 * g.a2 * (g.v1 - g.v2) * (g.k1 + g.k2),
        {"sign"}, place="s2",
    ),
    derivation(
        "the key for the value",
        attention, "L", "s1", lambda g: g.out * g.a1 * g.a2 * (g.k1 - g.v2),
        {"swapped factor"}, place="k1 v1",
    ),
    derivation(
        "the query forgotten",
        attention, "L", "k2", lambda g: g.out * g.a1 * g.a2 * (g.v2 - g.v1),
        {"missing factor"}, place="q",
    ),
    derivation(
        "the value in place of its weight",
        attention, "L", "v2", lambda g: g.out * g.v2,
        {"swapped factor"}, place="a2 v2",
    ),
    derivation(
        "out twice",
        attention, "L", "v1", lambda g: g.out * g.out * g.a1,
        {"extra factor"}, place="out",
    ),
]  # fmt: skip
