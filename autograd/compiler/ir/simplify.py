"""Simplify: the recorded nodes as a list of operations, each once, none for nothing.

    x * 1 -> x              equal operations -> one         what no output needs -> nothing
    op(numbers) -> number   sum, dot, … -> + and *          identity(x), fixed(x) -> x

Every rewrite keeps the bits. `listing.py` has the list; here the nodes of tapes are read into it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from ...engine.assignment import assign
from ...engine.errors import TracedValueError
from ...engine.node import Node
from ...engine.op import Op
from ...transforms.batches import BatchOp
from ...transforms.samples import InnerOp, Place, ResultOp, place_in_batch
from ...transforms.scans import ScanOp
from ..tracing.outlived import OutlivedValue
from ..tracing.traced import TracedValue
from .listing import Listing
from .needed import needed_nodes
from .operations import (
    Positions,
    append_inputs,
    find_positions,
    read_operands,
    read_tape,
)
from .unrolled import unroll

STEP_IN_SCAN = (
    "a step of an optimizer inside scan changes a model that is not in its state: put both there, "
    "as in scan(step, (model, optimizer), data)"
)
STEP_IN_BATCH = (
    "a step of an optimizer inside vmap would be one for each sample: take the gradient there, as "
    'in loss, gradients = vmap(value_and_grad(f), in_axes=…, reduce="mean")(…), then call '
    "model.set_gradients(gradients), and step outside"
)


class _Nodes:
    """The positions in a listing of the nodes of a tape.

    Args:
        listing: the listing.
        outer: those in the listing that this is a body of.
        around: those around one sample or step that stands in line in the same listing.
    """

    in_scan = False  # whether they are those of a step of a scan

    def __init__(
        self, listing: Listing, outer: "_Nodes | None" = None, around: "_Nodes | None" = None
    ) -> None:
        self.listing, self.outer, self.around = listing, outer, around
        self.known = listing.positions if around is None else Positions()
        self.unrolled: dict[Node, dict[Place, int]] = {}  # the results of batches and scans in line

    def append_inputs(self, inputs: Iterable[Node]) -> Self:
        """Put the inputs in the listing."""
        self.listing.inputs += append_inputs(self, list(inputs))
        return self

    def position(self, x: Any, recorded: Any = None) -> int:
        """The position of an operand, a node or a number: what is not traced is `recorded`."""
        if not isinstance(x, TracedValue):
            number = x if recorded is None else recorded
            return self.listing.constant(number._data if isinstance(number, Node) else number)
        found: int | None = self.known.get(x)
        if found is None:
            found = self.known[x] = self._new(x)
        return found

    def _new(self, x: TracedValue) -> int:
        shared = self._shared(x)
        if shared is not None:
            return shared
        if isinstance(x, OutlivedValue) or x.op is None:
            raise x.refusal("a traced Value of another recording", "do not keep it")
        return self.operation(x)  # made inside no_grad, which puts another node on the tape

    def _shared(self, x: TracedValue) -> int | None:
        """The position here of what those around, or some listing around this one, know."""
        if self.around is not None:
            known = self.around.known
            return known[x] if x in known else self.around._shared(x)
        outer = self.outer
        if outer is None:
            return None
        outside = outer.known[x] if x in outer.known else outer._shared(x)
        return None if outside is None else self.listing.share(outside)

    def knows(self, x: Node) -> bool:
        """Whether `x` is in this listing, or in one around it."""
        return self.has(x) or (self.outer is not None and self.outer.knows(x))

    def has(self, x: Node) -> bool:
        """Whether `x` is in this listing."""
        return x in self.known or (self.around is not None and self.around.has(x))

    def read(self, tape: Iterable[Node]) -> None:
        """Put the nodes of the tape in the listing."""
        read_tape(self, tape)

    def operation(self, node: Node) -> int:
        """The position of what a node does."""
        op = node.op
        assert op is not None
        if isinstance(op, ResultOp):
            return self._result(node, node.operands[0])
        if isinstance(op, InnerOp) and not _has_a_body(op):
            return self._loop(op)  # whose operands its nodes read
        operands = read_operands(self, node)
        if op is assign:
            return self._assign(node.operands[0], operands[1])
        if isinstance(op, InnerOp):
            is_in_line = self.outer is not None and not self.in_scan
            return self._in_line(node, op, operands) if is_in_line else self._body(op, operands)
        return self.listing.operation(op, operands)

    def _assign(self, leaf: Any, new: int) -> int:
        """From here on the leaf stands at another position."""
        if self.outer is not None:
            raise TracedValueError(STEP_IN_SCAN if self.in_scan else STEP_IN_BATCH)
        self.known[leaf] = new
        return new

    def _body(self, op: InnerOp, operands: tuple[int, ...]) -> int:
        """The position of a batch or a scan, whose body is a listing of its own."""
        tape, inputs, outputs = op.batch[0]
        body = _Nodes(Listing(self.listing), self).append_inputs(inputs)
        body.in_scan = isinstance(op, ScanOp)
        if not body.in_scan and any(map(_has_a_body, {x.op for x in tape})):  # in line, if needed
            tape = needed_nodes(tape, outputs)
        body.read(tape)
        body.listing.tapes.append(tape)
        body.listing.outputs = find_positions(body, list(outputs))
        used = sorted(set(body.listing.shared.values()))
        found = self.listing.append(op, (*operands[: op.batch.operand(0)], *used))
        self.listing.bodies[found] = body.listing
        reduced = op.batch.reduced if isinstance(op, BatchOp) else [False] * len(outputs)
        body.listing.kept = dict(enumerate(reduced))
        if isinstance(op, BatchOp) and not outputs:  # a loop has results, also to check an index
            body.listing.outputs = list(body.listing.checked.values())[:1]
            body.listing.kept = {0: False}
        if body.listing.checked:
            self.listing.checked[found, 0] = found
        return found

    def _in_line(self, node: Node, op: InnerOp, operands: tuple[int, ...]) -> int:
        """The operations of a batch or a scan with a body, one sample or step after the other."""
        tape, inputs, outputs = op.batch[0]

        def append(positions: Sequence[int]) -> list[int]:
            one = _Nodes(self.listing, self.outer, self)
            for x, position in zip(inputs, positions, strict=True):
                one.known[x] = position
            one.read(tape)
            return find_positions(one, list(outputs))

        self.unrolled[node] = unroll(self.listing, op, operands, append)
        return self.listing.constant(0.0)  # which nothing reads

    def _loop(self, op: InnerOp) -> int:
        """The operations of a batch or a scan of which each run has nodes of its own."""
        for sample in op.batch.samples:
            for x in (*sample.inputs, *sample.tape):
                if isinstance(x, TracedValue) and x.op is not None and x not in self.known:
                    self.known[x] = self.operation(x)
        return self.listing.constant(0.0)  # which nothing reads

    def _result(self, node: Node, batch: Any) -> int:
        j, s = place = place_in_batch(node)
        if isinstance(batch.op, InnerOp) and not batch.op.batch.is_rolled:
            return self.position(batch.op.batch[s].outputs[j])
        if self.outer is not None and not self.has(batch) and self.outer.knows(batch):
            return self.listing.share(self.outer._result(node, batch))
        here: _Nodes | None = self
        while here is not None:
            if batch in here.unrolled:
                return here.unrolled[batch][place]
            here = here.around
        at = self.position(batch)
        results = self.listing.bodies[at].results
        if place not in results:
            results[place] = self.listing.append(node.op, (at,))
        return results[place]


def _has_a_body(op: Op | None) -> bool:
    """Whether it is a batch or a scan with one recording for all samples or steps."""
    return isinstance(op, InnerOp) and op.batch.is_rolled


def simplify(tape: Iterable[Node], inputs: Sequence[Node], outputs: Sequence[Any]) -> Listing:
    """The operations that `outputs` need, of the nodes on the `tape`, which are in order."""
    nodes = _Nodes(Listing()).append_inputs(inputs)
    nodes.read(tape)
    nodes.listing.outputs = find_positions(nodes, list(outputs))
    return nodes.listing
