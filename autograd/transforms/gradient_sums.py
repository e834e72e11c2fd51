"""Sums of gradients, while a function is recorded: terms, whose nodes are made when they are read.

What a body leaves at a node outside (`bodies.py`) is such a sum, and so is the gradient that a
parameter has before a compiled call.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import ref

from ..engine.assignment import recorded_body
from ..engine.node import UNREACHED
from ..engine.watching import with_history

# Nodes and numbers, which are made when they are asked for: anew each time, for those that are made
# inside of another body are no use outside of it.
Terms = Callable[[], Sequence[Any]]


class GradientSum:
    """A gradient as what was added to it so far, in order: its nodes are made when it is read.

    They are nodes of the body that it is given in, also for what reads it further inside: that is
    why they are made before a sample inside is begun, see `compute_sums`.

    Args:
        terms: what was added.

    Attributes:
        is_there: whether there is a gradient; None if that may differ from call to call.
    """

    __slots__ = ("__weakref__", "_made", "terms")

    is_there: bool | None = True

    def __init__(self, *terms: Terms) -> None:
        self.terms = terms
        self._made: tuple[Any, Any] | None = None  # the body that it was computed in, and the sum

    def __add__(self, new: Any) -> "GradientSum":
        return self.plus(lambda: [new])

    def plus(self, terms: Terms) -> "GradientSum":
        """The sum with further terms: of the node that was read, if it was."""
        body = recorded_body.get()
        is_read = self._made is not None and _is_inside(body, self._made[0])
        made = GradientSum(*([lambda: [self.total()]] if is_read else self.terms), terms)
        if body is not None:
            body.sums.append(ref(made))
        return made

    def total(self) -> Any:
        """The sum, as a node or a number; 0 of nothing."""
        body = recorded_body.get()
        if self._made is None or not _is_inside(body, self._made[0]):
            with with_history():  # which they have, wherever they are read first
                self._made = body, _sum(self.terms)
        return self._made[1]


def compute_sums() -> None:
    """Make the nodes of gradients before a sample or a call with a rule is begun, and at its end.

    An interpreted function has them by then. Nodes that are made inside are no use outside.
    """
    body = recorded_body.get()
    if body is not None:
        sums, body.sums = body.sums, []
        for reference in sums:
            compute_total(reference())


def _is_inside(body: Any, other: Any) -> bool:
    """Whether a body is another one, or inside of it."""
    while body is not other and body is not None:
        body = body.outer
    return body is other


def _sum(terms: Iterable[Terms]) -> Any:
    total: Any = None
    for some in terms:
        for x in some():
            total = x if total is None else total + x
    return 0.0 if total is None else total


def compute_total(gradient: Any) -> Any:
    """The gradient, as a node or a number, if it is a sum; others are as they are."""
    return gradient.total() if isinstance(gradient, GradientSum) else gradient


def as_sum(gradient: Any) -> GradientSum:
    """The gradient of a node as a sum: of nothing where there is none."""
    if isinstance(gradient, GradientSum):
        return gradient
    is_nothing = gradient is UNREACHED or gradient is None
    return GradientSum() if is_nothing else GradientSum(lambda: [gradient])
