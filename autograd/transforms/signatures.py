"""The types of what `grad` and `value_and_grad` make of a function.

A gradient has the structure of the argument that it is taken by: of a number it is a number, of a
Value a Value, of a list a list, and of a Module a dict with an entry for each named parameter.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, overload

Function = Callable[..., Any]
T = TypeVar("T")


class HasParameters(Protocol):
    """A Module, as far as a transform is concerned."""

    def named_parameters(self) -> list[tuple[str, Any]]:
        """The parameters, by dotted name."""


class Gradient(Protocol):
    """A function that gives the gradient by its first argument."""

    @overload
    def __call__(self, first: HasParameters, /, *others: Any, **options: Any) -> Any: ...
    @overload
    def __call__(self, first: T, /, *others: Any, **options: Any) -> T: ...


class ValueAndGradient(Protocol):
    """A function that gives the result and the gradient by its first argument."""

    @overload
    def __call__(self, first: HasParameters, /, *others: Any, **options: Any) -> Any: ...
    @overload
    def __call__(self, first: T, /, *others: Any, **options: Any) -> tuple[Any, T]: ...
