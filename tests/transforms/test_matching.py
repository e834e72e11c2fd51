"""Two trees of one structure, and what is said of trees of another."""

from collections import deque
from typing import Any, NamedTuple

import pytest

from autograd.transforms.matching import leaves_like, matched, rows_alike
from autograd.transforms.trees import flatten


class Point(NamedTuple):
    x: Any
    y: Any


def test_trees_of_one_structure_are_read_in_the_order_of_the_first() -> None:
    trees = [{"a": 1, "b": [2.0]}, {"b": [4.0], "a": 3.0}, {"a": 5.0, "b": (6.0,)}]
    rows, treedef = rows_alike(trees, str)
    assert rows == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert treedef == flatten(trees[0])[1]


@pytest.mark.parametrize(
    ("tree", "error", "message"),
    [
        ({"a": 1.0}, ValueError, r"tree 1 must hold 2 numbers, got 1"),
        (
            {"a": 1.0, "c": [2.0]},
            ValueError,
            "tree 1 must be a dict with 'a', 'b', got a dict with 'a', 'c'",
        ),
        (
            {"a": [1.0], "b": [2.0]},
            ValueError,
            r"tree 1\['a'\] must be one number, got a list of 1",
        ),
        ({"a": 1.0, "b": 2.0}, ValueError, r"tree 1\['b'\] must be a list of 1, got one number"),
        ({"a": 1.0, "b": ["2"]}, TypeError, r"tree 1\['b'\]\[0\]"),
    ],
)
def test_a_tree_of_another_structure_is_named(
    tree: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        rows_alike([{"a": 1.0, "b": [2.0]}, tree], "tree {}".format)


# Two structures of as many numbers, which are alike but for the kinds of sequences.
OTHER_SEQUENCES: list[tuple[Any, Any]] = [
    ([1.0, 2.0], (0.0, 0.0)),
    ((1.0, 2.0), [0.0, 0.0]),
    (Point(1.0, [2.0]), [0.0, (0.0,)]),
    ({"a": [1.0], "b": 2.0}, {"a": (0.0,), "b": 0.0}),
]
UNLIKE: list[tuple[Any, Any]] = [
    ({0: 1.0, 1: 2.0}, [0.0, 0.0]),
    ([1.0, 2.0], {0: 0.0, 1: 0.0}),
    ([[1.0, 2.0]], [0.0, 0.0]),
    ([1.0], 0.0),
    (1.0, (0.0,)),
    ({"a": 1.0}, {"b": 0.0}),
]


@pytest.mark.parametrize(("tree", "like"), OTHER_SEQUENCES)
def test_a_list_may_stand_for_a_tuple_unless_the_kinds_are_to_be_the_same(
    tree: Any, like: Any
) -> None:
    def error(x: Any, y: Any, place: str) -> Exception:
        return ValueError(place)

    assert leaves_like(tree, like, "p") == [1.0, 2.0]
    assert [*matched(tree, tree, "p", error, same_kinds=True)] == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"^p"):
        deque(matched(tree, like, "p", error, same_kinds=True))


@pytest.mark.parametrize(("tree", "like"), UNLIKE)
def test_structures_of_as_many_numbers_that_are_not_alike_are_refused(tree: Any, like: Any) -> None:
    with pytest.raises(ValueError, match=r"^p.* must "):
        leaves_like(tree, like, "p")
