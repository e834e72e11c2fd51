"""One engine in a process of its own, so that no engine pays for another one's garbage.

``python worker.py tuple`` answers as `serving.py` says. The garbage collector is on, as it is for
everybody. With a second argument, ``python worker.py tuple processor``, times are those of the
processor, which does not count while other programs have their turns.
"""

import importlib
import os
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from engines import ENGINES, Engine, Scalar
from serving import serve
from workloads import WORKLOADS, Step, chain

SAMPLE_SECONDS = 0.2  # how long one sample of a time takes, about
CHAIN_NODES = 200_000  # of the chains of one sample, in all
RESIDENT = Path("/proc/self/statm")
USUAL_LIMIT = 1_000  # of recursion, in a new Python
CALLS, EPOCHS = 20, 5  # of which a time is the mean
clock = process_time if sys.argv[2:] == ["processor"] else perf_counter


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


def softsign() -> Callable[[Scalar], Scalar]:
    """The op of `docs/adding-an-op.md`."""
    autograd: Any = importlib.import_module("autograd")
    op: Callable[[Scalar], Scalar] = autograd.Op(
        "softsign", lambda x: x / (1.0 + abs(x)), lambda x, out: (1.0 - autograd.abs(out)) ** 2.0
    )
    return op


def seconds_a_call(f: Callable[[Any], Any], x: list[Any], backward: bool) -> float:
    """The mean of a few calls, one after the other."""
    start = clock()
    for _ in range(CALLS):
        y = f(x)
        if backward:
            y.backward()
    return (clock() - start) / CALLS


def traced_bytes() -> int:
    return tracemalloc.get_traced_memory()[0]


def resident_bytes() -> int:
    """The memory of this process."""
    return int(RESIDENT.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Measurements:
    """What can be asked about one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def loss_and_gradients(self, workload: str) -> list[float]:
        """The loss of a step and, after it, every gradient."""
        loss, parameters = self._step(workload)()
        gradient = self.engine.gradient
        return [self.engine.number(loss), *(map(gradient, parameters) if gradient else ())]

    def seconds_per_step(self, workload: str) -> float:
        """The mean of steps one after the other, as in training, after one to warm up."""
        step = self._step(workload)
        start = clock()
        step()
        count = int(SAMPLE_SECONDS / (clock() - start))
        count = max(WORKLOADS[workload].steps, count)
        start = clock()
        for _ in range(count):
            step()
        return (clock() - start) / count

    def bytes_per_node(self, nodes: int, resident: bool) -> list[float]:
        """What a chain holds, before and after backward. To be asked of a fresh process.

        There nothing was freed before, which an engine may keep for its next nodes.

        Args:
            nodes: how many it has.
            resident: whether the process is measured, or what Python's allocators gave out.
        """
        if resident and not RESIDENT.exists():
            return []
        size = resident_bytes if resident else traced_bytes
        if not resident:
            tracemalloc.start()
        before = size()
        root = chain(self.engine, nodes)
        built = size()
        self.engine.backward(root)
        return [(built - before) / nodes, (size() - before) / nodes]

    def seconds_per_node(self, nodes: int) -> dict[str, float]:
        """Of chains one after the other: to build one, to go back through it, to delete it."""
        engine = self.engine
        seconds = {"forward": 0.0, "backward": 0.0, "deletion": 0.0}
        chains = max(1, CHAIN_NODES // nodes)
        for _ in range(chains):
            start = clock()
            root = chain(engine, nodes)
            built = clock()
            engine.backward(root)
            finished = clock()
            del root
            deleted = clock()
            seconds["forward"] += built - start
            seconds["backward"] += finished - built
            seconds["deletion"] += deleted - finished
        return {part: found / (nodes * chains) for part, found in seconds.items()}

    def goes_back(self, nodes: int) -> float | None:
        """Seconds to make a chain and go back, None where Python's recursion limit is too low."""
        sys.setrecursionlimit(USUAL_LIMIT)
        start = clock()
        try:
            self.engine.backward(chain(self.engine, nodes))
        except RecursionError:
            return None
        return clock() - start

    def seconds_per_node_with_user_ops(self, nodes: int) -> float:
        """Forward, backward and deletion of a chain whose every tenth node is of a user's op."""
        op, chains = softsign(), max(1, CHAIN_NODES // nodes)
        self.engine.backward(chain(self.engine, nodes, op))
        start = clock()
        for _ in range(chains):
            self.engine.backward(chain(self.engine, nodes, op))
        return (clock() - start) / (nodes * chains)

    def recording(self, nodes: int, traced: bool) -> float:
        """Seconds, or bytes, to record a node of a chain as `compile` does."""
        record = importlib.import_module("autograd.compiler.tracing.record").record
        traced_leaf = importlib.import_module("autograd.compiler.tracing.traced").traced_leaf
        collector = importlib.import_module("autograd.engine.collector")
        engine = self.engine._replace(leaf=traced_leaf)
        if traced:
            tracemalloc.start()
        with collector.without_collector():
            size, start = traced_bytes(), clock()
            kept = record(chain, [engine, nodes])
            seconds = clock() - start
            assert len(kept.tape) == nodes
            return (traced_bytes() - size) / nodes if traced else seconds / nodes

    def seconds_of_epoch(self) -> dict[str, float]:
        """The mean of epochs of the command `demo`, after one to warm up, in its two parts."""
        demo = importlib.import_module("autograd.cli.demo")
        rng = Random(0)
        train, test = demo.load("iris", rng).split(demo.TEST_FRACTION, rng)
        parts = {
            demo.TRAINING: train.standardized(),
            demo.HELD_OUT: test.standardized(like=train),
        }
        hidden, _ = demo.SUITED["iris"]
        model = demo.MLP(len(train.feature_names), [*hidden, len(train.class_names)], rng=rng)
        backward = demo._interpret_backward(model)
        optimizer = demo.Adam(model.parameters(), lr=demo.LEARNING_RATE)
        history = demo.History()
        seconds = {"training": 0.0, "evaluation": 0.0}
        for epoch in range(1 + EPOCHS):
            start = clock()
            demo._train_one_epoch(backward, optimizer, parts[demo.TRAINING], rng)
            trained = clock()
            history.note(model, parts)
            finished = clock()
            if epoch:
                seconds["training"] += (trained - start) / EPOCHS
                seconds["evaluation"] += (finished - trained) / EPOCHS
        return seconds

    def seconds_of_modules(self, rounds: int) -> dict[str, list[list[float]]]:
        """Pairs of seconds a call: an MLP of Modules, and the same ops written by hand."""
        model = importlib.import_module("autograd.nn").MLP(2, [16, 16, 1], rng=1)
        by_hand = mlp_by_hand(model)
        leaf = self.engine.leaf
        inputs = {"floats": [0.3, -0.7], "Values": [leaf(0.3), leaf(-0.7)]}
        found: dict[str, list[list[float]]] = {}
        for name, x in inputs.items():
            assert model(x).data == by_hand(x).data
            for backward in (False, True):
                pairs = found[f"{name}, forward{' and backward' * backward}"] = []
                for _ in range(rounds):
                    pairs.append([seconds_a_call(f, x, backward) for f in (model, by_hand)])
        return found

    def _step(self, workload: str) -> Step:
        return WORKLOADS[workload].make_step(self.engine)


def main() -> None:
    sys.setrecursionlimit(10_000_000)  # the baselines recurse over the graph
    serve(Measurements(ENGINES[sys.argv[1]]()))


if __name__ == "__main__":
    main()
