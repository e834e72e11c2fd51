"""What nodes are called in words and formulas: by their labels, or by numbers if they have none."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ..text import decimal, shortened

_SYMBOL = re.compile("([A-Za-z])_?([0-9]*)(?:_([0-9]+))?")
_LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "{}#%&_"}
    | {
        sign: f"\\text{name}{{}}"  # what Markdown or HTML would act on too
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


class Noted(NamedTuple):
    """What names are made of: all labels, and the numbers of the constants that have none."""

    labels: Sequence[str]
    numbers: Mapping[Node, float]


def noted(order: Sequence[Node], was: Mapping[Node, float] | None = None) -> Noted:
    """What the names of the nodes are made of, as it is now; or as a number `was` when used."""
    moved = {} if was is None else was
    labels = [node.label for node in order]
    numbers = {
        node: moved.get(node, node._data) for node in order if node.is_constant and not node.label
    }
    return Noted(labels, numbers)


def kind_of(node: Node) -> str:
    """What a node is: the result of an op, or an input, a parameter or a constant."""
    if node.is_constant:
        return "constant"
    if node.op is not None:
        return "op"
    return "parameter" if node.is_parameter else "input"


def names_of(order: Sequence[Node], known: Noted | None = None) -> dict[Node, str]:
    """A name of its own for every node, but constants without label, which go by their numbers.

    Labels come first, ``w``, ``w_2``, ``w_3`` where several share one. Without a label the root
    is ``root``, a constant its number, leaves are ``v1``, ``v2``, ..., others ``t1``, ``t2``, ...

    Args:
        order: the nodes in topological order, the root last.
        known: what was noted of them, if they may be others by now.

    Example:
        >>> from autograd import Value
        >>> from autograd.engine.graph import topological_order
        >>> a = Value(2.0, "a")
        >>> list(names_of(topological_order(a * a + a)).values())
        ['a', 't1', 'root']
    """
    labels, numbers = noted(order) if known is None else known
    names: dict[Node, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for node, label in zip(order, labels, strict=True):
        if label:
            names[node] = _numbered(shortened(label) or "unnamed", 1, taken, counts)
    for node in order:
        if node in names:
            continue
        if node is order[-1]:
            names[node] = _numbered("root", 1, taken, counts)
        elif node in numbers:
            names[node] = decimal(numbers[node])
        else:
            names[node] = _numbered("v" if node.op is None else "t", 0, taken, counts)
    return {node: names[node] for node in order}


def _numbered(name: str, plain: int, taken: set[str], counts: dict[str, int]) -> str:
    """`name` with the next number that makes it unique; the first `plain` ones need none."""
    while True:
        count = counts[name] = counts.get(name, 0) + 1
        joint = "_" if plain else ""
        unique = name if count <= plain else f"{name}{joint}{count}"
        if unique not in taken:
            taken.add(unique)
            return unique


def latex_name(name: str) -> str:
    """A name in LaTeX math: a letter with its index and, above, which of its kind, else upright.

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
