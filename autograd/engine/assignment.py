"""Assignment: how a function that is recorded gives a leaf a new number, or a gradient.

Outside of a recording a leaf's number is just replaced (`commit.py`). Inside, the recording has to
know from where on the leaf stands for another node: ``assign(leaf, new)`` notes it there.
"""

from contextvars import ContextVar
from typing import Any

from .op import Op

# The product is a float of its own, by which the leaf is known to have moved on.
assign: Op = Op("assign", lambda leaf, new: new * 1.0, derivatives=lambda xs, out: [None, None])

# The body of a batch or a scan that is recorded, which keeps gradients that are given to nodes
# outside of it (`transforms/bodies.py`); None elsewhere.
recorded_body: ContextVar[Any] = ContextVar("recorded_body", default=None)
