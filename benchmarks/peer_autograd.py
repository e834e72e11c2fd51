"""The problems of `problems.py` in this library: scalar code, compiled; and what only it can do.

``python peer_autograd.py numpy`` answers with that backend.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import problems
import tiny_gpt
import workloads
from serving import serve

import autograd
from autograd.compiler import compile
from autograd.transforms.vmap import vmap

STATIC, TRAINING = "tiny GPT, 9 tokens, static", "tiny GPT, 9 tokens, with Adam"
TRAINING_STEPS = 100  # in one scan
RATE, BETA1, BETA2, EPSILON = 0.01, 0.85, 0.99, 1e-8
FUNCTIONS = tiny_gpt.Functions(autograd.softmax, autograd.lookup)
CHOSEN_IN_PYTHON = tiny_gpt.Functions(autograd.softmax, lambda values, i: values[i])

Scalar = Any
State = dict[str, Any]


def mean_loss(weights: tiny_gpt.Weights, name: Sequence[Scalar]) -> Scalar:
    """One recording serves every name of a length."""
    return tiny_gpt.mean_loss(weights, name, FUNCTIONS)


def mean_loss_of_one_name(weights: tiny_gpt.Weights, name: Sequence[int]) -> Scalar:
    return tiny_gpt.mean_loss(weights, name, CHOSEN_IN_PYTHON)


def moons_loss(layers: list[Any], x: list[Scalar], sign: Scalar) -> Scalar:
    """The hinge loss of one point, and weight decay."""
    neurons = [list(zip(matrix, biases, strict=True)) for matrix, biases in layers]
    parameters = [p for layer in neurons for weights, bias in layer for p in (*weights, bias)]
    hinge = (1 + -sign * workloads.score(neurons, x)).relu()
    return hinge + problems.DECAY * autograd.sum(p * p for p in parameters)


def adam(state: State, gradients: tiny_gpt.Weights) -> State:
    """The state after a step of Adam, written as for one number."""
    power1, power2 = state["power1"] * BETA1, state["power2"] * BETA2
    after: State = {"power1": power1, "power2": power2, "weights": {}, "mean": {}, "square": {}}

    def updated(p: Scalar, mean: Scalar, square: Scalar, g: Scalar) -> tuple[Scalar, ...]:
        mean = BETA1 * mean + (1 - BETA1) * g
        square = BETA2 * square + (1 - BETA2) * g * g
        size = autograd.sqrt(square / (1 - power2)) + EPSILON
        return p - RATE * (mean / (1 - power1)) / size, mean, square

    for key, gradient in gradients.items():
        parts = [state[part][key] for part in ("weights", "mean", "square")]
        rows = [
            [updated(*numbers) for numbers in zip(*row, strict=True)]
            for row in zip(*parts, gradient, strict=True)
        ]
        for i, part in enumerate(("weights", "mean", "square")):
            after[part][key] = [[numbers[i] for numbers in row] for row in rows]
    return after


def first_state(weights: dict[str, problems.Array]) -> State:
    nothing = {key: np.zeros(matrix.shape) for key, matrix in weights.items()}
    return {"weights": weights, "mean": nothing, "square": nothing, "power1": 1.0, "power2": 1.0}


def train(state: State, name: Sequence[Scalar]) -> tuple[State, Scalar]:
    loss, gradients = autograd.value_and_grad(mean_loss)(state["weights"], name)
    return adam(state, gradients), loss


def steps(backend: str) -> dict[str, Callable[[], problems.Step]]:
    """For each problem what makes its step."""

    def gpt_step() -> problems.Step:
        step = compile(autograd.value_and_grad(mean_loss), backend=backend)
        weights, tokens = problems.gpt_weights(), problems.gpt_tokens()
        return lambda: step(weights, tokens)

    def static_step() -> problems.Step:
        gradient = autograd.value_and_grad(mean_loss_of_one_name)
        step = compile(lambda weights, name: gradient(weights, name), "name", backend=backend)
        weights, tokens = problems.gpt_weights(), tuple(problems.gpt_tokens().tolist())
        return lambda: step(weights, tokens)

    def moons_step() -> problems.Step:
        batch = vmap(autograd.value_and_grad(moons_loss), in_axes=(None, 0, 0), reduce="mean")
        step = compile(batch, backend=backend)
        inputs, signs, layers = problems.moons_arrays()
        return lambda: step(layers, inputs, signs)

    def training_step() -> problems.Step:
        """Of many at once, the last loss."""
        training: Any = compile(train, backend=backend)
        state = first_state(problems.gpt_weights())
        names = np.array([problems.gpt_tokens()] * TRAINING_STEPS)

        def step() -> tuple[Any, Any]:
            after, losses = training.scan(state, names)
            return losses[-1], after

        return step

    return {
        problems.GPT: gpt_step,
        STATIC: static_step,
        problems.MOONS: moons_step,
        TRAINING: training_step,
    }


if __name__ == "__main__":
    serve(problems.Peer(steps(sys.argv[1])))
