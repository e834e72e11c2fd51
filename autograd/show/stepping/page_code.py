"""The texts of a page in little room: JavaScript without what only people need, bytes as signs.

A page repeats these for every graph, and so they are most of a small one.
"""

import re
from base64 import b85decode, b85encode
from functools import lru_cache

# Comments and spaces; names and numbers; texts; signs. Texts in backquotes, and patterns, which
# begin where no number can be divided, are read from their first sign on.
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


@lru_cache(maxsize=64)  # the scripts of all kinds of pages
def slim(code: str) -> str:
    """JavaScript without its comments, and without the spaces that no one misses but people.

    Every statement has to end with its semicolon or its brace, and none may be empty.

    Args:
        code: a script. Its texts stay as they are.

    Example:
        >>> print(slim("// A sum.\\nconst sum = (x) => {\\n  return `${x} + 1: ${x + 1}`;\\n};"))
        const sum=x=>{return`${x} + 1: ${x+1}`};
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
        text, end = token[0], token.end()
        if text == "`":
            text, end = _template(code, place)
        elif text == "/" and not re.search(r"[\w$)\]}`\"']$", before):
            pattern = _PATTERN.match(code, place)
            text, end = (pattern[0], pattern.end()) if pattern else (text, end)
        if text == "}" and before == ";":
            found.pop()
        elif text == "=>" and _takes_one(found):
            found[-3:] = found[-2:-1]
        elif spaced and _needed(before, text, spaced):
            found.append("\n" if "\n" in spaced else " ")
        found.append(text)
        place, spaced = end, ""
    return "".join(found)


def _takes_one(found: list[str]) -> bool:
    """Whether the parameters of a function are one in brackets, which it can do without."""
    return (
        found[-3:-2] == ["("]
        and found[-1] == ")"
        and bool(re.fullmatch(r"[A-Za-z_$][\w$]*", found[-2]))
        and not re.search(r"[\w$]$", "".join(found[-4:-3]).strip() or "(")
    )


def _needed(before: str, after: str, space: str) -> bool:
    """Whether the space between two tokens says something."""
    if re.search(r"[\w$]$", before) and re.match(r"[\w$]", after):
        return True
    if before in _JOINED and after in _JOINED:
        return True
    # Behind a brace a statement may end without a semicolon.
    return "\n" in space and before in ("}", ")") and bool(re.match(r"[\w$(\[`]", after))


def _template(code: str, start: int) -> tuple[str, int]:
    """A text in backquotes, its parts without spaces, and where it ends."""
    found, place = "`", start + 1
    while code[place] != "`":
        if code.startswith("${", place):
            end = _closing(code, place + 2)
            found, place = f"{found}${{{slim(code[place + 2 : end])}}}", end + 1
        else:
            length = 1 + (code[place] == "\\")
            found, place = found + code[place : place + length], place + length
    return found + "`", place + 1


def _closing(code: str, place: int) -> int:
    """Where the brace is that closes a part of a text."""
    depth = 0
    while depth or code[place] != "}":
        if code[place] == "`":
            place = _template(code, place)[1]
        elif code[place] in "\"'":
            place = code.index(code[place], place + 1) + 1
        else:
            depth += {"{": 1, "}": -1}.get(code[place], 0)
            place += 1
    return place


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
