"""`strict()`: an error at the first operation that makes a nan or an inf."""

import linecache
import math
import os
import sys
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, overload

from ..engine.errors import NonFiniteError, TracedValueError
from ..engine.messages import list_few
from ..engine.node import Node
from ..engine.rows import RowOp
from ..engine.value import Value
from ..engine.watching import (
    Block,
    F,
    being_recorded,
    block_or_decorated,
    is_watching,
    watching,
)

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_BETWEEN = {"contextlib", "copy", "numpy"}


@overload
def strict() -> Block: ...
@overload
def strict(function: F) -> F: ...
def strict(function: Any = None) -> Any:
    """A context manager, or a decorator: raise where a nan or an inf is first made.

    Args:
        function: what `strict` decorates without parentheses.

    It looks at every Value that is made, and so at gradients only where they are Values, as
    ``backward(create_graph=True)`` makes them.

    Raises:
        NonFiniteError: names the op, its operands, and the user's source line.

    Example:
        >>> from autograd import Value, strict
        >>> with strict():
        ...     Value(0.0).log()
        Traceback (most recent call last):
        ...
        autograd.engine.errors.NonFiniteError: log(0.0) made -inf ...
    """
    return block_or_decorated(watching(_watch), function)


def strict_is_on() -> bool:
    """Whether `strict` is in force here."""
    return is_watching(_watch)


def _watch(value: Value) -> None:
    if value.is_traced:
        raise TracedValueError(
            "strict() inside a compiled function would see the numbers of one call only: put the "
            f"with block around the calls {source_line()}"
        )
    raise_if_made(value)


def raise_if_made(value: Node) -> None:
    """Raise if the number of a node is not finite, and no operand handed that on."""
    if value.op is None or isinstance(value.op, RowOp) or math.isfinite(value._data):
        return
    numbers = Node.recorded.__get__(value)  # of a traced one too
    # inf - inf makes a nan; inf + 1 hands an inf on.
    if any(map(math.isnan, numbers)) or (math.isinf(value._data) and any(map(math.isinf, numbers))):
        return
    raise NonFiniteError(f"{applied(value)} made {value._data!r} {source_line()}")


def applied(node: Node) -> str:
    """The op of a node, applied to its operands: their numbers, with the labels that they have."""
    assert node.op is not None
    pairs = zip(node.operands, Node.recorded.__get__(node), strict=True)
    told = [f"{x.label} = {n!r}" if isinstance(x, Node) and x.label else repr(n) for x, n in pairs]
    return f"{node.op.name}({list_few(told, str)})"


def refuse_recorded(what: str, instead: str = "") -> None:
    """Raise inside a compiled function, for what changes numbers there only once.

    Args:
        what: the call.
        instead: what to do; without it, the ways that any compiled function has.

    Raises:
        TracedValueError: with what to do instead.
    """
    if being_recorded.get():
        instead = instead or (
            "return the gradients, as compile(value_and_grad(loss)) does, and call it outside; or "
            "return the new numbers, such as p - lr * g, and make all steps with "
            ".scan(state, data)"
        )
        raise TracedValueError(
            f"{what} inside a compiled function would change numbers once, while it is recorded: "
            f"{instead} {source_line()}"
        )


def source_line() -> str:
    """The place in the user's code that asked for the operation."""
    frame = _up_to_user(sys._getframe(1))[-1]
    return line_text(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)


def line_text(path: str, line: int, variables: dict[str, Any] | None = None) -> str:
    """A place in a file, with what stands there."""
    source = linecache.getline(path, line, variables).strip()
    return f"at {path}:{line}" + (f": {source}" if source else "")


def line_number(code: CodeType, instruction: int) -> int:
    """The line that an instruction is of, or else the first line of the code."""
    lines = code.co_lines()
    found = next((n for start, stop, n in lines if n and start <= instruction < stop), 0)
    return found or code.co_firstlineno


def is_library(frame: FrameType) -> bool:
    """Whether the code is of this library, or of what calls methods of it for the user."""
    return _is_of_library(frame.f_code.co_filename, str(frame.f_globals.get("__name__")))


@lru_cache
def _is_of_library(path: str, module: str) -> bool:
    return path.startswith(_PACKAGE) or module.partition(".")[0] in _BETWEEN


def raised_by_library(error: BaseException) -> bool:
    """Whether an error that was caught comes from the code of this library itself."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return at is not None and at.tb_frame.f_code.co_filename.startswith(_PACKAGE)


def levels_to_user() -> int:
    """The ``stacklevel`` with which the caller warns at the line of the user's code."""
    return len(_up_to_user(sys._getframe(1)))


def _up_to_user(frame: FrameType) -> list[FrameType]:
    """A frame and those that called it, up to the first of the user's code, or the last of all."""
    frames = [frame]
    while is_library(frames[-1]) and frames[-1].f_back is not None:
        frames.append(frames[-1].f_back)
    return frames
