"""Which call a node remembers, where threads, generators and blocks meet the calls of modules."""

import contextvars
import gc
import threading
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from autograd import Value, compile, nn, no_grad
from autograd.engine import watching


class Square(nn.Module):
    def forward(self, x: Any) -> Any:
        return x * x


class Runs(nn.Module):
    """Runs what it is given, beside a module of its own."""

    def __init__(self) -> None:
        self.square = Square()

    def forward(self, task: Any) -> Any:
        return task(self)


def path(node: Any) -> tuple[str, str]:
    return node.call.kind, node.call.path


def test_a_thread_that_takes_over_the_context_goes_on_with_the_call() -> None:
    found: list[Any] = []

    def in_thread(module: Runs) -> None:
        def work() -> None:
            x = Value(2.0)
            found.extend([module.square(x), x + 1])

        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(work,))
        thread.start()
        thread.join()

    Runs()(in_thread)
    assert [path(node) for node in found] == [("Square", "square"), ("Runs", "")]


def test_a_thread_with_a_context_of_its_own_makes_calls_of_its_own() -> None:
    found: list[Any] = []

    def in_thread(module: Runs) -> None:
        thread = threading.Thread(target=lambda: found.append(module.square(Value(2.0))))
        thread.start()
        thread.join()

    Runs()(in_thread)
    assert path(found[0]) == ("Square", "")
    assert found[0].call.parent is None


def test_threads_that_call_one_module_at_once_have_calls_of_their_own() -> None:
    module, both, found = Runs(), threading.Barrier(2, timeout=600), list[Any]()

    def work() -> None:
        def task(module: Runs) -> Any:
            both.wait()
            y = module.square(Value(2.0))
            both.wait()
            return y + 1

        found.append(module(task))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = found
    assert first.call is not second.call
    assert [path(y) for y in found] == [("Runs", "")] * 2
    assert [y.parents[0].call.parent for y in found] == [first.call, second.call]


def test_what_outlives_the_call_in_a_copied_context_finds_no_names_any_more() -> None:
    module = Runs()
    context = module(lambda _: contextvars.copy_context())
    y = context.run(lambda: module.square(Value(2.0)))
    assert (path(y), y.call.parent.kind) == (("Square", ""), "Runs")


def test_a_block_of_a_generator_that_ends_inside_a_call_has_ended_after_it() -> None:
    def inputs() -> Iterator[float]:
        with no_grad():
            yield 1.0

    generator = inputs()
    next(generator)
    made = Runs()(lambda module: (next(generator, None), module.square(Value(2.0)))[1])
    assert path(made) == ("Square", "square")
    assert not made.is_leaf
    assert not (Value(2.0) * 3).is_leaf
    assert (Value(2.0) * 3).call is None


def test_a_block_of_a_generator_that_begins_inside_a_call_lasts_until_it_ends() -> None:
    def waits() -> Generator[None]:
        with no_grad():
            yield

    generator = waits()
    Runs()(lambda _: next(generator))
    x = Value(2.0)
    assert (x * x).is_leaf
    assert (x * x).call is None
    generator.close()
    assert not (x * x).is_leaf


def test_nothing_watches_after_calls_that_returned_or_raised() -> None:
    gc.collect()  # blocks that errors of earlier tests hold
    module, before = Runs(), len(watching.watchers)

    def fails(_: Any) -> None:
        raise KeyError("mine")

    module(lambda m: m.square(Value(1.0)))
    with pytest.raises(KeyError):
        module(fails)
    gc.collect()
    assert watching.running.get() is None
    assert len(watching.watchers) == before


def test_a_call_keeps_no_module_alive() -> None:
    call = Runs()(lambda module: module.square(Value(2.0))).call
    assert call.parent.kind == "Runs"
    gc.collect()
    assert not [x for x in gc.get_objects() if isinstance(x, Runs)]


def test_a_call_while_a_function_is_recorded_inside_another_call_is_an_outermost_one() -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        y = Square()(x)
        seen.append(y.call)
        return y

    compiled: Any = compile(f, backend="python")
    assert Runs()(lambda _: compiled(3.0)) == 9.0
    assert [(call.kind, call.parent) for call in seen] == [("Square", None)]


def test_a_module_under_two_names_has_the_first_and_nested_lists_count_in_order() -> None:
    class Holds(nn.Module):
        def __init__(self, **held: Any) -> None:
            vars(self).update(held)

        def forward(self, module: Any) -> Any:
            return module(Value(2.0))

    one, two = Square(), Square()
    holders = {
        "a.0": Holds(a=[one, two, one], b=one),
        "b": Holds(a=[two], b=one, c=[one]),
        "a.1.0": Holds(a=[two, [one]], b=[one]),
        "d.k": Holds(d={"k": one}, e=one),
        "t.1": Holds(w=[Value(1.0)] * 3, t=(two, one)),
    }
    found = {name: holder(one).call.path for name, holder in holders.items()}
    assert found == {name: name for name in holders}
    assert holders["a.0"](one).call.number == 1


def test_modules_that_are_added_while_a_call_runs_are_named() -> None:
    def adds(module: Any) -> Any:
        module.square(Value(1.0))
        module.more = [Square()]
        return module.more[0](Value(1.0))

    assert Runs()(adds).call.path == "more.0"


def test_after_a_call_that_raised_nodes_belong_to_its_caller() -> None:
    class Fails(nn.Module):
        def forward(self) -> None:
            raise KeyError("mine")

    def catches(module: Any) -> Any:
        module.fails = Fails()
        for _ in range(2):
            with pytest.raises(KeyError):
                module.fails()
        return Value(1.0) * 2.0

    assert path(Runs()(catches)) == ("Runs", "")


def test_calls_inside_get_their_arguments_and_are_numbered() -> None:
    class Power(nn.Module):
        def forward(self, x: Any, *more: Any, n: int = 1) -> Any:
            return (x * 1.0, *more) if n == 1 else x**n

    def calls(module: Any) -> Any:
        module.power = Power()
        two, (one, three) = module.power(Value(3.0), n=2), module.power(Value(3.0), 4.0)
        assert (two.data, one.data, three) == (9.0, 3.0, 4.0)
        return [two.call, one.call, (module.power(x=Value(3.0), n=3)).call]

    found = Runs()(calls)
    assert [(call.kind, call.path, call.number) for call in found] == [
        ("Power", "power", number) for number in (1, 2, 3)
    ]
    assert len({id(call) for call in found}) == 3
    assert {call.parent.kind for call in found} == {"Runs"}
