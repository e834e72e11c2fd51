"""A step in C: its loops, and in them the expression for one member.

The text reads its operands as elements of an array `v` and gives results to elements of `r`. It
is either a function's body or, for a step of one member, one expression.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ....engine import calculus as c
from ....engine.op import Op
from ....formulas.c_spelling import Functions
from ....formulas.lowering import FOLDS
from ...ir.program import Step
from .nests import Addresses, Nest, Operand, nests, times

UNROLLED = 4  # terms that are written side by side; more of them are a loop
LONGEST = 16  # terms in one expression

Join = Callable[[str | None, list[str]], str]


class PartialSum(NamedTuple):
    """Terms of a step that are alike.

    Attributes:
        join: the expression for what there was before, None at the beginning, and what is read.
        operands: what each term reads.
        terms: how many there are; more than one are a loop.
    """

    join: Join
    operands: list[Operand]
    terms: int = 1


def parts(step: Step, functions: Functions) -> list[PartialSum]:
    """The operands that a member of `step`, which is no lookup, is computed from."""
    if step.op is None:
        return list(sum_parts(step, UNROLLED))
    if step.op in FOLDS:
        operands, count = [step.columns], len(step.columns)
        return list(_split(_fold(step.op, functions), operands, count, UNROLLED, first=True))
    op = step.op
    return [PartialSum(lambda _, read: functions.spelled(op, read), [[x] for x in step.columns])]


def sum_parts(step: Step, unrolled: int) -> Iterator[PartialSum]:
    """The parts of a member of a sum: stretches of up to `unrolled` terms are written out."""
    start = 0
    for subtracted, factors, terms in step.runs:
        end = start + factors * terms
        operands = [step.columns[start + i : end : factors] for i in range(factors)]
        yield from _split(_add(subtracted), operands, terms, unrolled, first=start == 0)
        start = end


def _add(subtracted: bool) -> Join:
    def join(before: str | None, read: list[str]) -> str:
        product = " * ".join(read)
        if before is None:
            return f"-{product}" if subtracted else product
        return f"{before} {'-' if subtracted else '+'} {product}"

    return join


def _fold(op: Op, functions: Functions) -> Join:
    def join(before: str | None, read: list[str]) -> str:
        return read[0] if before is None else functions.spelled(op, [before, *read])

    return join


def _split(
    join: Join, operands: Sequence[Operand], terms: int, unrolled: int, *, first: bool
) -> Iterator[PartialSum]:
    """A part for each of a few terms, and for the one that a result begins with."""
    single = terms if terms <= unrolled else int(first)
    for t in range(single):
        yield PartialSum(join, [x[t : t + 1] for x in operands])
    if single < terms:
        yield PartialSum(join, [x[single:] for x in operands], terms - single)


def expression(found: Sequence[PartialSum], addresses: Addresses, array: str) -> str:
    """The one member of a step whose parts are single terms."""
    result = None
    for part in found:
        places = [addresses.address([[x[0][0]]], 0) for x in part.operands]
        result = part.join(result, [f"{array}[{place}]" for place in places])
    return result or "0.0"


def body(step: Step, functions: Functions, addresses: Addresses) -> list[str]:
    """The lines of a function that computes `step`; of a lookup it may return 1."""
    if step.op is c.scattered:
        return _scatter(step, addresses)
    chosen = step.op is c.gather
    found = [] if chosen else parts(step, functions)
    operands = [x for part in found for x in part.operands]
    if chosen:
        operands = [step.columns[:1], step.columns[1:]]
    lines = []
    for nest in nests(operands, step.count):
        read = _elements(nest, operands, addresses)
        outs = [[start * step.stride] for start in nest.starts]
        stride = step.stride if nest.length > 1 else 0
        out = f"r[{addresses.address(outs, stride, differs=False)}]"
        inner = _lookup(out, read, len(step.columns) - 1) if chosen else _result(out, read, found)
        lines += _loops(nest, inner)
    return lines


def _scatter(step: Step, addresses: Addresses) -> list[str]:
    """The lines that add what comes for the places of a table, in order."""
    first, *pairs = step.columns
    place = addresses.address([first], 0)
    index, coming = (addresses.address([column], 0) for column in pairs)
    return [
        f"for (int t = 0; t < {len(pairs[0])}; t++) {{",
        f"    const double x = v[{index}] - v[{place}];",
        f"    if (x >= 0.0 && x < {step.count}.0 && x == (double)(int)x)",
        f"        r[{times(step.stride, '(int)x').removeprefix(' + ')}] += v[{coming}];",
        "}",
    ]


def _elements(nest: Nest, operands: Sequence[Operand], addresses: Addresses) -> list[str]:
    """The expressions that a member reads its operands by."""
    found = []
    for operand, stride in zip(operands, nest.strides, strict=True):
        bases = [[column[start] for column in operand] for start in nest.starts]
        found.append(f"v[{addresses.address(bases, stride)}]")
    return found


def _result(out: str, read: Sequence[str], found: Sequence[PartialSum]) -> list[str]:
    """One member of a sum or a map."""
    lines: list[str] = []
    result, pending, start = None, 0, 0
    for part in found:
        mine = list(read[start : start + len(part.operands)])
        start += len(part.operands)
        if pending and (part.terms > 1 or pending == LONGEST):
            lines.append(f"{'' if lines else 'double '}x = {result};")
            result, pending = "x", 0
        result = part.join(result, mine)
        pending += 1
        if part.terms > 1:
            lines += [f"for (int t = 0; t < {part.terms}; t++)", f"    x = {result};"]
            result, pending = "x", 0
    return [*lines, f"{out} = {result};"]


def _lookup(out: str, read: Sequence[str], count: int) -> list[str]:
    """One member of a lookup among `count` values."""
    index, value = read
    return [
        f"const double x = {index};",
        f"if (!(x >= 0.0 && x < {count}.0) || x != (double)(int)x)",
        "    return 1;",
        *(["const int t = (int)x;"] if " t" in value else []),
        f"{out} = {value};",
    ]


def _loops(nest: Nest, inner: list[str]) -> list[str]:
    """The loops over segments and their members; a block, even where there is but one of them."""
    lines = inner
    for index, count in (("i", nest.length), ("s", len(nest.starts))):
        if count > 1:
            lines = ["    " + line for line in lines]
            lines = [f"for (int {index} = 0; {index} < {count}; {index}++) {{", *lines, "}"]
    if lines is inner and len(inner) > 1:
        lines = ["{", *["    " + line for line in inner], "}"]
    return lines
