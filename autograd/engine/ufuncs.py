"""numpy's functions applied to a Value: the ops of this library, or an error that names them.

``np.exp(value)`` is ``autograd.exp(value)``. numpy itself is never imported here.
"""

import importlib
import operator
from collections.abc import Callable
from typing import Any, cast

from . import calculus as c
from .node import Node
from .numbers import is_array, number
from .op import Carrier

_OPS: dict[str, Callable[..., Any]] = {
    **{op.name: op for op in (c.exp, c.expm1, c.log, c.log1p, c.log2, c.log10, c.sqrt, c.cbrt)},
    **{op.name: op for op in (c.sin, c.cos, c.tan, c.sinh, c.cosh, c.tanh, c.hypot, c.erf)},
    **{op.name: op for op in (c.maximum, c.minimum, c.floor, c.ceil, c.trunc, c.sign)},
    "absolute": c.abs,
    "add": c.add,
    "arccos": c.acos,
    "arccosh": c.acosh,
    "arcsin": c.asin,
    "arcsinh": c.asinh,
    "arctan": c.atan,
    "arctan2": c.atan2,
    "arctanh": c.atanh,
    "divide": c.div,
    "equal": operator.eq,
    "exp2": lambda x: c.pow(2.0, x),
    "expit": c.sigmoid,
    "fabs": c.abs,
    "float_power": c.pow,
    "floor_divide": c.floordiv,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "less": operator.lt,
    "less_equal": operator.le,
    "logaddexp": c.logsumexp,
    "multiply": c.mul,
    "negative": c.neg,
    "not_equal": operator.ne,
    "positive": operator.pos,
    "power": c.pow,
    "reciprocal": lambda x: c.div(1.0, x),
    "remainder": c.mod,
    "rint": c.round,
    "square": lambda x: c.mul(x, x),
    "subtract": c.sub,
}
_COMPARISONS = {"equal", "greater", "greater_equal", "less", "less_equal", "not_equal"}


def of_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """The result of a numpy function for Values and numbers: that of the op with its name.

    An array is compared with a Value element by element, which gives an array of bools.

    Raises:
        TypeError: for an array, for an option, and where there is no such op.
    """
    name = f"the array function {ufunc.__name__}"
    if method != "__call__" or options:
        how = ", ".join(options) if method == "__call__" else f".{method}"
        raise TypeError(
            f"{name} with {how} takes no Values: use the functions of this library, such as "
            "autograd.sum, or take value.data for the number"
        )
    op = _OPS.get(ufunc.__name__)
    if op is None:
        raise TypeError(
            f"{name} is none of Values: write it with functions of this library, which "
            "dir(autograd) lists, or take value.data for the number"
        )
    if ufunc.__name__ in _COMPARISONS and any(map(is_array, inputs)):
        return ufunc(
            *[cast(Any, x).data if isinstance(x, Node) else x for x in inputs]
        )  # one by one
    return op(*[x if isinstance(x, Carrier) else _scalar(x, name) for x in inputs])


def _scalar(x: Any, name: str) -> float:
    if is_array(x):
        raise TypeError(
            f"{name} takes no array together with a Value: go through the elements, as in "
            "[x * value for x in array.tolist()]"
        )
    return number(x.item() if hasattr(x, "item") else x, f"an operand of {name}")


def of_array(self: Any, dtype: Any = None, copy: Any = None) -> Any:
    """Refuse to be an element of an array, unless it is explicitly one of objects."""
    if str(dtype) != "object":
        raise TypeError(
            "a numpy array does not hold Values: take the numbers, as in "
            "np.array([value.data for value in values]), or keep Values in lists, for functions "
            "of this library such as autograd.sum, autograd.mean, autograd.dot and autograd.where"
        )
    element = importlib.import_module("numpy").empty((), object)
    element[()] = self
    return element
