"""The tiny GPT learns names, 16 at a time, with Adam: compiled here, and by hand in C.

Ours is `tiny_gpt.py` and the Adam of `peer_autograd.py`, scalar by scalar. A name is padded to 16
letters, whose shares of the loss are 0 after its end; the C leaves them out.
"""

import ctypes
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import costs
import numpy as np
import peer_autograd
import problems
import tiny_gpt
from against_jax.case import Array, Call, Case

from autograd import value_and_grad, vmap
from autograd.compiler import compile

STEPS, TOGETHER = 10, 16
COMPILER = ["gcc", "-O3", "-march=native", "-shared", "-fPIC"]


def data() -> dict[str, Array]:
    """For each step its names, and the share of each letter in the loss."""
    found = costs.padded_names()
    count = STEPS * TOGETHER
    return {key: x[:count].reshape(STEPS, TOGETHER, -1) for key, x in found.items()}


def train(state: Any, batch: dict[str, Any]) -> Any:
    gradient = vmap(value_and_grad(costs.padded_loss), (None, 0, 0), "mean")
    loss, slopes = gradient(state["weights"], batch["name"], batch["shares"])
    return peer_autograd.adam(state, slopes), loss


def ours() -> Call:
    state = peer_autograd.first_state(problems.gpt_weights())
    return partial(compile(train).scan, state, data())


def compiled_c() -> Any:
    """The function ``train`` of the C."""
    source = Path(__file__).with_name("tiny_gpt.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "tiny_gpt.so")
        subprocess.run([*COMPILER, "-o", str(library), str(source), "-lm"], check=True)
        return ctypes.CDLL(str(library)).train


def flat(weights: dict[str, Any]) -> Array:
    return np.concatenate([np.asarray(weights[name]).ravel() for name in tiny_gpt.SHAPES])


def theirs() -> Call:
    function = compiled_c()
    names = np.ascontiguousarray(data()["name"], np.int32)
    lengths = np.count_nonzero(data()["shares"], axis=2).astype(np.int32)
    first = flat(problems.gpt_weights())

    def call() -> Any:
        parameters, state, losses = first.copy(), np.zeros(2 * first.size + 2), np.empty(STEPS)
        state[-2:] = 1.0
        arrays = [parameters, state, names, lengths]
        given = [ctypes.c_void_p(x.ctypes.data) for x in arrays]
        function(*given, STEPS, TOGETHER, ctypes.c_void_p(losses.ctypes.data))
        return parameters, losses

    return call


def as_in_c(results: Any) -> Any:
    state, losses = results
    return flat(state["weights"]), losses


CASES = [
    Case(
        "GPT, 16 names, Adam (C for JAX)",
        *(ours, theirs, 0.2, 0.33),
        in_their_structure=as_in_c,
        rival="C",
    )
]
