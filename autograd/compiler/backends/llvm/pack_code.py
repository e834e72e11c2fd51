"""The kernels of packs: numbers from several places, side by side (`ir/packs.py`)."""

from collections.abc import Sequence

from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW
from .kernel_body import LANE_NUMBERS, KernelBody, in_turns


def pack_kernel() -> KernelBody:
    """Eight numbers from anywhere, side by side."""
    body = KernelBody(LANES)
    row = body.row(1 + LANES)
    vector = "poison"
    for lane in range(LANES):
        place = body.pointer(body.address(row, 1 + lane))
        x = body.new(f"load double, ptr {place}, align 8")
        vector = body.new(f"insertelement {body.type} {vector}, double {x}, i32 {lane}")
    body.store(vector, body.address(row, 0))
    return body


def blend_kernel(kinds: str) -> KernelBody:
    """Two parts of a vector: in the table the result, both addresses, and the first part's size."""
    body = KernelBody(LANES)
    row = body.row(4)
    first, second = (body.load(kind, body.address(row, 1 + i)) for i, kind in enumerate(kinds))
    size = body.all_lanes("i64", body.address(row, 3))
    there = body.new(f"icmp ult <{LANES} x i64> {LANE_NUMBERS}, {size}")
    both = f"{body.type} {first}, {body.type} {second}"
    body.store(body.new(f"select <{LANES} x i1> {there}, {both}"), body.address(row, 0))
    return body


def transpose_kernel() -> KernelBody:
    """Eight rows become eight vectors: in the table the rows' addresses, then the vectors'."""
    body = KernelBody(LANES)
    row = body.row(2 * LANES)
    vectors = [body.load(ROW, body.address(row, i)) for i in range(LANES)]
    for i, vector in enumerate(turned(body, vectors)):
        body.store(vector, body.address(row, LANES + i))
    return body


def turned(body: KernelBody, vectors: Sequence[str]) -> list[str]:
    """Eight vectors, of which the first has the first numbers of these, and so on."""
    # Numbers i of vectors 2k and 2k + 1 become neighbours, which then stay together.
    pairs = [
        [
            body.shuffled(x, y, [i + half + LANES * j for i in range(0, LANES, 2) for j in (0, 1)])
            for x, y in zip(vectors[::2], vectors[1::2], strict=True)
        ]
        for half in (0, 1)
    ]
    found = [""] * LANES
    for odd, (a, b, c, d) in enumerate(pairs):
        for far in (0, 1):
            left, right = (body.shuffled(x, y, in_turns(2, far)) for x, y in ((a, b), (c, d)))
            for farther in (0, 1):
                found[odd + 2 * far + 4 * farther] = body.shuffled(
                    left, right, in_turns(2, farther)
                )
    return found
