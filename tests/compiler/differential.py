"""Random programs, compiled and interpreted: what must have the same bits, and what they are like.

A program is called three times, with the numbers for which it was recorded and with others: what it
gives, its first derivatives and its second ones. It runs on every backend; as a batch on one thread
and on two; and in C, many in one file. ``python -m tests.compiler.differential SEED COUNT`` goes
through those of a seed and shrinks what differs; ``… SEED COUNT FIRST`` begins later.
"""

import collections
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from autograd import Op, Value, compile, grad, hessian, hvp, jacobian, jvp, value_and_grad, vmap
from autograd.compiler.backends.choose import MODULES, executable
from autograd.compiler.ir.program import Program
from autograd.engine import calculus
from autograd.engine.watching import watching
from autograd.transforms.vmap import SLAB
from tests.bits import bits
from tests.compiler.built_c import STRICT, functions
from tests.programs import missing
from tests.random_graphs import RandomFunction, made, random_arguments
from tests.random_programs import random_program

Function = Callable[..., Any]
BACKENDS = tuple(MODULES)
OPS = {op.name for op in vars(calculus).values() if isinstance(op, Op)}
AT_ONCE = 100  # programs, whose C goes into one file
BLOCKS = {"batches": "ag.vmap(", "scans": "ag.scan(", "derivatives": "ag.grad("}

# --- cases ----------------------------------------------------------------------------------


def _of_values(f: Function) -> Function:
    return lambda x, i: f([one if isinstance(one, Value) else Value(one) for one in x], i)


def _gradient_of_the_first(f: Function) -> Function:
    return grad(lambda x, i: grad(f)(x, i)[0])


def _along(transform: Function, f: Function) -> Function:
    def directional(x: Any, i: Any) -> Any:
        direction = [0.5 * one if k % 2 else one for k, one in enumerate(x)]
        return transform(lambda x: f(x, i), (x,), (direction,))

    return directional


def _at_once(several: Sequence[Function]) -> Function:
    return lambda x, i: [f(x, i) for f in several]


def _batch(reduce: str | None, f: Function) -> Function:
    """A batch of it, whose first number all samples share."""
    return vmap(lambda w, x, i: f([w, *x[1:]], i), (None, 0, 0), reduce)


OF_SEVERAL: dict[str, Function] = {"jacobian": jacobian, "jvp": partial(_along, jvp)}
FIRST: dict[str, Function] = {"value_and_grad": value_and_grad, **OF_SEVERAL}
SECOND: dict[str, Function] = {
    "gradient of the first gradient": _gradient_of_the_first,
    "hvp": partial(_along, hvp),
    "hessian": hessian,
}


class Case(NamedTuple):
    """A random program, what is taken of it, and the arguments of some calls.

    Attributes:
        program: the program.
        first: its first derivatives.
        second: its second ones.
        together: whether one function gives all, or one each order.
        backend: what it is compiled for; the others get the program that was made for it.
        batch: how the samples are reduced, in a tuple; None for no batch.
        calls: the arguments.
    """

    program: RandomFunction
    first: str
    second: str
    together: bool
    backend: str
    batch: tuple[str | None] | None
    calls: Sequence[tuple[Any, ...]]

    def functions(self) -> list[Function]:
        """The program and its derivatives, as functions of the arguments of a call."""
        several, one = (made(self.program.source(several=x)) for x in (True, False))
        orders = [
            _of_values(several),
            FIRST[self.first](several if self.first in OF_SEVERAL else one),
            SECOND[self.second](one),
        ]
        found = [_at_once(orders)] if self.together else orders
        return found if self.batch is None else [_batch(*self.batch, f) for f in found]

    def __str__(self) -> str:
        batch = "" if self.batch is None else f", as a batch with reduce={self.batch[0]!r}"
        return (
            f"the program, {self.first} and {self.second}{' in one' * self.together}{batch} of\n"
            f"{self.program.source(several=True)}"
        )


def random_case(draw: random.Random, size: int) -> Case:
    """A case with a program of at least `size` lines."""
    batch = (draw.choice(["sum", "mean", None]),) if draw.random() < 0.15 else None
    program = random_program(draw, min(size, 6) if batch else size)
    calls: list[tuple[Any, ...]] = [random_arguments(draw, program.inputs) for _ in range(3)]
    if batch:
        sizes = draw.choice([1, 5, 9]), 8, draw.choice([3, 17, SLAB + 9])
        calls = [_samples(draw, program.inputs, size) for size in sizes]
    return Case(
        program,
        draw.choice([*FIRST]),
        draw.choice([*SECOND][: 3 if program.inputs <= 3 else 2]),
        draw.random() < 0.7,
        draw.choice(BACKENDS),
        batch,
        calls,
    )


def _samples(draw: random.Random, inputs: int, count: int) -> tuple[Any, ...]:
    rows = [random_arguments(draw, inputs) for _ in range(count)]
    return rows[0][0][0], *map(list, zip(*rows, strict=True))


def case_of(seed: str) -> Case:
    """Most are small; one in fifty has up to 150 lines."""
    draw = random.Random(seed)
    largest = draw.choice([150, *[40] * 9, *[12] * 40])
    return random_case(draw, draw.randint(1, largest))


# --- the same bits --------------------------------------------------------------------------


def outcome(f: Function, *args: Any) -> Any:
    """The bits that a call gives, or the type of what it raises."""
    try:
        return bits(f(*args))
    except Exception as error:
        return type(error)


def difference(case: Case, summary: "Summary | None" = None) -> str:
    """The first call that gives other bits compiled than interpreted, empty if none does."""
    for number, f in enumerate(case.functions()):
        with watching(summary.see) if summary else nullcontext():
            wanted = [outcome(f, *case.calls[0])]
        wanted += [outcome(f, *call) for call in case.calls[1:]]
        if any(isinstance(x, type) and x is not IndexError for x in wanted):
            return ""  # no program: only what shrinking makes is none
        which = f"function {number} of {case}"
        compiled = compile(f, backend=case.backend)
        ways = {case.backend: compiled}
        if case.batch is not None:
            ways |= {f"{x} on two threads": compile(f, backend=x, threads=2) for x in BACKENDS}
        for way, g in ways.items():
            if told := _unlike(g, case.calls, wanted):
                return f"{way}: {which}\n{told}"
        for program in _programs(compiled) if case.batch is None else ():
            for backend in {*BACKENDS} - {case.backend}:
                if told := _unlike(run_by(backend, program), case.calls, wanted):
                    return f"{backend}: {which}\n{told}"
            if summary is not None:
                summary.in_c.append(InC(which, program, case.calls, wanted))
    return ""


def _unlike(f: Function, calls: Sequence[tuple[Any, ...]], wanted: Sequence[Any]) -> str:
    """The first call that gives something else, empty if there is none."""
    for call, expected in zip(calls, wanted, strict=True):
        found = outcome(f, *call)
        if found != expected:
            first = "" if call is calls[0] else f", recorded with {calls[0]}"
            return f"at {call}{first}\nis  {found}\nnot {expected}"
    return ""


def _programs(compiled: Any) -> list[Program]:
    return [recorded.program for recorded in compiled._recordings.values()]


def run_by(backend: str, program: Program) -> Function:
    """A program on a backend, as a function of the arguments of a call."""
    made = executable(backend, program)

    def call(x: Sequence[float], i: Sequence[float]) -> list[float]:
        memory = made.memory()
        for address, number in enumerate([*x, *i]):
            memory[address] = number
        made.run(memory)
        return [memory[address] for address in program.outputs]

    return call


def shrunk(case: Case) -> str:
    """What differs in the smallest program that can be made of one that does."""
    smaller: Case | None = case
    while smaller:
        case = smaller
        candidates = (case._replace(program=one) for one in case.program.simpler())
        smaller = next((one for one in candidates if difference(one)), None)
    return difference(case)


# --- many -----------------------------------------------------------------------------------


class InC(NamedTuple):
    """A program that is to be compared in C: what it is of, its calls, and what they give."""

    which: str
    program: Program
    calls: Sequence[tuple[Any, ...]]
    wanted: Sequence[Any]


class Summary:
    """How many programs there were, how large they were, and what was in them."""

    def __init__(self) -> None:
        self.count = self.nodes = 0
        self.ops = set[str]()
        self.blocks = collections.Counter[str]()
        self.in_c: list[InC] = []

    def see(self, node: Any) -> None:
        """Count a node of an interpreted function."""
        if node.op is not None:
            self.nodes += 1
            self.ops.add(node.op.name)

    def add(self, case: Case) -> None:
        """Count a program."""
        self.count += 1
        source = case.program.source(several=True)
        self.blocks.update(name for name, code in BLOCKS.items() if code in source)

    def join(self, other: "Summary") -> None:
        """Count the programs of another one too."""
        self.count, self.nodes = self.count + other.count, self.nodes + other.nodes
        self.ops |= other.ops
        self.blocks.update(other.blocks)

    def __str__(self) -> str:
        inside = ", ".join(f"{self.blocks[name]} with {name}" for name in BLOCKS)
        return (
            f"{self.count} random programs ({inside}), {self.nodes / self.count:.0f} nodes each, "
            f"{len(self.ops & OPS)} of {len(OPS)} ops"
        )


def compare(seed: str, numbers: Sequence[int], compiler: str = "gcc") -> tuple[Summary, list[str]]:
    """Compare the programs of a seed with these numbers.

    Returns:
        What they were like, and what differs, each with how to see it again.
    """
    summary, found = Summary(), []
    for number in numbers:
        case = case_of(f"{seed} {number}")
        summary.add(case)
        if difference(case, summary):
            again = f"python -m tests.compiler.differential {seed} 1 {number}"
            found.append(f"{again}\n{shrunk(case)}")
    in_c, summary.in_c = summary.in_c, []
    if told := _unlike_in_c(in_c, compiler):
        found.append(f"seed {seed}, one of {numbers}, {told}")
    return summary, found


def _unlike_in_c(in_c: Sequence[InC], compiler: str) -> str:
    """The first program that differs in C, empty if none does, or there is no compiler."""
    if missing(compiler) or not in_c:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        built = functions([x.program for x in in_c], Path(folder), [compiler, "-O0", *STRICT])
        for x, call in zip(in_c, built, strict=True):
            if told := _unlike(lambda x, i, call=call: call([*x, *i]), x.calls, x.wanted):
                return f"{compiler}: {x.which}\n{told}"
    return ""


def shares(count: int, size: int, first: int = 0) -> list[range]:
    """The numbers of so many programs, in shares."""
    stop = first + count
    return [range(start, min(start + size, stop)) for start in range(first, stop, size)]


def main(seed: str, count: int, first: int = 0) -> None:
    """Print each program that differs, and what all were like."""
    total = Summary()
    for numbers in shares(count, AT_ONCE, first):
        summary, found = compare(seed, numbers)
        print(*found, sep="\n\n", end="\n" if found else "", flush=True)
        total.join(summary)
    print(total)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
