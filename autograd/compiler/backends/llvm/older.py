"""The code as LLVM 14 and 15 read it, which llvmlite has up to 0.44.

There a pointer has the type of what it points to: each ``ptr`` becomes an ``i8*``, which is cast
where it is used. And functions that LLVM knows itself have to be declared.
"""

import re

from ....transforms.lane_sum import LANES
from .map_code import INTRINSICS, ROUNDINGS, intrinsic_name, number_type

OLDER_THAN = 17  # of LLVM, where pointers lost their types; llvmlite went from 15 to 20

_CASTS = {
    r"(%\S+) = getelementptr (inbounds )?(.+), ptr (.+), i64 (\S+)": (
        r"\1.base = bitcast ptr \4 to \3*",
        r"\1.there = getelementptr \2\3, \3* \1.base, i64 \5",
        r"\1 = bitcast \3* \1.there to ptr",
    ),
    r"(%\S+) = load (.+), ptr (%\S+), align (\d)": (
        r"\1.from = bitcast ptr \3 to \2*",
        r"\1 = load \2, \2* \1.from, align \4",
    ),
    r"store (double|<\d+ x double>) (.+), ptr (%\S+), align (\d)": (
        r"\3.to = bitcast ptr \3 to \1*",
        r"store \1 \2, \1* \3.to, align \4",
    ),
    r"call void (%\S+)\((.*)\)": (  # a kernel
        r"\1.typed = bitcast ptr \1 to void (ptr, ptr, i64, i64, i64, i64)*",
        r"call void \1.typed(\2)",
    ),
}
_LINES = [
    (re.compile(f"^  {line}$", re.MULTILINE), "\n".join(f"  {cast}" for cast in casts))
    for line, casts in _CASTS.items()
]


def for_older(text: str) -> str:
    """The instructions for older versions: typed pointers, and all functions declared."""
    for line, casts in _LINES:
        text = line.sub(casts, text)
    table = re.search(r"^@functions = global (\[\d+ x ptr\])", text, re.MULTILINE)
    if table:
        text = text.replace("ptr @functions", f"ptr bitcast ({table[1]}* @functions to ptr)")
    text = re.sub(r"\bptr\b", "i8*", text).replace(".p0.p0.", ".p0i8.p0i8.")
    return "\n".join([*_declarations(), text])


def _declarations() -> list[str]:
    operands = dict.fromkeys([*INTRINSICS.values(), *ROUNDINGS.values()], 1) | {"copysign": 2}
    return [
        f"declare {kind} {intrinsic_name(name, width)}({', '.join([kind] * count)})"
        for width, kind in [(1, number_type(1)), (LANES, number_type(LANES))]
        for name, count in operands.items()
    ]
