"""From events to an animation: which rows change, what is marked, and that folding stays quick."""

from autograd import Value, constant
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.graphs.view import view
from autograd.show.stepping.animate import animate, reached
from autograd.show.stepping.animation import ROWS, Animation, Mark
from autograd.show.stepping.events import Contribute, Event, Forward
from autograd.show.stepping.flaws import flaws_of
from autograd.show.stepping.reverse_mode import steps
from tests.played import network, square


def filmed(
    root: Value, collapse: str | None = None, events: list[Event] | None = None
) -> Animation:
    played = list(steps(root)) if events is None else events
    return animate(view(root, collapse), played, flaws_of(played), down=False)


def says(animation: Animation) -> list[dict[int, str]]:
    """What each row says at each event."""
    known: dict[int, str] = {}
    found = []
    for changes in animation.changes:
        known |= {row: said.shown for row, said in changes}
        found.append(dict(known))
    return found


def test_an_event_changes_the_rows_of_its_box_and_the_labels_that_lead_to_it() -> None:
    animation = filmed(square())
    assert says(animation) == [
        {0: "3"},
        {0: "3", 4: "9", 8: "3", 9: "3"},
        {0: "3", 4: "9", 8: "3", 9: "3", 5: "1", 6: "seed"},
        {0: "3", 4: "9", 8: "3", 9: "3", 5: "1", 6: "final"},
        {0: "3", 4: "9", 8: "3", 9: "3", 5: "1", 6: "final", 1: "3", 2: "1 of 2 uses"},
        {0: "3", 4: "9", 8: "3", 9: "3", 5: "1", 6: "final", 1: "6", 2: "final"},
        {0: "3", 4: "9", 8: "3", 9: "3", 5: "1", 6: "final", 1: "6", 2: "final"},
    ]


def test_a_change_is_a_change() -> None:
    for collapse in (None, "neuron", "layer"):
        known: dict[int, object] = {}
        for changes in filmed(network(), collapse).changes:
            for row, said in changes:
                assert known.get(row) != said
                known[row] = said


def test_an_event_points_at_its_boxes_and_its_edge() -> None:
    marks = filmed(square()).marks
    assert marks[:4] == [Mark(0, "given"), Mark(1, "computed"), Mark(1, "seed"), Mark(1, "final")]
    assert marks[4:] == [
        Mark(1, "upstream", 0, "receives", 0, "+=", 3.0),
        Mark(1, "upstream", 0, "receives", 1, "+=", 3.0),
        Mark(0, "final"),
    ]


def test_boxes_have_room_for_all_that_they_will_say() -> None:
    x = Value(1.0, "x")
    animation = filmed(x * 123.4 + x * -0.00001234)
    longest = max(len(said.shown) for each in animation.changes for row, said in each if row < ROWS)
    assert animation.content.boxes[0].width >= longest * 7.0


def test_a_number_that_moves_on_stands_beside_the_one_that_was_used() -> None:
    root = square()
    events = list(steps(root))
    moved = Forward(events[0].node, 5.0, events[0].names)
    animation = filmed(root, events=[*events[:2], moved, *events[2:]])
    assert says(animation)[2][0] == "3, now 5"
    assert animation.marks[2].tag == "moved"


def test_a_group_shows_its_parameters_once_they_are_all_there() -> None:
    root = network()
    animation = filmed(root, "neuron")
    groups = [number for number, box in enumerate(animation.content.boxes) if box.is_group]
    first = [frame.get(ROWS * groups[0] + 3, "") for frame in says(animation)]
    assert first[0] == ""
    assert first[-1].startswith("w0 ")
    last = says(animation)[-1][ROWS * groups[-1] + 3]
    assert last.startswith("parameters ")
    assert last.endswith("(4)")


def test_what_is_left_of_an_earlier_pass_is_said() -> None:
    root = square()
    events = list(steps(root))
    again = [*events, *events[2:]]
    known = list(reached(again, flaws_of(again)))
    assert known[len(events)][2][root.parents[0]].status == "from before"


def test_no_event_changes_more_rows_in_a_larger_batch() -> None:
    most = []
    for samples in (2, 8):
        model = MLP(1, [4, 1], rng=0)
        root = mse_loss([model([float(i)]) for i in range(samples)], [0.0] * samples)
        events, changes = list(steps(root)), filmed(root, "layer").changes
        flows = [c for e, c in zip(events, changes, strict=True) if isinstance(e, Contribute)]
        most.append(max(map(len, flows)))
    assert most[0] == most[1]


def test_a_constant_alone_is_filmed() -> None:
    assert says(filmed(constant(3.0, "k"))) == [{0: "3"}]
