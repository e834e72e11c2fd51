"""Forward mode event by event: a sweep that carries tangents from the inputs to the root.

Backpropagation finds how the root changes with every node, forward mode how every node changes
with the inputs. The products are those of the chain rule in `graph.py`, so the last tangents are
the bits that `jvp` finds. `reverse_mode.py` has both passes of backpropagation.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ...engine.graph import product
from ...engine.node import Node
from ...engine.numbers import number
from ...engine.value import Value
from ..foreign.conversion import AnyValue, to_values
from .events import FINAL, SEED, Forward, event, factor, how_far, local_and_sum
from .names import Names
from .reverse_mode import Edges, edges_of, forward_pass, recorded_order


@event
class TangentSeed(NamedTuple):
    """An event: forward mode starts at an input, with the tangent that was given for it."""

    node: Node
    tangent: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.tangent = {self.tangent:g}, the seed"

    @property
    def status(self) -> str:
        """The state of the tangent in words."""
        return SEED


@event
class Push(NamedTuple):
    """An event: one edge passes on the parent's tangent · local derivative, which is added.

    Attributes:
        node: the node that gets the contribution.
        slot: the position of `parent` among its operands.
        parent: the operand whose tangent flows on.
        tangent: that of the parent.
        local: d node / d parent, through this slot.
        contribution: their product.
        before: the tangent of the node so far, 0 before the first contribution.
        after: the tangent with this contribution.
        use: the number of this contribution to the node, from 1.
        uses: how many there are.
    """

    node: Node
    slot: int
    parent: Node
    tangent: float
    local: float
    contribution: float
    before: float
    after: float
    use: int
    uses: int
    names: Names

    def __repr__(self) -> str:
        tangent = f"{factor(self.tangent)} (tangent of {self.names[self.parent]})"
        return f"{self.names[self.node]}.tangent += {tangent} × {local_and_sum(self)}"

    @property
    def status(self) -> str:
        """The state of the node's tangent in words."""
        return how_far(self.use, self.uses)


@event
class TangentFinal(NamedTuple):
    """An event: all contributions have reached a node, so its tangent is final."""

    node: Node
    tangent: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.tangent = {self.tangent:g}, {self.status}"

    @property
    def status(self) -> str:
        """The state of the tangent in words."""
        return FINAL


TangentEvent = Forward | TangentSeed | Push | TangentFinal


def tangent_steps(root: AnyValue, tangents: Mapping[Any, float]) -> Iterator[TangentEvent]:
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
    order = recorded_order(root)
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
        seeds[node] = number(tangent)
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
) -> Iterator[TangentEvent]:
    tangents: dict[Node, float] = {node: seeds[node] for node in flows if node in seeds}
    for node, tangent in tangents.items():
        yield TangentSeed(node, tangent, names)
    for node, found in flows.items():
        so_far = tangents.get(node, 0.0)
        for use, (slot, parent, given) in enumerate(found, 1):
            assert node.op is not None
            tangent, local, before = tangents[parent], float(given), so_far
            contribution = product(node.op, tangent, local)
            so_far = contribution if use == 1 else before + contribution
            yield Push(
                node,
                slot,
                parent,
                tangent,
                local,
                contribution,
                before,
                so_far,
                use,
                len(found),
                names,
            )
        tangents[node] = so_far
        yield TangentFinal(node, so_far, names)
