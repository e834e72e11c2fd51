"""Scans in a recording: one step is recorded, whatever their number, as one op.

The op takes the numbers of the state and of all data, and what the step uses from outside, such as
parameters, which is the same for all; the nodes of the one step are its body. A gradient through it
is a scan again (`transforms/scans.py`), recorded in the same way.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from ...engine.nesting import named_numbers
from ...transforms.matching import matched, rows_alike
from ...transforms.samples import numbers_of
from ...transforms.scan import check_state, other_state, pair_of, run, run_as_loop, stack_outputs
from ...transforms.scans import StepFunction, StepResults, Steps
from ...transforms.trees import flatten, flatten_numbers
from ...transforms.vmap import as_loops
from .batches import Aside, leave_gradients, recorded_sample
from .plain_outputs import plain_outputs
from .traced import record_nodes, traced_leaves


def record_scan(
    aside: Aside, f: Callable[[Any, Any], Any], state: Any, steps: Sequence[Any]
) -> Any:
    """The last state and the outputs of a scan inside a function that is recorded.

    Args:
        aside: see `Aside`.
        f: the function of a state and a datum.
        state: the first state.
        steps: the datum of each step.
    """
    if any(named_numbers(x) is not None for x in flatten(state, "state")[0]):
        last, outputs = run_as_loop(f, state, steps)
        return last, stack_outputs(outputs)  # whose steps change a model or an optimizer
    numbers, treedef = flatten_numbers(state, "state")
    try:
        rows, datum = _data(steps)
    except ValueError:  # of different structures, so that one step does not stand for all
        with as_loops():
            last, outputs = run(f, state, steps)
        return last, stack_outputs(outputs)
    names = [*treedef.places("state"), *(datum.places("datum") if datum else ())]
    structure: list[Any] = []

    def step(i: int, inputs: Sequence[Any]) -> list[Any]:
        remaining = iter(inputs)
        before = treedef.unflatten(remaining)
        new, output = pair_of(f(before, datum.unflatten(remaining) if datum else None))
        check_state(new, state)
        parts = list(matched(new, state, "state", other_state, same_kinds=True))
        leaves, _ = flatten_numbers(parts)
        made, treedef_of_output = flatten_numbers(output, "the output of a step", flags=True)
        structure.append((treedef_of_output, len(leaves) + len(made)))
        return [*leaves, *made]

    results = record_steps(aside, f, names, step, numbers, rows)
    [(treedef_of_output, width)] = structure
    size = len(numbers)
    outputs = [
        treedef_of_output.unflatten(results.block((j, i) for j in range(size, width)))
        for i in range(len(steps))
    ]
    last = treedef.unflatten(results.block((j, len(steps) - 1) for j in range(size)))
    return last, stack_outputs(outputs)


def record_steps(
    aside: Aside,
    code: Any,
    names: Sequence[str],
    f: StepFunction,
    start: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    known: Iterable[Any] = (),
) -> StepResults:
    """The results of a function for every step, of which it is run for the first.

    Args:
        aside: see `Aside`.
        code: the user's function that the nodes are of.
        names: what the numbers of the state and the datum are called; further ones have no names.
        f: the function.
        start: the numbers of the first state.
        rows: those of each datum.
        known: the nodes from outside that are known beforehand.
    """
    numbers = [*start, *rows[0]]
    names = [*names, *[""] * (len(numbers) - len(names))]
    inputs = traced_leaves(numbers_of(numbers), names)
    tape, outputs, body = aside(code, inputs, lambda: list(f(0, inputs)))
    again = partial(record_steps, aside, code, ())
    step = recorded_sample(tape, inputs, [*outputs, *body.further])
    steps = Steps([step], len(rows), len(start), again, known)
    steps.plain = plain_outputs(step, steps.shared, rows, start)
    results = StepResults(steps, [start, *rows], record_nodes)
    leave_gradients(body, results, len(outputs), len(rows))
    return results


def _data(steps: Sequence[Any]) -> tuple[list[list[Any]], Any]:
    """The numbers of each datum, and its structure; None for no data."""
    if steps[0] is None:
        return [[] for _ in steps], None
    return rows_alike(steps, "the datum of step {}".format)
