"""Vector functions as code, and whether they have the bits of the platform's library.

A process compiles each when a kernel first calls it, and compares it with the library on samples.
Where one bit differs, or the processor has no fma, kernels call the library lane by lane.
"""

import ctypes
import functools
import itertools
import math
import random
from array import array
from collections.abc import Sequence

from ....formulas.symbol import Symbol
from ....transforms.lane_sum import LANES
from .map_code import Code, declaration, function_name, lane_by_lane, number_type
from .vector_functions import FORMULAS, SHORTCUTS, Formula, operands_of

SAMPLES = 2048
EXPONENTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
ROUNDS = 24  # each takes the samples a little smaller


def module(names: Sequence[str]) -> str:
    """The vector forms of library functions, and for each what compares the two.

    That of exp is ``differing.exp``. It takes samples, how many vectors of them there are, by what
    to multiply them, and how many vectors further on those for a second operand begin; it gives how
    many of these vectors have other bits than the library gives.
    """
    tables: dict[tuple[float, ...], str] = {}  # which functions have in common
    functions = [_function(name, tables) for name in names]
    return "\n".join([*(_table(numbers, at) for numbers, at in tables.items()), *functions])


def _function(name: str, tables: dict[tuple[float, ...], str]) -> str:
    code, operands = Code(LANES), operands_of(name)
    code.tables = tables
    given = [Symbol(code, f"%x{i}") for i in range(operands)]
    shortcut = _shortcut(SHORTCUTS[name], code, given) if name in SHORTCUTS else ""
    start = len(code.lines)
    holds, result = FORMULAS[name](*given)
    truth = code.truth_of(str(holds.name))
    vector, lanes = function_name(name, LANES), f"@lanes.{name}"
    text = _FUNCTION
    for word, meaning in {
        "DIFFERING": f"@{differing(name)}",
        "DECLARATION": declaration(name, 1, operands),
        "LANE_BY_LANE": lane_by_lane(lanes, name, operands),
        "OPERANDS": ", ".join(f"FLOATS %x{i}" for i in range(operands)),
        "SHORTCUT": shortcut,
        "LINES": "\n".join(
            [*code.lines[start:], f"  %good = bitcast {code.truth} {truth} to iWIDTH"]
        ),
        "RESULT": str(result.name),
        "VECTORS": vector,
        "LANES": lanes,
        "FLOATS": number_type(LANES),
        "WIDTH": str(LANES),
    }.items():
        text = text.replace(word, meaning)
    return text


def differing(name: str) -> str:
    """The symbol of what compares a library function with its vector form."""
    return f"differing.{name}"


def _shortcut(formula: Formula, code: Code, given: Sequence[Symbol]) -> str:
    """The code that returns at once where what a shortcut knows holds for all lanes."""
    holds, result = formula(*given)
    truth = code.truth_of(str(holds.name))
    return "\n".join(
        [
            *code.lines,
            f"  %known = bitcast {code.truth} {truth} to iWIDTH",
            "  %all.known = icmp eq iWIDTH %known, -1",
            "  br i1 %all.known, label %short, label %long",
            "short:",
            f"  ret FLOATS {result.name}",
            "long:",
        ]
    )


def _table(numbers: tuple[float, ...], name: str) -> str:
    entries = ", ".join(f"double {Code(1).number(x)}" for x in numbers)
    return f"{name} = internal constant [{len(numbers)} x double] [{entries}]"


_FUNCTION = """DECLARATION
LANE_BY_LANE

define FLOATS VECTORS(OPERANDS) {
SHORTCUT
LINES
  %all = icmp eq iWIDTH %good, -1
  br i1 %all, label %plain, label %other
plain:
  ret FLOATS RESULT
other:
  %slow = call FLOATS LANES(OPERANDS)
  ret FLOATS %slow
}

define i64 DIFFERING(ptr %samples, i64 %blocks, double %factor, i64 %shift) {
entry:
  %first = insertelement FLOATS poison, double %factor, i32 0
  %factors = shufflevector FLOATS %first, FLOATS poison, <WIDTH x i32> zeroinitializer
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %count = phi i64 [ 0, %entry ], [ %count.next, %next ]
  %place = getelementptr inbounds FLOATS, ptr %samples, i64 %i
  %sample = load FLOATS, ptr %place, align 8
  %x0 = fmul FLOATS %sample, %factors
  %further = add nuw i64 %i, %shift
  %other = urem i64 %further, %blocks
  %other.place = getelementptr inbounds FLOATS, ptr %samples, i64 %other
  %x1 = load FLOATS, ptr %other.place, align 8
  %fast = call FLOATS VECTORS(OPERANDS)
  %slow = call FLOATS LANES(OPERANDS)
  %fast.bits = bitcast FLOATS %fast to <WIDTH x i64>
  %slow.bits = bitcast FLOATS %slow to <WIDTH x i64>
  %differ = icmp ne <WIDTH x i64> %fast.bits, %slow.bits
  %which = bitcast <WIDTH x i1> %differ to iWIDTH
  %some = icmp ne iWIDTH %which, 0
  %one = zext i1 %some to i64
  %count.next = add i64 %count, %one
  %i.next = add nuw i64 %i, 1
  %more = icmp ult i64 %i.next, %blocks
  br i1 %more, label %next, label %exit
exit:
  ret i64 %count.next
}
"""


def differences(address: int, numbers: "array[float]", rounds: int = ROUNDS) -> int:
    """How many vectors of these numbers differ, by the ``differing`` at this address."""
    arguments = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double, ctypes.c_int64
    compare = ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)(address)
    place, count = numbers.buffer_info()
    return sum(compare(place, count // LANES, 1.0 - i / 256, i) for i in range(rounds))


@functools.cache
def samples() -> "array[float]":
    """Numbers on which the functions are compared: where their formulas change, and at random."""
    edges = [math.log(2.0) * k / 2 for k in (1, 3, 38, 40, 112, 114)]
    edges += [2.0**-28, 0.84375, 1.25, 1 / 0.35, 6.0]  # of erf
    edges += [0.0, 2.0**-54, 2.0**-29, 2.0**-20, 15 / 16, 1.0, 1.064697265625, 22.0, 30.0]
    edges += [math.sqrt(2.0) - 1, 1 - math.sqrt(0.5), 2.0**53, 708.0, 745.0, 5e-324, 2.0**-1022]
    near = [x * (1 + i * 2.0**-52) for x in edges for i in range(-3, 4)]
    numbers = [*near, *(-x for x in near), math.inf, -math.inf, math.nan]
    numbers += [x for x in EXPONENTS for _ in range(-len(numbers) % LANES + LANES)]
    source = random.Random(0)
    # Vectors where each formula holds for all eight numbers, so that they are what is compared.
    spans = itertools.cycle([(-1.0, 1.0), (0.0, 2.0), (0.5, 8.0), (-22.0, 22.0), (-700.0, 700.0)])
    for low, high in spans:
        numbers += [source.uniform(low, high) for _ in range(-len(numbers) % LANES or LANES)]
        if len(numbers) >= SAMPLES:
            return array("d", numbers[:SAMPLES])
    raise AssertionError
