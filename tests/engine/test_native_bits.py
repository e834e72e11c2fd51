"""The engine in C gives the bits of the heart: random programs on both, and every row by itself."""

import itertools
import os
import random
import subprocess
import sys
from collections.abc import Callable

import pytest

from autograd import Op, Value
from autograd.engine import calculus as c
from autograd.engine.graph import gradients
from autograd.engine.native import name
from autograd.engine.numbers import same
from autograd.formulas.native_spelling import rows
from tests.domains import every_exponent
from tests.engines import ENGINES, ROOT, built, natively
from tests.random_graphs import SPECIAL
from tests.random_sessions.programs import KINDS, KNOWN_OPS, Summary, programs

SEED = os.environ.get("SEED") or str(random.randrange(10**6))
AT_ONCE = 250  # programs, whose lines take 8 MB


@pytest.mark.both
class TestRandomPrograms:
    @pytest.mark.parametrize("count", [250, pytest.param(20_000, marks=pytest.mark.slow)])
    def test_they_tell_the_same_on_both_engines(
        self, count: int, say_at_the_end: Callable[[str], None]
    ) -> None:
        built()
        summary = Summary()
        for first in range(0, count, AT_ONCE):
            _compare(f"{SEED}-{first}", summary)
        say_at_the_end(f"The same on both engines: {summary}; SEED={SEED}")
        assert summary.count == count
        assert summary.nodes > 60 * count
        assert len(summary.ops) > 0.8 * len(KNOWN_OPS)

    def test_those_of_every_kind_have_graphs_and_errors(self) -> None:
        found = {kind.__name__: Summary() for kind in KINDS}
        for session in programs("kinds", 400):
            found[session.kind].add(session)
        for kind, summary in found.items():
            assert summary.nodes > summary.count, kind
            assert summary.with_errors > 0, kind
        assert found["expression"].with_errors < found["expression"].count / 2


def _compare(seed: str, summary: Summary) -> None:
    """Run the programs of a seed here, and in a process with the other engine."""
    (other,) = {*ENGINES} - {name}
    command = [sys.executable, "-m", "tests.random_sessions", seed, str(AT_ONCE)]
    env = {**os.environ, "AUTOGRAD_ENGINE": other, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=ROOT, text=True) as there:
        told = iter(there.stdout or ())
        for session in programs(seed, AT_ONCE):
            here = "\n".join(session.told).split("\n")
            expected = [line.removesuffix("\n") for line in itertools.islice(told, len(here))]
            assert here == expected, f"{session.told[0]}: first {name}, then {other}"
            summary.add(session)
        assert next(told, None) is None
    assert there.returncode == 0


DRAW = random.Random(1)
NUMBERS = (*SPECIAL, *(every_exponent(DRAW) for _ in range(30)), -745.5, -700.5, 20.0, -20.0)


@natively
@pytest.mark.parametrize("row", rows())
def test_a_row_gives_the_bits_of_its_op(row: str) -> None:
    op = rows()[row]
    for xs in itertools.product(NUMBERS, repeat=len(op.rules)):
        out = op.forward(*xs)
        node = op(*map(Value, xs))
        assert same(op(*xs), out)
        assert same(node.data, out)
        found = gradients(node)
        for x, local in zip(node.operands, op.locals((None, None), xs, out), strict=True):
            assert (x not in found) if local is None else same(found[x], 1.0 * local)


OF_MANY = {op.name: op for op in vars(c).values() if isinstance(op, Op) and op.derivatives}


@natively
@pytest.mark.parametrize("many", OF_MANY)
def test_an_op_of_many_operands_gives_its_bits(many: str) -> None:
    op, draw = OF_MANY[many], random.Random(many)
    counts = {"clip": [3], "portion": [3], "complement": [3], "where": [3], "dot": [2, 4, 12]}
    counts["scattered"] = [2, 4, 18]
    for count in counts.get(many, [2, 3, 5, 17]):
        for _ in range(300):
            xs = [draw.choice([*SPECIAL, draw.uniform(-3.0, 3.0), 1.0, 0.5]) for _ in range(count)]
            if many in ("lookup", "log_share"):
                xs[0] = float(draw.randrange(count - 1))
            if many == "scattered":
                xs[::2] = [float(draw.randrange(3)) for _ in xs[::2]]
            half = count // 2
            nodes = list(map(Value, xs))
            node = op(nodes[:half], nodes[half:]) if many == "dot" else op(*nodes)
            out = op.forward(*xs)
            assert same(node.data, out)
            found = gradients(node)
            for x, local in zip(nodes, op.locals(nodes, xs, out), strict=True):
                assert (x not in found) if local is None else same(found[x], 1.0 * local)
