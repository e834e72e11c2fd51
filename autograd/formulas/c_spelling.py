"""The spelling of ops in C99.

A function of the mathematical library is called through a volatile pointer: a C compiler that
knew it would turn pow(x, 2.0) into x·x and compute exp(1.0) itself, with other bits.
"""

import math
from collections.abc import Sequence

from ..engine import calculus as c
from ..engine.op import Op
from . import primitives as p
from .spelling import Assignment, Spelling

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


class Functions(Spelling):
    """The C functions that maps need."""

    templates, language = C, "C"
    literal = staticmethod(literal)

    def called(self, function: str) -> str:
        """The name of the pointer to a function of the mathematical library."""
        return f"{self.name}_{function}"

    def function(self, parameters: Sequence[str], steps: Sequence[Assignment], result: str) -> str:
        """The parameters and the body of a function of assignments in turn."""
        lines = [f"    const double {name} = {expression};\n" for name, expression in steps]
        given = ", ".join(f"double {x}" for x in parameters)
        return f"({given})\n{{\n{''.join(lines)}    return {result};\n}}\n"

    def named(self, name: str, definition: str) -> str:
        """The definition of a function that other files do not see."""
        return f"static double {name}{definition}"

    def pointers(self) -> list[str]:
        """The definitions of the pointers to the mathematical library."""
        return [
            f"static double (*const volatile {self.called(function)})"
            f"({', '.join(['double'] * count)}) = {function};"
            for function, count in sorted(self.library.items())
        ]
