"""Checks that the passes of a training have one structure, so that one drawing fits all.

Only numbers may differ: nodes, labels and calls are the same, and gradients take the same ways.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ...engine.node import Node
from .events import Contribute, Played
from .moving import Pass


def check_structure(first: Pass, order: Sequence[Node], number: int) -> None:
    """Raise if a graph differs from the first in more than numbers."""
    for was, now, node in zip(_structure(first.order), _structure(order), order, strict=False):
        if was != now:
            what = f"{node.describe()} is another, or has other operands or another label"
            raise _another(number, what)
    if len(first.order) != len(order):
        raise _another(number, f"it has {len(order):,} nodes, not {len(first.order):,}")


def check_flow(first: Pass, order: Sequence[Node], events: Sequence[Played], number: int) -> None:
    """Raise if gradients take other ways than in the first pass, as after another choice."""
    ways = _ways(first.order, first.events), _ways(order, events)
    for was, now, event in zip(*ways, events, strict=False):
        if was != now:
            what = f"{event.node.describe()} gets, or passes on, its gradient in another way"
            raise _another(number, f"{what}, as where a choice changes")
    if len(first.events) != len(events):
        raise _another(number, f"it has {len(events):,} events, not {len(first.events):,}")


def _ways(order: Sequence[Node], events: Sequence[Played]) -> Iterator[tuple[Any, ...]]:
    """The events without their numbers."""
    place = {node: number for number, node in enumerate(order)}
    for event in events:
        along = (event.slot, place[event.parent]) if isinstance(event, Contribute) else ()
        yield (type(event), place[event.node], *along)


def _another(number: int, what: str) -> ValueError:
    return ValueError(
        f"the graph of step {number} is not that of step 1, in which all steps are shown: {what}. "
        "Compute the loss in the same way at each step, on as many samples"
    )


def _structure(order: Sequence[Node]) -> list[Any]:
    """A graph without its numbers, as comparable data."""
    place = {node: number for number, node in enumerate(order)}
    return [
        (
            node.op,
            node.label,
            node.is_constant,
            node.is_parameter,
            node.call and (node.call.kind, node.call.path, node.call.number),
            [place[x] if isinstance(x, Node) else None for x in node.operands],
        )
        for node in order
    ]
