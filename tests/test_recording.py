"""The seam: watchers see the nodes of their context as they are made."""

import asyncio
import threading
from typing import Any

import pytest

import autograd as ag
from autograd import Value, no_grad
from autograd.recording import tell, watchers, watching, with_history


def names(nodes: list[Any]) -> list[str]:
    return [node.op.name for node in nodes if node.op is not None]


def test_a_watcher_sees_every_node_once_in_the_order_made() -> None:
    seen: list[Any] = []
    x = Value(2.0)
    with watching(seen.append):
        y = ag.sum([x * 3.0, 1.0 - x, -x, x.clip(0.0, 1.0)])
    assert names(seen) == ["*", "-", "neg", "clip", "sum"]
    assert seen[-1] is y


def test_a_leaf_is_seen_too_but_not_a_number() -> None:
    seen: list[Any] = []
    with watching(seen.append):
        x = Value(1.0)
        two = ag.constant(2.0)
        ag.exp(1.0)
    assert seen[0] is x
    assert seen[1] is two
    assert len(seen) == 2


def test_the_node_is_complete_when_it_is_seen() -> None:
    seen: list[Any] = []
    x = Value(2.0)
    with watching(lambda node: seen.append((node.data, node.operands, node.recorded, node.grad))):
        x * 3.0
    assert seen == [(6.0, (x, 3.0), (2.0, 3.0), 0.0)]


def test_watchers_nest_and_the_outer_one_goes_first() -> None:
    seen: list[str] = []
    x = Value(2.0)
    with watching(lambda node: seen.append("outer")):
        with watching(lambda node: seen.append("inner")):
            x * x
        x * x
    x * x
    assert seen == ["outer", "inner", "outer"]


def test_it_ends_with_an_exception() -> None:
    seen: list[Any] = []
    with pytest.raises(ZeroDivisionError), watching(seen.append):
        raise ZeroDivisionError
    Value(1.0) * 2.0
    assert (seen, watchers) == ([], [])


def test_it_is_a_decorator_too() -> None:
    seen: list[Any] = []

    @watching(seen.append)
    def square(x: Value) -> Value:
        return x * x

    square(square(Value(3.0)))
    assert names(seen) == ["*", "*"]
    assert watchers == []


def test_another_thread_is_not_seen() -> None:
    seen: list[Any] = []
    with watching(seen.append):
        thread = threading.Thread(target=lambda: Value(1.0) * 2.0)
        thread.start()
        thread.join()
    assert seen == []


def test_another_task_is_not_seen() -> None:
    async def watched(seen: list[Any]) -> None:
        with watching(seen.append):
            await asyncio.sleep(0)
            Value(1.0) * 2.0

    async def unwatched() -> None:
        await asyncio.sleep(0)
        Value(1.0) + 2.0

    async def both(seen: list[Any]) -> None:
        await asyncio.gather(watched(seen), unwatched())

    seen: list[Any] = []
    asyncio.run(both(seen))
    assert names(seen) == ["*"]


def test_tell_gives_the_node_back() -> None:
    x = Value(1.0)
    assert tell(x) is x


def test_with_history_lifts_no_grad_and_nothing_else() -> None:
    seen: list[Any] = []
    x = Value(2.0)
    with watching(seen.append), no_grad():
        with with_history():
            recorded = x * x
        forgotten = x * x
    assert (recorded.is_leaf, forgotten.is_leaf, len(seen)) == (False, True, 2)


def test_no_grad_within_with_history_holds() -> None:
    x = Value(2.0)
    with with_history(), no_grad():
        assert (x * x).is_leaf
    with no_grad(), with_history():
        pass
    assert not (x * x).is_leaf


def test_blocks_in_generators_may_end_in_any_order() -> None:
    def forgetful() -> Any:
        with no_grad():
            yield

    one, two = forgetful(), forgetful()
    next(one), next(two)
    one.close(), two.close()
    with watching([].append):
        assert not (Value(1.0) * 2.0).is_leaf


def test_what_runs_piece_by_piece_is_not_decorated() -> None:
    def generator() -> Any:
        yield

    async def coroutine() -> None: ...

    for function in (generator, coroutine):
        with pytest.raises(TypeError, match=f"{function.__name__} runs piece by piece"):
            no_grad()(function)


def test_a_block_may_be_used_again() -> None:
    block = no_grad()
    for _ in range(2):
        with block, block:
            assert (Value(1.0) * 2.0).is_leaf
    assert not (Value(1.0) * 2.0).is_leaf
