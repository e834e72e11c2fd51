"""What a node of another library says of itself, under the names in use."""

from collections.abc import Collection, Mapping, Set
from numbers import Real
from types import FunctionType
from typing import Any, NamedTuple

from ...engine.messages import describe_type, pluralize
from ...engine.node import Node
from ...engine.numbers import number

OPERANDS = (
    *("_prev", "_children", "prev", "parents", "_parents", "inputs", "_inputs", "operands"),
    "children",  # last: beside `parents` it has the nodes that use this one
)
LOCAL_DERIVATIVES = ("_local_grads", "local_grads", "_local_derivatives", "local_derivatives")
OPERATION = ("_op", "op")
LABEL = ("label", "name")
BACKWARD = ("_backward", "_backward_fn", "backward_fn")
WANTED = "a tuple, list or set of the nodes that it was computed from"


class Reading(NamedTuple):
    """What was read from one object.

    Attributes:
        grad: its gradient, None if there is none.
        op: the name of what made it, empty if that is not said.
        operands: nodes of any library, and plain numbers.
        is_set: whether they came as a set, which has no order, and holds the x of x·x once.
        local_derivatives: one for each operand, None if they are not said.
        used: the operands in the order in which its backward function names them, or none.
    """

    data: float
    grad: float | None
    label: str
    op: str
    operands: tuple[Any, ...]
    is_set: bool
    local_derivatives: tuple[float, ...] | None
    used: tuple[Any, ...]


def is_foreign(x: object) -> bool:
    """Whether `x` is a node of a graph of another library: it has `data`, and says of what."""
    return (
        not isinstance(x, (Node, Real, type))
        and hasattr(x, "data")
        and any(hasattr(x, name) and not callable(getattr(x, name)) for name in OPERANDS)
    )


def describe_foreign(x: object) -> str:
    """The name of a node in error messages: its class, and its label or else its op."""
    label, op = _text(x, LABEL), _text(x, OPERATION)
    made = f" made by {op!r}" if op else ""
    return describe_type(x) + (f" {label!r}" if label else made)


def read(x: object) -> Reading:
    """Read a node of another library.

    Raises:
        TypeError, ValueError: if something under one of the names is not what it is to be.
    """
    try:
        given = _operands(x)
        is_set = isinstance(given, Set)
        return Reading(
            number(getattr(x, "data", None), "data"),
            _gradient(x),
            _text(x, LABEL),
            _text(x, OPERATION),
            tuple([float(y) if isinstance(y, Real) else y for y in given]),
            is_set,
            _local_derivatives(x, len(given), is_set),
            _used(x, given),
        )
    except (TypeError, ValueError) as error:
        raise type(error)(f"{describe_foreign(x)} cannot be read: {error}") from None


def _operands(x: object) -> Collection[Any]:
    """What a node was computed from."""
    given = _attribute(x, OPERANDS)
    if given is None:
        return ()
    if not isinstance(given, Collection) or isinstance(given, (str, bytes, Mapping)):
        name = next(name for name in OPERANDS if getattr(x, name, None) is given)
        raise TypeError(f"its {name} is {describe_type(given)}: make it {WANTED}")
    for operand in given:
        if not hasattr(operand, "data") and not isinstance(operand, Real):
            raise TypeError(
                f"{describe_type(operand)} is among its operands, which are nodes with `data`, or "
                "numbers"
            )
    return given


def _attribute(x: object, names: Collection[str]) -> Any:
    """The first of these attributes that is there, and no method."""
    for name in names:
        found = getattr(x, name, None)
        if found is not None and (isinstance(found, type) or not callable(found)):
            return found
    return None


def _text(x: object, names: Collection[str]) -> str:
    found = _attribute(x, names)
    return found if isinstance(found, str) else ""


def _gradient(x: object) -> float | None:
    grad = getattr(x, "grad", None)
    if not isinstance(grad, Real):
        grad = getattr(grad, "data", grad)  # of a gradient that is a node, its number
    return None if grad is None else number(grad, "grad")


def _local_derivatives(x: object, count: int, is_set: bool) -> tuple[float, ...] | None:
    """The local derivatives, if it is clear which belongs to which operand."""
    found = _attribute(x, LOCAL_DERIVATIVES)
    if not isinstance(found, (tuple, list)) or (count and not found):
        return None
    if is_set and count > 1:
        return None
    if not is_set and len(found) != count:
        wanted = pluralize(count, "operand")
        raise TypeError(f"it has {pluralize(len(found), 'local derivative')} for {wanted}")
    return tuple(number(int(y) if isinstance(y, bool) else y, "a derivative") for y in found)


def _used(x: object, operands: Collection[Any]) -> tuple[Any, ...]:
    """The operands that the backward function holds, if these are all: `self` is the left one.

    micrograd keeps the operands in a set; this function, which is not called, knows more.
    """
    functions = (getattr(x, name, None) for name in BACKWARD)
    function = next((f for f in functions if isinstance(f, FunctionType)), None)
    if function is None or function.__closure__ is None:
        return ()
    code, cells = function.__code__, function.__closure__
    held = {}
    for name, cell in zip(code.co_freevars, cells, strict=True):
        try:
            held[name] = cell.cell_contents
        except ValueError:  # not yet assigned
            continue
    known = {id(y) for y in operands}
    left = [held.pop("self")] if "self" in held else []
    used = tuple([y for y in (*left, *held.values()) if id(y) in known])
    return used if len({id(y) for y in used}) == len(known) else ()
