"""Backends: small programs, written by hand and at random, and what every backend makes of them.

The Python backend is the reference. It is held to formulas here, the others to it.
"""

import functools
import itertools
import math
import operator
import random
import sys
import threading
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import Op
from autograd.compiler.backends import numpy as numpy_backend, python as python_backend
from autograd.compiler.ir.program import Loop, Program, Step, Terms
from autograd.engine import calculus as c
from autograd.formulas import primitives
from autograd.formulas.lowering import STEPS
from autograd.formulas.primitives import PRIMITIVES, copysign
from autograd.transforms.lane_sum import LANES
from tests.bits import bits
from tests.compiler.table_steps import CASES, Case

INF, NAN = math.inf, math.nan
BACKENDS = [python_backend.PythonExecutable, numpy_backend.NumpyExecutable]
every_backend = pytest.mark.parametrize("backend", BACKENDS, ids=["python", "numpy"])

SPECIAL = [0.0, 5e-324, 1e-308, 2.0**-500, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 99.9, 700.5, 745.5]
SPECIAL += [2.0**52 + 1.0, 2.0**500, 2.0**1001, sys.float_info.max, INF]
SPECIAL = [*SPECIAL, *(-x for x in SPECIAL), NAN]
FEW_SPECIAL = [0.0, -0.0, 5e-324, 1.0, -1.5, 1e308, INF, -INF, NAN]


def outputs(backend: Any, program: Program, inputs: Sequence[float]) -> list[str]:
    """The bits of what a program of one part gives."""
    executable = backend(program)
    memory = executable.memory()
    for address, x in enumerate(inputs):
        memory[address] = x
    executable.run(memory)
    return bits(memory[program.outputs.start : program.outputs.stop])


def one_step(op: Op | None, runs: Sequence[Terms], members: Sequence[Sequence[float]]) -> Program:
    """A program of one step, whose inputs are the operands of its first member, of its second …"""
    count, width = len(members), len(members[0])
    columns = [[width * member + k for member in range(count)] for k in range(width)]
    size = count * width
    step = Step(op, tuple(runs), columns, size, count)
    return Program(size + count, size, [], [[step]], range(size, size + count))


def of_members(
    backend: Any, op: Op | None, runs: Sequence[Terms], members: Sequence[Sequence[float]]
) -> list[str]:
    program = one_step(op, runs, members)
    return outputs(backend, program, list(itertools.chain(*members)))


# --- memory ---------------------------------------------------------------------------------


@every_backend
def test_a_memory_holds_floats_and_the_constants(backend: Any) -> None:
    memory = backend(Program(4, 1, [(1, 2.5), (3, -0.0)], [[]], range(4))).memory()
    assert (memory.format, len(memory) >= 4, memory.readonly) == ("d", True, False)
    assert bits(memory[:4]) == bits([0.0, 2.5, 0.0, -0.0])


@every_backend
def test_each_memory_is_its_own(backend: Any) -> None:
    executable = backend(Program(2, 1, [(1, 2.0)], [[]], range(2)))
    first, second = executable.memory(), executable.memory()
    first[1] = 5.0
    assert (second[1], executable.memory()[1]) == (2.0, 2.0)


@every_backend
def test_a_run_changes_results_alone(backend: Any) -> None:
    plus = Step(None, (Terms(False, 1, 2),), [[0], [1]], 3, 1)
    executable = backend(Program(5, 2, [(2, 7.0)], [[plus]], range(3, 4)))
    memory = executable.memory()
    memory[0], memory[1], memory[4] = 1.0, 2.0, 9.0
    executable.run(memory)
    assert memory[:5].tolist() == [1.0, 2.0, 7.0, 3.0, 9.0]


@every_backend
def test_parts_are_run_one_by_one(backend: Any) -> None:
    double, square = (Step(None, runs, [[0], [0]], 0, 1) for runs in ((PLUS[1],), (TIMES[0],)))
    executable = backend(Program(1, 1, [], [[double], [square, double]], range(1)))
    memory = executable.memory()
    memory[0] = 3.0
    executable.run(memory, 1)
    assert memory[0] == 18.0
    executable.run(memory, part=0)
    assert memory[0] == 36.0


@every_backend
def test_several_threads_may_run_one_program_on_memories_of_their_own(backend: Any) -> None:
    members = [(float(i), 1.0 / (i + 1)) for i in range(50)]
    program = one_step(c.hypot, (), members)
    executable, found = backend(program), []

    def work(scale: float) -> None:
        memory = executable.memory()
        for _ in range(20):
            memory[:100] = array("d", (scale * x for x in itertools.chain(*members)))
            executable.run(memory)
        found.append((scale, bits(memory[100:150])))

    threads = [threading.Thread(target=work, args=(1.0 + i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scale, numbers in found:
        assert numbers == bits(c.hypot.forward(x * scale, y * scale) for x, y in members)
    assert len(found) == 4


# --- sums -----------------------------------------------------------------------------------

PLUS = [Terms(False, 1, terms) for terms in (1, 2, 3)]
MINUS = [Terms(True, 1, terms) for terms in (1, 2, 3)]
TIMES = [Terms(False, 2, terms) for terms in (1, 2, 3)]
LESS_TIMES = [Terms(True, 2, terms) for terms in (1, 2, 3)]

SUMS: list[tuple[str, list[Terms], list[float], float]] = [
    ("x", [PLUS[0]], [3.0], 3.0),
    ("x, a zero", [PLUS[0]], [0.0], 0.0),
    ("x, a negative zero", [PLUS[0]], [-0.0], -0.0),
    ("-x", [MINUS[0]], [3.0], -3.0),
    ("-x of zero", [MINUS[0]], [0.0], -0.0),
    ("-x of negative zero", [MINUS[0]], [-0.0], 0.0),
    ("x·y", [TIMES[0]], [3.0, 5.0], 15.0),
    ("x·y, a negative zero", [TIMES[0]], [-3.0, 0.0], -0.0),
    ("-x·y", [LESS_TIMES[0]], [3.0, 5.0], -15.0),
    ("-x·y of zero", [LESS_TIMES[0]], [3.0, 0.0], -0.0),
    ("x + y", [PLUS[1]], [3.0, 5.0], 8.0),
    ("x + y of negative zeros", [PLUS[1]], [-0.0, -0.0], -0.0),
    ("x + y of zeros of both signs", [PLUS[1]], [-0.0, 0.0], 0.0),
    ("x - y", [PLUS[0], MINUS[0]], [3.0, 5.0], -2.0),
    ("x - y of equals", [PLUS[0], MINUS[0]], [3.0, 3.0], 0.0),
    ("x - y of zeros of both signs", [PLUS[0], MINUS[0]], [-0.0, 0.0], -0.0),
    ("-x - y", [MINUS[1]], [3.0, 5.0], -8.0),
    ("-x + y", [MINUS[0], PLUS[0]], [3.0, 5.0], 2.0),
    ("x + y + z from the left", [PLUS[2]], [1e16, 1.0, -1e16], 0.0),
    ("x + y - z - w", [PLUS[1], MINUS[1]], [1.0, 1e16, 1e16, 1.0], -1.0),
    ("x·y + z", [TIMES[0], PLUS[0]], [3.0, 5.0, 7.0], 22.0),
    ("x - y·z", [PLUS[0], LESS_TIMES[0]], [3.0, 5.0, 7.0], -32.0),
    ("x·y - z·w", [TIMES[0], LESS_TIMES[0]], [3.0, 5.0, 7.0, 11.0], -62.0),
    ("x·x - y, the product rounded", [TIMES[0], MINUS[0]], [1.1, 1.1, 1.1 * 1.1], 0.0),
    ("-x·y - z·w + u - v", [LESS_TIMES[1], PLUS[0], MINUS[0]], [2, 3, 5, 7, 11, 13], -43.0),
    ("x + y·z + u·v + w", [PLUS[0], TIMES[1], PLUS[0]], [1, 2, 3, 4, 5, 6], 33.0),
    ("inf - inf", [PLUS[0], MINUS[0]], [INF, INF], NAN),
    ("0·inf", [TIMES[0]], [0.0, INF], NAN),
    ("overflow", [TIMES[0], MINUS[0]], [1e308, 10.0, 1e308], INF),
    ("underflow", [TIMES[0]], [5e-324, 0.5], 0.0),
]


@every_backend
@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize(
    ("runs", "operands", "result"), [row[1:] for row in SUMS], ids=[row[0] for row in SUMS]
)
def test_a_sum(
    backend: Any, runs: list[Terms], operands: list[float], result: float, count: int
) -> None:
    assert of_members(backend, None, runs, [operands] * count) == bits([result] * count)


def sum_in_order(terms: Iterable[float]) -> float:
    return functools.reduce(operator.add, terms)


def of_all_sizes(draw: random.Random, count: int) -> list[float]:
    return [draw.choice((1, -1)) * 10.0 ** draw.uniform(-3, 3) for _ in range(count)]


@every_backend
@pytest.mark.parametrize("side_by_side", ["terms", "members"])
@pytest.mark.parametrize("factors", [1, 2])
@pytest.mark.parametrize("terms", [2, 3, 8, 9, 17, 129, 1000])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 40])
def test_a_sum_adds_strictly_from_left_to_right(
    backend: Any, count: int, terms: int, factors: int, side_by_side: str
) -> None:
    draw = random.Random(f"{count} {terms} {factors}")
    rows = [of_all_sizes(draw, terms) for _ in range(count)]  # the terms of each member
    size = terms * count
    if side_by_side == "terms":
        inputs = list(itertools.chain(*rows))
        places = [[member * terms + t for member in range(count)] for t in range(terms)]
    else:
        inputs = list(itertools.chain(*zip(*rows, strict=True)))
        places = [[t * count + member for member in range(count)] for t in range(terms)]
    one = [size] * count
    columns = [column for place in places for column in ([place, one] if factors == 2 else [place])]
    step = Step(None, (Terms(False, factors, terms),), columns, size + 1, count)
    results = range(size + 1, size + 1 + count)
    program = Program(size + 1 + count, size, [(size, 1.0)], [[step]], results)
    assert outputs(backend, program, inputs) == bits(map(sum_in_order, rows))


def test_numpy_alone_would_add_those_in_another_order() -> None:
    terms = of_all_sizes(random.Random("order"), 1000)
    assert float(np.sum(terms)) != sum_in_order(terms)


@every_backend
def test_a_step_reads_any_addresses_in_any_order(backend: Any) -> None:
    inputs = [float(x) for x in (2, 3, 5, 7, 11)]
    columns = [[4, 0, 0, 2], [1, 1, 3, 2]]  # backwards, the same twice, both operands the same
    step = Step(None, (Terms(False, 2, 1),), columns, 6, 4)
    program = Program(11, 5, [(5, 1.0)], [[step]], range(6, 10))
    assert outputs(backend, program, inputs) == bits([33.0, 6.0, 14.0, 25.0])


@every_backend
def test_a_step_sees_the_results_of_those_before_it(backend: Any) -> None:
    square = Step(None, (TIMES[0],), [[0, 1], [0, 1]], 2, 2)
    root = Step(c.sqrt, (), [[4]], 5, 1)
    program = Program(
        6, 2, [], [[square, Step(None, (PLUS[1],), [[2], [3]], 4, 1), root]], range(5, 6)
    )
    assert outputs(backend, program, [3.0, 4.0]) == bits([5.0])


# --- maps -----------------------------------------------------------------------------------

ARITY = {c.where: 3, c.clip: 3, c.sum: 3, c.mean: 3, c.prod: 3, c.logsumexp: 3, c.dot: 4}
ARITY |= {c.maximum: 3, c.minimum: 3, c.largest: 3, c.exp_total: 3, c.exp_rest: 3}
ARITY |= {c.portion: 3, c.complement: 3}
BY_INDEX = {c.gather, c.log_share, c.scattered}  # they have tests of their own
OPS = {op for table in (c, primitives) for op in vars(table).values() if isinstance(op, Op)}
MAPS = sorted(OPS - BY_INDEX, key=lambda op: op.name)
LOWERED = STEPS - PRIMITIVES


def arity(op: Op) -> int:
    return ARITY[op] if op in ARITY else len(op.rules)


@every_backend
@pytest.mark.parametrize("op", MAPS, ids=repr)
def test_a_map_gives_the_bits_of_the_forward_function(backend: Any, op: Op) -> None:
    chosen = SPECIAL if arity(op) < 3 else FEW_SPECIAL
    members = list(itertools.product(chosen, repeat=arity(op)))
    assert of_members(backend, op, (), members) == bits(op.forward(*xs) for xs in members)


@every_backend
@pytest.mark.parametrize("op", [op for op in MAPS if op in LOWERED or arity(op) == 2], ids=repr)
def test_a_map_of_random_numbers_gives_the_bits_of_the_forward_function(
    backend: Any, op: Op
) -> None:
    draw = random.Random(op.name)
    members = [
        tuple(draw.choice((draw.uniform(-3, 3), draw.uniform(-750, 750))) for _ in range(arity(op)))
        for _ in range(500)
    ]
    assert of_members(backend, op, (), members) == bits(op.forward(*xs) for xs in members)


@every_backend
@pytest.mark.parametrize("width", [1, 2, 5, 70])
@pytest.mark.parametrize("op", [c.maximum, c.minimum], ids=repr)
def test_extremes_of_any_number_of_operands(backend: Any, op: Op, width: int) -> None:
    draw = random.Random(width)
    members = [[draw.choice([0.0, -0.0, 1.0, -1.0]) for _ in range(width)] for _ in range(40)]
    members += [[draw.choice(SPECIAL) for _ in range(width)] for _ in range(40)]
    assert of_members(backend, op, (), members) == bits(op.forward(*xs) for xs in members)


@every_backend
def test_an_op_of_the_users_own_runs_as_it_is(backend: Any) -> None:
    bent = Op("bent", lambda x, y: y if x < 0 else x * x, 1.0, 1.0)
    assert of_members(backend, bent, (), [(-1.0, 5.0), (3.0, 5.0)]) == bits([5.0, 9.0])


# --- lookups --------------------------------------------------------------------------------


@every_backend
@pytest.mark.parametrize("indices", [[0.0], [2.0, -0.0, 1.0], [1.0] * 9])
def test_a_lookup_takes_the_value_that_the_index_names(backend: Any, indices: list[float]) -> None:
    members = [(index, 10.0 + i, -0.0, NAN) for i, index in enumerate(indices)]
    expected = bits(xs[1 + int(xs[0])] for xs in members)
    assert of_members(backend, c.gather, (), members) == expected


@every_backend
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("index", [3.0, -1.0, 0.5, 1e300, INF, -INF, NAN])
def test_a_lookup_out_of_range_raises_as_the_interpreted_one(
    backend: Any, index: float, count: int
) -> None:
    members = [(0.0, 5.0, 6.0, 7.0)] * (count - 1) + [(index, 5.0, 6.0, 7.0)]
    with pytest.raises(IndexError) as expected:
        c.lookup([5.0, 6.0, 7.0], index)
    with pytest.raises(IndexError) as raised:
        of_members(backend, c.gather, (), members)
    assert str(raised.value) == str(expected.value)


@every_backend
@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_comes_for_the_places_of_a_table_is_added_in_order(backend: Any, case: Case) -> None:
    assert outputs(backend, case.program, case.inputs) == bits(case.results)


@every_backend
def test_the_first_lookup_out_of_range_is_the_one_that_is_told(backend: Any) -> None:
    with pytest.raises(IndexError, match="lookup index 7 is not one of 0 to 1"):
        of_members(backend, c.gather, (), [(1.0, 2.0, 3.0), (7.0, 2.0, 3.0), (8.0, 2.0, 3.0)])


# --- loops over samples ---------------------------------------------------------------------

SAMPLES = [0, 1, 7, 8, 9, 16, 20, 100]
SHARED, COUNT, DATA, RESULTS, LINE, SUM, SHARED_SUM = 0, 2, 3, 203, 303, 408, 416
VECTORS = 424  # of x, y, x·w + y, its exponential
BODY = [
    Step(None, (TIMES[0], PLUS[0]), [[VECTORS], [0], [VECTORS + 8]], VECTORS + 16, 1, LANES),
    Step(c.exp, (), [[VECTORS + 16]], VECTORS + 24, 1, LANES),
]
LOOP = Loop(
    steps=BODY,
    lanes=VECTORS,
    samples=COUNT,
    inputs=[(DATA, 2, VECTORS), (DATA + 1, 2, VECTORS + 8)],
    outputs=[
        (VECTORS + 24, RESULTS, 1),
        (SHARED + 1, LINE, 1),
        (VECTORS + 16, SUM, 0),
        (SHARED + 1, SHARED_SUM, 0),
    ],
)
EMPTY = [(address, -0.0) for address in range(SUM, VECTORS)]
LINES = Program(VECTORS + 4 * LANES, VECTORS, EMPTY, [[LOOP]], range(RESULTS, SUM))


def partial_sums(results: Sequence[float]) -> list[str]:
    """What eight lanes hold; -0.0 is the number that adds nothing, not even a sign."""
    return bits(sum_in_order([-0.0, *results[lane::LANES]]) for lane in range(LANES))


def set_samples(memory: Any, samples: Sequence[tuple[float, float]]) -> None:
    memory[0], memory[1], memory[COUNT] = 1.5, 0.1, float(len(samples))
    for i, x in enumerate(itertools.chain(*samples)):
        memory[DATA + i] = x


def draw_samples(count: int) -> list[tuple[float, float]]:
    draw = random.Random(count)
    return [(draw.uniform(-2, 2), 10.0 ** draw.uniform(-20, 1)) for _ in range(count)]


@pytest.fixture(params=[1, numpy_backend.BODY], ids=["block by block", "at once"])
def block(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numpy_backend, "BODY", request.param)


@pytest.mark.usefixtures("block")
@every_backend
@pytest.mark.parametrize("count", SAMPLES)
def test_a_loop_runs_its_body_for_every_sample(backend: Any, count: int) -> None:
    executable, samples = backend(LINES), draw_samples(count)
    memory = executable.memory()
    set_samples(memory, samples)
    executable.run(memory)
    lines = [x * 1.5 + y for x, y in samples]
    nothing = [0.0] * (100 - count)
    assert bits(memory[RESULTS : RESULTS + 100]) == bits([*map(c.exp.forward, lines), *nothing])
    assert bits(memory[LINE : LINE + 100]) == bits([0.1] * count + nothing)
    assert bits(memory[SUM : SUM + LANES]) == partial_sums(lines)
    assert bits(memory[SHARED_SUM : SHARED_SUM + LANES]) == partial_sums([0.1] * count)


@every_backend
@pytest.mark.parametrize("counts", [(8, 8), (16, 4), (1, 20)])
def test_partial_sums_begin_anew_in_each_run(backend: Any, counts: tuple[int, ...]) -> None:
    executable = backend(LINES)
    memory = executable.memory()
    for count in counts:
        samples = draw_samples(count)
        set_samples(memory, samples)
        executable.run(memory)
        assert bits(memory[SUM : SUM + LANES]) == partial_sums([x * 1.5 + y for x, y in samples])


@every_backend
def test_steps_may_stand_before_and_after_a_loop(backend: Any) -> None:
    double = Step(None, (PLUS[1],), [[0], [0]], 1, 1)
    loop = Loop([], 24, 2, [(3, 1, 24)], [(24, 8, 0), (1, 16, 0)])
    total = Step(None, (Terms(False, 1, 16),), [[8 + i] for i in range(16)], 7, 1)
    empty = [(address, -0.0) for address in range(8, 24)]
    program = Program(32, 6, empty, [[double, loop, total]], range(7, 8))
    assert outputs(backend, program, [5.0, 0.0, 3.0, 1.0, 2.0, 4.0]) == bits([37.0])


def lookup_loop() -> Program:
    """Each sample looks up, among two shared numbers and one of its own, what its index names."""
    step = Step(c.gather, (), [[72], [0], [80], [1]], 88, 1, LANES)
    loop = Loop([step], 72, 2, [(3, 1, 72), (23, 1, 80)], [(88, 48, 1)])
    return Program(96, 43, [], [[loop]], range(48, 68))


@every_backend
def test_each_sample_looks_up_for_itself(backend: Any) -> None:
    indices, own = [float(i % 3) for i in range(20)], [100.0 + i for i in range(20)]
    found = outputs(backend, lookup_loop(), [5.0, 6.0, 20.0, *indices, *own])
    assert found == bits((5.0, 100.0 + i, 6.0)[i % 3] for i in range(20))


@every_backend
def test_a_sample_that_looks_up_out_of_range_raises(backend: Any) -> None:
    indices = [0.0] * 11 + [3.0] + [9.0] * 8
    with pytest.raises(IndexError, match="lookup index 3 is not one of 0 to 2"):
        outputs(backend, lookup_loop(), [5.0, 6.0, 20.0, *indices, *[0.0] * 20])


@every_backend
@pytest.mark.parametrize("count", [1, 9])
def test_a_sum_in_a_loop_adds_strictly_from_left_to_right(backend: Any, count: int) -> None:
    draw = random.Random(count)
    rows = [of_all_sizes(draw, 130) for _ in range(count)]
    data, results = 1, 1 + 130 * 9
    lanes = results + 10
    vectors = [lanes + LANES * t for t in range(131)]
    step = Step(None, (Terms(False, 1, 130),), [[x] for x in vectors[:130]], vectors[130], 1, LANES)
    inputs = [(data + t, 130, vectors[t]) for t in range(130)]
    loop = Loop([step], lanes, 0, inputs, [(vectors[130], results, 1)])
    size = vectors[130] + LANES
    program = Program(size, lanes, [], [[loop]], range(results, results + count))
    found = outputs(backend, program, [float(count), *itertools.chain(*rows)])
    assert found == bits(map(sum_in_order, rows))


# --- random programs ------------------------------------------------------------------------

ANY_FLOAT = st.one_of(st.floats(), st.sampled_from(FEW_SPECIAL), st.floats(-3.0, 3.0))
RUN = st.builds(Terms, st.booleans(), st.integers(1, 2), st.integers(1, 5))


@st.composite
def programs(draw: Any) -> Program:
    """Inputs, constants, and steps of sums and maps over any of the numbers before them."""
    inputs = draw(st.integers(1, 6))
    numbers = draw(st.lists(ANY_FLOAT, max_size=3))
    constants = list(enumerate(numbers, start=inputs))
    size, steps = inputs + len(constants), []
    for _ in range(draw(st.integers(1, 5))):
        # Not copysign: the sign of a nan is nobody's to say.
        op = draw(st.none() | st.sampled_from([op for op in MAPS if op is not copysign]))
        runs = tuple(draw(st.lists(RUN, min_size=1, max_size=3))) if op is None else ()
        width = arity(op) if op else sum(run.factors * run.terms for run in runs)
        count = draw(st.integers(1, 9))
        choice = random.Random(draw(st.integers(0, 999)))
        columns = [[choice.randrange(size) for _ in range(count)] for _ in range(width)]
        steps.append(Step(op, runs, columns, size, count))
        size += count
    return Program(size, inputs, constants, [list(steps)], range(inputs, size))


@given(programs(), st.data())
def test_backends_agree_on_random_programs(program: Program, data: Any) -> None:
    inputs = data.draw(st.lists(ANY_FLOAT, min_size=program.inputs, max_size=program.inputs))
    expected, *others = [outputs(backend, program, inputs) for backend in BACKENDS]
    assert all(other == expected for other in others)


def over_samples(program: Program, shared: int, samples: int) -> Program:
    """The program for many samples, which have the first inputs in common, and the constants.

    The memory: common inputs, constants and number of samples at their places; the other inputs
    of each sample; all outputs of each; partial sums of the outputs; the lanes.
    """
    own, wide = program.inputs - shared, len(program.outputs)
    number, data = program.size, program.size + 1
    results = data + own * samples
    sums = results + wide * samples
    lanes = sums + LANES * wide
    in_common = {*range(shared), *(address for address, _ in program.constants)}

    def moved(address: int) -> int:
        return address if address in in_common else lanes + LANES * address

    body = []
    for step in program.parts[0]:
        assert isinstance(step, Step)
        columns = [list(map(moved, column)) for column in step.columns]
        body.append(Step(step.op, step.runs, columns, moved(step.out), step.count, LANES))
    inputs = [(data + k, own, moved(shared + k)) for k in range(own)]
    places = [moved(address) for address in program.outputs]
    outputs = [(place, results + k, wide) for k, place in enumerate(places)]
    outputs += [(place, sums + LANES * k, 0) for k, place in enumerate(places)]
    loop = Loop(body, lanes, number, inputs, outputs)
    size = lanes + LANES * program.size
    empty = [(address, -0.0) for address in range(sums, lanes)]
    constants = [*program.constants, *empty]
    return Program(size, data, constants, [[loop]], range(results, lanes))


@settings(deadline=None)
@given(programs(), st.integers(0, 20), st.data())
def test_a_random_loop_does_what_its_body_does_for_each_sample(
    program: Program, samples: int, data: Any
) -> None:
    shared = data.draw(st.integers(0, program.inputs))
    draw = random.Random(data.draw(st.integers(0, 999)))
    common, *rows = [
        [draw.choice([draw.choice(SPECIAL), draw.uniform(-3, 3)]) for _ in range(width)]
        for width in (shared, *[program.inputs - shared] * samples)
    ]
    looped = over_samples(program, shared, samples)
    padding = [0.0] * (program.size - shared)
    for address, x in program.constants:
        padding[address - shared] = x
    inputs = [*common, *padding, float(samples), *itertools.chain(*rows)]
    single = [outputs(BACKENDS[0], program, [*common, *row]) for row in rows]
    numbers = [[float(x) for x in row] for row in single]
    sums = [partial_sums(column) for column in zip(*numbers, strict=True)]
    sums = sums or [bits([-0.0] * LANES)] * len(program.outputs)
    expected = [*itertools.chain(*single), *itertools.chain(*sums)]
    for backend in BACKENDS:
        assert outputs(backend, looped, inputs) == expected
