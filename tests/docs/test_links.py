"""The links of the texts in Markdown: what they point to is there."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.documents import PAGES, ROOT, TEXTS, anchors, blocks, links, name_of


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(path: Path) -> None:
    for link in links(path):
        address, _, anchor = unquote(link).partition("#")
        if re.match("[a-z]+:", address):
            continue  # elsewhere
        target = (path.parent / address).resolve() if address else path
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor and target.suffix in (".md", ".ipynb"):
            assert anchor in anchors(target), link


def entries() -> set[str]:
    """The pages in the site's tables of contents, without endings."""
    found = set()
    for path in PAGES:
        for block in blocks(path):
            if block.language == "{toctree}":
                for line in block.text.splitlines():
                    if line and not line.startswith(":"):
                        entry = re.sub(r".*<(.*)>", r"\1", line)
                        found.add((path.parent / entry).resolve().relative_to(ROOT).as_posix())
    return found


def test_every_page_is_in_a_table_of_contents() -> None:
    pages = {name_of(path.with_suffix("")) for path in PAGES}
    assert pages - entries() == {"docs/index"}


def test_every_entry_of_a_table_of_contents_is_a_page() -> None:
    for entry in entries():
        assert list(ROOT.glob(f"{entry}.md")) or list(ROOT.glob(f"{entry}.ipynb")), entry
