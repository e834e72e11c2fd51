"""The C backend: a program as portable C99, one function, which allocates nothing.

Each step becomes a function of its own that loops over its members; a step of one member becomes
a statement. Of a program of very many steps the functions are shared: what differs between steps
stands in the rows of a table, and a loop runs row after row. Samples are taken one by one.
"""

from collections.abc import Sequence

from ....engine import calculus as c
from ....formulas.c_spelling import Functions, literal
from ....transforms.lane_sum import LANES
from ...ir.program import Copy, Loop, Program, Repeat, Statement, Step, all_steps
from ..one_by_one import one_by_one, only_part
from .nests import Addresses, times
from .reserved_names import check_name
from .step_code import LONGEST, body, expression, parts

STRAIGHT = 1000  # steps that are written one after the other; more of them go into a table

HEAD = """\
/* {inputs} inputs, {outputs} outputs, {memory} doubles of memory, which needs no preparation.
   {name} gives 0, or 1 where a lookup has no such index: then outputs are as they were.
   Rounding is part of the results: compile with -std=c99 -ffp-contract=off, or the like. */
#include <float.h>
#include <math.h>
#if defined(__clang__) || !defined(__GNUC__)
#pragma STDC FP_CONTRACT OFF
#endif
#if defined(__FAST_MATH__) || FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD > 1
#error "numbers must be computed as IEEE 754 has them"
#endif
#define {NAME}_INPUTS {inputs}
#define {NAME}_OUTPUTS {outputs}
#define {NAME}_MEMORY {memory}
"""


def program_to_c(program: Program, name: str = "compiled") -> str:
    """A C99 file that defines ``int name(const double *inputs, double *outputs, double *memory)``.

    The caller owns all three; `inputs` and `outputs` may be the same. The function keeps nothing,
    so that threads may call it at once, each with its own memory.

    Args:
        program: a program of one part.
        name: the function, and what all other names of the file begin with.

    Raises:
        TypeError: for a name that is no str.
        ValueError: for a program of several parts, an op that has no C, or a name that is none or
            means something in C.

    Example:
        >>> from autograd.compiler.backends.c.function_code import program_to_c
        >>> from autograd.compiler.ir.program import Program, Terms, Step
        >>> square = Step(None, (Terms(False, 2, 1),), [[0], [0]], 1, 1)
        >>> print(program_to_c(Program(2, 1, [], [[square]], range(1, 2)), "squared"))
        /* 1 inputs, 1 outputs, 2 doubles of memory...
        int squared(const double *inputs, double *outputs, double *memory)
        {
            for (int i = 0; i < 1; i++)
                memory[i] = inputs[i];
            memory[1] = memory[0] * memory[0];
            for (int i = 0; i < 1; i++)
                outputs[i] = memory[1 + i];
            return 0;
        }
    """
    check_name(name)
    return _File(program, name).text()


class _File:
    """The content of one C file."""

    def __init__(self, program: Program, name: str) -> None:
        self.program, self.name = program, name
        steps = only_part(program, "C")
        self.functions = Functions(name)
        self.addresses = Addresses(name, shared=len(list(all_steps(steps))) > STRAIGHT)
        self.numbers: dict[tuple[str, ...], int] = {}  # of the functions of steps, by their lines
        self.texts: list[str] = []
        self.rows: list[int] = []
        self.cases: list[str] = []
        self.lines = [*self._copies(), *self._sequence(steps)]

    def text(self) -> str:
        """The file."""
        program, name = self.program, self.name
        size, first = len(program.outputs), program.outputs.start
        head = HEAD.format(
            inputs=program.inputs,
            outputs=size,
            memory=program.size,
            name=name,
            NAME=name.upper(),
        )
        main = [
            f"int {name}(const double *inputs, double *outputs, double *memory)\n{{",
            *["    " + line for line in self.lines],
            f"    for (int i = 0; i < {size}; i++)",
            f"        outputs[i] = memory[{first} + i];",
            "    return 0;\n}\n",
        ]
        return "\n".join(
            [
                head,
                *self._array("double", "constants", [literal(x) for _, x in program.constants]),
                *self._array("int", "places", self.addresses.places),
                *self._array("int", "rows", self.rows),
                *self.functions.pointers(),
                *self.functions.texts,
                *self.texts,
                *self._row_by_row(),
                *main,
            ]
        )

    def _array(self, kind: str, name: str, items: Sequence[object]) -> list[str]:
        if not items:
            return []
        words = [str(item) for item in items]
        lines = [", ".join(words[i : i + 12]) for i in range(0, len(words), 12)]
        text = ",\n    ".join(lines)
        return [f"static const {kind} {self.name}_{name}[{len(words)}] = {{\n    {text}\n}};\n"]

    def _copies(self) -> list[str]:
        """Inputs and constants go to their places."""
        inputs, constants = self.program.inputs, self.program.constants
        lines = [f"for (int i = 0; i < {inputs}; i++)", "    memory[i] = inputs[i];"]
        if not inputs:
            lines = ["(void)inputs;"]
        numbers = f"{self.name}_constants[s];"
        return lines + self._each(f"memory[{{}}] = {numbers}", [(place,) for place, _ in constants])

    def _each(self, statement: str, places: Sequence[Sequence[int]]) -> list[str]:
        """A statement for each of several rows of addresses, whose expressions it takes."""
        if not places:
            return []
        columns = [[[x] for x in column] for column in zip(*places, strict=True)]
        found = [self.addresses.address(column, 0, differs=False) for column in columns]
        return [f"for (int s = 0; s < {len(places)}; s++)", f"    {statement.format(*found)}"]

    def _sequence(self, steps: Sequence[Statement]) -> list[str]:
        """The lines for steps in turn."""
        lines: list[str] = []
        stretch: list[Step] = []
        for step in steps:
            if isinstance(step, Step):
                stretch.append(step)
                continue
            inner = self._repeat(step) if isinstance(step, Repeat) else self._loop(step)
            lines += [*self._steps(stretch), *inner]
            stretch = []
        return [*lines, *self._steps(stretch)]

    def _steps(self, steps: Sequence[Step]) -> list[str]:
        """The lines for steps without a loop over samples between them."""
        if not (steps and self.addresses.shared):
            return [self._straight(step) for step in steps]
        start, name = len(self.rows), self.name
        for step in steps:
            self.addresses.row = []
            number = self._function(step)
            self.rows += [number, step.out, *self.addresses.row]
        return [f"if ({name}_run(memory, {name}_rows + {start}, {len(steps)})) return 1;"]

    def _straight(self, step: Step) -> str:
        """A step as a statement."""
        if step.count == 1 and step.op not in (c.gather, c.scattered):
            terms = parts(step, self.functions)
            if len(terms) <= LONGEST and all(term.terms == 1 for term in terms):
                result = expression(terms, self.addresses, "memory")
                return f"memory[{step.out}] = {result};"
        return self._call(self._function(step), step, f"memory + {step.out}, memory")

    def _loop(self, loop: Loop) -> list[str]:
        """A loop over samples, one at a time."""
        body = one_by_one(loop)
        lines = [
            *self._each("memory[{}] = memory[{} + n * ({})];", body.inputs),
            *self._sequence(body.steps),
            *self._each("memory[{} + n * ({})] = memory[{}];", body.kept),
            *self._each(f"memory[{{}} + n % {LANES}] += memory[{{}}];", body.added),
        ]
        head = f"for (int n = 0; n < (int)memory[{loop.samples}]; n++) {{"
        nothing = f"for (int i = 0; i < {LANES}; i++) memory[{{}} + i] = -0.0;"
        begin = self._each(nothing, [(first,) for first, _ in body.added])
        return [*begin, head, *["    " + line for line in lines], "}"]

    def _repeat(self, repeat: Repeat) -> list[str]:
        """Steps run many times, one run after the other."""
        lines = [
            *map(_copy, repeat.before),
            *self._sequence(repeat.steps),
            *map(_copy, repeat.after),
        ]
        head = f"for (int k = 0; k < {repeat.count}; k++) {{"
        return [head, *["    " + line for line in lines], "}"]

    def _function(self, step: Step) -> int:
        """The number of the function that computes `step`, and others that are like it."""
        lines = tuple(body(step, self.functions, self.addresses))
        number = self.numbers.setdefault(lines, len(self.numbers))
        if number == len(self.texts):
            chosen, row = step.op is c.gather, self.addresses.row
            kind, end = ("int", ["return 0;"]) if chosen else ("void", [])
            parameters = "double *restrict r, const double *restrict v"
            head = f"{self.name}_step_{number}({parameters}{', const int *at' if row else ''})"
            text = "\n".join("    " + line for line in (*lines, *end))
            self.texts.append(f"static {kind} {head}\n{{\n{text}\n}}\n")
            call = self._call(number, step, f"memory + at[1], memory{', at + 2' if row else ''}")
            self.cases.append(f"{call} at += {len(row) + 2}; break;")
        return number

    def _call(self, number: int, step: Step, arguments: str) -> str:
        call = f"{self.name}_step_{number}({arguments})"
        return f"if ({call}) return 1;" if step.op is c.gather else f"{call};"

    def _row_by_row(self) -> list[str]:
        """The function that does what rows say."""
        if not self.rows:
            return []
        cases = [f"        case {number}: {case}" for number, case in enumerate(self.cases)]
        return [
            f"static int {self.name}_run(double *memory, const int *at, int rows)\n{{",
            "    for (int row = 0; row < rows; row++)",
            "        switch (at[0]) {",
            *cases,
            "        }",
            "    return 0;\n}\n",
        ]


def _copy(copy: Copy) -> str:
    """A copy of run k, as a statement."""
    first, apart, to, to_apart, size = copy
    many = size > 1
    places = (
        f"{start}{times(distance, 'k')}{' + i' if many else ''}"
        for start, distance in ((to, to_apart), (first, apart))
    )
    told = "memory[{}] = memory[{}];".format(*places)
    return f"for (int i = 0; i < {size}; i++) {told}" if many else told
