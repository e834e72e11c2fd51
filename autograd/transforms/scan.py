"""Scans: a function of a state and a datum, run step after step.

    state, output = f(state, datum)        for every datum, the state of one step for the next

Run as it stands a scan is a loop. `compile` records one step, whatever their number. Where
gradients flow through it, it is one node: `scans.py`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

from ..engine.arguments import check_function, truth
from ..engine.nesting import named_numbers
from ..engine.numbers import is_array
from ..engine.watching import forgetting
from .arrays import array_of_scalars
from .entries import stack
from .first_sample import flow_more
from .function_names import name_of, signature_of
from .matching import matched
from .runs import Run, as_given, leave_gradients
from .scan_data import reversed_steps, steps_of
from .scans import step_results
from .trees import describe, flatten, open_array
from .vmap import recording_batch

Step = Callable[[Any, Any], Any]

# How a scan is recorded, where a function that contains one is: set by the compiler.
recording_scan: ContextVar[Callable[..., Any] | None] = ContextVar("recording_scan", default=None)


def scan(
    f: Step,
    state: Any,
    data: Any = None,
    *,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Run ``state, output = f(state, datum)`` over all data, the state of one step for the next.

    A running sum, a recurrent network, an ODE or a filter is a scan. Inside a compiled function
    one step is recorded, whatever their number, and so is one step of its gradient. Gradients of
    any order flow through it: to the first state, the data, and what the function uses without
    being given it. A state that holds a model or an optimizer is recorded step by step.

    Args:
        f: a function of a state and a datum that gives a pair: the new state, which has the
            structure of the old one, and an output, which may be None.
        state: what the first step gets: a number, or lists, tuples and dicts of numbers.
        data: an entry for each step, as a mapped argument of `vmap` has for each sample: in a
            list, a tuple or an array, or in those of a dict or named tuple. So has each item of a
            tuple with a list or an array in it: with ``(xs, ys)`` a datum is ``(x, y)``. Without
            data a datum is None.
        length: how many steps there are, if there are no data to say so.
        reverse: whether the first step takes the last datum, and so on.

    Returns:
        The last state, and the outputs of all steps, as `vmap` gives the results of all samples:
        lists with an entry for each step, inside the tuples and dicts that `f` gives. None there
        is None for all steps. With `reverse` each stands where its datum does.

    Raises:
        TypeError: if `f` does not take two arguments, or gives no pair, or a state of another
            structure.
        ValueError: for no steps, or different numbers of them.

    Example:
        >>> from autograd import scan
        >>> scan(lambda total, x: (total + x, total * x), 0.0, [1.0, 2.0, 3.0])
        (6.0, [0.0, 2.0, 9.0])
        >>> scan(lambda x, _: (0.5 * (x + 2.0 / x), None), 1.0, length=5)
        (1.414213562373095, None)
        >>> scan(lambda total, x: (total + x, total + x), 0.0, [1.0, 2.0, 3.0], reverse=True)
        (6.0, [6.0, 5.0, 3.0])
    """
    state, steps = without_arrays(state), steps_of(data, length)
    if truth("reverse", reverse):
        last, outputs = _scan(f, state, steps[::-1])
        return last, reversed_steps(outputs)
    return _scan(f, state, steps)


def _scan(f: Step, state: Any, steps: Sequence[Any]) -> tuple[Any, Any]:
    """The last state, and the outputs of these steps."""
    record = recording_scan.get()
    try:
        if record is not None and recording_batch.get() is not None:  # else batches are loops, too
            return record(f, state, steps)  # type: ignore[no-any-return]
        last, outputs = run(f, state, steps)
    except TypeError:  # asked for only now, for a signature takes as long as some steps
        check_step(f)
        raise
    return last, stack_outputs(outputs)


def run(f: Step, state: Any, steps: Sequence[Any]) -> tuple[Any, Any]:
    """The last state and the outputs of all steps: of one node, if a gradient can flow to them.

    Whether one can is what the first step tells, if the data have their nodes where its datum has.
    """
    if forgetting() or any(named_numbers(x) is not None for x in flatten(state, "state")[0]):
        return run_as_loop(f, state, steps)
    first = _StepRun(f, state, steps[0])
    flows, width = first.flows(), first.width
    if not (flows or flow_more(steps[1:], first.numbers[width:])):
        leave_gradients([first])
        last, outputs = run_as_loop(f, first.state, steps[1:])
        return last, [first.output, *outputs]
    runs = [first]
    for datum in steps[1:]:
        runs.append(_StepRun(f, runs[-1].state, datum))
    if not (flows or any(map(_StepRun.flows, runs))):
        leave_gradients(runs)
        return runs[-1].state, [run.output for run in runs]
    state, data = first.numbers[:width], [run.numbers[width:] for run in runs]
    results = step_results([run.made for run in runs], state, data)
    leave_gradients(runs, results)
    last = len(steps) - 1
    outputs = [
        run.treedef.unflatten(results.block((j, i) for j in range(width, run.size)))
        for i, run in enumerate(runs)
    ]
    return first.structure.unflatten(results.block((j, last) for j in range(width))), outputs


def run_as_loop(f: Step, state: Any, steps: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The last state and the outputs of all steps, one after the other."""
    outputs = []
    for datum in steps:
        new, output = pair_of(f(state, datum))
        check_state(new, state)
        state = new
        outputs.append(output)
    return state, outputs


class _StepRun(Run):
    """One step: its numbers and nodes, the new state and the output, and their structures.

    Attributes:
        width: how many of the numbers are those of the state.
    """

    def __init__(self, f: Step, state: Any, datum: Any) -> None:
        before, self.structure = flatten(state, "state", opener=open_array)
        own, treedef = flatten(datum, "the datum of a step", opener=open_array)
        leaves, self.width = [*before, *own], len(before)

        def call(inputs: Sequence[Any]) -> Sequence[Any]:
            fresh = iter(as_given(leaves, inputs))
            state_now, datum_now = self.structure.unflatten(fresh), treedef.unflatten(fresh)
            self.state, self.output = pair_of(f(state_now, datum_now))
            new, structure = flatten(self.state, "state", opener=open_array)
            if structure != self.structure:  # perhaps in another order
                new = list(matched(self.state, state, "state", other_state, same_kinds=True))
                self.state = self.structure.unflatten(new)
            outputs, self.treedef = flatten(self.output, "the output", opener=open_array)
            self.size = len(new) + len(outputs)
            return [*new, *outputs]

        self.run(call, leaves)


def without_arrays(state: Any) -> Any:
    """The state with lists of numbers in the place of numpy arrays, as a step gives it."""
    leaves, treedef = flatten(state, "state")
    if not any(is_array(x) and hasattr(x, "tolist") for x in leaves):
        return state
    return treedef.unflatten(
        array_of_scalars(x.astype(float).ravel().tolist(), x.shape) if hasattr(x, "ravel") else x
        for x in leaves
    )


def check_step(f: Any) -> None:
    """Raise a TypeError unless `f` can be called with a state and a datum."""
    check_function("scan", f, "a function of a state and a datum")
    parameters = signature_of(f)
    try:
        if parameters is not None:
            parameters.bind(None, None)
    except TypeError as error:
        raise TypeError(
            "scan calls its function with two arguments, the state and a datum, which is None "
            f"without data, and {name_of(f)} does not take two ({error}): pass a function that "
            "does, as in lambda state, datum: (state, f(*state, *datum))"
        ) from None


def pair_of(result: Any) -> tuple[Any, Any]:
    """The new state and the output that a step gave.

    Raises:
        TypeError: if it gave anything else.
    """
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(
            "scan needs a function that gives a pair, the new state and an output for each step, "
            f"got {describe(result)}: return (state, output), or (state, None) without output"
        )
    return result


def check_state(new: Any, old: Any) -> None:
    """Raise a TypeError unless the new state has the structure of the old one."""
    if new is not old and flatten(new, "state")[1] != flatten(old, "state")[1]:
        deque(matched(new, old, "state", other_state, same_kinds=True), maxlen=0)


def other_state(new: Any, old: Any, where: str) -> TypeError:
    """The error about a part of a new state that has another structure."""
    return TypeError(
        "scan needs a new state of the structure of the old one: "
        f"{where} was {describe(old)} and is {describe(new)}. Return it as it came, with other "
        "numbers"
    )


def stack_outputs(outputs: Sequence[Any]) -> Any:
    """The outputs of all steps, as `stack` gives the results of all samples."""
    return stack(outputs, "scan needs outputs", "step")
