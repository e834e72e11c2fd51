"""Sums of vectors, which are lists of numbers or Values."""

from collections.abc import Sequence
from typing import Any

Vector = Sequence[Any]


def added(x: Vector, y: Vector) -> Vector:
    """x + y."""
    return [xi + yi for xi, yi in zip(x, y, strict=True)]


def moved(x: Vector, by: Vector, share: float) -> Vector:
    """x + share·by."""
    return [xi + share * change for xi, change in zip(x, by, strict=True)]
