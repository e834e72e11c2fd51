"""Links to files of the project that are no pages of the site, and to headings of notebooks."""

import re
from pathlib import PurePosixPath
from posixpath import join, normpath
from typing import Any

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri


def slug(heading: str) -> str:
    """The anchor of a heading as GitHub makes it; of an anchor as Jupyter makes it, the same."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


class NotebookAnchors(SphinxTransform):
    """Spells anchors of notebooks, as in ``x.ipynb#Used-twice:-it-adds``, as pages have them."""

    default_priority = 5

    def apply(self, **options: Any) -> None:
        """Go through the links to pages."""
        for link in self.document.findall(pending_xref):
            if link.get("reftargetid") and link.get("refdomain") == "doc":
                link["reftargetid"] = slug(link["reftargetid"])


class OutsideLinks(SphinxPostTransform):
    """Points a link to a file that is no page at its code in the site, or at the repository."""

    default_priority = 5  # before MyST looks for pages

    def run(self, **options: Any) -> None:
        """Go through the links that MyST took for a file to download, or could not read."""
        for kind in (download_reference, pending_xref):
            for link in list(self.document.findall(kind)):
                if link.get("reftype") == "myst" or link.get("refdomain") == "doc":
                    self.mend(link)

    def mend(self, link: nodes.Element) -> None:
        """Make a plain link of one, if there is such a file or folder."""
        target, _, anchor = link["reftarget"].partition("#")
        if link.get("refdomain") == "doc":  # a text, such as the README, by its name alone
            if target in self.env.found_docs:
                return
            path, anchor = f"{target}.md", link.get("reftargetid") or ""
        else:
            path = normpath(join(PurePosixPath(self.env.docname).parent, target))
        if target and (self.env.srcdir / path).exists():
            address = self.address(path, anchor)
            link.replace_self(nodes.reference("", "", *link.children, refuri=address))

    def address(self, path: str, anchor: str) -> str:
        """Where a file or a folder of the project can be read."""
        module = path.removesuffix(".py").replace("/", ".")
        if module in getattr(self.env, "_viewcode_modules", {}):
            here = self.app.builder.get_target_uri(self.env.docname)
            return str(relative_uri(here, f"_modules/{module.replace('.', '/')}.html"))
        kind = "tree" if (self.env.srcdir / path).is_dir() else "blob"
        whole = f"{self.config.repository}/{kind}/main/{path}"
        return f"{whole}#{anchor}" if anchor else whole


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both."""
    app.add_config_value("repository", "", "html", types=frozenset({str}))
    app.add_transform(NotebookAnchors)
    app.add_post_transform(OutsideLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
