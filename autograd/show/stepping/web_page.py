"""The web page of the player, with its data: one file that loads nothing from anywhere.

Its HTML, CSS and JavaScript are those of its kind (`page_kinds.py`). Its data is JSON: the graph,
and where drawings show it. A live page works out every number but those of the leaves by itself,
with the functions of `formulas/js_spelling.py`; a recording is handed the events of a pass, with
the mistakes in them, and the local derivatives. All that is packed into `packed.html`, which takes
a third of the room, as drawings repeat much (`page_code.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from string import Template
from typing import Any

from ..graphs.box_svg import box_svg
from ..graphs.boxes import Box
from ..graphs.graph_svg import MARGIN, arrows, group, label, name, titles
from ..svg import escape, escape_line
from ..text import DASH
from .events import FINAL, REVERSE, SEED, Played
from .flaws import ADDS, Flaw
from .graph_data import VERSION, GraphData
from .page_code import as_json, deflated, packed, slim_formulas
from .page_kinds import common, source, unpacker
from .picture import WAITING, Picture
from .sentences import IS_FINAL, PASSED_ON
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

FEW = 20  # boxes: they need no search
KNOWN = (DASH, "", WAITING, FINAL, "=", UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED)


def web_page(
    title: str,
    pictures: Collection[Picture],
    told: str,
    lines: Sequence[str],
    count: int,
    table: str | None = None,
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
        training: the data of a training, which may be too large for a drawing.
    """
    kind = "recording" if table is None else "live" if training is None else "training"
    if not pictures:
        kind = "alone"
    elif any(len(picture.content.boxes) > FEW for picture in pictures):
        kind += "_searched"
    own = [f'<script type="image/svg+xml">{_graph(picture)}</script>' for picture in pictures]
    own += [
        f'<script id="{name}" type="application/json">{data}</script>'
        for name, data in (("script", told), ("told-training", training))
        if data
    ]
    if table is not None:
        own.append(f"<script>const CALCULUS={slim_formulas(table)};</script>")
    # As zlib writes it, with no time and no name of a system in it.
    known = common(kind)
    data = known.data + deflated("\0" + "\n".join(own), behind=known.text)
    unpack = Template(unpacker()).substitute(packed=packed(data), size=len(data))
    return Template(source("packed.html").replace(">\n", ">")).substitute(
        title=escape(title), text=_first(lines, count), unpack=unpack
    )


def _first(lines: Sequence[str], count: int) -> str:
    """The first lines, escaped, with the number of those left out."""
    more = count - len(lines)
    return "\n".join([*map(escape_line, lines), *([f"… {more:,} more"] if more else [])])


def _graph(picture: Picture) -> str:
    """A drawing before the first event; the page fills in the texts from then on."""
    width, height = (round(extent) + 2 * MARGIN for extent in picture.places.size)
    content, places = picture.content, picture.places
    mute = content.unlabelled()
    carried = zip(content.edges, mute.edges, places.routes, strict=True)
    inner = arrows(mute, places)
    inner += group("locals", [label(one, route) for edge, one, route in carried if edge.text])
    inner += titles(content, places)
    inner += map(box_svg, [box._replace(state="") for box in content.boxes], places.boxes)
    return (
        f'<svg role="img" aria-label="{escape(name(content))}" '
        f'viewBox="0 0 {width} {height}"><g transform="translate({MARGIN} {MARGIN})">'
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
    why: str = "",
) -> str:
    """The JSON for the page, escaped so that nothing in it can end a script element.

    Args:
        graph: the graph.
        pictures: its drawings by the names of their levels.
        first: the level that is shown first.
        leaves: the places of the leaves, in the order in which they are listed.
        recorded: for a recording its events, and the mistakes in them.
        why: why it is a recording.
    """
    told: dict[str, Any] = {
        "version": VERSION,
        "graph": graph.data(),
        "words": KNOWN,
        "first": list(pictures).index(first),
        "leaves": leaves,
        "drawings": [_drawing(*each) for each in pictures.items()],
    }
    if recorded is not None:
        told["recording"] = {"events": graph.events(*recorded), "locals": graph.locals()}
        told["why"] = why
    else:
        _leave_out(told["graph"]["nodes"])
    return as_json(told)


def _leave_out(nodes: Sequence[dict[str, Any]]) -> None:
    """Take out of the data of nodes what a live page works out, and the sentences it has itself."""
    for node in nodes:
        if "op" in node:
            del node["data"]
        ends = REVERSE.ends + (PASSED_ON if "op" in node else IS_FINAL)
        if node["final"] == [ends, node["name"]]:
            del node["final"]
        for parent, edge in zip(node.get("operands", ()), node.get("edges", ()), strict=True):
            if edge and edge["sentence"] == [REVERSE.passes, node["name"], nodes[parent]["name"]]:
                del edge["sentence"]


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
    drawing: dict[str, Any] = {
        "name": name,
        "boxes": boxes,
        "edges": [_flow(flows.get(edge)) for edge in range(len(content.edges))],
        "labels": picture.labels,
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
