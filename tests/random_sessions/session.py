"""One random program: what it draws, and what it tells, in lines to compare two engines by."""

import random
import re
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from autograd import Value
from autograd.engine.graph import topological_order
from autograd.engine.node import Node

_ADDRESS = re.compile(r"0x[0-9a-f]+")


def shown(x: Any) -> str:
    """Everything that can be seen of a result: of a number its bits, of a node its gradient too."""
    if isinstance(x, Node):
        gradient = getattr(x.grad, "data", x.grad)
        return f"{type(x).__qualname__} {x._data!r} {x.op} grad {gradient!r} {x.label!r}"
    if type(x) in (list, tuple):
        return f"{type(x).__name__}({', '.join(map(shown, x))})"
    if isinstance(x, dict):
        return f"{{{', '.join(f'{key}: {shown(held)}' for key, held in x.items())}}}"
    return f"{type(x).__name__} {_ADDRESS.sub('0x', repr(x))}"


class Session:
    """One program: what it did, in lines that are equal where its results have the same bits.

    Attributes:
        draw: where all that is random comes from.
        kind: what is done in it.
        told: the lines.
        ops: the names of the ops that its nodes were made by.
        nodes: how many nodes its graphs had.
        errors: how many errors were met.
    """

    def __init__(self, seed: str) -> None:
        self.draw = random.Random(seed)
        self.kind, self.told = "", list[str]()
        self.ops: set[str] = set()
        self.nodes = self.errors = 0

    def tell(self, *things: Any) -> None:
        """Add a line: texts as they are, other things as they are seen."""
        line = " ".join(x if isinstance(x, str) else shown(x) for x in things)
        self.told.append(_ADDRESS.sub("0x", line))

    def attempt(self, action: Callable[[], Any]) -> Any:
        """The result of the action, or None after an error, which is told, as warnings are."""
        caught: list[Any] = []
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                return action()
        except Exception as error:
            self.errors += 1
            cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
            # Where Python's stack ended is said by a RecursionError alone, and differs by chance.
            text = "" if isinstance(error, RecursionError) else f": {error}"
            self.tell(f"{type(error).__name__}{text}{cause}")
            return None
        finally:
            for x in caught:
                self.tell(f"{x.category.__name__}: {x.message}")

    def told_attempt(self, what: str, action: Callable[[], Any]) -> Any:
        """The same, and what it gave is told."""
        self.tell(what)
        errors = self.errors
        found = self.attempt(action)
        if self.errors == errors:
            self.tell("gave", found)
        return found

    def tell_graph(self, root: Any) -> None:
        """Tell every node that `root` was computed from."""
        if not isinstance(root, Value):
            return
        order = topological_order(root)
        self.nodes += len(order)
        for x in order:
            self.ops.add("" if x.op is None else x.op.name)
            self.tell(x, repr(x), repr(x.recorded), x.is_reached, x.is_parameter, str(x.call))
            found = self.attempt(x.all_locals) or ()
            self.tell(repr([getattr(local, "data", local) for local in found]))

    def some(self, kinds: Iterable[Callable[..., Any]], *given: Any, most: int = 6) -> None:
        """Do some of these, each of which takes the session and what is given, and may fail."""
        known = list(kinds)
        for _ in range(self.draw.randint(1, most)):
            kind = self.draw.choice(known)
            self.tell(f"-- {kind.__name__.strip('_')}")
            self.attempt(lambda kind=kind: kind(self, *given))  # type: ignore[misc]
