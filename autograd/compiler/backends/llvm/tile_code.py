"""The kernel of a tile: a few blocks of sums side by side, which step through memory alike.

Its table (`ir/tiles.py`) holds the offsets of each term, then for each tile the bases and the
addresses of the results. So a term takes one small load for each factor, one for each block, and
one for the factor that they share. The sums stay in registers.
"""

from collections.abc import Iterator, Sequence

from ....transforms.vmap import LANES
from .kernel_body import Body


def tile_kernel(begins: bool, minus: bool, kinds: str, size: int, adds: bool) -> Body:
    """One run of products, of several sums.

    Args:
        begins: whether the run begins its sums, or goes on with them.
        minus: whether its terms are subtracted.
        kinds: how both factors are read; the blocks of a tile share the second.
        size: how many blocks a tile has.
        adds: whether the results are added to eight partial sums.
    """
    body = Body(LANES)
    offsets = body.new("shl nuw i64 %terms, 1")
    tiles = body.new(f"getelementptr inbounds i32, ptr %table, i64 {offsets}")
    row = body.row(2 * size + 1, tiles)
    own = [body.pointer(body.address(row, i)) for i in range(size)]
    shared = body.pointer(body.address(row, size))

    def outs() -> list[str]:  # read where they are needed, for registers are few
        return [body.address(row, size + 1 + i) for i in range(size)]

    def products(term: str) -> Iterator[str]:
        place = body.new(f"shl nuw i64 {term}, 1")
        here = body.new(f"getelementptr inbounds i32, ptr %table, i64 {place}")
        offset, other = body.address(here, 0), body.address(here, 1)
        common = body.load(kinds[1], other, shared)
        for base in own:  # one after another, for sixteen registers too: half the time with AVX2
            x = body.load(kinds[0], offset, base)
            yield body.new(f"fmul {body.type} {x}, {common}")

    def step(term: str, so_far: Sequence[str]) -> list[str]:
        word = "fsub" if minus else "fadd"
        pairs = zip(so_far, products(term), strict=True)
        return [body.new(f"{word} {body.type} {total}, {x}") for total, x in pairs]

    if not begins:
        totals = [body.load("r", out) for out in outs()]
    else:
        totals = list(products("0"))
        if minus:
            totals = [body.new(f"fneg {body.type} {x}") for x in totals]
    totals = body.loop(int(begins), totals, step)
    for total, out in zip(totals, outs(), strict=True):
        body.finish(total, out, adds)
    return body
