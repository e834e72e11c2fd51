"""Structures of numbers, taken apart and put together again."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import Value
from autograd.nn.module import Module
from autograd.transforms.trees import flatten, places, rebuild


class Point(NamedTuple):
    x: Any
    y: Any


class Scale(Module):
    def __init__(self) -> None:
        self.factors = [Value(2.0), Value(3.0)]


STRUCTURES: tuple[tuple[Any, list[float], list[str]], ...] = (
    (1.5, [1.5], ["p"]),
    ([1.0, 2.0], [1.0, 2.0], ["p[0]", "p[1]"]),
    ((1.0, (2.0,), []), [1.0, 2.0], ["p[0]", "p[1][0]"]),
    ({"b": 1.0, "a": [2.0]}, [1.0, 2.0], ["p['b']", "p['a'][0]"]),
    (Point(1.0, Point(2.0, 3.0)), [1.0, 2.0, 3.0], ["p[0]", "p[1][0]", "p[1][1]"]),
    ({1: {}, "k": ()}, [], []),
)


@pytest.mark.parametrize(("tree", "leaves", "_"), STRUCTURES)
def test_flatten_gives_the_numbers_in_order_and_rebuild_undoes_it(
    tree: Any, leaves: list[float], _: Any
) -> None:
    found, build = flatten(tree)
    assert found == leaves
    again = rebuild(build, found)
    assert again == tree
    assert type(again) is type(tree)


@pytest.mark.parametrize(("tree", "_", "expected"), STRUCTURES)
def test_places_name_the_numbers_in_the_same_order(tree: Any, _: Any, expected: list[str]) -> None:
    assert places(tree, "p") == expected


def test_rebuild_puts_anything_in_the_places() -> None:
    _, build = flatten({"w": [1.0, Point(2.0, 3.0)]})
    assert rebuild(build, ["a", None, [4]]) == {"w": ["a", Point(None, [4])]}


def test_numbers_become_floats_and_values_stay_themselves() -> None:
    v = Value(3.0)
    leaves, _ = flatten([1, np.float32(2.0), v])
    assert [type(x) for x in leaves[:2]] == [float, float]
    assert leaves[2] is v


def test_a_module_counts_as_the_dict_of_its_named_parameters() -> None:
    scale = Scale()
    leaves, build = flatten(scale)
    assert [id(x) for x in leaves] == [id(x) for x in scale.factors]
    assert rebuild(build, [5.0, 7.0]) == {"factors.0": 5.0, "factors.1": 7.0}
    assert places(scale, "m") == ["m['factors.0']", "m['factors.1']"]


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("a", r"argument 0: .*got str"),
        ([1.0, None], r"argument 0\[1\]: .*got NoneType"),
        ({"w": (1.0, {2: 1j})}, r"argument 0\['w'\]\[1\]\[2\]: .*got complex"),
        ([{1.0}], r"argument 0\[0\]: .*got set"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(tree: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        flatten(tree, "argument 0")


def test_without_a_place_the_message_is_that_of_the_number() -> None:
    with pytest.raises(TypeError, match=r"^a Value holds one real number, got str"):
        flatten("a")
    with pytest.raises(ValueError, match=r"^x\[0\]: .*beyond"):
        flatten([10**400], "x")
