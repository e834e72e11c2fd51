"""Hints about gradients: what looks on when a pass adds to the `grad` of certain nodes."""

from collections.abc import Callable, Collection
from typing import Any, Protocol
from weakref import ReferenceType

from .node import Node

Done = Callable[[], None]


class Hint(Protocol):
    """What looks at the gradients of some nodes, and may warn."""

    def nodes(self) -> list[Node]:
        """The nodes that it looks at now."""

    def look(self, reached: Collection[Node]) -> Done | None:
        """Warn if there is a reason, before a pass adds to the gradients of these nodes.

        Returns:
            What is to be done once they are added, if anything.
        """


# Each with a reference to what it is about, with which it goes. A dict, for it is copied in one
# step, which another thread cannot split.
hints: dict[ReferenceType[Any], Hint] = {}


def reference(about: Any) -> ReferenceType[Any]:
    """The key of a hint about an object: the hint goes when the object does."""
    forget: Any = hints.pop
    return ReferenceType(about, lambda gone: forget(gone, None))


def nodes_looked_at() -> list[Node]:
    """The nodes whose gradients some hint is about."""
    return [x for hint in list(hints.values()) for x in hint.nodes()]


def look(reached: Collection[Node]) -> Done | None:
    """Let all hints look at a pass that is about to add to the gradients of these nodes."""
    found = [hint.look(reached) for hint in list(hints.values())]
    to_do = [done for done in found if done is not None]

    def done() -> None:
        for one in to_do:
            one()

    return done if to_do else None
