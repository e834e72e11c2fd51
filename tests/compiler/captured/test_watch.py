"""Watch: whether the same objects are in their places, in each kind of collection."""

from collections import OrderedDict, UserList, deque
from collections.abc import Callable
from typing import Any

import pytest

from autograd.compiler.captured.watch import Watch, same_items

ONE, TWO, THREE = object(), object(), object()
MAKE: dict[str, Callable[..., Any]] = {
    "a list": lambda *x: [*x],
    "a tuple": lambda *x: x,
    "a dict": lambda *x: dict.fromkeys(x),
    "the values of a dict": lambda *x: dict(enumerate(x)).values(),
    "the keys of a dict": lambda *x: dict.fromkeys(x).keys(),
    "an ordered dict": lambda *x: OrderedDict.fromkeys(x),
    "a list of a class": lambda *x: UserList(x),
    "a deque": lambda *x: deque(x),
    "a set of one": lambda *x: {*x[:1]},
}


@pytest.mark.parametrize("kind", MAKE)
def test_a_collection_is_the_same_if_it_holds_the_same_objects(kind: str) -> None:
    make = MAKE[kind]
    items = [*make(ONE, TWO)]
    for x in (make(ONE, TWO), make(TWO, ONE), make(ONE), make(ONE, TWO, THREE), make()):
        same = [*map(id, x)] == [*map(id, items)]
        assert same_items([x], [len(items)], items) is same
        assert same_items([[], x, [THREE]], [0, len(items), 1], [*items, THREE]) is same


def test_equal_objects_are_not_the_same() -> None:
    one, other = float("1e3"), float("1000")
    for make in MAKE.values():
        assert same_items([make(one)], [1], [one]) is True
        assert same_items([make(one)], [1], [other]) is False
    assert same_items([], [], []) is True


@pytest.mark.parametrize("change", [dict.clear, lambda x: x.update(c=3), lambda x: x.update(b=[])])
def test_a_dict_is_watched_by_its_keys_and_values(change: Callable[[Any], None]) -> None:
    watch, x = Watch(), {"a": 1, "b": []}
    watch.collection(x)
    watch.collection(x.values())
    watch.close()
    assert watch.same()
    change(x)
    assert not watch.same()


def test_what_cannot_be_walked_any_more_is_another() -> None:
    class Broken(list[Any]):
        broken = False

        def __iter__(self) -> Any:
            if self.broken:
                raise RuntimeError
            return super().__iter__()

    watch, x = Watch(), Broken([1])
    watch.collection(x)
    watch.close()
    assert watch.same()
    x.broken = True
    assert not watch.same()
