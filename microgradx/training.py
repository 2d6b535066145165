"""Softmax regression on Fisher's irises, written out with the public interface."""

import random
import sys

import microgradx as mg
from microgradx import Value
from microgradx.datasets import iris
from microgradx.story import indented

RATE, FOLDS = 8.0, 10


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


def correct(weights: list, rows: list, labels: list) -> int:
    """The number of rows whose largest logit is that of their class."""
    predicted = [max(range(len(weights)), key=logits(weights, row).__getitem__) for row in rows]
    return sum(p == label for p, label in zip(predicted, labels, strict=True))


def folds(labels: list, seed: int) -> list[list[int]]:
    """The indices of the rows in ten folds, at random, with a tenth of each class in each."""
    order = list(range(len(labels)))
    random.Random(str(seed)).shuffle(order)  # as text: the generator takes −1 for 1
    order.sort(key=labels.__getitem__)
    return [order[k::FOLDS] for k in range(FOLDS)]


def fit(rows: list, labels: list, data, steps: int, report) -> list:
    """Weights trained by gradient descent; after each step `report` is told the loss."""
    weights = [
        [Value(0.0, f"w[{k}][{i}]") for i in range(len(data.names) + 1)]
        for k in range(len(data.species))
    ]
    for _ in range(steps):
        loss = mg.mean(losses(weights, rows, labels))
        loss.zero_grad()
        loss.backward()
        report(loss.data)
        for w in weights:
            for p in w:
                p.data -= RATE * p.grad
    return weights


def train(seed: int, steps: int) -> float:
    """Train, print what happens, and explain one gradient; the accuracy on held-out rows.

    A single split would leave much to luck: of 50 flowers, one more or less is 2 %. So each row is
    held out once (ten-fold cross-validation), and all of them count.
    """
    data = iris()
    print("2. A model on real data\n")
    print(
        f"Softmax regression: {len(data.names)} lengths of a flower → {len(data.species)} species "
        f"of iris. Each tenth of the {len(data.labels)}\nrows in turn is held out, while the "
        f"others train a model: {steps} steps of gradient descent (seed {seed}).\n"
    )
    bar = Bar(FOLDS * steps)
    models = []
    for k, held in enumerate(folds(data.labels, seed), 1):
        model = Model(data, held, steps, bar.step)
        bar.line(
            f"   part {k:2}: loss {model.loss:.4f}, right on {model.hits} of {len(held)} "
            "held-out rows"
        )
        models.append(model)
    right = sum(model.hits for model in models)
    share = right / len(data.labels)
    print(f"   right on all held-out rows: {share:.3f} ({right} of {len(data.labels)})\n")
    explain(models[-1], data)
    return share


class Model:
    """Weights trained on all rows but those held out, and how they do on these.

    Attributes:
        kept: The numbers in the data of the rows that it was trained on.
        rows, labels: These rows, standardised, and their classes.
        weights: What was learnt: of each class, a weight for each column, and a bias.
        loss: The mean cross-entropy of these rows.
        hits: How many of the rows held out it is right on.
    """

    def __init__(self, data, held: list[int], steps: int, report):
        self.kept = sorted(set(range(len(data.labels))) - set(held))
        like = [data.features[n] for n in self.kept]
        self.rows = standardised(like, like)
        self.labels = [data.labels[n] for n in self.kept]
        self.weights = fit(self.rows, self.labels, data, steps, report)
        self.loss = mg.mean(losses(self.weights, self.rows, self.labels)).data
        others = standardised([data.features[n] for n in held], like)
        self.hits = correct(self.weights, others, [data.labels[n] for n in held])


class Bar:
    """Progress, on a terminal; elsewhere nothing."""

    def __init__(self, steps: int):
        self.steps, self.done = steps, 0

    def step(self, loss: float) -> None:
        """Draw the bar, one step longer."""
        self.done += 1
        if sys.stdout.isatty():
            drawn = 30 * self.done // self.steps
            bar = "█" * drawn + "·" * (30 - drawn)
            print(f"\r   {bar} step {self.done}/{self.steps}, loss {loss:.4f}", end="", flush=True)

    def line(self, text: str) -> None:
        """Print a line in the place of the bar."""
        print(f"\r{text:70}" if sys.stdout.isatty() else text)


def explain(model: Model, data) -> None:
    """One gradient of one weight, by its paths: each leads through the loss of one row."""
    k, i = 2, 3
    terms = losses(model.weights, model.rows, model.labels)
    for n, term, label in zip(model.kept, terms, model.labels, strict=True):
        term.label = f"E{n} ({data.species[label]})"
    loss = mg.mean(terms)
    loss.label = "E"
    paths = mg.paths(loss, model.weights[k][i])
    print(
        f"In the last of these models, why is the gradient of one weight, {data.names[i]} → "
        f"{data.species[k]},\nwhat it is? Each of its rows lies on a path of its own, and the "
        "gradient is the sum over all of them:\n"
    )
    print(indented(paths))
