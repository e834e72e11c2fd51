"""`audit`: a healthy model has no finding, and what a loss may be."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import autograd as ag
from autograd import Value
from autograd.engine.graph import topological_order
from autograd.nn import MLP, Neuron
from autograd.teach import audit
from tests.models import DATA, squared


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "gelu"])
def test_a_healthy_model_has_no_finding(activation: str) -> None:
    model, random = MLP(2, [8, 1], activation, rng=0), Random(0)
    xs = [[random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0)] for _ in range(20)]
    found = audit(model, squared(model), xs)
    assert found.findings == ()
    assert found.ok
    assert (found.parameters, found.reached, found.samples) == (33, 33, 20)
    assert found.text.splitlines() == [
        f"MLP: 33 parameters, 20 losses, {found.nodes:,} nodes",
        "everything reached: 33 of 33 get a gradient",
        "no finding",
    ]


def test_the_loss_is_a_value_or_a_function_of_nothing_or_of_each_sample() -> None:
    model = MLP(2, [3, 1], rng=0)
    loss = squared(model)

    def batch() -> Value:
        total: Value = ag.sum([loss(sample) for sample in DATA])
        return total

    once, called, each = audit(model, batch()), audit(model, batch), audit(model, loss, iter(DATA))
    assert (once.samples, called.samples, each.samples) == (1, 1, len(DATA))
    assert once.ok
    assert called.ok
    assert each.ok


def test_nobody_s_grad_changes() -> None:
    model = MLP(2, [3, 1], rng=0)
    loss = squared(model)(DATA[0])
    loss.backward()
    nodes = topological_order(loss)
    before = [node.grad for node in nodes]
    audit(model, loss)
    assert [node.grad for node in nodes] == before


WRONG: Any = 3.0


def gives_a_float() -> Any:
    return 3.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: audit(WRONG, m), TypeError, "audit takes a Module, got float"),
        (lambda m: audit(m, WRONG), TypeError, "loss is a Value or a function"),
        (lambda m: audit(m, gives_a_float), TypeError, "loss is to give a Value, and gave float"),
        (lambda m: audit(m, Value(1.0), [1.0]), TypeError, "with data, loss is a function"),
        (lambda m: audit(m, m, []), ValueError, "data is empty"),
    ],
)
def test_errors_say_what_is_wanted(
    call: Callable[[Any], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call(Neuron(1, rng=0))
