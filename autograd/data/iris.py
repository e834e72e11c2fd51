"""Iris: four measurements of 150 flowers, 50 of each of three species, in centimetres.

The flowers were measured by Edgar Anderson ("The irises of the Gaspé Peninsula", Bulletin of the
American Iris Society 59, 1935) and the table published by R. A. Fisher ("The use of multiple
measurements in taxonomic problems", Annals of Eugenics 7, 1936). `iris.csv` has Fisher's numbers;
rows 35 and 38 are misprinted in many copies. It is under CC BY 4.0, as the UCI Machine Learning
Repository distributes it: `iris.LICENSE` beside it says whom to cite.
"""

import csv
from importlib.resources import files

from .dataset import Dataset


def load_iris() -> Dataset:
    """The 150 flowers, in the order of Fisher's table.

    Example:
        >>> from autograd.data import load_iris
        >>> iris = load_iris()
        >>> iris.inputs[0], iris.class_names[iris.targets[0]]
        ((5.1, 3.5, 1.4, 0.2), 'setosa')
    """
    text = files(str(__package__)).joinpath("iris.csv").read_text(encoding="utf-8")
    header, *flowers = csv.reader(text.splitlines())
    species = tuple(dict.fromkeys(flower[-1] for flower in flowers))
    return Dataset(
        name="iris",
        inputs=tuple(tuple(map(float, flower[:-1])) for flower in flowers),
        targets=tuple(species.index(flower[-1]) for flower in flowers),
        feature_names=tuple(header[:-1]),
        class_names=species,
    )
