"""The report on a compiled function as text: sizes, a table of the memory, steps and code."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ..engine.messages import pluralize
from ..transforms.lane_sum import LANES
from .ir.batch_layout import Slab
from .ir.program import Program, Repeat, Statement, Step, all_steps, written

SHOWN = 40  # steps of a program; a long one is cut in the middle
BYTES = 8  # of a float

Row = tuple[str, str, str, str]


def report(recorded: Any, backend: str) -> str:
    """The stages of one recording.

    Args:
        recorded: the recording.
        backend: what runs it.
    """
    program: Program = recorded.program
    sizes, steps = recorded.sizes, list(all_steps(program.statements))
    operations = math.fsum(step.count for step in steps)
    lines = [
        f"recorded      {sizes.nodes:,} nodes",
        f"simplified    {sizes.operations:,} operations",
        f"normal form   {operations:,.0f} sums of products and maps",
        f"groups        {len(steps):,}, each of them computed together",
        f"memory        {program.size:,} floats, {BYTES * program.size:,} bytes",
        *_table(_memory(program, _parts(program, recorded))),
        f"program       v is the memory, a -> b … c where results go; run by {backend}",
        *_program(program),
    ]
    kernels = recorded.executable.kernels
    return "\n".join([*lines, *(_code(kernels) if kernels else [])])


def _memory(program: Program, parts: dict[str, Collection[int]]) -> Iterator[Row]:
    """The table of the memory: the content of each range of addresses, and its size."""
    yield "what", "addresses", "floats", "bytes"
    for what, addresses in parts.items():
        if addresses:
            first, last = min(addresses), max(addresses)
            span = f"{first:,}" if first == last else f"{first:,} to {last:,}"
            yield _row(what, span, len(addresses))
    unused = program.size - len(set().union(*parts.values()))
    if unused:
        yield _row("unused", "the rest", unused)


def _parts(program: Program, recorded: Any) -> dict[str, Collection[int]]:
    """The addresses of each part of the memory."""
    arguments, results = range(program.inputs), program.outputs
    samples: dict[str, Collection[int]] = {}
    counts = dict(program.constants)
    slab: Slab | None = getattr(recorded, "slab", None)  # of a batch of any size
    if slab is not None:
        arguments, how_many = arguments[: slab.samples], arguments[slab.samples :]
        last, width = slab.blocks[-1]
        block = range(how_many.stop, last + slab.room * width)
        samples = {"how many samples": how_many, f"{slab.room:,} samples": block}
        if recorded.reduce is None:
            results = range(slab.results, slab.results + slab.room * recorded.width)
        counts[slab.samples] = slab.room
    return {
        "arguments": arguments,
        **samples,
        "constants": [address for address, _ in program.constants],
        "intermediate results": set()
        .union(*written(program.statements, counts))
        .difference(results),
        "results": results,
    }


def _row(what: str, addresses: str, count: int) -> Row:
    return what, addresses, f"{count:,}", f"{BYTES * count:,}"


def _table(rows: Iterable[Row]) -> list[str]:
    """The rows with their columns below one another, numbers to the right."""
    columns = list(zip(*rows, strict=True))
    a, b, c, d = (max(map(len, column)) for column in columns)
    return [f"  {w:{a}}  {x:{b}}  {y:>{c}}  {z:>{d}}" for w, x, y, z in zip(*columns, strict=True)]


def _program(program: Program) -> Iterator[str]:
    lines = [line for step in program.statements for line in _step(step)]
    if len(lines) > SHOWN + 1:  # rather one line more than a line on it
        left_out = f"  … {len(lines) - SHOWN} more …"
        lines = [*lines[: SHOWN // 2], left_out, *lines[-SHOWN // 2 :]]
    yield from lines


def _step(step: Statement, indent: str = "  ") -> Iterator[str]:
    if isinstance(step, Step):
        yield f"{indent}{step}"
        return
    if isinstance(step, Repeat):
        yield f"{indent}for {pluralize(step.count, 'step')}, each after the other:"
    else:
        yield f"{indent}for the samples, {LANES} at a time:"
    for inner in step.steps:
        yield from _step(inner, indent + "  ")


def _code(kernels: Any) -> Iterator[str]:
    """The number of calls of each kind of kernel."""
    flat = [kernel for part in kernels for kernel in part]
    for kernel in flat:  # also those that are added on the way
        flat += kernel.body
    counts = Counter(kernel.name[0] for kernel in flat)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    different = len({kernel.name for kernel in flat})
    numbers = sum(len(kernel.table) for kernel in flat)
    yield f"code          {len(flat)} calls of {different} kernels ({told})"
    yield f"tables        {numbers:,} addresses"
