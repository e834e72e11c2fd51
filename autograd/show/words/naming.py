"""Names of nodes in words and formulas: their labels, or numbered names without a label."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ..text import decimal, shorten

_SYMBOL = re.compile("([A-Za-z])_?([0-9]*)(?:_([0-9]+))?")
_LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "{}#%&_"}
    | {
        sign: f"\\text{name}{{}}"  # these signs have a meaning in Markdown or HTML too
        for sign, name in {
            "\\": "backslash",
            "^": "asciicircum",
            "~": "asciitilde",
            "$": "dollar",
            "<": "less",
            ">": "greater",
            "|": "bar",
            "`": "quoteleft",
        }.items()
    }
)


class NameSources(NamedTuple):
    """The data that names are made of: all labels, and the numbers of unlabelled constants."""

    labels: Sequence[str]
    numbers: Mapping[Node, float]


def name_sources(order: Sequence[Node], was: Mapping[Node, float] | None = None) -> NameSources:
    """Collect the data for names; `was` has numbers of leaves that changed since their use."""
    moved = {} if was is None else was
    labels = [node.label for node in order]
    numbers = {
        node: moved.get(node, node._data) for node in order if node.is_constant and not node.label
    }
    return NameSources(labels, numbers)


def kind_of(node: Node) -> str:
    """The kind of a node in a word: op, input, parameter or constant."""
    if node.is_constant:
        return "constant"
    if node.op is not None:
        return "op"
    return "parameter" if node.is_parameter else "input"


def names_of(order: Sequence[Node], known: NameSources | None = None) -> dict[Node, str]:
    """A unique name for every node; a constant without label goes by its number.

    Labels come first, ``w``, ``w_2``, ``w_3`` where several share one. Without a label the root
    is ``root``, a constant its number, leaves are ``v1``, ``v2``, ..., others ``t1``, ``t2``, ...

    Args:
        order: the nodes in topological order, the root last.
        known: their labels and numbers, if these may have changed since.

    Example:
        >>> from autograd import Value
        >>> from autograd.engine.graph import topological_order
        >>> a = Value(2.0, "a")
        >>> list(names_of(topological_order(a * a + a)).values())
        ['a', 't1', 'root']
    """
    labels, numbers = name_sources(order) if known is None else known
    names: dict[Node, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for node, label in zip(order, labels, strict=True):
        if label:
            names[node] = _make_unique(shorten(label) or "unnamed", 1, taken, counts)
    for node in order:
        if node in names:
            continue
        if node is order[-1]:
            names[node] = _make_unique("root", 1, taken, counts)
        elif node in numbers:
            names[node] = decimal(numbers[node])
        else:
            names[node] = _make_unique("v" if node.op is None else "t", 0, taken, counts)
    return {node: names[node] for node in order}


def _make_unique(name: str, plain: int, taken: set[str], counts: dict[str, int]) -> str:
    """`name`, with the next number that makes it unique; the first `plain` ones need none."""
    while True:
        count = counts[name] = counts.get(name, 0) + 1
        joint = "_" if plain else ""
        unique = name if count <= plain else f"{name}{joint}{count}"
        if unique not in taken:
            taken.add(unique)
            return unique


def latex_name(name: str) -> str:
    """A name in LaTeX math: a letter with its index and number, or upright text.

    Example:
        >>> print(latex_name("w0_2"), latex_name("loss"), latex_name("100%"))
        w_{0}^{(2)} \\mathrm{loss} \\text{100\\%}
    """
    symbol = _SYMBOL.fullmatch(name)
    if symbol:
        letter, index, which = symbol.groups()
        return letter + (f"_{{{index}}}" if index else "") + (f"^{{({which})}}" if which else "")
    if name.isascii() and name.isalpha():
        return f"\\mathrm{{{name}}}"
    return f"\\text{{{name.translate(_LATEX)}}}"
