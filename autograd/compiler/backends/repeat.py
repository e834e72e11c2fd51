"""Repeat: a program run once for each row of data, on a state that each run leaves for the next."""

from typing import Any, NamedTuple

from ..ir.program import Memory


class Shape(NamedTuple):
    """The sizes of a state, a datum and an output, in numbers.

    The inputs of the program are a state and a datum, its results a state and an output.
    """

    state: int
    datum: int
    outputs: int


def repeat(
    executable: Any,
    memory: Memory,
    rows: Memory,
    results: Memory,
    shape: Shape,
    steps: int,
) -> None:
    """Run the program on each of `rows`, and put what it gives into `results`.

    An error leaves the state of the last step that was finished.
    """
    state, datum, outputs = shape
    first = executable.program.outputs.start
    for i in range(steps):
        memory[state : state + datum] = rows[i * datum : (i + 1) * datum]
        executable.run(memory)
        memory[:state] = memory[first : first + state]
        results[i * outputs : (i + 1) * outputs] = memory[first + state : first + state + outputs]
