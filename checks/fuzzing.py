"""The figure `fuzz`: whatever is typed or loaded, only the errors that are documented come out."""

import random
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from .figure import Figure, Options, Part, Result, Verdict, shares
from .fuzzed_expressions import try_expression
from .fuzzed_files import try_file

AT_ONCE = 5_000
OF_FILES = 3  # one in so many is a file


def figure(options: Options) -> Figure:
    """`options.fuzz` expressions and files."""
    parts = [
        Part(f"{kind} {first}", measure, (kind, first, count))
        for kind, most in (
            ("expressions", options.fuzz - options.fuzz // OF_FILES),
            ("files", options.fuzz // OF_FILES),
        )
        for first, count in shares(most, AT_ONCE)
    ]
    return Figure("fuzz", parts, judge, whole=options.fuzz >= Options().fuzz)


def measure(kind: str, first: int, count: int) -> Result:
    """Try so many of a kind: how many were accepted and refused, and what else came out."""
    found, wrong = Counter[str](), []
    with tempfile.TemporaryDirectory() as folder:
        attempts: dict[str, Callable[[random.Random], str]] = {
            "expressions": try_expression,
            "files": partial(try_file, folder=Path(folder)),
        }
        for seed in range(first, first + count):
            try:
                found[attempts[kind](random.Random(f"{kind} {seed}"))] += 1
            except Exception as error:
                told = "".join(traceback.format_exception_only(error)).strip()
                wrong.append(f"{kind} {seed}: {told[:300]}")
    return {"found": dict(found), "wrong": wrong, "kind": kind}


def judge(parts: Mapping[str, Result]) -> Verdict:
    """Nothing else came out, and some were accepted."""
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for part in parts.values():
        found.update({f"{name} {part['kind']}": n for name, n in part["found"].items()})
        wrong += part["wrong"]
    counts = ", ".join(f"{count:,} {what}" for what, count in sorted(found.items()))
    line = f"{found.total():,} tried ({counts}), {len(wrong)} other errors"
    return Verdict(not wrong, f"{line}, first {wrong[0]}" if wrong else line)
