"""`Embedding`: a row of parameters for each index, as for each letter of an alphabet."""

from collections.abc import Callable
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import positive_int
from ..engine.messages import short_repr
from ..engine.numbers import number
from ..engine.value import Scalar, Value
from .layers import Randomness, generator_of
from .module import Module


class Embedding(Module):
    """A table of rows, of which a call gives the one of an index.

    The rows start at random with mean 0 and variance 1, as in PyTorch.

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
        >>> letters(2) == letters.weights[2]
        True
        >>> from autograd import Value
        >>> [x.op.name for x in letters(Value(2.0))]
        ['lookup', 'lookup', 'lookup', 'lookup']
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
        """The row of an index: the parameters themselves, or, of a Value, nodes of `lookup`."""
        if isinstance(index, Value):
            return c.lookup(self.weights, index)
        advice = "call it for each, as in [embedding(i) for i in indexes]"
        place, last = number(index, "the index of an Embedding", advice), len(self.weights) - 1
        if not 0.0 <= place <= last or place % 1.0:
            raise IndexError(
                f"this embedding has rows 0 to {last}, and no row {short_repr(index)}: pass a "
                "whole number of these"
            )
        return list(self.weights[int(place)])

    def extra_repr(self) -> str:
        """The number of rows and their size."""
        return f"{len(self.weights)}, {len(self.weights[0])}"
