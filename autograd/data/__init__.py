"""The small data sets that the demos and examples train on, by name.

`dataset.py` defines a data set: plain floats and ints, no Values yet. `iris.py` reads real
measurements, `generators.py` draws points from a `random.Random`: the same seed, the same points.
`files.py` writes every file of the library: whole, or not at all.
"""

from collections.abc import Callable
from random import Random

from ..engine.messages import short_repr
from .dataset import Dataset, check_rng
from .generators import circles, moons, spirals, xor
from .iris import load_iris

__all__ = ["Dataset", "circles", "load", "load_iris", "moons", "spirals", "xor"]

BY_NAME: dict[str, Callable[[Random], Dataset]] = {
    "iris": lambda rng: load_iris(),
    "moons": lambda rng: moons(200, 0.1, rng),
    "circles": lambda rng: circles(200, 0.1, rng),
    "spirals": lambda rng: spirals(300, 0.03, rng, arms=3),
    "xor": lambda rng: xor(200, 0.15, rng),
}


def load(name: str, rng: Random) -> Dataset:
    """The data set called `name`, in a size that trains within seconds.

    Args:
        name: ``"iris"``, ``"moons"``, ``"circles"``, ``"spirals"`` or ``"xor"``.
        rng: the random generator of the points; Iris is always the same 150 flowers.

    Raises:
        ValueError: if there is no data set of that name; the message lists those there are.
        TypeError: if `rng` is not a `random.Random`.

    Example:
        >>> from random import Random
        >>> from autograd.data import load
        >>> train, test = load("iris", Random(0)).split(0.2, Random(0))
        >>> len(train), len(test), train.class_names
        (120, 30, ('setosa', 'versicolor', 'virginica'))
    """
    if not isinstance(name, str) or name not in BY_NAME:
        known = ", ".join(BY_NAME)
        raise ValueError(f"there is no data set {short_repr(name)}: choose one of {known}")
    check_rng(rng)
    return BY_NAME[name](rng)
