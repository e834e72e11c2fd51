"""The kernels in LLVM's language: a small loop nest for each kind, which reads its table.

A kernel gets the memory, its numbers (`blocks`, `terms`, then the table), and inside a loop over
samples the first of those of a slab and where they stop, and where the slab's frames are
(`ir/frames.py`). A table holds, for each block, the address of the result and those of the
operands. A program is a row of kernels with their tables,
and the function ``run`` calls them in turn: so compiling costs the same for any graph, and kernels
are shared by all programs.
"""

from collections.abc import Callable, Sequence
from functools import partial

from ....engine import calculus as c
from ....engine.op import Op
from ....formulas.symbol import Symbol
from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW, SPLAT, Name
from .driver import HEADER, SIGNATURE, row_numbers
from .frame_code import (
    NEXT_FRAME,
    add_frames,
    added_sum_kernel,
    lane_sums_kernel,
    over_frames,
    products_kernel,
)
from .kernel_body import KernelBody
from .lane_code import (
    into_lanes_kernel,
    out_of_lanes_kernel,
    rows_into_lanes_kernel,
    rows_out_of_lanes_kernel,
)
from .lookup_code import gather_kernel, gather_row_kernel, scatter_kernel, scatter_vectors_kernel
from .map_code import Function
from .pack_code import blend_kernel, pack_kernel, transpose_kernel
from .tile_code import tile_kernel

# --- kinds of kernels -----------------------------------------------------------------------


def sum_kernel(
    begins: bool, runs: Sequence[tuple[bool, str, int]], width: int, adds: bool
) -> KernelBody:
    """Runs of a sum, which begin it or go on with it: each subtracted or not, the kinds of its
    factors, and how many terms it has; 0 for one run whose number the call says."""
    if adds and all(terms for _, _, terms in runs):
        return added_sum_kernel(runs)
    body = KernelBody(width)
    known = sum(len(kinds) * terms for _, kinds, terms in runs)
    factors = next((len(kinds) for _, kinds, terms in runs if not terms), 0)
    length = body.new(f"mul nuw i64 %terms, {factors}") if factors else "0"
    row = body.row(body.new(f"add nuw i64 {length}, {1 + known}"))
    out = body.address(row, 0)
    total = None if begins else body.load(ROW, out)
    at = body.new(f"getelementptr inbounds i32, ptr {row}, i64 1")
    for minus, kinds, terms in runs:

        def term(number: object, at: str = at, kinds: str = kinds) -> str:
            start = body.new(f"mul nuw i64 {number}, {len(kinds)}")
            place = body.new(f"getelementptr inbounds i32, ptr {at}, i64 {start}")
            xs = [body.load(kind, body.address(place, i)) for i, kind in enumerate(kinds)]
            return body.product(xs)

        first = 0
        if total is None:
            total, first = body.plus(None, term(0), minus), 1
        for number in range(first, terms):
            total = body.plus(total, term(number), minus)
        if not terms:
            (total,) = body.loop(first, [total], partial(_add, body, minus, term))
        step = len(kinds) * terms if terms else length
        at = body.new(f"getelementptr inbounds i32, ptr {at}, i64 {step}")
    body.finish(str(total), out, adds)
    return body


def _add(
    body: KernelBody, minus: bool, term: Callable[[object], str], number: str, so_far: Sequence[str]
) -> list[str]:
    return [body.plus(so_far[0], term(number), minus)]


def map_kernel(op: Op, kinds: str, width: int) -> KernelBody:
    """An op of a few operands."""
    body = KernelBody(width)
    row = body.row(1 + len(kinds))
    xs = [body.load(kind, body.address(row, 1 + i)) for i, kind in enumerate(kinds)]
    if op is c.div and kinds == ROW + SPLAT and width > 1:
        made = _quotient(body, *xs)
    else:
        made = str(body.code.make(op, [Symbol(body.code, x) for x in xs]).name)
    body.store(made, body.address(row, 0))
    return body


def _quotient(body: KernelBody, x: str, y: str) -> str:
    """A row by one number: if that is a power of two, and so is its inverse, times the inverse.

    Both are rounded from the same number. A product takes a sixteenth of the time, and the divisor
    of a mean is often one.
    """
    one = body.new(f"extractelement {body.type} {y}, i32 0")
    bits = body.new(f"bitcast double {one} to i64")
    fraction = body.new(f"icmp eq i64 {body.new(f'and i64 {bits}, {(1 << 52) - 1}')}, 0")
    exponent = body.new(f"and i64 {body.new(f'lshr i64 {bits}, 52')}, 2047")
    normal = body.new(f"icmp ult i64 {body.new(f'sub i64 {exponent}, 1')}, 2045")
    exact = body.new(f"and i1 {fraction}, {normal}")
    body.lines += [f"  br i1 {exact}, label %multiplied, label %divided", "multiplied:"]
    inverse = body.all_lanes("double", body.new(f"fdiv double 1.0, {one}"))
    product = body.new(f"fmul {body.type} {x}, {inverse}")
    body.lines += ["  br label %quotient", "divided:"]
    quotient = body.new(f"fdiv {body.type} {x}, {y}")
    body.lines += ["  br label %quotient", "quotient:"]
    body.label = "quotient"
    return body.new(f"phi {body.type} [ {product}, %multiplied ], [ {quotient}, %divided ]")


def fold_kernel(op: Op, kinds: str, width: int) -> KernelBody:
    """An op of two operands from left to right over any number of them."""
    body = KernelBody(width)
    row = body.row(body.new("add nuw i64 %terms, 1"))

    def operand(number: object) -> str:
        return body.load(kinds, body.address(row, body.new(f"add nuw i64 {number}, 1")))

    def step(number: str, so_far: Sequence[str]) -> list[str]:
        xs = Symbol(body.code, so_far[0]), Symbol(body.code, operand(number))
        return [str(body.code.make(op, xs).name)]

    (total,) = body.loop(1, [operand(0)], step)
    body.store(total, body.address(row, 0))
    return body


def add_lanes_kernel(kind: str) -> KernelBody:
    """Adds a result of eight samples to its eight partial sums: in the table these, and it."""
    body = KernelBody(LANES, slab=True)
    row = body.row(2)
    sums, lanes = body.address(row, 0), body.address(row, 1)

    def factors(frame: str) -> list[str]:
        return [body.load(kind, lanes, frame if kind == ROW else "%memory")]

    add_frames(body, [sums], factors)
    return body


# Before the name of a kernel that is called in a loop, and so for each frame of a slab.
IN_LOOP = "in loop"

KINDS: dict[str, Callable[..., KernelBody]] = {
    "sum": sum_kernel,
    "tile": tile_kernel,
    "map": map_kernel,
    "fold": fold_kernel,
    "pack": pack_kernel,
    "blend": blend_kernel,
    "transpose": transpose_kernel,
    "gather": gather_kernel,
    "gather_row": gather_row_kernel,
    "scatter": scatter_kernel,
    "scatter_vectors": scatter_vectors_kernel,
    "into_lanes": into_lanes_kernel,
    "out_of_lanes": out_of_lanes_kernel,
    "rows_into_lanes": rows_into_lanes_kernel,
    "rows_out_of_lanes": rows_out_of_lanes_kernel,
    "add_lanes": add_lanes_kernel,
    "products": products_kernel,
    "lane_sums": lane_sums_kernel,
}


# --- the text -------------------------------------------------------------------------------


def kernel(symbol: str, name: Name) -> tuple[str, set[Function]]:
    """The function for a kernel, and the library functions that it calls."""
    inside = name[0] == IN_LOOP
    body = KINDS[name[inside]](*name[inside + 1 :])
    frames = inside and not body.slab
    lines = [
        f"define void @{symbol}{SIGNATURE} {{",
        "entry:",
        row_numbers("blocks", "terms"),
        f"  %table = getelementptr inbounds i32, ptr %numbers, i64 {HEADER}",
        *(over_frames(body.head) if frames else body.head),
        "  br label %block",
        "block:",
        f"  %block.i = phi i64 [ 0, %{'frame' if frames else 'entry'} ], "
        f"[ %block.next, %{body.label} ]",
        *body.lines,
        "  %block.next = add nuw i64 %block.i, 1",
        "  %block.more = icmp ult i64 %block.next, %blocks",
        "  br i1 %block.more, label %block, label %done",
        *(NEXT_FRAME if frames else ["done:"]),
        "  ret void",
        "}",
    ]
    text = "\n".join(lines)
    return text if inside else text.replace("%lanes", "%memory"), body.code.functions
