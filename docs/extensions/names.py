"""Names in docstrings and pages: a link where the project documents them, plain code where not."""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode
from sphinx.util.rst import escape

from autograd import Op
from autograd.show.words import manual


def target_of(env: BuildEnvironment, name: str) -> tuple[str, str] | None:
    """The page and the anchor of a documented name, given whole or by its last parts.

    None where it could mean several things, as `grad` does: a function, and what a Value has.
    """
    known = [
        (full.count("."), entry)
        for full, entry in env.domains["py"].objects.items()
        if entry.objtype != "module" and (full == name or full.endswith(f".{name}"))
    ]
    if any(entry.objtype in {"attribute", "property"} for _, entry in known) and len(known) > 1:
        return None
    nearest = [entry for depth, entry in known if depth == min(depth for depth, _ in known)]
    places = {(entry.docname, entry.node_id) for entry in nearest}
    return places.pop() if len(places) == 1 else None


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """A link for a name in a docstring or a signature, or the name as it is."""
    if node.get("refdomain") != "py" or node.get("reftype") not in {"obj", "class"}:
        return None
    if place := target_of(env, node["reftarget"].removeprefix("autograd.")):
        return make_refnode(app.builder, node["refdoc"], *place, content)
    return content


class LinkedNames(SphinxPostTransform):
    """Makes a link of each `name` of a page that the API pages have."""

    default_priority = 20

    def run(self, **options: Any) -> None:
        """Go through the code within lines, but not through headings and links."""
        here = self.env.docname
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext().removesuffix("()").removeprefix("autograd.")
            if not name.isidentifier() or isinstance(
                literal.parent, nodes.reference | nodes.title | pending_xref
            ):
                continue
            place = target_of(self.env, f"{name}")
            if place and place[0] != here:
                link = make_refnode(self.app.builder, here, *place, literal.deepcopy())
                literal.replace_self(link)


class TrimmedBlocks(SphinxTransform):
    """Takes empty lines off both ends of code: in Markdown an example needs one to end with."""

    default_priority = 700

    def apply(self, **options: Any) -> None:
        """Go through the blocks of code."""
        for block in self.document.findall(nodes.literal_block):
            if block.rawsource == block.astext():  # code, which will be highlighted
                block.rawsource = block.rawsource.strip("\n")
                block[:] = [nodes.Text(block.rawsource)]


def tidy(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Make docstrings fit a page: those of rooms, which list their files, and those of ops."""
    if what == "module":
        lines.clear()
    elif isinstance(thing, Op):
        text, takes, *formulas = manual.page(thing).split("\n\n")
        # The signature stands above already.
        lines[:] = [escape(text.partition("): ")[2]), "", escape(takes), ""]
        for block in formulas:
            lines += ["::", "", *(f"    {line}" for line in block.splitlines()), ""]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register them."""
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-docstring", tidy)
    app.add_transform(TrimmedBlocks)
    app.add_post_transform(LinkedNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
