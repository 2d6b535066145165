"""What goes wrong in derivations through layers of today, and through steps that share a weight."""

from microgradx import exp, sum

from . import derivation
from .formulas import form, regression, unrolled
from .graphs import layer_norm, logistic, softmax_of_2
from .layers import (
    capped,
    cell,
    cosine,
    deep_softmax,
    gained,
    gelu,
    highway,
    margin,
    quadratic,
    scaled_attention,
    squared_softmax,
    two_units,
)
from .mistakes_conditions import right_only_if


def steps(g):
    """tanh′ of the last, the second and the first step of `unrolled`."""
    return [1 - h**2 for h in (g.h3, g.h2, g.h1)]


def through_the_state(g, w):
    """∂L/∂u of `unrolled`, with a factor w from each step to the one before."""
    d3, d2, d1 = steps(g)
    return 2 * (g.h3 - g.t) * d3 * (g.x3 + w * d2 * (g.x2 + w * d1 * g.x1))


def by_logits(g, *kept):
    """∂E/∂h of `deep_softmax`, through some of the three logits."""
    o, t, v = ([getattr(g, f"{x}{j}") for j in (1, 2, 3)] for x in "otv")
    total = t[0] + t[1] + t[2]
    return sum([(o[j - 1] * total - t[j - 1]) * v[j - 1] for j in kept])


MISTAKES = [
    derivation(
        "the density without its 1/√(2π)",
        gelu, "L", "a", lambda g: g.k * (g.P + g.a * exp(-g.a * g.a / 2)),
        {"constant factor"}, {"missing factor"}, {"wrong local derivative"}, place="P a",
    ),
    derivation(
        "the gate's other path forgotten, and σ′ as T(1 + T)",
        highway, "L", "w", lambda g: (g.y - g.t) * g.H * g.T * (1 + g.T) * g.x,
        {"wrong local derivative", "missing path"}, place="T y",
    ),
    derivation(
        "the gate held fixed, and v forgotten",
        highway, "y", "x", lambda g: g.T * (1 - g.H**2) + 1 - g.T,
        {"missing factor", "missing path"}, place="v",
    ),
    derivation(
        "the third class forgotten, and tanh′ as 1 + h²",
        deep_softmax, "E", "w", lambda g: by_logits(g, 1, 2) * (1 + g.h * g.h) * g.x,
        {"wrong local derivative", "missing path"}, place="z3 o3 h",
    ),
    derivation(
        "r multiplies where it divides",
        gained, "y", "g2", lambda g: g.x2 * g.r,
        {"inverted factor"}, place="r",
    ),
    derivation(
        "back from step to step without w",
        unrolled, "L", "u", lambda g: through_the_state(g, 1.0),
        {"missing factor"}, place="w",
    ),
    derivation(
        "w once in place of three times",
        unrolled, "L", "h0",
        lambda g: 2 * (g.h3 - g.t) * steps(g)[0] * steps(g)[1] * steps(g)[2] * g.w,
        {"missing factor"}, place="w",
    ),
    derivation(
        "the last step alone, without its tanh′",
        unrolled, "L", "u", lambda g: 2 * (g.h3 - g.t) * g.x3,
        {"missing factor", "missing path"}, place="h3 h2",
    ),
    derivation(
        "that by the slope in place of that by the intercept",
        regression, "L", "b", lambda g: (g.e1 * g.x1 + g.e2 * g.x2),
        {"swapped factor"}, {"extra factor"}, place="w x1 x2",
    ),
    derivation(
        "the diagonal of the softmax alone, without the scale",
        scaled_attention, "o", "q",
        lambda g: sum([a * (1 - a) * v * k for a, v, k in zip(g.all("a"), g.all("v"), g.all("k"), strict=True)]),
        {"missing path", "missing factor"}, place="c a1 s1",
    ),
    derivation(
        "the mean taken as a constant, and no gains",
        layer_norm, "y", "x1", lambda g: (1 - g.n1 * (g.n1 + g.n2 + g.n3) / 3) / g.s,
        {"missing path", "missing factor"}, {"missing factor"}, place="m g1",
    ),
    derivation(
        "the output in tanh′, for what is in it",
        capped, "y", "x", lambda g: 1 - g.y**2,
        {"wrong local derivative"}, {"swapped factor"}, place="y h u",
    ),
    derivation(
        "the new memory for the old one",
        cell, "h", "f", lambda g: (1 - g.h**2) * g.c,
        {"swapped factor"}, place="c m",
    ),
    derivation(
        "o − t, as of the cross-entropy",
        squared_softmax, "L", "z1", lambda g: g.o1 - g.t1,
        {"missing factor", "missing path"}, place="o1 o2 o3",
    ),
    derivation(
        "W in place of its transpose",
        form, "s", "x1", lambda g: g.a11 * g.y1 + g.a21 * g.y2,
        {"swapped factor"}, place="a12 a21",
    ),
    derivation(
        "the target of the second unit",
        two_units, "L", "w1", lambda g: (g.y1 - g.t2) * (1 - g.y1**2) * g.x,
        {"swapped factor"}, {"dependence"}, place="t1 t2",
    ),
    derivation(
        "the target of the first unit",
        two_units, "L", "w2", lambda g: (g.y2 - g.t1) * (1 - g.y2**2) * g.x,
        {"swapped factor"}, {"dependence"}, place="t1 t2",
    ),
    right_only_if("2Au", quadratic, "Q", "u1", lambda g: 2 * (g.a11 * g.u1 + g.a12 * g.u2), place="a12 a21"),
    right_only_if("of unit lengths", cosine, "c", "u1", lambda g: g.v1 - g.c * g.u1, place="u1 v1"),
    right_only_if("y² as 1", margin, "L", "f", lambda g: 2 * (g.f - g.y), place="y"),
    right_only_if("of a label 1", logistic, "L", "w1", lambda g: (g.s - 1) * g.x1, place="t"),
    right_only_if("of the first class", softmax_of_2, "E", "z1", lambda g: g.o1 - 1, place="t1 t2"),
]  # fmt: skip
