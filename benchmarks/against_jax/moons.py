"""The two moons, 100 samples: the network 2-16-16-1 of `problems.py`, hinge loss, weight decay."""

import importlib
from typing import Any

import peer_autograd
import problems

from .case import Call, Case, jax_with_doubles


def ours() -> Call:
    return peer_autograd.steps("llvm")[problems.MOONS]()


def theirs() -> Call:
    jax, _ = jax_with_doubles()
    step = importlib.import_module("peer_jax").moons_step()

    def call() -> Any:
        return jax.block_until_ready(step())

    return call


CASES = [Case("moons, 100 samples", ours, theirs, 1.6, 2.5)]
