"""Errors about an op: how it is stated, and which operand of a call is wrong."""

import re
from collections.abc import Sequence
from typing import Any

from .messages import pluralize
from .numbers import number

TAKES_MORE = 0x04  # of the flags of code: it takes *arguments (inspect.CO_VARARGS)


def explain_misuse(op: Any, arguments: Any, options: Any, error: Exception) -> Exception:
    """A clearer error for a failed call of an op, or the same one.

    Args:
        op: the op.
        arguments, options: what it was called with.
        error: what that raised.
    """
    try:
        operands = op.arrange(*arguments, **options)
    except (TypeError, ValueError):
        said = re.sub(r"^[\w.<>]+\(\)", f"{op.name}()", str(error))
        return type(error)(said if said.startswith(op.name) else f"{op.name}: {said}")
    if op.rules and len(operands) != len(op.rules):
        return error
    names = _names(op, len(operands))
    for i, x in enumerate(operands):
        if hasattr(x, "apply"):  # a carrier
            continue
        try:
            number(x, f"{_name(op, names, i)} of {op.name}", _advice(op, names, i, x))
        except (TypeError, ValueError) as wrong:
            return wrong
    return error


def check_statement(name: Any, forward: Any, rules: Sequence[Any], derivatives: Any) -> None:
    """Raise a TypeError if an `Op` cannot be stated by these arguments."""
    if not isinstance(name, str) or not callable(forward):
        raise TypeError(f"Op needs a name and a forward function, got {name!r}, {forward!r}")
    if len(rules) > 2 or (not rules) == (derivatives is None):
        raise TypeError(f"Op {name!r} needs one or two rules, or derivatives= for any number")
    for rule in rules:
        if rule is not None and not callable(rule) and type(rule) not in (int, float):
            raise TypeError(f"Op {name!r}: a rule is a function, a number or None, not {rule!r}")


def wrong_count(op: Any, count: int) -> TypeError:
    """The error for an op that was given another number of operands than it has rules."""
    return TypeError(f"{op.name} takes {pluralize(len(op.rules), 'operand')}, got {count}")


def _names(op: Any, count: int) -> Sequence[str]:
    """The names of the operands, or of the first of them."""
    code = getattr(op.arrange, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    return names if code and (len(names) == count or code.co_flags & TAKES_MORE) else ()


def _name(op: Any, names: Sequence[str], i: int) -> str:
    """The name of the operand with that number."""
    if i < len(names):
        return names[i]
    if not op.rules:
        return f"value {i - len(names)}"
    if len(op.rules) == 1:
        return "the operand"
    sides = ("first", "second") if op.name.isidentifier() else ("left", "right")
    return f"the {sides[i]} operand"


def _advice(op: Any, names: Sequence[str], i: int, x: Any) -> str:
    """Advice about an operand, if it depends on the op, else an empty text."""
    optional = len(getattr(op.arrange, "__defaults__", None) or ())
    if x is None and len(names) - optional <= i < len(names):
        after = f", as in {op.name}({names[0]}, {names[i + 1]}=…)" if i + 1 < len(names) else ""
        return f"leave it out{after}, or pass a number"
    if hasattr(x, "__iter__") and not isinstance(x, (str, bytes)):
        more = ", …" if len(op.rules) == 2 or len(names) > 1 else ""
        call = f"{op.name}(x{more})" if op.name.isidentifier() else f"x {op.name} y"
        return f"go through its elements, as in [{call} for x in values]"
    return ""
