"""The figures that are runs of tests: `faults`, `peers` and `coverage`.

The tests themselves are in `tests`: what is there is not written again.
"""

import io
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any

from autograd.engine.native import name as engine
from tests.second_engine import ROOMS

from .figure import Figure, Options, Part, Result, Verdict
from .kept import ROOT
from .suite import run_tests

FAULTS = (  # an interrupt at every step, threads, forks, files that cannot be written
    *("tests/engine/test_commit.py", "tests/engine/test_interrupts.py"),
    *("tests/engine/test_beside.py", "tests/compiler/test_threads.py"),
    *("tests/data/test_files.py", "tests/cli/test_streams.py"),
)
LEAST_OF_PEERS = 180  # tests that pass where PyTorch is installed
LEAST_COVERED = 97.0  # percent of lines and of branches, together
DATA = ROOT / "out" / "check" / "coverage"
ALL = ("-m", "slow or not slow")
# A tracer takes levels of recursion, and holds objects that a test counts.
TRACED = "not slow and not untraced"


def faults(options: Options) -> Figure:
    """Everything that can go wrong while something changes, on both engines."""
    parts = [
        Part(f"faults on {which}", run_tests, ([*FAULTS, *ALL], {"AUTOGRAD_ENGINE": which}))
        for which in dict.fromkeys((engine, "python"))
    ]
    return Figure("faults", parts, _all_passed)


def peers(options: Options) -> Figure:
    """Suites that others wrote, of the packages that are installed for it."""
    workers = ("-n", str(options.workers))
    parts = [Part("peers", run_tests, (["tests/peers", *ALL, *workers], {}))]
    return Figure("peers", parts, _as_many_passed, alone=True)


def _as_many_passed(parts: Mapping[str, Result]) -> Verdict:
    """All, and no fewer than ever: without PyTorch most are skipped."""
    verdict, (part,) = _all_passed(parts), parts.values()
    if part["counts"].get("passed", 0) >= LEAST_OF_PEERS:
        return verdict
    return Verdict(False, f"{verdict.line}; at least {LEAST_OF_PEERS} are to pass")


def _all_passed(parts: Mapping[str, Result]) -> Verdict:
    counts, failed = Counter[str](), []
    for part in parts.values():
        counts.update(part["counts"])
        failed += part["failed"]
    line = ", ".join(f"{counts[what]:,} {what}" for what in ("passed", "skipped", "failed"))
    return Verdict(
        not failed and counts["passed"] > 0, line + "".join(f"; {name}" for name in failed[:3])
    )


# --- lines and branches -----------------------------------------------------------------------


def coverage(options: Options) -> Figure:
    """The lines and branches of the package that the tests reach, on both engines together."""
    common = ["--cov", "--cov-branch", "--cov-report=", "-n", str(options.workers)]
    second = ["-m", f"not both and {TRACED}", *ROOMS]
    parts = [Part("suite", _covered, ([*common, "-m", TRACED], engine))]
    if engine != "python":
        parts.append(Part("second engine", _covered, ([*common, *second], "python")))
    parts.append(Part("total", _total))
    return Figure("coverage", parts, _judge_coverage, alone=True)


def _covered(arguments: list[str], which: str) -> Result:
    DATA.mkdir(parents=True, exist_ok=True)
    for old in DATA.glob(f"{which}*"):
        old.unlink()
    environment = {"AUTOGRAD_ENGINE": which, "COVERAGE_FILE": str(DATA / which)}
    return run_tests(arguments, environment)


def _total() -> Result:
    """What all runs have reached together, and the files that are below the total."""
    from coverage import Coverage

    measured = Coverage(data_file=str(DATA / "all"), config_file=str(ROOT / "pyproject.toml"))
    measured.combine([str(path) for path in DATA.iterdir() if path.name != "all"], keep=True)
    measured.save()
    os.chdir(ROOT)
    with redirect_stdout(io.StringIO()) as report:
        measured.json_report(outfile="-")
    return summarized(_json(report.getvalue()))


def _json(text: str) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(text[text.index("{") :])
    return found


def summarized(report: dict[str, Any]) -> Result:
    """The figures of a report of coverage.py, and of each file below the limit what is missing."""
    totals = report["totals"]
    files = {
        name: {
            "percent": round(one["summary"]["percent_covered"], 1),
            "lines": one["missing_lines"],
            "branches": one["missing_branches"],
        }
        for name, one in report["files"].items()
        if one["summary"]["percent_covered"] < LEAST_COVERED
    }
    return {
        "percent": totals["percent_covered"],
        "lines": 100.0 * totals["covered_lines"] / totals["num_statements"],
        "branches": 100.0 * totals["covered_branches"] / totals["num_branches"],
        "files": files,
    }


def _judge_coverage(parts: Mapping[str, Result]) -> Verdict:
    total = parts["total"]
    failed = [name for part in parts.values() for name in part.get("failed", ())]
    line = (
        f"{total['percent']:.1f}% of lines and branches ({total['lines']:.1f}% of lines, "
        f"{total['branches']:.1f}% of branches), {LEAST_COVERED:g}% are wanted"
    )
    if failed:
        line += f"; {len(failed)} tests failed while traced, first {failed[0]}"
    return Verdict(total["percent"] >= LEAST_COVERED and not failed, line)
