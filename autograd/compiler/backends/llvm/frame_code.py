"""The code of a slab: kernels take its frames in turn, or add all of them up (`ir/frames.py`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, product

from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW, SPLAT
from .kernel_body import LANE_NUMBERS, KernelBody, are_begun, in_turns

# After the last block of a frame. Outside of loops there is one frame, and no sample to stop at.
NEXT_FRAME = [
    "done:",
    f"  %sample.next = add nuw i64 %sample, {LANES}",
    "  %apart.next = add nuw i64 %apart, %stride",
    "  %sample.more = icmp ult i64 %sample.next, %stop",
    "  br i1 %sample.more, label %frame, label %exit",
    "exit:",
]


def over_frames(head: Sequence[str]) -> list[str]:
    """The head of a loop over frames, before that over blocks; with what each frame has first."""
    return [
        "  br label %frame",
        "frame:",
        "  %sample = phi i64 [ %first, %entry ], [ %sample.next, %done ]",
        "  %apart = phi i64 [ %shift, %entry ], [ %apart.next, %done ]",
        "  %lanes = getelementptr inbounds double, ptr %memory, i64 %apart",
        *head,
    ]


def add_frames(body: KernelBody, sums: Sequence[str], made: Callable[[str], Iterable[str]]) -> None:
    """Add numbers to partial sums, frame after frame.

    Args:
        body: the kernel.
        sums: the addresses of the partial sums.
        made: what is added to each of them, from where a frame is.
    """
    body.head = [
        *are_begun("%first"),
        "  %left = sub i64 %stop, %first",
        f"  %left.up = add nuw i64 %left, {LANES - 1}",
        f"  %frames = udiv i64 %left.up, {LANES}",
    ]

    def step(number: str, so_far: Sequence[str]) -> list[str]:
        distance = body.new(f"mul nuw i64 {number}, %stride")
        frame = body.pointer(body.new(f"add nuw i64 %shift, {distance}"))
        done = body.new(f"mul nuw i64 {number}, {LANES}")
        left = body.all_lanes("i64", body.new(f"sub nuw i64 %left, {done}"))
        there = body.new(f"icmp ult <{LANES} x i64> {LANE_NUMBERS}, {left}")
        pairs = zip(so_far, made(frame), strict=True)
        return [body.added(total, x, there) for total, x in pairs]

    before = list(map(body.sums_before, sums))
    for total, place in zip(body.loop(0, before, step, "%frames"), sums, strict=True):
        body.store(total, place, "%memory")


def added_sum_kernel(runs: Sequence[tuple[bool, str, int]]) -> KernelBody:
    """Short runs of a sum that is added up: each subtracted or not, the kinds of its factors, and
    how many terms it has."""
    body = KernelBody(LANES, slab=True)
    row = body.row(1 + sum(len(kinds) * terms for _, kinds, terms in runs))
    place = body.address(row, 0)
    terms = [(minus, kinds) for minus, kinds, times in runs for _ in range(times)]
    places = (body.address(row, number) for number in count(1))
    factors = [[(kind, next(places)) for kind in kinds] for _, kinds in terms]
    shared = {x: body.load(kind, x) for term in factors for kind, x in term if kind == SPLAT}

    def made(frame: str) -> list[str]:
        total: str | None = None
        for (minus, _), term in zip(terms, factors, strict=True):
            xs = [shared.get(x) or body.load(ROW, x, frame) for _, x in term]
            total = body.plus(total, body.product(xs), minus)
        return [str(total)]

    add_frames(body, [place], made)
    return body


def products_kernel(rows: int, columns: int, minus: bool) -> KernelBody:
    """Products of so many factors with so many others, added up (`ir/products.py`)."""
    body = KernelBody(LANES, slab=True)
    size = rows + columns
    row = body.row(size + rows * columns)
    places = [body.address(row, i) for i in range(size)]
    sums = [body.address(row, size + i) for i in range(rows * columns)]

    def made(frame: str) -> Iterator[str]:  # each when it is added, for registers are few
        factors = [body.load(ROW, place, frame) for place in places]
        for pair in product(factors[:rows], factors[rows:]):
            yield body.plus(None, body.product(pair), minus)

    add_frames(body, sums, made)
    return body


def lane_sums_kernel() -> KernelBody:
    """Eight sums over eight lanes each (`ir/lane_sums.py`): half of the lanes to the other half."""
    body = KernelBody(LANES)
    row = body.row(2)
    sums = body.address(row, 0)
    vectors = [body.load(ROW, body.new(f"add i64 {sums}, {LANES * i}")) for i in range(LANES)]
    half = LANES // 2
    while half:
        # Two vectors become one, with the lanes that are left of the first before the second's.
        first, second = in_turns(half, 0), in_turns(half, 1)
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [
            body.plus(body.shuffled(x, y, first), body.shuffled(x, y, second)) for x, y in pairs
        ]
        half //= 2
    body.store(vectors[0], body.address(row, 1))
    return body
