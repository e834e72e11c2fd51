"""Calls: the structure of the arguments, which a recording is for, and the numbers in them.

Two calls have one structure if they differ in nothing but numbers: nested lists, tuples and dicts,
None, arrays (see `arrays.py`) and Modules (which stand for their named parameters).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from numbers import Number
from typing import Any, NamedTuple

from ..engine.errors import TracedValueError
from ..engine.messages import describe_type
from ..engine.nesting import DEEPEST
from ..engine.node import Node
from ..engine.numbers import is_array, number
from ..nn.module import Module
from ..optim.stateful import Stateful
from ..transforms.arrays import array_of_scalars, reason_to_refuse
from ..transforms.tracing import differentiated
from ..transforms.trees import (
    LEAF,
    NOTHING,
    flatten,
    kind_of_node,
    list_of,
    open_array,
)
from .cache_keys import setting
from .tracing.traced import TracedValue

Piece = Any  # a float, or an array of them
Places = dict[Any, int]  # by object: the parameters, optimizers and schedules in a call
MOST_OF_RESULTS = 2 * DEEPEST  # levels, as a Hessian has


class Advice(NamedTuple):
    """Advice for an error message about something that is no number.

    Attributes:
        gradient: to differentiate by a Value.
        setting: to pass what is not to be a number, such as a text or a function.
    """

    gradient: str
    setting: str


CALL = Advice(
    "compile the gradient, as in compile(value_and_grad(f))",
    "name the argument in static=, so that it is a part of the recording",
)


class ValueInCallError(TypeError):
    """A Value among the arguments, or a Module that is differentiated by."""


class _NoNumberError(Exception):
    """Something that is no number, without its place.

    Attributes:
        error: the kind of the error that the user sees.
        text: what is wrong.
        need: which advice belongs to it, if any.
    """

    def __init__(self, error: type[Exception], text: str, need: str = "") -> None:
        self.error, self.text, self.need = error, text, need


SURE = 1 << 53  # a float holds every whole number below


def structure(
    x: Any,
    where: str,
    pieces: list[Piece],
    places: Places | None = None,
    advice: Advice = CALL,
) -> Hashable:
    """A cache key for the structure of an argument; its numbers are added to `pieces`.

    Args:
        x: the argument.
        where: what it is called.
        pieces: gets its numbers, and arrays of them.
        places: gets its parameters; arguments that may have some in common need one for all.
        advice: what the errors advise.

    Raises:
        TypeError: for anything that is no number, with its place and what to do instead.
        ValueError: for an int that no float can hold, or lists that are too deep.
    """
    if type(x) is float:
        pieces.append(x)
        return float
    if type(x) is list and set(map(type, x)) == {float}:
        pieces += x
        return list_of(len(x))
    if x is None:
        return NOTHING
    if kind_of_node(x.__class__) is None:  # as flatten says, at a quarter of the time
        leaves, treedef = [x], LEAF
    else:
        leaves, treedef = flatten(x, where, opener=open_array)
        if set(map(type, leaves)) == {float}:
            pieces += leaves
            return treedef
    places = {} if places is None else places
    kinds: list[Hashable] = []
    try:
        for leaf in leaves:
            kinds.append(_leaf_structure(leaf, pieces, places))
    except _NoNumberError as bad:
        place = treedef.places(where)[len(kinds)]
        instead = getattr(advice, bad.need) if bad.need else ""
        raise bad.error(f"{place} {bad.text}{instead}") from None
    if treedef is LEAF:
        return kinds[0]
    return treedef if kinds.count(float) == len(kinds) else (treedef, *kinds)


def numbers_in(
    args: Iterable[Any], names: Iterable[str], places: Places | None = None
) -> list[Piece]:
    """The numbers in arguments that have these names, and arrays of them; see `structure`."""
    pieces: list[Piece] = []
    places = {} if places is None else places
    for x, name in zip(args, names, strict=True):
        structure(x, name, pieces, places)
    return pieces


def places_of(x: Stateful, places: Places) -> tuple[int, ...]:
    """The place of an optimizer or a schedule, and of what it refers to; new ones are added."""
    return tuple([places.setdefault(one, len(places)) for one in (x, *x.refers_to())])


def _leaf_structure(x: Any, pieces: list[Piece], places: Places) -> Hashable:
    """A cache key for a number, an array or a Module."""
    if type(x) is float or (type(x) is int and abs(x) < SURE):
        pieces.append(float(x))
        return float
    if is_array(x):
        _check_array(x)
        pieces.append(x)
        return ("array", x.shape)
    if isinstance(x, Module):
        parameters = x.named_parameters()
        if not differentiated.get().isdisjoint(x for _, x in parameters):
            raise _NoNumberError(
                ValueInCallError,
                "is a Module that is differentiated by, and a compiled function takes and gives "
                "numbers: ",
                "gradient",
            )
        pieces.extend(parameter._data for _, parameter in parameters)
        for _, parameter in parameters:
            if parameter not in places:
                places[parameter] = len(places)
        return (type(x), tuple(name for name, _ in parameters), setting(x, places))
    if isinstance(x, Stateful):
        pieces.extend(map(float, x.numbers()))
        return (
            type(x),
            places_of(x, places),
            tuple(x.number_names()),
            setting(x.fixed_parts(), places),
        )
    pieces.append(_number(x))
    return float


_REAL = {
    "b": ": pass x.astype(float)",
    "O": ": pass x.astype(float)",
    "c": ": pass x.real, x.imag or abs(x)",
}


def _check_array(x: Any) -> None:
    wrong = reason_to_refuse(x)
    if not wrong and x.dtype.kind not in "iuf":
        wrong = (
            f"is an array of {x.dtype}, not a numpy array of numbers{_REAL.get(x.dtype.kind, '')}"
        )
    if wrong:
        raise _NoNumberError(TypeError, wrong)


def _number(x: Any) -> float:
    if isinstance(x, TracedValue):
        raise _NoNumberError(
            TracedValueError,
            "is a traced Value, kept from a recording: return it instead, to get its number. It "
            f"was made {x.origin()}",
        )
    if isinstance(x, Node):
        raise _NoNumberError(
            ValueInCallError,
            f"is {describe_type(x)}: a compiled function takes and gives numbers. Pass its "
            ".data, or the Module that holds it; and to differentiate, ",
            "gradient",
        )
    if getattr(x, "shape", None) == () and hasattr(x, "__array_finalize__"):  # without axes
        _check_array(x)
        x = float(x)
    is_setting = isinstance(x, (bool, str)) or callable(x)
    if is_setting or not isinstance(x, (Number, Iterable)):
        holds = "" if is_setting else "pass its numbers in a dict or a named tuple, or "
        text = f"is {describe_type(x)}, not a number: {holds}"
        raise _NoNumberError(TypeError, text, "setting")
    try:
        return number(x)
    except (TypeError, ValueError) as error:
        several = isinstance(x, Iterable)
        way = "dict" if isinstance(x, Mapping) else "list"
        text = f"got {describe_type(x)}: pass {way}(x)" if several else str(error)
        raise _NoNumberError(type(error), f"is no number: {text}") from None


def as_lists(x: Any, scalar: Callable[[Any], Any] = lambda x: x) -> Any:
    """The argument with lists in the place of arrays, as the interpreted function takes it.

    Args:
        x: the argument; a Module, or an optimizer, stays as it is.
        scalar: what becomes of its numbers.
    """
    leaves, treedef = flatten(x, opener=open_array, most=MOST_OF_RESULTS)
    return treedef.unflatten(
        x
        if isinstance(x, (Module, Stateful))
        else array_of_scalars(map(scalar, x.astype(float).ravel().tolist()), x.shape)
        if is_array(x)
        else scalar(x)
        for x in leaves
    )
