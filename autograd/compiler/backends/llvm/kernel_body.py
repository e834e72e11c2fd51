"""The body of a kernel: its instructions for one block, and what they read and write."""

from collections.abc import Callable, Sequence

from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW
from .map_code import Code, vector

LANE_NUMBERS = vector("i64", range(LANES))


def in_all_lanes(name: str, kind: str, x: str) -> list[str]:
    """The lines that make a vector of one number of this type."""
    wide = f"<{LANES} x {kind}>"
    return [
        f"  {name}.one = insertelement {wide} poison, {kind} {x}, i32 0",
        f"  {name} = shufflevector {wide} {name}.one, {wide} poison, "
        f"<{LANES} x i32> zeroinitializer",
    ]


def are_begun(sample: str) -> list[str]:
    """The lines that say of partial sums whether there are samples before this one."""
    return [
        f"  %some.before = icmp ne i64 {sample}, 0",
        *in_all_lanes("%begun", "i1", "%some.before"),
    ]


def in_turns(width: int, side: int) -> list[int]:
    """Every other `width` numbers of two vectors: those that come first (side 0), or the others."""
    return [i for i in range(2 * LANES) if i // width % 2 == side]


class KernelBody:
    """The instructions for one block, between the head and the foot of the loop over blocks.

    Args:
        width: how many numbers an instruction computes.
        slab: whether they are for all frames of a slab; else for the frame that ``%lanes`` points
            to, outside of loops the memory itself.
    """

    def __init__(self, width: int, slab: bool = False) -> None:
        self.slab = slab
        self.code = Code(width)
        self.type = self.code.type
        self.new, self.lines = self.code.new, self.code.lines
        self.label = "block"  # where the instructions are now
        self.head: list[str] = []  # what is done once for a frame, before the first block

    def entries(self, table: str, index: object) -> str:
        """The part of the table from `index` on."""
        return self.new(f"getelementptr inbounds i32, ptr {table}, i64 {index}")

    def address(self, table: str, index: object) -> str:
        """The address that stands at `index` in the table."""
        found = self.new(f"load i32, ptr {self.entries(table, index)}, align 4")
        return self.new(f"sext i32 {found} to i64")

    def pointer(self, address: object, base: str = "%memory") -> str:
        """The pointer to that place in memory, counted from its beginning or from another place."""
        return self.new(f"getelementptr inbounds double, ptr {base}, i64 {address}")

    def base(self, kind: str) -> str:
        """Where the addresses of rows, or of splats, are counted from."""
        return "%lanes" if kind == ROW and self.code.width > 1 else "%memory"

    def load(self, kind: str, address: object, base: str = "") -> str:
        """A number, a row of numbers side by side, or a splat of one."""
        place = self.pointer(address, base or self.base(kind))
        if kind == ROW or self.code.width == 1:
            return self.new(f"load {self.type}, ptr {place}, align 8")
        return self.all_lanes("double", self.new(f"load double, ptr {place}, align 8"))

    def all_lanes(self, number: str, x: str) -> str:
        """The vector of one number of this type."""
        wide = f"<{LANES} x {number}>"
        lane = self.new(f"insertelement {wide} poison, {number} {x}, i32 0")
        everywhere = f"<{LANES} x i32> zeroinitializer"
        return self.new(f"shufflevector {wide} {lane}, {wide} poison, {everywhere}")

    def store(self, x: str, address: object, base: str = "") -> None:
        """Write a number or a vector."""
        place = self.pointer(address, base or self.base(ROW))
        self.lines.append(f"  store {self.type} {x}, ptr {place}, align 8")

    def finish(self, x: str, out: str, adds: bool) -> None:
        """Write a result, or add it to eight partial sums in the lanes that have a sample."""
        if not adds:
            self.store(x, out)
            return
        self.head = [
            *are_begun("%sample"),
            "  %left = sub i64 %stop, %sample",
            *in_all_lanes("%left.all", "i64", "%left"),
            f"  %there = icmp ult <{LANES} x i64> {LANE_NUMBERS}, %left.all",
        ]
        before = self.sums_before(out)
        self.store(self.added(before, x, "%there"), out, "%memory")

    def sums_before(self, place: str) -> str:
        """Eight partial sums as they were left; what adds nothing where they are not begun."""
        left = self.load(ROW, place, "%memory")
        both = f"{self.type} {left}, {self.type} {self.code.number(-0.0)}"
        return self.new(f"select <{LANES} x i1> %begun, {both}")

    def added(self, before: str, x: str, there: str) -> str:
        """Partial sums with one more number each, in the lanes that have a sample."""
        after = self.new(f"fadd {self.type} {before}, {x}")
        both = f"{self.type} {after}, {self.type} {before}"
        return self.new(f"select <{LANES} x i1> {there}, {both}")

    def product(self, factors: Sequence[str]) -> str:
        """The product of one or two factors."""
        if len(factors) == 1:
            return factors[0]
        return self.new(f"fmul {self.type} {', '.join(factors)}")

    def plus(self, total: str | None, x: str, minus: bool = False) -> str:
        """A sum with one more term, which may be subtracted; None for a sum that it begins."""
        if total is None:
            return self.new(f"fneg {self.type} {x}") if minus else x
        return self.new(f"{'fsub' if minus else 'fadd'} {self.type} {total}, {x}")

    def shuffled(self, x: str, y: str, chosen: Sequence[int]) -> str:
        """A vector of these numbers of two vectors, those of the second counted after the first."""
        both, numbers = f"{self.type} {x}, {self.type} {y}", vector("i32", chosen)
        return self.new(f"shufflevector {both}, <{LANES} x i32> {numbers}")

    def row(self, length: object, table: str = "%table") -> str:
        """The part of the table that belongs to this block, of so many numbers."""
        return self.entries(table, self.new(f"mul nuw i64 %block.i, {length}"))

    def loop(
        self,
        start: int,
        carried: Sequence[str],
        step: Callable[[str, list[str]], Sequence[str]],
        count: str = "%terms",
    ) -> list[str]:
        """The code of a loop over the terms from `start` on.

        Args:
            start: the first term.
            carried: the values before it.
            step: the values after a term, from its number and the values before it.
            count: how many terms there are.

        Returns:
            The values after the last one.
        """
        before, head = self.label, len(self.lines)
        totals = [f"%so.far.{i}" for i in range(len(carried))]
        self.lines += ["  br label %terms.test", "terms.test:", "", *totals]
        self.lines.append(f"  %term.more = icmp ult i64 %term, {count}")
        self.lines.append("  br i1 %term.more, label %terms.body, label %terms.done\nterms.body:")
        after = step("%term", totals)
        self.lines.append("  %term.next = add nuw i64 %term, 1")
        self.lines.append("  br label %terms.test\nterms.done:")
        counted = f"[ {start}, %{before} ], [ %term.next, %terms.body ]"
        self.lines[head + 2] = f"  %term = phi i64 {counted}"
        for i, (total, old, new) in enumerate(zip(totals, carried, after, strict=True)):
            summed = f"[ {old}, %{before} ], [ {new}, %terms.body ]"
            self.lines[head + 3 + i] = f"  {total} = phi {self.type} {summed}"
        self.label = "terms.done"
        return totals
