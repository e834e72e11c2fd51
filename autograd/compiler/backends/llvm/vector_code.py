"""What the vector functions are written with, besides the ops: fma, the bits of floats, tables.

A formula of `vector_functions.py` is applied to a symbol of a `Code` eight lanes wide. Ops become
instructions by `map_code.py`; what is here becomes the others that such formulas need.
"""

import struct
from collections.abc import Sequence
from typing import Any

from ....formulas.symbol import Symbol
from .map_code import Code, intrinsic_name, vector

MOST = 2**64


class Words:
    """Integers of 64 bits, one a lane, with Python's operators; they wrap.

    Args:
        code: where the instructions go.
        name: what the integers are called there.
    """

    __slots__ = ("code", "name")

    def __init__(self, code: Code, name: str) -> None:
        self.code, self.name = code, name

    @property
    def type(self) -> str:
        """The type in the code."""
        return f"<{self.code.width} x i64>"

    def _apply(self, instruction: str, other: "Words | int") -> "Words":
        second = other.name if isinstance(other, Words) else self._all_lanes(other)
        return Words(self.code, self.code.new(f"{instruction} {self.type} {self.name}, {second}"))

    def _all_lanes(self, word: int) -> str:
        signed = (word + MOST // 2) % MOST - MOST // 2
        return vector("i64", [signed] * self.code.width)

    def __add__(self, other: "Words | int") -> "Words":
        return self._apply("add", other)

    def __sub__(self, other: "Words | int") -> "Words":
        return self._apply("sub", other)

    def __and__(self, other: "Words | int") -> "Words":
        return self._apply("and", other)

    def __or__(self, other: "Words | int") -> "Words":
        return self._apply("or", other)

    def __lshift__(self, other: int) -> "Words":
        return self._apply("shl", other)

    def __rshift__(self, other: int) -> "Words":
        return self._apply("ashr", other)

    def below(self, other: int) -> Symbol:
        """Whether each is less than `other`, both taken as unsigned."""
        return _truth(self.code, self._apply("icmp ult", other).name)

    def floats(self) -> Symbol:
        """The floats that have these bits."""
        found = self.code.new(f"bitcast {self.type} {self.name} to {self.code.type}")
        return Symbol(self.code, found)

    def entries(self, table: Sequence[float]) -> Symbol:
        """The number at each of these places of a table."""
        code, place = self.code, self.code.table(table)
        vector = "poison"
        for lane in range(code.width):
            at = code.new(f"extractelement {self.type} {self.name}, i32 {lane}")
            there = code.new(f"getelementptr inbounds double, ptr {place}, i64 {at}")
            x = code.new(f"load double, ptr {there}, align 8")
            vector = code.new(f"insertelement {code.type} {vector}, double {x}, i32 {lane}")
        return Symbol(code, vector)


def bits(x: Symbol) -> Words:
    """The bits of floats."""
    code = _code(x)
    return Words(code, code.new(f"bitcast {code.type} {x.name} to <{code.width} x i64>"))


def fma(x: Any, y: Any, z: Any) -> Symbol:
    """x·y + z, rounded once."""
    code = next(_code(one) for one in (x, y, z) if isinstance(one, Symbol))
    names = [one.name if isinstance(one, Symbol) else code.number(one) for one in (x, y, z)]
    operands = ", ".join(f"{code.type} {name}" for name in names)
    return Symbol(
        code, code.new(f"call {code.type} {intrinsic_name('fma', code.width)}({operands})")
    )


def both(x: Symbol, y: Symbol) -> Symbol:
    """Whether two comparisons hold."""
    return _joined("and", x, y)


def either(x: Symbol, y: Symbol) -> Symbol:
    """Whether one of two comparisons holds."""
    return _joined("or", x, y)


def _joined(instruction: str, x: Symbol, y: Symbol) -> Symbol:
    code = _code(x)
    truths = f"{code.truth_of(x.name)}, {code.truth_of(y.name)}"
    return _truth(code, code.new(f"{instruction} {code.truth} {truths}"))


def as_float(word: int) -> float:
    """The float that has these bits."""
    (number,) = struct.unpack("<d", struct.pack("<Q", word))
    return float(number)


def _truth(code: Code, found: str) -> Symbol:
    return Symbol(code, code.number_of(found))


def _code(x: Symbol) -> Code:
    assert isinstance(x.maker, Code)
    return x.maker
