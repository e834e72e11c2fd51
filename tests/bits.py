"""Results bit by bit: the sign of a zero counts, and one nan is as good as another."""

from collections.abc import Iterator
from typing import Any

from autograd.transforms.trees import flatten_numbers


def bits(results: Any) -> list[str]:
    """The numbers in a structure of them or of Values, so that equal text is equal bits."""
    if isinstance(results, (Iterator, memoryview)):
        results = list(results)
    return [repr(float(getattr(x, "_data", x))) for x in flatten_numbers(results)[0]]
