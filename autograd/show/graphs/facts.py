"""The facts about a graph that every view of it needs, read once and handed on."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.graph import topological_order
from ...engine.node import Node
from ..moved_on import find_moved_on
from ..words.naming import names_of
from .module_calls import paths_of


class Facts(NamedTuple):
    """A graph as it was read.

    Attributes:
        order: its nodes in topological order, the root last.
        names: the name of each node.
        moved: for each leaf that changed since it was used, its number then.
        paths: the paths of the module calls that nodes are in.
    """

    order: Sequence[Node]
    names: Mapping[Node, str]
    moved: Mapping[Node, float]
    paths: Mapping[Node, str]

    @property
    def root(self) -> Node:
        """The end of the graph."""
        return self.order[-1]


def facts_of(root: Node) -> Facts:
    """Read a graph."""
    order = topological_order(root)
    return Facts(order, names_of(order), find_moved_on(order), paths_of(order))
