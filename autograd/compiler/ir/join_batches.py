"""Batches of a listing: their needed results alone, and one loop for those over the same samples.

The gradient of a batch computes each sample once more. Where it does not wait for what the batch
gives, as in the gradient of a sum or mean, both are computed in one loop, and what they have in
common once.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.node import Node
from ...engine.op import Op
from ...transforms.batches import BatchOp
from ...transforms.scans import ScanOp
from .listing import Listing
from .needed import keep_needed, needed, remove
from .operations import order_of, waits_for


def join_batches(listing: Listing) -> None:
    """Leave in the batches and scans of a listing what is needed, and join those that may be."""
    if listing.bodies:
        keep_needed(listing)
        _join_all(listing)


def _join_all(listing: Listing) -> None:
    """Join the batches of a listing over the same samples, and those in the steps of scans."""
    joined: list[int] = []
    for position in sorted(listing.bodies):
        if isinstance(listing.ops[position], ScanOp):
            _join_in_steps(listing, position)
            continue
        first = next((x for x in joined if _may_join(listing, x, position)), None)
        if first is None:
            joined.append(position)
        else:
            _join(listing, first, position)
    _sort(listing)


def _join_in_steps(listing: Listing, position: int) -> None:
    body = listing.bodies[position]
    if body.bodies:
        before = set(body.shared.values())
        _join_all(body)
        more = sorted(set(body.shared.values()) - before)
        listing.replace(position, listing.ops[position], (*listing.operands[position], *more))


def _count(listing: Listing, position: int) -> int | None:
    """The number of samples of a batch, None if each call says."""
    op = listing.ops[position]
    assert isinstance(op, BatchOp)
    return op.batch.count


def _columns(listing: Listing, position: int) -> list[tuple[int, ...]] | None:
    """For each input of a sample where all samples have it; None if each call says."""
    count, size = _count(listing, position), len(listing.bodies[position].inputs)
    if count is None:
        return None
    numbers = listing.operands[position][: size * count]
    return [numbers[i::size] for i in range(size)]


def _set_operands(
    listing: Listing, position: int, columns: Sequence[Sequence[int]], used: Iterable[int]
) -> None:
    rows = zip(*columns, strict=True)
    operands = (*itertools.chain.from_iterable(rows), *sorted(used))
    listing.replace(position, listing.ops[position], operands)


class MovedPositions:
    """The positions of the nodes of listings that became one, or were numbered anew.

    Args:
        parts: the positions before, each with what they have become, of some or of all; None if
            they are the same.
    """

    def __init__(self, *parts: tuple[Any, Mapping[int, int] | Sequence[int] | None]) -> None:
        self.parts = parts

    def get(self, node: Node, otherwise: int) -> int:
        """The position of a node."""
        for positions, place in self.parts:
            found = positions.get(node, -1)
            if found >= 0 and (not isinstance(place, Mapping) or found in place):
                return found if place is None else place[found]
        return otherwise


# --- one loop -------------------------------------------------------------------------------


def _may_join(listing: Listing, first: int, later: int) -> bool:
    """Whether two batches go over the same samples, and neither waits for the other."""
    if _count(listing, first) is None or _count(listing, first) != _count(listing, later):
        return False
    common = set(_columns(listing, first) or ()).intersection(_columns(listing, later) or ())
    return bool(common) and not (
        waits_for(listing, later, first) or waits_for(listing, first, later)
    )


def _join(listing: Listing, first: int, later: int) -> None:
    """Compute in the body of the first batch what that of the later one does."""
    body, other = listing.bodies[first], listing.bodies[later]
    columns, more = _columns(listing, first) or [], _columns(listing, later) or []
    known = dict(zip(columns, body.inputs, strict=True))
    place: dict[int, int] = {}
    for x, column in zip(other.inputs, more, strict=True):
        if column not in known:
            known[column] = body.append()
            body.inputs.append(known[column])
            columns.append(column)
        place[x] = known[column]
    inside = needed(other, other.outputs)
    for x, op in enumerate(other.ops):
        if x in place or not inside[x]:
            continue
        place[x] = _moved(body, other, x, op, place)
    body.positions = MovedPositions((body.positions, None), (other.positions, place))
    body.tapes += other.tapes
    body.outputs += [place[x] for x in other.outputs]
    op = listing.ops[first]
    after = 1 + max([*body.kept, *other.kept])
    body.kept |= {after + j: added for j, added in other.kept.items()}
    for (j, s), result in other.results.items():
        body.results[after + j, s] = result
        listing.replace(result, listing.ops[result], (first,))
    inside = needed(body, body.outputs)
    used = {outside for x, outside in body.shared.items() if inside[x]}
    _set_operands(listing, first, columns, used)
    if body.checked:
        listing.checked[first, 0] = first
    remove(listing, later)


def _moved(body: Listing, other: Listing, x: int, op: Op | None, place: dict[int, int]) -> int:
    """The position in a body of an operation of another one."""
    if x in other.constants:
        return body.constant(other.constants[x])
    if x in other.shared:
        return body.share(other.shared[x])
    assert op is not None
    return body.operation(op, tuple(place[y] for y in other.operands[x]))


# --- the order ------------------------------------------------------------------------------


def _sort(listing: Listing) -> None:
    """Number the operations so that operands stand before what needs them."""
    order = order_of(listing)
    if order is None:
        return
    place = [0] * len(order)
    for new, old in enumerate(order):
        place[old] = new
    listing.reorder(order)
    listing.positions = MovedPositions((listing.positions, place))
    listing.bodies = {place[x]: body for x, body in listing.bodies.items()}
    listing.shared = {place[x]: outside for x, outside in listing.shared.items()}
    listing.checked = {key: place[x] for key, x in listing.checked.items()}
    listing.inputs = [place[x] for x in listing.inputs]
    listing.outputs = [place[x] for x in listing.outputs]
    for body in listing.bodies.values():
        body.shared = {x: place[outside] for x, outside in body.shared.items()}
        body.results = {at: place[outside] for at, outside in body.results.items()}
