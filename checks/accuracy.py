"""The figure `accuracy`: every op, its first and second derivatives, against 60 digits."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from tests.ulps import derivatives

from .accuracy_cases import CASES
from .figure import Figure, Options, Part, Result, Verdict, shares
from .peer_ops import PEERS, installed
from .worst import merged, picked, references, worst_here, worst_of_peer

AT_ONCE = 20_000  # points of a part
COLUMN = {"here": "here", "torch": "PyTorch", "jax": "JAX"}


def figure(options: Options) -> Figure:
    """Every op at `options.points` points."""
    parts = [
        Part(f"{name}: {first}", measure, (name, first, count))
        for name, case in CASES.items()
        for first, count in shares(max(1, round(options.points * case.share)), AT_ONCE)
    ]
    return Figure("accuracy", parts, judge, whole=options.points >= Options().points)


def measure(name: str, first: int, count: int) -> Result:
    """The largest errors at `count` points; those of each `first` are others."""
    case = CASES[name]
    points = case.draw(count, f"{name} {first}")
    truths = references(case, points)
    ours = [derivatives(case.ours, xs) for xs in points]
    result: Result = {
        "points": count,
        "versions": [f"{COLUMN[peer]} {version(peer)}" for peer in installed()],
        "here": worst_here(
            case, points, truths, lambda which: np.array([picked(one, which) for one in ours])
        ),
    }
    for peer in installed():
        names, compute = PEERS[peer]
        if case.op in names:
            found = compute(case.op, points)
            result[peer] = worst_of_peer(case, points, truths, found)
    return result


def by_op(parts: Mapping[str, Result]) -> dict[str, dict[str, Any]]:
    """Of each op: how many points, and the worst of each order here and of each peer."""
    found: dict[str, list[Result]] = {case.op: [] for case in CASES.values()}
    for name, result in parts.items():
        found[CASES[name.rpartition(":")[0]].op].append(result)
    table: dict[str, dict[str, Any]] = {}
    for op, results in found.items():
        if not results:
            continue
        table[op] = {"points": sum(result["points"] for result in results)}
        for who in ("here", *PEERS):
            if all(who in result for result in results):
                table[op][who] = merged([result[who] for result in results])
    return table


def judge(parts: Mapping[str, Result]) -> Verdict:
    """Every op within its bounds."""
    table = by_op(parts)
    orders = [
        (order["of_bound"], op, i, order)
        for op, row in table.items()
        for i, order in enumerate(row["here"])
    ]
    beyond = [f"{op}, order {i}, at {row['closest_at']}" for x, op, i, row in orders if x > 1.0]
    points = sum(row["points"] for row in table.values())
    line = f"{len(table)} ops × 3 orders, {points:,} points: "
    if beyond:
        return Verdict(False, line + f"{len(beyond)} beyond their bounds: {'; '.join(beyond)}")
    closest = max(orders, key=lambda row: row[0])
    return Verdict(
        True, line + f"all within their bounds, {closest[1]} closest ({closest[0]:.0%} of its own)"
    )
