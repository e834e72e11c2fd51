"""Equations, line by line, as text, as Markdown and as LaTeX.

The lines of `explain.py` have a label or words beside the equation. A d stands for a gradient, a ∂
for the local derivative of one edge. What is long is cut in the middle, with the number of parts
that are left out.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from ...engine.node import Node
from ..text import align
from .explanation import Explanation, latex_rows, markdown
from .naming import latex_name, quotient
from .notation import MODULO, Written, join, use_mark, write_result
from .paths import PathStep

FEWEST_LEFT_OUT = 4  # the words for parts left out take the room of three numbers
MOST_ON_A_LINE = 10  # nodes of a path, factors of a product, terms of a sum
SIDE_BY_SIDE = 40  # characters: longer words have their formula below them
PLUS, EQUALS, TIMES = Written(" + ", " + "), Written(" = ", " = "), Written(" · ", r" \cdot ")

Forms = tuple[str, str, str]  # text, Markdown, LaTeX
Shown = TypeVar("Shown")
Given = TypeVar("Given")


class Equation(NamedTuple):
    """The two sides of an equation; a remark has no right side."""

    left: Written
    right: Written | None = None

    @property
    def text(self) -> str:
        """The line for a terminal."""
        return f"{self.left.text} = {self.right.text}" if self.right else self.left.text

    @property
    def inline(self) -> str:
        """The equation in LaTeX, for use within a sentence."""
        return f"{self.left.latex} = {self.right.latex}" if self.right else self.left.latex

    @property
    def latex(self) -> str:
        """The equation as a LaTeX line, aligned at the equals sign."""
        return f"{self.left.latex} &= {self.right.latex}" if self.right else f"& {self.left.latex}"


def explanation(lines: Sequence[Equation]) -> Explanation:
    """The lines as one explanation."""
    latex = latex_rows(line.latex for line in lines)
    return Explanation("\n".join(line.text for line in lines), f"$$\n{latex}\n$$", latex)


def remark(text: str) -> Equation:
    """A line of words."""
    return Equation(Written(text, latex_name(text)))


# --- gradients ------------------------------------------------------------------------------


class Symbols:
    """Symbols for the gradients of one root, as text and LaTeX.

    Attributes:
        names: the names of the nodes, in topological order.
        root: the node that is differentiated.
        mentioned: the nodes that were written so far, in this order.
    """

    def __init__(self, names: dict[Node, str], root: Node) -> None:
        self.names, self.root = names, root
        self.mentioned: dict[Node, None] = {}

    def name(self, node: Node) -> Written:
        """The node by name."""
        self.mentioned[node] = None
        return Written(self.names[node], latex_name(self.names[node]))

    def gradient(self, node: Node) -> Written:
        """d root / d node."""
        return _ratio(Written("d", r"\mathrm{d}"), self.name(self.root), self.name(node))

    def local(self, node: Node, step: PathStep) -> Written:
        """The local derivative of one edge, with a number where several lead to one operand."""
        operand = self.name(step.operand)
        if step.use:
            text, latex = use_mark(step.use), f"^{{({step.use})}}"
            operand = Written(operand.text + text, operand.latex + latex)
        return _ratio(Written("∂", r"\partial"), self.name(node), operand)


def _ratio(d: Written, above: Written, below: Written) -> Written:
    latex = f"\\frac{{{d.latex} {above.latex}}}{{{d.latex} {below.latex}}}"
    return Written(quotient(above.text, below.text, d.text), latex)


def more(count: int) -> Written:
    """A placeholder for `count` parts that are left out."""
    return Written(f"… {count:,} more …", f"\\ldots\\text{{ {count:,} more }}\\ldots")


def join_numbers(sign: Written, numbers: Sequence[float], later: bool = False) -> Written:
    """The numbers with a sign between them, negative ones in parentheses if not the first."""

    def write(place: int) -> Written:
        return write_result(numbers[place]).inside(MODULO, later or place > 0)

    return join(sign, abridge(range(len(numbers)), MOST_ON_A_LINE, write, more))


def abridge(
    items: Sequence[Given],
    most: int,
    write: Callable[[Given], Shown],
    more: Callable[[int], Shown],
) -> list[Shown]:
    """The items, written; if there are too many, only the first and the last ones."""
    ends, hidden = most // 2, len(items) - most // 2 * 2
    if len(items) <= most or hidden < FEWEST_LEFT_OUT:
        return [write(item) for item in items]
    return [*map(write, items[:ends]), more(hidden), *map(write, items[-ends:])]


# --- lines with words -----------------------------------------------------------------------


class Line(NamedTuple):
    """An equation with a label or words before it; or words alone."""

    label: str
    words: str
    equation: Equation | None = None


def forms(
    headline: str, lines: Sequence[Line], where: Sequence[Equation], notes: Sequence[str]
) -> Forms:
    """A headline, lines, the meanings of names and notes, as text, Markdown and LaTeX.

    LaTeX has no sentences, but the lines and meanings alone.
    """
    rows = [line.equation.latex if line.equation else f"& \\text{{{line.words}}}" for line in lines]
    rows += [f"{start}{meaning.latex}" for start, meaning in _begin(r"\text{where } ", where)]
    blocks = [[headline], _text_rows(lines), _text_meanings(where), notes]
    items = "\n".join(f"- {_markdown_item(line)}" for line in lines)
    meanings = ", ".join(f"${meaning.inline}$" for meaning in where)
    defined = meanings and f"where {meanings}"
    paragraphs = [markdown(headline), items, defined, *map(markdown, notes)]
    return (
        "\n\n".join("\n".join(block) for block in blocks if block),
        "\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        latex_rows(rows),
    )


def _text_rows(lines: Sequence[Line]) -> list[str]:
    labels = max(len(line.label) for line in lines)
    words = max(len(line.words) for line in lines)
    lefts = max(len(line.equation.left.text) if line.equation else 0 for line in lines)
    rows = []
    for line in lines:
        start, formula = f"  {line.label:<{labels}}   ", line.equation.text if line.equation else ""
        if not labels and line.equation:  # node by node: the signs = below one another
            rows.append("  " + " " * (lefts - len(line.equation.left.text)) + formula)
        elif not labels:
            rows.append(f"  {line.words}")
        elif words <= SIDE_BY_SIDE:
            rows.append(start + (f"{line.words:<{words}}   " if line.words else "") + formula)
        else:
            before = [start + line.words] if line.words else []
            rows += [*before, (" " * len(start) if before else start) + formula]
    return rows


def _text_meanings(where: Sequence[Equation]) -> list[str]:
    rows = [
        (start, left.text, f"= {right.text}" if right else "")
        for start, (left, right) in _begin("  where", where)
    ]
    return align(rows, gap=" ")


def _begin(start: str, where: Sequence[Equation]) -> Iterator[tuple[str, Equation]]:
    """Pair the first equation with `start`, and the others with nothing."""
    return zip([start, *[""] * len(where)], where, strict=False)


def _markdown_item(line: Line) -> str:
    words = f"**{line.label}** {markdown(line.words)}".strip() if line.label else line.words
    formula = f"${line.equation.inline}$" if line.equation else ""
    return ": ".join(part for part in (words, formula) if part)
