"""Threads: tasks shared out among them, and compiled batches with the same bits on any number."""

import copy
import math
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

import autograd as ag
from autograd import compile, lookup, value_and_grad, vmap
from autograd.compiler import load_compiled
from autograd.compiler.threads import share
from autograd.transforms.lane_sum import SLAB
from tests.bits import bits

COUNTS = [1, 7, 8, SLAB - 1, SLAB, SLAB + 1, 3 * SLAB + 5]
BACKENDS = ["llvm", "numpy", "python"]

# --- tasks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2, 5, 100])
@pytest.mark.parametrize("count", [1, 2, 50])
def test_each_task_is_done_once(count: int, threads: int) -> None:
    done = [0] * count

    def work(tasks: Iterator[int]) -> None:
        for i in tasks:
            done[i] += 1

    share(count, threads, work, work)
    assert done == [1] * count


def test_tasks_are_done_at_once_on_threads_with_a_name() -> None:
    names, both = [], threading.Barrier(2, timeout=600)

    def work(tasks: Iterator[int]) -> None:
        for _ in tasks:
            both.wait()
            names.append(threading.current_thread().name)

    share(2, 2, work, work)
    here = threading.current_thread().name
    (there,) = {*names} - {here}
    assert here in names
    assert there.startswith("autograd")


def failing(tasks: Iterator[int]) -> None:
    for i in tasks:
        if i >= 3:
            time.sleep(0.001 * (8 - i))  # so that a later one fails first
            raise ValueError(i)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_of_several_errors_the_first_in_order_is_raised(threads: int) -> None:
    with pytest.raises(ValueError, match=r"^3$"):
        share(100, threads, failing, failing)


def test_no_task_begins_after_an_error() -> None:
    begun: list[int] = []

    def work(tasks: Iterator[int]) -> None:
        for i in tasks:
            begun.append(i)
            raise ValueError(i)

    with pytest.raises(ValueError, match=r"^0$"):
        share(100, 3, work, work)
    assert len(begun) <= 3


def test_an_error_before_the_first_task_of_a_thread_comes_before_those_of_tasks() -> None:
    both = threading.Barrier(2, timeout=600)

    def here(tasks: Iterator[int]) -> None:
        both.wait()
        failing(tasks)

    def elsewhere(_: Iterator[int]) -> None:
        both.wait()
        raise MemoryError

    with pytest.raises(MemoryError):
        share(10, 2, here, elsewhere)


def test_an_interrupt_waits_for_the_task_at_work_and_leaves_out_the_others() -> None:
    both = threading.Barrier(2, timeout=600)
    done: list[int] = []

    def here(tasks: Iterator[int]) -> None:
        next(tasks)
        both.wait()
        raise KeyboardInterrupt

    def elsewhere(tasks: Iterator[int]) -> None:
        for i in tasks:
            if not done:
                both.wait()
            time.sleep(0.01)
            done.append(i)

    with pytest.raises(KeyboardInterrupt):
        share(1000, 2, here, elsewhere)
    assert 1 <= len(done) < 999
    assert done[0] in (0, 1)


# --- batches --------------------------------------------------------------------------------


def network(w: dict[str, Any], x: Any, wanted: Any) -> Any:
    hidden = [ag.tanh(ag.dot(row, x) + b) for row, b in zip(w["w"], w["b"], strict=True)]
    return (ag.dot(w["v"], hidden) - wanted) ** 2


def of_order_two(w: dict[str, Any], x: Any, wanted: Any) -> Any:
    _, slope = value_and_grad(network, argnums=1)(w, x, wanted)
    return ag.dot(slope, slope)


def shared_alone(w: dict[str, Any], x: Any, wanted: Any) -> Any:
    """Results that are the same for all samples, and numbers."""
    return w["b"][0] * 2.0, 0.1, x[0], 0.1


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "a gradient": value_and_grad(network),
    "a gradient of a gradient": value_and_grad(of_order_two),
    "what samples share": shared_alone,
}
W = {"w": [[0.5, -1.0], [0.25, 2.0], [1.5, -0.5]], "b": [0.1, -0.2, 0.3], "v": [1.0, -0.5, 0.7]}


def samples(count: int) -> tuple[list[list[float]], list[float]]:
    draw = Random(count)
    xs = [[draw.gauss(0.0, 1.0) for _ in range(2)] for _ in range(count)]
    return xs, [draw.choice([draw.gauss(0.0, 1.0), 0.0, -0.0]) for _ in range(count)]


@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_any_number_of_threads_gives_the_bits_of_the_interpreted_batch(
    name: str, reduce: str | None
) -> None:
    batch = vmap(FUNCTIONS[name], (None, 0, 0), reduce)
    backends = BACKENDS if name == "a gradient" else ["llvm"]
    compiled = [compile(batch, backend=x, threads=n) for x in backends for n in (1, 2, 3)]
    for count in COUNTS if name == "a gradient" and reduce else [SLAB + 1]:
        wanted = bits(batch(W, *samples(count)))
        for f in compiled:
            if f.backend != "python" or count < 2 * SLAB:
                assert bits(f(W, *samples(count))) == wanted, (count, f)


@pytest.mark.parametrize("reduce", [None, "sum"])
def test_arrays_are_taken_and_given_on_threads_too(reduce: str | None) -> None:
    numpy = pytest.importorskip("numpy")
    batch = vmap(value_and_grad(network), (None, 0, 0), reduce)
    count = 5 * 1024 + 3  # where results are gathered, so many are a run
    xs, ys = samples(count)
    found = [compile(batch, threads=n)(W, numpy.array(xs), numpy.array(ys)) for n in (1, 3)]
    assert pickle.dumps(found[0]) == pickle.dumps(found[1])


def test_all_samples_keep_their_order_on_threads() -> None:
    xs = [float(i) for i in range(9 * 1024 + 5)]
    assert compile(vmap(lambda x: (x, -x)), threads=3)(xs) == (xs, [-x for x in xs])


def test_calls_from_several_threads_at_once_do_not_disturb_one_another() -> None:
    compiled = compile(vmap(value_and_grad(network), (None, 0, 0), "mean"), threads=3)
    cases = [({**W, "b": [0.1 * i, 0.2, 0.3]}, *samples(SLAB * (1 + i % 4) + i)) for i in range(8)]
    wanted = [bits(compile(compiled.f)(*case)) for case in cases]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            found = list(pool.map(lambda case: bits(compiled(*case)), cases))
            assert found == wanted


@pytest.mark.parametrize("threads", [1, 3])
def test_an_index_out_of_range_is_that_of_the_first_sample_that_has_one(threads: int) -> None:
    f = vmap(lambda table, i: lookup(table, i), (None, 0), "sum")
    compiled, table = compile(f, threads=threads), [1.0, 2.0, 3.0]
    good = [2.0] * (4 * SLAB)
    assert compiled(table, good) == 3.0 * len(good)
    for places in [[SLAB + 7, 3 * SLAB], [0, SLAB], [4 * SLAB - 1]]:
        indices = [*good]
        for place in places:
            indices[place] = 4.0 + place
        with pytest.raises(IndexError, match=f"lookup index {4 + places[0]} is not one of 0 to 2"):
            compiled(table, indices)
        assert compiled(table, good) == 3.0 * len(good)


def test_an_index_out_of_range_in_what_samples_share_is_told_too() -> None:
    f = vmap(lambda table, i, x: lookup(table, i) * x, (None, None, 0), "sum")
    compiled = compile(f, threads=2)
    xs = [1.0] * (3 * SLAB)
    assert compiled([1.0, 2.0], 1.0, xs) == 2.0 * len(xs)
    with pytest.raises(IndexError, match="lookup index 2 is not one of 0 to 1"):
        compiled([1.0, 2.0], 2.0, xs)


def test_other_functions_and_batches_inside_them_have_the_same_bits() -> None:
    def f(w: Any, xs: Any, ys: Any) -> Any:
        return vmap(network, (None, 0, 0), "mean")(w, xs, ys) * 2.0

    given = (W, *samples(2 * SLAB + 3))
    assert bits(compile(f, threads=2)(*given)) == bits(f(*given))


def test_verify_compares_a_batch_on_threads() -> None:
    compiled = compile(vmap(network, (None, 0, 0), "mean"), threads=2)
    assert compiled.verify(W, *samples(SLAB + 1)) == 1


# --- the setting ----------------------------------------------------------------------------


@pytest.mark.parametrize("given", [True, 1.5, "2", None, math.nan])
def test_threads_are_an_int(given: Any) -> None:
    with pytest.raises(TypeError, match="threads is a positive int, got"):
        compile(vmap(abs), threads=given)


@pytest.mark.parametrize("given", [0, -1])
def test_threads_are_at_least_one(given: int) -> None:
    with pytest.raises(ValueError, match=f"threads is at least 1, got {given}"):
        compile(abs, threads=given)


def test_threads_are_kept_by_copies_and_told() -> None:
    compiled = compile(vmap(abs), threads=2, backend="python")
    assert compiled.threads == 2
    assert repr(compiled) == "Compiled(vmap(abs, in_axes=0), python, 2 threads, 0 recordings)"
    for again in (
        copy.copy(compiled),
        copy.deepcopy(compiled),
        pickle.loads(pickle.dumps(compiled)),
    ):
        assert repr(again) == repr(compiled)

    @compile(threads=3, backend="python")
    def f(x: Any) -> Any:
        return x * 2.0

    assert repr(f).endswith("f, python, 3 threads, 0 recordings)")


def test_a_file_says_nothing_of_threads(tmp_path: Path) -> None:
    xs = [0.1 * i for i in range(2 * SLAB + 3)]
    files = []
    for threads in (1, 2):
        compiled = compile(vmap(lambda x: ag.tanh(x), reduce="sum"), threads=threads)
        wanted = compiled(xs)
        files.append(compiled._bytes())
        assert pickle.loads(pickle.dumps(compiled)).threads == threads
    assert files[0] == files[1]
    path = tmp_path / "sum.compiled"
    compiled.save(path)
    assert load_compiled(path).threads == 1
    for threads in (1, 3):
        again = load_compiled(path, threads=threads)
        assert again.threads == threads
        assert bits(again(xs)) == bits(wanted)
    with pytest.raises(ValueError, match="threads is at least 1, got 0"):
        load_compiled(path, threads=0)


# --- processes ------------------------------------------------------------------------------

PROGRAM = """
import atexit, os
from autograd import compile, vmap
xs = [0.1 * i for i in range(3000)]
compiled = compile(vmap(lambda x: x * x, reduce="sum"), threads=3)
wanted = compiled(xs)
atexit.register(lambda: print("at the end", compiled(xs) == wanted, flush=True))
if hasattr(os, "fork"):
    child = os.fork()
    if not child:
        same = all(compiled(xs) == wanted for _ in range(20))
        os._exit(0 if same else 1)
    print("child", os.waitpid(child, 0)[1], flush=True)
"""


def test_child_processes_and_what_runs_at_the_end_of_one_have_their_results_too() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(PROGRAM)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert (run.returncode, run.stderr) == (0, "")
    told = ["child 0"] if hasattr(os, "fork") else []
    assert run.stdout.splitlines() == [*told, "at the end True"]
