"""A profile has each group of a call once, with the lines it comes from, and changes nothing."""

from typing import Any

import numpy as np
import pytest

from autograd import dot, nn, optim, tanh, value_and_grad, vmap
from autograd.compiler import compile, profile_run
from autograd.compiler.profiled import Profile
from autograd.compiler.source_lines import NOWHERE


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_run, "SHARE", 0.001)
    monkeypatch.setattr(profile_run, "MOST_REPEATS", 2)


def hidden(w: Any, x: Any) -> Any:
    return [tanh(dot(row, x)) for row in w]


def loss(w: Any, x: Any) -> Any:
    first, second = hidden(w, x)
    return first * second


def lines(profile: Profile) -> set[str]:
    """The lines without file and number, with the ∂ before them."""
    told = {line for group in profile.groups for line in group.lines}
    return {"∂ " * line.startswith("∂") + (line.partition(": ")[2] or line) for line in told}


W, XS = [[0.5, -1.0], [1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
HIDDEN, LOSS = "return [tanh(dot(row, x)) for row in w]", "return first * second"


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_a_call_is_profiled_by_every_backend(backend: str) -> None:
    profile = compile(value_and_grad(loss), backend=backend).profile(W, XS[0])
    told = sorted(group.what for group in profile.groups)
    assert "2 × tanh(v)" in told
    assert "2 × Σ2 v·v" in told
    assert lines(profile) >= {HIDDEN, LOSS, f"∂ {HIDDEN}"}
    assert profile.call > 0.0
    assert all(sum(group.lines.values()) == pytest.approx(1.0) for group in profile.groups)
    assert {"tanh", "sum"} <= {group.kernels.partition(",")[0] for group in profile.groups}


@pytest.mark.parametrize("arrays", [False, True])
@pytest.mark.parametrize("reduce", [None, "mean"])
def test_a_batch_is_profiled_step_by_step(reduce: str | None, arrays: bool) -> None:
    batch = compile(vmap(value_and_grad(loss), (None, 0), reduce))
    args = (np.array(W), np.array(XS)) if arrays else (W, XS)
    profile = batch.profile(*args)
    told = [group.what for group in profile.groups]
    assert "the samples, brought in" in told
    assert "2 × tanh(v)" in told
    assert lines(profile) >= {HIDDEN, LOSS, f"∂ {HIDDEN}", NOWHERE}


def test_a_batch_inside_has_its_lines_too() -> None:
    def mean(w: Any, xs: Any) -> Any:
        return vmap(loss, (None, 0), "mean")(w, xs) * 2.0

    profile = compile(mean, backend="python").profile(W, XS)
    assert lines(profile) >= {HIDDEN, LOSS, 'return vmap(loss, (None, 0), "mean")(w, xs) * 2.0'}


def test_a_training_step_leaves_its_model_as_it_is() -> None:
    def train(model: Any, optimizer: Any, x: Any) -> Any:
        optimizer.zero_grad()
        error = model(x) ** 2
        error.backward()
        optimizer.step()
        return error

    model = nn.Neuron(2, rng=0)
    before = model.state_dict()
    profile = compile(train, backend="python").profile(model, optim.SGD(model, lr=0.1), [1.0, 2.0])
    assert model.state_dict() == before
    assert "∂ error = model(x) ** 2" in lines(profile)


def test_a_function_that_computes_nothing_has_no_groups() -> None:
    profile = compile(lambda x: x, backend="python").profile(1.0)
    assert profile.groups == []
