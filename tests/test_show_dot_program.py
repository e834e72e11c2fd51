"""The dot program: where it puts things, and what is said when it cannot."""

import random
import stat
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from autograd.show.layout.dot_program import DotError, framed, place, render, skeleton
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
)

LABEL = (30.0, 17.0)
TINY = 1.0  # dot rounds to whole points


def random_plan(seed: int, down: bool) -> Plan:
    """Boxes in a row of frames, some of which hold another, with arrows that lead forward."""
    choose = random.Random(seed)
    inside: list[int | None] = []
    frames: list[Frame] = []
    for _ in range(6):
        inside += [None] * choose.randrange(2)
        frames.append(Frame(None, choose.choice([0.0, 60.0, 300.0])))
        outer = len(frames) - 1
        inside += [outer] * choose.randrange(1, 4)
        if choose.random() < 0.5:
            frames.append(Frame(outer, choose.choice([20.0, 200.0])))
            inside += [len(frames) - 1] * choose.randrange(1, 4)
    ends = [(choose.randrange(head), head) for head in range(1, len(inside)) for _ in range(2)]
    arrows = [
        Arrow(tail, head, choose.choice([LABEL, LABEL, (0.0, 0.0)]), choose.choice([1.0, 0.2]))
        for tail, head in ends
    ]
    sizes = [(choose.uniform(20, 150), choose.uniform(20, 90)) for _ in inside]
    return Plan(sizes, arrows, inside, frames, down)


PLANS = {
    "one box": Plan([(80.0, 40.0)], [], [None], []),
    "two edges between two boxes": Plan(
        [(80.0, 40.0)] * 2, [Arrow(0, 1, LABEL)] * 2, [None] * 2, []
    ),
    "a title wider than its frame": Plan([(20.0, 20.0)], [], [0], [Frame(None, 400.0)]),
    "a fan of 40": Plan(
        [(30.0, 28.0)] * 40 + [(90.0, 200.0)],
        [Arrow(tail, 40, LABEL) for tail in range(40)],
        [None] * 41,
        [],
    ),
    **{f"random {seed}": random_plan(seed, down=False) for seed in range(8)},
    **{f"random {seed} down": random_plan(seed, down=True) for seed in range(8)},
}
every_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))


def area(centre: Point, size: Extent) -> Rectangle:
    return Rectangle(centre[0] - size[0] / 2, centre[1] - size[1] / 2, *size)


def areas(plan: Plan, places: Places) -> list[Rectangle]:
    """What the boxes take, and then the labels."""
    boxes = [area(*each) for each in zip(places.boxes, plan.boxes, strict=True)]
    routes = zip(places.routes, plan.arrows, strict=True)
    return boxes + [area(route.label, arrow.label) for route, arrow in routes if arrow.label[0]]


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return (
        one.x + TINY < other.x + other.width
        and other.x + TINY < one.x + one.width
        and one.y + TINY < other.y + other.height
        and other.y + TINY < one.y + one.height
    )


def encloses(outer: Rectangle, inner: Rectangle, padding: float = 0.0, title: float = 0.0) -> bool:
    left, top = inner.x - outer.x, inner.y - outer.y
    right, below = outer.width - left - inner.width, outer.height - top - inner.height
    return min(left, right, below) >= padding - TINY and top >= padding + title - TINY


def ways_out(plan: Plan, box: int) -> list[int]:
    """The frames around a box, the innermost first."""
    frames = []
    frame = plan.inside[box]
    while frame is not None:
        frames.append(frame)
        frame = plan.frames[frame].outer
    return frames


@pytest.mark.needs("dot")
@every_plan
def test_every_box_arrow_and_frame_has_a_place_on_the_page(plan: Plan) -> None:
    places = place(plan)
    assert len(places.boxes) == len(plan.boxes)
    assert len(places.routes) == len(plan.arrows)
    assert len(places.frames) == len(plan.frames)
    page = Rectangle(0.0, 0.0, *places.size)
    for each in [*areas(plan, places), *places.frames]:
        assert encloses(page, each)
    for route in places.routes:
        for stroke in route.strokes:
            for x, y in stroke:
                assert -1e-9 <= x <= places.size[0] + 1e-9
                assert -1e-9 <= y <= places.size[1] + 1e-9


@pytest.mark.needs("dot")
@every_plan
def test_boxes_and_labels_do_not_overlap(plan: Plan) -> None:
    for one, other in combinations(areas(plan, place(plan)), 2):
        assert not overlap(one, other)


@pytest.mark.needs("dot")
@every_plan
def test_frames_enclose_what_lies_in_them_with_room_for_their_titles_and_nothing_else(
    plan: Plan,
) -> None:
    places = place(plan)
    for box, taken in enumerate(areas(plan, places)[: len(plan.boxes)]):
        around = ways_out(plan, box)
        for number, frame in enumerate(places.frames):
            if number in around:
                assert encloses(frame, taken, FRAME_PADDING, FRAME_TITLE)
            else:
                assert not overlap(frame, taken)
    for frame, (outer, title) in zip(places.frames, plan.frames, strict=True):
        assert frame.width >= title + 2 * FRAME_PADDING - TINY
        if outer is not None:
            assert encloses(places.frames[outer], frame, FRAME_PADDING, FRAME_TITLE)


@pytest.mark.needs("dot")
@every_plan
def test_arrows_run_forward_and_end_at_the_border_of_their_head(plan: Plan) -> None:
    places = place(plan)
    axis = 1 if plan.down else 0
    for arrow, route in zip(plan.arrows, places.routes, strict=True):
        assert len(route.strokes) == (2 if arrow.label[0] else 1)
        for stroke in route.strokes:
            assert len(stroke) >= 4
            assert len(stroke) % 3 == 1
        assert places.boxes[arrow.tail][axis] < places.boxes[arrow.head][axis]
        (x, y), (width, height) = places.boxes[arrow.head], plan.boxes[arrow.head]
        right, below = (
            abs(route.strokes[-1][-1][0] - x) / width,
            abs(route.strokes[-1][-1][1] - y) / height,
        )
        assert max(right, below) == pytest.approx(0.5)


@pytest.mark.needs("dot")
def test_y_grows_downward() -> None:
    plan = Plan([(40.0, 20.0)] * 2, [Arrow(0, 1, LABEL)], [None] * 2, [], down=True)
    (_, first), (_, second) = place(plan).boxes
    assert first == 10.0
    assert second > 30.0


@pytest.mark.needs("dot")
def test_a_weak_arrow_gives_way_to_a_strong_one() -> None:
    boxes = [(40.0, 20.0)] * 4
    arrows = [Arrow(0, 3, (0.0, 0.0), 1.0), *[Arrow(tail, 3, (0.0, 0.0), 0.2) for tail in (1, 2)]]
    heights = [y for _, y in place(Plan(boxes, arrows, [None] * 4, [])).boxes]
    assert heights[0] == heights[3]


@pytest.mark.needs("dot")
def test_the_places_are_the_same_every_time_in_every_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = PLANS["random 3"]
    first = place(plan)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert place(plan) == first


def test_frames_nest_as_the_plan_says() -> None:
    outers = [None, 0, None]
    lines = framed(["a", "b", "c", "d"], [1, 0, None, 2], outers, [["x"], ["y"], ["z"]])
    assert [line.strip() for line in lines] == [
        "subgraph cluster_0 {",
        "x",
        "subgraph cluster_1 {",
        "y",
        "a",
        "}",
        "b",
        "}",
        "subgraph cluster_2 {",
        "z",
        "d",
        "}",
        "c",
    ]


def test_a_thousand_frames_in_one_another_do_not_recurse() -> None:
    outers = [None, *range(999)]
    assert len(framed(["n0"], [999], outers, [[] for _ in outers])) == 2001


# --- when the program is missing or broken -------------------------------------------------

PLAN = PLANS["one box"]
Ask = Callable[[], object]
ASKS: dict[str, Ask] = {
    "place": lambda: place(PLAN, seconds=0.5),
    "png": lambda: render("digraph { a }", "png", seconds=0.5),
    "pdf": lambda: render("digraph { a }", "pdf", seconds=0.5),
}
every_ask = pytest.mark.parametrize("ask", ASKS.values(), ids=list(ASKS))


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a script in the place of the dot program."""

    def write(script: str) -> None:
        path = tmp_path / "dot"
        path.write_text(script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return write


@every_ask
def test_a_missing_program_is_named_with_the_way_to_install_it(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DotError, match="not on the PATH") as raised:
        ask()
    for word in ("apt install graphviz", "brew install graphviz", "winget install graphviz"):
        assert word in str(raised.value)


def test_it_is_said_what_needs_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DotError, match="engine='builtin' needs nothing"):
        place(PLAN)
    with pytest.raises(DotError, match=r"saving as \.svg needs nothing"):
        render("digraph {}", "png")


BROKEN = {
    "exits 1": "#!/bin/sh\nexit 1\n",
    "exits 1 without reading": "#!/bin/sh\nexec <&-\nexit 1\n",
    "dies": "#!/bin/sh\nkill -9 $$\n",
    "is silent": "#!/bin/sh\nexit 0\n",
    "prints garbage": "#!/bin/sh\nhead -c 5000 /dev/urandom\n",
    "prints other JSON": "#!/bin/sh\necho '[1, 2]'\n",
    "prints a graph without coordinates": '#!/bin/sh\necho \'{"objects": [{"name": "n0"}]}\'\n',
    "prints coordinates that are none": (
        '#!/bin/sh\necho \'{"objects": [{"name": "n0", "pos": "nan,1"}]}\'\n'
    ),
    "prints numbers with a comma": (
        '#!/bin/sh\necho \'{"objects": [{"name": "n0", "pos": "1,5,2,5"}]}\'\n'
    ),
    "prints lists in lists": '#!/bin/sh\nprintf "[%.0s" $(seq 100000)\n',
    "hangs": "#!/bin/sh\nexec sleep 60\n",
    "is no program": "\x00\x01\x02",
}


@every_ask
@pytest.mark.parametrize("script", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_program_is_a_dot_error(
    ask: Ask, script: str, program: Callable[[str], None]
) -> None:
    program(script)
    with pytest.raises(DotError):
        ask()


def test_a_program_that_takes_too_long_is_ended_and_it_is_said_what_to_do(
    program: Callable[[str], None],
) -> None:
    program("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(DotError, match=r"longer than 0\.5 s.*collapse=.*engine='builtin'"):
        place(PLAN, seconds=0.5)


def test_a_failure_is_told_with_its_exit_code_and_first_line(
    program: Callable[[str], None],
) -> None:
    program("#!/bin/sh\nprintf 'out of \\033[31mink\\nmore\\n' >&2\nexit 3\n")
    with pytest.raises(DotError, match="exit code 3: out of \ufffd\\[31mink") as raised:
        place(PLAN)
    assert "more" not in str(raised.value)


def test_a_program_without_the_format_is_a_dot_error(program: Callable[[str], None]) -> None:
    program("#!/bin/sh\necho 'Format: \"png\" not recognized. Use one of: dot json0' >&2\nexit 1\n")
    with pytest.raises(DotError, match='Format: "png" not recognized'):
        render("digraph {}", "png")


@pytest.mark.needs("dot")
def test_text_that_is_no_dot_is_a_dot_error() -> None:
    with pytest.raises(DotError, match=r"exit code 1: .*syntax error"):
        render("digraph {", "png")


# --- rendering -----------------------------------------------------------------------------


@pytest.mark.needs("dot")
@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-")])
def test_dot_text_is_rendered(format: str, start: bytes) -> None:
    assert render('digraph { a [label="é Σ"] }', format).startswith(start)


@pytest.mark.needs("dot")
def test_a_png_has_two_dots_per_pixel_of_the_page() -> None:
    box = "digraph { graph [pad=0 margin=0] a [shape=box fixedsize=true width=3 height=2] }"
    png = render(box, "png")
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert abs(width - 2 * 216) <= 4
    assert abs(height - 2 * 144) <= 4


@pytest.mark.parametrize("format", ["svg", "PNG", "", "png:cairo", "png -ox"])
def test_other_formats_are_refused(format: str) -> None:
    with pytest.raises(ValueError, match="format is 'png' or 'pdf'"):
        render("digraph {}", format)


def test_the_skeleton_says_sizes_and_nothing_else() -> None:
    assert skeleton(PLAN) == (
        "digraph {\n"
        "graph [rankdir=LR newrank=true nodesep=0.2 ranksep=0.3]\n"
        'node [shape=box fixedsize=true label=""]\n'
        "edge [dir=none]\n"
        "n0 [width=1.11111 height=0.55556]\n"
        "}\n"
    )
