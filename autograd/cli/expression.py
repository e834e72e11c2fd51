"""Expressions typed by users: ``"tanh(a*b + c)"`` and numbers for a, b, c become a graph.

Python's parser makes a syntax tree of the text, and nothing in the tree is ever run: what is on
the lists below becomes a node of the graph, anything else an `ExpressionError` with the place.
"""

import ast
import inspect
import keyword
import math
import operator
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..engine import calculus
from ..engine.installation import library
from ..engine.messages import pluralize
from ..engine.numbers import number
from ..engine.op import Op
from ..engine.value import Value, constant
from .expression_errors import (
    DEEPEST,
    OF_LISTS,
    TOO_DEEP,
    ExpressionError,
    column_of,
    explain_missing_number,
    explain_refused,
    explain_syntax_error,
    explain_unknown_function,
    point_at,
    quote,
)

__all__ = ["ExpressionError", "assignments", "evaluate"]

LONGEST = 1000  # characters
MOST_NODES = 500  # names, numbers, operators and calls
LARGEST_EXPONENT = 1000.0  # of an exponent that holds no name

OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: calculus.add,
    ast.Sub: calculus.sub,
    ast.Mult: calculus.mul,
    ast.Div: calculus.div,
    ast.FloorDiv: calculus.floordiv,
    ast.Mod: calculus.mod,
    ast.Pow: calculus.pow,
    ast.USub: calculus.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS = {
    name: op for name, op in vars(library()).items() if isinstance(op, Op) and name not in OF_LISTS
}
NUMBERS = {"pi": math.pi}


def evaluate(text: str, values: Mapping[str, Value]) -> Value:
    """Build the graph of an expression. All numbers in it are floats, and ``pi`` is known.

    Args:
        text: arithmetic, with the ops of this library as functions.
        values: a Value for each name in it, and for no other.

    Returns:
        The root: a node, a given Value, or a constant if no Value is in the expression.

    Raises:
        TypeError: if `text` is no str, or something in `values` no Value.
        ExpressionError: for anything in `text` that is not arithmetic or has no number.

    Example:
        >>> from autograd.cli.expression import assignments, evaluate
        >>> values = assignments(["a=2", "b=-3", "c=10"])
        >>> y = evaluate("tanh(a*b + c)", values)
        >>> y.backward()
        >>> f"{y.data:.4f} {values['a'].grad:.4f}"
        '0.9993 -0.0040'
        >>> evaluate("tahn(a)", {"a": values["a"]})
        Traceback (most recent call last):
        autograd.cli.expression_errors.ExpressionError: there is no function 'tahn': did you ...?
          tahn(a)
          ^
    """
    if not isinstance(text, str):
        raise TypeError(f"an expression is a str, got {type(text).__name__}")
    for name, value in values.items():
        if not isinstance(value, Value):
            raise TypeError(f"{name!r} needs a Value, got {type(value).__name__}")
    line = "".join(" " if character.isspace() else character for character in text).strip()
    given = {unicodedata.normalize("NFKC", name): value for name, value in values.items()}
    order = _order_nodes(_parse(line), line)
    made: dict[ast.AST, Any] = {}
    for node in order:
        try:
            made[node] = _convert(node, [made[operand] for operand in _operands(node)], given)
        except ValueError as error:
            raise point_at(str(error), line, column_of(node, line)) from None
    used = {node.id for node in order if isinstance(node, ast.Name)}
    for name, value in given.items():
        if name not in used:
            assignment = f"{name}={repr(value.data).removesuffix('.0')}"
            raise point_at(f"{quote(name)} is not in the expression: leave it out", assignment, 0)
    root = made[order[-1]]
    return root if isinstance(root, Value) else constant(root)


def assignments(texts: Iterable[str]) -> dict[str, Value]:
    """Read each ``"name=number"`` into a labelled leaf. ``inf`` and ``nan`` are numbers too.

    Raises:
        ExpressionError: if one has no ``=``, no good name, or no number, or comes twice.

    Example:
        >>> from autograd.cli.expression import assignments
        >>> assignments(["a=2", "b=-3"])["b"]
        Value(data=-3.0, grad=0.0, label='b')
    """
    values: dict[str, Value] = {}
    for text in texts:
        before, equals, after = text.partition("=")
        name = unicodedata.normalize("NFKC", before.strip())
        if not equals:
            wrong = "expected name=number, as in a=2: the expression comes first, in quotes"
        else:
            wrong = (
                f"{quote(name)} is given twice: leave one of the two out"
                if name in values
                else _wrong_name(name)
            )
        if wrong:
            raise point_at(wrong, text, 0)
        try:
            values[name] = Value(_number(after), name)
        except ValueError as error:
            raise point_at(str(error), text, len(before) + 1) from None
    return values


def _wrong_name(name: str) -> str:
    """A message if the name of a number is not allowed, else an empty text."""
    if not name.isidentifier():
        return "a name is made of letters, digits and _, and does not begin with a digit"
    if keyword.iskeyword(name):
        return f"{quote(name)} is a word of Python: take another name"
    if name in FUNCTIONS or name in NUMBERS:
        return f"{quote(name)} has a meaning in expressions already: take another name"
    return ""


def _number(text: str) -> float:
    if not text.strip():
        raise ValueError("a number is missing here: write it out, as in a=0.5")
    try:
        x = float(text)
    except ValueError:
        wrong = f"{quote(text.strip())} is no number: write digits alone, as in a=0.5"
        raise ValueError(wrong) from None
    return x if "inf" in text.lower() else _below_overflow(x)


def _below_overflow(x: float) -> float:
    if math.isinf(x):
        raise ValueError("this number is beyond 1.8e308, the largest float: write a smaller one")
    return x


# --- from text to a tree, and from the tree to the graph ---


def _parse(line: str) -> ast.expr:
    """Parse a line into Python's syntax tree, with errors that show the place."""
    if len(line) > LONGEST:
        raise point_at(f"an expression has at most {LONGEST:,} characters", line, LONGEST)
    if not line:
        raise ExpressionError('the expression is empty: write one, such as "tanh(a*b + c)"')
    for place, character in enumerate(line):
        if not character.isprintable():
            raise point_at(f"the character {character!a} has no place here", line, place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "1if" being deprecated
            return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        place = len(line) if not error.offset else min(error.offset - 1, len(line))
        wrong = explain_syntax_error(error.msg, line[place : place + 1])
        raise point_at(wrong, line, place) from None
    except (MemoryError, RecursionError):
        raise point_at(TOO_DEEP, line, 0) from None


def _operands(node: ast.AST) -> list[ast.expr]:
    """The operands of a node of the syntax tree; none for a node that is refused."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return [node.operand]
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name):
            return [node.func]
        return node.args if node.func.id in FUNCTIONS else []
    return []


def _order_nodes(tree: ast.expr, line: str) -> list[ast.expr]:
    """The nodes of the tree, operands before results, from left to right."""
    order: list[ast.expr] = []
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        order.append(node)
        if depth > DEEPEST:
            raise point_at(TOO_DEEP, line, column_of(node, line))
        for place, operand in enumerate(_operands(node)):
            nested = place or not isinstance(node, ast.BinOp)
            waiting.append((operand, depth + 1 if nested else depth))
    order.reverse()
    if len(order) > MOST_NODES:
        wrong = f"an expression has at most {MOST_NODES} names, numbers and ops"
        raise point_at(wrong, line, column_of(order[MOST_NODES], line))
    return order


def _convert(node: ast.expr, operands: Sequence[Any], given: Mapping[str, Value]) -> Any:
    """Convert a node of the tree to a Value or float.

    Raises:
        ValueError: if it is not on the lists, with what to do instead.
    """
    match node:
        case ast.Constant(value=x) if type(x) in (int, float):
            return _below_overflow(number(x))
        case ast.Name(id=name):
            return _look_up(name, given)
        case ast.Call():
            return _apply(_function(node, given), operands)
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) if type(op) in OPERATORS:
            return _apply(OPERATORS[type(op)], operands)
    raise ValueError(explain_refused(node))


def _look_up(name: str, given: Mapping[str, Value]) -> Value:
    """The Value that a name stands for."""
    if name in given:
        return given[name]
    if name in NUMBERS:
        return constant(NUMBERS[name], name)
    if name in FUNCTIONS:
        raise ValueError(f"{name} is a function: write {name}(...)")
    raise ValueError(explain_missing_number(name, given))


def _function(call: ast.Call, given: Mapping[str, Value]) -> Op:
    """The op that a call names, if the number of arguments fits."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if not name or name in given or name in NUMBERS:
        raise ValueError("a number is called like a function: write * for a product")
    if name not in FUNCTIONS:
        raise ValueError(explain_unknown_function(name, FUNCTIONS))
    if call.keywords:
        raise ValueError(f"arguments have no names here: write {name}(x, y), not {name}(x, name=y)")
    least, most = arguments_of(FUNCTIONS[name])
    if not least <= len(call.args) <= most:
        wanted = f"{least} to {most} arguments"
        if most in (least, math.inf):
            wanted = pluralize(least, "argument" if most == least else "or more argument")
        raise ValueError(f"{name} takes {wanted}, got {len(call.args)}")
    return FUNCTIONS[name]


def arguments_of(op: Op) -> tuple[int, float]:
    """The least and the greatest number of arguments of an op."""
    parameters = inspect.signature(op.arrange).parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return (len(op.rules), len(op.rules)) if op.rules else (2, math.inf)
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    return len(needed), len(parameters)


def _apply(op: Callable[..., Any], operands: Sequence[Any]) -> Any:
    """Apply an op to its operands; large exponents are refused."""
    if op is calculus.pow:
        exponent = operands[1]
        if isinstance(exponent, float) and not abs(exponent) <= LARGEST_EXPONENT:
            raise ValueError(f"an exponent is at most {LARGEST_EXPONENT:,g}, this one {exponent:g}")
    return op(*operands)
