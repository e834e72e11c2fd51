"""Trees: nested lists, tuples and dicts taken apart into leaves, and put together again.

`flatten` gives the leaves in order and a `TreeDef`, the structure without them; its `unflatten`
undoes it. These are the pytrees of `jax.tree_util`, in which None holds nothing; but a dict keeps
the order of its keys.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache, partial
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from ..engine.messages import describe_type, list_few
from ..engine.nesting import DEEPEST, is_module, named_numbers, refuse_depth
from ..engine.node import Node
from ..engine.numbers import flag_as_number, is_array, number
from .arrays import ArrayOfScalars


class TreeDef(NamedTuple):
    """The structure of a tree: equal and of one hash for trees that differ in leaves alone.

    Attributes:
        kind: list, tuple, dict, the class of a named tuple, of an array or of None, which holds
            nothing; None for a leaf.
        keys: the keys of a dict, else the indexes.
        extra: the types of the keys of a dict, for 1 equals True; the shape of an array.
        children: the structures of the items; empty if all of them are leaves.
    """

    kind: Any
    keys: Sequence[Any]
    extra: Any
    children: tuple["TreeDef", ...]

    def builder(self, takers: "Sequence[Taker] | None" = None) -> "Taker":
        """Make a function that puts leaves into this structure, to be called often.

        Args:
            takers: functions that take each leaf from what is given; without them it is its item.
        """
        return _builder(self, 0, takers)[0]

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """Put leaves into this structure; of an iterator it takes as many as it needs."""
        build, count = _kept_builder(self)
        return build(list(islice(leaves, count)))

    def places(self, where: str = "") -> list[str]:
        """The place of each leaf, as errors and labels name it.

        Example:
            >>> flatten({"w": [1.0, 2.0]})[1].places("argument 0")
            ["argument 0['w'][0]", "argument 0['w'][1]"]
        """
        if self.kind is None:
            return [where]
        inner = [f"{where}[{key!r}]" for key in self.keys]
        if not self.children:
            return inner
        pairs = zip(self.children, inner, strict=True)
        return [one for child, place in pairs for one in child.places(place)]


LEAF = TreeDef(None, (), (), ())
NOTHING = TreeDef(type(None), (), (), ())  # the structure of None
Opened = tuple[Any, Sequence[Any], Any, Collection[Any]]  # kind, keys, extra, items
Opener = Callable[[Any], Opened | None]
IsLeaf = Callable[[Any], bool] | None
Taker = Callable[[Any], Any]


@lru_cache
def _is_leaf_class(kind: type) -> bool:
    """Whether objects of this class are leaves whatever opens the others."""
    return kind is float or kind is int or issubclass(kind, Node)


@lru_cache
def list_of(count: int) -> TreeDef:
    """The structure of a list of so many leaves."""
    return TreeDef(list, range(count), (), ())


def is_none(x: Any) -> bool:
    """Whether `x` is None, for trees in which it says something, and is a leaf."""
    return x is None


def open_node(x: Any) -> Opened | None:
    """Take one list, tuple, named tuple or dict apart, and None; None for anything else, a leaf."""
    if x is None:
        return NOTHING
    kind = kind_of_node(x.__class__)
    if kind is dict:
        return dict, tuple(x), tuple(map(type, x)), x.values()
    return None if kind is None else (kind, range(len(x)), (), x)


def open_array(x: Any) -> Opened | None:
    """Take one node apart, so that an array of scalars is put together as one again."""
    if isinstance(x, ArrayOfScalars):
        return ArrayOfScalars, range(len(x)), x.shape, x
    return open_node(x)


def open_module(x: Any) -> Opened | None:
    """Take one node apart, with a Module, or an optimizer, as the dict of its named numbers."""
    named = None if isinstance(x, (Node, float)) else named_numbers(x)
    return open_node(x if named is None else named)


@lru_cache
def kind_of_node(kind: type) -> Any:
    """The `kind` in the TreeDef of an object of this class that has items; else None."""
    if hasattr(kind, "_make") and issubclass(kind, tuple):
        return kind
    return next((one for one in (dict, list, tuple) if issubclass(kind, one)), None)


def flatten(
    tree: Any,
    where: str = "",
    *,
    is_leaf: IsLeaf = None,
    opener: Opener = open_node,
    most: int = DEEPEST,
) -> tuple[list[Any], TreeDef]:
    """The leaves of a tree in order, and its structure.

    Args:
        tree: nested lists, tuples, named tuples and dicts; anything else in them is a leaf, but
            None, which holds nothing.
        where: what an error calls the tree, such as ``"argument 0"``.
        is_leaf: which of them to take for leaves too.
        opener: says what a node holds: `open_node`, `open_array` or `open_module`.
        most: how many levels it may have.

    Raises:
        ValueError: for a tree that is too deep, or holds itself.

    Example:
        >>> from autograd.transforms.trees import flatten
        >>> leaves, treedef = flatten({"w": [1.0, 2.0], "b": 3.0})
        >>> treedef.unflatten([10 * x for x in leaves])
        {'w': [10.0, 20.0], 'b': 30.0}
    """
    leaves: list[Any] = []
    try:
        return leaves, _take_apart(tree, leaves, is_leaf, opener, most)
    except RecursionError:
        refuse_depth(tree, where, most)
        raise


def _take_apart(x: Any, leaves: list[Any], is_leaf: IsLeaf, opener: Opener, levels: int) -> TreeDef:
    if is_leaf is not None and is_leaf(x):
        node = None
    elif type(x) is list and x and levels > 0 and all(map(_is_leaf_class, set(map(type, x)))):
        leaves.extend(x)  # at a tenth of the time
        return list_of(len(x))
    else:
        node = opener(x)
    if node is None:
        leaves.append(x)
        return LEAF
    if levels <= 0 and not is_module(x):
        raise RecursionError
    kind, keys, extra, items = node
    if all(map(_is_leaf_class, set(map(type, items)))):  # at a tenth of the time
        leaves.extend(items)
        return TreeDef(kind, keys, extra, ())
    children = []
    for item in items:
        if _is_leaf_class(item.__class__):  # at a third of the time
            leaves.append(item)
            children.append(LEAF)
        else:
            children.append(_take_apart(item, leaves, is_leaf, opener, levels - 1))
    all_leaves = children.count(LEAF) == len(children)
    return TreeDef(kind, keys, extra, () if all_leaves else tuple(children))


@lru_cache(256)
def _kept_builder(treedef: TreeDef) -> tuple[Taker, int]:
    """The builder for leaves, and how many it takes: structures come again and again."""
    return _builder(treedef, 0, None)


def _builder(treedef: TreeDef, start: int, takers: Sequence[Taker] | None) -> tuple[Taker, int]:
    """Make a function for `TreeDef.builder`, and say where the leaves after the tree start."""
    kind, keys, extra, children = treedef
    if kind is None:
        return itemgetter(start) if takers is None else takers[start], start + 1
    if kind is NOTHING.kind:
        return lambda leaves: None, start
    join: Any = getattr(kind, "_make", kind)  # a named tuple takes its items one by one
    if kind is ArrayOfScalars:
        join = partial(ArrayOfScalars, shape=extra)
    if takers is None and not children and kind is not dict:
        stop = start + len(keys)
        return lambda leaves: join(leaves[start:stop]), stop
    builds = []
    stop = start
    for child in children or [LEAF] * len(keys):
        build, stop = _builder(child, stop, takers)
        builds.append(build)
    if kind is dict:
        pairs = list(zip(keys, builds, strict=True))
        return lambda leaves: {key: build(leaves) for key, build in pairs}, stop
    return lambda leaves: join([build(leaves) for build in builds]), stop


# --- trees of numbers -----------------------------------------------------------------------


def flatten_numbers(
    tree: Any, where: str = "", *, flags: bool = False
) -> tuple[list[Any], TreeDef]:
    """The numbers, as floats, and the Values of a tree, and its structure.

    Args:
        tree: nested lists, tuples and dicts of numbers or Values, and Modules.
        where: what an error calls the tree.
        flags: take flags as 1.0 and 0.0, as in results of a compiled function.

    Raises:
        TypeError: for anything that is no number, with its place.
        ValueError: for a tree that is too deep, or holds itself.
    """
    leaves, treedef = flatten(tree, where, opener=open_numbers)
    if flags:
        leaves = list(map(flag_as_number, leaves))
    if all(kind is float or issubclass(kind, Node) for kind in set(map(type, leaves))):
        return leaves, treedef
    try:
        return [
            x if type(x) is float or isinstance(x, Node) else _number(x, "") for x in leaves
        ], treedef
    except (TypeError, ValueError):  # once more, to say where
        return list(map(_number, leaves, treedef.places(where))), treedef


def open_numbers(x: Any) -> Opened | None:
    """Take one node apart, with a Module as the dict of its parameters."""
    return open_array(dict(x.named_parameters()) if is_module(x) else x)


def _number(x: Any, where: str) -> Any:
    if is_array(x) and hasattr(x, "tolist"):
        raise TypeError(
            f"{where or 'the structure'}: got {type(x).__name__}, where lists, tuples and dicts "
            "hold the numbers: pass its .tolist()"
        ) from None
    advice = ""
    if isinstance(x, Iterable) and not isinstance(x, str):
        advice = "pass list(x)"
    elif hasattr(x, "__dict__") and not callable(x):
        advice = "pass its numbers in a list, a dict or a named tuple"
    try:
        return x if isinstance(x, Node) else number(x, advice=advice)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}" if where else str(error)) from None


def refuse_modules(tree: Any, where: str) -> None:
    """Raise a TypeError if a Module stands inside a structure, where a function would miss it."""
    leaves, treedef = flatten(tree, where)
    for i, x in enumerate(leaves):
        if type(x) is not float and not isinstance(x, Node) and is_module(x):
            place, kind = treedef.places(where)[i], type(x).__name__
            raise TypeError(f"{place} is a {kind}: pass a Module as its own argument")


def describe(x: Any) -> str:
    """A tree in a few words, for error messages."""
    if isinstance(x, Node) or type(x) in (int, float):
        return "one number"
    if is_module(x):
        x = dict(x.named_parameters())
    if isinstance(x, dict):
        return f"a dict with {list_few(x) or 'no entry'}"
    if isinstance(x, (list, tuple)):
        return f"a {kind_of_node(x.__class__).__name__} of {len(x)}"
    return describe_type(x)
