"""The names of the nodes of a pass, fixed from its first event to its last."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from ...engine.node import Node
from ..words.naming import name_sources, names_of


class Names(dict[Node, str]):
    """The names of the nodes of a graph, from the labels that they have now.

    They are computed at the first use.

    Args:
        order: the nodes in topological order.
        was: for each leaf that moved on since it was used, its number then.

    Attributes:
        numbers: the constants that have no label, and go by their numbers.
    """

    def __init__(self, order: Sequence[Node], was: Mapping[Node, float] | None = None) -> None:
        super().__init__()
        self._order, self._noted = order, name_sources(order, was)
        self.numbers = self._noted.numbers

    def of(self, others: Mapping[Node, Node]) -> "Names":
        """The same names for other nodes, stand-ins for some of these."""
        if not self:
            self.update(names_of(self._order, self._noted))
        found = Names([others[node] for node in self._order if node in others])
        found.update({others[node]: name for node, name in self.items() if node in others})
        found.numbers = {others[node]: x for node, x in self.numbers.items() if node in others}
        return found

    @property
    def root(self) -> Node:
        """The node that is differentiated."""
        return self._order[-1]

    @cached_property
    def users(self) -> Mapping[Node, Sequence[Node]]:
        """For each node those that pass a gradient on to it, in order, twice for x·x."""
        found: dict[Node, list[Node]] = {self.root: []}
        for node in reversed(self._order):
            if node in found and node.op is not None:
                locals = node.op.locals(node.operands, node.recorded, node._data)
                for x, local in zip(node.operands, locals, strict=True):
                    if local is not None and isinstance(x, Node) and not x.is_constant:
                        found.setdefault(x, []).append(node)
        return {node: users[::-1] for node, users in found.items()}

    def __missing__(self, node: Node) -> str:
        self.update(names_of(self._order, self._noted))
        return self[node]
