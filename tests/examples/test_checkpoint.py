"""A checkpoint: a training that goes on from it is the one that never ended, bit for bit."""

import json
from pathlib import Path
from typing import Any

import pytest

from autograd import StateDictError, compile, random
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.optim import Adam, Schedule, cosine_lr
from examples.checkpoint import read_checkpoint, write_checkpoint
from tests.bits import bits

STEPS = 6


def made(seed: int) -> dict[str, Any]:
    model = MLP(2, [3, 1], rng=seed)
    optimizer = Adam(model, 0.1)
    schedule = Schedule(optimizer, cosine_lr(STEPS))
    return {"model": model, "optimizer": optimizer, "schedule": schedule}


def step(state: Any, key: Any) -> tuple[Any, Any]:
    """A step on a sample at random, with inputs that are left out at random."""
    model, optimizer, schedule = state
    for_sample, for_dropout = random.split(key)
    x = random.normal(for_sample, 2)
    kept = random.bernoulli(for_dropout, 0.5, 2)
    optimizer.zero_grad()
    loss = mse_loss(model([2.0 * k * xi for k, xi in zip(kept, x, strict=True)]), x[0] * x[1])
    loss.backward()
    optimizer.step()
    schedule.step()
    return state, loss


def learned(parts: dict[str, Any], key: float, steps: range, compiled: bool) -> list[str]:
    """The losses of these steps, each with a key of its own."""
    state = tuple(parts.values())
    keys = [random.fold_in(key, i) for i in steps]
    if compiled:
        return bits(compile(step).scan(state, keys)[1])
    return bits([step(state, one)[1] for one in keys])


@pytest.mark.parametrize("compiled", [False, True], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("done", range(1, STEPS))
def test_a_training_that_goes_on_gives_the_losses_of_one_that_never_ended(
    done: int, compiled: bool, tmp_path: Path
) -> None:
    whole = learned(made(0), random.key(7), range(STEPS), compiled)
    parts = made(0)
    before = learned(parts, random.key(7), range(done), compiled)
    write_checkpoint(tmp_path / "c.json", parts, key=random.key(7), done=done)
    other = made(1)
    key, start = read_checkpoint(tmp_path / "c.json", other, "key", "done")
    after = learned(other, key, range(int(start), STEPS), compiled)
    assert before + after == whole


def test_the_file_is_a_flat_object_of_numbers(tmp_path: Path) -> None:
    parts = made(0)
    write_checkpoint(tmp_path / "c.json", parts, key=5.0)
    entries = json.loads((tmp_path / "c.json").read_text())
    assert entries["key"] == 5.0
    assert entries["model.layers.1.neurons.0.bias"] == 0.0
    assert entries["optimizer.steps"] == entries["schedule.steps"] == 0.0
    assert len(entries) == 1 + sum(len(part.state_dict()) for part in parts.values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"optimizer.steps": None}, "does not fit the checkpoint; missing: 'optimizer.steps'"),
        ({"key": None}, "missing: 'key'"),
        ({"other": 1.0}, "extra: 'other'"),
        ({"schedule.steps": -1.0}, "'steps' should be a whole number of steps, is -1.0"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(
    change: dict[str, float | None], words: str, tmp_path: Path
) -> None:
    path, parts = tmp_path / "c.json", made(1)
    write_checkpoint(path, made(0), key=5.0)
    entries = json.loads(path.read_text()) | change
    path.write_text(json.dumps({name: x for name, x in entries.items() if x is not None}))
    before = bits([part.state_dict() for part in parts.values()])
    with pytest.raises(StateDictError) as caught:
        read_checkpoint(path, parts, "key")
    assert words in str(caught.value)
    assert caught.value.__notes__ == [f"while loading {path}"]
    assert bits([part.state_dict() for part in parts.values()]) == before
