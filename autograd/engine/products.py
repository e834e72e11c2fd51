"""Many products at once: what ``[x * y for ...]`` makes, at two thirds of the time."""

from collections.abc import Sequence
from operator import mul
from typing import Any

from . import calculus as c
from .native import native
from .node import UNREACHED
from .value import Leaf, Value
from .watching import in_force

_new = object.__new__


def products(xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
    """The products of the elements of two sequences of one length.

    What the context says, such as which call is running, is asked once for all nodes, and each is
    made as `Value` makes it.

    Example:
        >>> from autograd import Value
        >>> [product.data for product in products([Value(2.0), Value(3.0)], [5.0, 7.0])]
        [10.0, 21.0]
    """
    if native is not None and len(xs) == len(ys):
        return list(map(mul, xs, ys))
    here = in_force()
    if here.watchers or here.forgetting:
        return [x * y for x, y in zip(xs, ys, strict=True)]
    call, made = here.call, []
    for x, y in zip(xs, ys, strict=True):
        kind = type(y)
        if type(x) is Leaf and (kind is Value or kind is Leaf or kind is float):
            left, right = x._data, y if kind is float else y._data
            product: Any = _new(Value)
            product.op, product.operands, product._recorded = c.mul, (x, y), (left, right)
            product._data, product._grad = left * right, UNREACHED
            if call is not None:
                product.note = call
        else:
            product = x * y
        made.append(product)
    return made
