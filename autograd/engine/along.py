"""The chain rule along a tape: through the nodes of a part of a graph."""

from collections.abc import Sequence
from typing import Any

from .graph import flow_back
from .native import natively
from .node import Node


@natively
def flow_along(found: dict[Node, Any], tape: Sequence[Node]) -> None:
    """Add to the gradients `found` so far what flows back through the nodes of a tape.

    Args:
        found: the gradients, in numbers.
        tape: nodes, operands before results; of nodes that are not on it nothing flows on.

    Example:
        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> squared = x * x
        >>> found = {squared: 1.0}
        >>> flow_along(found, [squared])
        >>> found[x]
        6.0
    """
    flow_back(found, reversed(tape), connected=False)


@natively
def flow_connected(found: dict[Node, Any], tape: list[Node]) -> None:
    """Add what flows back through a tape to gradients that can be differentiated again.

    Args:
        found: the gradients, as nodes.
        tape: nodes, operands before results.
    """
    flow_back(found, reversed(tape), connected=True)
