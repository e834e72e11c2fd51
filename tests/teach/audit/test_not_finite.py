"""A nan or inf is followed from the op that made it to the loss."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.teach import audit
from tests.models import Two


def test_an_inf_has_its_way_from_the_op_that_made_it_to_the_loss() -> None:
    model = Two(lambda a, b: ((a - 2.0).log() + b) * 3.0)
    found = audit(model, model)
    loss = found.findings[0].nodes[-1]
    assert found.findings[0][:3] == (
        "inf",
        "log in Two",
        "log(0) made −inf, which reached the loss: t2 = log(t1) → t3 = t2 + b → root = t3·3 "
        "(in 1 loss)",
    )
    assert [node.op.name for node in found.findings[0].nodes if node.op] == ["log", "+", "*"]
    assert loss._data == -math.inf


def test_a_nan_is_followed_to_where_it_was_made() -> None:
    model = Two(lambda a, b: ((-a).sqrt() * b).exp() + 1.0)
    finding = audit(model, model).findings[0]
    assert (finding.kind, finding.where) == ("nan", "sqrt in Two")
    assert finding.what.startswith("√(−2) made nan, which reached the loss: t2 = √t1 → ")


def test_a_nan_that_was_given_is_a_leaf() -> None:
    model = Two(lambda a, b: a + b, a=math.nan)
    finding = audit(model, model).findings[0]
    assert (finding.kind, finding.where) == ("nan", "parameter a")
    assert (
        finding.what == "it was given as nan, which reached the loss: a → root = a + b (in 1 loss)"
    )


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (lambda a, b: a * math.nan + b, "it was given nan as operand 2, so 2·nan is nan"),
        (lambda a, b: math.inf - a, "it was given inf as operand 1, so ∞ − 2 is inf"),
        (lambda a, b: ag.sum([a, b, math.nan]), "it was given nan as operand 3, so 2 + 3 + nan is"),
        (lambda a, b: (a - 2.0).log() * math.nan, "it was given nan as operand 2, so −∞·nan is"),
        (lambda a, b: a * math.inf + (b - b) * math.nan, "it was given nan as operand 2, so 0·nan"),
        (lambda a, b: (a - 2.0).log() - math.inf, "log(0) made −inf"),
    ],
)
def test_a_nan_or_inf_that_was_given_as_a_plain_number_is_named(
    function: Callable[[Any, Any], Any], what: str
) -> None:
    model = Two(function)
    finding = audit(model, model).findings[0]
    assert finding.what.startswith(what)
    advised = "look where this number comes from"
    assert (finding.advice == advised) == what.startswith("it was given")


def test_a_long_way_of_a_nan_is_abridged_and_needs_no_recursion() -> None:
    model = Two(lambda a, b: b)

    def loss() -> Value:
        x = (-model.a).log() + model.b
        for _ in range(5_000):
            x = x + 1.0
        return x

    finding = audit(model, loss).findings[0]
    assert len(finding.nodes) == 5_002
    assert "→ … 4,994 more … →" in finding.what


def test_an_inf_in_the_gradients_alone_is_found_too() -> None:
    model = Two(lambda a, b: (a - 2.0).sqrt() + b)
    finding = audit(model, model).findings[0]
    assert finding[:3] == (
        "inf",
        "the gradient at sqrt in Two",
        "√0 has the local derivative inf by t1, which gets 1 · inf = inf (in 1 loss)",
    )


def test_gradients_that_overflow_in_their_sum() -> None:
    model = Two(lambda a, b: a * 1e-300 * 1e308 + a * 1.7e308 * 1.0 + b, a=1e-10)

    def loss() -> Value:
        return model.a * 1.7e308 + model.a * 1.7e308 + model.b

    finding = audit(model, loss).findings[0]
    assert finding[:2] == ("inf", "the gradient at parameter a")
    assert finding.what == "the contributions to a add up to inf (in 1 loss)"


def test_an_inf_that_does_no_harm_is_no_finding() -> None:
    model = Two(lambda a, b: ag.logsumexp([a, b, constant(-math.inf)]))
    assert audit(model, model).ok
