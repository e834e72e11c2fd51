"""`Embedding`: a row of parameters for each index, as for each letter of an alphabet."""

from collections.abc import Callable, Iterable
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import positive_int
from ..engine.numbers import number
from ..engine.value import Scalar, Value
from .layers import Randomness, generator_of
from .module import Module


class Embedding(Module):
    """A table of rows, of which a call gives the one of an index.

    The rows start at random with mean 0 and variance 1, as in PyTorch. A call makes a node of
    `lookup` for each number of the row, whether the index is a number or a Value: so both make the
    same graph, and gradients the same bits.

    Args:
        count: how many rows.
        size: how many numbers in each.
        rng: a `random.Random`, an int to seed one, or None, as for a `Neuron`.

    Attributes:
        weights: the rows, lists of Values.

    Raises:
        IndexError: when called, for an index that is not one of 0 to count - 1.
        TypeError: when called, for what is no number.

    Example:
        >>> letters = Embedding(26, 4, rng=0)
        >>> [x.op.name for x in letters(2)]
        ['lookup', 'lookup', 'lookup', 'lookup']
        >>> [x.data for x in letters(2)] == [w.data for w in letters.weights[2]]
        True
    """

    weights: list[list[Value]]
    __call__: "Callable[[Embedding, Scalar], list[Value]]"

    def __init__(self, count: int, size: int, *, rng: Randomness = None) -> None:
        count, size = positive_int("count", count), positive_int("size", size)
        gauss = generator_of(rng).gauss
        self.weights = [
            [Value(gauss(0.0, 1.0), f"w{i}_{j}") for j in range(size)] for i in range(count)
        ]

    def forward(self, index: Any) -> Any:
        """The row of an index: a node of `lookup` for each of its numbers."""
        if isinstance(index, Value):
            known = None if index.is_traced else index.data  # a lookup checks it at every call
        else:
            several = isinstance(index, Iterable) and not isinstance(index, str)
            advice = "call it for each, as in [embedding(i) for i in indexes]" if several else ""
            known = index = number(index, "the index of an Embedding", advice)
        last = len(self.weights) - 1
        if known is not None and (not 0.0 <= known <= last or known % 1.0):
            raise IndexError(
                f"this embedding has rows 0 to {last}, and no row {known:g}: pass a whole number "
                "of these"
            )
        return c.lookup(self.weights, index)

    def extra_repr(self) -> str:
        """The number of rows and their size."""
        return f"{len(self.weights)}, {len(self.weights[0])}"
