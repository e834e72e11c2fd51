"""Executables run a program for each row of data, on the state that each run leaves."""

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from autograd import exp, lookup
from autograd.compiler.backends import numpy as numpy_backend, python as python_backend
from autograd.compiler.backends.executable import Shape
from autograd.compiler.backends.llvm import backend as llvm_backend
from autograd.compiler.ir.memory_layout import layout
from tests.compiler.ir.test_simplify import listing_of

BACKENDS = [
    python_backend.PythonExecutable,
    numpy_backend.NumpyExecutable,
    llvm_backend.LlvmExecutable,
]
every_backend = pytest.mark.parametrize("backend", BACKENDS, ids=lambda x: x.__name__)


class Repeated:
    """A program for a function of a state and a datum, both lists, with what it is repeated by."""

    def __init__(self, backend: Any, f: Callable[..., Any], state: int, datum: int) -> None:
        listing = listing_of(lambda *xs: f(xs[:state], xs[state:]), *[0.0] * (state + datum))
        self.program, _ = layout(listing)
        self.executable = backend(self.program)
        self.shape = Shape(state, datum, len(listing.outputs) - state)
        self.memory = self.executable.memory()

    def __call__(self, state: list[float], rows: list[list[float]]) -> list[float]:
        """The outputs; the state stays in memory."""
        self.results = array("d", bytes(8 * len(rows) * self.shape.outputs))
        self.memory[: self.shape.state] = array("d", state)
        data = array("d", [x for row in rows for x in row])
        steps = len(rows)
        self.executable.repeat(
            self.memory, memoryview(data), memoryview(self.results), self.shape, steps
        )
        return self.results.tolist()

    @property
    def state(self) -> list[float]:
        return list(self.memory[: self.shape.state])


def running_sum(state: Any, datum: Any) -> list[Any]:
    return [state[0] + datum[0], state[0] * datum[0]]


@every_backend
def test_each_step_gets_the_state_that_the_last_one_left(backend: Any) -> None:
    repeated = Repeated(backend, running_sum, 1, 1)
    assert repeated([1.0], [[2.0], [3.0], [4.0]]) == [2.0, 9.0, 24.0]
    assert repeated.state == [10.0]


@every_backend
def test_no_steps_leave_the_state(backend: Any) -> None:
    repeated = Repeated(backend, running_sum, 1, 1)
    assert repeated([5.0], []) == []
    assert repeated.state == [5.0]


@every_backend
def test_portions_give_what_one_call_gives(backend: Any) -> None:
    f = lambda state, datum: [exp(state[1]) * datum[0], state[0] - datum[1], state[0]]  # noqa: E731
    rows = [[0.1 * i, 0.3 - i] for i in range(10)]
    whole, parts = Repeated(backend, f, 2, 2), Repeated(backend, f, 2, 2)
    expected = whole([0.5, -1.0], rows)
    found = parts([0.5, -1.0], rows[:3])
    found += parts(parts.state, rows[3:])
    assert (found, parts.state) == (expected, whole.state)


@every_backend
@pytest.mark.parametrize("size", [2, 9, 200])
def test_state_may_move_along(backend: Any, size: int) -> None:
    """The new state is the old one from its second number on, then the datum: it overlaps."""
    repeated = Repeated(backend, lambda state, datum: [*state[1:], *datum], size, 1)
    numbers = [float(i) for i in range(size)]
    assert repeated(numbers, [[-1.0], [-2.0]]) == []
    assert repeated.state == [*numbers[2:], -1.0, -2.0]


@every_backend
def test_state_may_be_shuffled_and_no_datum_needed(backend: Any) -> None:
    repeated = Repeated(backend, lambda state, _: [state[2], state[0], state[1], state[0]], 3, 0)
    assert repeated([1.0, 2.0, 3.0], [[], [], []]) == [1.0, 3.0, 2.0]
    assert repeated.state == [1.0, 2.0, 3.0]


@every_backend
def test_outputs_may_be_the_inputs_themselves(backend: Any) -> None:
    repeated = Repeated(backend, lambda state, datum: [*state, *datum], 2, 2)
    rows = [[3.0, 4.0], [5.0, 6.0]]
    assert repeated([1.0, 2.0], rows) == [3.0, 4.0, 5.0, 6.0]
    assert repeated.state == [1.0, 2.0]


@every_backend
def test_error_leaves_the_state_of_the_last_step_that_was_finished(backend: Any) -> None:
    f = lambda state, datum: [state[0] + lookup([1.0, 10.0], datum[0]), state[0]]  # noqa: E731
    repeated = Repeated(backend, f, 1, 1)
    with pytest.raises(IndexError, match="lookup index 2 is not one of 0 to 1"):
        repeated([0.0], [[1.0], [0.0], [2.0], [0.0]])
    assert repeated.state == [11.0]
    assert repeated.results[:2].tolist() == [0.0, 10.0]
    assert repeated([0.0], [[1.0]]) == [0.0]
