"""Conversion to float of the numbers that a Value takes: ints, floats, real numpy scalars."""

import math
import numbers
from typing import Any

from .messages import CALLED

INSTEAD = {
    "Value": "use it as it is; where a plain number is wanted, pass its .data",
    "TracedValue": "use it as it is",
    "OutlivedValue": "return it from the compiled function, to get its number",
    "Constant": "use it as it is; where a plain number is wanted, pass its .data",
    "str": "convert it first, with float(text)",
    "NoneType": "pass a number, such as 0.0",
    "bool": "write int(flag), or where(flag, a, b) to choose",
    "complex": "take its .real, its .imag or its abs()",
    "Decimal": "convert it with float(x)",
    "Fraction": "convert it with float(x)",
    "list": "make one Value per element: [Value(x) for x in numbers]",
    "tuple": "make one Value per element: [Value(x) for x in numbers]",
    "ArrayOfScalars": "take the elements of the array, as in [a * b for b in x]",
    "ndarray": "make one Value per element: [Value(x) for x in array.tolist()]",
}


class _Unreached(float):
    """The gradient before there is one: -0.0, the number that changes no other it is added to."""

    def __reduce__(self) -> str:
        return "UNREACHED"  # it is itself when copied or pickled


UNREACHED: Any = _Unreached(-0.0)
ROUNDING = 1e-12  # relative: what is added in another order rounds differently


def number(x: object, name: str = "a Value", advice: str = "") -> float:
    """The float that `x` stands for: an int, a float or a real numpy scalar.

    Args:
        x: what was given.
        name: what an error calls the place that it was given for, such as ``"lr"``.
        advice: what to do instead, for this place alone.

    Raises:
        TypeError: for anything else, with what to do instead.
        ValueError: for an int that no float can hold.
    """
    given = type(x)
    if given is float:
        return x  # type: ignore[return-value]
    numpy_scalar = given.__module__ == "numpy" and isinstance(x, numbers.Real)
    if numpy_scalar or (isinstance(x, (int, float)) and given is not bool):
        try:
            return float(x)  # type: ignore[arg-type]  # a numpy scalar, seen as numbers.Real
        except OverflowError:
            text = f"an int of {int(x).bit_length()} bits"  # type: ignore[call-overload]
            raise ValueError(f"{name} holds a float, and {text} is beyond 1.8e308") from None
    advice = advice or _advice(x, for_value=name == "a Value")
    kind = CALLED.get(given.__name__, given.__name__)
    raise TypeError(f"{name} holds one real number, got {kind}: {advice}")


def is_array(x: object) -> bool:
    """Whether `x` is an array with axes, of numpy or alike."""
    return getattr(x, "ndim", 0) > 0


def flag_as_number(x: Any) -> Any:
    """1.0 or 0.0 for a flag, of Python or numpy, as a comparison of traced Values gives; or `x`."""
    return float(bool(x)) if type(x).__name__ in ("bool", "bool_") else x


def json_number(x: float) -> float | str:
    """A number as JSON can have it: nan and inf are texts.

    Example:
        >>> json_number(0.5), json_number(math.inf)
        (0.5, 'inf')
    """
    return x if math.isfinite(x) else repr(x)


def _advice(x: object, for_value: bool) -> str:
    """Advice for an error message: what to do instead of passing `x`."""
    if getattr(x, "is_traced", None) is False and not for_value:  # a Value
        return "pass its .data"
    if getattr(x, "ndim", None) == 0 and hasattr(x, "__len__"):  # an array without axes
        return "pass its number, array.item()"
    classes = (kind.__name__ for kind in type(x).__mro__)  # as a list of one's own is a list
    known = next((INSTEAD[name] for name in classes if name in INSTEAD), None)
    if known is None and isinstance(x, numbers.Complex):  # of numpy
        known = INSTEAD["complex"]
    if known is not None and (for_value or not hasattr(x, "__iter__") or isinstance(x, str)):
        return known
    if callable(x):
        return "pass the number that it gives, not the function"
    if hasattr(x, "__iter__"):
        return "pass one number" if not for_value else "make one Value per element"
    return "pass an int or a float"


def same(x: float, y: float) -> bool:
    """Whether two numbers have the same bits; one nan is as good as another.

    Example:
        >>> same(0.0, 0.0), same(0.0, -0.0), same(float("nan"), float("nan"))
        (True, False, True)
    """
    if x == y:
        return x != 0.0 or math.copysign(1.0, x) == math.copysign(1.0, y)
    return x != x and y != y


def alike(x: float, y: float) -> bool:
    """Whether two numbers are the same but for rounding.

    Example:
        >>> alike(1.0, 1.0 + 1e-15), alike(1.0, 1.0 + 1e-9)
        (True, False)
    """
    return same(x, y) or math.isclose(x, y, rel_tol=ROUNDING)
