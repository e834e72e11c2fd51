"""The engine in C: which one runs, and that it does what the heart says, with the same bits."""

import gc
import inspect
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import Op, Value
from autograd.engine import calculus as c
from autograd.engine.graph import gradients
from autograd.engine.native import BUILD, SOURCES, hashes_of_sources, name
from autograd.engine.numbers import same
from autograd.formulas.native_spelling import FILE, rows, spell_calculus
from tests.domains import every_exponent
from tests.random_graphs import SPECIAL
from tests.test_architecture import PACKAGE

ROOT = PACKAGE.parent
BUILT = [path for path in PACKAGE.glob("engine/_native.*") if path.suffix in (".so", ".pyd")]
SEED = os.environ.get("SEED") or str(random.randrange(10**6))
natively = pytest.mark.skipif(name == "python", reason=f"of the engine in C: {BUILD}, and ask")


def run(code: str, engine: str, folder: Path = ROOT, *args: str) -> Any:
    """The process that ran this code on an engine."""
    given = {**os.environ, "AUTOGRAD_ENGINE": engine, "PYTHONPATH": str(folder)}
    command = [sys.executable, *(["-c", code] if " " in code else ["-m", code]), *args]
    return subprocess.run(command, capture_output=True, text=True, env=given, cwd=folder)


class TestTheTable:
    def test_it_is_what_the_calculus_says_now(self) -> None:
        assert FILE.read_text("utf-8") == spell_calculus()

    def test_every_op_of_one_or_two_operands_is_in_it(self) -> None:
        ops = {op for op in vars(c).values() if isinstance(op, Op) and not op.derivatives}
        assert set(rows().values()) == ops


SAY = "import autograd; print(autograd.engine.name, '-', autograd.engine.why)"
OLD = "the engine in C was built before {} changed: pip install"
UNTIL_THEN = "builds it; until then Python's runs\n"
built = pytest.mark.skipif(not BUILT, reason=f"the engine in C is not built: {BUILD}")


def copied(folder: Path, *ignored: str) -> Path:
    """The package again, in this folder, without such files."""
    ignore = shutil.ignore_patterns("__pycache__", *ignored)
    return shutil.copytree(PACKAGE, folder / "autograd", ignore=ignore)


class TestTheChoice:
    @built
    @pytest.mark.parametrize("chosen", ["", "auto", "native"])
    def test_where_it_is_built_it_runs(self, chosen: str) -> None:
        assert run(SAY, chosen).stdout == "native - the engine in C was built from these files\n"

    def test_python_runs_where_it_is_asked_for(self) -> None:
        assert run(SAY, "python").stdout == "python - AUTOGRAD_ENGINE asks for it\n"

    def test_another_wish_is_refused(self) -> None:
        message = "AUTOGRAD_ENGINE is one of auto, native, python, got 'rust'"
        assert message in run(SAY, "rust").stderr

    def test_where_it_is_not_built_python_runs_without_a_word(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        found = run(SAY, "", tmp_path)
        assert found.stdout.startswith("python - the engine in C is not built: pip install")
        assert found.stderr == ""

    def test_where_it_is_not_built_and_asked_for_the_import_says_so(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        (message,) = run(SAY, "native", tmp_path).stderr.splitlines()[-1:]
        assert message.startswith("ImportError: the engine in C is not built: pip install")

    def test_in_a_clone_make_builds_it(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        (tmp_path / "setup.py").touch()
        assert run(SAY, "", tmp_path).stdout.endswith("not built: make native builds it\n")

    @built
    @pytest.mark.parametrize("changed", SOURCES)
    def test_one_of_other_files_is_not_used(self, changed: str, tmp_path: Path) -> None:
        with (copied(tmp_path) / changed).open("a") as file:
            file.write("\n")
        found, told = run(SAY, "", tmp_path), OLD.format(changed)
        assert found.stdout.startswith(f"python - {told}")
        assert found.stderr.startswith(f"autograd: {told}")
        assert found.stderr.endswith(UNTIL_THEN)
        assert len(found.stderr.splitlines()) == 1
        assert f"ImportError: {told}" in run(SAY, "native", tmp_path).stderr

    @built
    def test_one_whose_sources_are_not_there_is_used(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.c", "_calculus.h")
        found = run(SAY, "", tmp_path)
        assert (found.stdout[:6], found.stderr) == ("native", "")

    def test_one_that_cannot_be_loaded_is_told_of(self, tmp_path: Path) -> None:
        package = copied(tmp_path, "_native.*.so", "_native.*.pyd")
        (package / "engine" / f"_native{EXTENSION_SUFFIXES[0]}").write_bytes(b"of another machine")
        found = run(SAY, "", tmp_path)
        assert found.stdout.startswith("python - the engine in C cannot be loaded (")
        assert found.stderr.startswith("autograd: the engine in C cannot be loaded (")
        assert found.stderr.endswith(UNTIL_THEN)

    def test_it_knows_every_file_that_it_is_made_of(self) -> None:
        assert all((PACKAGE / file).exists() for file in SOURCES)
        assert [len(part) for part in hashes_of_sources().split(".")] == [16] * len(SOURCES)


@built
@pytest.mark.parametrize("count", [500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_random_programs_give_the_same_bits_on_both_engines(count: int) -> None:
    told = {
        e: run("tests.random_sessions", e, ROOT, SEED, str(count)) for e in ("python", "native")
    }
    print(f"SEED={SEED}", *(found.stderr for found in told.values()), sep="\n")
    assert all(found.returncode == 0 for found in told.values())
    lines = [found.stdout.splitlines() for found in told.values()]
    assert len(lines[0]) > 50 * count
    for python, native in zip(*lines, strict=True):
        assert python == native


DRAW = random.Random(1)
NUMBERS = (*SPECIAL, *(every_exponent(DRAW) for _ in range(30)), -745.5, -700.5, 20.0, -20.0)


@natively
@pytest.mark.parametrize("row", rows())
def test_a_row_gives_the_bits_of_its_op(row: str) -> None:
    op = rows()[row]
    for xs in itertools.product(NUMBERS, repeat=len(op.rules)):
        out = op.forward(*xs)
        node = op(*map(Value, xs))
        assert same(op(*xs), out)
        assert same(node.data, out)
        found = gradients(node)
        for x, local in zip(node.operands, op.locals((None, None), xs, out), strict=True):
            assert (x not in found) if local is None else same(found[x], 1.0 * local)


OF_MANY = {op.name: op for op in vars(c).values() if isinstance(op, Op) and op.derivatives}


@natively
@pytest.mark.parametrize("many", OF_MANY)
def test_an_op_of_many_operands_gives_its_bits(many: str) -> None:
    op, draw = OF_MANY[many], random.Random(many)
    counts = {"clip": [3], "portion": [3], "complement": [3], "where": [3], "dot": [2, 4, 12]}
    for count in counts.get(many, [2, 3, 5, 17]):
        for _ in range(300):
            xs = [draw.choice([*SPECIAL, draw.uniform(-3.0, 3.0), 1.0, 0.5]) for _ in range(count)]
            if many in ("lookup", "log_share"):
                xs[0] = float(draw.randrange(count - 1))
            half = count // 2
            nodes = list(map(Value, xs))
            node = op(nodes[:half], nodes[half:]) if many == "dot" else op(*nodes)
            out = op.forward(*xs)
            assert same(node.data, out)
            found = gradients(node)
            for x, local in zip(nodes, op.locals(nodes, xs, out), strict=True):
                assert (x not in found) if local is None else same(found[x], 1.0 * local)


@natively
class TestNodes:
    def test_a_node_takes_104_bytes_before_and_after_backward(self) -> None:
        root = Value(0.5) * Value(2.0)
        assert sys.getsizeof(root) == 104
        root.backward()
        assert sys.getsizeof(root) == 104

    def test_the_collector_does_not_go_through_graphs_of_numbers(self) -> None:
        x = Value(2.0)
        y = (x * 3.0).tanh() + ag.exp(x)
        y.backward()
        assert not any(map(gc.is_tracked, (y, *y.operands)))

    def test_the_collector_finds_cycles_that_connected_gradients_make(self) -> None:
        gc.collect()
        x = Value(2.0)
        inner = x * x
        y = (inner * inner).exp() * inner
        y.backward(create_graph=True)
        gone = weakref.ref(x)
        del x, inner, y
        gc.collect()
        assert gone() is None

    def test_a_cycle_is_found_whatever_was_computed_first(self) -> None:
        gc.collect()
        x, y = Value(2.0), Value(3.0)
        gradient = (x * y).tanh() * x
        y.grad = 0.0
        x.grad = gradient * gradient
        gone = weakref.ref(x)
        del x, gradient
        gc.collect()
        assert gone() is None

    def test_steps_leave_nothing_behind(self) -> None:
        xs = [Value(0.1 * i) for i in range(5)]
        user = Op("user", lambda x: x, lambda x, out: 1.0)

        def step() -> None:
            root = ag.sum([user(x.exp()) * 2.0 - x / (1 + x) for x in xs]) ** 2
            root.backward()
            root.backward(2.0)
            gradients(root)
            assert root.operands[0].recorded
            for x in xs:
                x.grad = 0
                x.data -= 1e-9

        for _ in range(100):
            step()
        gc.collect()
        counted = [*(op for op in rows().values()), user, Value, 0.0]
        before, memory = list(map(sys.getrefcount, counted)), sys.getallocatedblocks()
        for _ in range(10_000):
            step()
        gc.collect()
        assert list(map(sys.getrefcount, counted)) == before
        assert abs(sys.getallocatedblocks() - memory) < 50

    def test_a_deep_graph_dies_on_a_small_stack(self) -> None:
        def build_and_drop() -> None:
            x = y = Value(1.0)
            for _ in range(1_000_000):
                y = y * 0.5 + x
            y.backward()
            done.append(x.grad)

        done: list[float] = []
        before = threading.stack_size(256 * 1024)
        thread = threading.Thread(target=build_and_drop)
        thread.start()
        threading.stack_size(before)
        thread.join()
        assert done == [2.0]


class TestWhatItLeavesToPython:
    def test_an_op_that_was_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        x = Value(1.0)
        monkeypatch.setattr(c.sin, "forward", lambda x: 7.0)
        monkeypatch.setattr(c.sin, "locals", lambda operands, given, out: (5.0,))
        y = x.sin() + ag.sin(x)
        y.backward()
        assert (y.data, x.grad) == (14.0, 10.0)

    def test_a_subclass_that_has_operators_of_its_own(self) -> None:
        class Odd(Value):
            def __add__(self, other: Any) -> Any:
                return "added"

            def __rmul__(self, other: Any) -> Any:
                return super().__rmul__(other) + 1.0

        assert Odd(2.0) + 1.0 == "added"
        assert (3.0 * Odd(2.0)).data == 7.0
        assert (Odd(2.0) - 1.0).data == 1.0

    @pytest.mark.parametrize("local", [ag.mul(2, 3), 6, True])
    def test_local_derivatives_of_any_kind(self, local: Any) -> None:
        x = Value(2.0)
        Op("f", lambda x: x, lambda x, out: local)(x * 1.0).backward()
        assert x.grad == float(local)

    def test_gradients_of_any_kind(self) -> None:
        x, y = Value(2.0), Value(3.0)
        x.grad, y.grad = None, Value(1.0)
        (x * y).backward()
        assert (x.grad, y.grad.data) == (3.0, 3.0)


@natively
def test_an_interrupt_in_a_long_pass_changes_nothing() -> None:
    x = y = Value(1.0)
    for _ in range(300_000):
        y = y + 1.0

    def rule(x: Any, out: Any) -> float:
        signal.raise_signal(signal.SIGINT)
        return 1.0

    root = Op("last", lambda x: x, rule)(y)
    with pytest.raises(KeyboardInterrupt):
        root.backward()
    assert (x.grad, y.grad, root.grad) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("method", [Value.exp, Value.backward])
def test_methods_know_their_names_and_arguments(method: Any) -> None:
    assert method.__doc__
    assert next(iter(inspect.signature(method).parameters)) == "self"
    assert getattr(Value, method.__name__) is method
