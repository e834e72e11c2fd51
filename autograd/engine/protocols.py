"""Python's protocols for a Value besides arithmetic: comparison, conversion, printing, copying.

It compares by its number, but equals no other Value and hashes by identity; it prints and formats,
takes the functions of numpy, and copies only where copying has a meaning: at leaves. What it
refuses is in `unsupported.py`.
"""

import operator
from collections.abc import Callable
from numbers import Number
from typing import Any

from .node import Node
from .numbers import INSTEAD
from .op import Carrier
from .ufuncs import of_array, of_ufunc
from .unsupported import Unsupported
from .watching import tell, watchers


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Node, Any], bool]:
    """The method that compares the data with a number, or an array of them, as floats do."""

    def method(self: Node, other: Any) -> Any:
        if isinstance(other, Node):
            return compare(self._data, other._data)
        if isinstance(other, Number):
            return bool(compare(self._data, other))
        return compare(self._data, other) if hasattr(other, "__array__") else NotImplemented

    return method


def _identity(compare: Callable[[Any, Any], Any]) -> Callable[[Node, object], Any]:
    """The method that compares with a number by data, and with another Value by identity."""
    with_number = _comparison(compare)

    def method(self: Node, other: object) -> Any:
        # Of two Values Python asks the other, too, for a traced one raises, and takes identity.
        return NotImplemented if isinstance(other, Node) else with_number(self, other)

    return method


def gives_way(other: object, reflected_name: str) -> bool:
    """Whether the reflected method of `other` is asked: it has one, and is no kind of number."""
    kinds = type(other).__mro__
    return hasattr(kinds[0], reflected_name) and not any(
        kind in (int, float, Carrier) or kind.__module__ == "numpy" or kind.__name__ in INSTEAD
        for kind in kinds
    )


# What notebooks show of a Value and of a Module. Drawings stand above the engine, so the package's
# __init__.py hands them in.
displays: dict[str, Callable[[Any], dict[str, str]]] = {}


# What other parts of this library ask of a node, and `dir` does not list.
INTERNAL = {
    *("all_locals", "apply", "as_integer_ratio", "check_recorded", "describe", "forget_operands"),
    *("is_traced", "locals", "mark_parameter", "moved_on", "note", "record"),
}


class Protocols(Unsupported):
    """Comparing, printing, converting and copying."""

    __slots__ = ()

    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __eq__ = _identity(operator.eq)
    __ne__ = _identity(operator.ne)
    __hash__ = object.__hash__
    __array_ufunc__, __array__ = of_ufunc, of_array

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        known: Any = cls.__hash__
        if known is None:  # of a class that defines __eq__ alone
            cls.__hash__ = object.__hash__  # type: ignore[assignment]
        elif known is not object.__hash__:
            raise TypeError(
                f"{cls.__name__}: a Value is known by identity, so a subclass may not define "
                "__hash__; a method of another name may compare what you need"
            )

    def __pos__(self) -> Any:
        return self

    def __bool__(self) -> bool:
        return self._data != 0.0

    @property
    def requires_grad(self) -> bool:
        """Whether it gets a gradient: all Values do but constants and frozen parameters."""
        return not self.is_constant

    @requires_grad.setter
    def requires_grad(self, _: object) -> None:
        raise AttributeError(
            "requires_grad is to be read: module.freeze() and unfreeze() set it for the parameters "
            "of a Module; else use constant(x), or detach()"
        )

    def item(self) -> float:
        """The number, like `data`."""
        return self._data

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else str(self)

    def __dir__(self) -> list[str]:
        names = super().__dir__()
        return [x for x in names if x not in INTERNAL and (x[0] != "_" or x[:2] == "__")]

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={self._data!r}, grad={self.grad!r}{label})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return displays["value"](self)

    def __reduce__(self) -> Any:
        if self.op is not None:
            raise TypeError(
                f"a node made by {self.op.name!r} is not copied or pickled, for its whole history "
                "would be: use detach() for a constant with its number, or copy the leaves"
            )
        return _leaf, (type(self), self._data, self._grad), self.__getstate__()


def _leaf(kind: Any, data: float, grad: Any) -> Any:
    """A new leaf for `copy` and `pickle` to put the state on.

    The `__init__` of a subclass does not run, for its arguments are not known.
    """
    value = object.__new__(kind)
    value.record(None, (), ())
    value._data, value._grad = data, grad
    return tell(value) if watchers else value
