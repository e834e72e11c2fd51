"""Compiled functions, as far as transforms know them: what they make of one is compiled, too."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


class CompiledFunction(ABC):
    """A function that `compile` made.

    Attributes:
        f: the function that was compiled.
        static: the names of arguments that are no numbers.
    """

    f: Function
    static: tuple[str, ...]

    @abstractmethod
    def transformed(self, transform: Function, *settings: Any, **options: Any) -> Any:
        """What a transform makes of the function, compiled: the same for the same settings."""


def compiled_too(transform: Function) -> Function:
    """A transform that makes a compiled function of one: of `compile(f)` what it makes of `f`.

    Args:
        transform: takes a function `f`, settings and options, and gives a function.
    """

    @functools.wraps(transform)
    def of_any(*given: Any, **options: Any) -> Any:
        if not given and "f" in options:  # the function by its name
            given = (options.pop("f"),)
        if given and isinstance(given[0], CompiledFunction):
            compiled, *settings = given
            return compiled.transformed(transform, *settings, **options)
        return transform(*given, **options)

    return of_any
