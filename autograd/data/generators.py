"""Generators of data sets: shapes in the plane that no straight line separates.

Each generator takes the number of samples, how far they scatter, and a random generator.
Sample i belongs to class i modulo the number of classes, so the classes are of equal size.
"""

import math
from collections.abc import Callable
from random import Random

from ..engine.arguments import at_least_zero, integer
from .dataset import Dataset, check_rng

Point = tuple[float, float]


def moons(samples: int, noise: float, rng: Random) -> Dataset:
    """Two half circles of radius 1 that reach into each other.

    Args:
        samples: how many points, at least 2.
        noise: the standard deviation of the noise on each coordinate.
        rng: the random generator of the points.

    Raises:
        TypeError: if an argument is of the wrong type.
        ValueError: if there are too few samples, or the noise is negative or not finite.

    Example:
        >>> from random import Random
        >>> from autograd.data import moons
        >>> moons(4, 0.1, Random(0)).targets
        (0, 1, 0, 1)
    """

    def on_moon(which: int, along: float) -> Point:
        x, y = math.cos(math.pi * along), math.sin(math.pi * along)
        return (x, y) if which == 0 else (1.0 - x, 0.5 - y)

    return _scatter_along("moons", on_moon, ("upper", "lower"), samples, noise, rng)


def circles(samples: int, noise: float, rng: Random) -> Dataset:
    """A circle of radius 1 and one of radius 1/2 inside it.

    Args:
        samples: how many points, at least 2.
        noise: the standard deviation of the noise on each coordinate.
        rng: the random generator of the points.

    Raises:
        TypeError: if an argument is of the wrong type.
        ValueError: if there are too few samples, or the noise is negative or not finite.

    Example:
        >>> from math import hypot
        >>> from random import Random
        >>> from autograd.data import circles
        >>> [round(hypot(x, y), 9) for x, y in circles(4, 0.0, Random(0)).inputs]
        [1.0, 0.5, 1.0, 0.5]
    """

    def on_circle(which: int, along: float) -> Point:
        return _polar(1.0 if which == 0 else 0.5, along)

    return _scatter_along("circles", on_circle, ("outer", "inner"), samples, noise, rng)


def spirals(samples: int, noise: float, rng: Random, arms: int = 2) -> Dataset:
    """Spiral arms that make one turn from radius 0.1 to radius 1, a class each.

    Args:
        samples: how many points, at least one per arm.
        noise: the standard deviation of the noise on each coordinate.
        rng: the random generator of the points.
        arms: how many arms, at least 2.

    Raises:
        TypeError: if an argument is of the wrong type.
        ValueError: if there are too few samples or arms, or the noise is negative or not finite.

    Example:
        >>> from random import Random
        >>> from autograd.data import spirals
        >>> spirals(300, 0.05, Random(0), arms=3).class_names
        ('arm 0', 'arm 1', 'arm 2')
    """
    arms = integer("arms", arms, 2)

    def on_arm(which: int, along: float) -> Point:
        return _polar(0.1 + 0.9 * along, along + which / arms)

    names = tuple(f"arm {arm}" for arm in range(arms))
    return _scatter_along("spirals", on_arm, names, samples, noise, rng)


def xor(samples: int, noise: float, rng: Random) -> Dataset:
    """Points around the corners of the unit square; the class is whether its bits differ.

    Args:
        samples: how many points, at least 4. Four without noise are the truth table.
        noise: the standard deviation of the noise on each coordinate.
        rng: the random generator of the points.

    Raises:
        TypeError: if an argument is of the wrong type.
        ValueError: if there are too few samples, or the noise is negative or not finite.

    Example:
        >>> from random import Random
        >>> from autograd.data import xor
        >>> table = xor(4, 0.0, Random(0))
        >>> table.inputs, table.targets
        (((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)), (0, 1, 0, 1))
    """
    samples, noise = _checked(samples, 4, noise, rng)
    corners = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))
    points = [corners[i % 4] for i in range(samples)]
    return _add_noise("xor", points, ("equal", "different"), noise, rng)


def _polar(radius: float, turns: float) -> Point:
    return radius * math.cos(2.0 * math.pi * turns), radius * math.sin(2.0 * math.pi * turns)


def _scatter_along(
    name: str,
    curve: Callable[[int, float], Point],
    class_names: tuple[str, ...],
    samples: int,
    noise: float,
    rng: Random,
) -> Dataset:
    """Points at random places, 0 to 1, along one curve for each class."""
    samples, noise = _checked(samples, len(class_names), noise, rng)
    points = [curve(i % len(class_names), rng.random()) for i in range(samples)]
    return _add_noise(name, points, class_names, noise, rng)


def _add_noise(
    name: str, points: list[Point], class_names: tuple[str, ...], noise: float, rng: Random
) -> Dataset:
    """The data set of these points, with noise on each coordinate."""
    inputs = tuple((x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)) for x, y in points)
    targets = tuple(i % len(class_names) for i in range(len(points)))
    return Dataset(name, inputs, targets, ("x", "y"), class_names)


def _checked(samples: int, fewest: int, noise: float, rng: Random) -> tuple[int, float]:
    check_rng(rng)
    return integer("samples", samples, fewest), at_least_zero("noise", noise)
