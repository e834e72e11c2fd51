"""What the benchmarks run: the same code for every engine, given its functions.

A workload is one training step: clear the gradients, compute a loss, go backward. Each is made
of what all the engines have: + - * / ** and the builtin sum, and exp, log, relu.
"""

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from operator import getitem, methodcaller
from random import Random
from typing import NamedTuple

import tiny_gpt
from engines import Engine, Scalar

from autograd.data import moons

Step = Callable[[], tuple[Scalar, list[Scalar]]]  # gives the loss and what has gradients now
Neuron = tuple[list[Scalar], Scalar]  # weights and bias


class Workload(NamedTuple):
    """How to make a step for an engine, and of how many steps its time is the mean, at least.

    Attributes:
        same_as: the workload that gives the same numbers, if it is written another way.
    """

    make_step: Callable[[Engine], Step]
    steps: int
    same_as: str | None = None


def training_step(
    engine: Engine, parameters: list[Scalar], compute_loss: Callable[[], Scalar]
) -> Step:
    clear, backward = engine.clear, engine.backward
    engine.register(parameters)

    def step() -> tuple[Scalar, list[Scalar]]:
        clear(parameters)
        loss = compute_loss()
        backward(loss)
        return loss, parameters

    return step


def tiny_gpt_step(engine: Engine) -> Step:
    """A name of eight letters, which is nine tokens to predict."""
    weights = tiny_gpt.initial_weights(engine.leaf, tiny_gpt.rng_after_shuffling_names())
    name = tiny_gpt.tokens("juanluis")
    softmax = partial(tiny_gpt.softmax, exp=engine.exp, number=engine.number)
    functions = tiny_gpt.Functions(softmax, getitem, engine.log, engine.relu)
    return training_step(
        engine,
        tiny_gpt.parameters(weights),
        lambda: tiny_gpt.mean_loss(weights, name, functions),
    )


def moons_step(engine: Engine) -> Step:
    """All 100 points through an MLP 2-16-16-1: hinge loss and a little weight decay."""
    layers = mlp(engine.leaf, (2, 16, 16, 1), Random(2))
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]
    forward = partial(score, layers, relu=engine.relu)
    return training_step(engine, parameters, moons_loss(engine, forward, parameters))


def moons_step_by_modules(engine: Engine) -> Step:
    """The same, with the network out of `autograd.nn`."""
    model = importlib.import_module("autograd.nn").MLP(2, [16, 16, 1], "relu")
    parameters = model.parameters()
    layers = mlp(float, (2, 16, 16, 1), Random(2))
    numbers = [x for layer in layers for weights, bias in layer for x in (*weights, bias)]
    for p, x in zip(parameters, numbers, strict=True):
        p.data = x
    return training_step(engine, parameters, moons_loss(engine, model, parameters))


def moons_loss(
    engine: Engine, forward: Callable[[list[Scalar]], Scalar], parameters: Sequence[Scalar]
) -> Callable[[], Scalar]:
    data = moons(100, 0.1, Random(1))
    constant, relu = engine.constant, engine.relu

    def compute_loss() -> Scalar:
        inputs = [list(map(constant, row)) for row in data.inputs]
        scores = [forward(x) for x in inputs]
        signs = [2 * target - 1 for target in data.targets]
        losses = [relu(1 + -sign * s) for sign, s in zip(signs, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    return compute_loss


def mlp(
    leaf: Callable[[float], Scalar], widths: tuple[int, ...], rng: Random
) -> list[list[Neuron]]:
    def neuron(inputs: int) -> Neuron:
        return [leaf(rng.uniform(-1, 1)) for _ in range(inputs)], leaf(0.0)

    return [[neuron(inputs) for _ in range(outputs)] for inputs, outputs in pairwise(widths)]


def score(
    layers: list[list[Neuron]],
    x: list[Scalar],
    relu: Callable[[Scalar], Scalar] = methodcaller("relu"),
) -> Scalar:
    """The one output: relu after every layer but the last."""
    for layer in layers:
        x = [sum((w * xi for w, xi in zip(ws, x, strict=True)), b) for ws, b in layer]
        if layer is not layers[-1]:
            x = [relu(z) for z in x]
    return x[0]


def readme_step(engine: Engine) -> Step:
    """The expression that micrograd's README shows."""
    leaf, register, backward, relu = engine.leaf, engine.register, engine.backward, engine.relu

    def step() -> tuple[Scalar, list[Scalar]]:
        a, b = leaves = [leaf(-4.0), leaf(2.0)]
        register(leaves)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + relu(b + a)
        d += 3 * d + relu(b - a)
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        backward(g)
        return g, leaves

    return step


def chain(engine: Engine, nodes: int, tenth: Callable[[Scalar], Scalar] | None = None) -> Scalar:
    """A chain of `nodes` operations with two operands each, + and * in turn.

    Args:
        engine: whose numbers it is of.
        nodes: how many operations.
        tenth: an operation that takes the place of every tenth.
    """
    leaves = [engine.leaf(0.5), engine.leaf(0.75), engine.leaf(0.25)]
    engine.register(leaves)
    x, factor, shift = leaves
    if tenth is None:
        for _ in range(nodes // 2):
            x = x * factor + shift
        return x
    for _ in range(nodes // 10):
        for _ in range(4):
            x = x * factor + shift
        x = tenth(x * factor)
    return x


GPT, MOONS, MODULES, README = (
    "tiny GPT, 9 tokens",
    "moons MLP, 100 samples",
    "moons MLP by autograd.nn",
    "README expression",
)
WORKLOADS = {
    GPT: Workload(tiny_gpt_step, 3),
    MOONS: Workload(moons_step, 3),
    MODULES: Workload(moons_step_by_modules, 3, same_as=MOONS),
    README: Workload(readme_step, 20_000),
}
