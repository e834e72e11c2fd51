"""Part of an audit: where the first nan or inf in a loss, or in its gradients, came from."""

import math
from collections.abc import Iterator

from autograd.graph import edges, product
from autograd.node import Node
from autograd.show.text import counted, decimal
from autograd.show.words.naming import names_of
from autograd.show.words.term import computed_from
from autograd.teach.findings import Finding
from autograd.teach.sample import Sample, place, with_numbers

SHOWN = 8  # nodes on the way of a nan or inf that are written out


class NotFinite:
    """Where the first nan or inf in a loss or its gradients came from."""

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
        """The first of them, and how many losses have one."""
        if self._first is not None:
            count = counted(self._count, "loss", "losses")
            yield self._first._replace(what=f"{self._first.what} (in {count})")


def _in_loss(sample: Sample) -> Finding:
    """Back from the loss, along operands that are nan or inf, to where there is none."""
    node = sample.order[-1]
    kind = "nan" if node._data != node._data else "inf"
    way = [node]
    while True:
        bad = [
            x
            for x, was in zip(node.operands, node.recorded, strict=True)
            if isinstance(x, Node) and not math.isfinite(was)
        ]
        if not bad:
            break
        node = next((x for x in bad if x._data != x._data), bad[0])
        way.append(node)
    way.reverse()
    made = "it was given as" if node.op is None else f"{with_numbers(node)} made"
    names = names_of(sample.order)
    shown = [
        f"{names[x]} = {computed_from(x, names)}" if x.op is not None else names[x] for x in way
    ]
    if len(shown) > SHOWN:
        left_out = f"… {len(shown) - SHOWN:,} more …"
        shown = [*shown[: SHOWN // 2], left_out, *shown[-SHOWN // 2 :]]
    return Finding(
        kind,
        place(node),
        f"{made} {decimal(node._data)}, which reached the loss: {' → '.join(shown)}",
        "keep the operands where the op is finite; `with strict():` raises at the source line",
        tuple(way),
    )


def _in_gradients(sample: Sample) -> Finding:
    """The first contribution, or sum of them, that is nan or inf."""
    names = names_of(sample.order)
    for node in reversed(sample.order):
        upstream, op = sample.gradients[node], node.op
        if not math.isfinite(upstream):
            what = f"the contributions to {names[node]} add up to {decimal(upstream)}"
            return _gradient_finding(upstream, node, what)
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
                return _gradient_finding(flow, node, what)
    raise AssertionError("a gradient that is not finite has a contribution that is not")


def _gradient_finding(found: float, node: Node, what: str) -> Finding:
    return Finding(
        "nan" if found != found else "inf",
        f"the gradient at {place(node)}",
        what,
        "keep the operands away from where the derivative is infinite, or clip",
        (node,),
    )
