"""A term: an expression in names, which every rule of the calculus can be run on.

`Term` carries names through an op as `Value` carries numbers, so the formula of a derivative is
found by running the library's own rule, never typed in a second time. `REWRITES` are the few
simplifications that make it look like a textbook's.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...engine import calculus as c
from ...engine.node import Node
from ...engine.numbers import number
from ...engine.op import Op
from ...engine.operators import Operators, infix, prefix, reflected
from ..text import clean
from .naming import latex_name
from .notation import ELLIPSIS, NOTATION, Written, own_function, write_number

WIDEST = 400  # of a written term; it also bounds how deep writing recurses
_PLAIN_NAME = re.compile(r"[^\W\d][\w.]*(\[\d+\])*'*")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Term(Operators):
    """An expression: a name, a number, or an op applied to terms. See `named`, `numeral`, `term`.

    Attributes:
        op: what it applies, None at a name or number.
        operands: the terms that it applies the op to.
        name: how a name or number is written.
        known: the number that it is, or that a name is known to have.
        width: about how many characters it takes.

    Example:
        >>> x, y = named("x"), named("y")
        >>> (x + y) * -x / 2.0, -(-x) * 1.0
        (−(x + y)·x/2, x)
    """

    op: Op | None
    operands: tuple["Term", ...]
    name: Written | None
    known: float | None
    width: int

    @property
    def data(self) -> Any:
        """The known number, by which a rule may choose; or the term, which refuses to choose."""
        return self if self.known is None else self.known

    @property
    def is_number(self) -> bool:
        """Whether it is a plain number."""
        return self.known is not None and self.name is None

    def apply(self, op: Op, operands: Sequence[Any]) -> "Term":
        """The term for `op` of `operands`, simplified."""
        terms = list(map(as_term, operands))
        notation = NOTATION.get(op)
        if notation is not None and notation.expansion is not None:
            return as_term(notation.expansion(*terms))
        rewritten = REWRITES[op](*terms) if op in REWRITES else None
        return term(op, terms) if rewritten is None else rewritten

    def written(self) -> Written:
        """The term as text and LaTeX; an ellipsis if it is very long."""
        if self.op is None:
            return self.name or write_number(self.data)
        if self.width > WIDEST:
            return ELLIPSIS
        notation = NOTATION.get(self.op)
        write = notation.write if notation is not None else None
        return (write or own_function(self.op))(*(x.written() for x in self.operands))

    def __repr__(self) -> str:
        return self.written().text

    def _refuse(self, *_: object) -> Any:
        raise TypeError(
            f"the name {self!r} has no number to compare, test or convert: write a choice with "
            "where or step, and functions with those of autograd, such as autograd.exp"
        )

    __bool__ = __float__ = __int__ = __index__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = object.__hash__

    # What formulas of users have besides.
    __mod__, __rmod__ = infix(c.mod), reflected(c.mod)
    __floordiv__, __rfloordiv__ = infix(c.floordiv), reflected(c.floordiv)
    __abs__ = prefix(c.abs)


def named(name: str, latex: str = "", known: float | None = None) -> Term:
    """A name, and the number it is known to have; in quotes if it could be read as a formula."""
    line = clean(name)
    shown = line if _PLAIN_NAME.fullmatch(line) else f'"{line}"'
    return Term(None, (), Written(shown, latex or latex_name(line)), known, len(shown))


def numeral(x: float) -> Term:
    """A plain number."""
    return Term(None, (), None, x, 4)


def term(op: Op, operands: Sequence[Term]) -> Term:
    """The term for `op` of `operands` as it stands, with nothing simplified."""
    notation = NOTATION.get(op)
    if notation is not None and notation.write is None and notation.expansion is not None:
        return as_term(notation.expansion(*operands))
    width = len(op.name)
    for operand in operands:
        width += operand.width + 1
    return Term(op, tuple(operands), None, None, width)


def as_term(x: Any) -> Term:
    """A number in a rule as a term; a term as it is."""
    return x if isinstance(x, Term) else _recognised(number(x))


def elided(op: Op, operands: Sequence[Any], ellipsis: Any) -> Sequence[Any]:
    """The operands worth showing: of more than eight the first four, an ellipsis, the last."""
    if op is c.dot:
        half = len(operands) // 2
        xs, ys = (elided(c.sum, part, ellipsis) for part in (operands[:half], operands[half:]))
        return [*xs, *ys]
    return operands if len(operands) <= 8 else [*operands[:4], ellipsis, operands[-1]]


def node_named(node: Node, name: str, was: float | None = None) -> Term:
    """A node by its name, a constant without label by its number, what it `was` when used."""
    number = node._data if was is None else was
    if node.is_constant and not node.label:
        return numeral(number)
    return named(name, known=number if node.op is None else None)


def applied(op: Op, operands: Sequence[Any], terms: Mapping[Node, Term]) -> Term:
    """The term for `op` of Values, written as `terms` says, of numbers, and of `OMITTED`."""
    return term(
        op,
        [
            terms[x] if isinstance(x, Node) else x if isinstance(x, Term) else numeral(x)
            for x in operands
        ],
    )


def computed_from(
    node: Node, names: Mapping[Node, str], numbers: Mapping[Node, float] | None = None
) -> Term:
    """The op of a node applied to its operands by name; of many operands some are left out.

    Args:
        node: an interior node.
        names: what the nodes are called.
        numbers: the constants that go by their numbers, if they may be others by now.
    """
    assert node.op is not None
    known = {} if numbers is None else numbers
    operands = elided(node.op, node.operands, OMITTED)
    terms = {
        x: numeral(known[x]) if x in known else node_named(x, names[x])
        for x in operands
        if isinstance(x, Node)
    }
    return applied(node.op, operands, terms)


OMITTED = Term(None, (), ELLIPSIS, None, 1)
PI = Term(None, (), Written("π", r"\pi"), math.pi, 1)

# --- what makes a derivative look like a textbook's -----------------------------------------


def _same(x: Term, y: Term) -> bool:
    """Whether two terms, not very long, are built alike."""
    if x is y or x.op is not y.op or x.width != y.width or x.width > WIDEST:
        return x is y
    if x.op is None:
        return x.name == y.name and x.known == y.known
    return len(x.operands) == len(y.operands) and all(map(_same, x.operands, y.operands))


def _fraction(top: float, bottom: Term) -> Term:
    return term(c.div, (numeral(top), bottom))


def _recognised(x: float) -> Term:
    """A number in a rule, as the formula it came from if that is known."""
    for n in range(2, 10):
        if x == 1.0 / n:
            return _fraction(1.0, numeral(float(n)))
    for base in (2.0, 10.0):
        if x == 1.0 / math.log(base):
            return _fraction(1.0, term(c.log, [numeral(base)]))
    return _fraction(2.0, term(c.sqrt, [PI])) if x == 2.0 / math.sqrt(math.pi) else numeral(x)


def _is(x: Term, value: float) -> bool:
    return x.is_number and x.known == value


def _folded(op: Op, *xs: Term) -> Term | None:
    """2 + 3 -> 5"""
    return numeral(op.forward(*(x.known for x in xs))) if all(x.is_number for x in xs) else None


def _rewrite_negation(x: Term) -> Term | None:
    return x.operands[0] if x.op is c.neg else _folded(c.neg, x)  # -(-x) -> x


def _rewrite_sum(x: Term, y: Term) -> Term | None:
    if _is(x, 0.0) or _is(y, 0.0):
        return y if _is(x, 0.0) else x  # 0 + x -> x
    if y.op is c.neg:
        return x - y.operands[0]  # x + (-y) -> x - y
    return _folded(c.add, x, y)


def _rewrite_difference(x: Term, y: Term) -> Term | None:
    if _is(x, 0.0) or _is(y, 0.0):
        return -y if _is(x, 0.0) else x  # 0 - x -> -x, x - 0 -> x
    if y.op is c.neg:
        return x + y.operands[0]  # x - (-y) -> x + y
    if x.op is c.sub and y.is_number and x.operands[1].is_number:
        return x.operands[0] - (x.operands[1] + y)  # (x - 1) - 1 -> x - 2
    return _folded(c.sub, x, y)


def _rewrite_product(x: Term, y: Term) -> Term | None:
    if _is(x, 0.0) or _is(y, 0.0):
        return numeral(0.0)  # x·0 -> 0
    if _is(x, 1.0) or _is(y, 1.0):
        return y if _is(x, 1.0) else x  # x·1 -> x
    if _is(x, -1.0) or x.op is c.neg:
        return -(y if x.op is None else x.operands[0] * y)  # (-x)·y -> -(x·y)
    if y.op is c.neg:
        return -(x * y.operands[0])  # x·(-y) -> -(x·y)
    if x.op is c.div:
        return x.operands[0] * y / x.operands[1]  # (x/y)·z -> (x·z)/y
    if y.op is c.div:
        return x * y.operands[0] / y.operands[1]  # x·(y/z) -> (x·y)/z
    if y.is_number and not x.is_number:
        return y * x  # x·2 -> 2·x
    if y.op is c.mul and y.operands[0].is_number:
        return y.operands[0] * x * y.operands[1]  # x·(2·y) -> (2·x)·y
    if x.is_number:
        return _folded(c.mul, x, y)
    if x.op is c.mul and _same(x.operands[1], y):
        return x.operands[0] * (y * y)  # (z·x)·x -> z·x²
    return x ** numeral(2.0) if _same(x, y) else None  # x·x -> x²


def _rewrite_quotient(x: Term, y: Term) -> Term | None:
    if _is(x, 0.0) or _is(y, 1.0):
        return x  # 0/x -> 0, x/1 -> x
    if x.op is c.neg or y.op is c.neg:  # (-x)/y -> -(x/y)
        top, bottom = (z.operands[0] if z.op is c.neg else z for z in (x, y))
        return top / bottom if x.op is y.op else -(top / bottom)
    if x.op is c.div:
        return x.operands[0] / (x.operands[1] * y)  # (x/y)/z -> x/(y·z)
    return None


def _rewrite_power(x: Term, y: Term) -> Term | None:
    if _is(y, 1.0):
        return x  # x^1 -> x
    return x.operands[0] if x.op is c.sqrt and _is(y, 2.0) else None  # (√x)² -> x


def _rewrite_where(condition: Term, x: Term, y: Term) -> Term | None:
    if condition.op is c.step and _same(condition, x):
        return term(c.where, (condition, numeral(1.0), y))  # where(step, step, y): step is 1 there
    return None


REWRITES: dict[Op, Callable[..., Term | None]] = {
    c.neg: _rewrite_negation,
    c.add: _rewrite_sum,
    c.sub: _rewrite_difference,
    c.mul: _rewrite_product,
    c.div: _rewrite_quotient,
    c.pow: _rewrite_power,
    c.where: _rewrite_where,
}
