"""`verify_scan`: a compiled scan beside a loop of interpreted steps."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..transforms.scan import pair_of, stack_outputs
from .binding import BoundCall, Function
from .call_structure import as_lists
from .effects import gradients_there, move_gradients, with_numbers
from .sample_blocks import sample_at
from .scan import STEPS, call_of_step
from .scan_state import in_order
from .verified import first_difference, interpret, numbers_in_results


class InterpretedStep(NamedTuple):
    """A step of a scan, interpreted.

    Attributes:
        call: the call.
        state: the numbers of the new state.
        output: what it gave besides.
    """

    call: BoundCall
    state: list[float]
    output: Any


def interpreted_steps(f: Function, state: Any, data: Any, count: int) -> Iterator[InterpretedStep]:
    """Each step of a scan of so many steps, interpreted; what is given stays as it is."""
    numbers, gradients = state_numbers(state, state), gradients_there([state])

    def see(given: Sequence[Any]) -> None:
        gradients[:] = gradients_there(given)

    for i in range(count):
        before = with_numbers(state, iter(numbers))
        move_gradients(gradients, [before])
        call = call_of_step(f, before, sample_at(i, data, STEPS))
        new, output = pair_of(interpret(call.f, call.args, see)[0])
        numbers = state_numbers(new, state)
        yield InterpretedStep(call, numbers, output)


def state_numbers(new: Any, first: Any) -> list[float]:
    """The numbers of a state, in the order of those of the first one."""
    return numbers_in_results(in_order(as_lists(new), first))


def numbers_of_scan(f: Function, state: Any, data: Any, count: int) -> list[float]:
    """The numbers in the outputs of an interpreted scan, followed by those of its last state."""
    steps = list(interpreted_steps(f, state, data, count))
    return [*numbers_in_results(stack_outputs([step.output for step in steps])), *steps[-1].state]


def first_difference_in_scan(
    f: Function, state: Any, data: Any, count: int, backend: str
) -> str | None:
    """The first node that a compiled step gives differently from the interpreted one, and where."""
    for i, step in enumerate(interpreted_steps(f, state, data, count)):
        found = first_difference(step.call.f, step.call.args, step.call.names, backend)
        if found:
            return f"in step {i} {found}"
    return None
