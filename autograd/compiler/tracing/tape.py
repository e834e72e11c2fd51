"""Tapes: the nodes of a function that is recorded, in the order they are made, with their places.

The native engine has its own `Tape`, which records what traced Values make.
"""

import sys
from typing import Any, Protocol

from ...engine.native import native
from ...engine.node import Node
from .outlived import CodePlace, outlive
from .traced import AS_USUAL, TracedValue


class Recorder(Protocol):
    """What decides about nodes that are not made of traced ones and numbers alone."""

    def __call__(self, node: Any) -> None:
        """See a node that a tape has not recorded."""

    def place(self, frame: Any) -> tuple[Any, int, Any]:
        """The place for a node that this frame has made, and the frame of the user's around it.

        That is None if the frame itself is the user's.
        """


class Tape:
    """The nodes of a function that is recorded, and where they were made.

    It is the watcher of the recording, see watching.py.

    Args:
        recorder: sees the nodes that are not made of traced ones and numbers alone.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder: Any = recorder
        self.nodes: list[Node] = []
        self.places: list[CodePlace] = []
        self.frame: Any = None  # of the user's code that made the last node

    def __len__(self) -> int:
        return len(self.nodes)

    def __call__(self, node: Any) -> None:
        """Record a node, or show it to the recorder."""
        if type(node) is TracedValue and AS_USUAL.issuperset(map(type, node.operands)):
            # Nine in ten, at a fifth of the time.
            # Of what called the op or has the operator: between are tell, record_node, apply, and
            # what the operator or the op does.
            frame = sys._getframe(5)
            if frame is not self.frame:
                code, instruction, outermost = self.recorder.place(frame)
                if outermost is not None:
                    self.append(node, (code, instruction))
                    return
                self.frame = frame
            self.append(node, (frame.f_code, frame.f_lasti))
        else:
            self.recorder(node)

    def append(self, node: Node, place: CodePlace) -> None:
        """Append a node that was made at this place."""
        self.nodes.append(node)
        self.places.append(place)

    def since(self, start: int) -> list[Node]:
        """The nodes from this one on."""
        return self.nodes[start:]

    def take(self, start: int) -> list[Node]:
        """The nodes from this one on, which nobody else can use any more."""
        taken, places = self.nodes[start:], self.places[start:]
        del self.nodes[start:], self.places[start:]
        for node, place in zip(taken, places, strict=True):
            outlive(node, place)
        return taken

    def end(self) -> None:
        """Let go of the recorder and of what it was asked."""
        self.recorder = self.frame = None


if native is not None:
    Tape = native.Tape  # type: ignore[misc]
