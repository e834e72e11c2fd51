"""An inspector of an audit: finds parameters without a gradient, and the node that stops it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...engine import calculus as c
from ...engine.graph import product
from ...engine.messages import pluralize
from ...engine.node import Node
from ...engine.value import Value
from ...show.text import clean, decimal
from .findings import Finding
from .sample import Sample, holder, with_numbers


class Stop(NamedTuple):
    """The place where a gradient stops: `node`, and if known the edge to one of its operands."""

    node: Node
    upstream: float = 0.0
    local: float | None = 0.0
    cancels: bool = False

    def reason(self, sample: Sample) -> tuple[str, str]:
        """The reason why nothing flows further, and advice."""
        node, op = self.node, self.node.op
        where = sample.describe(node)
        if self.cancels or op is None:
            return f"the contributions to {where} add up to 0", "see whether the loss depends on it"
        if self.local is None:
            return f"{where} takes another operand", "choices train only what some sample takes"
        if set(op.rules) == {0.0}:
            advice = "put a smooth function in its place, such as sigmoid for step"
            return f"{where} is flat: its derivative is 0 everywhere", advice
        if self.local == 0.0 and op in (c.mul, c.dot):
            return f"{where} multiplies it by 0", "look where that 0 comes from"
        if self.local == 0.0:
            advice = "keep its operand where it has a slope: other weights, or another function"
            return f"{where} has the local derivative 0 at {with_numbers(node)}", advice
        flow = f"{decimal(self.upstream)} · {decimal(self.local)}"
        return f"{where} passes back {flow}, too small for a float", "scale the loss up"


def stops(sample: Sample) -> dict[Node, Stop]:
    """For each node without a gradient, the first place where it stops on the way there."""
    found: dict[Node, Stop] = {}
    for node in reversed(sample.order):
        upstream, op = sample.gradients[node], node.op
        if upstream == 0.0 and node not in found:
            found[node] = Stop(node, cancels=True)
        if op is None:
            continue
        for operand, local in zip(node.operands, node.locals(), strict=True):
            if not isinstance(operand, Node):
                continue
            if upstream == 0.0:
                found.setdefault(operand, found[node])
            elif local is None or product(op, upstream, local) == 0.0:
                found.setdefault(operand, Stop(node, upstream, local))
    return found


class Parameters:
    """Finds parameters without a gradient, and the reason."""

    def __init__(self, named: Mapping[str, Value], kinds: Mapping[str, str]) -> None:
        self._named, self._kinds = named, kinds
        self._reached: set[Node] = set()
        self._stops: dict[Node, tuple[str, str]] = {}
        self._samples = 0

    @property
    def reached(self) -> int:
        """The number of parameters that got a gradient other than 0."""
        return len(self._reached)

    def look(self, sample: Sample) -> None:
        """Note the parameters that this loss gives a gradient to."""
        self._samples += 1
        used = [x for x in self._named.values() if x in sample.gradients]
        self._reached.update(x for x in used if sample.gradients[x] != 0.0)
        new = [x for x in used if x not in self._reached and x not in self._stops]
        found = stops(sample) if new else {}
        for x in new:
            self._stops[x] = found[x].reason(sample)

    def findings(self) -> Iterator[Finding]:
        """The parameters that none of the losses gave a gradient to."""
        for name, x in self._named.items():
            if x not in self._reached:
                module = clean(holder(name, self._kinds))
                yield Finding(*self._describe(clean(name), x), module=module)

    def _describe(self, name: str, x: Value) -> tuple[str, str, str, str]:
        """The kind of a finding, its place, the fault and the advice."""
        every = pluralize(self._samples, "loss", "losses")
        if x not in self._stops:
            advice = "use it in forward, not through .data, detach() or no_grad(); or remove it"
            return "unused", name, f"takes no part in {every}", advice
        reason, advice = self._stops[x]
        few = "; one loss says little: pass data=" if self._samples == 1 else ""
        return "unreached", name, f"gradient 0 from {every}: {reason}", advice + few
