"""What the benchmarks run: the same code for every engine, given its `Value` class.

A workload is one training step: clear the gradients, compute a loss, go backward. Each is made
of the operators and methods that all the engines have: + - * / **, exp, log, relu, builtin sum.
"""

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import tiny_gpt

from autograd.data import moons

Scalar = Any  # a Value of whichever engine
MakeValue = Callable[[float], Scalar]
Step = Callable[[], tuple[Scalar, list[Scalar]]]  # gives the loss and what has gradients now
Neuron = tuple[list[Scalar], Scalar]  # weights and bias


class Workload(NamedTuple):
    """How to make a step for an engine, and how many steps make one sample of its time."""

    make_step: Callable[[MakeValue], Step]
    steps: int


def training_step(parameters: list[Scalar], compute_loss: Callable[[], Scalar]) -> Step:
    def step() -> tuple[Scalar, list[Scalar]]:
        for p in parameters:
            p.grad = 0
        loss = compute_loss()
        loss.backward()
        return loss, parameters

    return step


def tiny_gpt_step(make_value: MakeValue) -> Step:
    """A name of eight letters, which is nine tokens to predict."""
    weights = tiny_gpt.initial_weights(make_value, tiny_gpt.rng_after_shuffling_names())
    name = tiny_gpt.tokens("juanluis")
    return training_step(tiny_gpt.parameters(weights), lambda: tiny_gpt.mean_loss(weights, name))


def moons_step(make_value: MakeValue) -> Step:
    """All 100 points through an MLP 2-16-16-1: hinge loss and a little weight decay."""
    data = moons(100, 0.1, Random(1))
    layers = mlp(make_value, (2, 16, 16, 1), Random(2))
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def compute_loss() -> Scalar:
        inputs = [list(map(make_value, row)) for row in data.inputs]
        scores = [score(layers, x) for x in inputs]
        signs = [2 * target - 1 for target in data.targets]
        losses = [(1 + -sign * s).relu() for sign, s in zip(signs, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    return training_step(parameters, compute_loss)


def mlp(make_value: MakeValue, widths: tuple[int, ...], rng: Random) -> list[list[Neuron]]:
    def neuron(inputs: int) -> Neuron:
        return [make_value(rng.uniform(-1, 1)) for _ in range(inputs)], make_value(0.0)

    return [[neuron(inputs) for _ in range(outputs)] for inputs, outputs in pairwise(widths)]


def score(layers: list[list[Neuron]], x: list[Scalar]) -> Scalar:
    """The one output: relu after every layer but the last."""
    for layer in layers:
        x = [sum((w * xi for w, xi in zip(ws, x, strict=True)), b) for ws, b in layer]
        if layer is not layers[-1]:
            x = [z.relu() for z in x]
    return x[0]


def readme_step(make_value: MakeValue) -> Step:
    """The expression that micrograd's README shows."""

    def step() -> tuple[Scalar, list[Scalar]]:
        a, b = make_value(-4.0), make_value(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g, [a, b]

    return step


def chain(make_value: MakeValue, nodes: int) -> Scalar:
    """A chain of `nodes` operations with two operands each, + and * in turn."""
    x, factor, shift = make_value(0.5), make_value(0.75), make_value(0.25)
    for _ in range(nodes // 2):
        x = x * factor + shift
    return x


WORKLOADS = {
    "tiny GPT, 9 tokens": Workload(tiny_gpt_step, 3),
    "moons MLP, 100 samples": Workload(moons_step, 3),
    "README expression": Workload(readme_step, 20_000),
}
