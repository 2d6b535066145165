"""The story of the problem: one weight, two routes to the loss, and the one that was forgotten."""

import microgradx as mg
from microgradx import Value
from microgradx.writing import shown

INPUTS = [0.5, -1.0, 2.0]
WEIGHTS = [[0.1, 0.4], [-0.3, 0.2], [0.25, -0.15]]
TARGETS = [1.5, 0.5]  # they need not sum to 1


def named(letter: str, values: list) -> list:
    """The values with the labels letter₁, letter₂, …"""
    for value, index in zip(values, "₁₂₃", strict=False):
        value.label = letter + index
    return values


def network() -> dict:
    """Three inputs h, two logits y, probabilities o, and L = −t₁ log o₁ − t₂ log o₂."""
    h, t = named("h", [*map(Value, INPUTS)]), named("t", [*map(Value, TARGETS)])
    w = [named(f"w{i}", [*map(Value, row)]) for i, row in zip("₁₂₃", WEIGHTS, strict=True)]
    y = named("y", [mg.dot([row[j] for row in w], h) for j in range(2)])
    o = named("o", mg.softmax(y, shift=False))
    loss = mg.cross_entropy(o, t)
    loss.label = "L"
    return {"h": h, "w": w, "t": t, "y": y, "o": o, "L": loss}


def tell() -> None:
    """Print the story."""
    net = network()
    loss, weight = net["L"], net["w"][1][0]
    print("1. Which path did I miss?\n")
    print("Three inputs h, two classes: y = h·w, o = softmax(y), L = −t₁ log o₁ − t₂ log o₂.")
    for values in (*net["w"], net["h"], net["t"], net["y"], net["o"], [loss]):
        print("   " + "  ".join(f"{v.label:3} = {v.data:+.4f}" for v in values).replace("-", "−"))
    print(f"\nHow does {weight.label} reach L? By two routes, and the chain rule adds up both:\n")
    print(indented(mg.chain_rule(loss, weight, symbols=False)))
    loss.backward()
    print(f"\nThe engine's gradient is {shown(weight.grad)}, the same. Someone derived it by hand,")
    print("through o₁ alone, as t₁ (1 − o₁) h₂. Which path was missed?\n")
    claim = net["t"][0] * (1.0 - net["o"][0]) * net["h"][1]
    print(indented(mg.check_derivation(loss, weight, claim)), end="\n\n")


def indented(text: object) -> str:
    """A text whose lines stand a little to the right."""
    return "\n".join(f"   {line}".rstrip() for line in str(text).splitlines())
