"""The events of both passes of backpropagation: in order, immutable, the bits of `backward()`."""

import copy
import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd import Op, StaleGraphError, Value, constant, recompute
from autograd.engine.graph import product, topological_order
from autograd.show.stepping.events import Contribute, Event, Final, Forward, Seed
from autograd.show.stepping.reverse_mode import steps

square = Op("square", lambda x: x * x, lambda x, out: 2.0 * x)
whole = Op("whole", lambda x: 3.0 * x, 3)  # a derivative that is an int
listed = Op("listed", lambda x: 2.0 * x, lambda x, out: 2)  # one that gives an int

BUILDERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda a, b, c: a + b,
    "sub": lambda a, b, c: a - b,
    "mul": lambda a, b, c: a * b,
    "square of itself": lambda a, b, c: a * a,
    "by a number": lambda a, b, c: -2.5 * a,
    "div": lambda a, b, c: a / b,
    "pow": lambda a, b, c: a**b,
    "log": lambda a, b, c: ag.log(a),
    "sqrt": lambda a, b, c: ag.sqrt(a),
    "tanh": lambda a, b, c: ag.tanh(a),
    "relu": lambda a, b, c: ag.relu(a),
    "where": lambda a, b, c: ag.where(a, b, c),
    "lookup": lambda a, b, c: ag.lookup([a, b, c], ag.step(a) if a.data == a.data else 2.0),
    "sum": lambda a, b, c: ag.sum([a, 1.0, b, a]),
    "prod": lambda a, b, c: ag.prod([a, b, c]),
    "dot": lambda a, b, c: ag.dot([a, 0.5, b], [b, c, c]),
    "maximum": lambda a, b, c: ag.maximum(a, b, c),
    "logsumexp": lambda a, b, c: ag.logsumexp([a, b, 0.5]),
    "constant": lambda a, b, c: a * constant(3.0) + constant(-0.0, "k"),
    "detached": lambda a, b, c: a.detach() * b,
    "custom": lambda a, b, c: square(a) + whole(b) + listed(c),
}
SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, math.inf, -math.inf, math.nan, 5e-324, 1e308)

back = st.integers(1, 4)
programs = st.lists(
    st.tuples(st.sampled_from(sorted(BUILDERS)), back, back, back), min_size=1, max_size=20
)
numbers = st.one_of(st.sampled_from(SPECIAL), st.floats(-3.0, 3.0))
points = st.lists(numbers, min_size=3, max_size=3)
laws = settings(deadline=None, derandomize=True, max_examples=300)


def built(program: list[tuple[str, int, int, int]], xs: list[Value]) -> Value:
    """The last node of a random graph with shared nodes."""
    nodes: list[Any] = [*xs]
    for name, *places in program:
        nodes.append(BUILDERS[name](*(nodes[-min(place, len(nodes))] for place in places)))
    root: Value = nodes[-1]
    return root


def bits(x: float) -> str:
    """The number with the sign of its zero; one nan is as good as another."""
    assert type(x) is float
    return repr(x)


def finals(events: list[Event]) -> dict[Any, float]:
    return {event.node: event.gradient for event in events if isinstance(event, Final)}


def contributions(root: Value) -> list[Contribute]:
    return [event for event in steps(root) if isinstance(event, Contribute)]


def mul_of(a: float, b: float) -> tuple[Value, Value, Value]:
    x, y = Value(a, "a"), Value(b, "b")
    d = x * y
    d.label = "d"
    return x, y, d


# --- the laws -------------------------------------------------------------------------------


@laws
@given(programs, points, numbers)
def test_the_last_gradients_are_the_bits_of_backward(
    program: list[tuple[str, int, int, int]], xs: list[float], seed: float
) -> None:
    root = built(program, [Value(x) for x in xs])
    found = finals(list(steps(root, seed)))
    root.backward(seed)
    for node in topological_order(root):
        assert bits(found.get(node, 0.0)) == bits(0.0 if node.is_constant else float(node.grad))


@laws
@given(programs, points, numbers)
def test_every_contribution_is_the_product_and_adds_up(
    program: list[tuple[str, int, int, int]], xs: list[float], seed: float
) -> None:
    so_far: dict[Any, list[Contribute]] = {}
    done: dict[Any, float] = {}
    for event in steps(built(program, [Value(x) for x in xs]), seed):
        if isinstance(event, Final):
            done[event.node] = event.gradient
        if not isinstance(event, Contribute):
            continue
        node, parent = event.node, event.parent
        assert node.op is not None
        assert node.operands[event.slot] is parent
        assert bits(event.upstream) == bits(done[node])
        assert bits(event.local) == bits(float(node.locals()[event.slot]))
        assert bits(event.contribution) == bits(float(product(node.op, done[node], event.local)))
        earlier = so_far.setdefault(parent, [])
        if earlier:
            assert bits(event.before) == bits(earlier[-1].after)
            assert bits(event.after) == bits(event.before + event.contribution)
        else:
            assert event.before == 0.0
            assert bits(event.after) == bits(event.contribution)
            assert bits(event.after) == bits(event.before + event.contribution)
        earlier.append(event)
        assert event.use == len(earlier)
    for arrived in so_far.values():
        assert {event.uses for event in arrived} == {len(arrived)}


@laws
@given(programs, points)
def test_first_all_numbers_then_the_seed_then_every_node_after_its_users(
    program: list[tuple[str, int, int, int]], xs: list[float]
) -> None:
    root = built(program, [Value(x) for x in xs])
    order, events = topological_order(root), list(steps(root))
    assert [event.node for event in events[: len(order)]] == order
    assert all(isinstance(event, Forward) for event in events[: len(order)])
    later = events[len(order) :]
    if root.is_constant:
        assert not later
        return
    assert [type(event) for event in later[:2]] == [Seed, Final]
    assert sum(isinstance(event, Seed) for event in later) == 1
    reached: set[Any] = set()
    for event in later[1:]:
        assert not isinstance(event, (Forward, Seed))
        if isinstance(event, Final):
            assert event.node not in reached
            reached.add(event.node)
        else:
            assert event.node in reached
            assert event.parent not in reached


@laws
@given(programs, points)
def test_nobodys_grad_is_touched(program: list[tuple[str, int, int, int]], xs: list[float]) -> None:
    root = built(program, [Value(x) for x in xs])
    order = topological_order(root)
    for place, node in enumerate(order):
        if not node.is_constant:
            node.grad = float(place)
    before = [node.grad for node in order]
    for _ in steps(root):
        assert all(node.grad is was for node, was in zip(order, before, strict=True))


# --- what the events are --------------------------------------------------------------------


def test_reprs_read_like_sentences() -> None:
    _, _, d = mul_of(2.0, -3.0)
    k = constant(5.0)
    out = d * d + k
    out.label = "L"
    assert [repr(event) for event in steps(out, 2.0)] == [
        "a = 2",
        "b = -3",
        "d = a·b = -6",
        "t1 = d·d = 36",
        "the constant 5",
        "L = t1 + 5 = 41",
        "L.grad = 2, the seed",
        "L.grad = 2, final",
        "t1.grad += 2.0 (upstream) × 1.0 (∂L/∂t1) → 0 + 2 = 2, final",
        "t1.grad = 2, final",
        "d.grad += 2.0 (upstream) × -6.0 (∂t1/∂d) → 0 + -12 = -12, 1 of 2 uses",
        "d.grad += 2.0 (upstream) × -6.0 (∂t1/∂d) → -12 + -12 = -24, final",
        "d.grad = -24, final",
        "a.grad += -24.0 (upstream) × -3.0 (∂d/∂a) → 0 + 72 = 72, final",
        "b.grad += -24.0 (upstream) × 2.0 (∂d/∂b) → 0 + -48 = -48, final",
        "b.grad = -48, final",
        "a.grad = 72, final",
    ]


def test_the_example_of_the_design() -> None:
    _, _, d = mul_of(2.0, -3.0)
    (said,) = [repr(e) for e in steps(d, 2.0) if isinstance(e, Contribute) and e.slot == 0]
    assert said == "a.grad += 2.0 (upstream) × -3.0 (∂d/∂a) → 0 + -6 = -6, final"


def test_events_are_immutable() -> None:
    for event in steps(mul_of(2.0, -3.0)[2]):
        with pytest.raises(AttributeError):
            event.node = Value(1.0)  # type: ignore[misc]
        with pytest.raises(AttributeError):
            event.more = 1  # type: ignore[union-attr]


def test_a_square_has_two_events_with_slots_0_and_1() -> None:
    x = Value(3.0, "x")
    first, second = contributions(x * x)
    assert (first.slot, second.slot) == (0, 1)
    assert first.parent is second.parent is x
    assert (first.after, second.before, second.after) == (3.0, 3.0, 6.0)
    assert (first.use, first.uses, second.use, second.uses) == (1, 2, 2, 2)


def test_constants_and_numbers_get_nothing() -> None:
    x, k = Value(2.0, "x"), constant(4.0, "k")
    assert [event.parent for event in contributions(x * k + 3.0 * x)].count(x) == 2
    assert all(event.parent is not k for event in contributions(x * k + 3.0 * x))
    assert k not in finals(list(steps(x * k)))


def test_a_constant_alone_has_a_number_and_no_backward_pass() -> None:
    assert [repr(event) for event in steps(constant(3.0))] == ["the constant 3"]
    assert [repr(event) for event in steps(constant(3.0, "k"))] == ["k = 3"]


def test_a_leaf_alone_is_its_own_root() -> None:
    assert [repr(event) for event in steps(Value(3.0, "x"))] == [
        "x = 3",
        "x.grad = 1, the seed",
        "x.grad = 1, final",
    ]


def test_what_a_choice_did_not_take_gets_no_event() -> None:
    x, y = Value(2.0, "x"), Value(5.0, "y")
    assert [event.parent for event in contributions(ag.where(1.0, x, y))] == [x]
    assert y not in finals(list(steps(ag.where(1.0, x, y))))


def test_a_zero_upstream_passes_exactly_0_through_an_infinite_derivative() -> None:
    x = Value(0.0, "x")
    root = ag.sqrt(x) * 0.0
    (_, last) = contributions(root)
    assert (last.upstream, last.local, last.contribution) == (0.0, math.inf, 0.0)


def test_the_first_contribution_keeps_the_sign_of_its_zero() -> None:
    (event,) = contributions(Value(2.0) * -0.0)
    assert (bits(event.before), bits(event.after)) == ("-0.0", "-0.0")
    (event,) = contributions(Value(2.0) * 0.0)
    assert (bits(event.before), bits(event.after)) == ("0.0", "0.0")


def test_derivatives_are_floats_even_if_a_rule_gives_an_int() -> None:
    (event,) = contributions(listed(Value(1.0)))
    assert [bits(x) for x in (event.local, event.contribution, event.after)] == ["2.0"] * 3


def test_hostile_labels_stay_on_one_line() -> None:
    x = Value(1.0, "a\nb\x1b[2J\u202e")
    assert all("\n" not in repr(e) and "\x1b" not in repr(e) for e in steps(x * x))


# --- numbers that moved on ------------------------------------------------------------------


def test_a_leaf_that_moved_on_is_as_it_was_used() -> None:
    x, _, d = mul_of(2.0, -3.0)
    x.data = 7.0
    first, *_, last = steps(d)
    assert repr(first) == "a = 2"
    assert repr(last) == "a.grad = -3, final"


def test_what_happens_while_stepping_changes_no_event() -> None:
    x, _, d = mul_of(2.0, -3.0)
    root = d * x
    wanted = [repr(event) for event in steps(root)]
    events = steps(root)
    said = [repr(event) for event in islice(events, 1)]
    x.data = 100.0
    recompute(root)
    root.backward()
    assert said + [repr(event) for event in events] == wanted


def test_a_stale_graph_raises_before_the_first_event() -> None:
    x, _, d = mul_of(2.0, -3.0)
    root = d * 4.0
    x.data = 7.0
    recompute(d)
    with pytest.raises(StaleGraphError) as ours:
        steps(root)
    with pytest.raises(StaleGraphError) as theirs:
        root.backward()
    assert str(ours.value) == str(theirs.value)


# --- errors and size ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((3.0,), TypeError, "steps takes the root of a graph, a Value, got float"),
        (([Value(1.0)],), TypeError, "got list"),
        ((Value(1.0), "1"), TypeError, "got str"),
        ((Value(1.0), None), TypeError, "got NoneType"),
        ((Value(1.0), Value(1.0)), TypeError, "pass its .data"),
        ((Value(1.0), 10**400), ValueError, "beyond 1.8e308"),
    ],
)
def test_wrong_arguments_are_named_at_once(
    arguments: tuple[Any, ...], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        steps(*arguments)


def test_an_error_in_a_rule_comes_through() -> None:
    def broken(x: Any, out: Any) -> Any:
        raise ZeroDivisionError("mine")

    x = Value(1.0)
    with pytest.raises(ZeroDivisionError, match="mine"):
        list(steps(Op("broken", lambda x: x, broken)(x)))
    assert x.grad == 0.0


def test_the_first_events_are_there_before_any_rule_was_asked() -> None:
    def broken(x: Any, out: Any) -> Any:
        raise ZeroDivisionError("mine")

    events = steps(Op("broken", lambda x: x, broken)(Value(1.0, "x")))
    assert [repr(event) for event in islice(events, 2)] == ["x = 1", "root = broken(x) = 1"]


def test_a_deep_chain_needs_no_recursion() -> None:
    x = Value(1.0, "x")
    node = x
    for _ in range(10_000):
        node = node * 1.0
    events = list(steps(node))
    assert len(events) == 10_001 + 1 + 10_001 + 10_000
    assert repr(events[-1]) == "x.grad = 1, final"


def test_the_same_graph_gives_the_same_events() -> None:
    x = Value(0.3, "x")
    root = ag.tanh(x * x) + ag.sum([x, x, 1.0])
    assert [repr(e) for e in steps(root)] == [repr(e) for e in steps(root)]
    assert copy.copy(next(steps(root))) == next(steps(root))


# --- what was noted when the steps were asked for -------------------------------------------


def test_labels_and_constants_are_those_of_the_call() -> None:
    x, k = Value(3.0, "x"), constant(2.0)
    root = x * k
    wanted = [repr(event) for event in steps(root)]
    noted = list(steps(root))
    k.data, x.label, k.label = 9.0, "renamed", "later"
    assert [repr(event) for event in noted] == wanted
    assert "root = x·2 = 6" in wanted


def test_a_constant_that_moved_on_goes_by_the_number_that_was_used() -> None:
    x, k = Value(3.0, "x"), constant(2.0)
    root = x * k
    k.data = 9.0
    assert [repr(event) for event in steps(root)][1:3] == ["the constant 2", "root = x·2 = 6"]


def test_events_are_equal_if_they_are_of_one_kind_and_say_the_same() -> None:
    x = Value(3.0, "x")
    root = x * x
    events = list(steps(root))
    seed, final = events[2:4]
    assert tuple(seed)[:2] == tuple(final)[:2]
    assert seed != final
    repr(events)  # which finds the names
    assert events == list(steps(root))
    assert len({*events, *steps(root)}) == len(events)


def test_every_event_says_how_far_the_gradient_is() -> None:
    x = Value(3.0, "x")
    said = [event.status for event in steps(x * x) if not isinstance(event, Forward)]
    assert said == ["seed", "final", "1 of 2 uses", "final", "final"]
