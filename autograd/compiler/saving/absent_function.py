"""An absent function: stands in for the one that was compiled, where only a file of it is there."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ...engine.errors import CompiledFileError

Parameters = list[list[Any]] | None  # of each its name, its kind, and whether it may be left out
_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)


def parameters_of(signature: inspect.Signature | None) -> Parameters:
    """The parameters of a function, as JSON; None of some functions written in C."""
    if signature is None:
        return None
    return [
        [x.name, _KINDS.index(x.kind), x.default is not x.empty]
        for x in signature.parameters.values()
    ]


def absent_function(name: str, parameters: Parameters, known: Sequence[str]) -> Callable[..., Any]:
    """A function of these parameters that raises: it is not here.

    Args:
        name: what it is called.
        parameters: its parameters.
        known: which arguments it was saved for, in words.
    """

    def absent(*args: Any, **options: Any) -> Any:
        told = "; or of ".join(known)
        raise CompiledFileError(
            f"the compiled function {name} is here as it was saved, for a call of {told}. What "
            "else is asked of it, such as other arguments, a derivative or verify, needs the "
            f"function itself: give it, as in load_compiled(path, {name})"
        )

    absent.__name__ = absent.__qualname__ = name
    if parameters is not None:
        absent.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                inspect.Parameter(
                    of, _KINDS[kind], default=None if may_be_left_out else inspect.Parameter.empty
                )
                for of, kind, may_be_left_out in parameters
            ]
        )
    return absent
