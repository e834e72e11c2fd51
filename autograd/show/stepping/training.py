"""`play_training`: a training on the page."""

from typing import Any

from .player import Player


class Training(Player):
    """An interactive training. Made by `play_training`."""


def play_training(model: Any, *args: Any, **options: Any) -> Training:
    """Train a small network, and step through every forward and backward pass of it.

    Raises:
        NotImplementedError: always: it is made anew, to run in the page.
    """
    raise NotImplementedError("play_training is made anew, to run in the page")
