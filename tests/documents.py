"""The project's texts in Markdown, read for tests: their blocks of code, links and headings."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Without the programs of the playground, which tests/docs/test_playground.py runs.
PAGES = sorted(x for x in (ROOT / "docs").rglob("*.md") if x.parent.name != "playground")
TEXTS = [*PAGES, ROOT / "README.md", ROOT / "notebooks" / "README.md", ROOT / "CHANGELOG.md"]

_FENCE = re.compile(r"^( *)(`{3,})([^\n`]*)\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
_HEADING = re.compile(r"^#+ +(.*?) *#*$", re.MULTILINE)


class Block(NamedTuple):
    """A block between fences: the word behind the fence, and the text."""

    language: str
    text: str


def name_of(path: Path) -> str:
    """The path within the project, to name a test by."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> Iterator[Block]:
    """The blocks of a text between fences."""
    for _, _, language, text in _FENCE.findall(path.read_text("utf-8")):
        yield Block(language.strip(), dedent(text))


def blocks_in(path: Path, language: str) -> list[str]:
    """The blocks of one language."""
    return [block.text for block in blocks(path) if block.language == language]


def links(path: Path) -> list[str]:
    """The addresses that a text links to, images too, but not those in blocks of code."""
    return _LINK.findall(re.sub(r"`[^`\n]*`", "", _without_blocks(path.read_text("utf-8"))))


def anchors(path: Path) -> set[str]:
    """What may stand behind the ``#`` of a link to this text or notebook."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        written = "\n".join("".join(cell["source"]) for cell in cells)
        return {heading.replace(" ", "-") for heading in _HEADING.findall(written)}
    return {slug(heading) for heading in _HEADING.findall(_without_blocks(text))}


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _without_blocks(text: str) -> str:
    return _FENCE.sub("", text)
