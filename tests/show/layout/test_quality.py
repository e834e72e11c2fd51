"""Laws of quality: crossings, bends and area of ten graphs stay within what they were.

A change that makes pictures worse but keeps them legal breaks some of them: that is tested too.
"""

from collections.abc import Callable, Iterator
from functools import partialmethod
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from gallery import attention, batch, network, polynomial, softmax
from shapes import chain, descent, one_leaf, recurrent, wide_sum
from show import expression

from autograd import Value
from autograd.show.graphs import arrange, graph_svg
from autograd.show.graphs.arrange import arrange as arranged
from autograd.show.graphs.graph_svg import plan_of
from autograd.show.graphs.view import view
from autograd.show.layout import ordering, placing, ranks
from autograd.show.layout.layered import lay_out
from autograd.show.layout.places import Places, Point

MARGIN = 1.05  # of what was measured, that bends and area may grow


class Quality(NamedTuple):
    """How many arrows cross, how often they bend, and the page in thousands of square pixels."""

    crossings: int
    bends: int
    area: int

    def within(self, bounds: "Quality") -> bool:
        return (
            self.crossings <= bounds.crossings
            and self.bends <= MARGIN * bounds.bends
            and self.area <= MARGIN * bounds.area
        )


GRAPHS: dict[str, tuple[Callable[[], Value], Quality]] = {
    "polynomial": (polynomial, Quality(0, 11, 154)),
    "softmax": (softmax, Quality(4, 42, 341)),
    "network": (network, Quality(42, 146, 6900)),
    "batch": (lambda: batch(3), Quality(0, 61, 4020)),
    "attention": (lambda: attention(2), Quality(19, 158, 7401)),
    "chain": (lambda: chain(60), Quality(0, 112, 1630)),
    "recurrent": (lambda: recurrent(90), Quality(16, 145, 4284)),
    "descent": (lambda: descent(60), Quality(6, 174, 3047)),
    "sums": (lambda: wide_sum(40) * one_leaf(20), Quality(0, 93, 2695)),
    "expression": (lambda: expression(60), Quality(37, 222, 2288)),
}


def measured(root: Value) -> Quality:
    places = lay_out(plan_of(arranged(view(root, None), down=False), down=False))
    bends = sum(
        abs(start[1] - end[1]) > 0.5
        for route in places.routes
        for stroke in route.strokes
        for start, end in pairwise(stroke[::3])
    )
    width, height = places.size
    return Quality(crossings(places), bends, round(width * height / 1000))


def crossings(places: Places) -> int:
    """How many pairs of arrows cross, counted once for each place where they do."""
    pieces = [
        (number, list(sampled(stroke[start : start + 4])))
        for number, route in enumerate(places.routes)
        for stroke in route.strokes
        for start in range(0, len(stroke) - 1, 3)
    ]
    pieces.sort(key=lambda piece: piece[1][0][0])
    count = 0
    for place, (one, line) in enumerate(pieces):
        for other, another in pieces[place + 1 :]:
            if another[0][0] >= line[-1][0]:
                break
            if one != other and overlap(line, another):
                count += any(cross(*a, *b) for a in pairwise(line) for b in pairwise(another))
    return count


def sampled(curve: list[Point]) -> Iterator[Point]:
    """Points on a cubic Bézier curve, just its ends if it is straight."""
    a, b, c, d = curve
    steps = 1 if abs(a[1] - d[1]) < 0.5 else 6
    for step in range(steps + 1):
        t = step / steps
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1))
        yield x, y


def overlap(line: list[Point], other: list[Point]) -> bool:
    (top, end), (low, high) = (sorted((x[0][1], x[-1][1])) for x in (line, other))
    return top < high and low < end


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two segments cross, not only touch."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < -1e-6 and side(c, d, a) * side(c, d, b) < -1e-6


@pytest.mark.parametrize("name", list(GRAPHS))
def test_a_drawing_is_as_good_as_it_was(name: str) -> None:
    make, bounds = GRAPHS[name]
    found = measured(make())
    assert found.within(bounds), f"{found} is worse than {bounds}"


def no_sorting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "PASSES", 0)


def no_walk_from_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_made(cells: ranks.Cells) -> ordering.Rows:
        rows: ordering.Rows = [[] for _ in range(max(cells.ranks) + 1)]
        pins = {pin for pins in cells.pins.values() for pin, _ in pins}
        for cell, rank in enumerate(cells.ranks):
            if cell not in pins:
                rows[rank].append(cell)
        return rows

    monkeypatch.setattr(ordering, "_first_order", as_made)


def no_repeated_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrange, "NEAR", 10**9)


def no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrange, "SHORTEST_ROW", 1e9)


def wide_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    init = placing.Placing.__init__
    wide = partialmethod(lambda placed, cells, rows, gap: init(placed, cells, rows, 2.0 * gap))
    monkeypatch.setattr(placing.Placing, "__init__", wide)


def nothing_tidied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing.Placing, "_tidy", lambda placed: None)


def all_pulls_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_svg, "POWER", 0)


def all_as_early_as_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(heads: Any, entered: Any = frozenset()) -> list[int]:
        found = [int(item in entered) for item in range(len(heads))]
        for item, uses in enumerate(heads):
            for head in uses:
                if head != ranks.OUTSIDE:
                    found[head] = max(found[head], found[item] + 1)
        return found

    monkeypatch.setattr(ranks, "rank_items", early)
    monkeypatch.setattr(arrange, "rank_items", early)


WORSE = [
    no_sorting,
    no_walk_from_the_end,
    no_repeated_boxes,
    no_rows,
    wide_gaps,
    nothing_tidied,
    all_pulls_the_same,
    all_as_early_as_can_be,
]


@pytest.mark.parametrize("change", WORSE)
def test_a_change_that_makes_pictures_worse_breaks_a_law(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    assert not all(measured(make()).within(bounds) for make, bounds in GRAPHS.values())


if __name__ == "__main__":  # what is measured now, to be written above
    for name, (make, _) in GRAPHS.items():
        print(name, measured(make()))
    with pytest.MonkeyPatch.context() as patch:
        for change in WORSE:
            change(patch)
            print(change.__name__, [tuple(measured(make())) for make, _ in GRAPHS.values()])
            patch.undo()
