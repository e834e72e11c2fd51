"""Stand-ins: what a player keeps of the nodes of a graph, so that it does not keep the graph.

The events of a pass are told from the ops, the numbers and the labels of nodes, and from which are
the operands of which. A stand-in has these, and no gradient and no module.
"""

from collections.abc import Iterable, Mapping, Sequence

from ...engine.node import UNREACHED, Node
from .events import Contribute, Event
from .names import Names

StandIns = Mapping[Node, Node]


class StandIn(Node):
    """A node as it was when a pass was told."""

    __slots__ = ("is_constant",)

    def __init__(self, node: Node, found: StandIns) -> None:
        self._data, self._grad = node._data, UNREACHED
        self.is_constant = node.is_constant
        self.label = node.label
        if node.is_parameter:
            self.mark_parameter()
        operands = tuple([found[x] if isinstance(x, Node) else x for x in node.operands])
        self.record(node.op, operands, node.recorded)


def stand_ins(order: Sequence[Node]) -> dict[Node, Node]:
    """A stand-in for each node of a graph in topological order."""
    found: dict[Node, Node] = {}
    for node in order:
        found[node] = StandIn(node, found)
    return found


def retold(events: Iterable[Event], found: StandIns) -> list[Event]:
    """The same events, about the stand-ins."""
    names: dict[int, Names] = {}
    told: list[Event] = []
    for event in events:
        known = names.get(id(event.names))
        if known is None:
            known = names[id(event.names)] = event.names.of(found)
        if isinstance(event, Contribute):
            event = event._replace(parent=found[event.parent])
        told.append(event._replace(node=found[event.node], names=known))
    return told
