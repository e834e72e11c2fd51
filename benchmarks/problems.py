"""The two problems of `compiled.py` as arrays, and how a peer in a process of its own answers.

A peer gives a step for each problem that it can do: loss and gradients of everything, from arrays
to arrays. Its process answers as `serving.py` says.
"""

from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tiny_gpt
import workloads

from autograd.data import moons

Array = npt.NDArray[Any]
Step = Callable[[], tuple[Any, Any]]  # gives the loss and the gradients, structured as the weights

GPT, MOONS = "tiny GPT, 9 tokens", "moons MLP, 100 samples"
NAME = "juanluis"
DECAY = 1e-4
SAMPLE_SECONDS = 0.05  # how long one sample of a time takes, at least


class Moons(NamedTuple):
    """100 points, -1 or 1 for each, and a matrix with its biases for each layer."""

    inputs: Array
    signs: Array
    layers: list[tuple[Array, Array]]


def gpt_weights() -> dict[str, Array]:
    weights = tiny_gpt.initial_weights(float, tiny_gpt.rng_after_shuffling_names())
    return {name: np.array(matrix) for name, matrix in weights.items()}


def gpt_tokens() -> Array:
    return np.array(tiny_gpt.tokens(NAME))


def moons_arrays() -> Moons:
    """What `workloads.moons_step` computes with."""
    data = moons(100, 0.1, Random(1))
    layers = [
        (np.array([weights for weights, _ in layer]), np.array([bias for _, bias in layer]))
        for layer in workloads.mlp(float, (2, 16, 16, 1), Random(2))
    ]
    return Moons(np.array(data.inputs), 2.0 * np.array(data.targets) - 1.0, layers)


def flat(problem: str, gradients: Any) -> list[float]:
    """The gradients in the order of the parameters in `workloads.py`: neuron by neuron."""
    if problem == GPT:
        arrays = [np.asarray(gradients[name]) for name in tiny_gpt.SHAPES]
    else:
        layers = [(np.asarray(matrix), np.asarray(biases)) for matrix, biases in gradients]
        arrays = [np.column_stack([matrix, biases]) for matrix, biases in layers]
    return [float(x) for array in arrays for x in array.ravel()]


def seconds_per_call(
    call: Callable[[], Any], finish: Callable[[Any], Any] = lambda result: None
) -> float:
    """The mean of calls in a row, after one to warm up.

    Args:
        call: what is timed.
        finish: what waits for the last result, where calls return before they have one.
    """
    finish(call())
    start = perf_counter()
    finish(call())
    calls = max(1, int(SAMPLE_SECONDS / (perf_counter() - start)))
    start = perf_counter()
    for _ in range(calls):
        result = call()
    finish(result)
    return (perf_counter() - start) / calls


class Peer:
    """What can be asked about one peer.

    Args:
        make_step: for each problem what makes its step.
    """

    def __init__(self, make_step: dict[str, Callable[[], Step]]) -> None:
        self._make_step = make_step
        self._steps: dict[str, Step] = {}

    def _step(self, name: str) -> Step:
        if name not in self._steps:
            self._steps[name] = self._make_step[name]()
        return self._steps[name]

    def loss_and_gradients(self, name: str, problem: str) -> list[float]:
        loss, gradients = self._step(name)()
        return [float(loss), *flat(problem, gradients)]

    def seconds_per_step(self, name: str) -> float:
        return seconds_per_call(self._step(name), lambda result: float(result[0]))
