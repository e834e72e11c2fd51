"""A case: one program at one size, in both forms; and what the files of programs share."""

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Scalar = Any  # a number, or a Value while it is recorded
Vector = list[Scalar]
Array = np.ndarray[Any, np.dtype[np.float64]]
Call = Callable[[], Any]  # computes everything once


class Case(NamedTuple):
    """One program at one size.

    Attributes:
        name: what the tables call it.
        ours: makes the data and the compiled function, and gives a call of it.
        theirs: the same in JAX.
        at_least: how many times as fast as JAX this has to be; None for any number.
        aim: and how many it should be.
        microseconds: how long a call may take, and what it aims at; None for any time.
        seconds: how long the first call may take, and what it aims at; None for any time.
        megabytes: how much memory it may take; None for any.
        in_their_structure: brings the results into the structure of JAX, before they are compared.
        rival: what it is timed beside, where that is not JAX.
    """

    name: str
    ours: Callable[[], Call]
    theirs: Callable[[], Call]
    at_least: float | None
    aim: float | None
    microseconds: tuple[float, float] | None = None
    seconds: tuple[float, float] | None = None
    megabytes: float | None = None
    in_their_structure: Callable[[Any], Any] = lambda results: results
    rival: str = "JAX"


def jax_with_doubles() -> tuple[Any, Any]:
    """JAX and its numpy, with numbers as precise as Python's."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    return jax, importlib.import_module("jax.numpy")


def on_device(jax: Any, tree: Any) -> Any:
    """The same structure with arrays of JAX, as one keeps them between calls."""
    return jax.tree.map(importlib.import_module("jax.numpy").asarray, tree)


def ready(jax: Any, function: Callable[..., Any], *arguments: Any) -> Call:
    """A call of a function of JAX on arrays of its own that waits for the results."""
    given = on_device(jax, arguments)
    return lambda: jax.block_until_ready(function(*given))
