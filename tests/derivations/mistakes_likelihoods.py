"""What goes wrong in likelihoods, and in a few laws of physics: slips at each member of a list, and
derivatives taken at another node."""

from microgradx import asin, atanh, cos, dot, exp, log, sin, sqrt

from . import Graph, derivation


def counts():
    """The log-likelihood L of three counts, whose rates grow with x in exposures t."""
    g = Graph()
    g.leaves(a=-0.3, b=0.45, x1=0.8, x2=1.9, x3=-1.2, y1=1.4, y2=3.2, y3=0.7)
    g.leaves(t1=1.25, t2=0.85, t3=1.6)
    g.nodes(e1=g.a + g.b * g.x1, e2=g.a + g.b * g.x2, e3=g.a + g.b * g.x3)
    g.nodes(r1=exp(g.e1), r2=exp(g.e2), r3=exp(g.e3))
    g.nodes(m1=g.t1 * g.r1, m2=g.t2 * g.r2, m3=g.t3 * g.r3)
    g.nodes(l1=g.y1 * log(g.m1) - g.m1, l2=g.y2 * log(g.m2) - g.m2, l3=g.y3 * log(g.m3) - g.m3)
    g.nodes(L=g.l1 + g.l2 + g.l3)
    return g


def matches():
    """The log-likelihood of matches between three players: n12 that the first won of the second."""
    g = Graph()
    g.leaves(b1=0.45, b2=-0.2, b3=0.15, n12=3.4, n21=1.7, n13=2.3)
    g.nodes(s1=exp(g.b1), s2=exp(g.b2), s3=exp(g.b3))
    g.nodes(p12=g.s1 / (g.s1 + g.s2), p21=g.s2 / (g.s1 + g.s2), p13=g.s1 / (g.s1 + g.s3))
    g.nodes(L=g.n12 * log(g.p12) + g.n21 * log(g.p21) + g.n13 * log(g.p13))
    return g


def lifetime():
    """The log-likelihood of a lifetime x under Weibull's distribution of shape k and scale c."""
    g = Graph()
    g.leaves(x=1.75, k=1.4, c=1.15)
    g.nodes(t=g.x / g.c)
    g.nodes(P=g.t**g.k)
    g.nodes(L=log(g.k) - g.k * log(g.c) + (g.k - 1) * log(g.x) - g.P)
    return g


def refraction():
    """The angle b of a ray that comes at an angle a."""
    g = Graph()
    g.leaves(n1=1.15, n2=1.6, a=0.7)
    g.nodes(s=g.n1 / g.n2 * sin(g.a))
    g.nodes(b=asin(g.s))
    return g


def radiator():
    """The heat H that leaves at a temperature T where it is S outside."""
    g = Graph()
    g.leaves(e=0.456, T=1.25, S=0.85, h=0.65)
    g.nodes(R=g.e * (g.T**4 - g.S**4))
    g.nodes(H=g.R + g.h * (g.T - g.S))
    return g


def rapidity():
    """A speed v in units of that of light c, and a function K of it."""
    g = Graph()
    g.leaves(v=0.52, c=1.3)
    g.nodes(q=g.v / g.c)
    g.nodes(phi=atanh(g.q), gam=1 / sqrt(1 - g.q**2))
    g.nodes(K=g.gam * g.phi)
    return g


MISTAKES = [
    derivation(
        "the slope of the mean forgotten",
        counts, "L", "b",
        lambda g: dot([g.y1 / g.m1 - 1, g.y2 / g.m2 - 1, g.y3 / g.m3 - 1], g.all("x")),
        {"missing factor"}, place="m1 r1",
    ),
    derivation(
        "log x for log(x/c)",
        lifetime, "L", "k", lambda g: 1 / g.k + log(g.t) - g.P * log(g.x),
        {"wrong local derivative"}, place="t x",
    ),
    derivation(
        "log c for log(x/c)",
        lifetime, "L", "k", lambda g: 1 / g.k + log(g.t) - g.P * log(g.c),
        {"wrong local derivative"}, place="t c",
    ),
    derivation(
        "the exposures forgotten",
        counts, "L", "a", lambda g: g.y1 - g.r1 + g.y2 - g.r2 + g.y3 - g.r3,
        {"missing factor"}, place="t1",
    ),
    derivation(
        "p for 1 − p, for matches won",
        matches, "L", "b1", lambda g: g.n12 * g.p12 - g.n21 * g.p12 + g.n13 * g.p13,
        {"swapped factor"}, place="p12",
    ),
    derivation(
        "the slope of the arcsine at the other sine",
        refraction, "b", "a", lambda g: g.n1 / g.n2 * cos(g.a) / sqrt(1 - sin(g.a) ** 2),
        {"wrong local derivative"}, place="s",
    ),
    derivation(
        "the arcsine as 1/sin",
        refraction, "b", "s", lambda g: -cos(g.s) / sin(g.s) ** 2,
        {"wrong local derivative"}, place="s",
    ),
    derivation(
        "the difference to the fourth",
        radiator, "H", "T", lambda g: 4 * g.e * (g.T - g.S) ** 3 + g.h,
        {"wrong local derivative"}, {"wrong rule"}, place="T",
    ),
    derivation(
        "v/c as 1/v",
        rapidity, "K", "c", lambda g: g.gam**3 * (g.q * g.phi + 1) / g.v,
        {"wrong local derivative"}, place="q c",
    ),
]  # fmt: skip
