"""Assignment: what a gradient may be, and how a leaf gets a new number while it is recorded.

Outside of a recording a leaf's number is just replaced (`commit.py`). Inside, the recording has to
know from where on the leaf stands for another node: ``assign(leaf, new)`` notes it there.
"""

from contextvars import ContextVar
from typing import Any

from .numbers import UNREACHED as UNREACHED, number
from .op import Op
from .staleness import Dated

# The product is a float of its own, by which the leaf is known to have moved on.
assign: Op = Op("assign", lambda leaf, new: new * 1.0, derivatives=lambda xs, out: [None, None])


def as_gradient(given: Any) -> Any:
    """What was given as a gradient: a number, which is held as a float, a Value or None.

    Raises:
        TypeError: for anything else, with what to do instead.
        ValueError: for an int that no float can hold.
    """
    if given is None or given is UNREACHED or isinstance(given, Dated):
        return given
    return number(given, "a gradient")


# The body of a batch or a scan that is recorded, which keeps gradients that are given to nodes
# outside of it (`transforms/bodies.py`); None elsewhere.
recorded_body: ContextVar[Any] = ContextVar("recorded_body", default=None)
