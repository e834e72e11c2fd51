"""The hint that gradients were not cleared: an optimizer stepped with them, backward adds more."""

import warnings
from collections.abc import Container, Sequence
from typing import Any
from weakref import ReferenceType, WeakSet, ref

from .errors import UnclearedGradientWarning
from .node import Node

# For each optimizer, its parameters and the gradients that it used. A dict of references, for it is
# copied in one step, which another thread cannot split.
used: dict[ReferenceType[Any], tuple[Sequence[Node], list[Any]]] = {}
_told: WeakSet[Any] = WeakSet()  # one hint for each optimizer is enough


def note_step(optimizer: Any, parameters: Sequence[Node]) -> None:
    """Remember the gradients that the optimizer just stepped with."""
    if optimizer not in _told:
        forget: Any = used.pop
        key = ref(optimizer, lambda gone: forget(gone, None))
        used[key] = parameters, [p.grad for p in parameters]


def may_warn() -> bool:
    """Whether a gradient is there that a step has used, so that a pass may have to warn."""
    return any(
        grad and p.grad is grad
        for parameters, gradients in list(used.values())
        for p, grad in zip(parameters, gradients, strict=True)
    )


def warn_if_uncleared(found: Container[Node], stacklevel: int = 5) -> None:
    """Warn, once, if a pass adds what it `found` to a gradient that a step has used before.

    A gradient that was cleared, or assigned anew, is another object than the one remembered.

    Args:
        found: the nodes.
        stacklevel: how far the line of the user's code is.
    """
    for key, (parameters, gradients) in list(used.items()) if used else ():
        optimizer = key()
        pairs = zip(parameters, gradients, strict=True)
        added = any(grad and p.grad is grad and p in found for p, grad in pairs)
        if added and optimizer is not None:  # another thread may just have dropped the last one
            _told.add(optimizer)
            used.pop(key, None)
            warnings.warn(
                f"backward() adds to gradients that {type(optimizer).__name__} has stepped with: "
                "call optimizer.zero_grad() after each step; or, if they are to add up, switch "
                "this hint off: warnings.simplefilter('ignore', autograd.UnclearedGradientWarning)",
                UnclearedGradientWarning,
                stacklevel=stacklevel,
            )
