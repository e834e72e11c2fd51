"""The tiny GPT in CasADi: the same scalar code, as C that gcc compiles.

That takes gcc most of a minute, so the library is kept in ``out/`` for the next time.
"""

import hashlib
import importlib
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import problems
import tiny_gpt
from serving import serve

casadi: Any = importlib.import_module("casadi")
FOLDER = Path(__file__).parents[1] / "out" / "casadi"


def softmax(logits: list[Any]) -> list[Any]:
    largest = logits[0]
    for logit in logits[1:]:
        largest = casadi.fmax(largest, logit)
    exponentials = [casadi.exp(logit - largest) for logit in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def recorded() -> Any:
    """The function from all weights to the loss and all gradients."""
    casadi.SX.relu = lambda x: casadi.fmax(x, 0)
    casadi.SX.log = casadi.log
    symbols: list[Any] = []

    def symbol(_: float) -> Any:
        symbols.append(casadi.SX.sym(f"w{len(symbols)}"))
        return symbols[-1]

    weights = tiny_gpt.initial_weights(symbol, tiny_gpt.rng_after_shuffling_names())
    functions = tiny_gpt.Functions(softmax, lambda values, i: values[i])
    loss = tiny_gpt.mean_loss(weights, tiny_gpt.tokens(problems.NAME), functions)
    all_weights = casadi.vertcat(*symbols)
    return casadi.Function("step", [all_weights], [loss, casadi.gradient(loss, all_weights)])


def compiled(function: Any) -> Any:
    """The function as a library of machine code."""
    generator = casadi.CodeGenerator("step.c")
    generator.add(function)
    code = generator.dump()
    library = FOLDER / f"{hashlib.sha256(code.encode()).hexdigest()[:16]}.so"
    if not library.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        source, unfinished = library.with_suffix(".c"), library.with_suffix(".part")
        source.write_text(code, encoding="utf-8")
        command = ["gcc", "-O1", "-shared", "-fPIC", str(source), "-o", str(unfinished)]
        subprocess.run(command, check=True)
        unfinished.rename(library)
    return casadi.external("step", str(library))


def gpt_step() -> problems.Step:
    """From array to array, without a copy into a matrix of CasADi's own."""
    weights = np.concatenate([matrix.ravel() for matrix in problems.gpt_weights().values()])
    loss, gradients = np.zeros(1), np.zeros(len(weights))
    buffer, run = compiled(recorded()).buffer()
    buffer.set_arg(0, weights.data)
    buffer.set_res(0, loss.data)
    buffer.set_res(1, gradients.data)
    parts = {}
    start = 0
    for name, (rows, columns) in tiny_gpt.SHAPES.items():
        parts[name] = gradients[start : start + rows * columns].reshape(rows, columns)
        start += rows * columns

    def step() -> tuple[Any, Any]:
        run()
        return loss[0], parts

    step.kept = buffer, weights  # type: ignore[attr-defined] # `run` keeps nothing alive
    return step


if __name__ == "__main__":
    serve(problems.Peer({problems.GPT: gpt_step}))
