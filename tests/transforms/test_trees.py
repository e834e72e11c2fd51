"""Structures of numbers, taken apart and put together again."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import Value
from autograd.nn.module import Module
from autograd.transforms.arrays import ArrayOfScalars
from autograd.transforms.trees import (
    LEAF,
    flatten,
    flatten_numbers,
    open_module,
)


class Point(NamedTuple):
    x: Any
    y: Any


class Scale(Module):
    def __init__(self) -> None:
        self.factors = [Value(2.0), Value(3.0)]


STRUCTURES: tuple[tuple[Any, list[Any], list[str]], ...] = (
    (1.5, [1.5], ["p"]),
    ([1.0, 2.0], [1.0, 2.0], ["p[0]", "p[1]"]),
    ((1.0, (2.0,), []), [1.0, 2.0], ["p[0]", "p[1][0]"]),
    ({"b": 1.0, "a": [2.0]}, [1.0, 2.0], ["p['b']", "p['a'][0]"]),
    (Point(1.0, Point(2.0, 3.0)), [1.0, 2.0, 3.0], ["p[0]", "p[1][0]", "p[1][1]"]),
    ({1: {}, "k": ()}, [], []),
    ([[], [1, None], "a"], [1, "a"], ["p[1][0]", "p[2]"]),
)


@pytest.mark.parametrize(("tree", "leaves", "_"), STRUCTURES)
def test_flatten_gives_the_leaves_in_order_and_unflatten_undoes_it(
    tree: Any, leaves: list[Any], _: Any
) -> None:
    found, treedef = flatten(tree)
    assert found == leaves
    again = treedef.unflatten(found)
    assert again == tree
    assert type(again) is type(tree)
    assert treedef.builder()(found) == tree
    takers = [lambda _, leaf=leaf: leaf for leaf in found]
    assert treedef.builder(takers)(None) == tree


@pytest.mark.parametrize(("tree", "_", "expected"), STRUCTURES)
def test_places_name_the_leaves_in_the_same_order(tree: Any, _: Any, expected: list[str]) -> None:
    assert flatten(tree)[1].places("p") == expected


@pytest.mark.parametrize(("tree", "leaves", "_"), STRUCTURES)
def test_structures_are_equal_if_trees_differ_in_leaves_alone(
    tree: Any, leaves: list[Any], _: Any
) -> None:
    treedef = flatten(tree)[1]
    other = flatten(treedef.unflatten(["another", *leaves[1:]]))[1]
    assert treedef == other
    assert hash(treedef) == hash(other)


def test_structures_of_other_kinds_or_keys_differ() -> None:
    trees: list[Any] = [
        1.0,
        [1.0, 2.0],
        (1.0, 2.0),
        Point(1.0, 2.0),
        {0: 1.0, 1: 2.0},
        {0: 1.0, True: 2.0},
        {1: 1.0, 0: 2.0},
        [1.0, 2.0, 3.0],
        [1.0, [2.0]],
        [[1.0], 2.0],
    ]
    assert len({flatten(tree)[1] for tree in trees}) == len(trees)


def test_unflatten_puts_anything_in_the_places_and_takes_no_more_than_it_needs() -> None:
    treedef = flatten({"w": [1.0, Point(2.0, 3.0)]})[1]
    given = iter(["a", None, [4], "left"])
    assert treedef.unflatten(given) == {"w": ["a", Point(None, [4])]}
    assert list(given) == ["left"]


def test_what_is_a_leaf_can_be_said() -> None:
    leaves, treedef = flatten({"a": [1.0], "b": [[2.0]]}, is_leaf=lambda x: isinstance(x, list))
    assert leaves == [[1.0], [[2.0]]]
    assert treedef.unflatten([1, 2]) == {"a": 1, "b": 2}
    assert flatten([], is_leaf=lambda x: True) == ([[]], LEAF)


def test_numbers_become_floats_and_values_stay_themselves() -> None:
    v = Value(3.0)
    leaves, _ = flatten_numbers([1, np.float32(2.0), v])
    assert [type(x) for x in leaves[:2]] == [float, float]
    assert leaves[2] is v


def test_a_module_is_a_leaf_or_counts_as_the_dict_of_its_named_parameters() -> None:
    scale = Scale()
    assert flatten([scale])[0] == [scale]
    assert flatten(scale, opener=open_module)[0] == scale.factors
    leaves, treedef = flatten_numbers(scale)
    assert [id(x) for x in leaves] == [id(x) for x in scale.factors]
    assert treedef.unflatten([5.0, 7.0]) == {"factors.0": 5.0, "factors.1": 7.0}
    assert treedef.places("m") == ["m['factors.0']", "m['factors.1']"]


def test_an_array_of_numbers_is_one_again_and_else_a_list() -> None:
    array = ArrayOfScalars([ArrayOfScalars([], (0,))] * 2)
    assert flatten_numbers(array)[1].unflatten([]).shape == (2, 0)
    assert type(flatten(array)[1].unflatten([])) is list


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("a", r"argument 0: .*got str"),
        ([1.0, "a"], r"argument 0\[1\]: .*got str"),
        ({"w": (1.0, {2: 1j})}, r"argument 0\['w'\]\[1\]\[2\]: .*got complex"),
        ([{1.0}], r"argument 0\[0\]: .*got set"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(tree: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        flatten_numbers(tree, "argument 0")


def test_without_a_place_the_message_is_that_of_the_number() -> None:
    with pytest.raises(TypeError, match=r"^a Value holds one real number, got str"):
        flatten_numbers("a")
    with pytest.raises(ValueError, match=r"^x\[0\]: .*beyond"):
        flatten_numbers([10**400], "x")


@dataclass
class Pair:
    x: float


def test_an_object_that_is_no_structure_is_to_give_its_numbers_in_one() -> None:
    told = "got Pair: pass its numbers in a list, a dict or a named tuple$"
    with pytest.raises(TypeError, match=told):
        flatten_numbers(Pair(1.0))


@pytest.mark.parametrize("other", [{1.0}, range(2), b"1", iter([1.0])])
def test_what_has_items_and_is_no_structure_is_to_be_a_list(other: Any) -> None:
    with pytest.raises(TypeError, match=r"pass list\(x\)$"):
        flatten_numbers(other)
