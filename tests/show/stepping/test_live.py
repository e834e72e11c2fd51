"""A live page in a real browser: with other numbers it says what Python finds with them."""

import math
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from ordinary import graphs

import autograd as ag
from autograd import Value, recompute
from autograd.engine.graph import topological_order
from autograd.engine.node import Node
from autograd.show.stepping.events import Contribute, Final, Forward, Given
from autograd.show.stepping.layers import by_layers, given_together
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from tests.browser import Open, Opened
from tests.played import MAKES, choosing
from tests.random_graphs import made, random_arguments, random_function

pytestmark = pytest.mark.needs("chromium")
INF, NAN = math.inf, math.nan
TITLE = re.compile(r"(.*?)(?: \([^)]*\))?: data = (\S+?)(?:, grad = (\S+), (.*))?")


ORDINARY = [
    pytest.param(root, id=f"{kind} {nodes}", marks=[pytest.mark.slow] if nodes > 10 else [])
    for nodes, kind, root in graphs()
    if nodes < 300
]


# --- as recorded ----------------------------------------------------------------------------


MOVES = """() => {
  const told = (x) => (typeof x !== "number" || Number.isFinite(x) ? x : repr(x));
  const withData = (move) =>
    move.kind === "forward" ? { ...move, data: data[move.node] }
    : move.kind === "given" ? { ...move, data: move.nodes.map((node) => data[node]) }
    : move;
  return moves.map((move) => Object.fromEntries(
    Object.entries(withData(move)).map(([key, x]) => [key, x.map ? x.map(told) : told(x)])));
}"""


@pytest.mark.parametrize("make", MAKES)
def test_the_events_of_the_page_are_those_of_the_documented_data(
    opened: Open, make: Callable[[], Value]
) -> None:
    player = play(make())
    assert opened(player).page.evaluate(MOVES) == player.data()["events"]


def way(event: dict[str, Any]) -> tuple[Any, ...]:
    """What happens in an event, without its numbers."""
    return tuple(event.get(key) for key in ("kind", "node", "slot", "parent", "use", "uses"))


def check_order(page: Opened, root: Value) -> None:
    """The events are those of Python, in the order in which that plays them."""
    found = page.page.evaluate(MOVES)
    assert list(map(way, found)) == list(map(way, play(root, collapse=None).data()["events"]))


def reasons(page: Opened, root: Value) -> tuple[list[str], list[str]]:
    """Why each event happens, in the page and in Python."""
    found = page.page.evaluate("() => [...Array(count()).keys()].map(reasonAt)")
    events = given_together(by_layers(steps(root)))
    return found, ["" if isinstance(event, Forward | Given) else event.why for event in events]


@pytest.mark.parametrize("make", [*MAKES, *ORDINARY])
def test_the_page_says_why_as_the_terminal_does(
    opened: Open, make: Callable[[], Value] | Value
) -> None:
    root = make if isinstance(make, Value) else make()
    found, wanted = reasons(opened(play(root)), root)
    assert found == wanted


def test_with_another_choice_it_has_other_reasons(opened: Open) -> None:
    root = choosing()
    page = opened(play(root, collapse=None))
    before, _ = reasons(page, root)
    assert enter(page, root, {next(x for x in leaves(root) if x.label == "a"): -1.0})
    found, wanted = reasons(page, root)
    assert found == wanted
    assert found != before
    page.page.keyboard.press("Escape")
    page.page.click("#backward")
    assert page.text("reason") == "1, because root is what we differentiate"


# --- other numbers --------------------------------------------------------------------------


def truth(root: Value) -> dict[str, tuple[float, float | None]]:
    """The number and the gradient of every node by name, from Python."""
    found: dict[str, tuple[float, float | None]] = {}
    for event in steps(root):
        name = event.names[event.node]
        if isinstance(event, Forward):
            found[name] = (event.data, None)
        elif isinstance(event, Final):
            found[name] = (found[name][0], event.gradient)
    return found


def largest(numbers: Sequence[float]) -> float:
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)


def on_screen(page: Opened) -> dict[str, tuple[float, float | None]]:
    """The number and the gradient in every box, with all of their digits."""
    found: dict[str, tuple[float, float | None]] = {}
    for title in page.page.locator("svg title").all_text_contents():
        if match := TITLE.fullmatch(title):
            name, *numbers, _ = match.groups()
            data, grad = (None if x in (None, "–") else float(x.replace("−", "-")) for x in numbers)
            assert data is not None
            found[name] = (data, grad)
    return found


def check(page: Opened, root: Value, exact: bool = False) -> None:
    """Everything on the screen is what Python finds: to 1e-12 of the largest term."""
    wanted, found = truth(root), on_screen(page)
    terms = [event.contribution for event in steps(root) if isinstance(event, Contribute)]
    rooms = largest([data for data, _ in wanted.values()]), largest([*terms, 1.0])
    for name, numbers in found.items():
        if name not in wanted:
            continue  # the box of a plain number
        for x, y, room in zip(numbers, wanted[name], rooms, strict=True):
            if x is None or y is None or repr(x) == repr(y):
                assert (x is None) == (y is None), name
            else:
                assert not exact, (name, x, y)
                assert abs(x - y) <= 1e-12 * room, (name, x, y)
    assert len(found) >= len([node for node in topological_order(root) if not node.is_constant])


def written(x: float) -> str:
    return repr(x)


def leaves(root: Value) -> list[Node]:
    order = topological_order(root)
    return [node for node in order if node.op is None and not node.is_constant]


def enter(page: Opened, root: Value, numbers: dict[Node, float]) -> bool:
    """Type numbers in the page, and give them to the leaves in Python; whether that has a value."""
    names = next(iter(steps(root))).names
    before = {node: node._data for node in numbers}
    for node, x in numbers.items():
        assert isinstance(node, Value)
        node.data = x
    try:
        recompute(root)
    except IndexError:
        for node, x in before.items():
            node.data = x  # type: ignore[attr-defined]
        recompute(root)
        return False
    for node, x in numbers.items():
        page.page.get_by_role("spinbutton", name=names[node], exact=True).fill(written(x))
    return True


def random_root(seed: int) -> tuple[Value, random.Random]:
    draw = random.Random(f"live {seed}")
    while True:
        function = random_function(draw, draw.randint(2, 12))
        numbers, positions = random_arguments(draw, function.inputs)
        xs = [Value(x) for x in numbers]
        for i, x in enumerate(xs):
            x.label = f"x{i}"
        try:
            root = made(function.source(several=False))(xs, positions)
        except IndexError:
            continue
        if isinstance(root, Value) and 3 < len(topological_order(root)) <= 60 and leaves(root):
            return root, draw


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(s, marks=pytest.mark.slow) for s in range(12, 200))]
)
def test_a_random_graph_has_the_numbers_of_python_for_random_inputs(
    opened: Open, seed: int
) -> None:
    root, draw = random_root(seed)
    width = 360 if seed % 2 else 1280
    page = opened(play(root, collapse=None), viewport={"width": width, "height": 800})
    page.page.keyboard.press("End")
    check(page, root)
    check_order(page, root)
    for _ in range(2):
        free = leaves(root)
        chosen = draw.sample(free, min(len(free), draw.randint(1, 3)))
        numbers, _ = random_arguments(draw, len(chosen))
        if enter(page, root, dict(zip(chosen, numbers, strict=True))):
            check(page, root)
            check_order(page, root)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def arithmetic(draw: random.Random) -> Value:
    found = [Value(draw.choice((0.1, 1.5, -2.0, 3.0)), f"x{i}") for i in range(4)]
    for _ in range(12):
        x, y = draw.sample(found, 2)
        found.append(
            draw.choice([x + y, x - y, x * y, x / y, -x, abs(x), ag.relu(x), ag.maximum(x, y)])
        )
    return ag.sum(found) / 3.0


@pytest.mark.parametrize("seed", range(6))
def test_arithmetic_is_exact(opened: Open, seed: int) -> None:
    draw = random.Random(seed)
    root = arithmetic(draw)
    page = opened(play(root, collapse=None))
    page.page.keyboard.press("End")
    for x in (0.3, -0.0, 1e-200, 7.0):
        assert enter(page, root, {draw.choice(leaves(root)): x})
        check(page, root, exact=True)
        assert page.page.evaluate(MOVES) == play(root, collapse=None).data()["events"]
