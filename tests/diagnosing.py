"""What the tests of the diagnosis share: a small graph, labels, and what is said of a claim."""

import microgradx as mg
from microgradx import Value, check_derivation

from .programs import nodes_under


def example():
    """x, y and their r = x·y + sin x, of which ∂r/∂x is y + cos x by two paths."""
    x, y = Value(0.7, "x"), Value(2.0, "y")
    r = x * y + mg.sin(x)
    r.label = "r"
    return x, y, r


def kinds(diagnosis):
    return [finding.kind for finding in diagnosis.findings]


def sentences(diagnosis):
    return " ".join(finding.sentence for finding in diagnosis.findings)


def label(**nodes):
    """Give nodes their labels."""
    for name, v in nodes.items():
        v.label = name


def found(*claim, **options):
    """The kinds of findings, and the text."""
    diagnosis = check_derivation(*claim, **options)
    return kinds(diagnosis), str(diagnosis)


def found_as_f(f, wrt, claim):
    """The same of an output that is called f."""
    label(f=f)
    return found(f, wrt, claim)


def found_of(f, wrt, claim):
    """The text alone of an output that is called f."""
    return found_as_f(f, wrt, claim)[1]


def state(*roots):
    """What an explanation must leave as it is; no Values, to which this would give names."""
    nodes = [v for root in roots if isinstance(root, Value) for v in nodes_under(root)]
    return [
        (id(v), v.data, v.grad, v.label, v.op, v.partials, [id(p) for p in v.parents])
        for v in nodes
    ]
