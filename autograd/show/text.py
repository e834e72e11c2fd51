"""Plain text for drawings and explanations: safe characters, short numbers, aligned columns."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ..engine.messages import short_repr

TIMES, MINUS, DASH = "×", "−", "–"
LONGEST = 40  # characters of a name

# Not allowed in XML 1.0, invisible, or able to turn the direction of the text around them.
_UNFIT = re.compile(
    "[^\t\n\r -\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def replace_unfit(text: str) -> str:
    """`text` with a replacement character for those that a page cannot hold."""
    return _UNFIT.sub("\ufffd", text)


def clean(text: str) -> str:
    """`text` on one line, with characters that XML forbids replaced."""
    if not isinstance(text, str):
        raise TypeError(
            f"a text in a drawing is a str, got {type(text).__name__}: {short_repr(text)}"
        )
    return " ".join(replace_unfit(text).split())


def shorten(text: str, most: int = LONGEST) -> str:
    """`text` on one line, cut with an ellipsis where it has more than `most` characters."""
    line = clean(text[: 4 * most])
    return line if len(line) <= most else line[: most - 1] + "…"


def decimal(x: float, digits: int = 4) -> str:
    """A number in 4 significant digits, with a typographic minus sign."""
    mantissa, e, exponent = f"{x:.{digits}g}".partition("e")
    return (mantissa + (f"e{int(exponent)}" if e else "")).replace("-", MINUS)


def tell_apart(x: float, y: float) -> tuple[str, str]:
    """Two numbers in 4 significant digits, or in as many more as it takes to tell them apart.

    Example:
        >>> tell_apart(2.0, 3.0), tell_apart(2.0, 2.000268)
        (('2', '3'), ('2', '2.0003'))
    """
    texts = ((decimal(x, digits), decimal(y, digits)) for digits in range(4, 18))
    return next((pair for pair in texts if pair[0] != pair[1]), (decimal(x), decimal(y)))


def how_many(count: int, most: int) -> int:
    """The number of items to show: `most`, or all if only one would be left out.

    Example:
        >>> how_many(10, 10), how_many(11, 10), how_many(12, 10)
        (10, 11, 10)
    """
    return count if count <= most + 1 else most


def cells(text: str) -> int:
    """The number of terminal columns that a text takes; a wide character takes two.

    Example:
        >>> cells("loss"), cells("\\u6570")
        (4, 2)
    """
    if text.isascii():
        return len(text)
    count = 0
    for character in text:
        count += character_cells(character)
    return count


def character_cells(character: str) -> int:
    """The number of terminal columns of a character, 0 if it combines with the one before."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def align(rows: Iterable[Sequence[str]], sides: str = "", gap: str = "  ") -> list[str]:
    """Lines with the columns of `rows` aligned below each other.

    Args:
        rows: the cells of each line.
        sides: for each column ``<`` or ``>``, the side it is flush with; by default all are left.
        gap: the text between two columns.

    Example:
        >>> align([("a", "2"), ("loss", "10")], "<>")
        ['a      2', 'loss  10']
    """
    rows = [*rows]
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    sides = sides or "<" * len(widths)
    return [gap.join(map(_pad, row, sides, widths)).rstrip() for row in rows]


def _pad(cell: str, side: str, width: int) -> str:
    room = " " * (width - cells(cell))
    return room + cell if side == ">" else cell + room


def join_words(words: Sequence[str]) -> str:
    """A list as it is written in a sentence.

    Example:
        >>> join_words(["a"]), join_words(["a", "b"]), join_words(["a", "b", "c"])
        ('a', 'a and b', 'a, b and c')
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
