"""What nodes in C take of memory, what the collector knows of them, and that nothing leaks."""

import gc
import subprocess
import sys
import weakref
from itertools import pairwise

import pytest

import autograd as ag
from autograd import Op, Value
from autograd.compiler.tracing.traced import traced_leaves
from autograd.engine.graph import gradients
from autograd.formulas.native_spelling import rows
from autograd.transforms.samples import numbers_of
from tests import sanitized
from tests.engines import ROOT, built, natively

pytestmark = pytest.mark.usefixtures("rounds_as_usual")


@natively
class TestNodes:
    def test_a_node_takes_104_bytes_before_and_after_backward(self) -> None:
        root = Value(0.5) * Value(2.0)
        assert sys.getsizeof(root) == 104
        root.backward()
        assert sys.getsizeof(root) == 104

    def test_the_collector_does_not_go_through_graphs_of_numbers(self) -> None:
        x = Value(2.0)
        y = (x * 3.0).tanh() + ag.exp(x)
        y.backward()
        assert not any(map(gc.is_tracked, (y, *y.operands)))

    def test_the_collector_finds_cycles_that_connected_gradients_make(self) -> None:
        gc.collect()
        x = Value(2.0)
        inner = x * x
        y = (inner * inner).exp() * inner
        y.backward(create_graph=True)
        gone = weakref.ref(x)
        del x, inner, y
        gc.collect()
        assert gone() is None

    def test_a_cycle_is_found_whatever_was_computed_first(self) -> None:
        gc.collect()
        x, y = Value(2.0), Value(3.0)
        gradient = (x * y).tanh() * x
        y.grad = 0.0
        x.grad = gradient * gradient
        gone = weakref.ref(x)
        del x, gradient
        gc.collect()
        assert gone() is None

    @pytest.mark.parametrize("allocations", [1, 50])  # before the collector runs
    def test_lists_that_a_finalizer_empties_are_read_as_they_were(self, allocations: int) -> None:
        numbers, labels = [0.5] * 100, ["x"] * 100

        class Emptying:
            def __init__(self) -> None:
                self.itself = self  # so that only the collector finds it

            def __del__(self) -> None:
                numbers.clear()
                labels.clear()

        gc.collect()
        Emptying()
        thresholds = gc.get_threshold()
        gc.set_threshold(allocations, 1, 1)
        try:
            leaves = traced_leaves(numbers, labels)
        finally:
            gc.set_threshold(*thresholds)
        assert numbers_of(leaves) in ([0.5] * 100, [])
        assert {leaf.label for leaf in leaves} <= {"x"}

    def test_steps_leave_nothing_behind(self) -> None:
        xs = [Value(0.1 * i) for i in range(5)]
        user = Op("user", lambda x: x, lambda x, out: 1.0)

        def step() -> None:
            root = ag.sum([user(x.exp()) * 2.0 - x / (1 + x) for x in xs]) ** 2
            root.backward()
            root.backward(2.0)
            gradients(root)
            assert root.operands[0].recorded
            for x in xs:
                x.grad = 0
                x.data -= 1e-9

        for _ in range(100):
            step()
        gc.collect()
        counted = [*(op for op in rows().values()), user, Value, 0.0]
        before, memory = list(map(sys.getrefcount, counted)), [sys.getallocatedblocks()]
        for _ in range(3):
            for _ in range(4_000):
                step()
            gc.collect()
            memory.append(sys.getallocatedblocks())
        assert list(map(sys.getrefcount, counted)) == before
        # Python's own lists of free objects take or give back some 60 blocks once in a while.
        assert min(abs(x - y) for x, y in pairwise(memory)) < 50


@pytest.mark.slow
@pytest.mark.needs("gcc")
def test_the_tests_of_the_heart_touch_no_byte_out_of_bounds_and_nothing_undefined() -> None:
    built()
    if sanitized.runtime() is None:
        pytest.skip(sanitized.MISSING)
    command = [sys.executable, "-m", "tests.sanitized"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
