"""Names in docstrings and pages: a link where the project documents them, plain code where not."""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

OF_NODES = {"grad", "label"}  # attributes of Values, which functions of these names are not


def target_of(env: BuildEnvironment, name: str) -> tuple[str, str] | None:
    """The page and the anchor of a documented name, given whole or by its last parts.

    None where it could mean several things, as `step` does: an op, and what optimizers do; or
    what a word in a text often means: an attribute, an argument.
    """
    places = {
        (entry.docname, entry.node_id)
        for full, entry in env.domains["py"].objects.items()
        if entry.objtype not in {"module", "attribute", "property"}
        and (full == name or full.endswith(f".{name}"))
    }
    return places.pop() if len(places) == 1 and name not in OF_NODES else None


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """A link for a name in a docstring or a signature, or the name as it is."""
    if node.get("refdomain") != "py" or node.get("reftype") not in {"obj", "class"}:
        return None
    if place := target_of(env, node["reftarget"].removeprefix("autograd.")):
        return make_refnode(app.builder, node["refdoc"], *place, content)
    return content


class NamesOfNodes(SphinxPostTransform):
    """Leaves `grad` and `label` in docstrings unlinked, which are those of a Value there."""

    default_priority = 5  # before Sphinx finds the functions

    def run(self, **options: Any) -> None:
        """Go through the names that nobody wrote as a link."""
        for name in list(self.document.findall(pending_xref)):
            if name.get("reftype") == "obj" and name["reftarget"] in OF_NODES:
                name.replace_self(name.children)


class LinkedNames(SphinxPostTransform):
    """Makes a link of each `name` of a page that the API pages have."""

    default_priority = 20

    def run(self, **options: Any) -> None:
        """Go through the code within lines, but not through headings and links."""
        here = self.env.docname
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext().removesuffix("()").removeprefix("autograd.")
            if (
                len(name) < 2
                or not name.isidentifier()
                or isinstance(literal.parent, nodes.reference | nodes.title | pending_xref)
            ):
                continue
            place = target_of(self.env, name)
            if place and place[0] != here:
                link = make_refnode(self.app.builder, here, *place, literal.deepcopy())
                literal.replace_self(link)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register them."""
    app.connect("missing-reference", resolve)
    app.add_post_transform(NamesOfNodes)
    app.add_post_transform(LinkedNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
