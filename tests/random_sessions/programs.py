"""The kinds of random programs, the programs of a seed, and what is said of them all."""

import collections
from collections.abc import Callable, Iterator
from typing import Any

from .blocks import blocks
from .copying import copying
from .expressions import expression
from .operands import operands
from .orders import ROWS, orders
from .rules import rules
from .session import Session
from .training import training
from .transforms import transforms
from .users import OPS

# `expression` comes most often, for its graphs are the largest.
KINDS = (
    *(expression, expression, expression, orders, orders),
    *(operands, blocks, training, copying, rules, transforms),
)
KNOWN_OPS = {*ROWS, *(op.name for op in OPS)}


def programs(seed: str, count: int) -> Iterator[Session]:
    """So many programs, each run; those of a seed are the same for any count."""
    for i in range(count):
        session = Session(f"{seed} {i}")
        kind: Callable[[Any], None] = session.draw.choice(KINDS)
        session.kind = kind.__name__
        session.tell(f"== {seed} {i} {session.kind}")
        session.attempt(lambda kind=kind, session=session: kind(session))  # type: ignore[misc]
        yield session


class Summary:
    """How large the programs were, what they covered, and how many met errors."""

    def __init__(self) -> None:
        self.count = self.nodes = self.with_errors = self.errors = 0
        self.ops = collections.Counter[str]()

    def add(self, session: Session) -> None:
        """Count a program that has run."""
        self.count += 1
        self.nodes += session.nodes
        self.errors += session.errors
        self.with_errors += bool(session.errors)
        self.ops.update(session.ops & KNOWN_OPS)

    def __str__(self) -> str:
        return (
            f"{self.count} random programs: {self.nodes / self.count:.0f} nodes each, "
            f"{len(self.ops)} of {len(KNOWN_OPS)} ops, "
            f"{self.with_errors / self.count:.0%} with errors ({self.errors} errors)"
        )
