"""Signals in the middle of long walks: a pass counts whole or not at all."""

import gc
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograd import Op, Value, recompute
from autograd.engine.graph import gradients, topological_order
from autograd.engine.native import name

LENGTH = 300_000 if name == "native" else 20_000  # C looks for signals every 65,536 nodes
# Seconds until the signal, of which some end in the order, some in the chain rule and some after
# the pass, on whatever engine and machine.
DELAYS = (1e-5, 1e-3, 3e-3, 6e-3, 1e-2, 2e-2, 4e-2, 0.1, 0.2)
FEW = (1e-3, 5e-3, 2e-2)

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of signals")


@pytest.fixture
def at_signal() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """What sets the handler of a timer's signal."""
    before = signal.getsignal(signal.SIGALRM)
    gc.disable()  # what is raised in a callback of the collector, as hypothesis has one, is lost

    def handle_with(action: Callable[[], Any]) -> None:
        signal.signal(signal.SIGALRM, lambda *_: action())

    yield handle_with
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    gc.enable()
    signal.signal(signal.SIGALRM, before)


def chain() -> tuple[Value, Value]:
    """A leaf, and the end of a long chain on it, d end / d leaf = 2."""
    x = y = Value(1.0)
    for _ in range(LENGTH - 1):
        y = y + 1.0
    return x, y + x


armed = [False]  # whether the handler raises: not when what it is to stop has ended


def stop() -> None:
    if armed[0]:
        armed[0] = False
        raise KeyboardInterrupt


def interrupted(action: Callable[[], Any], delay: float) -> bool:
    """Whether the signal came before the action had ended, and stopped it."""
    armed[0] = True
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        action()
        armed[0] = False
    except KeyboardInterrupt:
        return True
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    return False


class TestAHandlerThatRaises:
    def test_a_pass_counts_whole_or_not_at_all(self, at_signal: Any) -> None:
        x, root = chain()
        nodes = topological_order(root)
        at_signal(stop)
        count, stopped = 0, 0
        for delay in DELAYS:
            if interrupted(root.backward, delay):
                stopped += 1
            count = int(root.grad)
            assert all(node.grad == count for node in nodes[1:])
            assert x.grad == 2 * count
        assert stopped > 0
        root.backward()
        assert (root.grad, x.grad) == (count + 1, 2 * count + 2)

    def test_an_order_and_gradients_can_be_asked_for_again(self, at_signal: Any) -> None:
        x, root = chain()
        at_signal(stop)
        stopped = sum(
            interrupted(action, delay)
            for action in (lambda: topological_order(root), lambda: gradients(root))
            for delay in DELAYS[:5]
        )
        assert stopped > 0
        assert len(topological_order(root)) == LENGTH + 1
        assert gradients(root)[x] == 2.0

    def test_a_recomputation_is_whole_or_not_at_all(self, at_signal: Any) -> None:
        x, root = chain()
        at_signal(stop)
        before = root.data
        x.data = 2.0
        for delay in DELAYS:
            if not interrupted(lambda: recompute(root), delay):
                break
            assert root.data in (before, before + 2.0)
        recompute(root)
        assert root.data == before + 2.0


class TestAHandlerThatUsesTheGraph:
    @pytest.mark.parametrize("delay", FEW)
    def test_a_pass_inside_another_counts_too(self, delay: float, at_signal: Any) -> None:
        x, root = chain()
        inside = list[Value]()

        def run() -> None:
            root.backward()
            inside.append(root)

        at_signal(run)
        assert not interrupted(root.backward, delay)
        count = 1 + len(inside)
        assert (root.grad, x.grad) == (count, 2.0 * count)

    @pytest.mark.parametrize("delay", FEW)
    def test_new_numbers_do_not_change_the_pass(self, delay: float, at_signal: Any) -> None:
        x = Value(3.0)
        y = x * x
        root = y
        for _ in range(LENGTH):
            root = root + 0.0

        def change() -> None:
            x.data = 100.0

        at_signal(change)
        assert not interrupted(root.backward, delay)
        assert x.grad == 6.0

    @pytest.mark.parametrize("delay", FEW)
    def test_what_others_hold_of_the_graph_may_go(self, delay: float, at_signal: Any) -> None:
        x, root = chain()
        held = [root, *root.parents]
        at_signal(held.clear)
        signal.setitimer(signal.ITIMER_REAL, delay)
        root.backward()
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        assert x.grad == 2.0


def test_an_interrupt_in_a_rule_after_a_long_walk_changes_nothing() -> None:
    x, y = chain()

    def rule(x: Any, out: Any) -> float:
        signal.raise_signal(signal.SIGINT)
        return 1.0

    root = Op("last", lambda x: x, rule)(y)
    with pytest.raises(KeyboardInterrupt):
        root.backward()
    assert (x.grad, y.grad, root.grad) == (0.0, 0.0, 0.0)
