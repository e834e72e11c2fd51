"""The kernels of packs: numbers from several places, side by side (`ir/packs.py`)."""

from collections.abc import Sequence

from ....transforms.vmap import LANES
from .kernel_body import Body


def pack_kernel() -> Body:
    """Eight numbers from anywhere, side by side."""
    body = Body(LANES)
    row = body.row(1 + LANES)
    vector = "poison"
    for lane in range(LANES):
        place = body.pointer(body.address(row, 1 + lane))
        x = body.new(f"load double, ptr {place}, align 8")
        vector = body.new(f"insertelement {body.type} {vector}, double {x}, i32 {lane}")
    body.store(vector, body.address(row, 0))
    return body


def blend_kernel(kinds: str) -> Body:
    """Two parts of a vector: in the table the result, both addresses, and the first part's size."""
    body = Body(LANES)
    row = body.row(4)
    first, second = (body.load(kind, body.address(row, 1 + i)) for i, kind in enumerate(kinds))
    size = body.all_lanes("i64", body.address(row, 3))
    numbers = ", ".join(f"i64 {lane}" for lane in range(LANES))
    there = body.new(f"icmp ult <{LANES} x i64> <{numbers}>, {size}")
    both = f"{body.type} {first}, {body.type} {second}"
    body.store(body.new(f"select <{LANES} x i1> {there}, {both}"), body.address(row, 0))
    return body


def transpose_kernel() -> Body:
    """Eight rows become eight vectors: in the table the rows' addresses, then the vectors'."""
    body = Body(LANES)
    row = body.row(2 * LANES)
    vectors = [body.load("r", body.address(row, i)) for i in range(LANES)]
    for i, vector in enumerate(turned(body, vectors)):
        body.store(vector, body.address(row, LANES + i))
    return body


def turned(body: Body, vectors: Sequence[str]) -> list[str]:
    """Eight vectors, of which the first has the first numbers of these, and so on."""

    def shuffle(x: str, y: str, chosen: Sequence[int]) -> str:
        numbers = ", ".join(f"i32 {i}" for i in chosen)
        operands = f"{body.type} {x}, {body.type} {y}"
        return body.new(f"shufflevector {operands}, <{LANES} x i32> <{numbers}>")

    def chosen(half: int, width: int) -> list[int]:
        """Of two vectors every other `width` numbers."""
        return [i for i in range(2 * LANES) if i // width % 2 == half]

    # Numbers i of vectors 2k and 2k + 1 become neighbours, which then stay together.
    pairs = [
        [
            shuffle(x, y, [i + half + LANES * j for i in range(0, LANES, 2) for j in (0, 1)])
            for x, y in zip(vectors[::2], vectors[1::2], strict=True)
        ]
        for half in (0, 1)
    ]
    found = [""] * LANES
    for odd, (a, b, c, d) in enumerate(pairs):
        for far in (0, 1):
            left, right = (shuffle(x, y, chosen(far, 2)) for x, y in ((a, b), (c, d)))
            for farther in (0, 1):
                found[odd + 2 * far + 4 * farther] = shuffle(left, right, chosen(farther, 2))
    return found
