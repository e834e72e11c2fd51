"""The table of figures in `docs/testing.md`, from what the last runs have found."""

from pathlib import Path
from typing import Any

from .kept import ROOT, read

PAGE = ROOT / "docs" / "testing.md"
BEGIN, END = "<!-- figures: written by make check and make mutants -->", "<!-- end of figures -->"


def row(kept: dict[str, Any]) -> str:
    """A line of the table."""
    holds = "" if kept["holds"] else "**not as promised**: "
    line = kept["line"].replace("|", "\\|")
    where = f"{kept['machine']}, {kept['python']}"
    return f"| {kept['figure']} | {holds}{line} | {kept['finished']}, {where} |"


def with_figures(page: str, rows: dict[str, str]) -> str:
    """The page, with these lines in the place of those of the same figures.

    Raises:
        ValueError: if the page has no place for them.
    """
    before, begin, rest = page.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no lines {BEGIN} and {END}: put them back")
    kept = {line.split("|")[1].strip(): line for line in old.splitlines() if line.startswith("| ")}
    kept.pop("figure", None)
    lines = ["| figure | found | when, and on what |", "|---|---|---|", *{**kept, **rows}.values()]
    return "\n".join([before + BEGIN, "", *lines, "", END + after])


def write(folder: Path) -> None:
    """Put the figures of all runs at length that have finished into the page."""
    found = [read(path) for path in sorted(folder.glob("*.json"))]
    rows = {
        kept["figure"]: row(kept) for kept in found if kept.get("finished") and kept.get("whole")
    }
    page = PAGE.read_text("utf-8")
    if rows and with_figures(page, rows) != page:
        PAGE.write_text(with_figures(page, rows), "utf-8")
