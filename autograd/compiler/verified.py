"""Verify: a compiled function beside the interpreted one, and the first node where they differ."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd.compiler.backends import Executable
from autograd.compiler.calls import Piece, is_array, result_builder
from autograd.compiler.memory import Workspace
from autograd.compiler.stages import Stages
from autograd.errors import CompiledDifferenceError
from autograd.node import Node
from autograd.structure import flatten, rebuild
from autograd.value import Value


def same_bits(x: float, y: float) -> bool:
    """Whether two floats are the same: nan is nan, and -0.0 equals 0.0."""
    return x == y or (math.isnan(x) and math.isnan(y))


def first_difference(made: Stages, executable: Executable, pieces: Sequence[Piece]) -> str | None:
    """The first node that the program and the recording, of the same numbers, give differently."""
    space = Workspace(executable, 1, any(map(is_array, pieces)))
    space.put(0, pieces)
    space.runs[0]()
    for node, address in made.places():
        if not same_bits(node._data, space.memory[address]):
            found, wanted = space.memory[address], node._data
            return f"{formula(node)} is {wanted!r} interpreted and {found!r} compiled"
    return None


def formula(node: Node) -> str:
    """A node as its op applied to its operands, with their numbers."""
    assert node.op is not None
    shown = [
        f"{x.label} = {number!r}" if isinstance(x, Node) and x.label else repr(number)
        for x, number in zip(node.operands, node.recorded, strict=True)
    ]
    return f"{node.op.name}({', '.join(shown)})"


def compare(compiled: Any, interpreted: Any, why: Callable[[], str | None]) -> int:
    """How many results there are, if all are the same.

    Raises:
        CompiledDifferenceError: naming the first node, or else the first result, that differs.
    """
    found, wanted = numbers_of(compiled), numbers_of(interpreted)
    for place, (x, y) in enumerate(zip(found, wanted, strict=True)):
        if not same_bits(x, y):
            reason = why() or "every node of the recording is the same"
            raise CompiledDifferenceError(
                f"result {place} is {y!r} interpreted and {x!r} compiled: {reason}"
            )
    return len(found)


def numbers_of(results: Any) -> list[float]:
    """The numbers in results, in order."""
    if is_array(results):
        return results.ravel().tolist()  # type: ignore[no-any-return]
    leaves = numbers_and_nodes(as_lists(results))
    return [x._data if isinstance(x, Node) else float(x) for x in leaves]


def numbers_and_nodes(results: Any) -> list[Any]:
    """The numbers and nodes of what a function returned, in the order of its results."""
    leaves: list[Any] = []
    result_builder(results, leaves, arrays=False)
    return leaves


def interpret(f: Callable[..., Any], args: Sequence[Any], options: dict[str, Any]) -> Any:
    """What the function gives as it stands: for numbers, or for Values if it uses their methods."""
    try:
        return f(*args, **options)
    except (AttributeError, TypeError):
        leaves, build = flatten(list(args), "argument")
        return f(*rebuild(build, [Value(x) for x in leaves]), **options)


def as_lists(x: Any) -> Any:
    """An argument with lists in the place of arrays, as the interpreted function takes it."""
    if is_array(x):
        return x.tolist()
    if isinstance(x, dict):
        return {key: as_lists(item) for key, item in x.items()}
    if hasattr(x, "_fields"):
        return type(x)(*map(as_lists, x))
    if isinstance(x, (list, tuple)):
        return type(x)(map(as_lists, x))
    return x
