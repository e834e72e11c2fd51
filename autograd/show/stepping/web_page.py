"""The web page of the player, with its data: one file that loads nothing from anywhere.

Its HTML, CSS and JavaScript are those in the folder `page`. Its data is JSON: the graph, and where
drawings show it. A live page works out every number but those of the leaves by itself, with the
functions of `formulas/js_spelling.py`; a recording is handed the events of a pass, with the
mistakes in them, and the local derivatives. All that is packed into `packed.html`, which takes a
third of the room, as drawings repeat much (`page_code.py`).
"""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

from ..charts.axis import THEME as CHARTS
from ..graphs.box_svg import box_svg
from ..graphs.boxes import Box
from ..graphs.graph_svg import MARGIN, arrows, group, label, name, titles
from ..graphs.theme import THEME
from ..svg import Theme, escape, escape_line
from ..text import DASH, replace_unfit
from .code_lines import code_data
from .events import FINAL, SEED, Played
from .flaws import ADDS, Flaw
from .graph_data import VERSION, GraphData
from .page_code import packed, slim, slim_css
from .picture import WAITING, Picture
from .text_places import (
    COMPUTED,
    CORNER,
    GIVEN,
    INSIDE,
    RECEIVES,
    UPSTREAM,
    Flow,
    Offset,
    ring_size,
)

CODE = '<button id="lines" aria-pressed="false">Code</button>\n'
ASK = '<button id="ask" aria-pressed="false">Ask first</button>\n'
POINT = "<small>Click a box for its paths, an arrow for what flows back along it.</small>\n"
# Rules for what is in pictures only: titles, heat, captions, and halos that a page draws itself.
OF_PICTURES = (".title", ".heat", ".caption", ".caption.said", ".addshalo", ".taghalo", ".page")
# The theme of a notebook's page, as it says it: a frame, which sees nothing of that page, takes the
# theme of the element that it is in.
DARK = ("[data-jp-theme-light=false]", ".vscode-dark", ".vscode-high-contrast")
LIGHT = ("[data-jp-theme-light=true]", ".vscode-light", ".vscode-high-contrast-light")
FEW = 20  # boxes: they need no search
KNOWN = (DASH, "", WAITING, FINAL, "=", UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED)
# What would end the script in a page, or a line of it.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
# The files of a page: its scripts in this order, and its styles.
Files = tuple[Sequence[str], Sequence[str]]
GRAPH = ("numbers", "live", "passes", "faults", "told", "rows", "player")
INPUTS = ("inputs", "ask", "slope", "contours")
STAGE = ("descent", "training", "losses", "parameters")
POINTING = ("zoom", "answers", "pointing")  # and a search, where there is much to find
ENDING = ("reasons", "pace")
LOOK = ("player", "zoom", "pointing", "ask")
ALIVE = (*LOOK, "inputs", "slope", "contours")
LIVE: Files = (*GRAPH, *INPUTS, *POINTING, *ENDING, "code", "start"), (*ALIVE, "code")
# The controls of the drawing come after those that stop a training, which goes on in another size.
TRAINING: Files = (
    (*GRAPH, *INPUTS, *STAGE, "sample", "learned", *POINTING, *ENDING, "start"),
    (*ALIVE, "training"),
)
ALONE: Files = ("alone", "numbers", *STAGE, "learned"), ("player", "training")
RECORDING: Files = (*GRAPH, "ask", *POINTING, *ENDING, "start"), LOOK


def web_page(
    title: str,
    pictures: Collection[Picture],
    told: str,
    lines: Sequence[str],
    count: int,
    table: str | None = None,
    why: str = "",
    training: str | None = None,
) -> str:
    """Write the page of some drawings from their JSON data.

    Args:
        title: its heading.
        pictures: the drawings.
        told: the data of the page.
        lines: the first events in words, which are shown without JavaScript.
        count: how many events there are.
        table: of a live graph the functions of its ops, in JavaScript.
        why: why it is a recording.
        training: the data of a training, which may be too large for a drawing.
    """
    live = table is not None
    scripts, styles = RECORDING if not live else LIVE if training is None else TRAINING
    if not pictures:
        scripts, styles = ALONE
    many = any(len(picture.content.boxes) > FEW for picture in pictures)
    if many:
        after = scripts.index("pointing") + 1
        scripts = (*scripts[:after], "search", *scripts[after:])
        styles = (*styles, "search")
    style = "\n".join(_resource(f"{part}.css") for part in styles)
    functions = [f"const CALCULUS = {table};"] if live else []
    if "code" in scripts:
        functions.append(f"const CODE = {as_json(code_data())};")
    code = "\n".join(map(slim, [*functions, *(_resource(f"{part}.js") for part in scripts)]))
    page = Template(_resource("player.html" if pictures else "alone.html")).substitute(
        title=escape(title),
        style=slim_css(_colours(*([] if training is None else [CHARTS])) + style),
        inputs=_tools(many) + (_resource("inputs.html") if live else _told(why)),
        ask=ASK + (CODE if "code" in scripts else ""),
        panel=_resource("code.html") if "code" in scripts else "",
        question=_resource("ask.html"),
        training="" if training is None else _stage(training),
        graphs="\n".join(
            f'<script type="image/svg+xml">{_graph(picture)}</script>' for picture in pictures
        ),
        script=told,
        code=code,
    )
    # As zlib writes it, with no time and no name of a system in it, and in short blocks, for the
    # parts of a page have little in common. The browser unpacks it itself, in less time than with
    # less code: a loop over signs, a reader and a decoder.
    deflate = zlib.compressobj(9, memLevel=6)
    data = deflate.compress(page.encode("utf-8")) + deflate.flush()
    return Template(_resource("packed.html")).substitute(
        title=escape(title), text=_first(lines, count), packed=packed(data), size=len(data)
    )


def host_themes(kind: str) -> str:
    """The CSS that gives a frame, and its picture, the theme of JupyterLab or VS Code around it."""
    return "".join(
        f"{','.join(f'body{host} .{kind}' for host in hosts)}{{color-scheme:{theme}}}"
        for theme, hosts in (("dark", DARK), ("light", LIGHT))
    )


def _stage(training: str) -> str:
    """The part of a page where a training runs, with its data."""
    data = f'<script id="told-training" type="application/json">{training}</script>\n'
    return _resource("training.html") + data


def _tools(many: bool) -> str:
    """The HTML of what is below the drawing: its size, a search, and what was pointed at."""
    more = (_resource("search.html") if many else "") + POINT
    return Template(_resource("zoom.html")).substitute(more=more) + _resource("pointing.html")


def _told(why: str) -> str:
    """The line that says why the numbers of a page cannot be changed."""
    return f'<small id="why">{escape(why)}</small>\n' if why else ""


def _resource(name: str) -> str:
    return files(str(__package__)).joinpath("page", name).read_text("utf-8")


def _first(lines: Sequence[str], count: int) -> str:
    """The first lines, escaped, with the number of those left out."""
    more = count - len(lines)
    return "\n".join([*map(escape_line, lines), *([f"… {more:,} more"] if more else [])])


def _colours(*others: Theme) -> str:
    """The CSS rules and colours of drawings, in the theme of the reader, and other colours."""
    colours = "".join(
        f"  --{name}: light-dark({light}, {theme.dark[name]});\n"
        for theme in (THEME, *others)
        for name, light in theme.light.items()
    )
    rules = "".join(
        f"{what} {{ {rule} }}\n" for what, rule in THEME.rules.items() if what not in OF_PICTURES
    )
    return f":root {{\n  color-scheme: light dark;\n{colours}}}\n{rules}"


def _graph(picture: Picture) -> str:
    """A drawing before the first event; the page fills in the texts from then on."""
    width, height = (round(extent) + 2 * MARGIN for extent in picture.places.size)
    content, places = picture.content, picture.places
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


# --- the data of the page ---------------------------------------------------------------------


def page_json(
    graph: GraphData,
    pictures: Mapping[str, Picture],
    first: str,
    leaves: Sequence[int],
    recorded: tuple[Sequence[Played], Sequence[Flaw | None]] | None = None,
) -> str:
    """The JSON for the page, escaped so that nothing in it can end a script element.

    Args:
        graph: the graph.
        pictures: its drawings by the names of their levels.
        first: the level that is shown first.
        leaves: the places of the leaves, in the order in which they are listed.
        recorded: for a recording its events, and the mistakes in them.
    """
    told = {
        "version": VERSION,
        "graph": graph.data(),
        "words": KNOWN,
        "first": list(pictures).index(first),
        "leaves": leaves,
        "drawings": [_drawing(*each) for each in pictures.items()],
    }
    if recorded is not None:
        told["recording"] = {"events": graph.events(*recorded), "locals": graph.locals()}
    return as_json(told)


def as_json(everything: dict[str, Any]) -> str:
    """Write JSON in which nothing can end a script element."""
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    return replace_unfit(text.translate(_ESCAPES))


def _drawing(name: str, picture: Picture) -> dict[str, Any]:
    """The data of a drawing: its boxes and edges, and where it shows the nodes."""
    content, where = picture.content, picture.where
    flows, tags = picture.texts
    boxes = []
    for number, box in enumerate(content.boxes):
        told = ring(box, tags.get(number)) | {"rows": len(box.rows)}
        if number in where.outputs:
            told["outputs"] = where.outputs[number]
        if number in where.weights:
            told["weights"] = where.weights[number]
        boxes.append(told)
    drawing = {
        "name": name,
        "boxes": boxes,
        "edges": [_flow(flows.get(edge)) for edge in range(len(content.edges))],
        "labels": {edge: row for row, edge in enumerate(picture.labels)},
        "homes": where.homes,
        "ways": where.ways,
    }
    if where.tails:
        drawing["tails"] = where.tails
    return drawing | ({"down": True} if picture.down else {})


def ring(box: Box, tag: Offset | None) -> dict[str, Any]:
    """The size of the ring around a box, whether it is a group, and where its word is moved to."""
    width, height = ring_size(box)
    told: dict[str, Any] = {"width": width, "height": height}
    if box.is_group:
        told["group"] = True
    if tag not in (None, CORNER):
        told["tag"] = tag
    return told


def _flow(flow: Flow | None) -> Any:
    """How far below its beginning an edge says what it adds, with its trunk, if it has one."""
    if flow is None:
        return 0
    below = flow.text_y - flow.y
    return [below, flow.trunk] if flow.trunk else below
