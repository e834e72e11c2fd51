"""Random programs: random functions with batches, scans and derivatives inside, in one another too.

A batch, a scan or a derivative is a line like any other, `v5 = ag.vmap(lambda a1: […], …)(…)`. The
function inside of it is written as a list, whose last entry is its result; what it computes on the
way has names, t1 and so on, and its parameters are called a1 and so on.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tests.random_graphs import LENGTH, RandomFunction, Writer

COUNTS = (1, 2, 3, 3, 5, 8, 9)  # of samples and steps
DEEPEST = 2
MOST_LINES = 4  # of a function inside


class Column(NamedTuple):
    """A list of numbers: how to read it, how many there are, whether all are nodes."""

    code: str
    size: int
    of_nodes: bool


class Parameter(NamedTuple):
    """A parameter of a function inside, as `nodes` or `numbers` say how to read what is in it."""

    name: str
    axes: str
    passed: str
    nodes: Sequence[str] = ()
    numbers: Sequence[str] = ()
    positions: Sequence[str] = ()


class ProgramWriter(Writer):
    """Writes a program, line by line."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__(draw)
        self.columns: list[Column] = []
        self.results: list[str] = []  # of functions inside
        self.often = draw.choice([0.05, 0.2, 0.4])
        self.depth = self.named = 0
        self.blocks = [self._batch, self._scan, self._derivative]

    def add_any(self) -> None:
        """A line, or several, of any kind."""
        if self.depth < DEEPEST and self.draw.random() < self.often:
            known = len(self.names)
            self.draw.choice(self.blocks)()
            self.results += self.names[known:] if not self.depth else []
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

    def line(self, code: str) -> str:
        """Write a line; how to read its result."""
        if not self.depth:
            return super().line(code)
        name = self._name("t")
        self.lines.append(f"{name} := {code}")
        return name

    def _name(self, letter: str) -> str:
        self.named += 1
        return f"{letter}{self.named}"

    # --- functions inside -------------------------------------------------------------------

    @contextmanager
    def _inside(self) -> Iterator[None]:
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

    def _body(self, parameters: str, result: Callable[[], str]) -> str:
        """A function of some lines, with a result."""
        most = MOST_LINES if self.depth == 1 else 2
        wanted = len(self.lines) + self.draw.randint(1, most)
        while len(self.lines) < wanted:
            self.add_any()
        indent = "\n" + "    " * (self.depth + 1)
        lines = ",".join(f"{indent}{line}" for line in [*self.lines, result()])
        return f"lambda {parameters}: [{lines}][-1]"

    def _result(self) -> tuple[str, tuple[int, ...]]:
        """What a function inside returns, and what is in it: see `_read`."""
        kind = self.draw.choice(["one", "one", "pair", "list"])
        if kind == "one":
            return self.one("V"), ()
        both = f"{self.one('V')}, {self.one('V')}"
        return (f"({both})", (1,)) if kind == "pair" else (f"[{both}]", (2,))

    # --- batches ----------------------------------------------------------------------------

    def _batch(self) -> None:
        count, draw = self.draw.choice(COUNTS), self.draw
        ways = [self._mapped, self._mapped, self._rows, self._mapped_positions]
        chosen: list[Callable[[int], Parameter]] = [draw.choice(ways)]
        for _ in range(draw.choice([0, 0, 1, 2])):
            chosen.append(draw.choice([*ways, self._shared, self._parts]))
        draw.shuffle(chosen)
        given = [way(count) for way in chosen]
        reduce = draw.choice([None, None, "sum", "mean"])
        with self._inside():
            for x in given:
                self.names += x.nodes
                self.numbers += x.numbers
                self.positions += [*x.positions] * LENGTH
            structure: list[tuple[int, ...]] = []

            def result() -> str:
                code, kind = self._result()
                structure.append(kind)
                return code

            body = self._body(", ".join(x.name for x in given), result)
        axes = [x.axes for x in given]
        options = "" if set(axes) == {"0"} else f", in_axes=({', '.join(axes)},)"
        options += f", reduce={reduce!r}" if reduce else ""
        name = self.line(f"ag.vmap({body}{options})({', '.join(x.passed for x in given)})")
        if reduce:
            self.names += [f"{name}[{i}]" for i in (0, 1)] if structure[0] else [name]
        elif structure[0] == (2,):
            self.names += [f"{name}[{s}][{i}]" for s, i in ((0, 1), (count - 1, 0))]
        else:
            self._columns([f"{name}[0]", f"{name}[1]"] if structure[0] else [name], count)

    def _columns(self, codes: Sequence[str], count: int) -> None:
        """Note lists of nodes, use them, and make some of their entries known."""
        for code in codes:
            self.columns.append(Column(code, count, of_nodes=True))
            self.names += [f"{code}[0]", f"{code}[{count - 1}]"]
            use = self.draw.choice(["ag.sum({})", "ag.mean({})", "ag.dot({0}, {0}[::-1])", ""])
            if use:
                self.names.append(self.line(use.format(code)))

    def _column(self, count: int) -> Column:
        known = [column for column in self.columns if column.size == count]
        if known and self.draw.random() < 0.5:
            column = self.draw.choice(known)
            return column._replace(code=column.code + self.draw.choice(["", "[::-1]"]))
        slot = self.draw.choice("VVAC")
        entries = self.pick(slot), self.pick(slot)  # of which one may be the same for all
        code = ", ".join(self.draw.choice(entries)(k) for k in range(count))
        return Column(f"[{code}]", count, of_nodes=slot == "V")

    # Each a parameter of a batch.

    def _mapped(self, count: int) -> Parameter:
        name, column = self._name("a"), self._column(count)
        return Parameter(name, "0", column.code, *_read([name], [column]))

    def _rows(self, count: int) -> Parameter:
        name, width = self._name("a"), self.draw.choice([1, 2, 3])
        columns = [self._column(count) for _ in range(width)]
        read = _read([f"{name}[{i}]" for i in range(width)], columns)
        code = ", ".join(column.code for column in columns)
        return Parameter(name, "0", f"[*map(list, zip({code}))]", *read)

    def _mapped_positions(self, count: int) -> Parameter:
        name = self._name("a")
        choices = [*self.positions, *[f"{float(i)}" for i in range(LENGTH)]]
        entries = ", ".join(self.draw.choices(choices, k=count))
        return Parameter(name, "0", f"[{entries}]", positions=(name,))

    def _shared(self, _: int) -> Parameter:
        name = self._name("a")
        return Parameter(name, "None", self.one("V"), (name,))

    def _parts(self, count: int) -> Parameter:
        name, shared, column = self._name("a"), self.one("V"), self._column(count)
        nodes, numbers = _read([f'{name}["x"]'], [column])
        passed = f'{{"w": {shared}, "x": {column.code}}}'
        return Parameter(name, '{"w": None, "x": 0}', passed, [f'{name}["w"]', *nodes], numbers)

    # --- scans ------------------------------------------------------------------------------

    def _scan(self) -> None:
        draw, count = self.draw, self.draw.choice(COUNTS)
        state, step = self._name("a"), self._name("a")
        pattern = draw.choice(["{}", "{}", "[{}, {}]", "({}, {})", '{{"h": {}}}', "()", "[{}, {}]"])
        places = {"()": [], "{}": [""], '{{"h": {}}}': ['["h"]']}.get(pattern, ["[0]", "[1]"])
        slots = [draw.choice("VVC") for _ in places]
        first = pattern.format(*map(self.one, slots))
        columns = [self._column(count) for _ in range(draw.choice([0, 1, 1, 2]))]
        codes = [column.code for column in columns]
        data = {0: f"None, length={count}", 1: "".join(codes)}.get(
            len(codes), f"({', '.join(codes)})"
        )
        output = draw.choice(["None", "{}", "{}", "({}, {})", "[{}]"])
        with self._inside():
            for place, slot in zip(places, slots, strict=True):
                (self.names if slot == "V" else self.numbers).append(f"{state}{place}")
            names = [f"{step}[{i}]" for i in (0, 1)] if len(columns) > 1 else [step] * len(columns)
            for known, read in zip((self.names, self.numbers), _read(names, columns), strict=True):
                known += read

            def result() -> str:
                new = pattern.format(*[self.one("V") for _ in places])
                return f"({new}, {output.format(self.one('V'), self.one('V'))})"

            body = self._body(f"{state}, {step}", result)
        order = draw.choice(["", "", ", reverse=True"])
        name = self.line(f"ag.scan({body}, {first}, {data}{order})")
        self.names += [f"{name}[0]{place}" for place in places]
        if output == "[{}]":
            self.names += [f"{name}[1][0][0]", f"{name}[1][{count - 1}][0]"]
        elif output != "None":
            both = [f"{name}[1][0]", f"{name}[1][1]"]
            self._columns(both if output == "({}, {})" else [f"{name}[1]"], count)

    # --- derivatives ------------------------------------------------------------------------

    def _derivative(self) -> None:
        """One by a number or by two in a list; what is passed is used again, so it is a node."""
        of_two = {
            "ag.grad({})([V, V])": ["[0]", "[1]"],
            "ag.value_and_grad({})([V, V])": ["[0]", "[1][1]"],
            "ag.hessian({})([V, V])": ["[0][1]", "[1][1]"],
            "ag.jvp({}, ([V, V],), ([V, V],))": ["[0]", "[1]"],
        }
        of_one = {
            "ag.grad({})(V)": [""],
            "ag.grad(ag.grad({}))(V)": [""],
            "ag.value_and_grad({})(V)": ["[0]", "[1]"],
            "ag.jvp({}, (V,), (V,))": ["[0]", "[1]"],
        }
        several = self.draw.random() < 0.4
        template, places = self.draw.choice([*(of_two if several else of_one).items()])
        while "V" in template:
            template = template.replace("V", self.one("V").replace("v", "\0"), 1)
        template, parameter = template.replace("\0", "v"), self._name("a")
        with self._inside():
            parts = [f"{parameter}[0]", f"{parameter}[1]"] if several else [parameter]
            self.names += parts
            body = self._body(parameter, lambda: f"{self.one('V')} * {self.draw.choice(parts)}")
        before, after = template.split("{}")
        name = self.line(f"{before}{body}{after}")
        for place in places:
            self.names.append(self.line(f"{self.one('V')} + {name}{place}"))


def _read(names: Sequence[str], columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """Names of entries of columns: those of nodes, and those of numbers that may be floats."""
    pairs = [*zip(names, columns, strict=True)]
    return [x for x, of in pairs if of.of_nodes], [x for x, of in pairs if not of.of_nodes]


def random_program(draw: random.Random, size: int) -> RandomFunction:
    """A program of at least `size` lines."""
    return ProgramWriter(draw).function(size)
