"""A checkpoint: all that a training needs to go on, in one JSON file.

    write_checkpoint(path, {"model": model, "optimizer": optimizer}, key=key, epoch=epoch)
    key, epoch = read_checkpoint(path, {"model": model, "optimizer": optimizer}, "key", "epoch")

A state is a flat dict of numbers, so a checkpoint is one too: that of each part, with the name of
the part before each name, as in ``"optimizer.steps"``, and a few numbers more. The numbers come
back bit for bit, and the training goes on as if it had never ended.
"""

import os
from collections.abc import Mapping
from typing import Any, Protocol

from autograd import StateDictError
from autograd.nn import state_dict as states


class Part(Protocol):
    """What has a state: a Module, an optimizer, a Schedule."""

    def state_dict(self) -> dict[str, float]:
        """Its numbers by name."""

    def load_state_dict(self, state: Mapping[str, float], /) -> Any:
        """Take over the numbers of another one."""


def write_checkpoint(
    path: str | os.PathLike[str], parts: Mapping[str, Part], **numbers: float
) -> None:
    """Write the parts and the numbers to a file, which is replaced as a whole or not at all."""
    state = dict(numbers)
    for name, part in parts.items():
        state |= {f"{name}.{entry}": x for entry, x in part.state_dict().items()}
    states.write(path, state)


def read_checkpoint(
    path: str | os.PathLike[str], parts: Mapping[str, Part], *numbers: str
) -> list[float]:
    """Give the parts their numbers from a file, and return the other numbers that it has.

    Args:
        path: the file.
        parts: those that were written, a schedule after its optimizer, whose rate it sets.
        numbers: the names of the other numbers.

    Raises:
        StateDictError: if the file does not fit. Nothing has changed.
    """
    before = {name: part.state_dict() for name, part in parts.items()}
    wanted = [f"{name}.{entry}" for name, state in before.items() for entry in state]
    try:
        found = states.match_names("checkpoint", [*numbers, *wanted], states.read(path))
        for name, part in parts.items():
            part.load_state_dict({entry: found[f"{name}.{entry}"] for entry in before[name]})
    except StateDictError as error:
        for name, part in parts.items():
            part.load_state_dict(before[name])
        error.add_note(f"while loading {os.fspath(path)}")
        raise
    return [found[name] for name in numbers]
