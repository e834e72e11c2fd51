"""Simplify: the recorded nodes as a list of operations, each once, none for nothing.

    x * 1 -> x              equal operations -> one         what no output needs -> nothing
    op(numbers) -> number   sum, dot, … -> + and *          identity(x), fixed(x) -> x

Every rewrite keeps the bits. Inside a batch or a scan, what no sample or step changes is computed
outside, once.
"""

import functools
import itertools
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from ...engine import calculus as c
from ...engine.assignment import assign
from ...engine.errors import TracedValueError
from ...engine.node import Node
from ...engine.numbers import same
from ...engine.op import Op
from ...formulas.lowering import LOWERED, expansion
from ...formulas.symbol import Symbol
from ...transforms.batches import BatchOp
from ...transforms.samples import InnerOp, ResultOp, place_in_batch
from ...transforms.scans import ScanOp
from ..tracing.traced import OutlivedValue, TracedValue
from .needed import needed_nodes
from .operations import (
    Operations,
    Positions,
    append_inputs,
    find_positions,
    read_operands,
    read_tape,
)


class Listing(Operations):
    """The operations of a recorded function.

    Args:
        outer: of the body of a batch or a scan, the listing that it stands in.

    Attributes:
        shared: the position outside of what is the same for all samples or steps, by its position
            here.
        bodies: the listings of batches and scans, by position.
        results: the positions of their results, by that of the batch or scan and their places.
        kept: by the position of a batch or scan, the numbers of the outputs that its body has, and
            whether each is added up over the samples.
        carried: by the position of a scan, the numbers of the state that its body has.
        positions: where each recorded node stands.
        tapes: of a body, those that were read into it.
        checked: for each index and number of values the first lookup, which is computed even if no
            output needs it, for an index out of range is an error.
        inputs: the positions of the inputs.
        outputs: the positions of the outputs.
    """

    def __init__(self, outer: "Listing | None" = None) -> None:
        super().__init__(outer)
        self.shared: dict[int, int] = {}
        self.bodies: dict[int, Listing] = {}
        self.results: dict[int, dict[tuple[int, int], int]] = {}
        self.kept: dict[int, dict[int, bool]] = {}
        self.carried: dict[int, list[int]] = {}
        self.positions: Any = Positions()
        self.tapes: list[Sequence[Node]] = []
        self.checked: dict[tuple[int, int], int] = {}
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self._known: dict[Any, int] = {}

    def constant(self, x: float) -> int:
        """The position of a number."""
        key = (None, repr(x))  # tells -0.0 from 0.0, and nan is nan
        found = self._known.get(key)
        if found is None:
            found = self.append() if self.outer is None else self.share(self.outer.constant(x))
            self._known[key] = found
            self.constants[found] = x
        return found

    def share(self, outside: int) -> int:
        """The position here of what is outside."""
        found = self._known.get(outside)
        if found is None:
            found = self._known[outside] = self.append()
            self.shared[found] = outside
        return found

    def simplified(self, op: Op, operands: tuple[int, ...]) -> int:
        """The position of an operation that was not asked for before."""
        if op is c.identity or op is c.fixed:
            return operands[0]
        if not self.constants.keys().isdisjoint(operands):
            found = self._with_constants(op, operands)
            if found is not None:
                return found
        if self.outer is not None and all(x in self.shared for x in operands):
            return self.share(self.outer.operation(op, tuple(self.shared[x] for x in operands)))
        formula = expansion(op)
        if formula is not None and (op in LOWERED or _is_formula(op, len(operands))):
            return self.position(formula(*[Symbol(self, x) for x in operands]))
        made = self.append(op, operands)
        if op is c.gather:
            self.checked.setdefault((operands[0], len(operands)), made)
        return made

    def _with_constants(self, op: Op, operands: tuple[int, ...]) -> int | None:
        """The result of `op` where constant operands determine it, else None."""
        constants = self.constants
        if all(x in constants for x in operands):
            return self.constant(float(op.forward(*map(constants.__getitem__, operands))))
        numbers = [constants.get(x) for x in operands[:2]]
        if op is c.mul and 1.0 in numbers:
            return operands[1 - numbers.index(1.0)]
        if op is c.strong_product and numbers[0] == 1.0:
            return operands[1]
        if op is c.strong_product and numbers[1] == 1.0:
            return self.operation(c.add, (operands[0], self.constant(0.0)))  # makes -0.0 a 0.0
        if op in (c.where, c.gather) and numbers[0] is not None:
            return operands[int(op.forward(numbers[0], *range(1, len(operands))))]
        return None

    def forget_bodies(self) -> None:
        """Let go of the bodies, which hold this listing as it holds them.

        So all of them, and the nodes in their batches, are freed with the last reference to this
        one: for the collector to find them took a twentieth of a first call.
        """
        for body in self.bodies.values():
            body.forget_bodies()
        self.bodies.clear()

    def position(self, x: Any) -> int:
        """The position of a symbol or a number."""
        return x.name if isinstance(x, Symbol) else self.constant(float(x))

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        """For formulas written with symbols."""
        return Symbol(self, self.operation(op, tuple(map(self.position, operands))))


SAMPLES = ([0.5, 2.0, -1.5, 3.0], [-2.0, 0.25, 1.0, -0.5], [0.0, 1.0, 7.0, 2.5])


@functools.lru_cache(256)
def _is_formula(op: Op, count: int) -> bool:
    """Whether a user's forward is a formula: on symbols it makes what gives its own numbers."""
    listing = Listing()
    inputs = [listing.append() for _ in range(count)]
    # It may compute with Python's own functions, ask what it is given, refuse these numbers, ….
    with suppress(Exception):
        result = listing.position(op.forward(*[Symbol(listing, x) for x in inputs]))
        for sample in SAMPLES:
            point = list(itertools.islice(itertools.cycle(sample), count))
            numbers = {**dict(zip(inputs, point, strict=True)), **listing.constants}
            for position, made in enumerate(listing.ops):
                if made is not None:
                    given = [numbers[x] for x in listing.operands[position]]
                    numbers[position] = made.forward(*given)
            if not same(numbers[result], op.forward(*point)):
                return False
        return True
    return False


STEP_IN_SCAN = (
    "a step of an optimizer inside scan changes a model that is not in its state: put both there, "
    "as in scan(step, (model, optimizer), data)"
)
STEP_IN_BATCH = (
    "a step of an optimizer inside vmap would be one for each sample: take the gradient there, as "
    'in loss, gradients = vmap(value_and_grad(f), in_axes=…, reduce="mean")(…), then call '
    "model.set_gradients(gradients), and step outside"
)


BATCH_IN_BATCH = (
    "a derivative through one vmap is taken inside another one, for each of its samples: take it "
    "outside of that, once"
)


class _Nodes:
    """The positions in a listing of the nodes of a tape."""

    in_scan = False  # whether they are those of a step of a scan

    def __init__(self, listing: Listing, inputs: Iterable[Node], outer: "_Nodes | None") -> None:
        self.listing, self.outer = listing, outer
        self.known = listing.positions
        listing.inputs += append_inputs(self, list(inputs))

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
        """The position here of what some listing around this one knows."""
        outer = self.outer
        if outer is None:
            return None
        outside = outer.known[x] if x in outer.known else outer._shared(x)
        return None if outside is None else self.listing.share(outside)

    def knows(self, x: Node) -> bool:
        """Whether `x` is in this listing, or in one around it."""
        return x in self.known or (self.outer is not None and self.outer.knows(x))

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
            return self._body(op, operands)
        return self.listing.operation(op, operands)

    def _assign(self, leaf: Any, new: int) -> int:
        """From here on the leaf stands at another position."""
        if self.outer is not None:
            raise TracedValueError(STEP_IN_SCAN if self.in_scan else STEP_IN_BATCH)
        self.known[leaf] = new
        return new

    def _body(self, op: InnerOp, operands: tuple[int, ...]) -> int:
        """The position of a batch or a scan, whose body is a listing of its own."""
        if self.outer is not None and not self.in_scan:
            raise TracedValueError(BATCH_IN_BATCH)
        tape, inputs, outputs = op.batch[0]
        body = _Nodes(Listing(self.listing), inputs, self)
        body.in_scan = isinstance(op, ScanOp)
        if not body.in_scan and any(map(_has_a_body, {x.op for x in tape})):  # refused, if needed
            tape = needed_nodes(tape, outputs)
        body.read(tape)
        body.listing.tapes.append(tape)
        body.listing.outputs = find_positions(body, list(outputs))
        used = sorted(set(body.listing.shared.values()))
        found = self.listing.append(op, (*operands[: op.batch.operand(0)], *used))
        self.listing.bodies[found], self.listing.results[found] = body.listing, {}
        reduced = op.batch.reduced if isinstance(op, BatchOp) else [False] * len(outputs)
        self.listing.kept[found] = dict(enumerate(reduced))
        if isinstance(op, BatchOp) and not outputs:  # a loop has results, also to check an index
            body.listing.outputs = list(body.listing.checked.values())[:1]
            self.listing.kept[found] = {0: False}
        if body.listing.checked:
            self.listing.checked[found, 0] = found
        return found

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
        if self.outer is not None and batch not in self.known and self.outer.knows(batch):
            return self.listing.share(self.outer._result(node, batch))
        at = self.position(batch)
        results = self.listing.results[at]
        if place not in results:
            results[place] = self.listing.append(node.op, (at,))
        return results[place]


def _has_a_body(op: Op | None) -> bool:
    """Whether it is a batch or a scan with one recording for all samples or steps."""
    return isinstance(op, InnerOp) and op.batch.is_rolled


def simplify(tape: Iterable[Node], inputs: Sequence[Node], outputs: Sequence[Any]) -> Listing:
    """The operations that `outputs` need, of the nodes on the `tape`, which are in order."""
    nodes = _Nodes(Listing(), inputs, None)
    nodes.read(tape)
    nodes.listing.outputs = find_positions(nodes, list(outputs))
    return nodes.listing
