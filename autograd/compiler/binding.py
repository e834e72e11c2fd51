"""Binding: which arguments of a call are recorded, under which names, and which are static."""

import copy
import functools
import inspect
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from ..engine.messages import list_few, short_repr
from ..transforms.function_names import name_of
from .cache_keys import setting

Function = Callable[..., Any]
_IN_ORDER = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
Static = str | int | Sequence[str | int]  # the names of static arguments, or their places


class BoundCall(NamedTuple):
    """A call as it is recorded.

    Attributes:
        f: a function of the arguments that are recorded.
        args: these.
        names: what they are called.
        static: what tells calls with other static arguments, or other names, apart.
        fixed: the static arguments themselves.
    """

    f: Function
    args: Sequence[Any]
    names: Sequence[str]
    static: tuple[Hashable, ...]
    fixed: Sequence[Any] = ()


def bind(
    f: Function,
    signature: inspect.Signature | None,
    static: Sequence[str],
    args: Sequence[Any],
    options: dict[str, Any],
) -> BoundCall:
    """The call of `f` with its arguments told apart by name.

    Raises:
        TypeError: if they do not fit the signature, or a static one is not hashable.
    """
    if signature is None:
        if options or static:
            raise TypeError("the arguments of this function have no names: pass them in order")
        return BoundCall(f, args, [f"argument {i}" for i in range(len(args))], ())
    try:
        given = signature.bind(*args, **options)
    except TypeError as error:
        raise TypeError(f"{name_of(f)}() {error}") from None
    fixed = tuple((x, given.arguments[x]) for x in static if x in given.arguments)
    names = [name for name in given.arguments if name not in static]
    # A function that wraps another one and has its signature, as a batch does, tells them apart.
    by_name = [
        x for x in given.arguments if x in options and signature.parameters[x].kind in _IN_ORDER
    ]
    places = {name: i for i, name in enumerate([*given.arguments, *given.kwargs])}

    @functools.wraps(f, updated=())
    def call(*stand_ins: Any) -> Any:
        arguments = {**given.arguments, **dict(zip(names, stand_ins, strict=True))}
        named = {name: arguments.pop(name) for name in by_name}
        filled = copy.copy(given)
        filled.arguments = arguments
        named |= filled.kwargs
        in_order = sorted(named, key=places.get)  # type: ignore[arg-type]
        return f(*filled.args, **{name: named[name] for name in in_order})

    usual = () if names == argument_names(signature) else (tuple(names),)
    told = (("by name", *by_name),) if by_name else ()
    kinds = (*usual, *told, *setting_of_static(fixed))
    return BoundCall(
        call, [given.arguments[name] for name in names], names, kinds, [x for _, x in fixed]
    )


def setting_of_static(fixed: Sequence[tuple[str, Any]]) -> tuple[Hashable, ...]:
    """What tells calls with other static arguments apart.

    Args:
        fixed: the static arguments with their names.

    Raises:
        TypeError: if one is not hashable.
    """
    try:
        hash(tuple(fixed))
    except TypeError:
        told = list_few(fixed, lambda item: f"{item[0]} = {short_repr(item[1])}")
        raise TypeError(f"a static argument must be hashable, got {told}") from None
    return tuple((name, setting(x)) for name, x in fixed)


def static_names(static: Any, signature: inspect.Signature | None) -> tuple[str, ...]:
    """The names of static arguments, given as one name or place, or a list of them.

    Raises:
        TypeError: for anything else.
        ValueError: for a name or a place that no argument has.
    """
    given = (static,) if isinstance(static, (str, int)) else static
    if not isinstance(given, (list, tuple)) or not all(type(x) in (str, int) for x in given):
        raise TypeError(
            "static is the name of an argument, or its place, or a list of them: got "
            f"{short_repr(static)}"
        )
    known = list(signature.parameters) if signature else []
    in_order = names_in_order(signature)
    for x in given:
        if type(x) is int and not -len(in_order) <= x < len(in_order):
            raise ValueError(
                f"static is the place of an argument, of {len(in_order)} that come in order: got "
                f"{x}"
            )
        if type(x) is str and x not in known:
            raise ValueError(
                f"static names arguments of the function, which are {', '.join(known)}: got {x!r}"
            )
    return tuple(in_order[x] if type(x) is int else x for x in given)


def names_in_order(signature: inspect.Signature | None) -> list[str]:
    """The names of the arguments that a function takes by position."""
    parameters = signature.parameters.values() if signature else ()
    return [x.name for x in parameters if x.kind in _IN_ORDER]


def argument_names(signature: inspect.Signature | None) -> list[str]:
    """The names of the arguments of a function that takes them by position alone, else none."""
    found = names_in_order(signature)
    return found if signature and len(found) == len(signature.parameters) else []
