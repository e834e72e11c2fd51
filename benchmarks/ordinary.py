"""Graphs of the kinds that people play, for the sizes of their pages.

All numbers are long ones, and what has no label is named after its op.
"""

from collections.abc import Callable, Iterator

from show import expression, network

import autograd
from autograd import Value
from autograd.nn import MLP, Module, Neuron

SIZES = (10, 50, 300)  # nodes
MANY = 9  # operands
LABEL = "hidden activation {}"


class Inner(Module):
    """A module that is nested in others."""

    def __init__(self) -> None:
        self.weight = Value(0.123456789)

    def forward(self, x: Value) -> Value:
        """A product that is squashed."""
        return (x * self.weight).tanh()


class Outer(Module):
    """A module around another."""

    def __init__(self, inner: Module, bias: float) -> None:
        self.inner, self.bias = inner, bias

    def forward(self, x: Value) -> Value:
        """What the inner module finds, moved by a number."""
        found: Value = self.inner(x) + self.bias
        return found


def nested() -> Value:
    """Three modules, one in the other."""
    found: Value = Outer(Outer(Inner(), 0.3), -0.7)(Value(0.7123456))
    return found


def neuron() -> Value:
    """One neuron, on numbers."""
    found: Value = Neuron(3, rng=0)([0.1, 0.2, 0.3])
    return found


def loss() -> Value:
    """The squared error of a network of one neuron."""
    found: Value = (MLP(3, [1], rng=0)([0.1, 0.2, 0.3]) - 1 / 3) ** 2
    return found


def grown(nodes: int, leaves: int, nexts: list[Callable[[list[Value]], Value]]) -> Value:
    """Ops in turn, each of the latest nodes, `nodes` nodes in all."""
    found = [Value(0.1234567 * (place + 1)) for place in range(leaves)]
    while len(found) < nodes:
        found.append(nexts[len(found) % len(nexts)](found))
    return found[-1]


def named(nodes: int) -> Value:
    """Every node has a label of some length."""
    root = expression(nodes)
    for place, node in enumerate(autograd.engine.graph.topological_order(root)):
        node.label = LABEL.format(place)
    return root


TWO: list[Callable[[list[Value]], Value]] = [
    lambda found: found[-1] + found[-2],
    lambda found: found[-1] * found[-2],
    lambda found: found[-1] / found[-2],
    lambda found: autograd.hypot(found[-1], found[-2]),
    lambda found: autograd.atan2(found[-1], found[-2]),
]


def graphs() -> Iterator[tuple[int, str, Value]]:
    """How many nodes there may be, the kind, and the graph."""
    yield 10, "neuron", neuron()
    yield 10, "loss of a neuron", loss()
    yield 10, "nested modules", nested()
    for nodes in SIZES:
        yield nodes, "expression", expression(nodes)
        yield nodes, "expression with labels", named(nodes)
        yield nodes, "two operands", grown(nodes, 2, TWO)
        sums = [lambda found: autograd.logsumexp(found[-MANY:])]
        yield nodes, "many operands", grown(nodes, MANY, sums)
        dots = [lambda found: autograd.dot(found[-8:-4], found[-4:])]
        yield nodes, "dot products", grown(nodes, 8, dots)
        if nodes > SIZES[0]:
            yield nodes, "network", network(nodes)
