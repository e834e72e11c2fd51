"""One run of a function on fresh Values, which every transform in `derivatives.py` starts with.

While the function runs the fresh Values are leaves, so an inner transform never sees what an
outer one differentiates by; afterwards they are tied to what was passed, so that the result
can be differentiated again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..engine import graph
from ..engine.arguments import check_function
from ..engine.calculus import fixed, identity, sum as total
from ..engine.graph import topological_order
from ..engine.messages import pluralize, short_repr
from ..engine.native import natively
from ..engine.nesting import is_module
from ..engine.node import Node
from ..engine.op import ONE
from ..engine.value import Constant, Value
from ..engine.watching import forgetting, with_history
from .trees import flatten_numbers, refuse_modules

Argnums = int | Sequence[int]
Function = Callable[..., Any]
_depth: ContextVar[int] = ContextVar("depth", default=0)  # transforms we are inside of
# The parameters of Modules that these transforms differentiate by.
differentiated: ContextVar[frozenset[Node]] = ContextVar("differentiated", default=frozenset())
# Whether what is computed is a sample of a batch, or a step of a scan. A gradient taken there goes
# through what depends on its inputs, and no further: that would be all anew for each sample.
inside_a_sample: ContextVar[bool] = ContextVar("inside_a_sample", default=False)


class FunctionRun:
    """One run of a function on fresh Values: its inputs and its outputs."""

    def __init__(
        self,
        f: Function,
        args: Sequence[Any],
        argnums: Argnums,
        name: str,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        positions = _positions(argnums, len(args), name, bool(options))
        chosen = {i: args[i] for i in positions}
        parts = [flatten_numbers(x, f"{name}: argument {i}") for i, x in chosen.items()]
        self.single = isinstance(argnums, int)
        self.treedefs = [treedef for _, treedef in parts]
        self.given = [leaf for leaves, _ in parts for leaf in leaves]
        # A Module is differentiated by its parameters themselves: they are leaves as they are.
        self.inputs = [
            x
            for argument, (leaves, _) in zip(chosen.values(), parts, strict=True)
            for x in (leaves if is_module(argument) else fresh_leaves(leaves))
        ]
        own = [x for x, given in zip(self.inputs, self.given, strict=True) if x is given]
        parameters = frozenset(own)
        if len(parameters) < len(own):
            raise ValueError(
                f"{name}: a parameter occurs in two arguments to differentiate by, but has one "
                "gradient: pass the Module once, or a copy.deepcopy of it"
            )
        others = (x for x in self.given if isinstance(x, Node) and x not in parameters)
        self.connected = _depth.get() > 0 or any(True for _ in others)
        fresh = list(args)
        for (i, x), part in zip(chosen.items(), self._structures(self.inputs), strict=True):
            if not is_module(x):
                refuse_modules(x, f"{name}: argument {i}")
                fresh[i] = part
        with deeper(parameters), with_history():
            self.output = f(*fresh, **(options or {}))

    def _structures(self, leaves: Sequence[Any]) -> Iterator[Any]:
        """The structures of the chosen arguments, with `leaves` in them."""
        remaining = iter(leaves)
        return (treedef.unflatten(remaining) for treedef in self.treedefs)

    def like_inputs(self, leaves: Sequence[Any]) -> Any:
        """The structure of the chosen argument, or a tuple of several, with these results."""
        built = tuple(self._structures(self._derivatives(leaves)))
        return built[0] if self.single else built

    def _derivatives(self, leaves: Sequence[Any]) -> Sequence[Any]:
        """The `derivative` of each, which of a node is itself outside of `no_grad`."""
        if forgetting():
            return [self.derivative(x) for x in leaves]
        return [x if isinstance(x, Node) else self.derivative(x) for x in leaves]

    def gradient(self, output: Any) -> list[Any]:
        """d output / d input for each input, as numbers or, if connected, nodes."""
        return gradients_by(self.inputs, output, self.connected)

    def value(self, x: Any) -> Any:
        """An output as a number or, if connected, as a Value; inside `no_grad` without history."""
        if not self.connected:
            return x._data if isinstance(x, Node) else x
        return self.derivative(x)

    def derivative(self, x: Any) -> Any:
        """A derivative: a number, or a Value if connected, without history inside `no_grad`."""
        if isinstance(x, Node):
            return identity(x) if forgetting() else x
        return Constant(x) if self.connected else x

    def tie(self, result: Any) -> Any:
        """`result`, once the inputs that stand for given Values are made to depend on them."""
        tie(self.inputs, self.given)
        return result


def gradients_by(inputs: Sequence[Any], output: Any, connected: bool) -> list[Any]:
    """d output / d input for each of the inputs, 0 where there is no path."""
    if not isinstance(output, Node):
        found: dict[Node, Any] = {}
    elif connected and inside_a_sample.get() and not output.is_constant:
        found = {output: ONE}
        graph.flow_back(found, reversed(_between(inputs, output)), connected=True)
        found = {x: +found[x] for x in inputs if x in found}
    else:
        found = graph.gradients(output, connected=connected)
    return [found.get(x, 0.0) for x in inputs]


def _between(inputs: Sequence[Any], output: Node) -> list[Node]:
    """The nodes of `output` that are computed from the inputs, operands before results."""
    reached = set(inputs)
    found = []
    for node in topological_order(output, fixed):
        if any(type(x) is not float and x in reached for x in node.operands):
            reached.add(node)
            found.append(node)
    return found


@natively
def fresh_leaves(given: Sequence[Any]) -> list[Any]:
    """A leaf for each of these numbers and Values, of its kind."""
    return [fresh_unlabelled(x) if isinstance(x, Node) else Value(x) for x in given]


@natively
def tie(inputs: Sequence[Any], given: Sequence[Any]) -> None:
    """Make each leaf depend on the Value that it stands for."""
    for fresh, x in zip(inputs, given, strict=True):
        if isinstance(x, Node) and fresh is not x:
            fresh.record(identity, (x,), (x._data,))


def fresh_unlabelled(given: Node) -> Any:
    """A leaf for a Value, of its kind: what an op makes of it, cut off until they are tied."""
    fresh = identity(given)
    fresh.record(None, (), ())
    return fresh


@contextmanager
def deeper(parameters: Iterable[Node] = ()) -> Iterator[None]:
    """Inside the block gradients stay connected, as inside a transform by these parameters."""
    token = _depth.set(_depth.get() + 1)
    others = differentiated.set(differentiated.get().union(parameters))
    try:
        yield
    finally:
        _depth.reset(token)
        differentiated.reset(others)


def check_derivative(name: str, f: Any, argnums: Any = 0) -> None:
    """Check what a derivative is taken of, and by: before the call, which may be far away."""
    check_function(
        name,
        f,
        of_value="pass the function that computes it; the gradients of a Value that is computed "
        "already are gradients(value, inputs), and value.backward() adds them to each grad",
    )
    positions = _as_sequence(argnums)
    if not isinstance(positions, (list, tuple, range)) or any(
        type(i) is not int for i in positions
    ):
        raise TypeError(
            f"{name}: argnums is an int or a sequence of ints, got {short_repr(argnums)}"
        )


def _as_sequence(argnums: Argnums) -> Sequence[int]:
    return [argnums] if isinstance(argnums, int) else argnums


def _positions(argnums: Argnums, count: int, name: str, has_named: bool) -> list[int]:
    positions = _as_sequence(argnums)
    for i in positions:
        if not -count <= i < count:
            instead = ", besides those passed by name: pass it in order" if has_named else ""
            raise ValueError(
                f"{name}: argnums {i} is out of range for {pluralize(count, 'argument')}{instead}"
            )
    found = [i % count for i in positions]
    if len(set(found)) < len(found):
        raise ValueError(f"{name}: argnums {short_repr(argnums)} names an argument twice")
    return found


def order_of(outputs: Sequence[Any]) -> list[Node]:
    """All nodes that the outputs were computed from, operands before results."""
    roots = [x for x in outputs if isinstance(x, Node)]
    if len(roots) == 1:
        return topological_order(roots[0])
    return topological_order(total(roots))[:-1] if roots else []


def forward_mode(
    outputs: Sequence[Any], order: Sequence[Node], tangents: Mapping[Any, Any], connected: bool
) -> list[Any]:
    """Forward mode: a sweep over the recorded graph, with the same local derivatives."""
    known: dict[Any, Any] = dict(tangents)
    flow_forward(known, order, connected=connected)
    return [+known.get(x, 0.0) if isinstance(x, Node) else 0.0 for x in outputs]


def flow_forward(known: dict[Any, Any], order: Iterable[Node], *, connected: bool) -> None:
    """Add to the `known` tangents those of these nodes, operands before results."""
    for node in order:
        if node in known or node.op is None:
            continue
        for _, operand, local in graph.edges(node, connected):
            if operand in known:
                flow = graph.product(node.op, known[operand], local)
                if flow is not None:
                    known[node] = known[node] + flow if node in known else flow
