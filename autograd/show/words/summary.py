"""`summary`: a graph in numbers, for graphs too large to draw, with hints in words.

One pass over the nodes counts everything; `hints.py` adds hints.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...engine.graph import topological_order
from ...engine.node import Node
from ...engine.op import Op
from ..foreign.conversion import AnyValue, to_values
from ..text import DASH, TIMES, align, clean
from .explanation import TextAndMarkdown, markdown
from .hints import Survey, hints
from .naming import kind_of
from .notation import EXPLAINED

FLOAT = sys.getsizeof(0.0)


@dataclass(frozen=True, repr=False)
class Summary(TextAndMarkdown):
    """The size and shape of a graph. It prints as a table, and shows as one in a notebook.

    Attributes:
        nodes: how many there are: one for each leaf and each operation.
        ops: how many nodes each op made, by its name, the most frequent first.
        parameters, inputs, constants: the leaves. An input is a leaf that gets a gradient and
            that no module is known to hold.
        numbers: operands that are plain numbers.
        edges: operands that are nodes; x·x has two.
        depth: the edges on the longest way from the root to a leaf.
        bytes: the memory of the nodes, of their numbers, gradients and plain operands, and of
            the lists in nodes with any number of operands. Labels are not counted. 0 for a graph
            of another library, whose memory is not known.
        widest: the name of the node that is most often an operand, and how often; None of one.
        nan, inf: how many nodes hold a nan, or an infinity of either sign.
        hints: advice, in words.
    """

    nodes: int
    ops: dict[str, int]
    parameters: int
    inputs: int
    constants: int
    numbers: int
    edges: int
    depth: int
    bytes: int
    widest: tuple[str, int] | None
    nan: int
    inf: int
    hints: tuple[str, ...]

    @property
    def text(self) -> str:
        """A table with the numbers below one another, then the hints, for a terminal."""
        rows = [("  " * depth + clean(name), value) for depth, name, value in self._rows()]
        hints = [f"hint: {hint}" for hint in self.hints]
        return "\n".join([*align(rows, "<>"), *([""] if hints else []), *hints])

    @property
    def markdown(self) -> str:
        """A table, then the hints, as Markdown for a notebook or a web page."""
        rows = [
            f"| {f'{DASH} ' * depth}{markdown(name)} | {markdown(value)} |"
            for depth, name, value in self._rows()
        ]
        items = [f"- {markdown(hint)}" for hint in self.hints]
        return "\n".join(["| graph | |", "|:--|--:|", *rows, *([""] if items else []), *items])

    def _rows(self) -> list[tuple[int, str, str]]:
        """The rows of the table: indentation, name and value."""
        rows = [(0, "nodes", f"{self.nodes:,}")]
        leaves = {"parameters": self.parameters, "inputs": self.inputs, "constants": self.constants}
        rows += [(1, name, f"{n:,}") for name, n in [*leaves.items(), *self.ops.items()] if n]
        rows += [(0, "plain numbers", f"{self.numbers:,}"), (0, "edges", f"{self.edges:,}")]
        rows += [(0, "depth", f"{self.depth:,}")]
        rows += [(0, "memory", _size(self.bytes))] if self.bytes else []
        name, uses = self.widest or ("", 0)
        if uses > 1:
            rows.append((0, "most used", f"{clean(name)} {TIMES}{uses:,}"))
        return rows + [(0, x, f"{n:,}") for x, n in (("nan", self.nan), ("inf", self.inf)) if n]


@dataclass
class _Counts:
    """The counts of one pass over the nodes."""

    ops: Counter[Op] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)
    uses: dict[Node, int] = field(default_factory=dict)
    numbers: int = 0
    edges: int = 0
    depth: int = 0
    bytes: int = 0
    nan: int = 0
    inf: int = 0


def summary(value: AnyValue) -> Summary:
    """The graph that `value` was computed from, in numbers, and hints about it.

    Args:
        value: the root, usually a loss, with up to millions of nodes; micrograd's and similar
            ones too.

    Raises:
        TypeError: if `value` is no Value.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.words.summary import summary
        >>> x = Value(3.0, "x")
        >>> y = (x + 1.0).tanh()
        >>> y.backward()
        >>> print(summary(y).text)
        nodes                3
          inputs             1
          +                  1
          tanh               1
        plain numbers        1
        edges                2
        depth                2
        memory         ... bytes
    """
    (root,) = to_values("summary", value)
    order = topological_order(root)
    counts = _count(order)
    survey = Survey(order, counts.uses)
    widest = max(counts.uses, key=counts.uses.__getitem__, default=None)
    names = Counter[str]()
    for op, count in counts.ops.items():
        names[EXPLAINED.get(op, op.name)] += count
    return Summary(
        nodes=len(order),
        ops=dict(sorted(names.items(), key=lambda item: (-item[1], item[0]))),
        parameters=counts.leaves["parameter"],
        inputs=counts.leaves["input"],
        constants=counts.leaves["constant"],
        numbers=counts.numbers,
        edges=counts.edges,
        depth=counts.depth,
        bytes=counts.bytes if root is value else 0,
        widest=None if widest is None else (survey.names[widest], counts.uses[widest]),
        nan=counts.nan,
        inf=counts.inf,
        hints=hints(survey, foreign=root is not value),
    )


def _count(order: Sequence[Node]) -> _Counts:
    counts = _Counts()
    depths: dict[Node, int] = {}
    uses = counts.uses
    for node in order:
        data, op, depth = node._data, node.op, 0
        counts.bytes += sys.getsizeof(node) + FLOAT
        if type(node.grad) is float and node.is_reached:
            counts.bytes += FLOAT
        if not math.isfinite(data):
            counts.nan += data != data
            counts.inf += data == data
        if op is None:
            counts.leaves[kind_of(node)] += 1
        else:
            counts.ops[op] += 1
            counts.bytes += sys.getsizeof(node.operands) + sys.getsizeof(node.recorded)
            for operand in node.operands:
                if isinstance(operand, Node):
                    counts.edges += 1
                    uses[operand] = uses.get(operand, 0) + 1
                    if depths[operand] >= depth:
                        depth = depths[operand] + 1
                else:
                    counts.numbers += 1
                    counts.bytes += FLOAT
            counts.depth = max(counts.depth, depth)
        depths[node] = depth
    return counts


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1e3:,.1f} kB" if count < 1_000_000 else f"{count / 1e6:,.1f} MB"
