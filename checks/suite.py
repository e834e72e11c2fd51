"""Runs of pytest as parts of a figure: how many tests passed, were skipped and failed."""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from .figure import Result
from .kept import ROOT


def run_tests(arguments: Sequence[str], environment: Mapping[str, str]) -> Result:
    """Run pytest with these arguments, and count.

    Args:
        arguments: of pytest.
        environment: what is set besides the environment of this process.

    Raises:
        RuntimeError: if pytest could not run, with the end of what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if not report.exists():
            raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout[-2000:]}")
        return counted(report.read_text("utf-8"))


def counted(report: str) -> Result:
    """The counts of a report in JUnit's XML, what failed and why, the reasons of skips."""
    found, failed, skips = Counter[str](), [], Counter[str]()
    for case in ElementTree.fromstring(report).iter("testcase"):
        tags = {child.tag: child for child in case}
        wrong = tags.get("failure", tags.get("error"))
        if wrong is not None:
            found["failed"] += 1
            why = next(iter(wrong.get("message", "").splitlines()), "")
            failed.append(f"{case.get('classname')}::{case.get('name')}: {why}")
        elif "skipped" in tags:
            found["skipped"] += 1
            skips[tags["skipped"].get("message", "")] += 1
        else:
            found["passed"] += 1
    return {"counts": dict(found), "failed": failed, "skips": dict(skips)}
