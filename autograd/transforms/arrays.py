"""A stand-in for a numpy array in a function of scalars: a sequence of elements, or of rows.

A compiled function sees it, and `vmap` gives it for a row of numbers. A list in its place would be
added end to end, and multiplied by repetition. So what is arithmetic on a whole array raises, and
says what to write instead.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from numbers import Number
from operator import index
from typing import Any, NoReturn

from ..engine.messages import pluralize
from ..engine.node import Node
from .strict import source_line

_NUMPY = {  # what numpy calls the operators
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "floor_divide": "//",
    "remainder": "%",
    "power": "**",
    "matmul": "@",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
_FUNCTIONS = {"==": "equal", "&": "logical_and", "|": "logical_or", "~": "logical_not"}
_SUMS = {"add": "sum", "multiply": "prod"}  # the functions that add up, or multiply, all
_CHANGE = "y = list(x), and change y"


def _refuse(array: Any, what: str, instead: str) -> NoReturn:
    by_row = ", row by row" if len(array.shape) > 1 else ""
    raise TypeError(
        f"{what} does not work on an array here, which is a list of its elements: "
        f"write {instead}{by_row} {source_line()}"
    )


def _by_element(symbol: str, *operands: Any) -> str:
    """Advice: the expression to write by element for an operator or function of these operands."""
    if symbol == "@":
        return "dot(x, y), or [dot(row, y) for row in x] for rows"
    name = _FUNCTIONS.get(symbol, symbol)
    if len(operands) == 1:
        return f"[{name}(a) for a in x]" if name.isidentifier() else f"[{name}a for a in x]"
    formula = f"{name}(a, b)" if name.isidentifier() else f"a {name} b"
    left, right = (not isinstance(x, (Node, Number)) for x in operands)
    names, arrays = ("a, b", "zip(x, y)") if left and right else ("a" if left else "b", "x")
    return f"[{formula} for {names} in {arrays}]"


def _operator(symbol: str, instead: str = "") -> tuple[Any, Any]:
    """The methods for ``x symbol other`` and for ``other symbol x``."""

    def method(self: Any, other: Any, *_: Any) -> NoReturn:
        _refuse(self, symbol, instead or _by_element(symbol, self, other))

    def reflected(self: Any, other: Any, *_: Any) -> NoReturn:
        _refuse(self, symbol, instead or _by_element(symbol, other, self))

    return method, reflected


def _refuse_method(what: str, instead: str = "") -> Any:
    """The method for ``what x``."""
    return lambda self, *_, **__: _refuse(self, what, instead or _by_element(what, self))


class ArrayOfScalars(list[Any]):
    """The elements of an array, or its rows, each of them another such array.

    It stands for what belongs to the caller, so it is not changed.

    Args:
        items: the elements or rows.
        shape: of an array without items.

    Attributes:
        shape: how many items there are, how many each of them has, and so on.

    Example:
        >>> x = ArrayOfScalars([ArrayOfScalars([1.0, 2.0]), ArrayOfScalars([3.0, 4.0])])
        >>> x.shape, x[1, 0], x[:, 1]
        ((2, 2), 3.0, [2.0, 4.0])
    """

    __slots__ = ("shape",)

    shape: tuple[int, ...]

    def __init__(self, items: Iterable[Any], shape: Sequence[int] = (0,)) -> None:
        super().__init__(items)
        inner = getattr(list.__getitem__(self, 0), "shape", ()) if len(self) else shape[1:]
        self.shape = (len(self), *inner)

    def __getitem__(self, key: Any) -> Any:
        """An element, a row, or what slices leave, as of a numpy array."""
        keys = key if isinstance(key, tuple) else (key,)
        if len(keys) > len(self.shape):
            axes = pluralize(len(self.shape), "axis", "axes")
            raise IndexError(f"an array of {axes} got {len(keys)} indexes")
        if not keys:
            return self
        first, rest = keys[0], keys[1:]
        if not isinstance(first, slice):
            row = list.__getitem__(self, self._position(first))
            return row[rest] if rest else row
        rows = list.__getitem__(self, first)
        inner = zip(self.shape[1:], rest, strict=False)
        kept = [len(range(n)[one]) for n, one in inner if isinstance(one, slice)]
        shape = (len(rows), *kept, *self.shape[len(keys) :])
        return ArrayOfScalars([row[rest] for row in rows] if rest else rows, shape)

    def _position(self, key: Any) -> int:
        if isinstance(key, bool) or not hasattr(key, "__index__"):
            raise TypeError(
                "an index of an array is an int, a slice or a tuple of them here, got "
                f"{type(key).__name__}: write [x[i] for i in …] for several elements"
            )
        position = index(key)
        if not -len(self) <= position < len(self):
            raise IndexError(f"index {position} is out of range for an axis of {len(self)}")
        return position

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(
            f"an array is a list of its elements here and has no {name!r}: it has len(), indexes "
            "and .shape; for the rest use functions such as sum(x), maximum(x) or dot(x, y)"
        )

    def __reduce__(self) -> Any:
        return ArrayOfScalars, (list(self), self.shape)

    # --- arithmetic, of which lists have another notion ---

    __add__, __radd__ = _operator("+")
    __sub__, __rsub__ = _operator("-")
    __mul__, __rmul__ = _operator("*")
    __truediv__, __rtruediv__ = _operator("/")
    __floordiv__, __rfloordiv__ = _operator("//")
    __mod__, __rmod__ = _operator("%")
    __pow__, __rpow__ = _operator("**")
    __matmul__, __rmatmul__ = _operator("@")
    __divmod__, __rdivmod__ = _operator("divmod", "[(a // b, a % b) for a, b in zip(x, y)]")
    __and__, __rand__ = _operator("&")
    __or__, __ror__ = _operator("|")
    __xor__, __rxor__ = _operator("^", "logical_and, logical_or and logical_not of elements")
    __iadd__, __imul__ = __add__, __mul__
    __lt__, __gt__ = _operator("<")[0], _operator(">")[0]
    __le__, __ge__ = _operator("<=")[0], _operator(">=")[0]
    __eq__, __ne__ = _operator("==")[0], _operator("!=")[0]
    __neg__, __pos__, __invert__, __abs__ = map(_refuse_method, ("-", "+", "~", "abs"))
    __round__, __floor__, __ceil__ = map(_refuse_method, ("round", "floor", "ceil"))
    __trunc__ = _refuse_method("trunc")
    __float__ = __int__ = __complex__ = _refuse_method("float()", "x[0], or [exp(a) for a in x]")
    __bool__ = _refuse_method("if", "len(x) > 0 to ask whether there are elements")
    __hash__ = None

    append = extend = insert = pop = remove = clear = sort = reverse = _refuse_method(
        "a change", _CHANGE
    )
    __setitem__ = __delitem__ = append

    # --- numpy ---

    def __array_ufunc__(self, function: Any, method: str, *operands: Any, **_: Any) -> NoReturn:
        """Numpy's functions, and numpy arrays on the left of an operator."""
        name = function.__name__
        if method == "reduce":
            _refuse(self, f"numpy's {_SUMS.get(name, name)}", f"{_SUMS.get(name, name)}(x)")
        symbol = _NUMPY.get(name, name)
        what = f"numpy's {name}" if symbol == name else symbol
        _refuse(self, what, _by_element(symbol, *operands))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The array that it stands for, where it holds plain numbers."""
        import numpy

        if any(isinstance(x, Node) for x in self):
            _refuse(self, "a function of numpy", "sum(x), dot(x, y) or [exp(a) for a in x]")
        return numpy.array(list(self), dtype).reshape(self.shape)


def array_of_scalars(scalars: Iterable[Any], shape: Sequence[int]) -> Any:
    """A stand-in for an array of this shape, with these elements in row-major order.

    Args:
        scalars: the elements; of an iterator it takes what it needs.
        shape: the shape; empty for a single number.
    """
    remaining = iter(scalars)
    if len(shape) < 2:
        return ArrayOfScalars(islice(remaining, shape[0]), shape) if shape else next(remaining)
    return ArrayOfScalars([array_of_scalars(remaining, shape[1:]) for _ in range(shape[0])], shape)


def reason_to_refuse(x: Any) -> str:
    """The reason to refuse an array of a subclass of numpy's, an empty text for numpy's own.

    A subclass may hold more than numbers: a mask, names, another meaning of its indexes.
    """
    kind = type(x)
    if kind.__module__ == "numpy" and kind.__name__ in ("ndarray", "memmap"):
        return ""
    instead = (
        "x.filled(0.0), and its mask as another argument"
        if hasattr(x, "filled")
        else "numpy.asarray(x)"
    )
    return f"is a {kind.__name__}, which is more than an array of numbers: pass {instead}"
