"""The order in which a pass is played: by distance from the root, with the bits of backward()."""

import random
import re

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.engine.graph import edges, gradients
from autograd.engine.node import Node
from autograd.engine.numbers import same
from autograd.show.stepping.events import (
    Contribute,
    Event,
    Final,
    Forward,
    Given,
    Reordered,
    start_of,
)
from autograd.show.stepping.layers import by_layers, given_together
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.terminal_stepper import Run
from autograd.teach import faults
from autograd.teach.faults import compare
from tests.played import crossing


def random_value(seed: int) -> Value:
    """A graph of arithmetic whose nodes are used at many distances from the root."""
    draw = random.Random(f"layers {seed}")
    found = [Value(draw.uniform(-2.0, 2.0), f"x{i}") for i in range(3)]
    for _ in range(draw.randint(3, 40)):
        x, y = draw.choice(found), draw.choice(found[-6:])
        found.append(draw.choice([x + y, y + x, x - y, x * y, y * x, y.relu(), y * 0.3]))
    return ag.sum(found[-4:]) * found[0] + found[1]


def farthest(root: Node) -> dict[Node, int]:
    """The longest distance from the root of each node that a gradient reaches."""
    found, waiting = {root: 0}, [root]
    while waiting:
        node = waiting.pop()
        for _, parent, _ in edges(node, connected=False):
            if found.get(parent, -1) <= found[node]:
                found[parent] = found[node] + 1
                waiting.append(parent)
    return found


def contributions(events: list[Event]) -> list[Contribute]:
    return [event for event in events if isinstance(event, Contribute)]


RANDOM = [*range(40), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(40, 200))]


@pytest.mark.parametrize("seed", RANDOM)
def test_the_distance_from_the_root_never_falls(seed: int) -> None:
    root = random_value(seed)
    distance = farthest(root)
    events = [event for event in by_layers(steps(root)) if isinstance(event, Final)]
    found = [distance[event.node] for event in events]
    assert found == sorted(found)
    in_order = [event.node for event in steps(root) if isinstance(event, Final)]
    wanted = sorted(in_order, key=lambda node: distance[node])  # equal ones as they were
    assert [event.node for event in events] == wanted


@pytest.mark.parametrize("seed", RANDOM)
def test_the_gradients_are_the_bits_of_backward(seed: int) -> None:
    root = random_value(seed)
    wanted = gradients(root, 1.0)
    found = {e.node: e.gradient for e in by_layers(steps(root)) if isinstance(e, Final)}
    assert found.keys() == wanted.keys()
    assert all(same(found[node], wanted[node]) for node in wanted)


@pytest.mark.parametrize("seed", RANDOM)
def test_what_has_arrived_is_added_in_the_order_of_backward(seed: int) -> None:
    root = random_value(seed)
    place = {(e.node, e.slot): i for i, e in enumerate(contributions(list(steps(root))))}
    arrived: dict[Node, list[Contribute]] = {}
    for event in contributions(by_layers(steps(root))):
        there = arrived.setdefault(event.parent, [])
        assert same(event.before, there[-1].after if there else start_of(event.contribution))
        there.append(event)
        first, *others = sorted(there, key=lambda e: place[e.node, e.slot])
        total = first.contribution
        for other in others:
            total += other.contribution
        assert same(event.after, total)
        assert event.use == len(there)


def test_an_event_says_where_before_and_contribution_are_not_quite_after() -> None:
    events = contributions(by_layers(steps(crossing())))
    for event in events:
        is_sum = event.use == 1 or same(event.before + event.contribution, event.after)
        assert is_sum == (type(event) is Contribute)
        assert ("≈" in repr(event)) == isinstance(event, Reordered)
    assert any(isinstance(event, Reordered) for event in events)


def test_what_comes_early_may_be_added_last() -> None:
    x = Value(1.0, "x")
    root = x + ((x * -1e16).exp() * 0.0 + (x * 1e16 + (x + 0.0) * -1e16))
    found = [(e.before, e.after) for e in contributions(by_layers(steps(root))) if e.parent is x]
    assert found[0] == (0.0, 1.0)
    assert found[-1][1] == gradients(root, 1.0)[x]


def test_steps_and_given_events_keep_their_own_order() -> None:
    root = crossing()
    own = list(map(repr, steps(root)))
    assert own != list(map(repr, by_layers(steps(root))))
    assert list(map(repr, play(root, events=steps(root)).events)) == own


def test_the_page_the_text_and_the_terminal_play_one_order() -> None:
    root = crossing()
    back = [repr(e) for e in by_layers(steps(root)) if isinstance(e, Contribute | Final)]
    player = play(root)
    assert list(map(repr, player.events))[-len(back) :] == back
    assert list(map(repr, Run(root).events))[-len(back) :] == back
    said = [re.sub(r"^ *\d+  ", "", line) for line in player.text().split("\n")]
    assert said[-len(back) :] == back
    ways = [(e["node"], e["slot"]) for e in player.data()["events"] if e["kind"] == "contribute"]
    wanted = [(e.names[e.node], e.slot) for e in contributions(by_layers(steps(root)))]
    names = [node["name"] for node in player.data()["graph"]["nodes"]]
    assert [(names[node], slot) for node, slot in ways] == wanted


def test_pictures_and_the_terminal_write_about_where_it_is_about() -> None:
    player = play(crossing())
    frames = zip(player.frames(), player.events, strict=True)
    assert [isinstance(e, Reordered) for _, e in frames] == ["≈" in svg for svg in player.frames()]


def test_reordered_events_that_are_played_have_no_flaw() -> None:
    root = crossing()
    assert play(root, events=given_together(by_layers(steps(root)))).text() == play(root).text()


def test_a_constant_root_has_no_backward_pass() -> None:
    root = constant(2.0)
    assert by_layers(steps(root)) == list(steps(root))


@pytest.mark.parametrize("fault", ["no_topological_order", "no_zero_grad"])
def test_a_faulty_pass_keeps_its_order(fault: str) -> None:
    with pytest.raises(ValueError, match="by_layers orders the events of steps"):
        by_layers(compare(crossing(), fault).events())


# --- what is given --------------------------------------------------------------------------


def test_all_leaves_are_given_in_one_event_before_anything_is_computed() -> None:
    root = crossing()
    own = list(steps(root))
    first, *others = given_together(own)
    leaves = [e for e in own if isinstance(e, Forward) and e.node.is_leaf][::-1]  # w before x
    assert isinstance(first, Given)
    assert first == Given(tuple(e.node for e in leaves), (0.7, 0.1), first.names)
    assert others == [e for e in own if e not in leaves]
    assert repr(first) == "given: w = 0.7, x = 0.1"


def test_one_leaf_alone_is_a_forward_event() -> None:
    x = Value(3.0, "x")
    root = x * x
    assert given_together(steps(root)) == list(steps(root))


def test_a_leaf_that_is_given_anew_stays() -> None:
    x, y = Value(3.0, "x"), Value(2.0, "y")
    found = faults.stale_data(x * y, changes={x: 5.0})
    first, product, moved = given_together(found.events())[:3]
    assert [repr(first), repr(product), repr(moved)] == [
        "given: x = 3, y = 2",
        "root = x·y = 6",
        "x = 5",
    ]


def test_constants_and_many_numbers_are_listed() -> None:
    k = constant(2.0)
    assert repr(given_together(steps(Value(1.0, "x") * k))[0]) == "given: x = 1, the constant 2"
    many = ag.sum([Value(float(i), f"x{i}") for i in range(50)])
    assert repr(given_together(steps(many))[0]).endswith("x39 = 39, 10 more")


def test_the_sentence_names_a_few_and_counts_many() -> None:
    said = [
        play(ag.sum([Value(float(i), f"x{i}") for i in range(count)]))._tellings[0].sentence
        for count in (2, 6, 7)
    ]
    assert said == [
        "x0 and x1 are given",
        "x0, x1, x2, x3, x4 and x5 are given",
        "7 numbers are given: x0, x1, x2, …",
    ]


def test_the_data_have_one_event_for_all() -> None:
    root = crossing()
    first, second, *_ = play(root).data()["events"]
    assert first == {"kind": "given", "nodes": [1, 0], "data": [0.7, 0.1]}
    assert second["kind"] == "forward"
