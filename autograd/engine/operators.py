"""Python's operators for what ops can be applied to besides Values: symbols, masked gradients."""

from collections.abc import Callable
from typing import Any, TypeVar

from . import calculus as c
from .op import Carrier, Op

C = TypeVar("C", bound=Carrier)


def prefix(op: Op) -> Callable[[C], C]:
    """The method for ``op carrier``."""
    return lambda self: op(self)


def infix(op: Op) -> Callable[[C, Any], C]:
    """The method for ``carrier op other``."""
    return lambda self, other: op(self, other)


def reflected(op: Op) -> Callable[[C, Any], C]:
    """The method for ``other op carrier``."""
    return lambda self, other: op(other, self)


class Operators(Carrier):
    """A carrier with the operators that rules and formulas are written with.

    A subclass says in `apply` what an op makes of it.
    """

    __slots__ = ()

    __add__, __radd__ = infix(c.add), reflected(c.add)
    __sub__, __rsub__ = infix(c.sub), reflected(c.sub)
    __mul__, __rmul__ = infix(c.mul), reflected(c.mul)
    __truediv__, __rtruediv__ = infix(c.div), reflected(c.div)
    __pow__, __rpow__ = infix(c.pow), reflected(c.pow)
    __neg__ = prefix(c.neg)
