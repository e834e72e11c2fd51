"""A backward pass that goes on one event at a time, for passes with mistakes.

The moves are those of `steps` and one more, `replace`, which no right pass makes. `mistakes.py`
decides which move comes when.
"""

from collections.abc import Iterator, Mapping, Sequence

from ..engine.node import Node
from ..show.stepping.events import Contribute, Seed, factor
from ..show.stepping.names import Names
from ..show.stepping.reverse_mode import Sweep


class Replace(Contribute):
    """A contribution that replaces the gradient so far, instead of being added to it."""

    __slots__ = ()

    def __repr__(self) -> str:
        name = self.names[self.parent]
        return (
            f"{name}.grad = {factor(self.upstream)} (upstream) × {factor(self.local)} "
            f"(∂{self.names[self.node]}/∂{name}) → {self.after:g}, and {self.before:g} is lost"
        )


class AnyBackward(Sweep):
    """A backward pass, right or wrong. No `grad` of a node is touched.

    Args:
        order: the nodes in topological order, the root last.
        start: the gradient of the root, d root / d root.
        uses: how many contributions there are for each node.
        names: the names of the nodes.

    Attributes:
        root: the node that the pass starts from.
    """

    def __init__(
        self, order: Sequence[Node], start: float, uses: Mapping[Node, int], names: Names
    ) -> None:
        super().__init__(uses, names)
        self.order, self.root, self.start = order, order[-1], start

    def nodes_with_gradient(self) -> Iterator[Node]:
        """Each node that has a gradient by its turn in reverse topological order."""
        return (node for node in reversed(self.order) if node in self.gradients)

    def begin(self) -> Seed:
        """Start at the root."""
        return self.seed(self.root, self.start)

    def replace(self, node: Node, slot: int, parent: Node, local: float) -> Contribute:
        """Pass a gradient back along one edge, replacing the gradient so far."""
        before = self.gradients.pop(parent, None)
        event = self.add(node, slot, parent, local)
        return event if before is None else Replace(*event._replace(before=before))
