"""The hint that a loss may lose a gradient, where a derivative in it was a plain number.

At plain numbers ``grad(f)`` gives plain numbers, also where `f` has Values from elsewhere, such as
the parameters of a model. Nothing flows through them. That is what is wanted, but for a loss that
holds the derivative. Which of the two it is shows once a pass reaches those Values.
"""

import warnings
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any
from weakref import ref

from ..engine import calculus as c
from ..engine.errors import LostGradientWarning
from ..engine.graph import topological_order
from ..engine.hints import hints, reference
from ..engine.node import Node
from ..engine.value import Leaf
from ..engine.watching import forgetting
from .function_names import name_of
from .places import Place, place_at, user_frame
from .strict import levels_to_user
from .trees import flatten

_LINEAR = {c.add, c.sub, c.neg, c.sum, c.identity}  # whose derivatives no operand is in
# By its id the code of a function, or the class of what is called: each is looked at once.
_looked_at: dict[int, "ref[Any]"] = {}


class PlainResults:
    """A derivative in plain numbers, which depends on a Value from elsewhere.

    Args:
        what: the transform and the function.
        place: where it was called.
        leaf: the Value.
    """

    def __init__(self, what: str, place: Place | None, leaf: Node) -> None:
        self._what, self._place, self._leaf = what, place, ref(leaf)

    def nodes(self) -> list[Node]:
        """The Value."""
        leaf = self._leaf()
        return [] if leaf is None else [leaf]

    def look(self, reached: Collection[Node]) -> None:
        """Warn, once, of a pass that reaches the Value."""
        leaf = self._leaf()
        if leaf is None or leaf not in reached:
            return
        hints.pop(reference(leaf), None)
        place = f" ({self._place})" if self._place else ""
        warnings.warn(
            f"{self._what} at plain numbers{place} gave plain numbers, and no gradient flows "
            f"through them to Values that the function has from elsewhere, such as {leaf!r}: if "
            "this loss holds them, pass Values, as in grad(f)(Value(x)); if not, take them inside "
            "no_grad(), which says so",
            LostGradientWarning,
            stacklevel=levels_to_user(),
        )


def look_at_plain_results(f: Any, name: str, inputs: Iterable[Node], output: Any) -> None:
    """Let a hint come if a pass reaches what the derivatives of an output depend on besides.

    Args:
        f: the function, at the first run of which outside of `no_grad` this is done.
        name: the transform.
        inputs: what it is differentiated by.
        output: what it gave, with anything that is no node besides.
    """
    function = f
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", type(function))
    key = id(code)
    if key in _looked_at or forgetting():
        return
    _looked_at[key] = ref(code, lambda _: _looked_at.pop(key, None))
    outputs = [x for x in flatten(output, f"{name}: the result")[0] if isinstance(x, Node)]
    leaf = _leaf_in_derivatives(set(inputs), outputs)
    if leaf is not None:
        frame = user_frame()
        place = place_at(frame.f_code.co_filename, frame.f_lineno) if frame else None
        hints[reference(leaf)] = PlainResults(f"{name} of {name_of(f)}", place, leaf)


def _leaf_in_derivatives(inputs: set[Node], outputs: Iterable[Node]) -> Node | None:
    """A leaf besides the inputs that the derivatives by the inputs depend on, None if none is.

    That is so where an op that is not linear is applied to what is computed from both.
    """
    by_inputs, by_leaf = set(inputs), dict[Node, Node]()
    orders = [topological_order(x, c.fixed) for x in outputs]
    for node in dict.fromkeys(chain.from_iterable(orders)):
        if node.op is None:
            # What was made inside `no_grad` is no Leaf: no pass goes on from it.
            if isinstance(node, Leaf) and node not in inputs and not node.is_constant:
                by_leaf[node] = node
            continue
        operands = [x for x in node.operands if isinstance(x, Node)]
        leaf = next((by_leaf[x] for x in operands if x in by_leaf), None)
        is_by_inputs = not by_inputs.isdisjoint(operands)
        if leaf is not None and is_by_inputs and node.op not in _LINEAR:
            return leaf
        if leaf is not None:
            by_leaf[node] = leaf
        if is_by_inputs:
            by_inputs.add(node)
    return None
