"""Many products at once are the products one by one."""

from typing import Any

import pytest

from autograd import NonFiniteError, Value, compile, constant, no_grad, strict
from autograd.engine.products import products


class Mine(Value):
    """A Value of a subclass."""


x, y = Value(2.0), Value(-0.0)
PAIRS: list[tuple[Any, Any]] = [
    *[(x, y), (y, x), (x, x), (x, x * y), (x * y, x), (x, 3.0), (x, 3), (3.0, x), (2.0, 3.0)],
    *[(x, constant(3.0)), (constant(3.0), x), (Mine(3.0), x), (x, Mine(3.0)), (x, float("inf"))],
]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_each_is_what_the_operator_gives(left: Any, right: Any) -> None:
    (found,), expected = products([left], [right]), left * right
    assert type(found) is type(expected)
    if isinstance(expected, Value):
        assert (found.op, found.operands) == (expected.op, expected.operands)
        assert (repr(found.data), found.recorded) == (repr(expected.data), expected.recorded)
        assert (found.grad, found.call, found.label) == (0.0, None, "")
    else:
        assert found == expected


def test_what_the_context_says_holds_for_each() -> None:
    with no_grad():
        assert all(product.is_leaf for product in products([x, x], [x, 2.0]))
    with strict(), pytest.raises(NonFiniteError, match="made inf"):
        products([x, Value(1e300)], [x, 1e300])


def test_compiled_they_are_the_same_bits() -> None:
    compiled: Any = compile(lambda xs, ys: products(xs, ys), backend="python")
    compiled.verify([0.1, 0.2], [0.3, -7.0])


def test_sequences_of_two_lengths_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        products([x, x], [1.0])
