"""Random programs, compiled and interpreted: what must have the same bits, and what they are like.

A program is called three times, with the numbers for which it was recorded and with others: what it
gives, its first derivatives and its second ones. It runs on every backend; as a batch on one thread
and on two; and in C, many in one file. ``python -m tests.compiler.differential SEED COUNT`` goes
through those of a seed and shrinks what differs; ``… SEED COUNT FIRST`` begins later.
"""

import collections
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from autograd import Op
from autograd.compiler.backends.choose import executable
from autograd.compiler.ir.program import Program
from autograd.engine import calculus
from autograd.engine.watching import watching
from autograd.transforms.trees import flatten
from tests.bits import bits
from tests.compiler.built_c import STRICT, functions
from tests.compiler.call_forms import CALLS, RESULTS
from tests.compiler.random_cases import BACKENDS, Case, Function, case_of
from tests.programs import missing

# All but what only a recording has, in the place of a number that is cut off, and only formulas.
ELSEWHERE = {calculus.fixed.name, calculus.normal_distribution.name}
OPS = {x.name for x in vars(calculus).values() if isinstance(x, Op)} - ELSEWHERE
AT_ONCE = 100  # programs, whose C goes into one file
CODE = {
    "batches": r"ag\.vmap\(",
    "axes of parts": r'"w": None',
    "scans": r"ag\.scan\(",
    "scans from the end": r"reverse=True",
    "derivatives": r"ag\.(grad|value_and_grad|jvp|vjp|hessian|hvp|jacobian|jacfwd)\(",
    "other results": r"has_aux=True",
    "rules": r"ag\.custom_gradient\(",
    "keywords": r"\*, a\d+",
    "lookups": r"ag\.lookup\(",
    "draws": r"ag\.random\.",
    "comparisons": r" [<>]=? ",
    "what has no history": r"detach|no_grad|create_graph=False",
    "passes": r"backward",
    "gradients left": r"V\.grad|v\d+\.grad",
}

# --- the same bits --------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What a call gives: the bits and their structure, or the type of what it raises."""

    bits: Any
    structure: Any = None


def outcome(f: Function, *args: Any) -> Outcome:
    """What a call gives."""
    try:
        result = f(*args)
        return Outcome(bits(result), flatten(result)[1])
    except Exception as error:
        return Outcome(type(error))


def difference(case: Case, summary: "Summary | None" = None) -> str:
    """The first call that gives other bits compiled than interpreted, empty if none does."""
    for number, f in enumerate(case.functions()):
        interpreted = partial(case.interpret, f)
        with watching(summary.see) if summary else nullcontext():
            wanted = [outcome(interpreted, *case.calls[0])]
        wanted += [outcome(interpreted, *call) for call in case.calls[1:]]
        if any(isinstance(x.bits, type) and x.bits is not IndexError for x in wanted):
            if summary is not None:
                summary.no_programs += 1
            return ""  # no program: what shrinking makes, or an integer of nan
        which = f"function {number} of {case}"
        compiled = case.compiled(f, case.backend)
        ways = {case.backend: compiled}
        if case.batch is not None:
            ways |= {f"{x} on two threads": case.compiled(f, x, threads=2) for x in BACKENDS}
        for way, g in ways.items():
            if told := _unlike(partial(case.call, g), case.calls, wanted):
                return f"{way}: {which}\n{told}"
        programs = _programs(compiled) if case.batch is None else []
        if len(programs) > 1:
            continue  # each of another setting
        for program in programs:
            for backend in {*BACKENDS} - {case.backend}:
                if told := _unlike(run_by(backend, program), case.calls, wanted, alone=True):
                    return f"{backend}: {which}\n{told}"
            if summary is not None:
                summary.in_c.append(InC(which, program, case.calls, wanted))
    return ""


def _unlike(
    f: Function,
    calls: Sequence[tuple[Any, ...]],
    wanted: Sequence[Outcome],
    *,
    alone: bool = False,
) -> str:
    """The first call that gives something else, empty if there is none; bits alone, or all."""
    for call, expected in zip(calls, wanted, strict=True):
        found = outcome(f, *call)
        if found.bits != expected.bits or not (alone or found == expected):
            first = "" if call is calls[0] else f", recorded with {calls[0]}"
            return f"at {call}{first}\nis  {found}\nnot {expected}"
    return ""


def _programs(compiled: Any) -> list[Program]:
    """The programs of a compiled function that leaves no gradients at parameters besides."""
    found = compiled._recordings.values()
    leaves = any(x.effects.gradients.given or x.effects.gradients.taken for x in found)
    return [] if leaves else [recorded.program for recorded in found]


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
    wanted: Sequence[Outcome]


class Summary:
    """How many programs there were, how large they were, and what was in them."""

    def __init__(self) -> None:
        self.count = self.nodes = self.no_programs = 0
        self.ops = set[str]()
        self.kinds = collections.Counter[str]()
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
        self.kinds.update(name for name, code in CODE.items() if re.search(code, source))
        self.kinds.update([case.form] if case.batch is None else ["many samples"])
        self.kinds.update([case.result])

    def join(self, other: "Summary") -> None:
        """Count the programs of another one too."""
        self.count, self.nodes = self.count + other.count, self.nodes + other.nodes
        self.ops |= other.ops
        self.kinds += other.kinds
        self.no_programs += other.no_programs

    def unseen(self) -> list[str]:
        """The ops of the table, the kinds of code and the forms of calls that were in none."""
        known = {*CODE, *CALLS, *RESULTS, "many samples"}
        return sorted({*OPS - self.ops, *known - self.kinds.keys()})

    def __str__(self) -> str:
        inside = ", ".join(f"{name} {count}" for name, count in self.kinds.most_common())
        return (
            f"{self.count} random programs, {self.nodes / self.count:.0f} nodes each with their "
            f"derivatives, {len(self.ops & OPS)} of {len(OPS)} ops; of what is in them: {inside}; "
            f"in none: {', '.join(self.unseen()) or 'nothing'}"
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
            if told := _unlike(
                lambda x, i, call=call: call([*x, *i]), x.calls, x.wanted, alone=True
            ):
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
