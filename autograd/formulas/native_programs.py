"""Programs of the native engine: ops of many operands, as steps of one, two or three.

The value and the local derivatives of a row depend on how many operands there are. For each count
that is met the row is asked once, with symbols, and what it says is kept as a list of steps. So the
row stays the one definition.
"""

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from ..engine import calculus as c
from ..engine.op import ONE, Op
from .lowering import FOLDS, LOWERED
from .native_spelling import names_of_rows
from .symbol import Symbol

MOST_OPERANDS = 256
WHERE = -1  # the step that chooses
# What a local derivative is, as rules in C have it; the last is 1 where a register is not 0, else
# nothing.
NOTHING, ONLY_ONE, REGISTER, TAKEN = 0, 1, 2, 3

INDEXED = {c.gather, c.log_share}  # whose first operand names one of the others

Step = tuple[int, int, int, int]  # the row in the table, and the registers of its operands


class Program(NamedTuple):
    """Steps on registers: the operands, the result, the constants, then what each step gives.

    Attributes:
        constants: the numbers after the operands and the result.
        steps: what is computed of which registers.
        results: for each result what it is, with its register.
    """

    constants: tuple[float, ...]
    steps: tuple[Step, ...]
    results: tuple[tuple[int, int], ...]

    def packed(self) -> tuple[bytes, bytes, bytes]:
        """Each of the three as C has it in memory."""
        integers = [array("i", chain.from_iterable(x)).tobytes() for x in self[1:]]
        return array("d", self.constants).tobytes(), integers[0], integers[1]


class _Recorder:
    """Records formulas of so many operands, one step for each op of the table."""

    def __init__(self, count: int) -> None:
        self.inputs = [Symbol(self, ("input", i)) for i in range(count + 1)]
        self.constants: list[float] = []
        self.steps: list[tuple[int, list[Any]]] = []

    def make(self, op: Op, operands: Sequence[Any]) -> Any:
        if op in FOLDS and len(operands) != 2:
            first, *others = operands
            for x in others:
                first = op(first, x)
            return first
        if op is c.gather:
            index, found, *others = operands
            for i, x in enumerate(others, 1):
                found = c.where(c.equal(index, float(i)), x, found)
            return found
        row = WHERE if op is c.where else names_of_rows().get(op)
        if row is None:
            return LOWERED[op](*operands)
        self.steps.append((row, list(operands)))
        return Symbol(self, ("step", len(self.steps) - 1))

    def program(self, results: Sequence[Any], other: int = REGISTER) -> Program:
        kinds = [NOTHING if x is None else ONLY_ONE if x is ONE else other for x in results]
        wanted = [
            self._place(x) if kind == other else ("input", 0)
            for kind, x in zip(kinds, results, strict=True)
        ]
        placed = [(row, [self._place(x) for x in operands]) for row, operands in self.steps]
        starts = {"input": 0, "constant": len(self.inputs)}
        starts["step"] = len(self.inputs) + len(self.constants)

        def register(place: tuple[str, int]) -> int:
            return starts[place[0]] + place[1]

        steps = []
        for row, places in placed:
            a, b, last = [*map(register, places), 0, 0][:3]
            steps.append((row, a, b, last))
        results_ = tuple(zip(kinds, map(register, wanted), strict=True))
        return Program(tuple(self.constants), tuple(steps), results_)

    def _place(self, x: Any) -> Any:
        if isinstance(x, Symbol):
            return x.name
        self.constants.append(float(x))
        return "constant", len(self.constants) - 1


def pack_programs(op: Op, count: int) -> tuple[Any, Any, bool, bool] | None:
    """The programs as C takes them, whether the op is strong, and whether it has an index."""
    found = write_programs(op, count)
    return found and (found[0].packed(), found[1].packed(), op.strong, op in INDEXED)


def write_programs(op: Op, count: int) -> tuple[Program, Program] | None:
    """The programs for the value and the local derivatives of so many operands, if there are any.

    None for what chooses by numbers, or has too many operands: Python computes that. Programs of an
    op of `INDEXED` hold where the index is one.
    """
    known = op in LOWERED or op is c.gather or (op is c.where and count == 3)
    if not known or op.derivatives is None or count > MOST_OPERANDS:
        return None
    value, locals_ = _Recorder(count), _Recorder(count)
    *operands, _ = value.inputs
    *given, out = locals_.inputs
    try:
        found = value.program([value.make(op, operands)])
        if op.taken is not None:
            taken = [None, *(op.taken(given, i) for i in range(1, count))]
            return found, locals_.program(taken, TAKEN)
        return found, locals_.program(op.derivatives(tuple(given), out))
    except TypeError:  # a symbol chooses nothing
        return None
