"""The derivations that are not right, in one list."""

from . import (
    mistakes_calculus,
    mistakes_conditions,
    mistakes_formulas,
    mistakes_layers,
    mistakes_likelihoods,
    mistakes_networks,
    mistakes_repeated,
    mistakes_sciences,
    mistakes_softmax,
    mistakes_statistics,
    mistakes_structures,
    mistakes_throughout,
)

MISTAKES = [
    *mistakes_softmax.MISTAKES,
    *mistakes_calculus.MISTAKES,
    *mistakes_networks.MISTAKES,
    *mistakes_structures.MISTAKES,
    *mistakes_formulas.MISTAKES,
    *mistakes_layers.MISTAKES,
    *mistakes_likelihoods.MISTAKES,
    *mistakes_statistics.MISTAKES,
    *mistakes_sciences.MISTAKES,
    *mistakes_repeated.MISTAKES,
    *mistakes_conditions.MISTAKES,
    *mistakes_throughout.MISTAKES,
]
