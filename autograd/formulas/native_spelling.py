"""The calculus in C, for the native engine: the table `engine/_calculus.h`, written from the rows.

    python -m autograd.formulas.native_spelling

Each row of one or two operands gives a function for its value and one for each rule, and an entry
that names them. What a row says stands in `calculus.py` alone; this is its translation.
"""

import functools
import sys
from pathlib import Path
from typing import Any

from ..engine import calculus as c
from ..engine.op import ONE, Op
from . import primitives as p
from .c_spelling import Functions, literal

FILE = Path(c.__file__).with_name("_calculus.h")
HEAD = """\
/* The calculus in C: written from calculus.py by `make calculus`. Do not edit.

   Every function takes the operands x0 and x1 (0 where there is one) and the result x2. */
"""
TYPES = """\
enum rule_kind { NOTHING, ONE, CONSTANT, FUNCTION };

typedef double (*calculus_function)(double, double, double);

typedef struct {
    enum rule_kind kind; /* ONE is the very object, with which no product is made */
    double constant;
    calculus_function function;
} Rule;

typedef struct {
    const char *name; /* in calculus.py */
    int operands, strong;
    calculus_function value;
    Rule rules[2];
} Row;
"""
PARAMETERS = ("x0", "x1", "x2")


def rows() -> dict[str, Op]:
    """The ops of one or two operands by their names in Python, in the order of the table."""
    ops = {name: op for name, op in vars(c).items() if isinstance(op, Op)}
    return {name: op for name, op in ops.items() if op.rules and name == op.__name__}


@functools.cache
def names_of_rows() -> dict[Op, int]:
    """Which entry of the table each op has: after the rows those that formulas are made of."""
    others = (p.less, p.at_most, p.same, p.copysign, p.fmod, p.erfc, p.root)
    return {op: i for i, op in enumerate([*rows().values(), *others])}


def spell_calculus() -> str:
    """The text of `_calculus.h`."""
    functions = Functions("calculus")
    entries, texts = [], list[str]()
    for op in names_of_rows():
        name = op.__name__
        value = f"value_{name}"
        texts.append(f"static double {value}{functions.definition(_value(op), PARAMETERS)}")
        rules = []
        for i, rule in enumerate(op.rules):
            named = f"rule_{name}_{i}"
            if callable(rule):
                formula = functions.definition(_rule(op, rule), PARAMETERS)
                texts.append(f"static double {named}{formula}")
            rules.append(_entry(rule, named))
        told = f'"{name}", {len(op.rules)}, {int(op.strong)}, {value}'
        entries.append(f"    {{{told}, {{{', '.join(rules)}}}}},\n")
    table = f"static const Row ROWS[] = {{\n{''.join(entries)}}};\n"
    numbers = "".join(f"    ROW_{op.__name__},\n" for op in names_of_rows())
    numbers = f"enum row_number {{\n{numbers}    ROW_COUNT\n}};\n"
    pointers = "\n".join(functions.pointers()) + "\n"
    return "\n".join([HEAD, TYPES, pointers, *functions.texts, *texts, table, numbers])


def _value(op: Op) -> Any:
    return lambda x, y, out: op(*(x, y)[: len(op.rules)])


def _rule(op: Op, rule: Any) -> Any:
    return lambda x, y, out: rule(*(x, y)[: len(op.rules)], out)


def _entry(rule: Any, function: str) -> str:
    """The entry of a rule: what kind it is, with its number or its function."""
    if callable(rule):
        return f"{{FUNCTION, 0.0, {function}}}"
    if rule is None:
        return "{NOTHING, 0.0, 0}"
    return "{ONE, 1.0, 0}" if rule is ONE else f"{{CONSTANT, {literal(rule)}, 0}}"


def write_calculus() -> bool:
    """Write `_calculus.h`, and whether it said something else before."""
    text = spell_calculus()
    if FILE.exists() and FILE.read_text("utf-8") == text:
        return False
    FILE.write_text(text, encoding="utf-8", newline="\n")
    return True


def main() -> None:
    """Write the table, and say whether it is another one now.

    Raises:
        SystemExit: naming what has no C.
    """
    try:
        is_written = write_calculus()
    except ValueError as error:
        sys.exit(f"{error}, and for a row of the calculus add it to LOWERED in lowering.py")
    print(f"{FILE.name}:", "written" if is_written else "as before")


if __name__ == "__main__":
    main()
