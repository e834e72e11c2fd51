"""The kernel of a tile: a few blocks of sums side by side, which share a factor (`ir/tiles.py`).

A term takes one large load for each block, and one for the factor that they share; and where the
blocks step alike, one small load from the table for each factor. The sums stay in registers.
"""

from collections.abc import Callable, Iterator, Sequence

from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW
from .kernel_body import KernelBody

# For the number of a term the factor that is shared and then, one after another, those of the
# blocks: so sixteen registers are enough, which halves the time on machines without AVX-512.
Factors = Callable[[str], Iterator[str]]


def tile_kernel(
    begins: bool, minus: bool, kinds: str, size: int, adds: bool, alike: bool
) -> KernelBody:
    """One run of products, of several sums.

    Args:
        begins: whether the run begins its sums, or goes on with them.
        minus: whether its terms are subtracted.
        kinds: how both factors are read; the blocks of a tile share the second.
        size: how many blocks a tile has.
        adds: whether the results are added to eight partial sums.
        alike: whether all blocks have the same offsets; else each has all of its addresses.
    """
    body = KernelBody(LANES)
    results, factors = (_read_alike if alike else _read_apart)(body, kinds, size)

    def outs() -> list[str]:  # read where they are needed, for registers are few
        return [body.address(results, i) for i in range(size)]

    def products(term: str) -> Iterator[str]:
        found = factors(term)
        common = next(found)
        yield from (body.product((x, common)) for x in found)

    def step(term: str, so_far: Sequence[str]) -> list[str]:
        pairs = zip(so_far, products(term), strict=True)
        return [body.plus(total, x, minus) for total, x in pairs]

    if not begins:
        totals = [body.load(ROW, out) for out in outs()]
    else:
        totals = [body.plus(None, x, minus) for x in [*products("0")]]
    totals = body.loop(int(begins), totals, step)
    for total, out in zip(totals, outs(), strict=True):
        body.finish(total, out, adds)
    return body


def _read_alike(body: KernelBody, kinds: str, size: int) -> tuple[str, Factors]:
    """Where the addresses of the results are, and the factors, by the offsets of each term."""
    tiles = body.entries("%table", body.new("shl nuw i64 %terms, 1"))
    row = body.row(2 * size + 1, tiles)
    bases = [*([body.base(kinds[0])] * size), body.base(kinds[1])]
    *own, shared = (body.pointer(body.address(row, i), base) for i, base in enumerate(bases))

    def factors(term: str) -> Iterator[str]:
        offsets = body.entries("%table", body.new(f"shl nuw i64 {term}, 1"))
        offset = body.address(offsets, 0)
        yield body.load(kinds[1], body.address(offsets, 1), shared)
        yield from (body.load(kinds[0], offset, base) for base in own)

    return body.entries(row, size + 1), factors


def _read_apart(body: KernelBody, kinds: str, size: int) -> tuple[str, Factors]:
    """Where the addresses of the results are, and the factors, by all addresses of each term."""
    length = body.new(f"mul nuw i64 %terms, {size + 1}")
    row = body.row(body.new(f"add nuw i64 {length}, {size}"))

    def factors(term: str) -> Iterator[str]:
        addresses = body.entries(row, body.new(f"mul nuw i64 {term}, {size + 1}"))
        yield body.load(kinds[1], body.address(addresses, size))
        yield from (body.load(kinds[0], body.address(addresses, i)) for i in range(size))

    return body.entries(row, length), factors
