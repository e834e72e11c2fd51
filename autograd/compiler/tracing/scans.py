"""Scans in a recording: one step is recorded, whatever their number, as one op.

The op takes the numbers of the state and of all data; the nodes of the one step are its body. What
the body uses from outside, such as parameters, is the same for all steps.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...engine.nesting import named_numbers
from ...engine.node import Node
from ...engine.op import Op
from ...transforms.scan import check_state, other_state, pair_of, run_as_loop, stack_outputs
from ...transforms.trees import flatten, flatten_numbers, leaves_like, matched, open_numbers
from .batches import ResultOp
from .traced import TracedValue, number_then, record_node, traced_leaf


class ScanOp(Op):
    """A function of a state and a datum, run step after step.

    Its operands are the numbers of the state, then those of all data, step after step. Its results
    are the last state, then the outputs, step after step.

    Attributes:
        tape: the nodes of the step, in the order they were made.
        inputs: the leaves that stand for the numbers of the state and the datum.
        outputs: the numbers and nodes of the new state and of the output.
        state: how many of both are the state.
        count: how many steps there are.
    """

    def __init__(
        self,
        tape: Sequence[Node],
        inputs: Sequence[TracedValue],
        outputs: Sequence[Any],
        state: int,
        count: int,
    ) -> None:
        super().__init__("scan", lambda *xs: 0.0, derivatives=_no_gradient)
        self.tape, self.inputs, self.outputs = tape, inputs, outputs
        self.state, self.count = state, count


def _no_gradient(*_: Any) -> Any:
    raise TypeError("a compiled function cannot differentiate through a scan")


def record_scan(
    aside: Callable[..., tuple[list[Node], Any]],
    f: Callable[[Any, Any], Any],
    state: Any,
    steps: Sequence[Any],
) -> Any:
    """The last state and the outputs of a scan inside a function that is recorded.

    Args:
        aside: runs a function of traced leaves and gives its nodes and result, without the others.
        f: the function of a state and a datum.
        state: the first state.
        steps: the datum of each step.
    """
    if any(named_numbers(x) is not None for x in flatten(state, "state")[0]):
        last, outputs = run_as_loop(f, state, steps)
        return last, stack_outputs(outputs)  # whose steps change a model or an optimizer
    numbers, treedef = flatten_numbers(state, "state")
    given, datum = _data(steps)
    inputs = [
        *map(traced_leaf, map(_number, numbers), treedef.places("state")),
        *map(traced_leaf, map(_number, given[0]), datum.places("datum") if datum else ()),
    ]
    structure: list[Any] = []

    def step() -> list[Any]:
        remaining = iter(inputs)
        before = treedef.unflatten(remaining)
        new, output = pair_of(f(before, datum.unflatten(remaining) if datum else None))
        check_state(new, state)
        leaves = flatten_numbers(list(matched(new, state, "state", other_state, same_kinds=True)))[
            0
        ]
        made, build = _output(output)
        structure.append(build)
        return [*leaves, *made]

    tape, outputs = aside(f, inputs, step)
    op = ScanOp(tape, inputs, outputs, len(numbers), len(steps))
    results = scan_results(op, [*numbers, *(x for row in given for x in row)])
    width = len(outputs) - op.state
    starts = [op.state + i * width for i in range(op.count)]
    [build] = structure
    made = [build(results[start : start + width]) for start in starts]
    return treedef.unflatten(results[: op.state]), stack_outputs(made)


def scan_results(op: ScanOp, operands: Sequence[Any]) -> list[TracedValue]:
    """The results of a scan as nodes: the last state, then the outputs, step after step."""
    node = record_node(op, operands)
    state, output = op.outputs[: op.state], op.outputs[op.state :]
    numbers = [*map(number_then, state), *map(number_then, [*output] * op.count)]
    return [record_node(ResultOp(i, x), (node,)) for i, x in enumerate(numbers)]


def _number(x: Any) -> float:
    return x._data if isinstance(x, Node) else x


def _data(steps: Sequence[Any]) -> tuple[list[list[Any]], Any]:
    """The numbers of each datum, and its structure; None for no data."""
    if steps[0] is None:
        return [[] for _ in steps], None
    treedef = flatten_numbers(steps[0], "the datum")[1]
    return [
        leaves_like(x, steps[0], f"the datum of step {i}") for i, x in enumerate(steps)
    ], treedef


def _output(output: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """The numbers and nodes of an output, and what puts others in their places; None stays."""
    leaves, treedef = flatten(output, "the output of a step", opener=open_numbers)
    there = [x is not None for x in leaves]

    def build(numbers: Sequence[Any]) -> Any:
        remaining = iter(numbers)
        return treedef.unflatten(next(remaining) if one else None for one in there)

    return flatten_numbers([x for x in leaves if x is not None], "the output of a step")[0], build
