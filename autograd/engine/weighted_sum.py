"""The sum of a neuron, at two thirds of the time that its ops take one by one."""

from collections.abc import Sequence
from typing import Any

from . import calculus as c
from .native import natively
from .node import UNREACHED
from .value import Leaf, Value
from .watching import in_force, running

_new = object.__new__


@natively
def weighted_sum(weights: Sequence[Any], inputs: Sequence[Any], bias: Any) -> Any:
    """The node ``sum([w * x for w, x in zip(weights, inputs)] + [bias])``, without a bias of None.

    What the context says, such as which call is running, is asked once for all nodes, and each is
    made as `Value` makes it.

    Example:
        >>> from autograd import Value
        >>> weighted_sum([Value(2.0), Value(3.0)], [5.0, 7.0], Value(0.5)).data
        31.5
    """
    here = in_force()
    if here.watchers or here.forgetting or not (bias is None or type(bias) is Leaf):
        return _by_operators(weights, inputs, bias)
    call = running.get()
    terms: list[Any] = []
    numbers = []
    for x, y in zip(weights, inputs, strict=True):
        kind = type(y)
        if type(x) is not Leaf or not (kind is Value or kind is Leaf or kind is float):
            return _by_operators(weights, inputs, bias)
        left, right = x._data, y if kind is float else y._data
        product: Any = _new(Value)
        product.op, product.operands, product._recorded = c.mul, (x, y), (left, right)
        product._data, product._grad = left * right, UNREACHED
        if call is not None:
            product.note = call
        terms.append(product)
        numbers.append(product._data)
    if bias is not None:
        terms.append(bias)
        numbers.append(bias._data)
    total: Any = _new(Value)
    total.op, total.operands, total._recorded = c.sum, tuple(terms), tuple(numbers)
    total._data, total._grad = c.sum.forward(*numbers), UNREACHED
    if call is not None:
        total.note = call
    return total


def _by_operators(weights: Sequence[Any], inputs: Sequence[Any], bias: Any) -> Any:
    terms = [x * y for x, y in zip(weights, inputs, strict=True)]
    return c.sum(terms if bias is None else [*terms, bias])
