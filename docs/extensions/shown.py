"""The directive `shown`: the picture or the live page that an expression of the page gives.

    ```{shown} draw(y)
    ```

The examples of the page above it are run first, as doctests, so that the expression has their
names, and a picture shows what the examples say. A wrong example stops the build.
"""

import doctest
import re
from io import StringIO
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

FOLDER = "_shown"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples_run(path: Path, line: int) -> dict[str, Any]:
    """The names that a page's examples above a line leave behind.

    Raises:
        ValueError: if an example gives something else than the page says.
    """
    lines = path.read_text("utf-8").splitlines(keepends=True)
    test = doctest.DocTestParser().get_doctest(
        "".join(lines[: line - 1]), {}, path.name, str(path), 0
    )
    said = StringIO()
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    if runner.run(test, out=said.write, clear_globs=False).failed:
        raise ValueError(said.getvalue())
    return test.globs


class Shown(SphinxDirective):
    """Shows what an expression gives: a drawing as an image, a page in a frame."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012 # as docutils declares it
        "alt": directives.unchanged_required,
        "height": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """Run the examples, write the file, and refer to it."""
        source, line = self.get_source_info()
        try:
            thing = eval(self.arguments[0], examples_run(Path(source), line))
        except ValueError as error:
            raise self.error(f"an example of this page fails:\n{error}") from error
        name = re.sub(r"\W+", "-", f"{self.env.docname}-{self.env.new_serialno('shown') + 1}")
        page = not hasattr(thing, "svg")
        file = f"{FOLDER}/{name}.{'html' if page else 'svg'}"
        output = Path(self.env.app.outdir) / file
        output.parent.mkdir(parents=True, exist_ok=True)
        thing.save(str(output))
        here = self.env.app.builder.get_target_uri(self.env.docname)
        return [nodes.raw("", self.html(relative_uri(here, file), page), format="html")]

    def html(self, address: str, page: bool) -> str:
        """The element that shows the file."""
        alt = nodes.Text(self.options.get("alt", self.arguments[0])).astext()
        alt = alt.replace("&", "&amp;").replace('"', "&quot;")
        if not page:
            return f'<div class="shown"><img src="{address}" alt="{alt}"></div>'
        height = self.options.get("height", 700)
        frame = f'<iframe src="{address}" title="{alt}" loading="lazy" height="{height}"></iframe>'
        return (
            f'<div class="shown live">{frame}'
            f'<p><a href="{address}">Open it on a page of its own</a></p></div>'
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("shown", Shown)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
