"""Large graphs die on a small stack, whatever their shape, at once, and without the collector."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import autograd as ag
from autograd import Op, Value
from autograd.engine.native import name
from tests.random_sessions.programs import programs

pytestmark = pytest.mark.usefixtures("rounds_as_usual")

SIZE = 1_000_000 if name == "native" else 200_000
STACK = 256 * 1024


def chain(x: Value) -> Value:
    y = x
    for _ in range(SIZE // 2):
        y = y * 0.5 + x
    return y


def ladder(x: Value) -> Value:
    """Two rails, each rung of which holds both rails below."""
    left, right = x, x * 2.0
    for _ in range(SIZE // 2):
        left, right = ag.maximum([left, right]), ag.minimum([right, left])
    return left + right


def tree(x: Value) -> Value:
    row = [x * float(i) for i in range(SIZE // 2)]
    while len(row) > 1:
        row = [a + b for a, b in zip(row[::2], row[1::2], strict=False)]
    return row[0]


def wide_sum(x: Value) -> Value:
    return ag.sum([x * 1.0 for _ in range(SIZE)])


def sums_of_sums(x: Value) -> Value:
    """A chain of ops of many operands, most of which are shared."""
    row = [x, x, x]
    for _ in range(SIZE // 4):
        row = [row[1], row[2], ag.sum([row[0], row[1], row[2], 1.0]) * 0.0]
    return row[2]


SHAPES = (chain, ladder, tree, wide_sum, sums_of_sums)


def on_a_small_stack(action: Callable[[], None]) -> None:
    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=action)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()


@contextmanager
def no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Held:
    """What a leaf holds, to see when that dies."""


def watched_leaf() -> tuple[Any, Callable[[], Any]]:
    x: Any = Value(1.0)
    x.held = Held()
    return x, weakref.ref(x.held)


@pytest.mark.parametrize("build", SHAPES)
def test_a_large_graph_is_walked_and_dies_on_a_small_stack(build: Callable[[Value], Value]) -> None:
    gone: list[Any] = []

    def act() -> None:
        x, held = watched_leaf()
        root = build(x)
        root.backward()
        gone.append(x.grad)
        del x, root
        gone.append(held())

    with no_collector():
        on_a_small_stack(act)
    assert len(gone) == 2
    assert gone[0] == gone[0]
    assert gone[1] is None


@pytest.mark.parametrize("build", SHAPES)
def test_what_is_still_held_of_it_stays(build: Callable[[Value], Value]) -> None:
    x, held = watched_leaf()
    root = build(x)
    part = root
    for _ in range(6):
        part = part.parents[0] if part.parents else part
    expected = part.data
    del root, x
    assert held() is not None
    assert part.data == expected
    part.backward()
    del part
    assert held() is None


def test_a_graph_may_die_in_the_middle_of_a_pass_of_another() -> None:
    x, held = watched_leaf()
    graphs = [chain(x)]
    del x

    def rule(x: Any, out: Any) -> float:
        graphs.clear()
        return 1.0

    y = Value(2.0)
    Op("dropping", lambda x: x, rule)(y * y).backward()
    assert y.grad == 4.0
    assert held() is None


def test_a_graph_may_die_while_another_dies() -> None:
    x: Any
    x, held = watched_leaf()
    inner, inner_held = watched_leaf()
    x.graph = chain(inner)  # dies when the leaf of the outer graph does
    del inner
    root = chain(x)
    del x, root
    assert held() is None
    assert inner_held() is None


def test_what_dies_last_may_compute() -> None:
    seen: list[Any] = []

    class Computing:
        def __del__(self) -> None:
            y = Value(3.0)
            (chain(y) * 0.0 + y * y).backward()
            seen.append(y.grad)

    x: Any = Value(1.0)
    x.held = Computing()
    root = chain(x)
    del x, root
    assert seen == [6.0]


def test_training_leaves_nothing_to_the_collector() -> None:
    x, held = watched_leaf()
    y = Value(2.0)

    def steps(x: Value, count: int) -> None:
        for _ in range(count):
            root = ag.sum([x * y, ag.tanh(x), ag.softmax([x, y])[0]]) ** 2
            root.backward()
            root.backward(2.0)
            x.grad = y.grad = 0
            x.data -= 0.1

    steps(x, 1)  # the first call of an op may write programs for C, with symbols
    with no_collector():
        gc.collect()
        steps(x, 50)
        assert gc.collect() == 0
        del x
        assert held() is None


@pytest.mark.untraced
def test_random_programs_and_their_errors_leave_nothing_behind() -> None:
    def count_objects() -> int:
        for _ in programs("again", 150):
            pass
        gc.collect()
        return len(gc.get_objects())

    count_objects()  # caches fill
    before = count_objects()
    assert abs(count_objects() - before) < 20


class TestCycles:
    """They are for the collector, whichever way a graph comes to hold what was computed from it."""

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize(
        "keep",
        [
            pytest.param(lambda x, held: setattr(x, "h", held), id="attribute"),
            pytest.param(lambda x, held: setattr(x, "h", [held]), id="list"),
            pytest.param(lambda x, held: setattr(x, "h", {"y": (held,)}), id="dict"),
        ],
    )
    def test_in_an_attribute(self, keep: Callable[[Any, Any], None], when: str) -> None:
        gc.collect()
        x: Any = Value(2.0)
        held = weakref.ref(x)
        box: list[Any] = []
        if when == "before":
            keep(x, box)
        box.append(((x * 2.0).tanh() + x) * 3.0)
        if when == "after":
            keep(x, box[0])
        del box
        del x
        gc.collect()
        assert held() is None

    def test_in_an_attribute_of_a_subclass(self) -> None:
        class Mine(Value):
            __slots__ = ("h",)

            h: Value

        gc.collect()
        x, y = Value(2.0), Mine(2.0)
        held = weakref.ref(x)
        y.h = ag.sum([x, y, x * y])
        del x, y
        gc.collect()
        assert held() is None

    @pytest.mark.parametrize("above", [0, 2])
    def test_in_the_rule_of_an_op(self, above: int) -> None:
        def build() -> Callable[[], Any]:
            x, held = watched_leaf()
            result = Op("knowing", lambda x: x, lambda x, out: result.data)(x * 2.0)
            for _ in range(above):
                result = ag.sum([result, x, x * 1.0])
            return held

        gc.collect()
        held = build()
        gc.collect()
        assert held() is None

    def test_in_a_gradient(self) -> None:
        gc.collect()
        x, held = watched_leaf()
        x.grad = (x * 2.0).tanh()
        del x
        gc.collect()
        assert held() is None

    def test_in_an_object_that_the_leaf_holds(self) -> None:
        gc.collect()
        x, held = watched_leaf()
        x.held.result = x * x
        del x
        gc.collect()
        assert held() is None

    def test_what_is_alive_is_not_taken_apart(self) -> None:
        x: Any = Value(2.0)
        x.h = (x * 3.0).exp()
        y = x.h * x
        for _ in range(3):
            gc.collect()
        y.backward()
        assert x.h.operands[0].operands == (x, 3.0)
        assert y.operands == (x.h, x)
