"""The JavaScript backend: a program as an ES module, which needs nothing else.

Each step becomes a statement, or a loop over its members; addresses that follow no rule stand in a
table. Samples are taken one by one. The functions of `Math` may differ from those of Python in the
last bits; arithmetic has the same bits.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from ...engine import calculus as c
from ...formulas.js_spelling import Functions, literal
from ...transforms.lane_sum import LANES
from ..ir.program import Copy, Loop, Program, Repeat, Statement, Step
from .c.nests import steady, times
from .c.step_code import sum_parts
from .one_by_one import one_by_one, only_part

UNROLLED = 8  # terms of a sum that are written side by side; more of them are a loop
STATEMENTS = 500  # in one function: browsers make slow code of longer ones

_WORDS = """
arguments async await break case catch class const continue debugger default delete do else enum
eval export extends false finally for function get if implements import in instanceof interface
let new null of package private protected public return set static super switch this throw true
try typeof undefined var void while with yield NaN Infinity
"""
RESERVED = frozenset(_WORDS.split())

MODULE = """\
// {inputs} inputs, {outputs} outputs: {name} takes an array of numbers and gives one.
export const {name} = (() => {{
{definitions}return (inputs) => {{
    if (inputs.length !== {inputs})
        throw RangeError(`{name} takes {inputs} numbers, got ${{inputs.length}}`);
    const v = new Float64Array({size});
    v.set(inputs);
{lines}    return [...v.subarray({first}, {last})];
}};
}})();
"""


def program_to_js(program: Program, name: str = "compiled") -> str:
    """An ES module that exports ``name``, a function of an array of numbers that gives one.

    Args:
        program: a program of one part.
        name: of the function.

    Raises:
        TypeError: for a name that is no str.
        ValueError: for a program of several parts, an op that has no JavaScript, or a name that is
            none or is a word of the language.

    Example:
        >>> from autograd.compiler.backends.javascript import program_to_js
        >>> from autograd.compiler.ir.program import Program, Terms, Step
        >>> square = Step(None, (Terms(False, 2, 1),), [[0], [0]], 1, 1)
        >>> print(program_to_js(Program(2, 1, [], [[square]], range(1, 2)), "squared"))
        // 1 inputs, 1 outputs: squared takes an array of numbers and gives one.
        export const squared = (() => {
        return (inputs) => {
            if (inputs.length !== 1)
                throw RangeError(`squared takes 1 numbers, got ${inputs.length}`);
            const v = new Float64Array(2);
            v.set(inputs);
            v[1] = v[0] * v[0];
            return [...v.subarray(1, 2)];
        };
        })();
    """
    check_js_name(name)
    return _Module(program).text(name)


def check_js_name(name: object) -> None:
    """Raise unless a function in JavaScript may have this name.

    Raises:
        TypeError: if it is no str.
        ValueError: saying what is wrong with it.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a JavaScript function is a str, got {type(name).__name__}")
    if not re.fullmatch("[A-Za-z_$][A-Za-z0-9_$]*", name):
        raise ValueError(
            f"a JavaScript function has a name of letters, digits, _ and $, not {name!r}, and "
            "begins with no digit"
        )
    if name in RESERVED:
        raise ValueError(
            f"the name {name!r} is a word of JavaScript: take another, such as 'my_{name}'"
        )


class _Module:
    """The content of one module."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.functions = Functions()
        self.places: list[int] = []
        self.parts: list[str] = []  # functions of some of the lines
        self._known: dict[tuple[int, ...], int] = {}
        self.lines = list(self._sequence(only_part(program, "JavaScript")))

    def text(self, name: str) -> str:
        """The module."""
        program = self.program
        numbers = [literal(x) for _, x in program.constants]
        at = [place for place, _ in program.constants]
        lines = self._in_parts(self.lines)
        if numbers:
            lines = ["    CONSTANTS.forEach((x, i) => v[AT[i]] = x);\n", *lines]
        definitions = [
            *(_array("CONSTANTS", numbers) + _array("AT", at) if numbers else []),
            *(_array("PLACES", self.places) if self.places else []),
            *self.functions.helpers(),
            *self.functions.texts,
            *self.parts,
        ]
        return MODULE.format(
            inputs=program.inputs,
            outputs=len(program.outputs),
            name=name,
            definitions="".join(definitions),
            size=program.size,
            lines="".join(lines),
            first=program.outputs.start,
            last=program.outputs.stop,
        )

    def _in_parts(self, lines: list[str]) -> list[str]:
        """The lines; or, of many, the lines that call functions for them, which become `parts`."""
        told = [f"    {line}\n" for line in lines]
        if len(told) <= STATEMENTS:
            return told
        calls = []
        for start in range(0, len(told), STATEMENTS):
            name = f"part{len(self.parts)}"
            content = "".join(told[start : start + STATEMENTS])
            self.parts.append(f"const {name} = (v) => {{\n{content}}};\n")
            calls.append(f"    {name}(v);\n")
        return calls

    def _sequence(self, steps: Sequence[Statement]) -> Iterator[str]:
        """A line for each step."""
        for step in steps:
            if isinstance(step, Repeat):
                yield self._repeat(step)
            else:
                yield self._loop(step) if isinstance(step, Loop) else self._step(step)

    def _step(self, step: Step) -> str:
        if step.op is c.scattered:
            return self._scatter(step)
        many = step.count > 1
        out = f"{step.out}{times(step.stride, 'i') if many else ''}"
        if step.op is not None:
            read = [f"v[{self._address([column])}]" for column in step.columns]
            told = f"v[{out}] = {self.functions.spelled(step.op, read)};"
        else:
            told = self._sum(step, out)
        return f"for (let i = 0; i < {step.count}; i++) {told}" if many else told

    def _scatter(self, step: Step) -> str:
        """The statement that adds what comes for the places of a table."""
        [first], *pairs = step.columns
        index, coming = (f"v[{self._address([[x] for x in column])}]" for column in pairs)
        inside = f"at >= 0 && at < {step.count} && at % 1 === 0"
        told = f"if ({inside}) v[{step.out} + at] += {coming};"
        loop = f"for (let t = 0; t < {len(pairs[0])}; t++)"
        return f"{loop} {{ const at = {index} - v[{first}]; {told} }}"

    def _sum(self, step: Step, out: str) -> str:
        """The statement for a member of a sum."""
        lines: list[str] = []
        total: str | None = None
        for part in sum_parts(step, UNROLLED):
            read = [f"v[{self._address(operand)}]" for operand in part.operands]
            if part.terms == 1:
                total = part.join(total, read)
                continue
            lines.append(f"{'x =' if lines else 'let x ='} {total};")
            lines.append(f"for (let t = 0; t < {part.terms}; t++) x = {part.join('x', read)};")
            total = "x"
        if not lines:
            return f"v[{out}] = {total or '0'};"
        return f"{{ {' '.join(lines)} v[{out}] = {total}; }}"

    def _address(self, terms: Sequence[Sequence[int]]) -> str:
        """The address of member i in term t, by a rule or from the table."""
        count, first = len(terms[0]), terms[0][0]
        by_member, by_term = steady(terms[0]), steady([members[0] for members in terms])
        if by_member is not None and by_term is not None:
            rule = [
                [first + t * by_term + i * by_member for i in range(count)]
                for t in range(len(terms))
            ]
            if rule == list(map(list, terms)):
                return f"{first}{times(by_term, 't')}{times(by_member, 'i')}"
        numbers = tuple(chain.from_iterable(terms))
        if numbers not in self._known:
            self._known[numbers] = len(self.places)
            self.places += numbers
        inner = times(count, "t") if len(terms) > 1 else ""
        return f"PLACES[{self._known[numbers]}{inner}{' + i' if count > 1 else ''}]"

    def _loop(self, loop: Loop) -> str:
        """A loop over samples, one at a time."""
        body = one_by_one(loop)
        lines = [
            *(f"v[{to}] = v[{first} + n * {apart}];" for to, first, apart in body.inputs),
            *self._sequence(body.steps),
            *(f"v[{first} + n * {apart}] = v[{x}];" for first, apart, x in body.kept),
            *(f"v[{first} + n % {LANES}] += v[{x}];" for first, x in body.added),
        ]
        inner = "\n".join(f"        {line}" for line in lines)
        begin = [f"v.fill(-0, {first}, {first + LANES});" for first, _ in body.added]
        head = f"for (let n = 0; n < v[{loop.samples}]; n++) {{"
        return "\n    ".join([*begin, f"{head}\n{inner}\n    }}"])

    def _repeat(self, repeat: Repeat) -> str:
        """Steps run many times, one run after the other."""
        steps = self._in_parts(list(self._sequence(repeat.steps)))
        lines = [
            *(f"        {_copy(copy)}\n" for copy in repeat.before),
            *(f"    {line}" for line in steps),
            *(f"        {_copy(copy)}\n" for copy in repeat.after),
        ]
        return f"for (let k = 0; k < {repeat.count}; k++) {{\n{''.join(lines)}    }}"


def _copy(copy: Copy) -> str:
    """A copy of run k, as a statement."""
    first, apart, to, to_apart, size = copy
    source = f"{first}{times(apart, 'k')}"
    return f"v.copyWithin({to}{times(to_apart, 'k')}, {source}, {source} + {size});"


def _array(name: str, items: Sequence[object]) -> list[str]:
    return [f"const {name} = [{', '.join(map(str, items))}];\n"]
