"""The texts of a page in little room: JavaScript without what only people need, bytes as signs.

A page repeats these for every graph, and so they are most of a small one.
"""

import re
from base64 import b85decode, b85encode
from functools import lru_cache

# Comments and spaces; names and numbers; texts, of which those with parts in them are read by
# `_template`; patterns, which begin where no number can be divided; signs.
_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*)+)
    | (?P<word>[\w$]+(?:\.\d+)?)
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<sign>`|=>|\+\+|--|.)""",
    re.VERBOSE,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_JOINED = ("+", "-", "++", "--")  # two of which in a row would be another sign
# The digits of base 85 as Python has them; and in a page: those in a row that mean nothing there.
_DIGITS = b"".join(b85encode(bytes((0, 0, 0, digit)))[-1:] for digit in range(85))
_SIGNS = bytes(range(40, 125)).replace(b"<", b"!").replace(b"\\", b"~")


@lru_cache(maxsize=8)
def slim(code: str) -> str:
    """JavaScript without its comments, and without the spaces that no one misses but people.

    Every statement has to end with its semicolon or its brace.

    Args:
        code: a script. Of its texts nothing is changed.

    Example:
        >>> print(slim("// A sum.\\nconst sum = (x, y) => `${x} + ${y}: ${x + y}`;"))
        const sum=(x,y)=>`${x} + ${y}: ${x + y}`;
    """
    found: list[str] = []
    place, spaced = 0, ""
    while place < len(code):
        before = found[-1] if found else ""
        token = _TOKEN.match(code, place)
        assert token
        if token["space"]:
            spaced, place = token["space"], token.end()
            continue
        text = token[0]
        if text == "`":
            text = code[place : _template(code, place)]
        elif text == "/" and not re.search(r"[\w$)\]}`\"']$", before):
            pattern = _PATTERN.match(code, place)
            text = pattern[0] if pattern else text
        if spaced and _needed(before, text, spaced):
            found.append("\n" if "\n" in spaced else " ")
        found.append(text)
        place, spaced = place + len(text), ""
    return "".join(found)


def _needed(before: str, after: str, space: str) -> bool:
    """Whether the space between two tokens says something."""
    if re.search(r"[\w$]$", before) and re.match(r"[\w$]", after):
        return True
    if before in _JOINED and after in _JOINED:
        return True
    # Behind a brace a statement may end without a semicolon.
    return "\n" in space and before in ("}", ")") and bool(re.match(r"[\w$(\[`]", after))


def _template(code: str, start: int) -> int:
    """Where a text in backquotes ends: its parts may have such texts, and braces, too."""
    place, depth = start + 1, 0
    while True:
        sign = code[place]
        if sign == "\\":
            place += 1
        elif depth == 0 and sign == "`":
            return place + 1
        elif code.startswith("${", place) and depth == 0:
            depth, place = 1, place + 1
        elif depth and sign in "{}":
            depth += 1 if sign == "{" else -1
        elif depth and sign in "\"'":
            place = code.index(sign, place + 1)
        elif depth and sign == "`":
            place = _template(code, place) - 1
        place += 1


def slim_css(style: str) -> str:
    """CSS without its comments, and without the spaces that say nothing.

    Example:
        >>> slim_css("/* A box. */\\n.box > p, #fit { margin: 0 auto; color: red; }\\n")
        '.box > p,#fit{margin:0 auto;color:red}'
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r"\s*([{};,])\s*", r"\1", style.strip())
    return re.sub(r":\s+", ":", style).replace(";}", "}")


def packed(data: bytes) -> str:
    """Bytes as signs that mean nothing in HTML and in a text, five for four bytes.

    Example:
        >>> packed(b"page")
        'L21Iq'
    """
    return b85encode(data, pad=True).translate(bytes.maketrans(_DIGITS, _SIGNS)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The bytes of such signs, with up to three zeros behind them.

    Example:
        >>> unpacked(packed(b"page"))
        b'page'
    """
    return b85decode(text.encode("ascii").translate(bytes.maketrans(_SIGNS, _DIGITS)))
