"""Two trees of one structure: the leaves of one in the order of those of the other."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..engine.messages import pluralize
from .trees import LEAF, NOTHING, TreeDef, describe, flatten_numbers, open_module


def leaves_like(tree: Any, like: Any, where: str) -> list[Any]:
    """The numbers of `tree`, in the order of those of `like`, whose structure it must have.

    Raises:
        TypeError: for anything that is no number.
        ValueError: if the structures differ; the keys of a dict may come in any order.

    Example:
        >>> from autograd.transforms.matching import leaves_like
        >>> leaves_like({"b": 1.0, "a": [2.0]}, {"a": [0.0], "b": 0.0}, "tangents")
        [2.0, 1.0]
    """
    return _in_order(tree, like, where, *flatten_numbers(like))


def rows_alike(
    trees: Sequence[Any], where: Callable[[int], str]
) -> tuple[list[list[Any]], TreeDef]:
    """The numbers of each of these trees, in the order of those of the first, and its structure.

    Args:
        trees: of one structure.
        where: what an error calls each of them.

    Raises:
        TypeError: for anything that is no number.
        ValueError: if the structures differ; the keys of a dict may come in any order.
    """
    like = trees[0]
    first, treedef = flatten_numbers(like, where(0))
    others = [_in_order(x, like, where(i), first, treedef) for i, x in enumerate(trees[1:], 1)]
    return [first, *others], treedef


def _in_order(
    tree: Any, like: Any, where: str, wanted: Sequence[Any], structure: TreeDef
) -> list[Any]:
    """The numbers of `tree`, in the order of the `wanted` ones of `like`, of this structure."""
    found, treedef = flatten_numbers(tree, where)
    if treedef == structure:
        return found
    if len(found) != len(wanted):
        raise ValueError(f"{where} must hold {pluralize(len(wanted), 'number')}, got {len(found)}")
    return flatten_numbers(list(matched(tree, like, where, _other_structure)))[0]


def matched(
    tree: Any,
    like: Any,
    where: str,
    error: Callable[[Any, Any, str], Exception],
    *,
    same_kinds: bool = False,
) -> Iterator[Any]:
    """The leaves of `tree`, in the order of those of `like`, whose keys it must have.

    Args:
        tree: a tree, with Modules as the dicts of their parameters.
        like: another, whose dicts may have their keys in another order.
        where: what an error calls `tree`.
        error: makes an error for two nodes that differ, and the place.
        same_kinds: a list is no tuple here.
    """
    found, wanted = (open_module(x) or LEAF for x in (tree, like))
    others = {None, dict, NOTHING.kind}
    sequences = not same_kinds and others.isdisjoint((found[0], wanted[0]))
    alike = (sequences or found[0] is wanted[0]) and set(found[1]) == set(wanted[1])
    if not alike:
        raise error(tree, like, where)
    if wanted is LEAF:
        yield tree
    items = dict(zip(found[1], found[3], strict=True))
    for key, item in zip(wanted[1], wanted[3], strict=True):
        place = f"{where}[{key!r}]"
        yield from matched(items[key], item, place, error, same_kinds=same_kinds)


def _other_structure(tree: Any, like: Any, where: str) -> ValueError:
    return ValueError(f"{where} must be {describe(like)}, got {describe(tree)}")
