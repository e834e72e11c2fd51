"""A symbol: what stands for a number where formulas are rewritten or turned into code.

The library's own functions, applied to symbols, ask the symbols' `Maker` for the result. So a
formula is written once and means a list of simpler operations, or LLVM code, or C.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from ..engine.op import Op
from ..engine.operators import Operators


class Maker(Protocol):
    """A callback that builds a result from an op and its operands, symbols and numbers."""

    def make(self, op: Op, operands: Sequence[Any]) -> "Symbol":
        """The symbol for `op` applied to `operands`."""


class Symbol(Operators):
    """A name that a `Maker` gave, with Python's operators."""

    __slots__ = ("maker", "name")

    def __init__(self, maker: Maker, name: Any) -> None:
        self.maker, self.name = maker, name

    def apply(self, op: Op, operands: Sequence[Any]) -> "Symbol":
        """The result of the callback for these operands."""
        return self.maker.make(op, operands)

    def __bool__(self, other: object = None) -> bool:
        raise TypeError("a formula cannot choose by a symbol: write where(condition, a, b)")

    # Compared, they would choose too.
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__
    __hash__ = None  # type: ignore[assignment]
