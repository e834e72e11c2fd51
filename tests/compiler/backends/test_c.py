"""C99 of a program: the same bits, whatever a C compiler makes of it, and no byte out of bounds."""

import ctypes
import math
import random
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import tiny_gpt

import autograd
from autograd import Op, compile, value_and_grad, vmap
from autograd.compiler.backends.c import function_code as c_code
from autograd.compiler.backends.c.function_code import program_to_c
from autograd.compiler.backends.python import PythonExecutable
from autograd.compiler.ir.memory_layout import layout
from autograd.compiler.ir.program import Loop, Program, Statement, Step, Terms
from autograd.compiler.ir.simplify import simplify
from autograd.compiler.tracing.traced import traced_leaf
from autograd.engine import calculus as c
from autograd.engine.watching import watching
from autograd.formulas.c_spelling import C
from autograd.formulas.lowering import STEPS
from autograd.formulas.primitives import PLATFORM, PRIMITIVES
from autograd.transforms.lane_sum import SLAB
from autograd.transforms.trees import flatten_numbers
from tests.bits import bits
from tests.compiler.built_c import STRICT, compiled, functions
from tests.compiler.table_steps import CASES
from tests.formulas.test_lowering import arity, specials

INF, NAN = math.inf, math.nan
Call = Callable[[Sequence[float]], list[float]]

COMPILERS = [pytest.param(name, marks=pytest.mark.needs(name)) for name in ("gcc", "clang")]
BUILDS = [
    pytest.param((compiler, level), marks=pytest.mark.needs(compiler), id=f"{compiler} {level}")
    for compiler in ("gcc", "clang")
    for level in ("-O0", "-O3")
]
builds = pytest.mark.parametrize("build", BUILDS)


SHORT, LONG = "statements", "rows of a table"  # below STRAIGHT, and from it on


def every_other(commands: Sequence[Any]) -> pytest.MarkDecorator:
    """Each command with one of both kinds of code; with both in make test-all.

    For programs that a C compiler takes seconds for.
    """
    pairs = []
    for i, command in enumerate(commands):
        for j, (name, straight) in enumerate({SHORT: 1000, LONG: 0}.items()):
            quick = (i + i // 2 + j) % 2 == 0
            marks = [*command.marks, *([] if quick else [pytest.mark.slow])]
            label = f"{command.id or command.values[0]}, {name}"
            pairs.append(pytest.param(*command.values, straight, id=label, marks=marks))
    return pytest.mark.parametrize(("build", "straight"), pairs)


def reference(program: Program, inputs: Sequence[float]) -> list[float]:
    """What the Python backend gives."""
    executable = PythonExecutable(program)
    memory = executable.memory()
    for address, number in enumerate(inputs):
        memory[address] = number
    executable.run(memory)
    return [memory[address] for address in program.outputs]


def one_step(
    op: Op | None, runs: Sequence[Terms], columns: list[list[int]], inputs: int
) -> Program:
    step = Step(op, tuple(runs), columns, inputs, len(columns[0]))
    outputs = range(inputs, inputs + step.count)
    return Program(outputs.stop, inputs, [], [[step]], outputs)


def side_by_side(op: Op, rows: Sequence[tuple[float, ...]]) -> tuple[Program, list[float]]:
    """The program that applies `op` to each row, and its inputs."""
    count = len(rows)
    columns = [list(range(i * count, (i + 1) * count)) for i in range(len(rows[0]))]
    inputs = [x for column in zip(*rows, strict=True) for x in column]
    return one_step(op, (), columns, len(inputs)), inputs


# --- every op -------------------------------------------------------------------------------

OF_MANY = {c.maximum: 7, c.minimum: 6}


def operands(op: Op) -> int:
    count = {c.where: 3}.get(op) or len(op.rules)
    return count or arity(op)


def every_op() -> list[tuple[Program, list[float]]]:
    ops = sorted(STEPS - {c.gather, c.scattered}, key=lambda op: op.name)
    found = [side_by_side(op, list(specials(operands(op)))) for op in ops]
    for op, count in OF_MANY.items():
        draw = random.Random(op.name)
        choices = [0.0, -0.0, 1.0, -1.0, INF, -INF, *[NAN] * (count % 2)]
        found.append(side_by_side(op, [tuple(draw.choices(choices, k=count)) for _ in range(300)]))
    return found


def test_every_primitive_has_one_spelling() -> None:
    assert set(C) | set(PLATFORM) == PRIMITIVES
    assert not set(C) & set(PLATFORM)


@pytest.fixture(scope="module")
def expected() -> list[tuple[Program, list[float], Any]]:
    """For every op a program, its inputs, and the bits of what the Python backend gives."""
    return [(program, inputs, bits(reference(program, inputs))) for program, inputs in every_op()]


@builds
def test_every_op_has_the_bits_of_its_forward_function(
    build: tuple[str, str], expected: list[tuple[Program, list[float], Any]], tmp_path: Path
) -> None:
    calls = functions([program for program, _, _ in expected], tmp_path, [*build, *STRICT])
    for call, (program, inputs, wanted) in zip(calls, expected, strict=True):
        assert bits(call(inputs)) == wanted, program.parts[0][0]


# Without -fno-builtin a C compiler computes exp(1.0) itself, and takes pow(x, 2.0) for x*x.
@builds
def test_library_stays_opaque_to_a_compiler_that_knows_it(
    build: tuple[str, str], tmp_path: Path
) -> None:
    exponents = [2.0, 0.5, -1.0, 3.0]
    steps: list[Statement] = [Step(c.pow, (), [[0], [1 + i]], 16 + i, 1) for i in range(4)]
    steps += [Step(c.exp, (), [[1 + i]], 20 + i, 1) for i in range(4)]
    program = Program(24, 1, list(enumerate(exponents, 1)), [steps], range(16, 24))
    [call] = functions([program], tmp_path, [*build, "-std=c99"])
    draw = random.Random(0)
    for _ in range(2000):
        inputs = [draw.uniform(0.0, 10.0)]
        assert bits(call(inputs)) == bits(reference(program, inputs))


# --- any shape of step ----------------------------------------------------------------------


def column(draw: random.Random, count: int, below: int) -> list[int]:
    """Addresses that follow one another, repeat, come in stretches, or follow no rule."""
    kind = draw.choice(["row", "splat", "backwards", "stretches", "any"])
    start, length = draw.randrange(below - count), draw.choice([2, 4, 8])
    starts = [draw.randrange(below - 8) for _ in range(count)]
    by_kind: dict[str, Callable[[int], int]] = {
        "row": lambda i: start + i,
        "splat": lambda i: start,
        "backwards": lambda i: start + count - i,
        "stretches": lambda i: starts[i // length] + i % length,
        "any": lambda i: starts[i],
    }
    return [by_kind[kind](i) for i in range(count)]


def columns_of_terms(draw: random.Random, run: Terms, count: int, below: int) -> list[list[int]]:
    """For the factors of each term in turn; from term to term with a stride, or by no rule."""
    firsts = [column(draw, count, below - 64) for _ in range(run.factors)]
    if draw.random() < 0.7:
        strides = [draw.choice([0, 1, 2]) for _ in firsts]
        return [
            [x + t * stride for x in first]
            for t in range(run.terms)
            for first, stride in zip(firsts, strides, strict=True)
        ]
    return [column(draw, count, below) for _ in range(run.terms * run.factors)]


def random_step(draw: random.Random, below: int) -> Step:
    count = draw.choice([1, 1, 2, 3, 8, 16, 24, 31])
    if draw.random() < 0.3:
        op = draw.choice([c.add, c.neg, c.tanh, c.relu, c.strong_product, c.maximum, c.clip])
        columns = [column(draw, count, below) for _ in range(operands(op))]
        return Step(op, (), columns, below, count)
    lengths = [1, 1, 1, 2, 3, 4, 5, 16, 31]
    kinds = range(draw.choice([1, 1, 2, 3, 20]))
    runs = [Terms(draw.random() < 0.3, draw.choice([1, 2]), draw.choice(lengths)) for _ in kinds]
    columns = [x for run in runs for x in columns_of_terms(draw, run, count, below)]
    return Step(None, tuple(runs), columns, below, count)


def random_program(seed: int) -> Program:
    """A few steps, each of which may read whatever there is."""
    draw, size = random.Random(seed), 120
    constants = [(100 + i, draw.gauss(0.0, 1.0)) for i in range(20)]
    steps: list[Statement] = []
    for _ in range(4):
        step = random_step(draw, size)
        steps.append(step)
        size += step.count
    return Program(size, 100, constants, [steps], range(100, size))


@every_other(BUILDS)
def test_sums_and_maps_of_any_shape_have_the_bits_of_the_reference(
    build: tuple[str, str], straight: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_code, "STRAIGHT", straight)
    programs = [random_program(seed) for seed in range(25)]
    draw = random.Random(1)
    for call, program in zip(
        functions(programs, tmp_path, [*build, *STRICT]), programs, strict=True
    ):
        inputs = [draw.gauss(0.0, 1.0) for _ in range(100)]
        assert bits(call(inputs)) == bits(reference(program, inputs)), program


def chain(length: int) -> Program:
    """x·factor + shift, over and over."""
    runs = (Terms(False, 2, 1), Terms(False, 1, 1))
    steps: list[Statement] = [Step(None, runs, [[0], [1], [2]], 3, 1)]
    steps += [Step(None, runs, [[i], [1], [2]], i + 1, 1) for i in range(3, length + 2)]
    return Program(length + 3, 3, [], [steps], range(length + 2, length + 3))


@builds
def test_deep_program_is_short_code_and_a_table(build: tuple[str, str], tmp_path: Path) -> None:
    program, inputs = chain(5_000), [0.5, 0.9999, 0.25]
    code = re.sub(r"static const int.*?;", "", program_to_c(program), flags=re.DOTALL)
    assert len(code) < 2_000
    [call] = functions([program], tmp_path, [*build, *STRICT])
    assert bits(call(inputs)) == bits(reference(program, inputs))


@builds
def test_constants_are_kept_to_the_bit_wherever_they_are(
    build: tuple[str, str], tmp_path: Path
) -> None:
    numbers = [0.1, -0.0, INF, -INF, NAN, 5e-324, -1.7976931348623157e308, 0.0]
    places = [5, 0, 2, 7, 1, 3, 6, 4]
    program = Program(8, 0, list(zip(places, numbers, strict=True)), [[]], range(8))
    [call] = functions([program], tmp_path, [*build, *STRICT])
    assert bits(call([])) == bits([numbers[places.index(i)] for i in range(8)])


@builds
def test_inputs_and_outputs_may_be_the_same(build: tuple[str, str], tmp_path: Path) -> None:
    negated = one_step(None, [Terms(True, 1, 1)], [[1, 2, 0]], 3)
    source = program_to_c(negated)
    path = compiled(source, tmp_path, [*build, *STRICT, "-shared", "-fPIC"])
    state, memory = (ctypes.c_double * 3)(1.0, 2.0, 3.0), (ctypes.c_double * negated.size)()
    assert ctypes.CDLL(str(path)).compiled(state, state, memory) == 0
    assert list(state) == [-2.0, -3.0, -1.0]


# --- samples --------------------------------------------------------------------------------


def batch(samples: int) -> Program:
    """Three numbers a sample, and two for all: one result each, and two that are added up."""
    given, sums, results = 3 * samples + 2, 104, 120
    lanes = [200 + 8 * i for i in range(12)]
    shared, product = [3 * samples, 3 * samples + 1], (Terms(False, 2, 1), Terms(True, 1, 1))
    body = [
        Step(None, product, [lanes[:2], shared, [lanes[2]] * 2], lanes[3], 2, 8),
        Step(c.tanh, (), [lanes[3:5]], lanes[5], 2, 8),
        Step(c.gather, (), [[lanes[2]], [lanes[5]], [lanes[6]], [shared[0]]], lanes[7], 1, 8),
    ]
    loop = Loop(body, lanes[0], 100, outputs=[(lanes[7], results, 1)])
    loop.inputs = [(i, 3, lanes[i]) for i in range(3)]
    loop.outputs += [(lanes[7], sums, 0), (shared[1], sums + 8, 0)]
    constants = [(100, float(samples)), *[(sums + i, -0.0) for i in range(16)]]
    return Program(300, given, constants, [[loop]], range(sums, results + samples))


@builds
@pytest.mark.parametrize("straight", [1000, 0], ids=["statements", "rows of a table"])
def test_samples_are_added_up_in_the_order_of_the_reference(
    build: tuple[str, str], straight: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_code, "STRAIGHT", straight)
    counts = [1, 7, 8, 19]
    programs = [batch(samples) for samples in counts]
    calls = functions(programs, tmp_path, [*build, *STRICT])
    for samples, call, program in zip(counts, calls, programs, strict=True):
        draw = random.Random(samples)
        inputs = [draw.gauss(0.0, 1.0) for _ in range(program.inputs)]
        inputs[2:-2:3] = [float(draw.randrange(3)) for _ in range(samples)]
        assert bits(call(inputs)) == bits(reference(program, inputs)), samples
        with pytest.raises(IndexError):
            call([*inputs[:2], 3.0, *inputs[3:]])


def slab_by_slab() -> tuple[Program, list[float], list[float]]:
    """Samples of a function that make two slabs and some more: the program, and what it gives."""
    count = 2 * SLAB + 3

    def f(w: Any, xs: Any, ys: Any) -> Any:
        loss = value_and_grad(lambda w, x, y: (w[0] * x[0] + w[1] * x[1] - y) * x[1])
        return vmap(loss, (None, 0, 0), "mean")(w, xs, ys)

    draw = random.Random(1)
    numbers = [draw.gauss(0.0, 1.0) for _ in range(2 + 3 * count)]
    pairs, ys = numbers[2:-count], numbers[-count:]
    given = numbers[:2], list(map(list, zip(pairs[::2], pairs[1::2], strict=True))), ys
    compiled = compile(f, backend="python")
    compiled(*given)
    (found,) = compiled._recordings.values()
    return found.program, numbers, flatten_numbers(f(*given))[0]


@every_other(BUILDS)
def test_slabs_are_added_up_in_the_order_of_the_interpreted_function(
    build: tuple[str, str], straight: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_code, "STRAIGHT", straight)
    program, inputs, wanted = slab_by_slab()
    [call] = functions([program], tmp_path, [*build, *STRICT])
    assert bits(call(inputs)) == bits(wanted)


# --- lookup ---------------------------------------------------------------------------------

LOOKUPS = [
    one_step(c.gather, (), [[0], *[[1 + t] for t in range(5)]], 20),
    one_step(c.gather, (), [[0] * 4, *[[1 + 3 * t + i for i in range(4)] for t in range(5)]], 20),
    one_step(c.gather, (), [[0, 0, 0], [3, 8, 1], [9, 9, 2], [5, 4, 3], [7, 7, 7], [2, 1, 2]], 20),
    one_step(c.gather, (), [[0, 0], [3, 8], [3, 8], [3, 8], [3, 8], [3, 8]], 20),
]


@builds
@pytest.mark.parametrize("straight", [1000, 0], ids=["calls", "rows of a table"])
def test_lookup_takes_the_value_of_the_index(
    build: tuple[str, str], straight: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_code, "STRAIGHT", straight)
    for call, program in zip(functions(LOOKUPS, tmp_path, [*build, *STRICT]), LOOKUPS, strict=True):
        for index in (0.0, -0.0, 1.0, 4.0):
            inputs = [index, *[10.0 + i for i in range(19)]]
            assert call(inputs) == reference(program, inputs)
        for index in (-1.0, 5.0, 0.5, 1e300, INF, -INF, NAN):  # outputs stay: see `called`
            with pytest.raises(IndexError):
                call([index] * 20)


@builds
@pytest.mark.parametrize("straight", [1000, 0], ids=["calls", "rows of a table"])
def test_what_comes_for_the_places_of_a_table_is_added_in_order(
    build: tuple[str, str], straight: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_code, "STRAIGHT", straight)
    programs = [case.program for case in CASES.values()]
    calls = functions(programs, tmp_path, [*build, *STRICT])
    for call, case in zip(calls, CASES.values(), strict=True):
        assert bits(call(case.inputs)) == bits(case.results)


# --- the tiny GPT ---------------------------------------------------------------------------


def tiny_gpt_step() -> tuple[Program, list[float], list[float]]:
    """Loss and all gradients for one name: the program, its inputs, and what they give."""
    weights = tiny_gpt.initial_weights(traced_leaf, tiny_gpt.rng_after_shuffling_names())
    step = value_and_grad(lambda w: tiny_gpt.mean_loss(w, tiny_gpt.tokens("juanluis")))
    tape: list[Any] = []
    with pytest.MonkeyPatch.context() as patch, watching(tape.append):
        patch.setattr(tiny_gpt, "softmax", autograd.softmax)
        loss, gradients = step(weights)
    inputs, outputs = tiny_gpt.parameters(weights), [loss, *tiny_gpt.parameters(gradients)]
    program, _ = layout(simplify(tape, inputs, outputs))
    return program, [x._data for x in inputs], [x._data for x in outputs]


TINY_GPT = pytest.fixture(scope="module", name="tiny_gpt_program")(tiny_gpt_step)


@pytest.mark.parametrize(
    "build",
    [
        *BUILDS[1:3],
        *(
            pytest.param(*x.values, id=x.id, marks=[*x.marks, pytest.mark.slow])
            for x in BUILDS[::3]
        ),
    ],
)
def test_step_of_the_tiny_gpt_has_the_bits_of_its_values(
    build: tuple[str, str], tiny_gpt_program: Any, tmp_path: Path
) -> None:
    program, inputs, expected = tiny_gpt_program
    [call] = functions([program], tmp_path, [*build, *STRICT])
    assert bits(call(inputs)) == bits(expected)


# --- the file -------------------------------------------------------------------------------

MAIN = """
#include <stdlib.h>
static int run(int (*f)(const double *, double *, double *), int inputs, int outputs, int size)
{
    double *x = malloc(sizeof(double) * (size_t)inputs);
    double *y = malloc(sizeof(double) * (size_t)outputs);
    double *memory = malloc(sizeof(double) * (size_t)size);
    for (int i = 0; i < inputs; i++)
        x[i] = i % 3;
    int code = f(x, y, memory);
    x[0] = -1e300;
    code += f(x, y, memory);
    free(x), free(y), free(memory);
    return code;
}
"""


@every_other(COMPILERS)
def test_no_byte_out_of_bounds_and_nothing_undefined(
    build: str,
    straight: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_gpt_program: Any,
) -> None:
    monkeypatch.setattr(c_code, "STRAIGHT", straight)
    programs = [*LOOKUPS, *[p for p, _ in every_op()], *map(random_program, range(12)), batch(19)]
    programs += [case.program for case in CASES.values()]
    programs.append(tiny_gpt_program[0])
    source = "\n".join(program_to_c(p, f"f{i}") for i, p in enumerate(programs)) + MAIN
    calls = [f"run(f{i}, F{i}_INPUTS, F{i}_OUTPUTS, F{i}_MEMORY)" for i in range(len(programs))]
    source += f"int main(void)\n{{\n    return {' + '.join(calls)};\n}}\n"
    checks = ["-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
    path = compiled(source, tmp_path, [build, "-O0", *STRICT, *checks])
    result = subprocess.run([str(path)], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (len(LOOKUPS), "")  # each has a wrong index once


WORDS = """
    at break case const define defined double else endif error float for h if ifdef include int
    math memory inputs outputs n pragma restrict return row rows static switch void volatile
    STDC FP_CONTRACT OFF FLT_EVAL_METHOD __FAST_MATH__ __GNUC__ __clang__ INFINITY NAN
    copysign fabs fmod sqrt floor ceil rint trunc i r s t v x
"""


def test_names_are_generated_and_begin_with_the_name_of_the_function() -> None:
    programs = [*LOOKUPS, *[p for p, _ in every_op()], random_program(0), chain(1001), batch(9)]
    for program in programs:
        code = re.sub(
            r'/\*.*?\*/|".*?"|\b[0-9][\w.+-]*', "", program_to_c(program), flags=re.DOTALL
        )
        names = set(re.findall(r"[A-Za-z_]\w*", code)) - set(WORDS.split()) - set(PLATFORM.values())
        others = {
            x for x in names if not re.fullmatch(r"compiled(_[a-z0-9_]+)?|COMPILED_\w+|x\d+", x)
        }
        assert others == set()


def test_text_is_the_same_every_time() -> None:
    for seed in range(10):
        assert program_to_c(random_program(seed)) == program_to_c(random_program(seed))


@pytest.mark.parametrize(
    "runs",
    [
        [Terms(False, 1, 5), Terms(True, 1, 5)],
        [Terms(False, 2, 9), Terms(False, 1, 5), Terms(True, 2, 40)],
        [
            *[Terms(False, 1, 1)] * 16,
            Terms(True, 1, 9),
            *[Terms(False, 1, 1)] * 17,
            Terms(False, 1, 5),
        ],
    ],
)
def test_no_statement_assigns_a_variable_to_itself(runs: list[Terms]) -> None:
    columns = [[i] for i in range(sum(run.factors * run.terms for run in runs))]
    text = program_to_c(one_step(None, runs, columns, 300))
    assert text.count("for (int t") == sum(run.terms > 4 for run in runs)
    assert not re.search(r"(\w+) = \1;", text)


def test_affine_addresses_need_no_table() -> None:
    rows = [[i + 16 * t for i in range(16)] for t in range(8)]
    splats = [[200 + t] * 16 for t in range(8)]
    columns = [x for pair in zip(rows, splats, strict=True) for x in pair]
    text = program_to_c(one_step(None, [Terms(False, 2, 8)], columns, 300))
    assert "static const int" not in text
    assert "x = x + v[16 + 16 * t + i] * v[201 + t];" in text


def test_wide_results_are_loops_whatever_their_number() -> None:
    def lines(count: int) -> int:
        rows = [list(range(count)), list(range(count, 2 * count))]
        return len(program_to_c(one_step(None, [Terms(False, 2, 1)], rows, 2 * count)).splitlines())

    assert lines(10) == lines(10_000)


# --- what has no C --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "name", "message"),
    [
        (Program(8, 0, [], [[], []], range(0)), "f", "export the function of one"),
        (one_step(Op("mine", abs, 1.0), (), [[0]], 1), "f", "the op 'mine' has no C: write its"),
        (chain(1), "main()", "a C function has a name of letters, digits and _, not 'main()'"),
    ],
)
def test_what_has_no_c_is_refused(program: Program, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        program_to_c(program, name)
