"""The code of a map in LLVM's language: primitives one by one, other ops by their formula."""

import functools
import struct
from collections.abc import Container, Iterable, Sequence
from typing import Any

from ....engine import calculus as c
from ....engine.op import Op
from ....formulas import primitives as p
from ....formulas.lowering import LOWERED
from ....formulas.symbol import Symbol
from ....transforms.lane_sum import LANES

INSTRUCTIONS = {c.add: "fadd", c.sub: "fsub", c.mul: "fmul", c.div: "fdiv", c.neg: "fneg"}
COMPARISONS = {p.less: "olt", p.at_most: "ole", p.same: "oeq"}
INTRINSICS = {c.abs: "fabs", c.sqrt: "sqrt", p.copysign: "copysign"}
ROUNDINGS = {c.floor: "floor", c.ceil: "ceil", c.trunc: "trunc", c.round: "roundeven"}
# Called under names of our own, for LLVM would compute exp(1.0) itself and turn pow(x, 2.0) into
# x·x, which has other bits.
LIBRARY = {**p.PLATFORM, p.fmod: "fmod"}
Function = tuple[str, int, int]  # of the library: its name, number of operands, and width
SPELLED = frozenset({*INSTRUCTIONS, *COMPARISONS, *INTRINSICS, *ROUNDINGS, *LIBRARY, c.where})


def number_type(width: int) -> str:
    """A float, or a vector of `width` of them."""
    return "double" if width == 1 else f"<{width} x double>"


def vector(kind: str, items: Iterable[object]) -> str:
    """A vector of these constants, which are of one type."""
    return f"<{', '.join(f'{kind} {x}' for x in items)}>"


def function_name(name: str, width: int) -> str:
    """The name of a library function in the code."""
    return f"@library.{name}.{width}"


def intrinsic_name(name: str, width: int) -> str:
    """The name of an intrinsic function of LLVM in the code."""
    return f"@llvm.{name}.{'f64' if width == 1 else f'v{width}f64'}"


class Code:
    """Instructions, one after another, over floats or over vectors of them.

    Attributes:
        lines: the instructions so far.
        functions: which library functions they call, with their numbers of operands and widths.
        tables: the names of the tables of constants that they read.
    """

    def __init__(self, width: int) -> None:
        self.width, self.type = width, number_type(width)
        self.truth = "i1" if width == 1 else f"<{width} x i1>"
        self.lines: list[str] = []
        self.functions: set[Function] = set()
        self.tables: dict[tuple[float, ...], str] = {}
        self._known: dict[Any, str] = {}
        self._truths: dict[str, str] = {}  # the truth of what a comparison gave as 1.0 or 0.0
        self._count = 0

    def new(self, instruction: str) -> str:
        """The name of what `instruction` gives."""
        self._count += 1
        self.lines.append(f"  %v{self._count} = {instruction}")
        return f"%v{self._count}"

    def number(self, x: float) -> str:
        """A constant."""
        (bits,) = struct.unpack(">Q", struct.pack(">d", x))
        return self.all_lanes(f"0x{bits:016X}")

    def all_lanes(self, x: str) -> str:
        """The constant `x`, in all lanes."""
        return x if self.width == 1 else vector("double", [x] * self.width)

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        """The symbol for `op` of symbols and numbers; the same again is not computed again."""
        names = tuple(x.name if isinstance(x, Symbol) else self.number(float(x)) for x in operands)
        found = self._known.get((op, names))
        if found is not None:
            return Symbol(self, found)
        if op in SPELLED:
            made = Symbol(self, self._spell(op, names))
        elif op not in LOWERED:
            raise TypeError(
                f"op {op.name!r} has no native code, for its forward uses functions of Python: "
                "write it with the functions of this library, or compile with backend='numpy'"
            )
        else:
            made = LOWERED[op](*operands)
            if not isinstance(made, Symbol):
                made = Symbol(self, self.number(float(made)))
        self._known[op, names] = made.name
        return made

    def _spell(self, op: Op, names: Sequence[str]) -> str:
        if op in INSTRUCTIONS:
            return self.new(f"{INSTRUCTIONS[op]} {self.type} {', '.join(names)}")
        if op in COMPARISONS:
            return self.number_of(
                self.new(f"fcmp {COMPARISONS[op]} {self.type} {', '.join(names)}")
            )
        if op is c.where:
            branches = f"{self.type} {names[1]}, {self.type} {names[2]}"
            return self.new(f"select {self.truth} {self.truth_of(names[0])}, {branches}")
        if op in INTRINSICS:
            return self._intrinsic(INTRINSICS[op], names)
        if op in ROUNDINGS:  # Python rounds to an int, which has no -0
            rounded = self._intrinsic(ROUNDINGS[op], names)
            return self.new(f"fadd {self.type} {rounded}, {self.number(0.0)}")
        self.functions.add((LIBRARY[op], len(names), self.width))
        return self._call(function_name(LIBRARY[op], self.width), names)

    def number_of(self, truth: str) -> str:
        """The 1.0 or 0.0 that says whether something is true."""
        made = self.new(f"uitofp {self.truth} {truth} to {self.type}")
        self._truths[made] = truth
        return made

    def truth_of(self, number: str) -> str:
        """Whether a number is not 0."""
        return self._truths.get(number) or self.new(
            f"fcmp une {self.type} {number}, {self.number(0.0)}"
        )

    def table(self, numbers: Sequence[float]) -> str:
        """The name of a table of constants, which stands beside the function."""
        return self.tables.setdefault(tuple(numbers), f"@table.{len(self.tables)}")

    def _intrinsic(self, name: str, names: Sequence[str]) -> str:
        return self._call(intrinsic_name(name, self.width), names)

    def _call(self, function: str, names: Sequence[str]) -> str:
        operands = ", ".join(f"{self.type} {name}" for name in names)
        return self.new(f"call {self.type} {function}({operands})")


def declaration(name: str, width: int, operands: int = 1) -> str:
    """A library function that is defined elsewhere."""
    kind = number_type(width)
    return f"declare {kind} {function_name(name, width)}({', '.join([kind] * operands)}) nounwind"


@functools.cache
def lane_by_lane(symbol: str, name: str, operands: int = 1) -> str:
    """The function that calls a library function for one lane after another."""
    code = Code(LANES)
    result = "poison"
    for lane in range(LANES):
        lanes = [code.new(f"extractelement {code.type} %x{i}, i32 {lane}") for i in range(operands)]
        given = ", ".join(f"double {x}" for x in lanes)
        one = code.new(f"call double {function_name(name, 1)}({given})")
        result = code.new(f"insertelement {code.type} {result}, double {one}, i32 {lane}")
    given = ", ".join(f"{code.type} %x{i}" for i in range(operands))
    return "\n".join(
        [
            f"define internal {code.type} {symbol}({given}) noinline {{",
            *code.lines,
            f"  ret {code.type} {result}",
            "}",
        ]
    )


def declarations(functions: Iterable[Function], in_vectors: Container[str]) -> str:
    """The library functions that are called; those for vectors are defined unless they exist."""
    kept = {one for one in functions if one[2] == 1 or one[0] in in_vectors}
    defined = sorted({(name, operands) for name, operands, _ in {*functions} - kept})
    scalars = {(name, operands, 1) for name, operands in defined}
    return "\n".join(
        [
            *(
                declaration(name, width, operands)
                for name, operands, width in sorted(kept | scalars)
            ),
            *(
                lane_by_lane(function_name(name, LANES), name, operands)
                for name, operands in defined
            ),
        ]
    )
