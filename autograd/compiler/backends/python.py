"""The Python backend: a program in plain loops, exactly as `program.py` states it.

It is the reference that the other backends are compared with, and needs the standard library
alone. Maps are the ops' own forward functions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from ...engine import calculus as c
from ...transforms.lane_sum import LANES
from ..ir.program import Copy, Loop, Memory, Program, Repeat, Statement, Step, Terms
from .executable import Shape

NEUTRAL = -0.0  # the neutral of +: 0.0 + -0.0 is 0.0, so it would lose a sign


class Runnable(Protocol):
    """A step that was made ready to run."""

    def run(self, memory: Any) -> None:
        """Read the operands from a memory and write the results to it."""


class PythonExecutable:
    """A program, ready to run.

    Args:
        program: its steps; later changes to them do not count.

    Example:
        >>> plus = Step(None, (Terms(False, 1, 2),), [[0], [1]], 2, 1)  # v[2] = v[0] + v[1]
        >>> executable = PythonExecutable(Program(3, 2, [], [[plus]], range(2, 3)))
        >>> memory = executable.memory()
        >>> memory[0], memory[1] = 2.0, 3.0
        >>> executable.run(memory)
        >>> memory[2]
        5.0
    """

    kernels = None  # it has none

    def __init__(self, program: Program) -> None:
        self.program = program
        self._parts = [list(map(self.prepare, part)) for part in program.parts]

    def prepare(self, step: Statement) -> Runnable:
        """Make a step ready to run."""
        if isinstance(step, Repeat):
            return _Runs(step, list(map(self.prepare, step.steps)))
        return _Samples(step) if isinstance(step, Loop) else _Steps([step])

    def memory(self) -> Memory:
        """A fresh memory, to write the inputs to and to read the outputs from.

        Example:
            >>> PythonExecutable(Program(3, 1, [(2, 0.5)], [[]], range(3))).memory().tolist()
            [0.0, 0.0, 0.5]
        """
        memory = memoryview(bytearray(8 * self.program.size)).cast("d")
        for address, number in self.program.constants:
            memory[address] = number
        return memory

    def ready(self, memory: Memory, part: int = 0) -> Callable[[], None]:
        """The function that runs a part of the program on this memory."""
        return partial(self.run, memory, part)

    def repeat(
        self, memory: Memory, rows: Memory, results: Memory, shape: Shape, steps: int
    ) -> None:
        """Run the program for each row, on a state that each run leaves for the next."""
        state, datum, outputs = shape
        first = self.program.outputs.start
        for i in range(steps):
            memory[state : state + datum] = rows[i * datum : (i + 1) * datum]
            self.run(memory)
            memory[:state] = memory[first : first + state]
            made = memory[first + state : first + state + outputs]
            results[i * outputs : (i + 1) * outputs] = made

    def run(self, memory: Memory, part: int = 0) -> None:
        """Run a part of the program on a memory, which nobody else uses meanwhile.

        Raises:
            IndexError: when the index of a lookup is out of range or not whole.
        """
        for step in self._parts[part]:
            step.run(memory)


class _Steps:
    """Steps, one operation after another."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = [
            (step, [] if step.op is c.scattered else list(zip(*step.columns, strict=True)))
            for step in steps
        ]

    def run(self, memory: Memory) -> None:
        for step, operands in self._steps:
            if step.op is c.scattered:
                _scatter(step, memory)
            for i, addresses in enumerate(operands):
                numbers = [memory[address] for address in addresses]
                result = _sum(step.runs, numbers) if step.op is None else step.op.forward(*numbers)
                memory[step.out + i * step.stride] = result


def _scatter(step: Step, memory: Memory) -> None:
    """Add what comes for the places of a table, in order."""
    [first], indices, coming = step.columns
    for index, x in zip(indices, coming, strict=True):
        place = memory[index] - memory[first]
        if 0.0 <= place < step.count and place % 1.0 == 0.0:
            memory[step.out + int(place) * step.stride] += memory[x]


def _sum(runs: Sequence[Terms], numbers: Sequence[float]) -> float:
    """The sum of the terms, whose factors are `numbers` in turn, from left to right."""
    total = NEUTRAL
    factors = iter(numbers)
    for run in runs:
        for _ in range(run.terms):
            term = next(factors)
            if run.factors == 2:
                term *= next(factors)
            total = total - term if run.subtracted else total + term
    return total


class _Samples:
    """A loop, one sample after another: sample i is in lane i % 8 of whatever has lanes."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._bodies = [
            _Steps([_in_lane(step, loop.lanes, lane) for step in loop.steps])
            for lane in range(LANES)
        ]

    def run(self, memory: Memory) -> None:
        loop = self._loop
        for _, first, apart in loop.outputs:
            if not apart:
                for lane in range(LANES):
                    memory[first + lane] = NEUTRAL
        for sample in range(int(memory[loop.samples])):
            lane = sample % LANES
            for first, apart, address in loop.inputs:
                memory[address + lane] = memory[first + sample * apart]
            self._bodies[lane].run(memory)
            for address, first, apart in loop.outputs:
                result = memory[_shift(address, loop.lanes, lane)]
                if apart:
                    memory[first + sample * apart] = result
                else:
                    memory[first + lane] += result


class _Runs:
    """A repeat, with its steps ready to run."""

    def __init__(self, repeat: Repeat, steps: Sequence[Runnable]) -> None:
        self._repeat, self._steps = repeat, steps

    def run(self, memory: Any) -> None:
        for i in range(self._repeat.count):
            _copy(memory, self._repeat.before, i)
            for step in self._steps:
                step.run(memory)
            _copy(memory, self._repeat.after, i)


def _copy(memory: Any, copies: Iterable[Copy], i: int) -> None:
    """Make the copies of run i."""
    for first, apart, to, to_apart, size in copies:
        source, target = first + i * apart, to + i * to_apart
        memory[target : target + size] = memory[source : source + size]


def _shift(address: int, lanes: int, lane: int) -> int:
    """The place of a number of a loop's body for the samples in `lane`."""
    return address + lane if address >= lanes else address


def _in_lane(step: Step, lanes: int, lane: int) -> Step:
    """The step of a loop's body as it is for the samples in `lane`."""
    columns = [[_shift(address, lanes, lane) for address in column] for column in step.columns]
    return replace(step, columns=columns, out=_shift(step.out, lanes, lane))
