"""Slips made every time, or in several places: a name for another, a factor of every step, a rule
by an inner variable; and constants, signs and divisors that go missing somewhere on the way."""

import math

from microgradx import acos, cos, cosh, exp, log10, sin, tanh

from . import Graph, derivation


def unrolled():
    """Three steps of one tanh unit; the weight u is the input's, w that of the state."""
    g = Graph()
    g.leaves(x1=0.9, x2=-0.4, x3=0.7, h0=0.3, u=0.8, w=1.3, t=0.2)
    g.nodes(h1=tanh(g.u * g.x1 + g.w * g.h0))
    g.nodes(h2=tanh(g.u * g.x2 + g.w * g.h1))
    g.nodes(h3=tanh(g.u * g.x3 + g.w * g.h2))
    g.nodes(L=(g.h3 - g.t) ** 2)
    return g


def slope(g, power=1):
    """∂L/∂z₃, …, ∂L/∂z₁ of `unrolled`, with a power of tanh′ at every step."""
    found = [2 * (g.h3 - g.t) * (1 - g.h3**2) ** power]
    for h in (g.h2, g.h1):
        found.append(found[-1] * g.w * (1 - h**2) ** power)
    return found


def lagged():
    """The squared errors of a series predicted from its last two members."""
    g = Graph()
    g.leaves(y1=0.7, y2=-0.5, y3=1.1, y4=0.4, f1=0.6, f2=-0.3)
    g.nodes(e3=g.y3 - g.f1 * g.y2 - g.f2 * g.y1, e4=g.y4 - g.f1 * g.y3 - g.f2 * g.y2)
    g.nodes(S=(g.e3**2 + g.e4**2) / 2)
    return g


def decibels():
    """A level, 20 log₁₀ of a gain."""
    g = Graph()
    g.leaves(w=1.7, R=0.9, C=0.6)
    g.nodes(x=g.w * g.R * g.C)
    g.nodes(H=1 / (1 + g.x**2) ** 0.5)
    g.nodes(A=20 * log10(g.H))
    return g


def windowed():
    """A tone in a window."""
    g = Graph()
    g.leaves(t=0.2, f=3.1)
    g.nodes(win=(1 - cos(2 * math.pi * g.t)) / 2, tone=sin(g.f * g.t))
    g.nodes(y=g.win * g.tone)
    return g


def cable():
    g = Graph()
    g.leaves(x=0.8, a=1.4)
    g.nodes(q=g.x / g.a)
    g.nodes(y=g.a * cosh(g.q))
    return g


def angle():
    """The angle at a corner, and what it costs."""
    g = Graph()
    g.leaves(a=1.2, b=0.9, c=1.1)
    g.nodes(n=g.a**2 + g.b**2 - g.c**2, D=2 * g.a * g.b)
    g.nodes(u=g.n / g.D)
    g.nodes(th=acos(g.u))
    return g


def output_of_work():
    """Two inputs with elasticities that need not add up to 1."""
    g = Graph()
    g.leaves(K=2.3, N=1.6, al=0.4, be=0.45)
    g.nodes(Y=g.K**g.al * g.N**g.be)
    return g


def saturating():
    """z²/(1 + z) of a scaled input."""
    g = Graph()
    g.leaves(w=0.7, x=1.9)
    g.nodes(z=g.w * g.x)
    g.nodes(s=g.z * tanh(g.z))
    return g


def two_units():
    g = Graph()
    g.leaves(x=0.8, w1=0.6, w2=-1.1, b=0.4, v1=0.9, v2=1.5)
    g.nodes(h1=tanh(g.w1 * g.x), h2=tanh(g.w2 * g.x + g.b))
    g.nodes(y=g.v1 * g.h1 + g.v2 * g.h2)
    return g


def third_side():
    """The third side of a triangle, from two sides and the cosine between them."""
    g = Graph()
    g.leaves(a=1.3, b=0.9, k=0.3)
    g.nodes(p=g.a * g.b * g.k)
    g.nodes(q=g.a**2 + g.b**2 - 2 * g.p)
    g.nodes(c=g.q**0.5)
    return g


def power_tower():
    """xˣ at 1, where the logarithm is 0."""
    g = Graph()
    g.leaves(x=1.0)
    g.nodes(y=g.x**g.x)
    return g


MISTAKES = [
    derivation(
        "back through u in place of w",
        unrolled,
        "L",
        "x1",
        lambda g: slope(g)[2] / g.w**2 * g.u**3,
        {"swapped factor"},
        place="u w",
    ),
    derivation(
        "the states after the steps, not before",
        unrolled,
        "L",
        "w",
        lambda g: sum(d * h for d, h in zip(slope(g), (g.h3, g.h2, g.h1), strict=True)),
        {"swapped factor"},
        place="h0 h1 h2 h3",
    ),
    derivation(
        "no tanh′ at any step",
        unrolled,
        "L",
        "w",
        lambda g: 2 * (g.h3 - g.t) * (g.h2 + g.w * g.h1 + g.w * g.w * g.h0),
        {"missing factor"},
        place="h1 h2 h3",
    ),
    derivation(
        "tanh′ twice at every step",
        unrolled,
        "L",
        "w",
        lambda g: sum(d * h for d, h in zip(slope(g, 2), (g.h2, g.h1, g.h0), strict=True)),
        {"extra factor"},
        place="h1 h2 h3",
    ),
    derivation(
        "each member for the next one",
        lagged,
        "S",
        "f1",
        lambda g: -(g.e3 * g.y1 + g.e4 * g.y2),
        {"swapped factor"},
        place="y1 y2 y3",
    ),
    derivation(
        "twice, as if there were no half",
        lagged,
        "S",
        "f2",
        lambda g: -2 * (g.e3 * g.y1 + g.e4 * g.y2),
        {"constant factor"},
        place="S",
    ),
    derivation(
        "the common logarithm as a natural one",
        decibels,
        "A",
        "w",
        lambda g: -20 * g.x * g.H**2 * g.R * g.C,
        {"constant factor"},
        {"wrong local derivative"},
        place="A H",
    ),
    derivation(
        "the natural logarithm, and the capacitance lost",
        decibels,
        "A",
        "w",
        lambda g: -20 * g.x * g.H**2 * g.R,
        {"constant factor", "missing factor"},
        place="C",
    ),
    derivation(
        "the window's 2π lost",
        windowed,
        "y",
        "t",
        lambda g: sin(2 * math.pi * g.t) / 2 * g.tone + g.win * g.f * cos(g.f * g.t),
        {"constant factor"},
        {"missing factor"},
        place="win",
    ),
    derivation(
        "the window's 2π and the tone's frequency lost",
        windowed,
        "y",
        "t",
        lambda g: sin(2 * math.pi * g.t) / 2 * g.tone + g.win * cos(g.f * g.t),
        {"constant factor", "missing factor"},
        {"missing factor"},
        place="win tone f",
    ),
    derivation(
        "a minus, as for the cosine",
        cable,
        "y",
        "x",
        lambda g: (exp(-g.q) - exp(g.q)) / 2,
        {"sign"},
        {"wrong local derivative"},
        place="y q",
    ),
    derivation(
        "the arctangent's slope",
        angle,
        "th",
        "c",
        lambda g: -2 * g.c / g.D / (1 + g.u**2),
        {"wrong local derivative"},
        {"sign", "wrong local derivative"},
        place="th u",
    ),
    derivation(
        "the arctangent's slope, with the arccosine's minus",
        angle,
        "th",
        "c",
        lambda g: 2 * g.c / g.D / (1 + g.u**2),
        {"wrong local derivative"},
        place="th u",
    ),
    derivation(
        "not divided by D",
        angle,
        "u",
        "c",
        lambda g: -2 * g.c,
        {"missing factor"},
        {"extra factor"},
        place="D",
    ),
    derivation(
        "constant returns taken for granted",
        output_of_work,
        "Y",
        "K",
        lambda g: (1 - g.be) * g.Y / g.K,
        {"relation"},
        place="al be",
        verdict="right only if",
    ),
    derivation(
        "the product of the derivatives by z, times w",
        saturating,
        "s",
        "x",
        lambda g: (1 - tanh(g.z) ** 2) * g.w,
        {"wrong rule"},
        place="z s",
    ),
    derivation(
        "the weights exchanged",
        two_units,
        "y",
        "x",
        lambda g: g.v1 * (1 - g.h1**2) * g.w2 + g.v2 * (1 - g.h2**2) * g.w1,
        {"swapped factor"},
        place="w1 w2",
    ),
    derivation(
        "the root's half lost, and the cosine's term added",
        third_side,
        "c",
        "b",
        lambda g: (2 * g.b + 2 * g.a * g.k) / g.c,
        {"constant factor", "sign"},
        {"wrong local derivative", "sign"},
        place="p q",
    ),
    derivation(
        "its own slope, as of eˣ",
        power_tower,
        "y",
        "x",
        lambda g: g.y,
        {"missing path"},
        {"point"},
        {"missing path", "point"},
        verdict="right only here",
    ),
]
