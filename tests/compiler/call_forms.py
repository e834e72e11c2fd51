"""Forms of calls and of results: a function of `x` and `i`, as users call theirs and return."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import Value
from autograd.nn import Module
from autograd.transforms.trees import flatten

Function = Callable[..., Any]
Numbers = Sequence[float]


class CallForm(NamedTuple):
    """How a function is called.

    Attributes:
        wrapped: makes what is called so of a function of `x` and `i`.
        arguments: those of a call.
        keywords: the same.
        static: the name of one that is no number.
        interpreted: the arguments of an interpreted call, where they are others.
    """

    wrapped: Callable[[Function], Function]
    arguments: Callable[[Numbers, Numbers], Sequence[Any]]
    keywords: Callable[[Numbers, Numbers], Mapping[str, Any]] = lambda x, i: {}
    static: Sequence[str] = ()
    interpreted: Callable[[Numbers, Numbers], Sequence[Any]] | None = None

    def interpret(self, f: Function, x: Numbers, i: Numbers) -> Any:
        """What a wrapped function gives."""
        return f(*(self.interpreted or self.arguments)(x, i), **self.keywords(x, i))

    def call(self, f: Function, x: Numbers, i: Numbers) -> Any:
        """What it gives once it is compiled, with lists in the place of arrays."""
        leaves, treedef = flatten(f(*self.arguments(x, i), **self.keywords(x, i)))
        return treedef.unflatten([x.tolist() if isinstance(x, np.ndarray) else x for x in leaves])


class Held(Module):
    """A model whose parameters are the numbers."""

    def __init__(self, x: Numbers) -> None:
        self.x = [*map(Value, x)]


def _whole(x: float) -> float:
    """The number as an int, if it is one."""
    return int(x) if x.is_integer() and str(x) != "-0.0" else x


def _with_setting(f: Function) -> Function:
    def g(x: Any, how: str, i: Any) -> Any:
        return f([2.0 * one for one in x] if how == "doubled" else x, i)

    return g


def _by_name(f: Function) -> Function:
    return lambda *, x, i: f(x, i)


CALLS: dict[str, CallForm] = {
    "two lists": CallForm(lambda f: f, lambda x, i: (x, i)),
    "a dict": CallForm(
        lambda f: lambda d: f(d["x"], d["i"][0]), lambda x, i: ({"x": x, "i": (i, {})},)
    ),
    "keywords": CallForm(_by_name, lambda x, i: (), lambda x, i: {"x": x, "i": i}),
    "parts": CallForm(
        lambda f: lambda one, rest, i: f([one, *rest[1]], i["i"]),
        lambda x, i: (x[0], [{}, x[1:], ()], {"i": i}),
    ),
    "a setting": CallForm(
        _with_setting,
        lambda x, i: (x, "doubled" if i[0] else "as they are", i),
        static=("how",),
    ),
    # But for 0, which is no node where it is added, and a float like all others compiled.
    "ints": CallForm(lambda f: f, lambda x, i: ([*map(_whole, x)], [int(k) or 0.0 for k in i])),
    "arrays": CallForm(
        lambda f: f, lambda x, i: (np.array(x), np.array(i)), interpreted=lambda x, i: (x, i)
    ),
    "a model": CallForm(lambda f: lambda model, i: f(model.x, i), lambda x, i: (Held(x), i)),
}


def _with_constants(f: Function) -> Function:
    def g(x: Any, i: Any) -> Any:
        result = f(x, i)
        return {"n": 3, "r": result, "none": [], "pair": (-0.0, [1.5]), "again": (result, ())}

    return g


def _with_arguments(f: Function) -> Function:
    return lambda x, i: (x, f(x, i), [x[0], i[1]], {"i": i})


RESULTS: dict[str, Callable[[Function], Function]] = {
    "as they are": lambda f: f,
    "beside constants": _with_constants,
    "beside arguments": _with_arguments,
}
