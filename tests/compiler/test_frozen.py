"""The lines at which a function chooses by the number of a Value: its graph does not tell them."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.compiler.frozen import CHOICE, NUMBER, frozen_choices
from autograd.nn import MLP, Module
from autograd.show.stepping import training
from autograd.transforms import places

HERE = Path(__file__).name


def told(function: Callable[..., Any], *args: Any) -> list[str]:
    """What is said of each line, without the file and its number."""
    lines = frozen_choices(function, *args)
    assert all(line.startswith(f"{HERE}, line ") for line in lines)
    return [line.partition(": ")[2] for line in lines]


def an_if(x: Any) -> Any:
    if x > 0:
        return x * x
    return -x


def test_a_choice_is_told_with_its_file_its_line_and_what_stands_there() -> None:
    line = an_if.__code__.co_firstlineno + 1
    assert frozen_choices(an_if, 3.0) == [f"{HERE}, line {line}: if x > 0: {CHOICE}"]


def every_kind(x: Any) -> Any:
    y = max(x, 1.0) + min([x * 2, x * x])
    if x:
        y = y * 2
    while y < 3:
        y = y + 1
    z = y * math.exp(x.data)
    z = z + x.item()
    z = z - y.detach()
    if z == 2.0 or z != 1.0:
        z = z * 1
    return sorted([z, x])[0]


def test_all_of_them_are_told_in_order_each_once() -> None:
    assert told(every_kind, 0.5) == [
        f"y = max(x, 1.0) + min([x * 2, x * x]): {CHOICE}",
        f"if x: {CHOICE}",
        f"while y < 3: {CHOICE}",
        f"z = y * math.exp(x.data): {NUMBER}",
        f"z = z + x.item(): {NUMBER}",
        f"z = z - y.detach(): {NUMBER}",
        f"if z == 2.0 or z != 1.0: {CHOICE}",
        f"return sorted([z, x])[0]: {CHOICE}",
    ]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ag.relu(x) + ag.maximum(x, 1.0) + abs(x) + ag.clip(x, 0.0, 1.0),
        lambda x: ag.where(ag.greater(x, 1.0), x, -x),
        lambda x: x * 2 if x is not None else 0,
        lambda x: x * len([x]) if x in [x] else 0,
        lambda x: x * (1 if constant(2.0) > 1 else 0),
        lambda x: ag.softmax([x, 1.0])[0] + ag.lookup([x, 2.0], 1),
        lambda x: MLP(1, [2, 1], "relu", rng=0)([x]),
    ],
)
def test_what_the_graph_records_is_no_frozen_choice(function: Callable[[Any], Any]) -> None:
    assert frozen_choices(function, 0.5) == []


def hinge(model: Any, x: Any, y: float) -> Any:
    margin = 1 - y * model(x)
    return margin if margin > 0 else margin * 0


def test_a_model_is_left_as_it_was_and_its_parameters_are_watched() -> None:
    model = MLP(2, [1], rng=0)
    before = [(type(p), p.data, p.grad) for p in model.parameters()]
    assert told(hinge, model, [1.0, 2.0], 1) == [
        f"return margin if margin > 0 else margin * 0: {CHOICE}"
    ]
    assert told(lambda m: m([1, 2]) if m.layers[0].neurons[0].bias > 0 else 0, model)
    assert [(type(p), p.data, p.grad) for p in model.parameters()] == before


def test_arguments_are_trees_of_numbers_and_values() -> None:
    x = Value(2.0, "x")
    assert told(lambda tree: tree["a"][0] if tree["a"][0] > 1 else 0, {"a": [x, 1.0]})
    assert type(x) is type(Value(1.0))
    assert told(lambda c: 1 if c > 0 else 0, constant(2.0)) == []


def test_a_whole_number_may_be_an_index() -> None:
    assert told(lambda xs, i: xs[i] if xs[i] > 1 else 0, [1.0, 2.0], 1) == [
        f"assert told(lambda xs, i: xs[i] if xs[i] > 1 else 0, [1.0, 2.0], 1) == [: {CHOICE}"
    ]


def test_a_function_that_raises_is_told_as_far_as_it_came() -> None:
    def function(x: Any) -> Any:
        if x > 0:
            raise ValueError("no")
        return x

    assert told(function, 1.0) == [f"if x > 0: {CHOICE}"]
    assert told(lambda: 1) == []
    assert told(lambda: 1, 2.0) == []


class Odd(Module):
    """A model that cannot be copied, for it holds a node that was computed."""

    def __init__(self) -> None:
        self.w = Value(2.0, "w")
        self.square = self.w * self.w

    def forward(self, x: Any) -> Any:
        y = x * self.square
        return y if y > 0 else -y


def test_a_model_that_cannot_be_copied_is_run_as_it_is() -> None:
    model = Odd()
    assert told(lambda m, x: m(x), model, 3.0) == [f"return y if y > 0 else -y: {CHOICE}"]
    assert type(model.w) is type(Value(1.0))


def test_the_top_floor_hands_it_down_and_the_target_of_a_sample_is_a_plain_number() -> None:
    def loss(model: Any, x: Any, y: float) -> Any:
        target = 1.0 if y > 0 else -1.0
        return hinge(model, x, target)

    lines = places.frozen_choices(loss, (MLP(1, [1], rng=0), [0.5], 3.0))
    assert [line.partition(": ")[2] for line in lines] == [
        f"return margin if margin > 0 else margin * 0: {CHOICE}"
    ]


def test_the_page_of_a_training_has_it() -> None:
    assert vars(training)["frozen_choices"] is places.frozen_choices
