"""The texts of a page in little room: without what only people need, deflated, bytes as signs."""

import json
import re
import zlib
from typing import Any

from ..text import replace_unfit

# What would end the script in a page, or a line of it.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
# Around signs that no other can be mistaken for with the next; where a line ends, a sign says so.
_SPACES = re.compile(
    r"\s*\n\s*|(?<=[,;:=*/<>?&|{]) | (?=[=!*/<>?:&|}])|(?<![+-]) (?=[+-])|(?<=[+-]) (?![+-])"
)
# The digits of base 91: the signs from "#" on, but for those that mean something in a page.
_DIGITS = bytes(range(35, 126)).translate(bytes.maketrans(b"<&\\", b"! ~"))
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)}
_PAIRS = [bytes((_DIGITS[pair % 91], _DIGITS[pair // 91])) for pair in range(8192)]
_BLOCK = 13  # bytes, in 8 pairs of digits
_REACH = 1 << 15  # bytes back that deflate refers to


def as_json(everything: dict[str, Any]) -> str:
    """Write JSON in which nothing can end a script element."""
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    return replace_unfit(text.translate(_ESCAPES))


def slim_css(style: str) -> str:
    """CSS without its comments, and without the spaces that say nothing.

    Example:
        >>> slim_css("/* A box. */\\n.box > p, #fit { margin: 0 auto; color: red; }\\n")
        '.box>p,#fit{margin:0 auto;color:red}'
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r"\s*([{};,>])\s*", r"\1", style.strip())
    return re.sub(r":\s+", ":", style).replace(";}", "}").replace("@media (", "@media(")


def slim_formulas(code: str) -> str:
    """JavaScript as `formulas/js_spelling.py` writes it, without most of its spaces.

    Example:
        >>> print(slim_formulas("// *\\n{ value: (x, y) => x * y },\\n"))
        {value:(x,y)=>x*y},
    """
    return _SPACES.sub("", re.sub(r"//[^\n]*", "", code)).replace(";const x", ",x")


def deflated(text: str, ends: bool = True, behind: str = "") -> bytes:
    """A text as bytes, deflated.

    Args:
        text: what to pack.
        ends: whether that is all of a stream. If not, other bytes can go on behind it.
        behind: the text before it in the stream, which it can refer to.
    """
    # In short blocks, for the parts of a page have little in common.
    known = behind.encode("utf-8")[-_REACH:]
    deflate = zlib.compressobj(9, wbits=-15, memLevel=6, zdict=known)
    data = deflate.compress(text.encode("utf-8"))
    return data + deflate.flush(zlib.Z_FINISH if ends else zlib.Z_SYNC_FLUSH)


def packed(data: bytes) -> str:
    """Bytes as signs that mean nothing in HTML and in a text, sixteen for thirteen bytes.

    Example:
        >>> packed(b"page")
        "''YB!#"
    """
    found = []
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        bits = int.from_bytes(block, "little")
        found += [_PAIRS[bits >> by & 8191] for by in range(0, 8 * len(block), _BLOCK)]
    return b"".join(found).decode("ascii")


def unpacked(text: str) -> bytes:
    """The bytes of such signs, with up to one zero behind them.

    Example:
        >>> unpacked(packed(b"page"))
        b'page'
    """
    digits = [_VALUES[sign] for sign in text.encode("ascii")]
    pairs = [low + 91 * high for low, high in zip(digits[::2], digits[1::2], strict=True)]
    found = []
    for start in range(0, len(pairs), 8):
        block = pairs[start : start + 8]
        bits = sum(pair << _BLOCK * place for place, pair in enumerate(block))
        found.append(bits.to_bytes(_BLOCK, "little")[: len(block) * _BLOCK // 8])
    return b"".join(found)
