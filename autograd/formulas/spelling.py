"""The spelling of ops in another language: its primitives by a table, all others by formulas.

`c_spelling.py` and `js_spelling.py` say how each of them is written.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from ..engine.op import Op
from . import primitives as p
from .lowering import LOWERED
from .symbol import Symbol

VARIABLE = re.compile(r"\bx\d+\b")

Assignment = tuple[str, str]  # a variable, and the expression that it is for


class Text(str):
    """A result that is written in the language already."""

    __slots__ = ()


class Spelling(ABC):
    """The functions that maps need, in another language: each is written when it is first called.

    Args:
        name: what every name begins with.

    Attributes:
        library: the functions of the mathematical library that are called, with the number of
            their operands.
        texts: the definitions, each before its first use.
    """

    templates: ClassVar[Mapping[Op, str]]
    language: ClassVar[str]

    def __init__(self, name: str) -> None:
        self.name = name
        self.library: dict[str, int] = {}
        self.texts: list[str] = []
        self._written: dict[tuple[Op, int], str] = {}

    @staticmethod
    @abstractmethod
    def literal(x: float) -> str:
        """The number `x`, to the bit."""

    @abstractmethod
    def called(self, function: str) -> str:
        """The name by which a function of the mathematical library is called."""

    def spelled(self, op: Op, operands: Sequence[str]) -> str:
        """The expression for `op` of operands that are names, elements or literals.

        Raises:
            ValueError: if the op is not known in this language.
        """
        if op in self.templates:
            return self.templates[op].format(*operands)
        if op in p.PLATFORM:
            function = p.PLATFORM[op]
            self.library[function] = len(operands)
            return f"{self.called(function)}({', '.join(operands)})"
        kind = op, len(operands)
        if kind not in self._written:
            self._define(*kind)
        return f"{self._written[kind]}({', '.join(operands)})"

    def formula(self, op: Op) -> Callable[..., Any]:
        """The formula of an op that is no primitive.

        Raises:
            ValueError: if there is none.
        """
        if op not in LOWERED:
            raise self.unknown(op)
        return LOWERED[op]

    def unknown(self, op: Op) -> ValueError:
        """The error for an op that has no formula."""
        return ValueError(
            f"the op {op.name!r} has no {self.language}: write its forward function with the "
            "functions of this library"
        )

    def _define(self, op: Op, count: int) -> None:
        """Write the formula of `op` as a function."""
        names = [f"x{i}" for i in range(count)]
        definition = self.definition(self.formula(op), names)
        name = f"{self.name}_map_{len(self._written)}"
        self._written[op, count] = name  # counts, so that the next one has another name
        self.texts.append(self.named(name, definition))

    def definition(self, formula: Callable[..., Any], names: Sequence[str]) -> str:
        """The parameters x0, … and the body of a function that computes `formula` of them."""
        body = _Body(self, len(names))
        result = body.result(formula(*[Symbol(body, name) for name in names]))
        return self.function(names, _drop_unused(body.steps, result), result)

    @abstractmethod
    def function(self, parameters: Sequence[str], steps: Sequence[Assignment], result: str) -> str:
        """The parameters and the body of a function of assignments in turn."""

    @abstractmethod
    def named(self, name: str, definition: str) -> str:
        """The definition of a function with a name."""

    def several(self, results: Sequence[str]) -> str:
        """The expression for several results at once.

        Raises:
            TypeError: if a function of this language gives one number alone.
        """
        raise TypeError(f"a function in {self.language} gives one number, not {len(results)}")


def _drop_unused(steps: Sequence[Assignment], result: str) -> list[Assignment]:
    """The steps of a function without those whose variable no later one reads.

    Compilers warn of these. A formula may compute what its operands of today do not need.
    """
    read = set(VARIABLE.findall(result))
    kept: list[Assignment] = []
    for name, expression in reversed(steps):
        if name in read:
            read.update(VARIABLE.findall(expression))
            kept.append((name, expression))
    return kept[::-1]


class _Body:
    """Writes a formula, one step for each op."""

    def __init__(self, functions: Spelling, count: int) -> None:
        self.functions, self.count = functions, count
        self.steps: list[Assignment] = []

    def value(self, x: Any) -> str:
        return x.name if isinstance(x, Symbol) else self.functions.literal(float(x))

    def result(self, x: Any) -> str:
        if not isinstance(x, list | tuple):
            return self.value(x)
        return self.functions.several([y if isinstance(y, Text) else self.value(y) for y in x])

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        expression = self.functions.spelled(op, [self.value(x) for x in operands])
        name = f"x{self.count + len(self.steps)}"
        self.steps.append((name, expression))
        return Symbol(self, name)
