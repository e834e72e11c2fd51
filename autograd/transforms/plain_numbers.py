"""Plain numbers: what is a node in a recording, and a number where the function is interpreted."""

from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from ..engine.node import Node
from .samples import ResultOp, place_in_batch


class PlainNumbers:
    """The nodes of a recording that are plain numbers.

    Args:
        given: what stands for numbers in the arguments, which are no Values interpreted.

    Attributes:
        known: for each node that was asked for whether it is one.
    """

    def __init__(self, given: Iterable[Node] = ()) -> None:
        self.known: dict[Any, bool] = dict.fromkeys(given, True)

    def has(self, node: Node) -> bool:
        """Whether a node is one of them: given, or computed from such and numbers alone."""
        path, operands = list[Node](), list[Iterator[Any]]()  # of each what is to be looked at
        x: Any = node
        while True:
            answer = self._look(x)
            if answer is False:
                self.known.update(dict.fromkeys([x, *path], False))
                return False
            if answer is None:
                path.append(x)
                operands.append(iter(x.operands))
            x = None
            while path and x is None:
                x = next(operands[-1], None)
                if x is None:
                    self.known[path.pop()] = True
                    operands.pop()
            if x is None:
                return True

    def _look(self, x: Any) -> bool | None:
        """Whether `x` is one, None if its operands tell; of a constant there is a Value."""
        if not isinstance(x, Node):
            return True
        if x in self.known:
            return self.known[x]
        if isinstance(x.op, ResultOp) and x.op.batch.plain:
            return x.op.batch.is_plain(*place_in_batch(x))  # type: ignore[no-any-return]
        return False if x.op is None or x.is_constant else None


plain_numbers: ContextVar[PlainNumbers | None] = ContextVar("plain_numbers", default=None)


def are_plain(xs: Sequence[Any]) -> list[bool]:
    """Of each whether it is a number, a constant, or a node of a recording that is plain."""
    numbers = plain_numbers.get() or PlainNumbers()
    known, has = numbers.known, numbers.has
    return [
        # Leaves, of which there may be many, have no operands to be looked at.
        not isinstance(x, Node)
        or x.is_constant
        or (known[x] if x in known else x.op is not None and has(x))
        for x in xs
    ]
