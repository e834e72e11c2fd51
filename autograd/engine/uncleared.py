"""The hint that gradients were not cleared: an optimizer stepped with them, backward adds more."""

import warnings
from collections.abc import Sequence
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


def hint(nodes: Sequence[Node], grads: Sequence[Any]) -> None:
    """Warn, once, if backward has added to one of these `grads` that a step had used before.

    A gradient that was cleared, or assigned anew, is another object than the one remembered.
    """
    if not nodes or not _used:
        return
    before = dict(zip(nodes, grads, strict=True))
    for optimizer, (parameters, used) in list(_used.items()):
        if any(grad and before.get(p) is grad for p, grad in zip(parameters, used, strict=True)):
            _told.add(optimizer)
            del _used[optimizer]
            warnings.warn(
                f"backward() adds to gradients that {type(optimizer).__name__} has stepped with: "
                "call optimizer.zero_grad() after each step; or, if they are to add up, switch "
                "this hint off: warnings.simplefilter('ignore', autograd.UnclearedGradientWarning)",
                UnclearedGradientWarning,
                stacklevel=4,
            )
