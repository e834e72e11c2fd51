"""The seam: watchers see the nodes of their context as they are made."""

import asyncio
import copy
import gc
import math
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from pickle import dumps, loads
from typing import Any

import pytest

import autograd as ag
from autograd import NonFiniteError, Value, compile, no_grad, strict
from autograd.engine.watching import tell, watchers, watching, with_history
from autograd.nn import Neuron
from autograd.nn.module import Module


@pytest.fixture(autouse=True)
def without_what_others_left() -> None:
    gc.collect()  # errors of other tests hold the contexts that they were raised in


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


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda x: loads(dumps(x))])
def test_the_copy_of_a_leaf_is_seen_as_any_new_node(again: Callable[[Any], Any]) -> None:
    seen: list[Any] = []
    x = Value(1.0)
    with watching(seen.append):
        made = again(x)
    assert len(seen) == 1
    assert seen[0] is made
    assert made is not x


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
    one, two = forgetful(), forgetful()
    next(one), next(two)
    one.close()
    two.close()
    with watching([].append):
        assert not (Value(1.0) * 2.0).is_leaf


def test_what_runs_piece_by_piece_is_not_decorated() -> None:
    def generator() -> Any:
        yield

    async def coroutine() -> None: ...

    for function in (generator, coroutine):
        with pytest.raises(TypeError, match=f"{function.__name__} runs piece by piece"):
            no_grad()(function)


def test_a_decorator_needs_no_parentheses() -> None:
    @no_grad
    def square(x: Value) -> Value:
        return x * x

    @strict
    def logarithm(x: Value) -> Value:
        return x.log()

    assert square(Value(3.0)).is_leaf
    with pytest.raises(NonFiniteError):
        logarithm(Value(0.0))
    assert logarithm(square(Value(1.0))).data == 0.0


@pytest.mark.parametrize("block", [no_grad, strict])
def test_a_block_stands_around_a_function_and_nothing_else(block: Any) -> None:
    for decorate in (block, block()):
        with pytest.raises(TypeError, match="a block stands around a function, got a Value"):
            decorate(Value(1.0))


def test_a_block_may_be_used_again() -> None:
    block = no_grad()
    for _ in range(2):
        with block, block:
            assert (Value(1.0) * 2.0).is_leaf
    assert not (Value(1.0) * 2.0).is_leaf


def is_forgotten() -> bool:
    x = Value(2.0)
    return (x * x).is_leaf


def forgetful() -> Generator[None, None, None]:
    with no_grad():
        yield


def in_another_thread(f: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(f).result()


class TestCopiedContexts:
    """A task or thread that takes over a context keeps to what was in force in it."""

    def test_a_task_made_inside_no_grad_keeps_to_it_after_the_block(self) -> None:
        async def squared() -> tuple[bool, bool]:
            before = is_forgotten()
            await asyncio.sleep(0)
            return before, is_forgotten()

        async def main() -> None:
            with no_grad():
                task = asyncio.create_task(squared())
            assert await task == (True, True)
            assert not is_forgotten()

        asyncio.run(main())
        assert watchers == []

    def test_a_copied_context_keeps_to_it_as_long_as_it_lives(self) -> None:
        with no_grad():
            context = copy_context()
        assert [context.run(is_forgotten), is_forgotten(), context.run(is_forgotten)] == [1, 0, 1]
        assert len(watchers) == 1
        del context
        assert watchers == []

    def test_nothing_is_left_without_the_garbage_collector(self) -> None:
        gc.disable()
        try:
            with no_grad():
                contexts = [copy_context() for _ in range(3)]
            contexts.append(contexts[0].copy())
            assert all(context.run(is_forgotten) for context in contexts)
            del contexts
            assert watchers == []
        finally:
            gc.enable()

    def test_strict_too(self) -> None:
        with strict():
            context = copy_context()
        with pytest.raises(NonFiniteError):
            context.run(lambda: Value(0.0).log())
        assert Value(0.0).log().data == -math.inf

    def test_a_block_that_is_entered_in_a_copy_ends_there_alone(self) -> None:
        def inside() -> tuple[bool, bool]:
            with no_grad():
                first = is_forgotten()
            return first, is_forgotten()

        with no_grad():
            context = copy_context()
        assert context.run(inside) == (True, True)
        assert copy_context().run(inside) == (True, False)

    def test_a_block_that_is_ended_where_it_was_not_entered_ends_its_latest_entry(self) -> None:
        block = no_grad()
        contexts = [copy_context() for _ in range(3)]
        for context in contexts:
            context.run(block.__enter__)
        for forgotten in ([True, True, True], [True, True, False], [True, False, False]):
            assert [context.run(is_forgotten) for context in contexts] == forgotten
            block.__exit__()
        assert [context.run(is_forgotten) for context in contexts] == [False] * 3

    @pytest.mark.parametrize("busy", [False, True])
    def test_what_other_threads_do_makes_no_difference(self, busy: bool) -> None:
        stop = threading.Event()
        neuron = Neuron(2, rng=0)

        def call_it() -> None:
            while not stop.is_set():
                neuron([1.0, 2.0])

        thread = threading.Thread(target=call_it if busy else stop.wait)
        thread.start()
        try:
            with no_grad():
                context = copy_context()
            assert context.run(lambda: {is_forgotten() for _ in range(2_000)}) == {True}
            assert {is_forgotten() for _ in range(2_000)} == {False}
        finally:
            stop.set()
            thread.join()

    def test_threads_with_copied_contexts_keep_to_it(self) -> None:
        with no_grad():
            context = copy_context()
        assert in_another_thread(lambda: context.run(is_forgotten))
        assert not in_another_thread(is_forgotten)

        async def main() -> bool:
            with no_grad():
                task = asyncio.create_task(asyncio.to_thread(is_forgotten))
            return await task

        assert asyncio.run(main())

    def test_a_task_made_in_a_module_call_belongs_to_that_call(self) -> None:
        class Square(Module):
            def forward(self, x: Value) -> Context:
                return copy_context()

        square = Square()
        y = square(Value(3.0)).run(lambda: Value(3.0) * 2.0)
        assert y.call.kind == "Square"

    def test_a_recording_that_is_over_sees_no_more(self) -> None:
        contexts: list[Context] = []

        @compile
        def f(x: Any) -> Any:
            contexts.append(copy_context())
            return x * 2.0

        assert f(3.0) == 6.0
        outside = Value(5.0)
        assert contexts[0].run(lambda: outside * 2.0).data == 10.0


class TestBlocksInGenerators:
    """They end when the generator does, wherever that is, and end no others."""

    @pytest.mark.parametrize(
        "elsewhere", [in_another_thread, lambda f: copy_context().run(f)], ids=["thread", "copy"]
    )
    def test_closed_elsewhere_it_ends_where_it_began(self, elsewhere: Any) -> None:
        generator = forgetful()
        next(generator)
        assert is_forgotten()
        elsewhere(generator.close)
        assert not is_forgotten()
        assert not copy_context().run(is_forgotten)
        assert watchers == []

    def test_a_copy_made_after_the_end_does_not_have_it(self) -> None:
        generator = forgetful()
        next(generator)
        in_another_thread(generator.close)
        context = copy_context()  # nothing looked at the context of this thread since
        assert not context.run(is_forgotten)

    def test_the_one_who_ends_it_keeps_its_own(self) -> None:
        generator = forgetful()
        next(generator)

        def close() -> tuple[bool, bool]:
            with no_grad():
                generator.close()
                kept = is_forgotten()
            return kept, is_forgotten()

        assert in_another_thread(close) == (True, False)
        assert not is_forgotten()

    def test_begun_in_another_thread_it_is_not_in_force_here(self) -> None:
        generator = forgetful()
        in_another_thread(lambda: next(generator))
        assert not is_forgotten()
        with no_grad():
            generator.close()
            assert is_forgotten()
        assert not is_forgotten()

    def test_dropped_in_another_thread_it_ends_too(self) -> None:
        generators = [forgetful()]
        next(generators[0])
        in_another_thread(generators.clear)
        assert not is_forgotten()
        assert watchers == []

    def test_the_consumers_own_block_stays(self) -> None:
        generator = forgetful()
        with no_grad():
            next(generator)
            generator.close()
            assert is_forgotten()
        next(generator := forgetful())
        with no_grad():
            pass
        assert is_forgotten()
        generator.close()
        assert not is_forgotten()

    def test_it_may_begin_or_end_inside_a_transform(self) -> None:
        begun, ending = forgetful(), forgetful()
        next(ending)

        def square(x: Any) -> Any:
            ending.close()
            y = x * x
            next(begun)
            return y

        assert ag.grad(square)(3.0) == 6.0
        assert is_forgotten()
        begun.close()
        assert not is_forgotten()

    def test_an_asynchronous_generator_may_be_closed_by_another_task(self) -> None:
        async def forgetful() -> AsyncGenerator[bool, None]:
            with no_grad():
                yield is_forgotten()

        async def main() -> None:
            generator = forgetful()
            assert await anext(generator)
            await asyncio.create_task(generator.aclose())
            assert not is_forgotten()

        asyncio.run(main())

    def test_one_block_object_may_be_open_in_several_places(self) -> None:
        quiet = no_grad()

        def forgetful() -> Generator[None, None, None]:
            with quiet:
                yield

        one, two = forgetful(), forgetful()
        next(one), next(two)
        in_another_thread(one.close)
        assert is_forgotten()
        two.close()
        assert not is_forgotten()
        with quiet:
            assert not in_another_thread(is_forgotten)
            assert in_another_thread(quiet(is_forgotten))
            assert is_forgotten()
        assert watchers == []
