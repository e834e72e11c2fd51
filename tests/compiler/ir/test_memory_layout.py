"""Layout: programs in which every number has a place of its own and is there when it is read.

`problems` checks any program; it is tried on wrong ones, then on many recorded functions.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

import autograd as ag
from autograd import value_and_grad, vmap
from autograd.compiler import compile
from autograd.compiler.ir.lanes import Lanes
from autograd.compiler.ir.memory_layout import MANY, layout
from autograd.compiler.ir.program import Copy, Loop, Program, Repeat, Statement, Step, Terms
from autograd.compiler.ir.step_kernels import FEW
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES, SLAB
from tests.compiler.differential import outcome
from tests.compiler.ir.test_simplify import listing_of
from tests.compiler.random_cases import case_of
from tests.random_graphs import made, random_arguments, random_function

# --- the checker ----------------------------------------------------------------------------


def problems(program: Program, slab: Any = None) -> list[str]:
    """What is wrong with a program, for a batch of any size with its slab; nothing if all is well.

    Every address is within memory; inputs and constants are never written; every number is written
    once, and before it is read, but for a state that a repeat writes anew after each run; the
    vectors of a group's results hold nothing else. Loops with the same lanes have one body.
    """
    return list(_Checker(program, slab).problems())


class _Checker:
    def __init__(self, program: Program, slab: Any) -> None:
        self.program, self.slab = program, slab
        self.constants = dict(program.constants)
        self.known: set[int] = set(range(program.inputs)) | self.constants.keys()
        if slab is not None:
            self.known |= {slab.samples, slab.total}
            self.known |= {first + i for first, n in slab.blocks for i in range(slab.room * n)}
        self.given = set(self.known)
        self.taken = set(self.known)  # also by the ends of vectors
        self.bodies: dict[int, list[Step]] = {}  # by their lanes

    def problems(self) -> Iterator[str]:
        if len(self.constants) < len(self.program.constants):
            yield "two constants have one address"
        if any(address < self.program.inputs for address in self.constants):
            yield "a constant is where an input is"
        if not self.known <= set(range(self.program.size)):
            yield "an input or a constant is outside of memory"
        for part in self.program.parts:
            for step in part:
                yield from self._statement(step)
        yield from self._read(self.program.outputs, "an output")

    def _statement(self, step: Statement) -> Iterator[str]:
        if isinstance(step, Loop):
            yield from self._loop(step)
        elif isinstance(step, Repeat):
            yield from self._repeat(step)
        else:
            yield from self._step(step)

    def _repeat(self, repeat: Repeat) -> Iterator[str]:
        for copy in repeat.before:
            yield from self._copied(copy, repeat.count)
        for step in repeat.steps:
            yield from self._statement(step)
        for copy in repeat.after:
            yield from self._copied(copy, repeat.count, after=True)

    def _copied(self, copy: Copy, runs: int, after: bool = False) -> Iterator[str]:
        first, apart, to, to_apart, size = copy
        for i in range(runs):
            source = range(first + i * apart, first + i * apart + size)
            yield from self._read(source, f"run {i} of a repeat")
        target = {to + i * to_apart + j for i in range(runs) for j in range(size)}
        if after and target <= self.known - self.given:
            return  # a state
        # The end of a vector outside, which is written before all runs, is free for a datum.
        if not (self.taken if after else self.known).isdisjoint(target):
            yield "a repeat copies to where something is"
        if max(target) >= self.program.size:
            yield "a repeat copies to outside of memory"
        self.taken |= target
        self.known |= target

    def _step(self, step: Step) -> Iterator[str]:
        yield from _shape(step)
        yield from self._read((x for column in step.columns for x in column), str(step))
        if step.op is c.scattered:  # adds to what is there
            yield from self._read(range(step.out, step.out + step.count), str(step))
        else:
            yield from self._write(step.out, step.count, str(step))

    def _read(self, addresses: Iterable[int], what: str) -> Iterator[str]:
        if not self.known.issuperset(addresses):
            yield f"{what} reads what is not written yet"

    def _write(self, first: int, count: int, what: str) -> Iterator[str]:
        """Write neighbours, in vectors of their own, or a few one by one."""
        width = LANES if count >= FEW else 1
        vectors = range(first, first + -(-count // width) * width)
        if first < 0 or first + count > self.program.size:
            yield f"{what} writes outside of memory"
        if not self.taken.isdisjoint(vectors):
            yield f"{what} writes where something is"
        self.taken.update(vectors)
        self.known.update(range(first, first + count))

    def _samples(self, loop: Loop) -> int:
        return self.slab.room if self.slab is not None else int(self.constants[loop.samples])

    def _loop(self, loop: Loop) -> Iterator[str]:
        yield from self._read([loop.samples], "a loop")
        outside, samples = self.known, self._samples(loop)
        for first, distance, _ in loop.inputs:
            addresses = range(first, first + samples * distance, distance) if distance else [first]
            if not outside.issuperset(addresses):
                yield "a sample is not written yet"
        if loop.lanes not in self.bodies:
            self.bodies[loop.lanes] = loop.steps
            yield from self._body(loop, outside)
        elif self.bodies[loop.lanes] != loop.steps:
            yield "two bodies have the same lanes"
        yield from self._results(loop, samples)

    def _body(self, loop: Loop, outside: set[int]) -> Iterator[str]:
        read = {x for step in loop.steps for column in step.columns for x in column}
        if any(address >= loop.lanes for address in outside & read):
            yield "what a loop reads from outside looks as if it had lanes"
        self.known = set(outside)
        for _, _, lanes in loop.inputs:
            yield from self._lanes(loop, lanes, "an input")
        for step in loop.steps:
            yield from _shape(step)
            if step.stride != LANES:
                yield f"{step} in a loop has no lanes"
            yield from self._read((x for column in step.columns for x in column), str(step))
            places = [step.out + i * LANES for i in range(step.count)]
            if step.op is c.scattered:
                yield from self._read(places, str(step))
                continue
            for place in places:
                yield from self._lanes(loop, place, str(step))
        yield from self._read([address for address, _, _ in loop.outputs], "an output of a loop")
        self.known = outside  # what has lanes is there in the body alone

    def _lanes(self, loop: Loop, address: int, what: str) -> Iterator[str]:
        if address < loop.lanes or address % LANES:
            yield f"{what} has no lanes"
        yield from self._write(address, LANES, what)
        self.known -= set(range(address + 1, address + LANES))  # one address names all lanes

    def _results(self, loop: Loop, samples: int) -> Iterator[str]:
        written: set[int] = set()
        for _, first, distance in loop.outputs:
            if not distance:
                yield from self._write(first, LANES, "a partial sum")
                continue
            addresses = set(range(first, first + samples * distance, distance))
            if addresses & (written | self.taken):
                yield "a result of a loop is written where something is"
            written |= addresses
        if written and max(written) >= self.program.size:
            yield "a result of a loop is outside of memory"
        self.known |= written
        self.taken |= written


def _shape(step: Step) -> Iterator[str]:
    width = sum(run.factors * run.terms for run in step.runs)
    if step.op is None and len(step.columns) != width:
        yield f"{step} has columns for other terms"
    lengths = list(map(len, step.columns))
    if step.op is c.scattered:  # the first place, indices, and what comes
        good = len(lengths) == 3 and lengths[0] == 1 and lengths[1] == lengths[2]
    else:
        good = all(length == step.count for length in lengths)
    if not good:
        yield f"{step} has columns of another length"


def test_checker_finds_nothing_wrong_with_a_good_program() -> None:
    assert not problems(program())


def program(
    *,
    columns: tuple[list[int], list[int]] = ([0] * FEW, [1] * FEW),
    out: int = 8,
    constants: tuple[tuple[int, float], ...] = ((2, 0.5),),
    then: tuple[Step, ...] = (),
    size: int = 24,
    outputs: range = range(8, 9),
) -> Program:
    """Two inputs, a constant, and their sums from address 8 on, but for what is said."""
    step = Step(None, (Terms(False, 1, 2),), list(columns), out, len(columns[0]))
    return Program(size, 2, list(constants), [[step, *then]], outputs)


def copy(x: int, out: int) -> Step:
    return Step(None, (Terms(False, 1, 1),), [[x] * FEW], out, FEW)


def loop(**changes: Any) -> Program:
    """Three samples of one number at 0, their number at 3; the results at 24."""
    step = Step(c.exp, (), [[8]], changes.pop("lane", 16), 1, changes.pop("stride", LANES))
    given = {
        "steps": [step],
        "lanes": 8,
        "samples": 3,
        "inputs": [(0, 1, 8)],
        "outputs": [(16, 24, 1)],
    }
    made = Loop(**{**given, **changes})
    return Program(32, 3, [(3, 3.0)], [[made]], range(24, 27))


def other_body() -> list[Statement]:
    """The loop with another op, and results elsewhere."""
    (made,) = loop(outputs=[(16, 32, 1)]).parts[0]
    assert isinstance(made, Loop)
    return [replace(made, steps=[replace(made.steps[0], op=c.log)])]


def repeated(**changes: Any) -> Program:
    """Two numbers added to a state at 5 in turn, which is kept from 16 on; or what is said."""
    state = Step(None, (Terms(False, 1, 1),), [[2]], 5, 1)
    plus = Step(None, (Terms(False, 1, 2),), [[5], [4]], 8, 1)
    given = {
        "before": [Copy(0, 1, 4, 0, 1)],
        "after": [Copy(8, 0, 16, 1, 1), Copy(8, 0, 5, 0, 1)],
    }
    repeat = Repeat([plus], 2, **{**given, **changes})
    return Program(24, 2, [(2, 0.5)], [[state, repeat]], range(5, 6))


def test_checker_finds_nothing_wrong_with_a_good_repeat() -> None:
    assert not problems(repeated())


WRONG: dict[str, tuple[Program, str]] = {
    "reads what comes later": (program(columns=([0], [16]), then=(copy(0, 16),)), "not written"),
    "reads its own result": (program(columns=([0], [8])), "not written"),
    "reads nothing": (program(columns=([0], [7])), "not written"),
    "gives what is not there": (program(outputs=range(8, 9 + FEW)), "an output reads"),
    "writes over an input": (program(out=1, outputs=range(1)), "where something is"),
    "writes over a constant": (program(out=2, outputs=range(1)), "where something is"),
    "a vector reaches a constant": (program(constants=((15, 0.5),)), "where something is"),
    "writes twice": (program(then=(copy(0, 8),)), "where something is"),
    "vectors overlap": (program(then=(copy(0, 12),)), "where something is"),
    "writes outside": (program(then=(copy(0, 24),)), "outside of memory"),
    "a constant is an input": (program(constants=((1, 0.5),)), "where an input is"),
    "two constants are one": (program(constants=((2, 0.5), (2, 1.0))), "one address"),
    "columns of two lengths": (program(columns=([0], [1, 0])), "another length"),
    "adds to places that are not there": (
        program(then=(Step(c.scattered, (), [[0], [1], [0]], 16, 2),)),
        "not written",
    ),
    "adds more than it has indices for": (
        program(then=(Step(c.scattered, (), [[0], [1], [0, 1]], 8, 1),)),
        "another length",
    ),
    "a loop has a step without lanes": (loop(stride=1), "has no lanes"),
    "a loop writes a lane outside": (loop(lane=4), "has no lanes"),
    "a loop reads a sample that is not there": (loop(inputs=[(0, 2, 8)]), "a sample is not"),
    "a loop gives results over one another": (
        loop(outputs=[(16, 24, 1), (16, 25, 1)]),
        "written where something is",
    ),
    "a loop gives what is not there": (loop(outputs=[(0, 24, 1), (17, 27, 1)]), "an output of"),
    "a loop adds to what is there": (loop(outputs=[(16, 0, 0)]), "a partial sum writes"),
    "a loop has lanes where there are none": (
        loop(lanes=2, steps=[Step(c.exp, (), [[3]], 16, 1, LANES)]),
        "looks as if it had lanes",
    ),
    "two loops have one body and other steps": (
        Program(40, 3, [(3, 3.0)], [loop().parts[0] + other_body()], range(24, 27)),
        "two bodies",
    ),
    "a repeat brings what is not there": (repeated(before=[Copy(7, 1, 4, 0, 1)]), "not written"),
    "a repeat brings over an input": (repeated(after=[Copy(8, 0, 0, 0, 1)]), "where something is"),
    "a repeat keeps what is not there": (repeated(after=[Copy(9, 0, 16, 1, 1)]), "not written"),
    "a repeat keeps outside of memory": (repeated(after=[Copy(8, 0, 23, 1, 1)]), "outside"),
}


def test_checker_finds_nothing_wrong_with_a_good_loop() -> None:
    assert not problems(loop())


@pytest.mark.parametrize("name", WRONG)
def test_checker_finds_what_is_wrong(name: str) -> None:
    wrong, told = WRONG[name]
    assert any(told in problem for problem in problems(wrong))


# --- recorded functions ---------------------------------------------------------------------


def recorded(f: Callable[..., Any], *args: Any) -> Any:
    """The recording of a call; None if the function raises."""
    return recording_of(compile(f, backend="python"), args)


def recording_of(compiled: Any, args: Any, called: Callable[..., Any] | None = None) -> Any:
    if isinstance(outcome(called or compiled, *args).bits, type):
        return None
    (found,) = compiled._recordings.values()
    return found


def programs_of(seed: int) -> list[Program]:
    """The programs of a random one and its derivatives; none of a batch, which has more parts."""
    case = case_of(str(seed))
    if case.batch is not None:
        return []
    functions = [case.compiled(f, "python") for f in case.functions()]
    found = [recording_of(f, case.calls[0], partial(case.call, f)) for f in functions]
    return [x.program for x in found if x is not None]


@pytest.mark.parametrize("start", range(0, 200, 25))
def test_program_of_a_random_function_is_in_order(start: int) -> None:
    for seed in range(start, start + 25):
        for program in programs_of(seed):
            assert not problems(program), seed


@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
@pytest.mark.parametrize("samples", [1, 2, 9, SLAB + 1, 2 * SLAB])
def test_so_is_that_of_a_batch_inside_and_outside_of_a_function(
    samples: int, reduce: str | None
) -> None:
    for seed in range(40 if samples < SLAB else 3):
        draw = random.Random(seed)
        function = random_function(draw, draw.randint(1, 20))
        batch = vmap(made(function.source(several=True)), reduce=reduce)
        xs, indices = zip(
            *[random_arguments(draw, function.inputs) for _ in range(samples)], strict=True
        )
        inside = recorded(lambda xs, i, batch=batch: batch(xs, i), list(xs), list(indices))
        assert inside is None or not problems(inside.program), seed
        outside = recorded(batch, list(xs), list(indices))
        assert outside is None or not problems(outside.program, outside.slab), seed


SHAPES: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda xs: [],
    "an input": lambda xs: xs[1],
    "the inputs": lambda xs: xs,
    "the inputs backwards": lambda xs: xs[::-1],
    "a number": lambda xs: 2.5,
    "numbers and inputs": lambda xs: [2.5, xs[0], -0.0, xs[0], 0.0],
    "a result twice": lambda xs: [ag.exp(xs[0]), xs[0], ag.exp(xs[0])],
    "a wide sum": lambda xs: ag.sum([x * y for x in xs for y in xs]),
    "eight and one": lambda xs: [ag.tanh(x) for x in xs[:9]],
    "a batch of one number for all": lambda xs: vmap(lambda x: x * 2.0)([xs[0]] * 5),
    "a batch of scattered numbers": lambda xs: vmap(lambda x: x * 2.0)([xs[3], xs[1], xs[4]]),
    "a batch that gives what all share": lambda xs: vmap(lambda x: [xs[0], 3.0, x])(xs),
    "a batch of a batch's results": lambda xs: vmap(ag.exp)(vmap(ag.sin)(xs)),
    "two sums over batches": lambda xs: [vmap(lambda x: [x, x * x], reduce="sum")(xs), xs[0]],
    "the mean of a batch of gradients": lambda xs: vmap(
        value_and_grad(lambda x: ag.tanh(x * xs[0])), reduce="mean"
    )(xs),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("count", [12, 16])
def test_so_is_that_of_any_shape(name: str, count: int) -> None:
    found = recorded(SHAPES[name], [0.5 + i for i in range(count)])
    assert not problems(found.program)


# --- places ---------------------------------------------------------------------------------


def laid_out(f: Callable[..., Any], *args: Any) -> Program:
    return layout(listing_of(f, *args))[0]


def test_inputs_come_first_then_constants_then_results() -> None:
    found = laid_out(lambda x, y: x * 2.5 + y * -0.0, 1.0, 2.0)
    assert (found.inputs, found.constants) == (2, [(2, 2.5), (3, -0.0)])
    (step,) = found.parts[0]
    assert isinstance(step, Step)
    assert (step.columns, step.out, found.outputs) == ([[0], [2], [1], [3]], 8, range(8, 9))


def test_results_of_a_group_lie_side_by_side() -> None:
    found = laid_out(lambda xs: [ag.exp(x) for x in xs], [float(i) for i in range(20)])
    (step,) = found.parts[0]
    assert isinstance(step, Step)
    assert step.columns == [list(range(20))]
    assert (step.out, step.count, found.outputs) == (24, 20, range(24, 44))


def test_outputs_that_lie_side_by_side_are_not_copied() -> None:
    assert laid_out(lambda x, y: [x, y], 1.0, 2.0).parts == [[]]


def test_outputs_that_do_not_are_copied() -> None:
    found = laid_out(lambda x, y: [y, x, y], 1.0, 2.0)
    assert found.parts == [[Step(None, (Terms(False, 1, 1),), [[1, 0, 1]], 8, 3)]]
    assert found.outputs == range(8, 11)


def halves(xs: Any) -> list[Any]:
    """Outputs of two levels, after one of a third."""
    inner = [ag.exp(x) for x in xs[:32]]
    return [ag.sum(inner), *inner, *[ag.exp(x) for x in inner]]


def test_groups_of_outputs_are_put_where_the_outputs_are_and_the_others_copied_there() -> None:
    found = laid_out(halves, [0.5] * 32)
    steps = [step for step in found.parts[0] if isinstance(step, Step)]
    first = found.outputs.start
    outs = {(x.op, x.out - first, x.count) for x in steps if x.out in found.outputs}
    assert outs == {(c.exp, 1, 32), (c.exp, 33, 32), (None, 0, 1)}
    assert (first + 1) % LANES == 0
    assert [str(step.formula) for step in steps] == ["exp(v)", "Σ32 v", "exp(v)", "v"]


def test_outputs_of_a_few_or_of_no_whole_vectors_are_not_put_there() -> None:
    for count in (MANY - LANES, MANY + 1):
        found = laid_out(lambda xs: [ag.tan(ag.exp(xs[0])), *map(ag.exp, xs)], [0.5] * count)
        assert [x.count for x in found.parts[0] if isinstance(x, Step)] == [count, 1, count + 1]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 9, 15, 21])
def test_copies_to_outputs_write_nothing_beyond_them(count: int) -> None:
    """Steps of fewer than four go one by one, and whole vectors end where they do."""

    def f(xs: Any) -> list[Any]:
        return [*xs[:count], *[ag.exp(x) for x in xs], *xs[:count]]

    found = laid_out(f, [0.5] * MANY)
    first = found.outputs.start
    copies = [step for step in found.parts[0] if isinstance(step, Step) and step.op is None]
    assert sum(step.count for step in copies) == 2 * count
    for step in copies:
        assert step.count < FEW or step.count % LANES == 0
        assert step.out - first < count or step.out - first >= count + MANY
    compiled = compile(f, backend="llvm")
    xs = [float(i) for i in range(MANY)]
    assert compiled(xs) == [*xs[:count], *[math.exp(x) for x in xs], *xs[:count]]


def test_group_is_ordered_so_that_operands_are_read_and_results_given_side_by_side() -> None:
    def f(xs: Any) -> Any:
        made = {i: ag.exp(xs[i]) for i in (5 * k % 16 for k in range(16))}
        return [made[i] for i in range(16)]

    (step,) = laid_out(f, [float(i) for i in range(16)]).parts[0]
    assert isinstance(step, Step)
    assert step.columns == [list(range(16))]


@pytest.mark.parametrize("count", [8, 16, 21])
def test_partial_sums_are_added_lane_by_lane_by_one_kernel(
    count: int,
) -> None:
    """Even where results fill no whole vectors, which is why there are a few more partial sums."""
    batch = vmap(lambda x: [x * i for i in range(count)], reduce="sum")
    made = laid_out(lambda xs: [ag.exp(x) for x in batch(xs)], [1.0] * 9)
    kernels = list(Lanes(made.size).kernels(made.parts[0]))
    after = kernels[[kernel.name for kernel in kernels].index(("loop",)) :]
    assert (after[1].name, after[1].blocks) == (("lane_sums",), -(-count // LANES))


def test_address_of_each_operation_is_where_the_program_leaves_it() -> None:
    listing = listing_of(lambda x, y: ag.exp(x + y) * y, 1.0, 2.0)
    found, address = layout(listing)
    known = {listing.ops[x]: address[x] for x in range(len(listing.ops)) if listing.ops[x]}
    steps = found.parts[0]
    assert [known[op] for op in (c.add, c.exp, c.mul)] == [
        step.out for step in steps if isinstance(step, Step)
    ]


def test_operation_that_is_not_computed_by_itself_has_no_address() -> None:
    listing = listing_of(lambda x, y: x * y + y, 1.0, 2.0)
    _, address = layout(listing)
    assert [address[i] for i, op in enumerate(listing.ops) if op is c.mul] == [-1]


def test_layout_is_the_same_every_time() -> None:
    def f(xs: Any) -> Any:
        return value_and_grad(lambda xs: ag.logsumexp([ag.tanh(x * xs[0]) for x in xs]))(xs)

    first, second = (laid_out(f, [0.5 + i for i in range(10)]) for _ in range(2))
    assert first == second
