"""What goes wrong in derivations through norms, recurrences, residual and shared connections."""

from microgradx import tanh

from . import Graph, derivation
from .formulas import tied_weights
from .graphs import layer_norm, recurrent, residual, rms_norm, swish


def last(g):
    """∂L/∂z of the last step of `recurrent`; `step(h)` is a step's own tanh′."""
    return 2 * g.h3 * step(g.h3)


def step(h):
    return 1 - h * h


def messages():
    """L = f² + g²: f and g from h and k, and these from x and y, by tanh and shared weights."""
    g = Graph()
    g.leaves(x=0.7, y=-0.4, s=0.6, n=0.9)
    g.nodes(h=tanh(g.s * g.x + g.n * g.y), k=tanh(g.s * g.y + g.n * g.x))
    g.nodes(f=tanh(g.s * g.h + g.n * g.k), g=tanh(g.s * g.k + g.n * g.h))
    g.nodes(L=g.f**2 + g.g**2)
    return g


MISTAKES = [
    derivation(
        "tanh′ of the first round lost",
        messages, "L", "x",
        lambda g: 2 * g.f * step(g.f) * (g.s * g.s + g.n * g.n)
        + 2 * g.g * step(g.g) * (g.n * g.s + g.s * g.n),
        {"missing factor"}, place="h k",
    ),
    derivation(
        "mean and deviation taken as constants",
        layer_norm, "y", "x1", lambda g: g.g1 / g.s,
        {"missing path"}, place="m s d1 n1",
    ),
    derivation(
        "the deviation taken as a constant",
        layer_norm, "y", "x2", lambda g: (g.g2 - (g.g1 + g.g2 + g.g3) / 3) / g.s,
        {"missing path"}, place="s",
    ),
    derivation(
        "the mean taken as a constant",
        layer_norm, "y", "x3", lambda g: (g.g3 - g.n3 * g.y / 3) / g.s,
        {"missing path"}, place="m",
    ),
    derivation(
        "a plus before the deviation's part",
        layer_norm, "y", "x1",
        lambda g: (g.g1 - (g.g1 + g.g2 + g.g3) / 3 + g.n1 * g.y / 3) / g.s,
        {"sign"}, place="s",
    ),
    derivation(
        "the scale's path alone",
        layer_norm, "y", "x2", lambda g: -g.n2 * g.y / 3 / g.s,
        {"missing path"}, place="s",
    ),
    derivation(
        "the input for the normalised one",
        layer_norm, "y", "g1", lambda g: g.x1,
        {"swapped factor"}, place="x1 n1",
    ),
    derivation(
        "the root mean square taken as a constant",
        rms_norm, "y", "x1", lambda g: g.a / g.r,
        {"missing path"}, place="r",
    ),
    derivation(
        "a plus before its part",
        rms_norm, "y", "x2", lambda g: g.b / g.r + g.x2 * (g.a * g.x1 + g.b * g.x2) / (2 * g.r**3),
        {"sign"}, place="r",
    ),
    derivation(
        "the mean's ½ forgotten",
        rms_norm, "y", "x1", lambda g: g.a / g.r - g.x1 * (g.a * g.x1 + g.b * g.x2) / g.r**3,
        {"constant factor"}, {"repeated path"}, {"wrong local derivative"}, place="r",
    ),
    derivation(
        "its own weight alone in the second part",
        rms_norm, "y", "x1", lambda g: g.a / g.r - g.a * g.x1 * g.x1 / (2 * g.r**3),
        {"missing path"}, place="n2",
    ),
    derivation(
        "the last step alone",
        recurrent, "L", "w", lambda g: last(g) * g.x3,
        {"missing path"}, place="h2",
    ),
    derivation(
        "truncated after two steps",
        recurrent, "L", "w", lambda g: last(g) * (g.x3 + g.r * step(g.h2) * g.x2),
        {"missing path"}, place="h1",
    ),
    derivation(
        "the last step alone, by the recurrent weight",
        recurrent, "L", "r", lambda g: last(g) * g.h2,
        {"missing path"}, place="h2 h3",
    ),
    derivation(
        "tanh′ of the middle step left out",
        recurrent, "L", "w", lambda g: last(g) * (g.x3 + g.r * (g.x2 + g.r * step(g.h1) * g.x1)),
        {"missing factor"}, {"wrong local derivative"}, place="h2",
    ),
    derivation(
        "the earlier steps counted twice",
        recurrent, "L", "w",
        lambda g: last(g) * (g.x3 + 2 * g.r * step(g.h2) * (g.x2 + g.r * step(g.h1) * g.x1)),
        {"repeated path"}, {"constant factor"}, place="h2",
    ),
    derivation(
        "this step's state for the one before",
        recurrent, "L", "r",
        lambda g: last(g) * (g.h3 + g.r * step(g.h2) * (g.h1 + g.r * step(g.h1) * g.h0)),
        {"swapped factor"}, place="h3 h2",
    ),
    derivation(
        "one r lost along the chain",
        recurrent, "L", "h0", lambda g: last(g) * g.r * step(g.h2) * g.r * step(g.h1),
        {"missing factor"}, place="r h1 h2 h3",
    ),
    derivation(
        "the skip connection overlooked",
        residual, "L", "x", lambda g: (g.y - g.t) * g.v * g.w * (1 - g.h**2),
        {"missing path"}, place="x y",
    ),
    derivation(
        "the branch overlooked",
        residual, "L", "x", lambda g: g.y - g.t,
        {"missing path"}, place="h",
    ),
    derivation(
        "the skip connection counted twice",
        residual, "L", "x", lambda g: (g.y - g.t) * (2 + g.v * g.w * (1 - g.h**2)),
        {"repeated path"}, {"constant factor"}, place="x y",
    ),
    derivation(
        "the lower weight of the branch forgotten",
        residual, "L", "x", lambda g: (g.y - g.t) * (1 + g.v * (1 - g.h**2)),
        {"missing factor"}, place="w",
    ),
    derivation(
        "the branch's sign, as if v were subtracted",
        residual, "L", "x", lambda g: (g.y - g.t) * (1 - g.v * g.w * (1 - g.h**2)),
        {"sign"}, place="h",
    ),
    derivation(
        "the decoder's use of the weight alone",
        tied_weights, "L", "w", lambda g: 2 * (g.y - g.x) * g.h,
        {"missing path"}, place="h",
    ),
    derivation(
        "the encoder's use of the weight alone",
        tied_weights, "L", "w", lambda g: 2 * (g.y - g.x) * g.w * g.h * (1 - g.h) * g.x,
        {"missing path"}, place="w y",
    ),
    derivation(
        "the input as the target overlooked",
        tied_weights, "L", "x", lambda g: 2 * (g.y - g.x) * g.w * g.h * (1 - g.h) * g.w,
        {"missing path"}, place="x L",
    ),
    derivation(
        "the gate taken as a constant",
        swish, "f", "x", lambda g: g.s,
        {"missing path"}, place="s u",
    ),
    derivation(
        "the product of the derivatives",
        swish, "f", "x", lambda g: g.c * g.s * (1 - g.s),
        {"wrong rule"}, {"missing factor", "missing path"}, place="f s x",
    ),
    derivation(
        "the inner c forgotten",
        swish, "f", "x", lambda g: g.s + g.x * g.s * (1 - g.s),
        {"missing factor"}, place="c u",
    ),
    derivation(
        "the sigmoid's derivative for softplus′",
        swish, "p", "x", lambda g: g.c * g.s * (1 - g.s),
        {"wrong local derivative"}, {"extra factor"}, place="p s u",
    ),
]  # fmt: skip
