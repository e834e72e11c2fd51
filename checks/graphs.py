"""The figure `graphs`: random graphs, computed in every way there is, against 60 digits.

Forward mode and the backward pass are held to a bound (see `exact.py`) where the function has one.
The engine in C and that in Python, and the compiled function, are held to the same bits.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from mpmath import mp, mpf  # type: ignore[import-untyped]

from autograd.compiler import compile
from autograd.engine.native import name as engine

from .exact import UndecidedError
from .exact_library import along
from .figure import Figure, Options, Part, Result, Verdict, shares
from .kept import ROOT
from .other_engine import Graph, backward, forward, gradient, graph_of, text_of, told

AT_ONCE = 1_000  # graphs of a part
# A graph takes milliseconds to become native code, so that these have turns.
BACKENDS = {"python": 1, "numpy": 5, "llvm": 20}


def figure(options: Options) -> Figure:
    """`options.graphs` random graphs."""
    parts = [
        Part(f"graphs {first}", measure, (first, count))
        for first, count in shares(options.graphs, AT_ONCE)
    ]
    return Figure("graphs", parts, judge, whole=options.graphs >= Options().graphs)


def measure(first: int, count: int) -> Result:
    """Compute so many graphs in every way: how many were compared, and what was wrong."""
    found, wrong = Counter[str](), list[str]()
    other = {"native": "python"}.get(engine)
    command = [sys.executable, "-m", "checks.other_engine", str(first), str(count)]
    env = {**os.environ, "AUTOGRAD_ENGINE": other or engine}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=ROOT, text=True) as there:
        for seed in range(first, first + count):
            graph = graph_of(seed)
            here = told(graph)
            line = there.stdout.readline().rstrip("\n") if there.stdout else ""
            found["engines"] += other is not None
            problems = [] if here == line else [f"{engine} gives {here}, {other} {line}"]
            problems += _of_backends(graph, seed, found)
            problems += _of_reference(graph, found)
            wrong += [f"graph {seed}: {problem}" for problem in problems]
    if there.returncode:
        wrong.append(f"graphs {first}: the process of the other engine ended with an error")
    return {"graphs": count, "found": dict(found), "wrong": wrong}


def _of_backends(graph: Graph, seed: int, found: Counter[str]) -> list[str]:
    """Where a compiled function has other bits than the interpreted one."""
    problems = []
    for backend, turns in BACKENDS.items():
        if seed % turns:
            continue
        found[backend] += 1
        compiled = compile(gradient(graph), backend=backend)
        for x, i in ((graph.x, graph.i), graph.others):
            expected = text_of(lambda x=x, i=i: gradient(graph)(x, i))  # type: ignore[misc]
            got = text_of(lambda x=x, i=i, f=compiled: f(x, i))  # type: ignore[misc]
            if got != expected:
                problems.append(f"{backend} gives {got}, interpreted {expected}")
    return problems


def _of_reference(graph: Graph, found: Counter[str]) -> list[str]:
    """Where forward mode or the backward pass is farther from the truth than its bound."""
    try:
        true = along(graph.source, graph.x, graph.i, graph.direction)
    except UndecidedError as reason:
        found[f"undecided: {reason}"] += 1
        return []
    found["reference"] += 1
    value, slopes = backward(graph)
    _, forwards = forward(graph)
    backwards = mp.fdot(zip(slopes, graph.direction, strict=True))
    # Each number that several nodes read is a sum of as many contributions.
    error = true.slope_error + len(graph.source.splitlines()) * true.size * mpf(2) ** -53
    compared = [
        ("the value", value, true.value, true.error),
        ("forward mode", forwards, true.slope, error),
        ("the backward pass", backwards, true.slope, error),
    ]
    return [
        f"{what} gives {float(got)!r}, and {float(right)!r} is right, to {float(bound):.1e}"
        for what, got, right, bound in compared
        if not abs(mpf(got) - right) <= bound
    ]


def judge(parts: Mapping[str, Result]) -> Verdict:
    """None wrong, and both engines there."""
    found: Counter[str] = Counter()
    wrong: list[Any] = []
    for part in parts.values():
        found.update(part["found"])
        wrong += part["wrong"]
    graphs = sum(part["graphs"] for part in parts.values())
    backends = ", ".join(f"{found[name]:,} by {name}" for name in BACKENDS)
    line = (
        f"{graphs:,} random graphs: {found['engines']:,} the same bits on both engines, compiled "
        f"{backends}; {found['reference']:,} within the bound of 60 digits"
    )
    if wrong:
        return Verdict(False, f"{line}; {len(wrong)} wrong, first {wrong[0]}")
    if not found["engines"]:
        return Verdict(False, f"{line}; the engine in C is not built: make native")
    return Verdict(True, line)
