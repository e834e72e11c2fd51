"""The depth of nested lists, tuples, dicts and Modules, and errors where it is too large.

Python's own recursion ends at a thousand calls, with an error that does not say what was too deep.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DEEPEST = 100  # of a structure of numbers: more is a mistake
FAR = 50  # levels that copy and pickle can go down


def is_module(x: Any) -> bool:
    """Whether `x` is a Module, or counts as one."""
    return hasattr(x, "named_parameters")


def named_numbers(x: Any) -> dict[str, Any] | None:
    """The numbers of a Module, an optimizer or a schedule by name, None for anything else."""
    if is_module(x):
        return dict(x.named_parameters())
    if hasattr(x, "number_names"):
        return dict(zip(x.number_names(), x.numbers(), strict=True))
    return None


def inside_out(x: Any, modules: bool = True) -> Iterator[tuple[Any, float]]:
    """Every container in `x`, and `x` itself, in post-order, each with its depth.

    What holds itself is infinitely deep.

    Args:
        x: a list, tuple, dict or Module.
        modules: look into Modules too.

    Example:
        >>> from autograd.engine.nesting import inside_out
        >>> list(inside_out([1.0, [2.0]]))
        [([2.0], 1), ([1.0, [2.0]], 2)]
    """
    depths: dict[int, float] = {}
    stack = [(x, False)]
    while stack:
        holder, known = stack.pop()
        held = _held_by(holder, modules)
        if held is None:
            continue
        if not modules:  # most lists have numbers alone
            held = _lists_and_dicts(held)
        if known:
            depth = 1 + max((depths.get(id(item), 0) for item in held), default=0)
            depths[id(holder)] = depth
            yield holder, depth
        elif id(holder) not in depths:
            depths[id(holder)] = math.inf  # if it is met again before it is known
            stack.append((holder, True))
            stack += [(item, False) for item in reversed(held)]


def _held_by(x: Any, modules: bool) -> list[Any] | None:
    if isinstance(x, (list, tuple)):
        return list(x)
    if isinstance(x, dict):
        return list(x.values())
    return list(vars(x).values()) if modules and is_module(x) else None


def _lists_and_dicts(held: list[Any]) -> list[Any]:
    kinds = {kind for kind in set(map(type, held)) if issubclass(kind, (list, tuple, dict))}
    return [x for x in held if type(x) in kinds] if kinds else []


def far_inside(x: Any) -> list[Any]:
    """The objects that are many levels inside a Module, innermost first.

    Whoever goes through these before the Module itself needs few levels of recursion. Modules
    among them have far insides of their own.
    """
    found = []
    seen = set()
    stack = [(x, 0)]
    while stack:
        holder, level = stack.pop()
        held = _held_by(holder, modules=True)
        if held is None or id(holder) in seen:
            continue
        seen.add(id(holder))
        if level == FAR:
            found.append(holder)
            if is_module(holder):
                continue
            level = 0
        stack += [(item, level + 1) for item in reversed(held)]
    return found[::-1]


def depth_of(x: Any, modules: bool = True) -> float:
    """The number of levels of lists, tuples, dicts and Modules in `x`."""
    return max((depth for _, depth in inside_out(x, modules)), default=0)


def refuse_depth(x: Any, where: str, most: int = DEEPEST) -> None:
    """Raise if a structure of numbers has more than so many levels.

    Raises:
        ValueError: if it has, or holds itself.
    """
    depth = depth_of(x, modules=False)
    place = where or "the structure"
    if depth == math.inf:
        raise ValueError(f"{place} holds itself, so it has no end: put a copy into it instead")
    if depth > most:
        raise ValueError(
            f"{place} is nested {depth} levels deep, and {most} are the most: pass the "
            "numbers in a flatter structure"
        )


@contextmanager
def explaining_depth(x: Any, where: str) -> Iterator[None]:
    """Inside the block, a RecursionError says that `x` is too deep.

    Raises:
        ValueError: in the place of a RecursionError, for a deep structure or deep Modules.
    """
    try:
        yield
    except RecursionError:
        refuse_depth(x, where)
        depth = depth_of(x)
        if depth == math.inf:
            raise ValueError(
                f"{where} holds a Module that holds itself: to call one from the other has no end"
            ) from None
        if depth > DEEPEST:
            raise ValueError(
                f"{where} holds Modules and lists {depth} levels deep, too deep for Python to "
                "call one from the other: keep them in one list, and call them in a loop"
            ) from None
        raise
