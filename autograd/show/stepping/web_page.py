"""The web page of the player: one file that loads nothing from anywhere.

Its HTML, CSS and JavaScript are those in the folder `page`; their data is the JSON of
`page_data.py`. All that is packed into `packed.html`, which takes a third of the room, as drawings
repeat much.
"""

import re
import zlib
from base64 import b64encode
from collections.abc import Collection, Sequence
from importlib.resources import files
from string import Template

from ..charts.axis import THEME as CHARTS
from ..graphs.box_svg import box_svg
from ..graphs.graph_svg import MARGIN, arrows, group, label, name, titles
from ..graphs.theme import THEME
from ..svg import Theme, escape, escape_line
from ..text import how_many
from .animation import Animation

ASK = '<button id="ask" aria-pressed="false">Ask first</button>\n'
# The files of a page: its scripts in this order, and its styles.
Files = tuple[Sequence[str], Sequence[str]]
GRAPH = ("numbers", "live", "player", "inputs", "ask", "slope")
STAGE = ("descent", "training")
LIVE: Files = (*GRAPH, "reasons", "start"), ("player", "inputs", "ask", "slope")
TRAINING: Files = (*GRAPH, *STAGE, "sample", "learned", "reasons", "start"), (*LIVE[1], "training")
ALONE: Files = ("alone", "numbers", *STAGE, "learned"), ("player", "training")
RECORDING: Files = ("recording", "player"), ("player",)
MOST_LINES = 40  # for readers without JavaScript


def web_page(
    title: str,
    animations: Collection[Animation],
    told: str,
    text: str,
    training: str | None = None,
    table: str | None = None,
    why: str = "",
) -> str:
    """Write the page of some drawings from their JSON data.

    Args:
        title: its heading.
        animations: the drawings.
        told: the data of the page.
        text: the events, line by line; the first of them are shown without JavaScript.
        training: the data of a training, which may be too large for a drawing.
        table: of a live graph the functions of its ops, in JavaScript.
        why: why it is a recording.
    """
    recording = table is None
    scripts, styles = RECORDING if recording else LIVE if training is None else TRAINING
    if not animations:
        scripts, styles = ALONE
    texts = [_resource(f"{part}.js") for part in scripts]
    code = _slim("\n".join(texts if recording else [f"const CALCULUS = {table};", *texts]))
    style = "\n".join(_resource(f"{part}.css") for part in styles)
    page = Template(_resource("player.html" if animations else "alone.html")).substitute(
        title=escape(title),
        style=_colours(*([] if training is None else [CHARTS])) + style,
        inputs=_told(why) if recording else _resource("inputs.html"),
        ask="" if recording else ASK,
        question="" if recording else _resource("ask.html"),
        training="" if training is None else _stage(training),
        graphs="\n".join(
            f'<script type="image/svg+xml">{_graph(animation)}</script>' for animation in animations
        ),
        script=told,
        code=code,
    )
    # As zlib writes it, with no time and no name of a system in it.
    packed = b64encode(zlib.compress(page.encode("utf-8"), 9)).decode("ascii")
    return Template(_resource("packed.html")).substitute(
        title=escape(title), text=_first(text.split("\n")), packed=packed
    )


def _stage(training: str) -> str:
    """The part of a page where a training runs, with its data."""
    data = f'<script id="told-training" type="application/json">{training}</script>\n'
    return _resource("training.html") + data


def _slim(code: str) -> str:
    """JavaScript without its comments and its indentation, which take a tenth of a small page."""
    return re.sub(r"(?m)^[ \t]*(//.*)?\n?", "", code)


def _told(why: str) -> str:
    """The line that says why the numbers of a page cannot be changed."""
    return f'<small id="why">{escape(why)}</small>\n' if why else ""


def _resource(name: str) -> str:
    return files(str(__package__)).joinpath("page", name).read_text("utf-8")


def _first(lines: list[str]) -> str:
    """The first lines, escaped, with the number of those left out."""
    found = [escape_line(line) for line in lines[: how_many(len(lines), MOST_LINES)]]
    more = len(lines) - len(found)
    return "\n".join([*found, *([f"… {more:,} more"] if more else [])])


def _colours(*others: Theme) -> str:
    """The CSS rules and colours of drawings, in the theme of the reader, and other colours."""
    colours = "".join(
        f"  --{name}: light-dark({light}, {theme.dark[name]});\n"
        for theme in (THEME, *others)
        for name, light in theme.light.items()
    )
    rules = "".join(f"{what} {{ {rule} }}\n" for what, rule in THEME.rules.items())
    return f":root {{\n  color-scheme: light dark;\n{colours}}}\n{rules}"


def _graph(animation: Animation) -> str:
    """A drawing before the first event; the page fills in the texts from then on."""
    width, height = (round(extent) + 2 * MARGIN for extent in animation.places.size)
    content, places = animation.content, animation.places
    mute = [edge._replace(text="", exact="") for edge in content.edges]
    carried = zip(content.edges, mute, places.routes, strict=True)
    inner = arrows(content, places)
    inner += group("locals", [label(one, route) for edge, one, route in carried if edge.text])
    inner += titles(content, places)
    inner += map(box_svg, [box._replace(state="") for box in content.boxes], places.boxes)
    return (
        f'<svg role="img" aria-label="{escape(name(content))}" '
        f'width="{width}" height="{height}"><g transform="translate({MARGIN} {MARGIN})">'
        + "".join(inner)
        + "<g></g></g></svg>"  # the last one is for the marks
    )
