"""An explanation: the same words and formulas as plain text, Markdown and LaTeX."""

from collections.abc import Iterable

from autograd.show.text import cleaned


class Explanation:
    """Something said about a graph. It prints as text and shows as Markdown in a notebook.

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

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown


_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()<>#+-.!|$~&"})


def markdown(text: str) -> str:
    """`text` on one line, with nothing in it that Markdown, a table or HTML would act on."""
    return cleaned(text).translate(_MARKDOWN)


def latex_rows(rows: Iterable[str]) -> str:
    """LaTeX formulas one below the other, aligned at their ``&``."""
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
