"""What goes wrong where something is used again: steps, twins, terms alike, each beside its cases."""

import math

import microgradx as mg
from microgradx import erf, exp, log, sqrt, tanh

from . import Graph, derivation


def decay():
    """y₂ after two steps of Euler's method for y′ = −k·y²."""
    g = Graph()
    g.leaves(k=0.6, y0=1.25, h=0.35)
    g.nodes(f0=-g.k * g.y0**2)
    g.nodes(y1=g.y0 + g.h * g.f0)
    g.nodes(f1=-g.k * g.y1**2)
    g.nodes(y2=g.y1 + g.h * g.f1)
    return g


def product():
    """y = P·eˢ with P the product and s the sum of some numbers."""
    g = Graph()
    g.leaves(a=0.7, b=1.4, c=-0.8, d=1.9)
    g.nodes(P=g.a * g.b * g.c * g.d, s=mg.sum([g.a, g.b, g.c, g.d]))
    g.nodes(y=g.P * exp(g.s))
    return g


def twins():
    """D = |u − v| of two vectors, for which one network of one weight stands twice."""
    g = Graph()
    g.leaves(w=0.83, p1=0.94, p2=-0.37, q1=-0.58, q2=0.46)
    g.nodes(u1=tanh(g.w * g.p1), u2=tanh(g.w * g.p2), v1=tanh(g.w * g.q1), v2=tanh(g.w * g.q2))
    g.nodes(d1=g.u1 - g.v1, d2=g.u2 - g.v2)
    g.nodes(D=mg.norm([g.d1, g.d2]))
    return g


def evidence():
    """L = log(eᵘ + eᵛ + eʷ), where u, v and w are logarithms of densities; u is the largest."""
    g = Graph()
    g.leaves(x=0.4, a=0.65, b=1.9, c=-1.1, s=1.7)
    g.nodes(u=-0.5 - (g.x - g.a) ** 2 / (2 * g.s))
    g.nodes(v=-0.9 - (g.x - g.b) ** 2 / (2 * g.s), w=-0.8 - (g.x - g.c) ** 2 / (2 * g.s))
    g.nodes(L=mg.logsumexp([g.u, g.v, g.w]))
    return g


def gate():
    """y = z·Φ(z)·v·x with z = w·x, a gated unit of Gauss's distribution function Φ."""
    g = Graph()
    g.leaves(w=0.76, x=0.83, v=-1.23)
    g.nodes(z=g.w * g.x)
    g.nodes(e=erf(g.z / math.sqrt(2)))
    g.nodes(F=(1 + g.e) / 2)
    g.nodes(y=g.z * g.F * g.v * g.x)
    return g


def information():
    """I = Σ pᵢⱼ·log(pᵢⱼ / (rᵢ·cⱼ)) over a table of two rows r and two columns c."""
    g = Graph()
    g.leaves(p11=0.31, p12=0.17, p21=0.22, p22=0.36)
    g.nodes(r1=g.p11 + g.p12, r2=g.p21 + g.p22, c1=g.p11 + g.p21, c2=g.p12 + g.p22)
    g.nodes(t11=g.p11 * log(g.p11 / (g.r1 * g.c1)), t12=g.p12 * log(g.p12 / (g.r1 * g.c2)))
    g.nodes(t21=g.p21 * log(g.p21 / (g.r2 * g.c1)), t22=g.p22 * log(g.p22 / (g.r2 * g.c2)))
    g.nodes(I=g.t11 + g.t12 + g.t21 + g.t22)
    return g


def option():
    """N = Φ(d) with d = (log(S/K) + r·T) / (v·√T)."""
    g = Graph()
    g.leaves(S=4.2, K=3.9, r=0.12, T=0.8, v=0.35)
    g.nodes(q=g.v * sqrt(g.T))
    g.nodes(d=(log(g.S / g.K) + g.r * g.T) / g.q)
    g.nodes(N=0.5 * (1 + erf(g.d / math.sqrt(2))))
    return g


def choice():
    """L = −y·log P − (1 − y)·log(1 − P) with P = Φ(w·x)."""
    g = Graph()
    g.leaves(w=0.6, x=1.1, y=0.35)
    g.nodes(z=g.w * g.x)
    g.nodes(P=0.5 * (1 + erf(g.z / math.sqrt(2))))
    g.nodes(L=-(g.y * log(g.P) + (1 - g.y) * log(1 - g.P)))
    return g


def counts():
    """L = λ − y·log λ with λ = exp(a + b·x)."""
    g = Graph()
    g.leaves(a=1.52, b=-0.55, x=0.85, y=4.6)
    g.nodes(eta=g.a + g.b * g.x)
    g.nodes(lam=exp(g.eta))
    g.nodes(ell=log(g.lam))
    g.nodes(L=g.lam - g.y * g.ell)
    return g


def two_counts():
    """L = Σ (λᵢ − yᵢ·ηᵢ) with λᵢ = exp ηᵢ and ηᵢ = a + b·xᵢ."""
    g = Graph()
    g.leaves(a=0.42, b=0.75, x1=0.85, x2=-1.3, y1=2.6, y2=0.8)
    g.nodes(eta1=g.a + g.b * g.x1, eta2=g.a + g.b * g.x2)
    g.nodes(lam1=exp(g.eta1), lam2=exp(g.eta2))
    g.nodes(L=g.lam1 - g.y1 * g.eta1 + g.lam2 - g.y2 * g.eta2)
    return g


def growth():
    """n₃ after three steps nₖ = r·nₖ₋₁·fₖ₋₁ with f = 1 − n."""
    g = Graph()
    g.leaves(r=2.6, n0=0.31)
    g.nodes(f0=1 - g.n0)
    g.nodes(n1=g.r * g.n0 * g.f0)
    g.nodes(f1=1 - g.n1)
    g.nodes(n2=g.r * g.n1 * g.f1)
    g.nodes(f2=1 - g.n2)
    g.nodes(n3=g.r * g.n2 * g.f2)
    return g


def pointer():
    """L = u² + v², of what is left from the end of a pointer to a mark, by its angle."""
    g = Graph()
    g.leaves(l=1.4, t=0.6, x=0.35, y=1.8)
    g.nodes(u=g.l * mg.cos(g.t) - g.x, v=g.l * mg.sin(g.t) - g.y)
    g.nodes(L=g.u**2 + g.v**2)
    return g


def density(x):
    """Gauss's density."""
    return exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


MISTAKES = [
    derivation(
        "both steps' slopes at the first",
        decay, "y2", "y0", lambda g: (1 - 2 * g.h * g.k * g.y0) ** 2,
        {"swapped factor"}, {"wrong local derivative"}, place="y0",
    ),
    derivation(
        "the product not divided by d",
        product, "y", "d", lambda g: exp(g.s) * g.P + g.P * exp(g.s),
        {"extra factor"}, place="P",
    ),
    derivation(
        "slopes of the second twin lost",
        twins, "D", "w",
        lambda g: (
            g.d1 / g.D * ((1 - g.u1**2) * g.p1 - g.q1) + g.d2 / g.D * ((1 - g.u2**2) * g.p2 - g.q2)
        ),
        {"missing factor"}, place="v1",
    ),
    derivation(
        "the share of u lost",
        evidence, "L", "a", lambda g: (g.x - g.a) / g.s,
        {"missing factor"}, place="∂L/∂u",
    ),
    derivation(
        "the density upside down",
        gate, "y", "w",
        lambda g: (
            g.v * g.x**2 * (g.F + g.z * exp(g.z**2 / 2) / math.sqrt(2 * math.pi))
        ),
        {"wrong local derivative"}, place="erf",
    ),
    derivation(
        "the sums of row and column held fixed",
        information, "I", "p11", lambda g: log(g.p11 / (g.r1 * g.c1)) + 1,
        {"missing path"}, place="r1 c1",
    ),
    derivation(
        "1/S lost",
        option, "N", "S", lambda g: density(g.d) / g.q,
        {"missing factor"}, place="S",
    ),
    derivation(
        "both logarithms' slopes at P",
        choice, "L", "P", lambda g: -g.y / g.P + (1 - g.y) / g.P,
        {"wrong local derivative"}, {"swapped factor"}, place="P",
    ),
    derivation(
        "x on one term alone",
        counts, "L", "b", lambda g: g.lam * g.x - g.y,
        {"missing factor"}, place="x",
    ),
    derivation(
        "the slope for each x",
        two_counts, "L", "b", lambda g: (g.lam1 - g.y1 + g.lam2 - g.y2) * g.b,
        {"swapped factor"}, place="b x1",
    ),
    derivation(
        "the derivative of exp once more in each term",
        two_counts, "L", "b",
        lambda g: (g.lam1 - g.y1) * g.lam1 * g.x1 + (g.lam2 - g.y2) * g.lam2 * g.x2,
        {"extra factor"}, place="lam1",
    ),
    derivation(
        "every step's slope at the first state",
        growth, "n3", "n0", lambda g: (g.r * (1 - 2 * g.n0)) ** 3,
        {"swapped factor"}, place="n0",
    ),
    derivation(
        "every product as that of the derivatives",
        growth, "n3", "n0", lambda g: -(g.r**3),
        {"wrong rule"}, place="n1",
    ),
    derivation(
        "what is left along x for what is left along y",
        pointer, "L", "t", lambda g: 2 * g.l * (g.u * mg.cos(g.t) - g.v * mg.sin(g.t)),
        {"swapped factor"}, place="u v",
    ),
]  # fmt: skip
