"""How Sphinx builds the site that `make docs` writes to out/site.

The source folder is the whole project, so that a page of the site stands at the path of its file
and links between files are links between pages.

The folder `extensions` has what Sphinx lacks: `shown.py` puts in pictures and live pages,
`docstrings.py` and `names.py` read docstrings and link names, `outside.py` follows links to files
that are no pages, `lessons.py` adds to the notebooks, `formulas.py` writes MathML.
"""

import sys
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "extensions")]

import autograd  # noqa: E402 # of this clone, which the line above finds

# Where the project lives, as an address on GitHub. It has not been published yet: change this one
# line when it is. Links to source files, and the badges of the lessons, are made of it.
repository = "https://github.com/scalar-autograd/scalar-autograd"

project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
author = "The scalar-autograd authors"
version = release = autograd.__version__

root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "notebooks/*.ipynb",
    "notebooks/README.md",
    "CHANGELOG.md",
]
exclude_patterns = [".*", "**/.*", "out", "build", "dist", "**/__pycache__", "docs/playground"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "docstrings",
    "formulas",
    "lessons",
    "names",
    "outside",
    "shown",
]

# --- pages ---

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the lessons are committed with their results
nb_merge_streams = True
highlight_language = "none"  # what does not say that it is code is none
pygments_style, pygments_dark_style = "friendly", "monokai"

# --- API ---

default_role = "py:obj"  # a name in a docstring is a link if the project has it
add_module_names = False
autodoc_typehints = "signature"
autodoc_member_order = "groupwise"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_use_ivar = True
nitpicky = True

# --- HTML ---

html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_extra_path = ["root"]  # index.html, which leads to the first page
templates_path = ["templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "beside.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_css_files = ["site.css"]
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def setup(app: Sphinx) -> None:
    """Link to what other makers have written into the site, if it is there."""
    app.config.html_context["beside"] = [
        (title, f"{folder}/index.html")
        for title, folder in (("Playground", "playground"), ("Lessons to run here", "lite"))
        if Path(app.outdir, folder, "index.html").exists()
    ]
