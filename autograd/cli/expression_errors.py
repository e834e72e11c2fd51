"""Error messages for expressions, with a caret under the place.

A message says what is wrong and what to do instead, then shows the line with a caret under the
place. The tables are keyed by what Python's parser found.
"""

import ast
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from ..engine.absence import OTHER_NAMES
from ..show.text import cells, shorten

DEEPEST = 50  # levels of nesting; a long sum or product does not nest
WINDOW = 72  # characters of a long expression that an error shows

_ARITHMETIC = "an expression holds names, numbers, + - * / // % **, parentheses and functions"
_CHOOSE = "write where(c, x, y) to choose x or y; greater(a, b) is 1 where a > b, else 0"
_QUOTES = "text in quotes is no number: write names and numbers without quotes"
_OUTSIDE = 'a name gets its number after the expression, as in "a*b" a=2 b=3'
TOO_DEEP = f"this is nested more than {DEEPEST} levels deep: give the inner part a name"

REFUSED: dict[type[Any], str] = {
    ast.Attribute: "a dot calls nothing here: write tanh(x), not x.tanh()",
    ast.BitXor: "^ is no power here: write **",
    ast.BoolOp: f"'and' and 'or' are not for numbers: {_CHOOSE}",
    **{
        kind: f"{sign} gives no number here: write {instead} for a {sign} b, which is 1 or 0"
        for kind, sign, instead in (
            (ast.Gt, ">", "greater(a, b)"),
            (ast.GtE, ">=", "1 - greater(b, a)"),
            (ast.Lt, "<", "greater(b, a)"),
            (ast.LtE, "<=", "1 - greater(a, b)"),
            (ast.Eq, "==", "equal(a, b)"),
            (ast.NotEq, "!=", "1 - equal(a, b)"),
        )
    },
    ast.BitOr: "| is not for numbers: write abs(x) for |x|",
    ast.IfExp: f"there is no 'if' and 'else': {_CHOOSE}",
    ast.JoinedStr: _QUOTES,
    ast.Lambda: "a function is not made here: write out what it computes",
    ast.List: "a list has no place here: write its parts one by one, as in sum(a, b)",
    ast.MatMult: "@ is for matrices: write * for a product",
    ast.NamedExpr: _OUTSIDE,
    ast.Not: f"'not' is not for numbers: {_CHOOSE}",
    ast.Starred: "no * before an argument: write the arguments one by one, as in maximum(a, b)",
    ast.Subscript: "nothing has an index: give each number a name of its own, such as x0",
    ast.Tuple: "a comma stands only between the arguments of a function",
    bool: "True and False are no numbers: write 1 or 0",
    complex: "a complex number: write a real one, without the j",
    str: _QUOTES,
    type(None): "None is no number: write one, such as 0",
}
_INFIX = (
    ast.Attribute,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.NamedExpr,
    ast.Subscript,
)

# The functions of this library that give or take lists, and what to write instead.
OF_LISTS = {
    "dot": "dot takes two lists: write a*b + c*d",
    "log_softmax": (
        "log_softmax gives several numbers, an expression has one: write a - logsumexp(a, b)"
    ),
    "lookup": "lookup takes a list: write where(c, x, y) to choose x or y",
    "softmax": (
        "softmax gives several numbers, an expression has one: write exp(a - logsumexp(a, b))"
    ),
}

# A part of a message of Python's parser, and the message that replaces it.
SYNTAX = {
    "was never closed": "this parenthesis is never closed: add a )",
    "unmatched": "this closes nothing: take it out, or add a ( before it",
    "does not match": "this closes what a ( opened: write )",
    "too many nested": TOO_DEEP,
    "leading zeros": "a number does not begin with 0: write 7, not 007",
    "decimal literal": "a number runs into something else here: write 2*a, not 2a",
    "string literal": _QUOTES,
    "'else'": REFUSED[ast.IfExp],
}
CHARACTERS = {
    "=": _OUTSIDE,
    **dict.fromkeys("×·⋅∙∗", "write * for a product"),  # noqa: RUF001
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}", "write - for minus"),
    **dict.fromkeys("÷∕", "write / for a quotient"),  # noqa: RUF001
    **dict.fromkeys("²³", "write ** for a power, as in a**2"),
    "√": "write sqrt(x) for a root",
    "|": "write abs(x) for |x|",
}


class ExpressionError(ValueError):
    """An expression or assignment that cannot be read: the place, the fault and advice."""


def point_at(wrong: str, line: str, column: int) -> ExpressionError:
    """An error with the message `wrong`, the line, and a caret under the character at `column`.

    Example:
        >>> print(point_at("^ is no power here: write **", "a ^ 2", 2))
        ^ is no power here: write **
          a ^ 2
            ^
    """
    shown = "".join(x if x.isprintable() else "\N{REPLACEMENT CHARACTER}" for x in line)
    start = max(0, min(column - WINDOW // 2, len(shown) - WINDOW))
    before = "…" * (start > 0) + shown[start:column]
    after = shown[column : start + WINDOW] + "…" * (start + WINDOW < len(shown))
    return ExpressionError(f"{wrong}\n  {before}{after}\n  {' ' * cells(before)}^")


def column_of(node: ast.expr, line: str) -> int:
    """The column of a node of the tree, in characters; of an infix operator, the operator's."""
    between = isinstance(node, _INFIX)
    if isinstance(node, ast.Call):
        between = not isinstance(node.func, ast.Name)
    offset = node.col_offset
    if between:
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        offset = min(parts, key=lambda part: part.col_offset).end_col_offset or 0
    column = len(line.encode()[:offset].decode())  # Python counts bytes
    return len(line) - len(line[column:].lstrip(" )")) if between else column


def explain_refused(node: ast.expr) -> str:
    """The message for a node of the tree that is not arithmetic."""
    what: Any = node
    if isinstance(node, (ast.BinOp, ast.UnaryOp)):
        what = node.op
    elif isinstance(node, ast.Compare):
        what = node.ops[0]
    elif isinstance(node, ast.Constant):
        what = node.value
    return REFUSED.get(type(what), f"this is not arithmetic: {_ARITHMETIC}")


def explain_syntax_error(message: str, character: str) -> str:
    """The message for a syntax error at `character`, empty at the end of the line."""
    for part, words in SYNTAX.items():
        if part in message:
            return words
    if not character:
        return "the expression ends too early: a name or a number is missing"
    return CHARACTERS.get(character, f"this does not fit here: {_ARITHMETIC}")


def explain_missing_number(name: str, given: Mapping[str, Any]) -> str:
    """The message for a name without a number."""
    names = f"given: {', '.join(map(quote, given))}" if given else "none is given"
    near = _guess(name, given)
    question = f"did you mean {quote(near)}? Else " if near else ""
    return f"there is no number for {quote(name)}: {question}add {shorten(name)}=<number> ({names})"


def explain_unused_name(name: str, given: Mapping[str, Any]) -> str:
    """The message for a name that was asked for but is not in the expression."""
    near = _guess(name, given)
    question = f"did you mean {quote(near)}? Else " if near else ""
    names = ", ".join(map(shorten, given)) or "there is no name in it"
    return f"{quote(name)} is not in the expression: {question}choose from {names}"


def explain_unknown_function(name: str, functions: Mapping[str, Any]) -> str:
    """The message for a function that does not exist."""
    if name in OF_LISTS:
        return OF_LISTS[name]
    near = OTHER_NAMES.get(name) or _guess(name, functions)
    advice = f"did you mean {near!r}?" if near else f"there are {', '.join(functions)}"
    return f"there is no function {quote(name)}: {advice}"


def _guess(name: str, names: Collection[str]) -> str:
    """The one of `names` that was probably meant, if any; swapped letters are likely."""
    begun = [one for one in names if len(name) > 2 and one.startswith(name)]
    near = begun[:1] or get_close_matches(name, names)
    return min(near, key=lambda one: sorted(one) != sorted(name), default="")


def quote(name: str) -> str:
    """A name in quotes, cut if it is long."""
    return repr(shorten(name))
