"""A compiled function taken apart: the parts of its memory, and the reads of each part.

A part is an argument, the constants, or what one group of operations gives. It knows how many
vectors of eight it reads of which others, as the kernels do: rows, splats and packs.
"""

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..compiler.call_structure import structure
from ..compiler.compiled import Compiled
from ..compiler.ir.draft import COPY
from ..compiler.ir.program import Copy, Loop, Program, Repeat, Statement, Step
from ..compiler.ir.stages import list_numbers, stages
from ..compiler.verified import numbers_and_nodes
from ..engine.messages import pluralize
from ..show.text import shorten
from ..transforms.function_names import signature_of
from ..transforms.lane_sum import LANES
from ..transforms.vmap import Batch
from .vectors import PACK, ROW, Vector, in_lanes, lanes_from, vectors


@dataclass(slots=True, eq=False)
class Section:
    """A part of the memory: an argument, the constants, or the results of one group.

    Attributes:
        kind: input, constant or op.
        name: of an argument its name, of a group its formula.
        addresses: where its numbers are.
        group: the number of the group, from 1 on; 0 if it is none.
        level: the longest way from the arguments, counted in groups.
        loop: the number of the loop over samples that it is inside of, from 0 on, or None.
        in_lanes: whether each of its numbers is there for eight samples.
        reads: for each other part how many different vectors of which kind are read from it.
        is_result: whether the function returns numbers of it.
    """

    kind: str
    name: str
    addresses: Sequence[int]
    group: int = 0
    level: int = 0
    loop: int | None = None
    reads: "dict[Section, Counter[str]]" = field(default_factory=dict)
    in_lanes: bool = False
    is_result: bool = False

    @property
    def times(self) -> int:
        """The number of values in the part; those of eight samples count as one."""
        return len(self.addresses) // (LANES if self.in_lanes else 1)

    @property
    def count(self) -> str:
        """The number of values in the part, in words."""
        lanes = f" in {LANES} lanes" if self.in_lanes else ""
        return pluralize(self.times, "number") + lanes

    @property
    def said(self) -> str:
        """The name of the part among others, such as ``group 3``."""
        return f"group {self.group}" if self.group else self.name

    @property
    def place(self) -> str:
        """The addresses of the part, from the first to the last, in words."""
        first, last = min(self.addresses), max(self.addresses)
        return f"{first:,}" if first == last else f"{first:,} to {last:,}"


class Anatomy(NamedTuple):
    """The parts of a compiled function.

    Attributes:
        name: the name of the function.
        parts: those that hold numbers, in the order they are computed.
        loops: the title of each loop over samples.
    """

    name: str
    parts: list[Section]
    loops: list[str]

    @property
    def groups(self) -> list[Section]:
        """The parts that are computed, in order."""
        return [part for part in self.parts if part.group]


def dissect(f: Callable[..., Any], example: Sequence[Any]) -> Anatomy:
    """Take a function apart: record it, and find the parts of its memory.

    Args:
        f: a function of numbers; it may be compiled already.
        example: arguments, for their structure.

    Raises:
        TypeError: if `f` is no function, or for arguments that are no numbers.
        ValueError: if there are no numbers at all.
    """
    if not callable(f):
        raise TypeError(f"a function is drawn, with example arguments; got {type(f).__name__}")
    if isinstance(f, Compiled):
        f = f.f
    names = _argument_names(f, len(example))
    pieces: list[Any] = []
    sizes = []
    for x, name in zip(example, names, strict=True):
        before = len(pieces)
        structure(x, name, pieces)
        sizes.append(sum(len(list_numbers(piece)) for piece in pieces[before:]))
    # A batch is no plain function, and calling it records a loop.
    program = stages(lambda *xs: f(*xs), example, names, pieces, numbers_and_nodes).program
    inner = f.f if isinstance(f, Batch) else f
    name = str(getattr(inner, "__name__", type(inner).__name__))
    name = "a function" if name == "<lambda>" else shorten(name)
    reader = _Reader(program)
    reader.arguments(names, sizes)
    for part in program.parts:
        reader.steps(part)
    parts = reader.finished()
    if not parts:
        raise ValueError(f"there is nothing to draw: {name} takes no numbers and gives none")
    return Anatomy(name, parts, reader.loops)


def _argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the arguments, or numbers for those without a name."""
    signature = signature_of(f.f if isinstance(f, Batch) else f)
    parameters = signature.parameters.values() if signature else ()
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [shorten(x.name) for x in parameters if x.kind in plain][:count]
    return names + [f"argument {i}" for i in range(len(names), count)]


class _Reader:
    """Reads a program, step by step."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.parts: list[Section] = []
        self.loops: list[str] = []
        self.constants = dict(program.constants)
        self.owner: dict[int, Section] = {}
        self.count = 0

    def arguments(self, names: Sequence[str], sizes: Sequence[int]) -> None:
        """Add the parts that are there before anything is computed."""
        first = 0
        for name, size in zip(names, sizes, strict=True):
            if size:
                self._add(Section("input", name, range(first, first + size)))
            first += size
        if self.constants:
            self._add(Section("constant", "constants", sorted(self.constants)))

    def steps(self, steps: Iterable[Statement]) -> None:
        """Add the parts that steps compute."""
        for step in steps:
            if isinstance(step, Loop):
                self._loop(step)
            elif isinstance(step, Repeat):
                self._repeat(step)
            else:
                self._step(step)

    def finished(self) -> list[Section]:
        """All parts, after those that are returned have been marked."""
        for address in self.program.outputs:
            self.owner[address].is_result = True
        return self.parts

    def _add(self, part: Section) -> None:
        self.parts.append(part)
        self.owner.update(dict.fromkeys(part.addresses, part))

    def _computed(
        self,
        name: str,
        addresses: Sequence[int],
        read: Iterable[Vector],
        loop: int | None = None,
        in_lanes: bool = False,
    ) -> None:
        """Add a group that reads these vectors."""
        self.count += 1
        part = Section("op", name, addresses, self.count, loop=loop, in_lanes=in_lanes)
        for vector in dict.fromkeys(read):
            for tail in dict.fromkeys(self.owner[address] for address in vector.addresses):
                part.reads.setdefault(tail, Counter())[vector.kind] += 1
        part.level = 1 + max((tail.level for tail in part.reads), default=0)
        self._add(part)

    def _step(self, step: Step, loop: int | None = None, lanes: int = -1) -> None:
        out, wide = step.out, step.stride
        addresses = range(out, out + step.count * wide)
        self._computed(formula(step), addresses, vectors(step, lanes), loop, wide == LANES)

    def _loop(self, loop: Loop) -> None:
        number = len(self.loops)
        samples = self.constants.get(loop.samples, 0.0)
        self.loops.append(f"for {samples:,.0f} samples, {LANES} at a time")
        if loop.inputs:
            lanes = [address for _, _, first in loop.inputs for address in lanes_from(first)]
            eight = range(min(int(samples), LANES))
            packs = [
                Vector(PACK, tuple(first + i * apart for i in eight))
                for first, apart, _ in loop.inputs
            ]
            self._computed("samples to lanes", lanes, packs, number, True)
        for step in loop.steps:
            self._step(step, number, loop.lanes)
        self._results(loop, number, int(samples))

    def _repeat(self, repeat: Repeat) -> None:
        self._copies(f"data of {repeat.count:,} steps", repeat.before, repeat.count)
        self.steps(repeat.steps)
        self._copies(f"results of {repeat.count:,} steps", repeat.after, repeat.count)

    def _copies(self, name: str, copies: Sequence[Copy], count: int) -> None:
        """Add what the runs of a repeat copy, as one group."""
        made = [
            (first + i * apart, to + i * to_apart, size)
            for first, apart, to, to_apart, size in copies
            for i in range(count)
        ]
        read = [Vector(ROW, tuple(range(first, first + size))) for first, _, size in made]
        addresses = dict.fromkeys(x for _, to, size in made for x in range(to, to + size))
        if addresses:
            self._computed(name, list(addresses), read)

    def _results(self, loop: Loop, number: int, samples: int) -> None:
        """Add the outputs of a loop: results of all samples, or partial sums in eight lanes."""
        made = [in_lanes(address, loop.lanes) for address, _, _ in loop.outputs]
        adds = [lanes_from(first) for _, first, apart in loop.outputs if not apart]
        if adds:
            addresses = [address for lanes in adds for address in lanes]
            self._computed("added to sums", addresses, made, number, True)
        elif loop.outputs:
            given = [first + i * apart for _, first, apart in loop.outputs for i in range(samples)]
            self._computed("lanes to results", given, made, number)


def formula(step: Step) -> str:
    """The formula of the operations of a step."""
    if step.op is None and step.runs == COPY:
        return "copy"
    return shorten(step.formula)
