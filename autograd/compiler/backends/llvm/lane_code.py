"""The kernels that bring numbers of samples into lanes and out of them (`ir/sample_lanes.py`).

Where fewer than eight samples are left, a lane without one takes, or stores, the last sample; what
is stored last for a sample is its own.
"""

from ....transforms.lane_sum import LANES
from ...ir.kernel import ROW
from .kernel_body import KernelBody
from .pack_code import turned

LAST = "%last"


def _offsets(body: KernelBody, distance: str) -> list[str]:
    """The offsets of the samples of all lanes."""
    found = []
    body.head = [f"  {LAST} = sub i64 %stop, 1"]
    for lane in range(LANES):
        sample = body.new(f"add i64 %sample, {lane}")
        beyond = body.new(f"icmp ugt i64 {sample}, {LAST}")
        sample = body.new(f"select i1 {beyond}, i64 {LAST}, i64 {sample}")
        found.append(body.new(f"mul i64 {sample}, {distance}"))
    return found


def into_lanes_kernel() -> KernelBody:
    """An input of eight samples: in the table its lanes, the first sample, and the distance."""
    body = KernelBody(1)
    row = body.row(3)
    out, base, distance = (body.address(row, i) for i in range(3))
    for lane, offset in enumerate(_offsets(body, distance)):
        x = body.load(ROW, body.new(f"add i64 {base}, {offset}"))
        body.store(x, body.new(f"add i64 {out}, {lane}"), "%lanes")
    return body


def out_of_lanes_kernel(kind: str) -> KernelBody:
    """A result of eight samples: in the table the first sample's place, the lanes, the distance."""
    body = KernelBody(1)
    row = body.row(3)
    base, lanes, distance = (body.address(row, i) for i in range(3))
    for lane, offset in reversed([*enumerate(_offsets(body, distance))]):
        place = body.new(f"add i64 {lanes}, {lane if kind == ROW else 0}")
        x = body.load(ROW, place, "%lanes" if kind == ROW else "%memory")
        body.store(x, body.new(f"add i64 {base}, {offset}"))
    return body


def rows_into_lanes_kernel() -> KernelBody:
    """Eight inputs side by side: in the table the first sample of one, the distance, all lanes."""
    body = KernelBody(LANES)
    row = body.row(2 + LANES)
    base, distance = body.address(row, 0), body.address(row, 1)
    places = [body.new(f"add i64 {base}, {offset}") for offset in _offsets(body, distance)]
    vectors = turned(body, [body.load(ROW, place, "%memory") for place in places])
    for i, vector in enumerate(vectors):
        body.store(vector, body.address(row, 2 + i), "%lanes")
    return body


def rows_out_of_lanes_kernel() -> KernelBody:
    """Eight results side by side, with a table as that of inputs."""
    body = KernelBody(LANES)
    row = body.row(2 + LANES)
    base, distance = body.address(row, 0), body.address(row, 1)
    vectors = [body.load(ROW, body.address(row, 2 + i), "%lanes") for i in range(LANES)]
    rows = zip(turned(body, vectors), _offsets(body, distance), strict=True)
    for vector, offset in reversed([*rows]):
        body.store(vector, body.new(f"add i64 {base}, {offset}"), "%memory")
    return body
