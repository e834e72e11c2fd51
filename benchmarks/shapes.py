"""Graphs of the shapes that people draw, of about any number of nodes.

Each uses some leaf or result far from where it was made, which is what makes drawings large.
"""

import math
from collections.abc import Callable, Sequence
from random import Random

import autograd
from autograd import Value, grad
from autograd.engine.graph import topological_order

Shape = Callable[[int], Value]


def chain(nodes: int) -> Value:
    """``y = y*b + a``, again and again."""
    a, b, y = Value(0.7, "a"), Value(0.5, "b"), Value(0.3, "y")
    for _ in range(max(1, (nodes - 3) // 2)):
        y = y * b + a
    return y


def recurrent(nodes: int) -> Value:
    """An RNN with shared weights and a squared error a step, of nine nodes."""
    w, u, b, h = Value(0.5, "w"), Value(0.4, "u"), Value(0.1, "b"), Value(0.0, "h0")
    loss = Value(0.0, "start")
    for step in range(max(1, nodes // 9)):
        x = Value(math.sin(step), f"x{step}")
        h = (w * x + u * h + b).tanh()
        h.label = f"h{step + 1}"
        loss = loss + (h - 0.5) ** 2
    loss.label = "loss"
    return loss


def descent(nodes: int) -> Value:
    """The loss after unrolled steps of gradient descent on two samples."""
    x, target = (Value(1.0, "x1"), Value(2.0, "x2")), (Value(2.0, "y1"), Value(3.5, "y2"))

    def loss(w: Value) -> Value:
        first, second = (w * one - y for one, y in zip(x, target, strict=True))
        return first * first + second * second

    rate, w = Value(0.01, "rate"), Value(1.0, "w")
    for _ in range(max(1, nodes // DESCENT)):
        w = w - rate * grad(loss)(w)
    return loss(w)


DESCENT = 12  # nodes of a step


def wide_sum(nodes: int) -> Value:
    """``sum([a*i for i in range(n)])``."""
    a = Value(1.5, "a")
    return sum((a * float(i) for i in range(1, max(2, nodes // 2))), Value(0.0, "start"))


def one_leaf(nodes: int) -> Value:
    """One leaf that everything uses."""
    a = Value(1.0, "a")
    y = a.tanh()
    for _ in range(nodes - 2):
        y = y + a
    return y


Vector = list[Value]


def attention(nodes: int) -> Value:
    """Heads of three layers of attention on four vectors of width 2."""
    return autograd.sum([x for head in range(max(1, nodes // HEAD)) for x in _head(Random(head))])


HEAD = 320  # nodes


def _head(rng: Random) -> Vector:
    xs = [[Value(rng.gauss(0.0, 1.0), f"x{t}{i}") for i in range(2)] for t in range(4)]
    for _ in range(3):
        queries, keys, values = (_linear(rng, name, xs) for name in "qkv")
        heard = []
        for t, query in enumerate(queries):
            scores = [autograd.dot(query, key) * 0.7 for key in keys[: t + 1]]
            shares = autograd.softmax(scores)
            columns = list(zip(*values[: t + 1], strict=True))
            heard.append([autograd.dot(shares, list(column)) for column in columns])
        xs = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(xs, heard, strict=True)]
    return [x for row in xs for x in row]


def _linear(rng: Random, name: str, xs: Sequence[Vector]) -> list[Vector]:
    weights = [[Value(rng.gauss(0.0, 0.5), f"{name}{i}{j}") for j in range(2)] for i in range(2)]
    return [[autograd.dot(row, x) for row in weights] for x in xs]


SHAPES: dict[str, Shape] = {
    "chain": chain,
    "recurrent": recurrent,
    "descent": descent,
    "wide sum": wide_sum,
    "one leaf": one_leaf,
    "attention": attention,
}


def count(root: Value) -> int:
    """The number of nodes of a graph."""
    return len(topological_order(root))
