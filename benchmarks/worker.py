"""One engine in a process of its own, so that no engine pays for another one's garbage.

``python worker.py tuple`` reads requests from its input, one JSON list per line, and writes one
JSON answer per line. The garbage collector is on, as it is for everybody.
"""

import importlib
import json
import math
import sys
import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

from workloads import WORKLOADS, MakeValue, Step, chain

CALLS = 20


def tuple_class() -> Any:
    return importlib.import_module("tuple_value").Value


def autograd_class() -> Any:
    return importlib.import_module("autograd").Value


def micrograd_class() -> Any:
    """micrograd's Value, given the exp and log that the tiny GPT needs, in its own style."""
    value_class: Any = importlib.import_module("micrograd.engine").Value

    def exp(self: Any) -> Any:
        out = value_class(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self: Any) -> Any:
        out = value_class(math.log(self.data), (self,), "log")

        def _backward() -> None:
            self.grad += (1 / self.data) * out.grad

        out._backward = _backward
        return out

    value_class.exp, value_class.log = exp, log
    return value_class


ENGINES = {"autograd": autograd_class, "tuple": tuple_class, "micrograd": micrograd_class}


def mlp_by_hand(model: Any) -> Callable[[Any], Any]:
    """What an MLP computes, with its weights, in loops as a reader would write them."""
    autograd = importlib.import_module("autograd")
    *hidden, (last,) = [[(n.weights, n.bias) for n in layer.neurons] for layer in model.layers]

    def neuron(weights: list[Any], bias: Any, x: list[Any]) -> Any:
        return autograd.sum([*[w * xi for w, xi in zip(weights, x, strict=True)], bias])

    def by_hand(x: list[Any]) -> Any:
        for layer in hidden:
            x = [neuron(weights, bias, x).tanh() for weights, bias in layer]
        return neuron(*last, x)

    return by_hand


def seconds_a_call(f: Callable[[Any], Any], x: list[Any], backward: bool) -> float:
    """The mean of a few calls, one after the other."""
    start = perf_counter()
    for _ in range(CALLS):
        y = f(x)
        if backward:
            y.backward()
    return (perf_counter() - start) / CALLS


class Measurements:
    """What can be asked about one engine."""

    def __init__(self, make_value: MakeValue) -> None:
        self.make_value = make_value
        self.steps: dict[str, Step] = {}

    def loss_and_gradients(self, workload: str) -> list[float]:
        """The loss of a step and, after it, every gradient."""
        loss, parameters = self._step(workload)()
        return [loss.data, *(p.grad for p in parameters)]

    def seconds_per_step(self, workload: str) -> float:
        """The mean of a few steps, one after the other as in training, after one to warm up."""
        step, count = self._step(workload), WORKLOADS[workload].steps
        step()
        start = perf_counter()
        for _ in range(count):
            step()
        return (perf_counter() - start) / count

    def bytes_per_node(self, nodes: int) -> list[float]:
        """What a chain holds, before and after backward."""
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        root = chain(self.make_value, nodes)
        built = tracemalloc.get_traced_memory()[0]
        root.backward()
        differentiated = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return [(built - before) / nodes, (differentiated - before) / nodes]

    def seconds_per_node(self, nodes: int, chains: int) -> float:
        """The mean time to build a chain and go backward through it, of a few chains in a row."""
        seconds = 0.0
        for _ in range(chains):
            start = perf_counter()
            root = chain(self.make_value, nodes)
            root.backward()
            seconds += perf_counter() - start
            del root
        return seconds / (nodes * chains)

    def seconds_of_modules(self, rounds: int) -> dict[str, list[list[float]]]:
        """Pairs of seconds a call: an MLP of Modules, and the same ops written by hand."""
        model = importlib.import_module("autograd.nn").MLP(2, [16, 16, 1], rng=1)
        by_hand = mlp_by_hand(model)
        inputs = {"floats": [0.3, -0.7], "Values": [self.make_value(0.3), self.make_value(-0.7)]}
        found: dict[str, list[list[float]]] = {}
        for name, x in inputs.items():
            assert model(x).data == by_hand(x).data
            for backward in (False, True):
                pairs = found[f"{name}, forward{' and backward' * backward}"] = []
                for _ in range(rounds):
                    pairs.append([seconds_a_call(f, x, backward) for f in (model, by_hand)])
        return found

    def _step(self, workload: str) -> Step:
        if workload not in self.steps:
            self.steps[workload] = WORKLOADS[workload].make_step(self.make_value)
        return self.steps[workload]


def main() -> None:
    sys.setrecursionlimit(1_000_000)  # the baselines recurse over the graph
    measurements = Measurements(ENGINES[sys.argv[1]]())
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        measure: Callable[..., Any] = getattr(measurements, name)
        print(json.dumps(measure(*arguments)), flush=True)


if __name__ == "__main__":
    main()
