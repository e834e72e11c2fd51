"""Docstrings, made to fit the pages of the API, and examples without the line that ends them."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.rst import escape

from autograd import Op
from autograd.show.words import manual

_SEVERAL = re.compile(r"^( +)(\w+(?:, \w+)+): ")  # "a, b: what both are", among attributes


def spread(lines: list[str]) -> list[str]:
    """The lines, where attributes that are described together have an entry each."""
    found: list[str] = []
    for i, line in enumerate(lines):
        several = _SEVERAL.match(line)
        if several is None:
            found.append(line)
            continue
        indent, names = several[1], several[2].split(", ")
        more = []
        for following in lines[i + 1 :]:
            if not following.startswith(f"{indent} "):
                break
            more.append(following)
        for name in names[:-1]:
            found += [f"{indent}{name}: {line[several.end() :]}", *more]
        found.append(f"{indent}{names[-1]}: {line[several.end() :]}")
    return found


def tidy(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Change docstrings before napoleon reads them."""
    if what == "module":
        lines.clear()  # it lists the files of a room; the page has words for users
    elif isinstance(thing, Op):
        text, _, *formulas = manual.page(thing).split("\n\n")
        # The signature stands above already, and what all ops take at the top of the page.
        lines[:] = [escape(text.partition("): ")[2]), ""]
        for block in formulas:
            lines += [".. code-block:: text", "", *(f"    {x}" for x in block.splitlines()), ""]
    elif what == "property":
        lines[:0] = ["..", ""]  # else what stands before a colon is taken for a type
    elif what == "class" and "Attributes:" in lines:
        start = lines.index("Attributes:")
        lines[start:] = spread(lines[start:])


def skip(app: Sphinx, what: str, name: str, thing: Any, skipped: bool, options: Any) -> bool | None:
    """Leave out fields of named tuples, which are among the attributes, and details of `repr`."""
    is_field = (getattr(thing, "__doc__", None) or "").startswith("Alias for field number")
    return True if is_field or name == "extra_repr" else None


class TrimmedBlocks(SphinxTransform):
    """Takes empty lines off both ends of code: in Markdown an example needs one to end with."""

    default_priority = 700

    def apply(self, **options: Any) -> None:
        """Go through the blocks of code."""
        for block in self.document.findall(nodes.literal_block):
            if block.rawsource == block.astext():  # code, which will be highlighted
                block.rawsource = block.rawsource.strip("\n")
                block[:] = [nodes.Text(block.rawsource)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all."""
    app.connect("autodoc-process-docstring", tidy, priority=400)  # napoleon has 500
    app.connect("autodoc-skip-member", skip)
    app.add_transform(TrimmedBlocks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
