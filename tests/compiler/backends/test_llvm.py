"""The LLVM backend: each kind of kernel against the Python backend, which is the reference."""

import ctypes
import gc
import itertools
import math
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd import Op, lookup, value_and_grad
from autograd.compiler import compile
from autograd.compiler.backends import python as python_backend
from autograd.compiler.backends.llvm import (
    backend as llvm_backend,
    kernels as llvm_kernels,
    map_code as llvm_code,
)
from autograd.compiler.backends.llvm.backend import ALIGNMENT, LlvmExecutable, _Native, _native
from autograd.compiler.ir.program import Loop, Program, Step, Terms
from autograd.compiler.ir.tiles import FEW_TERMS
from autograd.engine import calculus as c
from autograd.engine.calculus import INF, NAN
from autograd.formulas import primitives
from autograd.formulas.lowering import FOLDS, STEPS
from autograd.transforms.lane_sum import LANES
from tests.bits import bits
from tests.compiler.backends.test_backends import (
    FEW_SPECIAL,
    LINES,
    MAPS,
    RESULTS,
    SHARED_SUM,
    SPECIAL,
    SUM,
    arity,
    draw_samples,
    lookup_loop,
    of_members,
    outputs,
    over_samples,
    programs,
    set_samples,
)

REFERENCE = python_backend.PythonExecutable
INPUTS = 300


def numbers(draw: random.Random, count: int) -> list[float]:
    """Of all sizes, so that sums in another order would have other bits."""
    return [draw.uniform(-1.0, 1.0) * 10.0 ** draw.randint(-8, 8) for _ in range(count)]


def agrees(program: Program, inputs: Sequence[float]) -> bool:
    return outputs(LlvmExecutable, program, inputs) == outputs(REFERENCE, program, inputs)


# --- memory ---------------------------------------------------------------------------------


def test_memory_is_aligned_holds_constants_and_is_its_own() -> None:
    executable = LlvmExecutable(Program(4, 1, [(1, 2.5), (3, -0.0)], [[]], range(4)))
    first, second = executable.memory(), executable.memory()
    first[1] = 7.0
    assert bits(second[:4]) == bits([0.0, 2.5, 0.0, -0.0])
    assert (first.format, first.readonly) == ("d", False)
    for memory in (first, second):
        assert ctypes.addressof(ctypes.c_char.from_buffer(memory)) % ALIGNMENT == 0


def test_program_of_nothing_does_nothing() -> None:
    assert outputs(LlvmExecutable, Program(0, 0, [], [[]], range(0)), []) == []


# --- sums -----------------------------------------------------------------------------------

WAYS: dict[str, Callable[[random.Random, int], list[int]]] = {
    "rows": lambda draw, count: [*range(start := draw.randrange(INPUTS - count), start + count)],
    "splats": lambda draw, count: [draw.randrange(INPUTS)] * count,
    "scattered": lambda draw, count: [draw.randrange(INPUTS) for _ in range(count)],
}
COUNTS = [1, 3, 4, 8, 9, 20]  # of operations
LENGTHS = [1, 8, 9, 100]  # of runs
FACTORS = [*itertools.product(WAYS), *itertools.product(WAYS, repeat=2)]


def sum_step(
    draw: random.Random, runs: Sequence[tuple[bool, Sequence[str], int]], count: int
) -> Step:
    """A sum of runs: each subtracted or not, with the ways its factors lie, and its length."""
    columns = [
        WAYS[way](draw, count) for _, ways, terms in runs for _ in range(terms) for way in ways
    ]
    signature = tuple(Terms(minus, len(ways), terms) for minus, ways, terms in runs)
    return Step(None, signature, columns, 304, count)


def program_of(step: Step) -> Program:
    return Program(304 + LANES * -(-step.count // LANES), INPUTS, [], [[step]], _results(step))


def _results(step: Step) -> range:
    return range(step.out, step.out + step.count)


@pytest.mark.parametrize("minus", [False, True], ids=["added", "subtracted"])
@pytest.mark.parametrize("terms", LENGTHS)
@pytest.mark.parametrize("ways", FACTORS, ids="·".join)
def test_sum_of_one_run(ways: Sequence[str], terms: int, minus: bool) -> None:
    draw = random.Random(f"{ways}{terms}")
    for count in COUNTS:
        step = sum_step(draw, [(minus, ways, terms)], count)
        assert agrees(program_of(step), numbers(draw, INPUTS)), count


@pytest.mark.parametrize("terms", list(itertools.product(LENGTHS, repeat=2)), ids=str)
@pytest.mark.parametrize("factors", list(itertools.product([1, 2], repeat=2)), ids=str)
def test_sum_of_two_runs(factors: Sequence[int], terms: Sequence[int]) -> None:
    draw = random.Random(f"{factors}{terms}")
    for minus in (False, True):
        runs = [
            (minus is (i == 0), draw.choices(list(WAYS), k=factors[i]), terms[i]) for i in range(2)
        ]
        for count in (1, 9):
            assert agrees(program_of(sum_step(draw, runs, count)), numbers(draw, INPUTS)), runs


@pytest.mark.parametrize("seed", range(40))
def test_sum_of_any_runs(seed: int) -> None:
    draw = random.Random(seed)
    lengths = [1, 1, 2, 3, FEW_TERMS, FEW_TERMS + 1, 30]
    runs = [
        (draw.random() < 0.5, draw.choices(list(WAYS), k=draw.choice([1, 2])), draw.choice(lengths))
        for _ in range(draw.randint(1, 12))
    ]
    step = sum_step(draw, runs, draw.choice(COUNTS))
    assert agrees(program_of(step), numbers(draw, INPUTS))


SIGNED = [0.0, -0.0]


@pytest.mark.parametrize("count", [1, 8])
@pytest.mark.parametrize("signs", list(itertools.product([False, True], repeat=2)), ids=str)
@pytest.mark.parametrize("factors", [1, 2])
def test_signs_of_zeros_in_sums(factors: int, signs: Sequence[bool], count: int) -> None:
    runs = [Terms(minus, factors, 1) for minus in signs]
    for xs in itertools.product(SIGNED, repeat=2 * factors):
        members = [xs] * count
        found, wanted = (
            of_members(backend, None, runs, members) for backend in (LlvmExecutable, REFERENCE)
        )
        assert found == wanted, xs


def test_products_are_not_fused_into_sums() -> None:
    """(1 + 2⁻²⁷)² - (1 + 2⁻²⁶) is 2⁻⁵⁴ if nothing is rounded between, else 0."""
    x, y = 1.0 + 2.0**-27, 1.0 + 2.0**-26
    for count in (1, 8):
        members = [(x, x, y)] * count
        found = of_members(LlvmExecutable, None, [Terms(False, 2, 1), Terms(True, 1, 1)], members)
        assert found == ["0.0"] * count


# --- maps, folds and gathers ----------------------------------------------------------------

NATIVE = [op for op in MAPS if op in STEPS]


@pytest.mark.parametrize("op", NATIVE, ids=repr)
def test_map(op: Op) -> None:
    chosen = SPECIAL if arity(op) < 3 else FEW_SPECIAL
    members = list(itertools.product(chosen, repeat=arity(op)))
    assert of_members(LlvmExecutable, op, (), members) == of_members(REFERENCE, op, (), members)


@pytest.mark.parametrize("op", [c.exp, c.hypot, c.where, c.clip], ids=repr)
def test_map_of_operands_that_lie_in_any_way(op: Op) -> None:
    draw = random.Random(op.name)
    for ways in itertools.product(WAYS, repeat=arity(op)):
        for many in COUNTS:
            columns = [WAYS[way](draw, many) for way in ways]
            step = Step(op, (), columns, 304, many)
            assert agrees(program_of(step), numbers(draw, INPUTS)), (ways, many)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [1, 2, 3, 9, 100])
@pytest.mark.parametrize("op", [c.maximum, c.minimum], ids=repr)
def test_fold(op: Op, width: int, way: str) -> None:
    draw = random.Random(width)
    for count in COUNTS:
        columns = [WAYS[draw.choice([way, *WAYS])](draw, count) for _ in range(width)]
        inputs = [draw.choice([*FEW_SPECIAL, *numbers(draw, 20)]) for _ in range(INPUTS)]
        assert agrees(program_of(Step(op, (), columns, 304, count)), inputs), count


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [1, 2, 9, 100])
def test_gather(width: int, way: str) -> None:
    draw = random.Random(width)
    inputs = [*[float(draw.randrange(width)) for _ in range(20)], *numbers(draw, INPUTS - 20)]
    for count in COUNTS:
        index = [draw.randrange(20) for _ in range(count)]
        columns = [index, *[WAYS[way](draw, count) for _ in range(width)]]
        assert agrees(program_of(Step(c.gather, (), columns, 304, count)), inputs), count


@pytest.mark.parametrize("width", [1, 2, 27])
def test_gather_of_rows(width: int) -> None:
    draw = random.Random(width)
    inputs = [*[float(draw.randrange(width)) for _ in range(20)], *numbers(draw, INPUTS - 20)]
    index = [i for i in range(20) for _ in range(LANES)]
    options = [[x for _ in range(20) for x in WAYS["rows"](draw, LANES)] for _ in range(width)]
    for count in (8, 9, 40, 160):
        columns = [column[:count] for column in (index, *options)]
        step = Step(c.gather, (), columns, 304, count)
        program = program_of(step)
        kinds = {kernel.name[0] for kernel in LlvmExecutable(program).kernels[0]}
        assert kinds == {"gather_row", *(["gather"] if count % LANES else [])}
        assert agrees(program, inputs), count


BAD = [3.0, -1.0, -5e-324, 0.5, 2.0000000000000004, 1e300, -1e300, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("index", BAD)
def test_lookup_out_of_range_raises_as_the_interpreted_one_and_the_next_call_does_not(
    index: float,
) -> None:
    compiled = compile(lambda xs, i: lookup(xs, i), backend="llvm")
    assert compiled([1.0, 2.0, 3.0], 0.0) == 1.0
    with pytest.raises(IndexError) as expected:
        lookup([1.0, 2.0, 3.0], index)
    with pytest.raises(IndexError) as raised:
        compiled([1.0, 2.0, 3.0], index)
    assert str(raised.value) == str(expected.value)
    assert compiled([1.0, 2.0, 3.0], 2.0) == 3.0


@pytest.mark.parametrize("index", BAD)
def test_so_does_a_lookup_of_rows(index: float) -> None:
    rows = [[float(10 * i + k) for k in range(8)] for i in range(3)]
    compiled = compile(lambda xs, i: lookup(xs, i), backend="llvm")
    assert compiled(rows, 1.0) == rows[1]
    with pytest.raises(IndexError) as expected:
        lookup(rows, index)
    with pytest.raises(IndexError) as raised:
        compiled(rows, index)
    assert str(raised.value) == str(expected.value)
    assert compiled(rows, 2.0) == rows[2]


def test_first_lookup_out_of_range_is_the_one_that_is_told() -> None:
    with pytest.raises(IndexError, match="lookup index 7 is not one of 0 to 1"):
        of_members(
            LlvmExecutable, c.gather, (), [(1.0, 2.0, 3.0), (7.0, 2.0, 3.0), (8.0, 2.0, 3.0)]
        )


# --- quotients ------------------------------------------------------------------------------

POWERS = [2.0**k for k in (-1074, -1073, -1022, -1021, -1, 0, 1, 5, 1021, 1022, 1023)]


@pytest.mark.parametrize("divisor", [*POWERS, 3.0, 0.0, INF, NAN])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_quotients_by_one_number_are_rounded_as_others(divisor: float, sign: float) -> None:
    divided = [*SPECIAL, *(x * (1.0 + 2.0**-52) for x in SPECIAL)]
    program = Program(
        200,
        len(divided) + 1,
        [],
        [
            [
                Step(
                    c.div,
                    (),
                    [[*range(len(divided))], [len(divided)] * len(divided)],
                    96,
                    len(divided),
                )
            ]
        ],
        range(96, 96 + len(divided)),
    )
    assert agrees(program, [*divided, sign * divisor])


# --- loops over samples ---------------------------------------------------------------------


def ran(backend: Any, samples: Sequence[tuple[float, float]], portions: Sequence[int]) -> list[str]:
    executable = backend(LINES)
    memory = executable.memory()
    start = 0
    for size in portions:
        set_samples(memory, samples[start : start + size])
        executable.run(memory)
        start += size
    return bits([*memory[RESULTS : RESULTS + 100], *memory[SUM : SHARED_SUM + LANES]])


@pytest.mark.parametrize("count", [*range(21), 100])
def test_loop_over_samples(count: int) -> None:
    samples = draw_samples(count)
    assert ran(LlvmExecutable, samples, [count]) == ran(REFERENCE, samples, [count])


@pytest.mark.parametrize("portions", [(8, 8), (16, 4), (8, 0, 8, 1)])
def test_partial_sums_begin_anew_in_each_run(portions: tuple[int, ...]) -> None:
    samples = draw_samples(sum(portions))
    assert ran(LlvmExecutable, samples, portions) == ran(REFERENCE, samples, portions)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 20, 130, 300])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_short_sums_are_added_up_over_the_samples_of_a_slab(count: int, sign: float) -> None:
    def loss(w: list[Any], x: list[Any]) -> Any:
        return ag.tanh(ag.dot(w, x)) + sign * ag.dot(w, w) - w[0]

    draw = random.Random(count)
    step = compile(ag.vmap(value_and_grad(loss), (None, 0), "mean"), backend="llvm")
    weights, *samples = ([draw.uniform(-1.0, 1.0) for _ in range(20)] for _ in range(count + 1))
    assert step.verify(weights, samples) == 21
    kernels = step._recordings.last.executable.kernels[1]
    (body,) = [kernel.body for kernel in kernels if kernel.name == ("loop",)]
    assert any(kernel.name[0] == "sum" and kernel.name[-1] for kernel in body)


@pytest.mark.parametrize("count", range(1, 21))
def test_lookups_of_samples(count: int) -> None:
    draw = random.Random(count)
    inputs = [5.0, 6.0, float(count), *[float(draw.randrange(3)) for _ in range(20)]]
    assert agrees(lookup_loop(), [*inputs, *numbers(draw, 20)])


def test_sample_beyond_the_last_is_not_looked_up() -> None:
    """What memory holds after the last sample is no index."""
    inputs = [5.0, 6.0, 3.0, 0.0, 1.0, 2.0, *[99.0] * 17, *[7.0] * 20]
    assert outputs(LlvmExecutable, lookup_loop(), inputs)[:3] == bits([5.0, 7.0, 6.0])


def native(program: Program) -> bool:
    """Whether LLVM runs it. The sign of a nan, which copysign shows, is nobody's to say."""
    steps = [x for part in program.parts for x in part]
    known = {None, *STEPS} - {primitives.copysign}
    return all(isinstance(step, Step) and step.op in known for step in steps)


@settings(deadline=None, max_examples=60)
@given(programs().filter(native), st.integers(1, 20), st.randoms(use_true_random=False))
def test_random_program_as_it_is_and_in_a_loop(program: Program, samples: int, draw: Any) -> None:
    common = draw.randint(0, program.inputs)
    inputs = [draw.choice([*FEW_SPECIAL, 0.3, -7.5]) for _ in range(program.inputs)]
    assert agrees(program, inputs)
    looped = over_samples(program, common, samples)
    given = inputs[:common] + [0.0] * (looped.inputs - common)
    for address, x in program.constants:
        given[address] = x
    given[program.size] = float(samples)
    for i in range(program.size + 1, looped.inputs):
        given[i] = draw.choice([*FEW_SPECIAL, 0.3, -7.5])
    assert agrees(looped, given)


# --- the platform's functions stay what they are --------------------------------------------

OPAQUE: dict[str, Callable[[Any], Any]] = {
    "pow(x, 2.0)": lambda x: x**2.0,
    "pow(x, 3.0)": lambda x: x**3.0,
    "pow(x, 0.5)": lambda x: x**0.5,
    "pow(x, -1.0)": lambda x: x**-1.0,
    "pow(2.0, x)": lambda x: 2.0**x,
    "exp(1.0)": lambda x: x * ag.exp(ag.where(x, 1.0, 1.0)),
    "log(exp(x))": lambda x: ag.log(ag.exp(x)),
    "sin and cos": lambda x: ag.sin(x) + ag.cos(x),
    "tan": lambda x: ag.div(ag.sin(x), ag.cos(x)) - ag.tan(x),
    "exp(log(2)·x)": lambda x: ag.exp(0.6931471805599453 * x),
    "x / 3": lambda x: x / 3.0,
    "x · (1 / 3)": lambda x: x * (1.0 / 3.0),
    "x + y - y": lambda x: x + 1e10 - 1e10,
    "x · 0": lambda x: x * 0.0,
    "x - x": lambda x: x - x,
}


@pytest.mark.parametrize("count", [1, 9])
@pytest.mark.parametrize("name", OPAQUE)
def test_function_has_the_bits_that_python_gives(name: str, count: int) -> None:
    f = OPAQUE[name]
    draw = random.Random(name)
    compiled = compile(lambda xs: [f(x) for x in xs], backend="llvm")
    for _ in range(200):
        xs = [draw.uniform(0.0, 3.0) for _ in range(count - 1)] + [draw.choice(SPECIAL)]
        assert bits(compiled(xs)) == bits(f(ag.Value(x)).data for x in xs), xs


def test_code_calls_no_function_that_llvm_knows() -> None:
    kinds = {op: "rr" if op in FOLDS else "r" * arity(op) for op in NATIVE}
    names = [("map", op, kinds[op], width) for op in NATIVE for width in (1, LANES)]
    texts = [llvm_kernels.kernel(f"k{i}", name) for i, name in enumerate(names)]
    text, called = "\n".join(text for text, _ in texts), set().union(*(x for _, x in texts))
    assert {name for name, _, _ in called} == set(llvm_code.LIBRARY.values())
    text += llvm_code.declarations(called, in_vectors=())
    declared = [line for line in text.splitlines() if line.startswith(("declare", "define"))]
    assert all("@library." in line or "@k" in line for line in declared)
    for flag in ("fast", "contract", "reassoc", "afn", "arcp", "nnan", "ninf", "nsz", "fmuladd"):
        assert f" {flag} " not in text


# --- kernels are shared, and threads may come at once ---------------------------------------


def test_kernel_is_compiled_once_for_all_programs() -> None:
    compile(lambda xs: [ag.tanh(x) + 1.0 for x in xs], backend="llvm")([1.0] * 16)
    before = len(_native().numbers)
    compile(lambda xs: [ag.tanh(x) + 2.0 for x in xs], backend="llvm")([1.0] * 160)
    assert len(_native().numbers) == before


def test_memory_lives_as_long_as_it_is_used() -> None:
    compiled = compile(lambda x: ag.exp(x), backend="llvm")
    for i in range(200):
        assert compiled(float(i % 3)) == math.exp(i % 3)
        gc.collect(0)


def test_threads_may_record_compile_and_run_at_once() -> None:
    shared = compile(value_and_grad(lambda xs: ag.sum([ag.tanh(x * x) for x in xs])))
    others = [compile(lambda x, k=k: ag.exp(x * k) - lookup([x, k], 1.0)) for k in range(1, 6)]
    wrong: list[object] = []

    def work(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(30):
            xs = numbers(draw, draw.randint(1, 12))
            if shared(xs) != shared.f(xs):
                wrong.append(xs)
            compiled = draw.choice(others)
            x = draw.uniform(-1.0, 1.0)
            if compiled(x) != compiled.f(ag.Value(x)).data:
                wrong.append(x)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert gc.isenabled()


def test_loop_body_of_no_steps_gives_samples_as_they_are() -> None:
    loop = Loop([], 16, 0, [(1, 1, 16)], [(16, 8, 1)])
    program = Program(24, 8, [], [[loop]], range(8, 11))
    assert outputs(LlvmExecutable, program, [3.0, 5.0, -0.0, math.nan]) == bits(
        [5.0, -0.0, math.nan]
    )


# --- processes of their own, for what fails here ends the process ---------------------------


def finished(program: str) -> bool:
    """Whether a Python process ran this to its end, with nothing compiled before."""
    env = {**os.environ, "AUTOGRAD_CACHE": "off"}
    return subprocess.run([sys.executable, "-c", program], env=env, timeout=600).returncode == 0


def test_first_functions_may_be_compiled_in_threads_at_once() -> None:
    assert finished("""if True:
        import gc, threading
        import autograd as ag
        from autograd.compiler import compile
        barrier = threading.Barrier(4)
        def work(k):
            barrier.wait()
            f = compile(lambda x: ag.exp(x) * k - ag.sin(x), backend="llvm")
            assert f(1.0) == f.f(ag.Value(1.0)).data
        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gc.collect()
        """)


def test_compiled_kernels_may_be_given_up() -> None:
    assert finished("""if True:
        import gc
        import autograd as ag
        from autograd.compiler.backends.llvm.backend import _Native
        native = _Native()
        native.number([("map", ag.exp, "r", 8)])
        del native
        gc.collect()
        """)


def test_more_kernels_than_there_is_room_for_are_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(llvm_backend, "MOST_KERNELS", 4)
    native = _Native()
    KEPT.append(native)
    with pytest.raises(RuntimeError, match="kernels"):
        native.number([("map", op, "r", 8) for op in (c.exp, c.sin, c.cos, c.tan)])


KEPT: list[Any] = []  # to the end of the process, for what it leaves behind is tested above
