"""Documentation of ops, as ``help(autograd.exp)`` shows it, and names to print and pickle by."""

from collections.abc import Callable
from typing import Any


class _FromManual:
    """A descriptor: for the class a fixed value, for each of its objects an entry of the manual."""

    def __init__(self, what: str, of_class: str | None = None) -> None:
        self.what, self.of_class = what, of_class

    def __get__(self, thing: Any, owner: Any) -> Any:
        if thing is not None:
            return getattr(thing.manual(), self.what)(thing)
        if self.of_class is None:
            raise AttributeError(self.what)
        return self.of_class


class Documented:
    """A base class for ops: docstring and signature from the manual, `repr` and pickling."""

    # The manual shows formulas, so it stands above the ops, and is imported when it is read.
    manual: Callable[[], Any]  # given by the package's __init__.py
    __signature__ = _FromManual("signature")  # which `inspect` and `functools.wraps` ask for
    name: str
    __qualname__: str

    def __init_subclass__(cls) -> None:
        cls.__doc__ = _FromManual("page", cls.__doc__)  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Op({self.name!r})"

    def __reduce__(self) -> str:
        return self.__qualname__  # copied and pickled as a function is, by the name in its module


def method_of(op: Any, method: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The method for ``op(value, …)``, by default just that, with the name of the op."""

    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        return op(self, *arguments, **options)

    found: Any = method or call
    found.__name__, found.__qualname__ = op.name, f"Value.{op.name}"
    found.__doc__ = f"The node ``{op.name}(self{', …' * (method is None)})``."
    return found  # type: ignore[no-any-return]
