"""Derivatives as functions of functions: grad, jvp, vjp, jacobian, hessian and their kin.

Each of them runs the function once (`tracing.py`) and hands the recorded graph to the one chain
rule.
"""

from typing import Any, Literal, overload

from ..engine.calculus import dot, fixed
from ..engine.node import Node
from ..engine.op import ONE
from ..engine.value import Value
from ..engine.watching import with_history
from .compiled_function import CompiledFunction, compiled_too
from .gradient import grad, gradient_of, like, value_and_grad
from .matching import leaves_like
from .signatures import T
from .tracing import (
    Argnums,
    Function,
    FunctionRun,
    check_derivative,
    forward_mode,
    gradients_by,
    order_of,
)
from .trees import flatten_numbers


@overload
def gradients(output: Value, inputs: T, *, create_graph: Literal[True] = True) -> T: ...
@overload
def gradients(output: Value, inputs: Any, *, create_graph: bool) -> Any: ...
def gradients(output: Value, inputs: Any, *, create_graph: bool = True) -> Any:
    """d output / d input on a graph that is recorded already.

    Args:
        output: a Value.
        inputs: a Value, or a structure of Values, that `output` was computed from.
        create_graph: give Values, which can be differentiated again; else numbers.

    Returns:
        The structure of `inputs`, 0 where there is no path. No `grad` changes.

    Example:
        >>> from autograd import Value, gradients
        >>> x = Value(3.0)
        >>> first = gradients(x**3, x)
        >>> first.data, gradients(first, x, create_graph=False)
        (27.0, 18.0)
    """
    leaves, treedef = flatten_numbers(inputs, "gradients: inputs")
    for x in (output, *leaves):
        if not isinstance(x, Node):
            raise TypeError(f"gradients takes Values of a recorded graph, got {type(x).__name__}")
    is_recorded = output.is_traced  # then numbers are those of each call
    found = gradients_by(leaves, output, create_graph or is_recorded)
    if create_graph:
        found = [x if isinstance(x, Node) else Value(x).detach() for x in found]
    elif is_recorded:
        found = [fixed(x) for x in found]
    return treedef.unflatten(found)


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """The output of `f`, and the function from upstream to gradients: reverse mode.

    Returns:
        ``f(*primals)`` and a function that takes a structure like the output, the upstream, and
        gives a tuple with the gradient by each of the primals.

    Example:
        >>> from autograd import vjp
        >>> output, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
        >>> output, pull([1.0, 10.0])
        ([6.0, 5.0], (13.0, 12.0))
    """
    check_derivative("vjp", f)
    run = FunctionRun(f, primals, range(len(primals)), "vjp")
    outputs, treedef = flatten_numbers(run.output, "vjp: the output")

    def pull(upstream: Any) -> tuple[Any, ...]:
        seeds = leaves_like(upstream, run.output, "vjp: the upstream")
        connected = run.connected or any(isinstance(seed, Node) for seed in seeds)
        with with_history():
            root = dot(outputs, seeds)
        return run.like_inputs(gradients_by(run.inputs, root, connected))  # type: ignore[no-any-return]

    return run.tie((treedef.unflatten([run.value(x) for x in outputs]), pull))  # type: ignore[no-any-return]


def jvp(f: Function, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """The output of `f` and its derivative in the direction `tangents`: forward mode.

    Args:
        f: a function of numbers, or structures of them.
        primals: a tuple of its arguments; anything else is taken for the only argument.
        tangents: numbers in the same structure.

    Example:
        >>> from autograd import jvp
        >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
        (6.0, 3.0)
    """
    return _jvp(f, primals, tangents, "jvp")


def _jvp(f: Function, primals: Any, tangents: Any, name: str) -> tuple[Any, Any]:
    if isinstance(f, CompiledFunction) and not f.static:
        return f.transformed(_directional, name)(primals, tangents)
    check_derivative(name, f)
    args, directions = _as_arguments(primals), _as_arguments(tangents)
    run = FunctionRun(f, args, range(len(args)), name)
    seeds = leaves_like(directions, args, f"{name}: tangents")
    connected = run.connected or any(isinstance(seed, Node) for seed in seeds)
    outputs, treedef = flatten_numbers(run.output, f"{name}: the output")
    with with_history():
        order = order_of(outputs)
    flows = forward_mode(outputs, order, dict(zip(run.inputs, seeds, strict=True)), connected)
    values, flows = [run.value(x) for x in outputs], [run.derivative(x) for x in flows]
    return run.tie((treedef.unflatten(values), treedef.unflatten(flows)))  # type: ignore[no-any-return]


def _directional(f: Function, name: str) -> Function:
    """`jvp` of `f` as a function of primals and tangents."""
    return lambda primals, tangents: _jvp(f, primals, tangents, name)


def _as_arguments(primals: Any) -> tuple[Any, ...]:
    return primals if isinstance(primals, tuple) else (primals,)


@compiled_too
def jacrev(f: Function, argnums: Argnums = 0) -> Function:
    """The Jacobian of `f`, one reverse sweep per output.

    Returns:
        A function that gives the structure of the output, with the structure of the argument in
        the place of each of its numbers: for lists, rows of d output[i] / d argument[j].

    Example:
        >>> from autograd import jacrev
        >>> jacrev(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """

    return _jacrev(f, argnums, "jacrev")


def _jacrev(f: Function, argnums: Argnums, name: str) -> Function:
    check_derivative(name, f, argnums)

    def transformed(*args: Any, **options: Any) -> Any:
        run = FunctionRun(f, args, argnums, name, options)
        outputs, treedef = flatten_numbers(run.output, f"{name}: the output")
        rows = [run.like_inputs(run.gradient(output)) for output in outputs]
        return run.tie(treedef.unflatten(rows))

    return like(f, transformed)


@compiled_too
def jacfwd(f: Function, argnums: Argnums = 0) -> Function:
    """The Jacobian of `f`, one forward sweep per input; see `jacrev`.

    Example:
        >>> from autograd import jacfwd
        >>> jacfwd(lambda x: [x, x * x])(3.0)
        [1.0, 6.0]
    """

    return _jacfwd(f, argnums, "jacfwd")


def _jacfwd(f: Function, argnums: Argnums, name: str) -> Function:
    check_derivative(name, f, argnums)

    def transformed(*args: Any, **options: Any) -> Any:
        run = FunctionRun(f, args, argnums, name, options)
        outputs, treedef = flatten_numbers(run.output, f"{name}: the output")
        with with_history():
            order = order_of(outputs)
        columns = [forward_mode(outputs, order, {x: ONE}, run.connected) for x in run.inputs]
        rows = [run.like_inputs([column[i] for column in columns]) for i in range(len(outputs))]
        return run.tie(treedef.unflatten(rows))

    return like(f, transformed)


@compiled_too
def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """The Jacobian of `f`: `jacrev`, which suits more inputs than outputs.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda x, y: [x * y, y], argnums=(0, 1))(2.0, 3.0)
        [(3.0, 2.0), (0.0, 1.0)]
    """
    return _jacrev(f, argnums, "jacobian")


@compiled_too
def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The matrix of second derivatives, forward over reverse.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
        [[6.0, 4.0], [4.0, 0.0]]
    """
    return _jacfwd(gradient_of(f, argnums, "hessian"), argnums, "hessian")


def hvp(f: Function, primals: Any, tangents: Any) -> Any:
    """The Hessian of `f` times a direction, without the Hessian: forward over reverse.

    Args:
        f: a function that returns one Value.
        primals: a tuple of its arguments; anything else is taken for the only argument.
        tangents: numbers in the same structure.

    Returns:
        The structure of the argument; of several arguments a tuple.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda x: x[0] ** 2 * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
        [6.0, 4.0]
    """
    count = len(_as_arguments(primals))
    settings = 0 if count == 1 else range(count), "hvp"
    gradient = compiled_too(gradient_of)(f, *settings)
    return _jvp(gradient, primals, tangents, "hvp")[1]


__all__ = [
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "value_and_grad",
    "vjp",
]
