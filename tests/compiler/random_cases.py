"""Cases: a random program, which derivatives of it are taken, and how it is called, how often."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from autograd import Value, compile, grad, hessian, hvp, jacobian, jvp, value_and_grad, vmap
from autograd.compiler.backends.choose import MODULES
from autograd.transforms.lane_sum import SLAB
from tests.compiler.call_forms import CALLS, RESULTS
from tests.random_graphs import RandomFunction, made, random_arguments
from tests.random_programs import random_program

Function = Callable[..., Any]
BACKENDS = tuple(MODULES)


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
        form: how it is called, one of `CALLS`; a batch with two lists.
        result: what it returns, one of `RESULTS`.
        calls: the numbers of each call.
    """

    program: RandomFunction
    first: str
    second: str
    together: bool
    backend: str
    batch: tuple[str | None] | None
    form: str
    result: str
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
        if self.batch is not None:
            return [_batch(*self.batch, f) for f in found]
        return [CALLS[self.form].wrapped(RESULTS[self.result](f)) for f in found]

    def compiled(self, f: Function, backend: str, threads: int = 1) -> Any:
        """One of the functions, compiled."""
        return compile(f, CALLS[self.form].static, backend=backend, threads=threads)

    def interpret(self, f: Function, *numbers: Any) -> Any:
        """What one of the functions gives."""
        form = CALLS[self.form]
        return f(*numbers) if self.batch is not None else form.interpret(f, *numbers)

    def call(self, f: Function, *numbers: Any) -> Any:
        """What one of them gives once it is compiled."""
        return f(*numbers) if self.batch is not None else CALLS[self.form].call(f, *numbers)

    def __str__(self) -> str:
        batch = "" if self.batch is None else f", as a batch with reduce={self.batch[0]!r}"
        return (
            f"the program, {self.first} and {self.second}{' in one' * self.together}{batch}, "
            f"called with {self.form}, results {self.result}, of\n"
            f"{self.program.source(several=True)}"
        )


def random_case(draw: random.Random, size: int) -> Case:
    """A case with a program of at least `size` lines."""
    batch = (draw.choice(["sum", "mean", None]),) if draw.random() < 0.15 else None
    program = random_program(draw, min(size, 6) if batch else size)
    calls: list[tuple[Any, ...]] = [random_arguments(draw, program.inputs) for _ in range(3)]
    if batch:
        sizes = draw.choice([1, 5, 9]), 8, draw.choice([3, 17, SLAB + 9, 2 * SLAB + 1])
        calls = [_samples(draw, program.inputs, size) for size in sizes]
    plain = batch is not None or draw.random() < 0.5
    return Case(
        program,
        draw.choice([*FIRST]),
        draw.choice([*SECOND][: 3 if program.inputs <= 3 else 2]),
        draw.random() < 0.7,
        draw.choice(BACKENDS),
        batch,
        "two lists" if plain else draw.choice([*CALLS]),
        "as they are" if plain else draw.choice([*RESULTS]),
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
