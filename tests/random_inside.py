"""Functions inside random functions: how they are written, and what they can read.

One is written as a list, whose last entry is its result; what it computes on the way has names, t1
and so on, and its parameters are called a1 and so on.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.random_graphs import ANY, LENGTH, Writer

DEEPEST = 2
MOST_LINES = 4  # of a function inside
# What only programs have: see random_graphs.py. Draws are of keys that are numbers, and nodes.
KEY = "ag.random.fold_in(4030664413150308.0, I)"
MORE = [
    *(f"V * ag.random.uniform({KEY})", f"ag.random.normal({KEY}, mean=V)"),
    *(f"V + ag.random.bernoulli({KEY}, 0.5)", f"V * ag.random.split({KEY}, 3)[2]"),
    f"ag.lookup([T], ag.random.integers({KEY}, 0, {LENGTH}))",
    f"V + ag.random.categorical({KEY}, [V, A, A])",
    "V * ag.no_grad()(lambda: V * ag.tanh(V))()",
    "V * (lambda z: ag.gradients(z * z * V, z, create_graph=False))(1.0 * V)",
    "V * (lambda z: ag.gradients(z * z * V, z))(1.0 * V)",
    # Of numbers, which a condition of numbers may choose, come numbers: so it chooses nodes alone.
    *("ag.where(V > A, V, V)", "ag.where(A <= V, V, ag.where(V < 0.0, V, V * V))"),
    *("ag.where(ag.logical_and(V > 0.0, V <= A), V, V)", "ag.where(ag.logical_not(V < A), V, V)"),
    *("ag.where(ag.logical_or(V, A >= V), V, V)", "abs(V)", "+V", "2 * V", "V ** 2"),
    *("sum([L])", "1 - V // 2", "0 + V", "V ** -1", "V.detach() * V", "ag.constant(1.5) - V"),
]
# Second derivatives, whose ops little else makes, what several lookups give back to a table, and a
# key that is a node.
RARE = [
    *(f"V * ag.grad(ag.grad(ag.{name}))(V)" for name in ("silu", "gelu", "cbrt", "tanh", "atanh")),
    *(f"V * ag.grad(ag.grad(ag.{name}))(V)" for name in ("asin", "acos", "acosh", "erf", "elu")),
    *(f"V * ag.hessian(lambda t: ag.{name}(*t))([V, A])[0][1]" for name in ("hypot", "atan2")),
    *(
        "V * ag.grad(ag.grad(lambda t: V / t))(V)",
        "ag.grad(lambda t: ag.log_softmax([t, V])[0])(V)",
    ),
    "V * ag.hessian(lambda t: (1.0 + t[0] * t[0]) ** t[1])([V, A])[0][1]",
    f"ag.random.normal(ag.random.fold_in({KEY}, ag.greater(V, A)), mean=V)",
    "ag.grad(lambda t: (lambda u: ag.lookup(u, I) * ag.lookup(u, I))([t, V * t, A]))(V)",
    "ag.grad(lambda t: (lambda u: u[1] * ag.lookup(u, I) + ag.lookup(u, I))([V, V * t, t]))(V)",
]
# They leave gradients at nodes around functions inside, too.
PASSES = [
    "V * (lambda z: ((z * z * V).backward(), z.grad)[1])(1.0 * V)",
    "V * (lambda z: ((z * V).backward(), (V * z).backward(2.0), z.grad)[2])(V * V)",
]
# What is left there; inside of batches and scans it would be that of the samples before.
LEFT = ["V * (V.grad + V.grad)"]


class Column(NamedTuple):
    """A list of numbers: how to read it, how many there are, whether all are nodes."""

    code: str
    size: int
    of_nodes: bool


class InnerWriter(Writer):
    """Writes a function with functions inside, which the `blocks` write, line by line."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__(draw)
        self.columns: list[Column] = []
        self.results: list[str] = []  # of functions inside
        self.often = draw.choice([0.05, 0.2, 0.4])
        self.depth = self.named = 0
        self.blocks: list[Callable[[], None]] = []

    def add_any(self) -> None:
        """A line, or several, of any kind."""
        if self.depth < DEEPEST and self.draw.random() < self.often:
            known = len(self.names)
            self.draw.choice(self.blocks)()
            self.results += self.names[known:] if not self.depth else []
        elif self.draw.random() < 0.1:
            self.names += self.layer(self.draw.choice([*MORE, *RARE]))
        elif self.draw.random() < 0.05:
            self.names += self.layer(self.draw.choice([*PASSES, *([] if self.depth else LEFT)]))
        else:
            super().add_any()

    def last(self) -> list[str]:
        """What brings some of it together."""
        if self.results and self.draw.random() < 0.8:
            some = self.draw.choices(self.results, k=self.draw.randint(1, 4))
            self.names.append(self.line(f"ag.sum([{', '.join([*some, self.one('V')])}])"))
            if self.draw.random() < 0.5:
                return [self.line(f"{self.names[-1]} * {self.one('V')}")]
        return super().last()

    def alone(self) -> list[str]:
        """A line of each kind, so that all are there often, also what mostly gives nan."""
        some = [self.draw.choice(kind) for kind in (ANY, ANY, MORE, RARE)]
        return [self.line(self.expression(template)) for template in some]

    def line(self, code: str) -> str:
        """Write a line; how to read its result."""
        if not self.depth:
            return super().line(code)
        name = self.name("t")
        self.lines.append(f"{name} := {code}")
        return name

    def name(self, letter: str) -> str:
        """A new name with this letter."""
        self.named += 1
        return f"{letter}{self.named}"

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Inside the block lines are those of a function inside, which may read all outside."""
        before = self.lines, self.names, self.numbers, self.positions, self.columns, self.tables
        few = self.draw.sample(self.names, min(4, len(self.names)))  # so that what is here is read
        self.lines, self.names, self.numbers = [], few, list(self.numbers)
        self.positions, self.columns = list(self.positions), list(self.columns)
        self.tables = list(self.tables)
        self.depth += 1
        self.widths = (1, 1, 1, 2)
        yield
        self.depth -= 1
        self.widths = self.widths if self.depth else type(self).widths
        self.lines, self.names, self.numbers, self.positions, self.columns, self.tables = before

    def body(self, parameters: str, result: Callable[[], str]) -> str:
        """A function of some lines, with a result."""
        most = MOST_LINES if self.depth == 1 else 2
        wanted = len(self.lines) + self.draw.randint(1, most)
        while len(self.lines) < wanted:
            self.add_any()
        indent = "\n" + "    " * (self.depth + 1)
        lines = ",".join(f"{indent}{line}" for line in [*self.lines, result()])
        return f"lambda {parameters}: [{lines}][-1]"
