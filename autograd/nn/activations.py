"""Activations: the functions that stand between layers, by the names that they have here.

A name can be copied and pickled, and printed. Of a function that is no row of the calculus only
the function itself is known.
"""

from collections.abc import Callable
from typing import Any

from ..engine import calculus as c
from ..engine.messages import short_repr
from ..engine.op import Op
from ..engine.value import Value

Activation = str | Callable[[Any], Any] | None

RELU_FAMILY = {op.name: op for op in (c.relu, c.leaky_relu, c.elu, c.silu, c.gelu, c.softplus)}
_OTHERS = (c.tanh, c.sigmoid, c.erf, c.atan, c.asinh, c.sin, c.cos, c.exp, c.abs)
ACTIVATIONS: dict[str, Op] = RELU_FAMILY | {op.name: op for op in _OTHERS}
METHODS: dict[str, Callable[[Any], Any]] = {name: getattr(Value, name) for name in ACTIVATIONS}


def check_activation(activation: Activation) -> Activation:
    """The activation, by name if it has one here: a name can be copied and pickled."""
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            known = ", ".join(sorted(ACTIVATIONS))
            raise ValueError(
                f"there is no activation named {short_repr(activation)}: use one of {known}, a "
                "function, or None for a linear layer"
            )
    elif isinstance(activation, Op) and ACTIVATIONS.get(activation.name) is activation:
        return activation.name
    elif activation is not None and (isinstance(activation, type) or not callable(activation)):
        raise TypeError(
            f"an activation is a name, a function or None, got {short_repr(activation)}"
        )
    return activation


def describe(activation: Activation) -> str:
    """The activation in a repr, after what stands before it."""
    if activation is None or isinstance(activation, str):
        return f", {activation}" if activation else ""
    kind = type(activation).__name__
    return f", {getattr(activation, 'name', None) or getattr(activation, '__name__', kind)}"


def activate(activation: Activation, z: Any) -> Any:
    """The activation of one number or Value; None gives it back."""
    if activation is None:
        return z
    if not isinstance(activation, str):
        return activation(z)
    # The method of a Value is the same op, at a third of the time.
    methods = METHODS if isinstance(z, Value) else ACTIVATIONS
    return methods[activation](z)
