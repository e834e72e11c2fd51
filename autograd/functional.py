"""Derivatives as functions of functions: grad, jvp, vjp, jacobian, hessian and their kin.

Each of them runs the function once on fresh Values and hands the recorded graph to the one chain
rule. While that happens the fresh Values are leaves, so an inner transform never sees what an
outer one differentiates by; afterwards they are tied to what was passed, so that the result
can be differentiated again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from autograd import graph
from autograd.calculus import identity
from autograd.graph import ZERO, topological_order
from autograd.node import Node
from autograd.op import ONE
from autograd.recording import with_history
from autograd.structure import flatten, rebuild
from autograd.value import Value

Argnums = int | Sequence[int]
Function = Callable[..., Any]
_depth: ContextVar[int] = ContextVar("depth", default=0)  # transforms we are inside of


class _Run:
    """One run of a function on fresh Values: its inputs and its outputs."""

    def __init__(self, f: Function, args: Sequence[Any], argnums: Argnums, name: str) -> None:
        positions = _positions(argnums, len(args), name)
        chosen = [args[i] for i in positions]
        parts = [
            flatten(x, f"{name}: argument {i}") for i, x in zip(positions, chosen, strict=True)
        ]
        self.single = isinstance(argnums, int)
        self.builds = [build for _, build in parts]
        self.sizes = [len(leaves) for leaves, _ in parts]
        self.given = [leaf for leaves, _ in parts for leaf in leaves]
        # A Module is differentiated by its parameters themselves: they are leaves as they are.
        modules = [hasattr(x, "named_parameters") for x in chosen]
        own = [
            module for module, size in zip(modules, self.sizes, strict=True) for _ in range(size)
        ]
        self.inputs = [
            x if parameter else Value(x._data if isinstance(x, Node) else x)
            for x, parameter in zip(self.given, own, strict=True)
        ]
        holds_values = any(
            isinstance(x, Node) and not parameter
            for x, parameter in zip(self.given, own, strict=True)
        )
        self.connected = holds_values or _depth.get() > 0
        fresh = list(args)
        for i, module, part in zip(positions, modules, self._structures(self.inputs), strict=True):
            fresh[i] = args[i] if module else part
        with _deeper(), with_history():
            self.output = f(*fresh)

    def _structures(self, leaves: Sequence[Any]) -> Iterator[Any]:
        """The structures of the chosen arguments, with `leaves` in them."""
        remaining = iter(leaves)
        return (build(remaining) for build in self.builds)

    def like_inputs(self, leaves: Sequence[Any]) -> Any:
        """The structure of the chosen argument, or a tuple of several, with `leaves` in it."""
        built = tuple(self._structures(leaves))
        return built[0] if self.single else built

    def gradient(self, output: Any, seed: Any = ONE) -> list[Any]:
        """seed · d output / d input for each input, as numbers or, if connected, nodes."""
        if not isinstance(output, Node):
            return [ZERO] * len(self.inputs)
        return graph.gradients(output, seed, self.connected, list(self.inputs))

    def tie(self, result: Any) -> Any:
        """`result`, once the inputs that stand for given Values are made to depend on them."""
        for fresh, given in zip(self.inputs, self.given, strict=True):
            if isinstance(given, Node) and fresh is not given:
                fresh.op, fresh.left, fresh.x = identity, given, given._data
        return result

    def plain(self, x: Any) -> Any:
        """An output as a number, or as the node that it is if connected."""
        return x._data if isinstance(x, Node) and not self.connected else x


@contextmanager
def _deeper() -> Iterator[None]:
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


def _positions(argnums: Argnums, count: int, name: str) -> list[int]:
    positions = [argnums] if isinstance(argnums, int) else list(argnums)
    for i in positions:
        if not isinstance(i, int) or isinstance(i, bool):
            raise TypeError(f"{name}: argnums is an int or a sequence of ints, got {argnums!r}")
        if not -count <= i < count:
            raise ValueError(f"{name}: argnums {i} is out of range for {count} argument(s)")
    return [i % count for i in positions]


def _scalar(output: Any, name: str) -> Any:
    if isinstance(output, Node):
        return output
    if type(output) in (int, float):
        return float(output)
    raise TypeError(
        f"{name} needs a function that returns one Value, got {type(output).__name__}: "
        "for several outputs use jacobian, or vjp"
    )


def value_and_grad(f: Function, argnums: Argnums = 0) -> Function:
    """The function that gives ``(f(*args), gradient)``.

    Args:
        f: a function of numbers, or structures of them, that returns one Value.
        argnums: which argument to differentiate by; several for a tuple of gradients.

    Returns:
        A function with the arguments of `f`. Its results are plain numbers, unless it runs inside
        another transform or the argument holds Values: then they stay connected.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """

    return _value_and_grad(f, argnums, "value_and_grad")


def _value_and_grad(f: Function, argnums: Argnums, name: str) -> Function:
    def transformed(*args: Any) -> tuple[Any, Any]:
        run = _Run(f, args, argnums, name)
        output = _scalar(run.output, name)
        gradient = run.gradient(output)
        return run.tie((run.plain(output), run.like_inputs(gradient)))  # type: ignore[no-any-return]

    return transformed


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """The gradient of `f` as a function with the same arguments; see `value_and_grad`.

    Example:
        >>> from autograd import grad
        >>> grad(grad(lambda x: x**3))(2.0)
        12.0
        >>> grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 5.0})
        {'a': 5.0, 'b': 2.0}
    """
    with_value = _value_and_grad(f, argnums, "grad")
    return lambda *args: with_value(*args)[1]


def gradients(output: Value, inputs: Any, create_graph: bool = True) -> Any:
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
    leaves, build = flatten(inputs, "gradients: inputs")
    for x in (output, *leaves):
        if not isinstance(x, Node):
            raise TypeError(f"gradients takes Values of a recorded graph, got {type(x).__name__}")
    found = graph.gradients(output, ONE, create_graph, leaves)
    if create_graph:
        found = [x if isinstance(x, Node) else Value(x).detach() for x in found]
    return rebuild(build, found)


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
    run = _Run(f, primals, range(len(primals)), "vjp")
    outputs, build = flatten(run.output, "vjp: the output")

    def pull(upstream: Any) -> tuple[Any, ...]:
        seeds = _matching(upstream, outputs, "vjp: the upstream")
        connected = run.connected or any(isinstance(seed, Node) for seed in seeds)
        total: list[Any] = [ZERO] * len(run.inputs)
        for output, seed in zip(outputs, seeds, strict=True):
            if isinstance(output, Node):
                some = graph.gradients(output, seed, connected, list(run.inputs))
                total = [_sum(x, y) for x, y in zip(total, some, strict=True)]
        return run.like_inputs(total)  # type: ignore[no-any-return]

    return run.tie((rebuild(build, [run.plain(x) for x in outputs]), pull))  # type: ignore[no-any-return]


def _sum(x: Any, y: Any) -> Any:
    """x + y, without a node where nothing has arrived yet."""
    return x if y is ZERO else y if x is ZERO else x + y


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
    args, directions = _as_arguments(primals), _as_arguments(tangents)
    run = _Run(f, args, range(len(args)), "jvp")
    seeds = _matching(directions, run.like_inputs(run.given), "jvp: tangents")
    run.connected = run.connected or any(isinstance(seed, Node) for seed in seeds)
    outputs, build = flatten(run.output, "jvp: the output")
    flows = _forward(outputs, dict(zip(run.inputs, seeds, strict=True)), run.connected)
    plain = [run.plain(x) for x in outputs]
    return run.tie((rebuild(build, plain), rebuild(build, flows)))  # type: ignore[no-any-return]


def _as_arguments(primals: Any) -> tuple[Any, ...]:
    return primals if isinstance(primals, tuple) else (primals,)


def _matching(tree: Any, like: Any, name: str) -> list[Any]:
    """The leaves of `tree`, which must be as many as in the structure it goes with."""
    leaves, wanted = flatten(tree, name)[0], flatten(like)[0]
    if len(leaves) != len(wanted):
        raise ValueError(f"{name} must hold {len(wanted)} number(s), got {len(leaves)}")
    return leaves


def _forward(outputs: Sequence[Any], tangents: Mapping[Any, Any], connected: bool) -> list[Any]:
    """Forward mode: a sweep over the recorded graph, with the same local derivatives."""
    known: dict[Any, Any] = dict(tangents)
    roots = [x for x in outputs if isinstance(x, Node)]
    for node in dict.fromkeys(node for root in roots for node in topological_order(root)):
        if node in known or node.op is None:
            continue
        for operand, local in graph.edges(node, connected):
            if operand in known:
                flow = graph.product(node.op, known[operand], local)
                known[node] = known[node] + flow if node in known else flow
    return [known.get(x, ZERO) if isinstance(x, Node) else ZERO for x in outputs]


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

    def transformed(*args: Any) -> Any:
        run = _Run(f, args, argnums, "jacrev")
        outputs, build = flatten(run.output, "jacrev: the output")
        rows = [run.like_inputs(run.gradient(output)) for output in outputs]
        return run.tie(rebuild(build, rows))

    return transformed


def jacfwd(f: Function, argnums: Argnums = 0) -> Function:
    """The Jacobian of `f`, one forward sweep per input; see `jacrev`.

    Example:
        >>> from autograd import jacfwd
        >>> jacfwd(lambda x: [x, x * x])(3.0)
        [1.0, 6.0]
    """

    def transformed(*args: Any) -> Any:
        run = _Run(f, args, argnums, "jacfwd")
        outputs, build = flatten(run.output, "jacfwd: the output")
        columns = [_forward(outputs, {x: ONE}, run.connected) for x in run.inputs]
        rows = [run.like_inputs([column[i] for column in columns]) for i in range(len(outputs))]
        return run.tie(rebuild(build, rows))

    return transformed


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """The Jacobian of `f`: `jacrev`, which suits more inputs than outputs.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda x, y: [x * y, y], argnums=(0, 1))(2.0, 3.0)
        [(3.0, 2.0), (0.0, 1.0)]
    """
    return jacrev(f, argnums)


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The matrix of second derivatives, forward over reverse.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
        [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacfwd(grad(f, argnums), argnums)


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
    return jvp(grad(f, 0 if count == 1 else range(count)), primals, tangents)[1]


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
