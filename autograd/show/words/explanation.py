"""An explanation: the same words and formulas as plain text, Markdown and LaTeX.

And what lines of each are made with: columns, counts in words, characters that do nothing.
"""

from collections.abc import Iterable, Sequence

from autograd.show.svg import cleaned


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


def aligned(rows: Iterable[Sequence[str]], sides: str = "", gap: str = "  ") -> list[str]:
    """Lines with the columns of `rows` below each other.

    Args:
        rows: the cells of each line.
        sides: for each column ``<`` or ``>``, the side it is flush with; by default all are left.
        gap: what stands between two columns.

    Example:
        >>> aligned([("a", "2"), ("loss", "10")], "<>")
        ['a      2', 'loss  10']
    """
    rows = [*rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    columns = list(zip(sides or "<" * len(widths), widths, strict=True))
    return [
        gap.join(
            f"{cell:{side}{width}}" for cell, (side, width) in zip(row, columns, strict=True)
        ).rstrip()
        for row in rows
    ]


def counted(count: int, one: str, many: str) -> str:
    """How many, in words.

    Example:
        >>> counted(1, "leaf is", "leaves are"), counted(2000, "leaf is", "leaves are")
        ('1 leaf is', '2,000 leaves are')
    """
    return f"{count:,} {one if count == 1 else many}"
