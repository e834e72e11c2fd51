"""Random numbers that are drawn while a function is recorded."""

import collections
import functools
import os
import random
import secrets
import threading
import uuid
from collections.abc import Callable
from random import gauss, random as uniform
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import TracedValueError, compile, to_c, value_and_grad, vmap
from autograd.compiler.threads import share
from autograd.nn import MLP, Module

of = functools.partial(compile, backend="python")
rng, generator, legacy = random.Random(1), np.random.default_rng(1), np.random.RandomState(1)
draw = rng.gauss


def noise(x: Any) -> Any:
    return x + random.gauss(0.0, 1.0)


class Dropout(Module):
    def __init__(self) -> None:
        self.rng = random.Random(0)

    def forward(self, x: Any) -> Any:
        return x * self.rng.random()


DRAWS: dict[str, Callable[[Any], Any]] = {
    "random": lambda x: x * random.random(),
    "gauss": lambda x: x * random.gauss(0.0, 1.0),
    "a function imported by name": lambda x: x * uniform() * gauss(0.0, 1.0),
    "a choice": lambda x: x * random.choice([1.0, 2.0]),
    "a shuffle": lambda x: random.sample([x, x * 2.0], 2)[0],
    "a function that draws": noise,
    "a generator": lambda x: x * rng.random(),
    "a method of a generator": lambda x: x * draw(0.0, 1.0),
    "a module": Dropout(),
    "the weights of a new model": lambda x: MLP(1, [1])(x),
    "a new generator without seed": lambda x: x * random.Random().random(),
    "the system": lambda x: x * random.SystemRandom().random(),
    "bytes of the system": lambda x: x * os.urandom(1)[0],
    "a secret": lambda x: x * secrets.randbelow(9),
    "an identifier": lambda x: x * (uuid.uuid4().int % 7),
    "numpy": lambda x: x * float(np.random.random()),
    "a normal of numpy": lambda x: x * float(np.random.randn()),
    "a generator of numpy": lambda x: x * float(generator.normal()),
    "a legacy generator of numpy": lambda x: x * float(legacy.normal()),
    "a new generator of numpy without seed": lambda x: x * float(np.random.default_rng().normal()),
    "a gradient": value_and_grad(lambda x: x * x * random.random()),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_draw_while_recording_is_refused(name: str) -> None:
    for compiled in (of(DRAWS[name]), of(vmap(DRAWS[name]))):
        x: Any = [1.0, 2.0] if "Batch" in type(compiled).__name__ else 1.0
        for _ in range(2):
            with pytest.raises(TracedValueError, match="pass the numbers in"):
                compiled(x)
    with pytest.raises(TracedValueError, match="pass the numbers in"):
        to_c(DRAWS[name], 1.0)
    with pytest.raises(TracedValueError, match="pass the numbers in"):
        of(lambda total, x: (total, DRAWS[name](x))).scan(0.0, [1.0])


NAMES = {
    "random": r"draws random numbers from random,",
    "a generator": r"draws random numbers from rng,",
    "a generator of numpy": r"draws random numbers from generator,",
    "numpy": r"draws random numbers from numpy.random,",
    "a new generator without seed": r"takes random numbers from the system",
}


@pytest.mark.parametrize("name", NAMES)
def test_the_error_names_the_generator(name: str) -> None:
    with pytest.raises(TracedValueError, match=NAMES[name]):
        of(DRAWS[name])(1.0)


def test_a_draw_in_a_module_argument_is_refused() -> None:
    with pytest.raises(TracedValueError, match="from rng,"):
        of(lambda m, x: m(x))(Dropout(), 1.0)


def test_a_refused_draw_leaves_the_generators_as_they_were() -> None:
    states = random.getstate(), rng.getstate(), generator.bit_generator.state
    for name in ("random", "a generator", "a generator of numpy"):
        with pytest.raises(TracedValueError):
            of(DRAWS[name])(1.0)
    assert (random.getstate(), rng.getstate(), generator.bit_generator.state) == states


ALLOWED: dict[str, Callable[[Any], Any]] = {
    "a generator with a seed": lambda x: x * random.Random(3).random(),
    "a generator of numpy with a seed": lambda x: x * float(np.random.default_rng(3).normal()),
    "a model with a seed": lambda x: MLP(1, [1], rng=3)(x),
    "functions of the module that draw nothing": lambda x: x * (random.getstate()[0] + 1),
    "numpy without draws": lambda x: x * float(np.sqrt(2.0)),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_gives_the_same_numbers_each_time_is_allowed(name: str) -> None:
    f = ALLOWED[name]
    for x in (1.0, 2.0):
        assert of(f)(x) == getattr(f(x), "data", f(x))


def test_draws_between_calls_change_nothing() -> None:
    compiled = of(lambda x, noise: x + noise)
    for _ in range(3):
        y = random.random()
        assert compiled(1.0, y) == 1.0 + y


def test_threads_of_batches_are_no_reason_to_let_draws_pass() -> None:
    idle = collections.deque[int](maxlen=0)
    share(2, 2, idle.extend, idle.extend)
    assert threading.active_count() > 1
    with pytest.raises(TracedValueError, match="draws random numbers from random"):
        of(DRAWS["the weights of a new model"])(1.0)


def test_draws_of_other_threads_are_their_own() -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            random.random()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for i in range(20):
            assert of(lambda x, i: ag.exp(x) * i, static="i")(0.0, i) == i
        with pytest.raises(TracedValueError, match="draws random numbers from"):
            of(noise)(1.0)
    finally:
        done.set()
        thread.join()
