"""Carriers, which ops are applied to besides plain numbers, and the types of a call of an op."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar, overload


class Carrier:
    """A base for what ops are applied to: a Value, or a symbol in a formula."""

    __slots__ = ()

    def apply(self, op: Any, operands: Sequence[Any]) -> Any:
        """The result of `op` for `operands`, of which this carrier is one."""
        raise TypeError(f"{type(self).__name__} does not say what {op.name} makes of it")

    def apply_to_each(self, op: Any, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The results of `op` for the operands in each row."""
        return [op(*operands) for operands in rows]


C = TypeVar("C", bound=Carrier)


class OpCall(Protocol):
    """The types of ``op(...)``: of numbers alone a float, else what the carrier among them is.

    Operands stand one by one, as in ``exp(x)``, or in lists, as in ``dot(xs, ys)``.
    """

    @overload
    def __call__(self, *operands: float) -> float: ...
    @overload
    def __call__(self, first: C, /, *others: C | float, **options: C | float) -> C: ...
    @overload
    def __call__(self, first: float, second: C, /, *others: C | float) -> C: ...
    @overload
    def __call__(self, first: float, second: float, third: C, /) -> C: ...
    @overload  # an empty list is of either kind
    def __call__(self, first: Iterable[float], /, *others: Iterable[float]) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, first: Iterable[C | float], /, *others: Iterable[C | float]) -> C: ...
    @overload
    def __call__(self, *arguments: Any, **options: Any) -> Any: ...
