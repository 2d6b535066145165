"""The story of the problem: one weight, two routes to the loss, and the one that was forgotten."""

import microgradx as mg
from microgradx import Value

INPUTS = [0.5, -1.0, 2.0]
WEIGHTS = [[0.1, 0.4], [-0.3, 0.2], [0.25, -0.15]]
TARGETS = [1.5, 0.5]  # they need not sum to 1


def network() -> dict:
    """Three inputs h, two logits y, probabilities o, and L = −t₁ log o₁ − t₂ log o₂."""
    h = [Value(x, f"h{i}") for i, x in enumerate(INPUTS, 1)]
    w = [[Value(x, f"w{i}{j}") for j, x in enumerate(row, 1)] for i, row in enumerate(WEIGHTS, 1)]
    t = [Value(x, f"t{j}") for j, x in enumerate(TARGETS, 1)]
    y = [mg.dot([row[j] for row in w], h) for j in range(2)]
    o = mg.softmax(y, shift=False)
    return {"h": h, "w": w, "t": t, "y": y, "o": o, "L": mg.cross_entropy(o, t)}


def routes(net: dict) -> list[tuple[list[float], float]]:
    """For each route L → oⱼ → y₁ → w₂₁ its three factors, and their product."""
    y1, w21 = net["y"][0], net["w"][1][0]
    to_weight = mg.gradient(y1, w21)
    found = []
    for o in net["o"]:
        factors = [mg.gradient(net["L"], o), mg.gradient(o, y1), to_weight]
        found.append((factors, mg.prod(factors)))
    return found


def claim(net: dict) -> float:
    """The derivation that went through o₁ alone, and lost the sign: t₁ (1 − o₁) h₂."""
    return net["t"][0].data * (1.0 - net["o"][0].data) * net["h"][1].data


def tell() -> None:
    """Print the story."""
    net = network()
    print("1. Which path did I miss?\n")
    print("Three inputs h, two classes: y = h·w, o = softmax(y), L = −t₁ log o₁ − t₂ log o₂.")
    for name in ("h", "t", "y", "o"):
        values = "  ".join(f"{name}{i} = {x.data:+.4f}" for i, x in enumerate(net[name], 1))
        print(f"   {values}")
    print(f"   L  = {net['L'].data:+.4f}\n")
    print("How does w₂₁ reach L? By two routes, and the chain rule adds up both:\n")
    both = routes(net)
    for (factors, product), j in zip(both, "₁₂", strict=True):
        names = f"∂L/∂o{j} · ∂o{j}/∂y₁ · ∂y₁/∂w₂₁"
        numbers = " × ".join(f"{x:+.4f}" for x in factors)
        print(f"   L → o{j} → y₁ → w₂₁   {names} = {numbers} = {product:+.4f}")
    net["L"].backward()
    gradient, wrong = net["w"][1][0].grad, claim(net)
    print(f"{'the sum of both':>64} = {sum(product for _, product in both):+.4f}")
    print(f"{'the gradient of the engine':>64} = {gradient:+.4f}")
    print(f"{'the derivation by hand, t₁ (1 − o₁) h₂':>64} = {wrong:+.4f}\n")
    print(
        "The derivation by hand took the first route alone, and lost its sign: "
        f"−({both[0][1]:+.4f}) = {wrong:+.4f}.\n"
        f"What it misses is the route through o₂, {both[1][1]:+.4f}: "
        "softmax divides by a sum to which every class belongs.\n"
    )
