"""Layers and losses of today that the derivations are about: gates, embeddings, margins, matrices."""

from microgradx import dot, erf, exp, log, sigmoid, sqrt, sum, tanh

from . import Graph


def shares(scores):
    """The softmax of some scores."""
    e = [exp(x) for x in scores]
    total = sum(e)
    return [x / total for x in e]


def gelu():
    """L = k·a·P with P = Φ(a), the normal distribution at a."""
    g = Graph()
    g.leaves(a=0.7, k=1.3)
    g.nodes(P=(1 + erf(g.a / 2**0.5)) / 2)
    g.nodes(y=g.a * g.P)
    g.nodes(L=g.k * g.y)
    return g


def highway():
    """y = T·H + (1 − T)·x with a gate T = σ(w·x), and half its squared error."""
    g = Graph()
    g.leaves(x=0.66, w=0.92, v=-1.33, t=1.29)
    g.nodes(a=g.w * g.x)
    g.nodes(T=sigmoid(g.a), H=tanh(g.v * g.x))
    g.nodes(y=g.T * g.H + (1 - g.T) * g.x)
    g.nodes(L=(g.y - g.t) ** 2 / 2)
    return g


def margin():
    """The squared error L of the margin y·f of a score f with a label y."""
    g = Graph()
    g.leaves(f=0.3, y=0.8)
    g.nodes(h=1 - g.y * g.f)
    g.nodes(L=g.h**2)
    return g


def cosine():
    """The cosine c between u and v: their product p by their lengths r and s."""
    g = Graph()
    g.leaves(u1=1.32, u2=-0.54, v1=0.79, v2=1.61)
    g.nodes(p=dot(g.all("u"), g.all("v")))
    g.nodes(r=sqrt(g.u1**2 + g.u2**2), s=sqrt(g.v1**2 + g.v2**2))
    g.nodes(c=g.p / (g.r * g.s))
    return g


def quadratic():
    """Q = uᵀAu of two by two, by way of r = Au, and the squared length S of r."""
    g = Graph()
    g.leaves(a11=0.7, a12=-0.4, a21=1.1, a22=0.3, u1=0.9, u2=1.7)
    g.nodes(r1=g.a11 * g.u1 + g.a12 * g.u2, r2=g.a21 * g.u1 + g.a22 * g.u2)
    g.nodes(Q=g.u1 * g.r1 + g.u2 * g.r2, S=g.r1 * g.r1 + g.r2 * g.r2)
    return g


def deep_softmax():
    """A unit h = tanh(w·x) above x, three logits z of it, and their cross-entropy E."""
    g = Graph()
    g.leaves(x=0.8, w=0.6, v1=0.5, v2=-0.9, v3=1.2, t1=0.2, t2=0.5, t3=0.3)
    g.nodes(h=tanh(g.w * g.x))
    g.nodes(z1=g.v1 * g.h, z2=g.v2 * g.h, z3=g.v3 * g.h)
    g.nodes(**{f"o{j + 1}": x for j, x in enumerate(shares(g.all("z")))})
    g.nodes(E=-sum([t * log(o) for t, o in zip(g.all("t"), g.all("o"), strict=True)]))
    return g


def scaled_attention():
    """A query q over three positions, its scores scaled by c: o = Σ aᵢvᵢ."""
    g = Graph()
    g.leaves(q=0.94, c=0.71, k1=0.31, k2=-0.72, k3=1.16, v1=0.63, v2=-1.21, v3=1.47)
    g.nodes(s1=g.c * g.q * g.k1, s2=g.c * g.q * g.k2, s3=g.c * g.q * g.k3)
    g.nodes(**{f"a{j + 1}": x for j, x in enumerate(shares(g.all("s")))})
    g.nodes(o=dot(g.all("a"), g.all("v")))
    return g


def capped():
    """y = c·tanh(x/c), a soft bound."""
    g = Graph()
    g.leaves(x=1.83, c=2.4)
    g.nodes(u=g.x / g.c)
    g.nodes(h=tanh(g.u))
    g.nodes(y=g.c * g.h)
    return g


def cell():
    """A memory c = f·m + i·z of one gated step, and what it lets out: h = tanh(c)."""
    g = Graph()
    g.leaves(f=0.8, m=0.37, i=0.45, z=-0.9)
    g.nodes(c=g.f * g.m + g.i * g.z)
    g.nodes(h=tanh(g.c))
    return g


def gained():
    """y = g₁·n₁ + g₂·n₂, of x divided by the root r of their mean square m."""
    g = Graph()
    g.leaves(x1=1.17, x2=-0.68, g1=0.88, g2=1.42)
    g.nodes(m=(g.x1**2 + g.x2**2) / 2)
    g.nodes(r=sqrt(g.m))
    g.nodes(n1=g.x1 / g.r, n2=g.x2 / g.r)
    g.nodes(y=g.g1 * g.n1 + g.g2 * g.n2)
    return g


def two_units():
    """Two units of one input, each with a target of its own."""
    g = Graph()
    g.leaves(x=1.3, w1=0.6, w2=-0.9, t1=0.25, t2=-0.4)
    g.nodes(a1=g.w1 * g.x, a2=g.w2 * g.x)
    g.nodes(y1=tanh(g.a1), y2=tanh(g.a2))
    g.nodes(e1=g.y1 - g.t1, e2=g.y2 - g.t2)
    g.nodes(L=0.5 * g.e1**2 + 0.5 * g.e2**2)
    return g


def squared_softmax():
    """Half the squared distance of a softmax from three targets."""
    g = Graph()
    g.leaves(z1=0.43, z2=-0.67, z3=1.18, t1=0.21, t2=0.57, t3=0.38)
    g.nodes(**{f"o{j + 1}": x for j, x in enumerate(shares(g.all("z")))})
    g.nodes(e1=g.o1 - g.t1, e2=g.o2 - g.t2, e3=g.o3 - g.t3)
    g.nodes(S=g.e1 * g.e1 + g.e2 * g.e2 + g.e3 * g.e3)
    g.nodes(L=0.5 * g.S)
    return g
