"""Sentences about nan and inf in a chain rule: the place where they arise, and the reason."""

import math
from collections.abc import Mapping, Sequence

from ...engine.node import Node
from ...engine.op import ONE
from .derivation import local_derivative
from .equations import TIMES, Equation, Symbols, join_numbers
from .notation import write_number, write_result
from .paths import Arrival, Path, PathStep, flow
from .term import Term, node_named, numeral

MOST_NAMED = 4  # operands whose numbers are shown for a derivative that is nan
NO_SUM = "∞ and −∞, which have no sum"


def in_path(symbols: Symbols, place: int, path: Path) -> list[str]:
    """A sentence about the first inf and the first nan on a path, if there are any."""
    upstream, causes = ONE, list[str]()
    for node, step in zip(path.nodes, path.steps, strict=False):
        downstream = flow(node, upstream, step)
        new = downstream != downstream if causes else not math.isfinite(downstream)
        if new or not (causes or math.isfinite(step.local)):
            causes.append(_cause(symbols, node, step, upstream))
        if downstream != downstream:  # and stays nan
            break
        upstream = downstream
    return [f"Path {place}: {', and then '.join(causes)}."] if causes else []


def in_sum(products: Sequence[float], gradient: float) -> list[str]:
    """A sentence about a sum that is nan though no term is."""
    if gradient == gradient or any(x != x for x in products):
        return []
    return [f"Among the products are {NO_SUM}."]


def in_nodes(between: Sequence[Node], upstream: Mapping[Node, float]) -> list[Node]:
    """The first node with a gradient of inf or nan, and the first with nan."""
    odd = [node for node in between if not math.isfinite(upstream[node])]
    nan = [node for node in odd if upstream[node] != upstream[node]]
    return list(dict.fromkeys(odd[:1] + nan[:1]))


def in_gradient(
    symbols: Symbols, node: Node, arriving: Sequence[Arrival], upstream: Mapping[Node, float]
) -> str:
    """A sentence with the reason why the gradient of such a node is inf or nan."""
    found = upstream[node]
    first = f"{symbols.gradient(node).text} is the first that is {write_result(found).text}"
    for user, step in arriving:
        reaching = flow(user, upstream[user], step)
        if reaching != reaching if found != found else not math.isfinite(reaching):
            return f"{first}: {_cause(symbols, user, step, upstream[user])}."
    if found != found:
        return f"{first}: what reaches it is {NO_SUM}."
    return f"{first}: the sum of what reaches it grows beyond 1.8e308."


def _cause(symbols: Symbols, node: Node, step: PathStep, upstream: float) -> str:
    """The reason why the contribution of an edge is nan or inf, or is not."""
    derivative, downstream = symbols.local(node, step), flow(node, upstream, step)
    local = Equation(derivative, write_result(step.local)).text
    if step.local != step.local:
        formula, numbers = _formula(symbols, node, step)
        return f"{derivative.text}{formula} is nan{numbers}"
    if math.isfinite(downstream):
        return f"{local}, but an upstream of 0 passes exactly 0 on there, whatever the derivative"
    if downstream != downstream:
        product = join_numbers(TIMES, [upstream, step.local]).text
        if math.isinf(step.local):
            return f"{local} makes the product nan. {product} has no value"
        return f"{product} is nan at {derivative.text}"
    if math.isfinite(step.local) and math.isfinite(upstream):
        return f"the product grows beyond 1.8e308 at {local}"
    return f"{local} makes the product {write_result(downstream).text}"


def _formula(symbols: Symbols, node: Node, step: PathStep) -> tuple[str, str]:
    """The formula of a local derivative in the names of the graph, and their numbers."""
    assert node.op is not None
    operands = list(zip(node.operands, node.recorded, strict=True))
    if len(operands) > MOST_NAMED:
        return "", ""
    terms: list[Term] = [
        node_named(x, symbols.names[x], was) if isinstance(x, Node) else numeral(x)
        for x, was in operands
    ]
    slots = [slot for slot, (x, _) in enumerate(operands) if x is step.operand]
    try:
        found = local_derivative(node.op, slots[max(step.use - 1, 0)], terms)[1]
    except Exception:  # a user's rule may raise anything
        return "", ""
    if found is None or found.is_number:
        return "", ""
    numbers = {
        symbols.name(x).text: write_number(was).text for x, was in operands if isinstance(x, Node)
    }
    at = ", ".join(f"{name} = {number}" for name, number in numbers.items())
    return f" = {found}", f" at {at}"
