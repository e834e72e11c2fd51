"""Listing: a list of operations, each once, that is simplified while it is made.

    x * 1 -> x     op(numbers) -> number     sum, dot, … -> + and *     identity(x), fixed(x) -> x

Inside a batch or a scan, what no sample or step changes is computed outside, once.
"""

import functools
import itertools
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ...engine import calculus as c
from ...engine.node import Node
from ...engine.numbers import same
from ...engine.op import Op
from ...formulas.lowering import LOWERED, expansion
from ...formulas.symbol import Symbol
from ...transforms.samples import Place
from .operations import Operations, Positions


class Listing(Operations):
    """The operations of a recorded function.

    Args:
        outer: of the body of a batch or a scan, the listing that it stands in.

    Attributes:
        shared: the position outside of what is the same for all samples or steps, by its position
            here.
        bodies: the listings of batches and scans, by position.
        positions: where each recorded node stands.
        tapes: of a body, those that were read into it.
        checked: for each index and number of values the first lookup, which is computed even if no
            output needs it, for an index out of range is an error.
        inputs: the positions of the inputs.
        outputs: the positions of the outputs.
        results: of a body, the positions outside of its results, by output and sample or step.
        kept: of a body, the numbers of the results that it has left among its outputs, and whether
            each is added up over the samples.
        carried: of the body of a scan, the numbers of the state that it has left, likewise.
    """

    def __init__(self, outer: "Listing | None" = None) -> None:
        super().__init__(outer)
        self.shared: dict[int, int] = {}
        self.bodies: dict[int, Listing] = {}
        self.positions: Any = Positions()
        self.tapes: list[Sequence[Node]] = []
        self.checked: dict[tuple[int, int], int] = {}
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.results: dict[Place, int] = {}
        self.kept: dict[int, bool] = {}
        self.carried: list[int] = []
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
        if op is c.add and "-0.0" in (signs := list(map(repr, numbers))):
            return operands[1 - signs.index("-0.0")]
        if op is c.scattered and all(x in constants for x in operands[::2]):
            return self._known_places(operands)
        if op is c.strong_product and numbers[0] == 1.0:
            return operands[1]
        if op is c.strong_product and numbers[1] == 1.0:
            return self.operation(c.add, (operands[0], self.constant(0.0)))  # makes -0.0 a 0.0
        if op in (c.where, c.gather) and numbers[0] is not None:
            return operands[int(op.forward(numbers[0], *range(1, len(operands))))]
        return None

    def _known_places(self, operands: tuple[int, ...]) -> int:
        """What is `scattered` to places that are known: a sum."""
        place, total, *pairs = operands
        for index, x in zip(pairs[::2], pairs[1::2], strict=True):
            if self.constants[index] == self.constants[place]:
                total = self.operation(c.add, (total, x))
        return total

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


POINTS = ([0.5, 2.0, -1.5, 3.0], [-2.0, 0.25, 1.0, -0.5], [0.0, 1.0, 7.0, 2.5])


@functools.lru_cache(256)
def _is_formula(op: Op, count: int) -> bool:
    """Whether a user's forward is a formula: on symbols it makes what gives its own numbers."""
    listing = Listing()
    inputs = [listing.append() for _ in range(count)]
    # It may compute with Python's own functions, ask what it is given, refuse these numbers, ….
    with suppress(Exception):
        result = listing.position(op.forward(*[Symbol(listing, x) for x in inputs]))
        for sample in POINTS:
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
