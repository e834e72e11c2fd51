"""`frozen_choices`: the lines of a function that look at the number of a Value it records.

A graph records what was computed. What Python chose meanwhile, by an ``if``, a ``max`` or a number
read by ``.data``, is not in it: a page that computes the graph with other numbers keeps the choice.
The function runs once, on Values that note such places and answer as any Value does.
"""

import copy
import sys
from collections.abc import Callable
from contextvars import ContextVar
from numbers import Number
from typing import Any

from ..engine.node import Node
from ..engine.value import Constant, Leaf, Value
from ..engine.watching import unwatched, watching, with_history
from ..transforms.places import place_at
from ..transforms.strict import is_library
from ..transforms.trees import flatten

CHOICE, NUMBER = "this choice stays as recorded", "this number stays as recorded"

_found: ContextVar[dict[str, None] | None] = ContextVar("found", default=None)


def frozen_choices(function: Callable[..., Any], *args: Any) -> list[str]:
    """The lines of a function at which the number of a Value decides what is recorded.

    Args:
        function: what records a graph. It runs once, or twice if it wants whole numbers as they
            are; what it raises ends the search.
        args: its arguments. The numbers in them, and the parameters of models, are Values to it.

    Returns:
        A line of text for each, in the order in which they come first.

    Example:
        >>> from autograd.compiler.frozen import frozen_choices
        >>> def f(x):
        ...     return x * x if x > 0 else -x
        >>> [line.partition(": ")[2] for line in frozen_choices(f, 3.0)]
        ['return x * x if x > 0 else -x: this choice stays as recorded']
    """
    found: dict[str, None] = {}
    token = _found.set(found)
    try:
        for kinds in ((int, float), (float,)):
            run = _Arguments(kinds)
            try:
                given = [run.noticing(x) for x in args]
                with unwatched(), with_history(), watching(_notice, outlived=False):
                    function(*given)
            except Exception:
                if not run.took_ints:
                    break
            else:
                break
    finally:
        _found.reset(token)
    return list(found)


class _Arguments:
    """Makes arguments whose numbers of these kinds, and whose parameters, notice who looks at them.

    Attributes:
        took_ints: whether there was a whole number, which a function may want for an index.
    """

    def __init__(self, kinds: tuple[type[float], ...]) -> None:
        self._kinds, self.took_ints = kinds, False

    def noticing(self, x: Any) -> Any:
        """An argument of this structure; a model is a copy of its own."""
        leaves, treedef = flatten(x)
        return treedef.unflatten([self._leaf(leaf) for leaf in leaves])

    def _leaf(self, x: Any) -> Any:
        if isinstance(x, self._kinds) and not isinstance(x, bool):
            self.took_ints = self.took_ints or isinstance(x, int)
            return _notice(Value(x))
        if isinstance(x, Value):
            return _notice(x.detach() if x.is_constant else Value(x._data, x.label))
        if not callable(getattr(x, "parameters", None)):
            return x
        try:
            twin = copy.deepcopy(x)
            for parameter in twin.parameters():
                _notice(parameter)
        except Exception:  # a model that cannot be copied is looked at as it is
            return x
        return twin


# --- Values that note who looks at their numbers -----------------------------------------------


def _note(said: str, *nodes: Any) -> None:
    """Note the line of the user's code that looks at the numbers of these nodes."""
    found, frame = _found.get(), sys._getframe(2)
    if found is None or is_library(frame):
        return
    if any(isinstance(x, Node) and not x.is_constant for x in nodes):
        place = place_at(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)
        found[f"{str(place).removesuffix(':')}: {said}"] = None


def _compared(name: str) -> Any:
    """A comparison of numbers, which is noted; of two Values == and != are of identity."""
    compare = getattr(Value, name)
    of_numbers = (Number,) if name in ("__eq__", "__ne__") else (Node, Number)

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, of_numbers):
            _note(CHOICE, self, other)
        return compare(self, other)

    return method


class _Noticing:
    """What a Value does that gives Python a plain number or a truth value, and notes it."""

    __slots__ = ()

    __lt__, __le__, __gt__, __ge__ = map(_compared, ("__lt__", "__le__", "__gt__", "__ge__"))
    __eq__, __ne__ = _compared("__eq__"), _compared("__ne__")
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        _note(CHOICE, self)
        return Value.__bool__(self)  # type: ignore[arg-type]

    @property
    def data(self) -> float:
        """The number."""
        _note(NUMBER, self)
        return self._data  # type: ignore[attr-defined,no-any-return]

    @data.setter
    def data(self, data: Any) -> None:
        Value.data.__set__(self, data)  # type: ignore[attr-defined]

    def item(self) -> float:
        """The number."""
        _note(NUMBER, self)
        return self._data  # type: ignore[attr-defined,no-any-return]

    def detach(self) -> Value:
        """A constant with the same number."""
        _note(NUMBER, self)
        return Value.detach(self)  # type: ignore[arg-type]


class _NoticingValue(_Noticing, Value):
    __slots__ = ()


class _NoticingLeaf(_Noticing, Leaf):
    pass


class _NoticingConstant(_Noticing, Constant):
    pass


_CLASSES: dict[type, type] = {
    Value: _NoticingValue,
    Leaf: _NoticingLeaf,
    Constant: _NoticingConstant,
}


def _notice(node: Any) -> Any:
    """Let a node note who looks at its number; those of a user's own class are left alone."""
    node.__class__ = _CLASSES.get(type(node), type(node))
    return node
