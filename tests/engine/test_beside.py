"""Passes in several threads at once, and in the children of processes that fork."""

import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import autograd as ag
from autograd import Op, Value, no_grad, strict
from autograd.engine.graph import gradients
from autograd.engine.watching import watching
from autograd.nn import MLP

THREADS = 4


@contextmanager
def frequent_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def all_at_once(action: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """What the action gives for 0, 1, …, each in its own thread."""
    start, found = threading.Barrier(count), dict[int, Any]()

    def run(i: int) -> None:
        start.wait()
        found[i] = action(i)

    threads = [threading.Thread(target=run, args=[i]) for i in range(count)]
    with frequent_switches():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == count, "a thread has failed"
    return [found[i] for i in range(count)]


def compute(seed: int) -> list[float]:
    """Some training, with ops of many operands, numbers that change, and an op of a user."""
    draw = random.Random(seed)
    xs = [Value(draw.uniform(-1.0, 1.0)) for _ in range(8 + seed)]
    user = Op("user", lambda x: x * x, lambda x, out: 2.0 * x)
    for _ in range(40):
        root = ag.logsumexp([ag.dot(xs, xs[::-1]), *ag.softmax(xs), user(xs[0])]) / xs[1]
        for x in xs:
            x.data = x.data - 0.01  # after it was used, so that the pass looks whether that matters
        root.backward()
        for x in xs:
            x.data -= 0.001 * x.grad
            x.grad = 0
    return [x.data for x in xs]


class TestThreads:
    def test_each_computes_as_if_it_were_alone(self) -> None:
        alone = [compute(seed) for seed in range(THREADS)]
        for _ in range(5):
            assert all_at_once(compute) == alone

    def test_passes_of_one_graph_all_count(self) -> None:
        x = Value(2.0)
        root = ag.sum([(x * float(i)).tanh() * 0.0 + x for i in range(200)])

        def act(_: int) -> None:
            for _ in range(50):
                root.backward()

        all_at_once(act)
        assert root.grad == 50 * THREADS
        assert x.grad == 200 * 50 * THREADS

    def test_blocks_of_one_are_not_those_of_another(self) -> None:
        x = Value(-1.0)

        def act(i: int) -> Any:
            seen: list[Any] = []
            found = []
            for _ in range(300):
                if i == 0:
                    with no_grad():
                        found.append((x * 2.0).is_leaf)
                elif i == 1:
                    with watching(seen.append):
                        found.append((x * 2.0).is_leaf)
                elif i == 2:
                    with strict(), pytest.raises(ag.NonFiniteError):
                        x.log()
                else:
                    found.append((x * 2.0).is_leaf or x.log().is_leaf)
            return set(found), len(seen)

        assert all_at_once(act) == [({True}, 0), ({False}, 300), (set(), 0), ({False}, 0)]

    def test_module_calls_of_one_are_not_notes_of_another(self) -> None:
        model = MLP(2, [3, 1], rng=0)

        def act(i: int) -> Any:
            x = Value(1.0)
            notes = set()
            for _ in range(60):
                found = model([x, 1.0]) if i % 2 else x * 2.0
                notes.add(getattr(found.call, "kind", None))
            return notes

        assert all_at_once(act) == [{None}, {"Neuron"}, {None}, {"Neuron"}]

    def test_one_graph_grows_while_others_are_dropped(self) -> None:
        def act(i: int) -> float:
            x = y = Value(1.0)
            for k in range(20_000):
                y = y + x * 1.0
                if i % 2 and k % 100 == 0:
                    y = Value(1.0) + y.data * 0.0
            (y + x).backward()
            return x.grad

        assert all_at_once(act)[::2] == [20_002.0, 20_002.0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
# Of Python, and of JAX, if it was used.
@pytest.mark.filterwarnings("ignore:.*fork")
class TestForks:
    def _status_of_child(self, act: Callable[[], bool]) -> int:
        child = os.fork()
        if not child:
            signal.alarm(600)  # a hang ends
            try:
                os._exit(0 if act() else 1)
            finally:
                os._exit(2)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def test_in_a_pass_the_child_finishes_it_and_runs_others(self) -> None:
        x, here, statuses = Value(3.0), os.getpid(), list[int]()

        def rule(_: Any, out: Any) -> float:
            if os.getpid() == here and not statuses:
                child = os.fork()
                if child:
                    statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                else:
                    signal.alarm(600)
            return 2.0

        y = x * x
        root = Op("forking", lambda x: x, rule)(y) + y
        try:
            root.backward()
            y.backward()
            right = (x.grad, y.grad) == (6.0 * 3.0 + 6.0, 4.0)
        except BaseException:
            right = False
        if os.getpid() != here:
            os._exit(0 if right else 1)
        assert right
        assert statuses == [0]

    def test_the_child_has_the_graph_and_the_parent_sees_none_of_its_passes(self) -> None:
        x = Value(3.0)
        root = ag.sum([x * x, x])

        def act() -> bool:
            root.backward()
            fresh = compute(1) == expected
            return (x.grad, root.grad) == (7.0, 1.0) and gradients(root)[x] == 7.0 and fresh

        expected = compute(1)
        assert self._status_of_child(act) == 0
        assert (x.grad, root.grad) == (0.0, 0.0)

    def test_while_another_thread_is_in_a_pass(self) -> None:
        stop, started = threading.Event(), threading.Event()

        def run() -> None:
            while not stop.is_set():
                compute(2)
                started.set()

        expected = compute(3)
        thread = threading.Thread(target=run)
        thread.start()
        try:
            started.wait()
            statuses = [self._status_of_child(lambda: compute(3) == expected) for _ in range(5)]
        finally:
            stop.set()
            thread.join()
        assert statuses == [0] * 5
