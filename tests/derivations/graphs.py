"""The functions that the derivations are about, at points where nothing is special."""

from microgradx import cos, exp, log, mean, relu, sigmoid, sin, softplus, sqrt, sum, tanh

from . import Graph

WEIGHTS = [[0.31, -0.52, 0.77, 0.14], [-0.83, 0.26, 0.45, -0.39]]
BIASES = [0.12, -0.21, 0.34, 0.27]
TARGETS = [0.35, 0.82, 0.47, 0.58]


def softmax_loss(classes, targets=None, parts=False):
    """Inputs y, logits z, probabilities o, cross-entropy E; with `parts`, exp z as e and Σe as Ω."""
    g = Graph()
    g.leaves(y1=1.3, y2=-0.7)
    for i in (1, 2):
        g.leaves(**{f"w{i}{j + 1}": WEIGHTS[i - 1][j] for j in range(classes)})
    g.leaves(**{f"b{j + 1}": BIASES[j] for j in range(classes)})
    if targets is None:
        g.leaves(**{f"t{j + 1}": TARGETS[j] for j in range(classes)})
        targets = g.all("t")
    for j in range(1, classes + 1):
        w1, w2, b = (getattr(g, name + str(j)) for name in ("w1", "w2", "b"))
        g.nodes(**{f"z{j}": w1 * g.y1 + w2 * g.y2 + b})
    e = [exp(z) for z in g.all("z")]
    total = sum(e)
    if parts:
        g.nodes(**{f"e{j + 1}": x for j, x in enumerate(e)}, Ω=total)
    g.nodes(**{f"o{j + 1}": x / total for j, x in enumerate(e)})
    g.nodes(E=-sum([t * log(o) for t, o in zip(targets, g.all("o"), strict=True)]))
    return g


def softmax_of_2():
    return softmax_loss(2)


def softmax_of_3():
    return softmax_loss(3)


def softmax_of_4():
    return softmax_loss(4)


def softmax_with_sum():
    return softmax_loss(3, parts=True)


def softmax_one_hot():
    return softmax_loss(3, targets=[0.0, 1.0, 0.0])


def softmax_two_hot():
    return softmax_loss(3, targets=[0.25, 0.0, 0.75])


def logistic():
    """s = σ(w₁x₁ + w₂x₂ + b) and its cross-entropy L."""
    g = Graph()
    g.leaves(x1=0.8, x2=-1.4, w1=0.6, w2=0.3, b=0.25, t=0.7)
    g.nodes(z=g.w1 * g.x1 + g.w2 * g.x2 + g.b)
    g.nodes(s=sigmoid(g.z))
    g.nodes(L=-(g.t * log(g.s) + (1 - g.t) * log(1 - g.s)))
    return g


def tanh_layer():
    """Two tanh units h of two inputs x, read out by v and compared with t."""
    g = Graph()
    g.leaves(x1=0.9, x2=-0.6, w11=0.4, w12=-0.7, w21=1.1, w22=0.5, b1=0.2, b2=-0.3)
    g.leaves(v1=1.2, v2=-0.8, t=0.35)
    g.nodes(z1=g.w11 * g.x1 + g.w12 * g.x2 + g.b1, z2=g.w21 * g.x1 + g.w22 * g.x2 + g.b2)
    g.nodes(h1=tanh(g.z1), h2=tanh(g.z2))
    g.nodes(p=g.v1 * g.h1 + g.v2 * g.h2)
    g.nodes(e=g.p - g.t)
    g.nodes(L=0.5 * g.e * g.e)
    return g


def two_layers():
    """Inputs x, sigmoid units h, a sigmoid p above them, squared error L."""
    g = Graph()
    g.leaves(x1=1.4, x2=0.6, w11=0.5, w12=-0.9, w21=0.7, w22=0.3, b1=-0.1, b2=0.2)
    g.leaves(v1=1.3, v2=-0.6, c=0.15, t=0.8)
    g.nodes(z1=g.w11 * g.x1 + g.w12 * g.x2 + g.b1, z2=g.w21 * g.x1 + g.w22 * g.x2 + g.b2)
    g.nodes(h1=sigmoid(g.z1), h2=sigmoid(g.z2))
    g.nodes(u=g.v1 * g.h1 + g.v2 * g.h2 + g.c)
    g.nodes(p=sigmoid(g.u))
    g.nodes(L=(g.p - g.t) ** 2 / 2)
    return g


def layer_norm():
    """n = (x − m) / s with m and s the mean and the deviation of three x; y weighs them by g."""
    g = Graph()
    g.leaves(x1=0.7, x2=-1.2, x3=1.9, g1=1.3, g2=0.4, g3=-0.8)
    g.nodes(m=mean(g.all("x")))
    g.nodes(d1=g.x1 - g.m, d2=g.x2 - g.m, d3=g.x3 - g.m)
    g.nodes(s=sqrt((g.d1 * g.d1 + g.d2 * g.d2 + g.d3 * g.d3) / 3))
    g.nodes(n1=g.d1 / g.s, n2=g.d2 / g.s, n3=g.d3 / g.s)
    g.nodes(y=g.g1 * g.n1 + g.g2 * g.n2 + g.g3 * g.n3)
    return g


def rms_norm():
    """y = a·x₁/r + b·x₂/r with r = √((x₁² + x₂²)/2)."""
    g = Graph()
    g.leaves(x1=1.7, x2=0.6, a=0.9, b=-1.3)
    g.nodes(r=sqrt((g.x1 * g.x1 + g.x2 * g.x2) / 2))
    g.nodes(n1=g.x1 / g.r, n2=g.x2 / g.r)
    g.nodes(y=g.a * g.n1 + g.b * g.n2)
    return g


def attention():
    """A query q over two positions: scores s, weights a, values v; the loss is half of out²."""
    g = Graph()
    g.leaves(q=0.9, k1=0.5, k2=-0.8, v1=1.6, v2=0.7)
    g.nodes(s1=g.q * g.k1, s2=g.q * g.k2)
    e1, e2 = exp(g.s1), exp(g.s2)
    g.nodes(a1=e1 / (e1 + e2), a2=e2 / (e1 + e2))
    g.nodes(out=g.a1 * g.v1 + g.a2 * g.v2)
    g.nodes(L=0.5 * g.out * g.out)
    return g


def quotient():
    """q = u / v with u = x² + a and v = 3x + b."""
    g = Graph()
    g.leaves(x=1.4, a=0.6, b=0.9)
    g.nodes(u=g.x**2 + g.a, v=3 * g.x + g.b)
    g.nodes(q=g.u / g.v)
    return g


def product():
    """f = u·v with u = sin x and v = e^(cx)."""
    g = Graph()
    g.leaves(x=0.8, c=0.45)
    g.nodes(u=sin(g.x), v=exp(g.c * g.x))
    g.nodes(f=g.u * g.v)
    return g


def square():
    """f = a·x·x, with two edges from x."""
    g = Graph()
    g.leaves(a=1.7, x=2.3)
    g.nodes(s=g.x * g.x)
    g.nodes(f=g.a * g.s)
    return g


def powers():
    """f = a·x⁵ + b·√x."""
    g = Graph()
    g.leaves(a=0.7, b=1.9, x=1.3)
    g.nodes(p=g.x**5, r=sqrt(g.x))
    g.nodes(f=g.a * g.p + g.b * g.r)
    return g


def exponentials():
    """f = xⁿ, g = cˣ and h = xˣ, each of a leaf to a leaf."""
    g = Graph()
    g.leaves(x=1.6, n=2.7, c=2.4)
    g.nodes(f=g.x**g.n, g=g.c**g.x, h=g.x**g.x)
    return g


def chain_of_three():
    """f = sin(w), w = e^v, v = a·x²."""
    g = Graph()
    g.leaves(x=0.7, a=0.9)
    g.nodes(v=g.a * g.x**2)
    g.nodes(w=exp(g.v))
    g.nodes(f=sin(g.w))
    return g


def logarithms():
    """f = cos(log(a·x² + b)): u inside, l its logarithm."""
    g = Graph()
    g.leaves(x=1.5, a=0.8, b=1.1)
    g.nodes(u=g.a * g.x * g.x + g.b)
    g.nodes(l=log(g.u))
    g.nodes(f=cos(g.l))
    return g


def recurrent():
    """Three steps of h = tanh(w·x + r·h) that share w and r, from a given h₀."""
    g = Graph()
    g.leaves(w=0.7, r=0.6, h0=0.4, x1=0.9, x2=-0.5, x3=1.3)
    g.nodes(h1=tanh(g.w * g.x1 + g.r * g.h0))
    g.nodes(h2=tanh(g.w * g.x2 + g.r * g.h1))
    g.nodes(h3=tanh(g.w * g.x3 + g.r * g.h2))
    g.nodes(L=g.h3 * g.h3)
    return g


def residual():
    """y = x + v·tanh(w·x), and half its squared error."""
    g = Graph()
    g.leaves(x=0.8, w=1.3, v=-0.6, t=1.7)
    g.nodes(h=tanh(g.w * g.x))
    g.nodes(y=g.x + g.v * g.h)
    g.nodes(L=(g.y - g.t) ** 2 / 2)
    return g


def log_sum_exp():
    """l = log(e^a + e^b + e^c), with a = k·x beside it."""
    g = Graph()
    g.leaves(k=0.6, x=1.4, b=-0.3, c=0.5)
    g.nodes(a=g.k * g.x)
    g.nodes(S=exp(g.a) + exp(g.b) + exp(g.c))
    g.nodes(l=log(g.S))
    return g


def length():
    """n = √(x² + y² + z²), and f = a·x/n."""
    g = Graph()
    g.leaves(x=1.2, y=-0.7, z=2.1, a=1.6)
    g.nodes(q=g.x**2 + g.y**2 + g.z**2)
    g.nodes(n=sqrt(g.q))
    g.nodes(f=g.a * g.x / g.n)
    return g


def swish():
    """f = x·σ(c·x), and p = softplus(c·x)."""
    g = Graph()
    g.leaves(x=1.3, c=0.7)
    g.nodes(u=g.c * g.x)
    g.nodes(s=sigmoid(g.u))
    g.nodes(f=g.x * g.s, p=softplus(g.u))
    return g


def rectified():
    """Two units: h₁ active, h₂ not; y = v₁h₁ + v₂h₂ and L its squared error."""
    g = Graph()
    g.leaves(x=0.9, w1=0.3, w2=-0.2, v1=1.5, v2=0.7, t=0.8)
    g.nodes(z1=g.w1 * g.x, z2=g.w2 * g.x)
    g.nodes(h1=relu(g.z1), h2=relu(g.z2))
    g.nodes(y=g.v1 * g.h1 + g.v2 * g.h2)
    g.nodes(L=(g.y - g.t) ** 2)
    return g
