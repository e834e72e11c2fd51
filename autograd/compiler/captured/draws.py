"""Draws: random numbers that a function takes while it is recorded, which are refused.

A generator that the function can reach, or that the whole program shares, has another state
afterwards. A new one of the function's own is allowed if it is seeded, for then it gives the same
numbers at every call of the function as it stands.
"""

import os
import pickle
import random
import sys
import threading
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, nullcontext
from types import FrameType, ModuleType
from typing import Any

from ...engine.errors import TracedValueError

OWN_THREADS = "autograd"  # how names of threads of this library begin, which draw nothing

# Code that makes a generator, or asks the system for random numbers, names one of these.
_MAKERS = {
    "Random",
    "RandomState",
    "SeedSequence",
    "SystemRandom",
    "default_rng",
    "secrets",
    "seed",
    "token_bytes",
    "urandom",
    "uuid4",
}


def is_generator(x: Any) -> bool:
    """Whether `x` is a generator of random numbers with a state, of Python or of numpy."""
    if isinstance(x, random.Random):
        return not isinstance(x, random.SystemRandom)
    ours = hasattr(x, "bit_generator") or hasattr(x, "set_state")
    return ours and type(x).__module__.startswith("numpy.random")


def shared_by(module: ModuleType) -> dict[str, Any]:
    """By name, the generator that all functions of a module share, if it is such a module."""
    if module is random:
        return {"random": random.random.__self__}  # type: ignore[attr-defined]
    if module.__name__ in ("numpy", "numpy.random"):
        import numpy.random

        return {"numpy.random": numpy.random.random.__self__}  # type: ignore[attr-defined]
    return {}


@contextmanager
def refusing_draws(reached: Mapping[str, Any], names: Set[str]) -> Iterator[None]:
    """Raise if the block draws from these generators, or from those that all functions share.

    Args:
        reached: by name the generators that the function can reach.
        names: those that its code reads.

    Raises:
        TracedValueError: naming the generator, whose state is then what it was before.
    """
    generators = dict(reached)
    if not _others_may_draw():
        for module in filter(None, map(sys.modules.get, ("random", "numpy.random"))):
            generators = shared_by(module) | generators
    before = {name: _state(x) for name, x in generators.items()}
    with _refusing_entropy() if names & _MAKERS else nullcontext():
        yield
    for name, x in generators.items():
        if _state(x) != before[name]:
            _restore(x, before[name])
            raise _refusal(f"draws random numbers from {name}")


def _others_may_draw() -> bool:
    """Whether threads of somebody else run, which may draw from what all share meanwhile."""
    current = threading.current_thread()
    others = (thread for thread in threading.enumerate() if thread is not current)
    return not all(thread.name.startswith(OWN_THREADS) for thread in others)


def _state(x: Any) -> bytes:
    if isinstance(x, random.Random):
        return pickle.dumps(x.getstate())
    return pickle.dumps(x.bit_generator.state if hasattr(x, "bit_generator") else x.get_state())


def _restore(x: Any, state: bytes) -> None:
    found = pickle.loads(state)
    if isinstance(x, random.Random):
        x.setstate(found)
    elif hasattr(x, "bit_generator"):
        x.bit_generator.state = found
    else:
        x.set_state(found)


@contextmanager
def _refusing_entropy() -> Iterator[None]:
    """Raise where the block asks the system for random numbers, as an unseeded generator does."""

    def look(frame: FrameType, event: str, called: Any) -> None:
        unseeded = event == "call" and frame.f_code is random.Random.seed.__code__
        if called is os.urandom or (unseeded and frame.f_locals.get("a") is None):
            raise _refusal("takes random numbers from the system, as a generator without seed does")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


def _refusal(what: str) -> TracedValueError:
    return TracedValueError(
        f"the function {what}, and the recording would repeat them at every call: pass a key and "
        "draw from that, as in autograd.random.uniform(key), which gives new numbers for each new "
        "key; or draw before the call and pass the numbers in, or make a generator with a seed "
        "inside"
    )
