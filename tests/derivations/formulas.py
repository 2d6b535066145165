"""More functions that the derivations are about: statistics, money, means, absolute values, series,
waves and triangles."""

import math

from microgradx import (
    abs,
    acos,
    cos,
    cosh,
    greater,
    log,
    log10,
    maximum,
    mean,
    sigmoid,
    sin,
    sqrt,
    tanh,
    where,
)

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


def unrolled():
    """Three steps of one tanh unit; the weight u is the input's, w that of the state."""
    g = Graph()
    g.leaves(x1=0.9, x2=-0.4, x3=0.7, h0=0.3, u=0.8, w=1.3, t=0.2)
    g.nodes(h1=tanh(g.u * g.x1 + g.w * g.h0))
    g.nodes(h2=tanh(g.u * g.x2 + g.w * g.h1))
    g.nodes(h3=tanh(g.u * g.x3 + g.w * g.h2))
    g.nodes(L=(g.h3 - g.t) ** 2)
    return g


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


def two_losses():
    """A hidden unit, and two outputs that it has different weights for."""
    g = Graph()
    g.leaves(x=0.7, v=0.9, a=1.4, c=-0.8, s=0.5, t=-0.3)
    g.nodes(h=tanh(g.v * g.x))
    g.nodes(p=g.a * g.h - g.s, q=g.c * g.h - g.t)
    g.nodes(L=g.p**2 / 2 + 3 * g.q**2)
    return g


def form():
    """A bilinear form."""
    g = Graph()
    g.leaves(x1=0.6, x2=-1.2, a11=0.7, a12=-0.4, a21=1.1, a22=0.3, y1=0.9, y2=1.7)
    g.nodes(c1=g.a11 * g.y1 + g.a12 * g.y2, c2=g.a21 * g.y1 + g.a22 * g.y2)
    g.nodes(s=g.x1 * g.c1 + g.x2 * g.c2)
    return g


def power_tower():
    """xˣ at 1, where the logarithm is 0."""
    g = Graph()
    g.leaves(x=1.0)
    g.nodes(y=g.x**g.x)
    return g
