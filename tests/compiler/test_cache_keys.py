"""Settings: what tells one from another, and the copy of a Module that shares them."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, constant, value_and_grad
from autograd.compiler.cache_keys import setting, twin
from autograd.nn import Module
from tests.bits import bits


@dataclass
class Config:
    k: float


class Holder(Module):
    def __init__(self, held: Any = None) -> None:
        self.w, self.held = Value(3.0), held


ALIKE: dict[str, Callable[[], Any]] = {
    "nan": lambda: float("nan"),
    "a list": lambda: [1, (2.0, "a")],
    "a dict": lambda: {"a": [1.0]},
    "a set": lambda: {1.0, "a"},
    "an array": lambda: np.arange(3.0),
    "an array of objects": lambda: np.array([1.0, "a"], object),
    "a number of numpy": lambda: np.float32(0.1),
    "a Decimal": lambda: Decimal("0.1"),
    "a dataclass": lambda: Config(1.0),
    "a namespace": lambda: SimpleNamespace(k=[1.0]),
    "a Value": lambda: Value(2.0),
    "a Module": lambda: Holder([1.0]),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_made_alike_has_one_key(name: str) -> None:
    keys = [setting(ALIKE[name]()) for _ in range(2)]
    assert keys[0] == keys[1]
    assert hash(keys[0]) == hash(keys[1])


APART: dict[str, list[Any]] = {
    "kinds of one": [1, 1.0, True, np.float64(1.0), np.int64(1), Decimal(1), "1"],
    "zeros": [0.0, -0.0, 0, False, None],
    "lists and tuples": [[1.0], (1.0,), {1.0}, frozenset({1.0}), {1.0: 1.0}],
    "lists of zeros": [[0.0], [-0.0], [0], []],
    "keys of dicts": [{1: 2.0}, {True: 2.0}, {1.0: 2.0}],
    "arrays": [np.zeros(4), np.zeros((2, 2)), np.zeros(4, "i8"), -np.zeros(4)],
    "Values": [Value(2.0), Value(3.0), constant(2.0)],
    "records": [Config(0.0), Config(-0.0), SimpleNamespace(k=0.0), Config],
    "objects": [object(), object(), deque([1.0]), deque([1.0]), bytearray(1), len, max],
}


@pytest.mark.parametrize("name", APART)
def test_what_a_function_can_tell_apart_has_keys_of_its_own(name: str) -> None:
    assert len({setting(x) for x in APART[name]}) == len(APART[name])


CHANGED: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "a list": ([1.0], lambda x: x.append(1.0)),
    "a list in a dict": ({"a": [1.0]}, lambda x: x["a"].append(1.0)),
    "a set": ({1.0}, lambda x: x.add(2.0)),
    "an array": (np.zeros(2), lambda x: x.fill(1.0)),
    "a deque": (deque([1.0]), lambda x: x.append(1.0)),
    "bytes": (bytearray(1), lambda x: x.append(1)),
    "a dataclass": (Config(1.0), lambda x: setattr(x, "k", 2.0)),
    "a Value": (Value(1.0), lambda x: setattr(x, "data", 2.0)),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_in_place_changes_the_key(name: str) -> None:
    x, change = CHANGED[name]
    before = setting(x)
    assert setting(x) == before
    change(x)
    assert setting(x) != before


def test_lists_and_modules_may_hold_themselves() -> None:
    module: Any = Holder([1.0])
    module.held += [module, module.held]
    assert setting(module) == setting(module)


def test_a_twin_has_others_for_parameters_and_shares_the_rest() -> None:
    lock, array = threading.Lock(), np.zeros(2)
    inner = Holder((lock, array))
    outer = Holder({"inner": [inner, inner]})
    made: Any = twin(outer, {id(inner.w): Value(5.0), id(outer.w): Value(7.0)})
    new = made.held["inner"][0]
    assert (made.w.data, new.w.data, outer.w.data, inner.w.data) == (7.0, 5.0, 3.0, 3.0)
    assert new is made.held["inner"][1] is not inner
    assert new.held[0] is lock
    assert new.held[1] is array


def product(a: Any, b: Any) -> Any:
    return a.w * b.w


def test_a_parameter_of_two_arguments_is_one() -> None:
    step = value_and_grad(product)
    compiled, model = compile(step), Holder()
    for other in (model, Holder(), model, Holder()):
        assert bits(compiled(model, other)) == bits(step(model, other))
