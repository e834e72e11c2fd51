"""Calls: the structure of the arguments, which a recording is for, and the numbers in them.

Two calls have one structure if they differ in nothing but numbers: nested lists, tuples and dicts,
arrays (see `arrays.py`) and Modules (which stand for their named parameters).
"""

import copy
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from itertools import product
from numbers import Number
from operator import itemgetter, methodcaller
from typing import Any, NamedTuple

from ..engine.errors import TracedValueError
from ..engine.messages import describe_type
from ..engine.nesting import DEEPEST
from ..engine.node import Node
from ..engine.numbers import number
from ..nn.module import Module
from ..optim.stateful import Stateful
from ..transforms.arrays import ArrayOfScalars, array_of_scalars, reason_to_refuse
from ..transforms.tracing import differentiated
from ..transforms.trees import (
    LEAF,
    Opened,
    TreeDef,
    flatten,
    kind_of_node,
    list_of,
    open_array,
    open_module,
)
from .cache_keys import setting, twin
from .tracing.traced import TracedConstant, TracedValue

Piece = Any  # a float, or an array of them
Places = dict[Any, int]  # by object: the parameters, optimizers and schedules in a call
MOST_OF_RESULTS = 2 * DEEPEST  # levels, as a Hessian has


class Advice(NamedTuple):
    """Advice for an error message about something that is no number.

    Attributes:
        gradient: to differentiate by a Value.
        setting: to pass what is not to be a number, such as None or a function.
    """

    gradient: str
    setting: str


CALL = Advice(
    "compile the gradient, as in compile(value_and_grad(f))",
    "name the argument in static=, so that it is a part of the recording",
)


class _NoNumberError(Exception):
    """Something that is no number, without its place.

    Attributes:
        error: the kind of the error that the user sees.
        text: what is wrong.
        need: which advice belongs to it, if any.
    """

    def __init__(self, error: type[Exception], text: str, need: str = "") -> None:
        self.error, self.text, self.need = error, text, need


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


def _leaf_structure(x: Any, pieces: list[Piece], places: Places) -> Hashable:
    """A cache key for a number, an array or a Module."""
    if is_array(x):
        _check_array(x)
        pieces.append(x)
        return ("array", x.shape)
    if isinstance(x, Module):
        parameters = x.named_parameters()
        if not differentiated.get().isdisjoint(x for _, x in parameters):
            raise _NoNumberError(
                TypeError,
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
        owners = (x, *x.refers_to())
        for one in owners:
            if one not in places:
                places[one] = len(places)
        others = tuple(map(places.__getitem__, owners))
        return (type(x), others, tuple(x.number_names()), setting(x.fixed_parts(), places))
    pieces.append(x if type(x) is float else _number(x))
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
            TypeError,
            f"is a {type(x).__name__}: a compiled function takes and gives numbers. Pass its "
            ".data, or the Module that holds it; and to differentiate, ",
            "gradient",
        )
    if getattr(x, "shape", None) == () and hasattr(x, "__array_finalize__"):  # without axes
        _check_array(x)
        x = float(x)
    is_setting = isinstance(x, (bool, str)) or callable(x)
    if is_setting or not isinstance(x, (Number, Iterable)):
        raise _NoNumberError(TypeError, f"is {describe_type(x)}, not a number: ", "setting")
    try:
        return number(x)
    except (TypeError, ValueError) as error:
        several = isinstance(x, Iterable)
        text = f"got {describe_type(x)}: pass list(x)" if several else str(error)
        raise _NoNumberError(type(error), f"is no number: {text}") from None


def is_array(x: Any) -> bool:
    """Whether `x` is an array, of numpy or alike."""
    return getattr(x, "ndim", 0) > 0


def stand_in(x: Any, where: str, leaf: Callable[[str], TracedValue], twins: dict[int, Any]) -> Any:
    """The argument with a traced leaf in the place of each number, in the order of `structure`.

    Args:
        x: the argument.
        where: what it is called; a leaf gets its place as a label.
        leaf: makes the next one, with this label.
        twins: by their ids, what stands in for Modules and their parameters, for all arguments.
    """
    leaves, treedef = flatten(x, where, opener=open_array)
    parts = zip(leaves, treedef.places(where), strict=True)
    return treedef.unflatten([_leaf_stand_in(x, place, leaf, twins) for x, place in parts])


def _leaf_stand_in(
    x: Any, where: str, leaf: Callable[[str], TracedValue], twins: dict[int, Any]
) -> Any:
    if isinstance(x, Module):
        for name, parameter in x.named_parameters():
            new = leaf(f"{where}.{name}")  # each has a number, also one that was there before
            if parameter.is_constant:  # frozen
                new.__class__ = TracedConstant
            twins.setdefault(id(parameter), new)
        return twin(x, twins)  # for the parameters of the Module itself are not this function's
    if isinstance(x, Stateful):
        numbers = [leaf(f"{where}.{name}") for name in x.number_names()]
        new = twins.setdefault(id(x), copy.copy(x))
        if not new.is_traced:  # else it was an argument before
            new.take_numbers(numbers)
        return new
    if not is_array(x):
        return leaf(where)
    indexes = product(*map(range, x.shape))
    labels = (where + "".join(f"[{i}]" for i in index) for index in indexes)
    return array_of_scalars(map(leaf, labels), x.shape)


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


Build = Callable[[Any], Any]


def result_builder(x: Any, leaves: list[Any], arrays: bool, where: str = "the result") -> Build:
    """Make a function that puts results in the structure of `x`, whose leaves go to `leaves`.

    Args:
        x: what the function returned.
        leaves: gets them in order, the order of the results.
        arrays: give nested lists as arrays, as they were passed.
        where: what an error calls it.

    Raises:
        TypeError: for anything else.
    """
    treedef, parts = result_parts(x, leaves, arrays, where)
    return treedef.builder([_taker(*part, arrays) for part in parts])


def result_parts(
    x: Any, leaves: list[Any], arrays: bool, where: str
) -> tuple[TreeDef, list[tuple[int, int, Sequence[int]]]]:
    """What `result_builder` makes its function of: see there.

    Returns:
        The structure of `x`, and of each part of it the first result, the last, and the shape.
    """
    # The structure, not x itself, which would keep the whole graph.
    is_leaf = partial(_is_block, arrays=arrays)
    parts, treedef = flatten(x, where, is_leaf=is_leaf, opener=open_module, most=MOST_OF_RESULTS)
    found: list[tuple[int, int, Sequence[int]]] = []
    for part, place in zip(parts, treedef.places(where), strict=True):
        start, shape = len(leaves), shape_of(part) or ()
        leaves += flatten(part)[0] if shape else [_result(part, place)]
        found.append((start, len(leaves), shape))
    return treedef, found


def result_structure(x: Any) -> TreeDef:
    """The structure of what the function returned, from which `result_builder` can be made anew."""
    return flatten(x, opener=_open_result, most=MOST_OF_RESULTS)[1]


def _open_result(x: Any) -> Opened | None:
    return open_array(x) if isinstance(x, ArrayOfScalars) else open_module(x)


def _is_block(x: Any, arrays: bool) -> bool:
    """Whether `x` is given as an array, or else a list of numbers as one slice of the results."""
    shape = shape_of(x) if isinstance(x, list) else None
    return shape is not None and (arrays or len(shape) == 1)


def _taker(start: int, stop: int, shape: Sequence[int], arrays: bool) -> Build:
    """Make a function that takes this part of the results, an array or a list, in this shape."""
    if not shape:
        return methodcaller("item", start) if arrays else itemgetter(start)
    if not arrays or len(shape) == 1:
        return itemgetter(slice(start, stop))
    return lambda numbers: numbers[start:stop].reshape(shape)


def _result(x: Any, where: str) -> Any:
    """A number or a node that a function returned, once it is sure that it is one."""
    if isinstance(x, Node):
        return x
    try:
        number(x)
    except TypeError as error:
        instead = str(error)
        if x is None:
            instead = "return () where there is nothing to return"
        elif is_array(x):
            instead = "return x.tolist()"
        elif isinstance(x, Iterable) and not isinstance(x, str):
            instead = "return list(x)"
        raise TypeError(
            "a compiled function returns numbers, in lists, tuples and dicts: "
            f"{where} is {describe_type(x)}: {instead}"
        ) from None
    return x


def shape_of(x: Any) -> tuple[int, ...] | None:
    """The shape of nested lists, if they are all of one length at each depth."""
    if not isinstance(x, list):
        return () if isinstance(x, (Node, int, float)) else None
    if not len(x):
        return x.shape if isinstance(x, ArrayOfScalars) else (0,)
    shapes = {shape_of(item) for item in x}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(x), *inner)
