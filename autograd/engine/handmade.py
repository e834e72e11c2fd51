"""Support for micrograd and microgpt scripts: nodes made by hand, and the names they read.

A node made by hand is ``Value(data, children, …)``. microgpt gives a number for each child, the
local derivative; micrograd gives the sign of the operation, and keeps the derivative in a closure
that no other code sees.
"""

from collections.abc import KeysView, Mapping, Sequence
from typing import Any

from .errors import NoDerivativeError, TracedValueError
from .node import Node
from .numbers import number
from .op import Carrier, Op

NONE: Any = ()
FORMS = (
    "write Value(data), Value(data, label='x'), Value(data, children, local_grads) with a number "
    "for each child, or Value(data, children, '+') where no gradient is asked of it; children is "
    "a tuple of Values"
)
INSTEAD = "write it with the functions of this library, or as an Op"


def make_by_hand(node: Node, made: Sequence[Any], named: Mapping[str, Any], label: str) -> str:
    """Let the new leaf `node` be computed from children, if there are any.

    Args:
        node: a leaf that nobody has seen yet.
        made: what was given behind the number: the label alone, or children, local derivatives or
            the name of the operation, and a label.
        named: the same by name, except for the label.
        label: the label, if it was given by name.

    Returns:
        The label.

    Raises:
        TypeError: for anything else, with the forms that there are.
    """
    if label:
        named = {**named, "label": label}
    if len(made) == 1 and isinstance(made[0], str) and not named:
        return made[0]
    try:
        children, how, label = _places(*made, **named)
    except TypeError as error:
        raise _not_a_form(str(error).partition("() ")[2]) from None
    if not isinstance(children, (tuple, list, set, frozenset)):
        raise _not_a_form(f"got {type(children).__name__} in the place of the children")
    for child in children:
        if not isinstance(child, Node):
            raise _not_a_form(f"got {type(child).__name__} among the children")
    name, local_grads = _operation(how, len(children))
    if children:
        _compute(node, list(children), name, local_grads)
    return label


def _places(
    children: Any = NONE,
    local_grads: Any = NONE,
    label: str = "",
    *,
    _children: Any = NONE,
    _op: Any = NONE,
) -> tuple[Any, Any, str]:
    """The children, the operation and the label, under any of the argument names in use."""
    how = _op if local_grads is NONE else local_grads
    return (_children if children is NONE else children), how, label


def _operation(how: Any, count: int) -> tuple[str, list[float] | None]:
    """The name of the operation, and its local derivatives if they are known."""
    if how is NONE or isinstance(how, str):
        return how or "by hand", None
    if not isinstance(how, (tuple, list)):
        raise _not_a_form(f"got {type(how).__name__} in the place of the local derivatives")
    if len(how) != count:
        raise _not_a_form(f"got {len(how)} local derivatives for {count} children")
    try:
        return "by hand", [number(int(x) if isinstance(x, bool) else x) for x in how]
    except TypeError as error:
        raise _not_a_form(f"takes numbers for local derivatives ({error})") from None


def _not_a_form(what: str) -> TypeError:
    return TypeError(f"Value() {what}: {FORMS}")


def _compute(
    node: Node, children: Sequence[Node], name: str, local_grads: Sequence[float] | None
) -> None:
    """Record that `node` was computed from the children, with an op of its own."""
    called = "a node made by hand" if name == "by hand" else f"a {name!r} node made by hand"
    if node.is_constant:
        raise TypeError("a constant has no children: it is a leaf, constant(data)")
    if any(child.is_traced for child in children):
        raise TracedValueError(
            f"the number of {called} would hold for this call only, but the recording serves "
            f"every call: {INSTEAD}"
        )

    unknown = (
        "give a number for each child, as in Value(data, children, local_grads), or " + INSTEAD
    )
    op = op_by_hand(name, local_grads, called, unknown)
    node.record(op, tuple(children), tuple([child._data for child in children]))


def op_by_hand(name: str, local_grads: Sequence[float] | None, called: str, unknown: str) -> Op:
    """The op of one node alone, of which only numbers are known.

    Args:
        name: how it is drawn and printed.
        local_grads: the local derivatives, if they are known.
        called: what errors call the node.
        unknown: what to do where they are asked for and not known.
    """

    def forward(*numbers: float) -> float:
        raise TypeError(f"{called} cannot be computed again, for nothing says how: {INSTEAD}")

    def derivatives(xs: Sequence[Any], out: Any) -> Sequence[float]:
        if local_grads is None:
            raise NoDerivativeError(f"{called} has no local derivatives: {unknown}")
        if isinstance(out, Carrier):
            raise NoDerivativeError(
                f"{called} has numbers for local derivatives, and no second derivative goes "
                f"through a number: {INSTEAD}"
            )
        return local_grads

    return Op(name, forward, derivatives=derivatives)


class FamiliarNames(Node):
    """The attributes of a node under the names of micrograd and microgpt."""

    __slots__ = ()

    @property
    def _prev(self) -> KeysView[Any]:
        """The parents, each once, in order: as micrograd has it."""
        return dict.fromkeys(self.parents).keys()

    @property
    def _op(self) -> str:
        """The name of the op, empty at a leaf: as micrograd has it."""
        return "" if self.op is None else self.op.name

    @property
    def _children(self) -> tuple[Any, ...]:
        """The parents: as microgpt has them."""
        return self.parents

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """The local derivative for each of the parents: as microgpt has them."""
        pairs = zip(self.operands, self.local_derivatives, strict=True)
        return tuple(local() for x, local in pairs if isinstance(x, Node))
