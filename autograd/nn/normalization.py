"""Normalization of the elements of a list: `LayerNorm` and `RMSNorm`."""

from collections.abc import Callable, Iterable
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import are_rows, at_least_zero, positive_int, vector
from ..engine.messages import pluralize
from ..engine.value import Scalar, Value
from .module import Module


class LayerNorm(Module):
    """Layer normalization: yᵢ = (xᵢ - mean(x)) / √(var(x) + eps) · wᵢ + bᵢ.

    After Ba, Kiros and Hinton (2016), and as PyTorch's LayerNorm: the variance is the mean of the
    squared deviations, with no correction for its bias, and weights start at 1, biases at 0.

    Args:
        size: how many elements a list has.
        eps: what is added to the variance, so that equal elements give 0.

    Attributes:
        weights: one Value for each element.
        biases: one Value for each element.
        eps: as given.

    Raises:
        ValueError: when called, if the list is of another size.

    Example:
        >>> [round(y.data, 4) for y in LayerNorm(3)([1.0, 2.0, 3.0])]
        [-1.2247, 0.0, 1.2247]
    """

    weights: list[Value]
    biases: list[Value]
    __call__: "Callable[[LayerNorm, Iterable[Scalar]], list[Value]]"

    def __init__(self, size: int, eps: float = 1e-5) -> None:
        self.weights = _weights(size)
        self.biases = [Value(0.0, f"b{i}") for i in range(size)]
        self.eps = at_least_zero("eps", eps)

    def forward(self, inputs: Any) -> Any:
        """The list with mean 0 and variance 1, times the weights, plus the biases."""
        xs = _elements(self, inputs)
        mean = c.mean(xs)
        deviations = [c.sub(x, mean) for x in xs]
        root = c.sqrt(c.add(c.mean([c.mul(d, d) for d in deviations]), self.eps))
        parameters = zip(deviations, self.weights, self.biases, strict=True)
        return [c.div(d, root) * w + b for d, w, b in parameters]

    def extra_repr(self) -> str:
        """The size, and eps."""
        return f"{len(self.weights)}, eps={self.eps:g}"


class RMSNorm(Module):
    """Normalization by the root mean square: yᵢ = xᵢ / √(mean(x²) + eps) · wᵢ.

    After Zhang and Sennrich (2019), and as PyTorch's RMSNorm, whose eps is 2.2e-16 if none is
    given. Weights start at 1.

    Args:
        size: how many elements a list has.
        eps: what is added to the mean square, so that zeros give 0.

    Attributes:
        weights: one Value for each element.
        eps: as given.

    Raises:
        ValueError: when called, if the list is of another size.

    Example:
        >>> [round(y.data, 4) for y in RMSNorm(2, eps=0.0)([3.0, 4.0])]
        [0.8485, 1.1314]
    """

    weights: list[Value]
    __call__: "Callable[[RMSNorm, Iterable[Scalar]], list[Value]]"

    def __init__(self, size: int, eps: float = 1e-5) -> None:
        self.weights = _weights(size)
        self.eps = at_least_zero("eps", eps)

    def forward(self, inputs: Any) -> Any:
        """The list with mean square 1, times the weights."""
        xs = _elements(self, inputs)
        root = c.sqrt(c.add(c.mean([c.mul(x, x) for x in xs]), self.eps))
        return [c.div(x, root) * w for x, w in zip(xs, self.weights, strict=True)]

    def extra_repr(self) -> str:
        """The size, and eps."""
        return f"{len(self.weights)}, eps={self.eps:g}"


def _weights(size: int) -> list[Value]:
    return [Value(1.0, f"w{i}") for i in range(positive_int("size", size))]


def _elements(module: LayerNorm | RMSNorm, inputs: Any) -> list[Any]:
    """The elements to normalize, if they are as many as there are weights."""
    kind, size = type(module).__name__, len(module.weights)
    xs = vector(f"the input of a {kind}", inputs)
    if len(xs) == size and not are_rows(xs):
        return xs
    if are_rows(xs):
        raise ValueError(
            f"this {kind} takes one list of size {size} and got {pluralize(len(xs), 'row')}: call "
            "it for each, as in [norm(row) for row in rows]"
        )
    got = pluralize(len(xs), "element")
    raise ValueError(f"this {kind} has size {size} and got {got}: pass {size} of them")
