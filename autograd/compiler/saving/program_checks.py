"""Checks of a program that came from a file: it reads and writes its own memory alone.

Native code follows the addresses of a program without asking. So all of them are compared with
the size of the memory first, and so is how often a loop goes round: the number of its samples must
be a constant, or what the caller says, and no step may write over it. A repeat must move on through
the memory, so that it ends.
"""

from collections.abc import Iterator, Sequence

from ...engine import calculus as c
from ...engine.op import Op
from ...formulas.lowering import FOLDS
from ...transforms.lane_sum import LANES
from ..ir.program import (
    Loop,
    Program,
    Repeat,
    Statement,
    Step,
    all_loops,
    all_steps,
    whole_vectors,
    written,
)
from .container import LARGEST, want

SLACK = 8 * LANES  # a memory ends with a whole vector: at least LANES - 1 may be used by nothing
OPERANDS = {c.where: 3, c.clip: 3}  # of ops that state no rule for each operand


def check_program(
    program: Program, samples: dict[int, int] | None = None, given: Sequence[range] = ()
) -> None:
    """Raise unless a program keeps to its memory, whatever numbers it is given.

    Args:
        program: the program.
        samples: for addresses that hold a number of samples that the caller writes, the most that
            it will be.
        given: where else than to the inputs the caller writes.

    Raises:
        CompiledFileError: with what is wrong.
    """
    _Checks(program, samples or {}, given).run()


class _Checks:
    def __init__(self, program: Program, samples: dict[int, int], given: Sequence[range]) -> None:
        self.program, self.size, self.samples = program, program.size, dict(samples)
        self.given = given
        self.used = program.inputs  # so many addresses, as far as is known

    def run(self) -> None:
        program = self.program
        want(0 <= self.size <= LARGEST, "the size of its memory is none")
        want(0 <= program.inputs <= self.size, "its inputs are more than its memory")
        outputs = program.outputs
        want(outputs.step == 1 and outputs.start <= outputs.stop, "its outputs are no range")
        self._range(outputs.start, len(outputs), "outputs")
        for stretch in self.given:
            self._range(stretch.start, len(stretch), "a sample")
        for address, number in program.constants:
            self._range(address, 1, "a constant")
            want(address >= program.inputs, "a constant is where an input is")
            if number == number and 1.0 <= number <= LARGEST and number == int(number):
                self.samples.setdefault(address, int(number))
        self._statements(program.statements)
        self._check_counts()
        want(self.size <= self.used + SLACK, "its memory is larger than what it uses")

    def _statements(self, statements: Sequence[Statement]) -> None:
        for one in statements:
            if isinstance(one, Repeat):
                self._repeat(one)
            elif isinstance(one, Loop):
                self._loop(one)
            else:
                self._step(one, 1)

    def _repeat(self, repeat: Repeat) -> None:
        want(1 <= repeat.count <= LARGEST, "a repeat has no number of runs")
        for copy in (*repeat.before, *repeat.after):
            want(copy.size >= 1, "a repeat copies nothing")
            for first, apart in (copy[:2], copy[2:4]):
                for start in (first, first + (repeat.count - 1) * apart):
                    self._range(start, copy.size, "what a repeat copies")
        self._statements(repeat.steps)

    def _range(self, first: int, count: int, what: str) -> None:
        want(first >= 0 and first + count <= self.size, f"{what} would be beyond its memory")
        self.used = max(self.used, first + count)

    def _step(self, step: Step, stride: int) -> None:
        want(step.count >= 1 and step.stride == stride, "a step has a wrong count or stride")
        self._range(step.out, (step.count - 1) * stride + 1, "a result")
        if stride > 1:
            self._range(step.out, step.count * stride, "a result")
        want(len(step.columns) >= 1 and all(step.columns), "a step has no operands")
        for column in step.columns:
            want(min(column) >= 0 and max(column) < self.size, "an operand is beyond its memory")
            self.used = max(self.used, max(column) + 1)
        if step.op is c.scattered:
            first, *pairs = map(len, step.columns)
            want(first == 1 and len(set(pairs)) == 1, "a table has other pairs than it says")
        if step.op is not None:
            want(_takes(step.op, len(step.columns)), f"{step.op.name} has other operands")
            return
        good = all(run.factors in (1, 2) and run.terms >= 1 for run in step.runs)
        factors = sum(run.factors * run.terms for run in step.runs)
        want(good and factors == len(step.columns), "a sum has other factors than its runs say")

    def _loop(self, loop: Loop) -> None:
        want(loop.samples in self.samples, "the number of samples of a loop is no constant")
        last = self.samples[loop.samples] - 1
        goes_on = any(apart for _, apart, _ in loop.inputs) or any(x[2] for x in loop.outputs)
        want(goes_on or not last, "a loop takes one sample again and again")
        self._range(loop.lanes, 0, "the lanes of a loop")
        for first, apart, lanes in loop.inputs:
            self._range(lanes, LANES, "an input of a sample")
            want(lanes >= loop.lanes, "an input of a sample is where there are no lanes")
            want(apart >= 0, "samples go backwards")
            self._range(first, last * apart + 1, "a sample")
        for result, first, apart in loop.outputs:
            self._range(result, LANES if result >= loop.lanes else 1, "a result of a sample")
            want(apart >= 0, "results go backwards")
            self._range(first, last * apart + 1 if apart else LANES, "a result of a sample")
        for step in loop.steps:
            self._step(step, LANES)
            want(step.out >= loop.lanes, "a step of a loop writes where there are no lanes")

    def _check_counts(self) -> None:
        """No step may write over the number of samples of a loop, also not with a whole vector."""
        loops = all_loops(self.program.statements)
        counts = {loop.samples for loop in loops}
        if counts:
            for stretch in self._written():
                clash = any(address in stretch for address in counts)
                want(not clash, "a step writes over a number of samples")

    def _written(self) -> Iterator[range]:
        """Where the program writes to, with vectors to their ends, and where the caller does."""
        yield from self.given
        yield from written(self.program.statements, self.samples)
        for step in all_steps(self.program.statements):
            yield range(step.out, step.out + whole_vectors(step.count * step.stride))


def _takes(op: Op, operands: int) -> bool:
    """Whether an op can be applied to so many operands."""
    if op is c.gather:
        return operands >= 2
    if op is c.scattered:
        return operands == 3  # with pairs in two columns
    if op in FOLDS:
        return True
    return operands == (len(op.rules) or OPERANDS.get(op, -1))
