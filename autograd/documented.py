"""What is documented object by object: ``help(autograd.exp)`` is about exp, not about Op."""

from typing import Any


class _Page:
    """The ``__doc__`` of a class: of the class its own, of an object its page of the manual."""

    def __init__(self, own: str | None) -> None:
        self.own = own

    def __get__(self, thing: Any, owner: Any) -> str | None:
        if thing is None:
            return self.own
        # The manual shows formulas, so it stands above the ops and is imported when it is read.
        from autograd.manual import page

        return page(thing)


class Documented:
    """A base for such objects."""

    def __init_subclass__(cls) -> None:
        cls.__doc__ = _Page(cls.__doc__)  # type: ignore[assignment]

    def __getattr__(self, attribute: str) -> Any:
        # What `inspect` and `functools.wraps` ask of a function.
        if attribute in ("__signature__", "__name__", "__qualname__"):
            from autograd.manual import name, signature

            return signature(self) if attribute == "__signature__" else name(self)  # type: ignore[arg-type]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {attribute!r}")
