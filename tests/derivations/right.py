"""Right derivations, in the forms in which people write them."""

from microgradx import cos, exp, log, log1p, logsumexp, sigmoid, sin, softmax, sqrt, tanh

from . import derivation, formulas, graphs


def right(name, graph, of, by, claim):
    return derivation(name, graph, of, by, claim, verdict="right")


def total(g):
    t = g.all("t")
    return sum(t[1:], t[0])


def by_tanh_of_exponentials(z):
    """tanh z, written with exponentials."""
    return (exp(z) - exp(-z)) / (exp(z) + exp(-z))


def delta(i, j):
    return 1.0 if i == j else 0.0


def norm_by_index(g, k):
    """∂y/∂xₖ of a layer norm, with Kronecker's δ."""
    x, w, n = g.all("x"), g.all("g"), g.all("n")
    return sum(w[j] / g.s * (delta(j, k) - 1 / len(x) - n[j] * n[k] / len(x)) for j in range(3))


def softmax_by_index(g, k):
    """∂E/∂zₖ as Σⱼ ∂E/∂oⱼ · oⱼ(δⱼₖ − oₖ)."""
    t, o = g.all("t"), g.all("o")
    return sum(-t[j] / o[j] * (o[j] * (delta(j, k) - o[k])) for j in range(len(o)))


def back_through_time(g):
    """The error signals of three steps, from the last to the first."""
    d3 = 2 * g.h3 * (1 - g.h3**2)
    d2 = d3 * g.r * (1 - g.h2**2)
    d1 = d2 * g.r * (1 - g.h1**2)
    return d1, d2, d3


SOFTMAX = [
    right("oτ − t", graphs.softmax_of_3, "E", "z1", lambda g: g.o1 * total(g) - g.t1),
    right("the same times the input", graphs.softmax_of_4, "E", "w23", lambda g: g.y2 * (g.o3 * total(g) - g.t3)),
    right("o − t, of constant one-hot targets", graphs.softmax_one_hot, "E", "z2", lambda g: g.o2 - 1),
    right("o, where the constant target is 0", graphs.softmax_one_hot, "E", "w11", lambda g: g.o1 * g.y1),
    right("o − t, of constant targets that sum to 1", graphs.softmax_two_hot, "E", "b3", lambda g: g.o3 - 0.75),
    right("−t₁o₂ + t₂o₁", graphs.softmax_of_2, "E", "z1", lambda g: -g.t1 * g.o2 + g.t2 * g.o1),
    right("−t₁ + o₁(t₁ + t₂)", graphs.softmax_of_2, "E", "w11", lambda g: (-g.t1 + g.o1 * (g.t1 + g.t2)) * g.y1),
    right("over both outputs, nothing cancelled", graphs.softmax_of_2, "E", "w21", lambda g: -g.t1 / g.o1 * g.o1 * (1 - g.o1) * g.y2 + -g.t2 / g.o2 * -g.o1 * g.o2 * g.y2),
    right("k = i and k ≠ i apart", graphs.softmax_of_3, "E", "b2", lambda g: -g.t2 * (1 - g.o2) + (g.t1 + g.t3) * g.o2),
    right("by indices", graphs.softmax_of_4, "E", "z3", lambda g: softmax_by_index(g, 2)),
    right("τ in place of the last output by 1 − Σ", graphs.softmax_of_3, "E", "z3", lambda g: (1 - g.o1 - g.o2) * total(g) - g.t3),
    right("probabilities from the logits anew", graphs.softmax_of_3, "E", "z1", lambda g: softmax([g.z1, g.z2, g.z3])[0] * total(g) - g.t1),
    right("by log Σ exp", graphs.softmax_of_3, "E", "z2", lambda g: total(g) * exp(g.z2 - logsumexp([g.z1, g.z2, g.z3])) - g.t2),
    right("as a sigmoid of two logits' difference", graphs.softmax_of_2, "E", "z1", lambda g: (g.t1 + g.t2) * sigmoid(g.z1 - g.z2) - g.t1),
    right("back to the input", graphs.softmax_of_3, "E", "y2", lambda g: sum(w * (o * total(g) - t) for w, o, t in zip([g.w21, g.w22, g.w23], g.all("o"), g.all("t"), strict=True))),
    right("by a target", graphs.softmax_of_3, "E", "t2", lambda g: -log(g.o2)),
    right("by a target, from the logits", graphs.softmax_with_sum, "E", "t1", lambda g: log(g.Ω) - g.z1),
    right("by one output alone", graphs.softmax_of_3, "E", "o2", lambda g: -g.t2 / g.o2),
    right("numerator and denominator apart", graphs.softmax_with_sum, "E", "z1", lambda g: -g.t1 / g.o1 * g.e1 / g.Ω + (g.t1 / g.o1 * g.e1 + g.t2 / g.o2 * g.e2 + g.t3 / g.o3 * g.e3) / g.Ω**2 * g.e1),
    right("by Ω", graphs.softmax_with_sum, "E", "Ω", lambda g: total(g) / g.Ω),
    right("as a function of the labelled values", graphs.softmax_of_3, "E", "w12", lambda g: lambda d: d["y1"] * (d["o2"] * (d["t1"] + d["t2"] + d["t3"]) - d["t2"])),
    right("as the softmax", graphs.log_sum_exp, "l", "x", lambda g: g.k * exp(g.a - g.l)),
    right("1 over the sum of ratios", graphs.log_sum_exp, "l", "x", lambda g: g.k / (1 + exp(g.b - g.a) + exp(g.c - g.a))),
    right("Σ a(v − out)", graphs.attention, "L", "s1", lambda g: g.out * g.a1 * (g.v1 - g.out)),
    right("a₁a₂ times the difference of the values", graphs.attention, "L", "q", lambda g: g.out * g.a1 * g.a2 * (g.v1 - g.v2) * (g.k1 - g.k2)),
    right("by a key, with 1 − a₁ for a₂", graphs.attention, "L", "k2", lambda g: g.out * g.a1 * (1 - g.a1) * (g.v2 - g.v1) * g.q),
]  # fmt: skip

NETWORKS = [
    right("(s − t)x", graphs.logistic, "L", "w1", lambda g: (g.s - g.t) * g.x1),
    right("1/(1 + e⁻ᶻ) in place of the node", graphs.logistic, "L", "w2", lambda g: (1 / (1 + exp(-g.z)) - g.t) * g.x2),
    right("eᶻ/(1 + eᶻ), from the leaves", graphs.logistic, "L", "b", lambda g: 1 - 1 / (1 + exp(g.w1 * g.x1 + g.w2 * g.x2 + g.b)) - g.t),
    right("link by link", graphs.logistic, "L", "x1", lambda g: (-g.t / g.s + (1 - g.t) / (1 - g.s)) * g.s * (1 - g.s) * g.w1),
    right("(s − t) over s(1 − s), by the output", graphs.logistic, "L", "s", lambda g: (g.s - g.t) / (g.s * (1 - g.s))),
    right("by the target: −z", graphs.logistic, "L", "t", lambda g: -g.z),
    right("by the target: log((1 − s)/s)", graphs.logistic, "L", "t", lambda g: log((1 - g.s) / g.s)),
    right("s(1−t) − t(1−s)", graphs.logistic, "L", "z", lambda g: g.s * (1 - g.t) - g.t * (1 - g.s)),
    right("1 − h²", graphs.tanh_layer, "L", "w11", lambda g: g.e * g.v1 * (1 - g.h1**2) * g.x1),
    right("(1 − h)(1 + h)", graphs.tanh_layer, "L", "w22", lambda g: (g.p - g.t) * g.v2 * (1 - g.h2) * (1 + g.h2) * g.x2),
    right("1 − tanh² by exponentials", graphs.tanh_layer, "L", "b1", lambda g: g.e * g.v1 * (1 - by_tanh_of_exponentials(g.z1) ** 2)),
    right("4/(eᶻ + e⁻ᶻ)²", graphs.tanh_layer, "L", "z2", lambda g: 4 * g.e * g.v2 / (exp(g.z2) + exp(-g.z2)) ** 2),
    right("through both units", graphs.tanh_layer, "L", "x1", lambda g: g.e * (g.v1 * (1 - g.h1**2) * g.w11 + g.v2 * (1 - g.h2**2) * g.w21)),
    right("expanded", graphs.tanh_layer, "L", "x2", lambda g: g.e * g.v1 * g.w12 - g.e * g.v1 * g.w12 * g.h1 * g.h1 + g.e * g.v2 * g.w22 - g.e * g.v2 * g.w22 * g.h2 * g.h2),
    right("error signals, layer by layer", graphs.two_layers, "L", "w21", lambda g: (g.p - g.t) * g.p * (1 - g.p) * g.v2 * g.h2 * (1 - g.h2) * g.x1),
    right("p − p² in place of p(1 − p)", graphs.two_layers, "L", "v1", lambda g: (g.p - g.t) * (g.p - g.p**2) * g.h1),
    right("σ(z)σ(−z)", graphs.two_layers, "L", "w12", lambda g: (g.p - g.t) * sigmoid(g.u) * sigmoid(-g.u) * g.v1 * sigmoid(g.z1) * sigmoid(-g.z1) * g.x2),
    right("to an input", graphs.two_layers, "L", "x2", lambda g: (g.p - g.t) * g.p * (1 - g.p) * (g.v1 * g.h1 * (1 - g.h1) * g.w12 + g.v2 * g.h2 * (1 - g.h2) * g.w22)),
    right("from the layer above, as a function", graphs.two_layers, "L", "h1", lambda g: lambda d: (d["p"] - d["t"]) * d["p"] * (1 - d["p"]) * d["v1"]),
    right("the closed form", graphs.layer_norm, "y", "x1", lambda g: (g.g1 - (g.g1 + g.g2 + g.g3) / 3 - g.n1 * g.y / 3) / g.s),
    right("by indices", graphs.layer_norm, "y", "x2", lambda g: norm_by_index(g, 1)),
    right("times 1/(3s)", graphs.layer_norm, "y", "x3", lambda g: (3 * g.g3 - (g.g1 + g.g2 + g.g3) - g.n3 * (g.g1 * g.n1 + g.g2 * g.n2 + g.g3 * g.n3)) / (3 * g.s)),
    right("with the mean written out", graphs.layer_norm, "y", "g2", lambda g: (g.x2 - (g.x1 + g.x2 + g.x3) / 3) / g.s),
    right("the closed form", graphs.rms_norm, "y", "x1", lambda g: g.a / g.r - g.x1 * (g.a * g.x1 + g.b * g.x2) / (2 * g.r**3)),
    right("one fraction, where two terms cancel", graphs.rms_norm, "y", "x1", lambda g: g.x2 * (g.a * g.x2 - g.b * g.x1) / (2 * g.r**3)),
    right("all steps, from the last", graphs.recurrent, "L", "w", lambda g: sum(d * x for d, x in zip(back_through_time(g), g.all("x"), strict=True))),
    right("nested", graphs.recurrent, "L", "r", lambda g: 2 * g.h3 * (1 - g.h3**2) * (g.h2 + g.r * (1 - g.h2**2) * (g.h1 + g.r * (1 - g.h1**2) * g.h0))),
    right("a product along the chain", graphs.recurrent, "L", "h0", lambda g: back_through_time(g)[0] * g.r),
    right("1 + the branch", graphs.residual, "L", "x", lambda g: (g.y - g.t) * (1 + g.v * g.w * (1 - g.h**2))),
    right("the two routes apart, tanh anew", graphs.residual, "L", "x", lambda g: (g.x + g.v * g.h - g.t) + (g.y - g.t) * g.v * (1 - tanh(g.w * g.x) ** 2) * g.w),
    right("the relu's step as a truth value", graphs.rectified, "L", "w1", lambda g: lambda d: 2 * (d["y"] - d["t"]) * d["v1"] * (d["z1"] > 0) * d["x"]),
    right("both uses of the weight", formulas.tied_weights, "L", "w", lambda g: 2 * (g.y - g.x) * (g.h + g.w * g.h * (1 - g.h) * g.x)),
    right("encoder and target", formulas.tied_weights, "L", "x", lambda g: 2 * (g.y - g.x) * (g.w**2 * g.h * (1 - g.h) - 1)),
]  # fmt: skip

CALCULUS = [
    right("(u′v − uv′)/v²", graphs.quotient, "q", "x", lambda g: (2 * g.x * g.v - 3 * g.u) / g.v**2),
    right("u′/v − q·v′/v", graphs.quotient, "q", "x", lambda g: 2 * g.x / g.v - g.q * 3 / g.v),
    right("by the product rule with v⁻¹", graphs.quotient, "q", "x", lambda g: 2 * g.x * g.v**-1 - 3 * g.u * g.v**-2),
    right("expanded into powers of x", graphs.quotient, "q", "x", lambda g: (3 * g.x**2 + 2 * g.b * g.x - 3 * g.a) / (9 * g.x**2 + 6 * g.b * g.x + g.b**2)),
    right("logarithmic: q(u′/u − v′/v)", graphs.quotient, "q", "x", lambda g: g.q * (2 * g.x / g.u - 3 / g.v)),
    right("u′v + uv′", graphs.product, "f", "x", lambda g: cos(g.x) * g.v + g.u * g.c * g.v),
    right("factored", graphs.product, "f", "x", lambda g: exp(g.c * g.x) * (cos(g.x) + g.c * sin(g.x))),
    right("logarithmic", graphs.product, "f", "x", lambda g: g.f * (cos(g.x) / sin(g.x) + g.c)),
    right("one sine with a phase", graphs.chain_of_three, "f", "x", lambda g: sin(g.w + 1.5707963267948966) * g.w * 2 * g.a * g.x),
    right("2as/x with s = x²", graphs.square, "f", "x", lambda g: 2 * g.f / g.x),
    right("x·a + a·x", graphs.square, "f", "x", lambda g: g.x * g.a + g.a * g.x),
    right("5p/x and b/(2r)", graphs.powers, "f", "x", lambda g: 5 * g.a * g.p / g.x + g.b / (2 * g.r)),
    right("b/(2√x) as b·r/(2x)", graphs.powers, "f", "x", lambda g: 5 * g.a * g.x**4 + g.b * g.r / (2 * g.x)),
    right("n·f/x", graphs.exponentials, "f", "x", lambda g: g.n * g.f / g.x),
    right("f·log x", graphs.exponentials, "f", "n", lambda g: g.f * log(g.x)),
    right("cˣ by e", graphs.exponentials, "g", "x", lambda g: exp(g.x * log(g.c)) * log(g.c)),
    right("xˣ(1 + log x)", graphs.exponentials, "h", "x", lambda g: g.x**g.x * (1 + log(g.x))),
    right("inner times outer", graphs.logarithms, "f", "x", lambda g: -2 * g.a * g.x * sin(log(g.u)) / g.u),
    right("divided through by x", graphs.logarithms, "f", "x", lambda g: -2 * g.a * sin(g.l) / (g.a * g.x + g.b / g.x)),
    right("x/n", graphs.length, "n", "x", lambda g: g.x / g.n),
    right("x/√(x² + y² + z²)", graphs.length, "n", "y", lambda g: g.y / sqrt(g.x * g.x + g.y * g.y + g.z * g.z)),
    right("(y² + z²)/n³", graphs.length, "f", "x", lambda g: g.a * (g.y**2 + g.z**2) / g.n**3),
    right("s(1 + u(1 − s))", graphs.swish, "f", "x", lambda g: g.s * (1 + g.u * (1 - g.s))),
    right("s + f(1 − s)c", graphs.swish, "f", "x", lambda g: g.s + g.c * g.f * (1 - g.s)),
    right("the sigmoid, a node that softplus does not use", graphs.swish, "p", "x", lambda g: g.c * g.s),
    right("1 − e^(−p)", graphs.swish, "p", "x", lambda g: g.c * (1 - exp(-g.p))),
]  # fmt: skip

FORMULAS = [
    right("residuals over the variance", formulas.log_likelihood, "l", "m", lambda g: (g.d1 + g.d2) / g.s**2),
    right("n(mean − m)/s²", formulas.log_likelihood, "l", "m", lambda g: 2 * ((g.x1 + g.x2) / 2 - g.m) / g.s**2),
    right("Q/s³ − n/s", formulas.log_likelihood, "l", "s", lambda g: g.Q / g.s**3 - 2 / g.s),
    right("one fraction", formulas.log_likelihood, "l", "s", lambda g: (g.Q - 2 * g.s**2) / g.s**3),
    right("xᵢyⱼ", formulas.bilinear, "f", "a21", lambda g: g.x2 * g.y1),
    right("a column times x", formulas.bilinear, "f", "y2", lambda g: g.a12 * g.x1 + g.a22 * g.x2),
    right("G/(3x)", formulas.geometric_mean, "G", "x", lambda g: g.G / (3 * g.x)),
    right("yz/(3G²)", formulas.geometric_mean, "G", "x", lambda g: g.y * g.z / (3 * g.G**2)),
    right("R(1/(3x) − 1/(3m))", formulas.geometric_mean, "R", "x", lambda g: g.R * (1 / g.x - 1 / g.m) / 3),
    right("A·y/q", formulas.compound_interest, "A", "r", lambda g: g.A * g.y / g.q),
    right("P·k·q^(k−1)/n", formulas.compound_interest, "A", "r", lambda g: g.P * g.k * g.q ** (g.k - 1) / g.n),
    right("by the frequency, with log1p", formulas.compound_interest, "A", "n", lambda g: g.A * g.y * (log1p(g.r / g.n) - g.r / (g.n + g.r))),
    right("A·n·log q", formulas.compound_interest, "A", "y", lambda g: g.A * g.n * log(g.q)),
    right("(x − M)/S", formulas.weighted_mean, "M", "a", lambda g: (g.x - g.M) / g.S),
    right("b(x − y)/S²", formulas.weighted_mean, "M", "a", lambda g: g.b * (g.x - g.y) / g.S**2),
    right("Σex, the 2 and the ½ cancelled", formulas.regression, "L", "w", lambda g: g.e1 * g.x1 + g.e2 * g.x2),
    right("as normal equations", formulas.regression, "L", "w", lambda g: g.w * (g.x1**2 + g.x2**2) + g.b * (g.x1 + g.x2) - g.x1 * g.y1 - g.x2 * g.y2),
    right("a sign in place of |d|/d", formulas.absolute, "f", "x", lambda g: lambda d: d["w"] * (1 if d["x"] > d["m"] else -1)),
    right("cut off at ±c", formulas.huber, "H", "w", lambda g: lambda d: max(-d["c"], min(d["c"], d["e"])) * d["x"]),
    right("−k·dx/r³", formulas.distance, "V", "a", lambda g: -g.k * g.dx / g.r**3),
    right("V(c − a)/r²", formulas.distance, "V", "a", lambda g: g.V * (g.c - g.a) / (g.dx**2 + g.dy**2)),
    right("a constant, as a number", formulas.regression, "e1", "b", lambda g: 1.0),
]  # fmt: skip

RIGHT = SOFTMAX + NETWORKS + CALCULUS + FORMULAS
