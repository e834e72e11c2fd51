"""Forward mode event by event: a sweep that carries tangents from the inputs to the root.

Backpropagation finds how the root changes with every node, forward mode how every node changes
with the inputs. The sweep is that of `reverse_mode.py`, the other way, so the last tangents are the
bits that `jvp` finds.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ...engine.graph import topological_order
from ...engine.node import Node
from ...engine.numbers import number
from ...engine.rows import refuse_rows
from ...engine.value import Value
from ..foreign.conversion import AnyValue, to_values
from .events import Contribute, Event, Final, Mode, Seed
from .names import Names
from .reverse_mode import Edges, Sweep, check_recorded, edges_of, forward_pass

FORWARD = Mode(
    "tangent",
    "Forward mode starts at {}: its tangent is {}",
    "{} passes its tangent on to {}",
    "The tangent of {} = {}",
)


class _InForwardMode:
    """What the events of forward mode have in common."""

    __slots__ = ()

    @property
    def mode(self) -> Mode:
        """Forward mode."""
        return FORWARD

    @property
    def why(self) -> str:
        """Nothing: a seed was asked for, and operands come before what is computed from them."""
        return ""


class TangentSeed(_InForwardMode, Seed):
    """An event: forward mode starts at an input, with the tangent that was given for it."""

    __slots__ = ()

    @property
    def tangent(self) -> float:
        """The tangent of the node."""
        return self.gradient


class Push(_InForwardMode, Contribute):
    """An event: one edge passes on the parent's tangent · local derivative, which is added.

    The fields are those of `Contribute`: what flows, `upstream`, is the tangent of the parent, and
    the node is what gets the contribution.
    """

    __slots__ = ()

    @property
    def tangent(self) -> float:
        """The tangent of the parent."""
        return self.upstream

    @property
    def gives(self) -> Node:
        """The node that passes its tangent on."""
        return self.parent

    @property
    def gets(self) -> Node:
        """The node that the contribution is added to."""
        return self.node

    @property
    def flow(self) -> str:
        """What the first factor is, in words."""
        return f"tangent of {self.names[self.parent]}"


class TangentFinal(_InForwardMode, Final):
    """An event: all contributions have reached a node, so its tangent is final."""

    __slots__ = ()

    @property
    def tangent(self) -> float:
        """The tangent of the node."""
        return self.gradient


def tangent_steps(root: AnyValue, tangents: Mapping[Any, float]) -> Iterator[Event]:
    """Go through forward mode event by event: the rate of each node along the tangents.

    Args:
        root: the Value at the end of the graph; micrograd's and similar ones too.
        tangents: how fast the inputs change, such as ``{x: 1.0}``, which gives d node / d x.

    Raises:
        TypeError: if `root` is no Value, or `tangents` no mapping from Values to numbers.
        ValueError: if a tangent is that of a constant, or of what is not in the graph.
        StaleGraphError: if a number changed so that the tangents would be wrong.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
        >>> c = a * b
        >>> c.label = "c"
        >>> for event in tangent_steps(c, {a: 1.0}):
        ...     print(event)
        a = 2
        b = -3
        c = a·b = -6
        a.tangent = 1, the seed
        a.tangent = 1, final
        c.tangent += 1.0 (tangent of a) × -3.0 (∂c/∂a) → 0 + -3 = -3, final
        c.tangent = -3, final
    """
    if isinstance(tangents, Mapping):
        root, *inputs = to_values("tangent_steps", root, *tangents)
        tangents = dict(zip(inputs, tangents.values(), strict=True))
    order = topological_order(root)
    refuse_rows("tangent_steps", order)
    check_recorded(order)
    seeds = _seeds(tangents, order)
    names, forward = forward_pass(order)
    return chain(forward, _forward_mode(_on_from(seeds, order), seeds, names))


def _seeds(tangents: object, order: Sequence[Node]) -> dict[Node, float]:
    """Check the tangents that were given."""
    if not isinstance(tangents, Mapping):
        kind = type(tangents).__name__
        raise TypeError(f"tangents maps Values to numbers, as in {{x: 1.0}}, got {kind}")
    known, seeds = set(order), dict[Node, float]()
    for node, tangent in tangents.items():
        if not isinstance(node, Value):
            kind = type(node).__name__
            raise TypeError(f"tangents maps Values to numbers, as in {{x: 1.0}}, got {kind} as key")
        if node.is_constant:
            wrong = "a constant, which does not change: make it with Value(x) instead"
            raise ValueError(f"a tangent is given for {node.describe()}, {wrong}")
        if node not in known:
            raise ValueError(
                f"a tangent is given for {node.describe()}, which the root was not computed from"
            )
        seeds[node] = number(tangent, f"the tangent of {node.describe()}")
    return seeds


def _on_from(seeds: Mapping[Node, float], order: Sequence[Node]) -> dict[Node, Edges]:
    """For each node that a tangent reaches, the edges that bring it."""
    flows: dict[Node, Edges] = {}
    for node in order:
        reached = [edge for edge in edges_of(node) if edge[1] in flows] if node not in seeds else []
        if reached or node in seeds:
            flows[node] = reached
    return flows


def _forward_mode(
    flows: dict[Node, Edges], seeds: Mapping[Node, float], names: Names
) -> Iterator[Event]:
    uses = {node: len(found) for node, found in flows.items()}
    run = Sweep(uses, names, (TangentSeed, Push, TangentFinal))
    for node in flows:
        if node in seeds:
            yield run.seed(node, seeds[node])
    for node, found in flows.items():
        for slot, parent, local in found:
            yield run.add(node, slot, parent, local)
        yield run.final(node)
