"""Softmax regression on Fisher's irises, written out with the public interface."""

import random
import sys

import microgradx as mg
from microgradx import Value
from microgradx.datasets import iris

RATE = 1.0


def standardised(rows: list, like: list) -> list:
    """Rows with mean 0 and deviation 1 in every column, measured on the rows `like`."""
    columns = list(zip(*like, strict=True))
    means = [sum(column) / len(column) for column in columns]
    deviations = [
        (sum((x - m) ** 2 for x in column) / len(column)) ** 0.5
        for column, m in zip(columns, means, strict=True)
    ]
    return [[(x - m) / d for x, m, d in zip(row, means, deviations, strict=True)] for row in rows]


def logits(weights: list, row: list) -> list:
    """One logit for each class: the weights of the class on the row, and its bias."""
    return [mg.dot(w, [*row, 1.0]) for w in weights]


def losses(weights: list, rows: list, labels: list) -> list:
    """The cross-entropy of each row."""
    return [
        mg.softmax_cross_entropy(logits(weights, row), label)
        for row, label in zip(rows, labels, strict=True)
    ]


def accuracy(weights: list, rows: list, labels: list) -> float:
    """The share of rows whose largest logit is that of their class."""
    predicted = [max(range(len(weights)), key=logits(weights, row).__getitem__) for row in rows]
    return sum(p == label for p, label in zip(predicted, labels, strict=True)) / len(rows)


def train(seed: int, steps: int) -> float:
    """Train, print what happens, and explain one gradient; the accuracy on held-out rows."""
    data = iris()
    order = list(range(len(data.labels)))
    random.Random(seed).shuffle(order)
    order.sort(key=data.labels.__getitem__)  # so that each species gives a third of its rows
    held, kept = order[::3], [n for i, n in enumerate(order) if i % 3]
    pick = lambda xs, indices: [xs[i] for i in indices]  # noqa: E731
    train_rows = pick(data.features, kept)
    rows = standardised(train_rows, train_rows)
    test_rows = standardised(pick(data.features, held), train_rows)
    labels, test_labels = pick(data.labels, kept), pick(data.labels, held)
    weights = [
        [Value(0.0, f"w[{k}][{i}]") for i in range(len(data.names) + 1)]
        for k in range(len(data.species))
    ]

    print("2. A model on real data\n")
    print(
        f"Softmax regression: {len(data.names)} lengths of a flower → {len(data.species)} species "
        f"of iris; {len(rows)} rows to train, {len(held)} held out; {steps} steps (seed {seed})."
    )
    for step in range(1, steps + 1):
        loss = mg.mean(losses(weights, rows, labels))
        loss.zero_grad()
        loss.backward()
        for w in weights:
            for p in w:
                p.data -= RATE * p.grad
        report(step, steps, loss.data)
    share = accuracy(weights, test_rows, test_labels)
    print(f"   right on held-out rows: {share:.3f} ({round(share * len(held))} of {len(held)})\n")
    explain(weights, rows, labels, data)
    return share


def report(step: int, steps: int, loss: float) -> None:
    """Progress: a bar on a terminal, and elsewhere ten plain lines."""
    if sys.stdout.isatty():
        done = 30 * step // steps
        end = "\n" if step == steps else ""
        bar = "█" * done + "·" * (30 - done)
        print(f"\r   {bar} step {step}/{steps}, loss {loss:.4f}", end=end, flush=True)
    elif step in {1, steps} or step % max(1, steps // 10) == 0:
        print(f"   step {step:4}, loss {loss:.4f}")


def explain(weights: list, rows: list, labels: list, data) -> None:
    """One gradient of one weight as the sum of what each row contributes."""
    k, i = 2, 3
    weight = weights[k][i]
    parts = [mg.gradient(e, weight) / len(rows) for e in losses(weights, rows, labels)]
    weight_loss = mg.mean(losses(weights, rows, labels))
    print(f"Why is the gradient of one weight, {data.names[i]} → {data.species[k]}, what it is?")
    print("Each row adds a contribution (oₖ − tₖ)·x / n; the five largest of them:\n")
    for n in sorted(range(len(rows)), key=lambda n: -abs(parts[n]))[:5]:
        o = mg.softmax(logits(weights, rows[n]))[k].data
        t = float(labels[n] == k)
        print(
            f"   ({o:.4f} − {t:.0f}) × {rows[n][i]:+.4f} / {len(rows)} = {parts[n]:+.6f}"
            f"   a {data.species[labels[n]]}"
        )
    rest = sum(parts) - sum(sorted(parts, key=lambda x: -abs(x))[:5])
    print(f"   and {len(rows) - 5} smaller ones: {rest:+.6f}")
    print(
        f"   sum {sum(parts):+.6f}; the engine's gradient {mg.gradient(weight_loss, weight):+.6f}"
    )
