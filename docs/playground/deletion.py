"""Graphs are deleted node by node in a page, the newest first.

Python deletes what only a deleted object refers to within that deletion, and so on, and stops
going deeper in time; in a page it does not (Pyodide 314: about 1,500 nodes in a row are the end of
Python, as the browser's stack is smaller than the one that Python counts). So a list keeps all
nodes that a program makes, and lets go of those that nothing else refers to, from the last one on:
then the operands of each are still in the list.
"""

import sys
from typing import Any

MANY = 50_000  # nodes, after which it is looked which of them are needed


class Deletion:
    """The nodes of a program: a watcher for `autograd.engine.watching.watching`.

    Example:
        >>> from autograd import Value
        >>> from autograd.engine.watching import watching
        >>> with watching(deletion := Deletion()):
        ...     y = Value(2.0) * 3.0
        >>> del y
        >>> deletion.sweep()
        >>> len(deletion.nodes)
        0
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self._room = MANY

    def __call__(self, node: Any) -> None:
        """Keep a new node."""
        self.nodes.append(node)
        if len(self.nodes) >= self._room:
            self.sweep()
            self._room = max(MANY, 2 * len(self.nodes))

    def sweep(self) -> None:
        """Let go of the nodes that nothing outside this list refers to."""
        nodes, needed = self.nodes, list[Any]()
        node: Any = object()
        alone = sys.getrefcount(node)  # as it is counted here of what has no other reference
        while nodes:
            node = nodes.pop()
            if sys.getrefcount(node) > alone:
                needed.append(node)
        self.nodes = needed[::-1]

    def end(self) -> None:
        """Let go of all nodes."""
        while self.nodes:
            self.nodes.pop()
