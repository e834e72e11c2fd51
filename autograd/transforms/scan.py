"""Scans: a function of a state and a datum, run step after step.

    state, output = f(state, datum)        for every datum, the state of one step for the next

Run as it stands a scan is a loop. `compile` records one step, whatever their number. Where
gradients flow through it, it is one node: `scans.py`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

from ..engine.arguments import check_function, positive_int, truth
from ..engine.messages import describe_type, list_few
from ..engine.nesting import named_numbers
from ..engine.numbers import is_array
from ..engine.watching import forgetting
from .arrays import array_of_scalars
from .bodies import body_of_run, leave_gradients
from .entries import as_operand, entries, has_samples, stack
from .first_sample import flow_more
from .function_names import name_of, signature_of
from .samples import carries_gradient, run_sample
from .scans import step_results
from .trees import describe, flatten, kind_of_node, matched, open_array
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
    flows = first.flows()
    if not (flows or flow_more(steps[1:], first.numbers[1])):
        leave_gradients([first])
        last, outputs = run_as_loop(f, first.state, steps[1:])
        return last, [first.output, *outputs]
    runs = [first]
    for datum in steps[1:]:
        runs.append(_StepRun(f, runs[-1].state, datum))
    if not (flows or any(map(_StepRun.flows, runs))):
        leave_gradients(runs)
        return runs[-1].state, [run.output for run in runs]
    results = step_results(
        [run.made for run in runs], first.numbers[0], [run.numbers[1] for run in runs]
    )
    leave_gradients(runs, results)
    size, last = len(first.numbers[0]), len(steps) - 1
    outputs = [
        run.treedef.unflatten(results.block((j, i) for j in range(size, run.size)))
        for i, run in enumerate(runs)
    ]
    return first.structure.unflatten(results.block((j, last) for j in range(size))), outputs


def run_as_loop(f: Step, state: Any, steps: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The last state and the outputs of all steps, one after the other."""
    outputs = []
    for datum in steps:
        new, output = pair_of(f(state, datum))
        check_state(new, state)
        state = new
        outputs.append(output)
    return state, outputs


class _StepRun:
    """One step: its numbers and nodes, the new state and the output, and their structures."""

    def __init__(self, f: Step, state: Any, datum: Any) -> None:
        before, self.structure = flatten(state, "state", opener=open_array)
        given, treedef = flatten(datum, "the datum of a step", opener=open_array)
        leaves = [*before, *given]
        self.numbers = [as_operand(x) for x in before], [as_operand(x) for x in given]

        def run(inputs: Sequence[Any]) -> Sequence[Any]:
            fresh = iter(
                x if type(new) is float else new for x, new in zip(leaves, inputs, strict=True)
            )
            state_now, datum_now = self.structure.unflatten(fresh), treedef.unflatten(fresh)
            self.state, self.output = pair_of(f(state_now, datum_now))
            new, structure = flatten(self.state, "state", opener=open_array)
            if structure != self.structure:  # perhaps in another order
                new = list(matched(self.state, state, "state", other_state, same_kinds=True))
                self.state = self.structure.unflatten(new)
            outputs, self.treedef = flatten(self.output, "the output", opener=open_array)
            self.size = len(new) + len(outputs)
            return [*new, *outputs]

        self.body = body_of_run()
        self.made = run_sample(run, [*self.numbers[0], *self.numbers[1]], self.body)

    def flows(self) -> bool:
        """Whether a gradient can flow to its state or output."""
        return any(map(carries_gradient, self.made.outputs[: self.size]))


# --- data -----------------------------------------------------------------------------------


def has_steps(x: Any) -> bool:
    """Whether `x` is what holds the steps in data: no dict, and no tuple with lists or arrays."""
    of_parts = kind_of_node(x.__class__) is tuple and any(map(_is_list, x))
    return has_samples(x) and not of_parts


def steps_of(data: Any, length: int | None) -> list[Any]:
    """The datum of each step.

    Raises:
        TypeError: for data without an entry for each step.
        ValueError: for no steps, or different numbers of them.
    """
    if data is None:
        return [None] * check_counts(None, length)
    holders, treedef = flatten(data, "scan: data", is_leaf=has_steps)
    places = treedef.places("scan: data")
    columns = list(map(_entries, holders, places))
    counts = dict(zip(treedef.places("data"), map(len, columns), strict=True))
    check_counts(counts, length)
    return list(map(treedef.builder(), zip(*columns, strict=True)))


def check_counts(counts: dict[str, int] | None, length: int | None) -> int:
    """The number of steps, if all parts of the data have as many.

    Args:
        counts: how many entries each part has, by its place; None without data.
        length: how many there should be, None for any number.

    Raises:
        TypeError: for a length that is no int.
        ValueError: if they are different, or none, or neither of the two is given.
    """
    if length is not None:
        length = positive_int("length of scan", length)
    if counts is None:
        if length is None:
            raise ValueError(
                "scan needs data, with an entry for each step, or length=, the number of steps: "
                "got neither"
            )
        return length
    if len(set(counts.values())) > 1:
        told = list_few(counts.items(), lambda item: f"{item[0]} has {item[1]}")
        raise ValueError(f"scan needs as many entries in each part of the data: {told}")
    count = next(iter(counts.values()), 0)
    if not count and length is not None:
        raise ValueError(f"scan got data without entries and length={length}: leave data out")
    if not count:
        raise ValueError(
            "scan needs at least one step, and the data have none; for steps without data pass "
            "length="
        )
    if length not in (None, count):
        raise ValueError(
            f"scan got data for {count} step(s) and length={length}: leave length out, or make "
            "them agree"
        )
    return count


def _is_list(x: Any) -> bool:
    return isinstance(x, list) or is_array(x)


def _entries(x: Any, where: str) -> list[Any]:
    if not _is_list(x) and not isinstance(x, tuple):
        raise TypeError(
            f"{where} should have an entry for each step, is {describe_type(x)}: pass a list or an "
            "array; what all steps share the function may use without being given it"
        )
    return entries(x, where)


# --- states and outputs ---------------------------------------------------------------------


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


def reversed_steps(x: Any) -> Any:
    """The data of all steps, or their outputs as `stack_outputs` gives them, the last first."""
    parts, treedef = flatten(x, "the data", is_leaf=has_steps)
    return treedef.unflatten(x[::-1] if _is_list(x) or isinstance(x, tuple) else x for x in parts)
