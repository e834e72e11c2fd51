"""Kernels of lookups in LLVM's language, and of what comes for the places of a table."""

from collections.abc import Callable, Sequence

from ....engine import calculus as c
from ....formulas.symbol import Symbol
from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW, SPLAT
from .driver import BAD_COUNT, BAD_INDEX
from .kernel_body import KernelBody


def gather_kernel(kind: str, width: int) -> KernelBody:
    """The operand that an index names: in the table the result, the index, and the operands."""
    body = KernelBody(1)
    row = body.row(body.new("add nuw i64 %terms, 2"))
    out, index = body.address(row, 0), body.address(row, 1)

    def choose(lane: str) -> None:
        found = _chosen(body, row, body.new(f"add i64 {index}, {lane}"))
        if kind == ROW:
            found = body.new(f"add i64 {found}, {lane}")
        x = body.load(ROW, found, "%lanes" if kind == ROW else "%memory")
        body.store(x, body.new(f"add i64 {out}, {lane}"), "%lanes")

    _for_each_lane(body, width, choose)
    return body


def _for_each_lane(body: KernelBody, width: int, do: Callable[[str], None]) -> None:
    """The code for each of so many lanes: a loop, which is compiled in an eighth of the time."""

    def step(lane: str, _: Sequence[str]) -> list[str]:
        do(lane)
        return []

    if width == 1:
        do("0")
    else:
        body.loop(0, [], step, str(width))


def gather_row_kernel() -> KernelBody:
    """The row that an index names: in the table the result, the index, and the rows."""
    body, wide = KernelBody(1), KernelBody(LANES)
    row = body.row(body.new("add nuw i64 %terms, 2"))
    place = body.pointer(_chosen(body, row, body.address(row, 1)))
    vector = body.new(f"load {wide.type}, ptr {place}, align 8")
    out = body.pointer(body.address(row, 0))
    body.lines.append(f"  store {wide.type} {vector}, ptr {out}, align 8")
    return body


def scatter_kernel(kinds: str, width: int) -> KernelBody:
    """Adds a number at the place that an index names, if it is one of them: in the table where the
    places are, the number of the first place, the index, and what is added."""
    body = KernelBody(1)
    row = body.row(4)
    out, first, *pair = (body.address(row, i) for i in range(4))
    count = body.new("uitofp i64 %terms to double")
    start = body.load(SPLAT, first, "%memory")

    def add(lane: str) -> None:
        x, y = (
            body.load(SPLAT, body.new(f"add i64 {address}, {lane}"), "%lanes")
            if kind == ROW
            else body.load(SPLAT, address, "%memory")
            for address, kind in zip(pair, kinds, strict=True)
        )
        place = body.new(f"fsub double {x}, {start}")
        here, number = _whole_below(body, place, count)
        apart = body.new(f"mul i64 {number}, {width}")
        at = body.new(f"add i64 {body.new(f'add i64 {out}, {lane}')}, {apart}")
        before = body.load(SPLAT, at, "%lanes")
        after = body.new(f"fadd double {before}, {y}")
        body.store(body.new(f"select i1 {here}, double {after}, double {before}"), at, "%lanes")

    _for_each_lane(body, width, add)
    return body


def scatter_vectors_kernel(kinds: str) -> KernelBody:
    """Adds what eight samples have for one place: in the table where the place is, the number of
    the first place, how many come before this one, and for each term the index and what it adds."""
    body = KernelBody(LANES)
    length = body.new("mul nuw i64 %terms, 2")
    row = body.row(body.new(f"add nuw i64 {length}, 3"))
    out, first, number = (body.address(row, i) for i in range(3))
    apart = body.all_lanes("double", body.new(f"uitofp i64 {number} to double"))
    place = body.new(f"fadd {body.type} {body.load(SPLAT, first)}, {apart}")

    def step(term: str, so_far: Sequence[str]) -> list[str]:
        pair = body.entries(row, body.new(f"mul nuw i64 {term}, 2"))
        index, x = (body.load(kind, body.address(pair, 3 + i)) for i, kind in enumerate(kinds))
        here = body.new(f"fcmp oeq {body.type} {index}, {place}")
        more = body.new(f"fadd {body.type} {so_far[0]}, {x}")
        both = f"{body.type} {more}, {body.type} {so_far[0]}"
        return [body.new(f"select <{LANES} x i1> {here}, {both}")]

    (total,) = body.loop(0, [body.load(ROW, out)], step)
    body.store(total, out)
    return body


def _whole_below(body: KernelBody, x: str, count: str) -> tuple[str, str]:
    """Whether a double is one of the whole numbers from 0 to below `count`, and it, or else 0."""
    whole = body.code.make(c.trunc, [Symbol(body.code, x)]).name
    low = body.new(f"fcmp oge double {x}, 0.0")
    high = body.new(f"fcmp olt double {x}, {count}")
    even = body.new(f"fcmp oeq double {x}, {whole}")
    good = body.new(f"and i1 {low}, {body.new(f'and i1 {high}, {even}')}")
    safe = body.new(f"select i1 {good}, double {x}, double 0.0")
    return good, body.new(f"fptosi double {safe} to i64")


def _chosen(body: KernelBody, row: str, index: str) -> str:
    """The address of the operand that the number at `index` names."""
    x = body.load(ROW, index, "%lanes")
    count = body.new("uitofp i64 %terms to double")
    good, number = _whole_below(body, x, count)
    at = body.new(f"add i64 {number}, 2")
    told = body.new(f"fcmp une double {body.load(ROW, BAD_COUNT)}, 0.0")
    silent = body.new(f"or i1 {good}, {told}")  # the first bad index is the one to tell
    for place, bad in ((BAD_INDEX, x), (BAD_COUNT, count)):
        before = body.load(ROW, place)
        kept = body.new(f"select i1 {silent}, double {before}, double {bad}")
        body.store(kept, place)
    return body.address(row, at)
