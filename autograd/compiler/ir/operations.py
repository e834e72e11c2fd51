"""Operations: what a listing holds, each of them once; and how a tape is read into it.

Nine of ten nodes are + and *, so what is done to each of them takes most of the time of a first
call. The native engine has its own `Operations`, `Positions` and `read_tape`, where a position is
four bytes instead of an object.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from ...engine import calculus as c
from ...engine.native import native, natively
from ...engine.node import Node
from ...engine.op import Op
from ...formulas.lowering import STEPS


class Operations:
    """Operations by position, operands before results.

    Args:
        outer: of the body of a batch, the operations that the batch stands among.

    Attributes:
        ops: the op of each, None at inputs, constants and what comes from outside.
        operands: the positions of its operands.
        constants: the number that each constant is, by its position.
    """

    ops: Sequence[Op | None]
    operands: Sequence[tuple[int, ...]]

    def __init__(self, outer: Any = None) -> None:
        self.outer = outer
        self.constants: dict[int, float] = {}
        self.ops, self.operands = list[Op | None](), list[tuple[int, ...]]()
        self._found: dict[tuple[Op, tuple[int, ...]], int] = {}

    def append(self, op: Op | None = None, operands: tuple[int, ...] = ()) -> int:
        """The position of one more operation."""
        self.ops.append(op)  # type: ignore[attr-defined]
        self.operands.append(operands)  # type: ignore[attr-defined]
        return len(self.ops) - 1

    def operation(self, op: Op, operands: tuple[int, ...]) -> int:
        """The position of `op` applied to `operands`, after simplification."""
        key = (op, operands)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self.simplified(op, operands)
        return found

    def replace(self, position: int, op: Op | None, operands: tuple[int, ...]) -> None:
        """Put another operation at a position; None with no operands for none."""
        self.ops[position], self.operands[position] = op, operands  # type: ignore[index]

    def reorder(self, order: list[int]) -> None:
        """Number all operations anew.

        Args:
            order: by position where each stood before.
        """
        place = [0] * len(order)
        for new, old in enumerate(order):
            place[old] = new
        self.ops = [self.ops[x] for x in order]
        self.operands = [tuple(place[y] for y in self.operands[x]) for x in order]
        self.constants = {place[x]: number for x, number in self.constants.items()}
        self._found.clear()

    def count_ops(self) -> dict[Op | None, int]:
        """How often each op is there; None at what is no operation."""
        return dict(Counter(self.ops))

    def simplified(self, op: Op, operands: tuple[int, ...]) -> int:
        """The position of an operation that was not asked for before."""
        return self.append(op, operands)


class Positions(dict[Node, int]):
    """The positions of nodes."""


class TapeReader(Protocol):
    """What a tape is read into.

    Attributes:
        known: the positions of the nodes that were read.
    """

    known: Any

    @property
    def listing(self) -> Operations:
        """What the operations are put into."""

    def position(self, x: Any, recorded: Any = None) -> int:
        """The position of an operand, a node or a number: what is not traced is `recorded`."""

    def operation(self, node: Node) -> int:
        """The position of what a node does."""


@natively
def read_tape(reader: TapeReader, tape: Iterable[Node]) -> None:
    """Put the nodes of the tape in the listing."""
    known, position, operation = reader.known, reader.position, reader.listing.operation
    for node in tape:
        op = node.op
        if op is None or len(op.rules) != 2:
            if op is not None and node not in known:
                known[node] = reader.operation(node)
            continue
        # + and * are nine in ten: spelled out, reading takes two thirds of the time.
        (left, right), (x, y) = node.operands, node._recorded
        i = known[left] if left in known else position(left, x)
        j = known[right] if right in known else position(right, y)
        known[node] = operation(op, (i, j))


@natively
def read_operands(reader: TapeReader, node: Node) -> tuple[int, ...]:
    """The positions of the operands of a node."""
    return tuple(map(reader.position, node.operands, node._recorded))


@natively
def append_inputs(reader: TapeReader, inputs: list[Any]) -> list[int]:
    """The positions of inputs, which are new operations without an op."""
    found = []
    for x in inputs:
        reader.known[x] = reader.listing.append()
        found.append(reader.known[x])
    return found


@natively
def find_positions(reader: TapeReader, xs: list[Any]) -> list[int]:
    """The positions of nodes and numbers."""
    return list(map(reader.position, xs))


@natively
def waits_for(listing: Operations, position: int, other: int) -> bool:
    """Whether an operation needs another one, by way of its operands."""
    seen, stack = {position}, [position]
    while stack:
        for x in listing.operands[stack.pop()]:
            if x == other:
                return True
            if x not in seen:
                seen.add(x)
                stack.append(x)
    return False


@natively
def order_of(listing: Operations) -> list[int] | None:
    """The positions as they are, but operands first; None if they stand so."""
    operands = listing.operands
    if all(max(xs, default=-1) < x for x, xs in enumerate(operands)):
        return None
    order: list[int] = []
    done = [False] * len(operands)
    for position in range(len(operands)):
        stack = [position]
        while stack:
            x = stack[-1]
            waiting = next((y for y in operands[x] if not done[y]), None)
            if waiting is not None and not done[x]:
                stack.append(waiting)
                continue
            stack.pop()
            if not done[x]:
                done[x] = True
                order.append(x)
    return order


if native is not None:
    # Ops that nothing but a constant simplifies, or in a body what is the same outside.
    native.connect("steps", STEPS - {c.identity, c.fixed, c.gather})
    Operations, Positions = native.Operations, native.Positions  # type: ignore[misc]
