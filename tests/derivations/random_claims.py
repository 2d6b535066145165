"""Claims made at random: wrong, and no slip of any kind away from the derivative.

Each is a sum of unlike terms of the graph's own nodes, with coefficients that no rule has; the
generator is seeded by the case's number, so that a case is the same in every run.
"""

from random import Random

from microgradx import log, sin, sqrt, tanh

from . import Case, formulas, graphs

CLAIMS_PER_GRAPH = 12
GRAPHS = [
    (graphs.softmax_of_2, "E"),
    (graphs.softmax_of_3, "E"),
    (graphs.softmax_with_sum, "E"),
    (graphs.logistic, "L"),
    (graphs.tanh_layer, "L"),
    (graphs.two_layers, "L"),
    (graphs.layer_norm, "y"),
    (graphs.attention, "L"),
    (graphs.quotient, "q"),
    (graphs.product, "f"),
    (graphs.powers, "f"),
    (graphs.chain_of_three, "f"),
    (graphs.recurrent, "L"),
    (graphs.residual, "L"),
    (graphs.log_sum_exp, "l"),
    (graphs.length, "f"),
    (formulas.log_likelihood, "l"),
    (formulas.bilinear, "f"),
    (formulas.compound_interest, "A"),
    (formulas.regression, "L"),
]


# Functions without poles, so that the claims have a value wherever the graph has one.
FUNCTIONS = [
    sin,
    tanh,
    lambda x: 1 / (1.3 + x * x),
    lambda x: log(1.7 + x * x),
    lambda x: sqrt(0.6 + x * x),
]


def coefficient(random):
    """A number that no rule of calculus has: between 0.3 and 2.9, of either sign."""
    return random.choice([-1, 1]) * (random.randrange(300, 2900) + 0.37) / 1000


def term(random, nodes):
    """A coefficient times one to three nodes, one of them often inside a function."""
    factors = random.sample(nodes, random.randint(1, 3))
    result = coefficient(random)
    for x in factors:
        inside = coefficient(random) * x + coefficient(random) * random.choice(nodes)
        result = result * (random.choice(FUNCTIONS)(inside) if random.random() < 0.5 else x)
    return result


def random_claim(number, graph, of):
    """Case `number`: some derivative of a graph, and a claim that has nothing to do with it."""

    def build():
        random = Random(number)
        g = graph()
        nodes = list(vars(g).values())
        leaves = [x for x in nodes if x.op == "leaf"]
        claim = term(random, nodes)
        for _ in range(random.randint(1, 3)):
            claim = claim + term(random, nodes)
        claim = claim + coefficient(random) * sin(coefficient(random) * random.choice(nodes))
        return getattr(g, of), random.choice(leaves), claim

    return Case(f"{graph.__name__.replace('_', ' ')}: claim {number}", build, "wrong", (set(),), ())


RANDOM = [
    random_claim(CLAIMS_PER_GRAPH * i + k, graph, of)
    for i, (graph, of) in enumerate(GRAPHS)
    for k in range(CLAIMS_PER_GRAPH)
]
