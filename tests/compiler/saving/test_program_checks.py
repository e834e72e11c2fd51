"""A program from a file keeps to its memory, whatever was changed in it, or it is refused."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from autograd import CompiledFileError, dot, lookup, maximum, tanh, value_and_grad, vmap
from autograd.compiler import Compiled, compile
from autograd.compiler.backends.python import PythonExecutable
from autograd.compiler.ir.program import Loop, Program, Step, Terms
from autograd.compiler.saving.container import Reader
from autograd.compiler.saving.program_checks import check_program
from autograd.engine import calculus as c
from tests.changed_files import changed, places_in, with_another

SUM = (Terms(False, 1, 2),)


def program(*steps: Step | Loop, size: int = 32, constants: Any = ((2, 3.0),)) -> Program:
    return Program(size, 2, list(constants), [list(steps)], range(8, 9))


def added(columns: Any = ([0], [1]), out: int = 8, count: int = 1, stride: int = 1) -> Step:
    return Step(None, SUM, [list(column) for column in columns], out, count, stride)


def looped(**changes: Any) -> Loop:
    parts: dict[str, Any] = {
        "steps": [added(([16], [16]), 24, 1, 8)],
        "lanes": 16,
        "samples": 2,
        "inputs": [(3, 1, 16)],
        "outputs": [(24, 8, 1)],
    }
    return Loop(**{**parts, **changes})


GOOD = {
    "a sum": program(added()),
    "an op": program(Step(c.tanh, (), [[0, 1]], 8, 2)),
    "a lookup": program(Step(c.gather, (), [[0], [1], [2]], 8, 1)),
    "a table": program(Step(c.scattered, (), [[0], [1, 2], [1, 1]], 8, 3)),
    "a largest": program(Step(c.maximum, (), [[0], [1], [2]], 8, 1)),
    "a loop": program(looped()),
}
BAD = {
    "no memory": program(size=-1),
    "memory that nothing uses": program(added(), size=2**28),
    "more inputs than memory": program(size=1),
    "outputs beyond": program(size=8),
    "a constant beyond": program(constants=[(32, 1.0)]),
    "a constant in an input": program(constants=[(1, 1.0)]),
    "a result beyond": program(added(out=32)),
    "a result before": program(added(out=-1)),
    "results beyond": program(added(([0] * 9, [1] * 9), 24, 9)),
    "an operand beyond": program(added(([0], [32]))),
    "an operand before": program(added(([0], [-1]))),
    "no operations": program(added(([], []), count=0)),
    "a stride": program(added(stride=8)),
    "another number of factors": program(added(([0],))),
    "three factors": program(Step(None, (Terms(False, 3, 1),), [[0], [1], [2]], 8, 1)),
    "no terms": program(Step(None, (Terms(False, 1, 0),), [], 8, 1)),
    "an op of two operands with one": program(Step(c.mul, (), [[0]], 8, 1)),
    "a choice of two": program(Step(c.where, (), [[0], [1]], 8, 1)),
    "a lookup in nothing": program(Step(c.gather, (), [[0]], 8, 1)),
    "a table without lookups": program(Step(c.scattered, (), [[0], [], []], 8, 1)),
    "a table with halves of lookups": program(Step(c.scattered, (), [[0], [1], [1, 2]], 8, 1)),
    "a table with many beginnings": program(Step(c.scattered, (), [[0, 1], [1], [1]], 8, 1)),
    "as many samples as an input says": program(looped(samples=0)),
    "as many samples as nothing says": program(looped(samples=5)),
    "half a sample": program(looped(), constants=[(2, 2.5)]),
    "too many samples": program(looped(), constants=[(2, 300.0)]),
    "one sample for ever": program(looped(inputs=[(3, 0, 16)], outputs=[(24, 8, 0)])),
    "samples beyond": program(looped(inputs=[(3, 15, 16)])),
    "samples backwards": program(looped(inputs=[(3, -1, 16)])),
    "lanes beyond": program(looped(inputs=[(3, 1, 25)])),
    "lanes where there are none": program(looped(inputs=[(3, 1, 8)])),
    "results of samples beyond": program(looped(outputs=[(24, 30, 1)])),
    "partial sums beyond": program(looped(outputs=[(24, 25, 0)])),
    "a result over the number of samples": program(added(out=0), looped()),
    "samples over the number of samples": program(looped(outputs=[(24, 1, 1)])),
    "lanes beyond in a step": program(looped(steps=[added(([16], [16]), 25, 1, 8)])),
    "a step without lanes": program(looped(steps=[added(([16], [16]), 8, 1, 8)])),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_program_that_keeps_to_its_memory_is_good(name: str) -> None:
    check_program(GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_a_program_that_does_not_is_refused(name: str) -> None:
    with pytest.raises(CompiledFileError, match="not written by this library, or it was changed"):
        check_program(BAD[name])


def test_the_caller_may_say_how_many_samples_there_are_at_most() -> None:
    loop = looped(samples=1)
    check_program(program(loop), {1: 3}, [range(3, 6)])
    for most, given in ((30, range(3, 6)), (3, range(1, 6)), (3, range(3, 60))):
        with pytest.raises(CompiledFileError):
            check_program(program(loop), {1: most}, [given])


# --- files in which anything was changed ----------------------------------------------------


def loss(w: Any, x: Any) -> Any:
    return tanh(dot(w, x)) + lookup(x, 1.0 * (w[0] > 0.0)) * maximum(w[0], x[0], x[1])


def in_batch(w: Any, xs: Any) -> Any:
    return vmap(value_and_grad(loss), (None, 0), "mean")(w, xs)


def scanned(w: Any, x: Any) -> Any:
    return [w[0] * x[0], w[1] + x[1]], tanh(w[0])


W, XS = [0.5, -1.0], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
FUNCTIONS: dict[str, Callable[[], Compiled]] = {
    "a call": lambda: called(value_and_grad(loss), W, XS[0]),
    "a batch inside": lambda: called(in_batch, W, XS),
    "a batch": lambda: called(vmap(value_and_grad(loss), (None, 0)), W, XS),
    "a mean": lambda: called(vmap(loss, (None, 0), "mean"), W, XS),
    "a scan": lambda: called(scanned, W, XS, scan=True),
}


def called(f: Callable[..., Any], *args: Any, scan: bool = False) -> Compiled:
    compiled = compile(f, backend="python")
    (compiled.scan if scan else compiled)(*args)
    return compiled


class Watched(list[float]):
    """A memory that nothing may be read from or written to beyond its ends."""

    def __getitem__(self, address: Any) -> Any:
        self._check(address)
        return super().__getitem__(address)

    def __setitem__(self, address: Any, x: Any) -> None:
        self._check(address)
        if isinstance(address, slice):
            assert len(x) == address.stop - address.start
        super().__setitem__(address, x)

    def _check(self, address: Any) -> None:
        if isinstance(address, slice):
            assert 0 <= address.start <= address.stop <= len(self)
        else:
            assert isinstance(address, int)
            assert 0 <= address < len(self)


def run_watched(recorded: Any) -> None:
    """Run all of a program, for as many samples as there is room for."""
    run: Program = recorded.program
    assert run.size < 1 << 20
    memory = Watched([0.5] * run.size)
    for address, number in run.constants:
        memory[address] = number
    slab = getattr(recorded, "slab", None)
    if slab is not None:
        memory[slab.samples] = memory[slab.total] = float(slab.room)
    executable: Any = PythonExecutable(run)
    for part in range(len(run.parts)):
        try:
            executable.run(memory, part)
        except LookupError:  # an index of a lookup is a number like others
            return


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_changed_file_is_refused_or_keeps_to_its_memory(name: str) -> None:
    content = FUNCTIONS[name]()._bytes()
    rng = Random(name)
    fits = 0
    for _ in range(150):
        try:
            function = Compiled.loaded(changed(content, rng), None, "python")
        except CompiledFileError:
            continue
        for recorded in function._recordings.values():
            if rng.random() < 0.1 or getattr(recorded, "slab", None) is None:
                fits += 1
                run_watched(recorded)
    assert fits  # or nothing was tried


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_header_with_anything_in_any_place_is_refused_or_loads(name: str) -> None:
    content = FUNCTIONS[name]()._bytes()
    count = len(places_in(Reader(content).header))
    rng = Random(name)
    for place in rng.sample(range(count), min(count, 40)):
        changed_header = with_another(content, place, rng)
        with suppress(CompiledFileError):
            Compiled.loaded(changed_header, None, "python")
