"""A backward pass in slow motion, with every move of its own: what mistakes are made of.

The pass holds the gradients so far, and each move changes them and gives the event that says so.
The products are those of the one chain rule; which moves are made when, `mistakes.py` says.
"""

from collections.abc import Iterator, Mapping, Sequence

from autograd.graph import product
from autograd.node import Node
from autograd.show.steps import Contribute, Final, Names, Seed


class Replace(Contribute):
    """A contribution that is put where the gradient so far was, instead of added to it."""

    __slots__ = ()

    def __repr__(self) -> str:
        name = self.names[self.parent]
        return (
            f"{name}.grad = {self.upstream!r} (upstream) × {self.local!r} "
            f"(∂{self.names[self.node]}/∂{name}) → {self.after:g}, and {self.before:g} is lost"
        )


class Backward:
    """A backward pass on its way. No `grad` of a node is touched.

    Args:
        order: the nodes in topological order, the root last.
        start: what the pass starts from, d root / d root.
        uses: how many contributions there are for each node.
        names: what the nodes are called.

    Attributes:
        root: the node that the pass starts from.
        gradients: the gradient so far of every node reached so far.
    """

    def __init__(
        self, order: Sequence[Node], start: float, uses: Mapping[Node, int], names: Names
    ) -> None:
        self.order, self.root, self.start = order, order[-1], start
        self.uses, self.names = uses, names
        self.gradients: dict[Node, float] = {}
        self._arrived: dict[Node, int] = {}

    def reached(self) -> Iterator[Node]:
        """Each node that has a gradient when its turn comes, in reverse topological order."""
        return (node for node in reversed(self.order) if node in self.gradients)

    def seed(self) -> Seed:
        """Start at the root."""
        self._arrived.clear()
        self.gradients[self.root] = self.start
        return Seed(self.root, self.start, self.names)

    def final(self, node: Node) -> Final:
        """Take the gradient of a node for final."""
        return Final(node, self.gradients[node], self.names)

    def add(self, node: Node, slot: int, parent: Node, local: float) -> Contribute:
        """Pass a gradient back along one edge, and add it to what is there."""
        contribution = product(node.op, self.gradients[node], local)  # type: ignore[arg-type]
        before = self.gradients.get(parent)
        after = contribution if before is None else before + contribution
        return self._moved(node, slot, parent, local, contribution, after)

    def replace(self, node: Node, slot: int, parent: Node, local: float) -> Contribute:
        """Pass a gradient back along one edge, and put it where the gradient so far was."""
        contribution = product(node.op, self.gradients[node], local)  # type: ignore[arg-type]
        loses = parent in self.gradients
        event = self._moved(node, slot, parent, local, contribution, contribution)
        return Replace(*event) if loses else event

    def _moved(
        self,
        node: Node,
        slot: int,
        parent: Node,
        local: float,
        contribution: float,
        after: float,
    ) -> Contribute:
        upstream, before = self.gradients[node], self.gradients.get(parent, 0.0)
        self.gradients[parent] = after
        use = self._arrived[parent] = self._arrived.get(parent, 0) + 1
        uses = max(use, self.uses.get(parent, 0))
        return Contribute(
            node,
            slot,
            parent,
            upstream,
            local,
            contribution,
            before,
            after,
            use,
            uses,
            self.names,
        )
