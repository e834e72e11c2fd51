"""An inspector of an audit: finds the origin of the first nan or inf in a loss or its gradients."""

import math
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from ...engine.graph import edges, product
from ...engine.messages import pluralize
from ...engine.node import Node
from ...show.text import decimal
from ...show.words.equations import abridge
from ...show.words.term import computed_from
from .findings import Finding
from .sample import Sample, with_numbers

SHOWN = 8  # nodes on the way of a nan or inf that are written out


class NotFinite:
    """Finds the origin of the first nan or inf in a loss or its gradients."""

    def __init__(self) -> None:
        self._first: Finding | None = None
        self._count = 0

    def look(self, sample: Sample) -> None:
        """Look for a nan or inf in the loss, then in its gradients."""
        grads = sample.gradients.values()
        if math.isfinite(sample.order[-1]._data) and all(map(math.isfinite, grads)):
            return
        self._count += 1
        if self._first is None:
            in_loss = not math.isfinite(sample.order[-1]._data)
            self._first = _in_loss(sample) if in_loss else _in_gradients(sample)

    def findings(self) -> Iterator[Finding]:
        """The first nan or inf, with the number of losses that have one."""
        if self._first is not None:
            count = pluralize(self._count, "loss", "losses")
            yield self._first._replace(what=f"{self._first.what} (in {count})")


def _in_loss(sample: Sample) -> Finding:
    """Walk back from the loss along operands that are nan or inf, to where there is none."""
    node = root = sample.order[-1]
    way = [root]
    while isinstance((bad := _cause(node)).operand, Node):
        node = bad.operand
        way.append(node)
    way.reverse()
    advice = "keep the operands where the op is finite; `with strict():` raises at the source line"
    if node.op is None:
        made, advice = "it was given as", "look where this number comes from"
    elif bad.place:
        made = (
            f"it was given {decimal(bad.number)} as operand {bad.place}, so {with_numbers(node)} is"
        )
        advice = "look where this number comes from"
    else:
        made = f"{with_numbers(node)} made"
    names = sample.names
    shown = [
        f"{names[x]} = {computed_from(x, names)}" if x.op is not None else names[x] for x in way
    ]
    shown = abridge(shown, SHOWN, str, lambda count: f"… {count:,} more …")
    return Finding(
        "nan" if math.isnan(root._data) else "inf",
        sample.describe(node),
        f"{made} {decimal(node._data)}, which reached the loss: {' → '.join(shown)}",
        advice,
        tuple(way),
    )


class Cause(NamedTuple):
    """An operand that is nan or inf: its position, counted from 1, itself, and its number."""

    place: int = 0
    operand: Any = None
    number: float = 0.0


def _cause(node: Node) -> Cause:
    """The operand that made a node nan or inf: preferably of the same kind, then a node."""
    given = map(Cause, count(1), node.operands, node.recorded)
    return min(
        (one for one in given if not math.isfinite(one.number)),
        key=lambda one: (
            math.isnan(one.number) != math.isnan(node._data),
            not isinstance(one.operand, Node),
        ),
        default=Cause(),
    )


def _in_gradients(sample: Sample) -> Finding:
    """The first contribution, or sum of contributions, that is nan or inf."""
    names = sample.names
    for node in reversed(sample.order):
        upstream, op = sample.gradients[node], node.op
        if not math.isfinite(upstream):
            what = f"the contributions to {names[node]} add up to {decimal(upstream)}"
            return _gradient_finding(upstream, sample.describe(node), node, what)
        if op is None:
            continue
        for _, parent, local in edges(node, connected=False):
            flow = product(op, upstream, local)
            if not math.isfinite(flow):
                what = (
                    f"{with_numbers(node)} has the local derivative {decimal(local)} by "
                    f"{names[parent]}, which gets {decimal(upstream)} · {decimal(local)} = "
                    f"{decimal(flow)}"
                )
                return _gradient_finding(flow, sample.describe(node), node, what)
    raise AssertionError("a gradient that is not finite has a contribution that is not")


def _gradient_finding(found: float, place: str, node: Node, what: str) -> Finding:
    return Finding(
        "nan" if found != found else "inf",
        f"the gradient at {place}",
        what,
        "keep the operands away from where the derivative is infinite, or clip",
        (node,),
    )
