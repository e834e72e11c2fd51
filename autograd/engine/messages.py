"""Short texts for error messages: a value as one line, a list cut to ten entries, a count."""

import reprlib
from collections.abc import Callable, Collection
from itertools import islice
from typing import Any

# Classes that no user writes, by what they are in a message.
CALLED = {
    "ArrayOfScalars": "an array",
    "TracedValue": "a traced Value",
    "OutlivedValue": "a Value kept from a recording",
}
MOST = 10  # of many names or numbers
LONGEST = 80  # characters of one

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 2, LONGEST, LONGEST


def short_repr(x: Any) -> str:
    """`x` as Python writes it, on one line, cut where it is long.

    Example:
        >>> short_repr([1.0, "a"]), short_repr("x" * 1000)[:10]
        ("[1.0, 'a']", "'xxxxxxxxx")
    """
    try:
        text = " ".join(_SHORT.repr(x).split())
    except Exception:  # an object that does not print, or an int with too many digits
        return describe_type(x)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def list_few(things: Collection[Any], say: Callable[[Any], str] = short_repr) -> str:
    """The first ten things, and how many more there are.

    Example:
        >>> list_few(["a", "b"]), list_few(range(1000), str)
        ("'a', 'b'", '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more')
    """
    told = ", ".join(map(say, islice(things, MOST)))
    more = len(things) - MOST
    return f"{told} and {more:,} more" if more > 0 else told


def describe_type(x: Any) -> str:
    """The type of `x` in words, with its article.

    Example:
        >>> describe_type([]), describe_type(1), describe_type(None)
        ('a list', 'an int', 'None')
    """
    name = type(x).__name__
    with_article = f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
    return "None" if x is None else CALLED.get(name, with_article)


def pluralize(count: int, one: str, many: str = "") -> str:
    """A count with its noun, in the singular or the plural, which by default ends in s.

    Example:
        >>> pluralize(1, "node"), pluralize(2000, "leaf is", "leaves are")
        ('1 node', '2,000 leaves are')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
