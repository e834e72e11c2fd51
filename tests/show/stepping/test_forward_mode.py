"""The events of forward mode: in order, immutable, the bits of `jvp`."""

import math
from typing import Any

import pytest
from hypothesis import given

import autograd as ag
from autograd import StaleGraphError, Value, constant, recompute
from autograd.engine.graph import product, topological_order
from autograd.show.stepping.events import Event, Forward, start_of
from autograd.show.stepping.forward_mode import Push, TangentFinal, TangentSeed, tangent_steps
from autograd.transforms.derivatives import jvp
from tests.show.stepping.test_events import bits, built, laws, mul_of, numbers, points, programs

Program = list[tuple[str, int, int, int]]


def finals(events: list[Event]) -> dict[Any, float]:
    return {event.node: event.tangent for event in events if isinstance(event, TangentFinal)}


def inputs_of(root: Value) -> list[Any]:
    return [node for node in topological_order(root) if node.op is None and not node.is_constant]


def pushes(root: Value, tangents: dict[Value, float]) -> list[Push]:
    return [event for event in tangent_steps(root, tangents) if isinstance(event, Push)]


# --- the laws -------------------------------------------------------------------------------


@laws
@given(programs, points, points)
def test_the_last_tangent_is_the_bits_of_jvp(
    program: Program, xs: list[float], directions: list[float]
) -> None:
    _, wanted = jvp(lambda *values: built(program, [*values]), tuple(xs), tuple(directions))
    leaves = [Value(x) for x in xs]
    root = built(program, leaves)
    known = set(topological_order(root))
    tangents = {x: t for x, t in zip(leaves, directions, strict=True) if x in known}
    found = finals(list(tangent_steps(root, tangents)))
    assert bits(found.get(root, 0.0)) == bits(float(wanted))


@laws
@given(programs, points, numbers)
def test_every_contribution_is_the_product_and_adds_up(
    program: Program, xs: list[float], tangent: float
) -> None:
    root = built(program, [Value(x) for x in xs])
    done: dict[Any, float] = {}
    arrived: dict[Any, list[Push]] = {}
    for event in tangent_steps(root, dict.fromkeys(inputs_of(root), tangent)):
        if isinstance(event, TangentFinal):
            assert event.node not in done
            done[event.node] = event.tangent
        if not isinstance(event, Push):
            continue
        node = event.node
        assert node.op is not None
        assert node not in done
        assert node.operands[event.slot] is event.parent
        assert bits(event.tangent) == bits(done[event.parent])
        wanted = product(node.op, event.tangent, event.local)
        assert bits(event.contribution) == bits(float(wanted))
        earlier = arrived.setdefault(node, [])
        before = earlier[-1].after if earlier else start_of(event.contribution)
        assert bits(event.before) == bits(before)
        assert bits(event.after) == bits(before + event.contribution)
        earlier.append(event)
        assert event.use == len(earlier)
    for node, came in arrived.items():
        assert {event.uses for event in came} == {len(came)}
        assert bits(came[-1].after) == bits(done[node])


# --- what the events are --------------------------------------------------------------------


def test_reprs_read_like_sentences() -> None:
    a, b, d = mul_of(2.0, -3.0)
    out = d * d + constant(5.0)
    out.label = "L"
    assert [repr(event) for event in tangent_steps(out, {b: 10.0, a: 1.0})] == [
        "a = 2",
        "b = -3",
        "d = a·b = -6",
        "t1 = d·d = 36",
        "the constant 5",
        "L = t1 + 5 = 41",
        "a.tangent = 1, the seed",
        "b.tangent = 10, the seed",
        "a.tangent = 1, final",
        "b.tangent = 10, final",
        "d.tangent += 1.0 (tangent of a) × -3.0 (∂d/∂a) → 0 + -3 = -3, 1 of 2 uses",
        "d.tangent += 10.0 (tangent of b) × 2.0 (∂d/∂b) → -3 + 20 = 17, final",
        "d.tangent = 17, final",
        "t1.tangent += 17.0 (tangent of d) × -6.0 (∂t1/∂d) → 0 + -102 = -102, 1 of 2 uses",
        "t1.tangent += 17.0 (tangent of d) × -6.0 (∂t1/∂d) → -102 + -102 = -204, final",
        "t1.tangent = -204, final",
        "L.tangent += -204.0 (tangent of t1) × 1.0 (∂L/∂t1) → 0 + -204 = -204, final",
        "L.tangent = -204, final",
    ]


def test_events_are_immutable() -> None:
    a, _, d = mul_of(2.0, -3.0)
    for event in tangent_steps(d, {a: 1.0}):
        with pytest.raises(AttributeError):
            event.node = Value(1.0)  # type: ignore[misc]


def test_a_square_has_two_events_with_slots_0_and_1() -> None:
    x = Value(3.0)
    assert [(e.slot, e.before, e.after) for e in pushes(x * x, {x: 1.0})] == [(0, 0, 3), (1, 3, 6)]


def test_no_tangent_comes_where_none_started() -> None:
    a, b, d = mul_of(2.0, -3.0)
    other = b * b
    events = list(tangent_steps(d + other, {a: 1.0}))
    assert not {b, other} & finals(events).keys()
    assert all(isinstance(event, Forward) for event in tangent_steps(d, {}))


def test_a_node_on_the_way_may_be_where_it_starts() -> None:
    a, _, d = mul_of(2.0, -3.0)
    root = d * 4.0
    events = list(tangent_steps(root, {a: 1.0, d: 10.0}))
    assert finals(events) == {a: 1.0, d: 10.0, root: 40.0}
    assert [event.node for event in events if isinstance(event, TangentSeed)] == [a, d]
    assert [event.node for event in events if isinstance(event, Push)] == [root]


def test_a_tangent_of_0_passes_exactly_0_through_an_infinite_derivative() -> None:
    x = Value(0.0)
    (event,) = pushes(ag.sqrt(x), {x: 0.0})
    assert (event.local, event.contribution) == (math.inf, 0.0)


def test_nobodys_grad_is_touched() -> None:
    a, b, d = mul_of(2.0, -3.0)
    d.backward()
    list(tangent_steps(d, {a: 1.0}))
    assert (a.grad, b.grad, d.grad) == (-3.0, 2.0, 1.0)


def test_a_deep_chain_needs_no_recursion() -> None:
    x = Value(1.0, "x")
    node = x
    for _ in range(10_000):
        node = node * 1.0
    *_, last = tangent_steps(node, {x: 2.0})
    assert repr(last) == "root.tangent = 2, final"


# --- errors ---------------------------------------------------------------------------------

X = Value(1.0, "x")


@pytest.mark.parametrize(
    ("root", "tangents", "error", "said"),
    [
        (3.0, {X: 1.0}, TypeError, "tangent_steps takes the root of a graph, a Value, got float"),
        (X, 1.0, TypeError, r"as in \{x: 1.0\}, got float"),
        (X, [X], TypeError, r"as in \{x: 1.0\}, got list"),
        (X, {X: "1"}, TypeError, "^the tangent of leaf 'x' holds one real number, got str"),
        (X, {"x": 1.0}, TypeError, r"as in \{x: 1.0\}, got str as key"),
        (X, {X: "1"}, TypeError, "got str"),
        (X, {Value(2.0, "y"): 1.0}, ValueError, "leaf 'y', which the root was not computed from"),
        (X * constant(1.0), {constant(1.0, "k"): 1.0}, ValueError, "'k', a constant"),
    ],
)
def test_wrong_arguments_are_named_at_once(
    root: Any, tangents: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        tangent_steps(root, tangents)


def test_a_stale_graph_raises_before_the_first_event() -> None:
    x, _, d = mul_of(2.0, -3.0)
    root = d * 4.0
    x.data = 7.0
    recompute(d)
    with pytest.raises(StaleGraphError):
        tangent_steps(root, {x: 1.0})
