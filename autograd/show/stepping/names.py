"""What the nodes of a pass are called, from its first event to its last."""

from collections.abc import Mapping, Sequence

from autograd.node import Node
from autograd.show.words.naming import names_of, noted


class Names(dict[Node, str]):
    """The names of the nodes of a graph, by the labels that they have now.

    They are found when the first of them is asked for.

    Args:
        order: the nodes in topological order.
        was: for each leaf that moved on since it was used, its number then.

    Attributes:
        numbers: the constants that have no label, and go by their numbers.
    """

    def __init__(self, order: Sequence[Node], was: Mapping[Node, float] | None = None) -> None:
        super().__init__()
        self._order, self._noted = order, noted(order, was)
        self.numbers = self._noted.numbers

    def __missing__(self, node: Node) -> str:
        self.update(names_of(self._order, self._noted))
        return self[node]
