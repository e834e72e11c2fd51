"""The spelling of ops in JavaScript, for live pages and `to_js`.

JavaScript's numbers are the floats of Python, and + - * / √ have the same bits. What `Math` lacks,
or has with another meaning, stands in `HELPERS`; its functions may differ from C's in the last
bits.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

from ..engine import calculus as c
from ..engine.op import Op
from . import primitives as p
from .lowering import FOLDS, LOWERED
from .spelling import VARIABLE, Assignment, Spelling, Text
from .symbol import Symbol

Kind = tuple[Op, int]  # an op, and how many operands it has

JS: dict[Op, str] = {
    c.add: "{} + {}",
    c.sub: "{} - {}",
    c.mul: "{} * {}",
    c.div: "{} / {}",
    c.neg: "-{}",
    c.abs: "Math.abs({})",
    c.sqrt: "Math.sqrt({})",
    p.copysign: "copysign({}, {})",
    p.fmod: "{} % {}",  # with the sign of the first, as in C
    p.less: "{} < {} ? 1 : 0",
    p.at_most: "{} <= {} ? 1 : 0",
    p.same: "{} === {} ? 1 : 0",
    c.where: "{} !== 0 ? {} : {}",
    c.floor: "Math.floor({}) + 0",
    c.ceil: "Math.ceil({}) + 0",
    c.round: "rint({}) + 0",
    c.trunc: "Math.trunc({}) + 0",
    c.identity: "{}",
    c.fixed: "{}",
}

# Each is written where its name occurs in what comes after it.
HELPERS = {
    "copysign": """\
const copysign = (x, y) => y < 0 || 1 / y < 0 ? -Math.abs(x) : Math.abs(x);
""",
    "rint": """\
const rint = (x) => { // halves go to even, as in C
    const below = Math.floor(x), rest = x - below;
    return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : Math.ceil(x);
};
""",
    "pow": """\
const pow = (x, y) => // 1 where C says so, and JavaScript nan
    x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
""",
    "erf": """\
const erf = (x) => { // DLMF 7.6.2, a sum of positive terms
    if (Math.abs(x) >= 1.5) return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
    let term = x, sum = x;
    for (let n = 1; n < 40; n++) sum += term *= 2 * x * x / (2 * n + 1);
    return 2 / Math.sqrt(Math.PI) * gaussian(x) * sum;
};
""",
    "erfc": """\
const erfc = (x) => { // DLMF 7.9.1, a continued fraction
    if (x < 1.5) return x > -1.5 ? 1 - erf(x) : 2 - erfc(-x);
    let rest = x;
    for (let n = 80; n; n--) rest = x + n / 2 / rest;
    return gaussian(x) / rest / Math.sqrt(Math.PI);
};
""",
    "gaussian": """\
const gaussian = (x) => { // exp(-x²): the square of the high part is exact
    if (Math.abs(x) > 30) return 0;
    const high = Math.floor(x * 1048576) / 1048576;
    return Math.exp(-high * high) * Math.exp((high - x) * (x + high));
};
""",
    "lookup": """\
const lookup = (i, ...values) => {
    if (i in values) return values[i];
    throw RangeError(`lookup index ${i} is not one of 0 to ${values.length - 1}`);
};
""",
    "scattered": """\
const scattered = (place, total, ...pairs) => {
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === place) total += pairs[i + 1];
    return total;
};
""",
}
NOTHING = Text("null")  # where nothing flows back
LONGEST = 80  # characters of an expression inside another
_ATOM = re.compile(r"[\w.]+|[\w.]+\([^()]*\)")  # what needs no parentheses: a name, or a call
_WHOLE = re.compile(r"\([^()]*\)")
# A comparison that is made a number, for a choice to compare that with 0.
_AS_NUMBER = re.compile(r"\(((?:[^()?]|\([^()]*\))+) \? 1 : 0\) !== 0 \?")
_NEEDS = {"erf": ("erfc", "gaussian"), "erfc": ("erf", "gaussian")}
_BY_INDEX = {c.gather, c.scattered}
_OWN = {"pow", "erf", "erfc"}  # of the platform's functions those that `Math` does not give


def literal(x: float) -> str:
    """The number `x`, to the bit.

    Example:
        >>> from autograd.formulas.js_spelling import literal
        >>> literal(0.1), literal(2.0), literal(-0.0)
        ('0.1', '2', '(-0)')
    """
    if x != x:
        return "NaN"
    size = "Infinity" if math.isinf(x) else repr(abs(x)).removesuffix(".0")
    return f"(-{size})" if math.copysign(1.0, x) < 0.0 else size


class Functions(Spelling):
    """The JavaScript functions that maps need.

    A user's op has the formula of its forward function, where that is written with the functions
    of this library.
    """

    templates, language = JS, "JavaScript"
    literal = staticmethod(literal)

    def __init__(self, name: str = "f") -> None:
        super().__init__(name)
        self._needed: set[str] = set()

    def called(self, function: str) -> str:
        """The function of `Math`, or the one in its place."""
        if function not in _OWN:
            return f"Math.{function}"
        self._need(function)
        return function

    def spelled(self, op: Op, operands: Sequence[str]) -> str:
        """The expression for `op` of operands that are names, elements or literals.

        Raises:
            ValueError: if its forward function is not written with the functions of this library.
        """
        if op in _BY_INDEX:
            self._need(op.name)
            return f"{op.name}({', '.join(operands)})"
        if op in FOLDS and len(operands) != 2:
            return reduce(lambda x, y: self.spelled(op, [x, y]), operands)
        self._need({p.copysign: "copysign", c.round: "rint"}.get(op))
        return super().spelled(op, operands)

    def _need(self, helper: str | None) -> None:
        if helper:
            self._needed.update((helper, *_NEEDS.get(helper, ())))

    def formula(self, op: Op) -> Callable[..., Any]:
        """The formula of an op that is no primitive."""
        if op in LOWERED:
            return LOWERED[op]

        def forward(*xs: Any) -> Any:
            try:
                return _symbol_or_number(op.forward(*xs))
            except Exception as error:  # a user's function may raise anything, given a symbol
                raise self.unknown(op) from error

        return forward

    def function(self, parameters: Sequence[str], steps: Sequence[Assignment], result: str) -> str:
        """The parameters and the body of a function, with what is read once where it is read."""
        steps, result = _renumbered(*_inlined(steps, result), len(parameters))
        lines = [f"    const {name} = {_choosing(expression)};\n" for name, expression in steps]
        result = _choosing(result)
        body = f"{{\n{''.join(lines)}    return {result};\n}}" if lines else result
        return f"({', '.join(parameters)}) => {body}"

    def named(self, name: str, definition: str) -> str:
        """The definition of a function."""
        return f"const {name} = {definition};\n"

    def several(self, results: Sequence[str]) -> str:
        """The expression for several results at once."""
        return f"[{', '.join(results)}]"

    def helpers(self) -> list[str]:
        """The definitions of what `Math` lacks, as far as it is called."""
        return [text for name, text in HELPERS.items() if name in self._needed]


def _inlined(steps: Sequence[Assignment], result: str) -> tuple[list[Assignment], str]:
    """The steps and the result, with every short expression that is read once in its place."""
    times = Counter(x for text in (result, *(y for _, y in steps)) for x in VARIABLE.findall(text))
    short: dict[str, str] = {}
    kept: list[Assignment] = []

    def put(found: re.Match[str]) -> str:
        return short.get(found[0], found[0])

    for name, expression in steps:
        expression = VARIABLE.sub(put, expression)
        if times[name] == 1 and len(expression) <= LONGEST:
            short[name] = expression if _ATOM.fullmatch(expression) else f"({expression})"
        else:
            kept.append((name, expression))
    last = VARIABLE.sub(put, result)
    return kept, last[1:-1] if _WHOLE.fullmatch(last) else last


def _choosing(expression: str) -> str:
    """An expression whose choices ask a comparison itself, and not whether it is 1 or 0."""
    return _AS_NUMBER.sub(r"\1 ?", expression)


def _renumbered(
    steps: Sequence[Assignment], result: str, parameters: int
) -> tuple[list[Assignment], str]:
    """The steps and the result, with names that go on from those of the parameters."""
    names = {name: f"x{parameters + place}" for place, (name, _) in enumerate(steps)}

    def put(found: re.Match[str]) -> str:
        return names.get(found[0], found[0])

    return [(names[x], VARIABLE.sub(put, y)) for x, y in steps], VARIABLE.sub(put, result)


def spell_kinds(kinds: Iterable[Kind]) -> str:
    """A JavaScript array of ops, each for a number of operands.

    An element has ``value(x0, …)``, ``locals(x0, …, out)``, which gives an array of a local
    derivative for each operand, null where nothing flows back, and ``strong``.

    Raises:
        ValueError: if the forward function or a rule of an op is not written with the functions of
            this library.

    Example:
        >>> from autograd.engine import calculus as c
        >>> from autograd.formulas.js_spelling import spell_kinds
        >>> print(spell_kinds([(c.mul, 2)]))
        [
        // *
        { strong: false, value: (x0, x1) => x0 * x1, locals: (x0, x1, x2) => [x1, x0] },
        ]
    """
    functions = Functions()
    entries = [_entry(functions, *kind) for kind in kinds]
    before = "".join([*functions.helpers(), *functions.texts])
    table = "".join(["[\n", *entries, "]"])
    return f"(() => {{\n{before}return {table};\n}})()" if before else table


def _entry(functions: Functions, op: Op, count: int) -> str:
    names = [f"x{i}" for i in range(count + 1)]
    value = functions.definition(
        lambda *xs: xs[0].apply(op, xs) if xs else op.forward(), names[:-1]
    )
    locals_ = functions.definition(lambda *xs: _locals(functions, op, xs[:-1], xs[-1]), names)
    strong = str(op.strong).lower()
    title = re.sub(
        r"[^\w+*/%.-]", "", op.name
    )  # nothing that ends a comment, or a script in a page
    return f"// {title}\n{{ strong: {strong}, value: {value}, locals: {locals_} }},\n"


def _symbol_or_number(x: Any) -> Any:
    return x if isinstance(x, Symbol) else float(x)


def _local_if(taken: Any) -> Any:
    """The local derivative of an operand of a choice, which is there if it is taken."""
    if taken is None:
        return NOTHING
    return Text(f"{taken.name} !== 0 ? 1 : null") if isinstance(taken, Symbol) else taken


def _locals(functions: Functions, op: Op, xs: Sequence[Any], out: Any) -> list[Any]:
    """The local derivatives: symbols, numbers, or the text for one that may not be there."""
    try:
        if op.taken is None:
            found = op.locals(xs, xs, out)
            return [NOTHING if x is None else _symbol_or_number(x) for x in found]
        taken = [op.taken(xs, i) for i in range(1, len(xs))]
        return [NOTHING, *map(_local_if, taken)]
    except Exception as error:  # as above, and a rule may branch
        raise functions.unknown(op) from error
