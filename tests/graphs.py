"""Small graphs on which the famous mistakes show, or do not."""

from collections.abc import Callable

from autograd import Value
from autograd.nn import MLP


def square() -> Value:
    x = Value(3.0, "x")
    return x * x


def diamond() -> Value:
    """a + 3·a with a = 2·x: the short way down to a comes first."""
    x = Value(1.0, "x")
    a = 2.0 * x
    a.label = "a"
    return a + 3.0 * a


def tree() -> Value:
    return Value(1.0, "a") + Value(2.0, "b") + Value(3.0, "c")


def network() -> Value:
    """The squared errors of MLP(2, [3, 1]) on two samples, in exact numbers but for tanh."""
    model = MLP(2, [3, 1], rng=0)
    first, second = model([1.0, -2.0]), model([0.5, 1.0])
    loss: Value = (first - 1.0) ** 2 + (second + 1.0) ** 2
    return loss


GRAPHS: dict[str, Callable[[], Value]] = {
    "square": square,
    "diamond": diamond,
    "tree": tree,
    "network": network,
}
