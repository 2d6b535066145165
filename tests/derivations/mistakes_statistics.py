"""What goes wrong in derivations of statistics and mechanics: mixtures, ratios, norms, energies."""

from microgradx import dot, exp, log, sigmoid, sqrt, tanh

from . import Graph, derivation
from .layers import quadratic
from .mistakes_conditions import right_only_if


def mixture():
    """The surprisal L of y under two normal distributions of weights w and 1 − w."""
    g = Graph()
    g.leaves(y=0.6, a=0.4, m1=-0.35, m2=1.55, s1=0.8, s2=1.3)
    g.nodes(w=sigmoid(g.a), u1=(g.y - g.m1) / g.s1, u2=(g.y - g.m2) / g.s2)
    g.nodes(f1=exp(-0.5 * g.u1 * g.u1) / g.s1, f2=exp(-0.5 * g.u2 * g.u2) / g.s2)
    g.nodes(p=g.w * g.f1 + (1 - g.w) * g.f2)
    g.nodes(L=-log(g.p))
    return g


def discriminant():
    """The difference D of two squared distances, each in its own standard deviation."""
    g = Graph()
    g.leaves(y=0.6, m1=-0.35, m2=1.55, s1=0.8, s2=1.3)
    g.nodes(u1=(g.y - g.m1) / g.s1, u2=(g.y - g.m2) / g.s2)
    g.nodes(D=(g.u2 * g.u2 - g.u1 * g.u1) / 2)
    return g


def rayleigh():
    """R = xᵀAx / xᵀx of two by two."""
    g = Graph()
    g.leaves(x1=0.8, x2=-1.3, a11=1.7, a12=0.6, a21=-0.25, a22=0.9)
    g.nodes(g1=g.a11 * g.x1 + g.a12 * g.x2, g2=g.a21 * g.x1 + g.a22 * g.x2)
    g.nodes(N=g.x1 * g.g1 + g.x2 * g.g2, S=g.x1 * g.x1 + g.x2 * g.x2)
    g.nodes(R=g.N / g.S)
    return g


def standardised():
    """The first of three numbers, less their mean, by the root s of their variance v and ε."""
    g = Graph()
    g.leaves(x1=0.9, x2=-0.4, x3=2.9, eps=0.6)
    g.nodes(m=(g.x1 + g.x2 + g.x3) / 3)
    g.nodes(c1=g.x1 - g.m, c2=g.x2 - g.m, c3=g.x3 - g.m)
    g.nodes(v=(g.c1 * g.c1 + g.c2 * g.c2 + g.c3 * g.c3) / 3)
    g.nodes(s=sqrt(g.v + g.eps))
    g.nodes(y=g.c1 / g.s)
    return g


def portfolio():
    """The standard deviation of two shares, of covariance c."""
    g = Graph()
    g.leaves(w1=0.7, w2=0.4, s1=1.2, s2=0.9, rho=0.3)
    g.nodes(c=g.rho * g.s1 * g.s2)
    g.nodes(v=g.w1**2 * g.s1**2 + g.w2**2 * g.s2**2 + 2 * g.w1 * g.w2 * g.c)
    g.nodes(s=sqrt(g.v))
    return g


def midpoint():
    """One step of the midpoint rule for y′ = −λy."""
    g = Graph()
    g.leaves(y0=1.7, lam=0.9, h=0.6)
    g.nodes(k1=-g.lam * g.y0)
    g.nodes(ym=g.y0 + 0.5 * g.h * g.k1)
    g.nodes(k2=-g.lam * g.ym)
    g.nodes(y1=g.y0 + g.h * g.k2)
    return g


def classes():
    """The surprisal of the second of three classes."""
    g = Graph()
    g.leaves(z1=0.53, z2=-0.27, z3=1.14)
    g.nodes(S=exp(g.z1) + exp(g.z2) + exp(g.z3))
    g.nodes(p1=exp(g.z1) / g.S, p2=exp(g.z2) / g.S)
    g.nodes(L=-log(g.p2))
    return g


def focal():
    """The surprisal of p = σ(w·x), times a power of 1 − p."""
    g = Graph()
    g.leaves(x=0.9, w=0.7, gam=2.4)
    g.nodes(p=sigmoid(g.w * g.x))
    g.nodes(q=1 - g.p)
    g.nodes(L=-(g.q**g.gam) * log(g.p))
    return g


def spring():
    """The energy U of a spring between two points, of length r, and of a force along it."""
    g = Graph()
    g.leaves(x1=0.3, y1=0.75, x2=1.6, y2=1.35, k=2.3, l=0.9, f=0.7)
    g.nodes(dx=g.x2 - g.x1, dy=g.y2 - g.y1)
    g.nodes(r=sqrt(g.dx**2 + g.dy**2))
    g.nodes(U=0.5 * g.k * (g.r - g.l) ** 2 + g.f / g.r**2)
    return g


def two_sigmoids():
    """Half the squared error of o = σ(w₂·h), h = σ(w₁·x)."""
    g = Graph()
    g.leaves(x=0.8, w1=0.6, w2=-1.1, t=0.3)
    g.nodes(z1=g.w1 * g.x)
    g.nodes(h=sigmoid(g.z1))
    g.nodes(z2=g.w2 * g.h)
    g.nodes(o=sigmoid(g.z2))
    g.nodes(L=(g.o - g.t) ** 2 / 2)
    return g


def contrast():
    """The surprisal of P, the share of one of two scores at temperature T."""
    g = Graph()
    g.leaves(a=0.9, b=-0.4, T=0.6)
    g.nodes(u=g.a / g.T, v=g.b / g.T)
    g.nodes(P=1 / (1 + exp(g.v - g.u)))
    g.nodes(L=-log(g.P))
    return g


def recurrence():
    """Three steps hₖ = tanh(w·hₖ₋₁)."""
    g = Graph()
    g.leaves(h0=0.7, w=1.3)
    g.nodes(h1=tanh(g.w * g.h0))
    g.nodes(h2=tanh(g.w * g.h1))
    g.nodes(h3=tanh(g.w * g.h2))
    return g


def experts():
    """Two units h, weighed by the shares p of two scores: y = p₁h₁ + p₂h₂."""
    g = Graph()
    g.leaves(x=0.7, a=1.1, b=-0.4, w=0.9, v=-1.3)
    g.nodes(e1=exp(g.a * g.x), e2=exp(g.b * g.x))
    g.nodes(p1=g.e1 / (g.e1 + g.e2), p2=g.e2 / (g.e1 + g.e2))
    g.nodes(h1=tanh(g.w * g.x), h2=tanh(g.v * g.x))
    g.nodes(y=dot([g.p1, g.p2], [g.h1, g.h2]))
    return g


def powers():
    """The product y of a = x², b = exp(k·x) and d = log x."""
    g = Graph()
    g.leaves(x=1.9, k=0.4)
    g.nodes(a=g.x * g.x, b=exp(g.k * g.x), d=log(g.x))
    g.nodes(y=g.a * g.b * g.d)
    return g


def weighed(g):
    """The share of the first distribution in `mixture`."""
    return g.w * g.f1 / g.p


def slope(x):
    """σ′ at x, which is meant to be the operand."""
    return sigmoid(x) * (1 - sigmoid(x))


def pull(g):
    """∂U/∂r of `spring`."""
    return g.k * (g.r - g.l) - 2 * g.f / g.r**3


def steps(g):
    """The recurrence h₃ = tanh(w·h₂), …, by w, with tanh′ of the last step alone."""
    return (1 - g.h3**2) * (g.h2 + g.w * (g.h1 + g.w * g.h0))


MISTAKES = [
    derivation("the weight forgotten", mixture, "L", "m1", lambda g: -weighed(g) * g.u1 / g.s1 / g.w, {"missing factor"}, place="w"),
    derivation("times p, for the logarithm", mixture, "L", "m1", lambda g: -weighed(g) * g.p**2 * g.u1 / g.s1, {"inverted factor"}, {"wrong local derivative"}, place="p"),
    derivation("s₁² under the u₁ that has one already", mixture, "L", "m1", lambda g: -weighed(g) * g.u1 / g.s1**2, {"extra factor"}, place="s1"),
    derivation("r/dx for dx/r", spring, "U", "x2", lambda g: pull(g) * g.r / g.dx, {"inverted factor"}, place="r dx"),
    derivation("the force's sign, and r² for r³", spring, "U", "r", lambda g: g.k * (g.r - g.l) + 2 * g.f / g.r**2, {"sign", "missing factor"}, {"sign", "wrong local derivative"}, place="r"),
    derivation("σ′ at the activations", two_sigmoids, "L", "w1", lambda g: (g.o - g.t) * slope(g.o) * g.w2 * slope(g.h) * g.x, {"wrong local derivative"}, place="z1 z2 h o"),
    derivation("tanh′ of the earlier steps forgotten", recurrence, "h3", "w", steps, {"missing factor"}, place="h1 h2"),
    derivation("tanh′ of the first step and the sign", recurrence, "h2", "w", lambda g: -(1 - g.h2**2) * (g.h1 + g.w * g.h0), {"sign", "missing factor"}, place="h1"),
    derivation("the mean a constant, and no 1/3 in the variance", standardised, "y", "x2", lambda g: -g.c1 * g.c2 / g.s**3, {"missing path", "constant factor"}, place="m"),
    derivation("log′ as x, in a product", powers, "y", "x", lambda g: (2 * g.x * g.b + g.k * g.b * g.a) * g.d + g.a * g.b * g.x, {"inverted factor"}, {"wrong local derivative"}, place="d"),
    derivation("sums for means", standardised, "y", "x1", lambda g: (1 - 1 - g.c1 * g.c1 / g.s**2) / g.s, {"constant factor"}, place="m v"),
    derivation("each weight's and expert's slope multiplied", experts, "y", "x", lambda g: g.p1 * g.p2 * (g.a - g.b) * (g.w * (1 - g.h1**2) - g.v * (1 - g.h2**2)), {"wrong rule"}, place="y"),
    derivation("rows for columns", quadratic, "S", "u1", lambda g: 2 * (g.r1 * g.a11 + g.r2 * g.a12), {"swapped factor"}, place="a12 a21"),
    derivation("1/T² where the score has its 1/T", contrast, "L", "T", lambda g: (1 - g.P) * (g.u - g.v) / g.T**2, {"extra factor"}, place="T"),
    derivation("P for 1 − P", contrast, "L", "a", lambda g: -g.P / g.T, {"swapped factor"}, place="P"),
    derivation("(w₁w₂)′ as w₁", portfolio, "s", "w1", lambda g: (g.w1 * g.s1**2 + g.w1 * g.c) / g.s, {"swapped factor"}, place="w1 w2"),
    derivation("the whole step for the half", midpoint, "y1", "lam", lambda g: -g.h * g.ym + g.h**2 * g.lam * g.y0, {"constant factor"}, place="ym k1"),
    derivation("the target's formula for another class", classes, "L", "z1", lambda g: g.p1 - 1, {"swapped factor"}, place="z1 z2"),
    right_only_if("one deviation for both", discriminant, "D", "y", lambda g: (g.m1 - g.m2) / g.s1**2, place="s1 s2"),
    right_only_if("2(Ax − Rx)/xᵀx", rayleigh, "R", "x1", lambda g: 2 * (g.g1 - g.R * g.x1) / g.S, place="a12 a21"),
    right_only_if("no division by xᵀx", rayleigh, "R", "x1", lambda g: 2 * g.a11 * g.x1 + (g.a12 + g.a21) * g.x2 - 2 * g.R * g.x1, place="x1 x2"),
    right_only_if("the variance without ε", standardised, "y", "x1", lambda g: (2 - g.c1 * g.c1 / g.v) / (3 * g.s), place="eps"),
    right_only_if("the plain surprisal", focal, "L", "w", lambda g: (g.p - 1) * g.x, place="gam"),
]  # fmt: skip
