"""`verify_scan`: a compiled scan beside interpreted steps, and the step where they differ."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import CompiledDifferenceError, compile, lookup, value_and_grad, vmap
from autograd.compiler.backends import python as python_backend
from autograd.compiler.backends.choose import MODULES
from autograd.nn import MLP, Neuron
from autograd.optim import SGD, Adam, Schedule, cosine_lr

BACKENDS = tuple(MODULES)
of = functools.partial(compile, backend="python")


def running(total: Any, x: Any) -> Any:
    return total + x, total * x


def trained(state: Any, datum: Any) -> Any:
    model, optimizer, schedule = state
    x, y = datum
    optimizer.zero_grad()
    loss = (model(x) - y) ** 2
    loss.backward()
    optimizer.step()
    schedule.step()
    return state, {"loss": loss, "rate": None}


def pupil() -> Any:
    model = MLP(2, [2, 1], rng=0)
    optimizer = Adam(model, lr=0.1)
    return model, optimizer, Schedule(optimizer, cosine_lr(9))


def descended(model: Any, x: Any) -> Any:
    loss, slopes = value_and_grad(lambda m: m(x) ** 2)(model)
    return {name: p - 0.1 * slopes[name] for name, p in model.named_parameters()}, loss


SAME: dict[str, tuple[Callable[..., Any], Any, Any, int]] = {
    "numbers": (running, 0.0, [1.0, 2.0, 3.0], 4),
    "an int as state": (running, 1, (2, 3), 3),
    "parts of data": (lambda s, d: (s + d[0], (s, [d[1], s])), 0.5, ([1.0, 2.0], [3.0, 4.0]), 7),
    "arrays": (
        lambda s, x: ([s[1], s[0] + x[0]], {"a": s, "b": x[1]}),
        np.array([1.0, 2.0]),
        np.arange(6.0).reshape(3, 2),
        11,
    ),
    "methods of Values": (lambda s, x: (s.exp() * x, None), 0.5, [0.1, 0.2], 1),
    "a gradient": (
        lambda s, x: (s - 0.1 * value_and_grad(lambda w: (w - x) ** 2)(s)[1], s),
        0.5,
        [1.0, 2.0],
        3,
    ),
    "a dict in another order": (
        lambda s, x: ({"b": s["b"] + x, "a": s["b"]}, x > 1.0),
        {"a": 1.0, "b": 2.0},
        [1.0, 2.0],
        4,
    ),
    "a batch in a step": (
        lambda s, xs: (s + vmap(lambda x: x * s, 0, "mean")(xs), s),
        1.0,
        [[1.0, 2.0], [0.5, 0.5]],
        3,
    ),
    "a Module as the first state": (descended, MLP(2, [1], rng=0), [[1.0, 2.0], [0.5, 0.1]], 5),
    "a model, an optimizer and a schedule": (
        trained,
        pupil(),
        ([[1.0, 2.0], [0.5, 0.1], [0.0, 1.0]], [1.0, 0.0, 1.0]),
        9 + 2 * 9 + 3,
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", SAME)
def test_it_tells_how_many_numbers_of_a_scan_are_the_same(name: str, backend: str) -> None:
    f, state, data, count = SAME[name]
    found = compile(f, backend=backend).verify_scan(state, data)
    if name.startswith("a model"):
        assert found > 3 * 9  # and what the optimizer and the schedule keep besides
    else:
        assert found == count


@pytest.mark.filterwarnings("ignore::autograd.UnclearedGradientWarning")
def test_gradients_of_the_steps_before_are_there_in_both() -> None:
    def step(state: Any, x: Any) -> Any:
        model, optimizer = state
        before = model.bias.grad
        (model([x]) ** 2).backward()
        optimizer.step()
        return state, before

    model = Neuron(1, rng=0)
    model([3.0]).backward()
    before = [p.grad for p in model.parameters()]
    assert of(step).verify_scan((model, SGD(model, 0.1)), [1.0, 2.0, 0.5]) == 9
    assert of(lambda m, x: (m, added(m, x))).verify_scan(model, [1.0, 2.0]) == 4
    assert [p.grad for p in model.parameters()] == before


def added(model: Any, x: Any) -> Any:
    """The gradient so far, with that of this step."""
    (model([x.tanh()]) ** 2).backward()  # a method that plain numbers do not have
    return model.bias.grad * x


def test_without_data_length_says_how_many_steps_are_compared() -> None:
    assert of(lambda x, _: (x * 2.0, x)).verify_scan(1.0, length=5) == 6


def test_models_and_optimizers_stay_as_they_are() -> None:
    state = pupil()
    before = [state[0].state_dict(), state[1].state_dict(), state[1].lr]
    of(trained).verify_scan(state, ([[1.0, 2.0]] * 3, [1.0] * 3))
    assert [state[0].state_dict(), state[1].state_dict(), state[1].lr] == before


@pytest.fixture
def wrong_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums and products come out a bit too large, if they are not 0."""
    right = python_backend._sum

    def wrong(runs: Any, numbers: Any) -> float:
        found = right(runs, numbers)
        return math.nextafter(found, math.inf) if found else found

    monkeypatch.setattr(python_backend, "_sum", wrong)


@pytest.mark.usefixtures("wrong_sums")
def test_the_first_step_and_node_that_differ_are_named() -> None:
    with pytest.raises(CompiledDifferenceError) as caught:
        of(lambda s, x: (s, ag.exp(s * x))).verify_scan(2.0, [0.0, 0.0, 3.0])
    product = "in step 2 *(state = 2.0, datum = 3.0) is 6.0 interpreted and 6.000000000000001"
    assert product in str(caught.value)


@pytest.mark.usefixtures("wrong_sums")
def test_the_step_of_a_training_is_named() -> None:
    with pytest.raises(CompiledDifferenceError, match=r"in step 0 .*\(.*state\[0\]\.layers"):
        of(trained).verify_scan(pupil(), ([[1.0, 2.0]] * 3, [1.0] * 3))


REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no data": (lambda: of(running).verify_scan(0.0), ValueError, "scan needs data"),
    "a batch": (lambda: of(vmap(running)).verify_scan(0.0, [1.0]), TypeError, "put the vmap"),
    "an index": (
        lambda: of(lambda s, i: (s, lookup([1.0], i))).verify_scan(0.0, [0.0, 1.0]),
        IndexError,
        "lookup index 1 is not one of 0 to 0",
    ),
    "another state": (
        lambda: of(lambda s, x: ([s], x)).verify_scan(0.0, [1.0]),
        TypeError,
        "scan needs a new state of the structure of the old one",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_scan_is_not_verified(name: str) -> None:
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call()
