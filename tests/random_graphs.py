"""Random functions of Values, as Python code: any op, shared nodes, numbers of every kind.

A function is written line by line, so one of fewer lines is the beginning of one of more. It takes
a list of numbers `x` and a list of positions `i`, which only lookups choose by. Everything comes
out of one `random.Random`: of a seed, or of hypothesis, which then shrinks it.
"""

import math
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import autograd as ag
from autograd import Op

LENGTH = 3  # of the lists that lookups choose from
SPECIAL = (
    *(0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -3.0, math.inf, -math.inf, math.nan),
    *(5e-324, -5e-324, 2.2250738585072014e-308, 1e-160, -1e-300, 1.7976931348623157e308),
    *(1e155, -1e200, 709.8, -745.2, 37.0, 2.0**53 + 1.0, 0.1, 1.0 + 2.0**-52, 1e16),
)

# --- what a line may be ---------------------------------------------------------------------
# V is a node; A a node, a position or a constant; C a constant; I a position; L some operands, of
# which one is a node; T as many as a lookup chooses from; P two lists of one length.

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "floordiv": "//", "pow": "**"}
OF_MANY = [
    *("ag.sum([L])", "ag.mean([L])", "ag.prod([L])", "ag.dot(P)", "ag.dot(P)"),
    *("ag.maximum([L])", "ag.minimum([L])", "ag.logsumexp([L])"),
    *("ag.softmax([L])[0]", "ag.log_softmax([L])[-1]", "ag.softmax([V, A, A])[1]"),
    *("ag.clip(V, -1.0, 1.0)", "ag.clip(V, A, A)", "ag.clip(A, V, 1.0)", "ag.clip(V, A)"),
    *("ag.where(V, A, A)", "ag.where(ag.step(V), V, A)", "ag.where(A, V, V)"),
    *("ag.where(ag.floor(V), A, V)", "ag.where(V, ag.log(V), A)", "ag.where(V, V, V / V)"),
    *("ag.lookup([T], I)", "ag.lookup([T], I)", "ag.lookup([T], 1)"),
    *("ag.lookup([[V, A], [A, V], [V, V]], I)[1]", "ag.lookup([T], 1.0 + ag.sign(V))"),
]
WITH_GRADIENTS = [
    "ag.grad(lambda t: t * ag.tanh(t * A))(V)",
    "ag.grad(lambda t: ag.where(t, t * V, t**2.0))(V)",
    "ag.value_and_grad(lambda t: t[0] * t[1] / A)([V, V])[1][0]",
    "ag.jvp(lambda t: ag.exp(t) * V, V, A)[1]",
    "V.detach()",
]


def _one_or_two_operands() -> list[str]:
    """Every public op of fixed arity, written as a user would."""
    found = []
    for name, op in sorted(vars(ag).items()):
        if not isinstance(op, Op) or op.derivatives:
            continue
        if name in INFIX:
            found += [f"V {INFIX[name]} A", f"A {INFIX[name]} V"]
        elif len(op.rules) == 2:
            found += [f"ag.{name}(V, A)", f"ag.{name}(A, V)"]
        else:
            found.append(f"ag.{name}(V)")
    return [*found, "-V", "ag.leaky_relu(V)", "ag.elu(V)"]


ANY = [*_one_or_two_operands(), *OF_MANY, *OF_MANY, *WITH_GRADIENTS]
TAME = [  # so that not everything ends as inf or nan
    *("V + A", "V + V", "V - V", "A - V", "V * A", "V * V", "0.5 * V", "V * C + V"),
    *("ag.tanh(V)", "ag.sin(V)", "ag.sigmoid(V)", "ag.relu(V)", "ag.mean([L])", "ag.dot(P)"),
    *("ag.maximum([L])", "ag.clip(V, -2.0, 2.0)", "ag.softmax([L])[0]", "ag.atan2(V, A)"),
    *(
        "ag.where(V, V, A)",
        "ag.where(ag.step(V), V, V)",
        "ag.lookup([T], I)",
        "V / ag.hypot(V, 1.0)",
    ),
]
LAST = ["ag.sum([L])", "ag.mean([L])", "ag.dot(P)", "ag.logsumexp([L])", "V * V", "V / V + V"]
SLOT = re.compile(r"\b[VACILTP]\b")
Pick = Callable[[int], str]  # from the number of a copy to what it reads


# --- functions ------------------------------------------------------------------------------


class RandomFunction(NamedTuple):
    """A function as Python code.

    Attributes:
        inputs: how many numbers it takes.
        lines: what each line computes; the result of the first is called v0, of the next v1.
        outputs: the names of its results.
    """

    inputs: int
    lines: tuple[str, ...]
    outputs: tuple[str, ...]

    def source(self, several: bool) -> str:
        """The code, of the lines that are needed for all outputs or for the last one."""
        result = f"[{', '.join(self.outputs)}]" if several else self.outputs[-1]
        body = [f"    v{number} = {self.lines[number]}" for number in self._needed(result)]
        return "\n".join(["def f(x, i):", *body, f"    return {result}"])

    def _needed(self, result: str) -> list[int]:
        needed: set[str] = set(_names(result))
        numbers = []
        for number in reversed(range(len(self.lines))):
            if f"v{number}" in needed:
                numbers.append(number)
                needed |= set(_names(self.lines[number]))
        return numbers[::-1]

    def simpler(self) -> Iterator["RandomFunction"]:
        """The same with less: one output alone, or one of its operands in the place of a line."""
        if len(self.outputs) > 1:
            for output in self.outputs:
                yield self._replace(outputs=(output,))
        for number in reversed(self._needed(", ".join(self.outputs))):
            for name in dict.fromkeys(_names(self.lines[number])):
                yield self._without(number, name)
            yield from self._shorter(number)

    def _without(self, number: int, name: str) -> "RandomFunction":
        def read(line: str) -> str:
            return re.sub(rf"\bv{number}\b", _literally(name), line)

        return self._replace(
            lines=tuple(map(read, self.lines)), outputs=tuple(map(read, self.outputs))
        )

    def _shorter(self, number: int) -> Iterator["RandomFunction"]:
        """The same without one line of the functions inside of a line."""
        line = self.lines[number]
        for inner in re.finditer(r"\n +(t\d+) := (.*),(?=\n)", line):
            rest = line[: inner.start()] + line[inner.end() :]
            for name in dict.fromkeys(_names(inner[2])):
                shorter = re.sub(rf"\b{inner[1]}\b", _literally(name), rest)
                lines = (*self.lines[:number], shorter, *self.lines[number + 1 :])
                yield self._replace(lines=lines)


def _literally(name: str) -> Callable[[Any], str]:
    return lambda _: name


def _names(code: str) -> list[str]:
    return re.findall(r"\b[vta]\d+\b|\bx\[\d+\]", code)


def made(source: str) -> Callable[..., Any]:
    """The function that this code defines."""
    scope: dict[str, Any] = {"ag": ag, "inf": math.inf, "nan": math.nan}
    exec(source, scope)
    return scope["f"]  # type: ignore[no-any-return]


def random_number(draw: random.Random, wild: float) -> float:
    """An ordinary number or, with probability `wild`, any of the special ones."""
    if draw.random() < wild:
        return draw.choice(SPECIAL)
    kind = draw.randrange(3)
    if kind == 0:
        return float(draw.randint(-2, 3))
    return round(draw.uniform(-3.0, 3.0), 2) if kind == 1 else draw.uniform(-2.0, 2.0)


class Writer:
    """Writes a function, line by line.

    Attributes:
        draw: where all that is random comes from.
        lines: what is computed so far.
        names: how to read the nodes among it.
        numbers: how to read what is a node or a float.
        positions: how to read what lookups choose by.
        tables: what lookups so far chose from, for later ones to choose from too.
        widths: how many lines there are to a layer.
    """

    widths: Sequence[int] = (1, 1, 1, 1, 1, 2, 5, 9, 17)

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.inputs = draw.choice([1, 2, 3, 3, 9, 17])
        self.wild = draw.choice([0.0, 0.0, 0.05, 0.5])
        self.tame = draw.choice([0.3, 0.8, 0.95])
        self.lines: list[str] = []
        self.names = [f"x[{i}]" for i in range(self.inputs)]
        self.numbers: list[str] = []
        self.positions = ["i[0]", "i[1]"]
        self.tables: list[str] = []

    def function(self, size: int) -> RandomFunction:
        """A function of at least `size` lines."""
        while len(self.lines) < size - 1:
            self.add_any()
        self.names += self.last()
        count = self.draw.choice([0, 1, 8])
        outputs = [*self.alone(), *(self.draw.choice(self.names) for _ in range(count))]
        return RandomFunction(self.inputs, tuple(self.lines), (*outputs, self.names[-1]))

    def last(self) -> list[str]:
        """What brings some of it together."""
        return self.layer(self.draw.choice(LAST))

    def alone(self) -> list[str]:
        """Further outputs, which nothing else reads."""
        return []

    def add_any(self) -> None:
        """A line, or several, of any kind."""
        self.names += self.layer(self.draw.choice(TAME if self.draw.random() < self.tame else ANY))

    def layer(self, template: str) -> list[str]:
        """One line, or a layer: many alike that read neighbours, which become one group."""
        wide = template not in LAST and len(self.names) > 4
        copies = self.draw.choice(self.widths) if wide else 1
        picks = [self.pick(slot) for slot in SLOT.findall(template)]
        return [
            self.line(_filled(template, [pick(copy) for pick in picks])) for copy in range(copies)
        ]

    def expression(self, template: str) -> str:
        """What one line computes."""
        return _filled(template, [self.one(slot) for slot in SLOT.findall(template)])

    def line(self, code: str) -> str:
        """Write a line; how to read its result."""
        self.lines.append(code)
        return f"v{len(self.lines) - 1}"

    def one(self, slot: str) -> str:
        """What may stand in the place of `slot`."""
        return self.pick(slot)(0)

    def pick(self, slot: str) -> Pick:
        """What stands in the place of `slot` in each copy of a line."""
        draw = self.draw
        if slot == "P":
            length = draw.randint(1, 5)
            first, second = self._list(length), self._list(length)
            return lambda copy: f"[{first(copy)}], [{second(copy)}]"
        if slot == "T":
            return self._table()
        if slot == "L":
            return self._list(draw.randint(1, 5))
        if slot == "A":
            slot = draw.choice("VVVC" if draw.random() < 0.9 else "I")
            if self.numbers and draw.random() < 0.4:
                number = draw.choice(self.numbers)
                return lambda copy: number
        if slot == "I":
            positions, shift = self.positions, draw.randrange(len(self.positions))
            return lambda copy: positions[(shift + copy) % len(positions)]
        if slot == "C":
            return lambda copy: _written(random_number(draw, self.wild))
        names, stride = list(self.names), draw.choice([0, 1, 1])
        start = draw.randrange(max(0, len(names) - 8) if draw.random() < 0.6 else 0, len(names))
        return lambda copy: names[(start + stride * copy) % len(names)]

    def _table(self) -> Pick:
        """A table, often one that was looked into before: its lookups add up in one gradient."""
        if self.tables and self.draw.random() < 0.6:
            table = self.draw.choice(self.tables)
            return lambda copy: table
        made = self._list(LENGTH)
        self.tables.append(made(0))
        return made

    def _list(self, length: int) -> Pick:
        parts = [self.pick("V"), *[self.pick("A") for _ in range(length - 1)]]
        self.draw.shuffle(parts)
        return lambda copy: ", ".join([part(copy) for part in parts])


def _filled(template: str, parts: Iterable[str]) -> str:
    remaining = iter(parts)
    return SLOT.sub(lambda _: next(remaining), template)


def _written(x: float) -> str:
    return repr(x) if x >= 0.0 else f"({x!r})"


def random_arguments(draw: random.Random, inputs: int) -> tuple[list[float], list[float]]:
    """Numbers for `x`, ordinary or not, and positions for `i`."""
    wild = draw.choice([0.0, 0.0, 0.2, 1.0])
    numbers = [random_number(draw, wild) for _ in range(inputs)]
    return numbers, [float(draw.randrange(LENGTH)) for _ in range(2)]


def random_function(draw: random.Random, size: int) -> RandomFunction:
    """A function of at least `size` lines."""
    return Writer(draw).function(size)
