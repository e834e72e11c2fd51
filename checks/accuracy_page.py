"""The page `docs/accuracy.md`: how far each op is from 60 digits, here, in PyTorch and in JAX."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .accuracy import COLUMN, by_op
from .kept import ROOT, read

PAGE = ROOT / "docs" / "accuracy.md"
ORDERS = ("value", "first", "second")
ABOUT = """# Accuracy

Written by `make check`; do not edit. The largest error of every op, of its first derivatives and of
its second ones, in units in the last place (ULP) of the true number, which is worked out in 60
digits. Points are drawn from the whole domain of an op, with every exponent of a float as likely
where the domain has them all; ops of many operands are measured at operands of moderate size, the
softmax family in its tails too. In brackets is a point at which the error is that large.

The goals are 2 ULP for values, 4 for first and 8 for second derivatives; where a true number
crosses zero by cancellation, in that many ULP times the condition of the op there, which is how
errors are given here for `**`, `atan2`, `silu`, `gelu` and the softmax family. Those of the values
of `sum`, `mean` and `dot` are given so everywhere, divided by Σ|tᵢ| / |Σtᵢ| for the terms tᵢ: these
round one by one, and cancel little by little. (Undivided, `dot` of two products is up to 3.9 ULP
off where neither is more than four times the sum, as in PyTorch and JAX.) `sigmoid`,
`silu`, `gelu`, `erf`, `prod` and the softmax family state bounds of their own, in
`tests/domains.py`.

Ours is measured at all points. PyTorch and JAX are measured at the same ones, but for those where
an operand or the true number is subnormal, as JAX takes those for zero. Their largest errors are
mostly those of derivatives that lose all digits in the tails, or overflow on the way: ∞ is a nan,
or an infinity where there is a number. A dash means that there is no such op.
"""


def number(x: float) -> str:
    """An error, short."""
    if math.isinf(x):
        return "∞"
    return "0" if x == 0.0 else f"{x:.2f}" if x < 100.0 else f"{x:.1e}"


def cell(order: dict[str, Any] | None) -> str:
    """An error and where it is."""
    if order is None:
        return "–"
    if "at" not in order:
        return number(order["ulp"])
    return f"{number(order['ulp'])} ({', '.join(f'{x:.4g}' for x in order['at'])})"


def table(kept: dict[str, Any]) -> list[str]:
    """A line for each op and order."""
    lines = [
        f"| op | order | points | {' | '.join(COLUMN.values())} |",
        f"|---|---|---:|{'---|' * len(COLUMN)}",
    ]
    for op, row in by_op(kept["parts"]).items():
        for i, order in enumerate(ORDERS):
            cells = [cell(row[who][i] if who in row else None) for who in COLUMN]
            lines.append(f"| `{op}` | {order} | {row['points']:,} | {' | '.join(cells)} |")
    return lines


def page(kept: dict[str, Any], versions: Sequence[str]) -> str:
    """The whole page of a run that has finished."""
    told = f"{kept['finished']}, {kept['machine']}, {kept['python']}"
    peers = f" Beside it: {', '.join(versions)}." if versions else ""
    return "\n".join([ABOUT, f"Measured {told}.{peers}", "", *table(kept), ""])


def write(folder: Path) -> None:
    """Write the page, if the figure has been measured at length and to its end."""
    kept = read(folder / "accuracy.json")
    if not (kept.get("finished") and kept.get("whole")):
        return
    if any("error" in part for part in kept["parts"].values()):
        return
    versions = sorted({peer for part in kept["parts"].values() for peer in part["versions"]})
    PAGE.write_text(page(kept, versions), "utf-8")
