"""What goes wrong in physics, chemistry, geometry and statistics, each function beside its cases."""

from microgradx import cos, exp, log, sigmoid, sin, sqrt

from . import Graph, derivation


def pressure():
    """P = nRT/(V − nb) − a·n²/V², a gas after Van der Waals."""
    g = Graph()
    g.leaves(n=1.4, R=0.083, T=310.0, V=2.6, a=3.7, b=0.31)
    g.nodes(f=g.V - g.n * g.b, q=g.a * g.n**2 / g.V**2)
    g.nodes(P=g.n * g.R * g.T / g.f - g.q)
    return g


def mixing():
    """G = E·(x·log x + y·log y) + W·x·y with y = 1 − x, the energy of a mixture."""
    g = Graph()
    g.leaves(E=2.48, x=0.34, W=1.7)
    g.nodes(y=1 - g.x)
    g.nodes(S=g.x * log(g.x) + g.y * log(g.y))
    g.nodes(G=g.E * g.S + g.W * g.x * g.y)
    return g


def triangle():
    """c = √(a² + b² − 2·a·b·k) with k = cos φ, the law of cosines."""
    g = Graph()
    g.leaves(a=3.1, b=4.4, phi=0.9)
    g.nodes(k=cos(g.phi))
    g.nodes(c=sqrt(g.a**2 + g.b**2 - 2 * g.a * g.b * g.k))
    return g


def charges():
    """V = p/r − q/s, the potential of two charges at distances r and s, on the axis at ±a."""
    g = Graph()
    g.leaves(p=1.3, q=0.9, x=1.7, y=0.8, a=0.6)
    g.nodes(r=sqrt((g.x - g.a) ** 2 + g.y**2), s=sqrt((g.x + g.a) ** 2 + g.y**2))
    g.nodes(V=g.p / g.r - g.q / g.s)
    return g


def mixture():
    """L = log(v·d + (1 − v)·e): d a density of width s, which underflows where s is small."""
    g = Graph()
    g.leaves(z=0.4, x=0.6, m=-0.3, s=0.8, e=0.7)
    g.nodes(v=sigmoid(g.z), d=exp(-0.5 * ((g.x - g.m) / g.s) ** 2) / g.s)
    g.nodes(o=g.v * g.d + (1 - g.v) * g.e)
    g.nodes(L=log(g.o))
    return g


def contrast():
    """L = log(eᵘ + eᵛ + eʷ) − u, where u, v and w are scores divided by T."""
    g = Graph()
    g.leaves(a=0.8, b=0.3, c=-0.4, T=0.6)
    g.nodes(u=g.a / g.T, v=g.b / g.T, w=g.c / g.T)
    g.nodes(A=exp(g.u), B=exp(g.v), C=exp(g.w))
    g.nodes(N=g.A + g.B + g.C)
    g.nodes(L=log(g.N) - g.u)
    return g


def growth():
    """c = b + R·b·(1 − b/K) with b = a + r·a·(1 − a/K): two years of a population."""
    g = Graph()
    g.leaves(a=1.3, r=0.9, R=0.7, K=4.2)
    g.nodes(b=g.a + g.r * g.a * (1 - g.a / g.K))
    g.nodes(c=g.b + g.R * g.b * (1 - g.b / g.K))
    return g


def metabolism():
    """B = m·exp(−E/(k·T)), the rate at a temperature."""
    g = Graph()
    g.leaves(m=2.1, E=0.65, k=0.086, T=2.9)
    g.nodes(e=exp(-g.E / (g.k * g.T)))
    g.nodes(B=g.m * g.e)
    return g


def harmonics():
    """S = a·sin u + b·sin 2u + c·sin 3u with u = w·x."""
    g = Graph()
    g.leaves(x=0.9, w=0.7, a=1.2, b=-0.8, c=0.55)
    g.nodes(u=g.w * g.x)
    g.nodes(S=g.a * sin(g.u) + g.b * sin(2 * g.u) + g.c * sin(3 * g.u))
    return g


def map_of_three():
    """z = r·y·(1 − y), y = r·x·(1 − x), x = r·u·(1 − u): the logistic map."""
    g = Graph()
    g.leaves(u=0.23, r=2.9)
    g.nodes(x=g.r * g.u * (1 - g.u))
    g.nodes(y=g.r * g.x * (1 - g.x))
    g.nodes(z=g.r * g.y * (1 - g.y))
    return g


def on_a_sphere():
    """F = a·X² + b·X·Z with X = r·sin p·cos q and Z = r·cos p."""
    g = Graph()
    g.leaves(r=1.6, p=0.8, q=0.5, a=0.9, b=1.3)
    g.nodes(X=g.r * sin(g.p) * cos(g.q), Z=g.r * cos(g.p))
    g.nodes(F=g.a * g.X**2 + g.b * g.X * g.Z)
    return g


def orbit():
    """E3 = M + e·sin E2, E2 = M + e·sin E1, E1 = M + e·sin M: Kepler's equation, iterated."""
    g = Graph()
    g.leaves(M=0.9, e=0.35)
    g.nodes(E1=g.M + g.e * sin(g.M))
    g.nodes(E2=g.M + g.e * sin(g.E1))
    g.nodes(E3=g.M + g.e * sin(g.E2))
    return g


def continued():
    """y = b + a/d with d = c + a/e and e = b + a/c: a continued fraction."""
    g = Graph()
    g.leaves(a=1.3, b=2.2, c=1.7)
    g.nodes(e=g.b + g.a / g.c)
    g.nodes(d=g.c + g.a / g.e)
    g.nodes(y=g.b + g.a / g.d)
    return g


def standardised():
    """y = (u − m)/s of three numbers u, v and w, with their mean m and deviation s."""
    g = Graph()
    g.leaves(u=0.8, v=-0.5, w=1.9)
    g.nodes(m=(g.u + g.v + g.w) / 3)
    g.nodes(p=g.u - g.m, q=g.v - g.m, r=g.w - g.m)
    g.nodes(s=sqrt((g.p**2 + g.q**2 + g.r**2) / 3))
    g.nodes(y=g.p / g.s)
    return g


def survival():
    """L = x + y − log A − log B, two events with the hazards h and k of those at risk."""
    g = Graph()
    g.leaves(x=0.3, y=-0.6, z=0.4)
    g.nodes(h=exp(g.x), j=exp(g.y), k=exp(g.z))
    g.nodes(A=g.h + g.j + g.k, B=g.j + g.k)
    g.nodes(L=g.x + g.y - log(g.A) - log(g.B))
    return g


def reverberation():
    """T = V/D with D = −log(1 − m) and m = w·a, after Eyring."""
    g = Graph()
    g.leaves(V=1.9, w=0.6, a=0.7)
    g.nodes(m=g.w * g.a)
    g.nodes(D=-log(1 - g.m))
    g.nodes(T=g.V / g.D)
    return g


MISTAKES = [
    derivation(
        "(1/V²)′ as 1/(2V)",
        pressure, "P", "V", lambda g: -g.n * g.R * g.T / g.f**2 - g.a * g.n**2 / (2 * g.V),
        {"wrong rule"}, place="V q",
    ),
    derivation(
        "the volume of the molecules does not know n",
        pressure, "P", "n", lambda g: g.R * g.T / g.f - 2 * g.a * g.n / g.V**2,
        {"missing path"}, place="f",
    ),
    derivation(
        "(x log x)′ as 1/x",
        mixing, "G", "x", lambda g: g.E * (1 / g.x - 1 / g.y) + g.W * (g.y - g.x),
        {"wrong rule"}, place="x y",
    ),
    derivation(
        "y a constant",
        mixing, "G", "x", lambda g: g.E * (log(g.x) + 1) + g.W * g.y,
        {"missing path"}, place="y",
    ),
    derivation(
        "a factor lost from the product",
        triangle, "c", "b", lambda g: (g.b - g.k) / g.c,
        {"missing factor"}, place="a",
    ),
    derivation(
        "as with a right angle",
        triangle, "c", "a", lambda g: g.a / g.c,
        {"missing path"},
    ),
    derivation(
        "the field without its direction",
        charges, "V", "x", lambda g: g.q / g.s**2 - g.p / g.r**2,
        {"missing factor"}, place="r s",
    ),
    derivation(
        "both distances shrink with a",
        charges, "V", "a",
        lambda g: g.p * (g.x - g.a) / g.r**3 - g.q * (g.x + g.a) / g.s**3,
        {"sign"}, place="s",
    ),
    derivation(
        "the responsibility for the slope of the density",
        mixture, "L", "d", lambda g: g.v * g.d / g.o,
        {"extra factor"}, place="d",
    ),
    derivation(
        "the other component forgotten",
        mixture, "L", "z", lambda g: g.v * (1 - g.v) * g.d / g.o,
        {"missing path"}, place="v e",
    ),
    derivation(
        "p(1 − p) for p",
        contrast, "L", "b", lambda g: g.B / g.N * (1 - g.B / g.N) / g.T,
        {"extra factor"}, place="v",
    ),
    derivation(
        "the two years' derivatives added up",
        growth, "c", "a",
        lambda g: 2 + g.r * (1 - 2 * g.a / g.K) + g.R * (1 - 2 * g.b / g.K),
        {"wrong rule"}, place="b",
    ),
    derivation(
        "T not squared",
        metabolism, "B", "T", lambda g: g.B * g.E / (g.k * g.T),
        {"missing factor"}, place="e",
    ),
    derivation(
        "the order of the harmonics forgotten",
        harmonics, "S", "x",
        lambda g: g.w * (g.a * cos(g.u) + g.b * cos(2 * g.u) + g.c * cos(3 * g.u)),
        {"constant factor"}, place="u",
    ),
    derivation(
        "r counted once",
        map_of_three, "z", "u",
        lambda g: g.r * (1 - 2 * g.u) * (1 - 2 * g.x) * (1 - 2 * g.y),
        {"missing factor"}, place="r",
    ),
    derivation(
        "sin p lost",
        on_a_sphere, "F", "q", lambda g: -(2 * g.a * g.X + g.b * g.Z) * g.r * sin(g.q),
        {"missing factor"}, place="p",
    ),
    derivation(
        "the last cosine at the last E",
        orbit, "E3", "e",
        lambda g: sin(g.E2) + g.e * cos(g.E3) * (sin(g.E1) + g.e * cos(g.E1) * sin(g.M)),
        {"wrong local derivative"}, place="E3",
    ),
    derivation(
        "a level skipped, and the sign as with it",
        continued, "y", "b", lambda g: 1 + g.a / g.d**2,
        {"missing factor", "sign"}, place="e",
    ),
    derivation(
        "the wrong index in the deviation's part",
        standardised, "y", "v", lambda g: (-1 - (g.p / g.s) ** 2) / (3 * g.s),
        {"swapped factor"}, place="p q",
    ),
    derivation(
        "those at risk at the first event, at both",
        survival, "L", "z", lambda g: -2 * g.k / g.A,
        {"missing path", "repeated path"}, place="A B",
    ),
    derivation(
        "the logarithm's slope at m",
        reverberation, "T", "a", lambda g: -g.T / g.D * g.w / g.m,
        {"swapped factor"}, {"wrong local derivative"}, place="m",
    ),
    derivation(
        "the temperature lost",
        contrast, "L", "a", lambda g: g.A / g.N - 1,
        {"missing factor"}, place="T u",
    ),
]  # fmt: skip
