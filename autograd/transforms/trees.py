"""Structures: nested lists, tuples and dicts of numbers, taken apart and put together again.

A Module counts as the structure of its named parameters.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..engine.messages import listed, shown
from ..engine.nesting import DEEPEST, is_module, refuse_depth
from ..engine.node import Node
from ..engine.numbers import number
from .arrays import ArrayOfScalars

Build = Callable[[Iterator[Any]], Any]


def flatten(tree: Any, where: str = "") -> tuple[list[Any], Build]:
    """The numbers and Values of a structure in order, and what puts others in their places.

    Args:
        tree: nested lists, tuples and dicts of numbers or Values; or a Module.
        where: what an error calls the place, such as ``"argument 0"``.

    Raises:
        TypeError: for anything that is no number, with its place.
        ValueError: for a structure that is too deep, or holds itself.

    Example:
        >>> from autograd.transforms.trees import flatten, rebuild
        >>> leaves, build = flatten({"w": [1.0, 2.0], "b": 3.0})
        >>> rebuild(build, [10 * x for x in leaves])
        {'w': [10.0, 20.0], 'b': 30.0}
    """
    return _flatten(tree, where, 0, tree)


def _flatten(tree: Any, where: str, depth: int, whole: Any) -> tuple[list[Any], Build]:
    if depth > DEEPEST:
        refuse_depth(whole, where.partition("[")[0])
    kind: Any = type(tree)
    items: Any
    join: Callable[[Any, Any], Any]
    if isinstance(tree, dict):
        items, join = tree.items(), lambda keys, xs: dict(zip(keys, xs, strict=True))
    elif isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a named tuple
        items, join = enumerate(tree), lambda keys, xs: kind(*xs)
    elif isinstance(tree, ArrayOfScalars):
        shape = tree.shape
        items, join = enumerate(tree), lambda keys, xs: ArrayOfScalars(xs, shape)
    elif isinstance(tree, (list, tuple)):
        kind = list if isinstance(tree, list) else tuple
        items, join = enumerate(tree), lambda keys, xs: kind(xs)
    elif is_module(tree):
        return _flatten(dict(tree.named_parameters()), where, depth, whole)
    else:
        return [_leaf(tree, where)], next
    keys, leaves, builds = [], [], []
    for key, item in items:
        some, build = _flatten(item, f"{where}[{key!r}]", depth + 1, whole)
        keys.append(key)
        leaves += some
        builds.append(build)
    return leaves, lambda xs: join(keys, [build(xs) for build in builds])


def _leaf(x: Any, where: str) -> Any:
    if getattr(x, "ndim", 0) > 0 and hasattr(x, "tolist"):
        kind = type(x).__name__
        raise TypeError(
            f"{where or 'the structure'}: got {kind}, where lists, tuples and dicts hold the "
            "numbers: pass its .tolist()"
        )
    try:
        return x if isinstance(x, Node) else number(x)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}" if where else str(error)) from None


def places(tree: Any, where: str) -> list[str]:
    """What errors call the places of the numbers of a structure, in the order of `flatten`.

    Example:
        >>> from autograd.transforms.trees import places
        >>> places({"w": [1.0, 2.0]}, "argument 0")
        ["argument 0['w'][0]", "argument 0['w'][1]"]
    """
    if is_module(tree):
        tree = dict(tree.named_parameters())
    if isinstance(tree, dict):
        items = list(tree.items())
    elif isinstance(tree, (list, tuple)):
        items = list(enumerate(tree))
    else:
        return [where]
    return [place for key, item in items for place in places(item, f"{where}[{key!r}]")]


def refuse_modules(tree: Any, where: str) -> None:
    """Raise a TypeError if a Module stands inside a structure, where a function would miss it."""
    if is_module(tree):
        raise TypeError(f"{where} is a {type(tree).__name__}: pass a Module as its own argument")
    if isinstance(tree, (dict, list, tuple)):
        for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            refuse_modules(item, f"{where}[{key!r}]")


def leaves_like(tree: Any, like: Any, where: str) -> list[Any]:
    """The leaves of `tree`, in the order of those of `like`, whose structure it must have.

    Raises:
        TypeError: for anything that is no number.
        ValueError: if the structures differ; the keys of a dict may come in any order.

    Example:
        >>> from autograd.transforms.trees import leaves_like
        >>> leaves_like({"b": 1.0, "a": [2.0]}, {"a": [0.0], "b": 0.0}, "tangents")
        [2.0, 1.0]
    """
    found, wanted = flatten(tree, where)[0], flatten(like)[0]
    if len(found) != len(wanted):
        raise ValueError(f"{where} must hold {len(wanted)} number(s), got {len(found)}")
    return list(_aligned(tree, like, where))


def _aligned(tree: Any, like: Any, where: str) -> Iterator[Any]:
    tree, like = (dict(x.named_parameters()) if is_module(x) else x for x in (tree, like))
    keys, wanted = (
        list(x)
        if isinstance(x, dict)
        else list(range(len(x)))
        if isinstance(x, (list, tuple))
        else []
        for x in (tree, like)
    )
    if isinstance(tree, dict) != isinstance(like, dict) or set(keys) != set(wanted):
        got = listed(keys) if keys else shown(tree)
        raise ValueError(f"{where} must have the places {listed(wanted)}, got {got}")
    if not isinstance(like, (dict, list, tuple)):
        yield flatten(tree)[0][0]
    for key in wanted:
        yield from _aligned(tree[key], like[key], f"{where}[{key!r}]")


def rebuild(build: Build, leaves: Sequence[Any]) -> Any:
    """The structure that `flatten` took apart, with these `leaves` in it."""
    return build(iter(leaves))
