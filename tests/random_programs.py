"""Random programs: random functions with batches, scans and derivatives inside, in one another too.

A batch, a scan or a derivative is a line like any other, `v5 = ag.vmap(lambda a1: […], …)(…)`.
`random_inside.py` has what the functions inside have in common, `random_derivatives.py` derivatives
and functions with rules of their own.
"""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.random_derivatives import DerivativeWriter
from tests.random_graphs import LENGTH, RandomFunction
from tests.random_inside import Column

COUNTS = (1, 2, 3, 3, 5, 8, 9)  # of samples and steps


class Parameter(NamedTuple):
    """A parameter of a function inside, as `nodes` or `numbers` say how to read what is in it."""

    name: str
    axes: str
    passed: str
    nodes: Sequence[str] = ()
    numbers: Sequence[str] = ()
    positions: Sequence[str] = ()


class ProgramWriter(DerivativeWriter):
    """Writes a program, line by line."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__(draw)
        twice = [self._batch, self._scan, self.derivative]
        self.blocks = [*twice, *twice, self.rule]

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
        shared = self.name("a") if draw.random() < 0.2 else ""  # a keyword
        keyword = f", {shared}={self.one('V')}" if shared else ""
        with self.inside():
            self.names += [shared] if shared else []
            for x in given:
                self.names += x.nodes
                self.numbers += x.numbers
                self.positions += [*x.positions] * LENGTH
            structure: list[tuple[int, ...]] = []

            def result() -> str:
                code, kind = self._result()
                structure.append(kind)
                return code

            parameters = ", ".join(x.name for x in given)
            body = self.body(f"{parameters}, *, {shared}" if shared else parameters, result)
        axes = [x.axes for x in given]
        options = "" if set(axes) == {"0"} else f", in_axes=({', '.join(axes)},)"
        options += f", reduce={reduce!r}" if reduce else ""
        name = self.line(f"ag.vmap({body}{options})({', '.join(x.passed for x in given)}{keyword})")
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
        name, column = self.name("a"), self._column(count)
        return Parameter(name, "0", column.code, *_read([name], [column]))

    def _rows(self, count: int) -> Parameter:
        name, width = self.name("a"), self.draw.choice([1, 2, 3])
        columns = [self._column(count) for _ in range(width)]
        read = _read([f"{name}[{i}]" for i in range(width)], columns)
        code = ", ".join(column.code for column in columns)
        return Parameter(name, "0", f"[*map(list, zip({code}))]", *read)

    def _mapped_positions(self, count: int) -> Parameter:
        name = self.name("a")
        choices = [*self.positions, *[f"{float(i)}" for i in range(LENGTH)]]
        entries = ", ".join(self.draw.choices(choices, k=count))
        return Parameter(name, "0", f"[{entries}]", positions=(name,))

    def _shared(self, _: int) -> Parameter:
        name = self.name("a")
        return Parameter(name, "None", self.one("V"), (name,))

    def _parts(self, count: int) -> Parameter:
        name, shared, column = self.name("a"), self.one("V"), self._column(count)
        nodes, numbers = _read([f'{name}["x"]'], [column])
        passed = f'{{"w": {shared}, "x": {column.code}}}'
        return Parameter(name, '{"w": None, "x": 0}', passed, [f'{name}["w"]', *nodes], numbers)

    # --- scans ------------------------------------------------------------------------------

    def _scan(self) -> None:
        draw, count = self.draw, self.draw.choice(COUNTS)
        state, step = self.name("a"), self.name("a")
        pattern = draw.choice(["{}", "{}", "[{}, {}]", "({}, {})", '{{"h": {}}}', "()", "[{}, {}]"])
        places = {"()": [], "{}": [""], '{{"h": {}}}': ['["h"]']}.get(pattern, ["[0]", "[1]"])
        slots = [draw.choice("VVC") for _ in places]
        first = pattern.format(*map(self.one, slots))
        columns = [self._column(count) for _ in range(draw.choice([0, 1, 1, 2]))]
        data, parts = self._data([column.code for column in columns], count)
        output = draw.choice(["None", "{}", "{}", "({}, {})", "[{}]"])
        with self.inside():
            for place, slot in zip(places, slots, strict=True):
                (self.names if slot == "V" else self.numbers).append(f"{state}{place}")
            names = [f"{step}{part}" for part in parts]
            for known, read in zip((self.names, self.numbers), _read(names, columns), strict=True):
                known += read

            def result() -> str:
                new = pattern.format(*[self.one("V") for _ in places])
                return f"({new}, {output.format(self.one('V'), self.one('V'))})"

            body = self.body(f"{state}, {step}", result)
        order = draw.choice(["", "", ", reverse=True"])
        name = self.line(f"ag.scan({body}, {first}, {data}{order})")
        self.names += [f"{name}[0]{place}" for place in places]
        if output == "[{}]":
            self.names += [f"{name}[1][0][0]", f"{name}[1][{count - 1}][0]"]
        elif output != "None":
            both = [f"{name}[1][0]", f"{name}[1][1]"]
            self._columns(both if output == "({}, {})" else [f"{name}[1]"], count)

    def _data(self, codes: Sequence[str], count: int) -> tuple[str, list[str]]:
        """The data of so many steps, of some columns, and how a step reads its parts."""
        if not codes:
            return f"None, length={count}", []
        if len(codes) == 1:
            return codes[0], [""]
        if self.draw.random() < 0.5:
            return f"({codes[0]}, {codes[1]})", ["[0]", "[1]"]
        return f'{{"p": {codes[0]}, "q": {codes[1]}}}', ['["p"]', '["q"]']


def _read(names: Sequence[str], columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """Names of entries of columns: those of nodes, and those of numbers that may be floats."""
    pairs = [*zip(names, columns, strict=True)]
    return [x for x, of in pairs if of.of_nodes], [x for x, of in pairs if not of.of_nodes]


def random_program(draw: random.Random, size: int) -> RandomFunction:
    """A program of at least `size` lines."""
    return ProgramWriter(draw).function(size)
