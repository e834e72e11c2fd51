"""Parameters that no gradient reaches, and where it stops on the way to them."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.nn import MLP
from autograd.teach import Finding, audit
from tests.models import DATA, Two, of_kind, squared


def test_parameters_that_take_no_part_are_unused() -> None:
    model = MLP(2, [2, 1], rng=0)
    model.spare = Value(1.0)  # type: ignore[attr-defined]
    found = audit(model, squared(model), DATA)
    assert found.findings == (
        Finding(
            "unused",
            "spare",
            "takes no part in 4 losses",
            "use it in forward, not through .data, detach() or no_grad(); or remove it",
        ),
    )
    assert (found.parameters, found.reached, found.ok) == (10, 9, False)


@pytest.mark.parametrize(
    ("function", "where", "reason"),
    [
        (lambda a, b: a + b.step(), ["b"], "step in Two is flat: its derivative is 0 everywhere"),
        (lambda a, b: a + (-b).relu(), ["b"], "relu in Two has the local derivative 0 at relu(−3)"),
        (lambda a, b: a + 0.0 * b, ["b"], "* in Two multiplies it by 0"),
        (lambda a, b: a + ag.dot([b], [constant(0.0)]), ["b"], "dot in Two multiplies it by 0"),
        (lambda a, b: ag.where(1.0, a, b), ["b"], "where in Two takes another operand"),
        (lambda a, b: ag.lookup([a, b.exp()], 0), ["b"], "lookup in Two takes another operand"),
        (lambda a, b: a + (b - b), ["b"], "the contributions to parameter b add up to 0"),
        (
            lambda a, b: a + 1e-200 * (1e-200 * b),
            ["b"],
            "* in Two passes back 1e−200 · 1e−200, too small for a float",
        ),
        (lambda a, b: (a + b).tanh().floor(), ["a", "b"], "floor in Two is flat"),
        (
            lambda a, b: a + ag.clip(b * b, 0.0, 1.0),
            ["b"],
            "clip in Two has the local derivative 0",
        ),
    ],
)
def test_unreached_parameters_say_where_the_flow_stops(
    function: Callable[[Any, Any], Any], where: list[str], reason: str
) -> None:
    model = Two(function)
    found = of_kind(audit(model, model), "unreached")
    assert [finding.where for finding in found] == where
    assert all(f.what.startswith(f"gradient 0 from 1 loss: {reason}") for f in found)
    assert all(f.advice.endswith("one loss says little: pass data=") for f in found)


def test_a_parameter_that_any_sample_reaches_is_reached() -> None:
    model = Two(lambda a, b: None)

    def loss(sample: float) -> Value:
        return ag.where(sample, model.a, model.b)

    assert audit(model, loss, [0.0, 1.0]).ok
    assert [f.where for f in audit(model, loss, [1.0, 1.0]).findings] == ["b"]
