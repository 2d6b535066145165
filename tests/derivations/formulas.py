"""More functions that the derivations are about: statistics, money, means, absolute values."""

from microgradx import abs, greater, log, maximum, mean, sigmoid, sqrt, where

from . import Graph


def log_likelihood():
    """l = −Σ(xᵢ − m)²/(2s²) − 2·log s, of two observations under a Gaussian."""
    g = Graph()
    g.leaves(x1=1.4, x2=-0.3, m=0.6, s=0.8)
    g.nodes(d1=g.x1 - g.m, d2=g.x2 - g.m)
    g.nodes(Q=g.d1 * g.d1 + g.d2 * g.d2)
    g.nodes(l=-g.Q / (2 * g.s**2) - 2 * log(g.s))
    return g


def bilinear():
    """f = xᵀA y of two by two."""
    g = Graph()
    g.leaves(x1=0.9, x2=-1.4, y1=1.7, y2=0.6, a11=0.5, a12=-0.8, a21=1.2, a22=0.3)
    g.nodes(u1=g.a11 * g.y1 + g.a12 * g.y2, u2=g.a21 * g.y1 + g.a22 * g.y2)
    g.nodes(f=g.x1 * g.u1 + g.x2 * g.u2)
    return g


def geometric_mean():
    """G = (x·y·z)^(1/3), and the ratio R of G to the arithmetic mean m."""
    g = Graph()
    g.leaves(x=1.8, y=0.7, z=2.6)
    g.nodes(P=g.x * g.y * g.z)
    g.nodes(G=g.P ** (1 / 3), m=mean([g.x, g.y, g.z]))
    g.nodes(R=g.G / g.m)
    return g


def compound_interest():
    """A = P·(1 + r/n)^(n·y): capital P at a rate r for y years, n times a year."""
    g = Graph()
    g.leaves(P=2.5, r=0.4, n=3.2, y=2.3)
    g.nodes(q=1 + g.r / g.n, k=g.n * g.y)
    g.nodes(G=g.q**g.k)
    g.nodes(A=g.P * g.G)
    return g


def weighted_mean():
    """M = (a·x + b·y)/(a + b), and its square L."""
    g = Graph()
    g.leaves(a=1.3, b=0.6, x=2.2, y=-0.9)
    g.nodes(N=g.a * g.x + g.b * g.y, S=g.a + g.b)
    g.nodes(M=g.N / g.S)
    g.nodes(L=g.M * g.M)
    return g


def regression():
    """The mean squared error of w·x + b over two samples."""
    g = Graph()
    g.leaves(w=0.7, b=-0.2, x1=1.3, x2=-0.8, y1=0.4, y2=1.1)
    g.nodes(e1=g.w * g.x1 + g.b - g.y1, e2=g.w * g.x2 + g.b - g.y2)
    g.nodes(L=(g.e1 * g.e1 + g.e2 * g.e2) / 2)
    return g


def tied_weights():
    """An autoencoder of one number: h = σ(w·x), back by the same w."""
    g = Graph()
    g.leaves(w=0.9, x=1.6, b=-0.3)
    g.nodes(h=sigmoid(g.w * g.x + g.b))
    g.nodes(y=g.w * g.h)
    g.nodes(L=(g.y - g.x) ** 2)
    return g


def equally_weighted():
    """The mean M of `weighted_mean`, at a point where a = b."""
    g = Graph()
    g.leaves(a=0.7, b=0.7, x=2.2, y=-0.9)
    g.nodes(N=g.a * g.x + g.b * g.y, S=g.a + g.b)
    g.nodes(M=g.N / g.S)
    return g


def absolute():
    """f = w·|x − m| + k·|y|, with x above m and y below 0."""
    g = Graph()
    g.leaves(w=1.4, x=1.9, m=0.6, k=0.8, y=-0.25)
    g.nodes(d=g.x - g.m)
    g.nodes(f=g.w * abs(g.d) + g.k * abs(g.y))
    return g


def huber():
    """H = e²/2 where |e| < c, else c(|e| − c/2); here |e| < c."""
    g = Graph()
    g.leaves(w=0.7, x=1.3, t=0.4, c=1.2)
    g.nodes(e=g.w * g.x - g.t)
    g.nodes(H=where(greater(g.c, abs(g.e)), g.e * g.e / 2, g.c * (abs(g.e) - g.c / 2)))
    return g


def largest():
    """M = max(x², y, z·x), where x² is the largest; f = M/z."""
    g = Graph()
    g.leaves(x=1.9, y=1.3, z=0.7)
    g.nodes(p=g.x * g.x, q=g.z * g.x)
    g.nodes(M=maximum(g.p, g.y, g.q))
    g.nodes(f=g.M / g.z)
    return g


def distance():
    """r = √(dx² + dy²) between (a, b) and (c, d), and V = k/r."""
    g = Graph()
    g.leaves(a=1.7, b=-0.4, c=0.2, d=0.9, k=1.3)
    g.nodes(dx=g.a - g.c, dy=g.b - g.d)
    g.nodes(r=sqrt(g.dx * g.dx + g.dy * g.dy))
    g.nodes(V=g.k / g.r)
    return g
