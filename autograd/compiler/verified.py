"""Verify: a compiled function beside the interpreted one, and the first node where they differ."""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.commit import commit
from ..engine.errors import CompiledDifferenceError, CompiledFileError
from ..engine.node import Node
from ..engine.numbers import flag_as_number, is_array, same
from ..engine.value import Value
from ..engine.watching import unwatched
from ..transforms.samples import number_of
from ..transforms.strict import applied
from ..transforms.vmap import as_loops
from .backends.choose import executable
from .batch_binding import BatchCall
from .call_structure import as_lists, numbers_in
from .effects import StandIns, copies, gradients_there, keeping_gradients
from .ir.stages import stages
from .results import result_builder
from .sample_blocks import SampleBlock, count_of
from .workspace import Workspace


def first_difference(
    f: Callable[..., Any], args: Sequence[Any], names: Sequence[str], backend: str
) -> str | None:
    """The first node that the compiled function gives differently from the recording of it.

    Both have the numbers of these arguments, and a batch is a plain loop in both: so each sample
    has nodes of its own.
    """
    pieces = numbers_in(args, names)
    more: list[float] = []

    def results(output: Any, changed: StandIns) -> list[Any]:
        more.extend(changed.gradients.numbers())
        return numbers_and_nodes(output, changed)

    made = stages(as_loops()(f), args, names, pieces, results)
    space = Workspace(executable(backend, made.program), any(map(is_array, pieces)))
    space.put(0, [*pieces, *more])
    space.runs[0]()
    for node, address in made.places():
        found, wanted = space.memory[address], number_of(node)
        if not same(wanted, found):
            return f"{applied(node)} is {wanted!r} interpreted and {found!r} compiled"
    return None


def first_difference_in_samples(call: BatchCall, backend: str) -> str | None:
    """The first sample of a batch with a node that differs, and that node as `first_difference`."""
    blocks: list[SampleBlock] = []
    call.structures([], blocks)
    for s in range(count_of(blocks)):
        found = first_difference(call.f, call.sample(s), call.names, backend)
        if found:
            return f"in sample {s} {found}"
    return None


def compare_numbers(
    found: Sequence[float], wanted: Sequence[float], why: Callable[[], str | None]
) -> int:
    """Compare the numbers of a compiled function with the interpreted ones, and count them.

    Raises:
        CompiledDifferenceError: naming the first node, or else the first result, that differs.
    """
    for place, (x, y) in enumerate(zip(found, wanted, strict=True)):
        if not same(x, y):
            reason = why() or "every node of the recording is the same"
            raise CompiledDifferenceError(
                f"result {place} is {y!r} interpreted and {x!r} compiled: {reason}"
            )
    return len(found)


def numbers_in_results(results: Any) -> list[float]:
    """The numbers in results, in order."""
    if is_array(results):
        return results.ravel().tolist()  # type: ignore[no-any-return]
    leaves = numbers_and_nodes(as_lists(results, flag_as_number))
    return [x._data if isinstance(x, Node) else float(x) for x in leaves]


def numbers_and_nodes(results: Any, changed: StandIns | None = None) -> list[Any]:
    """The numbers and nodes of what a function returned, in order, and of what it changed."""
    leaves: list[Any] = []
    result_builder(results, leaves, arrays=False)
    return [*leaves, *(changed.nodes if changed else [])]


def clearer_error(error: Exception, f: Callable[..., Any], args: Sequence[Any]) -> Exception:
    """The error of the interpreted function, which knows what a number is for, if it has one."""
    try:
        with unwatched():
            interpret(f, args)
    except CompiledFileError:  # there is no function to ask
        return error
    except Exception as clearer:
        return clearer
    return error


def interpret(
    f: Callable[..., Any],
    args: Sequence[Any],
    see: Callable[[Sequence[Any]], None] = lambda given: None,
) -> tuple[Any, Sequence[Any]]:
    """The results of `f`, interpreted, and the arguments that it was given.

    It gets numbers, or Values if it uses their methods. What it could change are copies.

    Args:
        f: the function.
        args: the arguments, whose gradients are as before in the end.
        see: sees what the function was given, with the gradients that it has left.
    """
    before = gradients_there(args)
    with keeping_gradients(args):
        try:
            given = [as_lists(x) for x in copies(args)]
            results = f(*given)
        except (AttributeError, TypeError):
            commit(before)
            given = [as_lists(x, Value) for x in copies(args)]
            results = f(*given)
        see(given)
        return results, given
