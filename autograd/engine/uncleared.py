"""The hint that gradients were not cleared: an optimizer stepped with them, backward adds more."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from .errors import UnclearedGradientWarning
from .node import Node

_used: WeakKeyDictionary[Any, tuple[Sequence[Node], list[Any]]] = WeakKeyDictionary()
_told: WeakSet[Any] = WeakSet()  # one hint for each optimizer is enough


def note_step(optimizer: Any, parameters: Sequence[Node]) -> None:
    """Remember the gradients that the optimizer just stepped with."""
    if optimizer not in _told:
        _used[optimizer] = parameters, [p.grad for p in parameters]


def hint(found: Mapping[Node, Any]) -> None:
    """Warn, once, if a pass adds what it `found` to a gradient that a step has used before.

    A gradient that was cleared, or assigned anew, is another object than the one remembered.
    """
    for optimizer, (parameters, used) in list(_used.items()) if _used else ():
        pairs = zip(parameters, used, strict=True)
        if any(grad and p.grad is grad and p in found for p, grad in pairs):
            _told.add(optimizer)
            del _used[optimizer]
            warnings.warn(
                f"backward() adds to gradients that {type(optimizer).__name__} has stepped with: "
                "call optimizer.zero_grad() after each step; or, if they are to add up, switch "
                "this hint off: warnings.simplefilter('ignore', autograd.UnclearedGradientWarning)",
                UnclearedGradientWarning,
                stacklevel=4,
            )
