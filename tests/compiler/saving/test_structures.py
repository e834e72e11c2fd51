"""Structures of arguments as JSON: what is read is what was written, or an error."""

import json
from typing import Any, NamedTuple

import pytest

from autograd import CompiledFileError, nn, tanh
from autograd.compiler.saving.structures import (
    count_numbers,
    decoded,
    described,
    encoded,
    widths,
)
from autograd.transforms.trees import LEAF, TreeDef, flatten


class Pair(NamedTuple):
    x: Any
    y: Any


def treedef(x: Any) -> TreeDef:
    return flatten(x)[1]


KEYS: list[Any] = [
    (float, ("array", (2, 3)), "no_grad", None),
    (treedef({"a": [1.0, (2.0, Pair(3.0, []))], 1: 0.0, "t": {True: {}}}),),
    (("n", ((int, 3), 0)), ("x", ((float, "-0.0"), 0)), 2**70, -1.5, float("inf")),
    (nn.Neuron, ("w", "b"), (tanh, len, treedef, type(None), b"\0\1", frozenset({1, "a"}))),
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_read_as_it_was_written(key: Any) -> None:
    again = decoded(json.loads(json.dumps(encoded(key))))
    assert again == key
    assert hash(again) == hash(key)


@pytest.mark.parametrize(
    "x",
    [
        [1],
        {"no such kind": 1},
        {"range": 2, "tuple": []},
        {"tree": [{"name": ["builtins", "print"]}, {"range": 1}, {"tuple": []}, {"tuple": []}]},
        {"tree": [{"name": ["builtins", "list"]}, 3, {"tuple": []}, {"tuple": []}]},
        {"name": ["no such module", "list"]},
        {"name": ["os", "environ"]},
        {"name": ["os", "path.join.__globals__"]},
        {"name": ["subprocess", "PIPE"]},
    ],
)
def test_what_no_key_can_be_is_refused(x: Any) -> None:
    with pytest.raises(CompiledFileError):
        decoded(x)


def test_a_class_that_is_not_imported_is_named() -> None:
    with pytest.raises(CompiledFileError, match=r"needs Pair of the module geometry.*import it"):
        decoded({"name": ["geometry", "Pair"]})


def test_an_object_of_this_process_is_refused() -> None:
    with pytest.raises(CompiledFileError, match=r"depends on <function .*no file holds"):
        encoded((lambda: 0,))


def test_the_numbers_of_an_argument_are_counted() -> None:
    pair = treedef([[1.0, 2.0], 3.0])
    assert count_numbers(float) == 1
    assert count_numbers(pair) == 3
    assert count_numbers(("array", (2, 3))) == 6
    assert count_numbers((treedef([0.0, 0.0]), float, ("array", (4,)))) == 5
    assert count_numbers((nn.Neuron, ("w", "b"), ())) == 2
    assert count_numbers(("n", ((int, 3), 0))) == count_numbers("no_grad") == 0
    assert widths((treedef({"x": 0, "y": 0}), ("list", pair), ("array", (2, 3)))) == [3, 6]
    assert widths((LEAF, ("list",))) == [0]


def test_arguments_are_described_in_words() -> None:
    kinds = [float, treedef([0.0] * 3), treedef({"w": 0.0, "b": 0.0}), ("array", (2, 3))]
    assert list(map(described, kinds)) == [
        "a number",
        "a list of 3",
        "{'w', 'b'}",
        "an array of shape (2, 3)",
    ]
    assert described((LEAF, ("array", (2,)))) == "an array of shape (2,)"
