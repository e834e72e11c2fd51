"""Rows: what flows through a node of many results, such as the batch of a `vmap`.

Such a node has no number of its own. What flows back to it is a row, a gradient for each of its
results that one has reached; what flows forward to it is a row of tangents of its operands. Its
local derivatives, and those of its results, are rows of one entry, so that the chain rule
multiplies and adds them as it does numbers:

    upstream · local of a result     a row with one gradient
    row + row                        a row of both
    row · local of operand k         the gradient by that operand, or None if nothing flows to it
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from .messages import list_few
from .op import ONE, Op


class RowOp(Op):
    """The op of a node of many results, or of one of these, whose local derivatives are rows.

    Attributes:
        whole: what is one node, and what to write instead, for the errors of what shows each.
    """

    whole = (
        "all samples of a vmap are one node of it: write [f(x) for x in xs] in the place of "
        "vmap(f)(xs) to see each of them"
    )


Flow = Callable[["Row"], Mapping[Hashable, Any]]


class Row:
    """Gradients of some of the results of a node, or tangents of some of its operands.

    Args:
        entries: the gradient of each result, or the tangent of each operand, by its place.
        back: of a local derivative of an operand: what a row of gradients gives each operand.
        ahead: the same: what a row of tangents gives each result.
    """

    __slots__ = ("_before", "_entries", "_flows", "ahead", "back")

    def __init__(
        self, entries: Mapping[Hashable, Any], back: Flow | None = None, ahead: Flow | None = None
    ) -> None:
        self._entries, self.back, self.ahead = entries, back, ahead
        self._before: Row | None = None
        self._flows: Mapping[Hashable, Any] | None = None

    @property
    def entries(self) -> Mapping[Hashable, Any]:
        """The gradient of each result, or the tangent of each operand, by its place."""
        if self._before is not None:  # put together here, for a row is added to once per entry
            parts = [self._entries]
            row: Row | None = self._before
            while row is not None:
                parts.append(row._entries)
                row = row._before
            self._entries, self._before = _merged(parts[::-1]), None
        return self._entries

    def __add__(self, other: "Row") -> "Row":
        row = Row(other.entries, self.back, self.ahead)
        row._before = self
        return row

    def __rmul__(self, x: Any) -> "Row":
        """The row of one entry that is a local derivative, times what flows to it."""
        entries = {place: x if y is ONE else x * y for place, y in self.entries.items()}
        return Row(entries, self.back, self.ahead)

    def __mul__(self, local: "Row") -> Any:
        """What flows on from this row by way of a local derivative, None if nothing does."""
        if self._flows is None:  # once for all the local derivatives
            flow = self.ahead or local.back
            assert flow is not None
            self._flows = flow(self)
        (place,) = local.entries
        return self._flows.get(place)

    def __pos__(self) -> "Row":
        return self

    def __float__(self) -> float:
        """The largest of the entries: of a local derivative 1."""
        return max((float(+x) for x in self.entries.values()), key=abs)

    def __repr__(self) -> str:
        told = list_few(self.entries.items(), lambda item: f"{item[0]}: {item[1]!r}")
        return f"<a row of {len(self.entries)}: {told}>"


def refuse_rows(name: str, nodes: Iterable[Any]) -> None:
    """Raise if one of the nodes is a batch, for the function `name`, which goes edge by edge.

    Raises:
        TypeError: with what to do instead.
    """
    for node in nodes:
        if isinstance(node.op, RowOp):
            raise TypeError(f"{name} follows a graph edge by edge, and {node.op.whole}")


def _merged(parts: Iterable[Mapping[Hashable, Any]]) -> Mapping[Hashable, Any]:
    """The sums of the entries, from left to right."""
    entries: dict[Hashable, Any] = {}
    for part in parts:
        for place, x in part.items():
            entries[place] = entries[place] + x if place in entries else x
    return entries
