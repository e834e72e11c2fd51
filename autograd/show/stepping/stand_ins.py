"""Stand-ins for nodes: copies that a player keeps, so that it does not keep the graph.

The sentences of a pass need the ops, the numbers, the labels and the operands of nodes. A
stand-in has these, and no gradient and no module.
"""

from collections.abc import Iterable, Mapping, Sequence

from ...engine.node import UNREACHED, Node
from .events import Contribute, Given, Played
from .names import Names

StandIns = Mapping[Node, Node]


class StandIn(Node):
    """A copy of a node as it was during the pass, without gradient and module."""

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


def retold(events: Iterable[Played], found: StandIns) -> list[Played]:
    """The same events with stand-ins for their nodes."""
    names: dict[int, Names] = {}
    told: list[Played] = []
    for event in events:
        known = names.get(id(event.names))
        if known is None:
            known = names[id(event.names)] = event.names.of(found)
        if isinstance(event, Given):
            told.append(Given(tuple(found[x] for x in event.nodes), event.data, known))
            continue
        if isinstance(event, Contribute):
            event = event._replace(parent=found[event.parent])
        told.append(event._replace(node=found[event.node], names=known))
    return told
