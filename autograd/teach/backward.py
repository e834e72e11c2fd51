"""A backward pass in slow motion, with every move of its own: what mistakes are made of.

The moves are those of `steps`, and one more, which no right pass makes; which moves are made when,
`mistakes.py` says.
"""

from collections.abc import Iterator, Mapping, Sequence

from ..engine.node import Node
from ..show.stepping.events import Contribute, Seed, factor
from ..show.stepping.names import Names
from ..show.stepping.steps import Backward


class Replace(Contribute):
    """A contribution that is put where the gradient so far was, instead of added to it."""

    __slots__ = ()

    def __repr__(self) -> str:
        name = self.names[self.parent]
        return (
            f"{name}.grad = {factor(self.upstream)} (upstream) × {factor(self.local)} "
            f"(∂{self.names[self.node]}/∂{name}) → {self.after:g}, and {self.before:g} is lost"
        )


class AnyBackward(Backward):
    """A backward pass, right or wrong. No `grad` of a node is touched.

    Args:
        order: the nodes in topological order, the root last.
        start: what the pass starts from, d root / d root.
        uses: how many contributions there are for each node.
        names: what the nodes are called.

    Attributes:
        root: the node that the pass starts from.
    """

    def __init__(
        self, order: Sequence[Node], start: float, uses: Mapping[Node, int], names: Names
    ) -> None:
        super().__init__(uses, names)
        self.order, self.root, self.start = order, order[-1], start

    def reached(self) -> Iterator[Node]:
        """Each node that has a gradient when its turn comes, in reverse topological order."""
        return (node for node in reversed(self.order) if node in self.gradients)

    def begin(self) -> Seed:
        """Start at the root."""
        return self.seed(self.root, self.start)

    def replace(self, node: Node, slot: int, parent: Node, local: float) -> Contribute:
        """Pass a gradient back along one edge, and put it where the gradient so far was."""
        before = self.gradients.pop(parent, None)
        event = self.add(node, slot, parent, local)
        return event if before is None else Replace(*event._replace(before=before))
