"""What a listing needs: its bodies are cut down to the results that something uses.

So a gradient by parameters alone computes none by the samples, and a state that nothing reads is
not carried from step to step.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ...engine.calculus import gather
from ...engine.native import natively
from ...engine.node import Node
from ...transforms.samples import InnerOp
from ...transforms.scans import ScanOp
from .listing import Listing


class Needs(NamedTuple):
    """What is needed of a listing.

    Attributes:
        operations: for each operation whether it is needed.
        bodies: what is needed of each body that is, by position.
    """

    operations: bytearray
    bodies: "dict[int, Inside]"


class Inside(NamedTuple):
    """What is needed of a body.

    Attributes:
        state: of a scan, the numbers of the state.
        results: the numbers of the outputs that are results.
        needs: what is needed of its listing.
        operands: the positions that the batch or scan then reads outside.
    """

    state: list[int]
    results: list[int]
    needs: Needs
    operands: tuple[int, ...]


def keep_needed(listing: Listing) -> None:
    """Leave in all bodies what the outputs of the listing need; do it once."""
    _keep(listing, _needs(listing, listing.outputs))


def _keep(listing: Listing, needs: Needs) -> None:
    found = needs.operations
    for position, body in list(listing.bodies.items()):
        if not found[position]:
            remove(listing, position)
            continue
        inside = needs.bodies[position]
        body.results = {place: x for place, x in body.results.items() if found[x]}
        listing.replace(position, listing.ops[position], inside.operands)
        body.outputs = [body.outputs[j] for j in (*inside.state, *inside.results)]
        body.inputs = [x for x in body.inputs if inside.needs.operations[x]]
        body.kept = {j: body.kept[j] for j in inside.results}
        body.carried = inside.state
        _keep(body, inside.needs)


def remove(listing: Listing, position: int) -> None:
    """Leave nothing of a batch or scan, which nothing needs."""
    listing.replace(position, None, ())
    listing.checked.pop((position, 0), None)
    del listing.bodies[position]


def needed(listing: Listing, outputs: Iterable[int]) -> bytearray:
    """Which operations of a listing its checked lookups and these outputs need."""
    return _needs(listing, outputs).operations


def _needs(listing: Listing, outputs: Iterable[int]) -> Needs:
    found, inside = bytearray(len(listing.operands)), dict[int, Inside]()
    for x in (*outputs, *listing.checked.values()):
        found[x] = True
    stop = len(found)
    for position in sorted(listing.bodies, reverse=True):
        # What uses its results stands after it, and is looked at first.
        mark_operands(listing, position + 1, stop, found)
        if found[position]:
            inside[position] = _inside(listing, position, found)
            for x in inside[position].operands:
                found[x] = True
        stop = position
    mark_operands(listing, 0, stop, found)
    return Needs(found, inside)


@natively
def mark_operands(listing: Any, start: int, stop: int, found: bytearray) -> None:
    """Mark the operands of the operations from `start` to before `stop` that are marked."""
    for position in range(stop - 1, start - 1, -1):
        if found[position]:
            for x in listing.operands[position]:
                found[x] = True


def _inside(listing: Listing, position: int, found: Sequence[int]) -> Inside:
    """What is needed of a body, if these operations of the listing are."""
    body, op = listing.bodies[position], listing.ops[position]
    assert isinstance(op, InnerOp)
    places = [place for place, x in body.results.items() if found[x]]
    state: list[int] = []
    if isinstance(op, ScanOp):
        size, last = op.batch.state, op.batch.count - 1
        results = sorted({j for j, i in places if j >= size or i != last})
        state = sorted({j for j, _ in places if j < size})
    else:
        size = 0
        results = sorted({j for j, _ in places}) or [0]  # a loop has results
    while True:
        needs = _needs(body, [body.outputs[j] for j in (*state, *results)])
        operations = needs.operations
        before = set(state)
        more = [j for j in range(size) if j in before or operations[body.inputs[j]]]
        if more == state:
            break
        state = more
    all_of_them = body.inputs if op.batch.count is None else [body.inputs[j] for j in state]
    for x in all_of_them:
        operations[x] = True
    there = [operations[x] for x in body.inputs]
    repeated = itertools.chain(there[:size], itertools.cycle(there[size:]))
    numbers = itertools.compress(listing.operands[position][: op.batch.operand(0)], repeated)
    used = {outside for x, outside in body.shared.items() if operations[x]}
    return Inside(state, results, needs, (*numbers, *sorted(used)))


def needed_nodes(tape: Sequence[Node], outputs: Iterable[Any]) -> list[Node]:
    """The nodes of a tape that the outputs need, and lookups, which refuse a bad index anyway."""
    found: list[Node] = []
    needed = set(outputs)
    for node in reversed(tape):
        if node in needed or node.op is gather:
            found.append(node)
            needed.update(node.operands)
    return found[::-1]
