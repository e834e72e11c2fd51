"""The terminal stepper: one page for each event of a pass, and a plain list of all events.

The text of a page is a function of the events and a place among them, so going back is as easy as
going on. `reverse_mode.py` and `forward_mode.py` make the events, `terminal.py` has the screen and
the keys.
"""

import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ...engine.value import Value
from ..text import DASH, MINUS, align, decimal
from ..words.formula import formula
from ..words.naming import kind_of
from ..words.term import computed_from
from .events import Contribute, Event, Forward
from .forward_mode import tangent_steps
from .layers import by_layers
from .names import Names
from .reverse_mode import steps
from .sentences import Teller, here, sums
from .terminal import RESIZED, Lines, fitted, is_terminal, opened

MOST_LINES = 3  # of the formula
LEAST_ROWS = 4  # of the table: the heading, two nodes, and how many there are besides
WIDEST = 32  # columns of a cell in the table
CURRENT, RECEIVING = ">", "+"
KEYS = "n next  p previous  q quit  ? help  f first  b backward pass  e end"
HELP = (
    "n, Enter, Space, Right   the next event",
    "p, Left                  the event before",
    "f, Home                  the first event",
    "b                        the start of the backward pass, or of the tangents",
    "e, End                   the last event",
    "q                        quit",
    "",
    f"In the table {CURRENT} marks the node that the event is about, {RECEIVING} the one that gets",
    "a contribution. A dash stands for what is not known yet or gets nothing.",
    "",
    "Any key leads back.",
)


class Run:
    """The events of one pass, with facts about all of them that each page needs.

    Args:
        root: the Value at the end of the graph.
        tangents: for forward mode, as in `tangent_steps`; without them it is backpropagation.

    Raises:
        TypeError, ValueError, StaleGraphError: as `steps` and `tangent_steps` do.
    """

    def __init__(self, root: Value, tangents: Mapping[Value, float] | None = None) -> None:
        self.events: list[Event] = [
            *(by_layers(steps(root)) if tangents is None else tangent_steps(root, tangents))
        ]
        self.nodes = [event.node for event in self.events if isinstance(event, Forward)]
        self.names: Names = self.events[0].names
        self.formula = formula(root, most=MOST_LINES).text.split("\n")
        self.found, self.sweep = ("gradient", "backward pass")
        if tangents is not None:
            self.found, self.sweep = ("tangent", "forward mode")

    @property
    def turn(self) -> int:
        """The position of the first event after the forward pass; if none, of the last event."""
        return min(len(self.nodes), len(self.events) - 1)


class State(NamedTuple):
    """The state of a pass after some events: numbers, gradients or tangents, and which are final.

    Attributes:
        data: the numbers of the nodes.
        found: gradients, or in forward mode tangents.
        status: the state of each gradient or tangent, in words.
    """

    data: dict[Node, float]
    found: dict[Node, float]
    status: dict[Node, str]


def state_after(events: Sequence[Event]) -> State:
    """The state after these events."""
    data, found, status = state = State({}, {}, {})
    for event in events:
        match event:
            case Forward(node, number):
                data[node] = number
            case Contribute(after=number):
                found[event.gets], status[event.gets] = number, event.status
            case _:
                found[event.node], status[event.node] = event.gradient, event.status
    return state


def place_after(key: str, place: int, run: Run) -> int:
    """The position among the events to which a key leads."""
    last = len(run.events) - 1
    match key:
        case "n" | "enter" | "space" | "right":
            return min(place + 1, last)
        case "p" | "left":
            return max(place - 1, 0)
        case "f" | "home":
            return 0
        case "e" | "end":
            return last
        case "b":
            return run.turn
    return place


# --- the text of a page ---------------------------------------------------------------------


def page(run: Run, place: int, height: int) -> tuple[list[str], frozenset[int]]:
    """The lines of the page for the event at `place`, and the positions of those in bold.

    In low terminals the table shows what is around the node of the event, and what can be spared
    goes: first the formula, then the keys and blank lines, the table, the heading, the reason last.
    """
    event, said = run.events[place], in_words(run.events[place])
    sweep = "forward pass" if isinstance(event, Forward) else run.sweep
    heading = f"event {place + 1} of {len(run.events)}, {sweep}"
    table = table_after(run, place)
    frames = (
        ([*run.formula, heading, ""], ["", *said, "", KEYS], LEAST_ROWS),
        ([heading, ""], ["", *said, "", KEYS], LEAST_ROWS),
        ([heading], said, 0),
    )
    room, above, below = next(
        (
            (height - len(above) - len(below), above, below)
            for above, below, least in frames
            if height - len(above) - len(below) >= least
        ),
        (0, [], said[:height]),
    )
    marked = [row for row, line in enumerate(table) if line.startswith((CURRENT, RECEIVING))]
    shown = _window(table, marked, room)
    strong = {len(above) + row for row, line in enumerate(shown) if line.startswith(CURRENT)}
    return [*above, *shown, *below], frozenset(
        {*strong, len(above) + len(shown) + (below[0] == "")}
    )


def table_after(run: Run, place: int) -> list[str]:
    """A table of the state of each node after the event at `place`."""
    state, event = state_after(run.events[: place + 1]), run.events[place]
    ends = (event.gets, event.gives) if isinstance(event, Contribute) else (event.node, event.node)
    marks = dict(zip(ends, (RECEIVING, CURRENT), strict=True))
    rows = [("", "name", "made by", "data", run.found, "")]
    for node in run.nodes:
        rows.append(
            (
                marks.get(node, ""),
                run.names[node],
                fitted(_made_by(node, run.names), WIDEST),
                _shown(state.data.get(node)),
                _shown(state.found.get(node)),
                state.status.get(node, ""),
            )
        )
    return align(rows)


def _made_by(node: Node, names: Names) -> str:
    return kind_of(node) if node.op is None else str(computed_from(node, names, names.numbers))


def _shown(number: float | None) -> str:
    return DASH if number is None else decimal(number)


def _window(table: Sequence[str], marked: Sequence[int], room: int) -> list[str]:
    """The heading and the rows near the marked ones, with the number of rows left out."""
    heading, *rows = table
    if len(table) <= room:
        return [heading, *rows]
    if room < LEAST_ROWS:
        return [table[row] for row in marked][:room]
    room -= 3  # the heading, and the lines above and below
    first = max(0, min(marked[0] - 1 - (room - 1) // 2, len(rows) - room))
    if len(marked) > 1 and marked[-1] - marked[0] >= room - 1:  # too far apart: each by itself
        return [heading, f"  … {len(rows) - 2:,} more", *(table[row] for row in marked)]
    last = first + room
    if first < 2:  # a word above would take the room of the one row, or of none
        first, last = 0, room + 1
    elif len(rows) - last < 2:
        first, last = len(rows) - room - 1, len(rows)
    above = [f"  … {first:,} above"] if first else []
    below = [f"  … {len(rows) - last:,} below"] if last < len(rows) else []
    return [heading, *above, *rows[first:last], *below]


def in_words(event: Event) -> list[str]:
    """An event as lines of text, with its numbers."""
    sentence = Teller().told(event, None).sentence
    lines = _flow_in_words(sentence, event) if isinstance(event, Contribute) else [sentence]
    why = "" if isinstance(event, Forward) else event.why
    return [*lines, f"why: {why}"] if why else lines


def _flow_in_words(sentence: str, event: Contribute) -> list[str]:
    """A contribution as lines of text, in either mode: the rule, the product and the sum."""
    rule, local = Teller().rule(event)
    rows = [("rule", rule), ("local derivative", here(event, local)), *sums(event)]
    lines = [f"{sentence}: contribution {event.use} of {event.uses}", *align(rows)]
    if event.upstream == event.contribution == 0.0 and not math.isfinite(event.local):
        lines.append("(0 passes exactly 0 on here, whatever the derivative)")
    return lines


def listing(run: Run) -> str:
    """All events by number, then the table of the last numbers, in plain characters."""
    wide = len(str(len(run.events)))
    lines = [f"{place:>{wide}}  {event}" for place, event in enumerate(run.events, 1)]
    table = [line[3:] for line in table_after(run, len(lines) - 1)]  # without the marks
    return "\n".join([*run.formula, "", *lines, "", *table]).replace(MINUS, "-")


# --- stepping -------------------------------------------------------------------------------


def step_through(run: Run, screen: Lines) -> None:
    """Show one page after another, as the keys demand, until the user quits."""
    place, key = 0, ""
    while key != "q":
        screen.show(*(page(run, place, screen.size[1]) if key != "?" else (HELP, frozenset())))
        asked = screen.key()
        if asked == RESIZED:
            continue
        if key != "?":
            place = place_after(asked, place, run)
        key = "" if key == "?" and asked != "q" else asked  # any key leads out of the help


def present(run: Run, plain: bool = False) -> None:
    """Step through a pass in the terminal; or list it, if `plain` or without a terminal."""
    if plain or not is_terminal(sys.stdin, sys.stdout):
        print(listing(run))
        return
    with opened(sys.stdin, sys.stdout, os.environ) as screen:
        step_through(run, screen)
