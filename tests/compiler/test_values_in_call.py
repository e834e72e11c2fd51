"""What of the arguments of a call is an operand, and the numbers in its place."""

from typing import Any

import numpy as np

from autograd import Value
from autograd.compiler.values_in_call import MOST_MODULES, ValueTaker
from autograd.nn import Neuron
from autograd.transforms.tracing import deeper


def test_a_call_without_values_is_none() -> None:
    model = Neuron(1, rng=0)
    for args in ((), (1.0, [2], {"a": None}), (np.ones(2), model), ("text",)):
        assert ValueTaker().take(args, {"k": 1.0}) is None


def test_each_value_is_an_operand_once_wherever_it_stands() -> None:
    x, y = Value(2.0), Value(3.0)
    call = ValueTaker().take(([x, 1.0], {"a": y}), {"k": x})
    assert call is not None
    assert (call.operands, call.slots) == ([x, y], (0, None, 1, 0))
    assert call.arguments() == (([2.0, 1.0], {"a": 3.0}), {"k": 2.0})
    assert call.arguments([5.0, 7.0]) == (([5.0, 1.0], {"a": 7.0}), {"k": 5.0})


def test_arrays_beside_them_are_lists() -> None:
    call = ValueTaker().take((np.array([[1, 2]]), Value(3.0)), {})
    assert call is not None
    (rows, number), _ = call.arguments()
    assert ([list(row) for row in rows], number) == ([[1.0, 2.0]], 3.0)


def test_the_parameters_of_a_module_are_operands_too() -> None:
    model, x, taker = Neuron(2, rng=0), Value(3.0), ValueTaker()
    for _ in range(2):
        call = taker.take((model, x), {})
        assert call is not None
        assert call.operands == [*model.parameters(), x]
        assert call.slots == ((0, 1, 2), 3)
        assert call.arguments()[0] == (model, 3.0)
    model.weights.append(Value(1.0))
    again = taker.take((model, x), {})
    assert again is not None
    assert again.operands == [*model.parameters(), x]


def test_a_module_that_is_differentiated_by_makes_a_call_one_of_values() -> None:
    model, other = Neuron(1, rng=0), Neuron(1, rng=1)
    with deeper(model.parameters()):
        assert ValueTaker().take((other, 1.0), {}) is None
        call = ValueTaker().take((model, 1.0), {})
    assert call is not None
    assert call.operands == model.parameters()


def test_no_more_than_a_few_modules_are_remembered() -> None:
    taker = ValueTaker()
    for seed in range(3 * MOST_MODULES):
        taker.take((Neuron(1, rng=seed), Value(1.0)), {})
        assert len(taker._modules) <= MOST_MODULES


def test_what_is_too_deep_is_left_to_the_check_that_names_it() -> None:
    nested: Any = Value(1.0)
    for _ in range(200):
        nested = [nested]
    assert ValueTaker().take((nested,), {}) is None
