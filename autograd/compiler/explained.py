"""What became of a function, stage by stage, as text: sizes, groups, memory and code."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..transforms.vmap import LANES
from .ir.program import Loop, Program, Step

SHOWN = 40  # steps of a program; a long one is cut in the middle


def explained(recorded: Any, backend: str) -> str:
    """The stages of one recording.

    Args:
        recorded: the recording.
        backend: what runs it.
    """
    program: Program = recorded.program
    sizes, steps = recorded.sizes, list(_flat(program))
    operations = math.fsum(step.count for step in steps)
    lines = [
        f"recorded      {sizes.nodes:,} nodes",
        f"simplified    {sizes.operations:,} operations",
        f"normal form   {operations:,.0f} sums of products and maps",
        f"groups        {len(steps):,}, each of them computed together",
        f"memory        {program.size:,} floats: {', '.join(_memory(program))}",
        f"program       v is the memory, a -> b … c where results go; run by {backend}",
        *_program(program),
    ]
    kernels = getattr(recorded.executable, "kernels", None)
    return "\n".join([*lines, *(_code(kernels) if kernels else [])])


def _flat(program: Program) -> Iterator[Step]:
    for part in program.parts:
        for step in part:
            yield from step.steps if isinstance(step, Loop) else [step]


def _memory(program: Program) -> Iterator[str]:
    yield f"inputs 0 to {program.inputs - 1}" if program.inputs else "no inputs"
    yield f"{len(program.constants)} constants"
    yield f"results {program.outputs.start} to {program.outputs.stop - 1}"


def _program(program: Program) -> Iterator[str]:
    lines = [line for part in program.parts for step in part for line in _step(step)]
    if len(lines) > SHOWN + 1:  # rather one line more than a line on it
        left_out = f"  … {len(lines) - SHOWN} more …"
        lines = [*lines[: SHOWN // 2], left_out, *lines[-SHOWN // 2 :]]
    yield from lines


def _step(step: Step | Loop, indent: str = "  ") -> Iterator[str]:
    if isinstance(step, Step):
        yield f"{indent}{step}"
        return
    yield f"{indent}for the samples, {LANES} at a time:"
    for inner in step.steps:
        yield from _step(inner, indent + "  ")


def _code(kernels: Any) -> Iterator[str]:
    """How often which kind of compiled kernel is called."""
    flat = [kernel for part in kernels for kernel in part]
    flat += [inner for kernel in flat for inner in kernel.body]
    counts = Counter(kernel.name[0] for kernel in flat)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    different = len({kernel.name for kernel in flat})
    numbers = sum(len(kernel.table) for kernel in flat)
    yield f"code          {len(flat)} calls of {different} kernels ({told})"
    yield f"tables        {numbers:,} addresses"
