"""`Explanation`: the same words and formulas as plain text, Markdown and LaTeX."""

from collections.abc import Iterable
from typing import Any

from ..text import clean


class TextAndMarkdown:
    """An object that prints as text and shows as Markdown in a notebook."""

    text: Any  # a str, or a property that gives one
    markdown: Any

    def __str__(self) -> str:
        return str(self.text)

    def __repr__(self) -> str:
        return str(self.text)

    def _repr_markdown_(self) -> str:
        return str(self.markdown)


class Explanation(TextAndMarkdown):
    """An explanation of a graph. It prints as text and shows as Markdown in a notebook.

    Attributes:
        text: for a terminal, in lines.
        markdown: for a notebook or a web page, with formulas between dollar signs.
        latex: the formulas alone, for a LaTeX document in math mode.

    Example:
        >>> Explanation("y = x²", "$y = x^2$", "y = x^2")
        y = x²
    """

    def __init__(self, text: str, markdown: str, latex: str) -> None:
        self.text, self.markdown, self.latex = text, markdown, latex


_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()<>#+-.!|$~&"})


def markdown(text: str) -> str:
    """`text` on one line, with all that Markdown, a table or HTML would act on escaped."""
    return clean(text).translate(_MARKDOWN)


def latex_rows(rows: Iterable[str]) -> str:
    """LaTeX formulas one below the other, aligned at their ``&``."""
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
