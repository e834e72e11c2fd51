"""Tables: a program as the rows of numbers that the driver reads, for each part one row.

A row has for each kernel its number, the size of its part of the row, how many blocks and terms it
has, and its table. Which vectors a large program reads takes long to find out, so its rows are in
the cache on disk too, by a key of the program and of the code that finds them.
"""

import functools
import hashlib
import json
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ....engine.op import Op
from ....formulas import lowering
from ....transforms.lane_sum import LANES
from ...ir import program as program_module
from ...ir.kernel import Kernel, Name
from ...ir.lanes import Lanes
from ...ir.program import Program, Statement, Step, all_steps
from . import kernels as llvm_kernels
from .disk_cache import DiskCache

LARGE = 20_000  # operands of a program, which take a hundredth of a second
OPS: dict[str, Op] = {op.name: op for op in lowering.STEPS}
OP = "op"  # in JSON, the key of an op's name
SOURCES = (program_module.__file__, lowering.__file__, __file__)  # and all others of their rooms


class Tables(NamedTuple):
    """The rows of a program, with numbers of kernels that any process can make its own.

    Attributes:
        size: how many numbers its memory has.
        names: the names of its kernels.
        rows: the rows, in which the number of a kernel is its place among the names.
        places: for each row where these numbers are.
        counts: how many kernels the driver calls for each row.
    """

    size: int
    names: list[Name]
    rows: list["array[int]"]
    places: list["array[int]"]
    counts: list[int]

    def number(self, numbers: Mapping[Name, int]) -> None:
        """Put the numbers that kernels have in this process into the rows."""
        by_place = [numbers[name] for name in self.names]
        for row, places in zip(self.rows, self.places, strict=True):
            for place in places:
                row[place] = by_place[row[place]]


def vector_kernels(program: Program) -> tuple[int, list[list[Kernel]]]:
    """How many numbers the memory has, with what is packed, and the kernels of each part."""
    # The last vector of a step may reach beyond a program that is not laid out in eights.
    lanes = Lanes((program.size // LANES + 2) * LANES)
    for steps in program.parts:
        lanes.measure(steps)
    parts = [list(lanes.kernels(steps)) for steps in program.parts]
    return lanes.size + LANES, parts


def new_tables(program: Program) -> Tables:
    """The tables of a program, made anew."""
    size, parts = vector_kernels(program)
    numbers: dict[Name, int] = {}
    rows, places = [], []
    for kernels in parts:
        rows.append(array("i"))
        places.append(array("i"))
        _write(kernels, numbers, rows[-1], places[-1])
    return Tables(size, list(numbers), rows, places, list(map(len, parts)))


def _write(
    kernels: Sequence[Kernel],
    numbers: dict[Name, int],
    row: "array[int]",
    places: "array[int]",
    inside: bool = False,
) -> None:
    for name, blocks, terms, entries, body in kernels:
        start = len(row)
        places.append(start)
        # The code of a kernel is another one inside a loop over samples.
        code = (llvm_kernels.IN_LOOP, *name) if inside else name
        row.extend((numbers.setdefault(code, len(numbers)), 0, blocks, terms))
        row.extend(entries)
        _write(body, numbers, row, places, name == ("loop",))
        row[start + 1] = len(row) - start


# --- the cache ------------------------------------------------------------------------------


def tables(program: Program, cache: DiskCache) -> Tables:
    """The tables of a program: those of a large one from the cache, if they are there."""
    key = _key(program) if cache.folder is not None and _is_large(program) else None
    if key is None:
        return new_tables(program)
    _, contents = cache.find([key])
    if contents:
        return _from_bytes(contents[0])
    made = new_tables(program)
    cache.store([key], _to_bytes(made))
    return made


def _is_large(program: Program) -> bool:
    steps = all_steps(program.statements)
    return sum(step.count * len(step.columns) for step in steps) >= LARGE


def _key(program: Program) -> str | None:
    """The digest of a program, None for one that no other process may have, as by an op of its own.

    What constants it has changes no table.
    """
    sources = _digest_of_sources()
    if sources is None:
        return None
    digest = hashlib.sha256(sources)
    for part in program.parts:
        digest.update(f"part {program.size} {len(part)}\n".encode())
        for statement in part:
            if not _add(digest, statement):
                return None
    return digest.hexdigest()


def _add(digest: Any, statement: Statement) -> bool:
    """Add a statement to a digest, and say whether that can be."""
    if isinstance(statement, Step):
        op = statement.op
        if op is not None and OPS.get(op.name) is not op:
            return False
        told = (op and op.name, statement.runs, statement.out, statement.count, statement.stride)
        digest.update(f"step {told} {len(statement.columns)}\n".encode())
        for column in statement.columns:
            digest.update(column if isinstance(column, array) else array("i", column))
        return True
    others = {name: getattr(statement, name) for name in statement.__slots__ if name != "steps"}
    digest.update(f"{type(statement).__name__} {others} {len(statement.steps)}\n".encode())
    return all(_add(digest, inner) for inner in statement.steps)


@functools.cache
def _digest_of_sources() -> bytes | None:
    """The digest of the code that makes tables, None where it cannot be read."""
    digest = hashlib.sha256(f"{sys.byteorder} {array('i').itemsize} {LANES}".encode())
    try:
        for source in SOURCES:
            for path in sorted(Path(source).parent.glob("*.py")):
                digest.update(path.read_bytes())
    except OSError:
        return None
    return digest.digest()


def _to_bytes(made: Tables) -> bytes:
    header = {
        "size": made.size,
        "names": _encoded(made.names),
        "rows": list(map(len, made.rows)),
        "places": list(map(len, made.places)),
        "counts": made.counts,
    }
    arrays = (numbers.tobytes() for numbers in (*made.rows, *made.places))
    return json.dumps(header).encode() + b"\n" + b"".join(arrays)


def _from_bytes(content: bytes) -> Tables:
    text, _, numbers = content.partition(b"\n")
    header = json.loads(text)
    arrays = list(_arrays(memoryview(numbers), [*header["rows"], *header["places"]]))
    count = len(header["rows"])
    names = [_decoded(name) for name in header["names"]]
    return Tables(header["size"], names, arrays[:count], arrays[count:], header["counts"])


def _arrays(numbers: memoryview, sizes: Sequence[int]) -> Iterator["array[int]"]:
    start = 0
    for size in sizes:
        made = array("i")
        stop = start + size * made.itemsize
        made.frombytes(numbers[start:stop])
        yield made
        start = stop


def _encoded(x: Any) -> Any:
    if isinstance(x, Op):
        return {OP: x.name}
    return list(map(_encoded, x)) if isinstance(x, (tuple, list)) else x


def _decoded(x: Any) -> Any:
    if isinstance(x, dict):
        return OPS[x[OP]]
    return tuple(map(_decoded, x)) if isinstance(x, list) else x
