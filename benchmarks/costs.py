"""What compiled code costs besides its steps: the first result, a call, a large batch, each stage.

Served as the peers are (`problems.py`); what must begin in a fresh process asks for one.
"""

import importlib
import resource
import sys
from collections.abc import Callable, Sequence
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
import peer_autograd
import problems
import tiny_gpt
from serving import serve

import autograd
from autograd.compiler import compile
from autograd.compiler.backends import choose as backends
from autograd.compiler.ir.memory_layout import layout
from autograd.compiler.ir.simplify import simplify
from autograd.compiler.tracing.record import record
from autograd.compiler.tracing.traced import traced_leaf
from autograd.engine.collector import without_collector
from autograd.transforms.vmap import vmap

NATIVE = "llvm"
STEPS = 1_000  # of the training from beginning to end
LETTERS = range(2, 16)  # of a name
ROUNDS_OF_SAMPLE = 125  # eight nodes each

Scalar = Any


def twenty_nodes(a: Scalar, b: Scalar, c: Scalar) -> Scalar:
    x = a * b + c
    for _ in range(8):
        x = x * a + b
    return (x * x).tanh()


def thousand_nodes(sample: Sequence[Scalar]) -> Scalar:
    """Of four numbers; stays between -1 and 1 where they are between -0.5 and 0.5."""
    a, b, c, d = sample
    for _ in range(ROUNDS_OF_SAMPLE):
        a, b = (a * b + c) * 0.5, (a - b) * 0.25 + d * 0.5
        c = c * -1.0
    return a + b


def wide(numbers: Sequence[Scalar]) -> list[Scalar]:
    """Ten nodes for each number: a polynomial, and a root."""
    results = []
    for x in numbers:
        y = x
        for coefficient in (0.5, 0.25, 0.125, 0.0625):
            y = y * x + coefficient
        results.append(autograd.sqrt(y * y))
    return results


def deep(count: int) -> Callable[[Sequence[Scalar]], list[Scalar]]:
    """A chain of `count` nodes."""

    def chain(numbers: Sequence[Scalar]) -> list[Scalar]:
        x, factor, shift = numbers
        for _ in range(count // 2):
            x = x * factor + shift
        return [x]

    return chain


def padded_loss(weights: tiny_gpt.Weights, name: Any, shares: Any) -> Scalar:
    """The mean loss of a name of any length: the share of what follows it is 0."""
    losses = tiny_gpt.token_losses(weights, name, peer_autograd.FUNCTIONS)
    return autograd.sum(share * loss for share, loss in zip(shares, losses, strict=True))


def padded_step(state: Any, datum: Any) -> Any:
    loss, gradients = autograd.value_and_grad(padded_loss)(
        state["weights"], datum["name"], datum["shares"]
    )
    return peer_autograd.adam(state, gradients), loss


def padded_names() -> dict[str, problems.Array]:
    """Tokens and shares of random names."""
    rng = Random(1)
    names = np.full((STEPS, tiny_gpt.LONGEST + 1), tiny_gpt.BOUNDARY)
    shares = np.zeros((STEPS, tiny_gpt.LONGEST))
    for row, share in zip(names, shares, strict=True):
        letters = rng.choice(LETTERS)
        row[1 : letters + 1] = [rng.randrange(26) for _ in range(letters)]
        share[: letters + 1] = 1 / (letters + 1)
    return {"name": names, "shares": shares}


def peak_bytes() -> int:
    """The most memory that this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def seconds(task: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = task()
    return perf_counter() - start, result


class Costs:
    """What can be asked."""

    def first_result(self, step: str) -> dict[str, float]:
        """Of a step of the tiny GPT; in a fresh process."""
        imported, _ = seconds(lambda: importlib.import_module("llvmlite.binding"))
        first, _ = seconds(peer_autograd.steps(NATIVE)[step]())
        return {"import of llvmlite": imported, "first call": first}

    def call(self) -> float:
        """Seconds a call of a function of three floats."""
        f = compile(twenty_nodes, backend=NATIVE)
        return problems.seconds_per_call(lambda: f(0.5, 0.25, 0.125))

    def training(self) -> float:
        """Seconds of a whole training, recording and compiling included; in a fresh process."""
        training: Any = compile(padded_step, backend=NATIVE)
        state = peer_autograd.first_state(problems.gpt_weights())
        return seconds(lambda: training.scan(state, padded_names()))[0]

    def batch(self, samples: int) -> dict[str, float]:
        """Seconds of a batch, and its bytes beyond inputs and outputs; in a fresh process."""
        f = compile(vmap(thousand_nodes), backend=NATIVE)
        f(np.zeros((1_000, 4)))
        inputs = np.random.default_rng(1).uniform(-0.5, 0.5, (samples, 4))
        before = peak_bytes()
        first, outputs = seconds(lambda: f(inputs))
        beyond = peak_bytes() - before - np.asarray(outputs).nbytes
        return {"seconds": first, "bytes": max(0, beyond)}

    def stages(self, kind: str, nodes: int) -> dict[str, float]:
        """Seconds of each stage from a function with so many nodes to its result."""
        f = wide if kind == "wide" else deep(nodes)
        inputs = [traced_leaf(0.5) for _ in range(nodes // 10 if kind == "wide" else 3)]
        with without_collector():
            recording_time, recording = seconds(lambda: record(f, [inputs]))
            analyse_time, (program, _) = seconds(
                lambda: layout(simplify(recording.tape, inputs, recording.output))
            )
        compile_time, executable = seconds(lambda: backends.executable(NATIVE, program))
        memory = executable.memory()
        return {
            "record": recording_time,
            "analyse": analyse_time,
            "compile": compile_time,
            "run": problems.seconds_per_call(lambda: executable.run(memory)),
        }


if __name__ == "__main__":
    serve(Costs())
