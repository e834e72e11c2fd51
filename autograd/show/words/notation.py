"""The notation of every op as Unicode text and as LaTeX, with the parentheses it needs.

`NOTATION` is this room's table of the ops. A private row, the derivative of another, is
mostly written as the formula it stands for, its `expansion`, in other ops.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...engine import calculus as c
from ...engine.op import Op
from ...transforms.samples import ResultOp
from ..text import MINUS, TIMES, decimal, shorten
from .naming import latex_name

# How tightly a sign binds its operands, from the loosest.
MODULO, ADDITION, NEGATION, MULTIPLICATION, POWER, ROOT, ATOM = range(7)
NOTHING = ("0", f"{MINUS}0")
_WHOLE = re.compile(f"{MINUS}?[0-9]{{1,3}}")
_RAISED = str.maketrans(f"{MINUS}0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Words for ops that are not called by name.
EXPLAINED = {c.fixed: "as constant", c.sech2: "sech²"}
_SPELLING = EXPLAINED | {
    c.mul: TIMES,
    c.strong_product: TIMES,
    c.sub: MINUS,
    c.div: "÷",
    c.sum: "Σ",
}
_SPELLING |= {c.exp_difference: "exp", c.exp_total: "Σ", c.exp_rest: "rest", c.portion: "÷"}
_SPELLING |= {c.log_share: "log_softmax", c.largest: "max"}


class Written(NamedTuple):
    """An expression as text and LaTeX, and the binding strength of its outermost sign."""

    text: str
    latex: str
    binding: int = ATOM

    def inside(self, least: int, later: bool = False) -> "Written":
        """The expression; in parentheses if it binds below `least`, or is `later` and negative."""
        text, latex, loose = self.text, self.latex, self.binding < least
        if loose or (later and text.startswith(MINUS)):
            text = f"({text})"
        if loose or (later and latex.startswith("-")):
            latex = f"\\left({latex}\\right)"
        return Written(text, latex)


def spelling(op: Op) -> str:
    """The short name of an op in a box of a drawing.

    Example:
        >>> from autograd.engine.calculus import div, tanh
        >>> spelling(div), spelling(tanh)
        ('÷', 'tanh')
    """
    return _SPELLING.get(op, op.name)


ELLIPSIS = Written("…", r"\ldots")

# --- how things are written -----------------------------------------------------------------

Write = Callable[..., Written]


def write_exponent(number: str) -> str:
    """A whole number as an exponent, in superscript digits."""
    return number.translate(_RAISED)


def use_mark(use: int) -> str:
    """The mark for one of several uses of the same operand in a node: ⁽¹⁾, ⁽²⁾, …"""
    return f"⁽{write_exponent(str(use))}⁾"


def join(sign: Written, parts: Sequence[Written], binding: int = ATOM) -> Written:
    """The parts with a sign between them."""
    text, latex = sign.text.join(x.text for x in parts), sign.latex.join(x.latex for x in parts)
    return Written(text, latex, binding)


def write_number(x: float) -> Written:
    """A number as text and LaTeX: whole ones in full, others in 4 digits."""
    if x != x:
        return Written("nan", r"\mathrm{nan}")
    negative, x = math.copysign(1.0, x) < 0.0, abs(x)
    whole = x < 1e6 and x == math.floor(x)
    text = "∞" if x == math.inf else f"{x:.0f}" if whole else decimal(x)
    mantissa, e, exponent = text.replace(MINUS, "-").partition("e")
    latex = f"{mantissa} \\cdot 10^{{{exponent}}}" if e else mantissa.replace("∞", r"\infty")
    if negative:
        return Written(MINUS + text, f"-{latex}", NEGATION)
    return Written(text, latex, MULTIPLICATION if e else ATOM)


def write_result(x: float) -> Written:
    """A computed number as text and LaTeX, without the sign of a zero."""
    return write_number(x + 0.0)  # -0.0 + 0.0 is 0.0


def _call(text: str, latex: str) -> Write:
    """A function of its operands in parentheses."""

    def write(*xs: Written) -> Written:
        spelled = ", ".join(x.latex for x in xs)
        return Written(
            f"{text}({', '.join(x.text for x in xs)})", f"{latex}\\left({spelled}\\right)"
        )

    return write


def own_function(op: Op) -> Write:
    """The notation of a user's op, whose name may be anything, and of a result of many."""
    if isinstance(op, ResultOp):
        return _result_of(op)
    name = shorten(op.name) or "unnamed"
    return _call(name, latex_name(name))


def _result_of(op: ResultOp) -> Write:
    """The node that has it, and which output and sample it is where there are several."""
    several = len(op.batch[0].outputs) > 1, op.batch.count != 1

    def write(node: Written, *place: Written) -> Written:
        index = [x.text for x, many in zip(place, several, strict=True) if many]
        which = f"[{', '.join(index)}]" if index else ""
        return Written(node.text + which, node.latex + which)

    return write


def _chain(text: str, latex: str, binding: int, first: int, empty: str) -> Write:
    """The operands with a sign between them."""

    def write(*xs: Written) -> Written:
        if len(xs) < 2:
            return xs[0] if xs else Written(empty, empty)
        parts = [xs[0].inside(first), *(x.inside(binding, later=True) for x in xs[1:])]
        return join(Written(text, latex), parts, binding)

    return write


def _around(text: tuple[str, str], latex: tuple[str, str], least: int = MODULO) -> Write:
    """One operand between two signs."""

    def write(x: Written) -> Written:
        shown = f"{text[0]}{x.inside(least).text}{text[1]}"
        return Written(shown, f"{latex[0]}{x.latex}{latex[1]}", ROOT if least else ATOM)

    return write


def _difference(x: Written, y: Written) -> Written:
    if y.text in NOTHING:  # as of a loss whose target is 0
        return x
    x, y = x.inside(ADDITION), y.inside(NEGATION, later=True)
    return Written(f"{x.text} {MINUS} {y.text}", f"{x.latex} - {y.latex}", ADDITION)


def _quotient(x: Written, y: Written) -> Written:
    text = f"{x.inside(NEGATION).text}/{y.inside(POWER).text}"
    return Written(text, f"\\frac{{{x.latex}}}{{{y.latex}}}", MULTIPLICATION)


def _negative(x: Written) -> Written:
    x = x.inside(MULTIPLICATION, later=True)
    return Written(f"{MINUS}{x.text}", f"-{x.latex}", NEGATION)


def _power(x: Written, y: Written) -> Written:
    base, latex = x.inside(ATOM), y.latex
    above = write_exponent(y.text) if _WHOLE.fullmatch(y.text) else f"^{y.inside(ATOM).text}"
    return Written(f"{base.text}{above}", f"{base.latex}^{{{latex}}}", POWER)


def _remainder(x: Written, y: Written) -> Written:
    x, y = x.inside(POWER), y.inside(POWER)
    return Written(f"{x.text} mod {y.text}", f"{x.latex} \\bmod {y.latex}", MODULO)


def _whole_quotient(x: Written, y: Written) -> Written:
    quotient = _quotient(x, y)
    return _around(("⌊", "⌋"), (r"\left\lfloor ", r"\right\rfloor "))(quotient)


def _cases(condition: Written, x: Written, y: Written) -> Written:
    either = f"{x.latex} & \\text{{if }} {condition.latex} \\ne 0"
    latex = f"\\begin{{cases}} {either} \\\\ {y.latex} & \\text{{otherwise}} \\end{{cases}}"
    return Written(_call("where", "")(condition, x, y).text, latex)


def _bracket(sign: str) -> Write:
    """Iverson's bracket: 1 where the comparison holds, else 0."""
    return lambda x, y: Written(
        f"[{x.text} {sign} {y.text}]", f"\\left[{x.latex} {sign} {y.latex}\\right]"
    )


# --- how every op is written ----------------------------------------------------------------


class Notation(NamedTuple):
    """The notation of an op: how to write it, its expansion in other ops, or both.

    One without `write` always appears as its expansion; one with both appears so in derivatives.
    """

    write: Write | None = None
    expansion: Callable[..., Any] | None = None


def _first(x: Any, *_: Any) -> Any:
    return x


_FUNCTIONS: dict[Op, str] = {
    **{op: f"\\{op.name}" for op in (c.exp, c.log, c.sin, c.cos, c.tan, c.sinh, c.cosh, c.tanh)},
    **{op: f"\\arc{op.name[1:]}" for op in (c.asin, c.acos, c.atan)},
    **{op: f"\\operatorname{{ar{op.name[1:]}}}" for op in (c.asinh, c.acosh, c.atanh)},
    **{
        op: f"\\operatorname{{{op.name}}}".replace("_", r"\_")
        for op in (
            *(c.expm1, c.log1p, c.atan2, c.relu, c.leaky_relu, c.elu, c.silu, c.gelu, c.softplus),
            *(c.erf, c.step, c.sign, c.round, c.trunc, c.mean, c.logsumexp, c.clip, c.gather),
            *(c.scattered, c.fold_in),
        )
    },
    c.log2: r"\log_{2}",
    c.log10: r"\log_{10}",
    c.sigmoid: r"\sigma",
    c.maximum: r"\max",
    c.minimum: r"\min",
}
_SUM = _chain(" + ", " + ", ADDITION, ADDITION, "0")
_PRODUCT = _chain("·", r" \cdot ", MULTIPLICATION, NEGATION, "1")


def _dot(*xs: Written) -> Written:
    half = len(xs) // 2
    pairs = zip(xs[:half], xs[half:], strict=True)
    return _SUM(*(x if x is ELLIPSIS else _PRODUCT(x, y) for x, y in pairs))


NOTATION: dict[Op, Notation] = {op: Notation(_call(op.name, f)) for op, f in _FUNCTIONS.items()} | {
    c.add: Notation(_SUM),
    c.sum: Notation(_SUM),
    c.sub: Notation(_difference),
    c.mul: Notation(_PRODUCT),
    c.prod: Notation(_PRODUCT),
    c.div: Notation(_quotient),
    c.mod: Notation(_remainder),
    c.floordiv: Notation(_whole_quotient),
    c.pow: Notation(_power),
    c.neg: Notation(_negative),
    c.abs: Notation(_around(("|", "|"), (r"\left|", r"\right|"))),
    c.floor: Notation(_around(("⌊", "⌋"), (r"\left\lfloor ", r"\right\rfloor "))),
    c.ceil: Notation(_around(("⌈", "⌉"), (r"\left\lceil ", r"\right\rceil "))),
    c.sqrt: Notation(_around(("√", ""), (r"\sqrt{", "}"), ATOM)),
    c.cbrt: Notation(_around(("∛", ""), (r"\sqrt[3]{", "}"), ATOM)),
    c.hypot: Notation(_call("hypot", r"\operatorname{hypot}"), lambda x, y: c.sqrt(x * x + y * y)),
    c.where: Notation(_cases),
    c.dot: Notation(_dot),
    c.greater: Notation(_bracket(">")),
    c.equal: Notation(_bracket("=")),
    c.sech2: Notation(_call("sech²", r"\operatorname{sech}^{2}")),
    c.normal_density: Notation(_call("φ", r"\varphi")),
    c.normal_distribution: Notation(_call("Φ", r"\Phi")),
    c.strong_product: Notation(None, lambda x, y: x * y),
    c.div_slope: Notation(None, lambda x, y: -x / y**2),
    c.div_bend: Notation(None, lambda x, y: 2 * x / y**3),
    c.power_slope: Notation(None, lambda x, y: y * x ** (y - 1)),
    c.power_bend: Notation(None, lambda x, y: y * (y - 1) * x ** (y - 2)),
    c.power_mixed: Notation(None, lambda x, y: x ** (y - 1) * (1 + y * c.log(x))),
    c.power_log: Notation(None, lambda x, y: x**y * c.log(x)),
    c.power_log_square: Notation(None, lambda x, y: x**y * c.log(x) ** 2),
    c.cbrt_slope: Notation(None, lambda x: 1 / (3 * c.cbrt(x) ** 2)),
    c.asin_slope: Notation(None, lambda x: 1 / c.sqrt(1 - x * x)),
    c.acosh_slope: Notation(None, lambda x: 1 / c.sqrt(x * x - 1)),
    c.atanh_slope: Notation(None, lambda x: 1 / (1 - x * x)),
    c.unit: Notation(None, lambda x, y: x / c.sqrt(x * x + y * y)),
    c.inversion: Notation(None, lambda x, y: x / (x * x + y * y)),
    c.unit_slope: Notation(None, lambda x, y: y**2 / c.sqrt(x * x + y * y) ** 3),
    c.unit_mixed: Notation(None, lambda x, y: -x * y / c.sqrt(x * x + y * y) ** 3),
    c.inversion_slope: Notation(None, lambda x, y: (y * y - x * x) / (x * x + y * y) ** 2),
    c.inversion_mixed: Notation(None, lambda x, y: -2 * x * y / (x * x + y * y) ** 2),
    c.scaled_exp: Notation(None, lambda x, y: y * c.exp(x)),
    c.exp_difference: Notation(None, lambda x, y: c.exp(x - y)),
    c.largest: Notation(_call("max", r"\max")),
    c.exp_total: Notation(None, lambda largest, *xs: c.sum(xs)),
    c.exp_rest: Notation(lambda total, *xs: _call("rest", r"\operatorname{rest}")(*xs)),
    c.complement: Notation(None, lambda x, rest, total: 1 - x / total),
    c.portion: Notation(None, lambda x, rest, total: x / total),
    c.log_share: Notation(_call("log_softmax", r"\operatorname{log\_softmax}")),
    c.share: Notation(None, lambda x, others: x / (x + others)),
    c.sigmoid_slope: Notation(None, lambda x: c.sigmoid(x) * (1 - c.sigmoid(x))),
    c.silu_slope: Notation(None, lambda x: c.sigmoid(x) * (1 + x * (1 - c.sigmoid(x)))),
    c.silu_bend: Notation(None, lambda x: c.sigmoid_slope(x) * (2 + x * (1 - 2 * c.sigmoid(x)))),
    c.gelu_slope: Notation(None, lambda x: c.normal_distribution(x) + x * c.normal_density(x)),
    c.gauss: Notation(None, lambda x: c.exp(-(x * x))),
    c.nonnegative: Notation(None, _first),
    c.identity: Notation(None, _first),
    c.fixed: Notation(None, _first),
}
