"""What random graphs give, as text with every bit: ``python -m checks.other_engine FIRST COUNT``.

Two engines are to print the same.
"""

import random
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd import Value, grad, jvp, value_and_grad
from autograd.transforms.trees import flatten_numbers
from tests.random_graphs import made, random_arguments, random_function


class Graph(NamedTuple):
    """A random function, and where it is computed.

    Attributes:
        source: its code.
        x: the numbers that it is computed for.
        i: the positions that its lookups choose by.
        direction: of the derivative in forward mode.
        others: more numbers and positions, for the compiled function.
    """

    source: str
    x: list[float]
    i: list[float]
    direction: list[float]
    others: tuple[list[float], list[float]]

    def function(self) -> Callable[..., Any]:
        """It, of numbers or Values."""
        return made(self.source)


def graph_of(seed: int) -> Graph:
    """The same in every process. One in fifty has some hundred lines."""
    draw = random.Random(f"graph {seed}")
    largest = draw.choice([200, *[40] * 9, *[12] * 40])
    function = random_function(draw, draw.randint(1, largest))
    x, i = random_arguments(draw, function.inputs)
    direction = [draw.choice((1.0, -0.5, 2.0, draw.uniform(-1.0, 1.0))) for _ in x]
    return Graph(
        function.source(several=False), x, i, direction, random_arguments(draw, function.inputs)
    )


def text_of(computed: Callable[[], Any]) -> str:
    """The numbers that a call gives, with every bit, or the name of what it raises."""
    try:
        numbers = flatten_numbers(computed())[0]
    except Exception as error:
        return type(error).__name__
    return " ".join(float(getattr(x, "data", x)).hex() for x in numbers)


def backward(graph: Graph) -> tuple[float, list[float]]:
    """The value and the gradient, through `Value.backward`."""
    leaves = [Value(x) for x in graph.x]
    root = graph.function()(leaves, list(graph.i))
    if isinstance(root, Value):
        root.backward()
    return getattr(root, "data", root), [leaf.grad for leaf in leaves]


def forward(graph: Graph) -> tuple[float, float]:
    """The value and the derivative along the direction, in forward mode."""
    f = graph.function()
    found: tuple[float, float] = jvp(lambda x: f(x, graph.i), (graph.x,), (graph.direction,))
    return found


def told(graph: Graph) -> str:
    """What an engine makes of a graph: the backward pass, forward mode and second derivatives."""
    f = graph.function()
    return " | ".join(
        (
            text_of(lambda: backward(graph)),
            text_of(lambda: forward(graph)),
            text_of(lambda: grad(lambda x: grad(f)(x, graph.i)[0])(graph.x)),
        )
    )


def gradient(graph: Graph) -> Callable[..., Any]:
    """The function of value and gradient that is compiled."""
    return value_and_grad(graph.function())


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:])
    for number in range(first, first + count):
        print(told(graph_of(number)))
