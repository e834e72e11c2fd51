"""Random programs that do what users do with Values, told line by line, to compare two engines.

As a script it prints what the programs of a seed give: ``python -m tests.random_sessions 7 500``.
Each is a random function on leaves, constants, frozen and plain numbers, with ops of a user among
them; then passes of all kinds, new numbers, recomputing, clearing, and what went wrong.
"""

import collections
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import autograd as ag
from autograd import Op, Value, constant, recompute, zero_grad
from autograd.engine.graph import gradients, topological_order
from autograd.engine.native import name
from autograd.engine.node import Node
from tests.random_graphs import made, random_arguments, random_function, random_number

Action = Callable[[Value, Sequence[Any]], None]


class Mine(Value):
    """A Value of a user's class."""


def _faulty(x: Any, out: Any) -> float:
    raise ArithmeticError("a rule that raises")


USERS = (  # ops that no table knows
    Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x),
    Op("whole", lambda x: x, 1),
    Op("cut", lambda x: x, None),
    Op("steep", lambda x: x, lambda x, out: float("inf"), strong=True),
    Op("three", lambda *xs: xs[0], derivatives=lambda xs, out: [1, None, ag.sin(xs[1])][: len(xs)]),
    Op("faulty", lambda x: x, _faulty),
)


class Session:
    """One program: what it did, in lines that are equal where its results have the same bits."""

    def __init__(self, seed: str) -> None:
        self.draw = random.Random(seed)
        self.told: list[str] = []
        self.ops: set[str] = set()
        self.errors = self.nodes = 0

    def run(self) -> list[str]:
        draw = self.draw
        function = random_function(draw, draw.choice([2, 5, 10, 40, 150]))
        numbers, positions = random_arguments(draw, function.inputs)
        leaves = [self._leaf(x) for x in numbers]
        source = function.source(several=True)
        self.told.append(source)
        roots = self._try(lambda: made(source)(leaves, positions))
        if roots is None:
            return self.told
        root = self._mixed([x for x in roots if isinstance(x, Value)] or [Value(1.0)])
        for _ in range(draw.choice([1, 2, 4])):
            actions: list[Action] = [self._pass] * 3 + [self._change, self._clear]
            self._try(partial(draw.choice(actions), root, leaves))
            self._tell_graph(root)
        return self.told

    def _leaf(self, x: float) -> Any:
        kinds: list[Any] = [Value, Value, Value, Value, constant, Mine, float]
        return self.draw.choice(kinds)(x)

    def _mixed(self, roots: Sequence[Value]) -> Value:
        """A root above the results, sometimes through ops of a user."""
        draw, nodes = self.draw, list(roots)
        for _ in range(draw.choice([0, 0, 1, 3])):
            op, x = draw.choice(USERS[: 5 if draw.random() < 0.8 else 6]), draw.choice(nodes)
            nodes.append(op(x, *draw.choices(nodes, k=2)) if op.name == "three" else op(x))
        root = nodes[-1]
        for x in nodes[:-1]:
            root = root + x if draw.random() < 0.5 else x * 0.5 - root
        return root

    def _try(self, action: Any) -> Any:
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                return action()
        except Exception as error:
            self.errors += 1
            self.told.append(f"{type(error).__name__}: {error}")
            return None
        finally:
            self.told += [f"{x.category.__name__}: {x.message}" for x in caught]

    def _pass(self, root: Value, leaves: Sequence[Any]) -> None:
        kind = self.draw.randrange(6)
        if kind == 0:
            root.backward(random_number(self.draw, 0.3))
        elif kind == 1:
            self.told.append(" ".join(f"{x!r}" for x in gradients(root, 2.0).values()))
        elif kind == 2 and len(self.told[0]) < 600:
            root.backward(create_graph=True)
        else:
            root.backward()

    def _change(self, root: Value, leaves: Sequence[Any]) -> None:
        for x in leaves:
            if isinstance(x, Value) and self.draw.random() < 0.5:
                x.data = random_number(self.draw, 0.2)
        if self.draw.random() < 0.6:
            inner = self.draw.choice(topological_order(root))
            recompute(root if self.draw.random() < 0.5 else inner)

    def _clear(self, root: Value, leaves: Sequence[Any]) -> None:
        kind = self.draw.randrange(4)
        if kind == 0:
            zero_grad(root)
        for x in leaves:
            if isinstance(x, Value) and not x.is_constant and kind:
                x.grad = (0.0, 0, 1.5)[kind - 1]
                if self.draw.random() < 0.2:
                    x.is_constant, x.grad = True, None

    def _tell_graph(self, root: Value) -> None:
        order = topological_order(root)
        self.nodes += len(order)
        for x in order:
            self.ops.add("" if x.op is None else x.op.name)
            gradient = getattr(x.grad, "data", x.grad)
            self.told.append(f"{type(x).__qualname__} {x!r} {gradient!r} {x.op} {x.recorded}")
            self.told.append(repr([getattr(local, "data", local) for local in self._locals(x)]))

    def _locals(self, x: Node) -> Sequence[Any]:
        return self._try(x.all_locals) or ()


def sessions(seed: str, count: int) -> Iterator[Session]:
    """So many programs, each run."""
    for i in range(count):
        session = Session(f"{seed} {i}")
        session.run()
        yield session


def main(seed: str, count: int) -> None:
    seen, nodes, errors = collections.Counter[str](), 0, 0
    for session in sessions(seed, count):
        print("\n".join(session.told))
        seen.update(session.ops)
        nodes, errors = nodes + session.nodes, errors + bool(session.errors)
    told = f"{name}: {nodes / count:.0f} nodes a program, {len(seen)} ops, {errors} with errors"
    print(told, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
