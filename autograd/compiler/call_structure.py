"""Calls: the structure of the arguments, which a recording is for, and the numbers in them.

Two calls have one structure if they differ in nothing but numbers: nested lists, tuples and dicts,
arrays (see `arrays.py`) and Modules (which stand for their named parameters).
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from numbers import Number
from typing import Any, NamedTuple

from ..engine.errors import TracedValueError
from ..engine.messages import kind_of
from ..engine.nesting import explaining_depth
from ..engine.node import Node
from ..engine.numbers import number
from ..engine.value import Value
from ..nn.module import Module
from ..transforms.arrays import ArrayOfScalars, refused_array
from .cache_keys import setting, twin
from .tracing.traced import TracedValue

Piece = Any  # a float, or an array of them
Places = dict[Value, int]  # which parameter each is, of those in a call


class Advice(NamedTuple):
    """What to do where something is no number.

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


class _Misplaced(Exception):  # noqa: N818 # becomes the error of the kind it holds
    """Something that is no number, with the way to it from the inside out.

    The text says what is wrong, `need` which advice belongs to it.
    """

    def __init__(self, error: type[Exception], text: str, need: str = "") -> None:
        self.error, self.text, self.need, self.path = error, text, need, list[Any]()


def structure(
    x: Any,
    where: str,
    pieces: list[Piece],
    places: Places | None = None,
    advice: Advice = CALL,
) -> Hashable:
    """What tells the structure of an argument from others; its numbers are added to `pieces`.

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
    try:
        return _structure(x, pieces, {} if places is None else places)
    except _Misplaced as bad:
        place = where + "".join(f"[{key!r}]" for key in reversed(bad.path))
        instead = getattr(advice, bad.need) if bad.need else ""
        raise bad.error(f"{place} {bad.text}{instead}") from None
    except RecursionError:  # for all that it is rare: a with block costs more than the rest
        with explaining_depth(x, where):
            raise


def _structure(x: Any, pieces: list[Piece], places: Places) -> Hashable:
    kind = type(x)
    if kind is float:
        pieces.append(x)
        return float
    if getattr(x, "ndim", 0) > 0:  # is_array, at half of the time of the call
        _check_array(x)
        pieces.append(x)
        return ("array", x.shape)
    if isinstance(x, dict):
        # The types too, for 1 equals True.
        return (dict, tuple(x), tuple(map(type, x)), *_parts(x.items(), pieces, places))
    if isinstance(x, (list, tuple)):
        named = kind if hasattr(x, "_fields") else list if isinstance(x, list) else tuple
        if x and type(x[0]) is float and set(map(type, x)) == {float}:
            pieces.extend(x)
            return (named, float, len(x))
        parts = _parts(enumerate(x), pieces, places)
        all_numbers = parts and parts.count(float) == len(parts)
        return (named, float, len(parts)) if all_numbers else (named, *parts)
    if isinstance(x, Module):
        parameters = x.named_parameters()
        pieces.extend(parameter._data for _, parameter in parameters)
        for _, parameter in parameters:
            if parameter not in places:
                places[parameter] = len(places)
        return (kind, tuple(name for name, _ in parameters), setting(x, places))
    pieces.append(_number(x))
    return float


def _parts(items: Iterable[tuple[Any, Any]], pieces: list[Piece], places: Places) -> list[Hashable]:
    parts: list[Hashable] = []
    for key, item in items:
        try:
            parts.append(_structure(item, pieces, places))
        except _Misplaced as bad:
            bad.path.append(key)
            raise
    return parts


_REAL = {
    "b": ": pass x.astype(float)",
    "O": ": pass x.astype(float)",
    "c": ": pass x.real, x.imag or abs(x)",
}


def _check_array(x: Any) -> None:
    wrong = refused_array(x)
    if not wrong and x.dtype.kind not in "iuf":
        wrong = (
            f"is an array of {x.dtype}, not a numpy array of numbers{_REAL.get(x.dtype.kind, '')}"
        )
    if wrong:
        raise _Misplaced(TypeError, wrong)


def _number(x: Any) -> float:
    if isinstance(x, TracedValue):
        raise _Misplaced(
            TracedValueError,
            "is a traced Value, kept from a recording: return it instead, to get its number. It "
            f"was made {x.origin()}",
        )
    if isinstance(x, Node):
        raise _Misplaced(
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
        raise _Misplaced(TypeError, f"is {kind_of(x)}, not a number: ", "setting")
    try:
        return number(x)
    except (TypeError, ValueError) as error:
        several = isinstance(x, Iterable)
        text = f"got {kind_of(x)}: pass list(x)" if several else str(error)
        raise _Misplaced(type(error), f"is no number: {text}") from None


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
    if isinstance(x, dict):
        return {key: stand_in(item, f"{where}[{key!r}]", leaf, twins) for key, item in x.items()}
    if isinstance(x, Module):
        for name, parameter in x.named_parameters():
            new = leaf(f"{where}.{name}")  # each has a number, also one that was there before
            twins.setdefault(id(parameter), new)
        return twin(x, twins)  # for the parameters of the Module itself are not this function's
    if is_array(x):
        return _nested(x.shape, where, leaf)
    if isinstance(x, (list, tuple)):
        parts = [stand_in(item, f"{where}[{i}]", leaf, twins) for i, item in enumerate(x)]
        return (
            type(x)(*parts)
            if hasattr(x, "_fields")
            else (list if isinstance(x, list) else tuple)(parts)
        )
    return leaf(where)


def _nested(shape: Sequence[int], where: str, leaf: Callable[[str], TracedValue]) -> Any:
    if not shape:
        return leaf(where)
    rows = [_nested(shape[1:], f"{where}[{i}]", leaf) for i in range(shape[0])]
    return ArrayOfScalars(rows, shape)


Build = Callable[[Any], Any]


def result_builder(x: Any, leaves: list[Any], arrays: bool, where: str = "the result") -> Build:
    """What puts results in the structure of `x`; its numbers and nodes are added to `leaves`.

    Args:
        x: what the function returned.
        leaves: gets them in order, the order of the results.
        arrays: give nested lists as arrays, as they were passed.
        where: what an error calls it.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(x, Module):
        x = dict(x.named_parameters())
    if isinstance(x, dict):
        builds = {
            key: result_builder(item, leaves, arrays, f"{where}[{key!r}]")
            for key, item in x.items()
        }
        return lambda numbers: {key: build(numbers) for key, build in builds.items()}
    start = len(leaves)
    shape = shape_of(x) if isinstance(x, list) else None
    if shape is not None and (arrays or len(shape) == 1):
        leaves += _flat(x)
        stop = len(leaves)
        if arrays and len(shape) == 1:
            return lambda numbers: numbers[start:stop]
        if arrays:
            return lambda numbers: numbers[start:stop].reshape(shape)
        return lambda numbers: list(numbers[start:stop])
    if isinstance(x, (list, tuple)):
        parts = [result_builder(item, leaves, arrays, f"{where}[{i}]") for i, item in enumerate(x)]
        # Not x itself, which would keep the whole graph.
        kind: Any = getattr(type(x), "_make", list if isinstance(x, list) else tuple)
        return lambda numbers: kind([build(numbers) for build in parts])
    leaves.append(_result(x, where))
    return lambda numbers: float(numbers[start])


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
            f"{where} is {kind_of(x)}: {instead}"
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


def _flat(x: Any) -> list[Any]:
    return [leaf for item in x for leaf in _flat(item)] if isinstance(x, list) else [x]
