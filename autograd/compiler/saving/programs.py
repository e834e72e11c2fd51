"""Programs as integers and numbers, and back.

A step is its kind, then what the kind has:

    map     0, which op, how many operands, out, count, stride, and the addresses of the operands;
            of `scattered` how many pairs, and the addresses of the first place and of these
    sum     1, how many runs, these (subtracted, factors, terms), then as a map from its operands on
    loop    2, how many steps, inputs and outputs, lanes, samples, then these: three integers for
            each input and output, and the steps
    repeat  3, how many steps, runs, copies before and copies after, then these: five integers for
            each copy, and the steps
"""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from ...engine import calculus as c
from ...engine.errors import CompiledFileError
from ...engine.op import Op
from ...formulas.lowering import STEPS
from ..ir.program import Copy, Loop, Program, Repeat, Statement, Step, Terms
from .container import LARGEST, Reader, Writer

OPS: dict[str, Op] = {op.name: op for op in STEPS}
MAP, SUM, LOOP, REPEAT = 0, 1, 2, 3
DEEPEST = 2  # repeats inside of one another: the slabs of a batch, inside of a scan
Header = dict[str, Any]


class ProgramWriter:
    """Writes programs, whose ops have their places in one list.

    Args:
        into: gets the integers and numbers.

    Attributes:
        ops: the names of the ops so far, and where they stand.
    """

    def __init__(self, into: Writer) -> None:
        self.into = into
        self.ops: dict[str, int] = {}

    def write(self, program: Program) -> Header:
        """Write a program, and give what the header says of it.

        Raises:
            CompiledFileError: if it applies an op of the user's that is written in plain Python.
        """
        self._add([address for address, _ in program.constants])
        self.into.numbers.extend(number for _, number in program.constants)
        for step in program.statements:
            self._step(step)
        return {
            "size": program.size,
            "inputs": program.inputs,
            "outputs": [program.outputs.start, program.outputs.stop],
            "constants": len(program.constants),
            "parts": list(map(len, program.parts)),
        }

    def _add(self, integers: Sequence[int]) -> None:
        try:
            self.into.integers.extend(integers)
        except OverflowError:
            raise CompiledFileError(f"its memory has more than {LARGEST:,} numbers") from None

    def _step(self, step: Statement) -> None:
        if isinstance(step, Repeat):
            self._add((REPEAT, len(step.steps), step.count, len(step.before), len(step.after)))
            for copy in (*step.before, *step.after):
                self._add(copy)
            for one in step.steps:
                self._step(one)
            return
        if isinstance(step, Loop):
            sizes = (len(step.steps), len(step.inputs), len(step.outputs))
            self._add((LOOP, *sizes, step.lanes, step.samples))
            for three in (*step.inputs, *step.outputs):
                self._add(three)
            for inner in step.steps:
                self._step(inner)
            return
        if step.op is None:
            self._add((SUM, len(step.runs)))
            for run in step.runs:
                self._add((int(run.subtracted), run.factors, run.terms))
        else:
            self._add((MAP, self._place(step.op)))
        operands = len(step.columns[-1] if step.op is c.scattered else step.columns)
        self._add((operands, step.out, step.count, step.stride))
        for column in step.columns:
            self._add(column)

    def _place(self, op: Op) -> int:
        if OPS.get(op.name) is not op:
            raise CompiledFileError(
                f"the op {op.name!r} is computed by a function in Python, which no file holds: "
                "write its forward with the functions of this library"
            )
        return self.ops.setdefault(op.name, len(self.ops))


class ProgramReader:
    """Reads what a `ProgramWriter` wrote; that its addresses are good is not said yet.

    Args:
        source: the integers and numbers.
        ops: the names of the ops.
    """

    def __init__(self, source: Reader, ops: Sequence[str]) -> None:
        unknown = [name for name in ops if name not in OPS]
        if unknown:
            raise CompiledFileError(f"it needs the op {unknown[0]!r}, which this library has not")
        self.source, self.ops = source, [OPS[name] for name in ops]

    def read(self, header: Header) -> Program:
        """The next program."""
        _want_counts(header["size"], header["inputs"], *header["parts"])
        addresses = self.source.integers(header["constants"])
        numbers = self.source.numbers(header["constants"])
        return Program(
            size=header["size"],
            inputs=header["inputs"],
            constants=list(zip(addresses, numbers, strict=True)),
            parts=[[self._step() for _ in range(count)] for count in header["parts"]],
            outputs=range(*header["outputs"]),
        )

    def _step(self, repeats: int = DEEPEST) -> Statement:
        (kind,) = self.source.integers(1)
        if kind == REPEAT and repeats:
            return self._repeat(repeats - 1)
        return self._loop() if kind == LOOP else self._plain(kind)

    def _repeat(self, repeats: int) -> Repeat:
        steps, count, before, after = self.source.integers(4)
        _want_counts(steps, before, after)
        copies = [Copy(*self.source.integers(5)) for _ in range(before + after)]
        body = [self._step(repeats) for _ in range(steps)]
        return Repeat(body, count, copies[:before], copies[before:])

    def _loop(self) -> Loop:
        steps, inputs, outputs, lanes, samples = self.source.integers(5)
        _want_counts(steps, inputs, outputs)
        threes = [self._three() for _ in range(inputs + outputs)]
        body = [self._plain(*self.source.integers(1)) for _ in range(steps)]
        return Loop(body, lanes, samples, threes[:inputs], threes[inputs:])

    def _three(self) -> tuple[int, int, int]:
        a, b, c = self.source.integers(3)
        return a, b, c

    def _plain(self, kind: int) -> Step:
        op: Op | None = None
        runs: tuple[Terms, ...] = ()
        (number,) = self.source.integers(1)
        if kind == SUM:
            threes = [self._three() for _ in range(number)]
            runs = tuple(Terms(bool(minus), factors, terms) for minus, factors, terms in threes)
        elif kind == MAP and 0 <= number < len(self.ops):
            op = self.ops[number]
        else:
            raise CompiledFileError("it has a step of no known kind")
        operands, out, count, stride = self.source.integers(4)
        if count < 1:  # of whatever number of operands, which may be a wrong and a large one
            raise CompiledFileError("it has a step of no operations")
        sizes: Iterable[int] = repeat(count, operands)
        if op is c.scattered:
            sizes = (1, operands, operands)
        columns = [self.source.integers(size).tolist() for size in sizes]
        return Step(op, runs, columns, out, count, stride)


def _want_counts(*counts: Any) -> None:
    if not all(type(count) is int and count >= 0 for count in counts):
        raise CompiledFileError("it has a number of steps or of places that is no count")
