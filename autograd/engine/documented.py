"""What is said of each op: ``help(autograd.exp)`` is about exp, and so is an error of its call."""

from collections.abc import Callable
from typing import Any

from .misuse import misused


class _Page:
    """The ``__doc__`` of a class: of the class its own, of an object its page of the manual."""

    def __init__(self, own: str | None) -> None:
        self.own = own

    def __get__(self, thing: Any, owner: Any) -> str | None:
        if thing is None:
            return self.own
        return thing.manual().page(thing)  # type: ignore[no-any-return]


class Documented:
    """A base for ops: each has a page in the manual, and says which operand was wrong."""

    misused = misused
    # The manual shows formulas, so it stands above the ops, and is imported when it is read.
    manual: Callable[[], Any]  # given by the package's __init__.py

    def __init_subclass__(cls) -> None:
        cls.__doc__ = _Page(cls.__doc__)  # type: ignore[assignment]

    def __getattr__(self, attribute: str) -> Any:
        # What `inspect` and `functools.wraps` ask of a function.
        if attribute in ("__signature__", "__name__", "__qualname__"):
            manual = self.manual()
            return manual.signature(self) if attribute == "__signature__" else manual.name(self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {attribute!r}")


def method_of(op: Any, method: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The method for ``op(value, …)``, by default just that, with the name of the op."""

    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        return op(self, *arguments, **options)

    found: Any = method or call
    found.__name__, found.__qualname__ = op.name, f"Value.{op.name}"
    found.__doc__ = f"The node ``{op.name}(self{', …' * (method is None)})``."
    return found  # type: ignore[no-any-return]
