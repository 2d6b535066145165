"""Small real data, embedded."""

import csv
from importlib.resources import files
from typing import NamedTuple


class Iris(NamedTuple):
    """Measurements of flowers, and the species of each.

    Attributes:
        features: 150 rows of 4 lengths, in cm.
        labels: 150 indices into `species`.
        names: What the 4 lengths are of.
        species: The 3 species, 50 flowers each.
    """

    features: list[list[float]]
    labels: list[int]
    names: list[str]
    species: list[str]


def iris() -> Iris:
    """Fisher's measurements of 150 irises of three species.

    The rows are those that scikit-learn ships, which has the two rows right that the copy in the
    UCI repository has wrong.

    Returns:
        The features (150 × 4, cm), the labels (150), and the names of both.

    Example:
        >>> from microgradx.datasets import iris
        >>> data = iris()
        >>> data.features[0], data.species[data.labels[0]]
        ([5.1, 3.5, 1.4, 0.2], 'setosa')

    Reference:
        R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7
        (1936), 179–188, table 1.
    """
    text = files("microgradx").joinpath("iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    species = list(dict.fromkeys(row[-1] for row in rows))
    features = [[float(x) for x in row[:-1]] for row in rows]
    names = [name.replace("_", " ") for name in header[:-1]]
    return Iris(features, [species.index(row[-1]) for row in rows], names, species)
