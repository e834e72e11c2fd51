"""Variables: what the user's code calls a Value that it uses."""

import inspect
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ...transforms.strict import is_library

DEEPEST = 4  # lists, dicts and attributes in one another
MOST = 10_000  # things looked at


def variable_of(x: Any, f: Callable[..., Any], outermost: CodeType) -> str:
    """The expression by which the running code, or else `f`, reaches `x`, such as ``model.scale``.

    Args:
        x: what is looked for.
        f: the function that is recorded.
        outermost: the code that calls it.

    Returns:
        The shortest name that is found, or nothing.
    """
    for scope in _scopes(f, outermost):
        name = _name_in(scope, x)
        if name:
            return name
    return ""


def _scopes(f: Callable[..., Any], outermost: CodeType) -> Iterator[Mapping[str, Any]]:
    frame: Any = sys._getframe(2)
    variables: Mapping[str, Any] = {}
    while frame is not None and frame.f_code is not outermost:
        if not is_library(frame):
            yield frame.f_locals
            variables = frame.f_globals
        frame = frame.f_back
    yield variables
    inner = inspect.unwrap(f)
    if isinstance(inner, FunctionType):
        found = inspect.getclosurevars(inner)
        yield {**found.globals, **found.nonlocals}


def _name_in(scope: Mapping[str, Any], x: Any) -> str:
    things = deque((name, held, 0) for name, held in scope.items())
    for _ in range(MOST):
        if not things:
            break
        name, held, depth = things.popleft()
        if held is x:
            return name
        if depth < DEEPEST:
            things += [(f"{name}{part}", item, depth + 1) for part, item in _parts(held)]
    return ""


def _parts(held: Any) -> list[tuple[str, Any]]:
    if isinstance(held, (list, tuple)):
        return [(f"[{i}]", item) for i, item in enumerate(held)]
    if isinstance(held, dict):
        return [(f"[{key!r}]", item) for key, item in held.items()]
    if isinstance(held, (type, ModuleType, FunctionType)):
        return []
    return [(f".{name}", item) for name, item in getattr(held, "__dict__", {}).items()]
