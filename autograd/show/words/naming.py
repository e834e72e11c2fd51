"""The names of nodes, the same in pictures, words, steps and pages.

A name is the label, after the path of its module where several nodes share a parameter's label, or
else a number.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ..text import clean, decimal, shorten

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

    Labels come first, ``w``, ``w_2``, ``w_3`` where several share one. Where one of the parameters
    of a module does, the path is before all of them: ``layers.0.neurons.2.w1``. Without a label the
    root is ``root``, a constant its number, leaves are ``v1``, ``v2``, ..., and others ``t1``, ...

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
    for node, name in _labelled(order, labels).items():
        names[node] = _make_unique(name, 1, taken, counts)
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


def _labelled(order: Sequence[Node], labels: Sequence[str]) -> dict[Node, str]:
    """The labels of nodes that have one, and of parameters whose labels are shared the path too."""
    found = {
        node: shorten(label) or "unnamed"
        for node, label in zip(order, labels, strict=True)
        if label
    }
    counts = Counter(found.values())
    held = {node: counts[name] > 1 for node, name in found.items() if node.is_parameter}
    if any(held.values()):
        paths = _first_paths(order, held)
        ambiguous = {path for node, path in paths.items() if held[node]}
        for node, path in paths.items():
            if path in ambiguous:  # all parameters of one module alike
                found[node] = f"{path}.{found[node]}"
    return found


def _first_paths(order: Sequence[Node], wanted: Container[Node]) -> dict[Node, str]:
    """The path of the first module call that uses each of these leaves, of those in a path."""
    found: dict[Node, str] = {}
    for node in order:
        call = node.call
        if call is not None and call.path:
            for x in node.operands:
                if isinstance(x, Node) and x in wanted and x not in found:
                    found[x] = call.path
    cleaned = {path: clean(path) for path in dict.fromkeys(found.values())}
    return {node: cleaned[path] for node, path in found.items()}


def natural_order(leaves: Iterable[Node], names: Mapping[Node, str]) -> list[Node]:
    """Leaves in the order in which people look for them: inputs, then parameters, then numbers.

    Each kind is in the order of the names, 2 before 10. The parameters of a module keep theirs.

    Example:
        >>> from autograd import Value
        >>> x10, x9 = Value(1.0, "x10"), Value(2.0, "x9")
        >>> [x.label for x in natural_order([x10, x9], {x10: "x10", x9: "x9"})]
        ['x9', 'x10']
    """

    def key(node: Node) -> tuple[bool, bool, list[str | int]]:
        path, dot, name = names[node].rpartition(".")
        parts = re.split("([0-9]+)", path + dot if dot else name)
        numbered = [int(part) if i % 2 else part for i, part in enumerate(parts)]
        return node.is_constant and not node.label, node.is_parameter, numbered

    return sorted(leaves, key=key)


def paths_of(order: Sequence[Node]) -> dict[Node, str]:
    """The path of the module call that each node is in; a parameter is where it is used."""
    paths = {x: clean(x.call.path) for x in order if x.call is not None and x.call.path}
    users: dict[Node, set[str]] = {}
    for node in order:
        for operand in node.parents:
            if operand.is_parameter or operand.is_constant:
                users.setdefault(operand, set()).add(paths.get(node, ""))
    return paths | {x: path for x, (path, *others) in users.items() if path and not others}


def quotient(above: str, below: str, d: str = "∂") -> str:
    """The derivative of one node by another, by their names; a path is written apart from the d.

    Example:
        >>> quotient("loss", "w1"), quotient("t3", "layers.0.w1")
        ('∂loss/∂w1', '∂t3/∂ layers.0.w1')
    """
    return "/".join(f"{d} {name}" if "." in name else d + name for name in (above, below))


def module_beside(name: str, path: str) -> str:
    """The module to tell beside the name of a node in it: none if the name tells it.

    Example:
        >>> module_beside("t3", "layers.0"), module_beside("layers.0.w1", "layers.0")
        ('layers.0', '')
    """
    return "" if name.startswith(f"{path}.") else path


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
