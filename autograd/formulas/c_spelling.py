"""The spelling of ops in C99: the primitives by a table, all others by their formulas.

A function of the mathematical library is called through a volatile pointer: a C compiler that
knew it would turn pow(x, 2.0) into x·x and compute exp(1.0) itself, with other bits.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from ..engine import calculus as c
from ..engine.op import Op
from . import primitives as p
from .lowering import LOWERED
from .symbol import Symbol

# IEEE 754 defines these to the bit, so that a C compiler may know them.
C: dict[Op, str] = {
    c.add: "{} + {}",
    c.sub: "{} - {}",
    c.mul: "{} * {}",
    c.div: "{} / {}",
    c.neg: "-{}",
    c.abs: "fabs({})",
    c.sqrt: "sqrt({})",
    p.copysign: "copysign({}, {})",
    p.fmod: "fmod({}, {})",
    p.less: "{} < {} ? 1.0 : 0.0",
    p.at_most: "{} <= {} ? 1.0 : 0.0",
    p.same: "{} == {} ? 1.0 : 0.0",
    c.where: "{} != 0.0 ? {} : {}",
    c.floor: "floor({}) + 0.0",
    c.ceil: "ceil({}) + 0.0",
    c.round: "rint({}) + 0.0",
    c.trunc: "trunc({}) + 0.0",
}


def literal(x: float) -> str:
    """The number `x`, to the bit.

    Example:
        >>> from autograd.formulas.c_spelling import literal
        >>> literal(0.1), literal(-0.0)
        ('0x1.999999999999ap-4', '(-0x0.0p+0)')
    """
    if math.isnan(x):
        return "NAN"
    size = "INFINITY" if math.isinf(x) else abs(x).hex()
    return f"(-{size})" if math.copysign(1.0, x) < 0.0 else size


_NAME = re.compile(r"x\d+")


class Functions:
    """The C functions that maps need: each is written when it is first called.

    Args:
        name: what every name begins with.

    Attributes:
        library: the functions of the mathematical library that are called.
        texts: the definitions, each before its first use.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.library: dict[str, int] = {}
        self.texts: list[str] = []
        self._written: dict[tuple[Op, int], str] = {}

    def spelled(self, op: Op, operands: Sequence[str]) -> str:
        """The expression for `op` of operands that are names, elements or literals.

        Raises:
            ValueError: if the compiler does not know the op.
        """
        if op in C:
            return C[op].format(*operands)
        if op in p.PLATFORM:
            function = p.PLATFORM[op]
            self.library[function] = len(operands)
            return f"{self.name}_{function}({', '.join(operands)})"
        if op not in LOWERED:
            raise ValueError(
                f"the op {op.name!r} has no C: write its forward function with the functions of "
                "this library"
            )
        kind = op, len(operands)
        if kind not in self._written:
            self._define(*kind)
        return f"{self._written[kind]}({', '.join(operands)})"

    def _define(self, op: Op, count: int) -> None:
        """Write the formula of `op` as a function."""
        names = [f"x{i}" for i in range(count)]
        definition = self.definition(LOWERED[op], names)
        name = f"{self.name}_map_{len(self._written)}"
        self._written[op, count] = name  # counts, so that the next one has another name
        self.texts.append(f"static double {name}{definition}")

    def definition(self, formula: Callable[..., Any], names: Sequence[str]) -> str:
        """What stands behind the name of a function that computes `formula` of parameters x0, …."""
        body = _Body(self, len(names))
        result = body.value(formula(*[Symbol(body, name) for name in names]))
        parameters = ", ".join(f"double {x}" for x in names)
        lines = _drop_unused([*body.lines, f"    return {result};"])
        return f"({parameters})\n{{\n" + "\n".join(lines) + "\n}\n"

    def pointers(self) -> list[str]:
        """The definitions of the pointers to the mathematical library."""
        return [
            f"static double (*const volatile {self.name}_{function})"
            f"({', '.join(['double'] * count)}) = {function};"
            for function, count in sorted(self.library.items())
        ]


def _drop_unused(lines: Sequence[str]) -> list[str]:
    """The statements of a function without those whose variable no later one reads.

    Compilers warn of these. A formula may compute what its operands of today do not need.
    """
    read: set[str] = set()
    kept: list[str] = []
    for line in reversed(lines):
        variable, _, value = line.rpartition(" = ")
        if not variable or variable.split()[-1] in read:
            read.update(_NAME.findall(value))
            kept.append(line)
    return kept[::-1]


class _Body:
    """Writes a formula, one statement for each op."""

    def __init__(self, functions: Functions, count: int) -> None:
        self.functions, self.count = functions, count
        self.lines: list[str] = []

    def value(self, x: Any) -> str:
        return x.name if isinstance(x, Symbol) else literal(float(x))

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        expression = self.functions.spelled(op, [self.value(x) for x in operands])
        name = f"x{self.count + len(self.lines)}"
        self.lines.append(f"    const double {name} = {expression};")
        return Symbol(self, name)
