"""`grad` and `value_and_grad`: a function's gradient as a function."""

import functools
from typing import Any, overload

from ..engine.arguments import truth
from ..engine.node import Node
from ..engine.numbers import number
from ..engine.op import Op
from .compiled_function import compiled_too
from .signatures import Gradient, ValueAndGradient
from .tracing import Argnums, Function, FunctionRun, check_derivative
from .trees import describe, flatten


def _scalar(output: Any, name: str) -> Any:
    if isinstance(output, Node):
        return output
    try:
        return number(output)
    except TypeError:
        several = isinstance(output, (list, tuple, dict))
        advice = (
            "for several outputs use jacobian, or vjp, and has_aux=True for other results"
            if several
            else "return the Value itself"
        )
        kind = type(output).__name__
        raise TypeError(
            f"{name} needs a function that returns one Value, got {kind}: {advice}"
        ) from None


def like(f: Function, transformed: Function) -> Function:
    """The transformed function, with the name and the signature of `f`."""
    # The text of an op is not copied, for it is made when it is read.
    copied = () if isinstance(f, Op) else functools.WRAPPER_ASSIGNMENTS
    return functools.update_wrapper(transformed, f, copied, ())


@overload
def value_and_grad(f: Function) -> ValueAndGradient: ...
@overload
def value_and_grad(f: Function, argnums: Argnums, *, has_aux: bool = False) -> Function: ...
@overload
def value_and_grad(f: Function, *, has_aux: bool) -> Function: ...
@compiled_too
def value_and_grad(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """The function that gives ``(f(*args), gradient)``.

    Args:
        f: a function of numbers, or structures of them, that returns one Value.
        argnums: which argument to differentiate by; several for a tuple of gradients.
        has_aux: whether `f` returns a pair, the Value to differentiate and any other results.

    Returns:
        A function with the arguments of `f`. Its results are plain numbers, unless it runs inside
        another transform or the argument it differentiates by holds Values: then they stay
        connected. Values that `f` has from elsewhere, such as the parameters of a model, do not
        count: for a loss that holds a derivative by its input, pass that as a Value, or take the
        gradient of the loss by the model, outside. Keyword arguments are handed on as they are.
        With `has_aux` it gives ``((value, aux), gradient)``, where numbers in `aux` are as the
        others; what is no number stays as it is.

    Raises:
        TypeError: when called, if `f` returns something else.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
        >>> value_and_grad(lambda x: (x * x, {"half": x / 2.0}), has_aux=True)(3.0)
        ((9.0, {'half': 1.5}), 6.0)
    """

    return _value_and_grad(f, argnums, "value_and_grad", has_aux)


def _value_and_grad(f: Function, argnums: Argnums, name: str, has_aux: bool = False) -> Function:
    check_derivative(name, f, argnums)
    truth("has_aux", has_aux)

    def transformed(*args: Any, **options: Any) -> tuple[Any, Any]:
        run = FunctionRun(f, args, argnums, name, options)
        output, aux = _with_aux(run.output, name) if has_aux else (run.output, None)
        output = _scalar(output, name)
        gradient = run.gradient(output)
        value = run.value(output)
        if has_aux:
            leaves, treedef = flatten(aux, f"{name}: the other results")
            value = value, treedef.unflatten(run.value(x) if _is_number(x) else x for x in leaves)
        return run.tie((value, run.like_inputs(gradient)))  # type: ignore[no-any-return]

    return like(f, transformed)


def _with_aux(output: Any, name: str) -> tuple[Any, Any]:
    """The two that a function with `has_aux` gives."""
    if not isinstance(output, tuple) or len(output) != 2:
        raise TypeError(
            f"{name} with has_aux=True needs a function that returns a pair, the Value to "
            f"differentiate and other results, got {describe(output)}: return (value, aux)"
        )
    return output


def _is_number(x: Any) -> bool:
    return isinstance(x, Node) or type(x) is float


@overload
def grad(f: Function) -> Gradient: ...
@overload
def grad(f: Function, argnums: Argnums, *, has_aux: bool = False) -> Function: ...
@overload
def grad(f: Function, *, has_aux: bool) -> Function: ...
@compiled_too
def grad(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """The gradient of `f` as a function with the same arguments; see `value_and_grad`.

    With `has_aux` it gives ``(gradient, aux)``.

    Example:
        >>> from autograd import grad
        >>> grad(grad(lambda x: x**3))(2.0)
        12.0
        >>> grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 5.0})
        {'a': 5.0, 'b': 2.0}
    """
    if not truth("has_aux", has_aux):
        return gradient_of(f, argnums, "grad")
    with_value = _value_and_grad(f, argnums, "grad", has_aux)

    def with_aux(*args: Any, **options: Any) -> tuple[Any, Any]:
        (_, aux), gradient = with_value(*args, **options)
        return gradient, aux

    return like(f, with_aux)


def gradient_of(f: Function, argnums: Argnums, name: str) -> Function:
    """The gradient of `f` as a function, for the transform `name`."""
    with_value = _value_and_grad(f, argnums, name)
    return like(f, lambda *args, **options: with_value(*args, **options)[1])
