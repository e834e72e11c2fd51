"""`derivation`: the derivatives of an op as formulas, found by running its rules on names."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from ...engine import calculus as c
from ...engine.absence import OTHER_NAMES
from ...engine.errors import NoDerivativeError
from ...engine.messages import pluralize
from ...engine.node import Node
from ...engine.op import Op
from ..text import clean
from .equations import Equation, explanation, remark
from .explanation import Explanation
from .naming import latex_name
from .notation import ROOT, Written
from .term import Term, as_term, named, term

MOST_OPERANDS = 8  # of a Value whose op takes any number; of more, the usual few are shown
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_OPS = {name: op for name, op in vars(c).items() if isinstance(op, Op)}
_OPS |= {op.name: op for op in _OPS.values()}
_COMPOSED = {"softmax": "exp", "log_softmax": "log_share", "lookup": "lookup"}
_OPERANDS: dict[Op, tuple[str, ...]] = {
    c.leaky_relu: ("u", "slope"),
    c.elu: ("u", "alpha"),
    c.clip: ("u", "low", "high"),
    c.where: ("condition", "u", "v"),
    c.portion: ("u", "rest", "total"),
    c.complement: ("u", "rest", "total"),
}
_SHIFTED = {c.maximum: c.maximum, c.minimum: c.minimum}
_SHIFTED |= {c.logsumexp: c.largest, c.log_share: c.largest}


def operand_names(op: Op, count: int | None = None) -> list[Term]:
    """Names for the operands of an op: u, v, or names with a meaning, such as slope.

    They are no x and y, which the nodes of a graph are often called.

    Args:
        op: any op.
        count: how many operands it has, where it takes any number.
    """
    if op in _OPERANDS:
        return [named(name) for name in _OPERANDS[op]]
    if op.rules:
        return [named(name) for name in ("u", "v")[: len(op.rules)]]
    if op is c.dot:
        return [_subscript(name, i + 1) for name in "uv" for i in range((count or 4) // 2)]
    if op is c.scattered:
        pairs = range(((count or 4) - 2) // 2)
        named_pairs = [_subscript(name, i + 1) for i in pairs for name in ("index", "u")]
        return [named("place"), named("total"), *named_pairs]
    if op in (c.gather, c.log_share):
        return [named("index"), *(_subscript("u", i) for i in range((count or 4) - 1))]
    return [_subscript("u", i + 1) for i in range(count or 3)]


def _subscript(name: str, i: int) -> Term:
    return named(f"{name}{i}".translate(_BELOW), latex_name(f"{name}{i}"))


def local_derivative(
    op: Op, position: int, operands: Sequence[Term] | None = None
) -> tuple[Term, Term | None]:
    """An op applied to names, and its derivative by one of them, found by its own rule.

    Args:
        op: any op.
        position: the position of the operand, from 0.
        operands: the names; by default those of `operand_names`. For an op that chooses, the
            first may be known to be a number; else the operand is taken to be the chosen one.

    Returns:
        The op applied, and the local derivative, None where nothing flows back.

    Raises:
        IndexError: if the op has no such operand.
        TypeError, ValueError: if the op's rule cannot be run on names, with the reason.

    Example:
        >>> from autograd.engine.calculus import div
        >>> local_derivative(div, 1)
        (u/v, −u/v²)
    """
    names = list(operand_names(op) if operands is None else operands)
    if not 0 <= position < len(names):
        raise IndexError(f"{op.name} has operands 0 to {len(names) - 1}, got position {position}")
    applied = term(op, names)
    if op in (c.where, c.gather) and names[0].known is None:
        taking = float(position - 1) if op is c.gather else float(position < 2)
        names[0] = Term(None, (), names[0].written(), max(taking, 0.0), names[0].width)
    out = names[0].apply(op, names)
    if op.derivatives is None:
        rule = op.rules[position]
        found = rule(*names, out) if callable(rule) else rule
    else:
        every = op.derivatives(names, out)
        if len(every) != len(names):
            count, wanted = pluralize(len(every), "derivative"), pluralize(len(names), "operand")
            raise ValueError(f"it gave {count} for {wanted}")
        found = every[position]
    return applied, None if found is None else as_term(found)


def derivation(op: Op | Node | str) -> Explanation:
    """The derivatives that an op's rules state, as formulas.

    Args:
        op: an op such as `autograd.tanh`, its name such as ``"tanh"`` or ``"*"``, or a Value,
            whose op is meant.

    Raises:
        TypeError: if `op` is none of these.
        ValueError: if no op has this name, or the Value is a leaf.

    Example:
        >>> from autograd.show.words.derivation import derivation
        >>> derivation("*")
        d(u·v)/du = v
        d(u·v)/dv = u
    """
    found, count = _find_op(op)
    names = operand_names(found, count)
    lines = [_line(found, position, names) for position in range(len(names))]
    if not lines:
        return explanation([remark(f"{clean(found.name)} has no operands")])
    if found in _SHIFTED:
        lines.append(Equation(named("m").written(), _shift(found, names).written()))
    return explanation(lines)


def _find_op(given: Any) -> tuple[Op, int | None]:
    """The op that the argument of `derivation` stands for, and its number of operands if known."""
    if isinstance(given, Op):
        return given, None
    if isinstance(given, Node):
        if given.op is None:
            raise ValueError(f"{given.describe()} was given, not computed: it has no op")
        count = len(given.operands)
        return given.op, count if count <= MOST_OPERANDS else None
    if isinstance(given, str):
        if given in _OPS:
            return _OPS[given], None
        raise ValueError(_explain_no_op(given))
    name = getattr(given, "__name__", "")
    if name in _COMPOSED and given is getattr(c, name):
        raise TypeError(_explain_no_op(name))
    advice = f"derivation({name!r})" if name in _OPS else "derivation('tanh')"
    kind = type(given).__name__
    raise TypeError(f"derivation takes an Op, its name or a Value, got {kind}: write {advice}")


def _explain_no_op(name: str) -> str:
    """The error message for a name that no op has."""
    if name in _COMPOSED:
        advice = f"ask for one of them, such as derivation({_COMPOSED[name]!r})"
        return f"{name} is no op but a function that applies ops: {advice}"
    close = get_close_matches(name[:100], (*_OPS, *_COMPOSED), n=3, cutoff=0.5)
    if name in OTHER_NAMES:
        close = [OTHER_NAMES[name]]
    advice = f"did you mean {' or '.join(map(repr, close))}?" if close else "one is 'tanh'"
    return f"no op is called {name[:100]!r}: {advice}"


def _line(op: Op, position: int, names: Sequence[Term]) -> Equation:
    """d op / d operand = its derivative."""
    left = _differential(term(op, names).written(), names[position].written(), len(names) > 1)
    try:
        found = local_derivative(op, position, names)[1]
    except NoDerivativeError:
        return _equation_of_words(left, "a number alone, without a formula")
    except Exception as error:  # a user's rule may raise anything
        reason = clean(f"{type(error).__name__}: {str(error)[:200]}")
        return _equation_of_words(left, f"its rule does not run on names ({reason})")
    if found is None:
        return _equation_of_words(left, "nothing flows back")
    if op in _SHIFTED:
        found = _replace(found, str(_shift(op, names)), named("m"))
    right = found.written()
    if op not in (c.where, c.gather):
        return Equation(left, right)
    chosen = ("≠ 0", r"\ne 0") if position == 1 else ("= 0", "= 0")
    if op is c.gather:
        chosen = (f"= {position - 1}",) * 2
    selector = names[0].written()
    return Equation(
        left,
        Written(
            f"{right.text} if {selector.text} {chosen[0]}, else nothing flows back",
            f"{right.latex} \\text{{ if }} {selector.latex} {chosen[1]}"
            r"\text{, else nothing flows back}",
        ),
    )


def _differential(of: Written, by: Written, partial: bool) -> Written:
    """The derivative of one expression by another, as a fraction of differentials."""
    d = r"\partial" if partial else r"\mathrm{d}"
    top = of.inside(ROOT)
    spaces = [" " if x.text[0].isalnum() and len(x.text) > 2 else "" for x in (top, by)]
    text = f"d{spaces[0]}{top.text}/d{spaces[1]}{by.text}"
    return Written(text, f"\\frac{{{d} {top.latex}}}{{{d} {by.latex}}}")


def _equation_of_words(left: Written, words: str) -> Equation:
    """An equation whose right side is words."""
    return Equation(Written(f"{left.text}: {words}", f"{left.latex} \\quad {latex_name(words)}"))


def _shift(op: Op, names: Sequence[Term]) -> Term:
    """The term that is called m in the derivatives of an op."""
    return term(_SHIFTED[op], names[1:] if op is c.log_share else names)


def _replace(whole: Term, text: str, by: Term) -> Term:
    """`whole`, with `by` in place of every part that is written as `text`."""
    if whole.op is None or str(whole) == text:
        return whole if whole.op is None else by
    return term(whole.op, [_replace(x, text, by) for x in whole.operands])
