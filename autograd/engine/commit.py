"""Changing many objects at once: all of them or none, even where Ctrl-C comes in between."""

from collections import deque
from collections.abc import Iterable
from itertools import starmap
from typing import Any

_set = object.__setattr__  # of a slot or an attribute; no code of a property or a subclass runs


def commit(changes: Iterable[tuple[object, str, Any]]) -> None:
    """Make every change: an object, the name of an attribute, and what it becomes.

    Python handles a signal between two steps of its own, never within a call into C, and the
    changes are one such call. What they are is worked out before the first is made.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(1.0), Value(2.0)
        >>> commit([(a, "grad", 3.0), (b, "grad", 4.0)])
        >>> a.grad, b.grad
        (3.0, 4.0)
    """
    known = list(changes)
    deque(starmap(_set, known), maxlen=0)
