"""What users write themselves: subclasses, ops, numbers of their own classes."""

import enum
from typing import Any

import autograd as ag
from autograd import Op, Value


class Mine(Value):
    """A Value of a user's class."""


class Slotted(Value):
    """One with a slot."""

    __slots__ = ("kept",)


class Stateful(Value):
    """One that says itself what its state is."""

    unit = "m"

    def __getstate__(self) -> Any:
        return {"unit": self.unit, "label": self.label}

    def __setstate__(self, state: Any) -> None:
        self.unit = state["unit"] + "!"


class Overriding(Value):
    """One with operators of its own."""

    def __add__(self, other: Any) -> Any:
        return super().__mul__(other)

    def __rsub__(self, other: Any) -> Any:
        return ("rsub", other)

    def __neg__(self) -> Any:
        return super().__neg__() * 2.0

    def exp(self) -> Any:
        return "exp"


class Foreign:
    """No number, but it knows what to do beside one."""

    def __radd__(self, other: Any) -> Any:
        return "radd"

    def __rpow__(self, other: Any) -> Any:
        return "rpow"

    def __lt__(self, other: Any) -> Any:
        return "lt"

    def __repr__(self) -> str:
        return "Foreign()"


class Half(float):
    """A float that says something else of itself."""

    def __float__(self) -> float:
        return super().__float__() / 2.0

    def __rmul__(self, other: Any) -> Any:
        return ("Half", other)


class Level(enum.IntEnum):
    """An int with a name."""

    LOW = -1
    HIGH = 3


SUBCLASSES = (Mine, Slotted, Stateful, Overriding)


def _faulty(x: Any, out: Any) -> float:
    raise ArithmeticError("a rule that raises")


OPS = (  # that no table knows
    Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x),
    Op("whole", lambda x: x, 1),
    Op("cut", lambda x: x, None),
    Op("steep", lambda x: x, lambda x, out: float("inf"), strong=True),
    Op("three", lambda *xs: xs[0], derivatives=lambda xs, out: [1, None, ag.sin(xs[1])][: len(xs)]),
    Op("faulty", lambda x: x, _faulty),
)
