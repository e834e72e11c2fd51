"""The dot program of graphviz: one of the two layout engines, and the way to PNG and PDF.

The program runs by argument list, without a shell and with a time limit. As a layout engine it
sees sizes alone, and is read for coordinates alone.
"""

import json
import math
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from autograd.show.layout.places import (
    FRAME_PADDING,
    FRAME_TITLE,
    Arrow,
    Extent,
    Frame,
    Places,
    Plan,
    Point,
    Rectangle,
    Route,
)
from autograd.show.text import cleaned

FARTHEST = 1e7  # pixels: no page is as large
INCH = 72.0  # in pixels: dot takes sizes in inches, and gives coordinates in points
FULL_PULL = 5  # the weight of an arrow that pulls with 1.0, since dot takes whole numbers
TITLE_PADDING = 16.0, 8.0  # what dot itself adds around the title of a cluster
LONGEST_MESSAGE = 200  # characters of a message of the program

INSTALL = (
    "install it with 'apt install graphviz' (Debian, Ubuntu), 'brew install graphviz' (macOS) "
    "or 'winget install graphviz' (Windows)"
)
WITHOUT_PLACES = "engine='builtin' needs nothing"
WITHOUT_RENDERING = "saving as .svg needs nothing"

# How the output begins, and the options that ask for it.
FORMATS = {
    "png": (b"\x89PNG", ["-Tpng", "-Gdpi=144"]),
    "pdf": (b"%PDF", ["-Tpdf"]),
}


class DotError(RuntimeError):
    """The dot program is missing, fails, takes too long or answers what it should not."""


def place(plan: Plan, seconds: float = 5.0) -> Places:
    """Ask the dot program where boxes, arrows and frames go.

    Args:
        plan: the sizes; they are all that the program is told.
        seconds: how long it may take.

    Raises:
        DotError: if the program is missing, fails, or takes longer.

    Example:
        >>> from autograd.show.layout.places import Plan
        >>> place(Plan([(40.0, 20.0)], [], [None], [])).size
        (40.0, 20.0)
    """
    output = _run(skeleton(plan), ["-Tjson0"], seconds, WITHOUT_PLACES)
    try:
        return _moved(plan, _places(plan, _coordinates(json.loads(output))))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DotError(f"dot did not answer with coordinates: {WITHOUT_PLACES}") from error


def render(dot_text: str, format: str, seconds: float = 30.0) -> bytes:
    """The picture that DOT text describes, as a PNG (144 dots per inch) or PDF file.

    Args:
        dot_text: from `dot.dot_text`.
        format: ``"png"`` or ``"pdf"``.
        seconds: how long the program may take.

    Raises:
        ValueError: if `format` is another.
        DotError: if the program is missing, fails, takes longer, or lacks the format.

    Example:
        >>> render("digraph { a -> b }", "png")[1:4]
        b'PNG'
    """
    if format not in FORMATS:
        raise ValueError(f"format is 'png' or 'pdf', got {format!r}")
    start, options = FORMATS[format]
    output = _run(dot_text, options, seconds, WITHOUT_RENDERING)
    if not output.startswith(start):
        raise DotError(f"dot did not answer with a {format} file: {WITHOUT_RENDERING}")
    return output


def _run(text: str, options: Sequence[str], seconds: float, instead: str) -> bytes:
    """What the program answers to `text`."""
    program = shutil.which("dot")
    if program is None:
        raise DotError(f"the dot program is not on the PATH: {INSTALL}; {instead}")
    try:
        done = subprocess.run(
            [program, *options],
            input=text.encode(),
            capture_output=True,
            timeout=seconds,
            env=os.environ | {"LC_ALL": "C"},  # numbers with a point, messages in English
            check=False,
        )
    except subprocess.TimeoutExpired:
        reason = f"dot took longer than {seconds:g} s"
        raise DotError(f"{reason}: draw less, as with collapse='layer'; {instead}") from None
    except OSError as error:
        reason = f"{program} cannot be run ({error.strerror})"
        raise DotError(f"{reason}: {INSTALL}; {instead}") from error
    if done.returncode:
        said = cleaned(done.stderr.decode(errors="replace").strip().partition("\n")[0])
        reason = said[:LONGEST_MESSAGE] or "it is silent"
        raise DotError(f"dot failed with exit code {done.returncode}: {reason} ({instead})")
    return done.stdout


def skeleton(plan: Plan) -> str:
    """The plan as DOT: boxes ``n0``, labels on arrows ``l0``, and frames ``cluster_0``.

    A label is a node of its own, halfway along its arrow, for dot lets labels of edges cover boxes.
    """
    lines = [_node(f"n{number}", size) for number, size in enumerate(plan.boxes)]
    inside = list(plan.inside)
    arrows: list[str] = []
    for number, arrow in enumerate(plan.arrows):
        weight = f"weight={max(1, round(FULL_PULL * arrow.pull))}"
        tail, head, label = f"n{arrow.tail}", f"n{arrow.head}", f"l{number}"
        if arrow.label == (0.0, 0.0):
            arrows.append(f"{tail} -> {head} [id=a{number} {weight}]")
            continue
        lines.append(_node(label, arrow.label))
        inside.append(_common(plan, arrow))
        arrows.append(f"{tail} -> {label} [id=a{number} {weight}]")
        arrows.append(f"{label} -> {head} [id=b{number} {weight}]")
    outers = [frame.outer for frame in plan.frames]
    # Without newrank dot ranks each cluster by itself, and arrows between two may lead back.
    setting = f"rankdir={'TB' if plan.down else 'LR'} newrank=true nodesep=0.2 ranksep=0.3"
    return "\n".join(
        [
            f"digraph {{\ngraph [{setting}]",
            'node [shape=box fixedsize=true label=""]\nedge [dir=none]',
            *framed(lines, inside, outers, [[_title(frame)] for frame in plan.frames]),
            *arrows,
            "}\n",
        ]
    )


def _node(name: str, size: Extent) -> str:
    width, height = size
    return f"{name} [width={width / INCH:.5f} height={height / INCH:.5f}]"


def framed(
    boxes: Sequence[str],
    inside: Sequence[int | None],
    outers: Sequence[int | None],
    headers: Sequence[Sequence[str]],
) -> list[str]:
    """The lines of boxes in the clusters that they belong in.

    Args:
        boxes: one line each.
        inside: the innermost frame of each box.
        outers: for each frame the earlier one that it lies in.
        headers: for each frame the lines that say how it looks.
    """
    page: list[str] = []
    contents = [list(header) for header in headers]
    for line, frame in zip(boxes, inside, strict=True):
        (page if frame is None else contents[frame]).append(line)
    for frame in reversed(range(len(contents))):  # inner ones come later
        outer = outers[frame]
        around, start = (page, 0) if outer is None else (contents[outer], len(headers[outer]))
        lines = [f"\t{line}" for line in contents[frame]]
        around[start:start] = [f"subgraph cluster_{frame} {{", *lines, "}"]
    return page


def _around(plan: Plan, frame: int | None) -> Iterator[int]:
    """A frame and those that it lies in."""
    while frame is not None:
        yield frame
        frame = plan.frames[frame].outer


def _common(plan: Plan, arrow: Arrow) -> int | None:
    """The innermost frame around both ends of an arrow."""
    ends = plan.inside[arrow.tail], plan.inside[arrow.head]
    around = set(_around(plan, ends[0]))
    return next((frame for frame in _around(plan, ends[1]) if frame in around), None)


def _title(frame: Frame) -> str:
    """An empty table that takes the room of the title: no font has a say in it."""
    width = math.ceil(frame.title + 2 * FRAME_PADDING - TITLE_PADDING[0])
    height = math.ceil(FRAME_TITLE - TITLE_PADDING[1])
    return (
        f'margin={FRAME_PADDING:g} label=<<table border="0" cellborder="0" cellpadding="0" '
        f'cellspacing="0" fixedsize="true" width="{width}" height="{height}">'
        "<tr><td></td></tr></table>>"
    )


def _coordinates(answer: dict[str, Any]) -> dict[str, str]:
    """For each node and edge its ``pos``, for each cluster its ``bb``, as dot writes them."""
    found = {one["name"]: one.get("pos") or one["bb"] for one in answer["objects"]}
    return found | {one["id"]: one["pos"] for one in answer.get("edges", ())}


def _numbers(text: str) -> list[float]:
    """Numbers like ``1.5,20``."""
    numbers = [float(number) for number in text.split(",")]
    if not all(abs(number) < FARTHEST for number in numbers):  # nan is not smaller either
        raise ValueError(f"no coordinates: {text}")
    return numbers


def _points(text: str) -> list[Point]:
    """Points like ``1.5,20 3,4``. Up is down on the page."""
    return [(x, -y) for x, y in map(_numbers, text.split())]


def _places(plan: Plan, found: dict[str, str]) -> Places:
    """The places as dot has them: the page lies above 0, so that every y is negative."""
    boxes = [_points(found[f"n{number}"])[0] for number in range(len(plan.boxes))]
    routes = []
    for number, arrow in enumerate(plan.arrows):
        names = [f"a{number}", f"b{number}"]
        strokes = [_points(part) for name in names for part in found.get(name, "").split(";")]
        strokes = [stroke for stroke in strokes if stroke]
        if any(len(stroke) < 4 or len(stroke) % 3 != 1 for stroke in strokes):
            raise ValueError("no curve: a start, and three points for each piece")
        last = strokes[-1]
        last[-1] = _on_border(last[-1], boxes[arrow.head], plan.boxes[arrow.head])
        middle = _points(found[f"l{number}"])[0] if f"l{number}" in found else last[len(last) // 2]
        routes.append(Route(strokes, middle))
    frames = [_rectangle(found[f"cluster_{number}"]) for number in range(len(plan.frames))]
    return Places(boxes, routes, frames, (0.0, 0.0))


def _on_border(point: Point, centre: Point, size: Extent) -> Point:
    """The point of the border next to `point`: dot rounds, and leaves room for a line's width."""
    (x, y), half_width, half_height = centre, size[0] / 2, size[1] / 2
    right = min(max((point[0] - x) / half_width, -1.0), 1.0)
    below = min(max((point[1] - y) / half_height, -1.0), 1.0)
    if abs(right) > abs(below):
        right = math.copysign(1.0, right)
    else:
        below = math.copysign(1.0, below)
    return x + right * half_width, y + below * half_height


def _rectangle(text: str) -> Rectangle:
    left, low, right, high = _numbers(text)
    return Rectangle(left, -high, right - left, high - low)


def _moved(plan: Plan, places: Places) -> Places:
    """The same with the upper left corner of all that is drawn at 0, 0, and the size."""
    corners = list(_corners(plan, places))
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    right, bottom = (max(corner[axis] for corner in corners) for axis in (0, 1))

    def moved(points: Sequence[Point]) -> list[Point]:
        return [(x - left, y - top) for x, y in points]

    return Places(
        moved(places.boxes),
        [Route([*map(moved, r.strokes)], moved([r.label])[0]) for r in places.routes],
        [frame._replace(x=frame.x - left, y=frame.y - top) for frame in places.frames],
        (right - left, bottom - top),
    )


def _corners(plan: Plan, places: Places) -> Iterator[Point]:
    """Points between which everything lies."""
    sizes = [*plan.boxes, *(arrow.label for arrow in plan.arrows)]
    centres = [*places.boxes, *(route.label for route in places.routes)]
    for (x, y), (width, height) in zip(centres, sizes, strict=True):
        yield x - width / 2, y - height / 2
        yield x + width / 2, y + height / 2
    for frame in places.frames:
        yield frame.x, frame.y
        yield frame.x + frame.width, frame.y + frame.height
    for route in places.routes:
        for stroke in route.strokes:
            yield from stroke
