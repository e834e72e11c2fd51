"""`Dataset`: rows of inputs with one class each, and methods to divide and scale them.

`iris.py` and `generators.py` make data sets; everything that can be done with one is here.
"""

import math
from collections.abc import Sequence, Sized
from dataclasses import dataclass, replace
from random import Random

from ..engine.messages import pluralize, short_repr


def check_rng(rng: object) -> None:
    """Raise unless `rng` is a `random.Random`.

    Raises:
        TypeError: with what to pass instead.
    """
    if not isinstance(rng, Random):
        given = type(rng).__name__
        raise TypeError(f"rng must be a random.Random, such as random.Random(0), got {given}")


@dataclass(frozen=True, repr=False)
class Dataset:
    """Rows of inputs with a class each.

    Args:
        name: the name of the data set.
        inputs: one row of floats per sample, one float per feature.
        targets: for each sample the index of its class in `class_names`.
        feature_names: the name of each column of the inputs.
        class_names: the name of each class, which targets are indices of.

    Raises:
        ValueError: if the parts do not fit each other.

    Example:
        >>> from autograd.data import Dataset
        >>> gate = Dataset("and", ((0.0, 1.0), (1.0, 1.0)), (0, 1), ("x", "y"), ("off", "on"))
        >>> len(gate)
        2
    """

    name: str
    inputs: tuple[tuple[float, ...], ...]
    targets: tuple[int, ...]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise if the parts do not fit each other."""
        for name in ("inputs", "targets", "feature_names", "class_names"):
            if isinstance(getattr(self, name), str) or not isinstance(getattr(self, name), Sized):
                given = short_repr(getattr(self, name))
                raise TypeError(f"{name} of a Dataset is a tuple, got {given}")
        if len(self.inputs) != len(self.targets):
            rows = pluralize(len(self.inputs), "row")
            targets = pluralize(len(self.targets), "target")
            raise ValueError(
                f"a data set needs one target per row of inputs, got {rows} and {targets}"
            )
        width, classes = len(self.feature_names), len(self.class_names)
        for i, (row, target) in enumerate(zip(self.inputs, self.targets, strict=True)):
            if len(row) != width:
                raise ValueError(f"row {i} has {len(row)} inputs, but there are {width} features")
            if type(target) is not int or not 0 <= target < classes:
                raise ValueError(
                    f"target {i} is {short_repr(target)}, but it must be the index of one of the "
                    f"{classes} classes {short_repr(self.class_names)}"
                )

    def __repr__(self) -> str:
        """Its name and sizes."""
        features, classes = len(self.feature_names), len(self.class_names)
        return (
            f"Dataset({self.name!r}, {len(self)} samples, {features} features, {classes} classes)"
        )

    def __len__(self) -> int:
        """The number of samples."""
        return len(self.targets)

    def split(self, test_fraction: float, rng: Random) -> tuple["Dataset", "Dataset"]:
        """Divide the samples, in random order, into a training part and a test part.

        Each class is divided by itself, in the same proportion, and is in both parts.

        Args:
            test_fraction: the share of each class that goes to the test part, rounded to whole
                samples, at least one and not all.
            rng: the random generator that shuffles the samples.

        Raises:
            ValueError: if the fraction is not between 0 and 1, or a class has a single sample.
            TypeError: if `rng` is not a `random.Random`.

        Example:
            >>> from random import Random
            >>> from autograd.data import load_iris
            >>> train, test = load_iris().split(0.2, Random(0))
            >>> [test.targets.count(c) for c in range(3)]
            [10, 10, 10]
        """
        check_rng(rng)
        if type(test_fraction) not in (int, float) or not 0.0 < test_fraction < 1.0:
            raise ValueError(
                f"test_fraction must be between 0 and 1, got {short_repr(test_fraction)}"
            )
        train: list[int] = []
        test: list[int] = []
        for samples in self._samples_by_class():
            rng.shuffle(samples)
            count = min(max(round(test_fraction * len(samples)), 1), len(samples) - 1)
            test += samples[:count]
            train += samples[count:]
        rng.shuffle(train)
        rng.shuffle(test)
        return self._take(train), self._take(test)

    def standardized(self, like: "Dataset | None" = None) -> "Dataset":
        """The data set with each feature shifted to mean 0 and scaled to deviation 1.

        Args:
            like: the data set whose mean and deviation count, this one if not given. For a test
                part that is the training part, since a model may not learn from the test part.

        A feature that is the same in all samples is shifted only.

        Raises:
            ValueError: if `like` has no samples, or other features.

        Example:
            >>> from random import Random
            >>> from autograd.data import load_iris
            >>> train, test = load_iris().split(0.2, Random(0))
            >>> test = test.standardized(like=train)
            >>> train = train.standardized()
        """
        like = self if like is None else like
        if not isinstance(like, Dataset):
            raise TypeError(f"like is a Dataset, such as the training part, got {short_repr(like)}")
        if like.feature_names != self.feature_names:
            raise ValueError(
                f"like has the features {short_repr(like.feature_names)}, but this data set has "
                f"{short_repr(self.feature_names)}: give the part of the same data set that trains "
                "the model"
            )
        if not like.inputs:
            raise ValueError(f"data set {like.name!r} has no samples to take mean and deviation of")
        scales = [_mean_and_deviation(column) for column in zip(*like.inputs, strict=True)]
        rows = tuple(
            tuple((x - mean) / deviation for x, (mean, deviation) in zip(row, scales, strict=True))
            for row in self.inputs
        )
        return replace(self, inputs=rows)

    def _samples_by_class(self) -> list[list[int]]:
        """The positions of the samples of each class that has any."""
        by_class: list[list[int]] = [[] for _ in self.class_names]
        for i, target in enumerate(self.targets):
            by_class[target].append(i)
        for samples in by_class:
            if len(samples) == 1:
                alone = self.class_names[self.targets[samples[0]]]
                raise ValueError(
                    f"class {alone!r} has one sample, and each part needs one: add samples, or "
                    "leave the class out"
                )
        return [samples for samples in by_class if samples]

    def _take(self, samples: Sequence[int]) -> "Dataset":
        inputs = tuple(self.inputs[i] for i in samples)
        return replace(self, inputs=inputs, targets=tuple(self.targets[i] for i in samples))


def _mean_and_deviation(column: Sequence[float]) -> tuple[float, float]:
    """The mean of a feature and the deviation to divide by, 1 if all values are equal."""
    if min(column) == max(column):
        return column[0], 1.0
    mean = math.fsum(column) / len(column)
    farthest = max(abs(x - mean) for x in column)  # squares of small numbers would underflow
    variance = math.fsum(((x - mean) / farthest) ** 2 for x in column) / len(column)
    return mean, farthest * math.sqrt(variance)
