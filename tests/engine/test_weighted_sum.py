"""A weighted sum is what its ops, one by one, make."""

from typing import Any

import pytest

import autograd as ag
from autograd import NonFiniteError, Value, compile, constant, no_grad, strict
from autograd.engine.weighted_sum import weighted_sum


class Mine(Value):
    """A Value of a subclass."""


x, y = Value(2.0), Value(-0.0)
PAIRS: list[tuple[Any, Any]] = [
    *[(x, y), (y, x), (x, x), (x, x * y), (x * y, x), (x, 3.0), (x, 3), (3.0, x), (2.0, 3.0)],
    *[(x, constant(3.0)), (constant(3.0), x), (Mine(3.0), x), (x, Mine(3.0)), (x, float("inf"))],
]
BIASES: list[Any] = [None, x, y * y, 3.0, -0.0, 3, constant(3.0), Mine(3.0)]


def told(node: Any) -> Any:
    """All that a node says of how it was made, and of the products that it was made from."""
    if not isinstance(node, Value) or node.is_leaf:
        return node
    made = type(node), node.op, repr(node.data), list(map(repr, node.recorded))
    return *made, node.grad, node.call, node.label, list(map(told, node.operands))


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize(("weight", "given"), PAIRS)
def test_it_is_what_the_operators_give(weight: Any, given: Any, bias: Any) -> None:
    for weights, inputs in ([weight], [given]), ([x, weight, 0.5], [1.5, given, x]):
        terms = [w * i for w, i in zip(weights, inputs, strict=True)]
        expected = ag.sum(terms if bias is None else [*terms, bias])
        assert told(weighted_sum(weights, inputs, bias)) == told(expected)


def test_what_the_context_says_holds_for_each_node() -> None:
    with no_grad():
        assert weighted_sum([x, x], [x, 2.0], None).is_leaf
    with strict(), pytest.raises(NonFiniteError, match="made inf"):
        weighted_sum([x, Value(1e300)], [x, 1e300], None)


def test_compiled_it_is_the_same_bits() -> None:
    compiled: Any = compile(lambda xs, ys: weighted_sum(xs, ys, 0.25), backend="python")
    compiled.verify([0.1, 0.2], [0.3, -7.0])


def test_more_terms_than_the_engine_in_c_knows_are_summed_too() -> None:
    ones = [Value(1.0) for _ in range(1_000)]
    assert weighted_sum(ones, [2.0] * len(ones), x).data == 2_002.0


def test_sequences_of_two_lengths_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        weighted_sum([x, x], [1.0], None)
