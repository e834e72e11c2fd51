"""What a page of a lesson has besides its notebook: ways to run it, and folded solutions."""

from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

COLAB = "https://colab.research.google.com/github/{owner}/blob/main/{path}"
BINDER = "https://mybinder.org/v2/gh/{owner}/main?labpath={path}"
LITE = "../lite/notebooks/index.html?path={name}"  # from the page of a lesson
GITHUB = "https://github.com/"


def badges(repository: str, path: str, *, here: bool) -> str:
    """Links that open a notebook where it can be run: in this site, and elsewhere."""
    owner = repository.removeprefix(GITHUB)
    ways = {"Run it here": LITE.format(name=PurePosixPath(path).name)} if here else {}
    ways |= {
        "Run in Colab": COLAB.format(owner=owner, path=path),
        "Run in Binder": BINDER.format(owner=owner, path=path),
        "The notebook": f"{repository}/blob/main/{path}",
    }
    links = "".join(f'<a class="badge" href="{way}">{text}</a>' for text, way in ways.items())
    return f'<p class="badges">{links}</p>'


def complete(app: Sphinx, document: nodes.document) -> None:
    """Add the badges below the heading of a lesson, and fold the solutions of its exercises."""
    page = PurePosixPath(app.env.docname)
    if page.parts[0] != "notebooks" or page.name == "README":
        return
    title = next(iter(document.findall(nodes.title)))
    text = badges(app.config.repository, f"{page}.ipynb", here=app.config.lessons_run_here)
    title.parent.insert(title.parent.index(title) + 1, nodes.raw("", text, format="html"))
    for cell in list(document.findall(nodes.container)):
        if "tag_solution" in cell["classes"]:
            opening = '<details class="solution"><summary>A solution</summary>'
            place = cell.parent.index(cell)
            cell.parent.insert(place + 1, nodes.raw("", "</details>", format="html"))
            cell.parent.insert(place, nodes.raw("", opening, format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register it for every page."""
    is_there = Path(app.outdir, "lite", "index.html").exists()  # by `make lite`
    app.add_config_value("lessons_run_here", is_there, "env")
    app.connect("doctree-read", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
