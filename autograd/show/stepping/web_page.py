"""The web page of the player: one file that loads nothing from anywhere.

Its HTML, CSS and JavaScript are those in the folder `page`; their data is the JSON of
`page_data.py`. All that is packed into `packed.html`, which takes a third of the room, as drawings
repeat much.
"""

import zlib
from collections.abc import Collection, Mapping
from importlib.resources import files
from string import Template

from ..graphs.box_svg import box_svg
from ..graphs.graph_svg import MARGIN, arrows, group, label, name, titles
from ..graphs.theme import THEME
from ..svg import escape, escape_line
from ..text import how_many
from .animation import Animation
from .page_code import packed, slim, slim_css

ASK = '<button id="ask" aria-pressed="false">Ask first</button>\n'
POINT = "<small>Click a box for its paths, an arrow for what flows back along it.</small>\n"
# Rules for what is in pictures only: titles, heat, captions, and halos that a page draws itself.
OF_PICTURES = (".title", ".heat", ".caption", ".caption.said", ".addshalo", ".taghalo", ".page")
# The theme of a notebook's page, as it says it: a frame, which sees nothing of that page, takes the
# theme of the element that it is in.
DARK = ("[data-jp-theme-light=false]", ".vscode-dark", ".vscode-high-contrast")
LIGHT = ("[data-jp-theme-light=true]", ".vscode-light", ".vscode-high-contrast-light")
MOST_LINES = 5  # for readers without JavaScript
FEW = 20  # boxes: they need no search


def web_page(
    title: str,
    animations: Collection[Animation],
    told: str,
    text: str,
    training: Mapping[str, str] | None = None,
    table: str | None = None,
    why: str = "",
) -> str:
    """Write the page of some drawings from their JSON data.

    Args:
        title: its heading.
        animations: the drawings.
        told: the data of the page.
        text: the events, line by line; the first of them are shown without JavaScript.
        training: of a training the curve of the losses, and the loss before and after it.
        table: of a live graph the functions of its ops, in JavaScript.
        why: why it is a recording.
    """
    recording = table is None
    many = max(len(animation.content.boxes) for animation in animations) > FEW
    parts = ["player", "zoom"]
    parts += [] if recording else ["inputs", "ask", "slope", "contours", "pointing"]
    parts += ["search"] if many and not recording else []
    parts += [] if training is None else ["training"]
    style = "\n".join(_resource(f"{part}.css") for part in parts)
    scripts = ["recording", *parts] if recording else ["live", *parts, "reasons", "start"]
    if "pointing" in parts:
        scripts.insert(scripts.index("pointing"), "answers")
    texts = [_resource(f"{part}.js") for part in scripts]
    code = slim("\n".join(texts if recording else [f"const CALCULUS = {table};", *texts]))
    page = Template(_resource("player.html")).substitute(
        title=escape(title),
        style=slim_css(_colours() + style),
        inputs=_tools(parts) + (_told(why) if recording else _resource("inputs.html")),
        ask="" if recording else ASK,
        question="" if recording else _resource("ask.html"),
        training=""
        if training is None
        else Template(_resource("training.html")).substitute(training),
        graphs="\n".join(
            f'<script type="image/svg+xml">{_graph(animation)}</script>' for animation in animations
        ),
        script=told,
        code=code,
    )
    # As zlib writes it, with no time and no name of a system in it.
    data = zlib.compress(page.encode("utf-8"), 9)
    return Template(_resource("packed.html")).substitute(
        title=escape(title), text=_first(text.split("\n")), packed=packed(data), size=len(data)
    )


def host_themes(kind: str) -> str:
    """The CSS that gives a frame, and its picture, the theme of JupyterLab or VS Code around it."""
    return "".join(
        f"{','.join(f'body{host} .{kind}' for host in hosts)}{{color-scheme:{theme}}}"
        for theme, hosts in (("dark", DARK), ("light", LIGHT))
    )


def _tools(parts: Collection[str]) -> str:
    """The HTML of what is below the drawing: its size, a search, and what was pointed at."""
    search, point = "search" in parts, "pointing" in parts
    more = (_resource("search.html") if search else "") + (POINT if point else "")
    tools = Template(_resource("zoom.html")).substitute(more=more)
    return tools + (_resource("pointing.html") if point else "")


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


def _colours() -> str:
    """The CSS rules and colours of drawings, in the theme of the reader."""
    colours = "".join(
        f"  --{name}: light-dark({light}, {THEME.dark[name]});\n"
        for name, light in THEME.light.items()
    )
    rules = "".join(
        f"{what} {{ {rule} }}\n" for what, rule in THEME.rules.items() if what not in OF_PICTURES
    )
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
