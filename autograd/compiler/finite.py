"""Strict calls: where a compiled function first makes a nan or an inf.

A compiled call makes no nodes that `strict` could see. So the function is recorded once more, with
the numbers of the call, and they are looked at as they are made. The formula of a derivative may
have an infinite part that it does not take; so inside one they count only if a result is not
finite.
"""

import math
from collections.abc import Sequence
from typing import Any

from ..engine.collector import without_collector
from ..engine.errors import NonFiniteError
from ..transforms.samples import number_of
from ..transforms.strict import raise_if_made
from ..transforms.vmap import as_loops
from .binding import Function
from .call_structure import numbers_in
from .ir.stages import trace
from .sample_blocks import sample_at
from .scan import STEPS, call_of_step
from .scan_state import in_order
from .source_lines import sweep_around
from .verified import numbers_and_nodes, numbers_in_results


class _Looker:
    """Looks at the numbers of nodes as they are made.

    Attributes:
        in_derivative: the first error inside a derivative, None if there was none.
    """

    def __init__(self) -> None:
        self.in_derivative: NonFiniteError | None = None

    def __call__(self, node: Any) -> None:
        """Raise for a nan or an inf that the node made, or keep the error for later."""
        try:
            raise_if_made(node)
        except NonFiniteError as error:
            if sweep_around() is None:
                raise
            self.in_derivative = self.in_derivative or error

    def check(self, results: Any) -> None:
        """Raise what was kept if a result is not finite."""
        if self.in_derivative and not all(map(math.isfinite, numbers_in_results(results))):
            raise self.in_derivative


def check_call(f: Function, args: Sequence[Any], names: Sequence[str], results: Any) -> None:
    """Raise if `f` makes a nan or an inf of these arguments.

    Raises:
        NonFiniteError: names the op, its operands, and the user's source line.
    """
    looker = _Looker()
    with without_collector():
        trace(as_loops()(f), args, names, numbers_in(args, names), looker)
    looker.check(results)


def check_scan(f: Function, state: Any, data: Any, count: int, results: Any) -> None:
    """Check the steps of a scan, of which there are `count`, as `check_call` checks a call."""
    numbers = numbers_in([state], ["state"])
    looker = _Looker()
    for i in range(count):
        step = call_of_step(f, state, sample_at(i, data, STEPS))
        numbers += numbers_in(step.args[1:], step.names[1:])
        with without_collector():
            _, made, _ = trace(as_loops()(step.f), step.args, step.names, numbers, looker)
        numbers = [number_of(x) for x in numbers_and_nodes(in_order(made.output[0], state))]
    looker.check(results)
